# SPDX-License-Identifier: MIT
"""Histories of a map, recorded from Python threads, against the model of a map."""
import time

import history
import maps
import support
from support import Number, scaled

MISSING = object()


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


def of(operations):
    """The operations of the map, each on two keys."""
    return [lambda subject, number, operation=operation, k=k:
            operation(subject[0], subject[1](k), k, Number(number))
            for operation in operations for k in range(2)]


class Linearizability(history.Histories):
    models = ["map"]

    def check_all_verbs(self, make_key):
        self.check_right(of([get, set_item, pop, setdefault, compare_exchange, get]), scaled(40),
                         lambda: (maps.Maps().objects, make_key))

    def test_all_verbs_are_linearizable(self):
        self.check_all_verbs(str)

    def test_all_verbs_are_linearizable_with_python_keys(self):
        self.check_all_verbs(lambda number: support.Odd(number, hashes=1))

    def test_a_setdefault_in_two_steps_is_caught(self):
        self.check_wrong(of([pop, setdefault_in_two_steps, setdefault_in_two_steps, get]),
                         lambda: (maps.Maps().objects, str))


if __name__ == "__main__":
    support.main()
