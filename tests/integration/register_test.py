#!/usr/bin/env python3
"""The register as the running service keeps to it. register_test.py CASE."""
import json
import pathlib
import re
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support")]
from bench_world import Camsim, Service, expect, run_case, wait_until  # noqa: E402

CONFIG = "[record]\nflush_interval_ms = 300\n[analyse]\nenabled = false\n"
ROLES = ("TRUC", "XAC_MINH", "MO_HINH", "KY_THUAT")


def made(client, path, body):
    answer = client.ask("POST", path, body)
    expect(answer.status == 201, f"POST {path}: {answer.status} {answer.body[:600].decode()}")
    return answer.json().get("id")


def quarter(client):
    """Khóm 3 of a ward."""
    province = made(client, "/api/v1/areas", {"name": "Cà Mau", "type": "TINH", "code": "96", "from": "2025-07-01",
                                              "basis": "202/2025/QH15"})
    commune = made(client, "/api/v1/areas", {"name": "Bạc Liêu", "type": "PHUONG", "code": "31825", "parent": province,
                                             "from": "01/07/2025", "basis": "1668/NQ-UBTVQH15"})
    return made(client, "/api/v1/areas", {"name": "3", "type": "KHOM", "parent": commune, "from": "2025-07-01",
                                          "basis": "1668/NQ-UBTVQH15"})


def agree(client, owner, camera, number="BB-01", **terms):
    return made(client, "/api/v1/agreements", {
        "giver": owner, "cameras": [camera], "live": True, "playback": True, "notice_shown": True, "form_reference": number,
        "text_version": "1", **terms})


def household_camera(client, area, url, agreed=True, **settings):
    """A camera of a household that agreed to live view and playback, connected; or one that nobody agreed about yet."""
    site = made(client, "/api/v1/sites", {"name": "Nhà bà Sáu", "area": area, "opened": "2025-08-01"})
    owner = made(client, "/api/v1/parties", {"kind": "HOUSEHOLD", "name": "Hộ bà Trần Thị Sáu", "area": area})
    camera = made(client, "/api/v1/register/cameras", {"name": "Cổng nhà bà Sáu", "site": site, "owner": owner,
                                                       "ownership": "HO_CHIA_SE", "purpose": "AN_NINH"})
    agreement = agree(client, owner, camera) if agreed else owner
    answer = client.ask("POST", f"/api/v1/register/cameras/{camera}/connection",
                        {"url": url, "record": "continuous", **settings})
    expect(answer.status == 200, f"connection: {answer.status} {answer.body[:600].decode()}")
    return camera, agreement


def withdrawal_stops_everything(folder, footage):
    """L4, V31: live within 3 s (2 s are promised), recording within a minute; a new agreement brings it back."""
    sim = Camsim(folder, cameras=[("cam", footage / "street_sub.mp4", None)])
    service = Service(folder / "data", CONFIG).start()
    try:
        client = service.person(*ROLES)
        camera, agreement = household_camera(client, quarter(client), sim.url("cam"))
        wait_until(lambda: service.cameras()[camera]["state"] == "recording", 30, "the camera is recorded under the register's id")
        tile = client.watch(camera)
        seen = 0
        while seen < 3:
            kind, message = tile.receive()
            expect(kind != "closed" and not (kind == "text" and message["type"] == "ended"), f"live: {kind} {message}")
            seen += kind == "bytes"
        answer = client.ask("POST", f"/api/v1/agreements/{agreement}/withdraw", {"how": "gọi điện"})
        expect(answer.status == 200, f"withdraw: {answer.status} {answer.body[:400].decode()}")
        began = time.monotonic()
        while True:
            kind, message = tile.receive()
            if kind == "closed" or (kind == "text" and message["type"] == "ended"):
                break
            expect(time.monotonic() - began < 15, "the live picture goes on")
        live_s = time.monotonic() - began
        expect(live_s <= 3.0, f"live picture ended after {live_s:.2f} s")
        refused = client.ask("GET", f"/api/v1/cameras/{camera}/snapshot.jpg")
        expect(refused.status == 403 and refused.code == "not_agreed", f"{refused.status} {refused.body}")
        expect(not any(c["id"] == camera for c in client.get("/api/v1/clips").json()["clips"]), "its clips are listed")
        wait_until(lambda: service.cameras()[camera]["state"] == "paused", 60, "recording is paused by the withdrawal")
        print(f"live ended after {live_s:.2f} s, recording after {time.monotonic() - began:.1f} s")
        owner = client.get(f"/api/v1/agreements/{agreement}").json()["giver"]
        owner = owner["id"] if isinstance(owner, dict) else owner
        made(client, "/api/v1/agreements", {"giver": owner, "cameras": [camera], "live": True, "playback": True,
                                            "notice_shown": True, "form_reference": "BB-02", "text_version": "1"})
        wait_until(lambda: service.cameras()[camera]["state"] == "recording", 60, "a new agreement brings it back")
    finally:
        service.stop()
        sim.stop()


