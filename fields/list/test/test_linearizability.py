# SPDX-License-Identifier: MIT
"""Histories of a list, recorded from Python threads, against a register.

Lists of one element that are assigned as a whole: what a reader sees is the value of a register."""
import time

import history
import lists
import support
from support import scaled


def assign(board, value):
    board.things = [value]
    return f"write {value} : ok"


def set_item(board, value):
    board.things[0] = value
    return f"write {value} : ok"


def read(board, value):
    seen, = list(board.things)
    return f"read : {seen}"


def get(board, value):
    return f"read : {board.things[-1]}"


class Stale:
    """Not linearizable: every other look is the previous one."""

    def __init__(self):
        self.board, self.looks, self.seen = make_board(), 0, [0]

    @property
    def things(self):
        self.looks += 1
        if self.looks % 2:
            self.seen = list(self.board.things)
            time.sleep(0)
        return self.seen

    @things.setter
    def things(self, values):
        self.board.things = values


def make_board():
    return lists.Board(things=[0])


class Linearizability(history.Histories):
    models = ["register\n# init 0"]
    make = make_board

    def test_all_ways_are_linearizable(self):
        self.check_right([assign, read, set_item, get, read], scaled(40))

    def test_an_old_list_is_caught(self):
        self.check_wrong([assign, read, read], Stale)


if __name__ == "__main__":
    support.main()
