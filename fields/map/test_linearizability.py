"""Histories of a map, recorded from Python threads, against the model of a map."""
import os
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import maps
import support
from support import scaled

CHECK = os.environ.get("AFIELD_CHECK")
THREADS = 4
OPERATIONS = 24
ENOUGH = 30 if support.FREE_THREADED else 5  # neighbours that overlap; with the GIL they are rare
MISSING = object()


class Number:
    """A value stored once, which a history calls by its number."""
    __slots__ = ("number",)

    def __init__(self, number):
        self.number = number


class Slow:
    """A key that is compared by Python code; all of them have the same hash."""

    def __init__(self, number):
        self.number = number

    def __hash__(self):
        return 7

    def __eq__(self, other):
        return isinstance(other, Slow) and self.number == other.number


def name(thing):
    return "nil" if thing is MISSING else str(thing.number)


def get(things, key, k, fresh):
    return f"get {k} : {name(things.get(key, MISSING))}"


def set_item(things, key, k, fresh):
    things[key] = fresh
    return f"set {k} {name(fresh)} : ok"


def pop(things, key, k, fresh):
    return f"remove {k} : {name(things.pop(key, MISSING))}"


def setdefault(things, key, k, fresh):
    seen = things.setdefault(key, fresh)
    return f"set {k} {name(fresh)} : nil" if seen is fresh else f"get {k} : {name(seen)}"


def setdefault_in_two_steps(things, key, k, fresh):
    """What another thread stores in between is lost."""
    seen = things.get(key, MISSING)
    if seen is MISSING:
        time.sleep(0)  # lets another thread in, so that the test need not wait for chance
        things[key] = fresh
        return f"set {k} {name(fresh)} : nil"
    return f"get {k} : {name(seen)}"


def compare_exchange(things, key, k, fresh):
    """The get before it is an operation of its own, and not recorded."""
    expected = things.get(key, MISSING)
    if expected is MISSING:
        return None
    try:
        done = things.compare_exchange(key, expected, fresh)
    except KeyError:
        return f"get {k} : nil"
    return f"set {k} {name(fresh)} : {name(expected)}" if done else None


def history(operations, rounds, make_key):
    """Runs rounds of threads that start together, each on a new map; one text for each round."""
    texts = [[] for _ in range(rounds)]
    boxes = [maps.Maps() for _ in range(rounds)]
    begins = [0]
    clock = time.monotonic_ns

    def set_begin():
        begins[0] = clock() + 1_000_000
    start = threading.Barrier(THREADS, set_begin)
    errors = []

    def member(index):
        keys = [make_key(k) for k in range(2)]
        try:
            for number, box in enumerate(boxes):
                things, lines = box.objects, []
                start.wait(60)
                while clock() < begins[0]:
                    pass
                for i in range(OPERATIONS):
                    fresh = Number(1 + index * OPERATIONS + i)
                    draw = number * 7 + index * 5 + i * 3 + i * i
                    k = draw % 2
                    operation = operations[draw // 2 % len(operations)]
                    begin = clock()
                    done = operation(things, keys[k], k, fresh)
                    end = clock()
                    if done:
                        lines.append(f"{index} {begin} {end} {done}")
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
    return ["# model map\n" + "\n".join(lines) + "\n" for lines in texts]


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

    def wrong(self, operations, rounds, make_key=str):
        """The first history that is not linearizable, with what the checker says, or None."""
        texts = history(operations, rounds, make_key)
        self.overlapping = sum(map(overlaps, texts))
        self.checked = sum(text.count("\n") - 1 for text in texts)
        for text in texts:
            with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
                file.write(text)
                file.flush()
                done = subprocess.run([CHECK, file.name], capture_output=True, text=True, timeout=60)
            self.assertIn(done.returncode, (0, 1), text + done.stdout + done.stderr)
            if done.returncode:
                return text + done.stdout
        return None

    def check_all_verbs(self, make_key):
        rounds = overlapping = checked = 0
        deadline = time.monotonic() + 30
        while rounds < scaled(60) or (overlapping < ENOUGH and time.monotonic() < deadline):
            wrong = self.wrong([get, set_item, pop, setdefault, compare_exchange, get], 30, make_key)
            self.assertIsNone(wrong, wrong)
            rounds += 30
            overlapping += self.overlapping
            checked += self.checked
        print(f"  {rounds} histories, {checked} operations, {overlapping} overlap the one before",
              flush=True)
        self.assertGreater(overlapping, 0)

    def test_all_verbs_are_linearizable(self):
        self.check_all_verbs(str)

    def test_all_verbs_are_linearizable_with_python_keys(self):
        self.check_all_verbs(Slow)

    def test_a_setdefault_in_two_steps_is_caught(self):
        deadline = time.monotonic() + 60
        caught = None
        while not caught and time.monotonic() < deadline:
            caught = self.wrong([pop, setdefault_in_two_steps, setdefault_in_two_steps, get], 40)
        self.assertIsNotNone(caught)


if __name__ == "__main__":
    support.main()
