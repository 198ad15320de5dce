#!/usr/bin/env python3
"""OpenCV's background models wired as their users do, and a running average as Frigate's documentation describes its
detector, on one file: prints {detector: what it found as the scorer reads it}.

  opencv_peers.py VIDEO FPS

320 pixels wide and five pictures a second, which costs a tenth of full size and finds as much. CPU is counted per detector,
its scaling and conversion in, decoding apart; OpenCV works on one thread.
"""
import json
import sys
import time

import cv2
import numpy as np

WIDTH, RATE = 320, 5
HOLD_MS = 1500          # motion is over when nothing was found for so long
LEAST_IN_A_ROW = 2      # pictures with a large enough blob before an event begins


class Events:
    """Pictures with blobs in, events out."""

    def __init__(self):
        self.events, self.row, self.last_ms = [], 0, -10 ** 9

    def take(self, at_ms, boxes):
        self.row = self.row + 1 if boxes else 0
        going_on = at_ms - self.last_ms <= HOLD_MS
        if not boxes or not (going_on or self.row >= LEAST_IN_A_ROW):
            return
        if not going_on:
            self.events.append({"start_ms": at_ms, "end_ms": at_ms, "boxes": []})
        self.last_ms = self.events[-1]["end_ms"] = at_ms
        self.events[-1]["boxes"] += [[at_ms, *box] for box in boxes[:4]]


def boxes_of(mask, least_px, scale):
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    large = sorted(((cv2.contourArea(o), o) for o in outlines), key=lambda pair: -pair[0])
    return [[int(v * scale) for v in cv2.boundingRect(o)] for area, o in large if area >= least_px]


class Subtraction:
    """A background model over a blurred small picture; shadows dropped, opened, closed; outlines of some size count."""

    def __init__(self, model, least_share):
        self.model, self.least_share, self.cpu_s, self.events = model, least_share, 0.0, Events()
        self.small = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (3, 3))
        self.large = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (7, 7))

    def look(self, picture, at_ms):
        height = picture.shape[0] * WIDTH // picture.shape[1]
        scaled = cv2.resize(picture, (WIDTH, height), interpolation=cv2.INTER_AREA)
        mask = self.model.apply(cv2.GaussianBlur(scaled, (5, 5), 0))
        _, mask = cv2.threshold(mask, 200, 255, cv2.THRESH_BINARY)
        mask = cv2.morphologyEx(cv2.morphologyEx(mask, cv2.MORPH_OPEN, self.small), cv2.MORPH_CLOSE, self.large)
        if at_ms >= 1000:  # the first picture is foreground all over
            self.events.take(at_ms, boxes_of(mask, self.least_share * WIDTH * height, picture.shape[1] / WIDTH))


class RunningAverage:
    """Grey, 100 pixels high, contrast stretched, blurred, against a running average; outlines of 10 pixels count."""

    def __init__(self):
        self.average, self.cpu_s, self.events = None, 0.0, Events()

    def look(self, picture, at_ms):
        height = 100
        grey = cv2.cvtColor(cv2.resize(picture, (height * picture.shape[1] // picture.shape[0], height)), cv2.COLOR_BGR2GRAY)
        low, high = np.percentile(grey, (4, 96))
        grey = cv2.GaussianBlur(np.clip((grey - low) * (255 / max(1.0, high - low)), 0, 255).astype(np.float32), (3, 3), 0)
        if self.average is None:
            self.average = grey.copy()
        far = (cv2.absdiff(grey, self.average) > 30).astype(np.uint8) * 255
        boxes = boxes_of(cv2.dilate(far, None), 10, picture.shape[0] / height)
        cv2.accumulateWeighted(grey, self.average, 0.01)
        if at_ms >= 1000:
            self.events.take(at_ms, boxes)


def main():
    video, rate = sys.argv[1], float(sys.argv[2])
    cv2.setNumThreads(1)
    cv2.ocl.setUseOpenCL(False)
    detectors = {"mog2": Subtraction(cv2.createBackgroundSubtractorMOG2(), 0.005),
                 "mog2_small": Subtraction(cv2.createBackgroundSubtractorMOG2(), 0.001),
                 "knn": Subtraction(cv2.createBackgroundSubtractorKNN(), 0.005),
                 "knn_small": Subtraction(cv2.createBackgroundSubtractorKNN(), 0.001),
                 "running_average": RunningAverage()}
    clip = cv2.VideoCapture(video)
    begun_s, index, due_ms = time.process_time(), 0, 0.0
    while True:
        good, picture = clip.read()
        if not good:
            break
        at_ms = 1000 * index / rate
        index += 1
        if at_ms + 1 < due_ms:
            continue
        due_ms = max(due_ms + 1000 / RATE, at_ms)
        for detector in detectors.values():
            before_s = time.process_time()
            detector.look(picture, int(at_ms))
            detector.cpu_s += time.process_time() - before_s
    if index == 0:
        sys.exit(f"{video}: cannot be read")
    decode_s = time.process_time() - begun_s - sum(d.cpu_s for d in detectors.values())
    print(json.dumps({name: {"events": d.events.events, "cpu_s": round(d.cpu_s, 4), "cpu_with_decoding_s": round(d.cpu_s + decode_s, 4)}
                      for name, d in detectors.items()}))


if __name__ == "__main__":
    main()
