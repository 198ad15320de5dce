#!/usr/bin/env python3
"""The register as the running service keeps to it. register_test.py CASE."""
import pathlib
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


def household_camera(client, area, url):
    """A camera of a household that agreed to live view and playback, connected."""
    site = made(client, "/api/v1/sites", {"name": "Nhà bà Sáu", "area": area, "opened": "2025-08-01"})
    owner = made(client, "/api/v1/parties", {"kind": "HOUSEHOLD", "name": "Hộ bà Trần Thị Sáu", "area": area})
    camera = made(client, "/api/v1/register/cameras", {"name": "Cổng nhà bà Sáu", "site": site, "owner": owner,
                                                       "ownership": "HO_CHIA_SE", "purpose": "AN_NINH"})
    agreement = made(client, "/api/v1/agreements", {
        "giver": owner, "cameras": [camera], "live": True, "playback": True, "notice_shown": True,
        "form_reference": "BB-01", "text_version": "1"})
    answer = client.ask("POST", f"/api/v1/register/cameras/{camera}/connection", {"url": url, "record": "continuous"})
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


if __name__ == "__main__":
    sys.exit(run_case({"withdrawal_stops_everything": withdrawal_stops_everything, "health_and_eyes": health_and_eyes}))
