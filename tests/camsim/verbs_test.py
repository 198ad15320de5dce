#!/usr/bin/env python3
"""Each verb of camsim over the wire: does the camera misbehave as told, and behave again after `normal`?

One camera per case; all cases run at the same time, so the whole takes as long as the slowest.
"""
import base64
import concurrent.futures
import pathlib
import socket
import sys
import tempfile
import threading
import time
import traceback

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import test_clips  # noqa: E402
from bench_world import Camsim, Failure, expect  # noqa: E402
from rtsp_probe import Closed, Probe, join_units, sender_reports, sequence_steps  # noqa: E402

RATE = 25
STEP = 90_000 // RATE
UNIX_TO_NTP = 2_208_988_800
WRAP = 2**32


class World:
    """A camera of its own for each case."""

    def __init__(self, sim, files):
        self.sim = sim
        self.files = files
        self.lock = threading.Lock()
        self.free = list(sim.names())

    def camera(self):
        with self.lock:
            return OneCamera(self.sim, self.free.pop(), self.files)


class OneCamera:
    def __init__(self, sim, name, files):
        self.sim, self.name, self.files = sim, name, files

    def tell(self, verb, **arguments):
        return self.sim.tell(self.name, verb, **arguments)

    def stats(self):
        return self.tell("stats")["stats"][self.name]

    def probe(self, stream="main"):
        return Probe(self.sim.url(self.name, stream))

    def playing(self, stream="main"):
        probe = self.probe(stream)
        replies = probe.play()
        expect([r.code for r in replies] == [200, 200, 200], f"handshake: {[r.code for r in replies]}")
        return probe


