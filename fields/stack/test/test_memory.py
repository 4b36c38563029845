# SPDX-License-Identifier: MIT
"""Stacks in Python: no leak, nothing changes without memory, and each interpreter has its own."""
import unittest

import memory
import stacks
import support
from support import run_in_interpreters


class Leaks(memory.Leaks):
    def test_items(self):
        server = stacks.Server()

        def body():
            for view, item in ((server.things, [server]), (server.numbers, 2**40),
                               (server.jobs, (2**40, 2.5))):
                for _ in range(3):
                    view.append(item)
                view.pop()
                view.pop_all()
                view.append(item)
                view.clear()
            repr(server.things), len(server.things)
        self.stays(body)

    def test_refusals(self):
        server = stacks.Server()
        self.refusals_stay(
            (lambda: server.numbers.append("x"), lambda: server.numbers.append(2**70),
             lambda: server.jobs.append((1,)), lambda: server.jobs.append((1, "x")),
             server.things.pop, server.numbers.pop, lambda: server.things.append()),
            (TypeError, OverflowError, IndexError))

    def test_owners(self):
        self.owners_stay(stacks.Server, lambda view, item: view.append(item))


class Exhausted(memory.ExhaustedProgram):
    program = r"""
import stacks
server = stacks.Server()
things, numbers, jobs = server.things, server.numbers, server.jobs
def prepare():
    for view in things, numbers, jobs:
        view.clear()
    things.append("a")
    numbers.append(2**40)
    jobs.append((2**40, 2.5))
for _ in range(3):
    prepare()  # the library's thread has begun
def grown(view, none):
    assert len(view) == 2, view
cases = {
    "append": lambda: grown(things, things.append(5)),
    "append number": lambda: grown(numbers, numbers.append(2**41)),
    "append job": lambda: jobs.append({"id": 2**41, "cost": 0}),
    "pop": lambda: things.pop(),
    "pop number": lambda: numbers.pop(),
    "pop job": lambda: jobs.pop(),
    "all": lambda: things.pop_all(),
    "all numbers": lambda: numbers.pop_all(),
    "all jobs": lambda: jobs.pop_all(),
    "look": lambda: (len(things), repr(things), repr(server)),
    "fresh": lambda: stacks.Server().things.append(1),
}
taking = {"all": 0, "pop number": 1, "all numbers": 1, "pop job": 2, "all jobs": 2}
def check(name):
    left = [things.pop_all(), numbers.pop_all(), jobs.pop_all()]
    whole = [["a"], [2**40], [(2**40, 2.5)]]
    if name in taking and not left[taking[name]]:
        # What was taken out, and has no room for its Python form, is gone.
        whole[taking[name]] = []
    assert left == whole, (name, left)
"""


class Interpreters(unittest.TestCase):
    def test_each_has_its_own(self):
        run_in_interpreters(r"""
import stacks
make = stacks.Server
def put(view, item): view.append(item)
def take(view):
    taken = []
    while len(taken) < 200:
        taken += view.pop_all()
    return taken
try:
    make().things.pop()
    raise AssertionError("it was empty")
except IndexError:
    pass
""" + memory.IN_EACH)


if __name__ == "__main__":
    support.main()
