#!/usr/bin/python3
"""What must hold though something failed: check.py DIR CASE.  Exit status 1 if it does not."""
import json
import os
import sys

folder, case = sys.argv[1:]
HOUR = 3600000
SLOT = HOUR // 4
broken = []


def load(name):
    with open(os.path.join(folder, name), encoding="utf-8") as f:
        return json.load(f)


def promise(holds, text):
    print(f"  {'held  ' if holds else 'BROKEN'}  {text}")
    if not holds:
        broken.append(text)


sim, plan, health, after = load("sim.json"), load("plan.json"), load("health.json"), load("health-end.json")
site = sim["sites"]["hongyuan"]
start = sim["from_ms"]
said = json.dumps(health)


def always():
    """The plant, the record and the chain, whatever happened."""
    promise(not site["policies"]["suandian"]["limits_broken"], "every limit holds in the plant's truth")
    promise(load("audit.json")["ok"], "the audit chain verifies")
    n = (sim["to_ms"] - start) // SLOT
    promise(len(plan["start_ms"]) == n, f"the record is complete: {n} slots")
    promise(all(b - a == SLOT for a, b in zip(plan["start_ms"], plan["start_ms"][1:])), "no slot twice, none left out")
    for i, pcc in enumerate(plan["pcc_w"]):
        unserved = plan["unserved_w"][i] if plan.get("unserved_w") else 0
        if pcc != plan["load_w"][i] + sum(a["power_w"][i] for a in plan["assets"]) - unserved:
            promise(False, f"slot {i} balances")
    promise(sim["counts"]["rejected"] == 0, "no decision is rejected")


def decisions_between(a, b):
    return [d for d in load("decisions.json")["decisions"] if a <= int(d["valid_from_ms"]) < b]


def frozen():
    """A battery's meter stands still: it seems not to do as it is told, is planned without, and is forgiven."""
    failed = [d for d in decisions_between(start + 2 * HOUR, start + 8 * HOUR)
              if d["asset"].endswith("/bess") and "failed" in d["state"].lower()]
    promise(failed, f"a meter that stands still is found out by the read-back ({len(failed)} decisions failed)")
    later = [d for d in decisions_between(start + 9 * HOUR, sim["to_ms"]) if d["asset"].endswith("/bess")]
    promise(later and not any("failed" in d["state"].lower() for d in later), "and believed again once it moves")
    promise(after["state"].lower().find("ready") >= 0, "all is well again in the end")


def frozen_pcc():
    """The meter at the PCC stands still for hours: it is named, forgiven, and nobody is steered by it."""
    reasons = [r for r in health["reasons"] if r["code"] == "frozen_point"]
    promise(any("pcc.power" in r["text"] for r in reasons), "a PCC meter that stands still is named")
    promise(len(reasons) == 1, "and no other")
    promise("frozen_point" not in json.dumps(after), "and forgotten once it moves again")
    failed = [d for d in decisions_between(start, sim["to_ms"]) if "failed" in d["state"].lower()]
    promise(not failed, "no decision is blamed for it")
    meanwhile = decisions_between(start + 9 * HOUR, start + 11 * HOUR)
    promise(meanwhile, f"the plant is steered meanwhile ({len(meanwhile)} decisions)")


def times(name):
    return [int(s["t_ms"]) for s in samples_of(load(name))]


def killed():
    """The process of the adapter is killed, and another comes two hours later."""
    day = sim["from_ms"] - 6 * HOUR
    dead, back = day + 4 * HOUR, day + 6 * HOUR
    before = {int(d["id"]): d for d in load("decisions-dead.json")["decisions"]}
    leased = [d for d in before.values() if int(d["valid_until_ms"]) > dead]
    ends = {int(d["id"]): d["state"].lower() for d in load("decisions.json")["decisions"]}
    promise(leased, f"it dies with {len(leased)} leases")
    promise(all(int(d["valid_until_ms"]) < dead + HOUR / 2 for d in leased), "none of which is longer than half an hour")
    promise(all("expired" in ends[int(d["id"])] or "superseded" in ends[int(d["id"])] for d in leased),
            "all of them have ended")
    promise(any("expired" in ends[int(d["id"])] for d in leased), "by themselves")
    promise(all(i > max(before) for i in ends if i not in before), "no decision comes twice under one number")
    all_t = times("range-bess.json")
    promise(len(set(all_t)) == len(all_t), f"no sample is doubled ({len(all_t)})")
    promise(times("range-before.json") == [t for t in all_t if t < back], "what was told before stands as it was")
    promise(max(t for t in all_t if t < back) <= dead + SLOT, "nothing is invented for the time between")
    promise(len([t for t in all_t if t > back]) >= 12 * 6 - 1, "everything is told after")
    applied = [d for d in decisions_between(back, sim["to_ms"]) if "rejected" not in d["state"].lower()]
    promise(applied, "it is steered again")
    promise(after["state"].lower().find("ready") >= 0, "all is well again in the end")


