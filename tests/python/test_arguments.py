# SPDX-License-Identifier: MIT
"""Every method of every view and every verb, with every sort of wrong argument: a clear error, nothing
changed, nothing leaked, nothing that waits."""
import gc
import itertools
import operator
import os
import queue
import sys
import unittest

import kit
import support
from support import Thing


class Fails:
    """What the layer asks of an argument ends in an error of its own."""

    def fail(self, *unused):
        raise ZeroDivisionError("of the argument")
    __index__ = __float__ = __hash__ = __eq__ = __bool__ = __iter__ = __len__ = fail


SAMPLES = [None, True, 0, 1, -1, 2**31, 2**63, -2**63 - 1, 2**64, 2**200, -2**200, 10**400, 1.5, -0.0,
           float("nan"), float("inf"), float("-inf"), "", "x", "\udc80", b"", b"x", (), (1,), (1, 2.0),
           (1, 2.0, 3), [], [1], {}, {"x": 1, "y": 2}, {"x": 1}, object(), Fails(), Thing(), slice(None),
           slice(1, 2, 3), ..., NotImplemented, int, len, iter(())]
ERRORS = (TypeError, ValueError, OverflowError, LookupError, AttributeError, queue.Empty, queue.Full,
          ZeroDivisionError, UnicodeError)
# What waits for another thread when there is nothing: called with a time to wait alone.
WAITS = ("get", "put", "wait")
SKIPPED = ("reserve",  # takes what memory there is
           "__class__", "__init_subclass__", "__new__", "__subclasshook__", "__reduce__", "__reduce_ex__",
           "__getstate__", "__sizeof__", "__dir__", "__format__", "__class_getitem__", "_abc_impl", "_MutableMapping__marker",
           "__abstractmethods__", "__slots__", "__module__", "__doc__", "__weakref__")
VIEWS = ("objects", "numbers", "texts", "blobs", "things", "digits", "track", "jobs", "route", "calls",
         "ticks", "container", "costs", "ready")


def contents(it):
    state = support.states(it, VIEWS)
    for name in ("hits", "total", "level", "share", "is_on", "door", "place", "home", "base", "spot", "owner"):
        state[name] = getattr(it, name)
    return state


def same(left, right):
    """Without asking the values for their equality."""
    if isinstance(left, (list, tuple)):
        return len(left) == len(right) and all(map(same, left, right))
    return left is right or (type(left) is type(right) and not isinstance(left, Fails) and repr(left) == repr(right))


def methods(it):
    """(name, whether it may wait, call) of all methods of all views, and of all verbs."""
    for name in VIEWS:
        view = getattr(it, name)
        for method in dir(view):
            call = getattr(view, method, None)
            if not hasattr(object, method) and method not in SKIPPED and callable(call) \
                    and not isinstance(call, type):
                yield f"{name}.{method}", method in WAITS and not hasattr(view, "keys"), call
    for verb in dir(type(it)):
        call = getattr(it, verb, None)
        if not verb.startswith("_") and callable(call) and not isinstance(call, type):
            yield verb, verb.endswith("_wait"), call


class Arguments(unittest.TestCase):
    def setUp(self):
        gc.collect()

    def attempt(self, name, waits, call, arguments, keywords):
        """Calls it, and returns whether it was refused."""
        if waits and keywords.get("timeout") is not SAMPLES[2] and keywords.get("block") is not False:
            return False
        try:
            call(*arguments, **keywords)
        except ERRORS as error:
            self.assertTrue(str(error) or isinstance(error, (queue.Empty, queue.Full)), (name, arguments))
            return True
        except Exception as error:
            self.fail(f"{name}: {list(map(type, arguments))}, {keywords}: {error!r}")
        return False

    def each_call(self):
        for count in range(4):
            samples = SAMPLES if count < 2 else SAMPLES[::5] if count == 2 else SAMPLES[::9]
            for arguments in itertools.product(samples, repeat=count):
                yield arguments, {}
                yield arguments, {"timeout": 0}
        for sample in SAMPLES[::6]:
            for name in ("key", "value", "item", "index", "block", "timeout", "default", "operand", "bits", "self", "x"):
                yield (), {name: sample}
                yield (1,), {name: sample}
            yield (sample,), {"block": False}

    def test_what_is_refused_changes_nothing(self):
        refused = accepted = 0
        calls = list(self.each_call())
        step = 1 if os.environ.get("AFIELD_STRESS") == "long" else 11  # a part for each method
        whole = kit.Whole()
        kit.fill(whole)  # so that the owner is there, which has methods as well
        for index, (name, waits) in enumerate([(name, waits) for name, waits, _ in methods(whole)]):
            it = kit.Whole()
            kit.fill(it)
            call = operator.attrgetter(name)(it)
            before = contents(it)
            for arguments, keywords in calls[index % step::step]:
                if self.attempt(name, waits, call, arguments, keywords):
                    refused += 1
                    after = contents(it)
                    self.assertTrue(all(same(after[key], before[key]) for key in before),
                                    (name, arguments, keywords, before, after))
                    continue
                # What was accepted may have changed it: the next call finds a new one.
                accepted += 1
                it = kit.Whole()
                kit.fill(it)
                call = operator.attrgetter(name)(it)
                before = contents(it)
        print(f"  {refused} calls refused, {accepted} accepted", flush=True)
        self.assertGreater(refused, 1000)

    def test_nothing_leaks(self):
        """The samples have as many references as before, when the objects have gone."""
        watched = [sample for sample in SAMPLES if type(sample) in (object, Fails, Thing, list, dict)]
        counts = []
        for round_ in range(3):
            it = kit.Whole()
            kit.fill(it)
            for name, waits, call in methods(it):
                for arguments, keywords in itertools.chain(
                        (((sample,), {}) for sample in watched), (((0, sample), {}) for sample in watched),
                        (((sample, sample), {}) for sample in watched),
                        ((("k", sample, sample), {}) for sample in watched)):
                    self.attempt(name, waits, call, arguments, keywords)
            del it, call, arguments
            gc.collect()
            counts.append([sys.getrefcount(sample) for sample in watched])
        self.assertEqual(counts[1], counts[2])

    def test_times_to_wait(self):
        it = kit.Whole()
        for call in (it.jobs.get, it.calls.get, it.route.get):
            for timeout, error in ((-1, ValueError), (-2**200, ValueError), (float("nan"), ValueError),
                                   (float("-inf"), ValueError), ("1", TypeError), (b"", TypeError),
                                   (10**400, OverflowError), (Fails(), ZeroDivisionError), (0, queue.Empty),
                                   (-0.0, queue.Empty), (1e-9, queue.Empty), (False, queue.Empty)):
                with self.assertRaises(error, msg=timeout):
                    call(timeout=timeout)
                with self.assertRaises(queue.Empty):
                    call(block=False, timeout=timeout)
            with self.assertRaises(ZeroDivisionError):
                call(Fails())
        for wait in (it.ready.wait, lambda timeout: it.total_wait(0, timeout)):
            for timeout in (-1, 0, -float("inf"), 1e-9):
                self.assertFalse(wait(timeout))
            for timeout, error in ((float("nan"), ValueError), ("1", TypeError), (10**400, OverflowError)):
                with self.assertRaises(error):
                    wait(timeout)
        it.ready.set()
        for timeout in (None, float("inf"), 2**200, 1e300):
            self.assertTrue(it.ready.wait(timeout))


if __name__ == "__main__":
    support.main()
