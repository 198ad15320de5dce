#!/usr/bin/env python3
"""camsim seen by clients that are not ours: ffmpeg and GStreamer, TCP and UDP, with digest login, H.264 and H.265.

ffmpeg's decoded pictures must be, one for one and in order across the loop, those it decodes from the file itself.
"""
import concurrent.futures
import json
import pathlib
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import test_clips  # noqa: E402
from bench_world import BUILD, Camsim, Failure, expect  # noqa: E402

USER, PASSWORD = "admin", "p w"
SECONDS = 4
RATE = 15


def run(arguments, timeout_s=25):
    return subprocess.run([str(a) for a in arguments], capture_output=True, text=True, timeout=timeout_s)


def picture_sums(text):
    """[(pts, checksum)] of ffmpeg's framemd5."""
    rows = [line.split(",") for line in text.splitlines() if line and not line.startswith("#")]
    return [(int(row[2]), row[-1].strip()) for row in rows if int(row[0]) == 0]


def sums_of_file(path):
    return [s for _, s in picture_sums(run(["ffmpeg", "-v", "error", "-i", path, "-map", "0:v", "-f", "framemd5", "-"]).stdout)]


def check_ffmpeg(sim, name, path, transport, user=USER, expect_audio=None):
    url = sim.url(name, user=user, password=PASSWORD.replace(" ", "%20"))
    got = run(["ffmpeg", "-nostdin", "-v", "error", "-rtsp_transport", transport, "-i", url, "-map", "0:v",
               "-vsync", "passthrough", "-t", SECONDS, "-f", "framemd5", "-"])
    expect(got.returncode == 0 and not got.stderr.strip(), f"ffmpeg complains: {got.stderr[:300]}")
    pictures = picture_sums(got.stdout)
    # With sound the clock starts before the picture, which waits for a key frame (up to 1 s here).
    fewest = SECONDS * RATE - 4 - (RATE if expect_audio else 0)
    expect(fewest <= len(pictures) <= SECONDS * RATE + 4, f"{len(pictures)} pictures in {SECONDS} s")
    # ffmpeg has no time for the first packet of an RTSP stream, and guesses until the reordering is filled.
    stamps = [pts for pts, _ in pictures[4:]]
    expect(all(a < b for a, b in zip(stamps, stamps[1:])), "time stamps do not rise")
    original = sums_of_file(path)
    first = original.index(pictures[0][1])
    for i, (_, checksum) in enumerate(pictures):
        expect(checksum == original[(first + i) % len(original)], f"picture {i} differs from the file's")
    if expect_audio:
        probe = run(["ffprobe", "-v", "error", "-rtsp_transport", transport, "-select_streams", "a",
                     "-show_entries", "stream=codec_name", "-of", "csv=p=0", url])
        expect(probe.stdout.strip() == expect_audio, f"audio is {probe.stdout.strip()!r}")


def check_audio_decodes(sim, name):
    url = sim.url(name, user=USER, password=PASSWORD.replace(" ", "%20"))
    got = subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-rtsp_transport", "tcp", "-i", url, "-map", "0:a",
                          "-t", "3", "-ac", "1", "-ar", "8000", "-f", "s16le", "-"], capture_output=True, timeout=25)
    expect(not got.stderr.strip(), f"ffmpeg complains: {got.stderr[:300]}")
    expect(abs(len(got.stdout) - 3 * 8000 * 2) < 8000 * 2 * 0.3, f"{len(got.stdout)} bytes of sound in 3 s")


def check_gstreamer(sim, name, transport, depayloader, parser, caps):
    frames = SECONDS * RATE
    got = run(["gst-launch-1.0", "-v", "rtspsrc", f"location={sim.url(name)}", f"protocols={transport}",
               f"user-id={USER}", f"user-pw={PASSWORD}", "latency=100", "!", depayloader, "!", parser, "!", caps, "!",
               "identity", f"eos-after={frames}", "!", "fakesink", "silent=false", "sync=false"])
    arrived = got.stdout.count("chain   ***")
    expect(got.returncode == 0 and arrived >= frames - 1, f"GStreamer got {arrived} frames: {got.stderr[:300]}")


def check_many_sessions(sim):
    """100 sessions at once by our own counting reader: nothing is lost between camsim and the sockets."""
    urls = [sim.url(name) for name in sim.names()]
    got = run([BUILD / "bin" / "camsim_load", "--sessions", 100, "--seconds", SECONDS, *urls])
    expect(got.returncode == 0, got.stderr[:300])
    seen = json.loads(got.stdout)
    faults = {k: seen[k] for k in ("lost_sessions", "sequence_gaps", "counter_gaps")}
    expect(not any(faults.values()), f"{faults}")
    expect(seen["counters"] == seen["units"] > 100 * RATE * (SECONDS - 2), f"{seen}")


