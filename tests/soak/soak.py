# SPDX-License-Identifier: MIT
"""Every kind at once in Python: objects of a class and of its subclasses, threads that come and go,
forks, the collector, weak references, exceptions, signals, and other limits of the backlog.

AFIELD_SOAK_SECONDS is how long it runs: 10 where nothing is said, two hours with AFIELD_STRESS=long.
AFIELD_SOAK_SEED repeats the choices."""
import collections
import faulthandler
import gc
import os
import queue
import random
import signal
import sys
import threading
import time
import warnings
import weakref

import crowds
from support import FREE_THREADED, SANITIZED

PATIENCE = int(os.environ.get("AFIELD_SOAK_PATIENCE", "120"))
THREADS = 6
tokens = crowds.Crowd()  # how many were made (total) and ended (hits)
counts = collections.Counter()
failures = []


def seconds():
    if "AFIELD_SOAK_SECONDS" in os.environ:
        return float(os.environ["AFIELD_SOAK_SECONDS"])
    if os.environ.get("AFIELD_STRESS") == "long":
        return 7200
    return 10


class Token:
    """What goes in and comes out. Each ends, and says so."""

    def __init__(self):
        tokens.total_fetch_add(1)

    def __del__(self):
        tokens.hits_add(1)


class Slotted(crowds.Crowd):
    __slots__ = ("extra",)


class Open(crowds.Crowd):
    """With a dictionary, and so with cycles through Python's own part, too."""


class Worker:
    """One thread's choices. `is_child`: nobody else is there."""

    def __init__(self, seed, crowd, is_child=False):
        self.random = random.Random(seed)
        self.crowd = crowd
        self.is_child = is_child
        self.tally = collections.Counter()

    def numbers(self):
        amount = self.random.randrange(10)
        self.crowd.total_fetch_add(amount)
        self.crowd.hits_add(amount)
        self.crowd.share_fetch_add(0.5)
        self.tally["total"] += amount
        self.tally["halves"] += 1

    def bits(self):
        if not self.crowd.door_test_and_set(2):
            self.tally["taken"] += 1
        if self.crowd.door_test_and_clear(2):
            self.tally["given"] += 1

    def event(self):
        if self.random.random() < 0.5:
            self.crowd.ready.set()
            self.crowd.ready.clear()
        else:
            self.crowd.ready.wait(0.001)

    def records(self):
        number = self.random.randrange(1000)
        for name in ("seq", "rcu", "rw", "cell"):
            if self.random.random() < 0.3:
                setattr(self.crowd, name, (number, number))
            low, high = getattr(self.crowd, name) or (0, 0)
            assert low == high, (name, low, high)

    def locks(self):
        with self.crowd.locked_lock() as pair:
            low, high = pair.x, pair.y
            assert low == high, (low, high)
            pair.x = low + 1
            if self.random.random() < 0.1:
                gc.collect(0)
            pair.y = high + 1
            self.tally["locked"] += 1
            if self.random.random() < 0.1:
                raise KeyError("out of the block")

    def once(self):
        try:
            self.crowd.once = (3, 3)
        except Exception as error:  # it is there already
            assert type(error) is not SystemError, error
        low, high = self.crowd.once
        assert low == high == 3

    def confined(self):
        own = self.random.choice((crowds.Crowd, Slotted, Open))()
        own.confined = (5, 5)
        assert tuple(own.confined) == (5, 5)
        try:
            self.crowd.confined = (1, 1)
        except RuntimeError:
            pass  # another thread's

    def owner(self):
        self.crowd.owner = Token() if self.random.random() < 0.7 else None
        token = self.crowd.owner
        assert token is None or type(token) is Token

    def containers(self):
        crowd, token = self.crowd, Token()
        which = self.random.randrange(5)
        if which == 0:
            crowd.queue.put(token)
            crowd.queue.get(timeout=5)
        elif which == 1:
            crowd.stack.append(token)
            crowd.stack.pop_all()
        elif which == 2:
            crowd.ring.put(token, timeout=5)
            crowd.ring.get(timeout=5)
        elif which == 3:
            crowd.list.append(token)
            for item in crowd.list:
                assert type(item) is Token
            if len(crowd.list) > 20:
                crowd.list.clear()
        else:
            key = self.random.randrange(50)
            crowd.map[key] = token
            crowd.map.get(self.random.randrange(50))
            crowd.map.pop(self.random.randrange(50), None)
            for key, value in crowd.map.items():
                assert type(value) is Token

    def cycle(self):
        """An object in a cycle through one of its own fields, which the collector alone can end."""
        one = self.random.choice((crowds.Crowd, Slotted, Open))()
        watch = weakref.ref(one)
        one.list.append(one)
        one.map["self"] = one
        one.owner = one
        one.queue.put(one)
        one.stack.append([one, Token()])
        if type(one) is not crowds.Crowd:
            one.extra = one
        assert watch() is one
        del one
        if self.random.random() < 0.2:
            gc.collect()

    def mistakes(self):
        for wrong in (lambda: setattr(self.crowd, "total", "x"), lambda: self.crowd.hits_add(1 << 70),
                      lambda: setattr(self.crowd, "seq", 5), lambda: self.crowd.map["not there"],
                      lambda: setattr(self.crowd, "none", 1),
                      lambda: self.crowd.ring.get(timeout=-1)):
            try:
                wrong()
            except (TypeError, OverflowError, KeyError, AttributeError, ValueError, queue.Empty):
                pass

    def steps(self, count):
        names = ("numbers", "bits", "event", "records", "locks", "once", "confined", "owner",
                 "containers", "cycle", "mistakes")
        for _ in range(count):
            name = self.random.choice(names)
            if self.is_child and name == "containers" and not self.crowd.queue.empty():
                continue
            try:
                getattr(self, name)()
            except KeyError as error:
                assert error.args == ("out of the block",), error
            self.tally[name] += 1


