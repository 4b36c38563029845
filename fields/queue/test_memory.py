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
        self.malloc_fails(r"""
import queues
server = queues.Server()
things, numbers, jobs = server.things, server.numbers, server.jobs
def drain(view):
    return [view.get() for _ in range(view.qsize())]
def prepare():
    drain(things), drain(numbers), drain(jobs)
    things.put("a")
    numbers.put(2**40)
    jobs.put((2**40, 2.5))
for _ in range(3):
    prepare()  # liburcu's thread has begun
def grown(view, none):
    assert view.qsize() == 2, view
cases = {
    "put": lambda: grown(things, things.put(5)),
    "put number": lambda: grown(numbers, numbers.put(2**41)),
    "put job": lambda: jobs.put({"id": 2**41, "cost": 0}),
    "get": lambda: things.get(),
    "get number": lambda: numbers.get(),
    "get job": lambda: jobs.get(),
    "look": lambda: (things.qsize(), things.maxsize, repr(things), repr(server)),
    "fresh": lambda: queues.Server().things.put(1),
}
def check(name):
    left = drain(things), drain(numbers), drain(jobs)
    # What was taken out, and has no room for its Python form, is gone.
    gone = name.startswith("get ") and 0 in map(len, left)
    assert left == (["a"], [2**40] * (not gone or name != "get number"),
                    [(2**40, 2.5)] * (not gone or name != "get job")), (name, left)
""")


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
