# SPDX-License-Identifier: MIT
"""Frozen classes and frozen rows: set by the constructor, whole before anybody sees them, and the
same forever."""
import gc
import threading
import unittest

import bank
import bank_cxx
import support
from support import THREADS, Index, run_threads, scaled

VALUES = {"flag": True, "i8": -128, "i16": -2**15, "i32": -2**31, "i64": -2**63, "u8": 255,
          "u16": 2**16 - 1, "u32": 2**32 - 1, "u64": 2**64 - 1, "f32": 0.5, "f64": -1e300}


class Frozen(unittest.TestCase):
    module = bank

    def test_every_shape_reads_what_was_set(self):
        frozen = self.module.FrozenScalars(**VALUES)
        for name, value in VALUES.items():
            self.assertEqual(getattr(frozen, name), value)
            with self.assertRaises(AttributeError):
                setattr(frozen, name, value)
            with self.assertRaises(AttributeError):
                delattr(frozen, name)
        frozen = self.module.FrozenScalars()
        self.assertEqual([getattr(frozen, name) for name in VALUES], [0] * len(VALUES))

    def test_an_object_is_filled_before_it_is_seen(self):
        """The collector can show every object that it tracks; one that is being filled is not yet."""
        seen = []

        def look():
            seen.append([thing for thing in gc.get_objects() if type(thing) is kind])
            return 1
        for kind in (self.module.FrozenPoint, self.module.FrozenScalars):
            gc.collect()
            made = kind(x=Index(look)) if kind is self.module.FrozenPoint else kind(i64=Index(look))
            self.assertEqual(seen.pop(), [])
            self.assertTrue(gc.is_tracked(made))
            del made
            with self.assertRaises(ZeroDivisionError):
                kind(**{"x" if kind is self.module.FrozenPoint else "i64": Index(lambda: 1 // 0)})

    def test_what_is_published_is_whole(self):
        """Readers that find an object in shared memory find what its constructor stored."""
        shared = [self.module.FrozenPoint(), self.module.Fixed()]
        stop = threading.Event()
        count = scaled(6000)

        def body(index):
            if index == 0:
                for i in range(1, count):
                    shared[0] = self.module.FrozenPoint(x=i, y=-i, limits=(i, -i))
                    shared[1] = self.module.Fixed(id=i, limits=(i, -i))
                stop.set()
            while not stop.is_set():
                point, fixed = shared
                assert point.x == -point.y and point.limits == (point.x, point.y)
                assert fixed.limits == (fixed.id, -fixed.id)
        run_threads(4, body)

    def test_a_frozen_row_is_set_once(self):
        fixed = self.module.Fixed(id=3, limits=(1, 2), hits=5)
        for name, value in (("id", 4), ("limits", (3, 4))):
            with self.assertRaises(AttributeError):
                setattr(fixed, name, value)
            with self.assertRaises(AttributeError):
                delattr(fixed, name)
            with self.assertRaisesRegex(TypeError, "frozen"):
                fixed.__init__(**{name: value, "hits": 9})
        self.assertEqual((fixed.id, fixed.limits, fixed.hits), (3, (1, 2), 5))
        fixed.__init__(hits=6)
        fixed.hits += 1
        self.assertEqual(fixed.hits_fetch_add(1), 7)
        self.assertIn("read-only", type(fixed).limits.__doc__)

    def test_the_first_constructor_that_succeeds_is_the_one(self):
        fixed = self.module.Fixed.__new__(self.module.Fixed)
        for wrong in ({"id": "x"}, {"id": 1, "nope": 2}, {"id": 2**63}):
            with self.assertRaises((TypeError, OverflowError)):
                fixed.__init__(**wrong)
        fixed.__init__(id=7)
        self.assertEqual(fixed.id, 7)
        empty = self.module.Fixed()
        with self.assertRaises(TypeError):
            empty.__init__(id=7)

        class Sub(self.module.Fixed):
            def __init__(self, number):
                super().__init__(id=number)
        self.assertEqual(Sub(4).id, 4)

    def test_of_constructors_at_once_one_sets_it(self):
        for _ in range(scaled(60)):
            fixed = self.module.Fixed.__new__(self.module.Fixed)
            won = []

            def body(index):
                try:
                    fixed.__init__(id=index + 1, limits=(index, index))
                    won.append(index)
                except TypeError:
                    pass
            run_threads(THREADS // 2, body)
            self.assertEqual(len(won), 1)
            self.assertEqual((fixed.id, fixed.limits), (won[0] + 1, (won[0], won[0])))


class FrozenInCxx(Frozen):
    module = bank_cxx


if __name__ == "__main__":
    support.main()
