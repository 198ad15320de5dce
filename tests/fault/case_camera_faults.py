"""CAM-01..17: what cameras do wrong, by camsim's verbs; each must show its state and recover, others must not notice."""
import time

from bench_world import Camsim, Service, ensure_footage, expect, gaps, wait_until, workspace

CONFIG = "[record]\nflush_interval_ms = 300\n[analyse]\nenabled = false\n"


class Bench:
    def __init__(self, folder, footage):
        self.sim = Camsim(folder, repeat=3, pair=(footage / "street_sub.mp4", None))
        self.footage = footage
        self.service = Service(folder / "data", CONFIG).start()
        names = self.sim.names()
        self.victim, self.bystander = names[0], names[1]
        self.ids = {n: self.service.add_camera(n, self.sim.url(n)) for n in names[:2]}
        self.service.wait_recording(2, 20)

    def camera(self):
        return self.service.cameras()[self.ids[self.victim]]

    def stream(self):
        return self.camera()["streams"][0]

    def until(self, predicate, seconds, what):
        wait_until(lambda: predicate(self.camera()), seconds, f"{what}; it is {self.camera()['state']} "
                   f"({self.stream()['state']} {self.stream()['reason']} {self.stream()['detail']})", 0.2)

    def normal(self, seconds=40):
        self.sim.tell(self.victim, "normal")
        self.until(lambda c: c["recording"] and c["streams"][0]["state"] == "streaming", seconds, "back to normal")
        frames = self.stream()["frames"]
        self.until(lambda c: c["streams"][0]["frames"] > frames + 5, 10, "frames flow again")


def mute(bench):
    for mode in ("silent", "rtcp", "empty"):
        began = time.monotonic()
        bench.sim.tell(bench.victim, "mute", mode=mode)
        bench.until(lambda c: c["streams"][0]["reason"] == "no_media" and not c["recording"], 9, f"mute {mode} is no media")
        expect(time.monotonic() - began <= 8, f"mute {mode} took too long")
        bench.normal()


def reboot(bench):
    bench.sim.tell(bench.victim, "reboot", down_ms=4000)
    bench.until(lambda c: c["streams"][0]["state"] != "streaming", 5, "the reboot is noticed")
    bench.until(lambda c: c["recording"] and c["streams"][0]["state"] == "streaming", 15, "recording after a reboot")


def switch(bench):
    bench.sim.tell(bench.victim, "switch", file=str(bench.footage / "street_main.mp4"))
    bench.until(lambda c: c["streams"][0]["width"] == 1920 and c["recording"], 15, "the new size is recorded")
    bench.normal()


def flip(bench):
    before = len(set(str(p) for p in (bench.service.data / "media" / bench.ids[bench.victim]).rglob("*.mp4")))
    bench.sim.tell(bench.victim, "flip")
    time.sleep(10)
    after = len(set(str(p) for p in (bench.service.data / "media" / bench.ids[bench.victim]).rglob("*.mp4")))
    expect(after - before <= 1, f"flip-flopping parameter sets made {after - before} files")
    bench.normal()


def gop(bench):
    bench.sim.tell(bench.victim, "gop", mode="endless")
    time.sleep(6)
    expect(bench.camera()["recording"], "an endless GOP is recorded")
    bench.normal()


def ts(bench):
    for arguments in ({"mode": "jump", "delta_ms": 3_600_000}, {"mode": "jump", "delta_ms": -3_600_000}, {"mode": "wrap"},
                      {"mode": "back"}, {"mode": "equal"}):
        bench.sim.tell(bench.victim, "ts", **arguments)
        time.sleep(4)
        expect(bench.camera()["recording"], f"recording goes on after {arguments}")
    bench.normal()


def sr(bench):
    for mode in ("1970", "2036", "jump", "none"):
        bench.sim.tell(bench.victim, "sr", mode=mode)
        time.sleep(2.5)
        expect(bench.camera()["recording"], f"recording goes on with sender reports {mode}")
    bench.normal()


def tear(bench):
    bench.sim.tell(bench.victim, "tear")
    time.sleep(5)
    bench.normal()


def blackhole(bench):
    began = time.monotonic()
    bench.sim.tell(bench.victim, "blackhole")
    bench.until(lambda c: c["streams"][0]["state"] != "streaming", 12, "a dead link is noticed")
    expect(time.monotonic() - began <= 11, "a dead link took more than 10 s")
    bench.normal()


def reset(bench):
    bench.sim.tell(bench.victim, "reset")
    time.sleep(0.5)
    bench.until(lambda c: c["recording"] and c["streams"][0]["state"] == "streaming", 10, "back after a reset")


def auth(bench):
    bench.sim.tell(bench.victim, "auth", mode="wrong")
    bench.sim.tell(bench.victim, "reset")
    bench.until(lambda c: c["state"] == "auth_refused", 15, "refused credentials show")
    expect((bench.stream()["retry_in_s"] or 0) > 20, f"a locked account is spared: {bench.stream()}")
    bench.sim.tell(bench.victim, "normal")
    bench.service.command("camera", "set", bench.ids[bench.victim], "--user", "x", "--password-stdin", stdin="y\n")
    bench.until(lambda c: c["recording"] and c["streams"][0]["state"] == "streaming", 15, "new credentials are tried at once")


def drip(bench):
    bench.sim.tell(bench.victim, "drip")
    bench.sim.tell(bench.victim, "reset")
    bench.until(lambda c: c["streams"][0]["reason"] in ("timed_out", "protocol_error", "link_lost", "no_media"), 25,
                "a dripping camera meets a deadline")
    bench.normal()


CASES = [mute, reboot, switch, flip, gop, ts, sr, tear, blackhole, reset, auth, drip]


def run(rounds):
    footage = ensure_footage()
    took = {}
    with workspace("camera") as folder:
        bench = Bench(folder, footage)
        try:
            for case in CASES:
                began = time.monotonic()
                case(bench)
                took[case.__name__] = round(time.monotonic() - began, 1)
            other = bench.service.cameras()[bench.ids[bench.bystander]]
            expect(other["streams"][0]["attempts"] <= 1 and other["recording"], f"the other camera noticed: {other}")
            bench.service.stop()
            mine = [g for g in gaps(bench.service.data) if g[0].lower() == bench.ids[bench.bystander].replace("-", "")]
            expect(len([g for g in mine if g[3] is not None]) == 0, f"gaps of the other camera: {mine}")
            clean, report = bench.service.check()
            expect(clean, f"check --full is not clean: {str(report)[:600]}")
            return {"cases": len(took), **took}
        finally:
            bench.service.stop()
            bench.sim.stop()
