#!/usr/bin/env python3
"""Registering a camera in the field: simulated ONVIF devices with camsim's streams behind them, looked at by the running
service. One case per run: probe_test.py CASE."""
import contextlib
import json
import pathlib
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support")]
from bench_world import Camsim, ROOT, Service, VONGGAC, expect, process_tree, run_case, wait_until  # noqa: E402
from onvif_device import OnvifDevice, Tripwire  # noqa: E402

USER, PASSWORD = "admin", "dung-mat-khau-1"
HTTP, RTSP = 8080, 8554  # ports of config/vendors.toml
PORTS = [80, 81, 443, 554, 2020, 8000, 8080, 8081, 8554, 8899, 10554]


def streams(name, source="vs0"):
    return [(source, "main", "H264", 1920, 1080, f"/{name}/main"), (source, "sub", "H264", 640, 360, f"/{name}/sub")]


def probe(service, where, *options, password=PASSWORD, user=USER, ok=True):
    """The view of a finished probe, or the finished process if it is to fail."""
    login = ["--user", user] if user else []
    done = service.command("probe", where, *login, *options, "--json", check=ok, stdin=password + "\n" if user else "")
    if not ok:
        return done
    view = json.loads(done.stdout)
    expect(password not in done.stdout, "the password is not shown")
    return view


def codes(view):
    return [f["code"] for f in view["findings"]]


def stream(view, channel=1, role="main"):
    found = [s for s in view["streams"] if s["channel"] == channel and s["role"] == role]
    expect(found, f"a {role} stream of channel {channel}: {json.dumps(view)[:1500]}")
    return found[0]


@contextlib.contextmanager
def camera(folder, footage, address, pair=("street_main.mp4", "street_sub.mp4"), login=True, extra=(), name="gate"):
    main, sub = footage / pair[0], footage / pair[1] if pair[1] else None
    options = ["--user", USER, "--password", PASSWORD] if login else []
    sim = Camsim(folder / ("sim" + address), cameras=[(name, main, sub)], listen=f"{address}:{RTSP}",
                 extra=[*options, *extra])
    try:
        yield sim
    finally:
        sim.stop()


@contextlib.contextmanager
def node(folder, config=""):
    service = Service(folder / "data", config).start()
    try:
        yield service
        expect(PASSWORD not in service.log_path.read_text(), "the password is not logged")
    finally:
        service.stop()


def says_what_is_there(folder, footage):
    """Digest, the whole way: brand, MAC, both streams measured, a still, and the camera added without its password."""
    address = "127.0.31.1"
    with node(folder) as service, camera(folder, footage, address, ("street_main.mp4", "street_sub.mp4")):
        device = OnvifDevice(address, HTTP, RTSP, streams("gate")).start()
        stills = folder / "stills"
        stills.mkdir()
        began = time.monotonic()
        view = probe(service, address, "--stills", stills)
        print(json.dumps({"seconds": round(time.monotonic() - began, 1), "view": view}), flush=True)
        device.stop()
        expect(view["device"]["brand"] == "Dahua" and view["device"]["vendor"] == "dahua", "the brand is named")
        expect(view["device"]["mac"] == device.mac and view["device"]["onvif_uuid"] == device.uuid, "MAC and UUID")
        expect(view["password"] == "accepted" and device.wrong_passwords == 0, "the password was right at once")
        main, sub = stream(view), stream(view, role="sub")
        for one in (main, sub):
            expect(one["streamed"] and one["codec"] == "h264" and one["frames_per_second"] > 5, f"measured: {one}")
            expect(one["gop_s"] is not None and 0.5 < one["gop_s"] < 6, f"the real GOP: {one}")
            expect(one["url"].startswith(f"rtsp://{address}:{RTSP}/gate/"), f"its address: {one}")
        expect(main["width"] > sub["width"], "main and sub are told apart")
        still = (stills / f"still-{main['n']}.jpg").read_bytes()
        expect(still[:2] == b"\xff\xd8" and len(still) <= 40_000, f"a still of at most 40 kB: {len(still)}")
        expect("wrong_password" not in codes(view) and "onvif_off" not in codes(view), f"nothing invented: {codes(view)}")


