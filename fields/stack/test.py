"""A stack as Python sees it: methods of collections.deque, errors, the collector, threads."""
import gc
import os
import sys
import threading
import unittest
import weakref

import stacks
import support
from support import Thing, run_threads, scaled


class Methods(unittest.TestCase):
    def setUp(self):
        self.server = stacks.Server()
        self.things = self.server.things

    def test_the_last_comes_out_first(self):
        items = [None, 5, "text", [], object()]
        for item in items:
            self.assertIsNone(self.things.append(item))
        self.assertEqual(len(self.things), 5)
        self.assertTrue(self.things)
        for item in reversed(items):
            self.assertIs(self.things.pop(), item)
        self.assertEqual(len(self.things), 0)
        self.assertFalse(self.things)

    def test_all_at_once(self):
        items = [object() for _ in range(5)]
        for item in items:
            self.things.append(item)
        self.assertEqual(self.things.pop_all(), items[::-1])
        self.assertEqual(self.things.pop_all(), [])
        self.things.append(1)
        self.assertIsNone(self.things.clear())
        self.assertEqual(len(self.things), 0)

    def test_every_way_to_say_it(self):
        self.things.append(item=3)
        self.server.things_push(4)
        self.assertEqual(self.server.things_count(), 2)
        self.assertEqual(self.server.things_pop(), 4)
        self.assertFalse(self.server.things_is_empty())
        self.server.things_clear()
        self.assertTrue(self.server.things_is_empty())

    def test_nothing_there_is_an_index_error(self):
        for call in (self.things.pop, self.server.things_pop):
            with self.assertRaises(IndexError):
                call()

    def test_records_and_numbers(self):
        jobs = self.server.jobs
        jobs.append((1, 2.5))
        jobs.append({"id": 2, "cost": 0})
        self.assertEqual(jobs.pop().id, 2)
        jobs.append((3, 4))
        self.assertEqual(jobs.pop_all(), [(3, 4.0), (1, 2.5)])
        numbers = self.server.numbers
        numbers.append(-2**63)
        for wrong, error in (("x", TypeError), (2**63, OverflowError)):
            with self.assertRaises(error):
                numbers.append(wrong)
        self.assertEqual(len(numbers), 1)
        self.assertEqual(numbers.pop_all(), [-2**63])

    def test_it_is_no_attribute_to_store(self):
        with self.assertRaises(AttributeError):
            self.server.things = []
        with self.assertRaises(TypeError):
            self.things.append()
        self.things.append(1)
        self.assertIn("1 element", repr(self.things))
        self.assertIn("things", repr(self.server))


class References(unittest.TestCase):
    def test_counts_come_out_even(self):
        thing = object()
        before = sys.getrefcount(thing)
        server = stacks.Server()
        server.things.append(thing)
        self.assertEqual(sys.getrefcount(thing), before + 1)
        self.assertIs(server.things.pop(), thing)
        self.assertEqual(sys.getrefcount(thing), before)
        self.assertIs(stacks.pass_through(thing), thing)
        self.assertEqual(sys.getrefcount(thing), before)
        for _ in range(3):
            server.things.append(thing)
        del server
        gc.collect()
        self.assertEqual(sys.getrefcount(thing), before)

    def test_the_collector_finds_a_cycle_through_it(self):
        ended = []
        server = stacks.Server()
        for i in range(3):
            thing = Thing(lambda: ended.append(1))
            thing.server = server
            server.things.append(thing)
        watch = weakref.ref(server)
        del server, thing
        gc.collect()
        self.assertIsNone(watch())
        self.assertEqual(len(ended), 3)

    def test_the_collector_leaves_what_is_held(self):
        server = stacks.Server()
        server.things.append(Thing())
        server.things.append([server])
        gc.collect()
        self.assertIs(server.things.pop()[0], server)
        self.assertIsInstance(server.things.pop(), Thing)
        self.assertIn(id(server.things.append([]) or server), map(id, gc.get_objects()))

    def test_clear_with_an_end_that_uses_the_stack(self):
        server = stacks.Server()
        server.things.append(Thing(lambda: server.things.append("left behind")))
        server.things.append(Thing(lambda: server.things.clear()))
        stacks.clear(server)
        self.assertEqual(server.things.pop_all(), ["left behind"])
        server.things.append(Thing(lambda: server.things.append("left behind")))
        self.assertEqual(len(server.things.pop_all()), 1)
        self.assertEqual(server.things.pop(), "left behind")


class Threads(unittest.TestCase):
    def setUp(self):
        self.interval = sys.getswitchinterval()
        sys.setswitchinterval(1e-5)

    def tearDown(self):
        sys.setswitchinterval(self.interval)

    def test_sixteen_threads_lose_nothing(self):
        server = stacks.Server()
        count = scaled(400)
        out = [[] for _ in range(8)]
        left = threading.Semaphore(0)

        def body(index):
            things, mine = server.things, out[index % 8]
            if index < 8:
                for i in range(count):
                    things.append((index, i))
                left.release()
                return
            while True:
                is_last = left._value == 8
                try:
                    mine += things.pop_all() if index % 2 else [things.pop()]
                except IndexError:
                    pass
                if is_last and not things:
                    return
        run_threads(16, body)
        self.assertEqual(sorted(sum(out, [])), [(p, i) for p in range(8) for i in range(count)])

    def test_objects_end_once_under_load_and_collection(self):
        server = stacks.Server()
        ended = []
        count = scaled(200)

        def body(index):
            for i in range(count):
                server.things.append(Thing(lambda: ended.append(1)))
                if index == 0 and i % 50 == 0:
                    gc.collect()
                try:
                    server.things.pop()
                except IndexError:
                    pass
                if i % 20 == 0:
                    server.things.pop_all()
        run_threads(16, body)
        del server
        gc.collect()
        self.assertEqual(len(ended), 16 * count)

    def test_a_fork_keeps_it_whole(self):
        server = stacks.Server()
        for i in range(5):
            server.things.append(i)
        child = os.fork()
        if child == 0:
            good = [server.things.pop() for _ in range(5)] == list(range(4, -1, -1))
            server.things.append("child")
            os._exit(0 if good and server.things.pop() == "child" else 1)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.assertEqual(len(server.things), 5)


if __name__ == "__main__":
    support.main()
