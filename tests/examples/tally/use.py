# SPDX-License-Identifier: MIT
"""Eight threads put numbers into one Tally and add up what they find there. Nothing is lost."""
import threading

import tally

THREADS, ROUNDS = 8, 20_000
shared = tally.Tally()
start = threading.Barrier(THREADS, timeout=60)


def run(index):
    start.wait()
    for number in range(index, THREADS * ROUNDS, THREADS):
        shared.waiting.put(number)
        shared.add_one()
        shared.sum_fetch_add(1)


threads = [threading.Thread(target=run, args=(index,)) for index in range(THREADS)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()

count = THREADS * ROUNDS
assert shared.waiting.empty() and not shared.add_one()
assert shared.added == count, shared.added
assert shared.sum == sum(range(count)) + count, shared.sum
print(f"{count} numbers of {THREADS} threads, none lost: {shared!r}")
