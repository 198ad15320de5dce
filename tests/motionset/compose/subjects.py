"""Things that move and matter: cut out of clips, or painted (people, vehicles, bicycles, animals)."""
import cv2
import numpy as np

PAINT_PX = 160  # height at which painted subjects are drawn


class Subject:
    """Sprites (float BGR 0..255, alpha 0..1) of one thing, in the order in which they follow each other."""

    def __init__(self, kind, sprites, sprites_per_s, faces_right):
        self.kind, self.sprites, self.sprites_per_s, self.faces_right = kind, sprites, sprites_per_s, faces_right
        self.aspect = float(np.mean([a.shape[1] / a.shape[0] for _, a in sprites]))

    def at(self, t, moving=True):
        n = len(self.sprites)
        k = int(t * self.sprites_per_s) if moving else 0
        k = k % (2 * n - 2) if n > 1 else 0
        return self.sprites[k if k < n else 2 * n - 2 - k]  # back and forth: no jump at the end


def _sprite(canvas, alpha):
    return canvas.astype(np.float32), cv2.GaussianBlur(alpha, (0, 0), 1.0).astype(np.float32)


def _cloth(rng, size, base):
    noise = rng.standard_normal((size[1] // 6 + 2, size[0] // 6 + 2)).astype(np.float32)
    noise = cv2.resize(noise, size, interpolation=cv2.INTER_CUBIC)
    return np.clip(base[None, None, :] + 14 * noise[..., None], 0, 255)


def _limb(canvas, alpha, points, thickness, shade):
    points = np.int32(points)
    cv2.polylines(canvas, [points], False, shade.tolist(), thickness, cv2.LINE_AA)
    cv2.polylines(alpha, [points], False, 1.0, thickness, cv2.LINE_AA)


def person(rng):
    top, legs, skin = (rng.uniform(10, 235, 3).astype(np.float32) for _ in range(3))
    skin = np.float32([90, 120, 165]) * rng.uniform(0.5, 1.2)
    stride, girth, bag = rng.uniform(0.12, 0.22), rng.uniform(0.11, 0.17), rng.random() < 0.4
    h, w = PAINT_PX, int(PAINT_PX * 0.62)
    cloth = _cloth(rng, (w, h), top)
    sprites = []
    for k in range(12):
        canvas, alpha = np.zeros((h, w, 3), np.float32), np.zeros((h, w), np.float32)
        swing = np.sin(2 * np.pi * k / 12) * stride * h
        cx, hip, shoulder = w * 0.5, h * 0.52, h * 0.2
        for sign, shade in ((-1, 0.75), (1, 1.0)):
            foot, knee = cx + sign * swing, cx + sign * swing * 0.4 + 0.02 * h
            _limb(canvas, alpha, [(cx, hip), (knee, h * 0.75), (foot, h * 0.97 - abs(swing) * 0.1)], int(girth * h * 0.42), legs * shade)
            _limb(canvas, alpha, [(cx, shoulder + 6), (cx - sign * swing * 0.5, h * 0.4), (cx - sign * swing * 0.7 + 4, h * 0.52)], int(girth * h * 0.3), top * shade)
        body = np.zeros((h, w), np.float32)
        cv2.ellipse(body, (int(cx), int((shoulder + hip) / 2)), (int(girth * h * 0.6), int((hip - shoulder) * 0.62)), 0, 0, 360, 1, -1, cv2.LINE_AA)
        canvas += body[..., None] * (cloth - canvas)
        alpha = np.maximum(alpha, body)
        if bag:
            cv2.rectangle(canvas, (int(cx - girth * h), int(h * 0.26)), (int(cx - girth * h * 0.3), int(h * 0.45)), (legs * 0.6).tolist(), -1)
            cv2.rectangle(alpha, (int(cx - girth * h), int(h * 0.26)), (int(cx - girth * h * 0.3), int(h * 0.45)), 1.0, -1)
        cv2.circle(canvas, (int(cx + 2), int(h * 0.1)), int(h * 0.075), skin.tolist(), -1, cv2.LINE_AA)
        cv2.circle(alpha, (int(cx + 2), int(h * 0.1)), int(h * 0.075), 1.0, -1, cv2.LINE_AA)
        sprites.append(_sprite(canvas, alpha))
    return Subject("person", sprites, 12 * rng.uniform(0.8, 1.3), True)


def vehicle(rng):
    long, paint = rng.uniform(1.7, 2.8), rng.uniform(15, 240, 3).astype(np.float32)
    h = PAINT_PX
    w = int(h * long)
    canvas, alpha = np.zeros((h, w, 3), np.float32), np.zeros((h, w), np.float32)
    roof, bonnet = int(h * rng.uniform(0.04, 0.2)), int(h * rng.uniform(0.35, 0.5))
    outline = np.int32([(w * 0.01, h * 0.86), (w * 0.01, bonnet), (w * 0.18, bonnet * 0.94), (w * 0.3, roof), (w * 0.72, roof), (w * 0.86, bonnet), (w * 0.985, bonnet * 1.15), (w * 0.985, h * 0.86)])
    cv2.fillPoly(alpha, [outline], 1.0, cv2.LINE_AA)
    shade = np.linspace(1.15, 0.7, h, dtype=np.float32)[:, None, None]
    canvas[:] = paint[None, None, :] * shade
    glass = np.int32([(w * 0.24, bonnet * 0.95), (w * 0.32, roof * 1.5 + 4), (w * 0.7, roof * 1.5 + 4), (w * 0.82, bonnet * 0.97)])
    cv2.fillPoly(canvas, [glass], (paint * 0.15 + 25).tolist(), cv2.LINE_AA)
    cv2.line(canvas, (w // 2, roof), (w // 2, int(h * 0.8)), (paint * 0.5).tolist(), 3)
    for x in (0.2, 0.79):
        for c, r, level in ((canvas, 0.17, 20.0), (canvas, 0.08, 130.0)):
            cv2.circle(c, (int(w * x), int(h * 0.83)), int(h * r), (level, level, level), -1, cv2.LINE_AA)
        cv2.circle(alpha, (int(w * x), int(h * 0.83)), int(h * 0.17), 1.0, -1, cv2.LINE_AA)
    return Subject("vehicle", [_sprite(canvas, alpha)], 1, True)


def bicycle(rng):
    rider = person(rng)
    tyre = rng.uniform(15, 60)
    sprites = []
    for body, cover in rider.sprites:
        h = PAINT_PX
        w = int(h * 1.05)
        canvas, alpha = np.zeros((h, w, 3), np.float32), np.zeros((h, w), np.float32)
        for x in (0.22, 0.8):
            for c, shade in ((canvas, (tyre, tyre, tyre)), (alpha, 1.0)):
                cv2.circle(c, (int(w * x), int(h * 0.78)), int(h * 0.2), shade, 5, cv2.LINE_AA)
        _limb(canvas, alpha, [(w * 0.22, h * 0.78), (w * 0.45, h * 0.5), (w * 0.75, h * 0.52), (w * 0.8, h * 0.78)], 5, np.float32([60, 60, 150]))
        small = int(h * 0.82)
        b, a = cv2.resize(body, (int(body.shape[1] * 0.82), small)), cv2.resize(cover, (int(body.shape[1] * 0.82), small))
        x0 = int(w * 0.5 - a.shape[1] / 2)
        canvas[:small, x0:x0 + a.shape[1]] += a[..., None] * (b - canvas[:small, x0:x0 + a.shape[1]])
        alpha[:small, x0:x0 + a.shape[1]] = np.maximum(alpha[:small, x0:x0 + a.shape[1]], a)
        sprites.append(_sprite(canvas, alpha))
    return Subject("bicycle", sprites, 12, True)


def animal(rng):
    fur = rng.uniform(15, 200) * np.float32([0.8, 0.95, 1.05])
    h = PAINT_PX
    w = int(h * rng.uniform(1.3, 1.7))
    sprites = []
    for k in range(8):
        canvas, alpha = np.zeros((h, w, 3), np.float32), np.zeros((h, w), np.float32)
        swing = np.sin(2 * np.pi * k / 8) * 0.12 * w
        for x, sign in ((0.25, 1), (0.32, -1), (0.68, -1), (0.75, 1)):
            _limb(canvas, alpha, [(w * x, h * 0.55), (w * x + sign * swing, h * 0.96)], int(h * 0.09), fur * (0.8 if sign < 0 else 1))
        for c, shade in ((canvas, fur.tolist()), (alpha, 1.0)):
            cv2.ellipse(c, (w // 2, int(h * 0.48)), (int(w * 0.32), int(h * 0.2)), 0, 0, 360, shade, -1, cv2.LINE_AA)
            cv2.circle(c, (int(w * 0.86), int(h * 0.28)), int(h * 0.16), shade, -1, cv2.LINE_AA)
        _limb(canvas, alpha, [(w * 0.2, h * 0.42), (w * 0.06, h * 0.2)], int(h * 0.06), fur)
        canvas += 12 * rng.standard_normal((h, w, 1)).astype(np.float32)
        sprites.append(_sprite(np.clip(canvas, 0, 255), alpha))
    return Subject("animal", sprites, 16, True)


def _holes_filled(mask):
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    out = np.zeros_like(mask)
    cv2.drawContours(out, outlines, -1, 255, cv2.FILLED)
    return out


def cut_outs(path, plate, most=6):
    """Moving things of a clip as sprite sequences: differ from the plate, do not touch the rim, keep their size."""
    clip = cv2.VideoCapture(path)
    rate = clip.get(cv2.CAP_PROP_FPS) or 10
    step = max(1, int(round(rate / 8)))
    runs, done, index = [], [], 0
    while index < 2500 and len(done) < 4 * most:
        ok, picture = clip.read()
        if not ok:
            break
        index += 1
        if index % step:
            continue
        picture = cv2.resize(picture, (plate.shape[1], plate.shape[0]), interpolation=cv2.INTER_AREA)
        far = np.abs(picture.astype(np.int16) - plate).max(axis=2).astype(np.uint8)
        mask = _holes_filled(cv2.morphologyEx((cv2.medianBlur(far, 3) > 34).astype(np.uint8) * 255, cv2.MORPH_CLOSE, np.ones((7, 5), np.uint8)))
        count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
        found = []
        for i in range(1, count):
            x, y, w, h, area = stats[i]
            inside = x > 2 and y > 2 and x + w < plate.shape[1] - 2 and y + h < plate.shape[0] - 2
            if not inside or h < 28 or w < 12 or w > plate.shape[1] // 2 or area < 0.4 * w * h:
                continue
            alpha = (labels[y:y + h, x:x + w] == i).astype(np.float32)
            found.append(((x, y, w, h), picture[y:y + h, x:x + w].astype(np.float32), cv2.GaussianBlur(alpha, (0, 0), 1.0)))
        alive = []
        for run in runs:
            x, y, w, h = run[-1][0]
            nearest = [f for f in found if abs(f[0][0] + f[0][2] / 2 - x - w / 2) < w and abs(f[0][1] - y) < 0.4 * h and 0.75 < f[0][3] / h < 1.35 and 0.6 < f[0][2] / w < 1.6]
            if nearest:
                run.append(nearest[0])
                found = [f for f in found if f is not nearest[0]]
                alive.append(run)
            elif len(run) >= 8:
                done.append(run)
        runs = alive + [[f] for f in found]
    done += [run for run in runs if len(run) >= 8]
    subjects = []
    for run in sorted(done, key=lambda r: -len(r))[:most]:
        way = run[-1][0][0] - run[0][0][0]
        if abs(way) + abs(run[-1][0][1] - run[0][0][1]) < 12:
            continue
        wide = np.mean([r[0][2] / r[0][3] for r in run])
        subjects.append(Subject("vehicle" if wide > 1.1 else "person", [(p, a) for _, p, a in run[:24]], 8, way >= 0))
    return subjects


PAINTED = {"person": person, "vehicle": vehicle, "bicycle": bicycle, "animal": animal}


class Cast:
    def __init__(self, clips, plates_of):
        self.cut = []
        for clip in clips:
            plate = plates_of(clip)
            if plate is not None:
                self.cut += cut_outs(clip, plate)

    def choose(self, rng, kind=None):
        kind = kind or rng.choice(["person", "person", "person", "vehicle", "bicycle", "animal"])
        fitting = [s for s in self.cut if s.kind == kind]
        if fitting and rng.random() < 0.6:
            return fitting[int(rng.integers(len(fitting)))]
        return PAINTED[kind](rng)
