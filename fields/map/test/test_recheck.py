# SPDX-License-Identifier: MIT
"""A reader that stops between finding an element and counting a reference: what it returns was there.

The memory of an object that a writer takes out meanwhile becomes another object's.
"""
import threading
import time
import unittest

import slowmaps
import support
from support import run_threads


class Mine:
    """Stored in the map that is watched."""
    __slots__ = ("number", "__weakref__")


class Other:
    """Never stored there, and of the same size: it takes the memory that a Mine has left."""
    __slots__ = ("number", "__weakref__")


class SecondLook(support.Switching):
    def strangers(self, read, write, seconds):
        """How many objects `read` returns that were never in the map, and of how many reads."""
        box, decoy = slowmaps.Slow(), slowmaps.Slow()
        stop = threading.Event()
        found, reads = [0] * 4, [0] * 4

        def body(index):
            if index == 0:
                deadline = time.monotonic() + seconds
                while time.monotonic() < deadline:
                    for _ in range(100):
                        write(box.objects, Mine())
                        write(decoy.objects, Other())
                stop.set()
                return
            while not stop.is_set():
                for _ in range(50):
                    seen = read(box)
                    if seen is not None and type(seen) is not Mine:
                        found[index] += 1
                reads[index] += 50
        run_threads(3, body)
        print(f"  {sum(found)} strangers in {sum(reads)} reads", flush=True)
        self.assertGreater(sum(reads), 0)
        return sum(found)

    @staticmethod
    def replace(things, thing):
        things["key"] = thing

    @staticmethod
    def put_and_take(things, thing):
        things["key"] = thing
        things.pop("key")

    def test_a_value_that_is_read_was_stored(self):
        for write in (self.replace, self.put_and_take):
            self.assertEqual(self.strangers(lambda box: box.objects.get("key"), write, 1), 0)

    def test_a_value_that_is_walked_over_was_stored(self):
        def walk(box):
            return next(iter(box.objects.values()), None)
        self.assertEqual(self.strangers(walk, self.replace, 0.5), 0)

    def overtake(self, read, take_away):
        """Between its look and its count, the object that a reader found becomes another one."""
        box, kept = slowmaps.Slow(), []
        box.objects["key"] = Mine()
        address = id(box.objects["key"])

        def between():
            take_away(box.objects)
            for _ in range(100000):
                kept.append(Other())
                if id(kept[-1]) == address:
                    return
        slowmaps.interrupt(between)
        seen = read(box)
        if not kept or id(kept[-1]) != address:
            self.skipTest("the memory is not used again")
        return type(seen)

    @unittest.skipUnless(support.FREE_THREADED, "with the GIL a look and a count are one step")
    @unittest.skipIf(support.SANITIZED, "memory is not reused at once under a sanitizer")
    def test_a_reader_that_is_overtaken_looks_again(self):
        for read in (lambda box: box.objects.get("key"),
                     lambda box: next(iter(box.objects.values()), None)):
            self.assertIs(self.overtake(read, lambda things: self.replace(things, Mine())), Mine)
            self.assertIs(self.overtake(read, lambda things: things.clear()), type(None))

    @unittest.skipUnless(support.FREE_THREADED, "with the GIL a look and a count are one step")
    @unittest.skipIf(support.SANITIZED, "memory is not reused at once under a sanitizer")
    def test_a_reader_that_does_not_look_again_is_caught(self):
        """The same on a reader without the re-check, which returns what was never in the map."""
        self.assertIs(self.overtake(lambda box: box.look_once("key"), lambda things: things.clear()),
                      Other)


if __name__ == "__main__":
    support.main()
