# SPDX-License-Identifier: MIT
"""Rows that are read-only or frozen, and frozen classes: whatever Python reaches through an attribute
leaves the field as it is. Reading goes on."""
import collections.abc
import itertools
import unittest

import kit
import support

VIEWS = {  # the methods that change the field, of which a constant one has none
    "objects": "__setitem__ __delitem__ pop popitem setdefault update clear compare_exchange",
    "numbers": "__setitem__ __delitem__ pop popitem setdefault update clear compare_exchange",
    "texts": "__setitem__ __delitem__ pop popitem setdefault update clear compare_exchange",
    "blobs": "__setitem__ __delitem__ pop popitem setdefault update clear compare_exchange",
    "things": "__setitem__ __delitem__ append insert pop remove extend reverse clear __iadd__",
    "digits": "__setitem__ __delitem__ append insert pop remove extend reverse clear __iadd__",
    "track": "__setitem__ __delitem__ append insert pop remove extend reverse clear __iadd__",
    "jobs": "put get put_nowait get_nowait",
    "route": "put get put_nowait get_nowait",
    "calls": "put get put_nowait get_nowait",
    "ticks": "put get put_nowait get_nowait",
    "container": "append pop pop_all clear",
    "costs": "append pop pop_all clear",
    "ready": "set clear",
}
READS = {  # the verbs of a row that leave it as it is
    "jobs_count", "jobs_is_empty", "route_count", "route_is_empty", "calls_count", "calls_capacity",
    "ticks_count", "ticks_capacity", "container_count", "container_is_empty", "costs_count", "costs_is_empty",
    "hits_sum", "door_test", "door_load", "is_on_wait", "total_wait", "level_wait", "share_wait",
    "spot_holder", "spot_borrow_count", "ready_is_set", "ready_wait",
}
MAPPINGS = ("objects", "numbers", "texts", "blobs")
SEQUENCES = ("things", "digits", "track")
PLAIN = ("hits", "door", "door_open", "is_on", "total", "level", "share", "owner", "place", "home",
         "base", "spot")


def fields(it):
    """All that the fields hold, as far as Python can tell."""
    state = {name: getattr(it, name) for name in PLAIN}
    return {**state, **support.states(it, VIEWS)}


