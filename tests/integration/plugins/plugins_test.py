#!/usr/bin/env python3
"""Plug-ins in the running service: plugins_test.py CASE."""
import json
import pathlib
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parents[1] / "support")]
from bench_world import BUILD, Camsim, Failure, Service, ensure_footage, expect, wait_until, workspace  # noqa: E402

FAST = "[record]\nflush_interval_ms = 300\n"
BAD_PLUGINS = BUILD / "lib/vonggac/test-plugins"


def part(service, name):
    status = service.status(quiet=True) or {"analyse_parts": []}
    found = [p for p in status["analyse_parts"] if p["part"] == name]
    return found[0] if found else {"state": "absent", "detail": "", "crashes": 0, "name": "", "version": ""}


def street(folder, footage):
    return Camsim(folder, cameras=[("street", footage / "street_main.mp4", footage / "street_sub.mp4")])


def add_street(service, sim, record="motion"):
    return service.add_camera("street", sim.url("street"), sim.url("street", "sub"), record=record)


def events(service):
    return json.loads(service.command("clips", "--json").stdout)["events"]


def wait_for_motion(service, camera, timeout_s=60):
    wait_until(lambda: service.cameras()[camera]["recording"], timeout_s,
               f"motion starts a recording: {service.brief()}; {service.tail()}")


def mog2_records(folder, footage):
    sim = street(folder, footage)
    service = Service(folder / "data", FAST + '[analyse]\ndetector = "mog2"\n').start()
    try:
        camera = add_street(service, sim)
        wait_for_motion(service, camera)
        seen = part(service, "detector")
        expect(seen["state"] == "running" and seen["name"] == "mog2" and seen["version"].startswith("4."), f"status: {seen}")
        wait_until(lambda: events(service), 20, "an event is stored")
        event = events(service)[0]
        expect(event["labels"] == [], f"labels without a classifier: {event}")
        expect("mog2" in service.command("status").stdout, "status does not name the detector")
    finally:
        service.stop()
        sim.stop()


def a_crashing_detector_is_left_out(folder, footage):
    sim = street(folder, footage)
    config = FAST + f'[analyse]\ndetector = "crashing"\nshards = 2\n[plugins]\ndirectory = "{BAD_PLUGINS}"\n'
    service = Service(folder / "data", config).start()
    try:
        camera = add_street(service, sim)
        seen = wait_until(lambda: part(service, "detector")["state"] == "disabled" and part(service, "detector"), 60,
                          f"a detector that crashes is left out: {part(service, 'detector')}; {service.tail()}")
        expect(seen["crashes"] == 3 and "signal 6" in seen["detail"] and "built-in engine" in seen["detail"], f"{seen}")
        wait_for_motion(service, camera)
        status = service.status()
        restarts = [p["restarts"] for p in status["processes"] if p["kind"] == "analyse"]
        expect(sum(restarts) == 3, f"analyse processes restarted {restarts} times")
        expect(status["cameras"][0]["motion_trouble"] == "", "the camera is blamed for the plug-in")
        expect("DISABLED" in service.command("--lang", "en", "status").stdout, "status does not say so")
    finally:
        service.stop()
        sim.stop()


def a_broken_detector_is_replaced(folder, footage):
    sim = street(folder, footage)
    config = FAST + f'[analyse]\ndetector = "other_major"\n[plugins]\ndirectory = "{BAD_PLUGINS}"\n'
    service = Service(folder / "data", config).start()
    try:
        camera = add_street(service, sim)
        wait_for_motion(service, camera)
        seen = part(service, "detector")
        expect(seen["state"] == "failed" and "interface 2.0" in seen["detail"] and seen["crashes"] == 0, f"status: {seen}")
    finally:
        service.stop()
        sim.stop()


