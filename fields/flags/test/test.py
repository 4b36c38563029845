# SPDX-License-Identifier: MIT
"""Flags as Python sees them: an enum.IntFlag, and one attribute for each bit."""
import enum
import gc
import unittest

import flagging
import support
from flagging import Door
from support import InThread, outcome, run_in_interpreters, run_threads, scaled


class Enumeration(unittest.TestCase):
    def test_it_is_an_int_flag(self):
        self.assertTrue(issubclass(Door, enum.IntFlag))
        self.assertEqual([(bit.name, bit.value) for bit in Door],
                         [("OPEN", 1), ("LOCKED", 2), ("DIRTY", 4)])
        self.assertEqual((Door.__module__, Door.__name__), ("flagging", "Door"))
        self.assertEqual(flagging.Wide.H7, 1 << 63)

    def test_fields_and_types_share_it(self):
        house = flagging.House(front=1, garden=2)
        self.assertIs(type(house.front), Door)
        self.assertIs(type(house.garden), Door)
        self.assertIs(type(flagging.Cabin(front=1).front), Door)

    def test_the_attribute_prints_like_one(self):
        house = flagging.House(front=Door.OPEN | Door.DIRTY)
        self.assertEqual(house.front, 5)
        self.assertEqual(repr(house.front), repr(Door(5)))
        self.assertIn("OPEN", repr(house.front))
        self.assertIn("DIRTY", repr(house))
        self.assertIn(Door.OPEN, house.front)
        self.assertNotIn(Door.LOCKED, house.front)
        self.assertEqual(house.bits, 0)


class Attribute(unittest.TestCase):
    def test_it_takes_an_int_or_a_flag(self):
        house = flagging.House()
        for value in (Door.LOCKED, 2, True + True):
            house.front = value
            self.assertEqual((house.front, house.word()), (Door.LOCKED, 2))
        house.front = ~Door.LOCKED
        self.assertEqual(house.front, Door.OPEN | Door.DIRTY)
        house.front |= Door.LOCKED
        self.assertEqual(house.front, 7)
        house.bits = (1 << 64) - 1
        self.assertEqual(house.bits, (1 << 64) - 1)

    def test_bits_without_a_name_are_refused(self):
        house = flagging.House(front=1)
        for attempt in (lambda: setattr(house, "front", 8), lambda: flagging.House(front=9),
                        lambda: house.__init__(front=1 << 63), lambda: house.front_set(8),
                        lambda: house.front_test(16), lambda: house.front_toggle(8 | 1)):
            with self.assertRaisesRegex(ValueError, "front: the bits 0x[0-9a-f]+ have no name"):
                attempt()
        for value in (1.5, "OPEN", None):
            self.assertRaises(TypeError, setattr, house, "front", value)
        for value in (-1, 1 << 64):
            self.assertRaises(OverflowError, setattr, house, "front", value)
        self.assertRaises(TypeError, delattr, house, "front")
        self.assertEqual(house.front, 1)

    def test_verbs(self):
        house = flagging.House(front=Door.OPEN)
        self.assertIsNone(house.front_set(Door.LOCKED))
        self.assertIsNone(house.front_toggle(Door.OPEN | Door.DIRTY))
        self.assertEqual(house.front_load(), Door.LOCKED | Door.DIRTY)
        self.assertIs(house.front_test(Door.LOCKED | Door.DIRTY), True)
        self.assertIs(house.front_test(Door.LOCKED | Door.OPEN), False)
        self.assertIs(house.front_test_and_set(Door.OPEN), Door(0))
        self.assertIs(house.front_test_and_set(Door.OPEN), Door.OPEN)
        self.assertIs(house.front_test_and_clear(Door.OPEN | Door.DIRTY), Door.OPEN | Door.DIRTY)
        self.assertIsNone(house.front_clear(Door.LOCKED))
        self.assertEqual(house.front, 0)


