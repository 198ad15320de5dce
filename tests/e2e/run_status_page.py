#!/usr/bin/env python3
"""Starts cameras and the service, then lets a real browser use the status page. Pictures go to build/e2e."""
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support"), str(HERE.parent / "integration")]
from bench_world import BUILD, Camsim, Failure, Service, ensure_footage, wait_until, workspace  # noqa: E402
from scene_test import WHOLE, black_like, zones_file  # noqa: E402
from service_test import FAST, listen_port  # noqa: E402


def main():
    footage = ensure_footage()
    out = BUILD / "e2e"
    with workspace("e2e") as folder:
        cameras = [("Cổng chợ", "street_main.mp4", "street_sub.mp4", "continuous"),
                   ("Ngã ba Trà Kha", "street_main.mp4", "street_sub.mp4", "motion"),
                   ("Kho khóm 4", "still_main.mp4", "still_sub.mp4", "motion"),
                   ("Cầu số 2", "street_main_h265.mp4", "street_sub_h265.mp4", "continuous")]
        sim = Camsim(folder, cameras=[(f"cam{i}", footage / m, footage / s) for i, (_, m, s, _) in enumerate(cameras)])
        service = Service(folder / "data", FAST).start()
        try:
            ids = [service.add_camera(name, sim.url(f"cam{i}"), sim.url(f"cam{i}", "sub"), record=record)
                   for i, (name, _, _, record) in enumerate(cameras)]
            # The second raises alarms; the third shows nothing.
            zones = zones_file(folder, "zones", [{"id": "lòng đường", "kind": "watch", "points": WHOLE}])
            service.command("camera", "set", ids[1], "--zones-file", str(zones))
            sim.tell("cam2", "switch", file=str(black_like(folder, footage / cameras[2][2])), stream="sub")
            service.add_camera("Trường Mẫu giáo", "rtsp://127.0.0.1:1/none", record="continuous")  # a dead one
            service.add_camera("Đình làng", sim.url("cam0"), paused="on")
            service.wait_recording(3, 60)
            wait_until(lambda: service.cameras()[ids[2]]["tamper"], 60, "the black camera is noticed")
            wait_until(lambda: service.cameras()[ids[1]]["alarm"], 60, "the watch zone raises an alarm")
            done = subprocess.run(["node", str(HERE / "status_page.mjs"), "--url",
                                   f"http://127.0.0.1:{listen_port(service)}/", "--out", str(out), "--cameras", "6"],
                                  timeout=180)
            if done.returncode != 0:
                raise Failure("the page did not do what a person needs: see the lines above")
        finally:
            service.stop()
            sim.stop()
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        print(f"FAILED: {failure}", file=sys.stderr)
        sys.exit(1)
