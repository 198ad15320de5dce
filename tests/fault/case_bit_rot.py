"""STO-09, G21: single bits of sealed footage change, or blocks read back as zeros. check --full finds every one, export
refuses every range that holds one, and what is not touched stays exportable."""
import json
import random
import shutil
import subprocess
import time

from bench_world import (VONGGAC, Camsim, Service, ensure_footage, expect, media_files, workspace)

CONFIG = "[record]\nsegment_max_s = 10\nflush_interval_ms = 300\n[analyse]\nenabled = false\n"


def export(data, camera, start, end, out):
    out.unlink(missing_ok=True)
    return subprocess.run([str(VONGGAC), "export", "--data", str(data), "--camera", camera, "--from", start, "--to", end,
                           "--out", str(out)], capture_output=True, text=True, timeout=60)


def clips_of(service):
    value = json.loads(service.command("clips", "--json").stdout)
    return value["clips"] if isinstance(value, dict) else value


def run(rounds):
    rounds = rounds or 40
    footage = ensure_footage()
    dice = random.Random(9)
    with workspace("rot") as folder:
        sim = Camsim(folder, repeat=1, pair=(footage / "street_sub.mp4", None))
        service = Service(folder / "data", CONFIG)
        try:
            service.start()
            camera = service.add_camera("a", sim.url(sim.names()[0]))
            service.wait_recording(1, 15)
            time.sleep(24 if rounds > 10 else 9)
            service.stop()
        finally:
            service.stop()
            sim.stop()
        clean, report = service.check(full=True)
        expect(clean, f"not clean to begin with: {str(report)[:400]}")
        files = media_files(service.data)
        out = folder / "out.mp4"
        spans = clips_of(service)
        whole = export(service.data, camera, spans[0]["from"], spans[-1]["to"], out)
        expect(whole.returncode == 0, f"export before the damage: {whole.stderr}")
        shutil.copy(out, folder / "good.mp4")
        found = refused = 0
        for number in range(rounds):
            path = dice.choice(files)
            good = path.read_bytes()
            bad = bytearray(good)
            if number % 10 == 9:  # a block that reads back as zeros
                at = dice.randrange(len(good)) // 4096 * 4096
                bad[at:at + 4096] = bytes(len(bad[at:at + 4096]))
                if bytes(bad) == good:
                    continue
            else:
                at = dice.randrange(len(good))
                bad[at] ^= 1 << dice.randrange(8)
            path.write_bytes(bytes(bad))
            done = service.command("check", "--full", "--json", check=False)
            report = json.loads(done.stdout)
            name = str(path.relative_to(service.data))
            expect(done.returncode == 1 and any(f["path"] == name for f in report["findings"]),
                   f"bit {number}: a change at {at} of {len(good)} in {name} is not found")
            found += 1
            # The whole range holds the bad file: no file may come out that looks like evidence.
            taken = export(service.data, camera, spans[0]["from"], spans[-1]["to"], out)
            if taken.returncode == 0:
                expect(out.exists(), "export says done and wrote nothing")
                expect(number % 10 != 9, "zeros were exported")
                note = same_media(whole_bytes=folder / "good.mp4", out=out)
                expect(note, f"bit {number} at {at} of {name}: exported with bytes that nobody recorded")
            else:
                refused += 1
                expect(taken.stderr.strip() and not out.exists(), "a refused export must say why and leave no file")
            path.write_bytes(good)
        clean, report = service.check(full=True)
        expect(clean, f"not clean after putting all back: {str(report)[:400]}")
        return {"changes": rounds, "found": found, "exports_refused": refused}


def same_media(whole_bytes, out):
    """An export beside the damage (a header that exports do not use): the media must be what was recorded."""
    return whole_bytes.exists() and whole_bytes.read_bytes() == out.read_bytes()
