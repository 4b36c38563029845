"""Histories of an object field, recorded from Python threads, against a register."""
import os
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import holder
import support
from support import scaled

CHECK = os.environ.get("AFIELD_CHECK")
THREADS = 3
OPERATIONS = 30


class Number:
    """An object stored once, which a history calls by its number."""
    __slots__ = ("number",)

    def __init__(self, number):
        self.number = number


def name(thing):
    return "nil" if thing is None else str(thing.number)


def read(box, fresh, last):
    seen = getattr(box, "value", None)
    return seen, [f"read : {name(seen)}"]


def write(box, fresh, last):
    box.value = fresh
    return fresh, [f"write {name(fresh)} : ok"]


def exchange(box, fresh, last):
    old = box.value_exchange(fresh)
    return fresh, [f"rmw {name(old)} {name(fresh)} : ok"]


def exchange_in_two_steps(box, fresh, last):
    """No exchange at all: what another thread stores in between is lost."""
    old = getattr(box, "value", None)
    box.value = fresh
    return fresh, [f"rmw {name(old)} {name(fresh)} : ok"]


def compare_exchange(box, fresh, last):
    if last is None:
        return read(box, fresh, last)
    done = box.value_compare_exchange(last, fresh)
    return fresh if done else None, [f"cas {name(last)} {name(fresh)} : {'ok' if done else 'fail'}"]


def get_or_init(box, fresh, last):
    """Setting it is a cas from nothing; getting what is there is a read."""
    seen = box.value_get_or_init(lambda: fresh)
    return seen, [f"cas nil {name(fresh)} : ok" if seen is fresh else f"read : {name(seen)}"]


def delete(box, fresh, last):
    """Deleting what is unset is refused, which is a read of nothing."""
    try:
        del box.value
    except AttributeError:
        return None, ["read : nil"]
    return None, ["write nil : ok"]


def history(operations, rounds):
    """Runs rounds of threads that start together, each on a new field; one text for each round."""
    texts = [[] for _ in range(rounds)]
    boxes = [holder.Holder() for _ in range(rounds)]
    begins = [0]
    clock = time.monotonic_ns

    def set_begin():
        begins[0] = clock() + 1_000_000
    start = threading.Barrier(THREADS, set_begin)
    errors = []

    def member(index):
        try:
            for number, box in enumerate(boxes):
                last, lines = None, []
                start.wait(60)
                while clock() < begins[0]:
                    pass
                for i in range(OPERATIONS):
                    fresh = Number(1 + index * OPERATIONS + i)
                    operation = operations[(number * 7 + index * 5 + i * 3 + i * i) % len(operations)]
                    begin = clock()
                    last, done = operation(box, fresh, last)
                    end = clock()
                    lines += [f"{index} {begin} {end} {line}" for line in done]
                texts[number] += lines
        except BaseException as error:
            errors.append(error)
            start.abort()
    threads = [threading.Thread(target=member, args=(index,)) for index in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return ["# model register\n" + "\n".join(lines) + "\n" for lines in texts]


def overlaps(text):
    """How many neighbouring operations of a history ran at the same time."""
    spans = sorted((int(begin), int(end)) for _, begin, end, *_ in
                   (line.split() for line in text.splitlines()[1:]))
    return sum(later[0] <= earlier[1] for earlier, later in zip(spans, spans[1:]))


@unittest.skipUnless(CHECK, "AFIELD_CHECK does not name the checker")
class Linearizability(unittest.TestCase):
    def setUp(self):
        self.interval = sys.getswitchinterval()
        sys.setswitchinterval(1e-6)

    def tearDown(self):
        sys.setswitchinterval(self.interval)

    def wrong(self, operations, rounds):
        """The first history that is not linearizable, with what the checker says, or None."""
        texts = history(operations, rounds)
        self.overlapping = sum(map(overlaps, texts))
        for text in texts:
            with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
                file.write(text)
                file.flush()
                done = subprocess.run([CHECK, file.name], capture_output=True, text=True, timeout=60)
            self.assertIn(done.returncode, (0, 1), text + done.stdout + done.stderr)
            if done.returncode:
                return text + done.stdout
        return None

    def test_all_verbs_are_linearizable(self):
        rounds = overlapping = 0
        deadline = time.monotonic() + 30
        while rounds < scaled(100) or (overlapping < 100 and time.monotonic() < deadline):
            wrong = self.wrong([read, write, exchange, compare_exchange, get_or_init, delete, read], 50)
            self.assertIsNone(wrong, wrong)
            rounds += 50
            overlapping += self.overlapping
        print(f"  {rounds} histories, {overlapping} operations overlap the one before", flush=True)
        self.assertGreater(overlapping, 0)

    def test_an_exchange_in_two_steps_is_caught(self):
        deadline = time.monotonic() + 60
        caught = None
        while not caught and time.monotonic() < deadline:
            caught = self.wrong([read, exchange_in_two_steps, exchange, exchange_in_two_steps], 40)
        self.assertIsNotNone(caught)


if __name__ == "__main__":
    support.main()
