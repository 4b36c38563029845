# SPDX-License-Identifier: MIT
"""What every Python test uses: the interpreter's name, scaled counts, threads that start together,
and programs of their own that must end in time."""
import faulthandler
import gc
import os
import signal
import subprocess
import sys
import sysconfig
import threading
import time
import unittest

FREE_THREADED = bool(sysconfig.get_config_var("Py_GIL_DISABLED"))
SANITIZED = os.environ.get("AFIELD_SANITIZED", "")
# A test whose child allocates: what another thread had locked of the allocator stays locked there.
forks = unittest.skipIf(SANITIZED, "a sanitizer's allocator may be locked in the child")
THREADS = 16


class Thing:
    """An object that can be weakly referenced and says when it ends."""

    def __init__(self, at_end=None):
        self.at_end = at_end

    def __del__(self):
        if self.at_end:
            self.at_end()


class Index:
    """A number that Python code makes when it is asked for."""

    def __init__(self, call):
        self.call = call

    def __index__(self):
        return self.call()


class Odd:
    """A key whose hash and equality are Python code, and which tells how often it was asked. There
    are so many hashes."""
    asked = 0

    def __init__(self, number, then=None, hashes=10):
        self.number, self.then, self.hashes = number, then, hashes

    def __hash__(self):
        return hash(self.number % self.hashes)

    def __eq__(self, other):
        Odd.asked += 1
        if self.then:
            self.then()
        return isinstance(other, Odd) and other.number == self.number


class Number:
    """An object stored once, which a history calls by its number."""
    __slots__ = ("number",)

    def __init__(self, number):
        self.number = number


class Switching(unittest.TestCase):
    """Threads take turns all the time: after `interval` seconds, not after 5 ms."""
    interval = 1e-6

    def setUp(self):
        self.addCleanup(sys.setswitchinterval, sys.getswitchinterval())
        sys.setswitchinterval(self.interval)


class InThread(threading.Thread):
    """Runs call() in a thread and keeps what it returned."""

    def __init__(self, call):
        super().__init__(daemon=True)
        self.call = call
        self.result = None
        self.start()

    def run(self):
        self.result = self.call()

    def end(self):
        self.join(90)
        return "hangs" if self.is_alive() else self.result


def states(it, names):
    """What the views of those names show of an object."""
    found = {}
    for name in names:
        view = getattr(it, name)
        for ask in ("__len__", "qsize", "is_set"):
            if hasattr(view, ask):
                found[name] = getattr(view, ask)()
        if hasattr(view, "items"):
            found[name] = sorted(view.items(), key=repr)
        elif hasattr(view, "copy"):
            found[name] = view.copy()
    return found


def all_end(alive):
    """Whether all of a weakref.WeakSet end, some of them in other threads, before two seconds."""
    for _ in range(40):
        gc.collect()
        if not len(alive):
            return True
        time.sleep(0.05)
    return False


def outcome(call):
    """What a call did: its result, or the name of the exception and its last words."""
    try:
        return call()
    except RuntimeError as error:
        return f"{type(error).__name__}: {str(error).split(': ')[-1]}"


def elsewhere(body):
    """What body returns or raises in a thread of its own, which has ended for good: before 3.13,
    join returns while the system's thread has still to end."""
    result = []

    def run():
        try:
            result.append(body())
        except BaseException as error:
            result.append(error)
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    while os.path.exists(f"/proc/self/task/{thread.native_id}"):
        time.sleep(0.001)
    if isinstance(result[0], BaseException):
        raise result[0]
    return result[0]


def scaled(count):
    """How much of a test to run, as test_scaled in test.h."""
    count = count * int(os.environ.get("AFIELD_TEST_SCALE", "100")) // 100
    if os.environ.get("AFIELD_STRESS") == "long":
        count *= 100
    if SANITIZED:
        count //= 10
    return max(count, 1)


