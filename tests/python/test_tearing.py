# SPDX-License-Identifier: MIT
"""What threads read of the slots that a subclass adds is what was written."""
import os
import sys
import unittest

import support
from support import run_program

setUpModule, tearDownModule = support.watchdog(3600)
LARGEST = 40
SECONDS = 90 if os.environ.get("AFIELD_STRESS") == "long" else 5

# Threads that write and read the slots of objects of every size. A slot that is no aligned pointer
# lies on two cache lines here and there; its halves come from two writes then, and are no address.
TEARING = r"""
import sys, threading, time
sys.path[:] = {path!r}
import sized
class Value: pass
values = [Value() for _ in range(2000)]
values = [None, values[0], ..., values[-1]]
addresses = set(map(id, values))
names = tuple('abcdefgh')
objects = []
for size in range(1, {largest} + 1):
    kind = type('Slotted', (sized.new_type(size, 0),), {{'__slots__': names}})
    objects += [kind() for _ in range(8)]
for one in objects:
    for name in names:
        setattr(one, name, None)
stop, strange = False, []
def write():
    while not stop:
        for o in objects:
            for x in values:
                o.a = x; o.b = x; o.c = x; o.d = x; o.e = x; o.f = x; o.g = x; o.h = x
def read():
    while not stop and not strange:
        for o in objects:
            for x in (o.a, o.b, o.c, o.d, o.e, o.f, o.g, o.h):
                if id(x) not in addresses:
                    strange.append(o)
threads = [threading.Thread(target=call) for call in (write, read)]
for thread in threads: thread.start()
time.sleep({seconds})
stop = True
for thread in threads: thread.join()
assert not strange
"""


class Tearing(unittest.TestCase):
    def test_slots_do_not_tear(self):
        run_program(TEARING.format(path=sys.path, largest=LARGEST, seconds=SECONDS),
                    timeout=SECONDS + 60)


if __name__ == "__main__":
    support.main()
