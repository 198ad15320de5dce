#!/usr/bin/env python3
"""./dev run: simulated cameras on real footage and the service, until Ctrl-C."""
import argparse
import json
import os
import pathlib
import secrets
import signal
import socket
import subprocess
import sys
import time

LOGIN = "demo"
ROLES = ("TRUC", "XAC_MINH", "MO_HINH")  # watch, play and export, keep the register


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--footage", type=pathlib.Path, required=True)
    parser.add_argument("--state", type=pathlib.Path, required=True)
    parser.add_argument("--cameras", type=int, default=6)
    parser.add_argument("--listen", default="127.0.0.1:8080")
    options = parser.parse_args()
    vonggac, camsim = options.build / "bin/vonggac", options.build / "bin/camsim"
    data = options.state / "data"
    data.parent.mkdir(parents=True, exist_ok=True)
    f = options.footage
    kinds = [  # name, main, sub, record, what it shows
        ("Cổng chợ", f / "street_main.mp4", f / "street_sub.mp4", "motion"),
        ("Ngã ba Trà Kha", f / "street_main.mp4", f / "street_sub.mp4", "continuous"),
        ("Kho khóm 4 (vắng)", f / "still_main.mp4", f / "still_sub.mp4", "motion"),
        ("Cầu số 2 (H.265)", f / "street_main_h265.mp4", f / "street_sub_h265.mp4", "motion"),
        ("Trường Mẫu giáo", f / "street_main.mp4", f / "street_sub.mp4", "motion"),
        ("Nhà văn hoá khóm 1", f / "street_sub.mp4", None, "motion"),
    ]
    processes = []
    simulator = [str(camsim), "--listen", f"127.0.0.1:{free_port(8554)}", "--control", str(options.state / "camsim.sock"),
                 "--user", "demo", "--password", "demo-camera", "--auth", "digest"]
    chosen = []
    for number in range(options.cameras):
        name, main_file, sub_file, record = kinds[number % len(kinds)]
        title = name if number < len(kinds) else f"{name} ({number // len(kinds) + 1})"
        simulator += ["--camera", f"cam{number}={main_file}" + (f",{sub_file}" if sub_file else "")]
        chosen.append((number, title, sub_file is not None, record))
    try:
        sim_log = open(options.state / "camsim.log", "wb")
        sim = subprocess.Popen(simulator, stdout=subprocess.PIPE, stderr=sim_log, start_new_session=True)
        processes.append(sim)
        line = sim.stdout.readline()
        if not line:
            sys.exit(f"the camera simulator did not start: {(options.state / 'camsim.log').read_text()}")
        port = json.loads(line)["port"]
        service = subprocess.Popen([str(vonggac), "serve", "--data", str(data), "--listen", options.listen],
                                   start_new_session=True)
        processes.append(service)
        wait_for_answer(vonggac, data, service)
        add_missing(vonggac, data, port, chosen)
        password = demo_person(vonggac, data, options.state / "demo.password")
        print(f"""
  ┌──────────────────────────────────────────────────────────────┐
  │  Vọng Gác đang chạy / is running:   http://{options.listen + '/':<18} │
  │  {options.cameras:>3} camera mô phỏng / simulated cameras on rtsp port {port:<6}  │
  │  {f'Đăng nhập / log in: {LOGIN} · mật khẩu / password: {password}':<60}│
  │  Dữ liệu / data: {str(data)[-43:]:<43} │
  │  Ctrl-C để dừng / to stop                                    │
  └──────────────────────────────────────────────────────────────┘
""", flush=True)
        while service.poll() is None and sim.poll() is None:
            time.sleep(0.5)
        sys.exit("one of the processes ended by itself: see the lines above")
    except KeyboardInterrupt:
        print("\nđang dừng / stopping", flush=True)
    finally:
        for process in reversed(processes):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(10)
                except subprocess.TimeoutExpired:
                    process.kill()


def free_port(first):
    """The same port each time where possible, so that cameras of an earlier run keep their addresses."""
    for port in range(first, first + 50):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
                return port
            except OSError:
                continue
    return 0


def status(vonggac, data):
    done = subprocess.run([str(vonggac), "status", "--data", str(data), "--json"], capture_output=True, text=True)
    return json.loads(done.stdout) if done.returncode == 0 else None


def wait_for_answer(vonggac, data, service):
    deadline = time.monotonic() + 20
    while status(vonggac, data) is None:
        if service.poll() is not None:
            sys.exit("the service ended: its message stands above")
        if time.monotonic() > deadline:
            sys.exit("the service does not answer after 20 s")
        time.sleep(0.2)


def add_missing(vonggac, data, port, chosen):
    """Adds the cameras that are not there yet, so that a second run shows the same ones."""
    have = status(vonggac, data)
    have = {c["name"]: c for c in have.get("status", have)["cameras"]}
    for number, title, has_sub, record in chosen:
        url = f"rtsp://127.0.0.1:{port}/cam{number}/main"
        if title in have and have[title]["url"] == url:
            continue
        where = ["add", "--name", title, "--record", record, "--retention-days", "7"]
        if title in have:  # the simulator got another port this time
            where = ["set", have[title]["id"]]
        command = [str(vonggac), "camera", *where, "--data", str(data), "--url", url, "--user", "demo", "--password-stdin"]
        if has_sub:
            command += ["--sub-url", f"rtsp://127.0.0.1:{port}/cam{number}/sub"]
        done = subprocess.run(command, input="demo-camera\n", capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"camera add failed: {done.stderr.strip()}")


def demo_person(vonggac, data, kept):
    """An account to look around with, made once; its password lies beside the data, for this user alone."""
    if kept.exists() and LOGIN in known(vonggac, data):
        return kept.read_text().strip()
    password = secrets.token_hex(5)
    with open(os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(password + "\n")
    if LOGIN in known(vonggac, data):
        user(vonggac, data, "reset-password", password)
        return password
    user(vonggac, data, "add", password, "--name", "Người dùng thử", "--role", ROLES[0])
    for role in ROLES[1:]:
        user(vonggac, data, "grant", "", "--role", role)
    return password


def known(vonggac, data):
    done = subprocess.run([str(vonggac), "user", "list", "--data", str(data), "--json"], capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"user list failed: {done.stderr.strip()}")
    return {user["login"]: user for user in json.loads(done.stdout)["users"]}


def user(vonggac, data, what, password, *more):
    done = subprocess.run([str(vonggac), "user", what, "--data", str(data), "--login", LOGIN, *more],
                          input=password + "\n", capture_output=True, text=True)
    if done.returncode != 0:
        sys.exit(f"user {what} failed: {done.stderr.strip()}")


def stop(*_):
    raise KeyboardInterrupt


if __name__ == "__main__":
    # Both by hand: a shell that starts this in the background has SIGINT ignored.
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    main()