def logs_in_as_devices_want(folder, footage):
    """SHA-256 Digest, WS-Security by the device's own wrong clock, odd prefixes, chunks, media1 only, media2 only."""
    kinds = {"127.0.32.1": {"auth": "digest-sha256", "chunked": True, "only_media1": True},
             "127.0.32.2": {"auth": "wss", "strict_clock": True, "clock_offset_s": -3 * 86_400,
                            "prefixes": {"s": "SOAP-ENV", "d": "ns1", "m": "x9", "t": "sch"}, "no_services": True},
             "127.0.32.3": {"auth": "digest", "only_media2": True, "delay_s": 0.3}}
    with node(folder) as service:
        for address, quirks in kinds.items():
            with camera(folder, footage, address):
                device = OnvifDevice(address, HTTP, RTSP, streams("gate"), **quirks).start()
                view = probe(service, address)
                device.stop()
                expect(view["device"]["serial"] == device.serial, f"{quirks}: {view['device']} {view['onvif']}")
                expect(stream(view)["streamed"] and stream(view)["source"] == "onvif", f"{quirks}: streams by ONVIF")
                expect(device.wrong_passwords == 0, f"{quirks}: {device.wrong_passwords} wrong passwords")
                expect(("clock_off" in codes(view)) == ("clock_offset_s" in quirks), f"{quirks}: {codes(view)}")


def stops_at_a_wrong_password(folder, footage):
    """A device locks after a few: in all protocols together at most two tries, and words that say so."""
    address = "127.0.33.1"
    with node(folder) as service, camera(folder, footage, address):
        for auth in ("digest", "wss"):
            device = OnvifDevice(address, HTTP, RTSP, streams("gate"), auth=auth).start()
            view = probe(service, address, password="sai-mat-khau")
            device.stop()
            expect(view["password"] == "refused" and codes(view)[0] == "wrong_password", f"{auth}: {view}")
            expect(device.wrong_passwords == 1, f"{auth}: ONVIF was tried {device.wrong_passwords} times")
            expect(len([s for s in view["streams"] if s["streamed"]]) == 0, "and no stream")
        device = OnvifDevice(address, HTTP, RTSP, streams("gate")).start()
        view = probe(service, address, user=None)
        device.stop()
        expect("needs_password" in codes(view) and device.wrong_passwords == 0, f"without one: {codes(view)}")
        tried = []
        digest = 'WWW-Authenticate: Digest realm="x", nonce="n", algorithm=MD5\r\n'
        with answering_rtsp("127.0.33.2", "401 Unauthorized", digest, tried):
            for where in ("127.0.33.2", f"rtsp://127.0.33.2:{RTSP}/gate/main"):
                device = OnvifDevice("127.0.33.2", HTTP, RTSP, streams("gate")).start()
                tried.clear()
                view = probe(service, where, password="sai-mat-khau")
                device.stop()
                expect(codes(view)[0] == "wrong_password", f"{where}: {codes(view)}")
                expect(len(tried) + device.wrong_passwords <= 2, f"{where}: tried {tried}, ONVIF {device.wrong_passwords}")
                expect(len(tried) == 1, f"{where}: RTSP was asked once: {tried}")


def expands_a_recorder(folder, footage):
    """16 channels with main and sub stream in one probe."""
    expand(folder, footage, "127.0.34.1", 16)


def expands_a_large_recorder(folder, footage):
    """64 channels: every one of the 128 streams has its still."""
    stills = expand(folder, footage, "127.0.34.2", 64)
    expect(stills == 128, f"{stills} stills")


def expand(folder, footage, address, count):
    sim = Camsim(folder / "sim", repeat=count, pair=(footage / "street_main.mp4", footage / "street_sub.mp4"),
                 listen=f"{address}:{RTSP}", extra=["--user", USER, "--password", PASSWORD])
    offers = [s for i, name in enumerate(sim.names()) for s in streams(name, f"VideoSource_{i + 1}")]
    device = OnvifDevice(address, HTTP, RTSP, offers, manufacturer="KBVision", model="KX-A8116N3").start()
    try:
        with node(folder) as service:
            began = time.monotonic()
            view = probe(service, address)
            seconds = time.monotonic() - began
            live = [s for s in view["streams"] if s["streamed"]]
            print(json.dumps({"seconds": round(seconds, 1), "streams": len(live), "stills": sum(s["still"] for s in live)}),
                  flush=True)
            expect({s["channel"] for s in live} == set(range(1, count + 1)), f"all channels: {len(live)} streams")
            expect(len(live) == 2 * count, f"main and sub of each: {len(live)}")
            expect(seconds < 60 + count / 2, f"in time: {seconds:.0f} s")
            return sum(s["still"] for s in live)
    finally:
        device.stop()
        sim.stop()


