#!/usr/bin/env python3
"""What must not come out: secrets, the inside of errors, denials without a trace. api_secrets_test.py CASE."""
import base64
import contextlib
import json
import pathlib
import re
import secrets
import sqlite3
import sys
import time
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support"), str(HERE)]
from access_test import clip_path, first_clip  # noqa: E402
from api_forms_test import INSIDE, operations  # noqa: E402
from bench_world import Camsim, Service, expect, process_tree, run_case, wait_until  # noqa: E402
from register_test import household_camera, made, quarter  # noqa: E402
import totp  # noqa: E402
from web_client import WebClient  # noqa: E402

CONFIG = "[record]\nflush_interval_ms = 300\n[analyse]\nenabled = false\n[log]\nlevel = \"debug\"\n"
NOBODY = "01932b6e-7a10-7c3e-9f00-0123456789ab"
ROWS_A_MINUTE = 60


class Listener(WebClient):
    """Keeps every reply, head and body, under what was asked."""

    heard = {}

    def ask(self, method, path, body=None, headers=None):
        answer = super().ask(method, path, body, headers)
        Listener.heard[f"{method} {path} {len(Listener.heard)}"] = json.dumps(answer.headers).encode() + answer.body
        return answer


def forms_of(secret):
    """The secret as it is, and as it is when it was wrapped in something."""
    raw = secret.encode()
    return {raw, base64.b64encode(raw), raw.hex().encode(), urllib.parse.quote(secret, safe="").encode(), raw[::-1]}


def places_of(service, folder):
    places = {}
    for pid in process_tree(service.process.pid):
        for name in ("cmdline", "environ"):
            with contextlib.suppress(OSError):
                places[f"{pid}/{name}"] = pathlib.Path(f"/proc/{pid}/{name}").read_bytes()
    service.command("db", "backup", "--file", folder / "backup.db")
    places["backup"] = (folder / "backup.db").read_bytes()
    places["log"] = service.log_path.read_bytes()
    for command in (("status", "--json"), ("camera", "list", "--json"), ("user", "list", "--json"), ("db", "check", "--json")):
        done = service.command(*command, check=False)
        places[" ".join(command)] = (done.stdout + done.stderr).encode()
    for path in service.data.rglob("*"):
        if path.is_file() and path.suffix != ".mp4":
            places[str(path.relative_to(service.data))] = path.read_bytes()
    return places


def walk(client, camera):
    """Every address that is only looked at, as this person."""
    for method, path, _ in operations():
        if method == "get":
            client.ask("GET", re.sub(r"\{event\}", "1", re.sub(r"\{(?!event)\w+\}", camera, path)))


