#!/usr/bin/python3
"""A cluster administrator's night (story 7) and an operator's questions at the two pilots: check.py BUILD SOURCE.
The twins play from midnight to the next morning; at some times the clock stands and people type. Numbers are compared
with what the plans, the samples and the twins say. Exit status 1 if something is not as it is told."""
import ctypes
import datetime
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

MIN, HOUR = 60000, 3600000
SLOT = 15 * MIN
CHINA = datetime.timezone(datetime.timedelta(hours=8))
SITES = ("hongyuan", "liangshan")
BUILD, SOURCE = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
top = sys.argv[3] if len(sys.argv) > 3 else ""


def at(text):
    return int(datetime.datetime.fromisoformat(text).replace(tzinfo=CHINA).timestamp() * 1000)


def fail(text):
    print(f"  BROKEN  {text}", file=sys.stderr)
    sys.exit(1)


def promise(holds, text):
    if not holds:
        fail(text)
    print(f"  held    {text}")


def run(*args):
    return subprocess.run([f"{BUILD}/bin/suandianctl", "--socket", f"{top}/c.sock", *args], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False, timeout=120, encoding="utf-8")


def ctl(*args):
    out = run("--json", *args)
    if out.returncode != 0:
        fail(f"suandianctl {' '.join(args)}: status {out.returncode}: {out.stdout}")
    return json.loads(out.stdout)


def say(*args):
    out = run("--width", "240", *args)
    if out.returncode != 0:
        fail(f"suandianctl {' '.join(args)}: status {out.returncode}: {out.stdout}")
    return out.stdout


def keep(name, value):
    with open(f"{top}/{name}.json", "w", encoding="utf-8") as f:
        json.dump(value, f)


def kept(name):
    with open(f"{top}/{name}.json", encoding="utf-8") as f:
        return json.load(f)


# ---- Story 7: what happens to my jobs tonight? --------------------------------------------------------------

def touches(info, begin, end):
    o = info["outlook"]
    times = [info["job"]["deadline_ms"], o["end_ms"]] + [s["start_ms"] for s in o["steps"]]
    return any(begin <= t < end for t in times)


def it_power(plan, queue, pue):
    series = [a for a in plan["assets"] if a["asset"] == f"{plan['site']}/{queue}"][0]["power_w"]
    return series[0] / pue


