"""Background plates: what a fixed camera sees when nothing moves. Taken as medians from any clips at hand, or painted."""
import os

import cv2
import numpy as np


def median_plate(path, pictures=31):
    """The median over a clip: people and vehicles that pass are gone. None where the file cannot be read."""
    clip = cv2.VideoCapture(path)
    stack = []
    while True:
        ok, picture = clip.read()
        if not ok:
            break
        stack.append(picture if picture.shape[1] <= 960 else cv2.resize(picture, (960, 960 * picture.shape[0] // picture.shape[1]), interpolation=cv2.INTER_AREA))
        if len(stack) >= 2 * 16 * pictures:  # thin out as it goes, so that long clips fit
            stack = stack[::2]
    if len(stack) < 5:
        return None
    step = max(1, len(stack) // pictures)
    return np.median(np.stack(stack[::step][:pictures]), axis=0).astype(np.uint8)


def fractal(rng, height, width, coarsest, octaves=5, falloff=0.55):
    """Noise of several scales, mean 0, deviation about 1."""
    out = np.zeros((height, width), np.float32)
    cells, weight = coarsest, 1.0
    for _ in range(octaves):
        grid = rng.standard_normal((max(2, cells * height // width + 2), cells + 2)).astype(np.float32)
        out += weight * cv2.resize(grid, (width, height), interpolation=cv2.INTER_CUBIC)
        cells, weight = cells * 2, weight * falloff
        if cells > width:
            break
    return out / (out.std() + 1e-6)


def colour(rng, low, high, tint=25):
    level = rng.uniform(low, high)
    return np.clip(level + rng.uniform(-tint, tint, 3), 0, 255).astype(np.float32)


def textured(rng, height, width, base, depth, coarsest=8):
    return base[None, None, :] + depth * fractal(rng, height, width, coarsest)[..., None]


def house(rng, plate, x, top, width, bottom):
    wall = textured(rng, bottom - top, width, colour(rng, 70, 210), rng.uniform(2, 7))
    plate[top:bottom, x:x + width] = wall[:, :plate[top:bottom, x:x + width].shape[1]]
    storey = int(rng.integers(26, 60))
    bay = int(rng.integers(22, 60))
    glass = colour(rng, 15, 120, 12)
    for y in range(top + 8, bottom - storey, storey):
        for wx in range(x + 6, x + width - bay // 2, bay):
            cv2.rectangle(plate, (wx, y), (wx + bay // 2, y + storey // 2), glass.tolist(), -1)
            cv2.rectangle(plate, (wx, y), (wx + bay // 2, y + storey // 2), (glass + 50).tolist(), 1)
    if rng.random() < 0.7:  # a shop's shutter or a door
        door = int(rng.integers(18, 40))
        dx = x + int(rng.integers(0, max(1, width - door)))
        cv2.rectangle(plate, (dx, bottom - 50), (dx + door, bottom), colour(rng, 20, 160).tolist(), -1)
        for y in range(bottom - 50, bottom, 5):
            cv2.line(plate, (dx, y), (dx + door, y), colour(rng, 60, 120).tolist(), 1)


def street(rng, height, width):
    horizon = int(height * rng.uniform(0.12, 0.4))
    plate = np.zeros((height, width, 3), np.float32)
    ramp = np.linspace(1.1, 0.9, horizon, dtype=np.float32)[:, None, None]
    plate[:horizon] = colour(rng, 140, 235)[None, None, :] * ramp + 4 * fractal(rng, horizon, width, 3)[..., None]
    plate[horizon:] = textured(rng, height - horizon, width, colour(rng, 60, 150, 10), rng.uniform(4, 12), 16)
    x = -20
    while x < width:
        span = int(rng.integers(60, 200))
        if rng.random() < 0.75:
            house(rng, plate, max(0, x), int(rng.uniform(0, horizon * 0.7)), min(span, width - max(0, x)),
                  horizon + int(rng.uniform(0, 0.12) * height))
        x += span + int(rng.integers(0, 50))
    for _ in range(int(rng.integers(1, 5))):  # bushes and crowns
        centre = (int(rng.uniform(0, width)), int(rng.uniform(horizon * 0.5, horizon * 1.5)))
        radius = int(rng.uniform(0.05, 0.16) * width)
        mask = np.zeros((height, width), np.float32)
        cv2.circle(mask, centre, radius, 1, -1)
        mask = np.clip(mask * 1.2 + 0.35 * fractal(rng, height, width, 30) - 0.3, 0, 1) * (cv2.blur(mask, (9, 9)) > 0)
        leaf = textured(rng, height, width, colour(rng, 30, 90, 20) * np.float32([0.7, 1.2, 0.8]), 22, 60)
        plate += mask[..., None] * (leaf - plate)
    vanishing = (int(rng.uniform(0.2, 0.8) * width), horizon)
    for _ in range(int(rng.integers(2, 6))):  # kerbs and lines
        cv2.line(plate, vanishing, (int(rng.uniform(-0.5, 1.5) * width), height), colour(rng, 90, 230).tolist(),
                 int(rng.integers(1, 5)), cv2.LINE_AA)
    for _ in range(int(rng.integers(1, 6))):  # poles, boxes, parked things
        px, py = int(rng.uniform(0, width)), int(rng.uniform(horizon, height))
        size = int((py - horizon) * 0.5 + 12)
        if rng.random() < 0.5:
            cv2.rectangle(plate, (px, max(0, py - 3 * size)), (px + max(2, size // 12), py), colour(rng, 30, 200).tolist(), -1)
        else:
            block = textured(rng, size, int(size * 1.6), colour(rng, 20, 220, 50), 12)
            part = plate[max(0, py - size):py, px:px + block.shape[1]]
            part[:] = block[-part.shape[0]:, :part.shape[1]] if part.size else part
    return plate, horizon


def room(rng, height, width):
    floor = int(height * rng.uniform(0.3, 0.6))
    plate = np.zeros((height, width, 3), np.float32)
    plate[:floor] = textured(rng, floor, width, colour(rng, 110, 220), rng.uniform(1, 4), 4)
    plate[floor:] = textured(rng, height - floor, width, colour(rng, 60, 170), rng.uniform(3, 9), 12)
    for k in range(-14, 15):
        cv2.line(plate, (width // 2 + k * 20, floor), (width // 2 + k * 110, height), colour(rng, 50, 100).tolist(), 1, cv2.LINE_AA)
    for _ in range(int(rng.integers(3, 8))):
        w, h = int(rng.uniform(0.06, 0.25) * width), int(rng.uniform(0.1, 0.4) * height)
        x, y = int(rng.uniform(0, width - w)), int(rng.uniform(0, height - h))
        block = textured(rng, h, w, colour(rng, 30, 220, 50), rng.uniform(3, 14))
        plate[y:y + h, x:x + w] = block
        cv2.rectangle(plate, (x, y), (x + w, y + h), colour(rng, 20, 90).tolist(), 1)
    return plate, int(floor * 0.6)


class Plates:
    """Plates of given clips (cached by name) and painted ones; every call gives another crop, mirror and grade."""

    def __init__(self, clips):
        self.real = [plate for plate in map(median_plate, clips) if plate is not None]

    def make(self, rng, width, height, night):
        """The plate as float BGR and the row of the horizon (objects get smaller towards it)."""
        if self.real and rng.random() < 0.65:
            source = self.real[int(rng.integers(len(self.real)))].astype(np.float32)
            share = rng.uniform(0.6, 1.0)
            h = int(source.shape[0] * share)
            w = min(source.shape[1], int(h * width / height))
            h = min(h, int(w * height / width))
            y, x = int(rng.integers(0, source.shape[0] - h + 1)), int(rng.integers(0, source.shape[1] - w + 1))
            plate = cv2.resize(source[y:y + h, x:x + w], (width, height), interpolation=cv2.INTER_CUBIC)
            horizon = int(height * rng.uniform(-0.1, 0.25))
        else:
            plate, horizon = (street if rng.random() < 0.75 else room)(rng, height, width)
            plate = cv2.GaussianBlur(plate, (0, 0), 0.7)
        if rng.random() < 0.5:
            plate = plate[:, ::-1].copy()
        plate = 255 * np.clip(plate / 255, 0, 1) ** rng.uniform(0.7, 1.4)
        plate = (plate - 110) * rng.uniform(0.7, 1.25) + rng.uniform(80, 140)
        grey = plate.mean(axis=2, keepdims=True)
        plate = grey + (plate - grey) * rng.uniform(0.3, 1.3) + rng.uniform(-10, 10, 3).astype(np.float32)
        if night:
            plate = self.darkened(rng, plate)
        return np.clip(plate, 4, 250).astype(np.float32), horizon

    @staticmethod
    def darkened(rng, plate):
        """Infrared lamp or street lamp: grey or yellowish, bright in the middle, dark at the rim."""
        height, width = plate.shape[:2]
        ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
        cx, cy = rng.uniform(0.25, 0.75) * width, rng.uniform(0.3, 0.8) * height
        reach = rng.uniform(0.3, 0.7) * width
        light = 0.18 + rng.uniform(0.35, 0.8) * np.exp(-((xs - cx) ** 2 + (ys - cy) ** 2) / (2 * reach ** 2))
        grey = plate.mean(axis=2, keepdims=True)
        return (grey + (plate - grey) * (0.0 if rng.random() < 0.6 else 0.5)) * light[..., None]


def clips_in(folders):
    names = []
    for folder in folders:
        if os.path.isfile(folder):
            names.append(folder)
            continue
        names += [os.path.join(folder, n) for n in sorted(os.listdir(folder)) if n.lower().endswith((".mp4", ".avi", ".gif", ".mov")) and not n.startswith("syn_")]
    return names
