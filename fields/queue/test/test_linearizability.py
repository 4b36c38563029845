# SPDX-License-Identifier: MIT
"""Histories of a queue, recorded from Python threads, against the checker's queue."""
import queue

import history
import queues
import support
from containers import removed, removed_second


def put(server, value):
    server.things.put(value)
    return f"add {value} : ok"


def get(server, value):
    return removed(server.things.get_nowait, queue.Empty)


def get_and_wait(server, value):
    return removed(lambda: server.things.get(timeout=0.00001), queue.Empty)


def look(server, value):
    """An empty queue is one that a peek finds empty; of the other kind a peek tells no more."""
    return "peek : empty" if server.things.empty() else "peek : ?"


def get_two(server, value):
    """Takes two and puts one back, behind those that came later."""
    return removed_second(server.things.get_nowait, queue.Empty, server.things.put)


Linearizability = history.cases("queue", queues.Server,
                                right=[put, get, put, get_and_wait, look], wrong=[put, get_two, put, get])


if __name__ == "__main__":
    support.main()
