#!/usr/bin/env python3
"""Rules that no compiler checks. check.py [RULE ...] [--vonggac PROGRAM]; without a rule: all that need no program.

includes  every #include of src/ and plugins/ is one that docs/architecture/rooms.md allows; no circle of headers
names     no two sources of a room give the same name to different local things (batches compile them as one)
sizes     no file is too long, no banned word in a file name, every header begins with its /// block
feed      every topic that is told to the outbox has a row in the table of the feed, and no other
docs      links of the documentation lead somewhere; README names the two commands; decisions have their parts
program   PROGRAM links neither libav nor OpenCV, and every option it has stands in docs/reference/cli.md
"""
import argparse
import pathlib
import re
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
SRC = ROOT / "src"
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)
MAX_LINES, MAX_TEST_LINES = 500, 700
LOCAL_NAMESPACE = re.compile(r"^namespace \{\n(.*?)^\}  // namespace$", re.M | re.S)
LOCAL_NAME = re.compile(r"^(?!using |namespace |friend )(?:(?:struct|class|enum class|enum) (\w+)|"
                        r"[A-Za-z][\w:<>,*& ]*?[ *&](\w+)(?:\[\w*\])?\s*[({=;])", re.M)
BANNED_WORDS = {"manager", "helper", "helpers", "util", "utils", "misc", "common", "unified", "new", "v2"}

# Outside libraries by the beginning of their headers' names.
LIBRARIES = [
    ("fmt/", "fmt"), ("spdlog/", "spdlog"), ("openssl/", "OpenSSL"), ("boost/json", "Boost.JSON"),
    ("boost/system", "Boost.JSON"), ("boost/beast", "Boost.Beast"), ("boost/asio", "Boost.Beast"),
    ("seccomp.h", "libseccomp"), ("sqlite3.h", "SQLite"), ("libpq-fe.h", "libpq"), ("utf8proc.h", "utf8proc"), ("zip.h", "libzip"),
    ("expat.h", "expat"), ("xlsxwriter.h", "libxlsxwriter"), ("sodium.h", "libsodium"), ("toml++/", "toml++"), ("pugixml.hpp", "pugixml"),
    ("CLI/", "CLI11"), ("libavcodec/", "libav"), ("libavformat/", "libav"), ("libavutil/", "libav"),
    ("libswscale/", "libav"), ("opencv2/", "OpenCV"), ("gst/", "GStreamer"),
]
SYSTEM_FOLDERS = ("sys/", "netinet/", "arpa/", "linux/", "net/")
SYSTEM_HEADERS = set("""
    assert.h dirent.h dlfcn.h errno.h fcntl.h ifaddrs.h limits.h malloc.h netdb.h poll.h pthread.h sched.h signal.h spawn.h stdint.h
    stdio.h stdlib.h string.h strings.h syslog.h termios.h time.h unistd.h""".split())

problems = []


def problem(path, line, text):
    place = path.relative_to(ROOT) if isinstance(path, pathlib.Path) else path
    problems.append(f"{place}:{line}: {text}" if line else f"{place}: {text}")


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1


def tracked(*patterns):
    """Files git knows or would add; the working folder has build trees too."""
    listed = subprocess.run(["git", "-C", str(ROOT), "ls-files", "-co", "--exclude-standard", *patterns],
                            capture_output=True, text=True)
    if listed.returncode == 0:
        return sorted(ROOT / name for name in listed.stdout.split("\n") if name and (ROOT / name).is_file())
    return sorted(path for pattern in patterns for path in ROOT.glob(pattern.replace("*", "**/*", 1))
                  if path.is_file() and not re.search(r"/(build[^/]*|node_modules)/", "/" + str(path.relative_to(ROOT))))


def room_table():
    rooms = {}
    for line in (ROOT / "docs/architecture/rooms.md").read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        name = re.fullmatch(r"`([a-z/]+)`", cells[0]) if len(cells) == 4 else None
        if name:
            split = lambda text: {part.strip() for part in text.split(",") if part.strip() not in ("", "–")}  # noqa: E731
            rooms[name[1]] = {"rooms": split(cells[2]), "libraries": split(cells[3])}
    return rooms


def room_of(name, rooms):
    """'media/av/decoder.h' -> 'media/av'."""
    folders = name.split("/")[:-1]
    for depth in range(len(folders), 0, -1):
        if "/".join(folders[:depth]) in rooms:
            return "/".join(folders[:depth])
    return None


