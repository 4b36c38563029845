# SPDX-License-Identifier: MIT
"""A stack as Python sees it: methods of collections.deque, errors, the collector, threads."""
import threading

import containers
import stacks
import support
from support import Thing, run_threads, scaled


class Stacks:
    """How containers.py uses a stack."""
    make = stacks.Server
    pass_through = staticmethod(stacks.pass_through)
    Nothing = IndexError

    def put(self, things, *item):
        things.append(*item)

    def take(self, things):
        return things.pop()

    def in_order(self, items):
        return items[::-1]


class Methods(Stacks, containers.Methods):
    def test_the_last_comes_out_first(self):
        items = [None, 5, "text", [], object()]
        for item in items:
            self.assertIsNone(self.things.append(item))
        self.assertEqual(len(self.things), 5)
        self.assertTrue(self.things)
        for item in reversed(items):
            self.assertIs(self.things.pop(), item)
        self.assertEqual(len(self.things), 0)
        self.assertFalse(self.things)

    def test_all_at_once(self):
        items = [object() for _ in range(5)]
        for item in items:
            self.things.append(item)
        self.assertEqual(self.things.pop_all(), items[::-1])
        self.assertEqual(self.things.pop_all(), [])
        self.server.jobs.append((1, 2.5))
        self.server.jobs.append((3, 4))
        self.assertEqual(self.server.jobs.pop_all(), [(3, 4.0), (1, 2.5)])
        self.server.numbers.append(-2**63)
        self.assertEqual(self.server.numbers.pop_all(), [-2**63])
        self.things.append(1)
        self.assertIsNone(self.things.clear())
        self.assertEqual(len(self.things), 0)

    def test_every_way_to_say_it(self):
        self.things.append(item=3)
        self.server.things_push(4)
        self.assertEqual(self.server.things_count(), 2)
        self.assertEqual(self.server.things_pop(), 4)
        self.assertFalse(self.server.things_is_empty())
        self.server.things_clear()
        self.assertTrue(self.server.things_is_empty())

    def test_nothing_there_is_an_index_error(self):
        for call in (self.things.pop, self.server.things_pop):
            with self.assertRaises(IndexError):
                call()


class References(Stacks, containers.References):
    def test_clear_with_an_end_that_uses_the_stack(self):
        server = stacks.Server()
        server.things.append(Thing(lambda: server.things.append("left behind")))
        server.things.append(Thing(lambda: server.things.clear()))
        stacks.clear(server)
        self.assertEqual(server.things.pop_all(), ["left behind"])
        server.things.append(Thing(lambda: server.things.append("left behind")))
        self.assertEqual(len(server.things.pop_all()), 1)
        self.assertEqual(server.things.pop(), "left behind")


class Threads(Stacks, containers.Threads):
    def take_some(self, things, i):
        if i % 20 == 0:
            things.pop_all()
        self.take(things)

    def test_sixteen_threads_lose_nothing(self):
        server = stacks.Server()
        count = scaled(400)
        out = [[] for _ in range(8)]
        left = threading.Semaphore(0)

        def body(index):
            things, mine = server.things, out[index % 8]
            if index < 8:
                for i in range(count):
                    things.append((index, i))
                left.release()
                return
            while True:
                is_last = left._value == 8
                try:
                    mine += things.pop_all() if index % 2 else [things.pop()]
                except IndexError:
                    pass
                if is_last and not things:
                    return
        run_threads(16, body)
        self.assertEqual(sorted(sum(out, [])), [(p, i) for p in range(8) for i in range(count)])


if __name__ == "__main__":
    support.main()
