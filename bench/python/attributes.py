# SPDX-License-Identifier: MIT
"""Attributes of a class of fields beside the same members shown by PyMemberDef.

Prints the lines of bench.h: kind, case, threads, who, ns, spread, ours/it, it/bound, note. Rounds of the
two are interleaved in one process, with a second thread alive; a figure is the median of the rounds,
the empty loop taken off.
"""
import statistics
import sys
import sysconfig
import threading
import time

import rivals

ROUNDS = 41
TIMES = 20000

READ = "target.{0}; " * 10
WRITE = "target.{0} = value; " * 10


def loop(body):
    space = {}
    source = "def run(target, value, repeat):\n for _ in repeat:\n  " + (body or "pass") + "\n"
    exec(source, space)
    return space["run"]


def seconds(run, target, value):
    repeat = range(TIMES // 10)
    begin = time.perf_counter_ns()
    run(target, value, repeat)
    return (time.perf_counter_ns() - begin) / TIMES


def ratio(body, value, name):
    fields, members = rivals.Fields(), rivals.Members()
    setattr(fields, name, value)
    setattr(members, name, value)
    run, empty = loop(body.format(name)), loop("")
    theirs, ours, base, ratios = [], [], [], []
    for _ in range(ROUNDS):
        base.append(seconds(empty, fields, value))
        theirs.append(seconds(run, members, value))
        ours.append(seconds(run, fields, value))
        ratios.append((ours[-1] - base[-1]) / (theirs[-1] - base[-1]))
    empty_loop = statistics.median(base)
    return ([time - empty_loop for time in ours], [time - empty_loop for time in theirs],
            statistics.median(ratios))


def spread(times):
    low, middle, high = statistics.quantiles(times, n=4)
    return 50 * (high - low) / middle


def main():
    stop = threading.Event()
    companion = threading.Thread(target=stop.wait)
    companion.start()
    note = f"python {sys.version.split()[0]}"
    if sysconfig.get_config_var("Py_GIL_DISABLED"):
        note += " free-threaded"
    cases = [("number", 5), ("number", 10 ** 15), ("real", 2.5), ("flag", True)]
    for name, value in cases:
        for what, body in (("read", READ), ("write", WRITE)):
            ours, theirs, quotient = ratio(body, value, name)
            for who, times, shown in (("afield", ours, "-"), ("PyMemberDef", theirs, f"{quotient:.2f}")):
                print("python", f"{what} {name} {value!r:.6}", 1, who, f"{statistics.median(times):.1f}",
                      f"{spread(times):.0f}", shown, "-", note, sep="\t")
    stop.set()
    companion.join()
    return 0


if __name__ == "__main__":
    sys.exit(main())
