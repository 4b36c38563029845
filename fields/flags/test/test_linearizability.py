# SPDX-License-Identifier: MIT
"""Histories of flags, recorded from Python threads: named bits are the members of a set."""
import time

import flagging
import history
import support


def bit(value):
    return 1 << value % 3


def test_and_set(house, value):
    """Returns whether the bit was set before, and a set says whether it changed."""
    return f"insert {bit(value)} : {int(not house.front_test_and_set(bit(value)))}"


def set_bit(house, value):
    house.front_open = True
    return "insert 1 : ?"


def clear_bit(house, value):
    house.front_clear(bit(value))
    return f"remove {bit(value)} : ?"


def look(house, value):
    return f"contains {bit(value)} : {int(bool(house.front & bit(value)))}"


def test(house, value):
    return f"contains 1 : {int(house.front_open)}"


class TwoSteps:
    """Not linearizable: it looks and sets one after the other."""

    def __init__(self):
        self.house = flagging.House()

    def front_test_and_set(self, bits):
        seen = bool(self.house.front & bits)
        time.sleep(0)  # lets another thread in, so that the test need not wait for chance
        self.house.front_set(bits)
        return seen

    def front_clear(self, bits):
        self.house.front_clear(bits)


Linearizability = history.cases("set", flagging.House,
                                right=[test_and_set, look, clear_bit, set_bit, test_and_set, test],
                                wrong=[test_and_set, clear_bit, test_and_set], make_wrong=TwoSteps)


if __name__ == "__main__":
    support.main()
