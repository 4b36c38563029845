# SPDX-License-Identifier: MIT
"""Events as Python sees them: threading.Event's methods, signals, and who may wait where."""
import gc
import inspect
import os
import signal
import threading
import time
import unittest
import weakref

import awaiting
import support
from support import InThread, Thing, interrupt, run_in_interpreters, run_program, run_threads
from support import scaled


def await_waiting(server, count):
    while server.waiting() < count:
        time.sleep(0.0005)


class Methods(unittest.TestCase):
    def test_they_are_those_of_threading_event(self):
        for event in (awaiting.Server().ready, threading.Event()):
            self.assertIs(event.is_set(), False)
            self.assertIs(event.wait(0), False)
            self.assertIs(event.wait(timeout=0.01), False)
            self.assertIsNone(event.set())
            self.assertIs(event.is_set(), True)
            self.assertIs(event.wait(), True)
            self.assertIs(event.wait(timeout=None), True)
            self.assertIs(event.wait(1), True)
            self.assertIsNone(event.clear())
            self.assertIs(event.is_set(), False)

    def test_a_wait_takes_its_time(self):
        begin = time.monotonic()
        self.assertFalse(awaiting.Server().ready.wait(0.05))
        self.assertGreaterEqual(time.monotonic() - begin, 0.049)

    def test_what_is_no_time_is_refused(self):
        event = awaiting.Server().ready
        self.assertRaises(TypeError, event.wait, "soon")
        self.assertRaises(TypeError, event.wait, 1, 2)
        self.assertRaises(ValueError, event.wait, float("nan"))

    def test_a_time_that_has_passed_is_no_wait(self):
        server = awaiting.Server()
        for wait in (server.ready.wait, server.ready_wait):
            server.ready.clear()
            for past in (-1, -0.0, -1e300, float("-inf")):
                self.assertIs(wait(past), False)
            server.ready.set()
            self.assertIs(wait(-1), True)

    def test_the_attribute_is_a_view(self):
        server = awaiting.Server()
        event = server.ready
        event.set()
        self.assertTrue(server.ready.is_set())
        self.assertFalse(server.closing.is_set())
        self.assertIn("Event", type(event).__name__)
        self.assertIn("Whether it answers.", awaiting.Server.ready.__doc__)
        for attempt in (lambda: setattr(server, "ready", True), lambda: delattr(server, "ready"),
                        lambda: awaiting.Server(ready=True)):
            self.assertRaises((AttributeError, TypeError), attempt)
        self.assertEqual(str(inspect.signature(event.wait)), "(timeout=None)")
        self.assertTrue(repr(server))

    def test_verbs_reach_the_same_event(self):
        server = awaiting.Server()
        server.ready_set()
        self.assertTrue(server.ready.is_set())
        self.assertTrue(server.ready_wait(0))
        server.ready_clear()
        self.assertFalse(server.ready_is_set())
        self.assertFalse(hasattr(server, "closing_set"))

    def test_a_view_keeps_its_object(self):
        server = awaiting.Server()
        event = server.ready
        gone = weakref.ref(server)
        del server
        gc.collect()
        self.assertIsNotNone(gone())
        event.set()
        self.assertTrue(event.wait(0))
        del event
        gc.collect()
        self.assertIsNone(gone())

    def test_a_cycle_through_a_view_is_collected(self):
        ended = []
        server = awaiting.Server()
        server.value = [server.ready, Thing(lambda: ended.append(1))]
        del server
        gc.collect()
        self.assertEqual(ended, [1])