def tonight():
    now = at("2025-06-16T20:00")
    begin, end = at("2025-06-16T18:00"), at("2025-06-17T08:00")
    everything = ctl("jobs", "--limit", "2000")
    listed = ctl("jobs", "--window", "tonight", "--limit", "2000")["jobs"]
    ids = {j["job"]["id"] for j in listed}
    promise(len(listed) > 20, f"{len(listed)} jobs of {everything['n_live']} are tonight's")
    promise(ids == {j["job"]["id"] for j in everything["jobs"] if touches(j, begin, end)},
            "those that the plan touches or that are due tonight, and no others")
    text = say("jobs", "--window", "tonight", "--limit", "2000")
    promise(all(word in text.splitlines()[0] for word in ("tier", "deadline", "checkpoint", "paused", "moves to", "slack after")),
            "told with tier, deadline, checkpoint, pauses, moves and slack")
    rows = {line.split()[0]: line for line in text.splitlines()[1:] if line.strip()}
    promise(all(i in rows for i in ids), "each has a row")
    for j in listed:
        o = j["outlook"]
        if o["end_ms"] and o["slack_ms"] != j["job"]["deadline_ms"] - o["end_ms"]:
            fail(f"the slack of {j['job']['id']} is not what is left to its deadline")
        if any(a["end_ms"] > b["start_ms"] for a, b in zip(o["steps"], o["steps"][1:])):
            fail(f"the steps of {j['job']['id']} overlap")
    pauses = [j for j in listed if any(s["what"] == "pause" for s in j["outlook"]["steps"])]
    moves = [j for j in listed if any(s["what"] == "migrate" for s in j["outlook"]["steps"])]
    promise(pauses, f"{len(pauses)} pauses are planned, {len(moves)} moves")
    # a row tells the first pause, to the minute
    for j in pauses[:20]:
        step = [s for s in j["outlook"]["steps"] if s["what"] == "pause"][0]
        clock = datetime.datetime.fromtimestamp(step["start_ms"] / 1000, CHINA).strftime("%H:%M")
        if f"{clock}–" not in rows[j["job"]["id"]]:
            fail(f"the pause at {clock} is not in: {rows[j['job']['id']]}")
    promise(all(j["job"]["tier"] != 0 and j["job"]["preemptible"] for j in pauses), "none of a job that must not be stopped")
    # what the jobs draw now is what the plan gives their queue, but for the last gang
    for site in SITES:
        plan = ctl("plan", site)
        pue = {"hongyuan": 1.08, "liangshan": 1.07}[site]
        for queue in ("train", "batch"):
            mine = [j for j in everything["jobs"] if j["job"]["site"] == site and j["job"]["queue"] == queue]
            drawn = sum(s["power_w"] for j in mine for s in j["outlook"]["steps"]
                        if s["start_ms"] <= now < s["end_ms"] and s["what"] in ("run", "cap"))
            given = it_power(plan, queue, pue)
            gang = max([j["job"]["devices"] for j in mine] or [0]) * 700
            kept_on = sum(j["job"]["devices"] * 700 for j in mine if j["job"]["state"] == "running"
                          and (j["dwell_until_ms"] > now or not j["job"]["preemptible"]))
            waiting = sum(j["job"]["devices"] * 700 for j in mine)
            if not min(given, waiting) - gang <= drawn <= given + gang + kept_on:
                fail(f"the jobs of {site}/{queue} draw {drawn} W of {given:.0f} W planned")
    print("  held    what they draw is what the plan gives their queues, and what may not be stopped so soon")
    # orders in force say the same as the list
    told = {}
    for site in SITES:
        for queue in ("train", "batch"):
            for d in reversed(ctl("decisions", f"{site}/{queue}", "--limit", "1000")["decisions"]):
                job = (d["action"] or {}).get("job")
                if job:
                    told[job["job"]] = (job["verb"], d)
    stopped = [j for j in listed if j["job"]["state"] in ("running", "paused") and j["outlook"]["steps"]
               and j["outlook"]["steps"][0]["what"] == "pause" and j["outlook"]["steps"][0]["start_ms"] <= now]
    wrong = [j["job"]["id"] for j in stopped if told.get(j["job"]["id"], ("",))[0] not in ("pause", "hold")]
    promise(not wrong, f"what is paused now was ordered to pause ({len(stopped)} jobs)")
    one = pauses[0]["job"]
    show = say("job", "show", f"{one['site']}/{one['id']}")
    promise("pause" in show and one["id"] in show, "one job is told in detail")
    keep("tonight", listed)


def morning():
    """What was promised in the evening."""
    listed = kept("tonight")
    by = at("2025-06-17T02:00")
    sure = [j for j in listed if j["outlook"]["end_ms"] and j["outlook"]["end_ms"] <= by and j["outlook"]["slack_ms"] > HOUR]
    done = {j["job"]["id"] for j in ctl("jobs", "--state", "done", "--limit", "5000")["jobs"]}
    live = {j["job"]["id"]: j["job"] for j in ctl("jobs", "--limit", "5000")["jobs"]}
    now = at("2025-06-17T08:00")
    late = [j["job"]["id"] for j in sure if j["job"]["id"] not in done and
            live.get(j["job"]["id"], {"deadline_ms": 0})["deadline_ms"] < now]
    ended = sum(j["job"]["id"] in done for j in sure)
    promise(len(sure) > 20 and ended >= 0.9 * len(sure), f"{ended} of {len(sure)} that were to be done by 02:00 are done")
    promise(len(late) <= 0.02 * len(sure), f"{len(late)} of them are late")


def cooled():
    """What the chillers were told: a power with an end, and to fall back on their own thermostats."""
    dead, back = at("2025-06-16T06:00"), at("2025-06-16T06:45")
    for site in SITES:
        told = ctl("decisions", f"{site}/chiller", "--limit", "1000")["decisions"]
        powers = [d for d in told if "power_w" in (d["action"] or {})]
        promise(len(powers) > 50 and all(d["action"]["power_w"] >= 0 for d in powers), f"{site}/chiller is told a power {len(powers)} times")
        promise(all("release" in (d["fallback"] or {}) for d in powers), "falling back on its thermostat")
        promise(all(d["valid_until_ms"] - d["valid_from_ms"] < 24 * HOUR for d in powers), "with a term")
    there = ctl("decisions", "liangshan/chiller", "--limit", "1000")["decisions"]
    last = [d for d in there if d["valid_from_ms"] < dead]
    promise(last and all(d["state"] in ("superseded", "expired") or d["valid_until_ms"] < back for d in last),
            "no order outlives the adapter that died")