def nothing_is_recorded_before_somebody_agreed(folder, footage):
    """A household's camera is connected and waits, with the reason in words; with the agreement it records."""
    sim = Camsim(folder, cameras=[("cam", footage / "street_sub.mp4", None)])
    service = Service(folder / "data", CONFIG).start()
    try:
        client = service.person(*ROLES)
        camera, owner = household_camera(client, quarter(client), sim.url("cam"), agreed=False)
        began = time.monotonic()
        while time.monotonic() - began < 12:  # more than a round of the register
            seen = service.cameras()[camera]
            expect(seen["state"] == "paused" and not seen["recording"], f"{seen['state']}")
            time.sleep(0.5)
        shown = next(c for c in client.get("/api/v1/status").json()["cameras"] if c["id"] == camera)
        expect("Chưa có đồng thuận" in shown["message"]["vi"] and shown["reason"] == "not_agreed", f"{shown['message']}")
        expect(not list((folder / "data" / "media").rglob("*.mp4")), "footage was written")
        agree(client, owner, camera)
        wait_until(lambda: service.cameras()[camera]["state"] == "recording", 60, "it records once somebody has agreed")
    finally:
        service.stop()
        sim.stop()


def no_sound_without_a_word(folder, footage):
    """V12: an agreement that says nothing of sound. It cannot be switched on, and what was on goes off; the picture stays."""
    sim = Camsim(folder, cameras=[("cam", footage / "street_aac.mp4", None)])
    service = Service(folder / "data", CONFIG).start()
    try:
        client = service.person(*ROLES)
        camera, agreement = household_camera(client, quarter(client), sim.url("cam"))
        wait_until(lambda: service.cameras()[camera]["state"] == "recording", 30, "the camera is recorded")
        answer = client.ask("POST", f"/api/v1/register/cameras/{camera}/connection", {"url": sim.url("cam"), "audio": True})
        expect(answer.status == 422 and "âm thanh" in answer.body.decode(), f"{answer.status} {answer.body.decode()}")
        done = service.command("--lang", "vi", "camera", "set", camera, "--audio", "on", check=False)
        expect(done.returncode != 0 and "âm thanh" in done.stderr, f"{done.returncode} {done.stderr}")
        owner = client.get(f"/api/v1/agreements/{agreement}").json()["giver"]
        owner = owner["id"] if isinstance(owner, dict) else owner
        agree(client, owner, camera, "BB-02", audio=True)
        service.command("camera", "set", camera, "--audio", "on")
        wait_until(lambda: service.cameras()[camera]["audio"], 10, "with an agreement it is switched on")
        time.sleep(12)
        expect(service.cameras()[camera]["audio"], "and stays on")
        agree(client, owner, camera, "BB-03")
        wait_until(lambda: not service.cameras()[camera]["audio"], 30, "a newer agreement without sound switches it off")
        silent_from = time.time()
        wait_until(lambda: service.cameras()[camera]["state"] == "recording", 30, "the picture goes on")
        time.sleep(8)
        with_sound = streams_of(service, camera, silent_from - 14, 4, folder / "loud.mp4")
        without = streams_of(service, camera, silent_from + 3, 4, folder / "silent.mp4")
        expect(with_sound == {"video", "audio"} and without == {"video"}, f"with {with_sound}, without {without}")
    finally:
        service.stop()
        sim.stop()


def streams_of(service, camera, start, seconds, path):
    """The kinds of streams in a piece of footage."""
    def iso(t):
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(t))
    service.command("export", "--camera", camera, "--from", iso(start), "--to", iso(start + seconds), "--out", path)
    found = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "stream=codec_type", "-of", "csv=p=0", str(path)],
                           capture_output=True, text=True, check=True)
    return set(found.stdout.split())


