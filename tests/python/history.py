# SPDX-License-Identifier: MIT
"""Histories that Python threads record of a container, and what the checker says of them.

An operation of a test is a function of the object and a fresh number; it returns the line that the
checker reads: "add 7 : ok", or None when nothing of it is known. Where one run is several histories,
it returns a line, or None, for each. Every round has an object of its own."""
import os
import subprocess
import tempfile
import threading
import time
import unittest

import support

CHECK = os.environ.get("AFIELD_CHECK")
THREADS = 3
OPERATIONS = 24
ENOUGH = 20 if support.FREE_THREADED else 5  # that overlap; with the GIL they are rare
# A sanitizer that is loaded into the interpreter is not for the checker, which may have its own.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}


def record(models, make, operations, rounds):
    """Runs rounds of threads that start together; one text for each round and each model."""
    texts = [[[] for _ in models] for _ in range(rounds)]
    subjects = [make() for _ in range(rounds)]
    clock = time.monotonic_ns
    begins = [0]

    def set_begin():
        begins[0] = clock() + 500_000
    start = threading.Barrier(THREADS, set_begin)
    errors = []

    def work(index):
        for number, subject in enumerate(subjects):
            mine = [[] for _ in models]
            start.wait(60)
            while clock() < begins[0]:
                pass
            for i in range(OPERATIONS):
                draw = number * 7 + index * 5 + i * 3 + i * i
                operation = operations[draw % len(operations)]
                begin = clock()
                lines = operation(subject, 1 + index * OPERATIONS + i)
                end = clock()
                for text, line in zip(mine, lines if isinstance(lines, tuple) else (lines,)):
                    if line:
                        text.append(f"{index} {begin} {end} {line}")
            for text, own in zip(texts[number], mine):
                text += own

    def member(index):
        try:
            work(index)
        except BaseException as error:
            errors.append(error)
            start.abort()
    support.run_threads(THREADS, member)
    if errors:
        raise errors[0]
    return [f"# model {model}\n" + "\n".join(lines) + "\n"
            for round_ in texts for model, lines in zip(models, round_)]


def overlaps(text):
    """How many neighbouring operations of a history ran at the same time."""
    spans = sorted((int(begin), int(end)) for _, begin, end, *_ in
                   (line.split() for line in text.splitlines() if line and line[0] != "#"))
    return sum(later[0] <= earlier[1] for earlier, later in zip(spans, spans[1:]))


@unittest.skipUnless(CHECK, "AFIELD_CHECK does not name the checker")
class Histories(support.Switching):
    """A test case with `models`, the checker's, and `make`, which makes a fresh object. A model may
    go on with more lines of the file's head: "semaphore\\n# init 2"."""
    models = make = None

    def wrong(self, operations, rounds, make=None):
        """The first history that is not linearizable, with what the checker says, or None."""
        texts = record(self.models, make or type(self).make, operations, rounds)
        self.overlapping = sum(map(overlaps, texts))
        self.seen = "".join(texts)
        for text in texts:
            with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
                file.write(text)
                file.flush()
                done = subprocess.run([CHECK, file.name], capture_output=True, text=True, timeout=60,
                                      env=ENVIRONMENT)
            self.assertIn(done.returncode, (0, 1), text + done.stdout + done.stderr)
            if done.returncode:
                return text + done.stdout
        return None

    def check_right(self, operations, rounds, make=None):
        """Every history of so many rounds, and of more until operations have met, is accepted. The
        texts of the last ones are in self.seen."""
        done = overlapping = 0
        deadline = time.monotonic() + 30
        while done < rounds or (overlapping < ENOUGH and time.monotonic() < deadline):
            wrong = self.wrong(operations, 40, make)
            self.assertIsNone(wrong, wrong)
            done += 40
            overlapping += self.overlapping
        print(f"  {done} rounds, {overlapping} operations overlap the previous one", flush=True)
        self.assertGreater(overlapping, 0)

    def check_wrong(self, operations, make=None):
        """A history is rejected before long."""
        deadline = time.monotonic() + 60
        caught = None
        while not caught and time.monotonic() < deadline:
            caught = self.wrong(operations, 40, make)
        self.assertIsNotNone(caught)


def cases(model, make, right, wrong, make_wrong=None):
    """A test case of one model: histories of the operations `right` are accepted, and one of `wrong`,
    on what make_wrong makes where it is given, is rejected."""
    class Linearizability(Histories):
        models = [model]

        def test_operations_are_linearizable(self):
            self.check_right(right, support.scaled(40), make)

        def test_what_is_not_linearizable_is_caught(self):
            self.check_wrong(wrong, make_wrong or make)
    return Linearizability
