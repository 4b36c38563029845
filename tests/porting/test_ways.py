# SPDX-License-Identifier: MIT
"""MyClass in five ways: what each does by itself, and what happens when threads overlap in it."""
import itertools
import time
import unittest

import by_atomic
import by_cell
import by_confined
import by_locked
import by_seqlock
import overlap
import support
import thread_iter
from support import THREADS, outcome, run_threads, scaled

WAYS = (by_cell, by_atomic, by_locked, by_seqlock, by_confined)
STRUCTS = (by_cell, by_locked, by_seqlock, by_confined)


class InThread(support.InThread):
    """Runs call() in a thread and keeps what it returned, or the name of what it raised."""

    def run(self):
        self.result = outcome(self.call)


def wait_for(thread):
    """Gives a thread the time to come to its end, if it can."""
    thread.join(0.1)
    return thread.is_alive()


class OneThread(unittest.TestCase):
    def test_methods(self):
        for way in WAYS:
            with self.subTest(way.__name__):
                shared = way.MyClass()
                self.assertEqual(shared.get_x(), 0)
                self.assertIsNone(shared.set_y(7))
                shared.set_y(-2**31)
                for value, error in ((2**31, OverflowError), ("7", TypeError), (None, TypeError)):
                    with self.assertRaises(error):
                        shared.set_y(value)
                y = shared.y if way is by_atomic else shared.point.y
                self.assertEqual((shared.get_x(), y), (0, -2**31))

    def test_attributes(self):
        for way in STRUCTS:
            with self.subTest(way.__name__):
                shared = way.MyClass(point=(3, 4))
                shared.set_y(5)
                self.assertEqual(shared.point, (3, 5))
                shared.point = {"x": 1, "y": 2}
                self.assertEqual((shared.get_x(), shared.point.y), (1, 2))
        shared = by_atomic.MyClass(x=3, y=4)
        self.assertEqual(shared.y_fetch_add(2), 4)
        self.assertEqual((shared.get_x(), shared.x, shared.y), (3, 3, 6))


class Overlap(unittest.TestCase):
    """One thread is in the middle of it, and another one comes."""

    def test_cell_refuses(self):
        shared = by_cell.MyClass(point=(1, 2))
        read = lambda: InThread(shared.get_x).end()
        write = lambda: InThread(lambda: shared.set_y(3)).end()
        self.assertEqual(overlap.while_borrowed(shared, read), 1)
        self.assertEqual(overlap.while_borrowed(shared, write), "BorrowMutError: Already borrowed")
        self.assertEqual(overlap.while_borrowed_mut(shared, read),
                         "BorrowError: Already mutably borrowed")
        self.assertEqual(overlap.while_borrowed_mut(shared, write), "BorrowMutError: Already borrowed")
        self.assertEqual(shared.point, (1, 2))
        self.assertIsNone(write())
        self.assertTrue(issubclass(by_cell.BorrowError, RuntimeError))
        self.assertTrue(issubclass(by_cell.BorrowMutError, RuntimeError))

    def test_cell_refuses_its_own_thread(self):
        shared = by_cell.MyClass()
        with self.assertRaises(by_cell.BorrowMutError):
            overlap.while_borrowed(shared, lambda: shared.set_y(3))

    def test_locked_waits(self):
        shared = by_locked.MyClass(point=(1, 2))
        waiting = []

        def come():
            waiting.extend((InThread(shared.get_x), InThread(lambda: shared.set_y(3))))
            return [wait_for(thread) for thread in waiting]
        self.assertEqual(overlap.while_locked(shared, come), [True, True])
        self.assertEqual([thread.end() for thread in waiting], [1, None])
        self.assertEqual(shared.point, (1, 3))

    def test_locked_tells_its_own_thread(self):
        shared = by_locked.MyClass()
        for call in (shared.get_x, lambda: shared.set_y(3), lambda: shared.point):
            with self.assertRaises(by_locked.DeadlockError):
                overlap.while_locked(shared, call)

    def test_seqlock_reads_on_and_writes_wait(self):
        shared = by_seqlock.MyClass(point=(1, 2))
        writers = []

        def come():
            self.assertEqual(InThread(shared.get_x).end(), 1, "the previous one, not the half done one")
            self.assertEqual(InThread(lambda: shared.point).end(), (1, 2))
            writers.append(InThread(lambda: shared.set_y(3)))
            return wait_for(writers[0])
        self.assertTrue(overlap.while_written(shared, come))
        self.assertIsNone(writers[0].end())
        self.assertEqual(shared.point, (2, 3))

    def test_confined_refuses_for_good(self):
        shared = by_confined.MyClass()
        self.assertEqual(InThread(shared.get_x).end(), 0, "nobody owns it yet")
        shared.set_y(2)
        refused = "UnsendableError: the value belongs to another thread"
        self.assertEqual(InThread(shared.get_x).end(), refused)
        self.assertEqual(InThread(lambda: shared.set_y(3)).end(), refused)
        self.assertEqual(shared.point, (0, 2))


