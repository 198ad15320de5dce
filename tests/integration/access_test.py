#!/usr/bin/env python3
"""Accounts as the running service keeps to them. access_test.py CASE."""
import json
import pathlib
import re
import select
import shutil
import subprocess
import sys
import time
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support")]
from bench_world import Camsim, Service, expect, run_case, wait_until  # noqa: E402
import totp  # noqa: E402
from web_client import WebClient  # noqa: E402

CONFIG = "[record]\nflush_interval_ms = 300\n[analyse]\nenabled = false\n"
CUT_WITHIN_S = 3.0  # 2 s are promised; the rest is for a busy machine
PACE_BYTES = 16 * 1024  # every 50 ms: slower than the footage is large, faster than what lies in buffers lasts


def clip_path(camera, clip, purpose, download=False):
    query = {"from": clip["start"], "to": clip["end"], "purpose": purpose, **({"download": "1"} if download else {})}
    return f"/api/v1/cameras/{camera}/clip.mp4?{urllib.parse.urlencode(query)}"


def first_clip(client, camera, least_ms):
    def found():
        clips = client.get(f"/api/v1/clips?camera={camera}").json()["clips"]
        return clips and clips[0]["duration_ms"] >= least_ms and clips[0]
    return wait_until(found, 60, f"{least_ms} ms of footage", 0.5)


def expect_pictures(tile):
    """Some moving picture, so that what ends later has begun."""
    seen = 0
    while seen < 5:
        kind, message = tile.receive()
        expect(kind != "closed" and not (kind == "text" and message["type"] == "ended"), f"live: {kind} {message}")
        seen += kind == "bytes"


def cut_after(tile, download, began):
    """Seconds until the live picture and the download had ended, each; the download is read at its slow pace."""
    live_s = download_s = None
    while live_s is None or download_s is None:
        now = time.monotonic()
        expect(now - began < 15, f"still going on after 15 s: live {live_s}, download {download_s}")
        if download_s is None:
            if not download.read(PACE_BYTES):
                download_s = time.monotonic() - began
            expect(download.received < download.length, "the download came to its end")
        while live_s is None and (tile.data or select.select([tile.socket], [], [], 0)[0]):
            kind, message = tile.receive()
            if kind == "closed" or (kind == "text" and message["type"] == "ended"):
                expect(kind == "closed" or message["reason"] == "not_allowed", f"{message}")
                live_s = time.monotonic() - began
                break
            if not tile.data:
                break
        time.sleep(0.05)
    return live_s, download_s


def cuts(folder, footage, take_away):
    """Somebody watches live and downloads; `take_away(service, administrator's hands)` ends it."""
    sim = Camsim(folder, cameras=[("a", footage / "street_main.mp4", None)])
    service = Service(folder / "data", CONFIG).start()
    try:
        camera = service.add_camera("a", sim.url("a"))
        service.wait_recording(1)
        client = service.person("XAC_MINH")
        clip = first_clip(client, camera, 20_000)
        path = clip_path(camera, clip, client.purpose(), download=True)
        tile, download = client.watch(camera), client.download(path)
        expect(tile.status == 101 and download.status == 200, f"live {tile.status}, download {download.status}")
        expect_pictures(tile)
        take_away(service, client)
        live_s, download_s = cut_after(tile, download, time.monotonic())
        print(f"cut after: live {live_s:.2f} s, download {download_s:.2f} s "
              f"({download.received} of {download.length} bytes)", flush=True)
        expect(max(live_s, download_s) <= CUT_WITHIN_S, f"cut too late: live {live_s:.2f} s, download {download_s:.2f} s")
        tile.close()
        download.close()
        again = client.ask("GET", path)
        expect(again.status in (401, 403, 404), f"asked again: {again.status}")
        tile = client.watch(camera)
        refused = tile.status in (401, 403) or tile.receive()[1]["reason"] == "not_allowed"
        expect(refused, f"watched again: {tile.status}")
        return service
    finally:
        service.stop()
        sim.stop()


def grant_of(client):
    return client.get("/api/v1/me").json()["grants"][0]["id"]


