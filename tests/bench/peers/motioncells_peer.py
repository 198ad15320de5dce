#!/usr/bin/env python3
"""GStreamer's motioncells on one file: prints what it found as the scorer reads it.

  motioncells_peer.py VIDEO FPS

320 pixels wide and five pictures a second, where it does best; 10 x 10 cells, sensitivity 0.5, threshold 0.01, as it comes.
The file is not played in real time. CPU is that of the thread behind the decoder: rate, scaling, conversion, the element.
"""
import json
import pathlib
import sys

import gi

gi.require_version("Gst", "1.0")
from gi.repository import Gst  # noqa: E402

GRID, WIDTH, RATE, GAP_S = 10, 320, 5, 1
STEP_MS = 1000 // RATE  # a picture stands for so long


def cpu_s(thread_begins):
    """CPU time of the threads of this process whose name begins so, in s."""
    total = 0
    for task in pathlib.Path("/proc/self/task").glob("*"):
        if (task / "comm").read_text().startswith(thread_begins):
            total += int((task / "schedstat").read_text().split()[0])
    return total / 1e9


def size_of(pipeline):
    caps = pipeline.get_by_name("decoded").get_static_pad("sink").get_current_caps().get_structure(0)
    return caps.get_value("width"), caps.get_value("height")


def box_of(cells, width, height):
    """"row:column,row:column": the smallest box around these cells."""
    places = [tuple(map(int, cell.split(":"))) for cell in cells.split(",") if ":" in cell]
    rows, columns = [p[0] for p in places], [p[1] for p in places]
    x, y = min(columns) * width // GRID, min(rows) * height // GRID
    return [x, y, (max(columns) + 1) * width // GRID - x, (max(rows) + 1) * height // GRID - y]


def main():
    video, fps = sys.argv[1], float(sys.argv[2])
    slower = f" ! videorate drop-only=true ! video/x-raw,framerate={RATE}/1" if fps > RATE else ""
    Gst.init(None)
    pipeline = Gst.parse_launch(
        f'filesrc location="{video}" ! decodebin ! identity name=decoded ! queue name=behind max-size-buffers=8{slower}'
        f" ! videoscale ! video/x-raw,width={WIDTH},pixel-aspect-ratio=1/1 ! videoconvert"
        f" ! motioncells display=false postallmotion=true gap={GAP_S} gridx={GRID} gridy={GRID} sensitivity=0.5 threshold=0.01"
        " ! fakesink sync=false")
    pipeline.set_state(Gst.State.PLAYING)
    bus, moved, failure = pipeline.get_bus(), [], None
    while True:
        message = bus.timed_pop_filtered(120 * Gst.SECOND, Gst.MessageType.ELEMENT | Gst.MessageType.EOS | Gst.MessageType.ERROR)
        if message is None or message.type == Gst.MessageType.ERROR:
            failure = message.parse_error()[0].message if message else "no end of the file within 120 s"
            break
        if message.type == Gst.MessageType.EOS:
            break
        facts = message.get_structure()
        if facts.get_name() != "motion" or facts.has_field("motion_finished"):
            continue
        field = "motion_begin" if facts.has_field("motion_begin") else "motion"
        moved.append((facts.get_value(field) // 1_000_000, facts.get_value("motion_cells_indices")))
    spent_s, decode_s = cpu_s("behind"), cpu_s("")
    width, height = size_of(pipeline)
    pipeline.set_state(Gst.State.NULL)
    if failure:
        sys.exit(f"{video}: {failure}")
    events = []
    for at_ms, cells in moved:
        if not events or at_ms - events[-1]["end_ms"] > GAP_S * 1000 + STEP_MS:
            events.append({"start_ms": at_ms, "end_ms": at_ms, "boxes": []})
        events[-1]["end_ms"] = at_ms + STEP_MS
        if cells and ":" in cells:
            events[-1]["boxes"].append([at_ms, *box_of(cells, width, height)])
    print(json.dumps({"events": events, "cpu_s": round(spent_s, 4), "cpu_with_decoding_s": round(decode_s, 4)}))


if __name__ == "__main__":
    main()
