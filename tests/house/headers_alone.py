"""Every header of a floor compiles alone, twice in one file, with the include path of its floor.
What is named *.inc.h is no header but a piece of a source file, which is made for several widths.

usage: headers_alone.py <compiler> <floors.txt: name|deps|source dir|include dirs>
"""
import concurrent.futures
import glob
import os
import subprocess
import sys


def compiles(compiler, includes, header):
    """What the compiler has against a file that only includes the header; empty if nothing."""
    run = subprocess.run([compiler, "-std=gnu17", "-D_GNU_SOURCE", "-Wall", "-Wextra", "-Werror",
                          "-fsyntax-only", "-x", "c", "-"] +
                         [word for folder in includes for word in ("-I", folder)],
                         input=f'#include "{header}"\n#include "{header}"\n', text=True,
                         capture_output=True)
    return run.stderr if run.returncode else ""


def main(compiler, table):
    jobs = []
    with open(table, encoding="utf-8") as stream:
        for line in stream.read().splitlines():
            name, _, folder, includes = line.split("|")
            for header in sorted(glob.glob(os.path.join(folder, "*.h"))):
                if header.endswith(".inc.h"):
                    continue
                jobs.append((f"{name}/{os.path.basename(header)}",
                             [path for path in includes.split(";") if path]))
    bad = 0
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for job, text in zip(jobs, pool.map(lambda j: compiles(compiler, j[1], j[0]), jobs)):
            if text:
                bad += 1
                print(f"{job[0]} does not compile alone:\n{text}")
    print(f"{len(jobs)} headers, {bad} of them do not compile alone")
    return 1 if bad or not jobs else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2]))
