# SPDX-License-Identifier: MIT
"""Fields that Python sees as a view: methods, operators, iteration, errors, ends."""
import collections.abc
import gc
import inspect
import queue
import sys
import threading
import time
import unittest
import weakref

import support
import views


class Methods(unittest.TestCase):
    def setUp(self):
        self.room = views.Room()

    def test_a_mapping_by_number(self):
        numbers = self.room.numbers
        numbers[3] = 30
        numbers[-4] = -40
        self.assertEqual(numbers[3], 30)
        self.assertEqual(len(numbers), 2)
        self.assertIn(-4, numbers)
        self.assertNotIn(5, numbers)
        self.assertEqual(numbers.get(5), None)
        self.assertEqual(numbers.get(5, 7), 7)
        self.assertEqual(numbers.get(5, default=7), 7)
        self.assertEqual(numbers.pop(3), 30)
        self.assertEqual(numbers.pop(3, "none"), "none")
        del numbers[-4]
        self.assertEqual(len(self.room.numbers), 0)

    def test_a_missing_key_is_a_key_error_with_the_key(self):
        for call in (lambda: self.room.numbers[5], lambda: self.room.numbers.pop(5),
                     lambda: self.room.numbers.__delitem__(5)):
            with self.assertRaises(KeyError) as caught:
                call()
            self.assertEqual(caught.exception.args, (5,))

    def test_the_base_gives_the_rest(self):
        numbers = self.room.numbers
        self.assertIsInstance(numbers, collections.abc.MutableMapping)
        numbers.update({1: 2, 3: 4})
        self.assertEqual(numbers.setdefault(1, 9), 2)
        self.assertEqual(numbers.setdefault(5, 6), 6)
        self.assertEqual(numbers, {1: 2, 3: 4, 5: 6})
        self.assertNotEqual(numbers, {1: 2})
        numbers.clear()
        self.assertEqual(dict(numbers), {})
        with self.assertRaises(TypeError):
            hash(numbers)

    def test_texts_and_objects(self):
        words = self.room.words
        thing = object()
        words["naïve"] = thing
        words[""] = None
        self.assertIs(words["naïve"], thing)
        self.assertEqual(set(words), {"naïve", ""})
        self.assertEqual(set(words.keys() | {"x"}), {"naïve", "", "x"})
        self.assertEqual(list(words.items()), [("naïve", thing), ("", None)])
        self.assertEqual(list(words.values()), [thing, None])
        self.assertEqual(words.copy(), {"naïve": thing, "": None})
        with self.assertRaises(TypeError):
            words[b"bytes"] = 1
        with self.assertRaises(UnicodeEncodeError):
            words["\udc80"] = 1
        self.assertEqual(len(words), 2)

    def test_a_wrong_value_changes_nothing(self):
        numbers = self.room.numbers
        numbers[1] = 10
        for value, error in (("x", TypeError), (2**63, OverflowError)):
            with self.assertRaises(error):
                numbers[1] = value
        for key, error in (("x", TypeError), (2**31, OverflowError)):
            with self.assertRaises(error):
                numbers[key] = 1
        self.assertEqual(numbers, {1: 10})

    def test_arguments_by_name(self):
        things = self.room.things
        things.append(item=5)
        self.assertEqual(things.take(timeout=1, block=True), 5)
        for call in (lambda: things.take(True, 1, 2), lambda: things.take(depth=1),
                     lambda: things.take(True, block=True), lambda: things.append()):
            with self.assertRaises(TypeError):
                call()
        for timeout, error in ((-1, ValueError), (float("nan"), ValueError), ("x", TypeError)):
            with self.assertRaises(error):
                things.take(timeout=timeout)
        self.assertEqual(str(inspect.signature(type(things).take)),
                         "(self, /, block=True, timeout=None)")
        self.assertEqual(type(things).take.__qualname__, "Room.ThingsThings.take")

    def test_properties_are_attributes(self):
        things = self.room.things
        with self.assertRaises(queue.Empty):
            things.first
        self.room.things = "ab"
        self.assertEqual(things.first, "a")
        for attempt in (lambda: setattr(things, "first", 1), lambda: delattr(things, "first")):
            self.assertRaises(AttributeError, attempt)
        self.assertTrue(inspect.getdoc(type(things).first).startswith("The first."))
        self.room.numbers[1] = 5
        self.assertEqual(self.room.numbers.first, 5)
        with self.assertRaises(TypeError):
            type(things).first.fget(self.room.numbers)

    def test_the_hosts_own_exception(self):
        with self.assertRaises(queue.Empty):
            self.room.things.take(block=False)
        for _ in range(64):
            self.room.things.append(None)
        with self.assertRaises(views.FullError):
            self.room.things.append(None)

    def test_assignment_replaces_all(self):
        things = self.room.things
        self.room.things = (x for x in "abc")
        self.assertEqual(list(things), ["a", "b", "c"])
        room = views.Room(things=[1, 2])
        self.assertEqual(list(room.things), [1, 2])
        with self.assertRaises(TypeError):
            room.things = 5
        with self.assertRaises(views.FullError):
            room.things = range(65)
        with self.assertRaises(TypeError):
            del room.things
        self.assertEqual(list(room.things), [1, 2])
        for assign in (lambda: setattr(room, "fixed", []), lambda: setattr(room, "numbers", {})):
            with self.assertRaises(AttributeError):
                assign()
        with self.assertRaises(TypeError):
            views.Room(things=[1], fixed=[2])

    def test_views_of_one_field_are_equal(self):
        self.assertEqual(self.room.things, self.room.things)
        self.assertEqual(hash(self.room.things), hash(self.room.things))
        self.assertNotEqual(self.room.things, self.room.fixed)
        self.assertNotEqual(self.room.things, views.Room().things)

    def test_repr_says_how_many(self):
        self.room.things.append(1)
        self.assertEqual(repr(self.room.things), "<views.Room.things: 1 element>")
        self.assertIn("numbers=<views.Room.numbers: 0 elements>", repr(self.room))

    def test_a_view_type_is_not_called_and_not_changed(self):
        with self.assertRaises(TypeError):
            type(self.room.things)()
        with self.assertRaises(TypeError):
            type(self.room.things).take = None
        with self.assertRaises(TypeError):
            type(self.room.things).take(self.room.fixed)
        with self.assertRaises(AttributeError):
            self.room.things.other = 1


