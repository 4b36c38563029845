"""Object fields one step at a time: attributes, verbs, the collector, the object's end."""
import gc
import sys
import threading
import unittest
import weakref

import holder
import support
from support import run_program, run_threads


class Thing:
    """An object that can be weakly referenced and says when it ends."""

    def __init__(self, at_end=None):
        self.at_end = at_end

    def __del__(self):
        if self.at_end:
            self.at_end()


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
            self.assertEqual(holder.clear(box), 0)
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


class End(unittest.TestCase):
    def test_a_long_chain_ends_without_deep_recursion(self):
        print(run_program("""
import holder, sys, threading, weakref
class Sub(holder.Holder):
    pass
def chain(make, count):
    head = None
    for _ in range(count):
        head = make(value=head)
    return head
for make in (holder.Holder, holder.Plain, holder.Frozen, Sub):
    last = holder.Holder()
    watch = weakref.ref(last)
    head = make(value=last)
    del last
    for _ in range(200000):
        head = make(value=head)
    del head
    assert watch() is None
    head = chain(lambda value: make(value=[value]), 100000)
    del head
threading.stack_size(1 << 20)
thread = threading.Thread(target=lambda: chain(holder.Plain, 20000))
thread.start()
thread.join()
""", timeout=120), end="")

    def test_an_object_that_ends_is_out_of_the_collectors_sight(self):
        """What runs while it ends collects, and looks at all that the collector knows."""
        def at_end():
            gc.collect()
            seen.append([thing for thing in gc.get_objects() if type(thing) in kinds])
        kinds = (holder.Plain, holder.Frozen)
        for kind in kinds:
            gc.collect()
            seen = []
            made = kind(value=Thing(at_end))
            if kind is holder.Plain:
                made.next = [made]
                del made.next
            del made
            self.assertEqual(seen, [[]])

    def test_weak_references_are_cleared_before_the_fields_end(self):
        order = []
        box = holder.Holder(value=Thing(lambda: order.append(("field", watch()))))
        watch = weakref.ref(box, lambda _: order.append(("weak", _())))
        del box
        self.assertEqual(order, [("weak", None), ("field", None)])

    def test_a_finalizer_resurrects(self):
        saved = []

        class Phoenix(holder.Holder):
            def __del__(self):
                saved.append(self)
        Phoenix(value="kept")
        gc.collect()
        self.assertEqual(saved[0].value, "kept")
        saved[0].value = "again"
        saved.clear()

    def test_the_end_in_another_thread(self):
        ended = []
        boxes = [holder.Holder(value=Thing(lambda: ended.append(1))) for _ in range(100)]

        def body(index):
            while True:
                try:
                    boxes.pop()
                except IndexError:
                    return
        run_threads(4, body)
        gc.collect()
        self.assertEqual(len(ended), 100)

    def test_a_fork_while_threads_are_busy(self):
        """A child goes on with the object that the field held, whoever was in the middle of it."""
        run_program("""
import gc, holder, os, signal, threading, warnings
warnings.simplefilter("ignore")
box = holder.Holder(value=[0])
stop = False
def spin(index):
    while not stop:
        box.value = [index]
        box.value_compare_exchange(box.value, [index])
        made = holder.Holder(value=[index], next=box)
        made.value = [made]
threads = [threading.Thread(target=spin, args=(i,), daemon=True) for i in range(3)]
for thread in threads:
    thread.start()
for round in range(15):
    child = os.fork()
    if not child:
        signal.alarm(20)
        assert type(box.value) is list
        for i in range(100):
            assert type(box.value_exchange([i])) is list
        gc.collect()
        os._exit(0)
    assert os.waitpid(child, 0)[1] == 0
stop = True
for thread in threads:
    thread.join()
""", timeout=120)

    def test_threads_that_are_busy_when_the_interpreter_ends(self):
        """Daemon threads that never leave the field do not hold up the interpreter's end."""
        for _ in range(3):
            run_program("""
import holder, threading, time, sys
box = holder.Holder(value=1)
class Noisy:
    def __del__(self):
        box.value_exchange(None) if box else None
def spin():
    while True:
        box.value = Noisy()
        box.value_get_or_init(Noisy)
        getattr(box, "value", None)
        box.next = box
for _ in range(4):
    threading.Thread(target=spin, daemon=True).start()
time.sleep(0.2)
""", timeout=60)


if __name__ == "__main__":
    support.main()
