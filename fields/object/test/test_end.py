# SPDX-License-Identifier: MIT
"""Object fields at the end of their object: chains, finalizers, other threads, forks, the interpreter."""
import gc
import threading
import unittest
import weakref

import holder
import support
from support import SANITIZED, Thing, run_program, run_threads


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
    for _ in range(LONG):
        head = make(value=head)
    del head
    assert watch() is None
    head = chain(lambda value: make(value=[value]), LONG // 2)
    del head
threading.stack_size(1 << 20)
thread = threading.Thread(target=lambda: chain(holder.Plain, 20000))
thread.start()
thread.join()
""".replace("LONG", str(200000 if not SANITIZED else 50000)), timeout=120), end="")

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
        signal.alarm(60)
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