def guarded(call):
    try:
        call()
    except BaseException as error:
        failures.append(f"{type(error).__name__}: {error}")
        if len(failures) <= 5:
            sys.excepthook(*sys.exc_info())


def fork(seed, crowd):
    """The child's one thread works on the same object, collects, reclaims, and ends."""
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            signal.alarm(PATIENCE)  # the thread of faulthandler is not here
            crowd.reset()
            crowd.locked = (0, 0)
            Worker(seed, crowd, True).steps(50)
            gc.collect()
            assert crowds.barrier() == 0
            code = 0
        except BaseException:
            sys.excepthook(*sys.exc_info())
        finally:
            sys.stderr.flush()
            os._exit(code)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status == 0, f"a child ended with {status}"
    counts["forks"] += 1


def epoch(choices, end):
    crowd = choices.choice((crowds.Crowd, Slotted, Open))()
    tallies = []
    is_over = threading.Event()

    def come_and_go(seed):
        own = random.Random(seed)
        while not is_over.is_set():
            worker = Worker(own.random(), crowd)
            thread = threading.Thread(target=guarded, args=(lambda: worker.steps(own.randrange(200)),))
            thread.start()
            thread.join()
            tallies.append(worker.tally)

    nurses = [threading.Thread(target=guarded, args=(lambda: come_and_go(choices.random()),))
              for _ in range(THREADS)]
    for nurse in nurses:
        nurse.start()
    while time.monotonic() < end:
        crowds.limits(choices.choice((0, 1, 1000)), choices.choice((0, 1, 100000)))
        signal.raise_signal(signal.SIGUSR1)
        if not SANITIZED and choices.random() < 0.3:
            guarded(lambda: fork(choices.random(), crowd))
        gc.collect()
        time.sleep(0.02)
    is_over.set()
    for nurse in nurses:
        nurse.join()
    crowds.limits(0, 0)
    total = sum(tallies, collections.Counter())
    counts.update(total)
    assert crowd.total == total["total"], (crowd.total, total["total"])
    assert crowd.hits == total["total"]
    assert crowd.share == total["halves"] / 2
    assert total["taken"] == total["given"] or crowd.door
    assert tuple(crowd.locked) == (total["locked"],) * 2, (crowd.locked, total["locked"])
    watch = weakref.ref(crowd)
    crowd.owner = crowd
    del crowd
    for _ in range(3):
        gc.collect()
    assert watch() is None or FREE_THREADED, "the object stays"


def everything_is_gone():
    for _ in range(50):
        gc.collect()
        assert crowds.barrier() == 0
        if tokens.total == tokens.hits:
            break
        time.sleep(0.02)
    assert tokens.total == tokens.hits, f"{tokens.total} tokens were made and {tokens.hits} ended"


def main():
    seed = int(os.environ.get("AFIELD_SOAK_SEED", time.time()))
    length = seconds()
    print(f"AFIELD_SOAK_SEED={seed}, {length} seconds, Python {sys.version.split()[0]}", flush=True)
    warnings.filterwarnings("ignore", category=DeprecationWarning)  # of fork and threads
    sys.setswitchinterval(1e-4)
    signal.signal(signal.SIGUSR1, lambda *_: counts.update(signals=1))
    faulthandler.register(signal.SIGALRM, chain=True)  # of children that hang
    choices = random.Random(seed)
    end = time.monotonic() + length
    epochs = 0
    while time.monotonic() < end and not failures:
        faulthandler.dump_traceback_later(PATIENCE, exit=True)
        guarded(lambda: epoch(choices, min(end, time.monotonic() + 3)))
        guarded(everything_is_gone)
        threads = len(os.listdir("/proc/self/task"))
        if threads > 4:
            failures.append(f"{threads} threads are left")
        epochs += 1
    faulthandler.cancel_dump_traceback_later()
    print(f"{epochs} epochs, {tokens.total} tokens;", " ".join(f"{k} {v}" for k, v in sorted(counts.items())))
    for failure in failures[:20]:
        print("failure:", failure)
    return bool(failures)


if __name__ == "__main__":
    sys.exit(main())
