# SPDX-License-Identifier: MIT
"""Nothing that Python does to a type or an object leaves a reference behind, or takes one too many:
what succeeds, what is refused, and what finds no memory."""
import ctypes
import gc
import unittest
import unittest.mock

import hooks
import kit
import memory
import odd
import passing
import records
import support

FLAGS = (0, passing.SUBCLASS | passing.WEAKREF | passing.DICT,
         passing.SUBCLASS | passing.WEAKREF | passing.DICT | passing.UNSENDABLE, passing.FROZEN)
WRONG = ("flags", "slots", "module", "twins", "alignment", "methods", "guards", "read-only guards")


class Threads(memory.Bytes):
    """What a thread has leaves with it, and what goes in another thread's place with its own."""

    def test_locks(self):
        it = passing.new_type(0)()

        def body():
            guard = it.locked_lock()
            with guard, it.rw_read_lock(), it.cell_borrow():
                repr(it)
            guard.acquire(False)
            guard.release()
        self.bytes_stay(body)
        self.bytes_stay(lambda: support.elsewhere(body), 100)

    def test_locks_that_a_thread_leaves(self):
        it = passing.new_type(0)()

        def body():
            guards.append(it.locked_lock())
            guards[-1].acquire()
        guards = []

        def leave():
            support.elsewhere(body)
            self.assertTrue(guards[0].acquire(timeout=60))
            guards.pop().release()
        self.bytes_stay(leave, 100)

    def test_unsendable_objects(self):
        kind = passing.new_type(passing.UNSENDABLE)

        def make():
            it = kind(list=[kind], number=5)
            it.texts.update(a=1, b=2)
            it.queue.put(it.number)
            return it

        def made_elsewhere():
            support.elsewhere(make)  # it ends here, behind its thread

        def ended_elsewhere():
            box = [make()]
            support.elsewhere(box.clear)
            make()
        self.bytes_stay(make)
        self.bytes_stay(lambda: support.elsewhere(lambda: [make() for _ in range(2)] and None), 100)
        self.bytes_stay(made_elsewhere, 100)
        self.bytes_stay(ended_elsewhere, 100)


class Types(memory.Counts):
    def test_those_that_come_and_go(self):
        def body():
            for flags in FLAGS:
                it = passing.new_type(flags)(number=5, list=[[], []]) if flags else passing.new_type(flags)()
                if flags & passing.DICT:
                    it.more = [it, it.list]
            hooks.new_type()
            gc.collect()
        self.counts_stay(body, 3)

    def test_objects_that_come_and_go(self):
        kinds = [passing.new_type(flags) for flags in FLAGS]

        def body():
            for kind in kinds:
                kind(number=5, list=[[], []])
            kinds[1]().more = 5
        self.counts_stay(body)

    def test_what_goes_into_the_module(self):
        """Records, flags and exceptions, when the module has none any more."""
        passing.new_plain_type()
        kept = {name: value for name, value in vars(passing).items() if isinstance(value, type)}
        self.addCleanup(vars(passing).update, kept)
        self.assertIn("DeadlockError", kept)

        def body():
            for name in kept:
                delattr(passing, name)
            for flags in FLAGS:
                passing.new_type(flags)
            passing.new_plain_type()
            self.assertLessEqual(set(kept), set(vars(passing)))
            gc.collect()
        self.counts_stay(body, 3)

    def test_those_that_cannot_be_made(self):
        def body():
            for what in WRONG:
                self.assertRaises(SystemError, hooks.wrong_type, what)
            for taken in ("place", "grid", "power"):
                self.assertRaises(SystemError, records.wrong_type, "row", records.I64, 0, records.SIZE, taken)
            gc.collect()
        self.counts_stay(body, 3)

    def test_those_without_a_module(self):
        def body():
            it = records.without_module("nowhere.Grid")(place=(1, 2), power=1)
            self.assertEqual((it.place, it.power), ((1, 2), 1))
            self.assertRaises(SystemError, records.without_module, "Grid")
            gc.collect()
        self.counts_stay(body, 3)


