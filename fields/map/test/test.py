# SPDX-License-Identifier: MIT
"""Maps in Python: the mapping protocol, keys of every sort, errors."""
import collections.abc
import gc
import sys
import threading
import time
import unittest
import weakref

import maps
import support
from support import Odd


class Protocol(unittest.TestCase):
    def setUp(self):
        self.box = maps.Maps()

    def test_it_is_a_mutable_mapping(self):
        things = self.box.objects
        self.assertIsInstance(things, collections.abc.MutableMapping)
        self.assertEqual(len(things), 0)
        self.assertEqual(list(things), [])
        things["a"] = 1
        things[b"a"] = 2
        things[7] = 3
        self.assertEqual(things["a"], 1)
        self.assertIn(b"a", things)
        self.assertNotIn("b", things)
        self.assertEqual(len(things), 3)
        self.assertEqual(things, {"a": 1, b"a": 2, 7: 3})
        self.assertEqual({"a": 1, b"a": 2, 7: 3}, things)
        self.assertNotEqual(things, {"a": 1})
        self.assertEqual(set(things), {"a", b"a", 7})
        self.assertEqual(set(things.items()), {("a", 1), (b"a", 2), (7, 3)})
        self.assertEqual(sorted(things.values()), [1, 2, 3])
        self.assertEqual(things.pop("a"), 1)
        self.assertEqual(things.pop("a", "none"), "none")
        self.assertEqual(things.get("a"), None)
        self.assertEqual(things.get("a", 5), 5)
        self.assertEqual(things.setdefault("a", 6), 6)
        self.assertEqual(things.setdefault("a", 7), 6)
        self.assertIsNone(things.setdefault("none"))
        self.assertIsNone(things.pop("none", 1))
        self.assertEqual(things.setdefault("named", default=8), 8)
        del things["named"]
        with self.assertRaises(TypeError):  # None is no number
            self.box.numbers.setdefault(1)
        self.assertNotIn(1, self.box.numbers)
        things.update({"b": 8}, c=9)
        self.assertEqual(things["c"], 9)
        del things["c"]
        key, value = things.popitem()
        self.assertNotIn(key, things)
        things.clear()
        self.assertEqual(len(things), 0)
        self.assertFalse(things)
        self.assertIn("0 elements", repr(things))

    def test_what_it_shows_is_a_set_and_is_live(self):
        things = self.box.objects
        keys, values, items = things.keys(), things.values(), things.items()
        self.assertIsInstance(keys, collections.abc.KeysView)
        self.assertIsInstance(values, collections.abc.ValuesView)
        self.assertIsInstance(items, collections.abc.ItemsView)
        things.update({"a": 1, "b": 2})
        self.assertEqual((sorted(keys), sorted(values), sorted(items)), (["a", "b"], [1, 2], [("a", 1), ("b", 2)]))
        self.assertEqual((len(keys), len(values), len(items)), (2, 2, 2))
        self.assertEqual(keys & {"a", "c"}, {"a"})
        self.assertEqual(items, {"a": 1, "b": 2}.items())
        self.assertIn(("a", 1), items)
        self.assertNotIn(("a", 2), items)
        self.assertIn(2, values)
        for shown in (values, items):
            shown._mapping = {"a": 1}
            with self.assertRaises(TypeError):
                list(shown)
        self.assertEqual(things.popitem()[0] in things, False)
        things.popitem()
        with self.assertRaisesRegex(KeyError, "empty"):
            things.popitem()
        self.assertEqual(self.box.blobs.update({b"k": 1}, **{}), None)
        self.assertEqual(self.box.blobs.popitem(), (b"k", 1))
        self.box.numbers[4] = 5
        self.assertEqual(self.box.numbers.popitem(), (4, 5))
        for method, words in (("popitem", "atomic"), ("pop", "atomic"), ("setdefault", "atomic"),
                              ("update", "step for each key"), ("clear", "one after the other")):
            self.assertIn(words, getattr(type(things), method).__doc__)

    def test_iteration_asks_no_key_anything(self):
        """Not even keys that cannot be asked any more."""
        things, asked = self.box.objects, []

        class Key:
            def __init__(self, number):
                self.number = number

            def __hash__(self):
                asked.append("hash")
                return 1

            def __eq__(self, other):
                asked.append("eq")
                return self is other

        keys = [Key(number) for number in range(50)]
        for key in keys:
            things[key] = key.number
        asked.clear()
        self.assertEqual(sorted(key.number for key in things), list(range(50)))
        self.assertEqual(sorted(key.number for key in things.keys()), list(range(50)))
        self.assertEqual(sorted(things.values()), list(range(50)))
        self.assertEqual(sorted(value for _, value in things.items()), list(range(50)))
        self.assertEqual((len(things), bool(things)), (50, True))
        repr(things), repr(things.keys())
        key, value = things.popitem()
        self.assertEqual((key.number, len(things)), (value, 49))
        self.assertEqual(asked, [])

    def test_what_a_peer_lacks(self):
        """Methods that the lock-free dict of another package does not have."""
        things = self.box.objects
        for name in ("__contains__", "__iter__", "items", "keys", "values", "pop", "popitem",
                     "setdefault", "update", "clear", "copy", "__eq__"):
            self.assertTrue(hasattr(things, name), name)
        things.update(zip("abc", range(3)))
        self.assertEqual(things.copy(), {"a": 0, "b": 1, "c": 2})
        self.assertIs(type(things.copy()), dict)

    def test_a_missing_key_is_a_key_error(self):
        for view, key in ((self.box.objects, "a"), (self.box.numbers, 3), (self.box.named, "x"),
                          (self.box.blobs, b"x"), (self.box.objects, Odd(1))):
            for call in (lambda: view[key], lambda: view.__delitem__(key), lambda: view.pop(key),
                         lambda: view.compare_exchange(key, *self.two_values(view))):
                with self.assertRaises(KeyError) as caught:
                    call()
                self.assertEqual(caught.exception.args, (key,))
        with self.assertRaises(KeyError):
            self.box.objects.popitem()

    @staticmethod
    def two_values(view):
        return 1, 2

    def test_compare_exchange(self):
        self.box.numbers[1] = 10
        self.assertFalse(self.box.numbers.compare_exchange(1, 11, 12))
        self.assertTrue(self.box.numbers.compare_exchange(1, 10, 12))
        self.assertEqual(self.box.numbers[1], 12)
        first, equal = [1], [1]
        self.box.objects["k"] = first
        self.assertFalse(self.box.objects.compare_exchange("k", equal, None))
        self.assertTrue(self.box.objects.compare_exchange("k", first, None))
        self.assertIs(self.box.objects["k"], None)
        self.box.limits[200] = (1, 2)
        self.assertFalse(self.box.limits.compare_exchange(200, (1, 3), (5, 6)))
        self.assertTrue(self.box.limits.compare_exchange(200, (1, 2), (5, 6)))
        self.assertEqual(self.box.limits[200].high, 6)

    def test_values_are_checked_and_change_nothing(self):
        numbers = self.box.numbers
        numbers[1] = 2
        for key, value, error in ((1, "x", TypeError), ("x", 1, TypeError), (2**63, 1, OverflowError),
                                  (1, 2**63, OverflowError)):
            with self.assertRaises(error):
                numbers[key] = value
        self.assertEqual(numbers, {1: 2})
        with self.assertRaises(OverflowError):
            self.box.limits[256] = (1, 2)
        with self.assertRaises(TypeError):
            self.box.named["x"] = "y"
        with self.assertRaises(TypeError):
            self.box.blobs["x"] = 1

    def test_it_grows_with_its_elements(self):
        self.assertEqual(maps.buckets(self.box), 0)
        for count in range(1, 4001):
            self.box.objects[str(count)] = count
            self.assertLessEqual(count, maps.buckets(self.box))

    def test_room_is_reserved(self):
        self.assertIsNone(self.box.objects.reserve(5000))
        self.assertEqual(len(self.box.objects), 0)
        buckets = maps.buckets(self.box)
        self.assertGreaterEqual(buckets, 5000)
        for key in range(5000):
            self.box.objects[key] = key
        self.assertEqual(maps.buckets(self.box), buckets)
        self.box.objects.clear()
        for _ in range(3):
            maps.barrier()
        self.assertEqual(maps.buckets(self.box), buckets)
        for number, error in ((-1, OverflowError), (2**64, OverflowError), (2**63, MemoryError),
                              ("x", TypeError), (1.5, TypeError)):
            with self.assertRaises(error):
                self.box.objects.reserve(number)
        with self.assertRaises(TypeError):
            self.box.objects.reserve()
        self.assertEqual(maps.buckets(self.box), buckets)
        for view in (self.box.numbers, self.box.limits, self.box.named, self.box.blobs):
            view.reserve(100)
            self.assertEqual(len(view), 0)

    def test_keys_at_the_ends_of_their_range(self):
        for key in (-2**63, -1, 0, 2**63 - 1):
            self.box.numbers[key] = key
        self.assertEqual(sorted(self.box.numbers), [-2**63, -1, 0, 2**63 - 1])
        self.assertEqual(self.box.numbers[-2**63], -2**63)
        self.box.named["naïve \N{SNOWMAN} \0"] = 2.5
        self.assertEqual(dict(self.box.named), {"naïve \N{SNOWMAN} \0": 2.5})
        self.box.blobs[b"\0x\0"] = self
        self.assertEqual(list(self.box.blobs), [b"\0x\0"])

    def test_c(self):
        self.assertEqual(maps.check_c(), [])

    def test_many(self):
        for key in range(5000):
            self.box.objects[str(key)] = key
        self.assertEqual(self.box.objects, {str(key): key for key in range(5000)})
        for key in range(5000):
            self.assertEqual(self.box.objects[str(key)], key)


