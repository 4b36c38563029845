# SPDX-License-Identifier: MIT
"""Flags leak nothing, and nothing changes when an allocation fails."""
import flagging
import memory
import support
from flagging import Door
from support import scaled


class Leaks(memory.Leaks):
    def test_values(self):
        house = flagging.House()

        def body():
            house.front = Door.OPEN | Door.DIRTY
            house.front_locked = True
            house.front, house.front_open, house.front_test_and_set(2), repr(house)
            for name, value in (("front", 8), ("front", "x"), ("front_open", 1)):
                try:
                    setattr(house, name, value)
                except (ValueError, TypeError):
                    pass
        self.stays(body, 500)

    def test_types(self):
        def use(made):
            made(front=3).front_open = False
        self.types_stay(use, flagging.make_type, flagging.make_wrong, scaled(30))


class Exhausted(memory.ExhaustedWithTheGil):
    program = r"""
import flagging
house = flagging.House(bits=0x123456789)
def assign(name, value):
    setattr(house, name, value)
fresh = iter(range(0x5555500000000, 0x5555600000000, 3))
cases = {
    "load": lambda: (house.bits, house.front),
    "new value": lambda: assign("bits", next(fresh)) or house.bits,
    "bit": lambda: assign("bits_h7", True) or house.bits_a0,
    "verb": lambda: house.front_test_and_set(3),
    "repr": lambda: repr(house),
}
def prepare():
    house.front = 4
def check(name):
    assert int(house.front) == 4 or name == "verb" and int(house.front) == 7, (name, house)
"""


if __name__ == "__main__":
    support.main()
