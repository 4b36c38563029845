# SPDX-License-Identifier: MIT
"""Instructions and cache misses of one operation, which do not depend on what else the machine does.

One thread runs a contender alone, a few times and many times (AFIELD_BENCH_COUNT in bench.h); the
difference of the two is the operations'. What other threads of the process do for it, a reclaimer,
is counted, too. Counted by perf where the processor's counters can be had, else by callgrind, whose
caches are simulated.
"""
import os
import shutil
import subprocess
import tempfile

FEW, MANY = 2000, 12000


def environment(case, who, times):
    return dict(os.environ, AFIELD_BENCH_COUNT=f"{case}/{who}/{times}")


def by_perf(program, env):
    """Instructions and misses, or nothing where there are no counters."""
    done = subprocess.run(["perf", "stat", "-x", "\t", "-e", "instructions:u,cache-misses:u",
                           program], env=env, capture_output=True, text=True)
    found = {}
    for line in done.stderr.splitlines():
        columns = line.split("\t")
        if len(columns) > 2 and columns[0].isdigit():
            found[columns[2].split(":")[0]] = int(columns[0])
    if done.returncode or len(found) < 2:
        return None
    return found["instructions"], found["cache-misses"]


def by_callgrind(program, env):
    with tempfile.NamedTemporaryFile() as out:
        done = subprocess.run(["valgrind", "--tool=callgrind", "--cache-sim=yes",
                               f"--callgrind-out-file={out.name}", program], env=env,
                              stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        events, totals = [], {}
        for line in out.read().decode().splitlines():
            if line.startswith("events:"):
                events = line.split()[1:]
            elif line.startswith(("summary:", "totals:")):
                totals = dict(zip(events, map(int, line.split()[1:])))
    if done.returncode or "Ir" not in totals:
        return None
    return totals["Ir"], sum(totals.get(name, 0) for name in ("I1mr", "D1mr", "D1mw"))


def counter():
    """The function that counts, and what it is called; nothing where there is none."""
    if shutil.which("perf") and by_perf("true", os.environ):
        return by_perf, "perf: instructions and cache misses in user space"
    if shutil.which("valgrind"):
        return by_callgrind, "callgrind: instructions, and misses of a simulated first-level cache"
    return None, None


def lines(rows):
    """The table, a line as soon as it is known. rows: program, kind, case, who."""
    count, name = counter()
    if not count:
        yield "Instructions are not counted: neither perf's counters nor valgrind is here."
        return
    yield f"By {name}, for one operation of one thread."
    yield "{:<46} {:<24} {:>12} {:>8}".format("case", "who", "instructions", "misses")
    for program, kind, case, who in rows:
        few = count(program, environment(case, who, FEW))
        many = few and count(program, environment(case, who, MANY))
        if many:
            each = [(b - a) / (MANY - FEW) for a, b in zip(few, many)]
            yield "{:<46} {:<24} {:>12.1f} {:>8.2f}".format(f"{kind}: {case}", who, *each)
        else:
            yield "{:<46} {:<24} {:>12} {:>8}".format(f"{kind}: {case}", who, "failed", "-")
