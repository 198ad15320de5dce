#!/usr/bin/env python3
"""Inventories of cameras sent in over HTTP. import_test.py CASE."""
import contextlib
import io
import json
import pathlib
import sys
import threading
import time
import urllib.parse
import zipfile

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support"), str(HERE)]
from bench_world import Service, expect, run_case, wait_until  # noqa: E402
from raw_web import RawConnection, head  # noqa: E402
from register_test import CONFIG, inventory, made, quarter  # noqa: E402

IMPORTS = "/api/v1/imports"
BOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@contextlib.contextmanager
def node(folder, config=CONFIG):
    service = Service(folder / "data", config).start()
    try:
        yield service
    finally:
        service.stop()


def send_in(client, content, name="kiem-ke.csv", kind="text/csv", status=201, **query):
    more = {} if "key" not in query else {"Idempotency-Key": query.pop("key")}
    answer = client.upload(f"{IMPORTS}?{urllib.parse.urlencode({'file_name': name, **query})}", content, kind, more, timeout=120)
    expect(answer.status == status, f"{name}: {answer.status} {answer.body[:600].decode()}")
    return answer.json()


def post(client, path, body=None, status=200):
    answer = client.post(path, body)
    expect(answer.status == status, f"POST {path}: {answer.status} {answer.body[:600].decode()}")
    return answer.json()


def rows(client, at, outcome=""):
    found, after = [], 0
    while after is not None:
        page = client.get(f"{at}/rows?limit=200&after={after}" + (f"&outcome={outcome}" if outcome else "")).json()
        found += page["rows"]
        after = page["next_after"]
    return found


def sentences(answer):
    return [problem["sentence"] for problem in answer["problems"]]


def cameras(client):
    found, after = 0, ""
    while after is not None:
        page = client.get(f"/api/v1/register/cameras?limit=200{after}").json()
        found += len(page["cameras"])
        after = f"&after={page['next_after']}" if page.get("next_after") else None
    return found


def a_list_is_sent_in_and_taken_back(folder, _):
    """1,000 rows over HTTP within 30 s: errors by cell, a duplicate merged, applied, reported, undone; nobody else's."""
    with node(folder) as service:
        client = service.person("MO_HINH")
        area = quarter(client)
        site = made(client, "/api/v1/sites", {"name": "Cổng chợ", "area": area, "opened": "2025-08-01"})
        there = made(client, "/api/v1/register/cameras", {"name": "Camera cũ", "site": site, "ownership": "NGAN_SACH_XA",
                                                          "purpose": "AN_NINH", "serial": "SN500"})
        began = time.monotonic()
        listed = inventory(1000, {900}).encode()
        looked = send_in(client, listed, key="lan-1")
        looked_s = time.monotonic() - began
        expect(send_in(client, listed, key="lan-1") == looked, "the same key keeps one import")
        expect(looked["counts"] == {"rows": 1000, "new": 998, "there": 0, "duplicate": 1, "wrong": 1, "undecided": 2}, f"{looked}")
        at = f"{IMPORTS}/{looked['id']}"
        wrong = rows(client, at, "wrong")[0]
        finding = next(f for f in wrong["findings"] if f["wrong"])
        expect((finding["file"], finding["row"], finding["column"]) == ("kiem-ke.csv", 900, "B"), f"{finding}")
        expect("Phường Không Có" in finding["value"] and finding["sentence"]["vi"] and finding["sentence"]["en"], f"{finding}")
        refused = post(client, f"{at}/apply", status=422)
        expect(any("900" in s["vi"] for s in sentences(refused)) and any("500" in s["vi"] for s in sentences(refused)), f"{refused}")
        expect(cameras(client) == 1, "all or nothing")
        expect(post(client, f"{at}/skip", {"outcome": "wrong"})["skipped"] == 1, "the wrong one is left out")
        duplicate = rows(client, at, "duplicate")[0]
        expect([d["camera"] for d in duplicate["duplicates"]] == [there], f"{duplicate}")
        post(client, f"{at}/rows/{duplicate['row']}/choice", {"choice": "merge", "merge_with": there})
        began_apply = time.monotonic()
        applied = post(client, f"{at}/apply")
        took_s = time.monotonic() - began
        expect((applied["cameras"], applied["merged"], applied["skipped"]) == (998, 1, 1), f"{applied}")
        expect(cameras(client) == 999 and took_s < 30, f"{cameras(client)} cameras in {took_s:.1f} s")
        merged = client.get(f"/api/v1/register/cameras/{there}").json()
        expect("Dahua" in json.dumps(merged, ensure_ascii=False), "what the row knew more is kept")
        report = client.get(f"{at}/report.csv")
        text = report.body.decode("utf-8-sig")
        expect(report.headers["content-type"].startswith("text/csv") and len(text.splitlines()) == 1001, f"{len(text.splitlines())} lines")
        expect("bi-mat" not in text and "[B900] Không có địa bàn này" in text, "the report")
        other = service.person("MO_HINH", login="nguoi.khac", name="Lê Thị Khác", area=area)
        nowhere = at.replace(looked["id"], "01932b6e-7a10-7c3e-9f00-0123456789ab")
        for method, part, body in (("GET", "", None), ("GET", "/rows", None), ("GET", "/report.csv", None), ("POST", "/apply", {}),
                                   ("POST", "/undo", {}), ("POST", "/skip", {"outcome": "new"}), ("POST", "/rows/3/choice", {"choice": "skip"})):
            foreign, nothing = other.ask(method, at + part, body), other.ask(method, nowhere + part, body)
            expect(foreign.status == 404 and foreign.body == nothing.body, f"{method} {part}: {foreign.status} {foreign.body}")
        expect(other.get(IMPORTS).json()["imports"] == [], "the list of somebody else")
        expect(len(client.get(IMPORTS).json()["imports"]) == 1, "one's own list")
        undone = post(client, f"{at}/undo")
        expect(undone == {"removed": 998, "kept": 1} and cameras(client) == 1, f"{undone}")
        print(f"1,000 rows: looked at in {looked_s:.1f} s, applied in {took_s - (began_apply - began):.1f} s, all in {took_s:.1f} s",
              flush=True)


