# SPDX-License-Identifier: MIT
"""Sixteen threads on one map. What is read was stored under that key; nothing is lost or leaked."""
import gc
import os
import threading
import weakref

import maps
import support
from support import THREADS, Thing, run_program, run_threads, scaled


class Mine:
    """Stored in the map that is watched."""
    __slots__ = ("key", "__weakref__")

    def __init__(self, key):
        self.key = key


class Other(Mine):
    """Never stored there, and of the same size: it takes the memory that a Mine has left."""
    __slots__ = ()


def slow(number):
    """A key with Python code for hash and equality; every other one has the same hash."""
    return support.Odd(number, hashes=2)


class Stress(support.Switching):
    def strangers(self, keys):
        """Readers beside writers that replace and remove: what is there was stored under its key."""
        box, decoy = maps.Maps(), maps.Maps()
        things, others = box.objects, decoy.objects
        count = scaled(1500)
        wrong, seen = [], [0] * THREADS
        for key in keys:
            things[key] = Mine(key)

        def body(index):
            for i in range(count):
                key = keys[(i * 7 + index) % len(keys)]
                if index < 4:
                    things[key] = Mine(key)
                    others[key] = Other(key)
                    if i % 5 == 0:
                        things.pop(key, None)
                elif index < 6 and i % 16 == 0:
                    for met, thing in things.items():
                        if type(thing) is not Mine or met != thing.key:
                            wrong.append((met, thing))
                else:
                    thing = things.get(key)
                    seen[index] += thing is not None
                    if thing is not None and (type(thing) is not Mine or thing.key != key):
                        wrong.append((key, thing))
        run_threads(THREADS, body)
        self.assertEqual(wrong, [])
        self.assertGreater(sum(seen), 0)

    def test_what_is_read_was_stored(self):
        self.strangers([f"key {number}" for number in range(8)])

    def test_what_is_read_was_stored_under_python_keys(self):
        self.strangers([slow(number) for number in range(8)])

    def test_equal_keys_stay_one(self):
        """Whoever inserts first, sixteen equal keys that are not the same object make one element."""
        for number in range(scaled(40)):
            things = maps.Maps().objects
            seen = [None] * THREADS

            def body(index):
                seen[index] = things.setdefault(slow(number % 4), index)
            run_threads(THREADS, body)
            self.assertEqual(len(set(seen)), 1)
            self.assertEqual(len(things), 1)
            self.assertEqual(len(list(things)), 1)

    def test_pop_hands_each_element_to_one_thread(self):
        things = maps.Maps().objects
        count = scaled(1000)
        taken = [[] for _ in range(THREADS)]

        def body(index):
            for i in range(count):
                things[i % 16] = (index, i)
                value = things.pop((i * 5) % 16, None)
                if value is not None:
                    taken[index].append(value)
        run_threads(THREADS, body)
        every = sum(taken, []) + list(things.values())
        self.assertEqual(len(every), len(set(every)))
        self.assertEqual(len(things), len(list(things)))

    def test_a_walk_meets_each_key_whose_value_is_replaced(self):
        """Keys that are there all the while, and given new values: each is met once by each walk."""
        box = maps.Maps()
        for things, keys in ((box.objects, list(range(8))), (box.objects, [slow(number) for number in range(4)]),
                             (box.blobs, [b"key %d" % number for number in range(8)])):
            things.clear()
            for key in keys:
                things[key] = [0]
            wrong, walks = [], [0] * 4

            def body(index):
                for i in range(scaled(1500)):
                    if index < 2:
                        things[keys[i % len(keys)]] = [i]
                        continue
                    for met in (list(things), [key for key, _ in things.items()]):
                        walks[index] += 1
                        if len(met) != len(keys) or set(map(id, met)) ^ set(map(id, keys)) and set(met) != set(keys):
                            wrong.append(met)
            run_threads(4, body)
            self.assertEqual(wrong, [])
            self.assertGreater(sum(walks), 0)

    def test_popitem_takes_each_element_once_and_all(self):
        """Beside others that take and that replace: KeyError comes when there is none, and not before."""
        box = maps.Maps()
        for things in (box.objects, box.counts):
            count = scaled(1000)
            for number in range(count):
                things[number] = number
            for key in ("a", "b"):
                things[key] = 0
            taken = [[] for _ in range(THREADS)]
            early = []

            def body(index):
                if index < 2:
                    for i in range(2 * count):
                        try:
                            things.compare_exchange("ab"[index], i, i + 1)
                        except KeyError:  # somebody has taken it
                            return
                    return
                for _ in range(count // (THREADS - 1)):
                    try:
                        taken[index].append(things.popitem()[0])
                    except KeyError:
                        early.append(index)
            run_threads(THREADS, body)
            # Fewer were taken than there are.
            self.assertEqual(early, [])
            while things:
                taken[0].append(things.popitem()[0])
            self.assertEqual(sorted(map(str, sum(taken, []))), sorted(map(str, [*range(count), "a", "b"])))
            with self.assertRaises(KeyError):
                things.popitem()

    def test_compare_exchange_counts(self):
        """Counters by key: each success is one step, and none is lost."""
        box = maps.Maps()
        count = scaled(300)
        for key in ("a", slow(1)):
            box.counts[key] = 0
            box.objects[key] = (0,)

        def body(index):
            for i in range(count):
                key = "a" if i % 2 else slow(1)
                while not box.counts.compare_exchange(key, old := box.counts[key], old + 1):
                    pass
                while not box.objects.compare_exchange(key, last := box.objects[key], (last[0] + 1,)):
                    pass
        run_threads(THREADS, body)
        self.assertEqual(box.counts["a"] + box.counts[slow(1)], THREADS * count)
        self.assertEqual(box.objects["a"][0] + box.objects[slow(1)][0], THREADS * count)

    def test_nothing_leaks(self):
        """Every key and value that went through the map ends, whichever way it left."""
        box = maps.Maps()
        things = box.objects
        alive = weakref.WeakSet()
        lock = threading.Lock()
        count = scaled(200)

        def body(index):
            for i in range(count):
                key, value = Thing(), Thing()
                with lock:
                    alive.add(key)
                    alive.add(value)
                action = (index + i) % 8
                if action < 3:
                    things[key if action else i % 4] = value
                elif action == 3:
                    things.setdefault(key, value)
                elif action == 4:
                    things.pop(i % 4, None)
                elif action == 5:
                    things.compare_exchange(i % 4, things.setdefault(i % 4, value), value) \
                        if i % 2 else things.get(key)
                elif action == 6:
                    list(things.items())
                elif i % 16 == 0:
                    things.clear()

        def careful(index):
            for _ in range(1):
                try:
                    body(index)
                except KeyError:  # somebody was faster with pop
                    careful(index)
        run_threads(8, careful)
        del things
        box.objects.clear()
        self.assertTrue(support.all_end(alive), len(alive))

    def test_the_collector_runs_beside(self):
        """Cycles through keys and values come and go while others read, and the table is resized."""
        box = maps.Maps()
        count = scaled(400)

        def body(index):
            for i in range(count):
                made = maps.Maps()
                made.objects[made] = made
                box.objects[(index, i % 200)] = made
                box.objects.get((index - 1, i % 200))
                if i % 97 == 0:
                    gc.collect()
                if i % 150 == 149:
                    box.objects.clear()
        run_threads(8, body)
        end = weakref.ref(box)
        del box, body
        gc.collect()
        self.assertIs(end(), None)

    @support.forks
    def test_children_of_a_fork_use_the_map(self):
        print(run_program("""
import os, threading, maps
box = maps.Maps()
box.objects.update({str(i): i for i in range(100)})
stop = False
def write(index):
    while not stop:
        for i in range(500):
            box.objects[index, i] = i
        for i in range(500):
            box.objects.pop((index, i), None)
threads = [threading.Thread(target=write, args=(i,)) for i in range(3)]
for thread in threads: thread.start()
for _ in range(8):
    child = os.fork()
    if child == 0:
        if any(box.objects[str(i)] != i for i in range(100)): os._exit(2)
        box.objects.update({-i: i for i in range(2000)})
        if maps.barrier() or maps.barrier() or maps.buckets(box) < 1000: os._exit(3)
        if sum(1 for key in box.objects if type(key) is int) != 2000: os._exit(4)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
stop = True
for thread in threads: thread.join()
"""))


if __name__ == "__main__":
    support.main()
