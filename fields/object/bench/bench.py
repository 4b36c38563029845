# SPDX-License-Identifier: MIT
"""An object field beside __slots__, CPython's own attribute for an object.

Prints the lines of bench.h: kind, case, threads, who, ns, spread, ours/it, it/bound, note. Run it with
the extension `holder` in the path:

    PYTHONPATH=build/tests/python/3.14t python3.14t fields/object/bench/bench.py

All threads share one object. A value that is not immortal has a count which every reader raises and
lowers; on free-threaded builds that is most of what two threads pay, with any attribute.
"""
import os
import statistics
import sys
import threading
import time

import holder

SECONDS = float(os.environ.get("AFIELD_BENCH_SECONDS", "0.12"))
BATCH = 2000


class Slots:
    __slots__ = ("value",)


def loop(body):
    space = {}
    exec("def run(target, value, repeat):\n for _ in repeat:\n  " + (body * 10 or "pass") + "\n", space)
    return space["run"]


def measure(run, target, values, threads):
    """Nanoseconds for one operation of one thread, `threads` of them side by side."""
    start = threading.Barrier(threads + 1)
    times = []

    def member(value):
        repeat = range(BATCH // 10)
        start.wait()
        begin = time.perf_counter_ns()
        run(target, value, repeat)
        times.append((time.perf_counter_ns() - begin) / BATCH)
    crew = [threading.Thread(target=member, args=(values[i],)) for i in range(threads)]
    for thread in crew:
        thread.start()
    start.wait()
    for thread in crew:
        thread.join()
    return statistics.mean(times)


def spread(values):
    low, middle, high = statistics.quantiles(values, n=4)
    return 50 * (high - low) / middle if middle else 0


def row(case, body, make, threads):
    run, empty = loop(body), loop("")
    ours, theirs, ratios = [], [], []
    deadline = time.monotonic() + 2 * SECONDS * max(threads, 1)
    while len(ratios) < 9 or time.monotonic() < deadline:
        values = [make() for _ in range(threads)]
        field, slot = holder.Plain(value=values[0]), Slots()
        slot.value = values[0]
        base = measure(empty, field, values, threads)
        theirs.append(max(measure(run, slot, values, threads) - base, 0.1))
        ours.append(max(measure(run, field, values, threads) - base, 0.1))
        ratios.append(ours[-1] / theirs[-1])
    for who, times, ratio in (("afield", ours, "-"), ("__slots__", theirs,
                                                      f"{statistics.median(ratios):.2f}")):
        print("object", case, threads, who, f"{statistics.median(times):.1f}", f"{spread(times):.0f}",
              ratio, "-", f"python {sys.version.split()[0]}"
              f"{'' if getattr(sys, '_is_gil_enabled', lambda: True)() else ' free-threaded'}", sep="\t")


def main():
    stop = threading.Event()
    companion = threading.Thread(target=stop.wait)
    companion.start()
    for threads in sorted({1, os.cpu_count() or 1}):
        row("read an object", "target.value; ", lambda: [1], threads)
        row("read an immortal object", "target.value; ", lambda: None, threads)
        row("write an object", "target.value = value; ", lambda: [1], threads)
    stop.set()
    companion.join()


if __name__ == "__main__":
    main()
