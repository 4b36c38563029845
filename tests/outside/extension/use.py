# SPDX-License-Identifier: MIT
"""Uses the extension from many threads; what they did must be there afterwards, all of it."""

import sys
import sysconfig
import threading

import depth

THREADS, ROUNDS = 8, 20_000

queue = depth.Queue(passed=5)
errors = []
start = threading.Barrier(THREADS)


def run(index):
    try:
        start.wait()
        for i in range(ROUNDS):
            queue.passed_fetch_add(1)
            queue.deepest_raise(index + i * THREADS)
            assert queue.deepest >= index + i * THREADS
    except BaseException as error:
        errors.append(error)
        raise


threads = [threading.Thread(target=run, args=(index,)) for index in range(THREADS)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()

assert not errors, errors
assert queue.passed == THREADS * ROUNDS + 5, queue.passed
assert queue.deepest == THREADS * ROUNDS - 1, queue.deepest
assert queue.deepest_raise(1) == THREADS * ROUNDS - 1

for value, refusal in [("deep", TypeError), (-1, OverflowError), (2**32, OverflowError)]:
    try:
        queue.deepest = value
    except refusal:
        pass
    else:
        raise AssertionError(f"{value!r} was taken")
assert queue.deepest == THREADS * ROUNDS - 1

well = depth.Well()
assert [well.draw(), well.draw(), well.buckets_fetch_add(3), well.buckets] == [0, 1, 2, 5]

has_gil = getattr(sys, "_is_gil_enabled", lambda: True)()
assert has_gil != bool(sysconfig.get_config_var("Py_GIL_DISABLED")), "the import enabled the GIL"
print(f"{sys.executable} {sys.version.split()[0]}{'' if has_gil else ' without GIL'}: right")
