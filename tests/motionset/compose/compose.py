#!/usr/bin/env python3
"""Composes motion-gt-1 clips: subjects on a known schedule before a still plate, one kind of disturbance each, encoded as a cheap camera would.

  compose.py OUT_DIR --seeds 1 2 3 [--kinds rain shake ...] [--material CLIP_OR_DIR ...] [--seconds 66] [--jobs 2]

Same seed, kind and material: same clip. Without material everything is painted. Needs OpenCV for Python and ffmpeg.
"""
import argparse
import json
import os
import pickle
import subprocess
import tempfile
import zlib
from concurrent.futures import ProcessPoolExecutor

import cv2
import numpy as np

from nuisances import KINDS
from plates import Plates, clips_in, median_plate
from subjects import Cast

WARMUP_MS = 2000
SIZES = [(480, 270), (480, 360), (400, 300), (512, 288), (640, 360)]  # of sub-streams; larger only costs time
VISIBLE = 0.25  # an event is a moving thing at least that much inside the picture


class Walk:
    """One subject's way: foot point and height over time; may stop once."""

    def __init__(self, subject, begin, points, seconds, stop=None, door_x=None):
        self.subject, self.begin, self.points, self.seconds, self.stop, self.door_x = subject, begin, np.float32(points), seconds, stop, door_x
        self.end = begin + seconds + (stop[1] if stop else 0)

    def moving_time(self, t):
        """Seconds of way done, and whether it moves at t."""
        age = t - self.begin
        if self.stop and age > self.stop[0]:
            return max(self.stop[0], age - self.stop[1]), not self.stop[0] < age < self.stop[0] + self.stop[1]
        return age, True

    def at(self, t):
        done, moving = self.moving_time(t)
        part = np.clip(done / self.seconds, 0, 1) * (len(self.points) - 1)
        k = min(len(self.points) - 2, int(part))
        x, foot, height = self.points[k] + (self.points[k + 1] - self.points[k]) * (part - k)
        return x, foot, height, done, moving


