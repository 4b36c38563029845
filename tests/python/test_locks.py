"""Fields that wait or refuse: locked, rwlocked, once, cell and cell_wait as attributes."""
import sys
import threading
import time
import unittest

import locks
import support
from support import InThread, outcome, run_threads, scaled


class Attributes(unittest.TestCase):
    def test_values(self):
        desk = locks.Desk()
        for name in ("locked", "rwlocked", "cell", "patient"):
            self.assertEqual(tuple(getattr(desk, name)), (0, 0))
            setattr(desk, name, (1, 2))
            self.assertEqual(getattr(desk, name).y, 2)
        self.assertEqual(tuple(desk.locked_exchange((3, 4))), (1, 2))
        self.assertEqual(tuple(desk.rwlocked_exchange((3, 4))), (1, 2))
        self.assertEqual(tuple(desk.rwlocked), (3, 4))

    def test_the_same_thread_is_told(self):
        desk = locks.Desk()

        def both(name):
            return (outcome(lambda: tuple(getattr(desk, name))),
                    outcome(lambda: setattr(desk, name, (5, 5))))

        lock = "DeadlockError: this thread holds the lock already"
        self.assertEqual(desk.with_locked(lambda: both("locked")), (lock, lock))
        way = "DeadlockError: this thread has a lock of the field that is in the way"
        self.assertEqual(desk.with_writing(lambda: both("rwlocked")), (way, way))
        self.assertEqual(desk.with_reading(lambda: both("rwlocked")), ((0, 0), way))
        mine = "DeadlockError: this thread has a borrow that is in the way"
        self.assertEqual(desk.with_patient_mut(lambda: both("patient")), (mine, mine))
        self.assertEqual(both("locked"), ((0, 0), None))


class Borrows(unittest.TestCase):
    def test_words(self):
        desk = locks.Desk()

        def both():
            return (outcome(lambda: tuple(desk.cell)),
                    outcome(lambda: setattr(desk, "cell", (5, 5))))

        self.assertEqual(desk.with_borrow(both), ((0, 0), "BorrowMutError: Already borrowed"))
        self.assertEqual(desk.with_borrow_mut(both), ("BorrowError: Already mutably borrowed",
                                                      "BorrowMutError: Already borrowed"))
        self.assertEqual(both(), ((0, 0), None))
        self.assertTrue(issubclass(locks.BorrowError, RuntimeError))
        self.assertTrue(issubclass(locks.BorrowMutError, RuntimeError))

    def test_who_holds_it(self):
        desk = locks.Desk()
        me = threading.get_ident()

        def caught(call):
            try:
                call()
            except RuntimeError as error:
                return type(error).__name__, error.holder
            return None

        def all_of_them():
            return (desk.cell_holder(), desk.cell_borrow_count(), caught(lambda: desk.cell),
                    caught(lambda: setattr(desk, "cell", (1, 1))),
                    caught(lambda: desk.cell_exchange((1, 1))))

        free = (None, 0, None, None, None)
        self.assertEqual(all_of_them(), free)
        mine = (me, 0, ("BorrowError", me), ("BorrowMutError", me), ("BorrowMutError", me))
        self.assertEqual(desk.with_borrow_mut(all_of_them), mine)
        self.assertEqual(desk.with_borrow_mut(lambda: InThread(all_of_them).end()), mine)
        # Of those that share it nobody is known by name.
        shared = (None, 1, None, ("BorrowMutError", None), ("BorrowMutError", None))
        self.assertEqual(desk.with_borrow(lambda: InThread(all_of_them).end()), shared)
        self.assertEqual(all_of_them(), free)

        def look_for(holder):
            """What the identity is good for: where is that thread?"""
            return sys._current_frames()[holder].f_code.co_name

        def hold():
            entered.set()
            done.wait(30)

        entered, done = threading.Event(), threading.Event()
        thread = InThread(lambda: desk.with_borrow_mut(hold))
        entered.wait(30)
        self.assertEqual(desk.cell_holder(), thread.ident)
        self.assertIn(look_for(desk.cell_holder()), ("wait", "hold"))
        done.set()
        thread.end()
        self.assertIsNone(desk.cell_holder())
        self.assertEqual(desk.with_patient_mut(lambda: caught(lambda: desk.patient)),
                         ("DeadlockError", me))

    def test_another_thread_is_told_or_waits(self):
        desk = locks.Desk()
        told = desk.with_borrow_mut(lambda: InThread(
            lambda: outcome(lambda: desk.cell)).end())
        self.assertEqual(told, "BorrowError: Already mutably borrowed")

        def start():
            thread = InThread(lambda: tuple(desk.patient))
            time.sleep(0.05)
            self.assertTrue(thread.is_alive())
            return thread

        self.assertEqual(desk.with_patient_mut(start).end(), (0, 0))


class Waits(unittest.TestCase):
    """The field is held by a thread that gives up the interpreter; another wants it."""

    def check(self, hold, name):
        desk = locks.Desk()

        def start():
            threads = [InThread(lambda: setattr(desk, name, (i, i))) for i in range(4)]
            time.sleep(0.05)
            return threads

        for thread in getattr(desk, hold)(start):
            self.assertIsNone(thread.end())

    def test_locked(self):
        self.check("with_locked", "locked")

    def test_rwlocked(self):
        self.check("with_reading", "rwlocked")
        self.check("with_writing", "rwlocked")

    def test_values_are_whole(self):
        desk = locks.Desk()

        def work(index):
            for i in range(scaled(2000)):
                for name in ("locked", "rwlocked", "patient"):
                    if (i + index) % 3 == 0:
                        setattr(desk, name, (i, i))
                    x, y = getattr(desk, name)
                    self.assertEqual(x, y)

        run_threads(8, work)


class Once(unittest.TestCase):
    def test_made_once(self):
        desk = locks.Desk()
        made = []

        def make():
            time.sleep(0.02)
            made.append(len(made))
            if len(made) == 1:
                raise ValueError("the first one fails")
            return 7

        seen = []

        def ask(index):
            try:
                seen.append(desk.once_get_or_init(make))
            except ValueError:
                seen.append("failed")

        self.assertIsNone(desk.once)
        run_threads(6, ask)
        self.assertEqual(len(made), 2)
        self.assertEqual(sorted(map(str, seen)), ["(7, -7)"] * 5 + ["failed"])
        self.assertEqual(tuple(desk.once), (7, -7))
        with self.assertRaisesRegex(locks.AlreadySetError, "Already set"):
            desk.once = (1, 1)

    def test_inside_itself(self):
        desk = locks.Desk()
        told = []

        def make():
            told.append(outcome(lambda: setattr(desk, "once", (1, 1))))
            return 3

        self.assertEqual(desk.once_get_or_init(make), (3, -3))
        self.assertEqual(told, ["DeadlockError: this thread is making the value"])


if __name__ == "__main__":
    support.main()
