# SPDX-License-Identifier: MIT
"""What the tests of memory share: that nothing is leaked, and that an allocation may fail."""
import gc
import os
import queue
import resource
import sys
import unittest

import hooks
from support import FREE_THREADED, SANITIZED, run_program

# What runs the cases of a program: every allocation of every case fails once.
EACH_FAILS = r"""
total = 0
for name, case in cases.items():
    for n in range(600):
        prepare()
        try:
            if attempt(n, case):
                break
        except MemoryError:
            total += 1
            check(name)
    else:
        raise AssertionError(f"{name} never ran through")
print(f"  {total} allocations failed")
assert total >= {least}
"""
MALLOC_FAILS = "import hooks\nattempt = hooks.call_without_memory\n"
PYTHONS_FAILS = r"""
import _testcapi
def attempt(n, case):
    # Nothing tells whether one has failed: all are tried.
    _testcapi.set_nomemory(n + 1, n + 2)
    try:
        case()
    finally:
        _testcapi.remove_mem_hooks()
    return n == 399
"""

# A program for what has queue.Queue's methods; `make` makes the owner of three.
QUEUES = r"""
owner = make()
things, numbers, jobs = owner.things, owner.numbers, owner.jobs
def drain(view):
    return [view.get() for _ in range(view.qsize())]
def prepare():
    drain(things), drain(numbers), drain(jobs)
    things.put("a")
    numbers.put(2**40)
    jobs.put((2**40, 2.5))
for _ in range(3):
    prepare()  # the library's thread has begun
def grown(view, none):
    assert view.qsize() == 2, view
cases = {
    "put": lambda: grown(things, things.put(5)),
    "put number": lambda: grown(numbers, numbers.put(2**41)),
    "put job": lambda: jobs.put((2**41, 0)),
    "get": lambda: things.get(),
    "get number": lambda: numbers.get(),
    "get job": lambda: jobs.get(),
    "look": lambda: (things.qsize(), things.maxsize, repr(things), repr(owner)),
    "fresh": lambda: make().things.put(1),
}
def check(name):
    left = drain(things), drain(numbers), drain(jobs)
    # What was taken out, and has no room for its Python form, is gone.
    gone = name.startswith("get ") and 0 in map(len, left)
    assert left == (["a"], [2**40] * (not gone or name != "get number"),
                    [(2**40, 2.5)] * (not gone or name != "get job")), (name, left)
"""

# Another, for interpreters side by side, of the objects and the numbers.
QUEUES_IN_EACH = r"""
import gc, queue, threading, weakref
owner = make()
try:
    owner.things.get(timeout=0.001)
    raise AssertionError("it was empty")
except queue.Empty:
    pass
def produce():
    for i in range(100):
        owner.numbers.put(i)
producers = [threading.Thread(target=produce) for _ in range(2)]
for thread in producers: thread.start()
assert sum(owner.numbers.get(timeout=60) for _ in range(200)) == 2 * sum(range(100))
for thread in producers: thread.join()
owner.things.put(owner)
gone = weakref.ref(owner)
del owner, produce
gc.collect()
assert gone() is None
left_behind = make()
left_behind.things.put([left_behind])
"""


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


class Leaks(unittest.TestCase):
    def stays(self, body, count=1000, slack=40):
        """Blocks of Python's, objects of the collector's, and pages of the process do not grow."""
        for _ in range(min(count, 200)):
            body()
        hooks.destroyed_count()
        gc.collect()
        if SANITIZED:
            return
        growth = []
        blocks, pages = sys.getallocatedblocks(), resident()
        # A free-threaded build may free some of a round's blocks in the next. Each look is at the
        # end of a round: what malloc keeps until it is asked again may be gone in between. What the
        # interpreter itself keeps for a while (3.13 does so of types) comes and goes by the round.
        for _ in range(12):
            before = blocks, pages
            for _ in range(count):
                body()
            hooks.destroyed_count()
            gc.collect()
            blocks, pages = sys.getallocatedblocks(), resident()
            growth.append((blocks - before[0], pages - before[1]))
            if growth[-1][0] < slack and growth[-1][1] < 1 << 20:
                return
        self.fail(f"blocks and bytes keep growing: {growth}")

    def refusals_stay(self, calls, errors, count=500):
        """The same of calls that are refused, each with one of the errors."""
        def body():
            for call in calls:
                try:
                    call()
                except errors:
                    continue
                self.fail("a call was not refused")
        self.stays(body, count)

    def owners_stay(self, make, put):
        """The same of owners that hold themselves, and views of their own."""
        def body():
            owner = make()
            put(owner.things, owner)
            put(owner.things, [owner.numbers])
            put(owner.numbers, 5)
        self.stays(body, 300)


class QueueLeaks(Leaks):
    """Of what has queue.Queue's methods: `make` makes the owner of three, as of QUEUES."""
    errors = TypeError, OverflowError, queue.Empty

    def test_items(self):
        owner = self.make()

        def body():
            for view, item in ((owner.things, [owner]), (owner.numbers, 2**40),
                               (owner.jobs, (2**40, 2.5))):
                view.put(item)
                view.put_nowait(item)
                view.get()
                view.get(timeout=1)
            repr(owner.things), owner.things.maxsize, owner.things.qsize()
        self.stays(body)

    def refused(self, owner):
        """The calls that are refused."""
        return (lambda: owner.numbers.put("x"), lambda: owner.numbers.put(2**70),
                lambda: owner.jobs.put((1,)), lambda: owner.jobs.put((1, "x")),
                owner.things.get_nowait, lambda: owner.things.get(timeout=0),
                lambda: owner.things.put())

    def test_refusals(self):
        self.refusals_stay(self.refused(self.make()), self.errors)


@unittest.skipIf(SANITIZED, "the allocator belongs to the sanitizer")
class Exhausted(unittest.TestCase):
    """A program defines `cases`, functions by name; prepare(), which comes before each attempt; and
    check(name), which asserts after a MemoryError that nothing has changed."""

    def malloc_fails(self, program, least=1):
        """The library's own allocations fail, and with the GIL Python's as well."""
        environment = {} if FREE_THREADED else {"PYTHONMALLOC": "malloc"}
        print(run_program(program + MALLOC_FAILS + EACH_FAILS.replace("{least}", str(least)),
                          timeout=120, LD_PRELOAD=os.environ["AFIELD_NOMEMORY"],
                          **environment).rstrip(), flush=True)

    def pythons_allocator_fails(self, program, least=1):
        """The same with CPython's own failing allocator, where there is one."""
        try:
            import _testcapi
            _testcapi.set_nomemory
        except (ImportError, AttributeError):
            self.skipTest("this interpreter has no _testcapi.set_nomemory")
        print(run_program(program + PYTHONS_FAILS + EACH_FAILS.replace("{least}", str(least)),
                          timeout=120).rstrip(), flush=True)
