"""STO-01, G02: power cuts at random moments, on ext4 and XFS, by the file system's own shutdown call."""
import random
import time

from bench_world import Camsim, Service, acknowledged, ensure_footage, expect, workspace
from loop_disk import LoopDisk

CAMERAS = 8
CONFIG = "[record]\nsegment_max_s = 10\nflush_interval_ms = 300\n[analyse]\nenabled = false\n"


def cut_rounds(kind, rounds, folder, footage):
    dice = random.Random(len(kind))
    fragments = 0
    with LoopDisk(folder / kind, kind, 400) as disk:
        sim = Camsim(folder / f"sim-{kind}", repeat=CAMERAS, pair=(footage / "street_sub.mp4", None))
        service = Service(disk.mount / "data")
        service.config = folder / f"{kind}.toml"
        service.config.write_text(CONFIG)
        service.log_path = folder / f"{kind}.log"
        try:
            service.start()
            for name in sim.names():
                service.add_camera(name, sim.url(name), retention_days=0)
            service.wait_recording(CAMERAS, 30)
            for number in range(rounds):
                time.sleep(dice.uniform(0.5, 6.0))  # a GOP is 2 s: some cuts come before the first fragment, most after
                stored = acknowledged(service.data)
                disk.power_cut()
                service.kill()
                disk.detach()
                disk.attach()
                service.start()
                missing = stored - acknowledged(service.data)
                # Retention may delete oldest segments of a small disk, whole; nothing else may go.
                oldest = {}
                for camera, role, seq in acknowledged(service.data):
                    oldest[(camera, role)] = min(seq, oldest.get((camera, role), seq))
                missing = {m for m in missing if m[2] > oldest.get(m[:2], 0)}
                expect(not missing, f"{kind} round {number}: acknowledged fragments lost: {sorted(missing)[:3]}")
                fragments = max(fragments, len(stored))
            service.wait_recording(CAMERAS, 30)
            service.stop()
            clean, report = service.check()
            expect(clean, f"{kind}: check --full is not clean: {str(report)[:600]}")
        finally:
            service.stop()
            sim.stop()
    return fragments


def run(rounds):
    rounds = rounds or 12
    footage = ensure_footage()
    with workspace("power") as folder:
        return {"rounds_each": rounds,
                **{f"{kind}_fragments": cut_rounds(kind, rounds, folder, footage) for kind in ("ext4", "xfs")}}