def steps(units):
    signed = [(b.timestamp - a.timestamp) % WRAP for a, b in zip(units, units[1:])]
    return [s - WRAP if s >= WRAP // 2 else s for s in signed]


def expect_steady(units, what):
    expect(len(units) >= 10, f"{what}: only {len(units)} units")
    counters = [u.counter() for u in units]
    expect(all(b == a + 1 for a, b in zip(counters, counters[1:])), f"{what}: counters {counters}")
    expect(set(steps(units)) == {STEP}, f"{what}: time stamps {steps(units)}")


def plain(camera):
    before = time.time()
    probe = camera.playing()
    packets = probe.watch(3)
    units = join_units(p for p in packets if p[1] == 0)
    expect(units[0].key() and units[0].types()[:3] == [7, 8, 6], f"begins with {units[0].types()}")
    expect_steady(units, "plain")
    expect(set(sequence_steps(packets)) == {1}, "sequence numbers have gaps")
    expect(abs(len(units) - 3 * RATE) <= 14, f"{len(units)} units in 3 s")
    reports = sender_reports(packets)
    expect(len(reports) == 2 and abs(reports[1][0] - reports[0][0] - 2) < 0.2, f"reports at {[r[0] for r in reports]}")
    expect(abs(reports[0][1] - UNIX_TO_NTP - before) < 1.5, "the report's wall time is off")
    elapsed = reports[1][1] - reports[0][1]
    expect(abs((reports[1][2] - reports[0][2]) % WRAP - elapsed * 90_000) < 90, "report time and time stamps disagree")
    stats = camera.stats()
    expect(stats["main"]["clients"] == 1 and stats["main"]["sessions_opened"] == 1, f"{stats}")
    expect(stats["main"]["counter"] > units[-1].counter(), "the counter stands still")
    probe.ask("TEARDOWN")
    expect(camera.stats()["main"]["clients"] == 0, "TEARDOWN leaves the session")


def mute(camera):
    probe = camera.playing()
    probe.watch(0.6)
    for mode in ("silent", "rtcp", "empty"):
        camera.tell("mute", mode=mode)
        probe.watch(0.1)
        packets = probe.watch(2.2 if mode == "rtcp" else 0.5)
        media = [p for p in packets if p[1] == 0]
        if mode == "empty":
            expect(len(media) > 5 and all(len(p[2]) == 12 for p in media), "packets are not empty")
        else:
            expect(not media, f"{mode}: {len(media)} packets")
        expect(mode != "rtcp" or len(packets) == 1, f"{len(packets)} reports in 2 s")
    camera.tell("normal")
    units = probe.units(1)
    while units and units[0].counter() is None:  # empty packets that were still under way
        units.pop(0)
    expect_steady(units, "after mute")


def reboot(camera):
    probe = camera.playing()
    last = probe.units(0.8)[-1].counter()
    camera.tell("reboot", down_ms=1000)
    expect_closed(probe)
    try:
        camera.probe().ask("OPTIONS")
        raise Failure("the camera answers while it is away")
    except (Closed, ConnectionResetError):
        pass
    time.sleep(1.1)
    units = camera.playing().units(0.8)
    expect(units[0].counter() > last, "the counter began anew")
    expect_steady(units, "after the reboot")


def expect_closed(probe, seconds=2):
    try:
        probe.watch(seconds)
    except (Closed, ConnectionResetError):
        return
    raise Failure("the connection stays")


def switch(camera):
    probe = camera.playing()
    first = probe.units(0.8)
    camera.tell("switch", file=str(camera.files["other"]))
    units = probe.units(0.8)
    new = [u for u in units if u.key()][-1]
    expect(new.sps() != first[0].sps(), "the parameter sets stay the same")
    expect(set(steps(units)) == {STEP}, f"time stamps: {steps(units)}")
    camera.tell("normal")
    units = probe.units(0.8)
    expect([u for u in units if u.key()][-1].sps() == first[0].sps(), "normal does not bring the first file back")


def flip(camera):
    camera.tell("flip")
    units = camera.playing().units(2.2)
    spelled = [u.sps() for u in units if u.key()]
    expect(len(spelled) >= 4 and all(a != b for a, b in zip(spelled, spelled[1:])), "the SPS does not change each GOP")
    expect(len(set(spelled)) == 2, "more than two spellings")


def sprop(camera):
    for mode in ("sdp_only", "in_band_only", "wrong", "rotated"):
        camera.tell("sprop", mode=mode)
        probe = camera.probe()
        sdp, _, _ = probe.play()
        key = next(u for u in probe.units(0.9) if u.key())
        in_band = {7, 8} <= set(key.types())
        expect(in_band == (mode != "sdp_only"), f"{mode}: in band {in_band}")
        claimed = sdp.body.partition("sprop-parameter-sets=")[2].split("\r\n")[0].split(",")
        if mode == "in_band_only":
            expect(claimed == [""], "the SDP has parameter sets")
            continue
        nals = [base64.b64decode(c) for c in claimed]
        order = [n[0] & 31 for n in nals]
        expect(order == ([8, 7] if mode == "rotated" else [7, 8]), f"{mode}: {order}")
        if mode == "wrong":
            expect(nals[0] != key.sps(), "the SDP is right")
        probe.close()


def gop(camera):
    camera.tell("gop", mode="none_for_ms", ms=1500)
    began = time.time()
    probe = camera.playing()
    units = probe.units(2.4)
    expect(units[0].arrival - began > 1.4, "a key frame came too early")
    camera.tell("gop", mode="endless")
    units = probe.units(1.5)
    expect(not any(u.key() for u in units), "an endless GOP has key frames")
    newcomer = camera.playing()
    units = newcomer.units(1.5)
    expect([u.key() for u in units].count(True) == 1 and units[0].key(), "a newcomer gets exactly one key frame")


def ts(camera):
    probe = camera.playing()
    probe.watch(0.6)

    def steps_around(**arguments):
        first = len(probe.packets)
        probe.watch(0.2)
        camera.tell("ts", **arguments)
        probe.watch(0.5)
        return steps(join_units(p for p in probe.packets[first:] if p[1] == 0))
    expect(3600 * 90_000 + STEP in steps_around(mode="jump", delta_ms=3_600_000), "no jump")
    expect(-3600 * 90_000 + STEP in steps_around(mode="jump", delta_ms=-3_600_000), "no jump back")
    expect(-45_000 in steps_around(mode="back", delta_ms=500), "no step back")
    camera.tell("ts", mode="equal")
    seen = steps(probe.units(0.6))
    expect(seen.count(0) > 4 and set(seen) <= {0, 2 * STEP, STEP}, f"equal: {seen}")
    camera.tell("normal")
    probe.watch(0.2)
    camera.tell("ts", mode="slow", declared=25, delivered=15)
    units = probe.units(2)
    expect(set(steps(units[2:])) == {STEP}, f"slow: {steps(units)}")
    expect(26 <= len(units) <= 34, f"slow: {len(units)} units in 2 s")
    camera.tell("normal")


def wrap(camera):
    camera.tell("ts", mode="wrap", in_ms=1000)
    packets = camera.playing().watch(2.4)
    units = join_units(p for p in packets if p[1] == 0)
    expect(units[0].timestamp > WRAP - 91_000 and units[-1].timestamp < 200_000, "the time stamp does not wrap")
    expect_steady(units, "wrap")
    expect(set(sequence_steps(packets)) == {1}, "the sequence breaks")


def sr(camera):
    def report(mode, **arguments):
        camera.tell("sr", mode=mode, **arguments)
        probe = camera.playing()
        packets = probe.watch(3 if mode == "jump" else 0.6)
        probe.close()
        return [ntp for _, ntp, _ in sender_reports(packets)]
    expect(report("none") == [], "reports come")
    expect(report("1970")[0] - UNIX_TO_NTP < 365 * 86_400 * 20, "not the 1970s")
    wrapped = report("2036")[0]
    expect(wrapped < 10 or wrapped > WRAP - 10, f"not at the end of the NTP era: {wrapped}")
    two = report("jump", delta_ms=60_000)
    expect(len(two) == 2 and abs(abs(two[1] - two[0]) - 60) < 3, f"no jump: {two}")
    camera.tell("normal")
    camera.tell("clock", offset_ms=-7_200_000)
    expect(abs(report("jump", delta_ms=0)[0] - UNIX_TO_NTP - time.time() + 7200) < 6, "the camera's clock is not 2 h late")


def audio(camera):
    probe = camera.probe("sub")
    probe.ask("DESCRIBE")
    probe.setup(0)
    expect(probe.setup(1).code == 200, "no audio track")
    probe.ask("PLAY")

    def sound(seconds):
        return [p for p in probe.watch(seconds) if p[1] == 2]
    frames = sound(1)
    expect(46 <= len(frames) <= 55, f"{len(frames)} audio packets a second")
    camera.tell("audio", drop_pct=50)
    expect(10 < len(sound(1)) < 42, "audio is not dropped")
    camera.tell("audio", drop_pct=0, ppm=100_000)
    expect(52 <= len(sound(1)) <= 60, "audio does not drift")
    camera.tell("audio", dead=True)
    probe.watch(0.1)
    expect(sound(0.5) == [], "dead audio sounds")
    camera.tell("normal")
    camera.tell("audio", gap_ms=500)
    expect(18 <= len(sound(1)) <= 33, "no drop-out")


def tear(camera):
    camera.tell("tear", every_ms=500)
    probe = camera.playing()
    try:
        probe.watch(3)
    except Closed:
        pass
    expect(probe.broken_framing > 0, "the framing is whole")


def keepalive(camera):
    camera.tell("keepalive", timeout_s=1, mode="options_only")
    probe = camera.probe()
    _, setup, _ = probe.play()
    expect("timeout=1" in setup.header("Session"), setup.head)
    expect("GET_PARAMETER" not in probe.ask("OPTIONS").header("Public"), "GET_PARAMETER is offered")
    for _ in range(4):
        probe.watch(0.7)
        expect(probe.ask("OPTIONS").code == 200, "OPTIONS does not keep alive")
    expect_closed(probe, 4)
    other = camera.playing()
    try:
        other.ask("GET_PARAMETER")
        raise Failure("GET_PARAMETER is answered")
    except (Closed, ConnectionResetError):
        pass


def auth(camera):
    camera.tell("auth", mode="wrong")
    reply = camera.probe().ask("DESCRIBE")
    expect(reply.code == 401 and reply.header("WWW-Authenticate").startswith("Digest "), reply.head)
    camera.tell("auth", mode="stale")
    probe = camera.probe()
    nonces = set()
    for _ in range(3):
        reply = probe.ask("DESCRIBE", None, 'Authorization: Digest username="a", realm="IP Camera", nonce="x", uri="u", response="r"')
        expect("stale=\"TRUE\"" in reply.head, reply.head)
        nonces.add(reply.header("WWW-Authenticate"))
    expect(len(nonces) == 3, "the nonce stays")
    expect(camera.stats()["auth_refused"] == 3, "refusals are not counted")
    camera.tell("normal")
    expect(camera.probe().ask("DESCRIBE").code == 200, "normal still wants a login")


def flood(camera):
    probe = camera.playing()
    normal = probe.units(1)
    camera.tell("flood", bits=5)
    probe.watch(0.1)
    padded = probe.units(1)
    ratio = (sum(u.size for u in padded) / len(padded)) / (sum(u.size for u in normal) / len(normal))
    expect(3 < ratio < 8, f"bits times {ratio:.1f}")
    camera.tell("flood", fps=4)
    probe.watch(0.1)
    fast = probe.units(1)
    expect(85 <= len(fast) <= 112, f"{len(fast)} units a second")
    expect(set(steps(fast)) <= {STEP // 4, STEP // 4 + 1}, f"time stamps {set(steps(fast))}")


def drip(camera):
    camera.tell("drip", byte_ms=20)
    began = time.monotonic()
    reply = camera.probe().ask("OPTIONS")
    took = time.monotonic() - began
    expect(took > 0.02 * len(reply.head) * 0.9, f"{len(reply.head)} bytes in {took:.2f} s")
    camera.tell("drip", delay_ms=600)
    began = time.monotonic()
    camera.playing()
    expect(1.75 < time.monotonic() - began < 3, "replies are not late")


def sessions(camera):
    camera.tell("sessions", max=1)
    first = camera.playing()
    second = camera.probe()
    second.ask("DESCRIBE")
    expect(second.setup().code == 453, "a second session is allowed")
    first.ask("TEARDOWN")
    expect(second.setup().code == 200, "the place is not free again")
    camera.tell("sessions", max=1, per="stream")
    sub = camera.probe("sub")
    sub.ask("DESCRIBE")
    expect(sub.setup().code == 200, "the other stream has no place of its own")


def drop(camera):
    probe = camera.playing()
    probe.watch(0.6)
    camera.tell("drop", loss_pct=20)
    found = sequence_steps(probe.watch(1.5))
    expect(any(s > 1 for s in found) and all(1 <= s < 20 for s in found), "no loss")
    camera.tell("drop", duplicate_pct=30)
    probe.watch(0.1)
    expect(0 in sequence_steps(probe.watch(1)), "no duplicates")
    camera.tell("drop", reorder_pct=30)
    probe.watch(0.1)
    expect(0xffff in sequence_steps(probe.watch(1)), "no reordering")
    camera.tell("drop", jitter_ms=100)
    probe.watch(0.2)
    expect(any(s > 1 for s in sequence_steps(probe.watch(1))), "no jitter")
    camera.tell("normal")
    probe.watch(0.4)
    expect_steady(probe.units(1)[1:], "after the losses")


def blackhole(camera):
    probe = camera.playing()
    probe.watch(0.6)
    camera.tell("blackhole")
    probe.watch(0.1)
    expect(probe.watch(0.6) == [], "bytes come out of the black hole")
    silent = camera.probe()
    silent.socket.settimeout(0.5)
    try:
        silent.ask("OPTIONS")
        raise Failure("the black hole answers")
    except (TimeoutError, socket.timeout):
        pass
    camera.tell("normal")
    silent.socket.settimeout(3)
    expect(silent._reply().code == 200, "what was asked is not answered afterwards")
    expect(len(probe.units(0.6)) > 5, "the stream does not go on")


def redirect(camera):
    camera.tell("redirect", location="rtsp://192.0.2.1/elsewhere")
    reply = camera.probe().ask("DESCRIBE")
    expect(reply.code == 302 and reply.header("Location") == "rtsp://192.0.2.1/elsewhere", reply.head)


def reset(camera):
    probe = camera.playing()
    camera.tell("reset")
    try:
        probe.watch(2)
        raise Failure("the connection stays")
    except ConnectionResetError:
        pass
    except Closed:
        raise Failure("FIN instead of RST")
    expect(len(camera.playing().units(0.8)) > 5, "the camera is gone")


def quirks(camera):
    def describe(name, **arguments):
        camera.tell("normal")
        camera.tell("quirk", name=name, **arguments)
        return camera.probe().ask("DESCRIBE")
    expect(describe("no_content_type").header("Content-Type") is None, "Content-Type is there")
    base = describe("schemeless_content_base").header("Content-Base")
    expect(base.startswith("127.0.0.1:"), base)
    expect(describe("content_base", value="rtsp://192.0.2.9/x/").header("Content-Base") == "rtsp://192.0.2.9/x/", "base")
    expect("a=control:rtsp://" in describe("absolute_control").body, "controls are relative")
    expect("c=IN IP4 192.0.2.9" in describe("sdp_connection", value="192.0.2.9").body, "c= is as ever")
    expect("content-base:" in describe("lower_case_headers").head, "headers have capitals")
    expect("\r" not in describe("lf_only").head, "lines end in CRLF")
    camera.tell("normal")
    camera.tell("quirk", name="other_channels")
    probe = camera.probe()
    expect("interleaved=10-11" in probe.setup().header("Transport"), "the channels asked for")
    camera.tell("normal")
    camera.tell("quirk", name="zero_rtp_info")
    expect("seq=0;rtptime=0" in camera.probe().play()[2].header("RTP-Info"), "RTP-Info is right")
    camera.tell("normal")
    camera.tell("quirk", name="annex_b")
    key = camera.playing().units(0.6)[0]
    expect(key.types() == [7] and b"\0\0\0\1\x68" in key.nals[0], f"NAL units apart: {key.types()}")
    camera.tell("normal")
    camera.tell("quirk", name="no_marker")
    packets = [p for p in camera.playing().watch(0.6) if p[1] == 0]
    expect(packets and not any(p[2][1] & 0x80 for p in packets), "markers are set")


def refusals(camera):
    for command in ({"verb": "explode"}, {"verb": "mute", "mode": "loud"}, {"verb": "switch", "file": "/nonexistent"},
                    {"verb": "stats", "camera": "nobody"}):
        try:
            camera.sim.tell(command.pop("camera", camera.name), **command)
        except Failure:
            continue
        raise Failure(f"{command} is accepted")
    expect(camera.probe().ask("DESCRIBE", f"rtsp://127.0.0.1:{camera.sim.port}/nobody/main").code == 404, "no such camera")
    expect(camera.probe().ask("SING").code == 501, "an unknown method is known")
    expect(camera.probe().ask("PLAY").code == 454, "PLAY without a session")


CASES = [plain, mute, reboot, switch, flip, sprop, gop, ts, wrap, sr, audio, tear, keepalive, auth, flood, drip,
         sessions, drop, blackhole, redirect, reset, quirks, refusals]


def main():
    wanted = [c for c in CASES if len(sys.argv) < 2 or c.__name__ in sys.argv[1:]]
    with tempfile.TemporaryDirectory(prefix="camsim_verbs_") as name:
        folder = pathlib.Path(name)
        files = {"main": test_clips.encode(folder / "main.mp4", rate=RATE, gop=10),
                 "sub": test_clips.encode(folder / "sub.mov", size="160x120", rate=RATE, gop=10,
                                          audio=["-c:a", "pcm_mulaw", "-ar", "8000", "-ac", "1"]),
                 "other": test_clips.encode(folder / "other.mp4", size="480x360", rate=RATE, gop=10)}
        sim = Camsim(folder, repeat=len(wanted), pair=(files["main"], files["sub"]))
        world = World(sim, files)
        failed = 0
        try:
            with concurrent.futures.ThreadPoolExecutor(len(wanted)) as pool:
                futures = {case.__name__: pool.submit(lambda c=case: c(world.camera())) for case in wanted}
                for case, future in futures.items():
                    try:
                        future.result()
                        print(f"ok      {case}")
                    except Failure as error:
                        failed += 1
                        print(f"FAILED  {case}: {error}")
                    except Exception:  # a case that trips over its own feet fails too
                        failed += 1
                        print(f"FAILED  {case}: {traceback.format_exc()}")
        finally:
            sim.stop()
        return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
