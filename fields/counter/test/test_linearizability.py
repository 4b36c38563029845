# SPDX-License-Identifier: MIT
"""Histories of a counter with unit increments, recorded from Python threads."""
import time

import counting
import history
import support


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


Linearizability = history.cases("counter", counting.Site, right=[add, read, add, add, read],
                                wrong=[add, read, add], make_wrong=Lossy)


if __name__ == "__main__":
    support.main()
