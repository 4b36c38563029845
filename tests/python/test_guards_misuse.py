# SPDX-License-Identifier: MIT
"""What goes wrong with guards of fields is a RuntimeError, and no lock is left behind."""
import gc
import sys
import threading
import time
import unittest

import locks
import support
from support import InThread, outcome
from test_guards import GUARDS, WAITERS, each_guard

setUpModule, tearDownModule = support.watchdog()

WRITERS = [guard for guard in GUARDS if guard[2]]


class Unraisable:
    """What sys.unraisablehook is told within a with block."""

    def __enter__(self):
        self.said = []
        self.before = sys.unraisablehook
        sys.unraisablehook = lambda args: self.said.append(
            f"{args.exc_type.__name__}: {args.exc_value}")
        return self.said

    def __exit__(self, *unused):
        sys.unraisablehook = self.before


class Misuse(unittest.TestCase):
    @each_guard(GUARDS)
    def test_names_that_are_no_str(self, desk, method, name, may_write):
        with getattr(desk, method)() as guard:
            for wrong in (2 ** 200, None, b"x", ("x",), 0):
                self.assertRaises(TypeError, guard.__getattribute__, wrong)
                self.assertRaises(TypeError, guard.__setattr__, wrong, 1)
                self.assertRaises(TypeError, guard.__delattr__, wrong)
                self.assertRaises(TypeError, desk.__getattribute__, wrong)
                self.assertRaises(TypeError, desk.__setattr__, wrong, 1)

    @each_guard(GUARDS)
    def test_outside(self, desk, method, name, may_write):
        guard = getattr(desk, method)()
        with guard:
            pass
        for use in (lambda: guard.value, lambda: guard.x, guard.release,
                    lambda: guard.__exit__(None, None, None)):
            with self.assertRaisesRegex(RuntimeError, f"{method}: this thread is not inside"):
                use()
        if may_write:
            for name, value in (("value", (1, 1)), ("x", 1)):
                with self.assertRaisesRegex(RuntimeError, f"{method}: this thread is not inside"):
                    setattr(guard, name, value)

    @each_guard(GUARDS)
    def test_another_thread(self, desk, method, name, may_write):
        def other():
            return (outcome(lambda: guard.value), outcome(guard.release),
                    outcome(lambda: guard.__exit__(None, None, None)))

        with getattr(desk, method)() as guard:
            told = "RuntimeError: this thread is not inside"
            self.assertEqual(InThread(other).end(), (told, told, told))
            self.assertEqual(tuple(guard.value), (0, 0))

    @each_guard(GUARDS)
    def test_twice(self, desk, method, name, may_write):
        with getattr(desk, method)() as guard:
            with self.assertRaisesRegex(RuntimeError, f"{method}: this thread is inside already"):
                guard.__enter__()
            with self.assertRaisesRegex(RuntimeError, f"{method}: this thread is inside already"):
                guard.acquire(timeout=9)
            self.assertIs(guard.acquire(blocking=False), False)
        setattr(desk, name, (1, 1))

    def test_too_many(self):
        """A thread has 32 read locks at the most."""
        desk = locks.Desk()
        guards = [desk.rwlocked_read_lock() for i in range(33)]
        for guard in guards[:32]:
            guard.acquire()
        for use in (guards[32].acquire, lambda: desk.rwlocked):
            with self.assertRaisesRegex(locks.LockLimitError, "as many read locks"):
                use()
        for guard in guards[:32]:
            guard.release()
        desk.rwlocked = (1, 1)

    @each_guard(GUARDS)
    def test_a_store_beside_its_own_turn(self, desk, method, name, may_write):
        """A thread that would wait for itself is told so; also where only it knows of the guard."""
        error = locks.BorrowMutError if name == "cell" else locks.DeadlockError
        with getattr(desk, method)():
            with self.assertRaises(error):
                setattr(desk, name, (9, 9))
            with self.assertRaises(error):
                getattr(desk, f"{name}_exchange")((9, 9))
            for other, field, _ in WRITERS:
                if field == name:
                    with self.assertRaises(error):
                        getattr(desk, other)().acquire()
        self.assertEqual(tuple(getattr(desk, name)), (0, 0))

    @each_guard(GUARDS)
    def test_dropped_inside(self, desk, method, name, may_write):
        with Unraisable() as said:
            getattr(desk, method)().__enter__()
            gc.collect()
        self.assertEqual(said, [f"RuntimeError: {method}: the last reference was dropped while a "
                                "thread is inside"])
        setattr(desk, name, (4, 4))  # it was given back
        self.assertIsNone(InThread(lambda: setattr(desk, name, (5, 5))).end())

    @each_guard(WAITERS)
    def test_dropped_inside_by_a_thread_that_goes_on(self, desk, method, name, may_write):
        dropped, done = threading.Event(), threading.Event()

        def drop():
            getattr(desk, method)().__enter__()
            gc.collect()
            dropped.set()
            done.wait(30)

        with Unraisable() as said:
            thread = InThread(drop)
            self.assertTrue(dropped.wait(30))
            self.assertIsNone(InThread(lambda: setattr(desk, name, (5, 5))).end())
            self.assertEqual(len(said), 1)
        done.set()
        thread.end()

    @each_guard(WAITERS)
    def test_dropped_by_another_thread(self, desk, method, name, may_write):
        """The thread that is inside gives the field back when it next begins any guard."""
        box, go_on = [], threading.Event()
        entered = threading.Event()

        def hold():
            box.append(getattr(desk, method)())
            box[0].__enter__()
            entered.set()
            go_on.wait(30)
            with desk.number_lock():
                pass
            return outcome(lambda: setattr(desk, name, (6, 6)))

        thread = InThread(hold)
        self.assertTrue(entered.wait(30))
        with Unraisable() as said:
            box.clear()
            end = time.monotonic() + 30
            while not said and time.monotonic() < end:
                gc.collect()  # without the GIL its own thread may be the one that ends it
                time.sleep(0.001)
            self.assertEqual(len(said), 1)
        waiting = InThread(lambda: setattr(desk, name, (5, 5)))
        go_on.set()
        self.assertIsNone(thread.end())
        self.assertIsNone(waiting.end())

    def test_dropped_in_place_of_the_main_thread(self):
        """The main thread needs not begin a guard."""
        desk = locks.Desk()
        box = [desk.locked_lock()]
        box[0].__enter__()
        with Unraisable() as said:
            self.assertIsNone(InThread(box.clear).end())
            thread = InThread(lambda: setattr(desk, "locked", (5, 5)))
            end = time.monotonic() + 30
            while thread.is_alive() and time.monotonic() < end:
                time.sleep(0.001)
        self.assertEqual(len(said), 1)
        self.assertIsNone(thread.end())

    @each_guard(WAITERS)
    def test_a_thread_ends_inside(self, desk, method, name, may_write):
        guard = getattr(desk, method)()
        InThread(guard.__enter__).end()
        self.assertIsNone(InThread(lambda: setattr(desk, name, (5, 5))).end())
        self.assertEqual(outcome(guard.release), "RuntimeError: this thread is not inside")
        with guard as point:
            self.assertEqual(tuple(point.value), (5, 5))

    @each_guard(WRITERS)
    def test_another_state_of_the_thread_ends(self, desk, method, name, may_write):
        other = locks.Desk()

        def may_take(desk):
            def take():
                guard = getattr(desk, method)()
                return guard.acquire(False) and guard.release() is None
            return InThread(take).end()

        with getattr(desk, method)() as guard:
            locks.in_another_state(lambda: getattr(other, method)().acquire())
            self.assertFalse(may_take(desk))
            guard.x = 2
            self.assertTrue(may_take(other), "what was taken with that state has ended with it")
        self.assertTrue(may_take(desk))

    def test_a_generator_dropped_inside(self):
        """Its with block ends in the thread that drops it, which says so; see above."""
        desk = locks.Desk()
        box = []

        def generate():
            with desk.locked_lock():
                yield 1

        def begin():
            box.append(generate())
            next(box[0])

        with Unraisable() as said:
            begin()
            box.clear()  # the same thread: an ordinary end
            self.assertEqual(said, [])
            desk.locked = (1, 1)
            InThread(begin).end()
            box.clear()
            gc.collect()
        self.assertIsNone(InThread(lambda: setattr(desk, "locked", (5, 5))).end())

    def test_the_object_stays_while_inside(self):
        guard = locks.Desk(locked=(1, 2)).locked_lock()
        gc.collect()
        with guard as point:
            gc.collect()
            self.assertEqual(point.y, 2)

    def test_a_conversion_that_leaves(self):
        """What conversion runs may release the guard: then nothing is written."""
        desk = locks.Desk()
        guard = desk.locked_lock()

        class Leaves:
            def __index__(self):
                guard.release()
                return 1

        guard.acquire()
        with self.assertRaisesRegex(RuntimeError, "this thread is not inside"):
            guard.x = Leaves()
        guard.acquire()
        with self.assertRaisesRegex(RuntimeError, "this thread is not inside"):
            guard.value = (Leaves(), 1)
        self.assertEqual(tuple(desk.locked), (0, 0))


if __name__ == "__main__":
    support.main()
