#!/usr/bin/env python3
"""The service as a person meets it: command line, files, states. One case per run: service_test.py CASE."""
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import struct
import subprocess
import sys
import time
import urllib.error
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support"), str(HERE.parent / "fault")]
from bench_world import (BUILD, VONGGAC, Camsim, Failure, Service, acknowledged, ensure_footage, expect, gaps,  # noqa: E402
                         media_files, process_tree, wait_until, workspace)

FAST = "[record]\nflush_interval_ms = 300\n"


def probe(path, *show):
    done = subprocess.run(["ffprobe", "-v", "error", "-of", "json", *show, str(path)], capture_output=True, text=True)
    expect(done.returncode == 0 and not done.stderr.strip(), f"ffprobe {path}: {done.stderr.strip()[:300]}")
    return json.loads(done.stdout)


def decode_cleanly(path):
    """Decodes every frame; any complaint of the decoder is a failure. Returns the number of frames.

    In the stream's own time base: frames that a busy server sent a millisecond apart are not an error."""
    done = subprocess.run(["ffmpeg", "-v", "error", "-xerror", "-i", str(path), "-map", "0:v", "-fps_mode", "passthrough",
                           "-enc_time_base", "1:90000", "-f", "null", "-"],
                          capture_output=True, text=True)
    expect(done.returncode == 0 and not done.stderr.strip(), f"decode {path}: {done.stderr.strip()[:300]}")
    counted = probe(path, "-count_packets", "-select_streams", "v", "-show_entries", "stream=nb_read_packets")
    return int(counted["streams"][0]["nb_read_packets"])


def counted_frames(data):
    done = subprocess.run([str(BUILD / "bin/frame_count"), str(data)], capture_output=True, text=True)
    expect(done.returncode == 0, f"frame_count: {done.stderr or done.stdout}")
    return json.loads(done.stdout)


def clips(service, *arguments):
    value = json.loads(service.command("clips", "--json", *arguments).stdout)
    return value["clips"] if isinstance(value, dict) else value


def expect_clean(service):
    clean, report = service.check(full=True)
    expect(clean, f"check --full is not clean: {json.dumps(report)[:800]}")


def records_and_exports(folder, footage):
    sim = Camsim(folder, cameras=[("a", footage / "street_main.mp4", footage / "street_sub.mp4"),
                                  ("b", footage / "street_main_h265.mp4", footage / "street_sub_h265.mp4")])
    service = Service(folder / "data", FAST).start()
    try:
        ids = {n: service.add_camera(n, sim.url(n), sim.url(n, "sub")) for n in ("a", "b")}
        service.wait_recording(2, 15)
        time.sleep(12)
        # An open segment plays as it is, while it is being written.
        for path in media_files(service.data):
            probe(path, "-show_streams")
        for name, camera in ids.items():
            spans = clips(service, "--camera", camera)
            expect(spans, f"no clips of {name}")
            start = spans[0]["from"]
            out = folder / f"{name}.mp4"
            begin = re.sub(r"\.\d+Z", "Z", start)
            begin_s = time.strptime(begin, "%Y-%m-%dT%H:%M:%SZ")
            base = int(__import__("calendar").timegm(begin_s)) + 2
            iso = lambda t: time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(t)) + ".300Z"  # noqa: E731
            service.command("export", "--camera", camera, "--from", iso(base), "--to", iso(base + 6), "--out", out)
            frames = decode_cleanly(out)
            expect(85 <= frames <= 125, f"{name}: {frames} frames in a 6 s export at 15 fps (with its key frame lead-in)")
            duration = float(probe(out, "-show_entries", "format=duration")["format"]["duration"])
            expect(abs(duration - 6) < 0.15, f"{name}: asked for 6 s, the export shows {duration}")
        status = service.status()
        expect(all(c["state"] == "recording" for c in status["cameras"]), service.brief())
        page = urllib.request.urlopen(f"http://127.0.0.1:{service.port()}/", timeout=5).read()
        expect(b"<html" in page.lower(), "the status page is not HTML")
        service.stop()
        counted = counted_frames(service.data)
        expect(counted["frames"] > 250 and counted["lost"] == 0 and counted["duplicated"] == 0, f"frames: {counted}")
        expect_clean(service)
    finally:
        service.stop()
        sim.stop()


