# SPDX-License-Identifier: MIT
"""What goes into an attribute and what comes out of it; what is refused leaves the old value."""
import inspect
import math
import struct
import unittest

import bank
import bank_cxx
import hooks
import kit
import sized
import support
from support import Index

WIDTHS = {"i8": (-2**7, 2**7 - 1), "i16": (-2**15, 2**15 - 1), "i32": (-2**31, 2**31 - 1),
          "i64": (-2**63, 2**63 - 1), "u8": (0, 2**8 - 1), "u16": (0, 2**16 - 1),
          "u32": (0, 2**32 - 1), "u64": (0, 2**64 - 1)}


class Float:
    def __init__(self, action):
        self.action = action

    def __float__(self):
        return self.action()


class Attributes(unittest.TestCase):
    module = bank

    def setUp(self):
        self.scalars = self.module.Scalars()
        self.account = self.module.Account()

    def refused(self, target, name, value, error, *words):
        before = getattr(target, name)
        with self.assertRaises(error) as caught:
            setattr(target, name, value)
        for word in (name, *words):
            self.assertIn(word, str(caught.exception))
        self.assertEqual(getattr(target, name), before)
        with self.assertRaises(error):
            type(target)(**{name: value})

    def test_integers_at_both_ends(self):
        for name, (low, high) in WIDTHS.items():
            for value in (low, low + 1, -1, 0, 1, 2**15, 2**30, 2**30 - 1, 2**62, high - 1, high):
                if low <= value <= high:
                    setattr(self.scalars, name, value)
                    self.assertEqual(getattr(self.scalars, name), value)
                    self.assertIs(type(getattr(self.scalars, name)), int)
                    self.assertEqual(getattr(type(self.scalars)(**{name: value}), name), value)
            for value in (low - 1, high + 1, 2**64, -2**63 - 1, 2**200, -2**200, 10**5000):
                self.refused(self.scalars, name, value, OverflowError)

    def test_integers_take_index_and_no_other_type(self):
        for name in WIDTHS:
            setattr(self.scalars, name, Index(lambda: 7))
            self.assertEqual(getattr(self.scalars, name), 7)
            setattr(self.scalars, name, True)
            self.assertEqual(getattr(self.scalars, name), 1)
            for wrong in (1.0, "1", None, b"1", [1], Float(lambda: 1.0), 1j):
                self.refused(self.scalars, name, wrong, TypeError)

    def test_an_index_that_raises_changes_nothing(self):
        def fail():
            raise LookupError("from __index__")
        for name in WIDTHS:
            setattr(self.scalars, name, 5)
            with self.assertRaises(LookupError):
                setattr(self.scalars, name, Index(fail))
            self.assertEqual(getattr(self.scalars, name), 5)
        with self.assertRaises(TypeError):
            self.scalars.i64 = Index(lambda: "5")

    def test_an_index_that_uses_the_object(self):
        """Conversion runs Python code before the store: what that code stores is overwritten."""
        def meddle():
            self.scalars.i64 = 99
            return 3
        self.scalars.i64 = Index(meddle)
        self.assertEqual(self.scalars.i64, 3)
        self.scalars.i64 = 10
        self.assertEqual(self.scalars.i64_fetch_add(Index(meddle)), 99)
        self.assertEqual(self.scalars.i64, 102)

        box = [self.module.Scalars()]

        def drop():
            box.clear()
            return 4
        box[0].u64 = Index(drop)
        self.assertEqual(box, [])

    def test_bool_takes_true_and_false_alone(self):
        self.scalars.flag = True
        self.assertIs(self.scalars.flag, True)
        for wrong in (1, 0, "x", None, 1.0):
            self.refused(self.scalars, "flag", wrong, TypeError)
        self.scalars.flag = False
        self.assertIs(self.scalars.flag, False)

    def test_floats(self):
        for value in (0.0, -0.0, 1.5, math.inf, -math.inf, 3, 2**60, Float(lambda: 2.5), Index(lambda: 3)):
            for name in ("f32", "f64"):
                setattr(self.scalars, name, value)
                self.assertEqual(getattr(self.scalars, name), float(value)
                                 if not isinstance(value, Index) else 3.0)
        self.scalars.f64 = math.nan
        self.assertTrue(math.isnan(self.scalars.f64))
        self.scalars.f32 = 0.1
        self.assertEqual(self.scalars.f32, struct.unpack("f", struct.pack("f", 0.1))[0])
        self.scalars.f64 = 1e308
        for name in ("f32", "f64"):
            for wrong in ("1.0", None, [], 1j):
                self.refused(self.scalars, name, wrong, TypeError)
        self.refused(self.scalars, "f32", 1e39, OverflowError)
        with self.assertRaises(OverflowError):
            self.scalars.f64 = 10**400
        with self.assertRaises(ZeroDivisionError):
            self.scalars.f64 = Float(lambda: 1 / 0)
        self.assertEqual(self.scalars.f64, 1e308)

    def test_nothing_can_be_deleted(self):
        for target in (self.scalars, self.account):
            for name in [name for name in dir(target) if inspect.isgetsetdescriptor(
                    inspect.getattr_static(target, name)) and name not in ("misses", "total")]:
                with self.assertRaises(TypeError) as caught:
                    delattr(target, name)
                self.assertIn(name, str(caught.exception))
        with self.assertRaises(AttributeError):
            del self.account.misses

    def test_a_read_only_row(self):
        self.assertEqual(self.account.misses, 0)
        with self.assertRaises(AttributeError):
            self.account.misses = 1
        with self.assertRaisesRegex(TypeError, "misses.*read-only"):
            self.module.Account(misses=1)
        with self.assertRaises(AttributeError):
            self.account.total = 1

    def test_hidden_and_opaque_rows_are_not_seen(self):
        for name in ("secret", "link", "link_exchange", "is_open"):
            self.assertFalse(hasattr(self.account, name), name)

    def test_a_record_and_its_forms(self):
        limits = self.account.limits
        self.assertEqual(limits, (0, 0))
        self.assertEqual(type(limits).__name__, "Limits")
        self.assertIs(type(limits), self.module.Limits)
        for value in ((1, 2), self.module.Limits((1, 2)), {"high": 2, "low": 1},
                      {"low": Index(lambda: 1), "high": True + 1}):
            self.account.limits = (7, 7)
            self.account.limits = value
            self.assertEqual((self.account.limits.low, self.account.limits.high), (1, 2))

        class Mapping:
            def keys(self):
                return ["low", "high"]

            def __getitem__(self, key):
                return {"low": 5, "high": 6}[key]
        self.account.limits = Mapping()
        self.assertEqual(self.account.limits, (5, 6))

    def test_a_record_that_does_not_match(self):
        self.account.limits = (3, 4)
        for wrong in ((), (1,), (1, 2, 3), ("a", 1), (1, None), [1, 2], 5, None, "ab",
                      {"low": 1}, {"low": 1, "high": 2, "mid": 3}, {"low": 1, 7: 2},
                      {"low": 1, "high": "x"}, {}):
            self.refused(self.account, "limits", wrong, TypeError)
        self.refused(self.account, "limits", (1, 2**63), OverflowError, "limits.high")
        self.refused(self.account, "limits", {"low": 1}, TypeError, "high")
        self.refused(self.account, "limits", {"low": 1, "high": 2, "mid": 3}, TypeError, "mid")
        with self.assertRaises(ZeroDivisionError):
            self.account.limits = (1, Index(lambda: 1 // 0))
        self.assertEqual(self.account.limits, (3, 4))

    def test_a_record_of_every_shape(self):
        self.scalars.type_codes = (True, -128, 65535, 0.5, 1e300, 2**64 - 1)
        self.assertEqual(self.scalars.type_codes, (True, -128, 65535, 0.5, 1e300, 2**64 - 1))
        self.assertEqual(self.scalars.type_codes.port, 65535)
        for wrong, error in (((1, 0, 0, 0, 0, 0), TypeError), ((True, 128, 0, 0, 0, 0), OverflowError),
                             ((True, 0, -1, 0, 0, 0), OverflowError),
                             ((True, 0, 0, 1e39, 0, 0), OverflowError),
                             ((True, 0, 0, 0, 0, -1), OverflowError)):
            self.refused(self.scalars, "type_codes", wrong, error)

    def test_a_record_larger_than_the_stack_room(self):
        page = tuple(range(33))
        self.scalars.page = page
        self.assertEqual(self.scalars.page, page)
        self.assertEqual(self.scalars.page.last, 32)
        self.refused(self.scalars, "page", page[:-1] + ("x",), TypeError)

    def test_an_empty_rcu_field_is_none(self):
        self.assertIsNone(self.account.options)
        self.refused(self.account, "options", None, TypeError)
        self.account.options = (1, 2)
        self.assertEqual(self.account.options, (1, 2))
        self.refused(self.account, "options", (1,), TypeError)

    def test_verbs(self):
        account = self.account
        self.assertEqual(account.hits_fetch_add(4), 0)
        self.assertEqual(account.hits_exchange(9), 4)
        self.assertIs(account.hits_compare_exchange(8, 1), False)
        self.assertIs(account.hits_compare_exchange(9, 1), True)
        self.assertIs(account.open_exchange(True), False)
        self.assertEqual(self.scalars.f64_fetch_add(2), 0.0)
        self.assertEqual(self.scalars.f64_fetch_sub(0.5), 2.0)
        add = account.hits_fetch_add
        add(2)
        self.assertEqual((account.hits, self.scalars.f64), (3, 1.5))
        self.assertEqual(type(account).hits_fetch_add(account, 1), 3)

    def test_verbs_refuse(self):
        account = self.account
        account.hits = 2**63 - 1
        self.scalars.u8 = 1
        for call, error in ((lambda: account.hits_fetch_add(1), OverflowError),
                            (lambda: account.hits_fetch_add(2**63), OverflowError),
                            (lambda: account.hits_fetch_add("1"), TypeError),
                            (lambda: account.hits_fetch_add(), TypeError),
                            (lambda: account.hits_fetch_add(1, 2), TypeError),
                            (lambda: account.hits_fetch_add(operand=1), OverflowError),
                            (lambda: account.hits_fetch_add(value=1), TypeError),
                            (lambda: account.hits_fetch_add(1, operand=1), TypeError),
                            (lambda: account.hits_compare_exchange(1), TypeError),
                            (lambda: type(account).hits_fetch_add(1), TypeError),
                            (lambda: type(account).hits_fetch_add(), TypeError),
                            (lambda: type(account).hits_fetch_add(self.scalars, 1), TypeError),
                            (lambda: self.scalars.u8_fetch_sub(2), OverflowError),
                            (lambda: self.scalars.u8_fetch_add(256), OverflowError)):
            self.assertRaises(error, call)
        self.assertEqual((account.hits, self.scalars.u8), (2**63 - 1, 1))

    def test_the_constructor(self):
        account = self.module.Account(hits=3, limits={"low": 1, "high": 2}, open=True)
        self.assertEqual((account.hits, account.limits, account.open), (3, (1, 2), True))
        for call in (lambda: self.module.Account(3), lambda: self.module.Account(nope=1),
                     lambda: self.module.Account(secret=1), lambda: self.module.Account(is_open=True),
                     lambda: self.module.Account(total=1), lambda: self.module.Account(hits_fetch_add=1)):
            self.assertRaises(TypeError, call)
        bare = self.module.Account.__new__(self.module.Account)
        self.assertEqual((bare.hits, bare.limits, bare.options), (0, (0, 0), None))

    def test_init_again(self):
        account = self.module.Account(hits=3, limits=(1, 2), options=(5, 6))
        account.__init__(hits=4)
        self.assertEqual((account.hits, account.limits, account.options), (4, (1, 2), (5, 6)))
        for wrong in ({"hits": 9, "limits": (1,)}, {"hits": 9, "nope": 1}, {"hits": 9, "misses": 1},
                      {"limits": (8, 8), "hits": 2**70}, {"options": (8, 8), "open": 1}):
            with self.assertRaises((TypeError, OverflowError)):
                account.__init__(**wrong)
            self.assertEqual((account.hits, account.limits, account.options), (4, (1, 2), (5, 6)))

    def test_repr(self):
        account = self.module.Account(hits=3, limits=(1, 2))
        self.assertEqual(repr(account), "bank.Account(hits=3, misses=0, limits=Limits(low=1, high=2), "
                                        "options=None, open=False)")

    def test_documentation(self):
        hits = type(self.account).hits
        self.assertTrue(hits.__doc__.startswith("How often it was used\n"))
        for words in ("Thread safety: atomic", "+= is a read and a write", "hits_fetch_add(n)"):
            self.assertIn(words, hits.__doc__)
        self.assertIn("read-only", type(self.account).misses.__doc__)
        self.assertNotIn("+=", type(self.account).misses.__doc__)
        self.assertIn("atomic", type(self.account).hits_fetch_add.__doc__)
        self.assertEqual(str(inspect.signature(type(self.account).hits_fetch_add)), "(self, /, operand)")
        self.assertEqual(type(self.account).hits_fetch_add.__qualname__, "Account.hits_fetch_add")
        self.assertIn("limits", inspect.signature(self.module.Account).parameters)
        self.assertEqual(self.module.Account.__doc__, "An account.")


class Places(unittest.TestCase):
    """Where an assignment finds the attribute, by the address of its name and without a search."""

    def test_there_are_enough(self):
        for kind, rows in ((bank.MyClass, 2), (bank.Account, 7), (bank.FrozenScalars, 11),
                           (bank.Scalars, 13), (kit.Whole, 25), (sized.new_type(4, 0), 1)):
            places = 8
            while places - 1 < 4 * rows:
                places *= 2
            self.assertEqual(hooks.mask_of(kind), places - 1, kind)
        for kind, settable in ((bank.MyClass, 2), (bank.ThreadIter, 0), (bank.Fixed, 1), (sized.new_type(4, 0), 1)):
            self.assertEqual(hooks.found_at_once(kind), settable, kind)

    def test_each_has_its_own(self):
        """By the first of some shifts where that is so."""
        for shift in range(3, 20):
            for mask, place in ((7, 4), (15, 8)):
                with self.subTest(shift=shift, mask=mask):
                    found = [None] * (mask + 1)
                    found[0], found[place] = 0, 1
                    self.assertEqual(hooks.places([1 << 40, (1 << 40) + (place << shift)], mask), (shift, found))

    def test_two_in_one(self):
        self.assertEqual(hooks.places([1 << 40, 1 << 41], 7), (19, [1] + [None] * 7))
        self.assertEqual(hooks.places([8, 16, 8], 7), (19, [2] + [None] * 7))
        # Of what cannot be set, none has a place or takes one.
        self.assertEqual(hooks.places([8, -8, 16, -24], 7), (3, [None, 0, 2] + [None] * 5))
        self.assertEqual(hooks.places([], 7), (3, [None] * 8))


class AttributesInCxx(Attributes):
    module = bank_cxx


if __name__ == "__main__":
    support.main()
