# SPDX-License-Identifier: MIT
"""Lists in Python: no leak, nothing changes without memory, and each interpreter has its own."""
import unittest

import lists
import memory
import support
from support import run_in_interpreters


class Leaks(memory.Leaks):
    def test_elements(self):
        board = lists.Board()

        def body():
            for name, one in (("things", [board]), ("numbers", 2**30), ("hooks", (2**30, 2.5))):
                setattr(board, name, [one] * 3)
                view = getattr(board, name)
                view.append(one)
                view.insert(1, one)
                view[0] = one
                view.pop(), view[0], list(view), len(view), repr(view), one in view
                view.remove(one)
                del view[-1]
                view.clear()
        self.stays(body)

    def test_refusals(self):
        board = lists.Board()
        self.refusals_stay(
            (lambda: board.numbers.append("x"), lambda: board.numbers.append(2**70),
             lambda: setattr(board, "numbers", [1, "x"]), lambda: board.hooks.append((1,)),
             lambda: setattr(board, "things", 5), lambda: board.things[5], board.things.pop,
             lambda: board.things.remove(5), lambda: board.things.append()),
            (TypeError, OverflowError, IndexError, ValueError))

    def test_owners(self):
        def body():
            board = lists.Board(numbers=[1, 2])
            board.things = [board, board.things, [board.numbers]]
        self.stays(body, 300)


class Exhausted(memory.ExhaustedProgram):
    program = r"""
import lists
board = lists.Board()
things, numbers, hooks_ = board.things, board.numbers, board.hooks
def prepare():
    board.things, board.numbers, board.hooks = ["a", "b"], [2**30, 1], [(2**30, 2.5)]
for _ in range(3):
    prepare()  # the library's thread has begun
def setitem(view, index, value):
    view[index] = value
def delitem(view, index):
    del view[index]
def grown(view, none):
    assert len(view) == 3, view
cases = {
    "append": lambda: grown(things, things.append(5)),
    "append number": lambda: grown(numbers, numbers.append(5)),
    "append hook": lambda: hooks_.append({"priority": 3, "weight": 0}),
    "insert": lambda: things.insert(0, 5),
    "set": lambda: setitem(things, 0, 5),
    "assign": lambda: setattr(board, "things", [1, 2, 3]),
    "assign numbers": lambda: setattr(board, "numbers", range(50)),
    "pop": lambda: things.pop(),
    "remove": lambda: things.remove(things[0]),
    "remove number": lambda: numbers.remove(1),
    "extend": lambda: things.extend(["c", "d"]),
    "slices": lambda: (things[:], numbers[1:], setitem(things, slice(1, 1), ["c"])),
    "delete slice": lambda: delitem(things, slice(1)),
    "reverse": lambda: things.reverse(),
    "clear": lambda: things.clear(),
    "look": lambda: (things[0], numbers[0], hooks_[0], list(hooks_), "x" in things, repr(things)),
    "new": lambda: lists.Board(things=[1], numbers=[2]),
}
def check(name):
    assert list(things) == ["a", "b"] and list(numbers) == [2**30, 1], (name, list(things))
    assert list(hooks_) == [(2**30, 2.5)], name
"""


class Interpreters(unittest.TestCase):
    def test_each_has_its_own(self):
        run_in_interpreters(r"""
import lists
def make(): return lists.Board(things="ab", numbers=range(3))
def put(view, item): view.append(item)
def take(view):
    while len(view) < 203: pass
    assert list(view)[:3] == [0, 1, 2]
    return list(view)[3:]
assert list(make().things) == ["a", "b"]
""" + memory.IN_EACH)


if __name__ == "__main__":
    support.main()
