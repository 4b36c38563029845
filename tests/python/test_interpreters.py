# SPDX-License-Identifier: MIT
"""Fields that wait, refuse or belong in several interpreters of one process, each with its own types."""
import sys
import unittest

import support
from support import INTERPRETERS, run_program

# What runs in each interpreter: a class of each of the kinds, every verb that may wait or refuse.
INSIDE = r"""
import sys, gc, weakref
sys.path[:] = {path!r}
import locks, holder, confining
class Thing:
    pass
def told(call):
    try:
        call()
    except RuntimeError as error:
        return type(error)
def once_each(desk):
    for name in ('locked', 'rwlocked', 'cell', 'patient'):
        setattr(desk, name, (1, 2))
        assert tuple(getattr(desk, name)) == (1, 2)
        assert tuple(getattr(desk, name + '_exchange')((3, 4))) == (1, 2)
    for guard in (desk.locked_lock(), desk.rwlocked_write_lock(), desk.cell_borrow_mut(),
                 desk.patient_borrow_mut()):
        with guard as point:
            point.x += 1
            assert tuple(point.value) == (4, 4)
desk = locks.Desk()
for i in range(20):
    once_each(desk)
assert desk.once_get_or_init(lambda: 7) == (7, -7)
assert told(lambda: setattr(desk, 'once', (1, 1))) is locks.AlreadySetError
import _thread  # with threading, threads of 3.12 that ran another interpreter are never joined
me = _thread.get_ident()
def look():
    assert desk.cell_holder() == me
    return told(lambda: desk.cell)
assert desk.with_borrow_mut(look) is locks.BorrowError
assert desk.with_locked(lambda: told(lambda: desk.locked)) is locks.DeadlockError
for make in (lambda one: locks.Desk().keep(one), lambda one: holder.Holder(value=one)):
    one = Thing()
    ended = weakref.ref(one)
    kept = make(one)
    one.kept = kept
    del one, kept
    gc.collect()
    assert ended() is None
box = holder.Holder(value=Thing())
assert type(box.value_exchange(7)) is Thing and box.value_get_or_init(list) == 7
"""

# What leaves something behind when its interpreter ends.
LEAVES = r"""
desk.keep(desk)
box.next = [desk, box]
guard = desk.locked_lock()
guard.acquire()
locks.kept = (guard, desk, box)
"""

# Threads in an interpreter: they wait for each other detached from it.
THREADS = r"""
import threading
desk = locks.Desk()
def body():
    for i in range(200):
        with desk.locked_lock() as point:
            point.x += 1
        with desk.patient_borrow_mut() as point:
            point.x += 1
threads = [threading.Thread(target=body) for i in range(4)]
for thread in threads: thread.start()
for thread in threads: thread.join()
assert desk.locked.x == desk.patient.x == 800
"""


class Interpreters(unittest.TestCase):
    def setUp(self):
        self.inside = INSIDE.replace("{path!r}", repr(sys.path))

    def test_one_after_another(self):
        run_program(INTERPRETERS + f"""
inside = {self.inside!r}
exec(inside.replace('sys.path[:]', 'unused'))
mine = locks.Desk
for i in range(3):
    which = create()
    run(which, inside)
    run(which, {THREADS!r})
    _interpreters.destroy(which)
desk = mine(locked=(1, 2))  # this one's types are as they were
with desk.locked_lock() as point:
    assert tuple(point.value) == (1, 2)
""", timeout=100)

    def test_what_is_left_behind(self):
        """Cycles through fields, and a guard that nobody ends, go with their interpreter."""
        run_program(INTERPRETERS + f"""
import threading
inside = {self.inside!r}
for i in range(3):
    which = create()
    run(which, inside)
    run(which, {LEAVES!r})
    _interpreters.destroy(which)
exec(inside.replace('sys.path[:]', 'unused'))
exec({LEAVES!r})
guard.release()
""", timeout=100)

    @unittest.skipIf(sys.version_info < (3, 12), "interpreters share one GIL before 3.12")
    def test_side_by_side(self):
        run_program(INTERPRETERS + f"""
run_side_by_side(4, {self.inside!r})
""", timeout=100)

    def test_the_owner_is_a_thread_in_every_interpreter(self):
        """Who owns a value is a matter of threads; its end in another interpreter's work is safe."""
        run_program(INTERPRETERS + f"""
import threading
inside = {self.inside!r} + '''
import threading
def other():
    seen.append(told(lambda: getattr(mine, 'number')))
    seen.append(told(lambda: widget.count))
seen = []
mine = confining.Box(number=5)
assert mine.number == 5 and mine.use() == 1
widget = confining.Widget(value=mine)
thread = threading.Thread(target=other)
thread.start()
thread.join()
assert seen == [confining.UnsendableError] * 2, seen
box = [mine, widget]
del mine, widget
thread = threading.Thread(target=box.clear)
thread.start()
thread.join()
gc.collect()
assert confining.Box().use() == 1
assert confining.ended() == (2, 0), confining.ended()
'''
for i in range(3):
    which = create()
    run(which, inside)
    _interpreters.destroy(which)
exec(inside.replace('sys.path[:]', 'unused'))
""", timeout=100)


if __name__ == "__main__":
    support.main()
