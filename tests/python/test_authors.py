# SPDX-License-Identifier: MIT
"""What an extension's author may ask of a type, one thing at a time, and in vain."""
import gc
import unittest

import bank
import passing
import support


class Rows(unittest.TestCase):
    def test_one_that_is_frozen(self):
        """Wherever it stands, the constructor sets it once."""
        for which, name in enumerate(("one", "two", "three")):
            it = passing.with_frozen(which)(**{name: 1})
            with self.assertRaisesRegex(TypeError, f"the field '{name}' is frozen"):
                it.__init__(**{name: 2})
            self.assertEqual(getattr(it, name), 1)
        it = passing.with_frozen(3)(one=1)  # none of them
        it.__init__(one=2)
        self.assertEqual((it.one, type(it).__basicsize__ + 16), (2, passing.with_frozen(0).__basicsize__))

    def test_names_that_are_taken(self):
        """By a view's type, a verb, a lock, or another row."""
        for name in ("View", "JobsQueue", "jobs_count", "lock_lock", "jobs", "lock"):
            with self.assertRaisesRegex(SystemError, f"two attributes have the name '{name}'"):
                passing.with_twin(name)
        kind = passing.with_twin("Views")
        self.assertEqual((kind(Views=5).Views, kind.View.__qualname__), (5, "Twin.View"))

    def test_attributes_of_the_authors(self):
        it = passing.with_own_attributes()(number=5)
        self.assertEqual((it.number, it.a, it.b, it.c, it.d), (5, "a", "b", "c", "d"))
        del it
        gc.collect()


class Modules(unittest.TestCase):
    def setUp(self):
        passing.new_type(0)
        self.addCleanup(vars(passing).update, dict(vars(passing)))

    def test_one_without_a_name(self):
        del passing.__name__
        self.assertRaises(SystemError, passing.new_type, 0)

    def test_one_with_another_thing_of_an_errors_name(self):
        for taken in (5, int, None):
            passing.DeadlockError = taken
            with self.assertRaisesRegex(SystemError, "another 'DeadlockError', which is no exception"):
                passing.new_type(0)
            self.assertIs(passing.DeadlockError, taken)

    def test_an_error_of_the_same_name_is_taken(self):
        class DeadlockError(Exception):
            pass
        passing.DeadlockError = DeadlockError
        it = passing.new_type(0)()
        with it.locked_lock(), self.assertRaises(DeadlockError):
            it.locked_lock().acquire()

    def test_one_that_raises(self):
        """What it raises says more than that a name is not there."""
        for name in ("DeadlockError", "Point", "Door"):
            found = vars(passing).pop(name)
            passing.__getattr__ = lambda asked: 1 // (asked != name)
            try:
                self.assertRaises(ZeroDivisionError, passing.new_type, 0)
            finally:
                del passing.__getattr__
                setattr(passing, name, found)

    def test_errors_that_nobody_raises(self):
        """Are in no module."""
        self.assertFalse(hasattr(bank, "UnsendableError"))
        self.assertTrue(issubclass(passing.DeadlockError, RuntimeError))


if __name__ == "__main__":
    support.main()
