# SPDX-License-Identifier: MIT
"""Events in Python: no leak, and nothing changes when an allocation fails."""
import awaiting
import memory
import support


class Leaks(memory.Leaks):
    def test_events(self):
        server = awaiting.Server()

        def body():
            server.ready.set()
            server.ready.wait()
            server.ready.wait(timeout=1)
            server.ready.clear()
            server.ready.wait(0)
            server.ready_set(), server.ready_is_set(), server.ready_clear()
            repr(server.ready), repr(server)
        self.stays(body)

    def test_refusals(self):
        ready = awaiting.Server().ready
        self.refusals_stay((lambda: ready.wait("soon"), lambda: ready.wait(float("nan")),
                            lambda: ready.set(1)), (TypeError, ValueError))

    def test_owners(self):
        def body():
            server = awaiting.Server()
            server.value = server.ready
        self.stays(body, 300)


class Exhausted(memory.ExhaustedWithTheGil):
    program = r"""
import awaiting
server = awaiting.Server()
cases = {
    "set": lambda: server.ready.set(),
    "wait": lambda: server.ready.wait(0.0001),
    "verb": lambda: (server.ready_is_set(), server.ready_wait(0)),
    "look": lambda: (server.ready.is_set(), repr(server.ready), repr(server)),
    "new": lambda: awaiting.Server().ready.set(),
}
def prepare():
    server.ready.clear()
def check(name):
    assert not server.ready.is_set(), name
"""


if __name__ == "__main__":
    support.main()
