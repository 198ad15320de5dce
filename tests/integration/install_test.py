#!/usr/bin/env python3
"""What `cmake --install` puts down runs from where it was put. install_test.py CASE"""
import os
import pathlib
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "support"), str(HERE)]
from bench_world import BUILD, Service, expect, run_case  # noqa: E402


def what_is_installed_runs_from_there(folder, _):
    prefix = folder / "usr"
    subprocess.run(["cmake", "--install", str(BUILD), "--prefix", str(prefix)], check=True, stdout=subprocess.DEVNULL)
    program = prefix / "bin/vonggac"
    for file in ("bin/vonggac", "lib/vonggac/libvonggac_analyse.so", "lib/vonggac/plugins/mog2.so", "share/vonggac/vendors.toml",
                 "share/vonggac/vonggac.toml", "share/doc/vonggac/guide/huong-dan.md", "share/doc/vonggac/reference/cli.md"):
        expect((prefix / file).is_file(), f"{file} is installed")
    help_text = subprocess.run([program, "--lang", "vi", "probe", "--help"], check=True, capture_output=True, text=True).stdout
    expect("--brand" in help_text, help_text)
    # The engine is loaded from beside the program: what is missing is the film, not the module.
    told = subprocess.run([program, "motion", folder / "no.mp4"], capture_output=True, text=True)
    expect("cannot be loaded" not in told.stdout + told.stderr, told.stderr)
    default = (prefix / "share/vonggac/vonggac.toml").read_text()
    service = Service(folder / "data", default, program=program, environment={"VONGGAC_BUILD": str(prefix)}).start()
    try:
        client = service.person("KY_THUAT")
        brands = client.get("/api/v1/camera-brands").json()["brands"]
        expect({"hikvision", "dahua"} <= {one["id"] for one in brands}, f"{brands}")
        started = {os.readlink(f"/proc/{pid}/exe") for pid in service.pids()}
        expect(started == {str(program.resolve())}, f"all of it is what was installed: {started}")
    finally:
        service.stop()


if __name__ == "__main__":
    sys.exit(run_case({case.__name__: case for case in (what_is_installed_runs_from_there,)}))
