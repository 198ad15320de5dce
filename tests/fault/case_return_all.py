"""NET-06, G08: a hundred cameras go down for a minute and come back together."""
import time

from bench_world import Camsim, Service, ensure_footage, expect, wait_until, workspace

CAMERAS = 100


def run(rounds):
    away_s = 60 if rounds else 20
    footage = ensure_footage()
    with workspace("return") as folder:
        sim = Camsim(folder, repeat=CAMERAS, pair=(footage / "street_sub.mp4", None))
        service = Service(folder / "data", "[analyse]\nenabled = false\n").start()
        try:
            for name in sim.names():
                service.add_camera(name, sim.url(name))
            service.wait_recording(CAMERAS, 60)
            sim.tell("*", "reboot", down_ms=away_s * 1000)
            time.sleep(away_s)
            began = time.monotonic()
            seen = {}

            def streaming():
                status = service.status()
                shaking = sum(s["state"] in ("connecting", "describing", "setting_up")
                              for c in status["cameras"] for s in c["streams"])
                seen["handshakes"] = max(seen.get("handshakes", 0), shaking)
                count = sum(c["streams"][0]["state"] == "streaming" for c in status["cameras"])
                if count >= 95:
                    seen.setdefault("p95_s", round(time.monotonic() - began, 1))
                return count == CAMERAS
            wait_until(streaming, 45, f"all cameras are back; {service.brief()[:200]}", 0.2)
            seen["all_s"] = round(time.monotonic() - began, 1)
            expect(seen["handshakes"] <= 20, f"more than 20 handshakes at once: {seen}")
            expect(seen["all_s"] <= 30, f"too slow: {seen}")
            return {"away_s": away_s, **seen}
        finally:
            service.stop()
            sim.stop()
