#!/usr/bin/env python3
"""The real ingest shard process, sandbox and all, against simulated cameras. One case per run: ingest_test.py CASE.
ingest_probe plays core's part and prints what arrived; camsim's frame counter tells whether anything was lost."""
import json
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1] / "support"))
from bench_world import BUILD, Camsim, expect, run_case  # noqa: E402

QUIRKS = ["no_content_type", "no_content_base", "schemeless_content_base", "content_base_no_slash", "absolute_control",
          "no_session_control", "no_origin_line", "sdp_lf_only", "sdp_trailing_nul", "trailing_semicolon",
          "no_packetization_mode", "padded_ssrc", "no_transport_ssrc", "wrong_transport_ssrc", "other_channels",
          "session_changes", "no_rtp_info", "zero_rtp_info", "lower_case_headers", "lf_only", "blank_lines",
          "no_public", "aggregate", "access_unit_delimiter", "annex_b", "fu_reserved_bit", "rtp_extension",
          "rtp_padding", "no_marker", "qop"]


def probe(urls, *arguments, seconds=6):
    done = subprocess.run([str(BUILD / "bin/ingest_probe"), "--seconds", str(seconds), *arguments, *urls],
                          capture_output=True, text=True)
    expect(done.returncode == 0, f"ingest_probe: {done.stderr[-500:]}")
    for secret in ("hunter2", "rtsp://"):
        expect(secret not in done.stderr + json.dumps([s["detail"] for s in json.loads(done.stdout)["streams"]]),
               f"'{secret}' leaked into log or detail")
    report = json.loads(done.stdout)
    expect("seccomp" in report["sandbox"], f"sandbox is {report['sandbox']}")
    expect(report["exit"] == "exited with 0", f"the shard {report['exit']}")
    return report["streams"]


def expect_flowing(stream, name, least_units=20):
    expect(stream["state"] == "streaming", f"{name}: {stream['state']} {stream['reason']} {stream['detail']}")
    expect(stream["units"] >= least_units, f"{name}: only {stream['units']} units")
    expect(stream["damaged"] == 0 and stream["counter_gaps"] == 0, f"{name}: lost something: {stream}")
    expect(stream["keys"] >= 1 and stream["parameters"] >= 1, f"{name}: no key frame or parameters: {stream}")


def play_quirks(folder, footage, *arguments):
    sim = Camsim(folder, repeat=len(QUIRKS), pair=(footage / "street_sub.mp4", None),
                 extra=["--user", "u", "--password", "hunter2"])
    try:
        for camera, quirk in enumerate(QUIRKS):
            sim.tell(f"cam{camera}", "quirk", name=quirk)
        streams = probe([sim.url(f"cam{n}") for n in range(len(QUIRKS))], "--user", "u", "--password", "hunter2",
                        *arguments, seconds=7)
        for quirk, stream in zip(QUIRKS, streams):
            expect_flowing(stream, quirk)
    finally:
        sim.stop()


def quirks_tcp(folder, footage):
    play_quirks(folder, footage)


def quirks_udp(folder, footage):
    play_quirks(folder, footage, "--udp")


def logins(folder, footage):
    for scheme in ("none", "basic", "digest", "digest-sha256", "both"):
        sim = Camsim(folder / scheme, cameras=[("a", footage / "street_sub.mp4", None)],
                     extra=["--auth", scheme, "--user", "u", "--password", "hunter2"])
        try:
            expect_flowing(probe([sim.url("a")], "--user", "u", "--password", "hunter2", seconds=4)[0], scheme, 10)
            if scheme != "none":
                stream = probe([sim.url("a")], "--user", "u", "--password", "other", seconds=2)[0]
                expect(stream["reason"] == "auth_refused", f"{scheme} with a wrong password: {stream}")
        finally:
            sim.stop()


def codecs_and_audio(folder, footage):
    files = ["street_main.mp4", "street_main_h265.mp4", "street_sub_h265.mp4", "street_aac.mp4", "street_pcmu.mov",
             "street_pcma.mov"]
    sim = Camsim(folder, cameras=[(f"c{n}", footage / file, None) for n, file in enumerate(files)])
    try:
        streams = probe([sim.url(f"c{n}") for n in range(len(files))], "--audio")
        for file, stream in zip(files, streams):
            expect_flowing(stream, file)
            if file.startswith(("street_aac", "street_pc")):
                expect(stream["audio_units"] > 20, f"{file}: no sound: {stream}")
    finally:
        sim.stop()


