#!/usr/bin/env python3
"""vgmotion in pipelines of gst-launch: vgmotion_test.py CASE. Exit 77: no footage or no tools."""
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
BUILD = pathlib.Path(os.environ.get("VONGGAC_BUILD", HERE.parents[2] / "build"))
CLIP = pathlib.Path("/usr/share/doc/opencv-doc/examples/data/vtest.avi")
NANOSECONDS_PER_MS = 1_000_000


class Failure(Exception):
    pass


def expect(condition, text):
    if not condition:
        raise Failure(text)


def environment(registry):
    return {**os.environ, "GST_PLUGIN_PATH": str(BUILD / "lib/gstreamer-1.0"), "GST_REGISTRY": str(registry), "LC_ALL": "C"}


def run(folder, *command, check=True):
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, env=environment(folder / "registry"))
    if check:
        expect(done.returncode == 0, f"{command}: exit {done.returncode}: {done.stderr[-800:] or done.stdout[-800:]}")
    return done


def launch(folder, pipeline, check=True):
    return run(folder, "gst-launch-1.0", "-m", *pipeline.split(), check=check)


def messages(text):
    """The structures that vgmotion posted, as dictionaries; boxes as a list of (x, y, w, h)."""
    found = []
    for line in text.splitlines():
        if " vgmotion, event=" not in line:
            continue
        message = dict(re.findall(r"\b(event|zone)=\(string\)\"?([^,;\"]*)", line))
        message.update((key, int(value)) for key, value in re.findall(r"\b(since|start|end)=\(guint64\)(\d+)", line))
        message["score"] = float(re.search(r"\bscore=\(double\)([0-9.e+-]+), zone", line).group(1))
        message["boxes"] = [tuple(map(int, box)) for box in re.findall(
            r"x\\*=\\*\(uint\\*\)(\d+)\\*,\\* y\\*=\\*\(uint\\*\)(\d+)\\*,\\* w\\*=\\*\(uint\\*\)(\d+)\\*,\\* h\\*=\\*\(uint\\*\)(\d+)",
            line)]
        found.append(message)
    return found


def inspect(folder):
    text = run(folder, "gst-inspect-1.0", "vgmotion").stdout
    for part in ("Motion detector", "Filter/Analyzer/Video", "sensitivity", "zones", "regions", "Apache 2.0", "GRAY8", "NV12"):
        expect(part in text, f"gst-inspect does not show {part}: {text}")


def yard(folder):
    """Three things cross a yard with quiet between them. MPEG-4, because the service decodes H.264 less exactly on purpose."""
    path = folder / "yard.avi"
    things = ((4, 110, "white", "70x110"), (18, 150, "black", "90x60"), (33, 60, "red", "40x90"))
    inputs, chain, last = [], "", "bg"
    for index, (begin, top, colour, size) in enumerate(things, 1):
        inputs += ["-f", "lavfi", "-i", f"color={colour}:size={size}:rate=10:duration=48"]
        chain += (f";[{last}][{index}:v]overlay=x='(t-{begin})*90-100':y={top}:enable='between(t,{begin},{begin + 8})'[o{index}]")
        last = f"o{index}"
    # One picture of paving, repeated.
    noise = ("[0:v]trim=end_frame=1,geq=lum='80+70*mod(floor(X/16)*7+floor(Y/16)*13,5)/5':cb=128:cr=128,"
             "loop=loop=-1:size=1,setpts=N/10/TB,trim=duration=48[bg]")
    done = subprocess.run(["ffmpeg", "-v", "error", "-f", "lavfi", "-i", "color=gray:size=640x360:rate=10:duration=48", *inputs,
                           "-filter_complex", noise + chain, "-map", f"[{last}]", "-c:v", "mpeg4", "-q:v", "3", "-g", "10",
                           "-pix_fmt", "yuv420p", str(path)], capture_output=True, text=True)
    expect(done.returncode == 0, done.stderr)
    return path


def same_events_as_the_command(folder):
    for clip, least in ((CLIP, 1), (yard(folder), 3)):
        compare(folder, clip, least)