class Bits(unittest.TestCase):
    def test_each_is_an_attribute(self):
        house = flagging.House(front=Door.OPEN)
        self.assertIs(house.front_open, True)
        self.assertIs(house.front_locked, False)
        house.front_locked = True
        house.front_open = False
        house.front_open = False
        self.assertEqual(house.front, Door.LOCKED)
        house.garden_dirty = True
        self.assertEqual((house.front, house.garden), (Door.LOCKED, Door.DIRTY))
        house.bits_h7 = True
        self.assertEqual(house.bits, 1 << 63)
        self.assertIn("Nobody comes in.", flagging.House.front_locked.__doc__)
        self.assertIn("this bit alone", flagging.House.front_locked.__doc__)

    def test_what_is_no_bool_is_refused(self):
        house = flagging.House()
        for value in (1, 0, None, "yes"):
            with self.assertRaisesRegex(TypeError, "front_open"):
                house.front_open = value
        self.assertRaises(TypeError, delattr, house, "front_open")
        self.assertEqual(house.front, 0)

    def test_read_only_and_frozen_ones_are_read(self):
        house = flagging.House()
        self.assertIs(house.built_open, False)
        self.assertRaises(AttributeError, setattr, house, "built_open", True)
        self.assertIn("read-only", flagging.House.built_open.__doc__)
        monument = flagging.Monument(front=Door.LOCKED)
        self.assertEqual((monument.front, monument.front_locked), (Door.LOCKED, True))
        self.assertRaises(AttributeError, setattr, monument, "front_locked", False)
        self.assertFalse(hasattr(house, "secret_open"))

    def test_other_types_and_names(self):
        class Villa(flagging.House):
            pass
        villa = Villa(front=1)
        villa.front_dirty = True
        villa.other = 3
        self.assertEqual((villa.front, villa.other), (5, 3))
        cabin = flagging.Cabin()
        cabin.front_dirty = True
        self.assertEqual(cabin.front, Door.DIRTY)
        self.assertRaises(AttributeError, setattr, cabin, "front_blue", True)

    def test_another_thread_s_are_refused(self):
        house = flagging.LoneHouse(front=1)
        for call in (lambda: house.front_open, lambda: setattr(house, "front_open", False),
                     lambda: house.front):
            self.assertEqual(InThread(lambda: outcome(call)).end().split(":")[0],
                             "UnsendableError")
        self.assertIs(house.front_open, True)

    def test_a_bit_named_like_a_verb_is_refused(self):
        with self.assertRaisesRegex(SystemError, "it_set"):
            flagging.make_wrong()
        gc.collect()


class Threads(unittest.TestCase):
    def test_neighbours_are_left_alone(self):
        house, rounds = flagging.House(), scaled(500)

        def body(index):
            name = f"bits_{'abcdefgh'[index % 8]}{index // 8}"
            for _ in range(rounds):
                setattr(house, name, True)
                self.assertIs(getattr(house, name), True)
                setattr(house, name, False)
                self.assertIs(getattr(house, name), False)
            setattr(house, name, True)
        run_threads(support.THREADS, body)
        self.assertEqual(bin(house.bits).count("1"), support.THREADS)

    def test_one_is_told(self):
        house, told = flagging.House(), []

        def body(index):
            for _ in range(scaled(200)):
                if not house.front_test_and_set(Door.LOCKED):
                    told.append(index)
                    self.assertIs(house.front_test_and_clear(Door.LOCKED), Door.LOCKED)
        run_threads(8, body)
        self.assertTrue(told)
        self.assertEqual(house.front, 0)

    def test_values_are_made_beside_each_other(self):
        house = flagging.House()

        def body(index):
            for i in range(scaled(300)):
                house.bits = (i * 0x9E3779B97F4A7C15 + index) & 0xFF
                self.assertEqual(int(house.bits) & ~0xFF, 0)
        run_threads(8, body)

    def test_another_interpreter(self):
        code = ("import flagging\n"
                "house = flagging.House(front=3)\n"
                "house.front_open = False\n"
                "assert house.front is flagging.Door.LOCKED\n")
        run_in_interpreters(code)


if __name__ == "__main__":
    support.main()