class TypesWithoutMemory(memory.EachFails):
    def test_nothing_is_left(self):
        def body():
            self.assertGreater(self.each_fails(hooks.new_type), 80)
            self.assertGreater(self.each_fails(passing.new_plain_type), 80)
        self.counts_stay(body, 2)

    def test_nothing_of_what_goes_into_the_module(self):
        """Records and exceptions, when the module has none any more."""
        passing.new_plain_type()
        kept = {name: value for name, value in vars(passing).items() if isinstance(value, type)}
        self.addCleanup(vars(passing).update, kept)

        def prepare():
            for name in kept:
                vars(passing).pop(name, None)

        def body():
            self.assertGreater(self.each_fails(passing.new_plain_type, prepare), 100)
            prepare()
        self.counts_stay(body, 2)

    def test_without_a_module(self):
        """What Python code makes of it leaks itself."""
        self.assertGreater(self.each_fails(lambda: records.without_module("nowhere.Grid")), 100)

    def test_flags_for_the_module(self):
        """What is there is whole, and the next type has it."""
        door = passing.new_type(0)().door.__class__
        self.addCleanup(setattr, passing, "Door", door)

        def prepare():
            found = vars(passing).pop("Door", None)
            self.assertTrue(found is None or found.__members__.keys() == door.__members__.keys())
        self.assertGreater(self.each_fails(lambda: passing.new_type(passing.FROZEN), prepare), 300)

    def test_whatever_is_left(self):
        """Python code that makes a part of a type leaks itself, but what is there stays."""
        before = {name: value for name, value in vars(passing).items() if isinstance(value, type)}
        self.assertGreater(self.each_fails(lambda: passing.new_type(passing.FROZEN)), 300)
        gc.collect()
        self.assertGreater(len(before), 5)
        for name, value in before.items():
            self.assertIs(vars(passing)[name], value)


class LocksWithoutMemory(memory.EachFails):
    def test_the_first_lock_of_a_thread(self):
        """The interpreter's dict of this thread has what ends its locks with it."""
        ask = ctypes.pythonapi.PyThreadState_GetDict
        ask.restype = ctypes.c_void_p
        mine = ctypes.cast(ask(), ctypes.py_object).value
        it = passing.new_type(0)()
        guard = it.locked_lock()

        def forget():
            if guard.locked():
                guard.release()
            mine.pop("afield.held_locks", None)

        def body():
            self.assertGreater(self.each_fails(lambda: guard.acquire(False), forget,
                                               lambda: self.assertFalse(guard.locked())), 2)
            self.assertTrue(guard.locked())
            guard.release()
            self.assertIn("afield.held_locks", mine)
        self.counts_stay(body, 3)

    def test_a_lock_stays_in_this_thread(self):
        """A second lock is no reason to end the first."""
        it = passing.new_type(0)()
        with it.locked_lock() as first, it.cell_borrow_mut() as second, it.rw_read_lock():
            self.assertEqual((first.value, second.value), ((0, 0), (0, 0)))
            self.assertEqual((first.locked(), it.rw_read_lock().locked()), (True, False))