class Constant(unittest.TestCase):
    kind = kit.Reader

    def setUp(self):
        self.it = self.kind()
        kit.fill(self.it)
        self.state = fields(self.it)
        self.assertEqual(self.state["things"], list(self.it.objects))
        self.assertEqual((self.state["jobs"], self.state["container"], self.state["ready"]), (1, 1, True))

    def tearDown(self):
        self.assertEqual(fields(self.it), self.state)

    def test_a_view_has_no_method_that_changes(self):
        whole = kit.Whole()
        for name, methods in VIEWS.items():
            for method in methods.split():
                self.assertTrue(hasattr(getattr(whole, name), method), (name, method))
                self.assertFalse(hasattr(getattr(self.it, name), method), (name, method))

    def test_its_base_class_is_one_without_them(self):
        for name in MAPPINGS:
            self.assertIsInstance(getattr(self.it, name), collections.abc.Mapping)
            self.assertNotIsInstance(getattr(self.it, name), collections.abc.MutableMapping)
        for name in SEQUENCES:
            self.assertIsInstance(getattr(self.it, name), collections.abc.Sequence)
            self.assertNotIsInstance(getattr(self.it, name), collections.abc.MutableSequence)

    def test_statements_that_change(self):
        errors = (AttributeError, TypeError)
        for text in ("it.objects['k'] = 1", "del it.objects['k']", "it.objects |= {1: 2}", "it.objects = {}",
                     "it.things[0] = 1", "del it.things[0]", "it.things[:] = []", "del it.things[:]",
                     "it.things += [7]", "it.things *= 2", "it.things = [3]", "it.digits += (7,)",
                     "it.jobs = []", "it.container += [1]", "it.ready = False", "it.door_open = False",
                     "it.hits += 1", "it.total = 0", "it.owner = None", "del it.owner", "it.place = (3, 4)",
                     "it.things.append(9)", "it.jobs.put(1)", "it.objects.update({1: 2})", "it.ready.clear()",
                     "it.things.__class__.append(it.things, 9)"):
            with self.assertRaises(errors, msg=text):
                exec(text, {"it": self.it})

    def test_another_classes_method_takes_no_view_of_this_one(self):
        whole = kit.Whole()
        for name, methods in VIEWS.items():
            for method in methods.split():
                call = getattr(type(getattr(whole, name)), method)
                view = getattr(self.it, name)
                for arguments in ((), (1,), (0, 1)):
                    with self.assertRaises((TypeError, AttributeError), msg=(name, method)):
                        call(view, *arguments)
        with self.assertRaises((TypeError, AttributeError)):
            collections.abc.MutableMapping.update(self.it.objects, {1: 2})
        with self.assertRaises((TypeError, AttributeError)):
            collections.abc.MutableSequence.append(self.it.things, 1)

    def test_no_call_of_anything_changes(self):
        """Whatever there is, is called, with all sorts of arguments."""
        samples = (0, 1, "key", b"key", (1, 2.0), None, [1], {1: 2})
        for name in (*VIEWS, *PLAIN):
            value = getattr(self.it, name)
            for method in dir(value):
                call = None if method == "wait" else getattr(value, method, None)
                for arguments in itertools.chain.from_iterable(
                        itertools.product(samples, repeat=count) for count in range(3)):
                    try:
                        call(*arguments)
                    except Exception:
                        pass

    def test_verbs_of_rows_are_those_that_read(self):
        names = {name for name in dir(kit.Whole) if name.startswith(tuple(f"{row}_" for row in (*VIEWS, *PLAIN)))}
        reads = {name for name in dir(self.kind) if name in names}
        self.assertEqual(reads, READS | {"door_open", "door_locked"})
        self.assertEqual(self.it.jobs_count(), 1)
        self.assertEqual(self.it.hits_sum(), 3)
        self.assertTrue(self.it.door_test(1))
        self.assertFalse(self.it.total_wait(7, timeout=0))
        self.assertTrue(self.it.total_wait(6))

    def test_reading_goes_on(self):
        thing = self.it.owner
        self.assertEqual(list(self.it.objects.items()), [(thing, thing)])
        self.assertEqual(self.it.numbers, {3: 30})
        self.assertEqual((self.it.numbers[3], self.it.numbers.get(4, 5), 3 in self.it.numbers), (30, 5, True))
        self.assertEqual((self.it.things[0], self.it.things[-1:], thing in self.it.things), (thing, [thing], True))
        self.assertEqual(self.it.things.index(thing), 0)
        self.assertEqual((self.it.jobs.qsize(), self.it.jobs.empty(), self.it.calls.maxsize), (1, False, 4))
        self.assertTrue(self.it.ready.wait(timeout=0))
        with self.assertRaises(KeyError):
            self.it.numbers[4]


class FrozenRows(Constant):
    kind = kit.Fixed

    def test_the_constructor_fills_it_once(self):
        it = kit.Fixed(things=[1, 2], total=3)
        self.assertEqual((list(it.things), it.total), ([1, 2], 3))
        with self.assertRaises(TypeError):
            it.__init__(things=[3])
        self.assertEqual(list(it.things), [1, 2])
        with self.assertRaises(TypeError):
            kit.Reader(things=[1])


class FrozenClass(Constant):
    kind = kit.Ice

    def test_the_constructor_fills_it(self):
        it = kit.Ice(things=(x for x in "ab"), digits=[5])
        self.assertEqual((list(it.things), list(it.digits)), (["a", "b"], [5]))


if __name__ == "__main__":
    support.main()
