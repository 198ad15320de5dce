#!/usr/bin/env python3
"""clang-tidy over what the build of preset lint compiles, or over the files that are named."""
import argparse
import pathlib
import re
import sys

from compile_flags import ROOT, room_of, room_units, run_all

# Counts of what was not shown, and the compiler's own count.
NOISE = re.compile(r"^(\d+ warnings? (generated|treated as errors?)|Suppressed \d+|Use -header-filter|$)")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", required=True)
    parser.add_argument("-j", type=int, default=2)
    parser.add_argument("files", nargs="*", help="src/room/file.cpp ...")
    options = parser.parse_args()
    rooms = room_units(options.build)
    units = [unit for room in rooms.values() for unit in room]
    if options.files:
        units = []
        for name in options.files:
            path = (ROOT / name).resolve()
            _, flags, folder = rooms[room_of(path.relative_to(ROOT), rooms)][0]
            units.append((str(path), flags, folder))
    # A batch is nothing but includes of sources.
    without = [] if options.files else ["--checks=-bugprone-suspicious-include"]
    tasks = [(pathlib.Path(source).name if options.files else source,
              ["clang-tidy-14", "--quiet", f"--config-file={ROOT / '.clang-tidy'}", *without, source, "--", *flags], None,
              folder)
             for source, flags, folder in units]
    good = run_all(options.j, tasks, findings)
    return 0 if good else 1


def findings(done):
    lines = (done.stdout + done.stderr).splitlines()
    return "\n".join(line for line in lines if not NOISE.match(line))


if __name__ == "__main__":
    sys.exit(main())
