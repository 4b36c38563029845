"""Attributes of a class of fields beside the same members shown by PyMemberDef.

Rounds of the two are interleaved in one process, with a second thread alive, and each figure is the
median of the rounds, the empty loop taken off.
"""
import platform
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
    return (statistics.median(ours) - statistics.median(base),
            statistics.median(theirs) - statistics.median(base), statistics.median(ratios))


def main():
    stop = threading.Event()
    companion = threading.Thread(target=stop.wait)
    companion.start()
    gil = not sysconfig.get_config_var("Py_GIL_DISABLED")
    print(f"{platform.python_implementation()} {platform.python_version()}",
          "with the GIL" if gil else "free-threaded", "on", platform.machine())
    print(f"{'attribute':<24}{'fields':>10}{'PyMemberDef':>14}{'ratio':>8}")
    cases = [("number", 5), ("number", 10 ** 15), ("real", 2.5), ("flag", True)]
    for name, value in cases:
        for what, body in (("read", READ), ("write", WRITE)):
            ours, theirs, quotient = ratio(body, value, name)
            print(f"{what + ' ' + name + ' ' + repr(value)[:6]:<24}{ours:>7.1f} ns{theirs:>11.1f} ns"
                  f"{quotient:>8.2f}")
    stop.set()
    companion.join()
    return 0


if __name__ == "__main__":
    sys.exit(main())
