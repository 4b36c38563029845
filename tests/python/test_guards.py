# SPDX-License-Identifier: MIT
"""Guards of fields as context managers: with desk.locked_lock() as point."""
import os
import threading
import time
import unittest

import locks
import support
import test_memory
from support import FREE_THREADED, SANITIZED, InThread, outcome, run_program, run_threads, scaled

setUpModule, tearDownModule = support.watchdog()

# Every guard of the class: its method, the attribute of the field, and whether it may write.
GUARDS = [("locked_lock", "locked", True), ("rwlocked_read_lock", "rwlocked", False),
         ("rwlocked_write_lock", "rwlocked", True), ("cell_borrow", "cell", False),
         ("cell_borrow_mut", "cell", True), ("patient_borrow", "patient", False),
         ("patient_borrow_mut", "patient", True)]
# Those for which another thread waits.
WAITERS = [guard for guard in GUARDS if not guard[0].startswith("cell")]
WRITERS = [guard for guard in WAITERS if guard[2]]


def each_guard(guards):
    def decorate(test):
        def run(self):
            for method, name, may_write in guards:
                with self.subTest(method=method):
                    test(self, locks.Desk(), method, name, may_write)
        run.__name__ = test.__name__
        return run
    return decorate


class Inside(unittest.TestCase):
    @each_guard(GUARDS)
    def test_value(self, desk, method, name, may_write):
        setattr(desk, name, (1, 2))
        with getattr(desk, method)() as point:
            self.assertEqual(tuple(point.value), (1, 2))
            self.assertEqual((point.x, point.y), (1, 2))
            if not may_write:
                with self.assertRaisesRegex(RuntimeError, f"{method}: the value is for reading"):
                    point.value = (0, 0)
                with self.assertRaisesRegex(RuntimeError, f"{method}: the value is for reading"):
                    point.x = 0
                continue_with = (1, 2)
            else:
                point.value = (5, 6)
                point.x += 10
                self.assertEqual(tuple(point.value), (15, 6))
                continue_with = (15, 6)
        self.assertEqual(tuple(getattr(desk, name)), continue_with)

    def test_a_scalar(self):
        desk = locks.Desk(number=1.5)
        with desk.number_lock() as number:
            number.value *= 2
            with self.assertRaises(AttributeError):
                number.x
            with self.assertRaises(AttributeError):
                number.x = 1
        self.assertEqual(desk.number, 3)

    def test_wrong_values_change_nothing(self):
        desk = locks.Desk(locked=(1, 2))
        with desk.locked_lock() as point:
            for wrong, error in ((5, TypeError), ((1, "a"), TypeError), ((1, 2**63), OverflowError)):
                with self.assertRaises(error):
                    point.value = wrong
            with self.assertRaises(OverflowError):
                point.x = 2**63
            with self.assertRaises(TypeError):
                point.x = "a"
            with self.assertRaises(TypeError):
                del point.x
            with self.assertRaises(TypeError):
                del point.value
            with self.assertRaises(AttributeError):
                point.z
            with self.assertRaises(AttributeError):
                point.z = 1
            self.assertEqual(tuple(point.value), (1, 2))

    @each_guard(GUARDS)
    def test_every_way_out(self, desk, method, name, may_write):
        with self.assertRaises(KeyError):
            with getattr(desk, method)():
                raise KeyError
        for i in range(2):
            with getattr(desk, method)():
                break
        guard = getattr(desk, method)()
        for i in range(3):
            with guard as same:
                self.assertIs(same, guard)
        self.assertTrue(guard.acquire())
        guard.release()
        setattr(desk, name, (3, 3))
        self.assertEqual(tuple(getattr(desk, name)), (3, 3))

    @each_guard(GUARDS)
    def test_names(self, desk, method, name, may_write):
        made = getattr(locks.Desk, method)
        self.assertEqual(made.__name__, method)
        self.assertEqual(made.__qualname__, f"Desk.{method}")
        self.assertTrue(made.__doc__)
        self.assertIn(f"<guard {method} of locks.Desk object at", repr(getattr(desk, method)()))
        with self.assertRaises(TypeError):
            type(getattr(desk, method)())()
        with self.assertRaises(TypeError):
            getattr(desk, method)(1)

    def test_one_step(self):
        """Every change that reads and writes is whole."""
        desk = locks.Desk()
        guard = desk.rwlocked_write_lock()
        count = scaled(500)

        def work(index):
            for i in range(count):
                with desk.locked_lock() as point:
                    point.x += 1
                    point.y -= 1
                with guard as point:  # one object for all threads
                    point.value = (point.x + 1, point.y - 1)
                with desk.patient_borrow_mut() as point:
                    x, y = point.value
                    point.value = (x + 1, y - 1)
                with desk.rwlocked_read_lock() as point:
                    self.assertEqual(point.x, -point.y)

        run_threads(8, work)
        for name in ("locked", "rwlocked", "patient"):
            self.assertEqual(tuple(getattr(desk, name)), (8 * count, -8 * count))


