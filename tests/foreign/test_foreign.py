# SPDX-License-Identifier: MIT
"""A type that something else than afield made, with fields inside: waits let the interpreter go, forks
work, the collector sees through the fields, nothing leaks. The module's name is the first argument."""
import ctypes
import gc
import importlib
import os
import sys
import threading
import time
import unittest
import weakref

import support
from support import InThread, Thing, interrupt, run_program, run_threads, scaled

NAME = sys.argv.pop(1)
Box = importlib.import_module(NAME).Box
setUpModule, tearDownModule = support.watchdog()
barrier = ctypes.CDLL(os.environ["AFIELD_LIBRARY"]).afield_barrier

# A lock is held by a thread that wants the interpreter back, while another waits for the lock.
DEADLOCK = """
import gc, threading, time, {module} as module
box = module.Box()
holder = threading.Thread(target=box.add, args=(1, 0.2))
waiter = threading.Thread(target=lambda: (time.sleep(0.05), box.add(1, 0)))
collector = threading.Thread(target=lambda: (time.sleep(0.1), gc.collect()))
for thread in holder, waiter, collector: thread.start()
for thread in holder, waiter, collector: thread.join()
assert box.total() == 2
"""

# Whoever waits for an item in one interpreter must not stop the others, nor threads of its own.
INSIDE = """
import gc, threading, weakref, {module}
class Thing: pass
box = {module}.Box()
putter = threading.Timer(0.01, box.put, (7,))
putter.start()
assert box.take(20) == 7
putter.join()
thing = Thing()
thing.box = box
ended = weakref.ref(thing)
box.put(thing)
box.label = thing
del thing, box, putter
gc.collect()
assert ended() is None
"""

# Without a host: by hand is enough, for the tool makes no difference.
REFUSED = """
import without_host
box = without_host.Box()
for i in range(100):
    try:
        box.put([i])
    except RuntimeError as error:
        assert "afield_python_init" in str(error)
    else:
        raise AssertionError("an object was kept")
box.label = [1]
assert box.label == [1]
"""


class Waits(unittest.TestCase):
    def test_a_lock_lets_the_interpreter_go(self):
        run_program(DEADLOCK.format(module=NAME), timeout=30)

    def test_an_empty_queue_lets_it_go_until_an_item_comes(self):
        box = Box()
        taker = InThread(lambda: box.take(60))
        time.sleep(0.05)
        gc.collect()
        box.put("item")
        self.assertEqual(taker.end(), "item")

    def test_waits_end_in_time_and_by_signals(self):
        box = Box()
        self.assertRaises(TimeoutError, box.take, 0.01)
        self.assertRaises(KeyboardInterrupt, interrupt, lambda: box.take(60))
        box.put(1)
        self.assertEqual(box.take(60), 1)

    def test_threads_lose_nothing(self):
        box, count = Box(), scaled(2000)
        taken = [0] * 8

        def work(index):
            for i in range(count):
                box.put(i)
                box.add(1, 0)
                taken[index] += box.take(60)
        run_threads(len(taken), work)
        self.assertEqual(sum(taken), len(taken) * (count * (count - 1) // 2))
        self.assertEqual(box.total(), len(taken) * count)


class Forks(unittest.TestCase):
    @support.forks
    @unittest.skipIf(NAME == "by_pybind11" and support.FREE_THREADED,
                     "the lock of pybind11's internals may stay locked in the child")
    def test_a_child_goes_on(self):
        box, is_over = Box(), threading.Event()

        def load():
            while not is_over.is_set():
                for i in range(100):
                    box.put(i)
                    box.take(60)
                time.sleep(0)
        threads = [threading.Thread(target=load) for i in range(2)]
        for thread in threads:
            thread.start()
        try:
            for i in range(scaled(20)):
                self.assertEqual(os.waitstatus_to_exitcode(self.fork()), 0)
        finally:
            is_over.set()
            for thread in threads:
                thread.join()

    def fork(self):
        child = os.fork()
        if child == 0:
            try:
                box = Box()
                for i in range(300):
                    box.put(i)
                    assert box.take(1) == i
                box.add(1, 0)
                assert box.total() == 1 and barrier() == 0
                os._exit(0)
            finally:
                os._exit(1)
        end = time.monotonic() + 60
        while time.monotonic() < end:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                return status
            time.sleep(0.002)
        os.kill(child, 9)
        os.waitpid(child, 0)
        raise AssertionError("the child hangs")


class Collector(unittest.TestCase):
    def test_cycles_through_every_field_end(self):
        for through in (lambda box, thing: box.put(thing),
                        lambda box, thing: setattr(box, "label", thing)):
            box, thing = Box(), Thing()
            thing.box = box
            through(box, thing)
            ended = weakref.ref(thing)
            del box, thing
            gc.collect()
            self.assertIsNone(ended())

    def test_what_is_reachable_stays(self):
        box, things = Box(), [Thing() for i in range(10)]
        ended = [weakref.ref(thing) for thing in things]
        for thing in things:
            thing.box = box
            box.put(thing)
        del thing, things
        for i in range(3):
            gc.collect()
        self.assertNotIn(None, [each() for each in ended])
        self.assertEqual(len(gc.get_referents(box)) >= 10, True)
        for each in ended:
            self.assertIs(box.take(1), each())

    def test_nothing_is_left_of_dropped_boxes(self):
        ended = []
        for i in range(100):
            box = Box()
            for j in range(3):
                box.put(Thing(lambda: ended.append(1)))
            box.label = Thing(lambda: ended.append(1))
            box.label = Thing(lambda: ended.append(1))
            box.take(1)
            del box
        gc.collect()
        self.assertEqual(len(ended), 500)

    @unittest.skipIf(support.SANITIZED, "a sanitizer keeps what was freed")
    def test_memory_comes_back(self):
        def turn():
            for i in range(scaled(20000)):
                box = Box()
                box.put(bytes(1000))
                box.put(box)
                box.put(bytes(1000))
                box.take(1)
            gc.collect()
            barrier()
            with open("/proc/self/statm") as statm:
                return int(statm.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
        before = max(turn() for i in range(6))  # the allocators keep some for themselves
        after = min(turn() for i in range(2))
        self.assertLess(after - before, 8 << 20)


@unittest.skipIf(NAME in ("by_nanobind", "by_cython") or
                 NAME == "by_pybind11" and sys.version_info < (3, 12),
                 "the tool does not support subinterpreters here")
class Interpreters(unittest.TestCase):
    def test_each_has_its_own(self):
        support.run_in_interpreters(INSIDE.format(module=NAME))


@unittest.skipIf(NAME != "by_hand", "by hand is enough")
class WithoutHost(unittest.TestCase):
    """The same type in a process where nobody has called afield_python_init."""

    def test_a_queue_refuses_objects(self):
        run_program(REFUSED)

    def test_a_lock_lets_the_interpreter_go(self):
        run_program(DEADLOCK.format(module="without_host"), timeout=30)


if __name__ == "__main__":
    support.main()
