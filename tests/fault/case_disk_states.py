"""STO-04, STO-05, STO-08, STO-16, PRC-10: disks that turn read-only, vanish, run out of inodes, are full or another
one at start. Recording says so within 10 s, ends nothing, lies about nothing, and goes on when the disk is well."""
import os
import pathlib
import shutil
import subprocess
import time

from bench_world import (Camsim, Failure, Service, acknowledged, ensure_footage, expect, gaps, wait_until, workspace)
from loop_disk import LoopDisk

CONFIG = "[record]\nsegment_max_s = 10\nflush_interval_ms = 300\n[analyse]\nenabled = false\n"
CAMERAS = 2


def service_on(place, folder):
    """Configuration and log lie beside the disk, not on it."""
    service = Service(place / "data")
    service.config, service.log_path = folder / "service.toml", folder / "service.log"
    service.config.write_text(CONFIG)
    return service


def record(service, sim, seconds):
    service.start()
    for name in sim.names()[:CAMERAS]:
        service.add_camera(name, sim.url(name))
    service.wait_recording(CAMERAS, 30)
    time.sleep(seconds)


def disk_state(service):
    return service.status()["disk"]


def wait_state(service, states, seconds, what):
    began = time.monotonic()
    wait_until(lambda: disk_state(service)["state"] in states, seconds, f"{what}; it is {disk_state(service)}", 0.2)
    return round(time.monotonic() - began, 1)


def wait_fresh(service, seconds, what):
    """Every camera gets a new acknowledged fragment."""
    before = {c["id"]: c["last_fragment_at"] or "" for c in service.status()["cameras"]}
    began = time.monotonic()
    wait_until(lambda: all((c["last_fragment_at"] or "") > before[c["id"]] for c in service.status()["cameras"]), seconds,
               f"{what}: new footage; {service.status()['disk']} {service.tail(5)}", 0.2)
    return round(time.monotonic() - began, 1)


def end(service, seen, what):
    service.stop()
    lost = seen - acknowledged(service.data)
    expect(not lost, f"{what}: shown and lost: {sorted(lost)[:3]}")
    clean, report = service.check()
    expect(clean, f"{what}: check --full is not clean: {str(report)[:700]}")


def read_only(folder, sim):
    """STO-05: somebody, or the kernel after an error, remounts the disk read-only; later it is writable again."""
    with LoopDisk(folder / "disk", "ext4", 200) as disk:
        service = service_on(disk.mount, folder)
        try:
            record(service, sim, 6)
            seen = acknowledged(service.data)
            # The kernel's own way: a file system error with errors=remount-ro turns it read-only with files open.
            disk.turn_read_only()
            noticed_s = wait_state(service, {"failed"}, 10, "a read-only disk is noticed")
            expect(all(not c["recording"] and c["state"] != "recording" for c in service.status()["cameras"]),
                   f"cameras are called recording on a dead disk: {service.brief()}")
            time.sleep(5)
            expect(service.process.poll() is None, f"the service ended: {service.tail()}")
            seen |= acknowledged(service.data)
            service.stop()
            disk.detach()
            subprocess.run(["e2fsck", "-p", "-f", str(disk.image)], capture_output=True)
            disk.attach()
            service.start()
            wait_fresh(service, 15, "after the repair of the disk")
            end(service, seen, "read_only")
            return {"read_only_noticed_s": noticed_s}
        finally:
            service.stop()


def vanishes(folder, sim):
    """STO-08: every call on the disk fails from one moment on; the service lives, says so, and ends when told to."""
    with LoopDisk(folder / "disk", "xfs", 300) as disk:
        service = service_on(disk.mount, folder)
        try:
            record(service, sim, 6)
            seen = acknowledged(service.data)
            disk.power_cut()
            noticed_s = wait_state(service, {"failed"}, 10, "a vanished disk is noticed")
            time.sleep(10)
            expect(service.process.poll() is None, f"the service ended: {service.tail()}")
            wait_state(service, {"failed"}, 1, "a vanished disk stays failed")
            lines = len(service.log_path.read_text().splitlines())
            time.sleep(10)
            added = len(service.log_path.read_text().splitlines()) - lines
            expect(added <= 15, f"{added} lines of log in 10 s about one dead disk: {service.tail(20)}")
            service.stop()
            disk.detach()
            disk.attach()
            service.start()
            wait_fresh(service, 15, "the disk is back")
            causes = {g[4] for g in gaps(service.data)}
            end(service, seen, "vanishes")
            return {"vanished_noticed_s": noticed_s, "vanished_causes": sorted(causes), "log_lines_in_10_s": added}
        finally:
            service.stop()


