#!/usr/bin/python3
"""suandian-replay into a real suandiand: check.py BUILD_DIRECTORY SOURCE_DIRECTORY.

Ten hours of the example site in lock-step with a driven clock, twice: from files in order, and from the same files with
their rows shuffled and a third of them doubled.  The daemon's audit chain (plans and decisions of every quarter hour) and
all stored values must come out the same to the last bit.  Then without driving a clock, into a daemon on the wall
clock.  Everything lives in a temporary directory and ends with the test."""
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from datetime import datetime, timedelta, timezone

BUILD, SOURCE = sys.argv[1:]
SHANGHAI = timezone(timedelta(hours=8))
BEGIN = datetime(2025, 7, 15, 8, 0, tzinfo=SHANGHAI)
HOURS = 10
RECIPE = """
name: replay
zone: Asia/Shanghai
history: 1d
series:
  - {point: hongyuan/pcc.power, unit: W, kind: mean, label: end, period: 15min,
     csv: {path: site.csv, time: utc, column: pcc}}
  - {point: hongyuan/it.power, unit: W, kind: mean, label: end, period: 15min, scale: 1000000,
     csv: {path: site.csv, time: utc, column: it_mw}, curve: {kind: known, horizon: 12h}}
  - {point: hongyuan/pv1.power, unit: W, kind: mean, label: start, period: 15min, scale: -1000000, max: 0,
     csv: {path: sun.csv, time: cst, column: mw, zone: Asia/Shanghai}, curve: {kind: known, horizon: 12h}}
  - {point: hongyuan/bess.soc, unit: percent, period: 15min, csv: {path: site.csv, time: utc, column: soc}}
  - {point: hongyuan/temperature, unit: celsius, kind: mean, label: start, period: 1h,
     csv: {path: berlin.csv, time: local, column: temp, zone: Europe/Berlin}, map_from: 2024-07-01}
"""


def fail(text):
    print(f"replay: {text}", file=sys.stderr)
    sys.exit(1)


