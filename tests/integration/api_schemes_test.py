#!/usr/bin/env python3
"""Addresses that other programs would open, run or take for an option: refused, and nothing is ever executed.
api_schemes_test.py CASE"""
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support"), str(HERE)]
from bench_world import ROOT, VONGGAC, Service, expect, run_case, wait_until  # noqa: E402
from register_test import made, quarter  # noqa: E402

CONFIG = "[record]\nflush_interval_ms = 300\n[analyse]\nenabled = true\n"
WORKERS = {"serve", "ingest-shard", "web-worker", "probe-worker", "analyse-shard", "still-worker"}


def hostile(marker):
    return ["file:///etc/passwd", "FILE:/etc/passwd", "concat:/etc/passwd|/etc/shadow", "subfile:,,start,0,end,9,,:/etc/passwd",
            "data:text/plain,x", "tcp://10.0.0.5:554/", "udp://10.0.0.5:554/", "http://10.0.0.5/", "ftp://10.0.0.5/", "pipe:0",
            f"exec:/bin/touch {marker}", f"ffmpeg:exec /bin/touch {marker}", f"echo:|touch {marker}", f"|touch {marker}", f"$(touch {marker})",
            f"`touch {marker}`", "-i", "--help", "-oProxyCommand=x", "rtsp://10.0.0.5/a\nX-Header: b", "rtsp://10.0.0.5/a\r\n\r\nPLAY",
            "rtsp://", "rtsp:///etc/passwd", "rtsp://[::1", "rtsp+exec://10.0.0.5/", " rtsp://10.0.0.5/a b"]


def executed(trace):
    """(program, argv[0..]) of each execve that happened."""
    calls = []
    for line in trace.read_text(errors="replace").splitlines():
        found = re.search(r'execve(?:at)?\((?:AT_FDCWD, )?"([^"]*)", \[(.*?)\]', line)
        if found:
            calls.append((found[1], re.findall(r'"((?:[^"\\]|\\.)*)"', found[2])))
    return calls


def only_rtsp_is_taken_and_nothing_is_executed(folder, _):
    """API-22: over HTTP and on the command line, traced from the first moment to the last."""
    trace, marker = folder / "trace", folder / "executed"
    service = Service(folder / "data", CONFIG, prefix=["strace", "-D", "-f", "-qq", "-s", "400", "-e", "trace=execve,execveat", "-o", str(trace)])
    try:
        service.start(wait_s=60)
        client = service.person("MO_HINH", "KY_THUAT")
        area = quarter(client)
        site = made(client, "/api/v1/sites", {"name": f"$(touch {marker})", "area": area, "public_place": True, "public_basis": "`id`"})
        camera = made(client, "/api/v1/register/cameras", {"name": f"| touch {marker}", "site": site, "ownership": "NGAN_SACH_XA",
                                                           "purpose": f"; touch {marker}", "brand": "exec:/usr/bin/id"})
        for address in hostile(marker):
            for path, form in ((f"/api/v1/register/cameras/{camera}/connection", {"url": address}),
                               (f"/api/v1/register/cameras/{camera}/connection", {"url": "rtsp://10.0.0.5/a", "sub_url": address}),
                               ("/api/v1/probes", {"url": address})):
                answer = client.ask("POST", path, form)
                expect(answer.status == 422, f"{path} {form}: {answer.status} {answer.body[:300]!r}")
                problem = answer.json()["problems"][0]["sentence"]
                expect(problem["vi"] and problem["en"], f"{form}: {problem}")
            added = service.command("camera", "add", "--name", "a", f"--url={address}", check=False)
            expect(added.returncode == 2 and added.stderr, f"{address!r}: exit {added.returncode} {added.stderr}")
        probe = client.ask("POST", "/api/v1/probes", {"address": "127.0.41.1"}).json()["probe"]
        wait_until(lambda: client.get(f"/api/v1/probes/{probe}").json()["over"], 60, "a real probe ends")
        expect(service.cameras() == {}, "none of them became a camera")
        expect(not marker.exists(), "nothing was executed")
    finally:
        service.stop()
    calls = executed(trace)
    expect(len(calls) >= 3, f"the service and its workers were seen: {calls}")
    for program, arguments in calls:
        ours = program in ("/proc/self/exe", str(VONGGAC)) and len(arguments) > 1 and arguments[1] in WORKERS
        expect(ours, f"executed: {program} {arguments}")
    print(f"{len(calls)} programs were started, all of them vonggac's own workers: {sorted({a[1] for _, a in calls})}", flush=True)


def a_template_that_is_no_path_is_no_template(folder, _):
    """vendors.toml is an administrator's file: what is no path of RTSP in it is refused with its place, and the service runs on."""
    table = (ROOT / "config/vendors.toml").read_text()
    for number, template in enumerate(("exec:/bin/true", "file:///etc/passwd", "concat:/a|/b", "-i", "/a\\nb", "http://10.0.0.5/")):
        (folder / f"vendors{number}.toml").write_text(table + f"""
[[vendor]]
id = "thu-nghiem"
name = "Thử nghiệm"
match = ["thu-nghiem"]
streams = [{{ main = "{template}" }}]
hint_vi = "Bật RTSP."
hint_en = "Switch RTSP on."
""")
        service = Service(folder / f"data{number}", f'[probe]\nvendors = "{folder}/vendors{number}.toml"\n').start()
        try:
            told = service.command("probe", "127.0.41.1", "--json", check=False)
            expect(told.returncode != 0 and "vendors.toml" in told.stdout, f"{template}: {told.returncode} {told.stdout} {told.stderr}")
            expect("thu-nghiem" in service.log_path.read_text() or "streams" in service.log_path.read_text(), service.tail())
        finally:
            service.stop()


if __name__ == "__main__":
    sys.exit(run_case({case.__name__: case for case in (only_rtsp_is_taken_and_nothing_is_executed,
                                                        a_template_that_is_no_path_is_no_template)}))
