# SPDX-License-Identifier: MIT
"""Many threads on one object: no exception, no lost update, no torn value."""
import collections
import gc
import threading
import time

import bank
import support
from support import THREADS, run_threads, scaled


class Counted(support.Switching):
    def test_my_class(self):
        """The guide's class: readers of x and writers of y overlap, and nobody is told off."""
        shared = bank.MyClass(x=7)
        count = scaled(15000)
        seen = [set() for _ in range(THREADS)]

        def body(index):
            for i in range(count):
                shared.set_y(index * count + i)
                shared.y = index * count + i
                seen[index].add(shared.get_x())
                seen[index].add(shared.x)
                shared.x_fetch_add(0)
                assert 0 <= shared.y < THREADS * count
        run_threads(THREADS, body)
        self.assertEqual(set.union(*seen), {7})

    def test_thread_iter(self):
        """The guide's iterator: every number once, in rising order for each thread."""
        iterator = bank.ThreadIter()
        count = scaled(20000)
        taken = [None] * THREADS

        def body(index):
            taken[index] = [next(iterator) for _ in range(count)]
        run_threads(THREADS, body)
        self.assertEqual(sorted(sum(taken, [])), list(range(THREADS * count)))
        for numbers in taken:
            self.assertEqual(numbers, sorted(numbers))

    def test_no_lost_update(self):
        account = bank.Account()
        scalars = bank.Scalars()
        count = scaled(15000)

        def body(index):
            for _ in range(count):
                account.hits_fetch_add(1)
                scalars.f64_fetch_add(0.5)
                old = scalars.u64
                while not scalars.u64_compare_exchange(old, old + 3):
                    old = scalars.u64
        run_threads(THREADS, body)
        total = THREADS * count
        self.assertEqual((account.hits, scalars.f64, scalars.u64), (total, total / 2, 3 * total))

    def test_the_test_sees_lost_updates(self):
        """A read and a write are two steps: with switches between them, updates are lost."""
        lost = 0

        def plus_one(number):
            return number + 1
        deadline = time.monotonic() + 20
        while not lost and time.monotonic() < deadline:
            account = bank.Account()
            count = 2000

            def body(index):
                for _ in range(count):
                    account.hits = plus_one(account.hits)
            run_threads(THREADS, body)
            lost = THREADS * count - account.hits
        print(f"  a read and a write lost {lost} of {THREADS * count}", flush=True)
        self.assertGreater(lost, 0)

    def test_records_are_whole(self):
        """Every read of a record is one that was written, by assignment or by the constructor."""
        account = bank.Account(limits=(0, 0), options=(0, 0))
        scalars = bank.Scalars(page=(0,) * 33)
        count = scaled(1500)

        def body(index):
            for i in range(count):
                number = index * count + i
                if index % 4 == 0:
                    account.limits = (number, -number)
                    account.options = {"low": number, "high": -number}
                    scalars.page = (number,) * 33
                    account.__init__(limits=(number, -number))
                low, high = account.limits
                assert low == -high, (low, high)
                low, high = account.options
                assert low == -high, (low, high)
                assert len(set(scalars.page)) == 1
        run_threads(THREADS, body)

    def test_a_written_value_is_seen_by_the_next_read(self):
        """Each thread owns a bit of one number; it must find its own bit as it left it."""
        scalars = bank.Scalars()
        count = scaled(15000)

        def body(index):
            bit = 1 << index
            for _ in range(count):
                assert not scalars.u64_fetch_or(bit) & bit
                assert scalars.u64 & bit
                assert scalars.u64_fetch_and(~bit & 2**64 - 1) & bit
        run_threads(THREADS, body)
        self.assertEqual(scalars.u64, 0)

    def test_objects_come_and_go(self):
        """Any thread makes objects, any drops them, while the collector runs."""
        count = scaled(1500)
        shared = collections.deque()

        def body(index):
            for i in range(count):
                account = bank.OpenAccount(hits=i, limits=(i, i), options=(i, i))
                account.me = account if i % 3 == 0 else None
                shared.append(account)
                try:
                    account.other = shared[-2] if i % 5 == 0 else None
                    if len(shared) > 50:
                        repr(shared.popleft())
                except IndexError:  # others have emptied it
                    pass
                if i % 100 == 0:
                    gc.collect()
        run_threads(THREADS, body)
        shared.clear()
        gc.collect()
        self.assertFalse([thing for thing in gc.get_objects() if isinstance(thing, bank.OpenAccount)])


if __name__ == "__main__":
    support.main()
