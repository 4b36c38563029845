# SPDX-License-Identifier: MIT
"""Rings in Python: no leak, nothing changes without memory, and each interpreter has its own."""
import queue
import unittest

import memory
import rings
import support
from support import run_in_interpreters


class Leaks(memory.Leaks):
    def test_items(self):
        office = rings.Office()

        def body():
            for view, item in ((office.things, [office]), (office.numbers, 2**40),
                               (office.jobs, (2**40, 2.5))):
                view.put(item)
                view.put_nowait(item)
                view.get()
                view.get(timeout=1)
            repr(office.things), office.things.maxsize, office.things.qsize()
        self.stays(body)

    def test_refusals(self):
        office = rings.Office()
        office.one.put(1)
        self.refusals_stay(
            (lambda: office.numbers.put("x"), lambda: office.numbers.put(2**70),
             lambda: office.jobs.put((1,)), lambda: office.jobs.put((1, "x")),
             office.things.get_nowait, lambda: office.things.get(timeout=0),
             lambda: office.one.put_nowait([1]), lambda: office.one.put([1], timeout=0),
             lambda: office.things.put()),
            (TypeError, OverflowError, queue.Full, queue.Empty))

    def test_owners(self):
        def body():
            office = rings.Office()
            office.things.put(office)
            office.one.put([office.numbers])
            office.numbers.put(5)
        self.stays(body, 300)


class Exhausted(memory.Exhausted):
    def test_malloc_fails(self):
        self.malloc_fails("import rings\nmake = rings.Office\n" + memory.QUEUES +
                          'cases["open"] = lambda: rings.open(rings.Office(), 100)\n')


class Interpreters(unittest.TestCase):
    def test_each_has_its_own(self):
        run_in_interpreters("import rings\nmake = rings.Office\n" + memory.QUEUES_IN_EACH + r"""
one = make().one
one.put([one])
try:
    one.put([1], timeout=0.001)
    raise AssertionError("it was full")
except queue.Full:
    pass
""")


if __name__ == "__main__":
    support.main()
