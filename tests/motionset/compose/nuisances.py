"""Disturbances that are never events, each at full strength. A Nuisance changes a float BGR picture of time t.

scene()   what happens in the scene, behind the subjects     air()     light, weather, what is near the lens
camera()  what the camera itself does                        span      seconds between which it happens
"""
import cv2
import numpy as np

from plates import fractal


class Nuisance:
    night = None       # True / False: only by night / day
    fps = None         # fixed rate
    encode = {}        # settings of the encoder

    def __init__(self, rng, width, height, seconds):
        self.rng, self.w, self.h, self.seconds = rng, width, height, seconds
        ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
        self.xs, self.ys = xs, ys
        self.prepare()

    def prepare(self):
        pass

    def scene(self, picture, t):
        return picture

    def air(self, picture, t):
        return picture

    def camera(self, picture, t):
        return picture

    def soft_region(self, share_low=0.15, share_high=0.4, rough=0.35):
        """A mask 0..1 with a ragged edge somewhere in the picture."""
        cx, cy = self.rng.uniform(0.1, 0.9) * self.w, self.rng.uniform(0.1, 0.8) * self.h
        rx, ry = self.rng.uniform(share_low, share_high, 2) * (self.w, self.h)
        d = np.sqrt(((self.xs - cx) / rx) ** 2 + ((self.ys - cy) / ry) ** 2)
        return np.clip((1.15 - d + rough * fractal(self.rng, self.h, self.w, 24)) * 4, 0, 1).astype(np.float32)

    def times(self, least, most):
        """Moments, irregular, that far apart."""
        out, t = [], self.rng.uniform(4, 8)
        while t < self.seconds:
            out.append(t)
            t += self.rng.uniform(least, most)
        return out


