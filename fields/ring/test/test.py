# SPDX-License-Identifier: MIT
"""Rings as Python sees them: queue.Queue's methods, errors, waits, and the ends of objects."""
import gc
import inspect
import queue
import threading
import time
import unittest
import weakref

import rings
import support
from support import InThread, Thing, interrupt, run_program, run_threads, scaled


class Methods(unittest.TestCase):
    def setUp(self):
        self.office = rings.Office()

    def test_it_is_a_queue_of_its_capacity(self):
        things = self.office.things
        self.assertTrue(things.empty())
        for i in range(4):
            things.put(i)
        self.assertTrue(things.full())
        self.assertEqual((things.qsize(), things.maxsize), (4, 4))
        with self.assertRaises(queue.Full):
            things.put_nowait(9)
        self.assertEqual([things.get() for _ in range(4)], [0, 1, 2, 3])
        with self.assertRaises(queue.Empty):
            things.get_nowait()
        self.assertFalse(things.full())

    def test_arguments_are_those_of_the_standard_queue(self):
        for name in ("put", "get", "put_nowait", "get_nowait"):
            ours = inspect.signature(getattr(self.office.things, name))
            theirs = inspect.signature(getattr(queue.Queue(), name))
            self.assertEqual([(p.name, p.default) for p in ours.parameters.values()],
                             [(p.name, p.default) for p in theirs.parameters.values()])
        numbers = self.office.numbers
        numbers.put(item=1, block=True, timeout=None)
        numbers.put(2, False)
        self.assertEqual(numbers.get(block=False), 1)
        self.assertEqual(numbers.get(timeout=1), 2)
        with self.assertRaises(queue.Empty):
            numbers.get(True, 0)
        with self.assertRaises(ValueError):
            numbers.get(timeout=-1)

    def test_numbers_and_records(self):
        self.office.numbers.put(-5)
        self.assertEqual(self.office.numbers.get(), -5)
        for wrong, error in (("x", TypeError), (2**63, OverflowError), (1.5, TypeError)):
            with self.assertRaises(error):
                self.office.numbers.put(wrong)
        self.assertTrue(self.office.numbers.empty())
        self.office.jobs.put((1, 0.5))
        self.office.jobs.put({"number": 2, "weight": 1.5})
        with self.assertRaises(queue.Full):
            self.office.jobs.put_nowait((3, 0))
        job = self.office.jobs.get()
        self.assertEqual((job.number, job.weight), (1, 0.5))
        self.assertEqual(self.office.jobs.get().number, 2)

    def test_none_is_an_item(self):
        self.office.things.put(None)
        self.assertEqual(self.office.things.qsize(), 1)
        self.assertIsNone(self.office.things.get_nowait())
        self.assertTrue(self.office.things.empty())

    def test_a_timeout_is_full_or_empty(self):
        begin = time.monotonic()
        with self.assertRaises(queue.Empty):
            self.office.one.get(timeout=0.05)
        self.office.one.put(1)
        with self.assertRaises(queue.Full):
            self.office.one.put(2, timeout=0.05)
        self.assertGreater(time.monotonic() - begin, 0.09)

    def test_the_capacity_is_chosen_before_the_first_put(self):
        self.assertEqual(rings.open(self.office, 2), 0)
        self.assertEqual(self.office.things.maxsize, 2)
        self.assertLess(rings.open(self.office, 3), 0)

    def test_repr_and_verbs(self):
        self.office.things.put("x")
        self.assertEqual(repr(self.office.things), "<rings.Office.things: 1 element>")
        self.office.numbers_push(4)
        self.assertEqual(self.office.numbers_count(), 1)
        self.assertEqual(self.office.numbers_pop(), 4)
        with self.assertRaises(queue.Empty):
            self.office.numbers_pop()


