# SPDX-License-Identifier: MIT
"""Histories of a stack, recorded from Python threads, against the checker's stack."""
import history
import stacks
import support
from support import scaled


def push(server, value):
    server.things.append(value)
    return f"add {value} : ok"


def pop(server, value):
    try:
        return f"remove : {server.things.pop()}"
    except IndexError:
        return "remove : empty"


def look(server, value):
    """An empty stack is one that a peek finds empty; of the other kind a peek tells no more."""
    return "peek : empty" if not server.things else "peek : ?"


def pop_two(server, value):
    """Takes the one below the top."""
    try:
        first = server.things.pop()
    except IndexError:
        return "remove : empty"
    try:
        second = server.things.pop()
    except IndexError:
        return f"remove : {first}"
    server.things.append(first)
    return f"remove : {second}"


class Linearizability(history.Histories):
    models = ["stack"]
    make = stacks.Server

    def test_all_methods_are_linearizable(self):
        self.check_right([push, pop, push, pop, look], scaled(40))

    def test_a_pop_from_below_is_caught(self):
        self.check_wrong([push, pop_two, push, pop])


if __name__ == "__main__":
    support.main()
