"""Reads compile_commands.json of a build and runs one compiler-like command per source, several at a time."""
import concurrent.futures
import json
import pathlib
import re
import shlex
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]


def room_units(build):
    """{'media/av': [(source, flags, folder), ...]}: what each room of src compiles, and how."""
    rooms = {}
    for entry in json.loads((pathlib.Path(build) / "compile_commands.json").read_text()):
        words = shlex.split(entry["command"])
        target = re.search(r"\bsrc/.*?CMakeFiles/(?:vonggac_)?(\w+)\.dir/", words[words.index("-o") + 1])
        if not target:
            continue
        room = {"media_av": "media/av", "vonggac": "cli", "analyse": "motion"}.get(target[1], target[1])
        rooms.setdefault(room, []).append((entry["file"], flags_of(words), entry["directory"]))
    return rooms


def flags_of(words):
    """Without compiler, launcher, source and output."""
    flags, skip = [], False
    for word in words[next(i for i, w in enumerate(words) if w.startswith("-")):]:
        if skip or word == "-c":
            skip = False
        elif word in ("-o", "-MF", "-MT"):
            skip = True
        elif word.startswith("-"):
            flags.append(word)
        elif flags and flags[-1] in ("-isystem", "-include", "-Xclang"):
            flags.append(word)
    return flags


def room_of(path, rooms):
    """'src/media/av/decoder.h' -> 'media/av'."""
    folders = path.parts[1:-1]
    names = ("/".join(folders[:depth]) for depth in range(len(folders), 0, -1))
    return next((name for name in names if name in rooms), None)


def run_all(jobs, tasks, show):
    """tasks: [(name, command, stdin, folder)]. Prints what show() keeps of each output; True if all ended with 0."""
    def run(task):
        name, command, text, folder = task
        done = subprocess.run(command, input=text, cwd=folder, capture_output=True, text=True)
        return name, done.returncode, show(done)

    good = True
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for name, code, output in pool.map(run, tasks):
            if output:
                print(output, flush=True)
            if code != 0:
                good = False
                print(f"{name}: failed", flush=True)
    return good
