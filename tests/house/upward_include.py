"""A floor can include itself and the floors it lists, and nothing else.

For every pair of floors (from, to) a file of `from` that includes a header of `to` goes through
the compiler with the include path that the build gives `from`.  It must find the header exactly
when `to` is `from` or in its DEPS.  `base` is also tried with "loop/loop.h", by name.

usage: upward_include.py <compiler> <floors.txt: name|deps|source dir|include dirs>
"""
import glob
import os
import subprocess
import sys


def finds(compiler, includes, header):
    """Whether the preprocessor, with that include path, finds the header."""
    run = subprocess.run([compiler, "-E", "-x", "c", "-", "-o", os.devnull] +
                         [word for folder in includes for word in ("-I", folder)],
                         input=f'#include "{header}"\n', text=True, capture_output=True)
    # Of the header itself: one inside of a floor may read floors that this one must not see.
    missing = any(f"error: {header}: No such file" in line or f"error: '{header}'" in line
                  for line in run.stderr.splitlines())
    return not missing


def main(compiler, table):
    floors = {}
    with open(table, encoding="utf-8") as stream:
        for line in stream.read().splitlines():
            name, deps, folder, includes = line.split("|")
            headers = sorted(glob.glob(os.path.join(folder, "*.h")))
            floors[name] = (set(filter(None, deps.split(";"))) | {name},
                            f"{name}/{os.path.basename(headers[0])}" if headers else None,
                            [path for path in includes.split(";") if path])
    tried = {True: 0, False: 0}
    wrong = []
    for name, (visible, _, includes) in floors.items():
        wanted = [(other in visible, header) for other, (_, header, _) in floors.items() if header]
        if name == "base":
            wanted.append((False, "loop/loop.h"))
        for expected, header in wanted:
            tried[expected] += 1
            if finds(compiler, includes, header) != expected:
                wrong.append(f"{name} {'cannot' if expected else 'can'} include {header}")
    for line in wrong:
        print(line)
    print(f"{len(floors)} floors: {tried[True]} includes that must be found, "
          f"{tried[False]} that must not")
    return 1 if wrong or not tried[True] or not tried[False] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