def moved(picture, dx, dy, mask=None):
    h, w = picture.shape[:2]
    ys, xs = np.mgrid[0:h, 0:w].astype(np.float32)
    out = cv2.remap(picture, xs + dx, ys + dy, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    return out if mask is None else picture + mask[..., None] * (out - picture)


class Clean(Nuisance):
    pass


class Shake(Nuisance):
    def prepare(self):
        self.reach = self.rng.uniform(2, 7)
        self.rates = self.rng.uniform(0.6, 4, 4)
        self.gusts = self.times(3, 9)

    def camera(self, picture, t):
        strength = 0.25 + max((np.exp(-((t - g) / 1.5) ** 2) for g in self.gusts), default=0)
        dx = self.reach * strength * (np.sin(2 * np.pi * self.rates[0] * t) + 0.5 * np.sin(2 * np.pi * self.rates[1] * t + 1))
        dy = 0.7 * self.reach * strength * np.sin(2 * np.pi * self.rates[2] * t + 2)
        roll = 0.12 * self.reach * strength * np.sin(2 * np.pi * self.rates[3] * t) / 10
        turn = cv2.getRotationMatrix2D((self.w / 2, self.h / 2), roll, 1.0)
        turn[:, 2] += (dx, dy)
        return cv2.warpAffine(picture, turn, (self.w, self.h), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


class LampSteps(Nuisance):
    def prepare(self):
        lamps = [np.exp(-((self.xs - x * self.w) ** 2 + (self.ys - y * self.h) ** 2) / (2 * (r * self.w) ** 2))
                 for x, y, r in self.rng.uniform([0, 0, 0.15], [1, 0.6, 0.8], (3, 3))]
        self.lamps = [lamp * self.rng.uniform(0.4, 1.2) for lamp in lamps]
        self.switches = [self.times(6, 16) for _ in lamps]

    def air(self, picture, t):
        gain = np.full((self.h, self.w), 0.65, np.float32)
        for lamp, switches in zip(self.lamps, self.switches):
            flips = [s for s in switches if s <= t]
            if len(flips) % 2:
                gain += lamp * min(1, (t - flips[-1]) / 0.25) * (0.3 if t - flips[-1] < 0.6 and int(t * 12) % 3 == 0 else 1)
        return picture * gain[..., None]


class CloudShadows(Nuisance):
    night = False

    def prepare(self):
        self.depth, self.speed = self.rng.uniform(0.35, 0.6), self.rng.uniform(8, 60)
        field = fractal(self.rng, self.h, self.w * 6, 14, 4, 0.45)
        self.field = cv2.GaussianBlur(np.clip(field * 1.6, 0, 1).astype(np.float32), (0, 0), self.rng.uniform(3, 12))

    def air(self, picture, t):
        at = int(t * self.speed) % (self.w * 5)
        return picture * (1 - self.depth * self.field[:, at:at + self.w])[..., None]


class GainHunting(Nuisance):
    def prepare(self):
        self.steps = [(s, self.rng.uniform(0.55, 1.6), self.rng.uniform(0.2, 3)) for s in self.times(4, 10)]

    def camera(self, picture, t):
        gain = 1.0
        for begin, to, takes in self.steps:
            gain += (to - gain) * (1 - np.exp(-(t - begin) / takes)) if t > begin else 0
        return picture * gain * (1 + 0.04 * np.sin(2 * np.pi * 0.4 * t))


class InfraredSwitch(Nuisance):
    night = False

    def prepare(self):
        self.switches = sorted(self.rng.uniform(0.15, 0.95, 3) * self.seconds)
        cx, cy = self.rng.uniform(0.3, 0.7, 2)
        self.lamp = 0.25 + 0.8 * np.exp(-((self.xs - cx * self.w) ** 2 + (self.ys - cy * self.h) ** 2) / (2 * (0.35 * self.w) ** 2))
        self.swap = self.rng.uniform(-0.5, 0.5, 2)

    def camera(self, picture, t):
        passed = [s for s in self.switches if s <= t]
        out = picture
        if len(passed) % 2:
            grey = picture[..., 2] * (0.6 + self.swap[0]) + picture[..., 1] * (0.4 - self.swap[0])
            out = np.repeat((grey * self.lamp * 0.9 + 6)[..., None], 3, axis=2)
        if passed and t - passed[-1] < 2.2:  # exposure settles, rolling over the picture
            age = t - passed[-1]
            band = np.exp(-((self.ys - (age * 1.3 * self.h) % self.h) / (0.2 * self.h)) ** 2)
            out = out * (1 + 1.5 * np.exp(-age / 0.4) * np.cos(6 * age) + 0.35 * np.exp(-age) * band)[..., None] if age > 0.15 else out * 0.1
        return out


class Headlights(Nuisance):
    night = True

    def prepare(self):
        self.beams = [(s, self.rng.uniform(2, 6), self.rng.choice([-1, 1]), self.rng.uniform(0.25, 0.8), self.rng.uniform(0.05, 0.2), self.rng.uniform(1.5, 4)) for s in self.times(5, 11)]

    def air(self, picture, t):
        gain = np.ones((self.h, self.w), np.float32)
        glare = np.zeros((self.h, self.w), np.float32)
        for begin, takes, way, row, size, power in self.beams:
            part = (t - begin) / takes
            if not 0 <= part <= 1:
                continue
            x = self.w * (part * 1.4 - 0.2 if way > 0 else 1.2 - part * 1.4)
            d = ((self.xs - x) / (size * self.w * (1 + part))) ** 2 + ((self.ys - row * self.h) / (size * 0.6 * self.w)) ** 2
            gain += power * np.exp(-d) * np.sin(np.pi * part)
            far = ((self.xs - x + way * 1.5 * size * self.w) ** 2 + (self.ys - (row - 0.1) * self.h) ** 2)
            glare += 60 * np.exp(-far / (2 * (0.25 * size * self.w) ** 2)) * (np.sin(np.pi * part) > 0.7)
        return picture * gain[..., None] + glare[..., None]


class Rain(Nuisance):
    def prepare(self):
        self.drops, self.slant = int(self.rng.uniform(60, 260)), self.rng.uniform(-0.3, 0.3)
        self.bright = self.rng.uniform(25, 90)

    def air(self, picture, t):
        layer = np.zeros((self.h, self.w), np.float32)
        for x, y, near in self.rng.uniform([0, -0.1, 0.15], [1, 1, 1], (self.drops, 3)):
            length = int(near * 0.12 * self.h) + 2
            p = (int(x * self.w), int(y * self.h))
            cv2.line(layer, p, (int(p[0] + self.slant * length), p[1] + length), float(self.bright * near), 1 + int(near * 1.6), cv2.LINE_AA)
        layer = cv2.GaussianBlur(layer, (0, 0), 0.7)
        return picture * 0.92 + layer[..., None] + 6


class RainByNight(Rain):
    night = True

    def prepare(self):
        super().prepare()
        self.drops, self.bright = self.drops // 2, self.rng.uniform(80, 200)


class Snow(Nuisance):
    def prepare(self):
        n = int(self.rng.uniform(80, 250))
        self.flakes = self.rng.uniform([0, 0, 0.3, -20], [1, 1, 1, 20], (n, 4))
        self.wind, self.fall = self.rng.uniform(-30, 30), self.rng.uniform(40, 120)

    def air(self, picture, t):
        layer = np.zeros((self.h, self.w), np.float32)
        for x, y, near, drift in self.flakes:
            px = (x * self.w + (self.wind + drift) * near * t + 6 * np.sin(t * 2 + x * 40)) % self.w
            py = (y * self.h + self.fall * near * t) % self.h
            cv2.circle(layer, (int(px), int(py)), int(near * 2.2), float(120 * near), -1, cv2.LINE_AA)
        return picture * 0.93 + cv2.GaussianBlur(layer, (0, 0), 0.8)[..., None] + 8


class Fog(Nuisance):
    def prepare(self):
        self.field = cv2.GaussianBlur(np.clip(0.5 + 0.4 * fractal(self.rng, self.h, self.w * 4, 6, 4), 0, 1).astype(np.float32), (0, 0), 6)
        self.speed, self.white, self.most = self.rng.uniform(6, 35), self.rng.uniform(120, 190), self.rng.uniform(0.35, 0.65)

    def air(self, picture, t):
        at = int(t * self.speed) % (self.w * 3)
        cover = (self.most * self.field[:, at:at + self.w] * (0.5 + 0.5 * np.sin(0.15 * t + 1)))[..., None]
        return picture + cover * (self.white - picture)


class Smoke(Nuisance):
    """Smoke or steam from one place: puffs that rise, grow and fade."""

    def prepare(self):
        self.at = self.rng.uniform([0.1, 0.4], [0.9, 0.9])
        self.puffs = np.arange(2, self.seconds, self.rng.uniform(0.25, 0.7))
        self.white, self.lean = self.rng.uniform(110, 200), self.rng.uniform(-0.04, 0.04)
        self.rag = fractal(self.rng, self.h, self.w, 20)

    def air(self, picture, t):
        cover = np.zeros((self.h, self.w), np.float32)
        for born in self.puffs:
            age = t - born
            if not 0 < age < 6 or int(born) % 20 > 12:
                continue
            x, y = (self.at[0] + self.lean * age) * self.w, (self.at[1] - 0.07 * age) * self.h
            r = (0.015 + 0.022 * age) * self.w
            cover = np.maximum(cover, 0.5 * (1 - age / 6) * np.exp(-((self.xs - x) ** 2 + (self.ys - y) ** 2) / (2 * r * r)))
        cover = np.clip(cover * (1 + 0.3 * np.roll(self.rag, int(t * 9), axis=0)), 0, 0.6)[..., None]
        return picture + cover * (self.white - picture)


class Insects(Nuisance):
    night = True

    def prepare(self):
        self.flights = [(s, self.rng.uniform(0.3, 2.5), self.rng.uniform(-0.2, 1.2, (4, 2)), self.rng.uniform(0.006, 0.05), self.rng.uniform(60, 200), self.rng.uniform(0, 6)) for s in self.times(0.4, 3)]

    def air(self, picture, t):
        for begin, takes, path, size, bright, jitter in self.flights:
            part = (t - begin) / takes
            if not 0 <= part <= 1:
                continue
            s = 1 - part
            p = s ** 3 * path[0] + 3 * s * s * part * path[1] + 3 * s * part * part * path[2] + part ** 3 * path[3]
            q = p + 0.02 * np.array([np.sin(jitter * 9 * t), np.cos(jitter * 13 * t)])
            layer = np.zeros((self.h, self.w), np.float32)
            a, b = (int(q[0] * self.w), int(q[1] * self.h)), (int((q[0] + 0.03) * self.w), int((q[1] + 0.01 * np.sin(20 * t)) * self.h))
            cv2.line(layer, a, b, float(bright), max(1, int(size * self.w)), cv2.LINE_AA)
            picture = picture + cv2.GaussianBlur(layer, (0, 0), 1 + size * self.w * 0.4)[..., None]
        return picture


class Spider(Nuisance):
    """A spider, out of focus, that sits on the lens, walks a little and sits again."""

    def prepare(self):
        self.way = np.cumsum(self.rng.uniform(-0.12, 0.12, (40, 2)) * (self.rng.random((40, 1)) < 0.45), axis=0) + self.rng.uniform(0.2, 0.8, 2)
        self.size, self.level = self.rng.uniform(0.03, 0.09), self.rng.choice([15.0, 190.0])

    def air(self, picture, t):
        step = self.seconds / 39
        k = min(38, int(t / step))
        part = min(1, (t / step - k) * 2.5)
        at = self.way[k] + (self.way[k + 1] - self.way[k]) * part
        at = np.abs((at + 1) % 2 - 1)
        layer = np.zeros((self.h, self.w), np.float32)
        c, r = (int(at[0] * self.w), int(at[1] * self.h)), self.size * self.w
        cv2.circle(layer, c, int(r * 0.4), 1, -1, cv2.LINE_AA)
        for k in range(8):
            a = k * np.pi / 4 + 0.3 * np.sin(9 * t + k) * (part < 1)
            cv2.line(layer, c, (int(c[0] + r * np.cos(a)), int(c[1] + r * np.sin(a))), 1, max(1, int(r * 0.1)), cv2.LINE_AA)
        layer = cv2.GaussianBlur(layer, (0, 0), r * 0.15 + 1)[..., None]
        return picture + layer * (self.level - picture)


class Trees(Nuisance):
    def prepare(self):
        self.masks = [self.soft_region() for _ in range(int(self.rng.integers(1, 4)))]
        self.sway = self.rng.uniform(2, 6)
        self.field = [cv2.resize(self.rng.standard_normal((2, 12, 16)).astype(np.float32)[k], (self.w, self.h), interpolation=cv2.INTER_CUBIC) for k in (0, 1)]
        self.leaves = 18 * fractal(self.rng, self.h, self.w, 90)[..., None]
        self.gusts = self.times(3, 8)

    def scene(self, picture, t):
        strength = 0.35 + max((np.exp(-((t - g) / 1.8) ** 2) for g in self.gusts), default=0)
        for k, mask in enumerate(self.masks):
            leafy = picture + mask[..., None] * self.leaves
            dx = self.sway * strength * (np.sin(2 * np.pi * (0.4 + 0.15 * k) * t + 2 * self.field[0]) + 0.5 * self.field[1] * np.sin(2 * np.pi * 2.3 * t + 3 * self.field[1]))
            dy = 0.6 * self.sway * strength * np.sin(2 * np.pi * 0.7 * t + 2 * self.field[1])
            picture = moved(leafy, dx.astype(np.float32), dy.astype(np.float32), mask)
        return picture


class Laundry(Nuisance):
    """Flags, awnings and washing that flap: bright cloth on a line."""

    def prepare(self):
        self.cloths = []
        for _ in range(int(self.rng.integers(2, 5))):
            w, h = int(self.rng.uniform(0.05, 0.14) * self.w), int(self.rng.uniform(0.08, 0.25) * self.h)
            cloth = np.empty((h, w, 3), np.float32)
            cloth[:] = self.rng.uniform(20, 240, 3)
            cloth[h // 3:2 * h // 3] = self.rng.uniform(20, 240, 3)
            self.cloths.append((cloth, self.rng.uniform(0, 0.85) * self.w, self.rng.uniform(0.02, 0.6) * self.h, self.rng.uniform(0.4, 1.4), self.rng.uniform(0, 6)))

    def scene(self, picture, t):
        picture = picture.copy()
        for cloth, x, y, rate, phase in self.cloths:
            h, w = cloth.shape[:2]
            ys, xs = np.mgrid[0:h + 20, 0:w + 20].astype(np.float32)
            flap = 6 * np.sin(2 * np.pi * rate * t + phase + xs * 0.09) * ((ys - 10) / h) * (0.6 + 0.4 * np.sin(0.7 * t + phase))
            part = cv2.remap(cloth, xs - 10 + flap, ys - 10 + 0.4 * flap, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(-1, -1, -1))
            shade = 1 + 0.15 * np.sin(2 * np.pi * rate * t + phase + xs * 0.12)
            target = picture[int(y):int(y) + h + 20, int(x):int(x) + w + 20]
            part, shade = part[:target.shape[0], :target.shape[1]], shade[:target.shape[0], :target.shape[1]]
            inside = (part.min(axis=2) >= 0)[..., None]
            target[:] = np.where(inside, part * shade[..., None], target)
        return picture


class Water(Nuisance):
    def prepare(self):
        self.mask = self.soft_region(0.25, 0.6, 0.1)
        self.waves = self.rng.uniform(0.03, 0.25, 3)

    def scene(self, picture, t):
        dy = 3 * np.sin(self.waves[0] * self.ys + 2.2 * t) + 2 * np.sin(self.waves[1] * self.xs + self.waves[2] * self.ys - 3.1 * t)
        glitter = np.clip(np.sin(self.waves[0] * 3 * self.xs + 5 * t) * np.sin(self.waves[1] * 4 * self.ys - 4 * t) - 0.75, 0, 1) * 260
        out = moved(picture, dy * 0.5, dy)
        return picture + self.mask[..., None] * (out + glitter[..., None] - picture)


class NightNoise(Nuisance):
    night = True

    def prepare(self):
        self.least, self.most = self.rng.uniform(5, 9), self.rng.uniform(12, 20)
        noise = self.rng.standard_normal((self.h + 64, self.w + 64)).astype(np.float32)
        self.noise = 0.6 * noise + 0.8 * cv2.GaussianBlur(noise, (0, 0), 1)

    def camera(self, picture, t):
        sigma = self.least + (self.most - self.least) * (0.5 + 0.5 * np.sin(0.25 * t))
        y, x = self.rng.integers(0, 64, 2)
        return picture + (sigma * self.noise[y:y + self.h, x:x + self.w])[..., None]


class LowBitrate(Nuisance):
    def prepare(self):
        self.encode = {"kbps": float(self.rng.uniform(30, 80)), "gop": int(self.rng.integers(15, 40)), "codec": self.rng.choice(["h264", "hevc"])}

    def camera(self, picture, t):
        return picture


class KeyFrameFlash(LowBitrate):
    def prepare(self):
        self.encode = {"kbps": float(self.rng.uniform(40, 110)), "gop": int(self.rng.integers(8, 25)), "codec": "h264", "flash": True}


class Clock(Nuisance):
    def prepare(self):
        self.at = (int(self.rng.uniform(0.01, 0.5) * self.w), int(self.rng.choice([0.07, 0.95]) * self.h))
        self.scale, self.centi = self.rng.uniform(0.4, 0.9), self.rng.random() < 0.5

    def camera(self, picture, t):
        picture = np.ascontiguousarray(picture)
        tail = ".%02d" % (int(t * 100) % 100) if self.centi else ""
        text = "2026-03-0%d %02d:%02d:%02d%s" % (1 + int(t) % 3, 7, int(t) // 60, int(t) % 60, tail)
        cv2.putText(picture, text, self.at, cv2.FONT_HERSHEY_SIMPLEX, self.scale, (10, 10, 10), 3, cv2.LINE_AA)
        cv2.putText(picture, text, self.at, cv2.FONT_HERSHEY_SIMPLEX, self.scale, (250, 250, 250), 1, cv2.LINE_AA)
        if int(t * 2) % 2:
            cv2.circle(picture, (self.w - 25, 20), 7, (30, 30, 220), -1, cv2.LINE_AA)
        return picture


class Signs(Nuisance):
    """Blinking shop signs, a screen, a traffic light."""

    def prepare(self):
        self.signs = [(int(x * self.w), int(y * self.h), int(w * self.w), int(h * self.h), rate, self.rng.uniform(60, 255, 3), int(self.rng.integers(2, 5)))
                      for x, y, w, h, rate in self.rng.uniform([0, 0, 0.03, 0.02, 0.15], [0.85, 0.6, 0.14, 0.1, 3], (int(self.rng.integers(3, 6)), 5))]

    def scene(self, picture, t):
        picture = picture.copy()
        for x, y, w, h, rate, shade, parts in self.signs:
            on = int(t * rate * parts) % parts
            for k in range(parts):
                part = picture[y:y + h, x + k * w // parts:x + (k + 1) * w // parts]
                part[:] = shade.astype(np.float32) if k == on else part * 0.4
            halo = np.exp(-((self.xs - x - w / 2) ** 2 + (self.ys - y - h / 2) ** 2) / (2 * (1.2 * w) ** 2))
            picture += (halo * (18 if on == 0 else 6))[..., None]
        return picture


class FocusHunting(Nuisance):
    def prepare(self):
        self.hunts = self.times(7, 15)

    def camera(self, picture, t):
        for begin in self.hunts:
            age = t - begin
            if 0 < age < 2.5:
                blur = abs(np.sin(np.pi * age / 2.5 * 2)) * 5
                return cv2.GaussianBlur(picture, (0, 0), blur) if blur > 0.3 else picture
        return picture


class Freezes(Nuisance):
    """Pictures repeated for a while, then a jump: congested networks. compose.py repeats them."""
    stalls = True


class HighRate(Nuisance):
    fps = 20


class LowRate(Nuisance):
    fps = 4


class SlowDrift(Nuisance):
    """Sun moves: brightness ramps and shadows of buildings creep."""
    night = False

    def prepare(self):
        self.edge = fractal(self.rng, self.h, self.w, 5, 2)

    def air(self, picture, t):
        line = self.xs + 30 * self.edge - self.w * (0.2 + 0.08 * t / self.seconds)
        return picture * (0.85 + 0.3 * t / self.seconds) * (1 - 0.4 * np.clip(-line / 12, 0, 1))[..., None]


class Mixed(Nuisance):
    """Three at once, as a bad night is."""

    def prepare(self):
        night = self.rng.random() < 0.6
        self.night = night
        pool = [RainByNight, Insects, NightNoise, Headlights] if night else [Rain, CloudShadows, GainHunting, Laundry]
        pool += [Trees, Shake, Clock, Signs]
        chosen = self.rng.choice(len(pool), 3, replace=False)
        self.parts = [pool[k](self.rng, self.w, self.h, self.seconds) for k in chosen]

    def scene(self, picture, t):
        for part in self.parts:
            picture = part.scene(picture, t)
        return picture

    def air(self, picture, t):
        for part in self.parts:
            picture = part.air(picture, t)
        return picture

    def camera(self, picture, t):
        for part in self.parts:
            picture = part.camera(picture, t)
        return picture


KINDS = {
    "clean": Clean, "shake": Shake, "light_change": LampSteps, "shadow_drift": CloudShadows, "gain": GainHunting, "ir_switch": InfraredSwitch,
    "headlight": Headlights, "rain": Rain, "rain_night": RainByNight, "snow": Snow, "fog": Fog, "smoke": Smoke, "insects": Insects, "spider": Spider,
    "trees": Trees, "laundry": Laundry, "water": Water, "night_noise": NightNoise, "lowbitrate": LowBitrate, "key_flash": KeyFrameFlash, "osd": Clock,
    "signs": Signs, "focus": FocusHunting, "freezes": Freezes, "high_fps": HighRate, "low_fps": LowRate, "slow_drift": SlowDrift, "mixed": Mixed,
    "parked_ghost": Clean, "stands_still": Clean, "far": Clean, "toward": Clean, "slow": Clean, "fast": Clean, "still": Clean}
