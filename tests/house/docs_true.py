"""What the documents name exists in the sources.

docs/ARCHITECTURE.md: every path in backticks is there, and every function is defined: in a file that the
same paragraph, list item or row names, if it names any, else anywhere.
docs/OPERATIONS.md: its metrics are those of the daemon, no more and no fewer; so are its reasons of health,
and every option of a program that it shows is one.
config/monitoring/alerts.yaml: its rules read only metrics that there are.

usage: docs_true.py <root of the sources>
"""
import glob
import os
import re
import sys

ROOT = sys.argv[1]
FOLDERS = ("daemon", "proto", "adapters", "config")
TICKED = re.compile(r"`([^`\n]+)`")
FUNCTION = re.compile(r"^([a-z_][a-z0-9_]*)\(\)$")
MACRO = re.compile(r"^([A-Z_]+)\(\)$")
PATH = re.compile(r"^[\w.@-]+(/[\w.@*-]+)+$|^[A-Z]\w*\.(txt|md)$")
METRIC = re.compile(r"\bsuandian_[a-z0-9_]+\b")
faults = []


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as f:
        return f.read()


def sources(*folders):
    return sorted(os.path.relpath(p, ROOT) for folder in folders
                  for p in glob.glob(os.path.join(ROOT, folder, "**", "*.[ch]"), recursive=True))


def definitions(path):
    """Names of functions and macros defined in a file: what stands before a bracket at the left margin."""
    text = read(path)
    return set(re.findall(r"^(?:[a-z_][\w \t*]*[ \t*])?([a-z_]\w*)\([^;]*?\)\s*\{", text, re.M)) | \
        set(re.findall(r"^#define ([A-Z_]+)\(", text, re.M))


def blocks(text):
    """Paragraphs, list items and rows of tables, without what is drawn or typed."""
    text = re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)
    return [b for b in re.split(r"\n\s*\n|\n(?=[*|-] ?)", text) if b.strip()]


def exists(path):
    return bool(glob.glob(os.path.join(ROOT, path)))


def check_architecture():
    page = "docs/ARCHITECTURE.md"
    defined = {p: definitions(p) for p in sources(*FOLDERS)}
    everywhere = set().union(*defined.values())
    seen_paths, seen_functions = set(), set()
    for block in blocks(read(page)):
        ticked = [" ".join(t.split()) for t in TICKED.findall(block)]
        paths = [t for t in ticked if PATH.match(t) and not t.startswith("adapters/NAME")]
        here = [p for p in paths if p in defined]
        for path in paths:
            seen_paths.add(path)
            if not exists(path) and not exists("daemon/" + path) and not exists("docs/" + path):
                faults.append(f"{page}: there is no {path}")
        for name in (m.group(1) for m in map(FUNCTION.match, ticked) if m):
            seen_functions.add(name)
            if here and not any(name in defined[p] for p in here):
                faults.append(f"{page}: no {name}() in {', '.join(here)}")
            elif name not in everywhere:
                faults.append(f"{page}: no {name}() anywhere")
        for name in (m.group(1) for m in map(MACRO.match, ticked) if m):
            if name not in everywhere:
                faults.append(f"{page}: no {name}() anywhere")
    print(f"{page}: {len(seen_paths)} paths, {len(seen_functions)} functions")
    return seen_paths and seen_functions


def metrics_of_daemon():
    return {m for p in sources("daemon") for m in re.findall(r'"(suandian_[a-z0-9_]+)"', read(p))}


def check_metrics():
    real = metrics_of_daemon()
    page = "docs/OPERATIONS.md"
    told = set(re.findall(r"^\| `(suandian_[a-z0-9_]+)", read(page), re.M))
    faults.extend(f"{page}: {m} is not told" for m in sorted(real - told))
    faults.extend(f"{page}: there is no {m}" for m in sorted(told - real))
    rules = "config/monitoring/alerts.yaml"
    used = set()
    for line in read(rules).splitlines():
        for m in METRIC.findall(line.split("#")[0]):
            used.add(re.sub(r"_(bucket|sum|count)$", "", m) if m not in real else m)
    faults.extend(f"{rules}: there is no {m}" for m in sorted(used - real))
    print(f"{page}: {len(told)} metrics; {rules}: {len(used)}")
    return real and told and used


def check_health():
    page = "docs/OPERATIONS.md"
    real = set(re.findall(r'\badd\(s, "([a-z_]+)"', read("daemon/engine/health.c")))
    told = set(re.findall(r"^\*\*`([a-z_]+)`\*\*", read(page), re.M))
    faults.extend(f"{page}: the reason {m} is not told" for m in sorted(real - told))
    faults.extend(f"{page}: there is no reason {m}" for m in sorted(told - real))
    print(f"{page}: {len(told)} reasons of health")
    return real and told


PROGRAMS = {"suandiand": "daemon/options.c", "suandianctl": "daemon/ctl/*.c", "suandian-sim": "adapters/sim/options.c"}
COMMAND = re.compile(r"\b(suandiand|suandianctl|suandian-sim)\b(?![\w.@-])[^#;&|>\n]*")


def check_options():
    """--option in a typed command of a document: its program knows it."""
    known = {name: set(re.findall(r'"(?:--)?([a-z][a-z-]+)["= ]',
                                  "".join(read(os.path.relpath(p, ROOT)) for p in glob.glob(os.path.join(ROOT, where)))))
             for name, where in PROGRAMS.items()}
    seen = set()
    for page in ("docs/OPERATIONS.md", "README.md"):
        text = read(page).replace("\\\n", " ")
        for block in re.findall(r"^```.*?^```|(?:^    .*\n)+", text, re.M | re.S):
            for m in COMMAND.finditer(block):
                # a command in quotes is another program's
                words = re.sub(r"'[^']*'?", "", m.group(0))
                seen |= {(page, m.group(1), o) for o in re.findall(r"(?<=\s)--([a-z][a-z-]+)", words)}
    faults.extend(f"{page}: {name} has no --{o}" for page, name, o in sorted(seen) if o not in known[name])
    print(f"{len(seen)} options in examples")
    return seen


ran = [check() for check in (check_architecture, check_metrics, check_health, check_options)]
for fault in faults:
    print(fault)
if not all(ran):
    print("something was not seen at all: the check is broken")
sys.exit(1 if faults or not all(ran) else 0)
