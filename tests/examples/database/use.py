# SPDX-License-Identifier: MIT
"""Eight threads, a connection each; nobody gets at another's, and each is closed by its owner."""
import threading

import sqlite

THREADS, ROWS = 8, 500
own = [None] * THREADS
everybody = threading.Barrier(THREADS, timeout=60)
right, refused = [], []


def run(index):
    own[index] = sqlite.Database()
    own[index].execute("CREATE TABLE numbers (number INTEGER)")
    everybody.wait()
    for number in range(ROWS):
        own[index].execute(f"INSERT INTO numbers VALUES ({number})")
        try:
            own[(index + 1) % THREADS].execute("DELETE FROM numbers")
        except sqlite.UnsendableError:
            refused.append(index)
    right.append(own[index].execute("SELECT sum(number) FROM numbers") == [str(sum(range(ROWS)))])
    everybody.wait()
    # Another thread drops it: it goes to its owner, whose next use of any connection closes it.
    dropper = threading.Thread(target=own.__setitem__, args=(index, None))
    dropper.start()
    dropper.join()
    sqlite.Database().execute("SELECT 1")


threads = [threading.Thread(target=run, args=(index,)) for index in range(THREADS)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()

assert right == [True] * THREADS, right
assert len(refused) == THREADS * ROWS, len(refused)
closed = sqlite.closed_by_opener()
assert closed == 2 * THREADS, closed
print(f"{len(refused)} uses refused; {closed} connections closed, each by who opened it")
