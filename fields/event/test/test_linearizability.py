# SPDX-License-Identifier: MIT
"""Histories of an event, recorded from Python threads: a register that is 1 or 0."""
import time

import awaiting
import history
import support


def set_it(server, value):
    server.ready.set()
    return "write 1 : ok"


def clear_it(server, value):
    server.ready.clear()
    return "write 0 : ok"


def look(server, value):
    return f"read : {int(server.ready.is_set())}"


def wait(server, value):
    """A wait that has no time says whether the event is set."""
    return f"read : {int(server.ready.wait(timeout=0))}"


class Late:
    """Not linearizable: what it says was so when it was last asked."""

    def __init__(self):
        self.real, self.seen = awaiting.Server().ready, False

    @property
    def ready(self):
        return self

    def set(self):
        self.real.set()

    def clear(self):
        self.real.clear()

    def is_set(self):
        seen, self.seen = self.seen, self.real.is_set()
        time.sleep(0)
        return seen


Linearizability = history.cases("register\n# init 0", awaiting.Server,
                                right=[set_it, look, clear_it, wait, look],
                                wrong=[set_it, look, clear_it, look], make_wrong=Late)


if __name__ == "__main__":
    support.main()
