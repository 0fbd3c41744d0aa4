#!/usr/bin/python3
"""What `make demo` promises, checked on the JSON of suandianctl and suandian-sim.

check.py DIR day|picture|section|work|examples|override|adapter|event|cost|record   prints for people; status 1 if it does not hold.
"""
import datetime
import json
import os
import sys

SLOT_MS = 15 * 60 * 1000
SITES = ("hongyuan", "liangshan")
# In Wh: the twin's store stops at soc_min by itself; the reserve above it is the daemon's to keep, as well as a level
# can be measured: to half a per cent of the capacity.
RESERVES = {("hongyuan", "bess"): (1600000, 8000000), ("hongyuan", "ups"): (450000, 600000),
            ("liangshan", "bess"): (1200000, 6000000), ("liangshan", "ups"): (300000, 400000)}
CHINA = datetime.timezone(datetime.timedelta(hours=8))
DIR = sys.argv[1]


def load(name):
    with open(os.path.join(DIR, name), encoding="utf-8") as f:
        return json.load(f)


def clock(ms):
    return datetime.datetime.fromtimestamp(ms / 1000, CHINA).strftime("%H:%M")


def at(text):
    return int(datetime.datetime.fromisoformat(f"2025-07-15T{text}").replace(tzinfo=CHINA).timestamp() * 1000)


def hold(condition, text):
    """A promise: says so and ends if it does not hold."""
    if not condition:
        print(f"  BROKEN: {text}")
        sys.exit(1)


def slots(site):
    return load("sim.json")["sites"][site]["slots"]


def mean(rows, of):
    return sum(of(r) for r in rows) / len(rows) / 1e6


def day():
    """Means of every hour, MW; positive is what flows from the grid into the thing."""
    notes = {6: "the adapter of 凉山 is away until 06:45", 10: "an operator lets the battery of 凉山 rest",
             16: "an event is announced for 18:45", 18: "event: 1.5 MW less, ramp from 18:30", 19: "event, until 19:45",
             20: "the section is near its limit", 21: "the section is near its limit"}
    print("         ┌──────── 红原 hongyuan ────────┐   ┌─────── 凉山 liangshan ────────┐    price")
    print("          grid     own   store    jobs      grid     own   store    jobs   CNY/kWh")
    for hour in range(24):
        cells = []
        for site in SITES:
            rows = slots(site)[4 * hour:4 * hour + 4]
            cells += [mean(rows, lambda r: r["pcc_w"]), mean(rows, lambda r: r["generation_w"]),
                      mean(rows, lambda r: sum(s["power_w"] for s in r["storage"].values())),
                      mean(rows, lambda r: r["queue_w"])]
        price = slots("hongyuan")[4 * hour]["price_buy"] / 1e4
        text = "  ".join("".join(f"{c:8.2f}" for c in cells[k:k + 4]) for k in (0, 4))
        print(f"  {hour:02}:00 {text}   {price:7.3f}  {notes.get(hour, '')}".rstrip())
    print()
    for site in SITES:
        hold(len(slots(site)) == 96, f"the day of {site} has 96 slots")


def picture():
    """Of one site: the strip of events, the panels that tell most, the hours."""
    with open(os.path.join(DIR, "plot-hongyuan.txt"), encoding="utf-8") as f:
        lines = f.read().rstrip("\n").split("\n")
    begin = next(i for i, line in enumerate(lines) if line.startswith("event ")) + 1
    heads = [i for i, line in enumerate(lines) if i >= begin and not line.startswith(" ")]
    print("hongyuan, as it was planned")
    print("\n".join(lines[begin:heads[0]]))
    for head, end in zip(heads, heads[1:] + [len(lines)]):
        if lines[head].startswith(("PCC", "hongyuan/pv1", "hongyuan/bess SOC", "hongyuan/batch", "price")):
            print("\n".join(line for line in lines[head:end] if not line.startswith("  backlog")))


