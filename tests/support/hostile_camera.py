"""RTSP cameras that mean harm, one behaviour per port: what a hacked camera, or none at all, may send to the service.

Each behaviour is a function of one connection; it returns when it has done its worst, and the connection is closed. In
WORKS are those that are odd but harmless: the service must record them.
"""
import base64
import os
import random
import socket
import struct
import subprocess
import threading
import time

WORKS = {}
HARMS = {}
SECONDS = 3600


def works(function):
    WORKS[function.__name__] = function
    return function


def harms(function):
    HARMS[function.__name__] = function
    return function


class Clip:
    """An H.264 file as access units of NAL units."""

    def __init__(self, path):
        raw = subprocess.run(["ffmpeg", "-v", "error", "-i", str(path), "-t", "8", "-c", "copy", "-bsf:v", "h264_mp4toannexb",
                              "-f", "h264", "-"], capture_output=True, check=True).stdout
        nals = [n for n in raw.replace(b"\x00\x00\x00\x01", b"\x00\x00\x01").split(b"\x00\x00\x01") if n]
        self.sps = next(n for n in nals if n[0] & 31 == 7)
        self.pps = next(n for n in nals if n[0] & 31 == 8)
        self.units, unit = [], []
        for nal in nals:
            unit.append(nal)
            if nal[0] & 31 in (1, 5):
                self.units.append(unit)
                unit = []

    def sdp(self, extra="", sps=None):
        sprop = ",".join(base64.b64encode(n).decode() for n in (sps or self.sps, self.pps))
        return (f"v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\n{extra}m=video 0 RTP/AVP 96\r\n"
                f"a=rtpmap:96 H264/90000\r\na=fmtp:96 packetization-mode=1;sprop-parameter-sets={sprop}\r\n"
                "a=control:track1\r\n")


class Closed(Exception):
    pass


