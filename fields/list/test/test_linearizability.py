# SPDX-License-Identifier: MIT
"""Histories of a list, recorded from Python threads, against a register.

Lists of one element that are assigned as a whole: what a reader sees is the value of a register."""
import time

import history
import lists
import support


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


Linearizability = history.cases("register\n# init 0", make_board,
                                right=[assign, read, set_item, get, read],
                                wrong=[assign, read, read], make_wrong=Stale)


if __name__ == "__main__":
    support.main()