def section():
    """Σ imports + the others' load stays below the limit in the plants' truth, and would not without a plan."""
    panxi = load("sim.json")["region"]["sections"]["panxi"]
    limit = panxi["import_max_w"]
    print("  slot            the others   both sites   together      room (MW)")
    for s in panxi["slots"]:
        if at("20:00") <= s["start_ms"] < at("22:30"):
            total = s["sites_w"] + s["others_w"]
            print(f"  {clock(s['start_ms'])}–{clock(s['start_ms'] + SLOT_MS)} {s['others_w']/1e6:12.3f} "
                  f"{s['sites_w']/1e6:12.3f} {total/1e6:10.3f} {(limit - total)/1e6:10.3f}"
                  f"{'  at the limit' if total >= 0.99 * limit else ''}")
    mine, nothing = (panxi["policies"][k] for k in ("suandian", "do_nothing"))
    print(f"\n  doing nothing would have loaded it by up to {nothing['over_w']/1e6:.2f} MW too much, "
          f"{nothing['over_wh']/1e6:.2f} MWh in {nothing['over_slots']} quarter hours\n")
    hold(nothing["over_slots"] > 0, "without a plan the section would be overloaded")
    hold(mine["over_w"] <= 0, f"the section holds (over by {mine['over_w']} W)")
    hold(mine["bound_slots"] > 0, "it binds")


def work():
    report = load("sim.json")
    links = report["region"]["links"]
    for name, link in sorted(links.items()):
        print(f"  {name}: {link['journeys']} journeys, {link['device_s']/3600:.0f} device-hours of work, "
              f"{link['bytes']/1e9:.1f} GB")
    for site in SITES:
        p = report["sites"][site]["policies"]
        shift = sum(abs(a["queue_it_w"] - b) for a, b in zip(slots(site), nothing_queue(site))) / 2 / 4e6
        print(f"  {site}: {shift:.2f} MWh of computing run at another time or place than they would as they come; "
              f"{p['suandian']['jobs_late']} jobs late")
        # Deadlines that lie close behind a dear hour are met within a slot or two, not to the second.
        spare = 0.02 * p["suandian"]["done_device_s"]
        hold(p["suandian"]["late_device_s"] <= p["perfect_edf"]["late_device_s"] + spare,
             f"all but 2 % of the work at {site} is in time that perfect information would have brought in time")
        hold(shift > 0.5, f"work moves in time at {site}")
    if report["counts"]["job_decisions"]:
        hold(sum(link["journeys"] for link in links.values()) > 0, "work moves between the sites")


def longest_wait(decisions):
    """The order to pause that held a job for longest."""
    best, since = None, {}
    for d in sorted(decisions, key=lambda d: d["id"]):
        verb, job = d["action"]["job"]["verb"], d["action"]["job"]["job"]
        if verb == "pause":
            since.setdefault(job, d)
        elif job in since:
            d0 = since.pop(job)
            wait = d["valid_from_ms"] - d0["valid_from_ms"]
            if best is None or wait > best[0]:
                best = (wait, d0, d["valid_from_ms"])
    return best


def examples():
    """One order of each kind, with what it did: asset, number, text."""
    decisions = [d for site in SITES for d in load(f"decisions-{site}.json")["decisions"]]
    wait = longest_wait([d for d in decisions if "job" in (d.get("action") or {})])
    moves = [d for d in decisions if "migrate" in (d.get("action") or {})]
    hold(wait and moves, "there are orders for jobs")
    _, d, until = wait
    print(d["asset"], d["id"], f"· In time: job {d['action']['job']['job']} pauses at {clock(d['valid_from_ms'])} and goes "
          f"on at {clock(until)}. Why it paused:")
    d = max(moves, key=lambda d: (d["action"]["migrate"]["work_ds"], d["id"]))
    m = d["action"]["migrate"]
    print(d["asset"], d["id"], f"· Between the sites: job {m['job']} goes to {m['to_site']}/{m['to_queue']} at "
          f"{clock(d['valid_from_ms'])}, with {m['work_ds']/3600:.0f} device-hours of work. Why it left:")


def nothing_queue(site):
    return load("sim.json")["sites"][site]["do_nothing_queue_it_w"]


