"""PRC-04, PRC-06, PRC-11, PRC-12: too few descriptors, too little memory in a worker, a second service, stops under
load."""
import datetime
import os
import pathlib
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

from bench_world import (VONGGAC, Camsim, Service, acknowledged, cpu_seconds, ensure_footage, expect, gaps, wait_until,
                         workspace)

CONFIG = "[record]\nsegment_max_s = 10\nflush_interval_ms = 300\n"
CAMERAS = 8


def wall_us(iso):
    return int(datetime.datetime.fromisoformat(iso.replace("Z", "+00:00")).timestamp() * 1e6)


def second_service(service):
    """PRC-11: out within a second, the first one undisturbed."""
    pid, attempts = service.process.pid, {c["id"]: c["streams"][0]["attempts"] for c in service.status()["cameras"]}
    took = []
    for _ in range(5):
        began = time.monotonic()
        second = subprocess.run([str(VONGGAC), "serve", "--data", str(service.data), "--listen", "127.0.0.1:0"],
                                capture_output=True, text=True, timeout=20)
        took.append(time.monotonic() - began)
        expect(second.returncode == 1 and "another vonggac" in second.stderr, f"second: {second.returncode} {second.stderr}")
    status = service.status()
    expect(status["pid"] == pid, "the first one is not the first one")
    expect({c["id"]: c["streams"][0]["attempts"] for c in status["cameras"]} == attempts, "a camera was connected anew")
    took.sort()
    expect(took[2] <= 1, f"a second service needs {took} s to see that it is one too many")
    return {"second_out_s": round(took[2], 2)}


def stops_under_load(service, rounds):
    """PRC-12: SIGTERM while all cameras record: out within 5 s, with code 0, and nothing is missing but the stop."""
    slowest = 0.0
    worst_gap_s = 0.0
    for number in range(rounds):
        service.wait_recording(CAMERAS, 20)
        time.sleep(2.5)
        known = {g[:3] for g in gaps(service.data)}
        came_us = {c["id"].replace("-", "").upper(): wall_us(c["streams"][0]["last_frame_at"])
                   for c in service.status()["cameras"]}
        began = time.monotonic()
        service.process.send_signal(signal.SIGTERM)
        service.process.wait(15)
        slowest = max(slowest, time.monotonic() - began)
        expect(service.process.returncode == 0, f"round {number}: exit {service.process.returncode}: {service.tail(4)}")
        fresh = [g for g in gaps(service.data) if g[:3] not in known]
        expect(len(fresh) == CAMERAS, f"round {number}: {len(fresh)} gaps of a stop of {CAMERAS} cameras: {fresh[:3]}")
        for camera, _, start_us, end_us, cause, _ in fresh:
            expect(end_us is None and cause == 10, f"round {number}: a gap that is not the stop's: {cause} {end_us}")
            # What had come before the stop is stored: the gap begins where the stop did.
            missing_s = (came_us[camera] - start_us) / 1e6
            worst_gap_s = max(worst_gap_s, missing_s)
            expect(missing_s < 0.3, f"round {number}: {missing_s:.2f} s that had come before the stop are not stored")
        service.start()
    expect(slowest <= 5, f"a stop took {slowest:.1f} s")
    return {"stops": rounds, "slowest_stop_s": round(slowest, 2), "longest_missing_before_stop_s": round(worst_gap_s, 2)}