def no_inodes(folder, sim):
    """STO-04: room for bytes but not for files."""
    place = folder / "tmpfs"
    place.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=400m,nr_inodes=60", "vonggac-fault", str(place)], check=True)
    service = service_on(place, folder)
    try:
        record(service, sim, 12)
        hogs = []
        try:
            for number in range(200):
                hogs.append(place / f"hog{number}")
                hogs[-1].touch()
        except OSError:
            pass
        # Every new file needs an inode now: the oldest footage has to give it.
        time.sleep(25)
        expect(service.process.poll() is None, f"the service ended: {service.tail()}")
        stood = wait_fresh(service, 8, "recording without free inodes, by deleting the oldest")
        for hog in hogs:
            hog.unlink(missing_ok=True)
        wait_fresh(service, 8, "inodes are back")
        end(service, set(), "no_inodes")
        return {"no_inodes_fresh_s": stood}
    finally:
        service.stop()
        subprocess.run(["umount", "-l", str(place)], check=False)


def full_at_start(folder, sim):
    """STO-16: the service starts on a disk with 0 bytes free, makes room and records within 30 s."""
    with LoopDisk(folder / "disk", "ext4", 80) as disk:
        service = service_on(disk.mount, folder)
        try:
            record(service, sim, 25)
            service.stop()
            (service.data / "reserve").unlink(missing_ok=True)
            subprocess.run(["dd", "if=/dev/zero", f"of={disk.mount}/filler", "bs=64k"], stderr=subprocess.DEVNULL)
            subprocess.run(["dd", "if=/dev/zero", f"of={disk.mount}/filler2", "bs=512"], stderr=subprocess.DEVNULL)
            free = os.statvfs(disk.mount).f_bavail
            began = time.monotonic()
            service.start(wait_s=20)
            wait_fresh(service, 30, f"a start on a disk with {free} blocks free")
            took = round(time.monotonic() - began, 1)
            end(service, set(), "full_at_start")
            return {"full_at_start_s": took}
        finally:
            service.stop()


def swapped(folder, sim):
    """PRC-10: the disk below media/ is another one at start: nothing of it is adopted, nothing recorded is mixed in."""
    service = Service(folder / "data", CONFIG)
    other = Service(folder / "other", CONFIG)
    try:
        record(service, sim, 6)
        service.stop()
        record(other, sim, 6)
        other.stop()
        (service.data / "media").rename(folder / "media-away")
        shutil.copytree(other.data / "media", service.data / "media")
        theirs = {str(p.relative_to(service.data)): p.stat().st_size for p in (service.data / "media").rglob("*.mp4")}
        began = time.monotonic()
        try:
            service.start()
            expect(False, "a foreign disk is recorded on as if it were ours")
        except Failure:
            expect(service.process.poll() == 1 and "mounted" in service.tail(2), f"it says: {service.tail(2)}")
        refused_s = round(time.monotonic() - began, 1)
        for name, size in theirs.items():
            expect((service.data / name).stat().st_size == size, f"a foreign file was touched: {name}")
        clean, report = service.check()
        kinds = {f["kind"] for f in report["findings"]}
        expect(not clean and "foreign_file" in kinds, f"check does not tell foreign footage: {kinds}")
        shutil.rmtree(service.data / "media")
        (folder / "media-away").rename(service.data / "media")
        service.start()
        wait_fresh(service, 15, "our own disk is back")
        end(service, set(), "swapped")
        return {"swapped_refused_s": refused_s}
    finally:
        service.stop()
        other.stop()


CASES = [read_only, vanishes, no_inodes, full_at_start, swapped]


def run(_rounds):
    footage = ensure_footage()
    result = {}
    with workspace("disks") as folder:
        sim = Camsim(folder / "sim", repeat=CAMERAS, pair=(footage / "street_sub.mp4", None))
        try:
            for case in CASES:
                place = pathlib.Path(folder / case.__name__)
                place.mkdir()
                result.update(case(place, sim))
                print(f"{case.__name__}: {result}", flush=True)
        finally:
            sim.stop()
    return result
