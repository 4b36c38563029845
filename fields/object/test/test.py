# SPDX-License-Identifier: MIT
"""Object fields one step at a time: attributes, verbs, the old value, the collector."""
import gc
import sys
import threading
import unittest
import weakref

import holder
import support
from support import Thing, run_threads


class Attributes(unittest.TestCase):
    def setUp(self):
        self.holder = holder.Holder()

    def test_functions_of_c(self):
        self.assertEqual(holder.check_c(["the first"]), [])

    def test_unset_is_an_attribute_error(self):
        with self.assertRaisesRegex(AttributeError, "'value' is not set"):
            self.holder.value
        self.assertFalse(hasattr(self.holder, "value"))
        self.assertEqual(getattr(self.holder, "value", 7), 7)
        with self.assertRaises(AttributeError):
            del self.holder.value

    def test_set_and_delete(self):
        for value in (1, None, self.holder, [1], Thing, 10**30, "text", ()):
            self.holder.value = value
            self.assertIs(self.holder.value, value)
        del self.holder.value
        self.assertFalse(hasattr(self.holder, "value"))
        with self.assertRaises(AttributeError):
            del self.holder.value
        plain = holder.Plain(value=3)
        plain.value = None
        self.assertIsNone(plain.value)
        del plain.value
        self.assertFalse(hasattr(plain, "value"))

    def test_the_constructor(self):
        value = [1]
        made = holder.Holder(value=value, count=3)
        self.assertIs(made.value, value)
        self.assertFalse(hasattr(made, "next"))
        made.__init__(next=value)
        self.assertIs(made.next, made.value)
        with self.assertRaises(TypeError):
            made.__init__(value=Thing(), count="x")
        self.assertIs(made.value, value)
        self.assertFalse(hasattr(holder.Holder.__new__(holder.Holder), "value"))

    def test_references_are_counted(self):
        class Other(holder.Holder):
            pass
        for make in (holder.Holder, holder.Plain, holder.Frozen, Other):
            value = Thing()
            gone = weakref.ref(value)
            before = sys.getrefcount(value)
            for _ in range(100):
                made = make(value=value)
                self.assertIs(made.value, value)
                repr(made)
                with self.assertRaises(TypeError):
                    make(value=value, count="x")
                with self.assertRaises(TypeError):
                    make(value=value, nope=1)
                if make is not holder.Frozen:
                    made.value = made.value
                    if make is not holder.Plain:
                        made.value_exchange(value)
                        made.value_compare_exchange(value, value)
                        made.value_compare_exchange(made, value)
                        made.value_get_or_init(list)
                    del made.value
                    made.value = value
                del made
            gc.collect()
            self.assertEqual(sys.getrefcount(value), before)
            del value
            self.assertIsNone(gone())

    def test_verbs(self):
        one, two = Thing(), Thing()
        self.assertIsNone(self.holder.value_exchange(one))
        self.assertIs(self.holder.value_exchange(two), one)
        self.assertIs(self.holder.value_compare_exchange(one, one), False)
        self.assertIs(self.holder.value_compare_exchange(two, one), True)
        self.assertIs(self.holder.value, one)
        self.holder.value = equal = [1]
        self.assertFalse(self.holder.value_compare_exchange([1], one), "identity, not equality")
        self.assertIs(self.holder.value, equal)

    def test_get_or_init(self):
        calls = []

        def make():
            calls.append(1)
            return calls
        with self.assertRaises(ZeroDivisionError):
            self.holder.value_get_or_init(lambda: 1 // 0)
        self.assertFalse(hasattr(self.holder, "value"))
        with self.assertRaises(TypeError):
            self.holder.value_get_or_init(5)
        self.assertIs(self.holder.value_get_or_init(make), calls)
        self.assertIs(self.holder.value_get_or_init(make), calls)
        self.assertEqual(calls, [1])
        other = holder.Holder()
        # The callable may use the field: whoever is first stays.
        self.assertEqual(other.value_get_or_init(lambda: other.value_get_or_init(lambda: 1) + 1), 1)

    def test_frozen(self):
        value = Thing()
        frozen = holder.Frozen(value=value, count=2)
        self.assertIs(frozen.value, value)
        for attempt in (lambda: setattr(frozen, "value", 1), lambda: delattr(frozen, "value")):
            self.assertRaises(AttributeError, attempt)
        self.assertFalse(hasattr(holder.Frozen(), "value"))

    def test_repr(self):
        self.assertEqual(repr(self.holder), "holder.Holder(value=<unset>, next=<unset>, count=0)")
        self.holder.value = self.holder
        self.assertEqual(repr(self.holder),
                         "holder.Holder(value=holder.Holder(...), next=<unset>, count=0)")

    def test_documentation(self):
        self.assertIn("may be deleted", holder.Holder.value.__doc__)
        self.assertNotIn("+=", holder.Holder.value.__doc__)
        self.assertIn("itself", holder.Holder.value_compare_exchange.__doc__)


class Release(unittest.TestCase):
    """The old value is given up after the swap, in the writer's thread, outside everything."""

    def test_the_old_value_ends_in_the_writers_thread_at_once(self):
        """Of an object that another thread has made, free-threaded Python may give the end back to
        that thread; so here the writer has made it."""
        box = holder.Holder()
        ended = []

        def body(index):
            for replace in (lambda: setattr(box, "value", 1), lambda: delattr(box, "value"),
                            lambda: box.value_exchange(1)):
                box.value = Thing(lambda: ended.append(threading.get_ident()))
                replace()
                self.assertEqual(ended, [threading.get_ident()])
                ended.clear()
        run_threads(1, body)

    def test_the_end_of_the_old_value_uses_the_same_field(self):
        box = holder.Holder()
        seen = []

        def at_end():
            seen.append(box.value)
            box.value = "from the end"
        for replace in (lambda: setattr(box, "value", "new"), lambda: box.value_exchange("new"),
                        lambda: box.value_compare_exchange(box.value, "new")):
            box.value = Thing(at_end)
            replace()
            self.assertEqual(box.value, "from the end")
        self.assertEqual(seen, ["new"] * 3)
        box.value = Thing(lambda: seen.append(getattr(box, "value", "unset")))
        del box.value
        self.assertEqual(seen[-1], "unset")

    def test_the_end_of_the_old_value_blocks(self):
        """A destructor that waits for another thread, which uses the same field meanwhile."""
        box = holder.Holder()
        inside, done = threading.Event(), threading.Event()

        def at_end():
            inside.set()
            assert done.wait(60)

        def body(index):
            if index == 0:
                box.value = Thing(at_end)
                box.value = "first"
            else:
                assert inside.wait(60)
                assert box.value == "first"
                box.value = "second"
                gc.collect()
                done.set()
        run_threads(2, body)
        self.assertEqual(box.value, "second")


class Collector(unittest.TestCase):
    def test_cycles_are_collected(self):
        for make in (lambda me: setattr(me, "value", me), lambda me: setattr(me, "next", [me])):
            box = holder.Holder()
            gone = weakref.ref(box)
            make(box)
            del box
            gc.collect()
            self.assertIsNone(gone())

    def test_a_hidden_field_is_seen(self):
        box = holder.Secret()
        kept = [box]
        box.keep(kept)
        self.assertTrue(any(thing is kept for thing in gc.get_referents(box)))
        gone = weakref.ref(box)
        del box, kept
        gc.collect()
        self.assertIsNone(gone())

    def test_a_frozen_cycle_is_collected(self):
        inside = Thing()
        gone = weakref.ref(inside)
        inside.outside = holder.Frozen(value=inside)
        del inside
        gc.collect()
        self.assertIsNone(gone())

    def test_a_living_value_stays(self):
        box = holder.Holder(value=[Thing()])
        gc.collect()
        self.assertIsInstance(box.value[0], Thing)

    def test_readers_meet_a_cleared_field(self):
        """The collector clears objects while finalizers and other threads may still use them."""
        boxes = [holder.Holder(), holder.Plain()]
        met = [0] * 4

        def body(index):
            for i in range(support.scaled(3000)):
                box = boxes[i % 2]
                if index == 0:
                    holder.clear(box)
                elif index == 1:
                    box.value = box.next = [i]
                else:
                    try:
                        assert type(box.value) is list
                        assert type(box.value_exchange([i])) in (list, type(None))
                    except AttributeError:
                        met[index] += 1
        interval = sys.getswitchinterval()
        sys.setswitchinterval(1e-6)
        run_threads(4, body)
        sys.setswitchinterval(interval)
        for box in boxes:
            box.value = box
            self.assertTrue(holder.clear(box))
            self.assertFalse(hasattr(box, "value") or hasattr(box, "next"))

    def test_readers_during_collections(self):
        """Readers and collections of the same garbage, over and over."""
        stop = threading.Event()

        def body(index):
            if index == 0:
                for _ in range(support.scaled(300)):
                    boxes = [holder.Holder() for _ in range(20)]
                    for left, right in zip(boxes, boxes[1:] + boxes[:1]):
                        left.value = right
                    shared[:] = boxes[:1]
                    del boxes, left, right
                    shared.clear()
                    gc.collect()
                stop.set()
                return
            while not stop.is_set():
                for box in list(shared):
                    while isinstance(box, holder.Holder) and box.count < 100:
                        box.count += 1
                        box = getattr(box, "value", None)
        shared = []
        run_threads(4, body)


if __name__ == "__main__":
    support.main()
