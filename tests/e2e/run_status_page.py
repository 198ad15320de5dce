#!/usr/bin/env python3
"""Starts cameras and the service, then lets a real browser use the page. Pictures go to build/e2e."""
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support"), str(HERE.parent / "integration")]
from bench_world import BUILD, Camsim, Failure, Service, ensure_footage, wait_until, workspace  # noqa: E402
from scene_test import WHOLE, black_like, zones_file  # noqa: E402
from service_test import FAST  # noqa: E402


def walk(service, script, *arguments):
    """One of the scripts, on the page of the service."""
    done = subprocess.run(["node", str(HERE / script), "--url", f"http://127.0.0.1:{service.port()}/", "--out",
                           str(BUILD / "e2e"), *arguments], timeout=240)
    if done.returncode != 0:
        raise Failure(f"{script}: the page did not do what a person needs: see the lines above")


def main():
    footage = ensure_footage()
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
            walk(service, "door.mjs", "--setup-code", json.loads(service.command("user", "setup-code", "--json").stdout)["code"])
            walk(service, "status_page.mjs", "--cameras", "6", "--login", "xac.minh", "--password",
                 service.add_person("TRUC", "XAC_MINH", login="xac.minh", name="Lê Văn Xác"))
            given = service.add_person("TRUC", login="truc.moi", name="Nguyễn Thị Trực")
            service.command("user", "reset-password", "--login", "truc.moi", stdin=given + "\n")
            walk(service, "door.mjs", "--login", "truc.moi", "--password", given)
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