def motion_mode(folder, footage):
    sim = Camsim(folder, cameras=[("street", footage / "street_main.mp4", footage / "street_sub.mp4"),
                                  ("still", footage / "still_main.mp4", footage / "still_sub.mp4")])
    service = Service(folder / "data", FAST).start()
    try:
        street = service.add_camera("street", sim.url("street"), sim.url("street", "sub"), record="motion")
        still = service.add_camera("still", sim.url("still"), sim.url("still", "sub"), record="motion")
        wait_until(lambda: service.cameras()[street]["recording"], 40, f"motion starts a recording: {service.brief()}")
        time.sleep(12)
        states = service.cameras()
        expect(not states[still]["recording"], "an empty scene is recorded")
        expect(clips(service, "--camera", street, "--motion"), "no clip with motion")
        expect(not clips(service, "--camera", still), "the empty scene has clips")
        service.stop()
        expect_clean(service)
    finally:
        service.stop()
        sim.stop()


def gives_way_when_overloaded(folder, footage):
    """Looking may use 2 % of a core, and six busy streets want four times that: nothing of the recording is lost."""
    sim = Camsim(folder, repeat=6, pair=(footage / "street_main.mp4", footage / "street_sub.mp4"))
    service = Service(folder / "data", FAST + "[analyse]\nshards = 1\ncpu_percent = 2\n").start()
    try:
        for name in sim.names():
            service.add_camera(name, sim.url(name), sim.url(name, "sub"), record="continuous")
        service.wait_recording(6, 60)
        shed = {"shed_to_key_pictures", "shed_key_pictures"}
        states = lambda: [c["motion_watch"]["state"] for c in service.status()["cameras"]]  # noqa: E731
        wait_until(lambda: shed & set(states()), 40, "some camera gives way", 0.5)
        words = [c["motion_watch"]["message"] for c in service.status()["cameras"] if c["motion_watch"]["state"] in shed]
        expect(all("quá tải" in w["vi"] and "overloaded" in w["en"] for w in words), f"the reason is not told: {words}")
        wait_until(lambda: all(c["last_motion_at"] for c in service.status()["cameras"]), 60, "key pictures of every camera are looked at", 0.5)
        service.stop()
        expect(counted_frames(service.data)["lost"] == 0, "frames were lost")
    finally:
        service.stop()
        sim.stop()


def ask_core(service, question):
    """One request over the control socket, as docs/reference/control.md tells programs to."""
    request_type, reply_type = 21, 22  # ipc/messages.h
    text = json.dumps(question).encode()
    body = struct.pack(">HII", request_type, 7, len(text)) + text
    directory = os.open(service.data / "run", os.O_RDONLY | os.O_DIRECTORY)
    with socket.socket(socket.AF_UNIX) as control:
        control.settimeout(10)
        control.connect(f"/proc/self/fd/{directory}/control.sock")
        os.close(directory)
        control.sendall(struct.pack(">I", len(body)) + body)
        received = b""
        while len(received) < 4 or len(received) < 4 + struct.unpack(">I", received[:4])[0]:
            piece = control.recv(65536)
            expect(piece, "the service closed the control socket")
            received += piece
    kind, request, size = struct.unpack(">HII", received[4:14])
    expect((kind, request) == (reply_type, 7), f"reply {kind} {request}")
    return json.loads(received[14:14 + size])


