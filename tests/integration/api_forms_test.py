#!/usr/bin/env python3
"""Every row of the interface, taken from openapi.json, with what is typed by who means harm. api_forms_test.py CASE."""
import json
import pathlib
import re
import sys
import time
import urllib.parse

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support"), str(HERE)]
from access_test import administrator  # noqa: E402
from bench_world import ROOT, Service, expect, run_case  # noqa: E402
from raw_web import RawConnection, head  # noqa: E402
from register_test import made, quarter  # noqa: E402
from web_client import WebClient  # noqa: E402

CONFIG = "[record]\nflush_interval_ms = 300\n[analyse]\nenabled = false\n"
NOBODY = "01932b6e-7a10-7c3e-9f00-0123456789ab"
DESCRIPTION = json.loads((ROOT / "src/api/openapi.json").read_text())
METHODS = ("get", "post", "patch", "delete")
# What an engine, a file system or a compiler says and a person never should read.
INSIDE = re.compile(rb"sqlite|postgres|libpq|syntax error|unrecognized token|no such (table|column)|near \\?\"|select .* from "
                    rb"|insert into|" + re.escape(str(ROOT)).encode() + rb"|/src/|/home/|/tmp/|\.cpp|terminate called|std::|boost::"
                    rb"|Traceback", re.I)
INJECTIONS = (
    "'", "\"", "' OR '1'='1", "'; drop table app_user; --", "1); drop table audit;--", "' UNION SELECT password_hash FROM app_user --",
    "$1", "${jndi:ldap://x/a}", "{{7*7}}", "%", "_", "\\", "1 OR 1=1", "-1", "0x10", "1e9", "name desc", "id; select pg_sleep(5)",
    "'||(select pg_sleep(5))||'", "ATTACH DATABASE '/tmp/x' AS x", "*)(uid=*", "`id`", "$(id)", "| id", "<script>alert(1)</script>",
    "=cmd|' /C calc'!A0", "../../../../etc/passwd", "Hoà'; --", "\u202egpj.exe", "9223372036854775808", "NaN", "null", "[]", "a" * 1500)
# These end the session that asks, or are asked with a password that slows everybody down.
APART = {("post", "/api/v1/logout"), ("post", "/api/v1/me/lock"), ("post", "/api/v1/me/unlock"), ("post", "/api/v1/me/password"),
         ("post", "/api/v1/me/second-factor"), ("post", "/api/v1/login"), ("post", "/api/v1/setup"),
         ("post", "/api/v1/me/second-factor/confirm"), ("post", "/api/v1/me/end-other-sessions"),
         ("post", "/api/v1/users/{user}/reset-password")}


def operations():
    for path, row in DESCRIPTION["paths"].items():
        for method in METHODS:
            if method in row:
                yield method, path, row[method]


