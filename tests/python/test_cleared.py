# SPDX-License-Identifier: MIT
"""Types, and what belongs to them, that the collector has cleared: usable still, or an exception."""
import gc
import sys
import unittest
import weakref

import passing
import support
from support import Thing, scaled

setUpModule, tearDownModule = support.watchdog()
OPEN = passing.SUBCLASS | passing.WEAKREF | passing.DICT
FLAGS = (0, OPEN, OPEN | passing.UNSENDABLE, passing.FROZEN | passing.SUBCLASS)


def within(guard):
    with guard as inside:
        inside.x += 1
        inside.value = (3, 4.0)
        return inside.x, inside.value, repr(inside)


def reading(guard):
    with guard as inside:
        return inside.x, inside.value


# What a user does with an object, and with what came out of it while its type was whole.
USES = {
    "repr": repr,
    "attributes": lambda kit: [getattr(kit, name, None) for name in NAMES],
    "number": lambda kit: setattr(kit, "number", 5),
    "object": lambda kit: setattr(kit, "object", [kit]),
    "record": lambda kit: setattr(kit, "seq", (1, 2.0)),
    "mapping": lambda kit: setattr(kit, "locked", {"x": 1, "y": 2.0}),
    "wrong": lambda kit: setattr(kit, "seq", {"z": 1}),
    "list": lambda kit: setattr(kit, "list", [1, 2]),
    "delete": lambda kit: delattr(kit, "object"),
    "flags": lambda kit: kit.door,
    "one flag": lambda kit: setattr(kit, "door_open", True),
    "init": lambda kit: kit.__init__(number=3),
    "init of the type": lambda kit: type(kit).__init__(kit, number=3, cell=(1, 2)),
    "another": lambda kit: type(kit)(number=3),
    "unknown": lambda kit: type(kit)(nonsense=3),
    "verb": lambda kit: kit.number_fetch_add(1),
    "exchange": lambda kit: kit.seq_exchange((5, 6.0)),
    "lock": lambda kit: within(kit.locked_lock()),
    "read lock": lambda kit: reading(kit.rw_read_lock()),
    "borrow": lambda kit: within(kit.cell_borrow_mut()),
    "append": lambda kit: kit.list.append(kit),
    "list's": lambda kit: (list(kit.list), len(kit.list), kit.list == [1], repr(kit.list)),
    "map's": lambda kit: (kit.map.update({1: 2}), dict(kit.map), list(kit.map.items()), kit.map[1]),
    "queue's": lambda kit: (kit.queue.put(1), kit.queue.get_nowait()),
    "ring's": lambda kit: (kit.ring.put_nowait(1), kit.ring.get_nowait()),
    "stack's": lambda kit: (kit.stack.append(1), kit.stack.pop(), kit.stack.pop()),
    "event's": lambda kit: (kit.event.set(), kit.event.wait(0)),
    "dict": lambda kit: vars(kit),
}
NAMES = ("number", "object", "door", "door_open", "seq", "locked", "rw", "cell", "list", "map",
         "texts", "queue", "ring", "stack", "event")
VIEWS = NAMES[8:]
GUARDS = ("locked_lock", "rw_read_lock", "rw_write_lock", "cell_borrow", "cell_borrow_mut")


def parts(kit):
    """Everything of a kit that can be had apart from it."""
    found = [getattr(kit, name) for name in VIEWS if hasattr(kit, name)]
    found += [getattr(kit, name)() for name in GUARDS if hasattr(kit, name)]
    kind = type(kit)
    names = {name for name in dir(kind) if "_" in name.strip("_") and not name.endswith("_wait")}
    found += [one for name in names - set(dir(object))
              for one in (getattr(kit, name), getattr(kind, name)) if type(one) is not bool]
    return found


USES_OF_PARTS = (
    repr, len, list, hash, lambda part: part(), lambda part: part(1), lambda part: part(part, 1),
    lambda part: part.__get__(part, type(part)), lambda part: part.append(1),
    lambda part: part.copy(), lambda part: part.put_nowait(1), lambda part: part[0], lambda part: within(part),
    lambda part: part.set(), lambda part: part.acquire(False), lambda part: part.release(),
    lambda part: [getattr(part, name, None) for name in dir(part)], lambda part: part == part)


def use(whole, others):
    """Does all of that; an exception is an answer."""
    met = 0
    for call in USES.values():
        try:
            call(whole)
        except Exception:
            met += 1
    for part in others:
        for call in USES_OF_PARTS:
            try:
                call(part)
            except Exception:
                met += 1
    return met


def fill(kit):
    """Cycles through every field that keeps objects."""
    kit.list.append(kit)
    kit.map[kit] = "itself"
    kit.queue.put(kit)
    kit.ring.put(kit)
    kit.stack.append(kit)
    kit.texts["one"] = 1


def relatives(kind):
    """The types that a type brings: of its views, its methods and its guards."""
    found = {type(part) for part in parts(kind())}
    found |= {base for one in found for base in one.__mro__}
    return [one for one in found if one.__module__ in ("passing", "afield")]