def coloured_footage(folder):
    """A grey yard; now a red thing and then a blue one crosses it. The tiny model calls them person and vehicle."""
    path = folder / "coloured.mp4"
    noise = ("trim=end_frame=1,geq=lum='90+60*mod(floor(X/16)*7+floor(Y/16)*13,5)/5':cb=128:cr=128,"  # paving
             "loop=loop=-1:size=1,setpts=N/10/TB,trim=duration=28")
    boxes = ("[0:v]" + noise + "[bg];[bg][1:v]overlay=x='20+(t-4)*55':y=150:enable='between(t,4,12)'[a];"
             "[a][2:v]overlay=x='20+(t-16)*55':y=150:enable='between(t,16,24)',format=yuv420p[out]")
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "lavfi", "-i", "color=gray:size=640x360:rate=10:duration=28",
                    "-f", "lavfi", "-i", "color=red:size=70x110:rate=10:duration=28", "-f", "lavfi", "-i",
                    "color=blue:size=90x90:rate=10:duration=28", "-filter_complex", boxes, "-map", "[out]", "-c:v", "libx264",
                    "-preset", "veryfast", "-g", "10", "-bf", "0", "-crf", "18", str(path)], check=True)
    return path


def model(folder, family="yolov8"):
    path = folder / f"{family}.onnx"
    subprocess.run([str(BUILD / "bin/tiny_onnx"), family, "64", "16", str(path)], check=True)
    return path


def labels_reach_the_archive(folder, footage):
    clip = coloured_footage(folder)
    sim = Camsim(folder, cameras=[("yard", clip, clip)])
    config = FAST + f'[analyse]\nclassifier = "dnn"\n[plugins]\noptions = ["dnn.model={model(folder)}"]\n'
    service = Service(folder / "data", config).start()
    try:
        service.add_camera("yard", sim.url("yard"), sim.url("yard", "sub"), record="continuous")
        wait_until(lambda: part(service, "classifier")["state"] == "running", 30,
                   f"the classifier runs: {part(service, 'classifier')}; {service.tail()}")

        def classes():
            return {label["class"]: label["score"] for event in events(service) for label in event["labels"]}
        wait_until(lambda: {"person", "vehicle"} <= set(classes()), 80,
                   f"both labels are stored: {events(service)}; {service.tail()}", 1.0)
        expect(set(classes()) == {"person", "vehicle"}, f"labels that nobody showed: {classes()}")
        expect(all(0.4 <= score <= 1 for score in classes().values()), f"{classes()}")
        ended = [event for event in events(service) if event["ended"] and event["labels"]]
        expect(all(len({label["class"] for label in event["labels"]}) == len(event["labels"]) for event in ended), f"{ended}")
    finally:
        service.stop()
        sim.stop()
    clean, report = service.check(full=True)
    expect(clean, f"check --full is not clean: {report}")


def a_bad_model_costs_only_labels(folder, footage):
    sim = street(folder, footage)
    garbage, huge = folder / "garbage.onnx", folder / "huge.onnx"
    garbage.write_bytes(b"\x08\x07\x12\x05tests" + bytes(range(256)) * 40)
    with open(huge, "wb") as file:
        file.truncate(300 << 20)
    wanted = {str(folder / "gone.onnx"): "No such file", str(garbage): "not an ONNX file", str(huge): "too large: 300 MiB",
              str(folder): "is not a file"}
    try:
        for index, (path, reason) in enumerate(wanted.items()):
            config = FAST + f'[analyse]\nclassifier = "dnn"\n[plugins]\noptions = ["dnn.model={path}"]\n'
            service = Service(folder / f"data{index}", config).start()
            try:
                camera = add_street(service, sim)
                wait_for_motion(service, camera)
                seen = part(service, "classifier")
                expect(seen["state"] == "failed" and reason in seen["detail"] and seen["crashes"] == 0, f"{path}: {seen}")
                expect(reason in service.command("status").stdout, "status does not say why")
            finally:
                service.stop()
    finally:
        sim.stop()


CASES = [mog2_records, a_crashing_detector_is_left_out, a_broken_detector_is_replaced, labels_reach_the_archive,
         a_bad_model_costs_only_labels]


def main():
    wanted = {case.__name__: case for case in CASES}
    if len(sys.argv) != 2 or sys.argv[1] not in wanted:
        print("cases: " + " ".join(wanted))
        return 2
    footage = ensure_footage()
    begun = time.monotonic()
    try:
        with workspace("plugins-" + sys.argv[1].replace("_", "-")) as folder:
            wanted[sys.argv[1]](folder, footage)
    except Failure as failure:
        print(f"FAILED {sys.argv[1]}: {failure}")
        return 1
    print(f"ok {sys.argv[1]} ({time.monotonic() - begun:.1f} s)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
