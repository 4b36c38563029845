"""Maps in Python: the mapping protocol, keys of every sort, errors, the collector, the end."""
import collections.abc
import gc
import sys
import unittest
import weakref

import maps
import support
from support import Thing


class Odd:
    """A key whose hash and equality are Python code, and which tells how often it was asked."""
    asked = 0

    def __init__(self, number, then=None):
        self.number, self.then = number, then

    def __hash__(self):
        return hash(self.number % 10)

    def __eq__(self, other):
        Odd.asked += 1
        if self.then:
            self.then()
        return isinstance(other, Odd) and other.number == self.number


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


class Ends(unittest.TestCase):
    def test_values_end_at_once(self):
        box, ended = maps.Maps(), []
        things = box.objects
        things["a"] = Thing(lambda: ended.append(1))
        things["a"] = Thing(lambda: ended.append(2))
        self.assertEqual(ended, [1])
        del things["a"]
        self.assertEqual(ended, [1, 2])
        things["a"] = Thing(lambda: ended.append(3))
        things.clear()
        things["a"] = Thing(lambda: ended.append(4))
        box.blobs[b"a"] = Thing(lambda: ended.append(5))
        del things, box
        self.assertEqual(ended, [1, 2, 3, 4, 5])

    def test_references_are_counted(self):
        box, key, value = maps.Maps(), Odd(1), Thing()
        before = sys.getrefcount(key), sys.getrefcount(value)
        box.objects[key] = value
        for _ in range(100):
            box.objects[Odd(1)]
            box.objects[key] = value
            box.objects.setdefault(Odd(1), None)
            box.objects.compare_exchange(key, value, value)
            list(box.objects.items())
            Odd(11) in box.objects
        self.assertEqual((sys.getrefcount(key), sys.getrefcount(value)),
                         (before[0] + 1, before[1] + 1))
        box.objects.pop(key)
        self.assertEqual((sys.getrefcount(key), sys.getrefcount(value)), before)

    def test_an_end_uses_the_map(self):
        things = maps.Maps().objects
        things["a"] = Thing(lambda: things.update(b=1))
        things["a"] = 2
        self.assertEqual(things, {"a": 2, "b": 1})

    def test_cycles_are_collected(self):
        for make in (lambda box, thing: box.objects.update(a=thing),
                     lambda box, thing: box.objects.update({thing: 1}),
                     lambda box, thing: box.blobs.update({b"a": thing}),
                     lambda box, thing: box.counts.update({thing: 1})):
            box, thing = maps.Maps(), Thing()
            thing.box = box
            make(box, thing)
            ends = weakref.ref(box), weakref.ref(thing)
            del thing
            gc.collect()
            self.assertIsNotNone(ends[1]())
            del box
            gc.collect()
            self.assertEqual((ends[0](), ends[1]()), (None, None))

    def test_a_cleared_map_is_usable(self):
        box = maps.Maps()
        box.objects["a"] = box.blobs[b"b"] = Thing()
        end = weakref.ref(box.objects["a"])
        maps.clear(box)
        self.assertIs(end(), None)
        self.assertEqual(len(box.objects) + len(box.blobs), 0)
        box.objects["a"] = 1
        self.assertEqual(box.objects, {"a": 1})

    def test_a_big_map_ends_without_waiting(self):
        box = maps.Maps()
        for number in range(20000):
            box.objects[number] = number
        maps.barrier()
        self.assertGreater(maps.buckets(box), 4000)
        del box
        self.assertEqual(maps.barrier(), 0)


if __name__ == "__main__":
    support.main()
