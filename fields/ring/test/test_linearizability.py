# SPDX-License-Identifier: MIT
"""Histories of a ring, recorded from Python threads, against a queue and against a semaphore.

A call that is refused changes nothing. So the puts that were done and all gets are the history of a
queue, where "empty" is checked; and the gets that were done and all puts are the history of a
semaphore that counts free slots, where "full" is checked."""
import queue

import history
import rings
import support
from support import scaled

CAPACITY = 2


class StaleRing:
    """Not linearizable: what was refused is refused once more without a look."""

    def __init__(self, things):
        self.things = things
        self.refused = {}

    def once_more(self, call, *arguments):
        refusal = self.refused.pop(call, None)
        if refusal:
            raise refusal
        try:
            return getattr(self.things, call)(*arguments)
        except (queue.Full, queue.Empty) as error:
            self.refused[call] = type(error)
            raise

    def put_nowait(self, item):
        return self.once_more("put_nowait", item)

    def get_nowait(self):
        return self.once_more("get_nowait")


def put(ring, item):
    try:
        ring.put_nowait(item)
        return f"add {item} : ok", "decr : 1"
    except queue.Full:
        return None, "decr : 0"


def get(ring, item):
    try:
        return f"remove : {ring.get_nowait()}", "incr : 1"
    except queue.Empty:
        return "remove : empty", None


def make_ring():
    office = rings.Office()
    rings.open(office, CAPACITY)
    return office.things


class Linearizability(history.Histories):
    models = ["queue", f"semaphore\n# init {CAPACITY}"]
    make = make_ring

    def test_full_and_empty_are_exact(self):
        self.check_right([put, get, get, put, put], scaled(40))
        self.assertIn("decr : 0", self.seen)
        self.assertIn("remove : empty", self.seen)

    def test_an_old_answer_is_caught(self):
        self.check_wrong([put, get, get, put], lambda: StaleRing(make_ring()))


if __name__ == "__main__":
    support.main()
