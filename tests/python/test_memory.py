"""Nothing is leaked, and nothing changes when an allocation fails."""
import gc
import os
import resource
import sys
import unittest

import bank
import hooks
import support
from support import FREE_THREADED, SANITIZED, run_program, scaled


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


class Leaks(unittest.TestCase):
    def stays(self, body, count=2000, slack=40):
        """Blocks of Python's, objects of the collector's, and pages of the process do not grow."""
        for _ in range(200):
            body()
        hooks.destroyed_count()
        gc.collect()
        if SANITIZED:
            return
        growth = []
        for _ in range(5):  # a free-threaded build may free some of a round's blocks in the next
            blocks, pages = sys.getallocatedblocks(), resident()
            for _ in range(count):
                body()
            hooks.destroyed_count()
            gc.collect()
            growth.append((sys.getallocatedblocks() - blocks, resident() - pages))
            if growth[-1][0] < slack and growth[-1][1] < 1 << 20:
                return
        self.fail(f"blocks and bytes keep growing: {growth}")

    def test_objects(self):
        def body():
            account = bank.OpenAccount(hits=3, limits=(1, 2), options=(1, 2))
            account.me = account
            account.__init__(hits=2**40, options={"low": 1, "high": 2})
            account.options, account.limits, repr(account), account.hits_fetch_add(2**40)
        self.stays(body)

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
        def body():
            passing = hooks.new_type()
            passing(seq=(1, 2)).again = passing
            try:
                hooks.wrong_type("twins")
            except SystemError:
                pass
            del passing
            gc.collect()
        self.stays(body, scaled(100))


@unittest.skipIf(SANITIZED, "the allocator belongs to the sanitizer")
class Exhausted(unittest.TestCase):
    CASES = r"""
import sys
import bank, hooks
def old():
    return bank.Account(hits=2**40, limits=(2**41, 2**42), options=(2**43, 2**44))
def state(account):
    return account.hits, account.limits, account.options
account = old()
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
def is_right(name, before):
    # Nothing has changed; only a verb that has no room for its result has been done.
    added = (before[0] + 2**45, *before[1:])
    return state(account) == before or name == "verb" and state(account) == added
"""

    def exhaust(self, loop, **environment):
        print(run_program(self.CASES + loop, timeout=120, **environment).strip())

    def test_malloc_fails(self):
        """Every allocation of every operation fails once: MemoryError, and the old value stays."""
        loop = r"""
total = 0
for name, case in cases.items():
    for n in range(400):
        account.__init__(hits=2**40, limits=(2**41, 2**42), options=(2**43, 2**44))
        before = state(account)
        try:
            if hooks.call_without_memory(n, case):
                break
        except MemoryError:
            total += 1
            assert is_right(name, before), (name, n, state(account))
    else:
        raise AssertionError(f"{name} never ran through")
print(f"{total} allocations failed")
assert total > 0
"""
        if FREE_THREADED:
            environment = {}
        else:
            environment = {"PYTHONMALLOC": "malloc"}
        self.exhaust(loop, LD_PRELOAD=os.environ["AFIELD_NOMEMORY"], **environment)

    def test_pythons_allocator_fails(self):
        """The same with CPython's own failing allocator, where there is one."""
        try:
            import _testcapi
            _testcapi.set_nomemory
        except (ImportError, AttributeError):
            self.skipTest("this interpreter has no _testcapi.set_nomemory")
        loop = r"""
import _testcapi
total = 0
for name, case in cases.items():
    for n in range(1, 400):
        account.__init__(hits=2**40, limits=(2**41, 2**42), options=(2**43, 2**44))
        before = state(account)
        _testcapi.set_nomemory(n, n + 1)
        try:
            case()
            failed = False
        except MemoryError:
            failed = True
        finally:
            _testcapi.remove_mem_hooks()
        total += failed
        assert not failed or is_right(name, before), (name, n, state(account))
print(f"{total} allocations failed")
assert total > 0
"""
        self.exhaust(loop)


if __name__ == "__main__":
    support.main()