class Ends(unittest.TestCase):
    def test_a_view_keeps_the_owner(self):
        room = views.Room()
        gone = weakref.ref(room)
        things = room.things
        del room
        things.append("still")
        self.assertEqual(list(things), ["still"])
        self.assertIsNotNone(gone())
        del things
        gc.collect()
        self.assertIsNone(gone())

    def test_a_cycle_through_a_view_is_collected(self):
        room = views.Room()
        room.things.append(room.things)
        room.words["self"] = room
        gone = weakref.ref(room)
        del room
        gc.collect()
        self.assertIsNone(gone())

    def test_references_come_and_go(self):
        thing = support.Thing()
        room = views.Room()
        room.things = [thing] * 5
        room.words["a"] = thing
        for _ in range(100):
            self.assertEqual(list(room.things), [thing] * 5)
            self.assertIs(room.words["a"], thing)
            self.assertEqual(room.words.items() - [], {("a", thing)})
        gone = weakref.ref(thing)
        room.things = []
        del thing, room.words["a"]
        gc.collect()
        self.assertIsNone(gone())

    def test_an_unsendable_owner(self):
        own = views.Own()
        things = own.things
        raised = []

        def other():
            for call in (lambda: things.append(1), lambda: own.things, lambda: list(things),
                         lambda: things.first):
                try:
                    call()
                except views.UnsendableError:
                    raised.append(1)

            raised.append(repr(things))  # refused by nobody

        support.run_threads(1, lambda _: other())
        self.assertEqual(raised, [1, 1, 1, 1, "<views.Own.things>"])
        things.append(1)
        self.assertEqual(list(own.things), [1])


class Waits(unittest.TestCase):
    def test_a_wait_ends_with_the_value_or_the_time(self):
        things = views.Room().things
        before = time.monotonic()
        with self.assertRaises(queue.Empty):
            things.take(timeout=0.05)
        self.assertGreaterEqual(time.monotonic() - before, 0.05)
        self.assertIs(things.wait(0.01), False)
        taker = threading.Thread(target=lambda: taken.append(things.take()))
        taken = []
        taker.start()
        time.sleep(0.05)
        things.append("late")
        taker.join(10)
        self.assertEqual(taken, ["late"])

    def test_a_signal_ends_a_wait(self):
        things = views.Room().things
        self.assertRaises(KeyboardInterrupt, support.interrupt, things.take)

    def test_many_threads(self):
        room = views.Room()

        def body(index):
            for step in range(support.scaled(300)):
                room.things.append(index)
                room.numbers[index] = step
                room.words[str(index)] = [step]
                list(room.things), room.words.items(), room.numbers == {}
                self.assertIn(room.things.take(), range(16))

        support.run_threads(16, body)
        self.assertEqual(len(room.things), 0)
        self.assertEqual(len(room.numbers), 16)
        self.assertEqual(sys.getrefcount(room), sys.getrefcount(room))


if __name__ == "__main__":
    support.main()