def compare(folder, clip, least):
    command = json.loads(run(folder, BUILD / "bin/motion_cli", "motion", "--json", clip).stdout)
    text = launch(folder, f"filesrc location={clip} ! decodebin ! vgmotion ! fakesink").stdout
    found = messages(text)
    ends = [(m["start"] // NANOSECONDS_PER_MS, m["end"] // NANOSECONDS_PER_MS, round(m["score"], 3))
            for m in found if m["event"] == "end"]
    wanted = [(e["start_ms"], e["end_ms"], e["score"]) for e in command["events"]]
    expect(len(wanted) >= least, f"the command finds {wanted} in {clip}")
    expect(ends == wanted, f"vgmotion: {ends}\ncommand:  {wanted}")
    boxes = [box for m in found if m["event"] != "end" for box in m["boxes"]]
    wanted_boxes = [tuple(box[1:]) for e in command["events"] for box in e["boxes"]]
    expect(boxes == wanted_boxes, f"{len(boxes)} boxes, the command has {len(wanted_boxes)}")


def regions_and_boxes(folder):
    # Whoever comes after vgmotion sees the metadata; here a probe in Python, with the distribution's own bindings.
    probe = folder / "probe.py"
    probe.write_text('''
import gi, sys
gi.require_version("Gst", "1.0")
gi.require_version("GstVideo", "1.0")
from gi.repository import Gst, GstVideo
Gst.init(None)
pipeline = Gst.parse_launch(f"filesrc location={sys.argv[1]} ! decodebin ! vgmotion name=m regions={sys.argv[2]} ! fakesink name=s")
regions = []
def look(pad, info):
    buffer = info.get_buffer()
    for i in range(64):
        meta = GstVideo.buffer_get_video_region_of_interest_meta_id(buffer, i)
        if meta is None:
            break
        regions.append((meta.x, meta.y, meta.w, meta.h))
    return Gst.PadProbeReturn.OK
pipeline.get_by_name("m").get_static_pad("src").add_probe(Gst.PadProbeType.BUFFER, look)
bus, boxes = pipeline.get_bus(), 0
pipeline.set_state(Gst.State.PLAYING)
while True:
    message = bus.timed_pop(60 * Gst.SECOND)
    if message is None or message.type in (Gst.MessageType.EOS, Gst.MessageType.ERROR):
        break
pipeline.set_state(Gst.State.NULL)
print(len(regions), all(w > 0 and h > 0 for _, _, w, h in regions), message.type == Gst.MessageType.EOS)
''')
    pythons = [p for p in (sys.executable, "/usr/bin/python3")
               if pathlib.Path(p).exists() and subprocess.run([p, "-c", "import gi"], capture_output=True).returncode == 0]
    if not pythons:
        print("needs the package python3-gi")
        return 77
    with_regions = run(folder, pythons[0], probe, CLIP, "true").stdout.split()
    expect(int(with_regions[0]) > 100 and with_regions[1:] == ["True", "True"], f"regions: {with_regions}")
    without = run(folder, pythons[0], probe, CLIP, "false").stdout.split()
    expect(without == ["0", "True", "True"], f"regions=false: {without}")
    return 0


def zones_and_formats(folder):
    source = f"filesrc location={CLIP} ! decodebin ! videoconvert ! video/x-raw,format="
    counts = {}
    for pixel_format in ("GRAY8", "I420", "NV12"):
        text = launch(folder, f"{source}{pixel_format} ! vgmotion ! fakesink").stdout
        counts[pixel_format] = [(m["start"], m["end"]) for m in messages(text) if m["event"] == "end"]
    expect(counts["I420"] == counts["NV12"] and counts["I420"], f"{counts}")
    expect(counts["GRAY8"], f"{counts}")
    run_zone = lambda zones: messages(run(  # noqa: E731
        folder, "gst-launch-1.0", "-m", "filesrc", f"location={CLIP}", "!", "decodebin", "!", "vgmotion", f"zones={zones}", "!",
        "fakesink").stdout)
    expect(not run_zone("ignore 0,0 1,0 1,1 0,1"), "an ignored picture has events")
    named = run_zone("detect:walk 0,0.2 1,0.2 1,1 0,1")
    expect(named and all(m["zone"] == "walk" for m in named), f"{named[:2]}")


def bad_zones_stop_the_pipeline(folder):
    done = run(folder, "gst-launch-1.0", "-m", "filesrc", f"location={CLIP}", "!", "decodebin", "!", "vgmotion",
               "zones=detect 0,0 2,0 1,1", "!", "fakesink", check=False)
    expect(done.returncode != 0 and "numbers from 0 to 1" in done.stdout + done.stderr, f"{done.stdout} {done.stderr}")


CASES = [inspect, same_events_as_the_command, regions_and_boxes, zones_and_formats, bad_zones_stop_the_pipeline]


def main():
    wanted = {case.__name__: case for case in CASES}
    if len(sys.argv) != 2 or sys.argv[1] not in wanted:
        print("cases: " + " ".join(wanted))
        return 2
    if not CLIP.exists() or shutil.which("gst-launch-1.0") is None:
        print("needs the packages opencv-doc and gstreamer1.0-tools")
        return 77
    with tempfile.TemporaryDirectory(dir=os.environ.get("VONGGAC_WORK")) as folder:
        try:
            return wanted[sys.argv[1]](pathlib.Path(folder)) or 0
        except Failure as failure:
            print(f"FAILED {sys.argv[1]}: {failure}")
            return 1


if __name__ == "__main__":
    sys.exit(main())