def everything(it):
    """What a user does with a kit, each thing by itself. None waits, and each is done again after
    anything else."""
    thing, point, large, key = [it], (2**40, 2.5), 2**62, (it, it)
    yield from (
        lambda: kit.Whole(total=large, place=point, things=[thing], digits=[5], owner=thing, share=1.5),
        lambda: it.__init__(track=[point, {"x": large, "y": 1}], door=kit.Door.OPEN, level=200),
        lambda: repr(it), lambda: (it.total, it.share, it.door, it.place, it.owner, it.home, it.door_open),
        lambda: [setattr(it, "total", large), setattr(it, "share", 1), setattr(it, "place", {"x": 1, "y": 2}),
                 setattr(it, "door", 2), setattr(it, "door_open", True), setattr(it, "owner", [thing])],
        lambda: setattr(it, "things", iter([thing, thing])), lambda: delattr(it, "owner"),
        lambda: it.total_exchange(large), lambda: it.place_exchange(point), lambda: it.share_fetch_add(operand=2),
        lambda: it.owner_compare_exchange(thing, thing), lambda: it.door_set(kit.Door.OPEN),
        lambda: [list(it.things), list(it.track), it.digits.copy(), list(reversed(it.things))],
        lambda: [thing in it.things, it.things.count(thing), it.things == [thing], it.things[0:5], it.things[-1]],
        lambda: it.things.index(thing), lambda: it.things.remove(thing), lambda: it.things.extend([thing, it]),
        lambda: it.things.__iadd__([thing]), lambda: it.things.__setitem__(slice(0, 1), [thing, thing]),
        lambda: it.things.pop(), lambda: it.track.append(point), lambda: it.track.remove(point),
        lambda: it.objects.update({key: thing}), lambda: it.objects.popitem(), lambda: it.objects.pop(5, thing),
        lambda: it.blobs.update({b"long" * 100: point, b"": point}), lambda: it.texts.update(a=thing, b=it),
        lambda: it.blobs[b"none"], lambda: it.texts.setdefault("other", thing), lambda: it.objects[thing],
        lambda: it.objects.update({key: thing}),
        lambda: [view.copy() for view in (it.objects, it.numbers, it.texts, it.blobs)],
        lambda: [list(view.items()) + list(view.values()) + list(view.keys())
                 for view in (it.objects, it.numbers, it.texts, it.blobs)],
        lambda: [it.texts == {}, it.blobs != {}, it.objects == it.objects, it.jobs == it.jobs, hash(it.jobs)],
        lambda: it.texts.popitem(), lambda: it.blobs.popitem(), lambda: it.numbers.popitem(),
        lambda: [it.jobs.put(thing), it.route.put(point), it.calls.put(thing, False), it.container.append(thing)],
        lambda: [it.jobs.get(False), it.route.get(False), it.calls.get_nowait(), it.container.pop()],
        lambda: [it.container.append(thing), it.costs.append(2), it.container.pop_all(), it.costs.pop_all()],
        lambda: [it.ready.wait(0), it.hits_add(1), it.hits_sum(), it.total_wait(0, 0), it.spot_holder()],
        lambda: [it.jobs.maxsize, it.ticks.maxsize, repr(it.jobs), repr(it.things), repr(kit.Whole.total_exchange)],
        # What is refused.
        lambda: setattr(it, "total", "x"), lambda: setattr(it, "place", (1, "x")), lambda: setattr(it, "total", 2**70),
        lambda: setattr(it, "place", {"x": 1, "z": thing}), lambda: setattr(it, "place", {"x": 1, "y": 2, "z": 3}),
        lambda: setattr(it, "door", 8), lambda: setattr(it, "digits", [5, "x"]), lambda: it.digits.extend([5, "x"]),
        lambda: kit.Whole(things=[thing], total="x"), lambda: kit.Whole(total=1, nothing=2), lambda: kit.Reader(total=1),
        lambda: kit.Fixed(total=5).__init__(total=6), lambda: it.jobs.put(thing, thing, "x"), lambda: it.total_exchange(),
        lambda: it.total_exchange(1, 2), lambda: it.total_exchange(wrong=1), lambda: it.things.remove(it.jobs),
        lambda: it.things[9], lambda: it.numbers["x"], lambda: it.objects.pop(9), lambda: it.jobs.get(timeout="x"),
        lambda: list(type(it.objects.items())(5)))