def tries_the_paths_of_brands(folder, footage):
    """No ONVIF: paths of the table, in order, each once; UDP where TCP is refused; nothing for a brand without streams."""
    table = (ROOT / "config/vendors.toml").read_text() + """
[[vendor]]
id = "thu-nghiem"
name = "Thử nghiệm"
match = ["thu-nghiem"]
streams = [{ main = "/khong-co/main" }, { main = "/gate/main", sub = "/gate/sub" }]
rtsp_ports = [8554]
hint_vi = "Bật RTSP."
hint_en = "Switch RTSP on."
"""
    (folder / "vendors.toml").write_text(table)
    with node(folder, f'[probe]\nvendors = "{folder}/vendors.toml"\n') as service:
        with camera(folder, footage, "127.0.35.1"):
            view = probe(service, "127.0.35.1", "--brand", "thu-nghiem")
            expect(stream(view)["streamed"] and stream(view)["source"] == "thu-nghiem", f"found by its path: {view}")
            expect(stream(view, role="sub")["streamed"], "and its sub stream")
            expect("onvif_off" in codes(view), f"says that ONVIF is off: {codes(view)}")
            view = probe(service, "127.0.35.1", "--brand", "xmeye")
            expect(stream(view)["streamed"] and "***" in stream(view)["url"], f"credentials in the path are hidden: {view}")
            view = probe(service, "127.0.35.1")
            expect(stream(view)["source"] == "thu-nghiem", f"not sent in the clear to an unknown brand: {view}")
            view = probe(service, f"127.0.35.1:{RTSP}", "--brand", "xiaomi")
            expect("brand_without_streams" in codes(view), f"Xiaomi has none: {codes(view)}")
        with camera(folder, footage, "127.0.35.2", extra=["--transport", "udp"]):
            view = probe(service, "127.0.35.2", "--brand", "thu-nghiem")
            expect(stream(view)["streamed"] and stream(view)["transport"] == "udp", f"UDP: {stream(view)}")
            expect("udp_only" in codes(view), f"and says so: {codes(view)}")


def judges_what_it_sees(folder, footage):
    """Long GOP, H.265 without an H.264 sub stream, no sub stream, sound, a typed address, nobody there."""
    with node(folder) as service:
        slow = folder / "slow_keys.mp4"
        subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "testsrc2=size=1280x720:rate=10:duration=90", "-c:v", "libx264",
                        "-preset", "ultrafast", "-g", "400", "-keyint_min", "400", "-sc_threshold", "0", str(slow)], check=True)
        with camera(folder, footage, "127.0.36.1", (slow, None), extra=["--join", "now"]):
            view = probe(service, f"rtsp://127.0.36.1:{RTSP}/gate/main")
            print(json.dumps(view["streams"]), flush=True)
            expect("long_gop" in codes(view) and "no_sub_stream" in codes(view), f"long GOP: {codes(view)} {stream(view)}")
            text = next(f["vi"] for f in view["findings"] if f["code"] == "long_gop")
            expect("Khung hình khóa cách nhau" in text and "H.265+" in text, text)
        with camera(folder, footage, "127.0.36.2", ("street_main_h265.mp4", "street_sub_h265.mp4"), login=False):
            device = OnvifDevice("127.0.36.2", HTTP, RTSP, streams("gate"), auth="none").start()
            view = probe(service, "127.0.36.2", user=None)
            device.stop()
            expect("h265_on_wall" in codes(view) and stream(view)["codec"] == "h265", f"H.265: {codes(view)}")
            expect("open_to_all" in codes(view), f"no password at all: {codes(view)}")
        with camera(folder, footage, "127.0.36.3", ("street_aac.mp4", None), login=False):
            view = probe(service, f"rtsp://127.0.36.3:{RTSP}/gate/main", user=None)
            expect(stream(view)["audio"] == "aac" and "audio_on" in codes(view), f"sound: {codes(view)}")
        view = probe(service, "127.0.36.9", user=None)
        expect(codes(view) == ["nothing_answers"], f"nobody there: {codes(view)}")


