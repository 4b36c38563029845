# SPDX-License-Identifier: MIT
"""use.py after|before: eight threads add to one Meter and read it. No amount may be lost, and a
count and a total that are read together must belong together."""
import importlib
import sys
import threading

THREADS, ROUNDS, AMOUNT = 8, 20_000, 3
shared = importlib.import_module(sys.argv[1]).Meter()
start = threading.Barrier(THREADS, timeout=60)
torn = []


class Amount:
    def __index__(self):
        return AMOUNT


def run():
    amount = Amount()
    start.wait()
    for _ in range(ROUNDS):
        shared.add(amount)
        count, total = shared.sums
        if total != count * AMOUNT:
            torn.append((count, total))


sys.setswitchinterval(1e-5)
threads = [threading.Thread(target=run) for _ in range(THREADS)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()

count, total = shared.sums
lost = THREADS * ROUNDS - count
print(f"{sys.argv[1]}: {count} amounts, {lost} lost, {len(torn)} reads that do not agree")
assert (lost, total, torn) == (0, count * AMOUNT, [])
