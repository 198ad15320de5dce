"""Bytes to the HTTP interface exactly as a test wants them, and what comes back."""
import contextlib
import pathlib
import socket
import time


class RawConnection:
    def __init__(self, port, source=None, timeout_s=15, receive_buffer=None):
        self.socket = socket.socket()
        self.socket.settimeout(timeout_s)
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        if source:
            self.socket.bind((source, 0))
        self.socket.connect(("127.0.0.1", port))
        self.data = b""
        self.closed = False

    def send(self, data):
        """False: the other side does not take it any more."""
        try:
            self.socket.sendall(data)
            return True
        except OSError:
            return False

    def _more(self):
        try:
            part = self.socket.recv(65536)
        except (ConnectionError, socket.timeout) as error:
            self.closed = not isinstance(error, socket.timeout)
            return False
        self.data += part
        self.closed = not part
        return bool(part)

    def answer(self, head_only=False):
        """(status, {name: value}, body); status 0 when nothing came."""
        while b"\r\n\r\n" not in self.data:
            if not self._more():
                return 0, {}, b""
        head, _, self.data = self.data.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        names = dict((name.lower(), value) for name, _, value in (line.partition(": ") for line in lines[1:]))
        size = 0 if head_only or lines[0].split()[1] in ("204", "304") else int(names.get("content-length", 0))
        while len(self.data) < size and self._more():
            pass
        body, self.data = self.data[:size], self.data[size:]
        return int(lines[0].split()[1]), names, body

    def ends_within(self, seconds):
        """Whether the other side closes by itself."""
        deadline = time.monotonic() + seconds
        while not self.closed and time.monotonic() < deadline:
            self.socket.settimeout(max(0.01, deadline - time.monotonic()))
            if not self._more() and not self.closed:
                return False
        return self.closed

    def close(self):
        with contextlib.suppress(OSError):
            self.socket.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def head(port, target="/", method="GET", **fields):
    """A request's head; the names of fields are written with _ for -."""
    lines = [f"{method} {target} HTTP/1.1", f"Host: 127.0.0.1:{port}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def open_files(pid):
    return len(list(pathlib.Path(f"/proc/{pid}/fd").iterdir()))


def resident_bytes(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    return 0