def with_locks(it):
    """The same of locks and borrows."""
    def within(guard):
        with guard as inside:
            inside.x = 2**40
            inside.value = (2**41, 2.5)
            return inside.value, inside.x, repr(inside)

    def refused(first, second):
        with first:
            with second:
                pass

    def dropped():
        """The last reference goes while an exception is on its way, which stays."""
        with unittest.mock.patch("sys.unraisablehook", lambda what: None):
            return [it.locked_lock().__enter__(), 1 // 0]

    def reading():
        with it.rw_read_lock() as inside:
            inside.x = 5
    yield from (lambda: within(it.locked_lock()), lambda: within(it.rw_write_lock()), lambda: within(it.cell_borrow_mut()),
                lambda: refused(it.cell_borrow(), it.cell_borrow_mut()), lambda: refused(it.cell_borrow_mut(), it.cell_borrow()),
                lambda: refused(it.locked_lock(), it.locked_lock()), lambda: refused(it.rw_read_lock(), it.rw_write_lock()),
                dropped, reading, lambda: it.locked_lock().release(), lambda: it.locked_lock().value, lambda: it.locked_lock(1),
                lambda: it.locked_lock().acquire(False, 5), lambda: setattr(it.locked_lock(), "x", "y"),
                lambda: setattr(it.locked_lock(), "value", "y"), lambda: [it.locked, it.rw, it.cell, repr(it)],
                lambda: it.locked_exchange((1, 2)), lambda: it.cell_holder())


def with_pages(it):
    """The same of records that are larger than the layer's room on the stack."""
    page, wrong = tuple(range(2**40, 2**40 + 33)), ("x",) * 33

    def within(guard, value):
        with guard as inside:
            inside.value = value
            return inside.value, inside.gg
    yield from (lambda: [setattr(it, "seq", page), it.seq, it.seq_exchange(page)], lambda: setattr(it, "seq", wrong),
                lambda: it.seq_exchange(wrong), lambda: within(it.locked_lock(), page), lambda: within(it.cell_borrow_mut(), wrong),
                lambda: [setattr(it, "rcu", page), it.rcu], lambda: it.list.extend([page, page]),
                lambda: [it.list.append(page), it.list[0], it.list.pop(), it.list.remove(page)], lambda: it.list.extend([page, wrong]),
                lambda: [it.map.update({1: page}), it.map[1], it.map.copy(), it.map.popitem()], lambda: it.map.update({1: wrong}),
                lambda: [it.queue.put(page), it.queue.get(False), it.ring.put(page, False), it.ring.get(False)],
                lambda: [it.stack.append(page), it.stack.append(page), it.stack.pop(), it.stack.pop_all()],
                lambda: repr(it), lambda: odd.Book(seq=page, list=[page]), lambda: odd.Book(seq=page, list=[page, wrong]))


class Pages(unittest.TestCase):
    def test_they_come_out_as_they_went_in(self):
        it, page = odd.Book(), tuple(range(2**40, 2**40 + 33))
        it.seq = it.rcu = it.locked = it.cell = page
        found = [it.seq, it.rcu, it.locked, it.cell, it.seq_exchange(page)]
        for guard in (it.locked_lock(), it.cell_borrow_mut()):
            with guard as inside:
                found += [inside.value, (*page[:-1], inside.gg)]
                inside.value = page[::-1]
                found.append(inside.value[::-1])
        it.list = [page]
        it.map.update({1: page})
        it.queue.put(page)
        it.ring.put(page)
        it.stack.append(page)
        it.stack.append(page)
        found += [it.list[0], *it.list, it.list.pop(), it.map[1], it.map.copy()[1], it.map.popitem()[1]]
        found += [it.queue.get(), it.ring.get(), it.stack.pop(), *it.stack.pop_all()]
        self.assertEqual(found, [page] * len(found))
        self.assertIn("gg=0)", repr(odd.Book()))


CASES = ((kit.Whole, kit.fill, everything), (passing.new_type(passing.DICT), lambda it: None, with_locks),
         (odd.Book, lambda it: None, with_pages))


class Calls(memory.EachFails):
    """All of these, as they are, and with each allocation that fails."""

    def test_as_they_are(self):
        for make, fill, calls in CASES:
            def body():
                it = make()
                fill(it)
                for call in calls(it):
                    try:
                        call()
                    except SystemError:
                        raise
                    except Exception as error:
                        self.assertIsNotNone(error.__traceback__)
            with self.subTest(calls=calls.__name__):
                self.counts_stay(body, 3)

    def test_without_memory(self):
        for make, fill, calls in CASES:
            def body():
                it = make()
                fill(it)
                self.assertGreater(sum(self.each_fails(call, enough=5) for call in calls(it)), 100)
            with self.subTest(calls=calls.__name__):
                self.counts_stay(body, 2)


if __name__ == "__main__":
    support.main()
