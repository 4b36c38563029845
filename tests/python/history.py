"""Histories that Python threads record of a container, and what the checker says of them.

An operation of a test is a function of the object and a fresh number; it returns the line that the
checker reads: "add 7 : ok". Every round has an object of its own."""
import os
import subprocess
import sys
import tempfile
import threading
import time
import unittest

CHECK = os.environ.get("AFIELD_CHECK")
THREADS = 3
OPERATIONS = 24


def record(model, make, operations, rounds):
    """Runs rounds of threads that start together; one text for each round."""
    texts = [[] for _ in range(rounds)]
    subjects = [make() for _ in range(rounds)]
    start = threading.Barrier(THREADS)
    errors = []
    clock = time.monotonic_ns

    def member(index):
        try:
            for number, subject in enumerate(subjects):
                lines = []
                start.wait(60)
                for i in range(OPERATIONS):
                    operation = operations[(number * 7 + index * 5 + i * 3 + i * i) % len(operations)]
                    begin = clock()
                    line = operation(subject, 1 + index * OPERATIONS + i)
                    lines.append(f"{index} {begin} {clock()} {line}")
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
    return [f"# model {model}\n" + "\n".join(lines) + "\n" for lines in texts]


def overlaps(text):
    """How many neighbouring operations of a history ran at the same time."""
    spans = sorted((int(begin), int(end)) for _, begin, end, *_ in
                   (line.split() for line in text.splitlines()[1:]))
    return sum(later[0] <= earlier[1] for earlier, later in zip(spans, spans[1:]))


class Histories(unittest.TestCase):
    """A test case with `model`, the checker's, and `make`, which makes a fresh object."""
    model = make = None

    def setUp(self):
        self.interval = sys.getswitchinterval()
        sys.setswitchinterval(1e-6)

    def tearDown(self):
        sys.setswitchinterval(self.interval)

    def wrong(self, operations, rounds):
        """The first history that is not linearizable, with what the checker says, or None."""
        texts = record(self.model, type(self).make, operations, rounds)
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

    def check_right(self, operations, rounds):
        """Every history of so many rounds, and of more until operations have met, is accepted."""
        done = overlapping = 0
        deadline = time.monotonic() + 30
        while done < rounds or (overlapping < 20 and time.monotonic() < deadline):
            wrong = self.wrong(operations, 40)
            self.assertIsNone(wrong, wrong)
            done += 40
            overlapping += self.overlapping
        print(f"  {done} histories, {overlapping} operations overlap the one before", flush=True)
        self.assertGreater(overlapping, 0)

    def check_wrong(self, operations):
        """A history is rejected before long."""
        deadline = time.monotonic() + 60
        caught = None
        while not caught and time.monotonic() < deadline:
            caught = self.wrong(operations, 40)
        self.assertIsNotNone(caught)
