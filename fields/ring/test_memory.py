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

        def body():
            for call in (lambda: office.numbers.put("x"), lambda: office.numbers.put(2**70),
                         lambda: office.jobs.put((1,)), lambda: office.jobs.put((1, "x")),
                         office.things.get_nowait, lambda: office.things.get(timeout=0),
                         lambda: office.one.put_nowait([1]), lambda: office.one.put([1], timeout=0),
                         lambda: office.things.put()):
                try:
                    call()
                except (TypeError, OverflowError, queue.Full, queue.Empty):
                    pass
        self.stays(body, 500)

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
        run_in_interpreters(r"""
import gc, queue, rings, threading, weakref
office = rings.Office()
for call, error in ((lambda: office.things.get(timeout=0.001), queue.Empty),
                    (lambda: [office.one.put(i, timeout=0.001) for i in range(2)], queue.Full)):
    try:
        call()
        raise AssertionError(error)
    except error:
        pass
def produce():
    for i in range(100):
        office.numbers.put(i)
producers = [threading.Thread(target=produce) for _ in range(2)]
for thread in producers: thread.start()
assert sum(office.numbers.get(timeout=60) for _ in range(200)) == 2 * sum(range(100))
for thread in producers: thread.join()
office.things.put(office)
gone = weakref.ref(office)
del office, produce
gc.collect()
assert gone() is None
left_behind = rings.Office()
left_behind.things.put([left_behind])
""")


if __name__ == "__main__":
    support.main()
