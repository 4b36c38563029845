# SPDX-License-Identifier: MIT
"""Counts every .py file of this interpreter's standard library with 16 threads and one Tally, while
one thread keeps replacing its options and another keeps taking snapshots; then counts it again in
plain Python with one thread. Any difference, torn record or exception makes the demo fail."""
import os
import random
import sys
import sysconfig
import threading
import time

import tally

THREADS = 16
ROUNDS = 30  # each file is counted this often


def python_files():
    found = []
    for folder, folders, names in os.walk(sysconfig.get_path("stdlib")):
        folders[:] = [name for name in folders if name not in ("site-packages", "dist-packages")]
        found += [os.path.join(folder, name) for name in names if name.endswith(".py")]
    return sorted(name for name in found if os.access(name, os.R_OK) and os.path.isfile(name))


def read(name):
    with open(name, "rb") as file:
        return file.read()


class Demo:
    def __init__(self, files):
        self.files = files
        self.work = len(files) * ROUNDS
        self.tally = tally.Tally(options=self.options(0))
        self.errors = []
        self.operations = [0] * (THREADS + 2)
        self.done = threading.Event()

    @staticmethod
    def options(generation):
        block = random.choice((512, 4096, 65536))
        return {"newline": 10, "block": block, "generation": generation, "check": block + generation}

    def count(self, index):
        shared = self.tally
        while (number := shared.taken_fetch_add(1)) < self.work:
            number %= len(self.files)
            data = read(self.files[number])
            shared.count(number, data)
            shared.bytes_fetch_add(len(data))
            shared.files_fetch_add(1)
            self.operations[index] += 7

    def swap(self, index):
        generation = 0
        while not self.done.is_set():
            generation += 1
            self.tally.options = self.options(generation)
            self.operations[index] += 1
            if generation % 16 == 0:
                time.sleep(0.0001)

    def snapshot(self, index):
        before = (0, 0, 0, 0, 0)
        while not self.done.is_set():
            shared = self.tally
            options, largest = shared.options, shared.largest
            now = (shared.files, shared.bytes, shared.lines, largest.bytes, options.generation)
            if any(new < old for new, old in zip(now, before)):
                raise ValueError(f"a count has fallen: {before} and then {now}")
            if options.check != options.block + options.generation:
                raise ValueError(f"torn options: {options}")
            if largest.lines > largest.bytes or largest.number >= len(self.files):
                raise ValueError(f"torn record: {largest}")
            before = now
            self.operations[index] += 5
            if self.operations[index] % 80 == 0:
                time.sleep(0.0001)

    def thread(self, body, index):
        def run():
            try:
                body(index)
            except BaseException as error:
                self.errors.append(error)
        thread = threading.Thread(target=run)
        thread.start()
        return thread

    def run(self):
        begin = time.perf_counter()
        watchers = [self.thread(self.swap, THREADS), self.thread(self.snapshot, THREADS + 1)]
        counters = [self.thread(self.count, index) for index in range(THREADS)]
        wait, end = (0.2, "\r") if sys.stdout.isatty() else (2, "\n")
        shown = begin
        while any(thread.is_alive() for thread in counters):
            time.sleep(0.05)
            if time.perf_counter() - shown > wait:
                shown = time.perf_counter()
                self.progress(end)
        self.done.set()
        for thread in counters + watchers:
            thread.join()
        self.progress("\n")
        return time.perf_counter() - begin

    def progress(self, end):
        print(f"  {self.tally.files} of {self.work} files, {self.tally.lines} lines, options replaced "
              f"{self.tally.options.generation} times, {self.operations[-1] // 5} snapshots, "
              f"{len(self.errors)} errors", end=end, flush=True)


def plain(files):
    counts = [0, 0, 0]
    largest = (0, 0, 0)
    for number, name in enumerate(files):
        data = read(name)
        lines = data.count(b"\n")
        counts = [counts[0] + 1, counts[1] + len(data), counts[2] + lines]
        if len(data) > largest[1]:
            largest = (number, len(data), lines)
    return [count * ROUNDS for count in counts], largest


def main():
    free = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))
    name = sys.version.split()[0] + (" free-threaded" if free else " with the GIL")
    if free and sys._is_gil_enabled():
        sys.exit("the extension has switched the GIL on")
    print(f"Python {name}", flush=True)
    files = python_files()
    expected, largest = plain(files)
    demo = Demo(files)
    elapsed = demo.run()
    shared = demo.tally
    found = [shared.files, shared.bytes, shared.lines]
    lost = sum(abs(want - have) for want, have in zip(expected, found)) + (shared.largest != largest)
    print(f"  {'':<24}{'files':>10}{'bytes':>14}{'lines':>12}{'largest':>10}")
    print(f"  {'one thread, plain':<24}{expected[0]:>10}{expected[1]:>14}{expected[2]:>12}{largest[1]:>10}")
    print(f"  {f'{THREADS} threads, one Tally':<24}{found[0]:>10}{found[1]:>14}{found[2]:>12}"
          f"{shared.largest.bytes:>10}")
    print(f"  {sum(demo.operations)} operations on fields, {len(demo.errors)} errors, {lost} lost updates, "
          f"{elapsed:.1f} s", flush=True)
    for error in demo.errors[:5]:
        print(f"  error: {error!r}", flush=True)
    return 1 if demo.errors or lost else 0


if __name__ == "__main__":
    sys.exit(main())