def survives_hostile_devices(folder, footage):
    """Huge, malformed and nested answers, entities, silence, a port that speaks something else: an end in time, and core
    lives."""
    deep = b"<a>" * 5_000 + b"</a>" * 5_000
    bodies = [b"", b"<", b"not xml", b"A" * 3_000_000, deep, b"\xff\xfe\x00" * 500,
              b'<!DOCTYPE x [<!ENTITY e "e"><!ENTITY f "&e;&e;">]><Envelope><Body>&f;</Body></Envelope>',
              b"<Envelope><Body>" + b"<Profiles token='x'/>" * 30_000 + b"</Body></Envelope>"]
    with node(folder) as service:
        for i, body in enumerate(bodies):
            device = OnvifDevice("127.0.37.1", HTTP, RTSP, [], body=body).start()
            began = time.monotonic()
            view = probe(service, "127.0.37.1")
            device.stop()
            expect(view["state"] == "done" and time.monotonic() - began < 30, f"body {i}: {view}")
        slow = OnvifDevice("127.0.37.2", HTTP, RTSP, [], delay_s=60).start()
        began = time.monotonic()
        view = probe(service, "127.0.37.2")
        expect(time.monotonic() - began < 30, f"silence ends: {view}")
        slow.stop()


def limits_itself(folder, footage):
    """At most four look at once, and one person has at most six open: the seventh is told to wait. All of them end."""
    silent = [OnvifDevice(f"127.0.40.{i}", HTTP, RTSP, [], delay_s=3).start() for i in range(1, 9)]
    try:
        with node(folder) as service:
            asked = [subprocess.Popen([str(VONGGAC), "probe", "--data", str(service.data), f"127.0.40.{i}", "--json"],
                                      stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for i in range(1, 9)]
            most, began = 0, time.monotonic()
            while any(p.poll() is None for p in asked) and time.monotonic() < began + 60:
                most = max(most, len([p for p in process_tree(service.process.pid) if "probe-" in name_of(p)]))
                time.sleep(0.05)
            replies = [json.loads(p.communicate()[0]) for p in asked]
            busy = [r for r in replies if not r.get("ok", True)]
            print(json.dumps({"most": most, "busy": len(busy), "seconds": round(time.monotonic() - began, 1)}), flush=True)
            expect(1 <= most <= 4, f"{most} at once")
            expect(len(busy) == 2 and all(r["error"]["kind"] == "unavailable" for r in busy), f"{busy}")
            expect(all(r["state"] == "done" for r in replies if r not in busy), "the others are answered")
            wait_until(lambda: not [p for p in process_tree(service.process.pid) if "probe-" in name_of(p)], 5, "no worker stays")
    finally:
        for device in silent:
            device.stop()


def name_of(pid):
    with contextlib.suppress(OSError):
        return pathlib.Path(f"/proc/{pid}/comm").read_text()
    return ""


def over_http(folder, footage):
    """A technician on the page: probe, still, camera of the register connected by what was found, and it records. The
    probe of somebody else does not exist; nobody sees the password again."""
    address = "127.0.39.1"
    with node(folder, "[record]\nflush_interval_ms = 300\n") as service, camera(folder, footage, address):
        device = OnvifDevice(address, HTTP, RTSP, streams("gate")).start()
        me = service.person("MO_HINH", "KY_THUAT", login="ky.thuat")
        other = service.person("KY_THUAT", login="nguoi.khac", name="Trần Thị Khác")
        begun = me.ask("POST", "/api/v1/probes", {"address": address, "user": USER, "password": PASSWORD})
        expect(begun.status == 202, f"begun: {begun.status} {begun.body}")
        target = "/api/v1/probes/" + begun.json()["probe"]
        view = wait_until(lambda: (lambda v: v if v["over"] else None)(me.ask("GET", target).json()), 30, "the probe is over", 0.3)
        expect(view["state"] == "done" and view["password"] == "accepted" and view["duplicates"] == [], f"{view}")
        expect(other.ask("GET", target).status == 404, "somebody else's probe is not there")
        expect(other.ask("DELETE", target).status == 404, "nor can it be ended")
        still = me.ask("GET", f"{target}/still.jpg?stream={stream(view)['n']}")
        expect(still.status == 200 and still.body[:2] == b"\xff\xd8" and len(still.body) <= 40_000, f"still: {still.status}")
        province = me.ask("POST", "/api/v1/areas", {"name": "Cà Mau", "type": "TINH", "code": "96", "from": "2025-07-01",
                                                    "basis": "202/2025/QH15"})
        area = me.ask("POST", "/api/v1/areas", {"name": "Bạc Liêu", "type": "PHUONG", "code": "31825", "from": "2025-07-01",
                                                "parent": province.json().get("id"), "basis": "1668/NQ-UBTVQH15"})
        expect(area.status == 201, f"area: {area.body}")
        site = me.ask("POST", "/api/v1/sites", {"name": "Cổng trường", "area": area.json()["id"], "outside_residential": True, "lat": 9.29,
                                                "lon": 105.72, "public_place": True, "public_basis": "12/QĐ-UBND", "opened": "2025-08-01"})
        expect(site.status == 201, f"site: {site.body}")
        made = me.ask("POST", "/api/v1/register/cameras", {"name": "Camera cổng trường", "site": site.json()["id"], "ownership": "NGAN_SACH_XA",
                                                           "purpose": "AN_NINH", "serial": device.serial})
        expect(made.status == 201, f"camera: {made.body}")
        registered = f"/api/v1/register/cameras/{made.json()['id']}"
        refused = other.ask("POST", registered + "/connection", {"probe": begun.json()["probe"], "stream": 0})
        expect(refused.status == 422, f"another's probe connects nothing: {refused.status} {refused.body}")
        done = me.ask("POST", registered + "/connection", {"probe": begun.json()["probe"], "stream": stream(view)["n"],
                                                           "sub_stream": stream(view, role="sub")["n"], "record": "continuous"})
        expect(done.status == 200, f"connected: {done.status} {done.body}")
        shown = me.ask("GET", registered)
        kept = {s["role"]["code"]: s for s in shown.json()["streams"]}
        expect(kept["CHINH"]["codec"] == "h264" and 500 < kept["CHINH"]["gop_ms"] < 6000, f"what was measured is kept: {kept}")
        written = shown.json()["device"]
        told = (written["brand"], written["device_model"], written["serial"], written["mac"], written["onvif_uuid"], written["firmware"])
        expect(told == ("Dahua", device.model, device.serial, device.mac.upper(), device.uuid, "2.800.1"), f"what it is, is kept: {told}")
        for answer in (begun, done, shown, me.ask("GET", target)):
            expect(PASSWORD.encode() not in answer.body, "the password is not shown")
        service.wait_recording(1, 30)
        again = me.ask("POST", "/api/v1/probes", {"address": address, "user": USER, "password": PASSWORD}).json()["probe"]
        view = wait_until(lambda: (lambda v: v if v["over"] else None)(me.ask("GET", "/api/v1/probes/" + again).json()), 30, "over", 0.3)
        expect([d["id"] for d in view["duplicates"]] == [made.json()["id"]], f"offered as the same camera: {view['duplicates']}")
        second = me.ask("POST", "/api/v1/register/cameras", {"name": "Camera khác", "site": site.json()["id"], "ownership": "NGAN_SACH_XA",
                                                             "purpose": "AN_NINH", "serial": "SN-KHAC"}).json()["id"]
        done = me.ask("POST", f"/api/v1/register/cameras/{second}/connection", {"probe": again, "stream": stream(view)["n"]})
        expect(done.status == 200 and "Thiết bị khác với hồ sơ" in done.json()["warnings"][0]["sentence"]["vi"], f"another device: {done.body}")
        expect(me.ask("GET", f"/api/v1/register/cameras/{second}").json()["device"]["serial"] == "SN-KHAC", "and nothing is overwritten")
        expect(me.ask("DELETE", target).status == 200 and me.ask("GET", target).status == 404, "ended and forgotten")
        device.stop()


FORBIDDEN = "127.0.99.1"


def forbidden_forms():
    """Ways to write an address that is none of the ward's cameras."""
    hosts = ["127.0.99.1", "2130731777", "0x7f006301", "017700061401", "127.25345", "127.0.25345", "0177.0.0143.1", "0x7f.0.0x63.1",
             "127.0.99.01", "127.0.099.1", "127.000.099.001", "127.0.99.1.", "127.1", "127.0.0.1", "0", "0.0.0.0", "00000000", "localhost", "LOCALHOST",
             "localhost.", "localhost.localdomain", "ip6-localhost", "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.99.1]",
             "[::ffff:7f00:6301]", "[0:0:0:0:0:ffff:7f00:6301]", "[::127.0.99.1]", "[64:ff9b::7f00:6301]", "[2002:7f00:6301::]", "[fe80::1]",
             "[fe80::1%25lo]", "[::1%lo]", "169.254.169.254", "0xa9fea9fe", "2852039166", "[::ffff:169.254.169.254]", "[fd00:ec2::254]", "255.255.255.255",
             "224.0.0.1", "１２７.0.99.1", "127。0。99。1", "①②⑦.0.99.1", "127.0.99.1%00", "127.0.99.1%2e", "127%2e0%2e99%2e1"]
    forms = []
    for host in hosts:
        forms += [host, f"rtsp://{host}:{RTSP}/gate/main"]
    inside = "127.0.38.1"
    forms += [f"rtsp://{inside}@{FORBIDDEN}:{RTSP}/", f"rtsp://{inside}:80@{FORBIDDEN}/", f"rtsp://{inside}#@{FORBIDDEN}/",
              f"rtsp://{inside}?@{FORBIDDEN}/", f"rtsp://{inside}\\@{FORBIDDEN}/", f"rtsp://{FORBIDDEN}#{inside}/", f"rtsp:///{FORBIDDEN}/",
              f"rtsp:{FORBIDDEN}/", f"rtsp://{inside} {FORBIDDEN}/", f"rtsp://{inside}\n{FORBIDDEN}/", f"rtsp://{inside}\r\nHost: {FORBIDDEN}/",
              f"rtsp://{inside}\t/", f"rtsp://{inside},{FORBIDDEN}/", f"rtsp://{inside};{FORBIDDEN}/", f"rtsp://{FORBIDDEN}:{RTSP}:80/",
              f"http://{FORBIDDEN}/", f"https://{FORBIDDEN}/", f"rtsps://{FORBIDDEN}/", f"rtmp://{FORBIDDEN}/", f"tcp://{FORBIDDEN}:80",
              f"udp://{FORBIDDEN}:80", "file:///etc/passwd", "file://localhost/etc/passwd", "concat:/etc/passwd|/etc/hosts",
              "subfile,,start,0,end,9,,:/etc/passwd", "data:text/plain,x", f"exec:curl {FORBIDDEN}", f"gopher://{FORBIDDEN}:80/_x",
              f"dict://{FORBIDDEN}:80/", f"ftp://{FORBIDDEN}/", "unix:///run/x", "@127.0.99.1", "-oProxyCommand=x", "--data=/etc", "", " ",
              "127.0.38.1:22", "127.0.38.1:0", "127.0.38.1:65536", "127.0.38.1:-1", "127.0.38.1:+80", "127.0.38.1:80:80", "127.0.38.1:5432",
              f"rtsp://127.0.38.1:22/x", f"rtsp://127.0.38.1:5432/x", "$(id)", "`id`", "127.0.38.1;id", "127.0.38.1|id", "../../etc/passwd",
              "a" * 3000, "rtsp://" + "a" * 3000]
    return forms


def contacts_nobody_else(folder, footage):
    """API-21, CAM-14, NET-10: whatever is typed, and whatever a device says, only camera networks and ports are contacted."""
    wires = [Tripwire(FORBIDDEN, PORTS), Tripwire("127.0.0.1", [p for p in PORTS if p not in (443,)]),
             Tripwire("127.0.38.1", [22 + 10_000, 5432 + 10_000])]
    config = '[network]\ncamera_networks = ["127.0.38.0/24"]\n'
    with node(folder, config) as service:
        forms = forbidden_forms()
        expect(len(forms) >= 80, f"{len(forms)} forms")
        accepted = []
        for form in forms:
            done = service.command("probe", "--json", "--", form, check=False)
            view = json.loads(done.stdout) if done.returncode == 0 else {}
            if view.get("streams") or view.get("device", {}).get("serial"):
                accepted.append(form)
        expect(not accepted, f"none of these leads anywhere: {accepted}")
        quirks = [{"xaddr_host": FORBIDDEN}, {"xaddr_host": "localhost"}, {"xaddr_host": f"127.0.38.2@{FORBIDDEN}"},
                  {"redirect": f"http://{FORBIDDEN}/"}, {"xaddr_host": FORBIDDEN, "only_media2": True},
                  {"xaddr_host": "[::ffff:127.0.99.1]"}]
        for i, quirk in enumerate(quirks):
            with camera(folder, footage, "127.0.38.2", extra=[]) as sim:
                device = OnvifDevice("127.0.38.2", HTTP, RTSP, streams("gate"), **quirk).start()
                view = probe(service, "127.0.38.2")
                device.stop()
                del sim
                if "redirect" in quirk:
                    expect(not view["streams"] or not view["streams"][0]["streamed"], f"{quirk}: not followed")
                else:
                    expect(stream(view)["streamed"], f"{quirk}: asked where it was contacted: {view}")
                    expect("127.0.38.2" in stream(view)["url"], f"{quirk}: {stream(view)['url']}")
        with answering_rtsp("127.0.38.3", "302 Moved", f"Location: rtsp://{FORBIDDEN}:{RTSP}/gate/main\r\n"):
            view = probe(service, f"rtsp://127.0.38.3:{RTSP}/x")
            expect(not [s for s in view["streams"] if s["streamed"]], f"RTSP 302: {view['streams']}")
        touched = [w.touched for w in wires]
        print(json.dumps({"forms": len(forms), "touched": touched}), flush=True)
        expect(not any(touched), f"somebody else was contacted: {touched}")
    for wire in wires:
        wire.stop()


@contextlib.contextmanager
def answering_rtsp(address, status, header, authorised=None):
    """Answers every request alike; requests with an Authorization are noted."""
    import socketserver
    import threading

    class Handler(socketserver.StreamRequestHandler):
        def handle(self):
            while True:
                cseq, line = "1", self.rfile.readline()
                if not line:
                    return
                while line not in (b"\r\n", b""):
                    if line.lower().startswith(b"authorization:") and authorised is not None:
                        authorised.append(line.decode()[:60])
                    if line.lower().startswith(b"cseq:"):
                        cseq = line.split(b":")[1].strip().decode()
                    line = self.rfile.readline()
                self.wfile.write(f"RTSP/1.0 {status}\r\nCSeq: {cseq}\r\n{header}\r\n".encode())

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = True
        daemon_threads = True
    server = Server((address, RTSP), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def finds_devices(folder, footage):
    """WS-Discovery, asked directly and by multicast; answers from elsewhere are left out."""
    address = "127.0.0.1"
    device = OnvifDevice(address, 18_080, RTSP, streams("gate"), xaddr_host="10.9.9.9").start_discovery()
    try:
        with node(folder) as service:
            for options in (["--network", "127.0.0.0/30"], []):
                view = json.loads(service.command("discover", "--json", *options).stdout)
                found = [d for d in view["devices"] if d["onvif_uuid"] == device.uuid]
                print(json.dumps({"options": options, "devices": view["devices"]}), flush=True)
                if options:
                    expect(len(found) == 1, f"it answered: {view}")
                    expect(found[0]["address"].startswith("127.") and found[0]["name"] == "Cong truong", f"{found}")
            refused = service.command("discover", "--network", "8.8.8.0/24", check=False)
            expect(refused.returncode != 0, "a network that is not allowed is not asked")
    finally:
        device.stop()


CASES = {c.__name__: c for c in (says_what_is_there, logs_in_as_devices_want, stops_at_a_wrong_password, expands_a_recorder,
                                 expands_a_large_recorder,
                                 tries_the_paths_of_brands, judges_what_it_sees, survives_hostile_devices, contacts_nobody_else,
                                 finds_devices, over_http, limits_itself)}

if __name__ == "__main__":
    sys.exit(run_case(CASES))
