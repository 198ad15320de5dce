#!/usr/bin/env python3
"""What happens before the cameras: watch zones, privacy masks, a camera that shows nothing. scene_test.py CASE."""
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support")]
from bench_world import VONGGAC, Camsim, Service, expect, run_case, wait_until  # noqa: E402

FAST = "[record]\nflush_interval_ms = 300\n"
LEFT_HALF = [[0, 0], [0.5, 0], [0.5, 1], [0, 1]]
WHOLE = [[0, 0], [1, 0], [1, 1], [0, 1]]


def grey_of(jpeg):
    """Rows of grey values."""
    shape = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "stream=width,height", "-of", "csv=p=0", "-"],
                           input=jpeg, capture_output=True, check=True).stdout.decode().strip().strip(",").split(",")
    width, height = int(shape[0]), int(shape[1])
    raw = subprocess.run(["ffmpeg", "-v", "error", "-i", "-", "-f", "rawvideo", "-pix_fmt", "gray", "-"], input=jpeg,
                         capture_output=True, check=True).stdout
    return [raw[y * width:(y + 1) * width] for y in range(height)]


def left_is_hidden(jpeg):
    rows = grey_of(jpeg)
    width = len(rows[0])
    # JPEG smears a little over the edge of a block of 16.
    left = max(max(row[:width // 2 - 16]) for row in rows)
    right = max(max(row[width // 2 + 16:]) for row in rows)
    return left <= 24 and right >= 80


def zones_file(folder, name, zones):
    path = folder / f"{name}.json"
    path.write_text(json.dumps(zones))
    return path


def black_like(folder, like):
    """A black clip as the given one: same size and rate."""
    path = folder / "black.mp4"
    show = subprocess.run(["ffprobe", "-v", "error", "-select_streams", "v", "-show_entries",
                           "stream=width,height,r_frame_rate", "-of", "csv=p=0", str(like)],
                          capture_output=True, text=True, check=True).stdout.strip().split(",")
    subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", f"color=black:s={show[0]}x{show[1]}:r={show[2]}", "-t", "8",
                    "-c:v", "libx264", "-pix_fmt", "yuv420p", "-bf", "0", "-g", "20", str(path)], check=True)
    return path


def alarms_masks_and_black(folder, footage):
    main, sub = footage / "street_main.mp4", footage / "street_sub.mp4"
    black = black_like(folder, sub)
    sim = Camsim(folder, cameras=[("street", main, sub), ("dark", main, black)])
    service = Service(folder / "data", FAST).start()
    try:
        street = service.add_camera("street", sim.url("street"), sim.url("street", "sub"))
        dark = service.add_camera("dark", sim.url("dark"), sim.url("dark", "sub"))
        zones = zones_file(folder, "zones", [{"id": "neighbours", "kind": "privacy", "points": LEFT_HALF},
                                             {"id": "road", "kind": "watch", "points": WHOLE}])
        service.command("camera", "set", street, "--zones-file", str(zones))

        # A watch zone raises an alarm: in the status, in the stored event, over HTTP.
        wait_until(lambda: service.cameras()[street]["alarm"], 60, f"something comes into the watch zone: {service.brief()}")
        expect(service.cameras()[street]["alarm"]["zone"] == "road", f"{service.cameras()[street]['alarm']}")
        listed = lambda: json.loads(service.command("clips", "--json", "--camera", street).stdout)["events"]  # noqa: E731
        wait_until(lambda: any(e["alarm"] == "road" for e in listed()), 20, "the event carries the alarm")
        event = next(e for e in listed() if e["alarm"])
        expect(event["zone"] == "road" and event["alarm_at"] >= event["from"] and event["start_reason"], f"{event}")
        client = service.person("XAC_MINH")
        over_http = client.get(f"/api/v1/events?alarm=1&camera={street}").json()["events"]
        expect(over_http and all(e["alarm"] == "road" for e in over_http), f"{over_http}")
        expect("alarm, something moves in watch zone 'road'" in service.log_path.read_text(), "the log tells of the alarm")

        # A privacy mask hides: in the snapshot, in thumbnails, from the search.
        expect(left_is_hidden(client.get(f"/api/v1/cameras/{street}/snapshot.jpg").body), "the snapshot shows the left half")
        wait_until(lambda: any(e["thumbnail"] for e in listed()), 60, "an event with a picture")
        for shown in [e for e in listed() if e["thumbnail"]]:
            expect(left_is_hidden(client.get(f"/api/v1/events/{shown['id']}/thumbnail.jpg").body), f"thumbnail of {shown}")
        hits = json.loads(service.command("search", "--json", "--camera", street, "--region", "0,0,0.45,1").stdout)["hits"]
        expect(not hits, f"motion was seen under the mask: {hits}")

        # A camera that shows nothing: in its health, in the list, on the page; and over by itself.
        wait_until(lambda: service.cameras()[dark]["tamper"], 40, f"black shows: {service.brief()}")
        state = service.cameras()[dark]
        expect([t["kind"] for t in state["tamper"]] == ["black"] and "đen" in state["message"]["vi"], f"{state}")
        sim.tell("dark", "switch", file=str(sub), stream="sub")
        wait_until(lambda: not service.cameras()[dark]["tamper"], 40, "the picture is back")
        rows = lambda: json.loads(service.command("tamper", "--json").stdout)["tampers"]  # noqa: E731
        wait_until(lambda: rows() and rows()[0]["to"], 20, "the row has its end")
        expect([(r["camera"], r["kind"], r["ended_by"]) for r in rows()] == [(dark, "black", "view_is_back")], f"{rows()}")
        over_http = client.get("/api/v1/tampers").json()["tampers"]
        expect(len(over_http) == 1 and over_http[0]["duration_ms"] > 0, f"{over_http}")
        accepted = service.command("camera", "accept-view", dark, "--json")
        expect(json.loads(accepted.stdout) == {"id": dark}, f"{accepted}")
        refused = client.ask("GET", "/api/v1/status?x=1")
        expect(refused.status == 400, f"a query that means nothing was answered with {refused.status}")
        service.stop()
        clean, report = service.check()
        expect(clean, f"check --full is not clean: {json.dumps(report)[:800]}")
    finally:
        service.stop()
        sim.stop()


def motion(*arguments):
    return subprocess.run([str(VONGGAC), "--lang", "en", "motion", *map(str, arguments)], capture_output=True, text=True)


def motion_on_files(folder, footage):
    # A file that cannot be read has its entry, among others and alone.
    broken, clip = folder / "broken.mp4", folder / "short.mp4"
    broken.write_bytes(b"no video " * 100)
    subprocess.run(["ffmpeg", "-v", "error", "-i", str(footage / "street_sub.mp4"), "-t", "8", "-c", "copy", str(clip)], check=True)
    done = motion("--json", broken)
    expect(done.returncode == 1 and json.loads(done.stdout)["error"]["message"], f"{done}")
    done = motion("--json", clip, folder / "gone.mp4")
    reports = json.loads(done.stdout)
    expect(done.returncode == 1 and len(reports) == 2, f"{done}")
    expect("events" in reports[0] and reports[1]["error"]["kind"] == "not_found", f"{reports}")
    expect(motion("--json", clip).returncode == 0, "a file that can be read")
    expect(motion(broken).returncode == 1, "without JSON as well")

    # Masks hide in what explains, too.
    zones = zones_file(folder, "mask", [{"id": "neighbours", "kind": "privacy", "points": LEFT_HALF}])
    shown = folder / "why.mp4"
    done = motion("--zones-file", zones, "--explain", shown, clip)
    expect(done.returncode == 0, f"{done}")
    still = subprocess.run(["ffmpeg", "-v", "error", "-ss", "3", "-i", str(shown), "-frames:v", "1", "-f", "image2", "-c:v", "mjpeg",
                            "-q:v", "2", "-"], capture_output=True, check=True).stdout
    rows = grey_of(still)[:-60]  # without the writing below
    width = len(rows[0])
    expect(max(max(row[:width // 2 - 200]) for row in rows) <= 40, "the explanation shows what the mask hides")
    expect(max(max(row[width // 2 + 16:]) for row in rows) >= 80, "the explanation shows nothing at all")
    done = motion("--zones-file", broken, "--json", clip)
    expect(done.returncode == 2 and "JSON" in json.loads(done.stdout)["error"]["message"], f"{done}")


CASES = {case.__name__: case for case in (alarms_masks_and_black, motion_on_files)}


if __name__ == "__main__":
    sys.exit(run_case(CASES))