class Waits(unittest.TestCase):
    @each_guard(WAITERS)
    def test_others_wait_their_turn(self, desk, method, name, may_write):
        def attempt():
            guard = getattr(desk, method)()
            if not guard.acquire(blocking=False):
                return False
            guard.release()
            return True

        with getattr(desk, method)():
            self.assertEqual(InThread(attempt).end(), not may_write)
            writer = InThread(lambda: setattr(desk, name, (7, 7)))
            time.sleep(0.02)
            self.assertTrue(writer.is_alive())
            self.assertEqual(InThread(lambda: 5).end(), 5)  # others run meanwhile
        self.assertIsNone(writer.end())
        self.assertEqual(tuple(getattr(desk, name)), (7, 7))

    def test_a_borrow_is_told_who_has_it(self):
        desk = locks.Desk()
        with desk.cell_borrow_mut():
            def other():
                try:
                    with desk.cell_borrow():
                        return None
                except locks.BorrowError as error:
                    return str(error), error.holder
            self.assertEqual(InThread(other).end(),
                             ("cell: Already mutably borrowed", threading.get_ident()))
            self.assertFalse(desk.cell_borrow().acquire(blocking=False))

    @each_guard(WAITERS)
    def test_a_wait_ends_in_time(self, desk, method, name, may_write):
        mine = getattr(desk, method)()
        writer = next(other for other, field, _ in WRITERS if field == name)

        def attempt(seconds):
            guard, begin = getattr(desk, writer)(), time.monotonic()
            if guard.acquire(timeout=seconds):
                guard.release()
                return True
            return time.monotonic() - begin >= seconds and "late"

        with mine:
            for seconds in (0, 0.03):
                self.assertEqual(InThread(lambda: attempt(seconds)).end(), "late")
            waiter = InThread(lambda: attempt(60.0))
            time.sleep(0.01)
        self.assertIs(waiter.end(), True)
        setattr(desk, name, (1, 1))

    def test_a_reader_that_lets_a_writer_go_first_gives_up_in_time(self):
        desk = locks.Desk()
        with desk.rwlocked_read_lock():
            writer = InThread(lambda: setattr(desk, "rwlocked", (1, 1)))
            time.sleep(0.02)
            begin = time.monotonic()
            self.assertIs(InThread(lambda: desk.rwlocked_read_lock().acquire(timeout=0.05)).end(),
                          False)
            self.assertGreaterEqual(time.monotonic() - begin, 0.05)
        self.assertIsNone(writer.end())

    @each_guard(GUARDS)
    def test_the_arguments_of_a_lock(self, desk, method, name, may_write):
        guard = getattr(desk, method)()
        for wrong in (lambda: guard.acquire(False, 1), lambda: guard.acquire(timeout=-2),
                      lambda: guard.acquire(True, float("nan"))):
            with self.assertRaises(ValueError):
                wrong()
        for wrong in (lambda: guard.acquire(timeout=float("inf")),
                      lambda: guard.acquire(timeout=threading.TIMEOUT_MAX + 1)):
            with self.assertRaises(OverflowError):
                wrong()
        for wrong in (lambda: guard.acquire(timeout=None), lambda: guard.acquire(True, 1, 2),
                      lambda: guard.acquire(seconds=1)):
            with self.assertRaises(TypeError):
                wrong()
        for right in ({}, {"timeout": -1}, {"blocking": False, "timeout": -1}, {"timeout": 0},
                      {"timeout": threading.TIMEOUT_MAX}):
            self.assertIs(guard.locked(), False)
            self.assertIs(guard.acquire(**right), True)
            self.assertIs(guard.locked(), True)
            guard.release()

    @each_guard(WRITERS)
    def test_a_condition_is_made_of_one(self, desk, method, name, may_write):
        guard = getattr(desk, method)()
        condition = threading.Condition(guard)

        def consume():
            with condition:
                found = condition.wait_for(lambda: guard.value != (0, 0), 60)
                return found and tuple(guard.value)

        consumer = InThread(consume)
        time.sleep(0.01)
        with condition:
            guard.value = (3, 4)
            condition.notify_all()
        self.assertEqual(consumer.end(), (3, 4))
        with self.assertRaises(RuntimeError):
            condition.notify()

    def test_a_signal_ends_a_wait(self):
        run_program("""
import locks, support, threading
desk = locks.Desk()
inside, done = threading.Event(), threading.Event()
def hold():
    with desk.locked_lock():
        inside.set()
        done.wait()
thread = threading.Thread(target=hold)
thread.start()
inside.wait()
def lock():
    with desk.locked_lock():
        raise AssertionError
try:
    support.interrupt(lock)
except KeyboardInterrupt:
    pass
done.set()
thread.join()
with desk.locked_lock() as point:
    point.x = 1
""", timeout=30)