def book_with(sheet_bytes):
    """A workbook whose only sheet is this."""
    ns = "http://schemas.openxmlformats.org"
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("[Content_Types].xml", f'<Types xmlns="{ns}/package/2006/content-types"/>')
        book.writestr("xl/workbook.xml", f'<workbook xmlns="{ns}/spreadsheetml/2006/main" xmlns:r="{ns}/officeDocument/2006/relationships">'
                                         '<sheets><sheet name="A" sheetId="1" r:id="rId1"/></sheets></workbook>')
        book.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{ns}/package/2006/relationships"><Relationship Id="rId1" '
                      f'Type="{ns}/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/></Relationships>')
        with book.open("xl/worksheets/sheet1.xml", "w") as part:
            for piece in sheet_bytes:
                part.write(piece)
    return out.getvalue()


def what_is_no_list_is_refused(folder, _):
    """Too large, a bomb, not a table, nobody: each in words, and the service goes on."""
    with node(folder) as service:
        client = service.person("MO_HINH")
        quarter(client)
        answer = client.upload(f"{IMPORTS}?file_name=lon.csv", b"x" * ((32 << 20) + 1), "text/csv")
        expect(answer.status == 413 and "32 MB" in answer.json()["sentence"]["vi"], f"{answer.status} {answer.body[:300]}")
        bomb = book_with(b"<x>" * 1_000_000 for _ in range(60))
        expect(len(bomb) < 1 << 20, f"a small file: {len(bomb)}")
        refused = send_in(client, bomb, "bom.xlsx", BOOK, status=422)
        expect("100 MB" in sentences(refused)[0]["vi"], f"{refused}")
        nested = book_with([b"<worksheet><sheetData>" + b"<row>" * 200_000])
        for content, name in ((nested, "long.xlsx"), (b"PK\x03\x04" + b"\0" * 1000, "hong.xlsx"), (b"\x89PNG\r\n\x1a\n" + b"\0" * 500, "anh.csv"),
                              (b"<!DOCTYPE x [<!ENTITY a 'a'>]><a>&a;</a>", "x.csv"), (b"", "rong.csv")):
            refused = send_in(client, content, name, "application/octet-stream", status=422)
            expect(all(s["vi"] and s["en"] for s in sentences(refused)), f"{name}: {refused}")
        for fields in ({}, {"Cookie": client.cookie}, {"Cookie": client.cookie, "Origin": "https://evil.example"}):
            with RawConnection(service.port(), timeout_s=10) as connection:  # answered before the body is sent
                connection.send(head(service.port(), f"{IMPORTS}?file_name=a.csv", "POST", Content_Type="text/csv",
                                     Content_Length=20 << 20, **fields))
                status = connection.answer()[0]
                expect(status in (401, 403), f"{list(fields)}: {status}")
        keeps_its_body_back(service.port(), client)
        guard = service.person("TRUC", login="truc.ban", name="Phan Văn Trực")
        answer = guard.upload(f"{IMPORTS}?file_name=a.csv", b"a,b\n")
        expect(answer.status == 403 and answer.code == "not_allowed", f"{answer.status}")
        many_at_once(service, client)
        expect(client.get("/api/v1/me").json()["login"], "it goes on")
        for part in ("xlsx", "csv"):
            form = client.get(f"/api/v1/import-template.{part}").body
            expect(send_in(client, form, f"mau.{part}", "application/octet-stream", status=422)["problems"], "not filled in")