class Cleared(unittest.TestCase):
    def test_everything_works_before(self):
        kit = passing.new_type(OPEN)()
        for what, call in USES.items():
            with self.subTest(what=what):
                if what in ("wrong", "unknown"):
                    self.assertRaises(TypeError, call, kit)
                elif what == "stack's":
                    self.assertRaises(IndexError, call, kit)
                else:
                    call(kit)

    def test_an_object_cleared_by_hand(self):
        """It gives up what it refers to, and stays of use."""
        for flags in (0, OPEN, OPEN | passing.UNSENDABLE):
            kit, thing = passing.new_type(flags)(), Thing()
            gone = weakref.ref(thing)
            kit.object, kit.number = thing, 7
            kit.list.append(thing)
            kit.map["key"] = thing
            kit.queue.put(thing)
            if flags & passing.DICT:
                kit.more = thing
            del thing
            gc.collect()
            self.assertIsNotNone(gone())
            passing.clear(kit)
            self.assertIsNone(gone())
            self.assertEqual((kit.number, len(kit.list), len(kit.map), kit.queue.qsize()), (7, 0, 0, 0))
            self.assertFalse(hasattr(kit, "more") or hasattr(kit, "object"))
            kit.object = kit
            kit.list.append(5)
            self.assertEqual((kit.object, list(kit.list)), (kit, [5]))

    def test_cleared_by_hand(self):
        """Each by itself, and all of them, while the objects are in use."""
        for flags in FLAGS:
            for which in range(-1, 20):
                kind = passing.new_type(flags)
                kit = kind()
                others = parts(kit)
                if not flags & passing.FROZEN:
                    fill(kit)
                found = [kind, kit] + relatives(kind) + others
                for one in found if which < 0 else found[which:which + 1]:
                    passing.clear(one)
                use(kit, others)
                del found, kind, kit, others
                gc.collect()

    def test_methods_are_never_without_their_owner(self):
        kind = passing.new_type(0)
        method = vars(kind)["number_fetch_add"]
        self.assertFalse(passing.clear(method))
        self.assertRaises(TypeError, method, 1, 2)
        self.assertIn("Kit", repr(method))
        self.assertEqual(method(kind(number=3), 4), 3)

    def test_used_while_it_is_collected(self):
        """
        A finalizer, which the collector runs before it clears, weakly refers to a kit of the garbage
        and puts a new object into it. When the collector clears the kit, the end of that object
        finds the kit, whose type may have been cleared already.
        """
        used = []

        class Late:
            def __del__(self):
                for reference in references:
                    kit = reference()
                    if kit is not None:
                        used.append(len(vars(type(kit))))
                        use(kit, ())

        class Early:
            def __del__(self):
                references.append(weakref.ref(self.kit))
                self.kit.object = Late()

        for _ in range(scaled(30)):
            for flags in (OPEN, OPEN | passing.UNSENDABLE):
                references = []
                early = Early()
                early.kit = passing.new_type(flags)()
                fill(early.kit)
                early.kit.list.append(early)
                early = None
                gc.collect()
                references.clear()
                gc.collect()
        if sys.version_info < (3, 14):  # later ones clear such a weak reference first
            self.assertIn(0, used)  # some types were empty by then

    def test_resurrected(self):
        """Found again by a finalizer, with a type that nothing else keeps."""
        found = []

        class Keeper:
            def __del__(self):
                found.append(self.kit)

        for _ in range(scaled(20)):
            keeper = Keeper()
            keeper.kit = passing.new_type(OPEN)(number=7)
            fill(keeper.kit)
            keeper.kit.object = keeper
            keeper = None
            gc.collect()
            kit = found.pop()
            self.assertEqual((kit.number, kit.list[0]), (7, kit))
            use(kit, parts(kit))
            passing.clear(kit)
            use(kit, parts(kit))
            del kit
            gc.collect()

    def test_a_frozen_object_whose_constructor_fails(self):
        """Its finalizer may keep it; it is an object like any other then."""
        found = []
        kind = passing.new_type(passing.FROZEN)
        passing.catch_in(found)
        try:
            for wrong in ({"number": "3"}, {"number": 1, "nonsense": 2}, {"seq": (1, 2, 3)}):
                self.assertRaises(TypeError, kind, **wrong)
        finally:
            passing.catch_in(None)
        self.assertEqual(len(found), 3)
        for kept in found:
            self.assertTrue(gc.is_tracked(kept))
            self.assertEqual((kept.number, kept.seq), (0, (0, 0.0)))
            repr(kept)

    def test_nothing_of_the_block_is_in_the_namespace(self):
        """Whoever keeps what a type's namespace has, or all that it refers to, keeps nothing alive
        that writes into the type when it ends."""
        kind = passing.new_type(OPEN)
        kit = kind(seq=(1, 2))
        self.assertEqual([name for name, value in vars(kind).items()
                          if "capsule" in type(value).__name__.lower()], [])
        for one in (type(kit.seq), type(kit.door)):
            self.assertEqual([name for name in vars(one) if "afield" in name], [])
        reference = weakref.ref(kind)
        kept = dict(vars(kind))
        leaves = [one for one in gc.get_referents(kind) if not isinstance(one, (dict, type))]
        leaves = [[leaf for leaf in gc.get_referents(one) if type(leaf).__name__ == "PyCapsule"]
                  for one in leaves]
        del kit, kind, kept
        gc.collect()
        self.assertIsNone(reference())
        junk = [bytearray(1000) for _ in range(1000)]
        del leaves
        gc.collect()
        self.assertEqual(len(junk), 1000)

    def test_a_type_ends_with_its_last_object(self):
        """The block does not keep the type, nor the types of its views."""
        references = []
        for flags in FLAGS:
            kind = passing.new_type(flags)
            kit = kind()
            references += [weakref.ref(one) for one in relatives(kind)]
            references.append(weakref.ref(kind))
            view = kit.list
            del kind, kit
            gc.collect()
            view.append(Thing()) if not flags & passing.FROZEN else len(view)
            self.assertIsNotNone(references[-1]())
            del view
        gc.collect()
        self.assertEqual([one() for one in references if one() is not None], [])


if __name__ == "__main__":
    support.main()
