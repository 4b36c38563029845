# SPDX-License-Identifier: MIT
"""What the tests of memory share: that nothing is leaked, and that an allocation may fail."""
import array
import ctypes
import gc
import itertools
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

# Another, for interpreters side by side, of the objects and the numbers. A kind's lines come before:
# make(), put(view, item), and take(view), which returns two hundred.
IN_EACH = r"""
import gc, threading, weakref
owner = make()
def produce():
    for i in range(100):
        put(owner.numbers, i)
producers = [threading.Thread(target=produce) for _ in range(2)]
for thread in producers: thread.start()
assert sorted(take(owner.numbers)) == sorted([*range(100)] * 2)
for thread in producers: thread.join()
put(owner.things, owner)
gone = weakref.ref(owner)
del owner, produce
gc.collect()
assert gone() is None
left_behind = make()
put(left_behind.things, [left_behind])
"""
# The lines of what has queue.Queue's methods, behind make().
QUEUES_IN_EACH = r"""
import queue
def put(view, item): view.put(item)
def take(view): return [view.get(timeout=60) for _ in range(200)]
try:
    make().things.get(timeout=0.001)
    raise AssertionError("it was empty")
except queue.Empty:
    pass
""" + IN_EACH


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

    def types_stay(self, use, make, wrong, count):
        """The same of types that come and go, and of one that cannot be made."""
        def body():
            use(make())
            self.assertRaises(SystemError, wrong)
            gc.collect()
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


class ExhaustedProgram(Exhausted):
    """The library's own allocations fail in `program`."""
    program = None

    def test_malloc_fails(self):
        self.malloc_fails(self.program)


@unittest.skipIf(FREE_THREADED, "its allocator asks the system for pages, not for objects")
class ExhaustedWithTheGil(ExhaustedProgram):
    """The same where nothing fails but Python's own allocations."""


class State:
    """The references to each object that the collector knows, and to each that these refer to; and how
    many blocks of memory there are. It is no block itself: its numbers are in arrays."""

    def __init__(self):
        hooks.destroyed_count()  # what was retired has been reclaimed
        gc.collect()
        sys._clear_type_cache()  # which refers to names
        objects = gc.get_objects()
        found = {id(one): one for one in itertools.chain(objects, gc.get_referents(*objects))}
        del objects
        self.names = array.array("Q", found)
        self.counts = array.array("q", map(sys.getrefcount, found.values()))
        del found
        self.blocks = sys.getallocatedblocks()

    def grown(self, before, least):
        """The names of those that have at least so many more, and how many."""
        old = dict(zip(before.names, before.counts))
        more = ((name, count - old.get(name, count)) for name, count in zip(self.names, self.counts))
        return {name: count for name, count in more if count >= least}


@unittest.skipIf(FREE_THREADED, "its counts are spread over threads")
class Counts(unittest.TestCase):
    """That calls leave no reference behind, nor a block of memory: with any of them that does, the
    count of some object grows by one for each call."""
    ROUNDS = 6

    def counts_stay(self, body, rounds=ROUNDS):
        """Of what body() does in each round, in the fourth attempt at the latest: what is made once
        and stays, has been made by then."""
        for _ in range(4):
            body()
            before = State()
            for _ in range(rounds):
                body()
            after = State()
            blocks, grown = after.blocks - before.blocks, after.grown(before, rounds)
            if not grown and (blocks < rounds or SANITIZED):
                return
        known = {id(one): one for one in gc.get_objects()}
        known.update((id(one), one) for one in gc.get_referents(*known.values()))
        texts = [f"{known[name]!r:.200} by {count}" for name, count in grown.items() if name in known]
        self.fail(f"after {rounds} rounds, {blocks} more blocks, and the counts of {texts} have grown")


class Mallinfo(ctypes.Structure):
    _fields_ = [(name, ctypes.c_size_t) for name in (
        "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks", "fordblks", "keepcost")]


@unittest.skipIf(FREE_THREADED or SANITIZED or not hasattr(ctypes.CDLL(None), "mallinfo2"),
                 "malloc does not tell how much it has given")
class Bytes(unittest.TestCase):
    """That calls leave nothing behind of what malloc has given, which the interpreter cannot count."""

    def bytes_stay(self, body, count=200):
        """Of so many calls in a row, in the fifth attempt at the latest."""
        ask = ctypes.CDLL(None).mallinfo2
        ask.restype = Mallinfo
        growth = []
        for _ in range(5):
            before = ask().uordblks
            for _ in range(count):
                body()
            hooks.destroyed_count()
            gc.collect()
            growth.append(ask().uordblks - before)
            if growth[-1] < 8 * count:
                return
        self.fail(f"{count} calls leave bytes behind each time: {growth}")


try:
    import _testcapi
    set_nomemory = _testcapi.set_nomemory
except (ImportError, AttributeError):
    set_nomemory = None


@unittest.skipIf(SANITIZED or not set_nomemory, "this interpreter has no allocator that fails")
class EachFails(Counts):
    """The same of calls in which an allocation of Python's fails, each once."""

    def tearDown(self):
        gc.enable()

    def each_fails(self, call, prepare=lambda: None, check=lambda: None, enough=30):
        """Until so many in a row have found nothing that fails. How many have failed. prepare() comes
        before each call, and check() behind one that has failed."""
        failed = passed = number = 0
        gc.disable()  # what it ends would find no memory either
        while passed < enough:
            prepare()
            # 3.11 ends the process when it has an iterator of pairs and no room for the pair: there
            # are some that it can take.
            pairs = [(at, at) for at in range(100)]
            del pairs
            try:
                set_nomemory(number, number + 1)
                try:
                    call()
                finally:
                    _testcapi.remove_mem_hooks()
                passed += 1
            except SystemError as error:
                # The interpreter's own, where a frame finds no room, or enum's lookup of a name.
                self.assertRegex(str(error), "^error return without exception set$|EnumType.__getattr__")
            except MemoryError:
                failed, passed = failed + 1, 0
                check()
            except Exception:  # refused; or what looked for an attribute has not found it
                passed += 1
            number += 1
        gc.enable()
        return failed
