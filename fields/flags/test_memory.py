"""Flags leak nothing, and nothing changes when an allocation fails."""
import gc
import os
import sys
import unittest

import flagging
import support
from flagging import Door
from support import FREE_THREADED, SANITIZED, run_program, scaled


class Leaks(unittest.TestCase):
    def stays(self, body, count, slack=40):
        for _ in range(50):
            body()
        gc.collect()
        growth = []
        for _ in range(5):  # a free-threaded build may free some of a round's blocks in the next
            blocks = sys.getallocatedblocks()
            for _ in range(count):
                body()
            gc.collect()
            growth.append(sys.getallocatedblocks() - blocks)
            if SANITIZED or growth[-1] < slack:
                return
        self.fail(f"blocks keep growing: {growth}")

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
        def body():
            made = flagging.make_type()
            made(front=3).front_open = False
            try:
                flagging.make_wrong()
            except SystemError:
                pass
            del made
            gc.collect()
        self.stays(body, scaled(30))


@unittest.skipIf(SANITIZED, "the allocator belongs to the sanitizer")
@unittest.skipIf(FREE_THREADED, "its allocator asks the system for pages, not for objects")
class Exhausted(unittest.TestCase):
    def test_malloc_fails(self):
        """Every allocation of every operation fails once: MemoryError, and the old value stays."""
        print(run_program(r"""
import flagging, hooks
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
total = 0
for name, case in cases.items():
    for n in range(600):
        house.front = 4
        try:
            if hooks.call_without_memory(n, case):
                break
        except MemoryError:
            total += 1
            assert int(house.front) in (4, 7), (name, n)
    else:
        raise AssertionError(f"{name} never ran through")
print(f"{total} allocations failed")
assert total > 0
""", timeout=120, LD_PRELOAD=os.environ["AFIELD_NOMEMORY"],
                          PYTHONMALLOC="malloc").strip())


if __name__ == "__main__":
    support.main()