def reload():
    """Other limits come in force in the middle of a day, with an event accepted just before."""
    text = json.dumps(load("diff.json"))
    promise("import_max" in text and "charge_max" in text, "the difference names both limits")
    late = [(t, p) for t, p in zip(plan["start_ms"], plan["pcc_w"]) if t >= start + 4 * HOUR]
    early = [p for t, p in zip(plan["start_ms"], plan["pcc_w"]) if t < start + 4 * HOUR]
    bess = [a for a in plan["assets"] if a["asset"].endswith("/bess")][0]["power_w"]
    promise(max(early) > 9000000, f"before it more than 9 MW is planned ({max(early)} W)")
    promise(max(p for _, p in late) <= 9000000, f"after it the new limit holds ({max(p for _, p in late)} W)")
    promise(max(bess[:16]) > 2000000 >= max(bess[16:]), "so does that of the battery")
    event = load("event.json")
    promise("completed" in event["phase"].lower(), "the event is completed")
    promise(len(event["slots"]) >= 4 and all(s["metered_w"] is not None for s in event["slots"]), "and metered throughout")
    promise(all(s["quality"].lower().endswith("ok") for s in event["slots"]), "without a gap")


def stale():
    promise("stale" in said, "a silent meter is named")
    promise("bess.soc" in said, "with its point")
    promise("stale" not in json.dumps(after), "and forgotten once it speaks again")


def corrected():
    """What was told wrong stands corrected in the record."""
    samples = {int(s["t_ms"]): s["value"] for s in samples_of(load("range.json"))}
    truth = {s["start_ms"]: s["pcc_w"] for s in site["slots"]}
    worst = 0
    for slot in range(start + 4 * HOUR, start + 5 * HOUR, SLOT):
        seen = [samples[t] for t in range(slot + SLOT // 3, slot + SLOT + 1, SLOT // 3) if t in samples]
        promise(len(seen) == 3, "the samples are there")
        worst = max(worst, abs(sum(seen) / len(seen) - truth[slot]) / max(abs(truth[slot]), 1e5))
    promise(worst < 0.02, f"late corrections replace what was wrong (worst slot {worst:.2%} off)")


def samples_of(answer):
    if "samples" in answer:
        return answer["samples"]
    return [{"t_ms": t, "value": v} for t, v in zip(answer["t_ms"], answer["value"])]


def adapter():
    promise(site["adapter_deaths"] == 1, "the adapter died")
    promise("adapter_silent" in said or "stale" in said, "its silence is told")
    promise(sim["counts"]["lapsed"] > 0, "leases ended, and the plant fell back by itself")
    resting = [s["storage"]["bess"]["power_w"] for s in site["slots"]
               if start + 4 * HOUR + 2 * SLOT <= s["start_ms"] < start + 6 * HOUR]
    promise(all(w == 0 for w in resting), f"the battery rests meanwhile ({len(resting)} slots)")
    promise(len(decisions_between(start + 6 * HOUR, sim["to_ms"])) > 0, "it is steered again once it is back")
    promise(after["state"].lower().find("ready") >= 0, "all is well again in the end")


def odd_day(hours):
    promise(sim["to_ms"] - start == hours * HOUR, f"the local day has {hours} hours")
    promise(len(plan["start_ms"]) == 4 * hours, f"and {4 * hours} slots")
    prices = {s["start_ms"]: s["price_buy"] for s in site["slots"]}
    promise(all(prices[t] == p for t, p in zip(plan["start_ms"], plan["price_buy_e4cny_per_kwh"])),
            "plant and daemon agree on the price of every slot")


def year_end():
    promise(len(decisions_between(start + 12 * HOUR, sim["to_ms"])) > 0, "the new year is steered like the old one")
    promise(after["state"].lower().find("ready") >= 0, "all is well in the new year")


always()
{"frozen": frozen, "frozen-pcc": frozen_pcc, "killed": killed, "reload": reload, "stale": stale, "corrected": corrected, "adapter": adapter, "dst-autumn": lambda: odd_day(25),
 "dst-spring": lambda: odd_day(23), "year-end": year_end}[case]()
sys.exit(1 if broken else 0)
