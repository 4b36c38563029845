# SPDX-License-Identifier: MIT
"""Nothing is leaked, and nothing changes when an allocation fails."""
import os

import bank
import hooks
import memory
import support
from support import run_program, scaled


class Leaks(memory.Leaks):
    def test_objects(self):
        def body():
            account = bank.OpenAccount(hits=3, limits=(1, 2), options=(1, 2))
            account.me = account
            account.__init__(hits=2**40, options={"low": 1, "high": 2})
            account.options, account.limits, repr(account), account.hits_fetch_add(2**40)
        self.stays(body, 2000)

    def test_refusals(self):
        account, scalars = bank.Account(), bank.Scalars()

        def body():
            for target, name, value in ((account, "hits", "x"), (account, "hits", 2**70),
                                        (account, "limits", (1,)), (account, "limits", (1, "x")),
                                        (account, "limits", {"low": 1}), (account, "open", 1),
                                        (account, "limits", {"low": 1, "high": 2, "x": 3}),
                                        (account, "misses", 1), (scalars, "page", (1,) * 32 + ("x",))):
                try:
                    setattr(target, name, value)
                except (TypeError, OverflowError, AttributeError):
                    pass
                try:
                    type(target)(**{name: value})
                except (TypeError, OverflowError):
                    pass
            for arguments in ((), ("x",), (2**70,), (1, 2)):
                try:
                    account.hits_fetch_add(*arguments)
                except (TypeError, OverflowError):
                    pass
        self.stays(body, 500)

    def test_types(self):
        def use(passing):
            passing(seq=(1, 2)).again = passing
        self.types_stay(use, hooks.new_type, lambda: hooks.wrong_type("twins"), scaled(100))


class Exhausted(memory.Exhausted):
    CASES = r"""
import sys
import bank, hooks
def state(account):
    return account.hits, account.limits, account.options
account = bank.Account()
def assign(name, value):
    setattr(account, name, value)
cases = {
    "load": lambda: (account.hits, account.limits, account.options),
    "hits": lambda: assign("hits", 2**50),
    "limits": lambda: assign("limits", {"low": 2**51, "high": 2**52}),
    "options": lambda: assign("options", (2**53, 2**54)),
    "page": lambda: setattr(scalars, "page", page),
    "verb": lambda: account.hits_fetch_add(2**45),
    "new": lambda: bank.Account(hits=2**40, limits=(2**41, 2**42), options=(2**43, 2**44)),
    "init": lambda: account.__init__(hits=2**60, limits=(2**61, 2**62)),
    "repr": lambda: repr(account),
    "type": lambda: hooks.new_type(),
}
if sys.version_info[:2] == (3, 13):
    del cases["type"]  # a dict of 3.13.0 that cannot grow is read beyond its end: the type's own
scalars, page = bank.Scalars(), tuple(range(2**40, 2**40 + 33))
def prepare():
    global before
    account.__init__(hits=2**40, limits=(2**41, 2**42), options=(2**43, 2**44))
    before = state(account)
def check(name):
    # Nothing has changed; only a verb that has no room for its result has been done.
    added = (before[0] + 2**45, *before[1:])
    now = state(account)
    assert now == before or name == "verb" and now == added, (name, now)
"""

    def test_malloc_fails(self):
        self.malloc_fails(self.CASES)

    def test_pythons_allocator_fails(self):
        self.pythons_allocator_fails(self.CASES)

    def test_forks_cannot_be_handled(self):
        """Then there is no module, and where one has been made without afield, no type."""
        run_program(r"""
import sys, sized
for call in (lambda: __import__("bank"), lambda: sized.new_type(8, 0)):
    try: call()
    except MemoryError: pass
    else: raise AssertionError("it is made")
assert "bank" not in sys.modules
""", LD_PRELOAD=os.environ["AFIELD_NOMEMORY"], NOMEMORY_FORKS="1")


if __name__ == "__main__":
    support.main()
