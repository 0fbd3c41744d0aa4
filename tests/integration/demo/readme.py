#!/usr/bin/python3
"""Puts what the demo printed into README.md: the picture, the table of the event, that of costs.

    tests/integration/demo.sh build/release | tests/integration/demo/readme.py README.md

The three blocks between ``` are replaced in this order; everything else stays.
"""
import re
import sys



def section(text, title):
    """What stands below a heading, up to the next."""
    found = re.search(r"^── " + re.escape(title) + r"[^\n]*\n\n(.*?)(?=^── |\Z)", text, re.M | re.S)
    if not found:
        sys.exit(f"the demo printed no «{title}»")
    return found.group(1).rstrip().split("\n")


def plot(lines):
    """The picture below the table of hours."""
    return lines[next(i for i, line in enumerate(lines) if line.startswith("hongyuan, as")) + 1:]


def main(path):
    printed = sys.stdin.read()
    blocks = [plot(section(printed, "The day, hour by hour")), section(printed, "The event: target"),
              section(printed, "What the day cost")]
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
