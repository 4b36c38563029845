# SPDX-License-Identifier: MIT
"""The types of records, bits and errors that a module shows; and records that are refused."""
import copy
import importlib
import pickle
import sys
import unittest

import bank
import locks
import passing
import records
import support


class Records(unittest.TestCase):
    def test_they_cannot_be_patched(self):
        """What is patched into a record's type would show in every object of every class."""
        for kind in (bank.Limits, locks.Point, records.Place):
            value = kind((1, 2))
            for name in (kind.__match_args__[0], "more", "__repr__", "__slots__"):
                with self.assertRaises(TypeError):
                    setattr(kind, name, 7)
            with self.assertRaises(TypeError):
                delattr(kind, kind.__match_args__[0])
            with self.assertRaises((TypeError, AttributeError)):
                value.more = 7
            self.assertEqual(value, (1, 2))
            self.assertEqual(getattr(value, kind.__match_args__[0]), 1)

    def test_what_a_module_shows_is_found_under_its_name(self):
        for module in (bank, locks, passing, records):
            for name, thing in vars(module).items():
                if not isinstance(thing, type) or thing is records.Grid:
                    continue
                with self.subTest(module=module.__name__, name=name):
                    found = importlib.import_module(thing.__module__)
                    for part in thing.__qualname__.split("."):
                        found = getattr(found, part)
                    self.assertIs(found, thing)

    def test_a_class_under_another_modules_name(self):
        """What comes with it belongs to the module that it is in, where it can be found."""
        grid = records.Grid(place=(1, 2.5), power=records.Power.ON)
        self.assertEqual(records.Grid.__module__, "elsewhere")
        for value in (grid.place, grid.power):
            self.assertEqual(type(value).__module__, "records")
            self.assertEqual(pickle.loads(pickle.dumps(value)), value)
            self.assertIs(type(copy.copy(value)), type(value))
        self.assertEqual(records.DeadlockError.__module__, "records")

    def test_names_that_locks_have(self):
        for name in ("value", "acquire", "release", "locked", "__enter__", "__class__"):
            with self.subTest(name=name):
                with self.assertRaisesRegex(SystemError, f"member '{name}'.*rename"):
                    records.wrong_type(name, records.I64, 0, records.SIZE, "wrong")

    def test_members_that_are_none(self):
        for type_code, offset in ((records.OBJECT, 0), (records.STRUCT, 0), (0, 0), (1000, 0),
                              (records.I64, records.SIZE), (records.I64, records.SIZE - 7),
                              (records.I64, sys.maxsize)):
            with self.subTest(type_code=type_code, offset=offset):
                with self.assertRaisesRegex(SystemError, "'row' of the record 'wrong' is no scalar"):
                    records.wrong_type("row", type_code, offset, records.SIZE, "wrong")
        with self.assertRaisesRegex(SystemError, "another size"):
            records.wrong_type("row", records.I64, 0, records.SIZE + 8, "wrong")

    def test_a_name_that_is_taken(self):
        """A module has one thing of a name, and what it shows is that."""
        for name in ("place", "grid", "power"):
            with self.assertRaisesRegex(SystemError, f"another '{name.capitalize()}'"):
                records.wrong_type("row", records.I64, 0, records.SIZE, name)
        self.assertEqual(records.Grid(place=(1, 2)).place, (1, 2))
        kind = records.wrong_type("row", records.I64, 0, records.SIZE, "fresh")
        self.assertEqual(kind(place=(3,)).place.row, 3)
        self.assertEqual(records.Fresh.__match_args__, ("row",))


if __name__ == "__main__":
    support.main()