def searches_and_tunes(folder, footage):
    sim = Camsim(folder, cameras=[("street", footage / "street_main.mp4", footage / "street_sub.mp4"),
                                  ("still", footage / "still_main.mp4", footage / "still_sub.mp4")])
    service = Service(folder / "data", FAST).start()
    try:
        ids = {n: service.add_camera(n, sim.url(n), sim.url(n, "sub"), record="continuous") for n in ("street", "still")}
        search = lambda *more: json.loads(service.command("search", "--json", *more).stdout)  # noqa: E731
        wait_until(lambda: search()["hits"], 60, f"motion can be searched for: {service.brief()}")
        everywhere = search("--camera", "street")
        expect(all(h["camera"] == ids["street"] and h["footage"] for h in everywhere["hits"]), f"{everywhere}")
        expect(not search("--camera", "still")["hits"], "the empty scene has hits")
        corner = search("--camera", "street", "--region", "0,0,0.03,0.05")
        expect(len(corner["hits"]) <= len(everywhere["hits"]) and corner["region_cells"] == 1, f"{corner}")
        refused = service.command("search", "--region", "0,0,2,1", check=False)
        expect(refused.returncode == 2 and "between 0 and 1" in refused.stderr, f"{refused}")

        client = service.person("XAC_MINH", "KY_THUAT")
        over_http = client.get(f"/api/v1/search?region=0,0,1,1&camera={ids['street']}").json()
        expect(over_http["hits"] and over_http["complete"], f"{over_http}")

        # What was followed is told when it has left.
        wait_until(lambda: ask_core(service, {"op": "motion.tune", "id": ids["street"]})["now"]["things"], 90, "something has been followed", 1)
        # A higher sensitivity, run beside: its threshold is lower, and it tells what it sees.
        tuned = json.loads(service.command("tune", "--json", "--camera", "street", "--sensitivity", "8", "--watch", "6").stdout)
        expect(tuned["now"]["things"] >= 1 and tuned["now"]["sensitivity"] == 5, f"{tuned['now']}")
        expect(tuned["with"]["things"] >= tuned["now"]["things"] and tuned["with"]["sensitivity"] == 8, f"{tuned['with']}")
        expect(tuned["shadow"]["live"]["threshold_grey"] < tuned["live"]["threshold_grey"], f"{tuned['live']} {tuned['shadow']}")
        expect(tuned["things"][0]["text"]["vi"] != tuned["things"][0]["text"]["en"], f"{tuned['things'][0]}")
        over_http = client.get(f"/api/v1/cameras/{ids['street']}/tune?sensitivity=8").json()
        expect(over_http["with"]["sensitivity"] == 8, "the tuner over HTTP")
        time.sleep(10)
        expect(ask_core(service, {"op": "motion.tune", "id": ids["street"]})["shadow"] is None, "the shadow run did not end")

        # Woken from outside: accepted, bounded, and for known cameras only.
        woken = ask_core(service, {"op": "motion.wake", "id": ids["still"], "seconds": 5})
        expect(woken["ok"] and woken["until"].endswith("Z"), f"{woken}")
        for wrong in ({"seconds": 601}, {"seconds": -1}, {"seconds": "5"}, {"id": "01932b6e-7a10-7c3e-9f00-0123456789ab"}):
            reply = ask_core(service, {"op": "motion.wake", "id": ids["still"], **wrong})
            expect(not reply["ok"] and len(reply["error"]["message"]) > 20, f"{wrong}: {reply}")
        service.stop()
        expect(search("--camera", "street")["hits"], "the search works without the service")
        expect_clean(service)
    finally:
        service.stop()
        sim.stop()


def wakes_at_a_cameras_sign(folder, footage):
    """What a camera-side event does: whoever receives it asks for motion.wake, and each picture is looked at.

    Recorded continuously and without sub streams, of both cameras key pictures alone are looked at: what moves is known from two of
    them. What was followed picture by picture is known from many more, and only of the camera that was woken."""
    street = footage / "street_sub.mp4"  # small, so that a busy machine does not have to give way
    sim = Camsim(folder, cameras=[("woken", street, None), ("other", street, None)])
    service = Service(folder / "data", FAST).start()
    try:
        ids = {n: service.add_camera(n, sim.url(n), record="continuous") for n in ("woken", "other")}
        things = lambda n: ask_core(service, {"op": "motion.tune", "id": ids[n]})["things"]  # noqa: E731
        followed = lambda n: [t for t in things(n) if t["pictures"] >= 8]  # noqa: E731
        wait_until(lambda: things("woken") and things("other"), 90, f"movement is seen: {service.brief()}", 1)
        states = {c["motion_watch"]["state"] for c in service.status()["cameras"]}
        expect(states == {"main_key_pictures"}, f"{states}")
        expect(not followed("woken") and not followed("other"), "something was followed though only key pictures are looked at")

        asked_at = time.time()
        reply = ask_core(service, {"op": "motion.wake", "id": ids["woken"], "seconds": 20})
        expect(reply["ok"], f"{reply}")
        wait_until(lambda: followed("woken"), 60, "what moves is followed picture by picture", 1)
        first = min(t["from"] for t in followed("woken"))
        # From the next key picture on, which is 2 s away at most.
        expect(first >= time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(asked_at - 1)), f"followed from {first} on")
        expect(not followed("other"), "the camera beside it was woken too")
        time.sleep(max(0.0, asked_at + 26 - time.time()))
        begun = max(t["from"] for t in followed("woken"))
        expect(begun < time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(asked_at + 25)), f"followed after its time: {begun}")
        service.stop()
        expect_clean(service)
    finally:
        service.stop()
        sim.stop()


