#!/usr/bin/python3
"""docs/adapter.py against the real daemon: check.py BUILD_DIRECTORY SOURCE_DIRECTORY.  Points are declared, samples are
acknowledged, decisions are obeyed, a lease that ends falls back, and a daemon that was killed loses nothing.  77 =
python3-protobuf or protoc is not here."""
import ctypes
import glob
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

BUILD, SOURCE = sys.argv[1:]
PATIENCE_S = 30 if "asan" not in BUILD else 120


def skip(text):
    print(f"adapter_py: {text}", file=sys.stderr)
    sys.exit(1 if os.environ.get("REQUIRE_ALL") == "1" else 77)


try:
    import google.protobuf  # noqa: F401
except ImportError:
    skip("python3-protobuf is not installed")
if not shutil.which("protoc"):
    skip("protoc is not installed (protobuf-compiler)")


def fail(text):
    print(f"adapter_py: {text}", file=sys.stderr)
    with open(f"{top}/log", encoding="utf-8") as f:
        print("-- suandiand said last:\n" + "".join(f.readlines()[-15:]), file=sys.stderr)
    sys.exit(1)


def start_daemon():
    with open(f"{top}/log", "a", encoding="utf-8") as log:
        return subprocess.Popen([f"{BUILD}/bin/suandiand", "--config",
                                 f"{top}/config/examples/sichuan-one/suandian.yaml", "--control", f"{top}/c.sock",
                                 "--adapter", f"{top}/a.sock"], stderr=log,
                                preexec_fn=lambda: ctypes.CDLL(None).prctl(1, signal.SIGKILL))


def ctl(*args):
    out = subprocess.run([f"{BUILD}/bin/suandianctl", "--socket", f"{top}/c.sock", "--json", *args],
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False, timeout=PATIENCE_S)
    return json.loads(out.stdout) if out.returncode == 0 else None


def wait(what, done):
    began = time.monotonic()
    while not done():
        if time.monotonic() - began > PATIENCE_S:
            fail(f"{what} took over {PATIENCE_S} s")
        time.sleep(0.1)


def applied():
    got = ctl("decisions", "hongyuan/bess") or {}
    return [d for d in got.get("decisions", []) if d["state"] in ("applied", "verified", "DECISION_APPLIED")]


def stored(begin_s):
    stamp = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(begin_s))
    got = ctl("range", "hongyuan/bess.soc", "--from", stamp)
    return [s["t_ms"] for s in got["samples"]] if got else []


def check_lease():
    """No daemon is needed for a lease to end."""
    b = adapter_py.Battery()
    a = adapter_py.Adapter("/nowhere", "x/y", b)
    a.ask = lambda **body: None
    d = decision_pb2.Decision(id=9, valid_for_ms=60, valid_until_ms=60)
    d.action.power_w = -1500000
    d.fallback.power_w = 200000
    a.decide(d)
    older = decision_pb2.Decision(id=8, valid_for_ms=10 ** 6, valid_until_ms=10 ** 6)
    a.decide(older)
    a.decide(d)  # said again: prolongs nothing
    if b.w != -1500000:
        fail("a decision is not obeyed")
    wait("the end of a lease", lambda: a.tick() or b.w != -1500000)
    if b.w != 200000 or a.lease_end is not None:
        fail("the fallback is not applied")
    again = decision_pb2.Decision(id=9, valid_for_ms=10 ** 6, valid_until_ms=10 ** 6)
    again.action.power_w = 7000000
    a.decide(again)  # renewed under its old id
    if b.w != 4e6 or a.lease_end is None:
        fail("a renewed decision is not obeyed")


def run():
    global daemon
    began = time.time()
    wait("samples", lambda: len(stored(began - 1)) >= 2)
    ctl("event", "put", "hongyuan", "--id", "e", "--source", "test", "--direction", "up", "--reduction", "500kW",
        "--from", "+20min", "--to", "+50min")  # the daemon plans anew, now with the battery
    wait("a decision that is carried out", lambda: len(applied()) > 0)
    d = applied()[0]
    print(f"  decision {d['id']} for {d['asset']}: applied at {battery.w:.0f} W")
    wait("all acknowledgements", lambda: not a.acks)
    daemon.kill()
    daemon.wait()
    before = a.seq
    wait("batches without a daemon", lambda: a.seq >= before + 2)
    daemon = start_daemon()
    wait("an empty spool", lambda: len(a.spool) <= 1)
    wait("the last samples", lambda: len(stored(began - 1)) >= a.seq - 1)
    print(f"  {a.seq} batches, the daemon killed meanwhile: {len(stored(began - 1))} are stored")
    daemon.terminate()
    if daemon.wait(timeout=PATIENCE_S) != 0:
        fail("the daemon did not end well")


with tempfile.TemporaryDirectory() as top:
    shutil.copytree(f"{SOURCE}/config/examples", f"{top}/config/examples")
    shutil.copytree(f"{SOURCE}/config/sichuan", f"{top}/config/sichuan")
    os.mkdir(f"{top}/gen")
    subprocess.run(["protoc", f"--python_out={top}/gen", "-I", f"{SOURCE}/proto",
                    *glob.glob(f"{SOURCE}/proto/suandian/v1/*.proto")], check=True)
    sys.dont_write_bytecode = True
    sys.path[:0] = [f"{top}/gen", f"{SOURCE}/docs"]
    import adapter as adapter_py
    from suandian.v1 import decision_pb2
    daemon = start_daemon()
    stopped = []
    battery = adapter_py.Battery()
    a = adapter_py.Adapter(f"{top}/a.sock", "hongyuan/bess", battery)
    thread = threading.Thread(target=a.run, args=(lambda: bool(stopped),), daemon=True)
    try:
        check_lease()
        thread.start()
        run()
    finally:
        stopped.append(True)
        if daemon.poll() is None:
            daemon.kill()
            daemon.wait()
print("adapter_py: docs/adapter.py speaks the protocol")