def administrator(service):
    """Runs first of all: a password, then a second factor, as the first administrator does it."""
    client = service.person("QUAN_TRI", login="quan.tri", name="Trần Thị Quản")
    blocked = client.ask("GET", "/api/v1/users")
    expect((blocked.status, blocked.code) == (403, "second_factor_must_be_set"), f"{blocked}")
    made = client.post("/api/v1/me/second-factor", {"password": client.password}).json()
    confirmed = client.post("/api/v1/me/second-factor/confirm", {"code": totp.code(made["uri"]), "sealed": made["sealed"]})
    expect(confirmed.status == 204, f"second factor: {confirmed.status} {confirmed.body!r}")
    return client


def revoked_grant_cuts(folder, footage):
    def take_away(service, client):
        gone = administrator(service).ask("DELETE", f"/api/v1/grants/{grant_of(client)}")
        expect(gone.status in (200, 204), f"revoke: {gone.status} {gone.body!r}")
    cuts(folder, footage, take_away)


def suspended_user_is_cut(folder, footage):
    def take_away(service, client):
        service.command("user", "suspend", "--login", client.login, "--reason", "Nghỉ công tác")
    cuts(folder, footage, take_away)


def ended_login_is_cut(folder, footage):
    def take_away(_, client):
        cookie = client.cookie
        expect(client.post("/api/v1/logout").status == 204, "logout")
        client.cookie = cookie  # who copied it
    cuts(folder, footage, take_away)


def wrong_logins_are_slowed(folder, _):
    service = Service(folder / "data", CONFIG).start()
    try:
        password = service.add_person("TRUC")
        guest = WebClient(service.port())
        for number in range(5):
            wrong = guest.post("/api/v1/login", {"login": "kiem.thu", "password": f"not the password {number}"})
            expect((wrong.status, wrong.code) == (401, "wrong_login"), f"try {number + 1}: {wrong}")
        held = guest.post("/api/v1/login", {"login": "kiem.thu", "password": password})
        expect((held.status, held.code) == (429, "too_many_tries"), f"the sixth try: {held}")
        wait_s = int(held.headers["retry-after"])
        expect(240 <= wait_s <= 300, f"Retry-After: {wait_s}")
        sentence = held.json()["sentence"]
        expect("5 phút" in sentence["vi"] and "5 min" in sentence["en"], f"{sentence}")
        expect(not guest.cookie, "a session without a login")
        print(f"Retry-After {wait_s} s", flush=True)
    finally:
        service.stop()


def setup_code_works_once(folder, _):
    service = Service(folder / "data", CONFIG).start()
    try:
        guest = WebClient(service.port())
        expect(guest.get("/api/v1/setup").json() == {"needed": True}, "a new recorder needs its first administrator")
        code = json.loads(service.command("user", "setup-code", "--json").stdout)["code"]
        form = {"code": code, "login": "quan.tri", "name": "Trần Thị Quản", "password": "một câu đủ dài để nhớ"}
        wrong = guest.post("/api/v1/setup", {**form, "code": "AAAA-AAAA-AAAA"})
        expect((wrong.status, wrong.code) == (403, "wrong_setup_code"), f"{wrong}")
        weak = guest.post("/api/v1/setup", {**form, "password": "ngắn"})
        expect(weak.status == 422 and weak.json()["sentence"]["vi"], f"{weak}")
        expect(guest.post("/api/v1/setup", form).status == 204 and guest.cookie, "the first administrator")
        me = guest.get("/api/v1/me").json()
        expect(me["must_set_second_factor"] and [g["role"] for g in me["grants"]] == ["QUAN_TRI"], f"{me}")
        stranger = WebClient(service.port())
        again = stranger.post("/api/v1/setup", {**form, "login": "ke.gian"})
        expect((again.status, again.code) == (403, "wrong_setup_code") and not stranger.cookie, f"the code again: {again}")
        expect(stranger.get("/api/v1/setup").json() == {"needed": False}, "one administrator is enough")
        more = service.command("user", "setup-code", check=False)
        expect(more.returncode != 0 and not more.stdout.strip(), f"another code: {more}")
    finally:
        service.stop()


