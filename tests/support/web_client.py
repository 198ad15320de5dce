"""The HTTP interface as tests use it: a person who logs in, asks, watches live and downloads."""
import base64
import contextlib
import dataclasses
import http.client
import json
import os
import socket
import struct
import time

from failure import expect

COOKIE = "__Host-vonggac"


@dataclasses.dataclass
class Answer:
    status: int
    headers: dict
    body: bytes

    def json(self):
        return json.loads(self.body)

    @property
    def code(self):
        """Of a problem, for programs: "not_allowed"."""
        return self.json().get("code", "") if self.body else ""


class WebClient:
    """Asks like the page of a browser does: the session's cookie, its own origin. Nobody before log_in()."""

    def __init__(self, port, login="", password=""):
        self.port, self.login, self.password = port, login, password
        self.origin = f"http://127.0.0.1:{port}"
        self.cookie = ""

    def headers(self, more=None):
        return {"Origin": self.origin, **({"Cookie": self.cookie} if self.cookie else {}), **(more or {})}

    def ask(self, method, path, body=None, headers=None):
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)) as connection:
            text = None if body is None else json.dumps(body)
            kind = {} if body is None else {"Content-Type": "application/json"}
            connection.request(method, path, text, self.headers({**kind, **(headers or {})}))
            reply = connection.getresponse()
            answer = Answer(reply.status, {k.lower(): v for k, v in reply.getheaders()}, reply.read())
        cookie = answer.headers.get("set-cookie", "")
        if cookie.startswith(COOKIE + "="):
            self.cookie = cookie.split(";")[0]
        return answer

    def post(self, path, body=None):
        return self.ask("POST", path, body or {})

    def upload(self, path, content, kind="application/octet-stream", headers=None, timeout=60):
        """Sends a file's bytes."""
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)) as connection:
            connection.request("POST", path, content, self.headers({"Content-Type": kind, **(headers or {})}))
            reply = connection.getresponse()
            return Answer(reply.status, {k.lower(): v for k, v in reply.getheaders()}, reply.read())

    def get(self, path):
        """What is there; a Failure with the answer where it is not given."""
        answer = self.ask("GET", path)
        expect(answer.status == 200, f"GET {path}: {answer.status} {answer.body[:400]!r}")
        return answer

    def log_in(self):
        answer = self.post("/api/v1/login", {"login": self.login, "password": self.password})
        expect(answer.status == 204, f"login of {self.login}: {answer.status} {answer.body[:400]!r}")
        return self

    def purpose(self, words="Kiểm tra bản ghi"):
        return self.post("/api/v1/purposes", {"words": words}).json()["id"]

    def download(self, path):
        return Download(self, path)

    def watch(self, camera, role="main"):
        return LiveTile(self, camera, role)

    def follow(self, **wanted):
        return EventFeed(self, **wanted)


class Download:
    """A download whose pace is the caller's: small buffers, so that little is under way at any time."""

    def __init__(self, client, path):
        self.socket = socket.socket()
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
        self.socket.settimeout(10)
        self.socket.connect(("127.0.0.1", client.port))
        lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{client.port}"]
        lines += [f"{name}: {value}" for name, value in client.headers().items()]
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        data = b""
        while b"\r\n\r\n" not in data:
            part = self.socket.recv(4096)
            expect(part, f"no answer to {path}")
            data += part
        head, _, rest = data.partition(b"\r\n\r\n")
        self.status = int(head.split()[1])
        names = dict(line.lower().split(": ", 1) for line in head.decode().split("\r\n")[1:])
        self.length = int(names["content-length"])
        self.received = len(rest)

    def read(self, size):
        """Some bytes; b"" when the other side has ended it, in whichever way."""
        try:
            part = self.socket.recv(size)
        except ConnectionResetError:
            part = b""
        self.received += len(part)
        return part

    def close(self):
        self.socket.close()


class WebSocket:
    """A WebSocket (RFC 6455), as a browser opens it; without an origin and a cookie, as a program does."""

    def __init__(self, client, path, headers=None, receive_buffer=None):
        self.socket = socket.socket()
        if receive_buffer:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self.socket.settimeout(10)
        self.socket.connect(("127.0.0.1", client.port))
        key = base64.b64encode(os.urandom(16)).decode()
        lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{client.port}", "Upgrade: websocket", "Connection: Upgrade",
                 f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13"]
        lines += [f"{name}: {value}" for name, value in (client.headers() if headers is None else headers).items()]
        self.socket.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        self.data = b""
        while b"\r\n\r\n" not in self.data:
            self._more()
        head, _, self.data = self.data.partition(b"\r\n\r\n")
        self.status = int(head.split()[1])
        self.closed = None  # (code, reason) of the other side's goodbye

    def _more(self):
        part = self.socket.recv(65536)
        if not part:
            raise ConnectionResetError("the socket was closed")
        self.data += part

    def send(self, message):
        self.send_frame(1, json.dumps(message).encode())

    def send_frame(self, kind, body):
        mask = os.urandom(4)
        size = bytes([0x80 | len(body)]) if len(body) < 126 else (
            struct.pack(">BH", 0xFE, len(body)) if len(body) < 65536 else struct.pack(">BQ", 0xFF, len(body)))
        self.socket.sendall(bytes([0x80 | kind]) + size + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(body)))

    def receive(self):
        """("text", object), ("bytes", bytes) or ("closed", None)."""
        try:
            while True:
                while len(self.data) < 2:
                    self._more()
                kind, size, at = self.data[0] & 0x0F, self.data[1] & 0x7F, 2
                if size >= 126:
                    width = 2 if size == 126 else 8
                    while len(self.data) < 2 + width:
                        self._more()
                    size, at = int.from_bytes(self.data[2:2 + width], "big"), 2 + width
                while len(self.data) < at + size:
                    self._more()
                body, self.data = self.data[at:at + size], self.data[at + size:]
                if kind == 1:
                    return "text", json.loads(body)
                if kind == 2:
                    return "bytes", body
                if kind == 8:
                    self.closed = (int.from_bytes(body[:2], "big"), body[2:].decode())
                    return "closed", None
                if kind == 9:
                    self.send_frame(10, body)
        except (ConnectionResetError, BrokenPipeError):
            return "closed", None

    def close(self):
        self.socket.close()


class LiveTile(WebSocket):
    """One tile of the live WebSocket."""

    def __init__(self, client, camera, role):
        super().__init__(client, "/api/v1/live")
        if self.status == 101:
            self.send({"op": "subscribe", "tile": 1, "camera": camera, "role": role})


class EventFeed(WebSocket):
    """The feed of events, subscribed to; `begins` is where."""

    def __init__(self, client, headers=None, receive_buffer=None, **wanted):
        super().__init__(client, "/api/v1/events", headers, receive_buffer)
        self.begins = None
        if self.status == 101:
            self.begins = self.subscribe(**wanted)

    def subscribe(self, **wanted):
        self.send({"op": "subscribe", **wanted})
        message = self.next()
        while message and message["topic"] != "feed.ready":
            message = self.next()
        return message and message["id"]

    def next(self, seconds=10):
        """The next message but heartbeats; None when nothing comes, or the socket has ended (then `ended`)."""
        deadline = time.monotonic() + seconds
        while True:
            left = deadline - time.monotonic()
            self.socket.settimeout(max(left, 0.001))
            try:
                kind, message = self.receive()
            except TimeoutError:
                return None
            if kind == "closed":
                self.ended = True
                return None
            if message["topic"] != "feed.heartbeat":
                return message

    ended = False
