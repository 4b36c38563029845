# SPDX-License-Identifier: MIT
"""What the child of os.fork() finds in an object that other Python threads were using."""
import os
import signal
import threading
import unittest
import warnings

import locks
import support
from support import InThread, outcome

DEAD = "OwnerDeadError: the lock was orphaned by a fork; reset_orphans gives it back"
DEAD_BORROW = "OwnerDeadError: the borrow in the way was orphaned by a fork; reset_orphans takes it back"


def in_child(look):
    """Forks; whether look() raised nothing in the child, in time."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        signal.alarm(60)
        status = 1
        try:
            look()
            status = 0
        except BaseException:
            import traceback
            traceback.print_exc()
        finally:
            os._exit(status)
    return os.waitpid(child, 0)[1] == 0


class Forks(unittest.TestCase):
    def beside(self, hold, look):
        """in_child(look), while another thread is inside `with hold():`."""
        is_held, may_end = threading.Event(), threading.Event()

        def be_inside():
            with hold():
                is_held.set()
                may_end.wait(60)

        thread = InThread(be_inside)
        self.assertTrue(is_held.wait(60))
        try:
            self.assertTrue(in_child(look))
        finally:
            may_end.set()
            thread.end()

    def check(self, desk, lock, told):
        """A lock that cannot be had is told, until reset_orphans; then it is as any other."""
        def take():
            with lock() as point:
                point.x += 1
                return point.x

        def look():
            self.assertEqual(outcome(take), told)
            self.assertEqual(desk.reset_orphans(), 1)
            self.assertEqual(desk.reset_orphans(), 0)
            self.assertEqual(take(), 1)
            self.assertEqual(InThread(take).end(), 2)
        return look

    def test_locked(self):
        desk = locks.Desk()
        self.beside(desk.locked_lock, self.check(desk, desk.locked_lock, DEAD))
        self.assertEqual(desk.locked.x, 0)

    def test_written(self):
        desk = locks.Desk()
        dead = "OwnerDeadError: the write lock was orphaned by a fork; reset_orphans gives it back"
        self.beside(desk.rwlocked_write_lock, self.check(desk, desk.rwlocked_write_lock, dead))

    def test_borrowed(self):
        desk = locks.Desk()
        self.beside(desk.patient_borrow_mut,
                    self.check(desk, desk.patient_borrow_mut, DEAD_BORROW))
        self.beside(desk.patient_borrow, self.check(desk, desk.patient_borrow_mut, DEAD_BORROW))

    def test_read(self):
        """A read lock that is not here any more is in nobody's way."""
        desk = locks.Desk()

        def look():
            with desk.rwlocked_write_lock() as point:
                point.x = 4
            self.assertEqual(desk.rwlocked.x, 4)
            self.assertEqual(desk.reset_orphans(), 0)

        self.beside(desk.rwlocked_read_lock, look)

    def test_the_thread_that_forks_keeps_its_own(self):
        desk = locks.Desk()

        def look():
            lock = "DeadlockError: this thread holds the lock already"
            self.assertEqual(outcome(lambda: desk.locked), lock)
            self.assertEqual(desk.reset_orphans(), 1)  # the other's shared borrow alone
            way = "BorrowMutError: Already borrowed"
            self.assertEqual(outcome(lambda: InThread(
                lambda: outcome(lambda: desk.cell_borrow_mut().__enter__())).end()), way)

        with desk.locked_lock(), desk.rwlocked_read_lock(), desk.cell_borrow():
            self.beside(desk.cell_borrow, look)
        with desk.locked_lock(), desk.rwlocked_write_lock(), desk.cell_borrow_mut():
            pass

    def test_another_thread_may_not_take_shared_borrows_back(self):
        desk = locks.Desk()

        def reset():
            try:
                return desk.reset_orphans()
            except PermissionError:
                return "not permitted"

        def look():
            self.assertEqual(InThread(reset).end(), "not permitted")
            self.assertEqual(reset(), 1)

        self.beside(desk.cell_borrow, look)

    def test_a_hook_puts_it_right(self):
        """What a program with prefork workers does."""
        support.run_program("""
import locks, os, threading
desk = locks.Desk(locked=(1, 2))
os.register_at_fork(after_in_child=desk.reset_orphans)
held, end = threading.Event(), threading.Event()

def hold():
    with desk.locked_lock():
        held.set()
        end.wait(60)

thread = threading.Thread(target=hold)
thread.start()
held.wait(60)
child = os.fork()
if child == 0:
    with desk.locked_lock() as point:
        os._exit(point.x + point.y)
end.set()
thread.join()
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 3
""", timeout=60)

    def test_nothing_is_taken_from_the_living(self):
        desk = locks.Desk()
        self.assertEqual(desk.reset_orphans(), 0)
        with desk.locked_lock() as point:
            self.assertEqual(InThread(desk.reset_orphans).end(), 0)
            point.x = 5
        self.assertEqual(desk.locked.x, 5)
        self.assertRegex(locks.Desk.reset_orphans.__doc__, "locks and borrows")


if __name__ == "__main__":
    support.main()
