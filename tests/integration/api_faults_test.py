#!/usr/bin/env python3
"""The interface while what it stands on fails: the database stopped, the disk full. api_faults_test.py CASE."""
import os
import pathlib
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support"), str(HERE)]
from api_forms_test import INSIDE  # noqa: E402
from bench_world import Service, expect, run_case, wait_until  # noqa: E402
from postgres import Postgres  # noqa: E402
from register_test import quarter  # noqa: E402

CONFIG = "[record]\nflush_interval_ms = 300\n[analyse]\nenabled = false\n"


def expect_told(answer):
    """503 as a problem, with a sentence in both languages and nothing of the inside."""
    expect(answer.status == 503, f"{answer.status} {answer.body[:300]!r}")
    expect(answer.headers.get("content-type", "").startswith("application/problem+json"), f"{answer.headers}")
    sentence = answer.json()["sentence"]
    expect(sentence["vi"] and sentence["en"], f"{answer.body[:300]!r}")
    expect(not INSIDE.search(answer.body), f"{answer.body[:300]!r}")


def site_form(area, number):
    return {"name": f"Vị trí {number}", "area": area, "public_place": True, "public_basis": "12/QĐ-UBND"}


def sites(client):
    names, after = [], ""
    while True:
        page = client.get(f"/api/v1/sites?limit=200{after}").json()
        names += [one["name"] for one in page["sites"]]
        if not page.get("next_after"):
            return sorted(names)
        after = f"&after={page['next_after']}"


def a_stopped_database_is_told_and_comes_back(folder, _):
    """Sites are made all the time, each with its key, while PostgreSQL is killed and started again twice: each is there once."""
    database = Postgres()
    service = Service(folder / "data", CONFIG + f'[catalogue]\ndatabase = "{database.url}"\n')
    try:
        service.start()
        client = service.person("MO_HINH")
        area = quarter(client)
        wanted, troubles, end = [], [], threading.Event()

        def work():
            number = 0
            while not end.is_set():
                number += 1
                form, key = site_form(area, number), {"Idempotency-Key": f"vi-tri-{number}"}
                for _ in range(300):
                    answer = client.ask("POST", "/api/v1/sites", form, key)
                    if answer.status == 201:
                        break
                    troubles.append(answer)
                    time.sleep(0.1)
                expect(answer.status == 201, f"site {number}: {answer.status} {answer.body[:200]!r}")
                wanted.append(form["name"])

        failure = []

        def guarded():
            try:
                work()
            except BaseException as error:  # noqa: BLE001: told by the test
                failure.append(error)

        worker = threading.Thread(target=guarded)
        worker.start()
        for mode in ("immediate", "fast"):
            time.sleep(2)
            before, seen = len(wanted), len(troubles)
            database.stop(mode)
            wait_until(lambda: len(troubles) > seen + 2 or failure, 40, f"{mode}: requests are told")
            for method, path, form in (("GET", "/api/v1/sites", None), ("GET", "/api/v1/me", None),
                                       ("POST", "/api/v1/login", {"login": "kiem.thu", "password": "sai-mat-khau-roi"})):
                expect_told(client.ask(method, path, form))
            began = time.monotonic()
            database.start()
            wait_until(lambda: len(wanted) > before + 5 or failure, 30, f"{mode}: it comes back by itself")
            print(f"{mode}: {len(troubles) - seen} requests told, back {time.monotonic() - began:.1f} s after the start", flush=True)
        end.set()
        worker.join(60)
        expect(not failure, f"{failure}")
        for answer in troubles:
            expect_told(answer)
        expect(service.process.poll() is None, "the service ran on")
        expect(sites(client) == sorted(wanted), f"{len(sites(client))} sites, {len(wanted)} were made")
        service.command("db", "check", "--config", service.config)
    finally:
        service.stop()
        database.remove()


def a_full_disk_is_told_and_passes(folder, _):
    """The register's disk fills up: changes are refused and said, reading goes on, and with room again all works."""
    if os.geteuid() != 0:
        print("left out: only root can make a small disk")
        return
    disk = folder / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", str(disk)], check=True)
    service = Service(disk / "data", CONFIG)
    service.config = folder / "service.toml"
    service.config.write_text(CONFIG)
    service.log_path = folder / "service.log"  # the log is not what is short of room
    try:
        service.start()
        client = service.person("MO_HINH")
        area = quarter(client)
        kept = []

        def one(number):
            answer = client.ask("POST", "/api/v1/sites", site_form(area, number))
            if answer.status == 201:
                kept.append(f"Vị trí {number}")
            else:
                expect_told(answer)
            return answer.status == 201

        expect(one(0), "there is room")
        filler = disk / "filler"
        with open(filler, "wb", buffering=0) as full:
            try:
                while True:
                    full.write(b"x" * 4096)
            except OSError:
                pass
        refused = [number for number in range(1, 600) if not one(number)]
        expect(refused, "a full disk takes no more")
        expect(len(refused) > 5, f"and goes on saying so: {len(refused)}")
        expect(sites(client) == sorted(kept), "what was refused is not there, what was made is, and reading goes on")
        expect(service.process.poll() is None, "the service runs on")
        filler.unlink()
        wait_until(lambda: one(10_000 + len(kept)), 20, "with room again it works by itself")
        expect(sites(client) == sorted(kept), "nothing half-written")
        service.command("db", "check")
        print(f"{len(kept)} sites kept, {len(refused)} refused and told", flush=True)
    finally:
        service.stop()
        subprocess.run(["umount", "-l", str(disk)], check=False)


if __name__ == "__main__":
    sys.exit(run_case({case.__name__: case for case in (
        a_stopped_database_is_told_and_comes_back, a_full_disk_is_told_and_passes)}))
