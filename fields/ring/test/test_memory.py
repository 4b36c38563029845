# SPDX-License-Identifier: MIT
"""Rings in Python: no leak, nothing changes without memory, and each interpreter has its own."""
import queue
import unittest

import memory
import rings
import support
from support import run_in_interpreters


class Leaks(memory.QueueLeaks):
    make = rings.Office
    errors = *memory.QueueLeaks.errors, queue.Full

    def refused(self, office):
        office.one.put(1)
        return (*super().refused(office), lambda: office.one.put_nowait([1]),
                lambda: office.one.put([1], timeout=0))

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
