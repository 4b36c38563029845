# SPDX-License-Identifier: MIT
"""A list as Python sees it: methods of list, errors, references, the collector, threads."""
import collections.abc
import gc
import os
import sys
import unittest
import weakref

import lists
import support
from support import THREADS, Thing, run_threads, scaled


class Methods(unittest.TestCase):
    def setUp(self):
        self.board = lists.Board(things=["a", "b", "c"])
        self.things = self.board.things

    def test_elements_by_index(self):
        self.assertEqual(self.things[0], "a")
        self.assertEqual(self.things[-1], "c")
        self.things[1] = "x"
        del self.things[0]
        self.things.insert(0, "first")
        self.things.insert(-1, "before last")
        self.things.insert(99, "end")
        self.assertEqual(list(self.things), ["first", "x", "before last", "c", "end"])
        self.assertEqual(self.things.pop(), "end")
        self.assertEqual(self.things.pop(0), "first")
        self.assertEqual(self.things.pop(index=-2), "before last")
        self.assertEqual(len(self.things), 2)

    def test_what_is_not_there(self):
        for call in (lambda: self.things[3], lambda: self.things[-4], lambda: lists.Board().things[0],
                     lambda: lists.Board().things.pop(), lambda: self.things.__setitem__(3, "x"),
                     lambda: self.things.__delitem__(-4)):
            with self.assertRaises(IndexError):
                call()
        with self.assertRaises(ValueError):
            self.things.remove("z")
        with self.assertRaises(TypeError):
            self.things["0"]
        with self.assertRaises(IndexError):
            self.things[2**63]
        with self.assertRaises(IndexError):
            self.things.pop(3)
        self.assertEqual(list(self.things), ["a", "b", "c"])

    def test_slices_are_those_of_list(self):
        numbers = self.board.numbers
        for start in (None, 0, 1, 3, 9, -1, -3, -9, 2**70, -2**70):
            for stop in (None, 0, 2, 4, 9, -2, -4, -9, 2**70, -2**70):
                for step in (None, 1, 2, -1, -3):
                    self.board.numbers = list(range(4))
                    self.assertEqual(numbers[start:stop:step], list(range(4))[start:stop:step])
                expected = list(range(4))
                numbers[start:stop] = range(7, 10)
                expected[start:stop] = range(7, 10)
                self.assertEqual(numbers, expected)
                del numbers[start:stop], expected[start:stop]
                self.assertEqual(numbers, expected)
        numbers[:] = numbers[:] + [5]
        self.assertEqual(numbers[-1], 5)
        before = numbers.copy()
        for wrong, error in ((lambda: numbers.__setitem__(slice(0, 1), [2**31]), OverflowError),
                             (lambda: numbers.__setitem__(slice(0, 1), 5), TypeError),
                             (lambda: numbers.__setitem__(slice(0, 2, 2), [1]), TypeError),
                             (lambda: numbers.__delitem__(slice(0, 2, -1)), TypeError),
                             (lambda: numbers["a":], TypeError),
                             (lambda: numbers.__delitem__(slice(None, "a")), TypeError)):
            with self.assertRaises(error):
                wrong()
        self.assertEqual(numbers, before)

    def test_it_grows_in_one_step(self):
        self.things.extend(iter("de"))
        self.board.things += "f"
        self.board.things += self.things
        self.assertEqual(self.things, list("abcdef" * 2))
        self.board.numbers = [1]
        with self.assertRaises(OverflowError):
            self.board.numbers.extend([2, 2**31])
        with self.assertRaises(TypeError):
            self.board.numbers.extend(5)
        self.board.numbers.extend([])
        self.assertEqual(self.board.numbers, [1])
        self.board.numbers.extend([2, 3])
        self.board.numbers.reverse()
        self.assertEqual(self.board.numbers, [3, 2, 1])

    def test_it_is_equal_to_a_list(self):
        other = lists.Board(things=["a", "b", "c"]).things
        self.assertEqual(self.things, ["a", "b", "c"])
        self.assertEqual(["a", "b", "c"], self.things)
        self.assertEqual(self.things, other)
        other.pop()
        self.assertNotEqual(self.things, other)
        self.assertNotEqual(self.things, ("a", "b", "c"))
        self.assertEqual(lists.Board().things, [])
        with self.assertRaises(TypeError):
            hash(self.things)

    def test_it_is_a_sequence(self):
        self.assertIsInstance(self.things, collections.abc.MutableSequence)
        self.assertIsInstance(self.things, collections.abc.Sequence)
        self.assertIn("b", self.things)
        self.assertEqual(self.things.index("c"), 2)
        self.assertEqual(self.things.index("c", 1, 3), 2)
        with self.assertRaises(ValueError):
            self.things.index("a", 1)
        self.assertEqual(self.things.count("a"), 1)
        self.assertEqual(list(reversed(self.things)), ["c", "b", "a"])
        self.assertEqual(self.things.copy(), ["a", "b", "c"])
        self.assertTrue(self.things)
        self.things.clear()
        self.assertFalse(self.things)

    def test_assignment_replaces_all_or_nothing(self):
        self.board.things = (x for x in range(3))
        self.assertEqual(list(self.things), [0, 1, 2])
        numbers = self.board.numbers
        self.board.numbers = [1, 2]
        for wrong, error in (([1, "x"], TypeError), ([1, 2**31], OverflowError), (5, TypeError)):
            with self.assertRaises(error):
                self.board.numbers = wrong
        self.assertEqual(list(numbers), [1, 2])
        with self.assertRaises(AttributeError):
            self.board.fixed = []

    def test_the_first_that_is_equal_is_removed(self):
        self.board.numbers = [1, 2, 1]
        self.board.numbers.remove(1)
        self.assertEqual(list(self.board.numbers), [2, 1])
        one, same = [], []
        self.board.things = [0, one, same, 1.0]
        self.things.remove(same)
        self.assertIs(self.things[1], same)
        self.things.remove(True)
        self.assertEqual(self.things, [0, []])
        self.board.hooks = [(1, 0.0), (2, 0.5)]
        self.board.hooks.remove((1, -0.0))
        self.assertEqual(self.board.hooks, [(2, 0.5)])
        with self.assertRaises(ValueError):
            self.board.hooks.remove("x")

    def test_what_comparison_does_to_the_list_meanwhile(self):
        class Odd:
            def __init__(self, act):
                self.act = act

            def __eq__(self, other):
                self.act()
                return True

        def put(value):
            self.board.things = [value]

        with self.assertRaises(ValueError):  # it is gone, and what came is not equal
            put(Odd(lambda: put("other")))
            self.things.remove("x")
        self.assertEqual(self.things, ["other"])
        put(Odd(lambda: put("x")))
        self.things.remove("x")  # what came is
        self.assertEqual(self.things, [])
        put(Odd(lambda: 1 // 0))
        for call in (self.things.remove, self.things.index, self.things.count,
                     self.things.__contains__):
            with self.assertRaises(ZeroDivisionError):
                call("x")
        self.assertEqual(len(self.things), 1)

    def test_records(self):
        hooks = self.board.hooks
        hooks.append((1, 0.5))
        hooks.append({"priority": 2, "weight": 1})
        self.assertEqual([hook.priority for hook in hooks], [1, 2])
        with self.assertRaises(TypeError):
            hooks.append((1,))
        self.assertEqual(len(hooks), 2)
        self.assertIn("2 elements", repr(hooks))

    def test_an_iteration_shows_the_list_of_one_instant(self):
        iterator = iter(self.things)
        self.things.clear()
        self.assertEqual(list(iterator), ["a", "b", "c"])


class References(unittest.TestCase):
    def test_counts_come_out_even(self):
        thing = Thing()
        board = lists.Board()
        self.assertIs(lists.pass_through(thing), thing)
        gone, before = weakref.ref(thing), sys.getrefcount(thing)
        for _ in range(50):
            board.things = [thing] * 3
            board.things.append(thing)
            board.things[0] = thing
            board.things.insert(1, thing)
            self.assertIs(board.things.pop(), thing)
            self.assertEqual(list(board.things), [thing] * 4)
            board.things.remove(thing)
            del board.things[-1]
        board.things.clear()
        self.assertEqual(sys.getrefcount(thing), before)
        board.things.append(thing)
        del thing, board
        gc.collect()
        self.assertIsNone(gone())

    def test_what_is_taken_out_ends_at_once_and_outside(self):
        board, ended = lists.Board(), []
        board.things = [Thing(lambda: ended.append(len(board.things)))]
        board.things = [1, 2]
        self.assertEqual(ended, [2])

    def test_a_cycle_is_collected(self):
        board = lists.Board()
        board.things = [board, board.things]
        gone = weakref.ref(board)
        del board
        gc.collect()
        self.assertIsNone(gone())

    def test_a_cleared_list_is_empty_and_usable(self):
        board = lists.Board(things=[1])
        lists.clear(board)
        self.assertEqual(list(board.things), [])
        board.things.append(2)
        self.assertEqual(board.things[0], 2)


class Threads(unittest.TestCase):
    def test_nothing_is_lost(self):
        board = lists.Board()
        each = scaled(60)

        def body(index):
            for i in range(each):
                board.things.append((index, i))

        run_threads(THREADS, body)
        self.assertEqual(sorted(board.things), [(t, i) for t in range(THREADS) for i in range(each)])

    def test_extensions_and_removals_are_whole(self):
        board = lists.Board()
        each = scaled(40)

        def body(index):
            for i in range(each):
                board.things += [(index, i, 0), (index, i, 1)]
                board.things.remove((index, i, 0))
                seen = board.things[:]
                for place, (t, number, half) in enumerate(seen):
                    if half == 0:
                        self.assertEqual(seen[place + 1], (t, number, 1))

        run_threads(THREADS, body)
        self.assertEqual(sorted(board.things),
                         [(t, i, 1) for t in range(THREADS) for i in range(each)])

    def test_looking_for_what_is_there_all_the_while(self):
        """Others come and go in front of it."""
        board = lists.Board(things=["there"])

        def body(index):
            for i in range(scaled(100)):
                if index % 2:
                    board.things.insert(0, index)
                    board.things.remove(index)
                else:
                    self.assertIn("there", board.things)
                    board.things.index("there")
                    self.assertEqual(list(reversed(board.things))[0], "there")

        run_threads(THREADS, body)

    def test_readers_see_whole_lists_of_living_objects(self):
        board = lists.Board(things=[Thing() for _ in range(8)])

        def body(index):
            for i in range(scaled(150)):
                if index % 4 == 0:
                    board.things = [Thing() for _ in range(1 + i % 8)]
                elif index % 4 == 1:
                    try:
                        board.things[0] = Thing()
                        board.things.pop()
                    except IndexError:
                        pass
                elif index % 4 == 2:
                    for thing in board.things:
                        self.assertIs(type(thing), Thing)
                else:
                    try:
                        self.assertIs(type(board.things[-1]), Thing)
                    except IndexError:
                        pass

        run_threads(THREADS, body)
        gone = weakref.ref(board)
        del board
        gc.collect()
        self.assertIsNone(gone())

    def test_collections_beside_writers(self):
        boards = [lists.Board() for _ in range(4)]

        def body(index):
            for i in range(scaled(40)):
                boards[index % 4].things = [boards[i % 4], Thing()]
                if index == 0:
                    gc.collect()
                list(boards[i % 4].things)

        run_threads(8, body)


@unittest.skipUnless(hasattr(os, "fork"), "needs fork")
class Forks(unittest.TestCase):
    @support.forks
    def test_a_child_goes_on(self):
        support.run_program("import lists, os, threading\n"
                            "board = lists.Board(things=[1, 2])\n"
                            "stop = threading.Event()\n"
                            "def write():\n"
                            "    while not stop.is_set(): board.things = [1, 2]\n"
                            "thread = threading.Thread(target=write); thread.start()\n"
                            "for _ in range(10):\n"
                            "    child = os.fork()\n"
                            "    if not child:\n"
                            "        board.things.append(3)\n"
                            "        os._exit(list(board.things) != [1, 2, 3])\n"
                            "    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0\n"
                            "stop.set(); thread.join()\n")


if __name__ == "__main__":
    support.main()
