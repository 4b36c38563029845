# SPDX-License-Identifier: MIT
"""What Python puts behind the C struct of an object: __slots__, a dict, weak references."""
import struct
import sys
import unittest
import weakref

import sized
import support

POINTER = struct.calcsize("P")
LARGEST = 40
FLAGS = (0, sized.WEAKREF, sized.DICT, sized.WEAKREF | sized.DICT, sized.UNSENDABLE)


class Sizes(unittest.TestCase):
    def basicsize(self, size, flags):
        """Whole pointers, and what else an object has: who made it and whether it is filled, and
        before 3.12 a pointer for each of the others."""
        all = (sized.OFFSET + size + POINTER - 1) // POINTER * POINTER
        if flags & sized.UNSENDABLE:
            all += 2 * POINTER
        if sys.version_info < (3, 12):
            all += POINTER * (bool(flags & sized.WEAKREF) + bool(flags & sized.DICT))
        return all

    def test_sizes_are_whole_pointers(self):
        for size in range(1, LARGEST + 1):
            for flags in FLAGS:
                with self.subTest(size=size, flags=flags):
                    kind = sized.new_type(size, flags)
                    self.assertEqual(kind.__basicsize__, self.basicsize(size, flags))
                    self.assertEqual((kind.__itemsize__, kind.__flags__ & 1), (0, 0))
                    self.assertEqual(bool(kind.__weakrefoffset__), bool(flags & sized.WEAKREF))
                    self.assertEqual(bool(kind.__dictoffset__), bool(flags & sized.DICT))

    def test_what_subclasses_add(self):
        for size in range(1, LARGEST + 1):
            for flags in FLAGS:
                with self.subTest(size=size, flags=flags):
                    self.check_subclasses(sized.new_type(size, flags))

    def check_subclasses(self, base):
        class Plain(base):
            pass

        class Slotted(base):
            __slots__ = ("a", "b")

        class Referenced(base):
            __slots__ = ("a", "b") + (() if base.__weakrefoffset__ else ("__weakref__",))

        for kind in (Plain, Slotted, Referenced):
            self.assertEqual(kind.__basicsize__ % POINTER, 0)
            one, value = kind(), [1]
            before = sys.getrefcount(value)
            one.flag = True
            one.a, one.b = value, value
            self.assertIs(one.a, value)
            self.assertIs(one.b, value)
            self.assertIs(one.flag, True)
            one.flag = False
            self.assertIs(one.b, value)
            if kind is not Slotted:
                self.assertIs(weakref.ref(one)(), one)
            del one
            self.assertEqual(sys.getrefcount(value), before)


if __name__ == "__main__":
    support.main()
