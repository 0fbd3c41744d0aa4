#!/usr/bin/python3
"""What `make demo` promises, checked on the JSON of suandianctl and suandian-sim.

check.py DIR section|work|override|adapter|event|cost|pick|record   prints for people; status 1 if it does not hold.
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


def section():
    """Σ imports + the others' load stays below the limit in the plants' truth, and would not without a plan."""
    panxi = load("sim.json")["region"]["sections"]["panxi"]
    limit = panxi["import_max_w"]
    print("  slot            the others   both sites   together      room (MW)")
    for s in panxi["slots"]:
        if at("19:45") <= s["start_ms"] < at("23:00"):
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
        missed = sorted(set(p["suandian"]["late_jobs"]) - set(p["perfect_edf"]["late_jobs"]))
        hold(not missed, f"every job at {site} is in time that perfect information would have brought in time {missed}")
        hold(shift > 0.5, f"work moves in time at {site}")
    if report["counts"]["job_decisions"]:
        hold(sum(link["journeys"] for link in links.values()) > 0, "work moves between the sites")


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
    print(f"  {report['counts']['lapsed']} leases ended meanwhile; {len(after)} decisions since it is back")


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


def cost():
    report = load("sim.json")
    p = report["region"]["policies"]
    mine, nothing, threshold = (p[k]["total_e4"] / 1e4 for k in ("suandian", "do_nothing", "threshold"))
    print(f"\n  {nothing - mine:+.2f} CNY saved against doing nothing ({(nothing - mine) / nothing:.1%}), "
          f"{threshold - mine:+.2f} CNY against price thresholds;")
    for site in SITES:
        broken = report["sites"][site]["policies"]["suandian"]["limits_broken"]
        hold(not broken, f"no limit is broken at {site}: {broken}")
    for (site, name), (reserve, capacity) in RESERVES.items():
        lowest = min(s["storage"][name]["soc_wh"] for s in slots(site))
        hold(lowest >= reserve - capacity // 200, f"{site}/{name} keeps its reserve ({lowest} Wh of {reserve})")
    hold(mine <= nothing, "the day costs no more than doing nothing")
    hold(report["counts"]["rejected"] == 0, "no decision was rejected")


def picked():
    """The strongest charge and discharge, one for the event, one for a job, one that moves work: what there is."""
    decisions = [d for site in SITES for d in load(f"decisions-{site}.json")["decisions"]]
    bess = [d for d in decisions if d["asset"] == "hongyuan/bess" and "power_w" in (d.get("action") or {})]
    correlation = the_event()["event"]["correlation_id"]
    for_event = [d for d in decisions if (d.get("correlation_id") or "") == correlation
                 or (d.get("reason") or {}).get("event") == correlation]
    hold(bess and for_event, "there are decisions for the battery and for the event")
    chosen = [max(bess, key=lambda d: d["action"]["power_w"]), min(bess, key=lambda d: d["action"]["power_w"])]
    seen = {d["id"] for d in chosen}
    for found in (for_event, [d for d in decisions if "job" in (d.get("action") or {})],
                  [d for d in decisions if "migrate" in (d.get("action") or {})]):
        left = [d for d in found if d["id"] not in seen]
        if left:
            chosen.append(min(left, key=lambda d: d["id"]))
            seen.add(chosen[-1]["id"])
    return chosen


def pick():
    for d in picked():
        print(d["asset"], d["id"])


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


{"section": section, "work": work, "override": override, "adapter": adapter, "event": event, "cost": cost, "pick": pick,
 "record": record}[sys.argv[2]]()
