# SPDX-License-Identifier: MIT
"""A queue as Python sees it: the methods of queue.Queue, errors, waiting, the collector, threads."""
import queue
import threading
import time

import containers
import queues
import support
from support import Thing, interrupt, run_threads, scaled


class Queues:
    """How containers.py uses a queue."""
    make = queues.Server
    pass_through = staticmethod(queues.pass_through)
    Nothing = queue.Empty

    def put(self, things, *item):
        things.put(*item)

    def take(self, things):
        return things.get_nowait()

    def in_order(self, items):
        return items


class Methods(Queues, containers.Methods):
    def test_what_goes_in_comes_out_in_order(self):
        items = [None, 5, "text", [], object()]
        for item in items:
            self.assertIsNone(self.things.put(item))
        self.assertEqual(self.things.qsize(), 5)
        self.assertFalse(self.things.empty())
        self.assertFalse(self.things.full())
        self.assertEqual(self.things.maxsize, queue.Queue().maxsize)
        for item in items:
            self.assertIs(self.things.get(), item)
        self.assertTrue(self.things.empty())

    def test_every_way_to_say_it(self):
        self.things.put(1, False)
        self.things.put(2, block=True, timeout=0)
        self.things.put_nowait(item=3)
        self.assertEqual(self.things.get(False), 1)
        self.assertEqual(self.things.get(True, 5), 2)
        self.assertEqual(self.things.get_nowait(), 3)
        self.server.things_push(4)
        self.assertEqual(self.server.things_count(), 1)
        self.assertEqual(self.server.things_pop(), 4)
        self.assertTrue(self.server.things_is_empty())

    def test_nothing_there_is_queue_empty(self):
        for call in (lambda: self.things.get(False), lambda: self.things.get(timeout=0.01),
                     self.things.get_nowait, self.server.things_pop,
                     lambda: self.things.get(timeout=0)):
            with self.assertRaises(queue.Empty):
                call()
        with self.assertRaises(ValueError):
            self.things.get(timeout=-1)

    def test_waiting_takes_its_time(self):
        begin = time.monotonic()
        with self.assertRaises(queue.Empty):
            self.things.get(timeout=0.05)
        self.assertGreaterEqual(time.monotonic() - begin, 0.05)


class References(Queues, containers.References):
    def test_clear_with_an_end_that_uses_the_queue(self):
        server = queues.Server()
        server.things.put(Thing(lambda: server.things.put("left behind")))
        server.things.put(Thing(lambda: server.things.get_nowait()))
        queues.clear(server)
        self.assertEqual(server.things.qsize(), 0)
        server.things.put(Thing(lambda: server.things.put("left behind")))
        queues.clear(server)
        self.assertEqual(server.things.get_nowait(), "left behind")

    def test_clear_with_an_end_that_takes_the_rest(self):
        server = queues.Server()
        server.things.put(Thing(lambda: server.things.get_nowait()))
        server.things.put("taken by it")
        queues.clear(server)
        self.assertTrue(server.things.empty())


class Threads(Queues, containers.Threads):
    def test_sixteen_threads_lose_nothing(self):
        server = queues.Server()
        count = scaled(400)
        out = [[] for _ in range(8)]

        def body(index):
            things = server.things
            if index < 8:
                for i in range(count):
                    things.put((index, i))
                things.put(None)  # one for each who takes
                return
            while (item := things.get(timeout=60)) is not None:
                out[index - 8].append(item)
        run_threads(16, body)
        for items in out:
            for producer in range(8):
                numbers = [i for index, i in items if index == producer]
                self.assertEqual(numbers, sorted(numbers))
        self.assertEqual(sorted(sum(out, [])), [(p, i) for p in range(8) for i in range(count)])
        self.assertTrue(server.things.empty())

    def test_a_put_wakes_who_waits(self):
        server = queues.Server()
        got = []
        threads = [threading.Thread(target=lambda: got.append(server.things.get(timeout=60)))
                   for _ in range(4)]
        for thread in threads:
            thread.start()
        time.sleep(0.05)
        for i in range(4):
            server.things.put(i)
        for thread in threads:
            thread.join(60)
        self.assertEqual(sorted(got), [0, 1, 2, 3])

    def test_a_signal_ends_the_wait(self):
        server = queues.Server()
        self.assertRaises(KeyboardInterrupt, interrupt, lambda: server.things.get(timeout=60))
        server.things.put(1)
        self.assertEqual(server.things.get(), 1)


if __name__ == "__main__":
    support.main()