def seals_secrets(folder, footage):
    secret = "Canary7Xq"
    wrong = "Wrong8Canary"
    sim = Camsim(folder, cameras=[("a", footage / "street_sub.mp4", None)],
                 extra=["--user", "admin", "--password", secret, "--auth", "digest"])
    service = Service(folder / "data", FAST + '[log]\nlevel = "debug"\n').start()
    try:
        service.command("camera", "add", "--name", "url", "--url", sim.url("a", user="admin", password=secret), "--record",
                        "continuous")
        service.command("camera", "add", "--name", "stdin", "--url", sim.url("a"), "--user", "admin", "--password-stdin",
                        "--record", "continuous", stdin=secret + "\n")
        path_url = f"rtsp://127.0.0.1:{sim.port}/user=admin&password={secret}&channel=1&stream=0.sdp?"
        service.command("camera", "add", "--name", "path", "--url", path_url, "--record", "continuous")
        bad = service.command("camera", "add", "--name", "bad", "--url", sim.url("a"), "--user", "admin",
                              "--password-stdin", "--record", "continuous", stdin=wrong + "\n").stdout.strip()
        service.wait_recording(3, 20)
        wait_until(lambda: service.cameras()[bad]["state"] == "auth_refused", 20, f"the wrong password shows: {service.brief()}")
        time.sleep(3)
        places = {}
        for pid in process_tree(service.process.pid):
            for name in ("cmdline", "environ"):
                places[f"{pid}/{name}"] = pathlib.Path(f"/proc/{pid}/{name}").read_bytes()
        places["log"] = service.log_path.read_bytes()
        places["status"] = json.dumps(service.status()).encode()
        places["list"] = service.command("camera", "list", "--json").stdout.encode()
        for path in service.data.rglob("*"):
            if path.is_file() and path.suffix != ".mp4":
                places[str(path.name)] = path.read_bytes()
        for place, content in places.items():
            for canary in (secret, wrong):
                expect(canary.encode() not in content, f"a password stands in {place}")
        key = service.data / "secrets" / "node.key"
        expect(key.stat().st_mode & 0o777 == 0o600, f"key file mode {oct(key.stat().st_mode)}")
    finally:
        service.stop()
        sim.stop()


def edits_touch_one_camera(folder, footage):
    sim = Camsim(folder, repeat=3, pair=(footage / "street_sub.mp4", None))
    service = Service(folder / "data", FAST + "[analyse]\nenabled = false\n").start()
    try:
        names = sim.names()
        keep = [service.add_camera(n, sim.url(n)) for n in names[:2]]
        service.wait_recording(2, 15)
        third = service.add_camera("third", sim.url(names[2]))
        service.wait_recording(3, 15)
        service.command("camera", "set", third, "--record", "off")
        wait_until(lambda: not service.cameras()[third]["recording"], 10, "record off stops the recording")
        service.command("camera", "set", third, "--record", "continuous", "--name", "thứ ba")
        service.wait_recording(3, 15)
        expect(service.cameras()[third]["name"] == "thứ ba", "the new name shows")
        service.command("camera", "remove", third)
        expect(third not in service.cameras(), "the camera is gone")
        done = service.command("camera", "set", third, "--record", "off", check=False)
        expect(done.returncode == 1 and done.stderr.strip(), f"set of a removed camera: exit {done.returncode}")
        time.sleep(2)
        service.stop()
        lost = {c["camera"]: c["lost"] for c in counted_frames(service.data)["cameras"]}
        expect(all(lost[i] == 0 for i in keep), f"other cameras lost frames: {lost}")
        expect_clean(service)
        # The same commands work without a service.
        offline = service.command("camera", "add", "--name", "offline", "--url", sim.url(names[2])).stdout.strip()
        listed = json.loads(service.command("camera", "list", "--json").stdout)
        listed = listed["cameras"] if isinstance(listed, dict) else listed
        expect({c["id"] for c in listed} == {*keep, offline}, f"list: {listed}")
        expect(service.command("status", check=False).returncode == 4, "status without a service is exit 4")
    finally:
        service.stop()
        sim.stop()


