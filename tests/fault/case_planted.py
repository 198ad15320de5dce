"""STO-15: links, pipes, sockets and hard links planted below media/ are never followed, never written, never deleted."""
import json
import os
import shutil
import socket
import subprocess
import time

from bench_world import (VONGGAC, Camsim, Service, acknowledged, ensure_footage, expect, media_files, workspace)

CONFIG = "[record]\nsegment_max_s = 10\nflush_interval_ms = 300\n[analyse]\nenabled = false\n"


def plant(service, outside, camera):
    """Everything a worker with a broken sandbox could leave there; returns what must look the same afterwards."""
    media = service.data / "media"
    home = media / camera
    day = sorted(p for p in home.iterdir() if p.is_dir())[-1]
    known = media_files(service.data)
    real = known[0].read_bytes()
    (outside / "canary").write_bytes(b"not footage\n")
    (outside / "folder").mkdir()
    (outside / "folder" / "1800000000000001.mp4").write_bytes(real)
    now_us = int(time.time() * 1e6)
    planted = {
        day / f"{now_us + 1}.mp4": lambda p: p.symlink_to(outside / "canary"),
        day / f"{now_us + 2}.mp4": lambda p: os.mkfifo(p),
        day / f"{now_us + 3}.mp4": lambda p: os.link(outside / "canary", p),
        day / f"{now_us + 4}.mp4": lambda p: p.symlink_to("/dev/zero"),
        day / f"{now_us + 5}.mp4": lambda p: p.mkdir(),
        day / "..mp4": lambda p: p.write_bytes(b"x"),
        home / "2031-01-01": lambda p: p.symlink_to(outside / "folder"),
        media / "0190a000-0000-7000-8000-000000000001": lambda p: p.symlink_to(outside),
        media / "socket": lambda p: bind(p),
        media / "loop": lambda p: p.symlink_to(media),
    }
    for path, make in planted.items():
        make(path)
    return list(planted)


def bind(path):
    here = os.getcwd()
    os.chdir(path.parent)
    with socket.socket(socket.AF_UNIX) as s:
        s.bind(path.name)
    os.chdir(here)


def look(outside):
    return {str(p.relative_to(outside)): (p.lstat().st_mode, p.lstat().st_size, p.lstat().st_mtime_ns, p.lstat().st_nlink)
            for p in sorted(outside.rglob("*"))}


def run(_rounds):
    footage = ensure_footage()
    with workspace("planted") as folder:
        outside = folder / "outside"
        outside.mkdir()
        sim = Camsim(folder, repeat=1, pair=(footage / "street_sub.mp4", None))
        service = Service(folder / "data", CONFIG)
        try:
            service.start()
            camera = service.add_camera("a", sim.url(sim.names()[0]))
            service.wait_recording(1, 15)
            time.sleep(7)
            service.kill()  # not stopped properly: the next start looks for files without rows
            planted = plant(service, outside, camera)
            before = look(outside)
            stored = acknowledged(service.data)
            service.start()
            service.wait_recording(1, 15)
            time.sleep(4)
            expect(stored <= acknowledged(service.data), "acknowledged footage is gone")
            service.stop()
            clean, report = service.check(full=True)
            kinds = {f["path"]: f["kind"] for f in report["findings"]}
            expect(not clean, "check --full does not mention what was planted")
            links = [p for p in planted if p.is_symlink() or p.is_fifo() or p.is_socket()]
            for path in links:
                name = str(path.relative_to(service.data))
                expect(kinds.get(name) == "special_file", f"{name}: {kinds.get(name)} instead of special_file")
            subprocess.run([str(VONGGAC), "check", "--data", str(service.data), "--full", "--repair"], capture_output=True,
                           timeout=60)
            saved = folder / "index.away"
            saved.mkdir()
            for path in service.data.glob("index.db*"):
                path.rename(saved / path.name)
            done = service.command("rebuild", timeout=60)
            expect(done.returncode == 0, f"rebuild: {done.stderr}")
            expect(stored <= acknowledged(service.data), "rebuild lost footage among the planted things")
            expect(look(outside) == before, f"something outside was touched: {before} {look(outside)}")
            left = [str(p) for p in planted if not os.path.lexists(p)]
            return {"planted": len(planted), "removed_by_repair": left, "findings": len(report["findings"])}
        finally:
            service.stop()
            sim.stop()
