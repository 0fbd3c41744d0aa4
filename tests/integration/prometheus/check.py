#!/usr/bin/python3
"""suandian-prometheus between real peers: check.py BUILD_DIRECTORY SOURCE_DIRECTORY.

Debian's prometheus and prometheus-node-exporter on loopback, the real suandiand on the wall clock.  Values arrive with
the right quality, by queries and by scraping; the exporter is killed: its points are missing within two periods, never
zero, and the daemon's health says so; it comes back, and so do they.  The daemon is killed: nothing that was read
meanwhile is lost.  Everything lives in a temporary directory and dies with the test; 77 = the packages are not here."""
import ctypes
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

BUILD, SOURCE = sys.argv[1:]
PATIENCE_S = 30 if "asan" not in BUILD else 120
METRICS = """site_pcc_watts 5000000
site_it_kilowatts{room="a"} 1500
site_it_kilowatts{room="b"} 2500
site_zero_watts 0
site_nan_watts NaN
site_charge_ratio 1.7
site_temperature_celsius{place="roof"} 31.5
"""
MAPPING = """
sources:
  - {{id: server, kind: promql, url: "http://127.0.0.1:{server}", period: 1s, timeout: 900ms}}
  - {{id: exporter, kind: scrape, url: "http://127.0.0.1:{exporter}/metrics", period: 1s, timeout: 900ms}}
points:
  - {{point: lab/pcc.power, unit: W, source: server, query: site_pcc_watts, min: -1000000, max: 9000000}}
  - {{point: lab/it.power, unit: W, source: server, query: sum(site_it_kilowatts), scale: 1000}}
  - {{point: lab/zero, unit: W, source: exporter, metric: site_zero_watts}}
  - {{point: lab/nan, unit: W, source: exporter, metric: site_nan_watts}}
  - {{point: lab/absent, unit: W, source: server, query: site_nothing}}
  - {{point: lab/charge, unit: percent, source: exporter, metric: site_charge_ratio, scale: 100, min: 0, max: 100}}
  - {{point: lab/temperature, unit: celsius, source: exporter, metric: 'site_temperature_celsius{{place="roof"}}'}}
  - {{point: lab/rooms, unit: W, source: exporter, metric: site_it_kilowatts, aggregate: max, scale: 1000}}
  - {{point: lab/requests, unit: count, kind: mean, label: end, source: exporter, rate: true,
     metric: 'promhttp_metric_handler_requests_total{{code="200"}}'}}
  - {{point: lab/fresh, unit: bool, source: server, query: 'up{{job="exporter"}}', max_age: 10s}}
curves:
  - {{point: lab/it.power, source: server, query: vector(4000), horizon: 36h, step: 15min, every: 1min}}
"""
SITE = """
store: {{path: store}}
include: [{source}/config/sichuan/tariffs.d/sc-tou-2023.yaml]
access:
  - {{self: true, roles: [observe, operate, admin, adapter], adapters: [any]}}
sites:
  - id: lab
    name: lab
    status: illustrative
    zone: Asia/Shanghai
    tariff: sc-tou-2023
    pcc: {{import_max: 20MW, export_max: 10MW, contracted_demand: 14MW}}
    load: {{id: it, capacity: 8MW, floor: 3MW, pue: 1.25}}
    bindings:
      - {{role: pcc.power, point: lab/pcc.power}}
      - {{role: load.power, point: lab/it.power}}
      - {{role: temperature, point: lab/temperature}}
"""
processes = []


def fail(text):
    print(f"prometheus: {text}", file=sys.stderr)
    for name in ("suandiand", "adapter", "prometheus", "exporter"):
        path = os.path.join(top, name + ".log")
        if os.path.exists(path):
            with open(path, encoding="utf-8", errors="replace") as f:
                print(f"-- {name} said last:\n" + "".join(f.readlines()[-15:]), file=sys.stderr)
    sys.exit(1)


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def start(name, *args):
    with open(os.path.join(top, name + ".log"), "ab") as log:
        process = subprocess.Popen(args, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=top,
                                   preexec_fn=die_with_parent)
    processes.append(process)
    return process


def end(process, how, status=None):
    process.send_signal(how)
    got = process.wait(timeout=PATIENCE_S)
    if status is not None and got != status:
        fail(f"{process.args[0]} ended with status {got}")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def start_exporter():
    return start("exporter", "prometheus-node-exporter", f"--web.listen-address=127.0.0.1:{ports['exporter']}",
                 "--collector.disable-defaults", "--collector.textfile", f"--collector.textfile.directory={top}/text")


