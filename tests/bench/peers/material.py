"""Clips with truth ("motion-gt-1") to judge detectors on: the public set where it is present, and clips composed here.

Composed clips are kept beside the footage, in a folder named after the seed and after what makes them, so that a change of
the composer never mixes old and new clips.
"""
import glob
import json
import os
import pathlib
import subprocess
import sys
import zlib
from dataclasses import dataclass

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[2]
COMPOSE = ROOT / "tests/motionset/compose"
# Debian's Python, which Debian's OpenCV and GStreamer belong to; another one may come first in PATH.
PYTHON = "/usr/bin/python3"


@dataclass
class Clip:
    name: str
    video: pathlib.Path
    truth: dict
    folder: pathlib.Path


def clips_of(folder, only=None):
    """The clips of a folder that have a truth, in order of name; `only`: parts of names."""
    found = []
    for path in sorted(glob.glob(os.path.join(folder, "*.json"))):
        with open(path) as text:
            truth = json.load(text)
        name = pathlib.Path(path).stem
        if truth.get("format") == "motion-gt-1" and (not only or any(part in name for part in only)):
            found.append(Clip(name, pathlib.Path(folder) / truth["video"], truth, pathlib.Path(folder)))
    return found


def public_folder():
    """The shared motion set, or None: other people's footage, so it is not in the tree."""
    shared = pathlib.Path(os.environ.get("VONGGAC_SHARED") or ROOT.parent / "shared")
    return shared / "motionset" if (shared / "motionset" / "README.md").is_file() else None


def street_clip():
    """vtest.avi of the Debian package opencv-doc."""
    listed = subprocess.run(["dpkg", "-L", "opencv-doc"], capture_output=True, text=True).stdout
    path = next((line for line in listed.splitlines() if line.endswith("/vtest.avi")), None)
    if path is None:
        sys.exit("vtest.avi not found: install the Debian package opencv-doc")
    return path


def composed_folder(cache, seed, seconds=50):
    made_by = b"".join(path.read_bytes() for path in sorted(COMPOSE.glob("*.py")))
    return pathlib.Path(cache) / "motionset" / f"seed{seed}_{seconds:g}s_{zlib.crc32(made_by):08x}"


def compose(cache, seed, jobs, seconds=50, kinds=()):
    """Composes what is missing (half a minute of CPU a clip) and returns the folder. No kinds: all of them."""
    folder = composed_folder(cache, seed, seconds)
    folder.mkdir(parents=True, exist_ok=True)
    if not kinds:
        listed = subprocess.run([PYTHON, "-c", "from nuisances import KINDS; print(*sorted(KINDS))"], cwd=COMPOSE,
                                capture_output=True, text=True, check=True)
        kinds = listed.stdout.split()
    missing = [kind for kind in kinds if not (folder / f"gen_{kind}_{seed:03d}.json").exists()]
    if missing:
        print(f"composing {len(missing)} clips into {folder}", file=sys.stderr, flush=True)
        subprocess.run([PYTHON, str(COMPOSE / "compose.py"), str(folder), "--seeds", str(seed), "--kinds", *missing,
                        "--material", street_clip(), "--seconds", str(seconds), "--jobs", str(min(jobs, len(missing)))],
                       check=True, stdout=sys.stderr, env={**os.environ, "TMPDIR": str(folder)})
    return folder