def write(path, head, rows, scramble):
    rows = list(rows)
    if scramble:
        rng = random.Random(scramble)
        rows += rng.sample(rows, len(rows) // 3)
        rng.shuffle(rows)
    with open(path, "w", encoding="utf-8") as f:
        f.write("\n".join([head] + rows) + "\n")


def write_files(folder, begin, scramble):
    """A day before `begin` and two after; the store of charge is missing for an hour."""
    rng = random.Random(7)
    site, sun = [], []
    for i in range(-96, 192):
        t = begin + timedelta(minutes=15 * i)
        utc, hour = t.astimezone(timezone.utc), t.astimezone(SHANGHAI)
        light = max(0, 1 - abs(hour.hour + hour.minute / 60 - 13) / 6)
        soc = "" if 8 <= i < 12 else f"{50 + rng.uniform(-1, 1):.3f}"
        site.append(f"{utc:%Y-%m-%dT%H:%MZ},{rng.randint(2_000_000, 9_000_000)},{rng.uniform(3, 5):.4f},{soc}")
        sun.append(f"{hour:%Y-%m-%dT%H:%M},{10 * light * rng.uniform(.7, 1):.5f}")
    write(f"{folder}/site.csv", "utc,pcc,it_mw,soc", site, scramble)
    write(f"{folder}/sun.csv", "cst,mw", sun, scramble)
    hours = (datetime(2024, 6, 30) + timedelta(hours=i) for i in range(96))
    write(f"{folder}/berlin.csv", "local,temp", (f"{t:%Y-%m-%d %H:%M},{rng.uniform(10, 35):.1f}" for t in hours),
          scramble)
    with open(f"{folder}/replay.yaml", "w", encoding="utf-8") as f:
        f.write(RECIPE)


class Daemon:
    def __init__(self, folder, clock):
        self.folder = folder
        shutil.copytree(f"{SOURCE}/config/examples", f"{folder}/config/examples")
        shutil.copytree(f"{SOURCE}/config/sichuan", f"{folder}/config/sichuan")
        self.log = open(f"{folder}/log", "w", encoding="utf-8")
        self.sockets = ["--control", f"{folder}/control.sock", "--adapter", f"{folder}/adapter.sock"]
        self.process = subprocess.Popen(
            [f"{BUILD}/bin/suandiand", "--config", f"{folder}/config/examples/sichuan-one/suandian.yaml",
             f"--clock={clock}", "--log-level", "notice", *self.sockets], stderr=self.log)

    def ctl(self, *args):
        out = subprocess.run([f"{BUILD}/bin/suandianctl", "--socket", f"{self.folder}/control.sock", "--json", *args],
                             stdout=subprocess.PIPE, check=True, timeout=60)
        return json.loads(out.stdout)

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        if self.process.wait(timeout=60) != 0:
            fail(f"the daemon ended with status {self.process.returncode}:\n{open(self.log.name).read()}")
        self.log.close()

    def kill(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def replay(daemon, *args):
    out = subprocess.run([f"{BUILD}/bin/suandian-replay", "--config", f"{daemon.folder}/replay.yaml", *daemon.sockets,
                          *args], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120, check=False)
    if out.returncode != 0:
        fail(f"suandian-replay ended with status {out.returncode}: {out.stderr}\n{open(daemon.log.name).read()}")
    return out.stdout.strip()


def values(daemon, point, begin, end):
    return daemon.ctl("range", point, "--from", begin.isoformat(timespec="minutes"), "--to",
                      end.isoformat(timespec="minutes"))


POINTS = ["hongyuan/" + p for p in ("pcc.power", "it.power", "pv1.power", "bess.soc", "temperature")]


def driven(top, name, scramble):
    folder = f"{top}/{name}"
    os.mkdir(folder)
    write_files(folder, BEGIN, scramble)
    end = BEGIN + timedelta(hours=HOURS)
    daemon = Daemon(folder, "driven")
    try:
        began = time.monotonic()
        said = replay(daemon, "--from", BEGIN.isoformat(timespec="minutes"), "--to", end.isoformat(timespec="minutes"),
                      "--step", "15min")
        print(f"  {name}: {said}, in {time.monotonic() - began:.1f} s")
        chain = daemon.ctl("audit", "verify")
        got = {p: values(daemon, p, BEGIN - timedelta(days=1), end) for p in POINTS}
        daemon.stop()
    finally:
        daemon.kill()
    return said, chain, got


def samples(got):
    return [s["t_ms"] for s in got["samples"]]


def wall(top):
    """The last two days, as fast as they are acknowledged."""
    folder = f"{top}/wall"
    os.mkdir(folder)
    now = datetime.now(timezone.utc)
    begin = now.replace(minute=0, second=0, microsecond=0) - timedelta(days=1)
    write_files(folder, begin, 0)
    daemon = Daemon(folder, "wall")
    try:
        said = replay(daemon, "--clock", "none", "--from", begin.isoformat(timespec="minutes"), "--to",
                      now.isoformat(timespec="minutes"), "--step", "1h")
        print(f"  wall: {said}")
        got = values(daemon, "hongyuan/pcc.power", begin - timedelta(days=2), now)
        daemon.stop()
    finally:
        daemon.kill()
    return len(samples(got)), int((now - begin).total_seconds() // 900)


def main():
    with tempfile.TemporaryDirectory() as top:
        said, chain, got = driven(top, "ordered", 0)
        said2, chain2, got2 = driven(top, "shuffled", 11)
        if said != said2 or chain != chain2 or got != got2:
            fail(f"shuffled files gave another result:\n{said}\n{said2}\n{chain}\n{chain2}")
        counts = {p: len(samples(got[p])) for p in POINTS}
        print(f"  stored: {counts}; audit: {chain}")
        # a day of history and ten hours; four of the charge are missing, and are no zeros
        expected = {"pcc.power": 96 + 4 * HOURS, "it.power": 96 + 4 * HOURS, "pv1.power": 96 + 4 * HOURS,
                    "bess.soc": 96 + 4 * HOURS - 4, "temperature": 24 + HOURS}
        for point, n in expected.items():
            if not n <= counts["hongyuan/" + point] <= n + 1:
                fail(f"{point}: {counts['hongyuan/' + point]} values, expected {n}")
        stored, passed = wall(top)
        if not passed <= stored - 97 <= passed + 1 and not passed <= stored - 96 <= passed + 1:
            fail(f"{stored} values of {passed} quarter hours and a day of history")
    print("replay: the order of rows and doubles changed nothing")


main()
