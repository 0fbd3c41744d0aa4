#!/usr/bin/python3
"""What real_week promises: check.py DIR SUANDIANCTL.  Prints figures; exit status 1 if one does not hold."""
import datetime
import json
import os
import subprocess
import sys

folder, ctl_path = sys.argv[1:]
SITES = ("hongyuan", "liangshan")
# Of suandian.yaml, in Wh. The twin's store stops at soc_min by itself; the reserve above it is the daemon's to keep, as
# well as a level can be measured: to half a per cent of the capacity.
RESERVES = {("hongyuan", "bess"): (1600000, 8000000), ("hongyuan", "ups"): (450000, 600000),
            ("liangshan", "bess"): (1200000, 6000000), ("liangshan", "ups"): (300000, 400000)}
broken = []


def report(name):
    with open(os.path.join(folder, name, "sim.json"), encoding="utf-8") as f:
        return json.load(f)


def ctl(name, *args):
    socket = os.path.join(folder, name, "control.sock")
    out = subprocess.run([ctl_path, "--socket", socket, "--json", *args], check=True, stdout=subprocess.PIPE)
    return json.loads(out.stdout)


def promise(holds, text):
    print(f"  {'held  ' if holds else 'BROKEN'}  {text}")
    if not holds:
        broken.append(text)


def iso(ms):
    return datetime.datetime.fromtimestamp(ms / 1000, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%MZ")


def imbalance(plan):
    """Worst |pcc − load − Σ assets − transfer + unserved| over the slots, in W."""
    n = len(plan["start_ms"])
    nothing = [0] * n
    unserved, moved = plan.get("unserved_w") or nothing, plan.get("transfer_w") or nothing
    return max((abs(plan["pcc_w"][i] - plan["load_w"][i] - sum(a["power_w"][i] for a in plan["assets"]) - moved[i]
                    + unserved[i]) for i in range(n)), default=0)


def check_limits(name, r):
    for site in SITES:
        limits = r["sites"][site]["policies"]["suandian"]["limits_broken"]
        promise(not limits, f"{name}: every limit of {site} holds in the plant's truth {limits or ''}")
    section = r["region"]["sections"]["panxi"]["policies"]
    promise(section["suandian"]["over_slots"] == 0,
            f"{name}: the section holds (highest {section['suandian']['peak_w']/1e6:.2f} MW; doing nothing "
            f"{section['do_nothing']['peak_w']/1e6:.2f} MW)")
    for (site, store), (reserve, capacity) in RESERVES.items():
        lowest = min(s["storage"][store]["soc_wh"] for s in r["sites"][site]["slots"])
        promise(lowest >= reserve - capacity // 200,
                f"{name}: {site}/{store} keeps its reserve of {reserve/1000:.0f} kWh (lowest {lowest/1000:.1f} kWh)")


def check_deadlines(name, r):
    """No deadline is missed that earliest-deadline-first with perfect information meets."""
    for site in SITES:
        p = r["sites"][site]["policies"]
        missed = sorted(set(p["suandian"]["late_jobs"]) - set(p["perfect_edf"]["late_jobs"]))
        late, done = p["suandian"]["late_device_s"], p["suandian"]["done_device_s"]
        promise(not missed, f"{name}: work of {site} is on time ({late} of {done} device-seconds late, "
                f"{len(missed)} jobs late that perfect information brings in time {missed[:6] or ''})")


def check_plans(name, r):
    for site in SITES:
        record = ctl(name, "plan", site, "--from", iso(r["from_ms"]), "--to", iso(r["to_ms"]))
        promise(imbalance(record) == 0, f"{name}: the record of {site} balances to {imbalance(record)} W")
        promise(len(record["start_ms"]) == (r["to_ms"] - r["from_ms"]) // 900000,
                f"{name}: the record of {site} is complete ({len(record['start_ms'])} slots)")
        numbers = sorted(set(record["slot_plan_id"]) - {0})
        worst = max(imbalance(ctl(name, "plan", site, "--id", str(n))) for n in numbers[::12])
        promise(worst == 0, f"{name}: every twelfth published plan of {site} balances to {worst} W")
    promise(ctl(name, "audit", "verify")["ok"], f"{name}: the audit chain verifies")


def row(title, unit, scale, digits, values):
    print(f"  {title:<26}" + "".join(f" {v / scale:14.{digits}f}" for v in values) + f"  {unit}")


def table(runs):
    columns = [runs["with"]["region"]["policies"]["suandian"], runs["without"]["region"]["policies"]["suandian"]]
    columns += [runs["with"]["region"]["policies"][k] for k in ("do_nothing", "threshold", "perfect_edf")]
    print("\n  the region, seven days     " + "".join(f" {t:>14}" for t in (
        "with moving", "without", "do nothing", "threshold", "perfect EDF")))
    for title, key, unit, scale, digits in (
            ("total", "total_e4", "CNY", 1e4, 2), ("  energy", "energy_e4", "CNY", 1e4, 2),
            ("  bought behind the meter", "purchase_e4", "CNY", 1e4, 2), ("  demand charge", "demand_e4", "CNY", 1e4, 2),
            ("  over contract", "over_contract_e4", "CNY", 1e4, 2), ("  wear", "wear_e4", "CNY", 1e4, 2),
            ("  late work", "late_e4", "CNY", 1e4, 2), ("  section overload", "over_section_e4", "CNY", 1e4, 2),
            ("  transfers", "transfer_e4", "CNY", 1e4, 2), ("CO2", "carbon_kg", "t", 1e3, 2),
            ("curtailed", "curtailed_wh", "MWh", 1e6, 2), ("late work", "late_device_s", "device-hours", 3600, 1),
            ("work done again", "lost_device_s", "device-hours", 3600, 1)):
        row(title, unit, scale, digits, [c[key] for c in columns])
    for site in SITES:
        peaks = [runs[k]["sites"][site]["policies"]["suandian"]["peak_w"] for k in ("with", "without")]
        peaks += [runs["with"]["sites"][site]["policies"][k]["peak_w"] for k in ("do_nothing", "threshold", "perfect_edf")]
        row(f"peak of {site}", "MW", 1e6, 2, peaks)
    print()


runs = {name: report(name) for name in ("with", "without")}
table(runs)
for name, r in runs.items():
    check_limits(name, r)
    check_deadlines(name, r)
    check_plans(name, r)
    mine = r["region"]["policies"]["suandian"]["total_e4"]
    for title, key in (("doing nothing", "do_nothing"), ("price thresholds", "threshold")):
        other = r["region"]["policies"][key]["total_e4"]
        promise(mine <= other, f"{name}: the week costs {mine/1e4:.2f} CNY, {(other - mine)/1e4:.2f} CNY "
                f"({(other - mine)/other:.1%}) less than {title}")
moved = sum(link["journeys"] for link in runs["with"]["region"]["links"].values())
print(f"  {moved} journeys of work between the sites")
sys.exit(1 if broken else 0)
