#!/usr/bin/python3
"""What real_day promises: check.py SIM_JSON SUANDIANCTL SOCKET.  Prints figures; exit status 1 if one does not hold."""
import json
import subprocess
import sys

report_path, ctl_path, socket = sys.argv[1:]
with open(report_path, encoding="utf-8") as f:
    report = json.load(f)
broken = []
# Of suandian.yaml, in Wh. The twin's store stops at soc_min by itself; the reserve above it is the daemon's to keep, as
# well as a level can be measured: to half a per cent of the capacity.
RESERVES = {"bess": (1600000, 8000000), "ups": (450000, 600000)}


def ctl(*args):
    out = subprocess.run([ctl_path, "--socket", socket, "--json", *args], check=True, stdout=subprocess.PIPE)
    return json.loads(out.stdout)


def promise(holds, text):
    print(f"  {'held  ' if holds else 'BROKEN'}  {text}")
    if not holds:
        broken.append(text)


def imbalance(plan):
    """Worst |pcc − load − Σ assets + unserved| over the slots, in W."""
    n = len(plan["start_ms"])
    unserved = plan.get("unserved_w") or [0] * n
    return max((abs(plan["pcc_w"][i] - plan["load_w"][i] - sum(a["power_w"][i] for a in plan["assets"]) + unserved[i])
                for i in range(n)), default=0)


def plans():
    record = ctl("plan", "hongyuan", "--from", iso(report["from_ms"]), "--to", iso(report["to_ms"]))
    yield record
    for number in sorted(set(record["slot_plan_id"]) - {0}):
        yield ctl("plan", "hongyuan", "--id", str(number))


def iso(ms):
    import datetime
    return datetime.datetime.fromtimestamp(ms / 1000, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%MZ")


policies = report["sites"]["hongyuan"]["policies"]
mine, nothing, threshold = (policies[k] for k in ("suandian", "do_nothing", "threshold"))
limits = sorted({b["limit"] for b in mine["limits_broken"]})
promise(not limits, f"storage levels, grid connection and contract hold in the plant's truth {limits or ''}")
for name, (reserve, capacity) in RESERVES.items():
    lowest = min(s["storage"][name]["soc_wh"] for s in report["sites"]["hongyuan"]["slots"])
    promise(lowest >= reserve - capacity // 200,
            f"{name} keeps its reserve of {reserve / 1000:.0f} kWh (lowest {lowest / 1000:.1f} kWh)")
promise(mine["late_device_s"] <= 0.001 * mine["done_device_s"],
        f"work is on time ({mine['late_device_s']} of {mine['done_device_s']} device-seconds late)")
worst, slots, n = 0, None, 0
for plan in plans():
    worst = max(worst, imbalance(plan))
    slots = slots if slots is not None else len(plan["start_ms"])
    n += 1
promise(worst == 0, f"{n - 1} published plans and the record of {slots} slots balance to {worst} W")
promise(slots == (report["to_ms"] - report["from_ms"]) // 900000, f"the record is complete ({slots} slots)")
for name, other in (("doing nothing", nothing), ("price thresholds", threshold)):
    saved = (other["total_e4"] - mine["total_e4"]) / 1e4
    promise(saved >= 0, f"the week costs {mine['total_e4']/1e4:.2f} CNY, {saved:.2f} CNY "
            f"({saved / (other['total_e4']/1e4):.1%}) less than {name}")
promise(ctl("audit", "verify")["ok"], "the audit chain verifies")
sys.exit(1 if broken else 0)
