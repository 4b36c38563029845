# SPDX-License-Identifier: MIT
"""Maps in Python: references, the collector, the end."""
import gc
import sys
import unittest
import weakref

import maps
import support
from support import Odd, Thing


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
