#!/usr/bin/python3
"""What the day of one site promises, checked on the JSON of suandianctl and suandian-sim.

check.py DIR event|cost|pick|record   prints for people; exit status 1 if it does not hold.
"""
import datetime
import json
import os
import sys

SLOT_MS = 15 * 60 * 1000
# Of the example site, in Wh. The twin's store stops at soc_min by itself; the reserve above it is the daemon's to keep, as
# well as a level can be measured: to half a per cent of the capacity.
RESERVES = {"bess": (1600000, 8000000), "ups": (450000, 600000)}
CHINA = datetime.timezone(datetime.timedelta(hours=8))
DIR = sys.argv[1]


def load(name):
    with open(os.path.join(DIR, name), encoding="utf-8") as f:
        return json.load(f)


def clock(ms):
    return datetime.datetime.fromtimestamp(ms / 1000, CHINA).strftime("%H:%M")


def hold(condition, text):
    """A promise: says so and ends if it does not hold."""
    if not condition:
        print(f"  BROKEN: {text}")
        sys.exit(1)


def the_event():
    events = [e for e in load("events.json")["events"] if e["event"]["external_id"] == "demo-evening"]
    hold(len(events) == 1, f"one event is on record, not {len(events)}")
    return events[0]


def event():
    """Every slot's mean within 80–120 % of its target, by the daemon's meter and by the plant's truth."""
    e = the_event()
    truth = {s["start_ms"]: s["pcc_w"] for s in load("sim.json")["sites"]["hongyuan"]["slots"]}
    hold(e["phase"].lower().endswith("completed"), f"the event is completed (it is {e['phase']})")
    hold(len(e["slots"]) == 6, f"the event has six slots, not {len(e['slots'])}")
    hold(len(e["baseline_hash"]) == 64, "the baseline is frozen under a hash")
    print("  slot            baseline     target    metered  delivered           the plant's truth")
    good = True
    for s in e["slots"]:
        at = s["start_ms"]
        delivered = s["baseline_w"] - s["metered_w"]
        real = s["baseline_w"] - truth[at]
        share, real_share = (x / s["target_w"] for x in (delivered, real))
        ok = all(0.8 <= x <= 1.2 for x in (share, real_share)) and delivered == s["delivered_w"]
        good = good and ok
        print(f"  {clock(at)}–{clock(at + SLOT_MS)} {s['baseline_w']/1e6:10.3f} {s['target_w']/1e6:10.3f} "
              f"{s['metered_w']/1e6:10.3f} {delivered/1e6:10.3f} MW {share:6.1%}  {real/1e6:9.3f} MW {real_share:6.1%}"
              f"{'  ramp' if s.get('ramp') else ''}{'' if ok else '  <-- outside 80–120 %'}")
    print(f"\n  baseline: the plan without the event, frozen at 18:00 (SHA-256 {e['baseline_hash'][:16]}…)")
    hold(good, "every slot is within 80–120 % of its target")


def cost():
    report = load("sim.json")
    p = report["sites"]["hongyuan"]["policies"]
    mine, nothing, threshold = (p[k]["total_e4"] / 1e4 for k in ("suandian", "do_nothing", "threshold"))
    kwh = sum((s["baseline_w"] - s["metered_w"]) / 4000 for s in the_event()["slots"])
    print(f"\n  {nothing - mine:+.2f} CNY saved against doing nothing ({(nothing - mine) / nothing:.1%}), "
          f"{threshold - mine:+.2f} CNY against price thresholds;")
    print(f"  the event's {kwh:.0f} kWh at 3.50 CNY/kWh bring {3.5 * kwh:.2f} CNY more.")
    hold(not p["suandian"]["limits_broken"], f"no limit is broken: {p['suandian']['limits_broken']}")
    for name, (reserve, capacity) in RESERVES.items():
        lowest = min(s["storage"][name]["soc_wh"] for s in report["sites"]["hongyuan"]["slots"])
        hold(lowest >= reserve - capacity // 200, f"{name} keeps its reserve ({lowest} Wh of {reserve})")
    hold(mine <= nothing, "the day costs no more than doing nothing")
    hold(report["counts"]["rejected"] == 0, "no decision was rejected")


def picked():
    """The strongest charge, the strongest discharge, and one for the event."""
    decisions = load("decisions.json")["decisions"]
    bess = [d for d in decisions if d["asset"] == "hongyuan/bess" and "power_w" in (d.get("action") or {})]
    correlation = the_event()["event"]["correlation_id"]
    for_event = [d for d in decisions if (d.get("correlation_id") or "") == correlation
                 or (d.get("reason") or {}).get("event") == correlation]
    hold(bess and for_event, "there are decisions for the battery and for the event")
    chosen = [max(bess, key=lambda d: d["action"]["power_w"]),
              min(bess, key=lambda d: d["action"]["power_w"])]
    others = [d for d in for_event if d["id"] not in (chosen[0]["id"], chosen[1]["id"])]
    hold(others, "there is a decision for the event beside")
    return chosen + [min(others, key=lambda d: d["id"])]


def pick():
    for d in picked():
        print(d["asset"], d["id"])


def record():
    plan = load("plan.json")
    verdict = load("audit.json")
    hold(verdict["ok"], "the audit chain verifies")
    hold(len(plan["start_ms"]) == 96, f"the record has 96 slots, not {len(plan['start_ms'])}")
    for i, pcc in enumerate(plan["pcc_w"]):
        parts = plan["load_w"][i] + sum(a["power_w"][i] for a in plan["assets"])
        unserved = plan["unserved_w"][i] if plan.get("unserved_w") else 0
        hold(pcc == parts - unserved, f"slot {clock(plan['start_ms'][i])} balances to 0 W, not {pcc - parts + unserved}")
    sim = load("sim.json")
    prices = {s["start_ms"]: s["price_buy"] for s in sim["sites"]["hongyuan"]["slots"]}
    bought = plan["price_buy_e4cny_per_kwh"]
    hold(all(prices[t] == b for t, b in zip(plan["start_ms"], bought)), "plant and daemon agree on the tariff")
    print(f"  {verdict['records']} audit records, {len(set(plan['slot_plan_id']))} plans served the day's 96 slots, "
          "each balanced to 0 W")


{"event": event, "cost": cost, "pick": pick, "record": record}[sys.argv[2]]()
