# SPDX-License-Identifier: MIT
"""Histories of an object field, recorded from Python threads, against the kind's model."""
import threading
import time

import holder
import judged
import support
from support import Number, run_threads, scaled

THREADS = 3
OPERATIONS = 30


def name(thing):
    return "nil" if thing is None else str(thing.number)


def load(box, fresh, last):
    seen = getattr(box, "value", None)
    return seen, f"load : {name(seen)}"


def store(box, fresh, last):
    box.value = fresh
    return fresh, f"store {name(fresh)} : ok"


def exchange(box, fresh, last):
    return fresh, f"exchange {name(fresh)} : {name(box.value_exchange(fresh))}"


def exchange_in_two_steps(box, fresh, last):
    """No exchange at all: what another thread stores in between is lost."""
    old = getattr(box, "value", None)
    box.value = fresh
    return fresh, f"exchange {name(fresh)} : {name(old)}"


def compare_exchange(box, fresh, last):
    if last is None:
        return load(box, fresh, last)
    result = "ok" if box.value_compare_exchange(last, fresh) else "fail"
    return fresh, f"compare_exchange {name(last)} {name(fresh)} : {result}"


def get_or_init(box, fresh, last):
    seen = box.value_get_or_init(lambda: fresh)
    return seen, f"get_or_init {name(fresh)} : {name(seen)}"


def delete(box, fresh, last):
    try:
        del box.value
    except AttributeError:
        return None, "delete : fail"
    return None, "delete : ok"


def history(operations, rounds):
    """Runs rounds of threads that start together, each on a new field; one text for each round."""
    texts = [[] for _ in range(rounds)]
    boxes = [holder.Holder() for _ in range(rounds)]
    begins = [0]
    clock = time.monotonic_ns

    def set_begin():
        begins[0] = clock() + 1_000_000
    start = threading.Barrier(THREADS, set_begin)

    def member(index):
        for number, box in enumerate(boxes):
            last, lines = None, []
            start.wait(60)
            while clock() < begins[0]:
                pass
            for i in range(OPERATIONS):
                fresh = Number(1 + index * OPERATIONS + i)
                operation = operations[(number * 7 + index * 5 + i * 3 + i * i) % len(operations)]
                begin = clock()
                last, line = operation(box, fresh, last)
                lines.append(f"{index} {begin} {clock()} {line}")
            texts[number] += lines

    run_threads(THREADS, member)
    return ["\n".join(lines) + "\n" for lines in texts]


def overlaps(text):
    """How many neighbouring operations of a history ran at the same time."""
    spans = sorted((int(begin), int(end)) for _, begin, end, *_ in
                   (line.split() for line in text.splitlines()))
    return sum(later[0] <= earlier[1] for earlier, later in zip(spans, spans[1:]))


class Linearizability(support.Switching):
    def wrong(self, operations, rounds):
        """The first history that is not linearizable, with what the checker says, or None."""
        texts = history(operations, rounds)
        self.overlapping = sum(map(overlaps, texts))
        for text in texts:
            wrong = judged.judge(text)
            if wrong:
                return text + wrong
        return None

    def test_all_verbs_are_linearizable(self):
        rounds = overlapping = 0
        deadline = time.monotonic() + 30
        while rounds < scaled(100) or (overlapping < 100 and time.monotonic() < deadline):
            wrong = self.wrong([load, store, exchange, compare_exchange, get_or_init, delete, load], 50)
            self.assertIsNone(wrong, wrong)
            rounds += 50
            overlapping += self.overlapping
        print(f"  {rounds} histories, {overlapping} operations overlap the previous one", flush=True)
        self.assertGreater(overlapping, 0)

    def test_the_model_knows_every_verb(self):
        """Histories of one thread, and what each may not have returned."""
        good = ["load : nil", "get_or_init 1 : 1", "get_or_init 2 : 1", "exchange 3 : 1",
                "compare_exchange 3 4 : ok", "compare_exchange 3 5 : fail", "load : 4",
                "store 6 : ok", "delete : ok", "delete : fail", "exchange 7 : nil"]
        wrong = {"load : nil": "load : 1", "get_or_init 1 : 1": "get_or_init 1 : 2",
                 "get_or_init 2 : 1": "get_or_init 2 : 2", "exchange 3 : 1": "exchange 3 : nil",
                 "compare_exchange 3 4 : ok": "compare_exchange 3 4 : fail",
                 "compare_exchange 3 5 : fail": "compare_exchange 3 5 : ok",
                 "load : 4": "load : 3", "delete : ok": "delete : fail",
                 "delete : fail": "delete : ok", "exchange 7 : nil": "exchange 7 : 6"}

        def judge(lines):
            return judged.judge("\n".join(f"0 {2 * i} {2 * i + 1} {line}"
                                          for i, line in enumerate(lines)))
        self.assertIsNone(judge(good))
        for right, other in wrong.items():
            self.assertIsNotNone(judge([other if line == right else line for line in good]), other)

    def test_an_exchange_in_two_steps_is_caught(self):
        deadline = time.monotonic() + 60
        caught = None
        while not caught and time.monotonic() < deadline:
            caught = self.wrong([load, exchange_in_two_steps, exchange, exchange_in_two_steps], 40)
        self.assertIsNotNone(caught)


if __name__ == "__main__":
    support.main()
