"""CLK-02, CLK-03: the wall clock steps while recording: no overlap, no deletion by age."""
import os
import time

from bench_world import Camsim, Service, acknowledged, ensure_footage, expect, workspace

FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"


def run(_rounds):
    footage = ensure_footage()
    expect(os.path.exists(FAKETIME), "libfaketime is not installed (package faketime)")
    with workspace("clock") as folder:
        stamp = folder / "offset"
        stamp.write_text("+0")
        environment = {"LD_PRELOAD": FAKETIME, "FAKETIME_TIMESTAMP_FILE": str(stamp), "FAKETIME_NO_CACHE": "1",
                       "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"}
        sim = Camsim(folder, repeat=2, pair=(footage / "street_sub.mp4", None))
        service = Service(folder / "data", "[analyse]\nenabled = false\n[record]\nsegment_max_s = 10\n",
                          environment=environment).start()
        try:
            for name in sim.names():
                service.add_camera(name, sim.url(name), retention_days=1)
            service.wait_recording(2, 30)
            time.sleep(5)
            for offset in ("+3600", "-3600", "+86400", "+315360000", "+0"):
                before = acknowledged(service.data)
                stamp.write_text(offset)
                time.sleep(6)
                lost = before - acknowledged(service.data)
                expect(not lost, f"step {offset}: {len(lost)} fragments deleted")
                service.wait_recording(2, 10)
            service.stop()
            clean, report = service.check()
            expect(clean, f"check --full is not clean: {str(report)[:600]}")
            return {"steps": 5, "fragments": len(acknowledged(service.data))}
        finally:
            service.stop()
            sim.stop()
