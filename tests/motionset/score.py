#!/usr/bin/env python3
"""Scores what a motion detector found against the truth of clips ("motion-gt-1"). Needs nothing but Python.

  score.py TRUTH_DIR FOUND_DIR [--pre 3000] [--post 5000] [--per-clip] [--json OUT]

FOUND_DIR/<clip>.json: {"events": [{"start_ms", "end_ms", "boxes": [[t_ms, x, y, w, h], ...]}], "cpu_s"}; boxes and cpu_s may be
left out. start_ms is when the alarm could be raised, not since when something moved. The definitions are those of the
shared motion set's README, so that figures of both scorers can stand in one table (score_test.py compares them).

  recall      events touched between their begin and 0.5 s after their end
  recall_loc  of events with boxes: touched by a box that lies on the true one
  fa_per_h    false alarms per hour of quiet time (outside of 1 s before .. 3 s after an event): found spans closer than 2 s
              are one, a span counts once and once more for every full 10 s of it
  false_pct   of quiet time: how much of it was reported as motion
  f1          of recall_loc (recall where there are no boxes) and the share of hits among hits and false alarms
  pre         hits of a detector that had been on for over 1 s when the event began: they have no latency
  lat_ms      median from the event's begin to the report
  cover       mean share of an event that is recorded with `pre` and `post` around what was found
  tiou        of the recording and the ideal one: common time / time of either
  saved_pct, ideal_pct, bytes_pct   time not recorded, at best not recorded, bytes not recorded
"""
import argparse
import bisect
import glob
import json
import os
import sys

TICK_MS = 20  # all times are counted in ticks: begins rounded down, ends up
WARMUP_LEAST_MS = 200
JOIN_MS = 2000
LONG_TICKS = 10_000 // TICK_MS


