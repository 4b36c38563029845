# SPDX-License-Identifier: MIT
"""What the tests of wrapped libraries share: a control that has to fail, in a process of its own."""
import os
import signal
import subprocess
import sys

WRONG = 77

# A test with another module in place of its own, once or until it fails or the time is over.
PROGRAM = """
import os, resource, sys, time, unittest
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
import {other}
sys.modules[{module!r}] = {other}
import test_{module}
deadline = time.monotonic() + {seconds}
is_first = True
while is_first or time.monotonic() < deadline:
    is_first = False
    suite = unittest.defaultTestLoader.loadTestsFromName({test!r}, test_{module})
    result = suite.run(unittest.TestResult())
    for _, text in result.errors + result.failures:
        print("CONTROL:", text.strip().splitlines()[-1][:100], flush=True)
        os._exit({wrong})
"""


def failure(module, other, test, seconds):
    """How the test fails with the other module: an error, a signal, a report. None if it does not."""
    program = PROGRAM.format(module=module, other=other, test=test, seconds=seconds, wrong=WRONG)
    path = os.pathsep.join((os.path.dirname(os.path.abspath(__file__)), os.environ["PYTHONPATH"]))
    environment = {**os.environ, "PYTHONPATH": path, "PYTHONFAULTHANDLER": "",
                   "TSAN_OPTIONS": os.environ.get("TSAN_OPTIONS", "") + ":halt_on_error=1:symbolize=0"}
    try:
        done = subprocess.run([sys.executable, "-c", program], timeout=100, errors="replace",
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment)
    except subprocess.TimeoutExpired:
        return "it hangs"
    for line in done.stdout.splitlines():
        if any(mark in line for mark in ("CONTROL: ", "ThreadSanitizer: ", "AddressSanitizer: ")):
            return line.strip()
    if done.returncode < 0:
        return signal.Signals(-done.returncode).name
    if done.returncode:
        raise AssertionError(f"status {done.returncode}: {done.stdout[-2000:]}")
    return None


def see_it_fail(case, module, test):
    """The test fails without the lock; and with it, in the same frame, it does not."""
    seen = failure(module, module + "_unguarded", test, 45)
    print(f"  {test} without the lock: {seen}", flush=True)
    case.assertIsNotNone(seen, "the test did not see that the lock is missing")
    case.assertIsNone(failure(module, module, test, 0))
