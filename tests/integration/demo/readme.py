#!/usr/bin/python3
"""Puts what the demo printed into README.md: some panels of the plot, the table of the event, that of costs.

    tests/integration/demo.sh build/release | tests/integration/demo/readme.py README.md

The three blocks between ``` are replaced in this order; everything else stays.
"""
import re
import sys

PANELS = ("PCC", "hongyuan/pv1", "hongyuan/bess SOC", "price")
COSTS = re.compile(r"^ +suandian |^  (energy|bought behind|demand|over|battery|late work|stored|work still|total|CO2|section) "
                   r"|^  link|^  [+-][\d.]+ CNY")
MOST_LINES = 30


def section(text, title):
    """What stands below a heading, up to the next."""
    found = re.search(r"^── " + re.escape(title) + r"[^\n]*\n\n(.*?)(?=^── |\Z)", text, re.M | re.S)
    if not found:
        sys.exit(f"the demo printed no «{title}»")
    return found.group(1).rstrip().split("\n")


def region(lines):
    """What follows the headline of all sites together."""
    return lines[next(i for i, line in enumerate(lines) if line.startswith("the region")):]


def plot(lines):
    """The strip of events, the panels wanted, the hours."""
    lines = lines[next(i for i, line in enumerate(lines) if line.startswith("event ")) + 1:]
    heads = [i for i, line in enumerate(lines) if not line.startswith(" ")]
    shown = lines[:heads[0]]
    for at, end in zip(heads, heads[1:] + [len(lines)]):
        if lines[at].startswith(PANELS):
            shown += lines[at:end]
    return shown[:MOST_LINES]


def main(path):
    printed = sys.stdin.read()
    blocks = [plot(section(printed, "The day as it was planned")), section(printed, "The event: target"),
              [line for line in region(section(printed, "What it cost")) if COSTS.match(line)]]
    with open(path, encoding="utf-8") as f:
        page = f.read()
    found = re.findall(r"^```\n.*?^```\n", page, re.M | re.S)
    if len(found) != len(blocks):
        sys.exit(f"{path} has {len(found)} blocks, not {len(blocks)}")
    for old, new in zip(found, blocks):
        page = page.replace(old, "```\n" + "".join(line.rstrip() + "\n" for line in new) + "```\n", 1)
    with open(path, "w", encoding="utf-8") as f:
        f.write(page)


main(sys.argv[1])
