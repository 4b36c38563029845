# SPDX-License-Identifier: MIT
"""The types of records, bits and errors that a module shows; and records that are refused."""
import copy
import importlib
import pickle
import struct
import sys
import unittest

import bank
import locks
import passing
import records
import support


class Records(unittest.TestCase):
    def setUp(self):
        vars(records).pop("AZZone", None)  # of a test before

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

    def test_names_that_locks_do_not_have(self):
        for number, name in enumerate(("_", "_x", "valu", "values", "x__", "lock")):
            kind = records.wrong_type(name, records.I64, 0, records.SIZE, f"named_{number}")
            with kind(place=(3,)).place_lock() as inside:
                setattr(inside, name, getattr(inside, name) + 1)
                self.assertEqual(inside.value, (4,))

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

    def test_every_scalar(self):
        """At both ends of its range, and beyond."""
        ends = {"flag": (False, True), "f32": (-2.0**127, 2.0**127), "f64": (-1e308, 1e308)}
        for bits in (8, 16, 32, 64):
            ends[f"i{bits}"] = -2**(bits - 1), 2**(bits - 1) - 1
            ends[f"u{bits}"] = 0, 2**bits - 1
        names = records.Every.__match_args__
        shelf = records.Shelf()
        self.assertEqual(repr(shelf.every), "records.Every(flag=False, u8=0, u16=0, u32=0, u64=0, i8=0, i16=0, i32=0, "
                                            "i64=0, f32=0.0, f64=0.0)")
        for end in (0, 1):
            value = tuple(ends[name][end] for name in names)
            for form in (value, records.Every(value), dict(zip(names, value))):
                shelf.every = form
                self.assertEqual(shelf.every, value)
                self.assertEqual([type(one) for one in shelf.every], [type(one) for one in value])
        for at, name in enumerate(names[1:-2], 1):
            low, high = ends[name]
            for wrong in (low - 1, high + 1, 2**64, -2**64, 2**200):
                with self.assertRaisesRegex(OverflowError, f"^every.{name}: the number is not within {low} and {high}$"):
                    shelf.every = value[:at] + (wrong,) + value[at + 1:]
        for wrong in (1e39, -1e39):
            with self.assertRaisesRegex(OverflowError, "^every.f32: the number does not fit a 32-bit float$"):
                shelf.every = value[:-2] + (wrong, 1.5)
        self.assertEqual(shelf.every, value)

    def test_bytes_between_members(self):
        """C code may compare them: they are 0, whatever was there."""
        shelf = records.Shelf()
        value = (True, 255, 2**16 - 1, 2**32 - 1, 2**64 - 1, -1, -1, -1, -1, 0.5, 0.5)
        for form in (value, dict(zip(records.Every.__match_args__, value)), records.Every(value)):
            shelf.full, shelf.every = (2**64 - 1,) * 6, form
            self.assertEqual(records.bytes_of(shelf), struct.pack("@?BHIQbhiqfd", *value))

    def test_keys_that_are_no_members(self):
        """A member behind the last is none."""
        kind = records.twin_type(0, 1, "hidden", records.F64, 8, records.SIZE)
        it = kind(place={"row": 3})
        self.assertEqual(it.place, (3,))
        for key in ("hidden", "ro", "rows", "", 5, None, "row\0"):
            for wrong in ({key: 1, "row": 2}, {"row": 2, key: 1}):
                with self.assertRaises(TypeError) as caught:
                    it.place = wrong
                self.assertEqual(str(caught.exception), f"place: has no member {key!r}")
        self.assertEqual(it.place, (3,))
        self.assertEqual(repr(it), "records.Twin(place=AZZone(row=3))")

    def test_keys_that_raise(self):
        """A key that has a member's hash is asked whether it is equal to its name."""
        class Key:
            def __hash__(self):
                return hash("row")

            def __eq__(self, other):
                raise ZeroDivisionError
        grid = records.Grid(place=(1, 2))
        with self.assertRaises(ZeroDivisionError):
            grid.place = {Key(): 1, "column": 2}
        with self.assertRaises(ZeroDivisionError):
            grid.__init__(place={"column": 2, Key(): 1})
        self.assertEqual(grid.place, (1, 2))

        class Name(str):
            def __hash__(self):
                return hash("place")
            __eq__ = Key.__eq__
        with self.assertRaises(ZeroDivisionError):
            records.Grid(**{Name("x"): 1})

    def test_two_tables_of_one_record(self):
        """Two source files have a table each. A module has one type of both, if they say the same."""
        same = "column", records.F64, 8, records.SIZE
        first = records.twin_type(0, 2, *same)
        second = records.twin_type(1, 2, *same)
        self.assertEqual(records.AZZone.__match_args__, ("row", "column"))
        self.assertEqual(records.AZZone.column.__doc__, "In the table.")
        for kind in (first, second):
            self.assertIs(type(kind().place), records.AZZone)
        for count, name, type_code, offset, size in (
                (1, *same), (2, "columns", *same[1:]), (2, same[0], records.I64, *same[2:]),
                (2, *same[:2], 0, records.SIZE), (2, *same[:3], records.SIZE + 8)):
            with self.subTest(count=count, name=name, type_code=type_code, offset=offset, size=size):
                with self.assertRaisesRegex(SystemError, "another 'AZZone' than .* 'aZ_zone'"):
                    records.twin_type(1, count, name, type_code, offset, size)
        with self.assertRaisesRegex(SystemError, "another 'AZZone' than .* 'aZ_zone'"):
            records.twin_type(1, 2, *same, "rows")

    def test_what_is_no_type(self):
        """The name of a record is taken by something that is no type, or none of a record."""
        for taken in (5, int, type("AZZone", (), {}), None):
            records.AZZone = taken
            with self.assertRaisesRegex(SystemError, "another 'AZZone'"):
                records.twin_type(0, 1, "column", records.F64, 8, records.SIZE)
            self.assertIs(records.AZZone, taken)


if __name__ == "__main__":
    support.main()