def secrets_stay_sealed(folder, footage):
    """API-23: unique secrets of every kind, then everything is exercised and everything is searched."""
    camera_secret = "Canary7Xq" + secrets.token_hex(6)
    sim = Camsim(folder, cameras=[("a", footage / "street_sub.mp4", None)],
                 extra=["--user", "admin", "--password", camera_secret, "--auth", "digest"])
    service = Service(folder / "data", CONFIG).start()
    try:
        admin = Listener(service.port(), "quan.tri", "cau-nay-" + secrets.token_hex(8))
        # Answered when the web process has made its own code: a newer one is good then.
        expect(admin.get("/api/v1/setup").json() == {"needed": True}, "no account yet")
        setup = json.loads(service.command("user", "setup-code", "--json").stdout)["code"]
        started = admin.post("/api/v1/setup", {"code": setup, "login": admin.login, "name": "Trần Thị Quản",
                                               "password": admin.password})
        expect(started.status == 204, f"setup: {started.body}")
        factor = admin.post("/api/v1/me/second-factor", {"password": admin.password}).json()
        secret = urllib.parse.parse_qs(urllib.parse.urlparse(factor["uri"]).query)["secret"][0]
        admin.post("/api/v1/me/second-factor/confirm", {"code": totp.code(factor["uri"]), "sealed": factor["sealed"]})
        for role in ("TRUC", "XAC_MINH", "MO_HINH", "KY_THUAT"):
            service.command("user", "grant", "--login", admin.login, "--role", role)
        token = admin.post("/api/v1/me/tokens", {"name": "bảng điện", "actions": ["status_read"]})
        fresh = admin.post("/api/v1/users", {"login": "truc.dem", "name": "Lê Văn Đêm", "grants": [{"role": "TRUC"}]})
        expect(token.status in (200, 201) and fresh.status == 201, f"{token.body} {fresh.body}")
        url = sim.url("a", user="admin", password=camera_secret)
        camera, _ = household_camera(admin, quarter(admin), url)
        wait_until(lambda: service.cameras()[camera]["recording"], 30, f"recording: {service.brief()}")
        wrong = admin.ask("POST", f"/api/v1/register/cameras/{camera}/connection",
                          {"url": f"rtsp://u:{camera_secret}@@[::/", "record": "continuous"})
        expect(wrong.status == 422, f"a broken address: {wrong.status} {wrong.body}")
        admin.ask("POST", "/api/v1/login", {"login": admin.password, "password": admin.password})  # into the wrong field
        walk(admin, camera)
        cookie = admin.cookie.split("=")[1]
        # What is shown once, to who asked for it, is no leak.
        made_token, made_password = token.json().get("token"), fresh.json().get("one_time_password")
        canaries = {"camera": camera_secret, "password": admin.password, "factor": secret, "token": made_token,
                    "cookie": cookie, "one-time password": made_password, "setup code": setup}
        expect(all(canaries.values()), f"{[k for k, v in canaries.items() if not v]}: {token.body} {fresh.body}")
        once = {"factor": "second-factor", "token": "me/tokens", "one-time password": "POST /api/v1/users", "cookie": "POST "}
        places = {**places_of(service, folder), **Listener.heard}
        hits = [f"{kind} in {place}" for kind, value in canaries.items() for place, content in places.items()
                if any(form in content for form in forms_of(value)) and not (kind in once and once[kind] in place)]
        print(f"{len(canaries)} secrets, {len(places)} places, {sum(map(len, places.values())) >> 20} MiB", flush=True)
        expect(not hits, f"{hits}")
    finally:
        service.stop()
        sim.stop()


def table_gone(service, name):
    with contextlib.closing(sqlite3.connect(service.data / "register.db", timeout=10)) as db:
        db.execute("pragma legacy_alter_table = on")
        db.execute(f"alter table {name}")
        db.commit()


def errors_tell_nothing(folder, _):
    """API-24: the register breaks under the running service; who asks gets a general sentence and a number to report."""
    service = Service(folder / "data", CONFIG).start()
    try:
        client = service.person("TRUC", "XAC_MINH", "MO_HINH", "KY_THUAT")
        area = quarter(client)
        site = {"name": "Nhà bà Sáu", "area": area, "opened": "2025-08-01"}
        made(client, "/api/v1/sites", site)
        table_gone(service, "camera_site rename to camera_site_gone")
        incidents = set()
        for method, path, body in (("GET", "/api/v1/sites", None), ("POST", "/api/v1/sites", site),
                                   ("GET", f"/api/v1/sites/{NOBODY}", None)):
            answer = client.ask(method, path, body)
            problem = answer.json()
            expect(answer.status in (500, 503), f"{method} {path}: {answer.status} {answer.body}")
            expect(not INSIDE.search(answer.body) and "_gone" not in str(problem), f"{method} {path}: {answer.body}")
            expect(problem["sentence"]["vi"] and re.fullmatch("[0-9a-f]{8}", problem["incident"]), f"{problem}")
            incidents.add(problem["incident"])
        expect(len(incidents) == 3, f"{incidents}")
        wait_until(lambda: all(one in service.log_path.read_text() for one in incidents), 5, "the log has each incident")
        expect(client.get("/api/v1/me") and client.get("/api/v1/areas"), "what does not need it goes on")
        table_gone(service, "camera_site_gone rename to camera_site")
        expect(len(client.get("/api/v1/sites").json()["sites"]) == 1 and made(client, "/api/v1/sites", site), "whole again")
        with contextlib.closing(sqlite3.connect(service.data / "register.db", timeout=10)) as db:
            db.execute("begin immediate")  # somebody's program holds the register
            began = time.monotonic()
            held = client.ask("POST", "/api/v1/sites", {**site, "name": "Nhà ông Bảy"})
            took = time.monotonic() - began
            expect(held.status == 503 and not INSIDE.search(held.body), f"a register that is held: {held.status} {held.body}")
            expect(client.get("/api/v1/sites"), "reading goes on")
            db.rollback()
        expect(made(client, "/api/v1/sites", {**site, "name": "Nhà ông Bảy"}), "and writing when it is free")
        print(f"3 incidents; a held register answers after {took:.1f} s", flush=True)
        expect(json.loads(service.command("db", "check", "--json").stdout)["ok"], "whole")
    finally:
        service.stop()