def check_outside(path, line, room, header, allowed):
    for beginning, library in LIBRARIES:
        if header.startswith(beginning):
            if library not in allowed:
                problem(path, line, f"room {room} may not use {library} (<{header}>)")
            return
    is_standard = re.fullmatch(r"[a-z_]+", header) or header in SYSTEM_HEADERS or header.startswith(SYSTEM_FOLDERS)
    if not is_standard:
        problem(path, line, f"<{header}> is of a library that rooms.md does not name")


def check_includes():
    rooms = room_table()
    if len(rooms) < 5:
        problem("docs/architecture/rooms.md", 0, "the table of rooms cannot be read")
        return
    graph = {}
    for path in tracked("src/*.h", "src/*.cpp", "plugins/*.h", "plugins/*.cpp", "plugins/*.c"):
        # Plug-ins are written with their top folder: "plugins/abi/vonggac_plugin.h".
        name = str(path.relative_to(SRC if SRC in path.parents else ROOT))
        room = room_of(name, rooms)
        if room is None:
            problem(path, 0, "this folder is not a room of docs/architecture/rooms.md")
            continue
        text = path.read_text()
        graph[name] = []
        for found in INCLUDE.finditer(text):
            kind, header, line = found[1], found[2], line_of(text, found.start())
            if kind == "<":
                check_outside(path, line, room, header, rooms[room]["libraries"])
                continue
            other = room_of(header, rooms)
            if not (SRC / header).is_file() and not (ROOT / header).is_file() and other is None:
                problem(path, line, f'"{header}" is not there; ours are written "room/file.h"')
            elif other != room and other not in rooms[room]["rooms"]:
                problem(path, line, f'room {room} may not include room {other} ("{header}")')
            graph[name].append(header)
    check_circles(graph)


def check_circles(graph):
    done, active = set(), []

    def visit(name):
        if name in active:
            problem(name if name.startswith("plugins/") else "src/" + name, 0, "headers include each other: " + " -> ".join(active[active.index(name):] + [name]))
            return
        if name in done:
            return
        active.append(name)
        for other in graph.get(name, []):
            visit(other)
        active.pop()
        done.add(name)

    for name in sorted(graph):
        visit(name)


def check_names():
    """VONGGAC_UNITY compiles the sources of a room in batches: a name in an anonymous namespace must be the room's own."""
    owners = {}
    for path in tracked("src/*.cpp", "tests/unit/*.cpp", "tests/camsim/*.cpp"):
        text = path.read_text()
        for block in LOCAL_NAMESPACE.finditer(text):
            for found in LOCAL_NAME.finditer(block[1]):
                name = found[1] or found[2]
                if name.startswith("TEST") or name == "INSTANTIATE_TEST_SUITE_P":
                    continue
                owner = owners.setdefault((path.parent, name), path)
                if owner != path:
                    problem(path, line_of(text, block.start(1) + found.start()),
                            f"'{name}' is a local name of {owner.name} too: name what is particular about this one, or share it")


def check_sizes():
    for path in tracked("src/*.h", "src/*.cpp", "plugins/*.h", "plugins/*.cpp", "plugins/*.c", "tests/*.h", "tests/*.cpp",
                        "tests/*.py"):
        text = path.read_text()
        lines = text.count("\n")
        is_test = "tests" in path.relative_to(ROOT).parts
        limit = MAX_TEST_LINES if is_test else MAX_LINES
        if lines > limit:
            problem(path, lines, f"{lines} lines; at most {limit}: split it by meaning")
        words = set(path.stem.split("_")) & BANNED_WORDS
        if words and path.suffix != ".py":
            problem(path, 0, f"'{words.pop()}' in a file name says nothing: name what it does")
        if path.suffix == ".h" and not is_test:
            if not text.startswith("///"):
                problem(path, 1, "a header begins with its /// block (purpose, Flow, Threads, Owns, Errors, Units)")
            if "#pragma once" not in text:
                problem(path, 1, "#pragma once is missing")


def check_links(path):
    text = path.read_text()
    without_code = re.sub(r"```.*?```|`[^`\n]*`", lambda m: " " * len(m[0]), text, flags=re.S)
    for found in re.finditer(r"!?\[[^\]]*\]\(([^)\s]+)\)", without_code):
        target = found[1].split("#")[0]
        if not target or re.match(r"[a-z]+:", target):
            continue
        if not (path.parent / target).exists():
            problem(path, line_of(text, found.start()), f"the link to {found[1]} leads nowhere")