def override():
    """While the battery is to rest, it rests."""
    powers = [s["storage"]["bess"]["power_w"] for s in slots("liangshan") if at("10:00") <= s["start_ms"] < at("11:00")]
    print(f"  liangshan/bess from 10:00 to 11:00: {', '.join(f'{w} W' for w in powers)}")
    hold(len(load("overrides.json")["overrides"]) == 1, "one override is on record")
    hold(all(w == 0 for w in powers), "the battery rests while it is told to")
    later = [s["storage"]["bess"]["power_w"] for s in slots("liangshan") if s["start_ms"] >= at("11:00")]
    hold(any(later), "the plan has its say again when the override ends")


def adapter():
    """Known while it lasts, nothing lost for good, decisions again afterwards."""
    report = load("sim.json")
    hold(report["sites"]["liangshan"]["adapter_deaths"] == 1, "the adapter died once")
    hold(load("health-dead.json")["state"].lower().find("degraded") >= 0, "health says so while it lasts")
    after = [d for d in load("decisions-liangshan.json")["decisions"] if int(d["valid_from_ms"]) >= at("06:45")]
    hold(after, "there are decisions again once it is back")
    silent = load("health-dead.json")["reasons"]
    print(f"  at 06:30 health says {load('health-dead.json')['state'].lower()}, for {len(silent)} reasons, the first:")
    with open(os.path.join(DIR, "health-dead.txt"), encoding="utf-8") as f:
        print("".join("  " + line for line in f.readlines()[1:5]), end="")
    print(f"  the plant fell back by itself as its leases ended ({report['counts']['lapsed']} in the whole day); "
          f"{len(after)} decisions since it is back")


def the_event():
    events = [e for e in load("events.json")["events"] if e["event"]["external_id"] == "demo-day"]
    hold(len(events) == 1, f"one event is on record, not {len(events)}")
    return events[0]


def event():
    """Every slot's mean within 80–120 % of its target, by the daemon's meter and by the plant's truth."""
    e = the_event()
    truth = {s["start_ms"]: s["pcc_w"] for s in slots("hongyuan")}
    hold(e["phase"].lower().endswith("completed"), f"the event is completed (it is {e['phase']})")
    hold(len(e["baseline_hash"]) == 64, "the baseline is frozen under a hash")
    print("  slot            baseline     target    metered  delivered           the plant's truth")
    good = True
    for s in e["slots"]:
        start = s["start_ms"]
        delivered = s["baseline_w"] - s["metered_w"]
        real = s["baseline_w"] - truth[start]
        share, real_share = (x / s["target_w"] for x in (delivered, real))
        ok = all(0.8 <= x <= 1.2 for x in (share, real_share)) and delivered == s["delivered_w"]
        good = good and ok
        print(f"  {clock(start)}–{clock(start + SLOT_MS)} {s['baseline_w']/1e6:10.3f} {s['target_w']/1e6:10.3f} "
              f"{s['metered_w']/1e6:10.3f} {delivered/1e6:10.3f} MW {share:6.1%}  {real/1e6:9.3f} MW {real_share:6.1%}"
              f"{'  ramp' if s.get('ramp') else ''}{'' if ok else '  <-- outside 80–120 %'}")
    print(f"\n  baseline: the plan without the event, frozen at 16:00 (SHA-256 {e['baseline_hash'][:16]}…)")
    hold(good, "every slot is within 80–120 % of its target")


POLICIES = ("suandian", "do_nothing", "threshold", "perfect_edf")


def row(title, values, digits, unit):
    print(f"  {title:<26}" + "".join(f"{v:14,.{digits}f}" for v in values) + f"  {unit}")


def of_the_day(policy):
    """The total, but for the price that the plan puts on an overloaded section: nobody pays it."""
    return (policy["total_e4"] - policy["over_section_e4"]) / 1e4