def audit_rows(service):
    with contextlib.closing(sqlite3.connect(f"file:{service.data / 'register.db'}?mode=ro", uri=True, timeout=10)) as db:
        return db.execute("select seq, action, allowed, actor_name, detail from audit order by seq").fetchall()


def each_action_and_denial_is_one_row(folder, footage):
    """API-30: the chain holds, a row that is taken away shows, and a flood of denials is counted."""
    sim = Camsim(folder, cameras=[("a", footage / "street_sub.mp4", None)])
    service = Service(folder / "data", CONFIG).start()
    try:
        camera = service.add_camera("a", sim.url("a"))
        service.wait_recording(1)
        client, guard = service.person("XAC_MINH", "KY_THUAT", "MO_HINH"), service.person("TRUC", login="truc.dem")
        clip = first_clip(client, camera, 2_000)
        purpose = client.purpose()

        def new_rows(work, at_least=0):
            """Some are written after the answer: they are waited for."""
            before = len(audit_rows(service))
            work()
            deadline = time.monotonic() + 5
            while len(audit_rows(service)) < before + at_least and time.monotonic() < deadline:
                time.sleep(0.05)
            return [(row[1], row[2]) for row in audit_rows(service)[before:]]

        cases = {
            "a login": (lambda: WebClient(service.port(), guard.login, guard.password).log_in(), [("login", 1)]),
            "a wrong login": (lambda: client.post("/api/v1/login", {"login": "khong.co", "password": "đoán"}), [("login", 0)]),
            "a playback": (lambda: client.get(clip_path(camera, clip, purpose)), [("playback", 1)]),
            "a playback that is denied": (lambda: guard.ask("GET", clip_path(camera, clip, purpose)), [("playback", 0)]),
            "accounts that are denied": (lambda: client.ask("GET", "/api/v1/users"), [("users", 0)]),
            "a thing that is not there": (lambda: client.ask("GET", f"/api/v1/sites/{NOBODY}"), [("site", 0)]),
            "a lock": (lambda: guard.post("/api/v1/me/lock"), [("lock", 1)]),
            "a wrong password": (lambda: guard.post("/api/v1/me/unlock", {"password": "sai mật khẩu"}), [("confirm", 0)]),
            "an unlock": (lambda: guard.post("/api/v1/me/unlock", {"password": guard.password}), [("unlock", 1)]),
            "an area": (lambda: quarter(client), [("area.add", 1)] * 3),
            "a form with a field that it has not": (
                lambda: client.ask("POST", "/api/v1/areas", {"name": "x", "role": "QUAN_TRI"}), [("area.add", 0)]),
            "a logout": (lambda: guard.post("/api/v1/logout"), [("logout", 1)]),
        }
        for name, (work, expected) in cases.items():
            found = new_rows(work, len(expected))
            expect(found == expected, f"{name}: {found}, not {expected}")
        flood = new_rows(lambda: [client.ask("GET", "/api/v1/users") for _ in range(300)])
        expect(len(flood) <= ROWS_A_MINUTE, f"{len(flood)} rows for 300 denials")
        service.stop()
        last = audit_rows(service)[-1]
        counted = json.loads(last[4])
        expect(last[1] == "denied.more" and counted["count"] == 300 - len(flood), f"{last}; {len(flood)} rows before")
        checked = json.loads(service.command("db", "check", "--json").stdout)
        expect(checked["ok"], f"{checked}")
        with contextlib.closing(sqlite3.connect(service.data / "register.db")) as db:
            db.execute("delete from audit where seq = 5")
            db.commit()
        broken = service.command("db", "check", "--json", check=False)
        expect(broken.returncode != 0 and "row 5 is missing" in broken.stdout, f"a row taken away: {broken.stdout}")
        print(f"{len(cases)} cases; 300 denials became {len(flood)} rows and one that counts {counted['count']}", flush=True)
    finally:
        service.stop()
        sim.stop()


if __name__ == "__main__":
    sys.exit(run_case({case.__name__: case for case in (
        secrets_stay_sealed, errors_tell_nothing, each_action_and_denial_is_one_row)}))
