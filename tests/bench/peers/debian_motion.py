"""Debian's `motion` on files: the program itself, a process a clip, in real time. motion_witness.c, loaded into it, writes
down at which moment of the file it began and ended its events and where it saw motion.
"""
import contextlib
import os
import pathlib
import resource
import shutil
import subprocess
import tempfile

EVENT_GAP_S = 2
THRESHOLD, THRESHOLD_SIZE = 1500, 640 * 480  # as delivered: changed pixels of a picture of that size


def rounded(size):
    return max(64, size // 8 * 8)  # motion takes multiples of eight and scales to them


def settings(clip, share):
    width, height = rounded(clip.truth["width"]), rounded(clip.truth["height"])
    threshold = round(THRESHOLD * share * width * height / THRESHOLD_SIZE)
    return width, height, "\n".join([
        "daemon off", "log_level 5", "webcontrol_port 0", "stream_port 0", f"netcam_url file://{clip.video}", f"width {width}",
        f"height {height}", f"framerate {max(2, round(clip.truth['fps']))}", f"threshold {max(1, threshold)}", "noise_tune on",
        f"event_gap {EVENT_GAP_S}", "pre_capture 0", "picture_output off", "movie_output off", "on_event_start start",
        "on_event_end end", "on_motion_detected moved %K %L %i %J"]) + "\n"


def events_of(lines, scale_x, scale_y):
    """Lines of the witness: events from the picture that began them to the last with motion; CPU in s, and without decoding."""
    events, cpu = [], None
    for line in lines:
        at_ms, word, *numbers = line.split()
        at_ms = int(at_ms)
        if word == "start":
            events.append({"start_ms": at_ms, "end_ms": at_ms, "boxes": []})
        elif word == "moved" and events:
            x, y, w, h = map(int, numbers)  # middle and size
            events[-1]["end_ms"] = at_ms
            events[-1]["boxes"].append([at_ms, int((x - w / 2) * scale_x), int((y - h / 2) * scale_y), int(w * scale_x), int(h * scale_y)])
        elif word == "cpu":
            cpu = [float(number) / 1000 for number in numbers]
    return events, cpu


def prepare():
    """Runs in the child. It closes every possible descriptor before each command, so few are possible."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (128, 128))
    with contextlib.suppress(OSError):  # else it waits for its turn on a busy machine, and finds other things
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(1))


def run(clip, share, witness):
    """What motion finds in a clip with `share` of its delivered threshold. Takes as long as the clip."""
    folder = pathlib.Path(tempfile.mkdtemp(prefix="vonggac-motion-"))
    try:
        width, height, text = settings(clip, share)
        (folder / "motion.conf").write_text(text + f"target_dir {folder}\n")
        with open(folder / "log", "wb") as log:
            subprocess.run(["motion", "-n", "-c", str(folder / "motion.conf")], stdout=log, stderr=log, cwd=folder,
                           timeout=clip.truth["duration_ms"] / 1000 + 120, preexec_fn=prepare,
                           env={**os.environ, "LD_PRELOAD": str(witness), "VONGGAC_WITNESS": str(folder / "seen")})
        lines = (folder / "seen").read_text().splitlines() if (folder / "seen").exists() else []
        events, cpu = events_of(lines, clip.truth["width"] / width, clip.truth["height"] / height)
        if cpu is None:
            raise RuntimeError(f"motion on {clip.name}: {(folder / 'log').read_text(errors='replace')[-300:]}")
        return {"events": events, "cpu_s": round(cpu[0] - cpu[1], 4), "cpu_with_decoding_s": round(cpu[0], 4)}
    finally:
        shutil.rmtree(folder, ignore_errors=True)
