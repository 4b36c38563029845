# SPDX-License-Identifier: MIT
"""The five ways of fields/porting.md from Python: get_x() and set_y(1) of one object.

Prints the lines of bench.h: kind, case, threads, who, ns, spread, ours/it, it/bound, note. Rounds of all
of them are interleaved in one process, with a second thread alive; a figure is the median of the rounds,
the empty loop taken off. The last is a method of CPython's own that does next to nothing: what is left is
the call.
"""
import statistics
import sys
import threading
import time

import by_atomic
import by_cell
import by_confined
import by_locked
import by_seqlock

ROUNDS = 41
TIMES = 20000
WAYS = (by_atomic, by_seqlock, by_cell, by_locked, by_confined)


def loop(body):
    space = {}
    exec("def run(target, repeat):\n for _ in repeat:\n  " + (body * 10 or "pass") + "\n", space)
    return space["run"]


def nanoseconds(run, target):
    repeat = range(TIMES // 10)
    begin = time.perf_counter_ns()
    run(target, repeat)
    return (time.perf_counter_ns() - begin) / TIMES


def rows(call, rival, rivals_call):
    empty = loop("")
    contenders = [(way.__name__, loop(f"target.{call}; "), way.MyClass()) for way in WAYS]
    name = f"{type(rival).__name__}.{rivals_call}"
    contenders.append((name, loop(f"target.{rivals_call}; "), rival))
    times = {name: [] for name, _, _ in contenders}
    for _ in range(ROUNDS):
        base = nanoseconds(empty, None)
        for name, run, target in contenders:
            times[name].append(max(nanoseconds(run, target) - base, 0.1))
    first = times[contenders[0][0]]
    for name, all_of_it in times.items():
        low, middle, high = statistics.quantiles(all_of_it, n=4)
        ratio = statistics.median(ours / its for ours, its in zip(first, all_of_it))
        free = not getattr(sys, "_is_gil_enabled", lambda: True)()
        print("porting", call, 1, name, f"{middle:.1f}", f"{50 * (high - low) / middle:.0f}",
              "-" if all_of_it is first else f"{ratio:.2f}", "-",
              f"python {sys.version.split()[0]}{' free-threaded' if free else ''}", sep="\t")


def main():
    stop = threading.Event()
    companion = threading.Thread(target=stop.wait)
    companion.start()
    rows("get_x()", 1, "conjugate()")
    rows("set_y(1)", [], "count(1)")
    stop.set()
    companion.join()
    return 0


if __name__ == "__main__":
    sys.exit(main())