def keeps_its_body_back(port, client):
    """A client that asks first (Expect: 100-continue) is told to come on when it may, and refused at once when not."""
    text = "Tên camera;Địa bàn\n".encode()
    fields = {"Content_Type": "text/csv", "Content_Length": len(text), "Expect": "100-continue", "Origin": client.origin}
    with RawConnection(port, timeout_s=10) as connection:
        connection.send(head(port, f"{IMPORTS}?file_name=a.csv", "POST", Cookie=client.cookie, **fields))
        status, _, _ = connection.answer(head_only=True)
        expect(status == 100, f"told to come on: {status}")
        connection.send(text)
        status, _, body = connection.answer()
        expect(status == 422, f"a list without rows: {status} {body[:200]}")
    with RawConnection(port, timeout_s=10) as connection:
        connection.send(head(port, f"{IMPORTS}?file_name=a.csv", "POST", **fields))
        expect(connection.answer()[0] == 401, "nobody is not asked for the body")


def many_at_once(service, client):
    """Two long bodies are taken at a time; the third is told to come again, and may once they are done."""
    port, size = service.port(), 1 << 20
    fields = {"Cookie": client.cookie, "Origin": client.origin, "Content_Type": "text/csv", "Content_Length": size}
    with contextlib.ExitStack() as stack:
        open_ones = [stack.enter_context(RawConnection(port, timeout_s=20)) for _ in range(2)]
        for connection in open_ones:
            connection.send(head(port, f"{IMPORTS}?file_name=a.csv", "POST", **fields) + b"x")
        time.sleep(1)
        third = client.upload(f"{IMPORTS}?file_name=a.csv", b"a,b\n")
        expect(third.status == 503 and "retry-after" in third.headers, f"the third: {third.status}")
    deadline = time.monotonic() + 10
    while client.upload(f"{IMPORTS}?file_name=a.csv", b"a,b\n").status == 503:
        expect(time.monotonic() < deadline, "the places of those who left are free again")
        time.sleep(0.2)


def others_go_on_meanwhile(folder, _):
    """20,000 rows are read and judged, 10,000 applied: how long those wait who read and who write."""
    with node(folder) as service:
        client = service.person("MO_HINH")
        area = quarter(client)
        site = made(client, "/api/v1/sites", {"name": "Cổng chợ", "area": area, "opened": "2025-08-01"})

        def slowest(work):
            waits, over = {"read": [], "write": [], "page": []}, threading.Event()

            def ask(kind, method, path, body=None):
                number = 0
                while not over.is_set():
                    number += 1
                    began = time.monotonic()
                    answer = client.ask(method, path, body and {**body, "name": f"Cổng {number}"})
                    waits[kind].append((time.monotonic() - began, answer.status))
                    time.sleep(0.05)

            threads = [threading.Thread(target=ask, args=a) for a in (
                ("read", "GET", "/api/v1/sites?limit=5"), ("page", "GET", "/healthz"), ("write", "PATCH", f"/api/v1/sites/{site}", {"name": ""}))]
            for thread in threads:
                thread.start()
            began = time.monotonic()
            try:
                result = work()
                took = time.monotonic() - began
            finally:
                over.set()
                for thread in threads:
                    thread.join()
            worst = {kind: (round(max(w for w, _ in all_), 2), sorted({s for _, s in all_})) for kind, all_ in waits.items()}
            return result, {"seconds": round(took, 1), **worst}

        looked, reading = slowest(lambda: send_in(client, inventory(19_990, set()).encode(), "lon.csv"))
        print("20,000 rows looked at:", json.dumps(reading), flush=True)
        expect(looked["counts"]["new"] == 19_990, f"{looked['counts']}")
        expect(reading["page"][0] < 1 and reading["read"][0] < 2, f"those who read: {reading}")
        ten = send_in(client, inventory(10_000, set()).encode(), "muoi-nghin.csv")
        done, applying = slowest(lambda: slow_post(client, f"{IMPORTS}/{ten['id']}/apply"))
        print("10,000 rows applied:", json.dumps(applying), flush=True)
        expect(done["cameras"] == 10_000, f"{done}")
        expect(applying["page"][0] < 1 and applying["read"][0] < 2 and applying["read"][1] == [200], f"those who read: {applying}")