def survives_kills(_folder, _footage):
    import case_kill
    case_kill.CAMERAS = 4
    result = case_kill.run(12)
    expect(result["fragments"] > 0, f"nothing was stored: {result}")


def one_instance(folder, footage):
    service = Service(folder / "data", FAST).start()
    try:
        began = time.monotonic()
        second = subprocess.run([str(VONGGAC), "serve", "--data", str(service.data), "--listen", "127.0.0.1:0"],
                                capture_output=True, text=True, timeout=20)
        expect(second.returncode != 0 and second.stderr.strip(), "a second service must refuse and say why")
        expect(time.monotonic() - began < 5, "the refusal takes too long")
        expect(service.status()["pid"] == service.process.pid, "the first one is undisturbed")
        expect_tls_elsewhere(folder)
    finally:
        service.stop()


def expect_tls_elsewhere(folder):
    """On all addresses the page is served under TLS, and to nobody without an account."""
    port = free_tcp_port()
    with open(folder / "public.log", "wb") as log:
        public = subprocess.Popen([str(VONGGAC), "serve", "--data", str(folder / "public"), "--listen", f"0.0.0.0:{port}"],
                                  stdout=log, stderr=log)
    try:
        trusting = ssl.create_default_context(cafile=None)
        trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE

        def answer(path, address="127.0.0.1"):
            with urllib.request.urlopen(f"https://{address}:{port}{path}", timeout=5, context=trusting) as reply:
                return reply.read()
        wait_until(lambda: _succeeds(lambda: answer("/healthz")), 15, "the page answers under TLS")
        try:
            answer("/api/v1/status")
            raise Failure("somebody without an account saw the status")
        except urllib.error.HTTPError as refused:
            expect(refused.code == 401, f"{refused.code}")
        with socket.create_connection(("127.0.0.1", port), 5) as plain:
            plain.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
            expect(b"https://" in plain.recv(1000), "who speaks plain HTTP is told to use https")
        old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        old.check_hostname, old.verify_mode = False, ssl.CERT_NONE
        old.maximum_version = ssl.TLSVersion.TLSv1_1
        try:
            with socket.create_connection(("127.0.0.1", port), 5) as tcp, old.wrap_socket(tcp):
                raise Failure("TLS 1.1 was accepted")
        except (ssl.SSLError, OSError):
            pass
        key = folder / "public/tls/server.key"
        expect(key.stat().st_mode & 0o077 == 0, "the key is readable for others")
    finally:
        public.terminate()
        public.wait(15)


def free_tcp_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _succeeds(work):
    try:
        return work() is not None
    except OSError:
        return False


def stops_quickly(folder, footage):
    sim = Camsim(folder, repeat=8, pair=(footage / "street_sub.mp4", footage / "street_sub.mp4"))
    service = Service(folder / "data", FAST).start()
    try:
        for name in sim.names():
            service.add_camera(name, sim.url(name), sim.url(name, "sub"))
        service.wait_recording(8, 20)
        for _ in range(3):
            began = time.monotonic()
            service.stop()
            took = time.monotonic() - began
            expect(took <= 5, f"stopping took {took:.1f} s")
            expect(service.process.returncode == 0, f"exit {service.process.returncode}: {service.tail()}")
            began = time.monotonic()
            service.start()
            service.wait_recording(8, 10)
            expect(time.monotonic() - began <= 6, "recording again took too long after a restart")
            time.sleep(1)
        service.stop()
        expect_clean(service)
    finally:
        service.stop()
        sim.stop()


