# SPDX-License-Identifier: MIT
"""The collector beside threads that have a lock and are not attached: what is alive, it leaves alone."""
import gc
import os
import threading
import time
import unittest
import weakref

import kept
import support
from support import InThread, scaled

setUpModule, tearDownModule = support.watchdog(3600)
SECONDS = 200 if os.environ.get("AFIELD_STRESS") == "long" else 2  # for each field
FIELDS = ("locked", "rwlocked", "cell")


class Witness:
    """An object in a cycle with itself, so that its count does not end it; it counts its ends."""
    ends = 0

    def __init__(self):
        self.content, self.itself = "alive", self

    def __del__(self):
        Witness.ends += 1


class Collecting(unittest.TestCase):
    def setUp(self):
        gc.collect()
        gc.disable()
        self.addCleanup(gc.enable)
        kept.own(kept.Box())
        self.addCleanup(kept.own, None)

    def collect_beside(self, which, seconds):
        """Live objects whose only reference from outside is that field's, and what became of them."""
        rounds = lost = early = 0
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            witness = Witness()
            kept.keep(which, witness)
            gc.collect()  # the previous one ends here
            ends, reference = Witness.ends, weakref.ref(witness)
            del witness
            gc.collect()
            gc.collect()
            early += Witness.ends - ends
            lost += reference() is None or getattr(kept.get(which), "content", None) != "alive"
            rounds += 1
            time.sleep(0)
        print(f"{FIELDS[which]}: {rounds} live objects, {early} ended early, {lost} lost",
              flush=True)
        self.assertEqual((early, lost), (0, 0))

    def test_beside_native_threads(self):
        for which in range(len(FIELDS)):
            with self.subTest(field=FIELDS[which]):
                kept.begin(which)
                try:
                    self.collect_beside(which, SECONDS)
                finally:
                    kept.end()

    def test_beside_threads_that_detach(self):
        for which in range(len(FIELDS)):
            with self.subTest(field=FIELDS[which]):
                stop = threading.Event()

                def body():
                    while not stop.is_set():
                        kept.work(which)
                workers = [InThread(body) for _ in range(2)]
                try:
                    self.collect_beside(which, SECONDS)
                finally:
                    stop.set()
                for worker in workers:
                    self.assertIsNone(worker.end())

    def test_a_chain_of_boxes(self):
        """C keeps a box, whose field keeps another, whose field keeps the object."""
        for which in range(len(FIELDS)):
            outer, inner = kept.Box(), kept.Box()
            inner.itself = inner
            kept.own(inner)
            kept.begin(which)
            kept.own(outer)
            kept.keep(which, inner)
            kept.begin(which)
            del inner, outer
            for _ in range(scaled(100)):
                gc.collect()
                if not vars(kept.get(which)):
                    break
            kept.end()
            self.assertIn("itself", vars(kept.get(which)))

    def test_a_collection_borrows_nothing(self):
        """Who is alone at a cell is never refused because the collector looks into it."""
        kept.keep(2, Witness())
        looks, with_borrow = kept.seen()
        gc.collect()
        self.assertGreater(kept.seen()[0], looks)
        self.assertEqual(kept.seen()[1], with_borrow)


if __name__ == "__main__":
    support.main()