def schema_of(operation):
    """The properties of a JSON form; None where there is none."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    return None if content is None else properties_of(content["schema"])


def properties_of(schema):
    if "$ref" in schema:
        return properties_of(DESCRIPTION["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]])
    found = dict(schema.get("properties", {}))
    for part in schema.get("allOf", []) + schema.get("oneOf", []):
        found.update(properties_of(part))
    return found


class World:
    """A service with one thing of each kind, and somebody who may do nearly everything."""

    def __init__(self, folder):
        self.service = Service(folder / "data", CONFIG).start()
        self.admin = administrator(self.service)
        for role in ("TRUC", "XAC_MINH", "MO_HINH", "KY_THUAT"):
            self.service.command("user", "grant", "--login", self.admin.login, "--role", role)
        self.other = self.service.person("TRUC", login="nguoi.khac", name="Lê Thị Khác")
        self.ids = self._things(self.admin)

    def _things(self, client):
        area = quarter(client)
        site = made(client, "/api/v1/sites", {"name": "Nhà bà Sáu", "area": area, "opened": "2025-08-01"})
        party = made(client, "/api/v1/parties", {"kind": "HOUSEHOLD", "name": "Hộ bà Trần Thị Sáu", "area": area})
        camera = made(client, "/api/v1/register/cameras", {"name": "Cổng", "site": site, "owner": party,
                                                           "ownership": "HO_CHIA_SE", "purpose": "AN_NINH"})
        agreement = made(client, "/api/v1/agreements", {"giver": party, "cameras": [camera], "live": True, "notice_shown": True,
                                                        "form_reference": "BB-01", "text_version": "1"})
        ticket = made(client, "/api/v1/tickets", {"subject_kind": "camera", "subject": camera, "note": "Mất hình",
                                                  "fault": "MAT_DIEN"})
        types = client.get("/api/v1/model-types").body.decode()
        model = made(client, "/api/v1/models", {"type": re.search(r'"code":"([^"]+)"', types).group(1), "area": area,
                                                "name": "Camera an ninh khóm 3"})
        document = made(client, "/api/v1/documents", {"number": "15/KH-UBND", "type": "KE_HOACH", "issuer": "UBND phường",
                                                      "title": "Kế hoạch camera", "day": "2026-01-05", "area": area})
        recorder = made(client, "/api/v1/recorders", {"site": site, "location": "Phòng trực"})
        force_team = made(client, "/api/v1/force-teams", {"kind": "TO_BVANTT", "name": "Tổ khóm 3", "areas": [area]})
        sent = client.upload("/api/v1/imports?file_name=kiem-ke.csv", "Tên camera,Địa chỉ\nCổng chợ,12 Trần Huỳnh\n".encode())
        expect(sent.status == 201, f"import: {sent.status} {sent.body[:400]}")
        other = self.other.get("/api/v1/me").json()
        return {"area": area, "site": site, "party": party, "camera": camera, "registered": camera, "agreement": agreement,
                "ticket": ticket, "model": model, "document": document, "recorder": recorder, "event": "1", "asset": "main.js",
                "user": other["id"] if "id" in other else other["user"]["id"], "grant": NOBODY, "token": NOBODY,
                "force_team": force_team, "import": sent.json()["id"], "row": "2", "reassignment": NOBODY, "probe": NOBODY, "discovery": NOBODY}

    def address(self, path):
        return re.sub(r"\{(\w+)\}", lambda m: self.ids[m.group(1)], path)

    def connection(self):
        return RawConnection(self.service.port(), timeout_s=30)


class Asker:
    """One person over one connection that is kept as long as it lasts; remembers the slowest answer."""

    def __init__(self, world, client=None):
        self.world, self.client = world, client or world.admin
        self.connection, self.asked, self.slowest_s, self.by_status = None, 0, 0.0, {}

    def ask(self, method, path, body=None):
        if self.connection is None or self.connection.closed:
            self.connection = self.world.connection()
        data = b"" if body is None else json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")
        fields = {"Cookie": self.client.cookie, "Origin": self.client.origin}
        if body is not None:
            fields.update({"Content_Type": "application/json", "Content_Length": len(data)})
        elif method != "get":
            fields["Content_Length"] = 0
        began = time.monotonic()
        self.connection.send(head(self.world.service.port(), path, method.upper(), **fields) + data)
        status, names, text = self.connection.answer()
        self.slowest_s = max(self.slowest_s, time.monotonic() - began)
        self.asked += 1
        self.by_status[status] = self.by_status.get(status, 0) + 1
        if names.get("connection") == "close":
            self.connection.close()
            self.connection = None
        return status, text

    def expect_quiet(self, method, path, body=None):
        """Answered, without an error of ours and without a word about what is inside."""
        status, text = self.ask(method, path, body)
        what = f"{method} {path[:200]} {json.dumps(body)[:300] if body else ''}: {status} {text[:300]}"
        expect(0 < status < 500 or status == 503 and "snapshot" in path, what)
        page = status == 200 and (path.startswith("/assets") or path == "/" or "openapi" in path)
        expect(page or not INSIDE.search(text.replace(json.dumps(path).encode(), b"")) or self._typed(text, body), what)
        return status, text

    @staticmethod
    def _typed(text, body):
        """What somebody typed as a name may come back as that name."""
        return any(value.encode() in text or json.dumps(value)[1:-1].encode() in text for value in INJECTIONS if len(value) > 8)

    def report(self):
        return json.dumps({"asked": self.asked, "by_status": self.by_status, "slowest_ms": round(self.slowest_s * 1000)})


def injections_are_only_text(folder, _):
    """API-17: every query parameter and every field of every form."""
    world = World(folder)
    try:
        asker = Asker(world)
        for method, path, operation in operations():
            address = world.address(path)
            for parameter in operation.get("parameters", []):
                if parameter["in"] != "query":
                    continue
                for value in INJECTIONS:
                    query = urllib.parse.urlencode({parameter["name"]: value})
                    asker.expect_quiet(method, f"{address}?{query}")
            if method == "get":
                asker.expect_quiet(method, f"{address}?order=id%3B+drop+table+app_user")
        queries = asker.asked
        for method, path, operation in operations():
            fields = schema_of(operation)
            if fields is None or (method, path) in APART:
                continue
            for field in fields:
                for value in INJECTIONS[:8] + INJECTIONS[-9:-4]:
                    for typed in (value, [value], {value: value}) if value == INJECTIONS[3] else (value,):
                        asker.expect_quiet(method, world.address(path), {field: typed})
            asker.expect_quiet(method, world.address(path), {field: INJECTIONS[3] for field in fields})
        print(f"{queries} queries, {asker.asked - queries} forms; {asker.report()}", flush=True)
        expect(asker.slowest_s < 4, f"something slept: {asker.slowest_s:.1f} s")
        checked = world.service.command("db", "check", "--json")
        expect(json.loads(checked.stdout)["ok"], f"{checked.stdout}")
        expect(world.admin.get("/api/v1/users").json()["users"], "the accounts are there")
    finally:
        world.service.stop()


EXTRA = ("role", "ward_id", "owner_id", "hold", "is_admin", "password_hash", "made_at_us", "area_id", "scope", "__proto__")


def no_form_takes_what_it_does_not_have(folder, _):
    """API-20: a field that a form does not have is refused by name, changes nothing, and is in the audit."""
    world = World(folder)
    try:
        asker, named, loose = Asker(world), 0, []
        before = world.admin.get(f"/api/v1/users/{world.ids['user']}").body
        for method, path, operation in operations():
            fields = schema_of(operation)
            if fields is None or (method, path) in APART:
                continue
            extra = [name for name in EXTRA if name not in fields]
            status, text = asker.expect_quiet(method, world.address(path), {name: "QUAN_TRI" for name in extra})
            if (status == 404 and NOBODY in world.address(path)) or (status == 403 and "/me/agreements/" in path):
                continue  # not reached: nothing of that kind, or somebody else's
            if status != 422:
                loose.append(f"{method} {path}: {status}")
                continue
            told = {problem["field"] for problem in json.loads(text)["problems"]}
            if not set(extra) <= told:
                loose.append(f"{method} {path}: {set(extra) - told} pass")
            named += 1
        expect(not loose, "\n".join(loose))
        expect(world.admin.get(f"/api/v1/users/{world.ids['user']}").body == before, "the account changed")
        rows = world.admin.get("/api/v1/audit?limit=200").json()["audit"]
        noted = [row for row in rows if "unknown_field" in json.dumps(row)]
        print(f"{named} forms refuse {len(EXTRA)} fields each; {len(noted)} rows of the audit say so; {asker.report()}", flush=True)
        expect(len(noted) >= min(named, 50), f"{len(noted)} rows of the audit")
    finally:
        world.service.stop()


def other_sites_change_nothing(folder, _):
    """API-06, 07: what a page of somebody else can make a browser send."""
    world = World(folder)
    try:
        port, cookie = world.service.port(), world.admin.cookie
        own, alien = world.admin.origin, "https://evil.example"
        for method, path, operation in operations():
            if method == "get":
                continue
            address = world.address(path)
            asked = [({"Origin": alien}, {403}), ({}, {403}), ({"Origin": "null"}, {403}), ({"Origin": own + ".evil.example"}, {403}),
                     ({"Origin": own, "Sec_Fetch_Site": "cross-site"}, {403})]
            for fields, statuses in asked:
                for kind in ("text/plain", "application/json"):
                    with world.connection() as connection:  # one each: where files are sent in, a refusal ends it
                        connection.send(head(port, address, method.upper(), Cookie=cookie, Content_Type=kind, Content_Length=2,
                                             **fields) + b"{}")
                        status = connection.answer()[0]
                        expect(status in statuses, f"{method} {path} {fields} {kind}: {status}")
            with world.connection() as connection:
                if schema_of(operation) and (method, path) not in APART:
                    connection.send(head(port, address, method.upper(), Cookie=cookie, Origin=own, Content_Type="text/plain",
                                         Content_Length=2) + b"{}")
                    status = connection.answer()[0]
                    expect(status in (403, 404, 415), f"{method} {path} as text/plain: {status}")
            with world.connection() as connection:  # nothing is changed by looking, whatever a header says
                connection.send(head(port, address, "GET", Cookie=cookie, X_HTTP_Method_Override=method.upper(),
                                     X_Method_Override=method.upper()))
                status = connection.answer()[0]
                expect("get" in DESCRIPTION["paths"][path] or status in (404, 405), f"GET {path}: {status}")
                connection.send(head(port, f"{address}?_method={method}", "GET", Cookie=cookie))
                status = connection.answer()[0]
                expect(status in (400, 404, 405), f"GET {path}?_method: {status}")
        expect(world.admin.get("/api/v1/me").json()["login"], "still logged in")
        for origin, target, statuses in ((alien, "", {403}), ("", "", {403}), ("null", "", {403}),
                                         (own, f"?token={cookie.split('=')[1]}", {400})):
            expect(live_status(world.admin, origin, target) in statuses, f"live from {origin!r} {target[:8]}")
        expect(live_status(world.admin, own, "") == 101, "our own page watches")
        expect(live_status(WebClient(port), own, f"?token={cookie.split('=')[1]}") in (400, 401), "a token in the address")
    finally:
        world.service.stop()


def live_status(client, origin, query):
    with RawConnection(client.port) as connection:
        fields = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec_WebSocket_Key": "AAAAAAAAAAAAAAAAAAAAAA==",
                  "Sec_WebSocket_Version": "13"}
        if origin:
            fields["Origin"] = origin
        if client.cookie:
            fields["Cookie"] = client.cookie
        connection.send(head(client.port, f"/api/v1/live{query}", **fields))
        return connection.answer(head_only=True)[0]


def a_login_is_a_new_session(folder, _):
    """API-08: no session is given from outside, and an old one is over when it should be."""
    service = Service(folder / "data", CONFIG).start()
    try:
        client = service.person("TRUC")
        planted = "__Host-vonggac=" + "A" * 43
        victim = WebClient(service.port(), client.login, client.password)
        victim.cookie = planted
        expect(victim.ask("GET", "/api/v1/me").status == 401, "a session that somebody made up")
        victim.log_in()
        expect(victim.cookie not in (planted, client.cookie) and client.get("/api/v1/me"), "a session of its own, beside the other")
        first = victim.cookie
        victim.log_in()
        expect(victim.cookie != first, "each login is a new session")
        expect(victim.post("/api/v1/logout").status == 204, "logout")
        expect(victim.ask("GET", "/api/v1/me").status == 401, "after the logout")
        changed = client.post("/api/v1/me/password", {"old": client.password, "password": "một câu mới đủ dài"})
        old = WebClient(service.port(), client.login)
        old.cookie = first
        expect(changed.status in (200, 204), f"password: {changed.status} {changed.body}")
        expect(old.ask("GET", "/api/v1/me").status == 401, "other sessions end with the old password")
        expect(client.ask("GET", "/api/v1/me").status == 200, "who changed it goes on, in a new session")
        service.command("user", "suspend", "--login", client.login, "--reason", "Nghỉ phép")
        expect(client.ask("GET", "/api/v1/me").status == 401, "a suspended account's session")
    finally:
        service.stop()


if __name__ == "__main__":
    sys.exit(run_case({case.__name__: case for case in (
        injections_are_only_text, no_form_takes_what_it_does_not_have, other_sites_change_nothing, a_login_is_a_new_session)}))
