# SPDX-License-Identifier: MIT
"""Every kind that waits, held by a thread that Python does not know: nobody waits forever.

Rows are the ways to hold a field, columns what happens meanwhile: attached threads want it; a
collection; a fork; the end of the program with daemon threads blocked in it. Each is bounded in time.
"""
import gc
import os
import signal
import time
import unittest

import locks
import support
from support import InThread, outcome, run_program

DEAD = "OwnerDeadError"

setUpModule, tearDownModule = support.watchdog()


def with_turn(method):
    def want(desk):
        with getattr(desk, method)() as point:
            return point.x
    return want


def store(name):
    return lambda desk: setattr(desk, name, (1, 1))


def load(name):
    return lambda desk: getattr(desk, name).x


def exchange(name):
    return lambda desk: getattr(desk, f"{name}_exchange")((1, 1)).x


def once_make(desk):
    return desk.once_get_or_init(lambda: 7)[0]


def once_store(desk):
    try:
        desk.once = (7, -7)
    except locks.AlreadySetError:
        pass
    return desk.once.x


# way: what waits for it, and what else a child of a fork finds, where the holder is no more.
WAYS = {
    "locked": ([load("locked"), store("locked"), exchange("locked"), with_turn("locked_lock")],
               []),
    "reading": ([store("rwlocked"), exchange("rwlocked"), with_turn("rwlocked_write_lock")],
                [(load("rwlocked"), 0), (with_turn("rwlocked_read_lock"), 0)]),
    "writing": ([load("rwlocked"), store("rwlocked"), with_turn("rwlocked_read_lock"),
                 with_turn("rwlocked_write_lock")], []),
    "patient": ([store("patient"), exchange("patient"), with_turn("patient_borrow_mut")],
                [(load("patient"), 0), (with_turn("patient_borrow"), 0)]),
    "patient_mut": ([load("patient"), store("patient"), with_turn("patient_borrow"),
                     with_turn("patient_borrow_mut")], []),
    "once": ([once_make, once_store], [(once_make, 7), (once_store, 7)]),
}
REPAIRED = ("reading", "once")  # of which a child need not be told: fields/forks.md


def each_way(test):
    def run(self):
        for way, (wants, others) in WAYS.items():
            with self.subTest(way=way):
                test(self, locks.Desk(), way, wants, others)
    run.__name__ = test.__name__
    return run


class Held(unittest.TestCase):
    def waiting(self, desk, way, wants):
        desk.native_hold(way)
        return [InThread(lambda want=want: want(desk)) for want in wants]

    def end_all(self, threads):
        locks.native_release()
        for thread in threads:
            self.assertIn(thread.end(), (None, 0, 1, 7))

    @each_way
    def test_attached_threads_want_it(self, desk, way, wants, others):
        threads = self.waiting(desk, way, wants * 2)
        end = time.monotonic() + 0.03
        while time.monotonic() < end:
            self.assertEqual(InThread(lambda: 5).end(), 5)  # the interpreter runs meanwhile
        self.assertTrue(all(thread.is_alive() for thread in threads))
        self.end_all(threads)

    @each_way
    def test_collection(self, desk, way, wants, others):
        threads = self.waiting(desk, way, wants)
        for i in range(3):
            gc.collect()
            self.assertIsInstance(InThread(gc.collect).end(), int)
        self.assertTrue(all(thread.is_alive() for thread in threads))
        self.end_all(threads)

    @each_way
    def test_fork(self, desk, way, wants, others):
        threads = self.waiting(desk, way, wants)
        child = os.fork()
        if child == 0:
            signal.alarm(60)
            failures = 1
            try:
                failures = self.look_in_child(desk, way, wants, others)
            finally:
                os._exit(failures)
        status = os.waitpid(child, 0)[1]
        self.end_all(threads)
        self.assertEqual(status, 0)

    def look_in_child(self, desk, way, wants, others):
        failures = 0
        for want, expected in others:
            failures += outcome(lambda: want(desk)) != expected
        for want in wants:
            told = str(outcome(lambda: want(desk))).startswith(DEAD)
            failures += told == (way in REPAIRED)
        failures += desk.reset_orphans() != (way not in REPAIRED)
        for want in wants:
            failures += outcome(lambda: want(desk)) not in (None, 0, 1, 7)
        failures += desk.reset_orphans() != 0
        return failures


class Ends(unittest.TestCase):
    """The program ends while daemon threads are blocked; the holder stays, or lets go just then."""

    def check(self, at_exit):
        run_program(f"""
import locks, sys, test_deadlocks, threading, time
for way, (wants, others) in test_deadlocks.WAYS.items():
    desk = locks.Desk()
    desk.native_hold(way)
    for want in wants:
        threading.Thread(target=want, args=(desk,), daemon=True).start()
time.sleep(0.1)
assert threading.active_count() == 1 + sum(len(row[0]) for row in test_deadlocks.WAYS.values())
{at_exit}
""", timeout=60)

    def test_the_holder_stays(self):
        self.check("")

    def test_the_holder_lets_go(self):
        """The daemons wake up and want to be attached to an interpreter that is ending."""
        self.check("""
class Late:
    def __del__(self, release=locks.native_release):
        release()
sys.late = Late()
""")


if __name__ == "__main__":
    support.main()