class Waiting(unittest.TestCase):
    def test_all_go_on(self):
        server = awaiting.Server()
        waiters = [InThread(server.ready.wait) for _ in range(8)]
        await_waiting(server, 8)
        gc.collect()  # nobody who waits keeps the interpreter or the collector
        server.ready.set()
        self.assertEqual([waiter.end() for waiter in waiters], [True] * 8)

    def test_a_pulse_wakes_all_who_waited(self):
        for _ in range(scaled(5)):
            server = awaiting.Server()
            waiters = [InThread(server.ready.wait) for _ in range(4)]
            await_waiting(server, 4)
            server.ready.set()
            server.ready.clear()
            self.assertEqual([waiter.end() for waiter in waiters], [True] * 4)
            self.assertFalse(server.ready.is_set())

    def test_a_thread_of_the_system_may_set(self):
        server = awaiting.Server()
        server.set_soon()
        self.assertTrue(server.ready.wait(30))
        server.join()

    def test_ping_pong(self):
        ping, pong, rounds = awaiting.Server(), awaiting.Server(), scaled(200)

        def play(index):
            mine, other = ((ping, pong), (pong, ping))[index]
            if index == 0:
                other.ready.set()
            for _ in range(rounds):
                self.assertTrue(mine.ready.wait(30))
                mine.ready.clear()
                other.ready.set()
        run_threads(2, play)

    def test_an_object_ends_after_the_last_who_waits(self):
        ended = threading.Event()
        server = awaiting.Server()
        server.value = Thing(ended.set)
        waiter = InThread(server.ready.wait)
        await_waiting(server, 1)
        other = server
        del server
        self.assertFalse(ended.wait(0.02))
        other.ready.set()
        del other
        self.assertIs(waiter.end(), True)
        del waiter.call
        gc.collect()
        self.assertTrue(ended.wait(30))

    def test_another_thread_s_event_is_refused(self):
        server = awaiting.LoneServer()
        event = server.ready
        for call in (event.set, event.is_set, lambda: event.wait(0), lambda: server.ready):
            self.assertEqual(InThread(lambda: support.outcome(call)).end().split(":")[0],
                             "UnsendableError")
        event.set()
        self.assertTrue(event.wait())


class Signals(unittest.TestCase):
    def handle(self, handler):
        before = signal.signal(signal.SIGALRM, handler)
        self.addCleanup(signal.signal, signal.SIGALRM, before)
        self.addCleanup(signal.setitimer, signal.ITIMER_REAL, 0)

    def test_control_c_ends_a_wait(self):
        server = awaiting.Server()
        begin = time.monotonic()
        for restarts in (False, True):
            self.assertRaises(KeyboardInterrupt, interrupt, server.ready.wait, restarts)
            self.assertRaises(KeyboardInterrupt, interrupt, lambda: server.ready.wait(60), restarts)
        self.assertLess(time.monotonic() - begin, 30)
        self.assertEqual(server.waiting(), 0)

    def test_a_handler_that_returns_does_not(self):
        seen = []
        server = awaiting.Server()
        self.handle(lambda *unused: seen.append(server.waiting()))
        signal.setitimer(signal.ITIMER_REAL, 0.02, 0.02)
        self.assertFalse(server.ready.wait(0.15))
        self.assertGreaterEqual(len(seen), 2)

    def test_a_handler_may_set_the_event(self):
        server = awaiting.Server()
        self.handle(lambda *unused: server.ready.set())
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        self.assertTrue(server.ready.wait(30))

    def test_the_interpreter_ends_while_a_daemon_waits(self):
        run_program("import awaiting, threading, time\n"
                    "server = awaiting.Server()\n"
                    "threading.Thread(target=server.ready.wait, daemon=True).start()\n"
                    "while not server.waiting(): time.sleep(0.001)\n")


class Apart(unittest.TestCase):
    def test_a_child_waits_for_itself(self):
        if support.SANITIZED == "thread":
            self.skipTest("ThreadSanitizer does not follow a fork of many threads")
        run_program("import awaiting, os, threading, time, warnings\n"
                    "warnings.simplefilter('ignore')\n"
                    "server = awaiting.Server()\n"
                    "waiter = threading.Thread(target=server.ready.wait, daemon=True)\n"
                    "waiter.start()\n"
                    "while not server.waiting(): time.sleep(0.001)\n"
                    "child = os.fork()\n"
                    "if child == 0:\n"
                    "    ok = not server.ready.wait(0.01)\n"
                    "    threading.Timer(0.02, server.ready.set).start()\n"
                    "    os._exit(0 if ok and server.ready.wait(20) else 1)\n"
                    "_, status = os.waitpid(child, 0)\n"
                    "assert status == 0, status\n"
                    "server.ready.set()\n"
                    "waiter.join(20)\n"
                    "assert not waiter.is_alive()\n")

    def test_another_interpreter(self):
        code = ("import awaiting, threading\n"
                "server = awaiting.Server()\n"
                "helper = threading.Thread(target=server.ready.set)\n"
                "helper.start()\n"
                "assert server.ready.wait(20)\n"
                "helper.join()\n"
                "server.ready.clear()\n"
                "assert not server.ready.wait(0.001)\n"
                "server.set_soon()\n"
                "assert server.ready.wait(20)\n"
                "server.join()\n")
        run_in_interpreters(code)


if __name__ == "__main__":
    support.main()