def few_descriptors(folder, sim):
    """PRC-06: with 64 descriptors there is no room for everybody, but recording goes on and nothing spins."""
    service = Service(folder / "few", CONFIG, prefix=["prlimit", "--nofile=64:64"])
    idle = []
    try:
        service.start()
        for name in sim.names()[:4]:
            service.add_camera(name, sim.url(name))
        service.wait_recording(4, 30)
        port = service.port()
        for _ in range(120):
            s = socket.create_connection(("127.0.0.1", port), timeout=2)
            idle.append(s)
        time.sleep(2)
        web = service.pids("web")
        before, began = cpu_seconds(web + [service.process.pid]), time.monotonic()
        time.sleep(5)
        share = (cpu_seconds(web + [service.process.pid]) - before) / (time.monotonic() - began)
        expect(share < 0.3, f"core and web use {share:.2f} of a processor with their descriptors used up")
        expect(all(c["recording"] for c in service.status()["cameras"]), f"recording suffers: {service.brief()}")
        for s in idle:
            s.close()
        idle.clear()
        wait_until(lambda: page_answers(port), 15, "the page is back when the connections are gone")
        # More cameras than descriptors: those that have one go on.
        added = 0
        for number in range(40):
            done = service.command("camera", "add", "--name", f"more{number}", "--url", sim.url(sim.names()[number % 8]),
                                   "--record", "continuous", check=False)
            added += done.returncode == 0
        time.sleep(6)
        expect(service.process.poll() is None, f"the service ended: {service.tail()}")
        frames = {c["id"]: c["streams"][0]["frames"] for c in service.status()["cameras"] if c["name"].startswith("cam")}
        time.sleep(3)
        first = [c for c in service.status()["cameras"] if c["id"] in frames]
        expect(len(first) == 4 and all(c["streams"][0]["frames"] > frames[c["id"]] for c in first),
               f"the first cameras suffer from the others: {service.brief()}")
        recording = sum(c["recording"] for c in service.status()["cameras"])
        service.stop()
        clean, report = service.check(full=True)
        expect(clean, f"few descriptors: {str(report)[:600]}")
        return {"few_descriptors_cpu": round(share, 3), "cameras_with_64_descriptors": f"{recording} of {4 + added}"}
    finally:
        for s in idle:
            s.close()
        service.stop()


def page_answers(port):
    try:
        return b"<html" in urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=3).read().lower()
    except (urllib.error.URLError, OSError):
        return False


def worker_memory(service):
    """PRC-04: a worker that runs out of memory costs itself; the others and core go on."""
    result = {}
    for kind in ("analyse", "ingest", "web"):
        victim = service.pids(kind)[0]
        frames = {c["id"]: c["streams"][0]["frames"] for c in service.status()["cameras"]}
        core = service.process.pid
        # What it has is all it gets: the next allocation of any size fails.
        used_kib = int(re.search(r"VmSize:\s+(\d+)", pathlib.Path(f"/proc/{victim}/status").read_text()).group(1))
        subprocess.run(["prlimit", "--pid", str(victim), f"--as={used_kib * 1024}"], check=True)
        began = time.monotonic()
        time.sleep(12)
        expect(service.process.poll() is None and service.process.pid == core, f"{kind} took core with it")
        service.wait_recording(CAMERAS, 20)
        result[f"{kind}_starved"] = "replaced" if victim not in service.pids(kind) else "lives on"
        time.sleep(1)
        if kind != "ingest":
            for c in service.status()["cameras"]:
                expect(c["streams"][0]["frames"] > frames[c["id"]] + 50, f"{c['name']} stood still while {kind} starved")
        if result[f"{kind}_starved"] == "lives on":
            os.kill(victim, signal.SIGKILL)
            wait_until(lambda: victim not in service.pids(kind) and service.pids(kind), 15, f"{kind} is replaced")
            service.wait_recording(CAMERAS, 20)
    return result


def run(rounds):
    footage = ensure_footage()
    result = {}
    with workspace("limits") as folder:
        sim = Camsim(folder, repeat=CAMERAS, pair=(footage / "street_sub.mp4", footage / "street_sub.mp4"))
        service = Service(folder / "data", CONFIG)
        try:
            service.start()
            for name in sim.names():
                service.add_camera(name, sim.url(name), sim.url(name, "sub"))
            service.wait_recording(CAMERAS, 30)
            result.update(second_service(service))
            result.update(worker_memory(service))
            result.update(stops_under_load(service, rounds or 5))
            service.stop()
            clean, report = service.check(full=True)
            expect(clean, f"check --full is not clean: {str(report)[:600]}")
            result.update(few_descriptors(folder, sim))
            return result
        finally:
            service.stop()
            sim.stop()
