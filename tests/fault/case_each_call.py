"""PRC-02, STO-03, STO-01: each writing call of core below its data directory fails, tears, is the process's last, or
the disk's last. A short life of the service is lived again and again, with the N-th call hit, N from 1 to the end.

Seen from outside: what index.db ever showed is still there after a restart and `check --full` is clean; a failed call
ends the service with a sentence or not at all, and it records again.
"""
import concurrent.futures
import os
import pathlib
import random
import shutil
import signal
import threading
import time

from bench_world import (BUILD, Camsim, Failure, Service, acknowledged, ensure_footage, expect, gaps, wait_until,
                         workspace)
from loop_disk import LoopDisk

PRELOAD = BUILD / "lib/vonggac/libfailing_calls.so"
CONFIG = "[record]\nsegment_max_s = 10\nflush_interval_ms = 300\n[analyse]\nenabled = false\n"
LIFE_S = 7.0
ERRORS = ("eio", "enospc", "erofs")
DEATHS = ("kill", "torn")
AT_ONCE = int(os.environ.get("VONGGAC_LIVES_AT_ONCE", "4"))


class World:
    """A data directory with footage that retention will delete at once, and two cameras; copied for every life."""

    def __init__(self, folder, footage):
        self.folder = pathlib.Path(folder)
        self.sim = Camsim(self.folder / "sim", repeat=2, pair=(footage / "street_sub.mp4", None))
        self.template = self.folder / "template"
        service = Service(self.template, CONFIG)
        service.start()
        try:
            for name in self.sim.names():
                # Little more than a file is kept, so every life begins with deletions.
                service.add_camera(name, self.sim.url(name), retention_gb="0.0008")
            service.wait_recording(2, 20)
            time.sleep(25)
        finally:
            service.stop()
        expect(len(acknowledged(self.template)) >= 16, "the template holds too little footage")

    def data(self, place):
        shutil.copytree(self.template, place, symlinks=True)
        return place


def kept(before, after):
    """What was shown and is gone, but for whole oldest segments, which retention may take."""
    oldest = {}
    for camera, role, seq in after:
        oldest[(camera, role)] = min(seq, oldest.get((camera, role), seq))
    return {item for item in before - after if item[2] > oldest.get(item[:2], 0)}


class Watcher:
    """Reads index.db as a viewer would, until told to stop; remembers the last thing it saw."""

    def __init__(self, data):
        self.data, self.seen, self.ended = data, set(), threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)
        self.thread.start()

    def watch(self):
        while not self.ended.wait(0.1):
            try:
                self.seen = acknowledged(self.data)
            except Exception:  # the index is being made, or its disk has just gone
                pass

    def stop(self):
        self.ended.set()
        self.thread.join()
        return self.seen


def live(service, folder, action, number, count=1, then_stop=False):
    """One life with the fault. Returns what a viewer saw last, and whether the service lives still."""
    log = folder / "calls.log"
    service.environment["LD_PRELOAD"] = str(PRELOAD)
    service.environment["VONGGAC_FAILING_CALLS"] = (
        f"folder={service.data};do={action};at={number};count={count};log={log}")
    watcher = Watcher(service.data)
    try:
        service.start(wait_s=10)
    except Failure:
        pass  # it may have ended at once: judged by the caller
    deadline = time.monotonic() + LIFE_S
    while service.process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.1)
    if then_stop and service.process.poll() is None:
        service.process.terminate()
        service.process.wait(30)
    seen = watcher.stop()
    del service.environment["LD_PRELOAD"], service.environment["VONGGAC_FAILING_CALLS"]
    return seen, service.process.poll() is None


def call_hit(folder, number):
    lines = (folder / "calls.log").read_text().splitlines()
    return next((line for line in lines if line.startswith(f"{number} ")), None)


def settle(service, seen, what):
    """The next life, without a fault: all is there, all is clean."""
    service.start()
    lost = kept(seen, acknowledged(service.data))
    expect(not lost, f"{what}: shown and lost: {sorted(lost)[:3]}")
    service.stop()
    clean, report = service.check(full=True)
    expect(clean, f"{what}: check --full is not clean: {str(report)[:700]}")


