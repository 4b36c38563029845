# SPDX-License-Identifier: MIT
"""Maps in Python: nothing is leaked, and nothing changes when an allocation fails."""
import unittest

import maps
import memory
import support
from support import Odd, run_in_interpreters


class Leaks(memory.Leaks):
    def test_elements(self):
        things = maps.Maps().objects

        def body():
            for key in ("a", 2**70, Odd(1), Odd(2)):
                things[key] = [1]
                things[key] = [2]
                things.setdefault(key, [3])
                things.compare_exchange(key, things[key], [4])
                things.compare_exchange(key, None, [5])
            things.items(), things.copy(), repr(things), things == {}
            things.pop("a")
            things.clear()
        self.stays(body)

    def test_refusals(self):
        box = maps.Maps()
        box.objects[Odd(1)] = 1

        class Bad(Odd):
            def __eq__(self, other):
                raise ValueError

            __hash__ = Odd.__hash__

        self.refusals_stay(
            (lambda: box.objects[Odd(5)], lambda: box.objects.pop(Odd(5)),
             lambda: box.objects[[]], lambda: box.objects.update({Bad(1): [1]}),
             lambda: box.objects.compare_exchange(Odd(3), 1, [2]),
             lambda: box.numbers.update({"x": 1}), lambda: box.numbers.update({1: "x"}),
             lambda: box.objects.setdefault(Bad(1), [3]), lambda: box.limits.update({1: ()})),
            (KeyError, TypeError, ValueError), 300)

    def test_maps(self):
        def body():
            box = maps.Maps()
            box.objects["me"] = box
            box.objects[box.objects.setdefault("x", Odd(7))] = box
            box.blobs[b"x"] = [box]
        self.stays(body, 300)


class Exhausted(memory.Exhausted):
    def test_malloc_fails(self):
        """The tables are there before: how they are made and grow is tried in test_memory.c."""
        self.malloc_fails(r"""
import maps
class Odd:
    def __init__(self, number): self.number = number
    def __hash__(self): return 3
    def __eq__(self, other): return self.number == other.number
box = maps.Maps()
odd, other = Odd(1), Odd(2)
def fill():
    box.objects.clear()
    box.numbers.clear()
    box.objects.update({"a": "A", odd: "odd", 2**70: "large"})
    box.numbers.update({1: 2**40})
    box.limits.clear()
    box.limits.update({1: (1, 2)})
fill()
fill()  # the thread that reclaims has begun
def fresh(number):
    return Odd(number)
def setitem(view, key, value):
    view[key] = value
cases = {
    "get": lambda: (box.objects["a"], box.objects[fresh(1)], box.numbers[1]),
    "set": lambda: setitem(box.objects, "a", "A"),
    "set odd": lambda: setitem(box.objects, fresh(1), "odd"),
    "set number": lambda: setitem(box.numbers, 1, 2**40),
    "set record": lambda: setitem(box.limits, 1, (1, 2)),
    "exchange record": lambda: box.limits.compare_exchange(1, (1, 2), (1, 2)),
    "new number": lambda: (setitem(box.numbers, 2, 1), box.numbers.pop(2)),
    "setdefault": lambda: (box.objects.setdefault("a", 5), box.objects.setdefault(odd, 5)),
    "compare_exchange": lambda: box.objects.compare_exchange(odd, box.objects[odd], "odd"),
    "contains": lambda: (fresh(5) in box.objects, "x" in box.objects),
    "walk": lambda: (box.objects.items(), list(box.objects), box.numbers.copy(), repr(box.objects)),
    "equal": lambda: box.objects == {"a": "A"},
    "new": lambda: (setitem(box.objects, other, 1), box.objects.pop(other)),
}
expected = {"a": "A", odd: "odd", 2**70: "large"}
def prepare():
    box.objects.pop(other, None)
    box.numbers.pop(2, None)
    check("before")
def check(name):
    seen = dict(box.objects)
    if name == "new":
        seen.pop(other, None)
    numbers = dict(box.numbers)
    if name == "new number":
        numbers.pop(2, None)
    assert seen == expected and numbers == {1: 2**40}, name
    assert {key: tuple(value) for key, value in box.limits.items()} == {1: (1, 2)}, name
""", least=3)


class Interpreters(unittest.TestCase):
    def test_each_interpreter_has_its_own(self):
        run_in_interpreters("import maps\n"
                            "box = maps.Maps()\n"
                            "box.objects['me'] = box\n"
                            "for i in range(500): box.objects[i] = str(i)\n"
                            "assert all(box.objects[i] == str(i) for i in range(500))\n")


if __name__ == "__main__":
    support.main()
