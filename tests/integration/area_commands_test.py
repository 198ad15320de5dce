#!/usr/bin/env python3
"""`vonggac area` and `vonggac model` beside the running service. area_commands_test.py CASE."""
import json
import pathlib
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support"), str(HERE)]
from bench_world import Service, expect, run_case  # noqa: E402

CONFIG = "[record]\nflush_interval_ms = 300\n[analyse]\nenabled = false\n"


def country(wrong=()):
    """30 provinces with 100 communes each, communes first; the rows of `wrong` name a province that there is not."""
    lines = ["Mã,Tên,Cấp,Mã cấp trên,Hiệu lực từ"]
    for commune in range(3000):
        above = "99" if commune in wrong else str(10 + commune // 100)
        lines.append(f"{10000 + commune},Xã Thứ {commune},Xã,{above},01/07/2025")
    lines += [f"{10 + province},Tỉnh Số {province},Tỉnh,,01/07/2025" for province in range(30)]
    return "\n".join(lines) + "\n"


def a_list_of_units_is_seen_over_http(folder, _):
    """Dry run, a refused list, applied, there the second time; the HTTP interface finds what the machine has registered."""
    service = Service(folder / "data", CONFIG).start()
    try:
        client = service.person("MO_HINH")
        listed, wrong = folder / "danh-muc.csv", folder / "sai.csv"
        listed.write_text(country(), encoding="utf-8")
        wrong.write_text(country({2500}), encoding="utf-8")
        dry = json.loads(service.command("area", "import", listed, "--json").stdout)
        expect(dry["new"] == 3030 and not dry["applied"] and dry["findings"] == [], f"{ {**dry, 'findings': 0} }")
        refused = service.command("--lang", "vi", "area", "import", wrong, "--apply", check=False)
        expect(refused.returncode == 1, f"exit {refused.returncode}")
        expect("D2502" in refused.stdout and "1 lỗi" in refused.stdout, refused.stdout[-400:])
        expect(client.get("/api/v1/areas").json()["areas"] == [], "one wrong row refuses the whole")
        began = time.monotonic()
        service.command("area", "import", listed, "--apply")
        took_s = time.monotonic() - began
        again = json.loads(service.command("area", "import", listed, "--apply", "--json").stdout)
        expect(again["there"] == 3030 and again["new"] == 0, f"{again}")
        found = client.get("/api/v1/areas?q=xa+thu+2500").json()["areas"]
        expect([one["full_name"] for one in found] == ["Xã Thứ 2500"] and found[0]["in"] == ["Tỉnh Số 25"], f"{found}")
        expect(took_s < 30, f"3,030 rows took {took_s:.1f} s")
        print(f"3,030 rows applied in {took_s:.1f} s", flush=True)
    finally:
        service.stop()


def decisions_and_models_are_those_of_http(folder, _):
    service = Service(folder / "data", CONFIG).start()
    try:
        client = service.person("MO_HINH")

        def area(*arguments):
            return service.command("area", *arguments).stdout.strip()

        area("add", "--name", "Cà Mau", "--type", "TINH", "--code", "96", "--from", "01/01/2020")
        for code in ("31823", "31825"):
            area("add", "--name", code[-1], "--type", "PHUONG", "--code", code, "--parent", "96", "--from", "01/01/2020")
        area("add", "--name", "1", "--type", "KHOM", "--parent", "31823", "--from", "01/01/2020")
        merged = area("merge", "--source", "31823", "--source", "31825", "--name", "Bạc Liêu", "--type", "PHUONG", "--code", "31900",
                      "--parent", "96", "--day", "01/07/2025", "--basis", "1668/NQ-UBTVQH15")
        seen = client.get(f"/api/v1/areas/{merged}").json()
        expect(seen["present"]["full_name"] == "Phường Bạc Liêu", f"{seen}")
        expect("Khóm 1, Phường Bạc Liêu, Tỉnh Cà Mau" in area("show", "khom 1"), area("show", "khom 1"))
        tree = area("list")
        expect("Tỉnh Cà Mau" in tree and "\n  Phường Bạc Liêu" in tree and "\n    Khóm 1" in tree, tree)
        model = service.command("model", "add", "--name", "Camera an ninh khóm 1", "--type", "CAMERA_AN_NINH", "--area", "31900").stdout.strip()
        told = service.command("--lang", "vi", "model", "step", model, "--to", "RA_MAT", check=False).stderr
        expect("chỉ có thể sang: Khảo sát" in told, told)
        service.command("model", "step", model, "--to", "KHAO_SAT", "--paper", "01/BC")
        models = client.get("/api/v1/models").json()["models"]
        expect([(one["code"], one["state"]["code"]) for one in models] == [(model, "KHAO_SAT")], f"{models}")
    finally:
        service.stop()


if __name__ == "__main__":
    sys.exit(run_case({case.__name__: case for case in (a_list_of_units_is_seen_over_http, decisions_and_models_are_those_of_http)}))