def check_decision(path):
    text = path.read_text()
    for part in ("Status", "Context", "Decision", "Alternatives", "Consequences"):
        if part not in text:
            problem(path, 0, f"a decision has a part '{part}'")
    if text.count("\n") > 80:
        problem(path, 0, "a decision is at most 80 lines")


def check_docs():
    for path in tracked("*.md"):
        check_links(path)
    for path in tracked("docs/decisions/*.md"):
        check_decision(path)
    readme = (ROOT / "README.md").read_text()
    for command in ("./dev run", "./dev test"):
        if command not in readme:
            problem("README.md", 0, f"does not name {command}")
    third_party = (ROOT / "third_party/README.md").read_text()
    for library in sorted({name for _, name in LIBRARIES}):
        if library not in third_party:
            problem("third_party/README.md", 0, f"{library} is missing")


def check_feed():
    """A change that nobody decided about would be told to nobody: each topic needs its row."""
    table = (SRC / "api/feed_topics.cpp").read_text()
    listed = set(re.findall(r'\b(?:of|of_camera|of_state|of_pictures)\("([a-z_.]+)"', table))
    told = {}
    for path in tracked("src/*.cpp"):
        text = path.read_text()
        for found in re.finditer(r'(?:\.tell\(\s*|changed_user\([^;]*?)"([a-z_]+\.[a-z_]+)"', text):
            told.setdefault(found[1], (path, line_of(text, found.start())))
        for found in re.finditer(r'changed_user\([^;]*\? "([a-z_.]+)" : "([a-z_.]+)"\)', text):
            for topic in found.groups():
                told.setdefault(topic, (path, line_of(text, found.start())))
    for topic, (path, line) in sorted(told.items()):
        if topic not in listed:
            problem(path, line, f"the topic '{topic}' has no row in src/api/feed_topics.cpp: who may hear of it?")
    for topic in sorted(listed - set(told)):
        if not topic.startswith("recording."):
            problem(SRC / "api/feed_topics.cpp", 0, f"nobody tells '{topic}'")
    reference = (ROOT / "docs/reference/http-api.md").read_text()
    for topic in sorted(listed):
        if f"`{topic}`" not in reference:
            problem("docs/reference/http-api.md", 0, f"the topic `{topic}` of the feed is missing")


def check_program(program):
    dynamic = subprocess.run(["readelf", "-d", program], capture_output=True, text=True, check=True).stdout
    for library in re.findall(r"Shared library: \[([^\]]+)\]", dynamic):
        if re.match(r"lib(av|sw|opencv)", library):
            problem(program, 0, f"links {library}: libav and OpenCV belong into libvonggac_analyse.so alone")
    reference = (ROOT / "docs/reference/cli.md").read_text()
    for command in subcommands(program, []):
        text = help_of(program, command)
        if command and f"vonggac {' '.join(command)}" not in reference:
            problem("docs/reference/cli.md", 0, f"the command '{' '.join(command)}' is missing")
        for option in re.findall(r"^\s+(?:-\w,\s*)?(--[a-z-]+)", text, re.M):
            if f"`{option}" not in reference:
                problem("docs/reference/cli.md", 0, f"{option} of 'vonggac {' '.join(command)}' is missing")


def help_of(program, command):
    return subprocess.run([program, "--lang", "en", *command, "--help"], capture_output=True, text=True, check=True).stdout


def subcommands(program, command):
    yield command
    listed = help_of(program, command).partition("Subcommands:")[2]
    for name in re.findall(r"^  ([a-z]+)\s", listed, re.M):
        yield from subcommands(program, command + [name])


def main():
    rules = {"includes": check_includes, "names": check_names, "sizes": check_sizes, "feed": check_feed, "docs": check_docs}
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("rules", nargs="*", metavar="RULE")
    parser.add_argument("--vonggac", metavar="PROGRAM")
    options = parser.parse_args()
    for name in options.rules or rules:
        if name == "program":
            check_program(options.vonggac or str(ROOT / "build/bin/vonggac"))
        elif name in rules:
            rules[name]()
        else:
            parser.error(f"no rule is called {name}")
    for text in problems:
        print(text)
    print(f"{len(problems)} problem(s)" if problems else "all rules hold")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
