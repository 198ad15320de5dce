"""What fault runs, benchmarks and end-to-end tests share: camsim, a service, and looking at what they did.

Everything runs on loopback, in folders of its own, and ends the processes it started, by id.
"""
import contextlib
import json
import os
import pathlib
import re
import secrets
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
from failure import Failure, expect  # noqa: E402
from web_client import WebClient  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("VONGGAC_BUILD", ROOT / "build"))
VONGGAC = BUILD / "bin" / "vonggac"
CAMSIM = BUILD / "bin" / "camsim"
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def footage_dir():
    cache = os.environ.get("VONGGAC_CACHE") or os.path.join(
        os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "vonggac")
    return pathlib.Path(cache) / "footage"


def ensure_footage():
    folder = footage_dir()
    if not (folder / "street_main.mp4").exists():
        subprocess.run(["bash", str(ROOT / "tests/camsim/footage.sh"), str(folder)], check=True)
    return folder


def wait_until(predicate, timeout_s, what, interval_s=0.1):
    deadline = time.monotonic() + timeout_s
    while True:
        value = predicate()
        if value:
            return value
        if time.monotonic() > deadline:
            raise Failure(f"not within {timeout_s} s: {what}")
        time.sleep(interval_s)


class Camsim:
    """Simulated cameras. files: list of (name, main, sub or None)."""

    def __init__(self, folder, cameras=None, repeat=0, pair=None, extra=(), listen="127.0.0.1:0"):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.control_path = self.folder / "camsim.sock"
        arguments = [str(CAMSIM), "--listen", listen, "--control", str(self.control_path)]
        for name, main, sub in cameras or []:
            arguments += ["--camera", f"{name}={main}" + (f",{sub}" if sub else "")]
        if repeat:
            main, sub = pair
            arguments += ["--camera", f"cam={main}" + (f",{sub}" if sub else ""), "--repeat", str(repeat)]
        arguments += list(extra)
        self.log = open(self.folder / "camsim.log", "ab")
        self.process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=self.log)
        line = self.process.stdout.readline()
        if not line:
            raise Failure(f"camsim did not start: see {self.folder / 'camsim.log'}")
        ready = json.loads(line)
        self.port = ready["port"]
        self.cameras = ready["cameras"]

    def names(self):
        return [c["name"] if isinstance(c, dict) else c for c in self.cameras]

    def url(self, name, stream="main", user=None, password=None):
        credentials = f"{user}:{password}@" if user else ""
        return f"rtsp://{credentials}127.0.0.1:{self.port}/{name}/{stream}"

    def tell(self, camera, verb, **arguments):
        with contextlib.closing(socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)) as s:
            s.settimeout(10)
            s.connect(str(self.control_path))
            s.sendall((json.dumps({"camera": camera, "verb": verb, **arguments}) + "\n").encode())
            data = b""
            while not data.endswith(b"\n"):
                part = s.recv(65536)
                if not part:
                    break
                data += part
        reply = json.loads(data)
        expect(reply.get("ok", True), f"camsim refused {verb}: {reply}")
        return reply

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        self.log.close()


