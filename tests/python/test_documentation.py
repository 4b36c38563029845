# SPDX-License-Identifier: MIT
"""What a module says of itself: names that lead to what they name, signatures that tell the true
defaults, texts that tools can read."""
import ast
import importlib
import importlib.util
import inspect
import re
import subprocess
import sys
import tempfile
import types
import unittest

import kit
import support
import views

MODULES = (kit, views)
# What mypy's stubgen takes for a type, at the beginning of the text of an attribute.
ANNOTATION = re.compile(r"^([a-zA-Z0-9_, \.\[\]]*): ")
FOREIGN = ("builtins", "collections.abc", "abc", "enum", "typing", "_abc", "_collections_abc", "re")


def shown():
    """Everything that the modules show: (where, what)."""
    todo = [(module.__name__, module) for module in MODULES]
    seen = set()
    while todo:
        where, thing = todo.pop()
        if id(thing) in seen:
            continue
        seen.add(id(thing))
        yield where, thing
        if thing in MODULES or isinstance(thing, type) and thing.__module__ in (m.__name__ for m in MODULES):
            for name, member in sorted(vars(thing).items()):
                todo.append((f"{where}.{name}", member))
                if isinstance(member, property):
                    todo.append((f"{where}.{name}", member.fget))


def resolve(module, qualified_name):
    found = importlib.import_module(module)
    for name in qualified_name.split("."):
        found = getattr(found, name)
    return found


class Names(unittest.TestCase):
    def test_they_lead_to_what_they_name(self):
        counted = 0
        for where, thing in shown():
            module, name = getattr(thing, "__module__", None), getattr(thing, "__qualname__", None)
            owner = getattr(thing, "__objclass__", None)
            if owner is not None and not module:
                module = owner.__module__
            if not isinstance(module, str) or not isinstance(name, str) or where.endswith(".__class__"):
                continue
            found = resolve(module, name)
            if isinstance(found, property):
                found = found.fget
            self.assertTrue(found is thing or found == thing or inspect.isroutine(thing), (where, module, name))
            counted += 1
        self.assertGreater(counted, 300)

    def test_methods_and_views_name_their_place(self):
        jobs = kit.Whole().jobs
        self.assertEqual((type(jobs).__module__, type(jobs).__qualname__), ("kit", "Whole.JobsQueue"))
        self.assertIs(kit.Whole.JobsQueue, type(jobs))
        self.assertEqual(repr(type(jobs)), "<class 'kit.Whole.JobsQueue'>")
        for method, name in ((kit.Whole.total_fetch_add, "Whole.total_fetch_add"), (jobs.put, "Whole.JobsQueue.put"),
                             (kit.Whole().total_wait, "Whole.total_wait")):
            self.assertEqual((method.__module__, method.__qualname__), ("kit", name))
        self.assertIsNot(type(kit.Reader().jobs), type(jobs))


class Signatures(unittest.TestCase):
    def test_each_can_be_read(self):
        counted = 0
        for where, thing in shown():
            if not getattr(thing, "__text_signature__", None):
                continue
            if getattr(thing, "__module__", "kit") in FOREIGN:
                continue
            signature = inspect.signature(thing)
            self.assertIsNotNone(signature, where)
            counted += 1
        self.assertGreater(counted, 200)

    def test_defaults_are_true(self):
        whole = kit.Whole()
        for method, expected in (
                (whole.objects.get, "(key, default=None)"), (whole.objects.setdefault, "(key, default=None)"),
                (whole.objects.compare_exchange, "(key, expected, desired)"), (whole.things.pop, "(index=-1)"),
                (whole.jobs.put, "(item, block=True, timeout=None)"), (whole.calls.get, "(block=True, timeout=None)"),
                (whole.ready.wait, "(timeout=None)"), (whole.total_wait, "(old, timeout=None)"),
                (whole.total_fetch_add, "(operand)"), (whole.door_set, "(bits)"), (whole.objects.popitem, "()")):
            self.assertEqual(str(inspect.signature(method)), expected)
        whole.numbers[1] = 2
        self.assertIs(whole.numbers.get(5), inspect.signature(whole.numbers.get).parameters["default"].default)
        parameters = inspect.signature(kit.Whole).parameters
        self.assertEqual({name: parameters[name].default for name in ("total", "is_on", "share", "place", "things")},
                         {"total": 0, "is_on": False, "share": 0.0, "place": (0, 0.0), "things": ()})
        made = kit.Whole(**{name: parameter.default for name, parameter in parameters.items()
                            if parameter.default is not ...})
        self.assertEqual(repr(made), repr(kit.Whole()))

    def test_every_parameter_may_be_named(self):
        """And is missed, unknown and given twice in CPython's words."""
        whole = kit.Whole(total=3)
        kit.fill(whole)
        calls = [(whole.total_fetch_add, {"operand": 1}), (whole.total_compare_exchange, {"expected": 1, "desired": 2}),
                 (whole.hits_add, {"amount": 2}), (whole.numbers.__setitem__, {"key": 1, "value": 2}),
                 (whole.numbers.get, {"key": 1, "default": 2}), (whole.things.insert, {"index": 0, "value": 1}),
                 (whole.jobs.put, {"item": 1, "block": False, "timeout": 1}), (whole.jobs.get, {"timeout": 1}),
                 (whole.ready.wait, {"timeout": 0}), (whole.objects.pop, {"key": 7, "default": 8})]
        for call, arguments in calls:
            call(**arguments)
            for unknown in ("value_", "self", ""):
                with self.assertRaisesRegex(TypeError, "got an unexpected keyword argument"):
                    call(**arguments, **{unknown: 1})
            first = next(iter(inspect.signature(call).parameters))
            with self.assertRaisesRegex(TypeError, f"got multiple values for argument '{first}'"):
                call(1, **{first: 1})
            for name, parameter in inspect.signature(call).parameters.items():
                if parameter.default is inspect.Parameter.empty:
                    less = {other: value for other, value in arguments.items() if other != name}
                    with self.assertRaisesRegex(TypeError, f"missing required argument '{name}'"):
                        call(**less)
            with self.assertRaisesRegex(TypeError, "takes at most"):
                call(1, 2, 3, 4)


class Texts(unittest.TestCase):
    def test_what_looks_like_a_type_is_one(self):
        counted = 0
        for where, thing in shown():
            if not isinstance(thing, (types.GetSetDescriptorType, property)) or ".__" in where:
                continue
            match = ANNOTATION.match(thing.__doc__ or "")
            if match:
                ast.parse(match[1], mode="eval")
                module, _, name = match[1].partition(".")
                self.assertTrue(resolve(module, name) if name else eval(match[1]), where)
                counted += 1
        self.assertGreater(counted, 50)
        self.assertTrue(kit.Whole.total.__doc__.startswith("int: "))
        self.assertTrue(kit.Whole.jobs.__doc__.startswith("kit.Whole.JobsQueue: "))
        self.assertTrue(kit.Whole.numbers.__doc__.startswith("By number\n\n"))

    @unittest.skipUnless(importlib.util.find_spec("mypy"), "mypy is not installed")
    def test_stubgen_writes_stubs(self):
        for module in MODULES:
            with tempfile.TemporaryDirectory() as folder:
                arguments = ["-q", "--inspect-mode", "-m", module.__name__, "-o", folder]
                subprocess.run([sys.executable, "-c", f"import mypy.stubgen; mypy.stubgen.main({arguments})"],
                               check=True)
                with open(f"{folder}/{module.__name__}.pyi") as file:
                    self.assertIn("class", ast.unparse(ast.parse(file.read())))


if __name__ == "__main__":
    support.main()
