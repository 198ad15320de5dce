"""PRC-03, MED-09, G05: a worker that hangs or crashes costs only its own cameras, and not for long."""
import os
import signal
import time

from bench_world import Camsim, Service, ensure_footage, expect, wait_until, workspace

CAMERAS = 6


def restarted(service, kind, before, timeout_s):
    def fresh():
        now = set(service.pids(kind))
        return now and not now & before
    wait_until(fresh, timeout_s, f"{kind} is replaced; {service.tail(4)}")


def run(_rounds):
    footage = ensure_footage()
    took = {}
    with workspace("worker") as folder:
        sim = Camsim(folder, repeat=CAMERAS, pair=(footage / "street_sub.mp4", footage / "street_sub.mp4"))
        service = Service(folder / "data", "[ingest]\ncameras_per_shard = 3\n").start()
        try:
            for name in sim.names():
                service.add_camera(name, sim.url(name), sim.url(name, "sub"))
            service.wait_recording(CAMERAS, 30)
            for kind, how in (("ingest", signal.SIGSEGV), ("analyse", signal.SIGSEGV), ("web", signal.SIGSEGV),
                              ("ingest", signal.SIGSTOP), ("analyse", signal.SIGSTOP)):
                frames = {c["id"]: c["streams"][0]["frames"] for c in service.status()["cameras"]}
                pids = service.pids(kind)
                victim = pids[0]
                began = time.monotonic()
                os.kill(victim, how)
                limit_s = 15 if how == signal.SIGSTOP else 5
                wait_until(lambda: victim not in service.pids(kind) and len(service.pids(kind)) >= len(pids), limit_s,
                           f"{kind} replaced after {how.name}; {service.tail(4)}")
                took[f"{kind}_{how.name.lower()}_s"] = round(time.monotonic() - began, 2)
                service.wait_recording(CAMERAS, 10)
                took[f"{kind}_{how.name.lower()}_recording_s"] = round(time.monotonic() - began, 2)
                time.sleep(1)
                for c in service.status()["cameras"]:
                    expect(c["streams"][0]["frames"] > frames[c["id"]] or kind == "ingest", f"{c['name']} stood still")
            expect(took["ingest_sigsegv_recording_s"] <= 5, f"cameras of a crashed shard took {took}")
            service.stop()
            clean, report = service.check()
            expect(clean, f"check --full is not clean: {str(report)[:600]}")
            return took
        finally:
            service.stop()
            sim.stop()
