# SPDX-License-Identifier: MIT
"""What Python sees of the layer, word for word: the sessions in exact/.

A line that is not indented is evaluated, the indented one behind it is what comes of it: the repr of
the result, or the exception and its words. A line without one is a statement. What only the
interpreter says, in other words in other versions, is not here."""
import errno
import gc
import inspect
import re
import unittest
from pathlib import Path

import bank
import hooks
import kit
import odd
import passing
import records
import support

FLAGS = {7: "no instances", 8: "immutable", 9: "heap", 10: "base", 11: "vectorcall", 14: "collected", 17: "method"}

INTERPRETERS = {"_MutableMapping__marker", "_abc_impl", "__static_attributes__", "__firstlineno__",
                "__annotate_func__", "__annotations_cache__"}


def flags(kind):
    """What a type says of itself to the interpreter."""
    return " ".join(name for bit, name in FLAGS.items() if kind.__flags__ >> bit & 1)


def refers_to(thing):
    """What the collector is shown of it, in any order."""
    return sorted(getattr(one, "__name__", type(one).__name__) for one in gc.get_referents(thing))


def shown(thing, name):
    """What the repr says of one field."""
    return re.search(rf"\b{name}=(\w+\(.*?\)|<.*?>|[^,)]*)", repr(thing))[1]


def names(thing):
    return " ".join(sorted(set(dir(thing)) - set(dir(object)) - INTERPRETERS))


def outcome(line, known):
    try:
        return repr(eval(line, known))
    except Exception as error:
        return f"{type(error).__name__}: {error}".removesuffix(": ")


class Exact(unittest.TestCase):
    maxDiff = None

    def session(self, name):
        known = {**globals(), "self": self}
        lines = Path(__file__).with_name("exact").joinpath(f"{name}.txt").read_text().splitlines()
        lines = [line for line in lines if line and not line.startswith("#")]
        asked = 0
        for line, behind in zip(lines, lines[1:] + [""]):
            if behind.startswith("\t"):
                self.assertEqual(outcome(line, known), behind.strip(), line)
                asked += 1
            elif not line.startswith("\t"):
                exec(line, known)
        self.assertGreater(asked, 10)

    def test_attributes(self):
        self.session("attributes")

    def test_views(self):
        self.session("views")

    def test_guards(self):
        self.session("guards")

    def test_errors(self):
        self.addCleanup(odd.fail, 0)
        self.session("errors")

    def test_types(self):
        self.session("types")


if __name__ == "__main__":
    support.main()