def run_threads(count, body):
    """Runs body(index) in `count` threads that start together; raises what the first one raised."""
    start = threading.Barrier(count)
    errors = []

    def member(index):
        try:
            start.wait()
            body(index)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=member, args=(index,)) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def interrupt(call, restarts=False):
    """Makes a call that waits, and interrupts it: out comes a KeyboardInterrupt. The signals go on
    until one of them has raised it, for the first may come before the sleep has begun. When it
    restarts, the handler is installed as one that lets system calls start again."""
    raised = []

    def handler(*unused):
        if not raised:
            raised.append(True)
            raise KeyboardInterrupt
    before = signal.signal(signal.SIGALRM, handler)
    signal.siginterrupt(signal.SIGALRM, not restarts)
    signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
    try:
        call()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def watch(seconds=290):
    """Ends the test when it hangs, even attached to the interpreter, and says where: at first a
    little before CTest would, which cannot say it."""
    if "AFIELD_STRESS" not in os.environ:
        faulthandler.dump_traceback_later(seconds, exit=True)


watch()


def watchdog(seconds=250 if SANITIZED else 100):
    """setUpModule and tearDownModule of a test that may hang and is short."""
    return lambda: watch(seconds), watch


def run_program(source, timeout=60, **environment):
    """Runs a program in an interpreter of its own; fails unless it ends well and in time, which a
    sanitizer doubles."""
    done = subprocess.run([sys.executable, "-X", "dev", "-W", "ignore", "-c", source],
                          timeout=timeout * (2 if SANITIZED else 1),
                          env={**os.environ, **environment}, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, errors="replace")
    if done.returncode:
        raise AssertionError(f"status {done.returncode}\n{done.stdout[-4000:]}")
    return done.stdout


# For run_program: create() and run(which, code) for interpreters, isolated ones where there are such;
# and run_side_by_side(count, code), twice in a thread for each.
INTERPRETERS = """
import sys
try:
    import _interpreters
except ImportError:
    import _xxsubinterpreters as _interpreters
def create():
    if sys.version_info >= (3, 13):
        return _interpreters.create('isolated')
    return _interpreters.create(isolated=sys.version_info >= (3, 12))
def run(which, code):
    if sys.version_info >= (3, 13):
        failed = _interpreters.exec(which, code)
        assert failed is None, failed
    else:
        _interpreters.run_string(which, code)
def run_side_by_side(count, code, meanwhile=lambda: None):
    import threading
    each, errors = [create() for i in range(count)], []
    def body(which):
        try:
            for i in range(2):
                run(which, code)
        except BaseException as error:
            errors.append(error)
    threads = [threading.Thread(target=body, args=(which,)) for which in each]
    for thread in threads: thread.start()
    meanwhile()
    for thread in threads: thread.join()
    for which in each:
        _interpreters.destroy(which)
    assert not errors, errors
"""

# In others first: what an extension makes once for all must not be theirs.
IN_INTERPRETERS = """
inside = {inside!r}
for i in range(3):
    which = create()
    for i in range(2):
        run(which, inside)
    _interpreters.destroy(which)
exec(inside, {{}})
if sys.version_info >= (3, 13):  # each with a GIL of its own; 3.12 hangs in `import threading`
    run_side_by_side(4, inside, lambda: exec(inside, {{}}))
"""


def run_in_interpreters(source):
    """Runs a program in several interpreters of one process: one after another, and side by side."""
    inside = f"import sys\nsys.path[:] = {sys.path!r}\n" + source
    run_program(INTERPRETERS + IN_INTERPRETERS.format(inside=inside), timeout=100)


def main():
    gil = "free-threaded" if FREE_THREADED else "with the GIL"
    if FREE_THREADED and sys._is_gil_enabled():
        sys.exit("an extension has switched the GIL on")
    print(f"ran on: {sys.implementation.name} {sys.version.split()[0]} {gil} ({sys.executable})"
          f"{' under ' + SANITIZED if SANITIZED else ''}", flush=True)
    unittest.main(verbosity=2)
