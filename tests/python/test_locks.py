# SPDX-License-Identifier: MIT
"""Fields that wait or refuse: locked, rwlocked, once, cell and cell_wait as attributes."""
import sys
import threading
import time
import unittest

import locks
import support
from support import InThread, outcome, run_threads, scaled


setUpModule, tearDownModule = support.watchdog()


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

    def test_repr_waits_for_nobody(self):
        """It is looked at when something hangs: what is not to be had now is said to be that."""
        for way, name, shown in (("locked", "locked", "<locked>"), ("writing", "rwlocked", "<locked>"),
                                 ("reading", "rwlocked", "Point(x=1, y=2)"),
                                 ("borrow_mut", "cell", "<borrowed>"),
                                 ("borrow", "cell", "Point(x=1, y=2)"),
                                 ("patient_mut", "patient", "<borrowed>")):
            with self.subTest(way=way):
                desk = locks.Desk(locked=(1, 2), rwlocked=(1, 2), cell=(1, 2), patient=(1, 2))
                whole = repr(desk)
                self.assertIn(f", {name}=Point(x=1, y=2)", whole.replace("(locked", "(, locked"))
                hold = getattr(desk, f"with_{way}")
                for text in (hold(lambda: repr(desk)), hold(lambda: InThread(lambda: f"{desk}").end())):
                    self.assertIn(f"{name}={shown}", text)
                self.assertEqual(repr(desk), whole)

    def test_repr_beside_a_native_thread(self):
        for way, name in (("locked", "locked"), ("writing", "rwlocked"), ("patient_mut", "patient")):
            desk = locks.Desk()
            desk.native_hold(way)
            begin = time.monotonic()
            self.assertRegex(repr(desk), f"{name}=<(locked|borrowed)>")
            locks.native_release()
            self.assertLess(time.monotonic() - begin, 30)
            self.assertIn(f"{name}=Point(x=0, y=0)", repr(desk))

    def test_wrong_values_change_nothing(self):
        desk = locks.Desk(locked=(1, 2), rwlocked=(1, 2), cell=(1, 2), patient=(1, 2), once=(1, 2))
        for name in ("locked", "rwlocked", "cell", "patient", "once"):
            for wrong, error in (((1, 2**63), OverflowError), ((1, "a"), TypeError),
                                 ((1,), TypeError), (None, TypeError)):
                with self.assertRaises(error):
                    setattr(desk, name, wrong)
            with self.assertRaises(TypeError):
                delattr(desk, name)
            self.assertEqual(tuple(getattr(desk, name)), (1, 2))

    def test_conversion_comes_before_the_lock(self):
        """It runs Python code, which may use the same field."""
        desk = locks.Desk()

        class Index:
            def __init__(self, name):
                self.name = name

            def __index__(self):
                setattr(desk, self.name, (7, 7))
                return getattr(desk, self.name).x + 1

        for name in ("locked", "rwlocked", "cell", "patient"):
            setattr(desk, name, (Index(name), 1))
            self.assertEqual(tuple(getattr(desk, name)), (8, 1))
            self.assertEqual(tuple(getattr(desk, f"{name}_exchange")((Index(name), 2))), (7, 7))

    def test_init_never_or_twice(self):
        bare = locks.Desk.__new__(locks.Desk)
        for name in ("locked", "rwlocked", "cell", "patient"):
            self.assertEqual(tuple(getattr(bare, name)), (0, 0))
        self.assertIsNone(bare.once)
        with bare.locked_lock() as point:
            point.x = 3
            bare.__init__(cell=(4, 4))  # what is not named stays, and is not locked either
            self.assertEqual(point.x, 3)
        self.assertEqual((bare.locked.x, bare.cell.x), (3, 4))

    def test_many_objects(self):
        """No object takes anything that a process has little of, as keys of threads are."""
        desks = [locks.Desk(locked=(i, i)) for i in range(scaled(3000))]
        for desk in desks:
            with desk.locked_lock() as point, desk.cell_borrow_mut() as other:
                other.x = point.x
        self.assertEqual([desk.cell.x for desk in desks], list(range(len(desks))))


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

    def test_values_are_whole_beside_a_native_thread(self):
        """A GIL does not keep threads of others from a field."""
        desk = locks.Desk()
        desk.native_hold("writing_on")
        last, refused = {}, 0
        end = time.monotonic() + 0.2
        while time.monotonic() < end:
            for name in ("locked", "rwlocked", "cell", "patient"):
                try:
                    x, y = getattr(desk, name)
                except locks.BorrowError:
                    self.assertEqual(name, "cell")
                    refused += 1
                    continue
                self.assertEqual(x, -y)
                self.assertGreaterEqual(x, last.get(name, 0))
                last[name] = x
        locks.native_release()
        print(f"  {last}, {refused} refused", flush=True)
        self.assertGreater(last["locked"], 0)

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