# What each fault must lead to: a reason, or None if the stream must go on.
FAULTS = [
    ("mute", {"mode": "silent"}, "no_media"), ("mute", {"mode": "rtcp"}, "no_media"),
    ("mute", {"mode": "empty"}, "no_media"), ("redirect", {"location": "rtsp://192.0.2.1/live"}, "forbidden_address"),
    ("drip", {"byte_ms": 200}, "timed_out"), ("auth", {"mode": "wrong"}, "auth_refused"),
    ("auth", {"mode": "stale"}, "auth_refused"), ("flood", {"bits": 100}, "rate_exceeded"),
    ("flood", {"fps": 10}, "rate_exceeded"), ("keepalive", {"timeout_s": 3}, None),
    ("keepalive", {"timeout_s": 3, "mode": "options_only"}, None),
    ("quirk", {"name": "content_base", "value": "rtsp://192.0.2.1:8554/x/main/"}, None),
    ("quirk", {"name": "sdp_connection", "value": "IN IP4 192.0.2.1"}, None),
    ("tear", {"every_ms": 1000}, "torn"), ("clock", {"offset_ms": 90_000}, None), ("sr", {"mode": "1970"}, None),
]


def faults(folder, footage):
    sim = Camsim(folder, repeat=len(FAULTS), pair=(footage / "street_sub.mp4", None),
                 extra=["--user", "u", "--password", "hunter2"])
    try:
        for camera, (verb, arguments, _) in enumerate(FAULTS):
            sim.tell(f"cam{camera}", verb, **arguments)
        names = [f"cam{n}" for n in range(len(FAULTS))]
        # content_base must name the camera's own path at another host.
        sim.tell("cam11", "quirk", name="content_base", value="rtsp://192.0.2.1:8554/cam11/main/")
        streams = probe([sim.url(n) for n in names], "--user", "u", "--password", "hunter2", seconds=13)
        for (verb, arguments, outcome), stream in zip(FAULTS, streams):
            what = f"{verb} {arguments}"
            if outcome is None:
                expect_flowing(stream, what)
            elif outcome == "torn":  # CAM-10: it goes on (damaged, of course), or was given up as a protocol error
                expect(stream["state"] == "streaming" and stream["units"] > 50 or stream["reason"] == "protocol_error",
                       f"{what}: {stream}")
            else:
                expect(stream["reason"] == outcome, f"{what}: {stream}")
    finally:
        sim.stop()


def gst_rtsp_server(folder, footage):
    """Another implementation: gst-rtsp-server, TCP and UDP, with and without login."""
    cases = [("tcp", "h264", "street_sub.mp4", []), ("udp", "h264", "street_sub.mp4", ["u", "hunter2"]),
             ("tcp", "h265", "street_sub_h265.mp4", ["u", "hunter2"]), ("udp", "h265", "street_sub_h265.mp4", [])]
    for transport, codec, file, login in cases:
        server = subprocess.Popen([str(BUILD / "bin/gst_camera"), str(footage / file), codec, transport, *login],
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        try:
            url = f"rtsp://127.0.0.1:{int(server.stdout.readline())}/cam"
            arguments = (["--udp"] if transport == "udp" else []) + \
                (["--user", login[0], "--password", login[1]] if login else [])
            stream = probe([url], *arguments, seconds=6)[0]
            expect_flowing(stream, f"{transport} {codec} {'login' if login else ''}")
            if transport == "udp":
                refused = probe([url], *arguments[1:], seconds=3)[0]
                expect(refused["reason"] == "transport_refused", f"TCP from a UDP-only server: {refused}")
        finally:
            server.kill()
            server.wait()


CASES = {case.__name__: case for case in (quirks_tcp, quirks_udp, logins, codecs_and_audio, faults, gst_rtsp_server)}


if __name__ == "__main__":
    sys.exit(run_case(CASES))
