# SPDX-License-Identifier: MIT
"""Objects that are made once: one making for all threads, failures, coming back, the collector."""
import gc
import os
import sys
import threading
import unittest
import weakref

import lazy
import support
from support import Thing, run_threads


class OneThread(unittest.TestCase):
    def setUp(self):
        self.lazy = lazy.Lazy()

    def test_functions_of_c(self):
        self.assertEqual(lazy.check_c(), [])

    def test_fresh_is_an_attribute_error(self):
        with self.assertRaisesRegex(AttributeError, "'value' is not set"):
            self.lazy.value
        with self.assertRaises(AttributeError):
            del self.lazy.value
        self.assertIn("Lazy", repr(self.lazy))

    def test_made_once(self):
        calls = []
        make = lambda: calls.append(1) or Thing()
        made = self.lazy.value_get_or_init(make)
        self.assertIs(self.lazy.value_get_or_init(make), made)
        self.assertIs(self.lazy.value, made)
        self.assertEqual(calls, [1])
        self.assertIs(self.lazy.value_get_or_init(make=None), made)
        with self.assertRaises(lazy.AlreadySetError):
            self.lazy.value = 3
        with self.assertRaises(lazy.AlreadySetError):
            del self.lazy.value
        self.assertIs(self.lazy.value, made)

    def test_none_and_itself_are_objects(self):
        self.assertIsNone(self.lazy.value_get_or_init(lambda: None))
        self.assertIsNone(self.lazy.value_get_or_init(Thing))
        self.assertIs(self.lazy.other_get_or_init(lambda: self.lazy), self.lazy)

    def test_set_first(self):
        thing = Thing()
        self.lazy.value = thing
        self.assertIs(self.lazy.value_get_or_init(lambda: self.fail("made")), thing)
        self.assertIs(lazy.Lazy(value=thing).value, thing)

    def test_a_failure_is_its_callers_and_the_next_tries(self):
        def fail():
            raise KeyError("no")

        for _ in range(3):
            with self.assertRaisesRegex(KeyError, "no"):
                self.lazy.value_get_or_init(fail)
            with self.assertRaises(KeyError):
                self.lazy.of_c(fail)
        for wrong in (None, 3):
            with self.assertRaises(TypeError):
                self.lazy.value_get_or_init(wrong)
        with self.assertRaises(TypeError):
            self.lazy.value_get_or_init()
        self.assertFalse(hasattr(self.lazy, "value"))
        self.assertEqual(self.lazy.value_get_or_init(lambda: 5), 5)
        self.assertEqual(self.lazy.of_c(lambda: 6), 6)

    def test_coming_back_is_an_error(self):
        def again():
            with self.assertRaises(lazy.DeadlockError):
                self.lazy.value_get_or_init(lambda: 1)
            with self.assertRaises(lazy.DeadlockError):
                self.lazy.value = 1
            self.assertFalse(hasattr(self.lazy, "value"))
            return self.lazy.other_get_or_init(lambda: 2)

        self.assertEqual(self.lazy.value_get_or_init(again), 2)

        def again_in_c():
            with self.assertRaisesRegex(RuntimeError, "this thread is making"):
                self.lazy.of_c(lambda: 1)
            return 3

        self.assertEqual(self.lazy.of_c(again_in_c), 3)

    def test_references(self):
        thing = Thing()
        before = sys.getrefcount(thing)
        for _ in range(100):
            it = lazy.Lazy()
            it.value_get_or_init(lambda: thing)
            it.value_get_or_init(lambda: thing)
            it.value
            it.of_c(lambda: thing)
            it.give_up()
            it.value = thing
            try:
                it.value = thing
            except lazy.AlreadySetError:
                pass
        self.assertEqual(sys.getrefcount(thing), before + 2)
        it = None
        self.assertEqual(sys.getrefcount(thing), before)

    def test_the_end_is_prompt(self):
        thing = Thing()
        ref = weakref.ref(thing)
        self.lazy.value = thing
        del thing
        self.assertIsNotNone(ref())
        self.lazy = None
        self.assertIsNone(ref())

    def test_given_up_in_its_own_end(self):
        ends = []

        class Ending:
            def __init__(self, owner):
                self.owner = weakref.ref(owner)

            def __del__(self):
                ends.append(self.owner().value_get_or_init(lambda: "next"))

        self.lazy.value = Ending(self.lazy)
        self.lazy.give_up()
        gc.collect()
        self.assertEqual(ends, ["next"])
        self.assertEqual(self.lazy.value, "next")