class Threads(support.Switching):
    """Sixteen threads at one object: what each of them may meet."""

    interval = 1e-5

    def errors(self, way, allowed=()):
        shared, count, seen = way.MyClass(), scaled(2000), []

        def body(index):
            for i in range(count):
                try:
                    if shared.get_x() != 0:
                        raise ValueError("x was never written")
                    shared.set_y(i)
                except allowed as error:
                    seen.append(type(error))
        run_threads(THREADS, body)
        print(f"  {way.__name__}: {len(seen)} of {2 * THREADS * count} calls were refused", flush=True)
        return shared, seen

    def test_these_never_fail(self):
        for way in (by_atomic, by_locked, by_seqlock):
            with self.subTest(way.__name__):
                shared, _ = self.errors(way)
                y = shared.y if way is by_atomic else shared.point.y
                self.assertEqual(y, scaled(2000) - 1)

    def test_these_refuse(self):
        self.errors(by_cell, (by_cell.BorrowError, by_cell.BorrowMutError))
        _, seen = self.errors(by_confined, by_confined.UnsendableError)
        self.assertGreater(len(seen), 0, "one of sixteen threads owned it")

    def test_a_struct_is_whole(self):
        """x and y agree in one field; in two (atomic) they need not."""
        for way in (by_cell, by_locked, by_seqlock):
            with self.subTest(way.__name__):
                shared = way.MyClass()

                def body(index):
                    for i in range(scaled(1000)):
                        try:
                            shared.point = (i, -i)
                            x, y = shared.point
                        except RuntimeError:
                            self.assertIs(way, by_cell)
                            continue
                        self.assertEqual(x, -y)
                run_threads(THREADS, body)

    def test_set_y_leaves_x_alone(self):
        """One thread alone writes x: what it wrote is there, whatever is done to y meanwhile."""
        for way in (by_cell, by_locked, by_seqlock):
            with self.subTest(way.__name__):
                shared, last = way.MyClass(), scaled(3000)

                def patiently(call):
                    while True:
                        try:
                            return call()
                        except RuntimeError:
                            self.assertIs(way, by_cell)

                def body(index):
                    for i in range(last):
                        if index:
                            patiently(lambda: shared.set_y(i))
                        else:
                            patiently(lambda: setattr(shared, "point", (i, 0)))
                            self.assertEqual(patiently(shared.get_x), i)
                run_threads(4, body)
                self.assertEqual(shared.get_x(), last - 1)

    def test_thread_iter(self):
        shared, count, taken = thread_iter.ThreadIter(), scaled(2000), [[] for _ in range(THREADS)]
        self.assertIs(iter(shared), shared)

        def body(index):
            taken[index] = list(itertools.islice(shared, count))
        run_threads(THREADS, body)
        for numbers in taken:
            self.assertEqual(numbers, sorted(numbers))
        self.assertEqual(sorted(itertools.chain(*taken)), list(range(1, THREADS * count + 1)))
        self.assertEqual(shared.count, THREADS * count)


if __name__ == "__main__":
    support.main()
