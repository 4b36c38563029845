# SPDX-License-Identifier: MIT
"""A map beside a dict, alone and under a threading.Lock.

Prints the lines of bench.h: kind, case, threads, who, ns, spread, ours/it, it/bound, note. Run it with
the extension `maps` in the path:

    PYTHONPATH=build/tests/python/3.14t python3.14t fields/map/bench/bench.py

All threads share one collection of 1000 keys and use them in turn. Values are small integers, which
are immortal from 3.12 on and not counted. A bare dict is safe beside other threads for these
operations; what it has no way to do in one step is compare_exchange.
"""
import os
import statistics
import sys
import threading
import time

import maps

SECONDS = float(os.environ.get("AFIELD_BENCH_SECONDS", "0.12"))
BATCH = 4000
KEYS = [f"key {number}" for number in range(1000)]
CASES = (("get", "target[key]"), ("set", "target[key] = 5"),
         ("insert and pop", "target[key, i] = 1; target.pop((key, i))"))


def loop(body, locked):
    body = f"with lock: {body}" if locked else body
    space = {}
    exec(f"def run(target, lock, i, keys):\n for key in keys:\n  {body}\n", space)
    return space["run"]


def measure(run, target, threads):
    """Nanoseconds for one operation of one thread, `threads` of them side by side."""
    start, lock = threading.Barrier(threads + 1), threading.Lock()
    times = []

    def member(index):
        keys = KEYS * (BATCH // len(KEYS))
        start.wait()
        begin = time.perf_counter_ns()
        run(target, lock, index, keys)
        times.append((time.perf_counter_ns() - begin) / BATCH)
    workers = [threading.Thread(target=member, args=(i,)) for i in range(threads)]
    for thread in workers:
        thread.start()
    start.wait()
    for thread in workers:
        thread.join()
    return statistics.mean(times)


def spread(values):
    low, middle, high = statistics.quantiles(values, n=4)
    return 50 * (high - low) / middle if middle else 0


def row(case, body, threads):
    box = maps.Maps()
    targets = (("afield", box.objects, False), ("dict and Lock", {}, True), ("dict", {}, False))
    times = {who: [] for who, _, _ in targets}
    for _, target, _ in targets:
        target.update(dict.fromkeys(KEYS, 3))
    for _ in range(5):
        maps.barrier()
    deadline = time.monotonic() + 3 * SECONDS * threads
    while len(times["dict"]) < 9 or time.monotonic() < deadline:
        for who, target, locked in targets:
            times[who].append(measure(loop(body, locked), target, threads))
    for who, _, _ in targets:
        ratio = statistics.median(o / t for o, t in zip(times["afield"], times[who]))
        print("map", f"Python {case}", threads, who, f"{statistics.median(times[who]):.1f}",
              f"{spread(times[who]):.0f}", "-" if who == "afield" else f"{ratio:.2f}", "-",
              f"python {sys.version.split()[0]}"
              f"{'' if getattr(sys, '_is_gil_enabled', lambda: True)() else ' free-threaded'}", sep="\t")


def main():
    for threads in sorted({1, os.cpu_count() or 1, 4 * (os.cpu_count() or 1)}):
        for case, body in CASES:
            row(case, body, threads)


if __name__ == "__main__":
    main()
