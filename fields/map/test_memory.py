"""Maps in Python: nothing is leaked, and nothing changes when an allocation fails."""
import gc
import os
import sys
import unittest

import maps
import support
from support import FREE_THREADED, SANITIZED, run_program


class Odd:
    """A key that is compared by Python code."""

    def __init__(self, number):
        self.number = number

    def __hash__(self):
        return 3

    def __eq__(self, other):
        return isinstance(other, Odd) and other.number == self.number


class Leaks(unittest.TestCase):
    def stays(self, body, count=1000, slack=40):
        """The number of Python's memory blocks does not grow."""
        for _ in range(200):
            body()
        growth = []
        for _ in range(5):  # a free-threaded build may free some of a round's blocks in the next
            gc.collect()
            blocks = sys.getallocatedblocks()
            for _ in range(count):
                body()
            gc.collect()
            growth.append(sys.getallocatedblocks() - blocks)
            if SANITIZED or growth[-1] < slack:
                return
        self.fail(f"blocks keep growing: {growth}")

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

        def body():
            for call in (lambda: box.objects[Odd(5)], lambda: box.objects.pop(Odd(5)),
                         lambda: box.objects[[]], lambda: box.objects.update({Bad(1): [1]}),
                         lambda: box.objects.compare_exchange(Odd(3), 1, [2]),
                         lambda: box.numbers.update({"x": 1}), lambda: box.numbers.update({1: "x"}),
                         lambda: box.objects.setdefault(Bad(1), [3]), lambda: box.limits.update({1: ()})):
                try:
                    call()
                except (KeyError, TypeError, ValueError):
                    pass
        self.stays(body, 300)

    def test_maps(self):
        def body():
            box = maps.Maps()
            box.objects["me"] = box
            box.objects[box.objects.setdefault("x", Odd(7))] = box
            box.blobs[b"x"] = [box]
        self.stays(body, 300)


@unittest.skipIf(SANITIZED, "the allocator belongs to the sanitizer")
class Exhausted(unittest.TestCase):
    def test_malloc_fails(self):
        """Every allocation of every operation fails once: MemoryError, and the old elements stay.

        The tables are there before: liburcu's own allocations are tried in test_memory.c."""
        environment = {} if FREE_THREADED else {"PYTHONMALLOC": "malloc"}
        print(run_program(r"""
import maps, hooks
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
fill()
fill()  # liburcu's thread has begun
def fresh(number):
    return Odd(number)
def setitem(view, key, value):
    view[key] = value
cases = {
    "get": lambda: (box.objects["a"], box.objects[fresh(1)], box.numbers[1]),
    "set": lambda: setitem(box.objects, "a", "A"),
    "set odd": lambda: setitem(box.objects, fresh(1), "odd"),
    "set number": lambda: setitem(box.numbers, 1, 2**40),
    "setdefault": lambda: (box.objects.setdefault("a", 5), box.objects.setdefault(odd, 5)),
    "compare_exchange": lambda: box.objects.compare_exchange(odd, box.objects[odd], "odd"),
    "contains": lambda: (fresh(5) in box.objects, "x" in box.objects),
    "walk": lambda: (box.objects.items(), list(box.objects), box.numbers.copy(), repr(box.objects)),
    "equal": lambda: box.objects == {"a": "A"},
    "new": lambda: (setitem(box.objects, other, 1), box.objects.pop(other)),
}
expected = {"a": "A", odd: "odd", 2**70: "large"}
total = 0
for name, case in cases.items():
    for n in range(400):
        try:
            if hooks.call_without_memory(n, case):
                break
        except MemoryError:
            total += 1
        if name == "new":
            box.objects.pop(other, None)
        assert dict(box.objects) == expected and dict(box.numbers) == {1: 2**40}, (name, n)
    else:
        raise AssertionError(f"{name} never ran through")
print(f"{total} allocations failed")
assert total > 5
""", timeout=120, LD_PRELOAD=os.environ["AFIELD_NOMEMORY"], **environment).strip())


@unittest.skipIf(sys.version_info < (3, 12), "interpreters share one GIL")
class Interpreters(unittest.TestCase):
    def test_each_interpreter_has_its_own(self):
        try:
            import _interpreters
        except ImportError:
            import _xxsubinterpreters as _interpreters
        source = "import maps\n" \
                 "box = maps.Maps()\n" \
                 "box.objects['me'] = box\n" \
                 "for i in range(500): box.objects[i] = str(i)\n" \
                 "assert all(box.objects[i] == str(i) for i in range(500))\n"
        for _ in range(3):
            made = _interpreters.create("isolated") if sys.version_info >= (3, 13) else \
                _interpreters.create(isolated=True)
            failed = _interpreters.run_string(made, source)
            self.assertIsNone(failed)
            _interpreters.destroy(made)
        exec(source, {})


if __name__ == "__main__":
    support.main()
