# SPDX-License-Identifier: MIT
"""Confined fields and unsendable classes: who is refused, and where things end."""
import gc
import threading
import time
import unittest
import weakref

import confining
import support
from support import elsewhere, run_program, run_threads


class Owned(unittest.TestCase):
    def setUp(self):
        box = confining.Box()
        box.number = 0
        gc.collect()
        confining.ended()


class Confined(Owned):
    def test_the_first_to_set_it_is_the_owner(self):
        box = confining.Box()
        self.assertEqual(box.number, 0)
        self.assertEqual(elsewhere(lambda: box.number), 0)
        box.number = 5
        self.assertEqual(box.number, 5)
        for attempt in (lambda: box.number, lambda: setattr(box, "number", 6),
                        lambda: box.__init__(number=7)):
            with self.assertRaises(confining.UnsendableError):
                elsewhere(attempt)
        self.assertIn("number=<the value belongs to another thread>", elsewhere(lambda: repr(box)))
        self.assertEqual(box.number, 5)
        box.number = 8
        self.assertEqual(box.number, 8)

    def test_the_error_can_be_caught(self):
        self.assertTrue(issubclass(confining.UnsendableError, RuntimeError))
        self.assertEqual(confining.UnsendableError.__module__, "confining")
        box = confining.Box(number=1)
        with self.assertRaisesRegex(RuntimeError, "number: .*another thread"):
            elsewhere(lambda: box.number)

    def test_a_wrong_value_owns_nothing(self):
        box = confining.Box()
        with self.assertRaises(TypeError):
            box.number = "x"
        elsewhere(lambda: setattr(box, "number", 3))
        with self.assertRaises(confining.UnsendableError):
            box.number

    def test_dropped_elsewhere_it_ends_at_home(self):
        boxes = [confining.Box() for _ in range(10)]
        for box in boxes:
            self.assertEqual(box.use(), 1)
        del box
        elsewhere(boxes.clear)
        gc.collect()
        home, abroad = confining.ended()
        self.assertEqual(abroad, 0)
        # With the GIL the boxes end where they are dropped, and wait; the next access opens them.
        if not support.FREE_THREADED:
            self.assertEqual(home, 0)
        confining.Box().number
        self.assertEqual(home + confining.ended()[0], 10)

    def test_dropped_elsewhere_it_ends_with_its_owner(self):
        made = []

        def own():
            box = confining.Box()
            box.use()
            made.append(box)
            del box
            taker = threading.Thread(target=made.clear)
            taker.start()
            taker.join()
        elsewhere(own)
        gc.collect()
        self.assertEqual(confining.ended(), (1, 0))

    def test_without_an_owner_it_ends_where_it_is(self):
        box = confining.Box()
        self.assertEqual(elsewhere(box.use), 1)
        with self.assertRaises(RuntimeError):
            box.use()
        with self.assertRaises(RuntimeError):
            elsewhere(box.use)
        del box
        gc.collect()
        self.assertEqual(confining.ended(), (0, 1))


class Unsendable(Owned):
    def test_everything_is_refused_elsewhere(self):
        widget = confining.Widget(count=3, value="v")
        self.assertEqual((widget.count, widget.value), (3, "v"))
        widget.begin()
        for attempt in (lambda: widget.count, lambda: setattr(widget, "count", 4),
                        lambda: widget.count_fetch_add(1), lambda: widget.value,
                        lambda: setattr(widget, "value", 1), lambda: delattr(widget, "value"),
                        lambda: widget.__init__(count=5), lambda: widget.__init__(),
                        widget.begin):
            with self.assertRaises(confining.UnsendableError):
                elsewhere(attempt)
        self.assertEqual(elsewhere(lambda: repr(widget)),
                         "confining.Widget(<belongs to another thread>)")
        self.assertEqual((widget.count, widget.value), (3, "v"))
        self.assertEqual(widget.count_fetch_add(1), 3)
        self.assertEqual(repr(widget), "confining.Widget(count=4, value='v')")

    def test_a_subclass_is_unsendable_as_well(self):
        class Sub(confining.Widget):
            pass
        sub = Sub(count=1)
        with self.assertRaises(confining.UnsendableError):
            elsewhere(lambda: sub.count)
        frozen = confining.FrozenBox(number=2)
        self.assertEqual(frozen.number, 2)
        with self.assertRaises(confining.UnsendableError):
            elsewhere(lambda: frozen.number)

    def test_dropped_elsewhere_its_fields_end_at_home(self):
        class Thing:
            pass
        thing = Thing()
        watch = weakref.ref(thing)
        widgets = [confining.Widget(value=thing) for _ in range(10)]
        del thing
        for widget in widgets:
            widget.begin()
        del widget
        elsewhere(widgets.clear)
        gc.collect()
        self.assertIsNone(watch(), "objects are given up where the widget ends")
        home, abroad = confining.ended()
        self.assertEqual(abroad, 0)
        home += confining.Widget().count + confining.ended()[0]
        self.assertEqual(home, 10)

    def test_collected_elsewhere_everything_ends_at_home(self):
        """The collector runs in a thread that owns nothing of what it finds."""
        gc.disable()
        for _ in range(10):
            widget, box = confining.Widget(), confining.Box()
            widget.begin()
            box.use()
            widget.value = [widget, box]
        watch = weakref.ref(widget)
        del widget, box
        elsewhere(gc.collect)
        gc.enable()
        self.assertIsNone(watch())
        self.assertEqual(confining.ended(), (0, 0), "they are on their way")
        self.assertEqual(confining.Widget().count, 0)
        self.assertEqual(confining.ended(), (20, 0))

    def test_each_end_is_counted_once(self):
        """Owners that stay and owners that end, droppers everywhere: nothing is lost."""
        count = support.scaled(300)
        shared = []
        lock = threading.Lock()

        def body(index):
            for i in range(count):
                widget = confining.Widget(count=i, value=[index])
                widget.begin()
                box = confining.Box()
                box.use()
                with lock:
                    shared.append((widget, box))
                    old = shared.pop(0) if len(shared) > 20 else None
                del old, widget, box
        for _ in range(3):
            run_threads(4, body)
        shared.clear()
        gc.collect()
        confining.Widget().count
        home, abroad = confining.ended()
        deadline = time.monotonic() + 30
        while home + abroad < 3 * 4 * count * 2 and time.monotonic() < deadline:
            time.sleep(0.01)
            home, abroad = map(sum, zip((home, abroad), confining.ended()))
        print(f"  {home} ended at home, {abroad} after their thread", flush=True)
        self.assertEqual(home + abroad, 3 * 4 * count * 2)

    def test_a_cycle_is_collected_in_any_thread(self):
        widget = confining.Widget()
        widget.value = [widget]
        watch = weakref.ref(widget)
        del widget
        elsewhere(gc.collect)
        gc.collect()
        self.assertIsNone(watch())

    def test_the_end_of_the_interpreter(self):
        """Owners that still run when the interpreter ends, and values on their way to them."""
        run_program("""
import confining, threading, time
shared = []
def spin():
    while True:
        widget = confining.Widget(value=shared)
        widget.begin()
        box = confining.Box()
        box.use()
        shared.append((widget, box))
        if len(shared) > 10:
            try:
                shared.pop(0)
            except IndexError:
                pass
for _ in range(3):
    threading.Thread(target=spin, daemon=True).start()
time.sleep(0.2)
""", timeout=60)


if __name__ == "__main__":
    support.main()
