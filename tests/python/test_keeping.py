# SPDX-License-Identifier: MIT
"""Objects inside a value behind a lock or a borrow: the collector looks in, whoever has that."""
import gc
import threading
import time
import unittest
import weakref

import locks
import support
from support import InThread, Thing, run_threads, scaled

FIELDS = 3  # desk.keep(object) puts it into so many fields: locked, rwlocked and cell
HOLDS = ("kept", "kept_reading", "kept_borrow")  # how a native thread has one of them


setUpModule, tearDownModule = support.watchdog()


def make_cycle():
    """A desk whose three fields keep a thing that keeps the desk; a weak reference to the thing."""
    desk = locks.Desk()
    thing = Thing()
    thing.desk = desk
    desk.keep(thing)
    return desk, weakref.ref(thing)


class Keeping(unittest.TestCase):
    def setUp(self):
        gc.collect()

    def test_kept_and_given_back(self):
        desk, thing = locks.Desk(), Thing()
        ended = weakref.ref(thing)
        desk.keep(thing)
        del thing
        self.assertIsNotNone(ended())
        self.assertEqual(desk.kept(), FIELDS)
        desk.keep(None)
        self.assertIsNone(ended())
        desk.keep(Thing())
        ended = weakref.ref([one for one in gc.get_referents(desk) if type(one) is Thing][0])
        del desk
        gc.collect()
        self.assertIsNone(ended())

    def test_the_collector_sees_them(self):
        desk, ended = make_cycle()
        self.assertEqual([type(one) for one in gc.get_referents(desk)].count(Thing), FIELDS)
        del desk
        gc.collect()
        self.assertIsNone(ended())

    def test_readers_meet_a_cleared_value(self):
        """The collector clears objects while finalizers and other threads may still use them."""
        desk, met = locks.Desk(), [0] * 4

        def body(index):
            for i in range(scaled(1500)):
                if index == 0:
                    locks.clear(desk)
                elif index == 1:
                    desk.keep([i])
                else:
                    count = desk.kept()
                    self.assertLessEqual(count, FIELDS)
                    met[index] += count < FIELDS

        run_threads(4, body)
        desk.keep(desk)
        self.assertTrue(locks.clear(desk))
        self.assertEqual(desk.kept(), 0)

    def test_what_is_cleared_ends_outside_the_lock(self):
        """Its end runs code, which uses the field that it comes out of, or blocks."""
        desk, seen = locks.Desk(), []

        def at_end():
            seen.append((desk.kept(), InThread(desk.kept).end()))
            desk.keep([])

        desk.keep(Thing(at_end))
        locks.clear(desk)
        self.assertEqual(seen, [(0, 0)])
        self.assertEqual(desk.kept(), FIELDS)

    def test_the_end_of_an_object_uses_others(self):
        """The last reference goes in any thread; what a value kept ends there, and may do anything."""
        other, ended = locks.Desk(), []

        def at_end():
            with other.locked_lock() as point:
                point.x += 1
            gc.collect()
            ended.append(threading.get_ident())

        def body(index):
            for i in range(20):
                desk = locks.Desk()
                desk.keep(Thing(at_end))
                desks[index] = desk  # the previous one ends here
            desks[index] = None

        desks = [None] * 4
        run_threads(4, body)
        self.assertEqual((len(ended), other.locked.x, len(set(ended))), (80, 80, 4))

    def test_held_by_another_thread(self):
        """The collector sees the same whoever has the lock; what it cannot clear, it comes for again."""
        for way in HOLDS:
            with self.subTest(way=way):
                desk, ended = make_cycle()
                desk.native_hold(way)
                begin = time.monotonic()
                threads = [InThread(gc.collect) for i in range(3)]
                gc.collect()
                for thread in threads:
                    self.assertIsInstance(thread.end(), int)
                self.assertLess(time.monotonic() - begin, 20)
                seen = [type(one) for one in gc.get_referents(desk)].count(Thing)
                self.assertEqual(seen, FIELDS)
                locks.clear(desk)  # leaves alone what is held
                seen = [type(one) for one in gc.get_referents(desk)].count(Thing)
                self.assertEqual(seen, 1)
                del desk  # the thread at work keeps it
                gc.collect()
                self.assertIsInstance(ended().desk, locks.Desk)
                locks.native_release()
                gc.collect()
                gc.collect()
                self.assertIsNone(ended())

    def test_beside_collections(self):
        ended = []
        stop = threading.Event()

        def collect():
            while not stop.is_set():
                gc.collect()
                time.sleep(0.002)

        def work(index):
            for i in range(scaled(300)):
                desk, thing = make_cycle()
                ended.append(thing)
                for _ in range(3):
                    desk.keep([desk])
                    self.assertEqual(desk.kept(), FIELDS)

        collector = InThread(collect)
        run_threads(4, work)
        stop.set()
        collector.end()
        gc.collect()
        gc.collect()
        self.assertEqual([thing for thing in ended if thing() is not None], [])


if __name__ == "__main__":
    support.main()
