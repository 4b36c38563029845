# SPDX-License-Identifier: MIT
"""Eight threads compress through one Deflater. Each gets back what it gave, and no other's."""
import threading
import zlib

import streams

THREADS, ROUNDS = 8, 200
shared = streams.Deflater()
start = threading.Barrier(THREADS, timeout=60)
sizes = []


def run(index):
    start.wait()
    for number in range(ROUNDS):
        data = b"".join(b"%d:%d:%d\n" % (index, number, line) for line in range(10 * number))
        packed = shared.compress(data)
        if zlib.decompress(packed) == data:
            sizes.append((len(data), len(packed)))


threads = [threading.Thread(target=run, args=(index,)) for index in range(THREADS)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()

assert len(sizes) == THREADS * ROUNDS, f"{THREADS * ROUNDS - len(sizes)} are not as they were"
plain, packed = map(sum, zip(*sizes))
print(f"{len(sizes)} streams of {THREADS} threads, {plain} bytes in {packed}, all as they were")