def cameras_are_looked_at_before_they_are_registered(folder, footage):
    """A contact sheet of simulated cameras: pictures, one that wants a password, one that is not there, one that is none
    of the ward's; left and found again, cancelled; nobody else's, and gone from core."""
    from probe_test import RTSP, camera
    head_line = "Tên,Xã/phường,Địa chỉ,Hình thức sở hữu,Đường dẫn RTSP"

    def listed(*urls):
        lines = [f"Camera {n},Phường Bạc Liêu,{n} Trần Huỳnh,Ngân sách xã,{url}" for n, url in enumerate(urls, 2)]
        return "\n".join([head_line, *lines, "Không luồng,Phường Bạc Liêu,1 Trần Huỳnh,Ngân sách xã,"]).encode()

    config = '[record]\nflush_interval_ms = 300\n[network]\ncamera_networks = ["127.0.41.0/24"]\n'  # stills need the analysis
    with node(folder, config) as service, \
            camera(folder, footage, "127.0.41.1", login=False), camera(folder, footage, "127.0.41.2", login=True):
        client = service.person("MO_HINH")
        quarter(client)
        good, locked = f"rtsp://127.0.41.1:{RTSP}/gate/main", f"rtsp://admin:sai-roi@127.0.41.2:{RTSP}/gate/main"
        looked = send_in(client, listed(good, locked, f"rtsp://127.0.41.9:{RTSP}/gate/main", f"rtsp://127.0.99.1:{RTSP}/x"))
        at = f"{IMPORTS}/{looked['id']}"
        expect(client.get(at).json()["probe"] is None, "nobody has begun")
        begun = client.post(f"{at}/probe")
        expect(begun.status == 202 and begun.json()["probe"]["rows"] == 4, f"{begun.status} {begun.body}")
        again = client.post(f"{at}/probe", {"from_row": 2, "to_row": 2})
        expect(again.status == 202 and again.json()["probe"]["rows"] == 4, "found again, not begun anew")
        began = time.monotonic()
        view = wait_until(lambda: (lambda p: p if p["state"]["code"] == "done" else None)(client.get(at).json()["probe"]), 120, "it ends", 0.5)
        print(json.dumps({"seconds": round(time.monotonic() - began, 1), **view}, ensure_ascii=False), flush=True)
        sheet = {row["row"]: row for row in client.get(f"{at}/stills").json()["stills"]}
        expect(sorted(sheet) == [2, 3, 4, 5] and view["with_still"] == 1 and view["needs_login"] == 1, f"{view} {sheet}")
        still = client.get(sheet[2]["still"])
        expect(still.headers["content-type"] == "image/jpeg" and still.body[:2] == b"\xff\xd8" and len(still.body) <= 40_000, "a picture")
        expect(sheet[2]["stream"]["width"] >= 640 and sheet[2]["name"] == "Camera 2", f"{sheet[2]}")
        expect("login_not_in_file" in [f["code"] for f in sheet[3]["findings"]] and not sheet[3]["still"], f"{sheet[3]}")
        for row in (4, 5):
            expect(not sheet[row]["still"] and sheet[row]["summary"]["vi"] and sheet[row]["summary"]["en"], f"{sheet[row]}")
        expect("sai-roi" not in json.dumps(list(sheet.values())) + service.log_path.read_text(), "no password of the file")
        expect(client.ask("GET", f"{at}/rows/3/still.jpg").status == 404, "no picture of that row")
        other = service.person("MO_HINH", login="nguoi.khac", name="Lê Thị Khác", area=client.get("/api/v1/areas").json()["areas"][0]["id"])
        for method, part in (("GET", "/stills"), ("GET", "/rows/2/still.jpg"), ("POST", "/probe"), ("DELETE", "/probe")):
            expect(other.ask(method, at + part, {} if method == "POST" else None).status == 404, f"{method} {part} of somebody else")
        many = send_in(client, listed(*[f"rtsp://127.0.41.{n}:{RTSP}/gate/main" for n in range(20, 60)]), "nhieu.csv")
        at = f"{IMPORTS}/{many['id']}"
        expect(client.post(f"{at}/probe").status == 202, "begun")
        time.sleep(1)
        stopped = client.ask("DELETE", f"{at}/probe").json()["probe"]
        expect(stopped["state"]["code"] == "cancelled" and stopped["over"] < 40, f"{stopped}")
        time.sleep(2)
        expect(client.get(at).json()["probe"]["over"] == stopped["over"], "nothing goes on")
        expect(client.post(f"{at}/probe").status == 202 and client.get(at).json()["probe"]["state"]["code"] == "running", "begun anew")
        client.post("/api/v1/logout")
        client.log_in()
        wait_until(lambda: client.get(at).json()["probe"]["state"]["code"] == "cancelled", 10, "it ends with the session that began it")


def slow_post(client, path):
    """As a page does that waits as long as it takes."""
    answer = client.upload(path, b"", "application/json", timeout=300)
    expect(answer.status == 200, f"POST {path}: {answer.status} {answer.body[:600].decode()}")
    return answer.json()


if __name__ == "__main__":
    sys.exit(run_case({case.__name__: case for case in (
        a_list_is_sent_in_and_taken_back, what_is_no_list_is_refused, others_go_on_meanwhile,
        cameras_are_looked_at_before_they_are_registered)}))
