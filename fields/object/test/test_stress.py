# SPDX-License-Identifier: MIT
"""Many threads on one object field. What is read was stored there; nothing is lost or leaked."""
import gc
import threading
import time
import unittest
import weakref

import holder
import support
import widened
from support import THREADS, run_threads, scaled


class Mine:
    """Stored in the field that is watched."""
    __slots__ = ("number", "__weakref__")


class Other:
    """Never stored there, and of the same size: it takes the memory that a Mine has left."""
    __slots__ = ("number", "__weakref__")


class Stress(support.Switching):
    def strangers(self, read, seconds):
        """How many objects `read` returns that were never in the field, and of how many reads."""
        field, decoy = widened.Widened(value=Mine()), widened.Widened(value=Other())
        stop = threading.Event()
        found, reads = [0] * 4, [0] * 4

        def body(index):
            if index == 0:
                deadline = time.monotonic() + seconds
                while time.monotonic() < deadline and not (seconds > 10 and sum(found)):
                    for _ in range(100):
                        field.value = Mine()
                        decoy.value = Other()
                stop.set()
                return
            while not stop.is_set():
                for _ in range(50):
                    if type(read(field)) is not Mine:
                        found[index] += 1
                reads[index] += 50
        run_threads(3, body)
        return sum(found), sum(reads)

    def test_a_read_object_was_stored_there(self):
        """The memory of what a reader was about to take is reused while it waits in between."""
        found, reads = self.strangers(lambda field: field.value, 4 if not support.SANITIZED else 2)
        print(f"  {found} strangers in {reads} reads", flush=True)
        self.assertEqual(found, 0)
        self.assertGreater(reads, 0)

    @unittest.skipUnless(support.FREE_THREADED, "with the GIL a load and a count are one step")
    @unittest.skipIf(support.SANITIZED, "memory is not reused at once under a sanitizer")
    def test_a_reader_that_does_not_look_again_is_caught(self):
        """The same test on a reader without the re-check finds what was never stored."""
        found, reads = self.strangers(lambda field: field.look_once(), 60)
        print(f"  {found} strangers in {reads} reads without the re-check", flush=True)
        self.assertGreater(found, 0)

    def test_exchange_hands_each_object_to_one_thread(self):
        """Objects go in once and come out once, and none is left over."""
        box = holder.Holder()
        count = scaled(4000)
        taken = [[] for _ in range(THREADS)]

        def body(index):
            for i in range(count):
                old = box.value_exchange((index, i))
                if old is not None:
                    taken[index].append(old)
        run_threads(THREADS, body)
        every = sum(taken, []) + [box.value]
        self.assertEqual(len(every), THREADS * count)
        self.assertEqual(len(set(every)), THREADS * count)

    def test_compare_exchange_counts(self):
        """A counter of objects: each success is one step, and none is lost."""
        box = holder.Holder(value=(0,))
        count = scaled(1500)

        def body(index):
            for _ in range(count):
                while True:
                    old = box.value
                    if box.value_compare_exchange(old, (old[0] + 1,)):
                        break
        run_threads(8, body)
        self.assertEqual(box.value, (8 * count,))

    def test_get_or_init_gives_all_the_same(self):
        for _ in range(scaled(200)):
            box = holder.Holder()
            seen = [None] * 8

            def body(index):
                seen[index] = box.value_get_or_init(list)
            run_threads(8, body)
            self.assertTrue(all(one is seen[0] for one in seen))

    def test_nothing_leaks(self):
        """Every object that went through the field ends, whichever way it left."""
        box = holder.Holder()
        alive = weakref.WeakSet()
        count = scaled(500)
        lock = threading.Lock()

        def body(index):
            for i in range(count):
                thing = Mine()
                with lock:
                    alive.add(thing)
                action = (index + i) % 6
                if action == 0:
                    box.value = thing
                elif action == 1:
                    box.value_exchange(thing)
                elif action == 2:
                    box.value_compare_exchange(getattr(box, "value", None), thing)
                elif action == 3:
                    box.value_get_or_init(lambda: thing)
                elif action == 4:
                    getattr(box, "value", None)
                else:
                    try:
                        del box.value
                    except AttributeError:
                        pass
        run_threads(8, body)
        box.value = None
        del body
        self.assertTrue(support.all_end(alive), len(alive))

    def test_objects_end_while_others_read_them(self):
        """Each thread drops objects that the others reach through a field, the collector running."""
        box = holder.Holder()
        count = scaled(1500)

        def body(index):
            for i in range(count):
                made = holder.Holder(value=[index], next=getattr(box, "value", None))
                if i % 3 == 0:
                    made.next = made
                box.value = made
                seen = box.value
                getattr(seen, "next", None)
                if i % 7 == 0:
                    made.next = None
                if i % 200 == 0:
                    gc.collect()
        run_threads(8, body)


if __name__ == "__main__":
    support.main()