class Service:
    """A `vonggac serve` on a data directory of its own."""

    def __init__(self, data, config_text="", prefix=(), environment=None, program=VONGGAC):
        self.program = str(program)
        self.data = pathlib.Path(data)
        self.data.mkdir(parents=True, exist_ok=True)
        self.prefix = list(prefix)
        self.environment = {**os.environ, **(environment or {})}
        self.config = self.data.parent / (self.data.name + ".toml")
        self.config.write_text(config_text)
        self.log_path = self.data.parent / (self.data.name + ".log")
        self.process = None
        self.people = {}  # login -> password

    def start(self, wait_s=15):
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                self.prefix + [self.program, "serve", "--data", str(self.data), "--config", str(self.config),
                               "--listen", "127.0.0.1:0"],
                stdout=log, stderr=log, env=self.environment)
        self.wait_ready(wait_s)
        return self

    def wait_ready(self, wait_s=15):
        def ready():
            if self.process.poll() is not None:
                raise Failure(f"the service ended with {self.process.returncode}: {self.tail()}")
            return self.status(quiet=True)
        return wait_until(ready, wait_s, f"service answers; log: {self.tail()}")

    def tail(self, count=12):
        try:
            return "\n".join(self.log_path.read_text(errors="replace").splitlines()[-count:])
        except OSError:
            return ""

    def command(self, *arguments, check=True, stdin=None, timeout=120):
        where = ["--data", str(self.data)]
        if arguments[0] == "user":  # the register may lie on a server
            where += ["--config", str(self.config)]
        done = subprocess.run([str(VONGGAC), *map(str, arguments), *where], capture_output=True, text=True, input=stdin,
                              timeout=timeout, env=self.environment)
        if check:
            expect(done.returncode == 0, f"{arguments}: exit {done.returncode}: {done.stderr.strip() or done.stdout.strip()}")
        return done

    def status(self, quiet=False):
        done = self.command("status", "--json", check=not quiet)
        if done.returncode != 0:
            return None
        value = json.loads(done.stdout)
        return value.get("status", value)

    def add_camera(self, name, url, sub_url=None, record="continuous", **settings):
        arguments = ["camera", "add", "--name", name, "--url", url, "--record", record]
        if sub_url:
            arguments += ["--sub-url", sub_url]
        for key, value in settings.items():
            arguments += ["--" + key.replace("_", "-"), str(value)]
        return self.command(*arguments).stdout.strip().splitlines()[-1]

    def cameras(self):
        return {c["id"]: c for c in self.status()["cameras"]}

    def wait_recording(self, count, timeout_s=30):
        def recording():
            status = self.status(quiet=True)
            good = [c for c in (status or {"cameras": []})["cameras"] if c["recording"]]
            return len(good) >= count and status
        return wait_until(recording, timeout_s, f"{count} cameras record; {self.brief()}", 0.2)

    def brief(self):
        status = self.status(quiet=True)
        if not status:
            return "no answer"
        return ", ".join(f"{c['name']}={c['state']}" for c in status["cameras"])

    def port(self):
        """Where the page listens; the newest start counts."""
        found = re.findall(r"http://127\.0\.0\.1:(\d+)/", self.log_path.read_text())
        expect(found, f"no address in the log: {self.tail()}")
        return int(found[-1])

    def add_person(self, *roles, login="kiem.thu", name="Nguyễn Văn Thử", area=None):
        """An account with these roles, made on the machine itself. Gives its password."""
        password = secrets.token_urlsafe(18)
        where = ["--area", area] if area else []
        first = ["--role", roles[0], *where] if roles else []
        self.command("user", "add", "--login", login, "--name", name, *first, stdin=password + "\n")
        for role in roles[1:]:
            self.command("user", "grant", "--login", login, "--role", role, *where)
        self.people[login] = password
        return password

    def person(self, *roles, login="kiem.thu", **more):
        """Somebody with these roles who has logged in over HTTP; asked again, the same account logs in again."""
        if login not in self.people:
            self.add_person(*roles, login=login, **more)
        return WebClient(self.port(), login, self.people[login]).log_in()

    def pids(self, kind=None):
        return [p["pid"] for p in self.status()["processes"] if p["pid"] > 0 and (kind is None or p["kind"] == kind)]

    def kill(self):
        """As a power-less machine would: no goodbye. Its workers are told to die with it by the kernel."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self, timeout_s=15):
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(timeout_s)
        except subprocess.TimeoutExpired:
            self.kill()
            raise Failure(f"the service did not stop within {timeout_s} s")

    def check(self, full=True):
        done = self.command("check", *(["--full"] if full else []), "--json", check=False, timeout=600)
        expect(done.returncode in (0, 1), f"check: exit {done.returncode}: {done.stderr}")
        report = json.loads(done.stdout)
        return done.returncode == 0, report


def acknowledged(data):
    """{(camera hex, role, seq)} of everything index.db shows as stored."""
    found = set()
    path = pathlib.Path(data) / "index.db"
    if not path.exists():
        return found
    with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5)) as db:
        db.execute("BEGIN")
        for segment, camera, role, first, count, flags in db.execute(
                "SELECT id, hex(camera), role, first_seq, fragment_count, flags FROM segment").fetchall():
            if flags & 1:
                found.update((camera, role, first + i) for i in range(count))
            else:
                found.update((camera, role, seq) for (seq,) in db.execute(
                    "SELECT seq FROM fragment_tail WHERE segment = ?", (segment,)))
    return found


def gaps(data):
    with contextlib.closing(sqlite3.connect(f"file:{pathlib.Path(data) / 'index.db'}?mode=ro", uri=True, timeout=5)) as db:
        return db.execute("SELECT hex(camera), role, start_us, end_us, cause, detail FROM gap ORDER BY start_us").fetchall()


def media_files(data):
    return sorted((pathlib.Path(data) / "media").rglob("*.mp4"))


def process_tree(pid):
    pids, todo = [], [pid]
    while todo:
        current = todo.pop()
        pids.append(current)
        for task in pathlib.Path(f"/proc/{current}/task").glob("*"):
            with contextlib.suppress(OSError):
                todo += [int(child) for child in (task / "children").read_text().split()]
    return pids


def cpu_seconds(pids):
    """User + system time of these processes so far, from schedstat (nanoseconds), all threads."""
    total = 0
    for pid in pids:
        for task in pathlib.Path(f"/proc/{pid}/task").glob("*"):
            with contextlib.suppress(OSError, IndexError):
                total += int((task / "schedstat").read_text().split()[0])
    return total / 1e9


def memory_bytes(pids, field="Pss"):
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError):
            for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith(field + ":"):
                    total += int(line.split()[1]) * 1024
    return total


@contextlib.contextmanager
def workspace(name, keep_on_failure=True):
    base = os.environ.get("VONGGAC_WORK")
    folder = pathlib.Path(tempfile.mkdtemp(prefix=f"vonggac-{name}-", dir=base))
    good = False
    try:
        yield folder
        good = True
    finally:
        if good or not keep_on_failure:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            print(f"kept for a look: {folder}", flush=True)


def run_case(cases):
    """The main of a test program: SCRIPT CASE [NUMBER ...]. `cases`: {name: function(folder, footage, *numbers)}."""
    if len(sys.argv) < 2 or sys.argv[1] not in cases:
        print(f"usage: {pathlib.Path(sys.argv[0]).name} {{{'|'.join(cases)}}}", file=sys.stderr)
        return 2
    footage = ensure_footage()
    try:
        with workspace(sys.argv[1]) as folder:
            cases[sys.argv[1]](folder, footage, *map(int, sys.argv[2:]))
    except Failure as failure:
        print(f"FAILED: {failure}", file=sys.stderr)
        return 1
    return 0