def certificate(folder, name, subject):
    """A certificate and its key as a ward's own authority gives them."""
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
                    "-subj", f"/CN={subject}", "-keyout", str(folder / f"{name}.key"), "-out", str(folder / f"{name}.crt")],
                   check=True, capture_output=True)


def served_subject(port):
    """Whose certificate a new connection sees."""
    done = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{port}"], input="", capture_output=True, text=True,
                          timeout=20)
    found = re.search(r"subject=.*?CN ?= ?(\S+)", done.stdout)
    return found[1] if found else None


def a_new_certificate_is_served(folder, _):
    """Exchanged while the service runs; what cannot be used is logged, and the old one stays."""
    for name in ("cu", "moi"):
        certificate(folder, name, f"{name}.phuong.vn")
    config = folder / "tls"
    config.mkdir()
    for kind in ("crt", "key"):
        shutil.copy(folder / f"cu.{kind}", config / f"server.{kind}")
    service = Service(folder / "data", CONFIG + f'[server]\ntls = "on"\ntls_certificate = "{config}/server.crt"\n'
                      f'tls_key = "{config}/server.key"\n').start()
    try:
        port = int(re.findall(r"https://127\.0\.0\.1:(\d+)/", service.log_path.read_text())[-1])
        expect(served_subject(port) == "cu.phuong.vn", f"{served_subject(port)}")
        log = lambda: service.log_path.read_text()  # noqa: E731
        shutil.copy(folder / "moi.crt", config / "server.crt")  # the key is still the old one's
        wait_until(lambda: "is not taken" in log(), 30, "the log says that the key does not belong to it")
        expect(served_subject(port) == "cu.phuong.vn", "the old one is served on")
        shutil.copy(folder / "moi.key", config / "server.key")
        wait_until(lambda: served_subject(port) == "moi.phuong.vn", 30, "the new one is served")
        (config / "server.crt").write_text("-----BEGIN CERTIFICATE-----\n")
        wait_until(lambda: log().count("is not taken") == 2, 30, "half a file is not taken")
        expect(served_subject(port) == "moi.phuong.vn", "the last good one is served on")
    finally:
        service.stop()


def only_the_door_is_open(folder, _):
    """Everything but the page, its parts, health and the login is behind the login."""
    service = Service(folder / "data", CONFIG).start()
    try:
        guest = WebClient(service.port())
        for path in ("/", "/assets/main.js", "/healthz", "/readyz", "/api/v1/setup"):
            expect(guest.ask("GET", path).status == 200, f"{path} is closed")
        camera = "01932b6e-7a10-7c3e-9f00-0123456789ab"
        for path in ("/api/v1/me", "/api/v1/status", "/api/v1/cameras", "/api/v1/clips", "/api/v1/events", "/api/v1/gaps",
                     "/api/v1/tampers", "/api/v1/search?region=0,0,1,1", "/api/v1/users", "/api/v1/audit", "/metrics",
                     "/api/v1/events/1/thumbnail.jpg", f"/api/v1/cameras/{camera}/snapshot.jpg",
                     f"/api/v1/cameras/{camera}/clip.mp4", "/api/v1/areas"):
            answer = guest.ask("GET", path)
            expect((answer.status, answer.code) == (401, "login_needed"), f"{path}: {answer}")
        expect(guest.watch(camera).status == 401, "the live socket opens for nobody")
        client = service.person("TRUC")
        refused = client.ask("GET", f"/api/v1/cameras/{camera}/clip.mp4")
        expect((refused.status, refused.code) == (403, "not_allowed"), f"playback of a duty operator: {refused}")
        foreign = client.ask("POST", "/api/v1/logout", {}, {"Origin": "http://evil.example"})
        expect((foreign.status, foreign.code) == (403, "foreign_site"), f"another site's logout: {foreign}")
        expect(client.get("/api/v1/me").json()["login"] == "kiem.thu", "still logged in")
    finally:
        service.stop()


if __name__ == "__main__":
    sys.exit(run_case({case.__name__: case for case in (
        revoked_grant_cuts, suspended_user_is_cut, ended_login_is_cut, wrong_logins_are_slowed, setup_code_works_once,
        only_the_door_is_open, a_new_certificate_is_served)}))