class Ends(unittest.TestCase):
    def test_the_program_ends_inside(self):
        run_program("""
import locks, threading, time
desk = locks.Desk()
entered = threading.Event()
def hold():
    with desk.locked_lock():
        entered.set()
        time.sleep(60)
def wait():
    with desk.locked_lock():
        pass
threading.Thread(target=hold, daemon=True).start()
entered.wait()
for i in range(4):
    threading.Thread(target=wait, daemon=True).start()
kept = desk.rwlocked_write_lock()
kept.acquire()
time.sleep(0.1)
""", timeout=30)

    def test_fork_inside(self):
        run_program("""
import locks, os, signal, threading
desk = locks.Desk()
mine = desk.locked_lock()
theirs = desk.rwlocked_write_lock()
entered, done = threading.Event(), threading.Event()
def hold():
    with theirs:
        entered.set()
        done.wait()
thread = threading.Thread(target=hold)
thread.start()
entered.wait()
mine.acquire()
child = os.fork()
if child == 0:
    signal.alarm(60)
    try:
        mine.x = 1
        mine.release()
        desk.locked = (2, 2)
        try:
            theirs.acquire()
        except locks.OwnerDeadError:
            os._exit(0)
    finally:
        os._exit(1)
status = os.waitpid(child, 0)[1]
done.set()
thread.join()
mine.release()
assert status == 0, status
""", timeout=30)


class Memory(unittest.TestCase):
    def test_nothing_leaks(self):
        desk = locks.Desk()

        def body():
            for method, name, _ in GUARDS:
                with getattr(desk, method)() as point:
                    outcome(lambda: setattr(point, "value", (1, 2)))
                    outcome(point.acquire)
                outcome(point.release)

        test_memory.Leaks.stays(self, body, 300)

    @unittest.skipIf(SANITIZED, "the allocator belongs to the sanitizer")
    def test_malloc_fails(self):
        """Every allocation on the way in fails once: MemoryError, and the field is free again."""
        run_program("""
import hooks, locks, test_guards
desk = locks.Desk()
def case(method):
    def use():
        with getattr(desk, method)() as point:
            return point.value
    return use
total = 0
for method, name, _ in test_guards.GUARDS:
    for n in range(200):
        try:
            if hooks.call_without_memory(n, case(method)):
                break
        except MemoryError:
            total += 1
            setattr(desk, name, (1, 1))
    else:
        raise AssertionError
assert total > 0
""", LD_PRELOAD=os.environ["AFIELD_NOMEMORY"],
                    **({} if FREE_THREADED else {"PYTHONMALLOC": "malloc"}))


if __name__ == "__main__":
    support.main()