class ObjectKeys(unittest.TestCase):
    """Whatever is a key of a dict is one here, and finds the same."""

    def setUp(self):
        self.things = maps.Maps().objects

    def test_equal_keys_of_many_types_are_one(self):
        class Text(str):
            pass
        groups = [[1, True, 1.0, complex(1)], ["a", Text("a")], [0, False, -0.0], [2**70, float(2**70)],
                  [(1, 2), (1.0, 2)], [frozenset("ab"), frozenset("ba")], [None], [b"a"],
                  ["a\N{SNOWMAN}"], ["a\N{GRINNING FACE}"], [-1], [-2], [2**63], [-2**63], [int]]
        for group in groups:
            for first in group:
                for second in group:
                    self.things.clear()
                    self.things[first] = "x"
                    self.assertEqual(self.things[second], "x")
                    self.things[second] = "y"
                    self.assertEqual(len(self.things), 1)
                    self.assertIs(type(list(self.things)[0]), type(first))
                    self.assertEqual(self.things.pop(second), "y")
                    self.assertEqual(len(self.things), 0)
        for group in groups:
            self.things[group[0]] = group[0]
        self.assertEqual(len(self.things), len(groups))
        for group in groups:
            for key in group:
                self.assertEqual(self.things[key], group[0])

    def test_a_nan_is_found_by_identity(self):
        nan = float("nan")
        self.things[nan] = 1
        self.assertEqual(self.things[nan], 1)
        self.assertNotIn(float("nan") + 1, self.things)

    def test_text_and_bytes_and_int_ask_nobody(self):
        for key in ("a", b"a", 5, "b\N{SNOWMAN}"):
            self.things[key] = 1
        Odd.asked = 0
        for key in ("a", b"a", 5, "b\N{SNOWMAN}"):
            self.assertEqual(self.things[key], 1)
        self.assertEqual(Odd.asked, 0)

    def test_keys_with_the_same_hash(self):
        keys = [Odd(number) for number in range(200)]
        for key in keys:
            self.things[key] = key.number
        self.assertEqual(len(self.things), 200)
        for number in range(200):
            self.assertEqual(self.things[Odd(number)], number)
        for number in range(0, 200, 2):
            self.assertEqual(self.things.pop(Odd(number)), number)
        self.assertEqual({key.number for key in self.things}, set(range(1, 200, 2)))

    def test_an_element_keeps_its_first_key(self):
        first, second = Odd(3), Odd(3)
        self.things[first] = 1
        self.things[second] = 2
        self.assertIs(list(self.things)[0], first)
        end = weakref.ref(second)
        del second
        self.assertIs(end(), None)

    def test_no_hash_and_errors_in_eq(self):
        with self.assertRaises(TypeError):
            self.things[[]] = 1
        with self.assertRaises(TypeError):
            [] in self.things

        def fail():
            raise ValueError("no answer")
        self.things[Odd(4)] = 1
        self.assertEqual(self.things[Odd(4)], 1)
        list(self.things)[0].then = fail
        for call in (lambda: self.things[Odd(4)], lambda: self.things.pop(Odd(14), None),
                     lambda: Odd(4) in self.things, lambda: self.things.update({Odd(4): 2})):
            with self.assertRaises(ValueError):
                call()
        self.assertEqual(len(self.things), 1)

    def test_eq_uses_the_same_map(self):
        def insert_and_remove():
            self.things["other"] = 1
            self.things.pop("other")
            gc.collect()
        self.things[Odd(5, insert_and_remove)] = 1
        self.assertEqual(self.things[Odd(5)], 1)

        def remove_itself():
            self.things.pop(key, None)
        key = Odd(6, remove_itself)
        self.things[key] = 2
        self.assertIn(self.things.get(Odd(6), "gone"), (2, "gone"))
        self.assertNotIn(key, self.things)


if __name__ == "__main__":
    support.main()