def plays_gst_rtsp_server(folder, footage):
    cases = [("tcp", "h264", "street_sub.mp4", []), ("udp", "h264", "street_sub.mp4", []),
             ("tcp", "h264", "street_sub.mp4", ["user1", "Secret9"]), ("udp", "h265", "street_sub_h265.mp4", ["user1", "Secret9"]),
             ("tcp", "h265", "street_sub_h265.mp4", [])]
    service = Service(folder / "data", FAST + "[analyse]\nenabled = false\n").start()
    servers = []
    try:
        for number, (transport, codec, file, login) in enumerate(cases):
            server = subprocess.Popen([str(BUILD / "bin/gst_camera"), str(footage / file), codec, transport, *login],
                                      stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
            servers.append(server)
            port = int(server.stdout.readline())
            credentials = f"{login[0]}:{login[1]}@" if login else ""
            service.add_camera(f"gst-{number}-{transport}-{codec}", f"rtsp://{credentials}127.0.0.1:{port}/cam")
        service.wait_recording(len(cases), 40)
        time.sleep(6)
        streams = [c["streams"][0] for c in service.status()["cameras"]]
        for stream, (transport, codec, _, _) in zip(streams, cases):
            expect(stream["transport"] == transport and stream["codec"] == codec, f"{stream} for {transport} {codec}")
            expect(stream["width"] == 640 and stream["height"] == 360, f"size of {stream}")
        service.stop()
        for path in media_files(service.data):
            decode_cleanly(path)
        expect_clean(service)
    finally:
        service.stop()
        for server in servers:
            server.kill()
            server.wait()


def rebuilds_index(folder, footage):
    sim = Camsim(folder, repeat=3, pair=(footage / "street_sub.mp4", None))
    service = Service(folder / "data", FAST + "[record]\n".replace("[record]\n", "") + "[analyse]\nenabled = false\n").start()
    try:
        for name in sim.names():
            service.add_camera(name, sim.url(name))
        service.wait_recording(3, 15)
        time.sleep(8)
        service.stop()
        before = acknowledged(service.data)
        spans = clips(service)
        for path in service.data.glob("index.db*"):
            path.unlink()
        service.command("rebuild")
        after = acknowledged(service.data)
        expect(before <= after, f"{len(before - after)} fragments not rebuilt")
        again = clips(service)
        expect([(c["camera"], c["from"]) for c in again] == [(c["camera"], c["from"]) for c in spans],
               "the rebuilt index shows other clips")
        expect_clean(service)
        service.start()
        service.wait_recording(3, 15)
        service.stop()
        expect_clean(service)
    finally:
        service.stop()
        sim.stop()


def recovers_from_camera_faults(folder, footage):
    import case_camera_faults
    result = case_camera_faults.run(0)
    expect(result["cases"] >= 8, f"cases: {result}")


def analysis_heals(folder, footage):
    """Without the module that looks for movement everything is recorded, the log is not flooded, and once the module is
    there again it is used."""
    program, module = folder / "bin/vonggac", folder / "lib/vonggac/libvonggac_analyse.so"
    for copied, original in ((program, VONGGAC), (module, BUILD / "lib/vonggac" / module.name)):
        copied.parent.mkdir(parents=True)
        shutil.copy2(original, copied)
    hidden = module.rename(folder / "hidden.so")
    sim = Camsim(folder, cameras=[("a", footage / "street_main.mp4", footage / "street_sub.mp4")])
    service = Service(folder / "data", program=program).start()
    try:
        camera = service.add_camera("a", sim.url("a"), sim.url("a", "sub"))
        service.wait_recording(1)
        wait_until(lambda: service.cameras()[camera]["motion_trouble"], 20, "the status says that nothing is looked at")
        time.sleep(8)
        complaints = [line for line in service.log_path.read_text().splitlines() if "analyse" in line or "motion detection" in line]
        expect(3 <= len(complaints) <= 40, f"{len(complaints)} lines of log about it")
        hidden.rename(module)
        wait_until(lambda: service.cameras()[camera]["last_motion_at"], 90, "movement is found once the module is there", 0.5)
        expect(not service.cameras()[camera]["motion_trouble"], "and the trouble is over")
        service.stop()
        expect_clean(service)
    finally:
        service.stop()
        sim.stop()


def main():
    case = sys.argv[1]
    footage = ensure_footage()
    try:
        with workspace(f"it-{case}") as folder:
            globals()[case](folder, footage)
    except Failure as failure:
        print(f"FAILED {case}: {failure}", file=sys.stderr)
        return 1
    print(f"ok {case}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