class Connection:
    def __init__(self, sock, clip, deadline):
        self.sock, self.clip, self.deadline = sock, clip, deadline
        self.buffer = b""
        self.sequence = random.randrange(65536)
        self.session = "77"
        self.interleaved = "0-1"
        self.newline = "\r\n"
        sock.settimeout(20)

    def alive(self):
        if time.monotonic() > self.deadline:
            raise Closed
        return True

    def send(self, data):
        self.alive()
        self.sock.sendall(data)

    def request(self):
        """The next RTSP request: (method, cseq, head). Interleaved packets of the service are skipped."""
        while True:
            self.alive()
            if self.buffer[:1] == b"$" and len(self.buffer) >= 4:
                length = 4 + struct.unpack(">H", self.buffer[2:4])[0]
                if len(self.buffer) >= length:
                    self.buffer = self.buffer[length:]
                    continue
            elif b"\r\n\r\n" in self.buffer and self.buffer[:1] != b"$":
                head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
                text = head.decode("latin1")
                cseq = next((line.split(":", 1)[1].strip() for line in text.split("\r\n") if line.lower().startswith("cseq")), "0")
                return text.split(" ", 1)[0], cseq, text
            part = self.sock.recv(65536)
            if not part:
                raise Closed
            self.buffer += part

    def reply(self, cseq, headers=(), body="", status="200 OK", session=False):
        lines = [f"RTSP/1.0 {status}"] + ([f"CSeq: {cseq}"] if cseq is not None else []) + list(headers)
        if session:
            lines.append(f"Session: {self.session};timeout=60")
        if body:
            lines += ["Content-Type: application/sdp", f"Content-Length: {len(body)}"]
        self.send((self.newline.join(lines) + self.newline * 2 + body).encode("latin1"))

    def handshake(self, sdp=None, until="PLAY"):
        """Honest up to `until`, whose request is answered too."""
        while True:
            method, cseq, _ = self.request()
            self.answer(method, cseq, sdp)
            if method == until:
                return

    def answer(self, method, cseq, sdp=None):
        if method == "OPTIONS":
            self.reply(cseq, ["Public: OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER"])
        elif method == "DESCRIBE":
            self.reply(cseq, body=sdp or self.clip.sdp())
        elif method == "SETUP":
            self.reply(cseq, [f"Transport: RTP/AVP/TCP;unicast;interleaved={self.interleaved}"], session=True)
        elif method == "TEARDOWN":
            self.reply(cseq)
            raise Closed
        else:
            self.reply(cseq, session=True)

    def frame(self, channel, packet):
        return b"$" + bytes([channel]) + struct.pack(">H", len(packet)) + packet

    def rtp(self, payload, timestamp, marker=False, channel=0, first=0x80, ssrc=7, kind=96, sequence=None):
        if sequence is None:
            sequence = self.sequence
            self.sequence = (self.sequence + 1) & 0xFFFF
        head = struct.pack(">BBHII", first, (0x80 if marker else 0) | kind, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc)
        return self.frame(channel, head + payload)

    def packets(self, unit, timestamp):
        """One access unit as single NAL units and FU-A."""
        out = []
        for number, nal in enumerate(unit):
            last = number == len(unit) - 1
            if len(nal) <= 1400:
                out.append(self.rtp(nal, timestamp, last))
                continue
            pieces = [nal[1:][i:i + 1398] for i in range(0, len(nal) - 1, 1398)]
            for i, piece in enumerate(pieces):
                bits = (0x80 if i == 0 else 0) | (0x40 if i == len(pieces) - 1 else 0)
                header = bytes([nal[0] & 0xE0 | 28, bits | nal[0] & 31])
                out.append(self.rtp(header + piece, timestamp, last and i == len(pieces) - 1))
        return out

    def serve_requests(self):
        """Answers what waits, without blocking."""
        self.sock.setblocking(False)
        try:
            part = self.sock.recv(65536)
            if not part:
                raise Closed
            self.buffer += part
        except BlockingIOError:
            pass
        finally:
            self.sock.settimeout(20)
        while self.buffer[:1] == b"$" and len(self.buffer) >= 4 or b"\r\n\r\n" in self.buffer:
            if self.buffer[:1] == b"$" and len(self.buffer) < 4 + struct.unpack(">H", self.buffer[2:4])[0]:
                return
            if self.buffer[:1] == b"$" and b"\r\n\r\n" not in self.buffer[4 + struct.unpack(">H", self.buffer[2:4])[0]:]:
                self.buffer = self.buffer[4 + struct.unpack(">H", self.buffer[2:4])[0]:]
                continue
            method, cseq, _ = self.request()
            self.answer(method, cseq)

    def in_order(self, packets):
        """Numbered anew, so that what was put between them follows on."""
        first = self.sequence - len(packets)
        return [packet[:6] + struct.pack(">H", (first + i) & 0xFFFF) + packet[8:] for i, packet in enumerate(packets)]

    def play(self, seconds=SECONDS, fps=10, mangle=None, begin=0):
        """The clip in real time; mangle(packets, number) may change what goes out."""
        began = time.monotonic()
        number = 0
        while time.monotonic() < began + seconds:
            unit = self.clip.units[number % len(self.clip.units)]
            packets = self.packets(unit, begin + number * 90000 // fps)
            self.send(b"".join(mangle(packets, number) if mangle else packets))
            self.serve_requests()
            number += 1
            time.sleep(max(0, began + number / fps - time.monotonic()))


# ---- odd, but a stream ------------------------------------------------------------------------------------------------


@works
def cseq_is_wrong(c):
    while True:
        method, cseq, _ = c.request()
        c.answer(method, "1" if method in ("DESCRIBE", "SETUP") else cseq)
        if method == "PLAY":
            return c.play()


@works
def cseq_is_missing(c):
    while True:
        method, _, _ = c.request()
        c.answer(method, None)
        if method == "PLAY":
            return c.play()


@works
def line_ends_of_all_kinds(c):
    for newline in ("\n", "\r\n", "\n", "\r\n", "\n"):
        c.newline = newline
        method, cseq, _ = c.request()
        c.answer(method, cseq)
        if method == "PLAY":
            return c.play()


@works
def media_before_the_answer_to_play(c):
    c.handshake(until="SETUP")
    while True:
        method, cseq, _ = c.request()
        if method == "PLAY":
            break
        c.answer(method, cseq)
    for number in range(3):
        c.send(b"".join(c.packets(c.clip.units[number], number * 9000)))
    c.answer("PLAY", cseq)
    c.play(begin=3 * 9000)


@works
def session_id_changes_always(c):
    while True:
        method, cseq, _ = c.request()
        c.session = str(random.randrange(1 << 60))
        c.answer(method, cseq)
        if method == "PLAY":
            return c.play()


@works
def frames_of_unknown_channels_between(c):
    c.handshake()

    def mangle(packets, number):
        noise = [c.frame(random.randrange(2, 256), b"\x80" + os.urandom(random.randrange(0, 200))) for _ in range(5)]
        return packets + noise
    c.play(mangle=mangle)


@works
def rtcp_nonsense_between(c):
    c.handshake()

    def mangle(packets, number):
        kinds = [bytes([0x80 | random.randrange(64), random.randrange(192, 224)]) + os.urandom(random.randrange(0, 60)),
                 struct.pack(">BBHIQIII", 0x80, 200, 6, 7, random.choice([0, (1 << 64) - 1, 1 << 63]), 0, 0, 0),
                 struct.pack(">BBH", 0x81, 201, 65535), b"\x80\xc8", b""]
        return packets + [c.frame(1, random.choice(kinds)) for _ in range(3)]
    c.play(mangle=mangle)


@works
def header_extensions_and_padding(c):
    c.handshake()

    def mangle(packets, number):
        out = []
        for packet in packets:
            body = packet[4:]
            head, payload = bytearray(body[:12]), body[12:]
            head[0] = 0x80 | 0x30 | (number % 16)  # padding, extension, contributing sources
            extension = os.urandom(4 * (number % 16)) + struct.pack(">HH", 0xBEDE, number % 4) + os.urandom(4 * (number % 4))
            padding = bytes(3) + b"\x04"
            out.append(c.frame(0, bytes(head) + extension + payload + padding))
        return out
    c.play(mangle=mangle)


# ---- harm before the stream -------------------------------------------------------------------------------------------


@harms
def random_bytes(c):
    while True:
        c.send(os.urandom(32768))
        time.sleep(0.05)


@harms
def random_bytes_after_play(c):
    c.handshake()
    while True:
        c.send(os.urandom(16384))
        time.sleep(0.05)


@harms
def one_endless_header(c):
    c.send(b"RTSP/1.0 200 OK\r\nX: ")
    while True:
        c.send(b"a" * 16384)
        time.sleep(0.02)


@harms
def endless_headers(c):
    c.send(b"RTSP/1.0 200 OK\r\nCSeq: 1\r\n")
    while True:
        c.send(b"X-A: b\r\n" * 2000)
        time.sleep(0.02)


@harms
def huge_content_length(c):
    c.request()
    c.reply("1", ["Content-Length: 4000000000"])
    while True:
        c.send(b"x" * 65536)
        time.sleep(0.02)


@harms
def negative_content_length(c):
    while True:
        _, cseq, _ = c.request()
        c.reply(cseq, ["Content-Length: -1", "Content-Length: 99999999999999999999999"])


@harms
def body_within_limits_forever(c):
    """Just below what is accepted, over and over: nothing may pile up."""
    for _ in range(2000):
        c.send(b"RTSP/1.0 200 OK\r\nCSeq: 9\r\nContent-Length: 200000\r\n\r\n" + b"x" * 200000)
        time.sleep(0.05)


@harms
def numbers_beyond_all_bounds(c):
    big = "9" * 40
    while True:
        method, cseq, _ = c.request()
        if method == "DESCRIBE":
            c.reply(cseq, body=c.clip.sdp(f"b=AS:{big}\r\na=framerate:{big}\r\n").replace("96 H264/90000", f"96 H264/{big}"))
        elif method == "SETUP":
            c.reply(cseq, [f"Transport: RTP/AVP/TCP;interleaved={big}-{big};ssrc={big};server_port={big}-{big}",
                           f"Session: {big};timeout={big}"])
        else:
            c.reply(big, [f"Session: 1;timeout=-{big}"])


@harms
def channels_beyond_a_byte(c):
    c.interleaved = "300-301"
    c.handshake()
    c.play()


@harms
def digest_nonce_of_a_megabyte(c):
    c.request()
    c.reply("1", ['WWW-Authenticate: Digest realm="x", nonce="' + "n" * 1000000 + '"'], status="401 Unauthorized")
    time.sleep(1)


@harms
def digest_nonce_of_60_kB(c):
    while True:
        _, cseq, _ = c.request()
        c.reply(cseq, ['WWW-Authenticate: Digest realm="x", nonce="' + "n" * 60000 + '"'], status="401 Unauthorized")


@harms
def a_new_challenge_each_time(c):
    while True:
        _, cseq, _ = c.request()
        c.reply(cseq, [f'WWW-Authenticate: Digest realm="x", nonce="{random.random()}", stale=true'], status="401 Unauthorized")


@harms
def a_challenge_without_a_scheme(c):
    while True:
        _, cseq, _ = c.request()
        c.reply(cseq, ["WWW-Authenticate: " + ", ".join(f'x{i}="' for i in range(500))], status="401 Unauthorized")


@harms
def sdp_of_60000_lines(c):
    c.handshake(sdp="v=0\r\n" + "a=x\n" * 60000)
    c.play()


@harms
def sdp_of_5000_sections(c):
    c.handshake(sdp="v=0\r\n" + "m=video 0 RTP/AVP 96\na=rtpmap:96 H264/90000\n" * 5000)
    time.sleep(3)


@harms
def sdp_of_parameter_sets(c):
    sets = ",".join(base64.b64encode(os.urandom(30)).decode() for _ in range(4000))
    c.handshake(sdp=c.clip.sdp().replace("sprop-parameter-sets=", "sprop-parameter-sets=" + sets + ","))
    c.play()


@harms
def sdp_of_noise(c):
    c.handshake(sdp="v=0\r\nm=video 0 RTP/AVP 96\r\n" + os.urandom(60000).decode("latin1"))
    time.sleep(2)


@harms
def speaks_http(c):
    c.send(b"HTTP/1.1 200 OK\r\nServer: x\r\n\r\n<html>")
    time.sleep(1)


@harms
def redirects_to_itself(c):
    while True:
        _, cseq, head = c.request()
        c.reply(cseq, ["Location: " + head.split(" ")[1] + "/x"], status="302 Moved")


@harms
def replies_byte_by_byte(c):
    for _ in range(20):
        _, cseq, _ = c.request()
        for byte in f"RTSP/1.0 200 OK\r\nCSeq: {cseq}\r\nPublic: DESCRIBE\r\n\r\n".encode():
            c.send(bytes([byte]))
            time.sleep(0.4)


@harms
def accepts_and_says_nothing(c):
    while c.alive():
        time.sleep(0.5)


@harms
def closes_at_once(c):
    raise Closed


@harms
def a_flood_of_replies(c):
    c.handshake()
    while True:
        c.send(b"".join(b"RTSP/1.0 200 OK\r\nCSeq: %d\r\nSession: %d\r\n\r\n" % (i, i) for i in range(500)))
        time.sleep(0.02)


@harms
def a_flood_of_requests_whose_answers_nobody_reads(c):
    c.handshake()
    while True:
        c.send(b"OPTIONS * RTSP/1.0\r\nCSeq: 1\r\nSession: 77\r\n\r\n" * 300)
        time.sleep(0.02)


@harms
def ends_the_session_at_once(c):
    c.handshake()
    c.send(b"TEARDOWN * RTSP/1.0\r\nCSeq: 1\r\nSession: 77\r\n\r\n")
    time.sleep(1)


# ---- harm within the stream -------------------------------------------------------------------------------------------


@harms
def every_rtp_header(c):
    c.handshake()
    for first in range(256):
        for second in range(256):
            packet = struct.pack(">BBHII", first, second, c.sequence & 0xFFFF, 0, 7)[:random.randrange(0, 13)] + os.urandom(
                random.randrange(0, 40))
            c.send(c.frame(random.choice((0, 1)), packet))
            c.sequence += 1
        time.sleep(0.05)
    c.play()


@harms
def broken_fragmentation_units(c):
    c.handshake()
    while True:
        for header in range(256):
            c.send(c.rtp(bytes([28, header]) + os.urandom(random.choice((0, 1, 900))), random.randrange(1 << 32), header & 1 == 1))
            c.send(c.rtp(bytes([random.choice((24, 25, 26, 27, 28, 29, 30, 31, 0))]) + os.urandom(random.randrange(0, 60)), 0))
        time.sleep(0.1)


@harms
def aggregates_with_impossible_sizes(c):
    c.handshake()
    while True:
        for size in (0, 1, 2, 100, 65535):
            c.send(c.rtp(b"\x18" + struct.pack(">H", size) + c.clip.sps + struct.pack(">H", 65535) + b"\x65", 0, True))
        c.send(c.rtp(b"\x18" + b"\x00\x01\x65" * 20000, 0, True))
        time.sleep(0.05)


@harms
def pictures_of_16384_squared(c):
    sps = bytes.fromhex("67640034acd9400400100010000003001000000303c8f142996000")
    c.handshake(sdp=c.clip.sdp(sps=sps))
    c.play(mangle=lambda packets, n: c.in_order([c.rtp(sps, n * 9000), c.rtp(c.clip.pps, n * 9000)] + packets))


@harms
def parameter_sets_of_noise(c):
    c.handshake()

    def mangle(packets, number):
        noise = [c.rtp(bytes([random.choice((0x67, 0x68, 0x6F))]) + os.urandom(random.randrange(1, 300)), number * 9000)]
        return c.in_order(noise + packets)
    c.play(mangle=mangle)


@harms
def a_thousand_tiny_frames_a_second(c):
    c.handshake()
    number = 0
    while True:
        out = b"".join(c.rtp(b"\x41\x9a", (number + i) * 90, True) for i in range(20))
        c.send(out)
        number += 20
        time.sleep(0.02)


@harms
def tiny_key_frames_100_a_second(c):
    c.handshake()
    number = 0
    while True:
        c.send(c.rtp(c.clip.sps, number * 900) + c.rtp(c.clip.pps, number * 900) + c.rtp(b"\x65\x88\x84", number * 900, True))
        number += 1
        time.sleep(0.01)


@harms
def another_size_with_each_key_frame(c):
    sizes = [bytes.fromhex("6742c01ed9018030" + "%02x" % n + "80") for n in range(16)] + [c.clip.sps]
    c.handshake()
    number = 0
    while True:
        sps = sizes[number % len(sizes)]
        c.send(c.rtp(sps, number * 6000) + c.rtp(c.clip.pps, number * 6000) + c.rtp(b"\x65\x88" + os.urandom(200), number * 6000, True))
        number += 1
        time.sleep(1 / 15)


@harms
def a_unit_without_end(c):
    c.handshake()
    c.send(c.rtp(b"\x7c\x85" + bytes(1000), 0))
    while True:
        c.send(b"".join(c.rtp(b"\x7c\x05" + bytes(1380), 0) for _ in range(20)))
        time.sleep(0.02)


@harms
def times_and_numbers_at_random(c):
    c.handshake()

    def mangle(packets, number):
        out = []
        for packet in packets:
            head = struct.pack(">BBHII", 0x80, packet[5], random.randrange(65536), random.randrange(1 << 32), 7)
            out.append(c.frame(0, head + packet[16:]))
        return out
    c.play(mangle=mangle)


@harms
def another_source_with_each_packet(c):
    c.handshake()

    def mangle(packets, number):
        return [packet[:12] + os.urandom(4) + packet[16:] for packet in packets]
    c.play(mangle=mangle)


@harms
def breaks_off_within_a_packet(c):
    c.handshake()
    c.play(seconds=1.5)
    c.send(c.packets(c.clip.units[0], 0)[0][:40])
    c.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    raise Closed


@harms
def never_reads_again(c):
    c.handshake()
    number = 0
    while True:
        c.send(b"".join(c.packets(c.clip.units[number % len(c.clip.units)], number * 9000)))
        number += 1
        time.sleep(0.1)


@harms
def noise_in_the_pictures(c):
    """Valid packets, corrupt slices: what the analysis decodes."""
    c.handshake()

    def mangle(packets, number):
        out = []
        for packet in packets:
            body = bytearray(packet)
            for _ in range(6):
                body[random.randrange(18, len(body)) if len(body) > 19 else len(body) - 1] = random.randrange(256)
            out.append(bytes(body))
        return out
    c.play(mangle=mangle)


class HostileWorld:
    """All behaviours, each at a port of its own on 127.0.0.1, until close()."""

    def __init__(self, footage, names=None, more=None):
        self.clip = Clip(footage)
        self.deadline = time.monotonic() + SECONDS
        self.ports, self.listeners, self.connections = {}, [], {}
        for name, behave in {**WORKS, **HARMS, **(more or {})}.items():
            if names is not None and name not in names and name not in (more or {}):
                continue
            listener = socket.create_server(("127.0.0.1", 0), backlog=64)
            self.ports[name] = listener.getsockname()[1]
            self.connections[name] = 0
            self.listeners.append(listener)
            threading.Thread(target=self.accept, args=(listener, name, behave), daemon=True).start()

    def accept(self, listener, name, behave):
        while True:
            try:
                sock, _ = listener.accept()
            except OSError:
                return
            self.connections[name] += 1
            threading.Thread(target=self.run, args=(sock, behave), daemon=True).start()

    def run(self, sock, behave):
        with sock:
            try:
                behave(Connection(sock, self.clip, self.deadline))
            except (Closed, OSError):
                pass

    def url(self, name):
        return f"rtsp://127.0.0.1:{self.ports[name]}/live"

    def close(self):
        self.deadline = 0
        for listener in self.listeners:
            listener.close()
