# SPDX-License-Identifier: MIT
"""What the Python tests of queues and stacks share: references come out even, and nothing is lost
or ended twice between threads, collections and forks.

A kind derives from these and from a class that says how: `make` makes the owner of `things`,
pass_through(thing) of the extension is `pass_through`, put(things, item) and take(things) are the
two operations (put without an item is refused), take raises `Nothing`, and in_order(items) puts what was taken into the order in
which it was put."""
import gc
import os
import sys
import unittest
import weakref

import support
from support import Thing, run_threads, scaled


def removed(take, Nothing):
    """What a history says of a take (history.py)."""
    try:
        return f"remove : {take()}"
    except Nothing:
        return "remove : empty"


def removed_second(take, Nothing, put):
    """Of one that takes two and puts the first back."""
    try:
        first = take()
    except Nothing:
        return "remove : empty"
    second = removed(take, Nothing)
    if second == "remove : empty":
        return f"remove : {first}"
    put(first)
    return second


class Methods(unittest.TestCase):
    def setUp(self):
        self.server = self.make()
        self.things = self.server.things

    def test_numbers_and_records_are_checked(self):
        jobs, numbers = self.server.jobs, self.server.numbers
        for job in ((1, 2.5), {"id": 1, "cost": 2.5}):
            self.put(jobs, job)
            taken = self.take(jobs)
            self.assertEqual((taken, taken.id), ((1, 2.5), 1))
        self.put(numbers, -2**63)
        for wrong, error in (("x", TypeError), (2**63, OverflowError)):
            with self.assertRaises(error):
                self.put(numbers, wrong)
        self.assertEqual(self.take(numbers), -2**63)
        self.assertRaises(self.Nothing, self.take, numbers)

    def test_it_is_no_attribute_to_store(self):
        with self.assertRaises(AttributeError):
            self.server.things = []
        with self.assertRaises(TypeError):
            self.put(self.things)
        self.put(self.things, 1)
        self.assertIn("1 element", repr(self.things))
        self.assertIn("things", repr(self.server))


class References(unittest.TestCase):
    def test_counts_come_out_even(self):
        thing = object()
        before = sys.getrefcount(thing)
        server = self.make()
        self.put(server.things, thing)
        self.assertEqual(sys.getrefcount(thing), before + 1)
        self.assertIs(self.take(server.things), thing)
        self.assertEqual(sys.getrefcount(thing), before)
        self.assertIs(self.pass_through(thing), thing)
        self.assertEqual(sys.getrefcount(thing), before)
        for _ in range(3):
            self.put(server.things, thing)
        del server
        gc.collect()
        self.assertEqual(sys.getrefcount(thing), before)

    def test_the_collector_finds_a_cycle_through_it(self):
        ended = []
        server = self.make()
        for i in range(3):
            thing = Thing(lambda: ended.append(1))
            thing.server = server
            self.put(server.things, thing)
        watch = weakref.ref(server)
        del server, thing
        gc.collect()
        self.assertIsNone(watch())
        self.assertEqual(len(ended), 3)

    def test_the_collector_leaves_what_is_held(self):
        server = self.make()
        self.put(server.things, Thing())
        self.put(server.things, [server])
        gc.collect()
        thing, row = self.in_order([self.take(server.things) for _ in range(2)])
        self.assertIsInstance(thing, Thing)
        self.assertIs(row[0], server)
        self.put(server.things, [])
        self.assertIn(id(server), map(id, gc.get_objects()))


class Threads(support.Switching):
    interval = 1e-5

    def take_some(self, things, i):
        """What a thread takes in its i-th round."""
        self.take(things)

    def test_objects_end_once_under_load_and_collection(self):
        server = self.make()
        ended = []
        count = scaled(200)

        def body(index):
            for i in range(count):
                self.put(server.things, Thing(lambda: ended.append(1)))
                if index == 0 and i % 50 == 0:
                    gc.collect()
                try:
                    self.take_some(server.things, i)
                except self.Nothing:
                    pass
        run_threads(16, body)
        del server
        gc.collect()
        self.assertEqual(len(ended), 16 * count)

    def test_a_fork_keeps_it_whole(self):
        server = self.make()
        for i in range(5):
            self.put(server.things, i)
        child = os.fork()
        if child == 0:
            items = [self.take(server.things) for _ in range(5)]
            self.put(server.things, "child")
            good = self.in_order(items) == list(range(5)) and self.take(server.things) == "child"
            os._exit(0 if good else 1)
        self.assertEqual(os.waitpid(child, 0)[1], 0)
        self.assertEqual(server.things_count(), 5)
