#!/usr/bin/env python3
"""The engine through twenty minutes of dusk until the camera switches to infrared, on real footage: nothing on the empty
street, and whoever passes is found. A short piece of what `./dev bench drift` measures over ten hours.

  drift_test.py BUILD_DIR
"""
import json
import os
import pathlib
import subprocess
import sys
import unittest

DRIFT = pathlib.Path(__file__).resolve().parents[1] / "bench" / "drift"
BUILD_DIR = ""


def scene(name, hours, *more):
    done = subprocess.run([sys.executable, str(DRIFT), "--raw", "--jobs", "1", "--scenes", name, "--hours", str(hours), "--from-hour", "6.6", *more],
                          stdout=subprocess.PIPE, check=True, env={**os.environ, "VONGGAC_BUILD": BUILD_DIR})
    return json.loads(done.stdout)["scenes"][name]


class Drift(unittest.TestCase):
    def test_a_still_street_at_dusk_raises_no_event(self):
        self.assertEqual(scene("still", 0.25)["false_events_per_hour"], 0)

    def test_a_slow_exposure_after_the_switch_to_infrared_raises_no_event(self):
        self.assertEqual(scene("still", 0.25, "--exposure", "2.5")["false_events_per_hour"], 0)

    def test_who_passes_at_dusk_is_found(self):
        visits = scene("visits", 0.08)
        self.assertEqual(visits["first_hour"]["recall"], 1)
        self.assertEqual(visits["false_events_per_hour"], 0)


if __name__ == "__main__":
    BUILD_DIR = sys.argv.pop(1)
    unittest.main()
