# SPDX-License-Identifier: MIT
"""What Python puts behind the C struct of an object: __slots__, a dict, weak references."""
import os
import struct
import sys
import unittest
import weakref

import sized
import support
from support import run_program

setUpModule, tearDownModule = support.watchdog(3600)
POINTER = struct.calcsize("P")
LARGEST = 40
SECONDS = 90 if os.environ.get("AFIELD_STRESS") == "long" else 5
FLAGS = (0, sized.WEAKREF, sized.DICT, sized.WEAKREF | sized.DICT, sized.UNSENDABLE)

# Threads that write and read the slots of objects of every size. A slot that is no aligned pointer
# lies on two cache lines here and there; its halves come from two writes then, and are no address.
TEARING = r"""
import sys, threading, time
sys.path[:] = {path!r}
import sized
class Value: pass
values = [Value() for _ in range(2000)]
values = [None, values[0], ..., values[-1]]
addresses = set(map(id, values))
names = tuple('abcdefgh')
objects = []
for size in range(1, {largest} + 1):
    kind = type('Slotted', (sized.new_type(size, 0),), {{'__slots__': names}})
    objects += [kind() for _ in range(8)]
for one in objects:
    for name in names:
        setattr(one, name, None)
stop, strange = False, []
def write():
    while not stop:
        for o in objects:
            for x in values:
                o.a = x; o.b = x; o.c = x; o.d = x; o.e = x; o.f = x; o.g = x; o.h = x
def read():
    while not stop and not strange:
        for o in objects:
            for x in (o.a, o.b, o.c, o.d, o.e, o.f, o.g, o.h):
                if id(x) not in addresses:
                    strange.append(o)
threads = [threading.Thread(target=call) for call in (write, read)]
for thread in threads: thread.start()
time.sleep({seconds})
stop = True
for thread in threads: thread.join()
assert not strange
"""


class Sizes(unittest.TestCase):
    def test_sizes_are_whole_pointers(self):
        for size in range(1, LARGEST + 1):
            for flags in FLAGS:
                with self.subTest(size=size, flags=flags):
                    kind = sized.new_type(size, flags)
                    self.assertEqual(kind.__basicsize__ % POINTER, 0)
                    self.assertGreaterEqual(kind.__basicsize__, object.__basicsize__ + size)

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

    def test_slots_do_not_tear(self):
        run_program(TEARING.format(path=sys.path, largest=LARGEST, seconds=SECONDS),
                    timeout=SECONDS + 60)


if __name__ == "__main__":
    support.main()
