# SPDX-License-Identifier: MIT
"""python_lanes: the tests of Python files as lanes of their own, each as small as a test can be.

battery.py runs them, many in one process. What is said here is how they are found, and how a process
is watched that runs some of them.
"""
import json
import os
import select
import signal
import subprocess
import time
from pathlib import Path

BATTERY = Path(__file__).with_name("battery.py")
FIRST = 10  # seconds that an interpreter may take until its first test is over


def is_python(test):
    """A test that is one Python file, of unittest's."""
    return test.name.startswith("python.") and len(test.command) == 2 and test.command[1].endswith(".py")


def environment_of(variables):
    """Of a process that runs tests: the interpreter's allocator writes over what is freed, so that who
    uses it still is found out. Not where another allocator is asked for."""
    return {"PYTHONMALLOC": "debug", **variables}


def limit_of(test):
    return 4 + 8 * test.seconds


def process_of(test):
    """What tests have in common that one process can run; nothing for other tests."""
    return test.method and (test.command[0], test.folder, sorted(test.environment.items()))


def tests_of(test, environment, reached):
    """The single tests of a file: (name, seconds, what it reaches, what it alone reaches), or nothing
    where one does not pass."""
    done = subprocess.run([test.command[0], str(BATTERY), "measure", test.command[1], str(reached)],
                          cwd=test.folder, env=environment_of(environment), stdin=subprocess.DEVNULL, timeout=300,
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]
    if done.returncode or not lines or not all(good for _, _, good, _ in lines):
        return []
    at_load = set(lines[0][3])
    return [(name, seconds, sorted(at_load | set(own)), own) for name, seconds, _, own in lines[1:]]


class Battery:
    """A process that runs single tests of one interpreter and environment."""

    def __init__(self, tests, environment, limits):
        self.tests = tests
        self.process = subprocess.Popen(
            [tests[0].command[0], str(BATTERY), "run"], cwd=tests[0].folder, env=environment_of(environment),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            start_new_session=True, preexec_fn=limits)
        self.buffer = b""

    def line(self, seconds):
        """The next line, or what there is instead of one: that it has ended, or does not end."""
        end = time.monotonic() + seconds
        while b"\n" not in self.buffer:
            ready, _, _ = select.select([self.process.stdout], [], [], max(end - time.monotonic(), 0))
            if not ready:
                return "late"
            more = os.read(self.process.stdout.fileno(), 1 << 16)
            if not more:
                return "gone"
            self.buffer += more
        line, _, self.buffer = self.buffer.partition(b"\n")
        return line.decode()

    def run(self, budget):
        """(the test that fails, what is wrong with it, how many ran), without a test if none does."""
        end, at = time.monotonic() + budget, 0
        self.ask()
        try:
            while True:
                left = end - time.monotonic()
                limit = limit_of(self.tests[at]) + (0 if at else FIRST)
                said, _, number = self.line(max(min(limit, left), 0.1)).partition(" ")
                if said == "end":
                    return None, "", len(self.tests)
                if said == "late" and left < limit or said == "begin" and left <= 0:
                    return None, "", at
                if said == "gone":
                    status = self.process.wait()
                    said = f"signal {-status}" if status < 0 else f"status {status}"
                if said != "begin":
                    return self.tests[at], "no end" if said == "late" else said, at + 1
                at = int(number)
        finally:
            self.end()

    def ask(self):
        try:
            with self.process.stdin as asked:
                asked.write("".join(f"{test.command[1]}\t{test.method}\n" for test in self.tests).encode())
        except BrokenPipeError:
            pass

    def end(self):
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        self.process.stdout.close()