class Objects(unittest.TestCase):
    def test_what_is_left_ends_with_the_ring(self):
        office, ended = rings.Office(), []
        for i in range(3):
            office.things.put(Thing(lambda i=i: ended.append(i)))
        office.things.get()
        self.assertEqual(ended, [0])
        del office
        gc.collect()
        self.assertEqual(ended, [0, 1, 2])

    def test_a_refused_item_is_the_callers(self):
        office, ended = rings.Office(), []
        office.one.put(0)
        thing = Thing(lambda: ended.append(1))
        with self.assertRaises(queue.Full):
            office.one.put_nowait(thing)
        self.assertEqual(ended, [])
        del thing
        gc.collect()
        self.assertEqual(ended, [1])

    def test_the_collector_sees_into_it(self):
        office = rings.Office()
        office.things.put([office])
        gone = weakref.ref(office)
        self.assertIn(office.things, [office.things])
        del office
        gc.collect()
        self.assertIsNone(gone())

    def test_the_same_item_many_times(self):
        office, thing = rings.Office(), Thing()
        gone = weakref.ref(thing)
        for _ in range(1000):
            office.one.put(thing)
            self.assertIs(office.one.get(), thing)
        del thing
        gc.collect()
        self.assertIsNone(gone())


class Waits(unittest.TestCase):
    def test_a_get_waits_for_a_put(self):
        office = rings.Office()
        waiter = InThread(office.one.get)
        time.sleep(0.02)
        office.one.put("now")
        self.assertEqual(waiter.end(), "now")

    def test_a_put_waits_for_a_get(self):
        office = rings.Office()
        office.one.put(1)
        waiter = InThread(lambda: office.one.put(2))
        time.sleep(0.02)
        self.assertEqual(office.one.get(), 1)
        self.assertIsNone(waiter.end())
        self.assertEqual(office.one.get(), 2)

    def test_an_interrupt_ends_a_wait(self):
        office = rings.Office()
        office.one.put(1)
        begin = time.monotonic()
        for wait in (lambda: office.one.put(2), office.jobs.get,
                     lambda: office.jobs.get(timeout=30)):
            self.assertRaises(KeyboardInterrupt, interrupt, wait)
        self.assertLess(time.monotonic() - begin, 20)
        self.assertEqual((office.one.qsize(), office.one.get()), (1, 1))

    def test_the_interpreter_can_end_while_a_thread_waits(self):
        run_program("import rings, threading\n"
                    "office = rings.Office()\n"
                    "threading.Thread(target=office.one.get, daemon=True).start()\n")


class Threads(unittest.TestCase):
    """Sixteen threads: every item arrives once, and each thread's in its order."""

    def pass_on(self, ring, pushers, count):
        got, lock = [], threading.Lock()
        left = [pushers * count]

        def body(index):
            if index < pushers:
                for i in range(count):
                    ring.put((index, i))
                return
            mine = []
            while True:
                with lock:
                    if left[0] == 0:
                        break
                    left[0] -= 1
                mine.append(ring.get(timeout=60))
            with lock:
                got.append(mine)
        run_threads(16, body)
        for mine in got:
            for index in range(pushers):
                numbers = [i for who, i in mine if who == index]
                self.assertEqual(numbers, sorted(numbers))
        self.assertEqual(sorted(item for mine in got for item in mine),
                         [(index, i) for index in range(pushers) for i in range(count)])
        self.assertTrue(ring.empty())

    def test_objects_arrive_once_and_in_order(self):
        office = rings.Office()
        for ring, pushers in ((office.things, 8), (office.one, 3), (office.things, 13)):
            self.pass_on(ring, pushers, scaled(400) // pushers + 1)

    def test_the_collector_runs_beside_it(self):
        office, ended = rings.Office(), []
        total = scaled(1500)

        def body(index):
            for i in range(total // 16 + 1):
                try:
                    if index % 2:
                        office.things.put_nowait(Thing(lambda: ended.append(1)))
                    else:
                        office.things.get_nowait()
                except (queue.Full, queue.Empty):
                    pass
                if i % 40 == 39 and index == 0:
                    gc.collect()
        run_threads(16, body)
        while not office.things.empty():
            office.things.get()
        gc.collect()
        self.assertGreater(len(ended), 0)

    def test_what_is_cleared_while_others_put(self):
        """A cycle through the ring is found although threads use another ring all the while."""
        office, stop = rings.Office(), threading.Event()

        def busy():
            while not stop.is_set():
                office.one.put(object())
                office.one.get()
        worker = threading.Thread(target=busy)
        worker.start()
        for _ in range(20):
            other = rings.Office()
            other.things.put(other)
            gone = weakref.ref(other)
            del other
            gc.collect()
            self.assertIsNone(gone())
        stop.set()
        worker.join()


if __name__ == "__main__":
    support.main()
