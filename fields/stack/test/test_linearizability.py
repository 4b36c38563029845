# SPDX-License-Identifier: MIT
"""Histories of a stack, recorded from Python threads, against the checker's stack."""
import history
import stacks
import support
from containers import removed, removed_second


def push(server, value):
    server.things.append(value)
    return f"add {value} : ok"


def pop(server, value):
    return removed(server.things.pop, IndexError)


def look(server, value):
    """An empty stack is one that a peek finds empty; of the other kind a peek tells no more."""
    return "peek : empty" if not server.things else "peek : ?"


def pop_two(server, value):
    """Takes the one below the top."""
    return removed_second(server.things.pop, IndexError, server.things.append)


Linearizability = history.cases("stack", stacks.Server, right=[push, pop, push, pop, look],
                                wrong=[push, pop_two, push, pop])


if __name__ == "__main__":
    support.main()
