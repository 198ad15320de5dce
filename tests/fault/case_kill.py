"""PRC-01, G01: kill -9 of each kind of process at random moments while 16 cameras record.

After each kill of core: every acknowledged fragment is there; of the frames that had come, at most those of the fragment
that was being gathered are missing; the newest files play as they are, before any repair. At the end no frame is
missing by camsim's counter without a gap row that says so.
"""
import contextlib
import datetime
import json
import os
import random
import signal
import sqlite3
import subprocess
import time

from bench_world import (BUILD, Camsim, Service, acknowledged, ensure_footage, expect, gaps, media_files, wait_until,
                         workspace)

CAMERAS = 16
FPS = 10
FRAGMENT_S = 2.0
#: The last frame's length, and the wall time of a frame, which is right to 200 ms.
SLACK_S = 0.4
CONFIG = "[record]\nsegment_max_s = 20\nflush_interval_ms = 500\n[analyse]\nshards = 1\n"


def plays(path):
    done = subprocess.run(["ffprobe", "-v", "error", "-of", "json", "-show_entries", "stream=codec_name,width", str(path)],
                          capture_output=True, text=True)
    streams = json.loads(done.stdout or "{}").get("streams", [])
    return done.returncode == 0 and bool(streams) and streams[0].get("width") == 640, done.stderr[:200]


def wall_us(iso):
    return int(datetime.datetime.fromisoformat(iso.replace("Z", "+00:00")).timestamp() * 1e6)


def footage_ends(data, before_us):
    """{camera: end of its newest footage that began before then}."""
    with contextlib.closing(sqlite3.connect(f"file:{data / 'index.db'}?mode=ro", uri=True, timeout=5)) as db:
        return dict(db.execute("SELECT hex(camera), max(end_us) FROM segment WHERE start_us < ? AND flags & 1 GROUP BY camera",
                               (before_us,)).fetchall())


class CoreKills:
    """What is looked at around each kill of core."""

    def __init__(self, service, dice):
        self.service, self.dice = service, dice
        self.disturbed()
        self.worst_missing_s = 0.0
        self.measured = self.probed = 0

    def disturbed(self):
        """Core or ingest begins anew: what comes before the next key picture is nobody's loss."""
        self.quiet_since_us = int(time.time() * 1e6)

    def kill(self, number):
        service = self.service
        stored = acknowledged(service.data)
        came_us = {c["id"].replace("-", "").upper(): wall_us(c["streams"][0]["last_frame_at"])
                   for c in service.status()["cameras"] if c["streams"][0]["last_frame_at"]}
        kill_us = int(time.time() * 1e6)
        service.kill()
        files = media_files(service.data)
        newest = sorted(files, key=lambda p: p.stat().st_mtime)[-CAMERAS:]
        for path in self.dice.sample(newest, min(2, len(newest))):
            if path.stat().st_size > 0:  # an empty file is what a kill between create and the first write leaves
                good, said = plays(path)
                expect(good, f"round {number}: {path} does not play after the kill: {said}")
                self.probed += 1
        service.start()
        missing = stored - acknowledged(service.data)
        expect(not missing, f"round {number}: acknowledged fragments lost: {sorted(missing)[:3]}")
        for camera, end_us in footage_ends(service.data, kill_us).items():
            # The end of a fragment cut short by the kill of ingest is its last frame's estimated end.
            if end_us <= self.quiet_since_us + 500_000 or camera not in came_us:
                continue  # had not come so far since
            missing_s = (came_us[camera] - end_us) / 1e6
            self.worst_missing_s = max(self.worst_missing_s, missing_s)
            self.measured += 1
            expect(missing_s <= FRAGMENT_S + SLACK_S,
                   f"round {number}: {missing_s:.2f} s that had come are missing of camera {camera}: more than a fragment")
        self.disturbed()


def unexplained_frames(service):
    """Frames missing by the counter beyond what the gap rows of that camera stand for, worst camera."""
    done = subprocess.run([str(BUILD / "bin/frame_count"), str(service.data)], capture_output=True, text=True)
    counted = json.loads(done.stdout)
    expect(counted["unreadable_files"] == 0, f"unreadable files: {counted['unreadable_files']}")
    expect(counted["duplicated"] == 0, f"frames stored twice: {counted['duplicated']}")
    told_s, rows = {}, {}
    for camera, _, start_us, end_us, _, _ in gaps(service.data):
        if end_us is not None:
            told_s[camera] = told_s.get(camera, 0) + (end_us - start_us) / 1e6
            rows[camera] = rows.get(camera, 0) + 1
    worst = 0
    for camera in counted["cameras"]:
        name = camera["camera"].replace("-", "").upper()
        # Ends of footage are estimates: two frames a gap.
        worst = max(worst, camera["lost"] - told_s.get(name, 0) * FPS - 2 * rows.get(name, 0))
    return counted, max(0, round(worst))


def run(rounds):
    rounds = rounds or 100
    footage = ensure_footage()
    dice = random.Random(20261121 + rounds)
    killed = {"core": 0, "ingest": 0, "analyse": 0, "web": 0}
    with workspace("kill") as folder:
        sim = Camsim(folder, repeat=CAMERAS, pair=(footage / "street_sub.mp4", footage / "street_sub.mp4"))
        service = Service(folder / "data", CONFIG).start()
        try:
            for name in sim.names():
                service.add_camera(name, sim.url(name), sim.url(name, "sub"))
            service.wait_recording(CAMERAS, 60)
            core = CoreKills(service, dice)
            for number in range(rounds):
                # Some lives are too short for a first fragment, some long enough for several.
                time.sleep(dice.uniform(0.05, 1.5) if dice.random() < 0.7 else dice.uniform(2, 6))
                # Core is the one that owns the disk: half of the kills go to it.
                kind = dice.choice(["core", "core", "core", "ingest", "analyse", "web"])
                killed[kind] += 1
                if kind == "core":
                    core.kill(number)
                else:
                    # One killed a moment ago may not be back yet.
                    victims = wait_until(lambda: service.pids(kind), 15, f"round {number}: a {kind} process; {service.tail()}")
                    if kind == "ingest":
                        core.disturbed()
                    os.kill(dice.choice(victims), signal.SIGKILL)
            service.wait_recording(CAMERAS, 30)
            time.sleep(3)
            service.stop()
            clean, report = service.check(full=True)
            expect(clean, f"check --full is not clean: {str(report)[:600]}")
            counted, unexplained = unexplained_frames(service)
            expect(unexplained == 0, f"{unexplained} frames of a camera are missing without a gap row")
            return {"rounds": rounds, "killed": killed, "fragments": len(acknowledged(service.data)),
                    "files": len(media_files(service.data)), "frames": counted["frames"],
                    "longest_missing_of_a_kill_s": round(core.worst_missing_s, 2), "measured": core.measured,
                    "files_probed_after_a_kill": core.probed}
        finally:
            service.stop()
            sim.stop()
