# SPDX-License-Identifier: MIT
"""Queues in Python: no leak, nothing changes without memory, and each interpreter has its own."""
import queue
import unittest

import memory
import queues
import support
from support import run_in_interpreters


class Leaks(memory.Leaks):
    def test_items(self):
        server = queues.Server()

        def body():
            for view, item in ((server.things, [server]), (server.numbers, 2**40),
                               (server.jobs, (2**40, 2.5))):
                view.put(item)
                view.put_nowait(item)
                view.get()
                view.get(timeout=1)
            repr(server.things), server.things.maxsize, server.things.qsize()
        self.stays(body)

    def test_refusals(self):
        server = queues.Server()
        self.refusals_stay(
            (lambda: server.numbers.put("x"), lambda: server.numbers.put(2**70),
             lambda: server.jobs.put((1,)), lambda: server.jobs.put((1, "x")),
             server.things.get_nowait, lambda: server.things.get(timeout=0),
             lambda: server.things.put()),
            (TypeError, OverflowError, queue.Empty))

    def test_owners(self):
        def body():
            server = queues.Server()
            server.things.put(server)
            server.things.put([server.numbers])
            server.numbers.put(5)
        self.stays(body, 300)


class Exhausted(memory.Exhausted):
    def test_malloc_fails(self):
        self.malloc_fails("import queues\nmake = queues.Server\n" + memory.QUEUES)


class Interpreters(unittest.TestCase):
    def test_each_has_its_own(self):
        run_in_interpreters("import queues\nmake = queues.Server\n" + memory.QUEUES_IN_EACH)


if __name__ == "__main__":
    support.main()