def costs():
    """Money of the day, then what is no money of the day."""
    report = load("sim.json")
    p = [report["region"]["policies"][k] for k in POLICIES]
    print("                                suandian    do nothing     threshold   perfect EDF")
    for title, key, sign in (("energy from the grid", "energy_e4", 1), ("bought behind the meter", "purchase_e4", 1),
                             ("demand charge, a day's", "demand_share_e4", 1), ("over the contract", "over_contract_e4", 1),
                             ("battery wear", "wear_e4", 1), ("late work", "late_e4", 1), ("moving work", "transfer_e4", 1),
                             ("stored less than before", "soc_value_e4", -1), ("work left for later", "backlog_value_e4", 1)):
        values = [sign * x.get(key, 0) / 1e4 for x in p]
        if any(values):
            row(title, values, 2, "CNY")
    row("the day", [of_the_day(x) for x in p], 2, "CNY")
    print()
    row("demand charge of a month", [x["demand_e4"] / 1e4 for x in p], 2, "CNY, if no higher quarter hour comes")
    for site in SITES:
        row(f"peak of {site}", [report["sites"][site]["policies"][k]["peak_w"] / 1e6 for k in POLICIES], 2, "MW")
    sections = [report["region"]["sections"]["panxi"]["policies"][k] for k in POLICIES]
    row("section overloaded by", [x["over_w"] / 1e6 for x in sections], 2, "MW at most")
    row("CO2 of what was bought", [x["carbon_kg"] / 1e3 for x in p], 2, "t")
    row("sun and wind not used", [x["curtailed_wh"] / 1e6 for x in p], 2, "MWh")
    row("work done", [x["done_device_s"] / 3600 for x in p], 0, "device-hours")
    row("work late", [x["late_device_s"] / 3600 for x in p], 0, "device-hours")
    row("work left for later", [x["backlog_device_s"] / 3600 for x in p], 0, "device-hours")
    print("""
  A day bears 1/30 of a month's demand charge: the whole of it within one day would flatter. Work left for later is
  work whose deadline has not come; what it will take is counted at the day's mean price, and so is what is stored.
  An overloaded section is no money here, and what the event pays is not counted.
  Perfect EDF knows all jobs before they come and runs the earliest deadline first; it knows no prices.""")


def cost():
    costs()
    report = load("sim.json")
    p = report["region"]["policies"]
    mine, nothing, threshold = (of_the_day(p[k]) for k in ("suandian", "do_nothing", "threshold"))
    print(f"\n  {nothing - mine:+,.2f} CNY a day against doing nothing ({(nothing - mine) / nothing:.1%}), "
          f"{threshold - mine:+,.2f} CNY against price thresholds ({(threshold - mine) / threshold:.1%})")
    for site in SITES:
        broken = report["sites"][site]["policies"]["suandian"]["limits_broken"]
        hold(not broken, f"no limit is broken at {site}: {broken}")
    for (site, name), (reserve, capacity) in RESERVES.items():
        lowest = min(s["storage"][name]["soc_wh"] for s in slots(site))
        hold(lowest >= reserve - capacity // 200, f"{site}/{name} keeps its reserve ({lowest} Wh of {reserve})")
    hold(mine <= nothing, "the day costs no more than doing nothing")
    hold(report["counts"]["rejected"] == 0, "no decision was rejected")


def record():
    verdict = load("audit.json")
    hold(verdict["ok"], "the audit chain verifies")
    n_plans = 0
    for site in SITES:
        plan = load(f"plan-{site}.json")
        hold(len(plan["start_ms"]) == 96, f"the record of {site} has 96 slots, not {len(plan['start_ms'])}")
        n_plans += len(set(plan["slot_plan_id"]))
        prices = {s["start_ms"]: s["price_buy"] for s in slots(site)}
        hold(all(prices[t] == b for t, b in zip(plan["start_ms"], plan["price_buy_e4cny_per_kwh"])),
             "plant and daemon agree on the tariff")
        for i, pcc in enumerate(plan["pcc_w"]):
            parts = plan["load_w"][i] + sum(a["power_w"][i] for a in plan["assets"])
            moved = plan["transfer_w"][i] if plan.get("transfer_w") else 0
            unserved = plan["unserved_w"][i] if plan.get("unserved_w") else 0
            hold(pcc == parts + moved - unserved,
                 f"{site}, slot {clock(plan['start_ms'][i])} balances to 0 W, not {pcc - parts - moved + unserved}")
    print(f"  {verdict['records']} audit records, {n_plans} plans served the day's slots, each balanced to 0 W")


{"day": day, "picture": picture, "section": section, "work": work, "examples": examples, "override": override,
 "adapter": adapter, "event": event, "cost": cost, "record": record}[sys.argv[2]]()