def truth():
    """In the plants: temperatures stay in their band, which is made use of."""
    for name, site in kept("sim")["sites"].items():
        temps = [s["temperature_c"] for s in site["slots"]]
        promise(min(temps) >= 17.999 and max(temps) <= 24.001, f"{name}: {min(temps):.2f} to {max(temps):.2f} degrees of 18 to 24")
        promise(max(temps) - min(temps) > 2, "the water is warmed and cooled ahead")
        promise(not site["policies"]["suandian"]["limits_broken"], "every limit holds")


# ---- What if? ------------------------------------------------------------------------------------------------

def check_sums(answer):
    for side in ("without", "with"):
        for key in ("money", "co2_g", "late_device_s", "unserved_wh", "moved_device_s"):
            total = sum(s[side][key] for s in answer["sites"])
            if answer["all"][side][key] != total:
                fail(f"{key} {side}: {answer['all'][side][key]}, the sites' sum is {total}")
    return [(t, a - b) for t, a, b in zip(answer["start_ms"], answer["pcc_without_w"], answer["pcc_with_w"])]


def what_if():
    before = {s: ctl("plan", s) for s in SITES}
    records = ctl("audit", "verify")["records"]
    begin, end = at("2025-06-16T22:30"), at("2025-06-16T23:30")
    answer = ctl("whatif", "event", "hongyuan", "--direction", "up", "--reduction", "500kW", "--from", "22:30",
                 "--to", "23:30", "--pay", "3.5")
    promise([s["site"] for s in answer["sites"]] == list(SITES), "an event is asked about for both sites")
    less = check_sums(answer)
    inside = [w for t, w in less if begin <= t < end]
    had = answer["sites"][0]["with"]["deliverable_w"]
    promise(len(inside) == 4 and had == max(0, min(inside)), f"deliverable is the least of its slots ({had} W)")
    promise(490000 <= had, "half a megawatt can be had")
    promise(answer["sites"][0]["with"]["money"] <= answer["sites"][0]["without"]["money"] - 0.5 * 3.5 * 10000 * 0.5,
            "and pays")
    after = [-w for t, w in less if t >= end]
    promise(answer["rebound_w"] == max([0] + after), f"the rebound is what is drawn more afterwards ({answer['rebound_w']} W)")
    text = say("whatif", "event", "hongyuan", "--direction", "up", "--reduction", "500kW", "--from", "22:30", "--to", "23:30")
    promise("Deliverable in every slot" in text and "Nothing was changed." in text, "in words, too")

    out = ctl("whatif", "outage", "hongyuan/bess", "--from", "20:15", "--to", "+6h")
    check_sums(out)
    promise(out["all"]["with"]["money"] > out["all"]["without"]["money"], "without its battery the region pays more: "
            f"{(out['all']['with']['money'] - out['all']['without']['money']) / 1e4:.2f} CNY")
    same = ctl("whatif", "price", "liangshan", "--factor", "100%", "--to", "+6h")
    promise(all(w == 0 for _, w in check_sums(same)) and same["all"]["with"] == same["all"]["without"],
            "the same prices give the same plans")
    dear = ctl("whatif", "price", "liangshan", "--factor", "300%", "--to", "+6h")
    check_sums(dear)
    here, there = dear["sites"]
    promise(here["site"] == "liangshan" and there["site"] == "hongyuan" and
            dear["all"]["with"]["money"] > dear["all"]["without"]["money"], "three times the price costs the region more")
    promise(here["with"]["moved_device_s"] > here["without"]["moved_device_s"] and
            there["with"]["money"] > there["without"]["money"], "and work leaves the dear site for the other")
    promise({s: ctl("plan", s) for s in SITES} == before, "the plans in force are what they were")
    promise(ctl("audit", "verify")["records"] == records, "the record is what it was")


