# SPDX-License-Identifier: MIT
"""Queues in Python: no leak, nothing changes without memory, and each interpreter has its own."""
import unittest

import memory
import queues
import support
from support import run_in_interpreters


class Leaks(memory.QueueLeaks):
    make = queues.Server

    def test_owners(self):
        self.owners_stay(self.make, lambda view, item: view.put(item))


class Exhausted(memory.Exhausted):
    def test_malloc_fails(self):
        self.malloc_fails("import queues\nmake = queues.Server\n" + memory.QUEUES)


class Interpreters(unittest.TestCase):
    def test_each_has_its_own(self):
        run_in_interpreters("import queues\nmake = queues.Server\n" + memory.QUEUES_IN_EACH)


if __name__ == "__main__":
    support.main()