def health_and_eyes(folder, footage):
    """What the recorder sees comes into the register: the camera works, then not, and the count of eyes follows."""
    sim = Camsim(folder, cameras=[("cam", footage / "street_sub.mp4", None)])
    service = Service(folder / "data", CONFIG).start()
    try:
        client = service.person(*ROLES)
        area = quarter(client)
        camera, _ = household_camera(client, area, sim.url("cam"))
        health = lambda: client.get(f"/api/v1/register/cameras/{camera}").json()["health"]["code"]  # noqa: E731
        wait_until(lambda: health() == "CO_TIN_HIEU", 40, "the register knows that the camera works")
        found = client.get("/api/v1/register/cameras?q=cong+ba+sau").json()["cameras"]
        expect([c["id"] for c in found] == [camera], f"found without tone marks: {found}")
        sim.stop()
        wait_until(lambda: health() == "MAT_TIN_HIEU", 120, "the register knows that it is gone")
        eyes = client.get(f"/api/v1/eyes?area={area}").json()["areas"][0]
        expect(eyes["total"]["working"] == 0 and eyes["total"]["registered"] == 1, f"{eyes}")
    finally:
        service.stop()
        sim.stop()


def inventory(rows, wrong):
    """A list as a ward types it; the rows of `wrong` name a ward that there is not."""
    lines = ["Kiểm kê camera khóm 3", "Tên,Xã/phường,Khu dân cư,Địa chỉ,Chủ sở hữu,Hình thức sở hữu,Hãng,Serial,Đường dẫn RTSP"]
    for row in range(3, rows + 3):
        ward = "Phường Không Có" if row in wrong else "Phường Bạc Liêu"
        lines.append(f"Camera {row},{ward},Khóm 3,{row} Trần Huỳnh,UBND phường,Ngân sách xã,Dahua,SN{row},"
                     f"rtsp://admin:bi-mat-{row}@10.0.{row // 250}.{row % 250 + 1}/cam/realmonitor?channel=1&subtype=0")
    return "\n".join(lines) + "\n"


def a_list_is_imported_and_taken_back(folder, _):
    """`vonggac import` beside the running service: looked at, refused as a whole, applied without the wrong rows, undone."""
    service = Service(folder / "data", CONFIG).start()
    try:
        client = service.person("MO_HINH")
        quarter(client)
        listed = folder / "kiem-ke.csv"
        listed.write_text(inventory(1000, {900}), encoding="utf-8")

        def cameras():
            found, after = [], ""
            while True:
                page = client.get(f"/api/v1/register/cameras?limit=200{after}").json()
                found += page["cameras"]
                if not page.get("next_after"):
                    return found
                after = f"&after={page['next_after']}"

        told = service.command("--lang", "vi", "import", listed)
        expect("999 mới" in told.stdout and "1 lỗi" in told.stdout and "(chưa ghi vào sổ)" in told.stdout, told.stdout[-300:])
        service.command("import", listed, "--apply", check=False)
        expect(cameras() == [], "one wrong row refuses the whole")
        began = time.monotonic()
        told = service.command("--lang", "vi", "import", listed, "--apply", "--skip-problems")
        took_s = time.monotonic() - began
        expect("999 camera" in told.stdout and "(đã ghi vào sổ)" in told.stdout, told.stdout[-300:])
        expect("bi-mat" not in told.stdout, "passwords of a list are not shown")
        expect(len(cameras()) == 999, f"{len(cameras())} cameras are registered")
        import_id = told.stdout.strip().splitlines()[-1].split(":")[0]
        undone = json.loads(service.command("import", "--undo", import_id, "--json").stdout)
        expect(undone["removed"] == 999 and undone["kept"] == 0, f"{undone}")
        expect(cameras() == [], "nothing is left of it")
        print(f"1,000 rows looked at and applied in {took_s:.1f} s", flush=True)
    finally:
        service.stop()


def only_the_wrong_row_is_shown(folder, _):
    """A list without passwords, one wrong row far down: it is the row that is told."""
    service = Service(folder / "data", CONFIG).start()
    try:
        quarter(service.person("MO_HINH"))
        listed = folder / "kiem-ke.csv"
        listed.write_text(re.sub(r"admin:bi-mat-\d+@", "", inventory(600, {590})), encoding="utf-8")
        told = service.command("--lang", "vi", "import", listed).stdout
        expect("B590" in told and "Phường Không Có" in told, told[-600:])
    finally:
        service.stop()


if __name__ == "__main__":
    sys.exit(run_case({case.__name__: case for case in (
        withdrawal_stops_everything, nothing_is_recorded_before_somebody_agreed, no_sound_without_a_word, health_and_eyes,
        a_list_is_imported_and_taken_back, only_the_wrong_row_is_shown)}))