def solve_again():
    before = {s: ctl("plan", s) for s in SITES}
    for s in SITES:
        r = ctl("replay", str(before[s]["id"]))
        promise(r["same"] and r["site"] == s and r["stored_hash"] == r["solved_hash"] and r["iterations"] > 0,
                f"plan {before[s]['id']} of {s} is solved to the same bytes")
    promise(run("replay", "999999").returncode == 1, "a plan that never was is refused")
    say("replan", "liangshan")
    after = {s: ctl("plan", s) for s in SITES}
    new = [after[s]["id"] > before[s]["id"] for s in SITES]
    promise(all(new) or after == before, "both are planned anew together, or both keep what nothing improves")


# ---- Forecasts, flags of days, configuration ---------------------------------------------------------------------

def foretold():
    say("replan", "hongyuan")
    shown = ctl("forecast", "show", "hongyuan/it.power")["outlook"]
    plan = ctl("plan", "hongyuan")
    mine = dict(zip(range(shown["start_ms"], shown["start_ms"] + 96 * SLOT, SLOT), shown["value"]))
    promise(len(shown["value"]) == 96 and shown["source"].startswith("curve:sim-hongyuan"), f"a day is foretold by {shown['source'][:19]}")
    # beside the computing load only what links draw that send work, 27 kW each at most
    more = [plan["load_w"][i] - 1.08 * mine[t] for i, t in enumerate(plan["start_ms"][1:20], 1)]
    promise(all(-2 <= w <= 2 * 27000 for w in more), f"that is what the plan was made from ({min(more):.0f} to {max(more):.0f} W more)")
    promise("curve:sim-hongyuan" in say("why", "hongyuan/bess"), "as it says")
    own = ctl("forecast", "show", "hongyuan/pcc.power")["outlook"]
    promise(not own["source"].startswith("curve:"), "where nothing is pushed, the past speaks")
    # persistence of one day: the same slot of the day before, from the samples
    tests = {t["point"]: t for t in ctl("forecast", "test", "hongyuan", "--days", "1")}
    t = tests["hongyuan/temperature"]
    promise(t["days"] == 1 and t["similar_days"] == 0 and t["all"]["n"] > 0, "a day is tested, by persistence, as it says")
    promise(abs(t["all"]["rrmse"] - t["all"]["persistence_rrmse"]) < 1e-9 and t["all"]["rrmse"] > 0,
            "and claims nothing beyond it")
    promise(0 < tests["hongyuan/it.power"]["curve_rrmse"] < 0.05, "the curve was about as wrong as the twin's own says: 2 %")
    promise(run("forecast", "show", "hongyuan/none").returncode == 1, "a point that is not there is refused")


def flags():
    before = ctl("plan", "hongyuan")
    say("dayflag", "put", "heat35", "2025-06-17", "--scope", "hongyuan", "--source", "weather")
    promise([f["flag"] for f in ctl("dayflags", "2025-06-17")["flags"]] == ["heat35"], "a hot day is on record")
    say("replan", "hongyuan")
    after = ctl("plan", "hongyuan")
    old = dict(zip(before["start_ms"], before["price_buy_e4cny_per_kwh"]))
    changed = {}
    for t, p in zip(after["start_ms"], after["price_buy_e4cny_per_kwh"]):
        if t in old and old[t] != p:
            changed[t] = (old[t], p)
    hours = sorted({datetime.datetime.fromtimestamp(t / 1000, CHINA).strftime("%d %H") for t in changed})
    promise(changed and hours == ["17 13", "17 21", "17 22"], f"it changes the price, of that day, in its critical hours: {hours}")
    promise(all(b > a for a, b in changed.values()), "upwards")
    other = ctl("plan", "liangshan")
    base = dict(zip(before["start_ms"], before["price_buy_e4cny_per_kwh"]))
    promise(all(other["price_buy_e4cny_per_kwh"][i] == base[t] for i, t in enumerate(other["start_ms"]) if t in base),
            "not that of the other site")
    say("dayflag", "put", "heat35", "2025-06-17", "--scope", "hongyuan", "--clear")
    say("replan", "hongyuan")
    back = ctl("plan", "hongyuan")
    promise(back["price_buy_e4cny_per_kwh"] == before["price_buy_e4cny_per_kwh"], "and cleared it is as before")


