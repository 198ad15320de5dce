"""STO-04, G15: a small disk fills; the oldest goes, nothing crashes, and it never ends at 0 bytes free by our writing."""
import os
import subprocess
import time

from bench_world import Camsim, Service, ensure_footage, expect, wait_until, workspace
from loop_disk import LoopDisk


def run(rounds):
    footage = ensure_footage()
    with workspace("full") as folder, LoopDisk(folder / "disk", "ext4", 64) as disk:
        sim = Camsim(folder, repeat=8, pair=(footage / "street_main.mp4", None))
        service = Service(disk.mount / "data", "[record]\nsegment_max_s = 10\n[analyse]\nenabled = false\n")
        service.config = folder / "service.toml"
        service.config.write_text("[record]\nsegment_max_s = 10\n[analyse]\nenabled = false\n")
        service.log_path = folder / "service.log"
        service.start()
        try:
            for name in sim.names():
                service.add_camera(name, sim.url(name))
            service.wait_recording(8, 30)
            least_free = None
            newest = None
            stuck_since = None
            longest_stuck_s = 0.0
            deadline = time.monotonic() + (120 if rounds else 75)
            while time.monotonic() < deadline:
                expect(service.process.poll() is None, f"the service ended: {service.tail()}")
                status = service.status()
                free = os.statvfs(disk.mount).f_bavail * os.statvfs(disk.mount).f_frsize
                least_free = free if least_free is None else min(least_free, free)
                now_newest = max((c["last_fragment_at"] or "") for c in status["cameras"])
                if now_newest != newest:
                    newest, stuck_since = now_newest, time.monotonic()
                longest_stuck_s = max(longest_stuck_s, time.monotonic() - stuck_since)
                time.sleep(0.5)
            written = service.status()["disk"]["media_bytes_written"]
            expect(written > 100 << 20, f"the disk never filled: {written} bytes")
            expect(longest_stuck_s <= 6, f"recording stood for {longest_stuck_s:.1f} s")
            # Somebody else fills the rest: true ENOSPC. Then room returns.
            filler = disk.mount / "filler"
            subprocess.run(["dd", "if=/dev/zero", f"of={filler}", "bs=1M"], stderr=subprocess.DEVNULL)
            time.sleep(6)
            expect(service.process.poll() is None, f"ENOSPC ended the service: {service.tail()}")
            filler.unlink()
            before = max((c["last_fragment_at"] or "") for c in service.status()["cameras"])
            began = time.monotonic()
            wait_until(lambda: max((c["last_fragment_at"] or "") for c in service.status()["cameras"]) > before, 10,
                       "recording resumes after ENOSPC")
            resumed_s = round(time.monotonic() - began, 1)
            service.stop()
            clean, report = service.check()
            expect(clean, f"check --full is not clean: {str(report)[:600]}")
            return {"written_mib": written >> 20, "least_free_kib": least_free >> 10,
                    "longest_stand_s": round(longest_stuck_s, 1), "resumed_s": resumed_s}
        finally:
            service.stop()
            sim.stop()
