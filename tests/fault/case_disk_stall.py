"""STO-06, G13: the disk does not answer for 30 s; what fits into the RAM budget is not lost."""
import time

from bench_world import Camsim, Service, ensure_footage, expect, gaps, wait_until, workspace
from loop_disk import LoopDisk


def run(rounds):
    stall_s = 30 if rounds else 12
    footage = ensure_footage()
    with workspace("stall") as folder, LoopDisk(folder / "disk", "ext4", 600) as disk:
        sim = Camsim(folder, repeat=4, pair=(footage / "street_main.mp4", footage / "street_sub.mp4"))
        service = Service(disk.mount / "data")
        service.config = folder / "service.toml"
        service.config.write_text("[analyse]\nenabled = false\n")
        service.log_path = folder / "service.log"
        service.start()
        try:
            for name in sim.names():
                service.add_camera(name, sim.url(name))
            service.wait_recording(4, 30)
            time.sleep(4)
            disk.freeze()
            slowest_answer_s = 0.0
            states = set()
            try:
                end = time.monotonic() + stall_s
                while time.monotonic() < end:
                    began = time.monotonic()
                    status = service.status()
                    slowest_answer_s = max(slowest_answer_s, time.monotonic() - began)
                    states.add(status["disk"]["state"])
                    time.sleep(1)
            finally:
                disk.thaw()
            expect("stalled" in states, f"the stall was not noticed: {states}")
            expect(slowest_answer_s < 2, f"core stood still with the disk: {slowest_answer_s:.1f} s")
            wait_until(lambda: service.status()["disk"]["state"] == "ok", 15, "disk is well again")
            time.sleep(4)
            dropped = service.status()["disk"]["fragments_dropped"]
            expect(dropped == 0, f"{dropped} fragments dropped within the RAM budget")
            service.stop()
            causes = [g[4] for g in gaps(service.data) if g[3] is not None]
            expect(not causes, f"gaps although nothing had to be lost: {causes}")
            clean, report = service.check()
            expect(clean, f"check --full is not clean: {str(report)[:600]}")
            return {"stall_s": stall_s, "slowest_status_s": round(slowest_answer_s, 2), "dropped": dropped}
        finally:
            disk.thaw()
            service.stop()
            sim.stop()
