"""A small RTSP client for tests of camsim: says what it likes to say, keeps what it gets, judges nothing.

TCP interleaved only. Units are joined by RTP time stamp and marker; NAL units of H.264 only.
"""
import dataclasses
import re
import socket
import struct
import time

COUNTER_UUID = bytes.fromhex("a0ec11c5a593497490d5d3bb77817080")


@dataclasses.dataclass
class Unit:
    arrival: float
    timestamp: int
    nals: list = dataclasses.field(default_factory=list)
    size: int = 0

    def types(self):
        return [n[0] & 31 for n in self.nals if n]

    def key(self):
        return 5 in self.types()

    def sps(self):
        return next((n for n in self.nals if n and n[0] & 31 == 7), None)

    def counter(self):
        for nal in self.nals:
            if nal and nal[0] & 31 == 6:
                plain = re.sub(rb"\x00\x00\x03", b"\x00\x00", nal)
                at = plain.find(COUNTER_UUID)
                if at >= 0:
                    return struct.unpack(">Q", plain[at + 16:at + 24])[0]
        return None


class Closed(Exception):
    """The camera ended the connection."""


class Probe:
    def __init__(self, url, timeout_s=8):
        self.url = url
        host, port = url.split("/")[2].split("@")[-1].split(":")
        self.socket = socket.create_connection((host, int(port)), timeout=timeout_s)
        self.cseq = 0
        self.session = None
        self.buffer = b""
        self.packets = []   # (arrival, channel, payload)
        self.broken_framing = 0

    def close(self):
        self.socket.close()

    def _fill(self):
        data = self.socket.recv(65536)
        if not data:
            raise Closed()
        self.buffer += data

    def _reply(self):
        """The next reply; media before it is kept."""
        while True:
            if self.buffer.startswith(b"$"):
                if not self._take_packet():
                    self._fill()
                continue
            at = self.buffer.find(b"RTSP/1.0")
            end = re.search(rb"\r?\n\r?\n", self.buffer[max(at, 0):])
            if at < 0 or not end:
                self._fill()
                continue
            head = self.buffer[at:at + end.start()].decode()
            rest = at + end.end()
            length = re.search(r"(?im)^content-length:\s*(\d+)", head)
            size = int(length.group(1)) if length else 0
            while len(self.buffer) < rest + size:
                self._fill()
            body = self.buffer[rest:rest + size].decode("latin-1")
            self.buffer = self.buffer[rest + size:]
            return Reply(int(head.split()[1]), head, body)

    def ask(self, method, url=None, *headers):
        self.cseq += 1
        lines = [f"{method} {url or self.url} RTSP/1.0", f"CSeq: {self.cseq}"]
        if self.session:
            lines.append(f"Session: {self.session}")
        self.socket.sendall("\r\n".join([*lines, *headers, "", ""]).encode())
        return self._reply()

    def setup(self, track=0):
        reply = self.ask("SETUP", f"{self.url}/trackID={track}",
                         f"Transport: RTP/AVP/TCP;unicast;interleaved={2 * track}-{2 * track + 1}")
        if reply.code == 200:
            self.session = reply.header("Session").split(";")[0]
        return reply

    def play(self):
        """DESCRIBE, SETUP of the video, PLAY; the three replies."""
        return self.ask("DESCRIBE"), self.setup(), self.ask("PLAY")

    def _take_packet(self):
        if len(self.buffer) < 4:
            return False
        if self.buffer[0] != 0x24 or self.buffer[1] > 3:
            self.broken_framing += 1
            at = self.buffer.find(b"$", 1)
            self.buffer = self.buffer[at:] if at > 0 else b""
            return bool(self.buffer)
        size = struct.unpack(">H", self.buffer[2:4])[0]
        if len(self.buffer) < 4 + size:
            return False
        self.packets.append((time.time(), self.buffer[1], self.buffer[4:4 + size]))
        self.buffer = self.buffer[4 + size:]
        return True

    def watch(self, seconds):
        """Reads for so long; the packets that came. Closed if the camera ends the connection."""
        end = time.monotonic() + seconds
        first = len(self.packets)
        while (left := end - time.monotonic()) > 0:
            while self._take_packet():
                pass
            self.socket.settimeout(left)
            try:
                self._fill()
            except (TimeoutError, socket.timeout):
                break
        self.socket.settimeout(8)
        return self.packets[first:]

    def units(self, seconds):
        return join_units(p for p in self.watch(seconds) if p[1] == 0)


@dataclasses.dataclass
class Reply:
    code: int
    head: str
    body: str

    def header(self, name):
        found = re.search(rf"(?im)^{re.escape(name)}:[ \t]*(.*?)\r?$", self.head)
        return found.group(1) if found else None


def join_units(packets):
    units = []
    open_unit = None
    for arrival, _, packet in packets:
        marker, timestamp = packet[1] >> 7, struct.unpack(">I", packet[4:8])[0]
        start = 12 + (4 + 4 * struct.unpack(">H", packet[14:16])[0] if packet[0] & 0x10 else 0)
        payload = packet[start:len(packet) - (packet[-1] if packet[0] & 0x20 else 0)]
        if open_unit is None:
            open_unit = Unit(arrival, timestamp)
        open_unit.size += len(packet)
        add_payload(open_unit, payload)
        if marker:
            units.append(open_unit)
            open_unit = None
    return units


def add_payload(unit, payload):
    if not payload:
        return
    kind = payload[0] & 31
    if kind == 24:
        at = 1
        while at + 2 < len(payload):
            size = struct.unpack(">H", payload[at:at + 2])[0]
            unit.nals.append(payload[at + 2:at + 2 + size])
            at += 2 + size
    elif kind == 28:
        if payload[1] & 0x80:
            unit.nals.append(bytes([payload[0] & 0xe0 | payload[1] & 31]))
        if unit.nals:
            unit.nals[-1] += payload[2:]
    else:
        unit.nals.append(payload)


def sequence_steps(packets):
    numbers = [struct.unpack(">H", p[2][2:4])[0] for p in packets if p[1] == 0]
    return [(b - a) & 0xffff for a, b in zip(numbers, numbers[1:])]


def sender_reports(packets, channel=1):
    """[(arrival, seconds since 1900, RTP time stamp)]"""
    out = []
    for arrival, at, packet in packets:
        if at == channel and len(packet) >= 28 and packet[1] == 200:
            whole, part, stamp = struct.unpack(">III", packet[8:20])
            out.append((arrival, whole + part / 2**32, stamp))
    return out
