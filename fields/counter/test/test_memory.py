# SPDX-License-Identifier: MIT
"""Counters in Python: no leak, and nothing changes when an allocation fails."""
import counting
import memory
import support


class Leaks(memory.Leaks):
    def test_counters(self):
        site = counting.Site()

        def body():
            site.hits_add(2**40)
            site.hits_add(-5)
            site.hits, site.hits_sum(), repr(site), site.hits_reset()
            for amount in ("x", 2**70):
                try:
                    site.hits_add(amount)
                except (TypeError, OverflowError):
                    pass
        self.stays(body)

    def test_owners(self):
        self.stays(lambda: counting.Site().hits_add(1), 500)

    def test_stripes(self):
        """A counter that many threads add to has memory of its own, and gives it back."""
        def body():
            site = counting.Site()
            support.run_threads(4, lambda index: site.add_detached(3000))
        self.stays(body, 20)


class Exhausted(memory.ExhaustedWithTheGil):
    program = r"""
import counting
site = counting.Site()
cases = {
    "add": lambda: site.hits_add(2**41),
    "sum": lambda: (site.hits, site.hits_sum()),
    "look": lambda: repr(site),
    "reset": lambda: site.hits_reset(),
    "new": lambda: counting.Site().hits_add(2**41),
}
def prepare():
    site.hits_reset()
    site.hits_add(2**40)
def check(name):
    # What was taken out, and has no room for its Python form, is gone.
    assert site.hits == 2**40 or name == "reset" and site.hits == 0, (name, site.hits)
"""


if __name__ == "__main__":
    support.main()
