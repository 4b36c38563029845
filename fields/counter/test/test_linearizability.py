# SPDX-License-Identifier: MIT
"""Histories of a counter with unit increments, recorded from Python threads."""
import time

import counting
import history
import support
from support import scaled


def add(site, value):
    site.hits_add(1)
    return "add 1 : ok"


def read(site, value):
    return f"read : {site.hits}"


class Lossy:
    """Not linearizable: it adds by reading and writing."""
    hits = 0

    def hits_add(self, amount):
        seen = self.hits
        time.sleep(0)  # lets another thread in, so that the test need not wait for chance
        self.hits = seen + amount


class Linearizability(history.Histories):
    models = ["counter"]
    make = counting.Site

    def test_sums_of_unit_increments_are_linearizable(self):
        self.check_right([add, read, add, add, read], scaled(40))

    def test_a_lost_increment_is_caught(self):
        self.check_wrong([add, read, add], Lossy)


if __name__ == "__main__":
    support.main()
