"""Histories of a ring, recorded from Python threads, against a queue and against a semaphore.

A call that is refused changes nothing. So the puts that were done and all gets are the history of a
queue, where "empty" is checked; and the gets that were done and all puts are the history of a
semaphore that counts free slots, where "full" is checked."""
import os
import queue
import subprocess
import sys
import tempfile
import threading
import time
import unittest

import rings
import support
from support import scaled

CHECK = os.environ.get("AFIELD_CHECK")
THREADS = 3
OPERATIONS = 24
CAPACITY = 2


class StaleRing:
    """Not linearizable: what was refused is refused once more without a look."""

    def __init__(self, office):
        self.things = office.things
        self.refused = {}

    def once_more(self, call, *arguments):
        refusal = self.refused.pop(call, None)
        if refusal:
            raise refusal
        try:
            return getattr(self.things, call)(*arguments)
        except (queue.Full, queue.Empty) as error:
            self.refused[call] = type(error)
            raise

    def put_nowait(self, item):
        return self.once_more("put_nowait", item)

    def get_nowait(self):
        return self.once_more("get_nowait")


def operate(ring, kind, item):
    """One operation; its lines for the two histories."""
    if kind % 2:
        try:
            ring.put_nowait(item)
            return f"add {item} : ok", "decr : 1"
        except queue.Full:
            return None, "decr : 0"
    try:
        return f"remove : {ring.get_nowait()}", "incr : 1"
    except queue.Empty:
        return "remove : empty", None


def histories(make, rounds):
    """Runs rounds of threads that start together, each on a new ring; two texts for each round."""
    offices = [rings.Office() for _ in range(rounds)]
    for office in offices:
        rings.open(office, CAPACITY)
    subjects = [make(office) for office in offices]
    lines = [([], []) for _ in range(rounds)]
    clock = time.monotonic_ns
    begins = [0]

    def set_begin():
        begins[0] = clock() + 500_000
    start = threading.Barrier(THREADS, set_begin)
    errors = []

    def member(index):
        try:
            for number, ring in enumerate(subjects):
                mine = ([], [])
                start.wait(60)
                while clock() < begins[0]:
                    pass
                for i in range(OPERATIONS):
                    begin = clock()
                    done = operate(ring, number + index + i * 3 + i // 5,
                                   index * OPERATIONS + i)
                    end = clock()
                    for text, line in zip(mine, done):
                        if line:
                            text.append(f"{index} {begin} {end} {line}")
                for text, own in zip(lines[number], mine):
                    text += own
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
    for as_queue, as_semaphore in lines:
        yield "# model queue\n" + "\n".join(as_queue) + "\n"
        yield f"# model semaphore\n# init {CAPACITY}\n" + "\n".join(as_semaphore) + "\n"


@unittest.skipUnless(CHECK, "AFIELD_CHECK does not name the checker")
class Linearizability(unittest.TestCase):
    def setUp(self):
        self.interval = sys.getswitchinterval()
        sys.setswitchinterval(1e-6)

    def tearDown(self):
        sys.setswitchinterval(self.interval)

    def wrong(self, make, rounds):
        """The first history that is not linearizable, with what the checker says, or None."""
        for text in histories(make, rounds):
            self.operations += text.count("\n")
            self.refusals += text.count(": 0") + text.count(": empty")
            with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
                file.write(text)
                file.flush()
                done = subprocess.run([CHECK, file.name], capture_output=True, text=True, timeout=60)
            self.assertIn(done.returncode, (0, 1), text + done.stdout + done.stderr)
            if done.returncode:
                return text + done.stdout
        return None

    def test_full_and_empty_are_exact(self):
        self.operations = self.refusals = 0
        wrong = self.wrong(lambda office: office.things, scaled(60))
        self.assertIsNone(wrong, wrong)
        print(f"  {self.operations} operations, {self.refusals} refused", flush=True)
        self.assertGreater(self.refusals, 0)

    def test_an_old_answer_is_caught(self):
        self.operations = self.refusals = 0
        deadline = time.monotonic() + 60
        caught = None
        while not caught and time.monotonic() < deadline:
            caught = self.wrong(StaleRing, 20)
        self.assertIsNotNone(caught)


if __name__ == "__main__":
    support.main()
