# SPDX-License-Identifier: MIT
"""What nobody has written yet: every attribute, verb, lock and method of a field of each kind, on a
fresh object and with all sorts of arguments, answers or raises an error that says something. A
SystemError never does: it is what the interpreter raises for a function without a result or an
exception."""
import inspect
import unittest

import fresh

VALUES = (0, 1, -1, 2**70, 1.5, True, None, "text", b"bytes", (0, 0.5), [0], {"x": 1}, print, len)
WAITING = {"timeout": 0, "block": False, "blocking": False}


def arguments(function):
    """Argument lists for a function, none of which lets it wait."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except ValueError:
        parameters = []
    plain = [it for it in parameters if it.name not in WAITING]
    waiting = {it.name: WAITING[it.name] for it in parameters if it.name in WAITING
               and it.kind is not it.VAR_KEYWORD}
    yield (), waiting
    for value in VALUES:
        for count in range(1, max(len(plain), 1) + 1):
            yield (value,) * count, waiting
    if len(plain) > 1:
        for first in VALUES:
            yield (first,) + (VALUES[0],) * (len(plain) - 1), waiting


class Fresh(unittest.TestCase):
    def setUp(self):
        self.answers = self.errors = 0

    def attempt(self, what, function, *arguments, **keywords):
        """The result, or None when there is an error that may be."""
        try:
            result = function(*arguments, **keywords)
        except SystemError as error:
            self.fail(f"{what}: SystemError: {error}")
        except Exception as error:
            self.assertTrue(str(error) or type(error).__doc__, what)
            self.errors += 1
            return None
        self.answers += 1
        return result

    def call(self, what, find):
        """Calls what find() returns with all sorts of arguments, and goes into what is entered."""
        for args, keywords in arguments(find()):
            text = f"{what}{args}"
            result = self.attempt(text, find(), *args, **keywords)
            if hasattr(type(result), "__enter__"):
                if self.attempt(text, result.__enter__) is not None:
                    for name in dir(result):
                        if not name.startswith("_"):
                            self.attempt(f"{text}.{name}", getattr, result, name)
                    self.attempt(text, result.__exit__, None, None, None)

    def test_every_name(self):
        for name in sorted(dir(fresh.Fresh)):
            if name.startswith("_") or isinstance(getattr(fresh.Fresh, name), type):
                continue
            with self.subTest(name=name):
                value = self.attempt(name, getattr, fresh.Fresh(), name)
                if callable(value):
                    self.call(name, lambda: getattr(fresh.Fresh(), name))
                    self.call(name, lambda: value)
                    continue
                for other in VALUES:
                    self.attempt(name, setattr, fresh.Fresh(), name, other)
                self.attempt(name, delattr, fresh.Fresh(), name)
        self.assertGreater(self.answers, 100)
        self.assertGreater(self.errors, 100)

    def test_every_method_of_a_view(self):
        views = 0
        for name in sorted(dir(fresh.Fresh)):
            value = self.attempt(name, getattr, fresh.Fresh(), name)
            if name.startswith("_") or type(value).__module__ in ("builtins", "enum"):
                continue
            views += 1
            for method in sorted(dir(type(value))):
                if method in ("__class__", "__init_subclass__", "__subclasshook__", "__new__"):
                    continue
                if method.startswith("_") and not method.startswith("__"):
                    continue
                with self.subTest(name=name, method=method):
                    # The object goes with the view, so each view has a fresh one.
                    view = getattr(fresh.Fresh(), name)
                    function = self.attempt(f"{name}.{method}", getattr, view, method)
                    if callable(function):
                        self.call(f"{name}.{method}", lambda: function)
        self.assertGreater(views, 5)

    def test_as_text(self):
        self.assertIn("Fresh", self.attempt("repr", repr, fresh.Fresh()))
        self.assertEqual(self.attempt("len", len, fresh.Fresh().list), 0)


if __name__ == "__main__":
    unittest.main()