def draw(picture, walk, t, w, h):
    """Pastes the subject in; returns its visible box and the share of it inside the picture."""
    x, foot, height, done, moving = walk.at(t)
    colour, alpha = walk.subject.at(done, moving)
    height = max(3, int(round(height)))
    width = max(2, int(round(height * alpha.shape[1] / alpha.shape[0])))
    colour, alpha = cv2.resize(colour, (width, height), interpolation=cv2.INTER_AREA), cv2.resize(alpha, (width, height), interpolation=cv2.INTER_AREA)
    if (walk.points[-1][0] < walk.points[0][0]) == walk.subject.faces_right:
        colour, alpha = colour[:, ::-1], alpha[:, ::-1]
    if not moving and walk.subject.kind in ("person", "animal"):
        colour = np.roll(colour, int(round(np.sin(1.7 * t))), axis=1)
    left, top = int(round(x - width / 2)), int(round(foot - height))
    x0, y0, x1, y1 = max(0, left), max(0, top), min(w, left + width), min(h, top + height)
    if walk.door_x is not None:  # comes out from behind a wall on the left of door_x
        x0 = max(x0, int(walk.door_x))
    if x1 - x0 < 1 or y1 - y0 < 1:
        return None, 0.0
    shadow = picture[max(0, min(h, int(foot) - height // 10)):min(h, int(foot) + height // 12), x0:x1]
    shadow *= 0.8
    a = alpha[y0 - top:y1 - top, x0 - left:x1 - left, None]
    part = picture[y0:y1, x0:x1]
    part += a * (colour[y0 - top:y1 - top, x0 - left:x1 - left] * walk.light - part)
    return (x0, y0, x1 - x0, y1 - y0), (x1 - x0) * (y1 - y0) / (width * height)


def plan(rng, kind, cast, w, h, horizon, seconds):
    """Walks one after another with quiet between, sometimes two at a time."""
    walks, t = [], rng.uniform(9, 14)
    if kind == "still":
        return walks
    while t < seconds - 9:
        subject = cast.choose(rng, "vehicle" if kind == "parked_ghost" and rng.random() < 0.8 else None)
        slow = kind == "slow" or rng.random() < 0.08
        share = rng.uniform(0.035, 0.08) if kind == "far" else float(np.exp(rng.uniform(np.log(0.06), np.log(0.42))))
        if subject.kind == "animal":
            share = max(0.04, share * 0.5)
        height = share * h
        foot = np.clip(horizon + (h - horizon) * (0.15 + share * 2), height + 3, h * 1.02)
        body_s = {"person": rng.uniform(0.55, 1.1), "vehicle": rng.uniform(1.2, 3.5), "bicycle": rng.uniform(1.2, 2.5), "animal": rng.uniform(1.0, 3.0)}[subject.kind]
        if subject.kind == "person" and (kind == "fast" or rng.random() < 0.15):
            body_s = rng.uniform(1.8, 2.8)  # runs
        speed = max(4.0, body_s * height) if not slow else rng.uniform(4, 9)
        half = 0.5 * height * subject.aspect
        style = rng.choice(["cross", "cross", "diagonal", "toward", "door", "turn"])
        style = {"toward": "toward", "far": "cross"}.get(kind, style)
        if style == "cross":
            points = [(-half, foot, height), (w + half, foot + rng.uniform(-0.05, 0.05) * h, height * rng.uniform(0.9, 1.1))]
        elif style == "diagonal":
            points = [(rng.uniform(0.2, 0.8) * w, horizon + 0.25 * (h - horizon) + 0.4 * height, height * 0.45), (rng.choice([-half * 1.4, w + half * 1.4]), min(h * 1.05, foot + 0.1 * h), height * 1.3)]
        elif style == "toward":
            x = rng.uniform(0.25, 0.75) * w
            points = [(x, max(horizon + 5, foot * 0.6) + 0.3 * height, height * 0.35), (x + rng.uniform(-0.12, 0.12) * w, h + height * 1.2, height * 1.6)]
        elif style == "door":
            door = rng.uniform(0.25, 0.6) * w
            points = [(door - half, foot, height), (w + half, foot + rng.uniform(-0.08, 0.08) * h, height)]
        else:
            points = [(-half, foot, height), (rng.uniform(0.35, 0.6) * w, foot, height), (-half, foot + 0.06 * h, height * 1.1)]
        if rng.random() < 0.5:
            points = [(w - x, y, s) for x, y, s in points] if style != "door" else points
        length = sum(float(np.hypot(b[0] - a[0], b[1] - a[1])) for a, b in zip(points, points[1:]))
        takes = max(1.2, length / speed)
        if style == "toward":
            takes = max(4.0, min(takes, 14.0))
        if takes > 22:  # too far for this clip: a part of the way, from inside the picture
            cut = 22 / takes
            points = [points[0], tuple(np.float32(points[0]) + (np.float32(points[1]) - np.float32(points[0])) * cut)]
            takes = 22.0
        stop = None
        if style in ("cross", "turn", "diagonal") and (kind in ("parked_ghost", "stands_still") or rng.random() < 0.12):
            stop = (takes * rng.uniform(0.35, 0.6), rng.uniform(12, 20) if kind == "parked_ghost" else rng.uniform(2, 7))
        if t + takes + (stop[1] if stop else 0) > seconds - 2:
            break
        walk = Walk(subject, t, points, takes, stop, door if style == "door" else None)
        walks.append(walk)
        t = walk.end + rng.uniform(7, 13) if rng.random() > 0.15 else t + takes * 0.5
    return walks


def compose(out_dir, seed, kind, seconds, plates, cast):
    rng = np.random.default_rng([seed, zlib.crc32(kind.encode())])
    w, h = SIZES[int(rng.integers(len(SIZES)))]
    nuisance = KINDS[kind](rng, w, h, seconds)
    night = nuisance.night if nuisance.night is not None else rng.random() < 0.35
    fps = nuisance.fps or int(rng.choice([6, 8, 8, 10, 12]))
    plate, horizon = plates.make(rng, w, h, night)
    walks = plan(rng, kind, cast, w, h, horizon, seconds)
    for walk in walks:
        walk.light = np.float32(rng.uniform(0.35, 0.7) if night else rng.uniform(0.8, 1.1))
    encode = {"kbps": float(np.exp(rng.uniform(np.log(90), np.log(320)))), "gop": int(fps * rng.choice([1, 2, 2, 4])), "codec": rng.choice(["h264", "h264", "hevc"]), **nuisance.encode}
    name = f"gen_{kind}_{seed:03d}"
    video = os.path.join(out_dir, name + ".mp4")
    grain = rng.uniform(1.0, 2.5) if not night else rng.uniform(2.0, 5.0)
    stalls = [(s, s + rng.uniform(0.3, 1.4)) for s in nuisance.times(2, 6)] if getattr(nuisance, "stalls", False) else []
    events = [[] for _ in walks]
    encoder = start_encoder(video, w, h, fps, encode)
    noise = rng.standard_normal((h + 64, w + 64, 1)).astype(np.float32)
    frames, shown = int(seconds * fps), None
    for i in range(frames):
        t = i / fps
        stalled = any(a <= t < b for a, b in stalls)
        picture = nuisance.scene(plate.copy(), t)
        for walk, boxes in zip(walks, events):
            if not walk.begin <= t <= walk.end:
                continue
            box, inside = draw(picture, walk, t, w, h)
            if box and inside >= VISIBLE and walk.at(t)[4]:
                boxes.append([int(1000 * t), *map(int, box)])
        picture = nuisance.camera(nuisance.air(picture, t), t)
        y, x = rng.integers(0, 64, 2)  # another part of one noise field each time: as good, and a fifth of the time
        picture = picture + grain * noise[y:y + h, x:x + w]
        if not stalled or shown is None:
            shown = np.clip(picture, 0, 255).astype(np.uint8).tobytes()
        encoder.stdin.write(shown)
    encoder.stdin.close()
    if encoder.wait():
        raise RuntimeError("the encoder failed on " + name)
    truth = truth_of(name, kind, walks, events, (w, h, fps, frames), encode["codec"], night)
    truth["bytes_per_s"] = bytes_per_second(video, seconds)
    with open(os.path.join(out_dir, name + ".json"), "w") as out:
        json.dump(truth, out)
    return name


def start_encoder(video, w, h, fps, encode):
    kbps, gop = encode["kbps"], encode["gop"]
    if encode["codec"] == "hevc":
        codec = ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", f"log-level=none:bframes=0:keyint={gop}:min-keyint={gop}:scenecut=0:pools=1:frame-threads=1", "-tag:v", "hvc1"]
    else:
        pump = ":ipratio=0.7:rc-lookahead=0:mbtree=0" if encode.get("flash") else ""
        codec = ["-c:v", "libx264", "-preset", "veryfast", "-profile:v", "main", "-x264-params", f"bframes=0:keyint={gop}:min-keyint={gop}:scenecut=0:threads=1{pump}"]
    return subprocess.Popen(["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "bgr24", "-s", f"{w}x{h}", "-r", str(fps), "-i", "-", *codec, "-pix_fmt", "yuv420p",
                             "-b:v", f"{kbps:.0f}k", "-maxrate", f"{kbps * 1.3:.0f}k", "-bufsize", f"{kbps:.0f}k", video], stdin=subprocess.PIPE)


def bytes_per_second(video, seconds):
    sizes = [0] * int(seconds + 1)
    text = subprocess.run(["ffprobe", "-v", "error", "-select_streams", "v", "-show_entries", "packet=pts_time,size", "-of", "csv=p=0", video], capture_output=True, text=True, check=True).stdout
    for line in text.splitlines():
        pts, size = line.split(",")[:2]
        sizes[min(len(sizes) - 1, max(0, int(float(pts))))] += int(size)
    return sizes


def truth_of(name, kind, walks, boxes_of, shape, codec, night):
    w, h, fps, frames = shape
    events, ignore = [], []
    for walk, boxes in zip(walks, boxes_of):
        if walk.stop and walk.subject.kind != "vehicle":  # who stands still may still be seen to sway
            ignore.append({"start_ms": int(1000 * (walk.begin + walk.stop[0])), "end_ms": int(1000 * (walk.begin + walk.stop[0] + walk.stop[1])), "why": "stands"})
        run = []  # a stop ends an event, the leaving is a new one
        for box in boxes + [None]:
            if box is not None and (not run or box[0] - run[-1][0] < 1000 + 1000 // fps):
                run.append(box)
                continue
            if len(run) >= 2:
                events.append({"id": len(events), "start_ms": run[0][0], "end_ms": run[-1][0], "label": walk.subject.kind, "height_frac": round(max(b[4] for b in run) / h, 3), "boxes": run})
            run = [box] if box is not None else []
    return {"format": "motion-gt-1", "video": name + ".mp4", "codec": codec, "width": w, "height": h, "fps": fps, "frames": frames, "duration_ms": 1000 * frames // fps, "kind": "synthetic",
            "tags": [kind] + (["night"] if night else []), "warmup_ms": WARMUP_MS, "events": sorted(events, key=lambda e: e["start_ms"]), "ignore": ignore, "nuisances": []}


def prepared(material):
    """Plates and cut-outs take a minute: kept beside the clips for the next run with the same material."""
    kept = os.path.join(tempfile.gettempdir(), "motionset_%08x.pickle" % zlib.crc32("|".join(material).encode()))
    if os.path.exists(kept):
        with open(kept, "rb") as file:
            return pickle.load(file)
    made = Plates(material), Cast(material, median_plate)
    with open(kept + ".part%d" % os.getpid(), "wb") as file:
        pickle.dump(made, file)
    os.replace(file.name, kept)
    return made


def work(job):
    out_dir, seed, kinds, seconds, material = job
    cv2.setNumThreads(0)
    plates, cast = prepared(material)
    return [compose(out_dir, seed, kind, seconds, plates, cast) for kind in kinds]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out_dir")
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    parser.add_argument("--kinds", nargs="+", default=sorted(KINDS))
    parser.add_argument("--material", nargs="*", default=[])
    parser.add_argument("--seconds", type=float, default=50)
    parser.add_argument("--jobs", type=int, default=2)
    arguments = parser.parse_args()
    os.makedirs(arguments.out_dir, exist_ok=True)
    material = clips_in(arguments.material)
    jobs = [(arguments.out_dir, seed, arguments.kinds[k::arguments.jobs], arguments.seconds, material) for seed in arguments.seeds for k in range(arguments.jobs)]
    with ProcessPoolExecutor(arguments.jobs) as pool:
        for names in pool.map(work, jobs):
            print(*names, flush=True)


if __name__ == "__main__":
    main()
