# SPDX-License-Identifier: MIT
"""Counters as Python sees them: the sum as an attribute, additions as a verb."""
import gc
import os
import threading
import unittest

import counting
import support
from support import run_in_interpreters, run_threads, scaled


class Counter(unittest.TestCase):
    def test_the_attribute_is_the_sum(self):
        site = counting.Site()
        self.assertEqual((site.hits, site.bytes), (0, 0))
        self.assertIsNone(site.hits_add(3))
        self.assertIsNone(site.hits_add(-1))
        self.assertEqual((site.hits, site.hits_sum(), site.bytes), (2, 2, 0))
        self.assertIs(type(site.hits), int)
        self.assertIn("hits=2", repr(site))
        self.assertIn("How often it was asked.", counting.Site.hits.__doc__)

    def test_it_is_read_only(self):
        site = counting.Site()
        for attempt in (lambda: setattr(site, "hits", 1), lambda: delattr(site, "hits"),
                        lambda: counting.Site(hits=1)):
            self.assertRaises((AttributeError, TypeError), attempt)
        self.assertEqual(site.hits, 0)

    def test_what_is_no_amount_is_refused(self):
        site = counting.Site()
        self.assertRaises(TypeError, site.hits_add)
        self.assertRaises(TypeError, site.hits_add, 1.5)
        self.assertRaises(OverflowError, site.hits_add, 1 << 63)
        self.assertEqual(site.hits, 0)

    def test_a_reset_takes_what_is_there(self):
        site = counting.Site()
        site.hits_add(5)
        self.assertEqual(site.hits_reset(), 5)
        self.assertEqual((site.hits, site.hits_reset()), (0, 0))

    def test_threads_lose_nothing(self):
        site, each = counting.Site(), scaled(2000)

        def add(index):
            for _ in range(each):
                site.hits_add(1)
            site.add_detached(each)
        run_threads(support.THREADS, add)
        self.assertEqual(site.hits, 2 * each * support.THREADS)

    def test_sums_only_grow_and_resets_take_once(self):
        site, each, taken = counting.Site(), scaled(20000), []
        busy = [True]

        def body(index):
            if index < 4:
                site.add_detached(each)
            elif index == 4:
                while busy[0]:
                    taken.append(site.hits_reset())
            else:
                while busy[0]:
                    self.assertGreaterEqual(site.hits, 0)

        def run_adders():
            try:
                run_threads(4, body)
            finally:
                busy[0] = False
        helper = threading.Thread(target=run_adders)
        helper.start()
        run_threads(2, lambda index: body(index + 4))
        helper.join()
        self.assertEqual(sum(taken) + site.hits, 4 * each)

    def test_stripes_come_with_contention_and_go_with_the_object(self):
        if len(os.sched_getaffinity(0)) < 2:
            self.skipTest("one processor: two additions hardly ever meet")
        sites = [counting.Site() for _ in range(100)]
        for site in sites:
            site.hits_add(1)
            self.assertFalse(site.is_striped())
        for _ in range(200):
            run_threads(4, lambda index: sites[0].add_detached(20000))
            if sites[0].is_striped():
                break
        self.assertTrue(sites[0].is_striped())
        self.assertEqual((sites[0].hits - 1) % 80000, 0)
        del sites, site
        gc.collect()

    def test_another_interpreter(self):
        code = ("import counting\n"
                "site = counting.Site()\n"
                "site.hits_add(4)\n"
                "assert site.hits == 4\n")
        run_in_interpreters(code)


if __name__ == "__main__":
    support.main()
