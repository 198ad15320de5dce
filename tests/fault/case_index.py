"""DB-01, DB-02, DB-03: index.db locked, damaged while in use, with random bytes changed, with a torn log. Recording does
not depend on it; damage is told or harmless, never a crash, never another camera's footage; rebuild puts it right."""
import contextlib
import json
import random
import shutil
import sqlite3
import subprocess
import time

from bench_world import (VONGGAC, Camsim, Failure, Service, acknowledged, ensure_footage, expect, wait_until, workspace)

CONFIG = "[record]\nsegment_max_s = 10\nflush_interval_ms = 300\n[analyse]\nenabled = false\n"


def locked(service, lock_s):
    """DB-01: another process holds the index; nothing is lost, and it is caught up with within 10 s."""
    before = acknowledged(service.data)
    dropped = service.status()["disk"]["fragments_dropped"]
    other = sqlite3.connect(service.data / "index.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    noticed = False
    end = time.monotonic() + lock_s
    while time.monotonic() < end:
        status = service.status()
        noticed = noticed or status["disk"]["index_locked"]
        expect(all(c["recording"] for c in status["cameras"]), f"a locked index stops the recording: {service.brief()}")
        time.sleep(0.5)
    expect(noticed, "the status does not say that the index is locked")
    during = acknowledged(service.data)
    other.execute("ROLLBACK")
    other.close()
    began = time.monotonic()
    fragments = int(lock_s / 2 - 3) * len(service.status()["cameras"])
    wait_until(lambda: len(acknowledged(service.data) - during) >= fragments, 10,
               f"{fragments} fragments are caught up with; {len(acknowledged(service.data) - during)} are")
    caught_up_s = round(time.monotonic() - began, 1)
    expect(before <= acknowledged(service.data), "acknowledged fragments are gone")
    expect(service.status()["disk"]["fragments_dropped"] == dropped, "fragments were dropped because of a lock")
    wait_until(lambda: not service.status()["disk"]["index_locked"], 5, "the lock is gone from the status")
    return {"locked_s": lock_s, "caught_up_s": caught_up_s}


def ask(data, *arguments, timeout=60):
    """A command on the data directory; a crash or a hang fails the case."""
    done = subprocess.run([str(VONGGAC), *arguments, "--data", str(data)], capture_output=True, text=True, timeout=timeout)
    expect(done.returncode in (0, 1), f"{arguments} on a damaged index: exit {done.returncode}: {done.stderr[-300:]}")
    return done


def footage_of(data):
    """{(camera, sequence): the fragment's record hash} as index.db tells it."""
    with contextlib.closing(sqlite3.connect(f"file:{data}/index.db?mode=ro", uri=True)) as db:
        return {row[0]: row[1] for row in db.execute("SELECT file_us, hex(camera) FROM segment")}


def flips(template, folder, rounds):
    """DB-02: bytes of a copy are changed. Either check tells it, or what is shown is true."""
    dice = random.Random(20261127)
    truth = footage_of(template)
    size = (template / "index.db").stat().st_size
    told = harmless = refused_start = 0
    copy = folder / "flipped"
    media = template / "media"
    for number in range(rounds):
        shutil.rmtree(copy, ignore_errors=True)
        copy.mkdir()
        for path in template.iterdir():
            if path.is_file():
                shutil.copy(path, copy / path.name)
        (copy / "media").symlink_to(media)
        with open(copy / "index.db", "r+b") as index:
            for _ in range(dice.choice((1, 1, 1, 8))):
                at = dice.randrange(size)
                index.seek(at)
                old = index.read(1)[0]
                index.seek(at)
                index.write(bytes([old ^ (1 << dice.randrange(8))]))
        report = json.loads(ask(copy, "check", "--full", "--json").stdout)
        ask(copy, "clips", "--json")
        if not report["clean"]:
            told += 1
            continue
        harmless += 1
        shown = footage_of(copy)
        wrong = {us: camera for us, camera in shown.items() if truth.get(us, camera) != camera}
        expect(not wrong, f"flip {number}: check is clean, but footage is shown under another camera: {wrong}")
    return {"flips": rounds, "told": told, "harmless": harmless}


def damaged_start(template, folder, rounds):
    """The service on such an index: it says what to do, or it works; after rebuild all footage is there."""
    dice = random.Random(7)
    stored = acknowledged(template)
    refused = 0
    for number in range(rounds):
        data = folder / f"start{number}"
        shutil.copytree(template, data, symlinks=True)
        with open(data / "index.db", "r+b") as index:
            for page in range(1, (data / "index.db").stat().st_size // 4096):
                if dice.random() < 0.3:
                    index.seek(page * 4096)
                    index.write(dice.randbytes(64))
        service = Service(data, CONFIG)
        try:
            try:
                service.start(wait_s=10)
                time.sleep(1)
            except Failure:
                expect(service.process.poll() == 1 and "rebuild" in service.tail(),
                       f"a damaged index: exit {service.process.poll()}: {service.tail(3)}")
                refused += 1
            service.stop()
            ask(data, "rebuild")
            lost = stored - acknowledged(data)
            expect(not lost, f"round {number}: not rebuilt: {sorted(lost)[:3]}")
            clean, report = service.check(full=True)
            expect(clean, f"round {number}: after rebuild: {str(report)[:500]}")
        finally:
            service.stop()
            shutil.rmtree(data, ignore_errors=True)
    return {"damaged_starts": rounds, "refused": refused}


def torn_log(killed, folder, rounds):
    """DB-03: after a kill the log is cut or overwritten anywhere, the shared memory file is old or gone."""
    dice = random.Random(3)
    wal_bytes = (killed / "index.db-wal").stat().st_size
    expect(wal_bytes > 0, "the killed service left no log")
    stored = acknowledged(killed)
    refused = 0
    for number in range(rounds):
        data = folder / f"log{number}"
        shutil.copytree(killed, data, symlinks=True)
        with open(data / "index.db-wal", "r+b") as log:
            if number % 2 == 0:
                log.truncate(dice.randrange(wal_bytes))
            else:
                log.seek(dice.randrange(wal_bytes))
                log.write(dice.randbytes(5000))
        shared = data / "index.db-shm"
        if number % 3 == 0:
            shared.unlink(missing_ok=True)
        elif number % 3 == 1:
            shared.write_bytes(dice.randbytes(32768))
        service = Service(data, CONFIG)
        try:
            # Media without rows are adopted, so a log that lost commits costs nothing.
            try:
                service.start(wait_s=10)
                service.stop()
            except Failure:
                # Nothing at all was left of the index.
                expect(service.process.poll() == 1 and "rebuild" in service.tail(), f"log {number}: {service.tail(3)}")
                refused += 1
                ask(data, "rebuild")
            lost = stored - acknowledged(data)
            expect(not lost, f"log {number}: {len(lost)} fragments are not in the index: {sorted(lost)[:3]}")
            clean, report = service.check(full=True)
            expect(clean, f"log {number}: check --full is not clean: {str(report)[:600]}")
        finally:
            service.stop()
            shutil.rmtree(data, ignore_errors=True)
    return {"torn_logs": rounds, "torn_logs_refused": refused}


def damaged_in_use(service):
    """A table of the index goes bad under the running service: it is told, and recording goes on into the files."""
    files = sum(p.stat().st_size for p in (service.data / "media").rglob("*.mp4"))
    with contextlib.closing(sqlite3.connect(service.data / "index.db", isolation_level=None, timeout=10)) as other:
        other.execute("DROP TABLE fragment_tail")
    wait_until(lambda: service.status()["disk"]["state"] == "failed", 10,
               f"the status tells that the index takes nothing; {service.status()['disk']}")
    detail = service.status()["disk"]["detail"]
    time.sleep(8)
    expect(service.process.poll() is None, f"a damaged index ended the service: {service.tail()}")
    expect(all(c["recording"] for c in service.status()["cameras"]), f"recording stopped: {service.brief()}")
    grown = sum(p.stat().st_size for p in (service.data / "media").rglob("*.mp4")) - files
    expect(grown > 100_000, f"recording stopped when the index went bad: {grown} bytes; {service.tail(4)}")
    told = service.log_path.read_text().count("fragment_tail")
    expect(1 <= told <= 5, f"one damage, {told} lines of log")
    return {"damaged_in_use": detail[:80], "stored_meanwhile_kib": grown >> 10}


def run(rounds):
    footage = ensure_footage()
    result = {}
    with workspace("index") as folder:
        sim = Camsim(folder, repeat=3, pair=(footage / "street_sub.mp4", None))
        service = Service(folder / "data", CONFIG)
        try:
            service.start()
            for name in sim.names():
                service.add_camera(name, sim.url(name))
            service.wait_recording(3, 15)
            time.sleep(12)
            result.update(locked(service, 60 if rounds else 12))
            killed = folder / "killed"
            service.kill()
            shutil.copytree(service.data, killed, symlinks=True, ignore=shutil.ignore_patterns("run"))
            service.start()
            service.wait_recording(3, 15)
            service.stop()
            clean, report = service.check(full=True)
            expect(clean, f"check --full is not clean: {str(report)[:600]}")
            result.update(torn_log(killed, folder, min(rounds, 60) or 6))
            result.update(flips(service.data, folder, rounds or 40))
            result.update(damaged_start(service.data, folder, 20 if rounds else 3))
            service.start()
            service.wait_recording(3, 15)
            time.sleep(5)
            result.update(damaged_in_use(service))
            service.stop(timeout_s=20)
            ask(service.data, "rebuild")
            clean, report = service.check(full=True)
            expect(clean, f"after rebuild: {str(report)[:600]}")
            return result
        finally:
            service.stop()
            sim.stop()
