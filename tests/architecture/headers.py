#!/usr/bin/env python3
"""Compiles each header of src by itself, with the flags of its room: batches would hide an include that is missing."""
import argparse
import pathlib
import subprocess
import sys

from compile_flags import ROOT, room_of, room_units, run_all


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True, help="with a compile_commands.json for clang")
    parser.add_argument("-j", type=int, default=2)
    options = parser.parse_args()
    rooms = room_units(options.build)
    listed = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-co", "--exclude-standard", "src/*.h"],
                            capture_output=True, text=True, check=True).stdout.split()
    tasks = []
    for name in listed:
        header = pathlib.Path(name)
        _, flags, folder = rooms[room_of(header, rooms)][0]
        text = f'#include "{header.relative_to("src")}"\n'
        tasks.append((name, ["clang++-14", *flags, "-fsyntax-only", "-x", "c++", "-"], text, folder))
    good = run_all(options.j, tasks, lambda done: done.stderr.strip())
    print(f"{len(tasks)} headers" + ("" if good else ": not all stand alone"))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
