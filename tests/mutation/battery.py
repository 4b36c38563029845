# SPDX-License-Identifier: MIT
"""battery: single tests of Python files, many in one process, for a mutant of the Python layer.

    battery.py measure FILE [REACHED]      each test of one file, with what it reaches of a mapped file
    battery.py run                         reads `file test` lines, and stops at the first that fails

An interpreter takes longer to begin than most tests to run, and of a file of tests few come by a
mutant. So the parent (python_lanes.py) asks for single tests, in its order, and sees from the lines
that come back how far they are: `begin NUMBER`, `failed NUMBER`, `end`.
"""
import importlib.util
import json
import mmap
import os
import sys
import time
import unittest

loaded = {}


def load(path):
    """The module of a file, whose name may be that of another one; and its tests by their names."""
    if path not in loaded:
        name = f"battery_{len(loaded)}"
        spec = importlib.util.spec_from_file_location(name, path)
        module = sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        loaded[path] = {test.id().partition(".")[2]: test for test in
                        each_test(unittest.defaultTestLoader.loadTestsFromModule(module))}
    return loaded[path]


def each_test(suite):
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from each_test(test)
        else:
            yield test


def passes(test):
    """Whether it does; in a suite of its own, for what its class and its module set up."""
    result = unittest.TestResult()
    result.failfast = True
    unittest.TestSuite([test]).run(result)
    return result.wasSuccessful(), bool(result.skipped)


class Reached:
    """What has been reached since the last look, as the numbers of mutants."""

    def __init__(self, path):
        with open(path, "r+b") as file:
            self.map = mmap.mmap(file.fileno(), 0)

    def take(self):
        content = self.map[:]
        self.map[:] = bytes(len(content))
        return [at for at, byte in enumerate(content) if byte]


def measure(path, reached):
    """Writes, for each test: its name, seconds, whether it passes, and what it alone reaches; the
    first line is what the file reaches when it is loaded."""
    look = Reached(reached)
    tests = load(path)
    print(json.dumps(["", 0, True, look.take()]))
    for name, test in tests.items():
        begin = time.monotonic()
        good, is_skipped = passes(test)
        seconds = time.monotonic() - begin
        found = look.take()
        if not is_skipped:
            print(json.dumps([name, seconds, good, found]))


def run(out):
    for number, line in enumerate(sys.stdin.read().splitlines()):
        path, _, name = line.partition("\t")
        out.write(f"begin {number}\n")
        if not passes(load(path)[name])[0]:
            out.write(f"failed {number}\n")
            return
    out.write("end\n")


def main():
    # What the tests print is not for the parent.
    out = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    if sys.argv[1] == "run":
        run(out)
    else:
        sys.stdout = out
        measure(*sys.argv[2:])
    out.flush()
    os._exit(0)  # the end of the interpreter is other tests' business


if __name__ == "__main__":
    main()