def start_daemon():
    return start("suandiand", f"{BUILD}/bin/suandiand", "--config", f"{top}/suandian.yaml", "--control",
                 f"{top}/control.sock", "--adapter", f"{top}/adapter.sock")


def ctl(*args):
    out = subprocess.run([f"{BUILD}/bin/suandianctl", "--socket", f"{top}/control.sock", "--json", *args],
                         stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False, timeout=PATIENCE_S)
    return json.loads(out.stdout) if out.returncode == 0 else None


def latest():
    got = ctl("latest", "--prefix", "lab/")
    return {} if got is None else {v["name"][4:]: (v["quality"], v["value"]) for v in got["values"]}


def quality(values, point):
    return str(values.get(point, ("",))[0]).lower().removeprefix("quality_")


def reasons():
    got = ctl("health")
    return None if got is None else {r["code"]: r for r in got.get("reasons", [])}


def wait(what, done):
    """Seconds until done() holds."""
    began = time.monotonic()
    while not done():
        if time.monotonic() - began > PATIENCE_S:
            fail(f"{what} took over {PATIENCE_S} s; latest: {latest()}; health: {ctl('health')}")
        time.sleep(0.1)
    return time.monotonic() - began


def near(values, expected):
    return all(quality(values, p) == q and (v is None or abs(values[p][1] - v) < 1e-6) for p, (q, v) in expected.items())


ALL_WELL = {"pcc.power": ("ok", 5e6), "it.power": ("ok", 4e6), "zero": ("ok", 0), "nan": ("missing", None),
            "absent": ("missing", None), "charge": ("bad", 170), "temperature": ("ok", 31.5), "rooms": ("ok", 2.5e6),
            "requests": ("ok", None), "fresh": ("ok", 1)}


def adapter(*args):
    return [f"{BUILD}/bin/suandian-prometheus", "--config", f"{top}/prometheus.yaml", "--adapter",
            f"{top}/adapter.sock", *args]


def once(expected):
    out = subprocess.run(adapter("--once"), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False,
                         timeout=PATIENCE_S)
    if out.returncode != expected:
        fail(f"--once ended with status {out.returncode}:\n{out.stdout}{out.stderr}")
    return out.stdout


def check_tls():
    """A certificate that nobody vouches for is refused; with ca_file it is trusted."""
    if not shutil.which("openssl"):
        return
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
                    "1", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", f"{top}/key.pem",
                    "-out", f"{top}/cert.pem"], check=True, stderr=subprocess.DEVNULL)
    port = free_port()
    start("tls", "openssl", "s_server", "-accept", f"127.0.0.1:{port}", "-key", f"{top}/key.pem", "-cert", f"{top}/cert.pem",
          "-WWW", "-quiet")
    wait("the TLS server", lambda: socket.socket().connect_ex(("127.0.0.1", port)) == 0)
    for ca, status, says in ((f", ca_file: {top}/cert.pem", 0, "31.5 celsius"), ("", 1, "certificate")):
        with open(f"{top}/tls.yaml", "w", encoding="utf-8") as f:
            f.write(f'sources: [{{id: s, kind: scrape, url: "https://127.0.0.1:{port}/text/site.prom"{ca}}}]\n'
                    "points: [{point: lab/t, unit: celsius, source: s, metric: site_temperature_celsius}]\n")
        out = subprocess.run([f"{BUILD}/bin/suandian-prometheus", "--config", f"{top}/tls.yaml", "--once"], text=True,
                             stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, timeout=PATIENCE_S)
        if out.returncode != status or says not in out.stdout:
            fail(f"TLS{ca}: status {out.returncode}: {out.stdout}")
    print("  TLS: trusted with ca_file, refused without")


def samples(point, begin_s, end_s):
    stamp = lambda s: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(s))
    got = ctl("range", "lab/" + point, "--from", stamp(begin_s), "--to", stamp(end_s))
    return [] if got is None else [s["t_ms"] for s in got["samples"]]