def death(world, folder, action, number):
    folder.mkdir(parents=True)
    service = Service(world.data(folder / "data"), CONFIG)
    try:
        seen, _ = live(service, folder, action, number, then_stop=True)
        hit = call_hit(folder, number)
        if hit is None:
            return False
        expect(service.process.returncode == -signal.SIGKILL, f"{action} at {hit}: it ended with {service.process.returncode}")
        settle(service, seen | acknowledged(service.data), f"{action} at {hit}")
        return True
    finally:
        service.stop()


def error(world, folder, action, number, count=1):
    folder.mkdir(parents=True)
    service = Service(world.data(folder / "data"), CONFIG)
    try:
        seen, alive = live(service, folder, action, number, count)
        hit = call_hit(folder, number)
        if hit is None:
            return False
        what = f"{action} x{count} at {hit}"
        if not alive:
            said = service.tail(3)
            expect(service.process.returncode == 1 and "error" in said.lower(),
                   f"{what}: ended with {service.process.returncode} saying {said!r}")
        elif count == 1:
            # One failure must not end the recording. (A sync waits for all that others write to the same disk.)
            old = max(seq for _, _, seq in acknowledged(world.template))
            wait_until(lambda: max(seq for _, _, seq in acknowledged(service.data)) > old, 30,
                       f"{what}: nothing new is stored; {service.tail(4)}", 0.5)
        service.stop()
        settle(service, seen, what)
        expect(all(cause != 0 for *_, cause, _ in gaps(service.data)), f"{what}: a gap without a cause")
        return True
    finally:
        service.stop()


def cut(world, folder, kind, number):
    folder.mkdir(parents=True)
    with LoopDisk(folder / "disk", kind, 100) as disk:
        service = Service(world.data(disk.mount / "data"), CONFIG)
        service.config, service.log_path = folder / "service.toml", folder / "service.log"
        service.config.write_text(CONFIG)
        os.sync()
        try:
            seen, _ = live(service, folder, "cut", number, then_stop=True)
            hit = call_hit(folder, number)
            if hit is None:
                return False
            expect(service.process.returncode == -signal.SIGKILL, f"cut at {hit}: it ended with {service.process.returncode}")
            disk.detach()
            disk.attach()
            settle(service, seen, f"{kind} cut at {hit}")
            return True
        finally:
            service.stop()


def sweep(name, one, numbers):
    """Runs `one(number)` for all, several at a time. Returns how many calls were hit; the first failure ends it."""
    hits = 0
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        running = {pool.submit(one, number): number for number in numbers}
        try:
            for done in concurrent.futures.as_completed(running):
                hits += bool(done.result())
        except Exception:
            pool.shutdown(wait=True, cancel_futures=True)
            raise
    print(f"{name}: {hits} calls", flush=True)
    return hits


def choose(total, rounds):
    numbers = list(range(1, total + 1))
    return numbers if rounds >= total else sorted(random.Random(20261127).sample(numbers, rounds))


def run(rounds):
    rounds = rounds or 16
    footage = ensure_footage()
    expect(PRELOAD.exists(), f"{PRELOAD} is not built")
    result = {}
    with workspace("calls") as folder:
        world = World(folder, footage)
        try:
            quiet = folder / "quiet"
            quiet.mkdir()
            service = Service(world.data(quiet / "data"), CONFIG)
            live(service, quiet, "eio", 0, then_stop=True)
            service.stop()
            total = len((quiet / "calls.log").read_text().splitlines())
            expect(total > 50, f"only {total} writing calls in a life")
            result["calls"] = total

            def in_own_folder(one, *arguments):
                def at(number):
                    place = folder / "-".join(map(str, (one.__name__, *arguments[:1], *arguments[2:], number)))
                    hit = one(world, place, arguments[0], number, *arguments[1:])
                    shutil.rmtree(place, ignore_errors=True)
                    return hit
                return at

            for action in DEATHS:
                result[action] = sweep(action, in_own_folder(death, action), choose(total, rounds))
            for action in ERRORS:
                result[action] = sweep(action, in_own_folder(error, action), choose(total, rounds))
            result["erofs_from_there_on"] = sweep("erofs from there on", in_own_folder(error, "erofs", 1_000_000),
                                                  choose(total, max(4, rounds // 4)))
            if os.geteuid() == 0:
                for kind in ("ext4", "xfs"):
                    result[f"cut_{kind}"] = sweep(f"cut {kind}", in_own_folder(cut, kind), choose(total, rounds))
            return result
        finally:
            world.sim.stop()