def check_wrong_password(sim, name):
    got = run(["ffprobe", "-v", "error", "-rtsp_transport", "tcp", sim.url(name, user=USER, password="wrong")])
    expect(got.returncode != 0 and "401" in got.stderr, f"a wrong password is not refused: {got.stderr[:200]}")


def check_xiongmai_path(sim):
    sim.tell("path", "auth", mode="password", user="viewer", password="tlJwpbo6")
    for password, good in (("tlJwpbo6", True), ("wrong", False)):
        url = f"rtsp://127.0.0.1:{sim.port}/user=viewer&password={password}&channel=1&stream=0.sdp"
        got = run(["ffprobe", "-v", "error", "-rtsp_transport", "tcp", url])
        expect((got.returncode == 0) == good, f"path login with {password!r}: {got.stderr[:200]}")


def main():
    with tempfile.TemporaryDirectory(prefix="camsim_play_") as name:
        folder = pathlib.Path(name)
        h264 = test_clips.encode(folder / "h264.mp4")
        bframes = test_clips.encode(folder / "bframes.mp4", codec=test_clips.H264_B_FRAMES)
        h265 = test_clips.encode(folder / "h265.mp4", codec=test_clips.H265)
        aac = test_clips.encode(folder / "aac.mp4", audio=["-c:a", "aac", "-ar", "16000", "-ac", "1"])
        pcmu = test_clips.encode(folder / "pcmu.mov", audio=["-c:a", "pcm_mulaw", "-ar", "8000", "-ac", "1"])
        sim = Camsim(folder, cameras=[("path", h264, None), ("h264", h264, None), ("bframes", bframes, None), ("h265", h265, None),
                                      ("aac", aac, None), ("pcmu", pcmu, None), ("flip", h264, None),
                                      ("flip265", h265, None), ("packets", h264, None)],
                     extra=["--user", USER, "--password", PASSWORD])
        basic = Camsim(folder / "basic", cameras=[("h264", h264, None)],
                       extra=["--user", USER, "--password", PASSWORD, "--auth", "basic", "--transport", "udp"])
        many = Camsim(folder / "many", repeat=20, pair=(h264, None))
        sim.tell("flip", "flip")
        sim.tell("flip265", "flip")
        for quirk in ("aggregate", "rtp_extension", "rtp_padding", "access_unit_delimiter", "fu_reserved_bit"):
            sim.tell("packets", "quirk", name=quirk)
        h264_caps = "video/x-h264,alignment=au"
        cases = {
            "h264 tcp": (check_ffmpeg, sim, "h264", h264, "tcp"),
            "h264 udp": (check_ffmpeg, sim, "h264", h264, "udp"),
            "b-frames tcp": (check_ffmpeg, sim, "bframes", bframes, "tcp"),
            "h265 tcp": (check_ffmpeg, sim, "h265", h265, "tcp"),
            "h265 udp": (check_ffmpeg, sim, "h265", h265, "udp"),
            "aac": (check_ffmpeg, sim, "aac", aac, "tcp", USER, "aac"),
            "pcmu": (check_ffmpeg, sim, "pcmu", pcmu, "udp", USER, "pcm_mulaw"),
            "aac sound": (check_audio_decodes, sim, "aac"),
            "pcmu sound": (check_audio_decodes, sim, "pcmu"),
            "flip": (check_ffmpeg, sim, "flip", h264, "tcp"),
            "flip h265": (check_ffmpeg, sim, "flip265", h265, "tcp"),
            "packet quirks": (check_ffmpeg, sim, "packets", h264, "tcp"),
            "basic, udp only": (check_ffmpeg, basic, "h264", h264, "udp"),
            "many sessions": (check_many_sessions, many),
            "wrong password": (check_wrong_password, sim, "h264"),
            "xiongmai path": (check_xiongmai_path, sim),
            "gst h264 tcp": (check_gstreamer, sim, "h264", "tcp", "rtph264depay", "h264parse", h264_caps),
            "gst h264 udp": (check_gstreamer, sim, "h264", "udp", "rtph264depay", "h264parse", h264_caps),
            "gst h265 tcp": (check_gstreamer, sim, "h265", "tcp", "rtph265depay", "h265parse", "video/x-h265,alignment=au"),
        }
        failed = 0
        try:
            with concurrent.futures.ThreadPoolExecutor(len(cases)) as pool:
                futures = {case: pool.submit(*call) for case, call in cases.items()}
                for case, future in futures.items():
                    try:
                        future.result()
                        print(f"ok      {case}")
                    except (Failure, ValueError, subprocess.TimeoutExpired) as error:
                        failed += 1
                        print(f"FAILED  {case}: {error}")
        finally:
            sim.stop()
            basic.stop()
            many.stop()
        return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