class Ticks:
    """A set of ticks as sorted disjoint half-open ranges."""

    def __init__(self, ranges=()):
        self.ranges = []
        for begin, end in sorted(r for r in ranges if r[0] < r[1]):
            if self.ranges and begin <= self.ranges[-1][1]:
                self.ranges[-1] = (self.ranges[-1][0], max(end, self.ranges[-1][1]))
            else:
                self.ranges.append((begin, end))

    @classmethod
    def of(cls, spans_ms, total):
        """Spans of milliseconds, each at least a tick long, cut to 0 .. total ticks."""
        return cls((max(0, int(a // TICK_MS)), min(total, -int(-max(b, a + TICK_MS) // TICK_MS))) for a, b in spans_ms)

    def __len__(self):
        return sum(end - begin for begin, end in self.ranges)

    def __and__(self, other):
        common, i, k = [], 0, 0
        while i < len(self.ranges) and k < len(other.ranges):
            begin, end = max(self.ranges[i][0], other.ranges[k][0]), min(self.ranges[i][1], other.ranges[k][1])
            if begin < end:
                common.append((begin, end))
            if self.ranges[i][1] < other.ranges[k][1]:
                i += 1
            else:
                k += 1
        return Ticks(common)

    def __or__(self, other):
        return Ticks(self.ranges + other.ranges)

    def without(self, other):
        edges = [self.ranges[0][0] if self.ranges else 0]
        for begin, end in other.ranges:
            edges += [begin, end]
        edges.append(max(edges[-1], self.ranges[-1][1] if self.ranges else 0))
        return self & Ticks(zip(edges[::2], edges[1::2]))

    def has_all(self, begin, end):
        at = bisect.bisect_right(self.ranges, (begin, float("inf"))) - 1
        return at >= 0 and self.ranges[at][0] <= begin and end <= self.ranges[at][1]

    def first_in(self, begin, end):
        inside = self & Ticks([(begin, end)])
        return inside.ranges[0][0] if inside.ranges else None


def window(begin_ms, end_ms, total):
    return max(0, int(begin_ms // TICK_MS)), min(total, -int(-end_ms // TICK_MS))


def joined(spans_ms, gap_ms):
    out = []
    for begin, end in sorted(spans_ms):
        if out and begin - out[-1][1] <= gap_ms:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        else:
            out.append((begin, end))
    return out


def lies_on(box, true):
    """A tenth of their union is common, or a quarter of the smaller one where the box is not much too large."""
    width = min(box[0] + box[2], true[0] + true[2]) - max(box[0], true[0])
    height = min(box[1] + box[3], true[1] + true[3]) - max(box[1], true[1])
    if width <= 0 or height <= 0:
        return False
    common, area, true_area = width * height, box[2] * box[3], true[2] * true[3]
    return common >= 0.1 * (area + true_area - common) or (common >= 0.25 * min(area, true_area) and area <= 8 * true_area)


def located(begin, end, true_boxes, found):
    times = [box[0] for box in true_boxes]
    for event in found:
        if event["end_ms"] < begin - 300 or event["start_ms"] > end + 500:
            continue
        for box in event.get("boxes") or []:
            if not begin - 200 <= box[0] <= end + 500:
                continue
            at = bisect.bisect_left(times, box[0])
            near = min((k for k in (at - 1, at) if 0 <= k < len(times)), key=lambda k: abs(times[k] - box[0]))
            if abs(times[near] - box[0]) <= 600 and lies_on(box[1:5], true_boxes[near][1:5]):
                return True
    return False


def score_clip(truth, found, pre_ms=3000, post_ms=5000):
    """Counts and lists of one clip; total() makes figures of them."""
    total = truth["duration_ms"] // TICK_MS + 1
    warmup = truth.get("warmup_ms", 0)
    ignored = Ticks.of([(0, warmup)] + [(i["start_ms"], i["end_ms"]) for i in truth.get("ignore", [])], total)
    counted = Ticks([(0, total)]).without(ignored)
    events = [(max(e["start_ms"], warmup), e["end_ms"], e) for e in truth["events"] if e["end_ms"] > warmup + WARMUP_LEAST_MS]
    spans = [(e["start_ms"], e["end_ms"]) for e in found["events"]]
    on = Ticks.of(spans, total)
    recorded = Ticks.of([(a - pre_ms, b + post_ms) for a, b in spans], total)
    ideal = Ticks.of([(a - pre_ms, b + post_ms) for a, b, _ in events], total)
    finds_boxes = any(e.get("boxes") for e in found["events"])
    out = {"events": len(events), "hits": 0, "loc_events": 0, "loc_hits": 0, "pre": 0, "latencies_ms": [], "covers": [],
           "missed": [], "seconds": truth["duration_ms"] / 1000, "cpu_s": found.get("cpu_s")}
    for begin, end, event in events:
        first = on.first_in(*window(begin, end + 500, total))
        if first is None:
            out["missed"].append({"start_ms": begin, "label": event.get("label"), "height_frac": event.get("height_frac")})
        else:
            out["hits"] += 1
            before = int((begin - 1000) // TICK_MS)
            if before > 0 and on.has_all(before, int(begin // TICK_MS) + 1):
                out["pre"] += 1
            else:
                out["latencies_ms"].append(max(0, first * TICK_MS - begin))
        shown = Ticks([window(begin, end, total)]).without(ignored)
        if len(shown):
            out["covers"].append(len(shown & recorded) / len(shown))
        if event.get("boxes") and (finds_boxes or not found["events"]):
            out["loc_events"] += 1
            out["loc_hits"] += located(begin, end, event["boxes"], found["events"])
    quiet = counted.without(Ticks.of([(a - 1000, b + 3000) for a, b, _ in events], total))
    false = Ticks.of(joined(spans, JOIN_MS), total) & quiet
    out["false_alarms"] = sum(1 + (end - begin) // LONG_TICKS for begin, end in false.ranges)
    out["quiet_ticks"], out["false_ticks"] = len(quiet), len(false)
    either = (recorded | ideal) & counted
    out["tiou"] = len(recorded & ideal & counted) / len(either) if len(either) else 1.0
    out["recorded_ticks"], out["ideal_ticks"] = len(recorded), len(ideal)
    sizes = truth.get("bytes_per_s") or []
    out["bytes"] = sum(sizes)
    out["bytes_kept"] = sum(size for second, size in enumerate(sizes)
                            if recorded.first_in(*window(second * 1000, second * 1000 + 1000, total)) is not None)
    return out


def total(clips):
    """Figures over clips; None where there is nothing to count."""
    add = lambda key: sum(clip[key] for clip in clips)  # noqa: E731
    share = lambda part, whole, digits=3, times=1: round(times * part / whole, digits) if whole else None  # noqa: E731
    latencies = sorted(x for clip in clips for x in clip["latencies_ms"])
    covers = [x for clip in clips for x in clip["covers"]]
    quiet_s, seconds, alarms = add("quiet_ticks") * TICK_MS / 1000, add("seconds"), add("false_alarms")
    hits = sum(clip["loc_hits"] if clip["loc_events"] else clip["hits"] for clip in clips)
    wanted = sum(clip["loc_events"] or clip["events"] for clip in clips)
    precise = hits / (hits + alarms) if hits + alarms else float(not wanted)
    found = hits / wanted if wanted else 0.0
    cpu = [clip["cpu_s"] for clip in clips if clip["cpu_s"] is not None]
    measured = quiet_s > 1
    return {
        "clips": len(clips), "events": add("events"), "recall": share(add("hits"), add("events")),
        "recall_loc": share(add("loc_hits"), add("loc_events")), "fa": alarms,
        "fa_per_h": round(alarms * 3600 / quiet_s, 1) if measured else None,
        "false_pct": round(100 * add("false_ticks") / add("quiet_ticks"), 1) if measured else None,
        "f1": round(2 * precise * found / (precise + found) if precise + found else 0.0, 3) if wanted else None,
        "pre": add("pre"), "lat_ms": latencies[len(latencies) // 2] if latencies else None,
        "lat_p90_ms": latencies[int(0.9 * len(latencies))] if latencies else None,
        "cover": share(sum(covers), len(covers)), "tiou": share(add("tiou"), len(clips)),
        "saved_pct": round(100 * (1 - add("recorded_ticks") * TICK_MS / 1000 / seconds), 1),
        "ideal_pct": round(100 * (1 - add("ideal_ticks") * TICK_MS / 1000 / seconds), 1),
        "bytes_pct": round(100 * (1 - add("bytes_kept") / max(1, add("bytes"))), 1),
        "cpu_ms_per_s": round(1000 * sum(cpu) / seconds, 2) if len(cpu) == len(clips) else None}


def tables(truths, scored):
    """Figures over all clips, per tag, and per clip. truths, scored: by name of the clip."""
    tags = sorted({tag for name in scored for tag in truths[name]["tags"]})
    return {"all": total(list(scored.values())),
            "tags": {tag: total([clip for name, clip in scored.items() if tag in truths[name]["tags"]]) for tag in tags},
            "clips": {name: total([clip]) for name, clip in scored.items()}}


COLUMNS = ["clips", "events", "recall", "recall_loc", "fa_per_h", "false_pct", "f1", "pre", "lat_ms", "cover", "tiou",
           "saved_pct", "ideal_pct", "bytes_pct", "cpu_ms_per_s"]


def print_table(result, per_clip):
    rows = [("all", result["all"]), *result["tags"].items(), *(result["clips"].items() if per_clip else [])]
    print(" " * 20 + "".join(f"{column[:10]:>11}" for column in COLUMNS))
    for name, figures in rows:
        print(f"{name[:20]:20}" + "".join(f"{'-' if figures[c] is None else figures[c]:>11}" for c in COLUMNS))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("truth_dir")
    parser.add_argument("found_dir")
    parser.add_argument("--pre", type=int, default=3000, help="milliseconds recorded before what was found")
    parser.add_argument("--post", type=int, default=5000, help="milliseconds recorded after it")
    parser.add_argument("--per-clip", action="store_true")
    parser.add_argument("--json", metavar="OUT")
    options = parser.parse_args()
    truths, scored = {}, {}
    for path in sorted(glob.glob(os.path.join(options.truth_dir, "*.json"))):
        name = os.path.basename(path)
        with open(path) as text:
            truth = json.load(text)
        found = os.path.join(options.found_dir, name)
        if truth.get("format") != "motion-gt-1":
            continue
        if not os.path.exists(found):
            print("nothing found for", name, file=sys.stderr)
            continue
        with open(found) as text:
            truths[name[:-5]], scored[name[:-5]] = truth, score_clip(truth, json.load(text), options.pre, options.post)
    if not scored:
        sys.exit("no clip has both a truth and a list of what was found")
    result = tables(truths, scored)
    print_table(result, options.per_clip)
    if options.json:
        with open(options.json, "w") as out:
            json.dump(result, out, indent=1)


if __name__ == "__main__":
    main()