def configured():
    path = f"{top}/config/examples/sichuan/sites.d/liangshan.yaml"
    with open(path, encoding="utf-8") as f:
        text = f.read()
    promise(ctl("config", "diff")["changes"] == [], "what is on disk is in force")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text.replace("charge_max: 3MW", "charge_max: 2.5MW"))
    diff = ctl("config", "diff")
    found = {c["path"]: (c["before"], c["after"], c["effect"]) for c in diff["changes"]}
    want = {f"sites[liangshan].storage[bess].{k}": ("3MW", "2500kW", "at once") for k in ("charge_max", "discharge_max")}
    promise(found == want, f"the difference is both limits of the battery: {sorted(found)}")
    promise("2500kW" not in say("config", "show"), "a look changes nothing")
    say("config", "reload")
    promise(ctl("config", "diff")["changes"] == [] and "2500kW" in say("config", "show"), "reloaded, it is in force")
    say("replan", "liangshan")
    power = [a for a in ctl("plan", "liangshan")["assets"] if a["asset"] == "liangshan/bess"][0]["power_w"]
    promise(max(abs(w) for w in power) <= 2500000, "and planned with")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text.replace("charge_max: 3MW", "charge_max: -3MW"))
    out = run("config", "reload")
    promise(out.returncode == 1 and "charge_max" in out.stdout, "nonsense is refused by name")
    promise("2500kW" in say("config", "show"), "and nothing of it comes in force")
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)
    say("config", "reload")


STAGES = (("2025-06-16T20:00", "tonight"), ("2025-06-16T20:00", "what_if"), ("2025-06-16T20:00", "solve_again"),
          ("2025-06-17T01:00", "foretold"), ("2025-06-17T01:00", "flags"), ("2025-06-17T01:00", "configured"),
          ("2025-06-17T08:00", "morning"), ("2025-06-17T08:00", "cooled"))


# ---- The programs ------------------------------------------------------------------------------------------------

def with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def play():
    for name in ("examples", "sichuan"):
        shutil.copytree(f"{SOURCE}/config/{name}", f"{top}/config/{name}")
    region = f"{top}/config/examples/sichuan"
    # What a kWh costs is told by the tariff alone, so that a hot day can be seen in it.
    for site in SITES:
        path = f"{region}/sites.d/{site}.yaml"
        with open(path, encoding="utf-8") as f:
            lines = [line for line in f if "role: price." not in line]
        with open(path, "w", encoding="utf-8") as f:
            f.writelines(lines)
    sockets = ["--control", f"{top}/c.sock", "--adapter", f"{top}/a.sock"]
    with open(f"{top}/log", "w", encoding="utf-8") as log:
        daemon = subprocess.Popen([f"{BUILD}/bin/suandiand", "--config", f"{region}/suandian.yaml", "--clock=driven",
                                   "--log-level", "notice", *sockets], stderr=log, preexec_fn=with_parent)
    while not os.path.exists(f"{top}/a.sock") and daemon.poll() is None:
        time.sleep(0.02)
    stages = []
    for when, name in STAGES:
        stages += ["--at", when, f"exec '{sys.executable}' '{os.path.abspath(__file__)}' '{BUILD}' '{SOURCE}' '{top}' {name} >&2"]
    sim = subprocess.run([f"{BUILD}/bin/suandian-sim", "--config", f"{region}/sim.yaml", "--from", "2025-06-16T00:00",
                          "--to", "2025-06-17T08:00", "--step", "5min", "--seed", "7", *sockets, "--report",
                          f"{top}/sim.json", *stages], check=False, preexec_fn=with_parent, stdout=subprocess.DEVNULL)
    daemon.terminate()
    status = daemon.wait(timeout=60)
    if sim.returncode == 0 and status == 0:
        print("truth:")
        truth()
    return sim.returncode or status


if len(sys.argv) > 4:
    print(f"{sys.argv[4]}:")
    globals()[sys.argv[4]]()
    sys.exit(0)
with tempfile.TemporaryDirectory() as top:
    sys.exit(play())
