"""PRC-01: kill -9 of each kind of process at random moments while 16 cameras record."""
import os
import random
import signal
import time

from bench_world import (Camsim, Service, acknowledged, ensure_footage, expect, media_files, workspace)

CAMERAS = 16
CONFIG = "[record]\nsegment_max_s = 20\nflush_interval_ms = 500\n[analyse]\nshards = 1\n"


def run(rounds):
    rounds = rounds or 100
    footage = ensure_footage()
    dice = random.Random(20261121)
    killed = {"core": 0, "ingest": 0, "analyse": 0, "web": 0}
    with workspace("kill") as folder:
        sim = Camsim(folder, repeat=CAMERAS, pair=(footage / "street_sub.mp4", footage / "street_sub.mp4"))
        service = Service(folder / "data", CONFIG).start()
        try:
            for name in sim.names():
                service.add_camera(name, sim.url(name), sim.url(name, "sub"))
            service.wait_recording(CAMERAS, 60)
            for number in range(rounds):
                time.sleep(dice.uniform(0.05, 1.5))
                # Core is the one that owns the disk: half of the kills go to it.
                kind = dice.choice(["core", "core", "core", "ingest", "analyse", "web"])
                killed[kind] += 1
                if kind == "core":
                    stored = acknowledged(service.data)
                    service.kill()
                    service.start()
                    missing = stored - acknowledged(service.data)
                    expect(not missing, f"round {number}: acknowledged fragments lost: {sorted(missing)[:3]}")
                else:
                    victims = service.pids(kind)
                    expect(victims, f"round {number}: no {kind} process: {service.tail()}")
                    os.kill(dice.choice(victims), signal.SIGKILL)
            service.wait_recording(CAMERAS, 30)
            service.stop()
            clean, report = service.check(full=True)
            expect(clean, f"check --full is not clean: {str(report)[:600]}")
            return {"rounds": rounds, "killed": killed, "fragments": len(acknowledged(service.data)),
                    "files": len(media_files(service.data))}
        finally:
            service.stop()
            sim.stop()
