# SPDX-License-Identifier: MIT
"""Histories of a queue, recorded from Python threads, against the checker's queue."""
import queue

import history
import queues
import support
from support import scaled


def put(server, value):
    server.things.put(value)
    return f"add {value} : ok"


def get(server, value):
    try:
        return f"remove : {server.things.get_nowait()}"
    except queue.Empty:
        return "remove : empty"


def get_and_wait(server, value):
    try:
        return f"remove : {server.things.get(timeout=0.00001)}"
    except queue.Empty:
        return "remove : empty"


def look(server, value):
    """An empty queue is one that a peek finds empty; of the other kind a peek tells no more."""
    return "peek : empty" if server.things.empty() else "peek : ?"


def get_two(server, value):
    """Takes two and puts one back, behind those that came later."""
    try:
        first = server.things.get_nowait()
    except queue.Empty:
        return "remove : empty"
    try:
        second = server.things.get_nowait()
    except queue.Empty:
        return f"remove : {first}"
    server.things.put(first)
    return f"remove : {second}"


class Linearizability(history.Histories):
    models = ["queue"]
    make = queues.Server

    def test_all_methods_are_linearizable(self):
        self.check_right([put, get, put, get_and_wait, look], scaled(40))

    def test_a_get_that_puts_back_is_caught(self):
        self.check_wrong([put, get_two, put, get])


if __name__ == "__main__":
    support.main()