class Collector(unittest.TestCase):
    def test_cycles(self):
        for name in ("value", "other", "of_c"):
            it, thing = lazy.Lazy(), Thing()
            thing.owner = it
            get = it.of_c if name == "of_c" else getattr(it, name + "_get_or_init")
            get(lambda: thing)
            refs = weakref.ref(it), weakref.ref(thing)
            del it, thing, get
            gc.collect()
            self.assertEqual([ref() for ref in refs], [None, None], name)

    def test_a_collection_inside_a_making(self):
        it = lazy.Lazy()

        def make():
            thing = Thing()
            thing.owner = it
            gc.collect()
            return thing

        thing = it.value_get_or_init(make)
        gc.collect()
        self.assertIs(it.value, thing)


class Threads(unittest.TestCase):
    def test_one_makes_and_the_others_wait(self):
        for _ in range(50):
            it, calls, got = lazy.Lazy(), [], []
            barrier = threading.Barrier(6)

            def make():
                calls.append(threading.get_ident())
                return Thing()

            def work(_):
                barrier.wait()
                got.append(it.value_get_or_init(make))

            run_threads(6, work)
            self.assertEqual(len(calls), 1)
            self.assertEqual(len(got), 6)
            self.assertEqual(len(set(map(id, got))), 1)

    def test_waiters_are_detached(self):
        it, inside, go = lazy.Lazy(), threading.Event(), threading.Event()

        def make():
            inside.set()
            self.assertTrue(go.wait(30))
            return "made"

        got = []
        maker = threading.Thread(target=lambda: got.append(it.value_get_or_init(make)))
        maker.start()
        self.assertTrue(inside.wait(30))
        waiter = threading.Thread(target=lambda: got.append(it.value_get_or_init(None)))
        waiter.start()
        gc.collect()
        go.set()
        maker.join()
        waiter.join()
        self.assertEqual(got, ["made", "made"])

    def test_one_that_waited_tries_next(self):
        it = lazy.Lazy()
        attempts, failures, got = [], [], []
        barrier = threading.Barrier(4)

        def make():
            attempts.append(1)
            if len(attempts) < 3:
                raise ValueError("not yet")
            return "made"

        def work(_):
            barrier.wait()
            try:
                got.append(it.value_get_or_init(make))
            except ValueError:
                failures.append(1)

        run_threads(4, work)
        self.assertEqual((len(attempts), len(failures)), (3, 2))
        self.assertEqual(got, ["made", "made"])

    def test_made_and_not_said(self):
        it, thing, got = lazy.Lazy(), Thing(), []
        self.assertEqual(it.begin(), 0)
        waiter = threading.Thread(target=lambda: got.append(it.value_get_or_init(None)))
        waiter.start()
        it.leave_unsaid(thing)
        waiter.join()
        self.assertIs(got[0], thing)
        it.give_up() # which finds it said
        with self.assertRaises(AttributeError):
            it.value
        self.assertEqual(it.value_get_or_init(lambda: 3), 3)

    def test_readers_beside_the_collector(self):
        it = lazy.Lazy()
        wrong = []

        def work(number):
            for step in range(3000):
                if number == 0:
                    it.give_up()
                    continue
                thing = it.value_get_or_init(Thing)
                if type(thing) is not Thing:
                    wrong.append(thing)
                try:
                    thing = it.value
                except AttributeError:
                    continue
                if type(thing) is not Thing:
                    wrong.append(thing)

        run_threads(4, work)
        self.assertEqual(wrong, [])


@unittest.skipUnless(hasattr(os, "fork"), "needs fork")
class Forks(unittest.TestCase):
    @support.forks
    def test_a_child_makes_what_was_being_made(self):
        support.run_program("import lazy, os, threading\n"
                            "it, begun, end = lazy.Lazy(), threading.Event(), threading.Event()\n"
                            "def make(): begun.set(); end.wait(); return 4\n"
                            "def get(): it.value_get_or_init(make)\n"
                            "thread = threading.Thread(target=get); thread.start(); begun.wait()\n"
                            "child = os.fork()\n"
                            "if not child:\n"
                            "    os._exit(it.value_get_or_init(lambda: 5) != 5 or it.value != 5)\n"
                            "assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0\n"
                            "end.set(); thread.join(); assert it.value == 4\n")


if __name__ == "__main__":
    unittest.main()
