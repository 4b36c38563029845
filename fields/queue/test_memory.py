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

        def body():
            for call in (lambda: server.numbers.put("x"), lambda: server.numbers.put(2**70),
                         lambda: server.jobs.put((1,)), lambda: server.jobs.put((1, "x")),
                         server.things.get_nowait, lambda: server.things.get(timeout=0),
                         lambda: server.things.put()):
                try:
                    call()
                except (TypeError, OverflowError, queue.Empty):
                    pass
        self.stays(body, 500)

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
        run_in_interpreters(r"""
import gc, queue, queues, threading, weakref
server = queues.Server()
try:
    server.things.get(timeout=0.001)
except queue.Empty:
    pass
def produce():
    for i in range(100):
        server.numbers.put(i)
producers = [threading.Thread(target=produce) for _ in range(2)]
for thread in producers: thread.start()
assert sum(server.numbers.get(timeout=60) for _ in range(200)) == 2 * sum(range(100))
for thread in producers: thread.join()
server.things.put(server)
gone = weakref.ref(server)
del server, produce
gc.collect()
assert gone() is None
left_behind = queues.Server()
left_behind.things.put([left_behind])
""")


if __name__ == "__main__":
    support.main()
