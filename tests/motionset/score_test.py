#!/usr/bin/env python3
"""Tests of score.py; with the shared motion set also that its scorer says the same. VONGGAC_SHARED wins over the argument."""
import glob
import importlib.util
import json
import os
import random
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import score  # noqa: E402

SHARED = ""


def truth(events, seconds=100, **more):
    return {"duration_ms": seconds * 1000, "warmup_ms": 2000, "tags": ["clean"], "ignore": [], **more,
            "events": [{"start_ms": a, "end_ms": b, "boxes": [[t, 10, 10, 20, 40] for t in range(a, b, 100)]} for a, b in events]}


def found(*spans, box=None):
    return {"events": [{"start_ms": a, "end_ms": b, "boxes": [[a, *box]] if box else []} for a, b in spans]}


def figures(clip, events):
    return score.total([score.score_clip(clip, events)])


class Score(unittest.TestCase):
    def test_an_event_is_hit_until_half_a_second_after_its_end(self):
        self.assertEqual(figures(truth([(20000, 30000)]), found((30400, 31000)))["recall"], 1)
        self.assertEqual(figures(truth([(20000, 30000)]), found((30600, 31000)))["recall"], 0)

    def test_a_box_elsewhere_is_a_hit_but_not_located(self):
        total = figures(truth([(20000, 30000)]), found((21000, 30000), box=[200, 200, 20, 40]))
        self.assertEqual((total["recall"], total["recall_loc"]), (1, 0))
        self.assertEqual(figures(truth([(20000, 30000)]), found((21000, 30000), box=[12, 12, 20, 40]))["recall_loc"], 1)

    def test_what_lies_around_an_event_is_no_false_alarm(self):
        self.assertEqual(figures(truth([(20000, 30000)]), found((19100, 32900)))["fa"], 0)

    def test_a_false_alarm_counts_again_for_every_ten_seconds(self):
        self.assertEqual(figures(truth([]), found((20000, 29000)))["fa"], 1)
        self.assertEqual(figures(truth([]), found((20000, 45000)))["fa"], 3)

    def test_false_spans_closer_than_two_seconds_are_one(self):
        self.assertEqual(figures(truth([]), found((20000, 21000), (22900, 24000)))["fa"], 1)
        self.assertEqual(figures(truth([]), found((20000, 21000), (23100, 24000)))["fa"], 2)

    def test_warm_up_and_ignored_spans_count_for_nothing(self):
        total = figures(truth([], ignore=[{"start_ms": 50000, "end_ms": 60000}]), found((0, 1900), (50000, 60000)))
        self.assertEqual((total["fa"], total["false_pct"]), (0, 0))

    def test_latency_is_the_median_over_hits_that_began_with_the_detector_off(self):
        clip = truth([(20000, 25000), (40000, 45000), (60000, 65000), (80000, 85000)])
        total = figures(clip, found((20500, 25000), (40900, 45000), (60700, 65000), (70000, 85000)))
        self.assertEqual((total["lat_ms"], total["pre"]), (700, 1))

    def test_cover_is_what_the_recording_holds_of_the_event(self):
        self.assertEqual(figures(truth([(20000, 30000)]), found((25000, 26000)))["cover"], 0.8)

    def test_the_shared_scorer_says_the_same(self):
        path = os.path.join(SHARED, "motionset", "score.py")
        if not os.path.exists(path):
            self.skipTest("no shared motion set")
        spec = importlib.util.spec_from_file_location("shared_score", path)
        shared = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(shared)
        chance = random.Random(1)
        clips = []
        for name in sorted(glob.glob(os.path.join(SHARED, "motionset", "*.json"))):
            with open(name) as text:
                clip = json.load(text)
            events = self.like_a_detector(chance, clip)
            clips.append((score.score_clip(clip, events), shared.score_clip(clip, events)))
            self.assert_same([clips[-1]], shared, name)
        self.assert_same(clips, shared, "all clips")

    def assert_same(self, clips, shared, what):
        ours, theirs = score.total([a for a, _ in clips]), shared.total([b for _, b in clips])
        self.assertEqual(ours, {key: theirs[key] for key in ours}, what)

    @staticmethod
    def like_a_detector(chance, clip):
        """Some events found late or early, with boxes near the true ones, and some things that are not there."""
        events = []
        for event in clip["events"]:
            if chance.random() < 0.7:
                late_ms = chance.randrange(-1500, 1500)
                boxes = [[t + chance.randrange(100), x + chance.randrange(-w, w + 1), y, w, h] for t, x, y, w, h in event.get("boxes", [])[::5]]
                events.append({"start_ms": event["start_ms"] + late_ms, "end_ms": event["end_ms"] + 2000 - late_ms, "boxes": boxes})
        for _ in range(chance.randrange(6)):
            begin = chance.randrange(clip["duration_ms"])
            events.append({"start_ms": begin, "end_ms": begin + chance.choice([0, 7, 900, 12000]), "boxes": [[begin, 0, 0, 50, 50]]})
        return {"events": events, "cpu_s": chance.random()}


if __name__ == "__main__":
    SHARED = os.environ.get("VONGGAC_SHARED") or (sys.argv.pop(1) if len(sys.argv) > 1 and not sys.argv[1].startswith("-") else "")
    unittest.main()