def forecast():
    """An event makes the daemon plan anew: with the forecast that the server's range query gave."""
    ctl("event", "put", "lab", "--id", "plan", "--source", "test", "--direction", "up", "--reduction", "100kW", "--from",
        "+20min", "--to", "+35min")
    sources = {i["input"]: i["source"] for i in ctl("plan", "lab").get("inputs", [])}
    print(f"  planned with {sources}")
    if not sources.get("load", "").startswith("curve:prometheus@"):
        fail(f"the forecast is not used: {sources}")


def run():
    exporter = start_exporter()
    start("prometheus", "prometheus", f"--config.file={top}/server.yml", f"--storage.tsdb.path={top}/tsdb",
          f"--web.listen-address=127.0.0.1:{ports['server']}")
    daemon = start_daemon()
    process = start("adapter", *adapter())
    took = wait("all values", lambda: near(latest(), ALL_WELL))
    print(f"  values with their qualities after {took:.1f} s: {latest()}")
    # the plan of the start knew no forecast yet, and says so till the next quarter hour
    wait("health without complaint of points", lambda: set(reasons() or {"?"}) <= {"no_forecast"})
    forecast()
    if ctl("latest", "lab/nan")["values"][0]["t_ms"] != 0:
        fail("NaN was stored")
    if once(1).count(" missing: ") != 3:  # NaN, absent, the first of a counter
        fail("--once does not print what is missing")

    end(exporter, signal.SIGKILL)
    gone = {p: ("missing", None) for p in ("pcc.power", "it.power", "zero", "temperature", "rooms", "requests")}
    took = wait("missing values", lambda: near(latest(), gone))
    print(f"  all of the exporter's points are missing {took:.1f} s after it was killed (period 1 s)")
    if took > 10:
        fail("two periods are not ten seconds")
    took = wait("degraded health", lambda: "stale_point" in (reasons() or {}))
    said = reasons()["stale_point"]["text"]
    print(f"  health: {said}")
    if "lab/pcc.power" not in said:
        fail(f"health does not name the point: {said}")
    start_exporter()
    took = wait("values again", lambda: near(latest(), ALL_WELL) and "stale_point" not in reasons())
    print(f"  all is well again {took:.1f} s after it was started")

    killed = time.time()
    end(daemon, signal.SIGKILL)
    time.sleep(3)  # for values to be read meanwhile: the time between them is what is tested
    daemon = start_daemon()
    back = time.time()
    wait("the daemon's return", lambda: near(latest(), ALL_WELL))
    kept = [t for t in samples("zero", killed - 1, back + 2) if killed * 1000 < t < back * 1000]
    print(f"  {len(kept)} values of the {back - killed:.1f} s without a daemon are stored")
    if len(kept) < int(back - killed) - 1:
        fail("what was read while the daemon was away is lost")
    end(process, signal.SIGTERM, 0)
    end(daemon, signal.SIGTERM, 0)
    with open(f"{top}/adapter.log", encoding="utf-8") as f:
        log = f.read()
    # once per loss; both may also be lost at the beginning, until they are there
    for line, least, most in (("source exporter: ", 1, 2), ("source exporter answers again", 1, 2),
                              ("no daemon: ", 1, 2), ("lab/nan: not a number", 1, 1)):
        if not least <= log.count(line) <= most:
            fail(f"'{line}' is said {log.count(line)} times:\n{log}")


for tool in ("prometheus", "prometheus-node-exporter"):
    if not shutil.which(tool):
        print(f"prometheus: {tool} is not installed (apt-get install {tool})", file=sys.stderr)
        sys.exit(1 if os.environ.get("REQUIRE_ALL") == "1" else 77)
with tempfile.TemporaryDirectory() as top:
    ports = {"server": free_port(), "exporter": free_port()}
    os.mkdir(f"{top}/text")
    for name, text in (("text/site.prom", METRICS), ("prometheus.yaml", MAPPING.format(**ports)),
                       ("suandian.yaml", SITE.format(source=SOURCE)),
                       ("server.yml", "global: {scrape_interval: 1s}\nscrape_configs:\n  - job_name: exporter\n"
                        f"    static_configs: [{{targets: ['127.0.0.1:{ports['exporter']}']}}]\n")):
        with open(f"{top}/{name}", "w", encoding="utf-8") as f:
            f.write(text)
    try:
        check_tls()
        run()
    finally:
        for p in processes:
            if p.poll() is None:
                p.kill()
                p.wait()
print("prometheus: values, qualities and health follow the real peers")
