# SPDX-License-Identifier: MIT
"""Waiting for an atomic field from Python: changes, times, signals."""
import threading
import time
import unittest

import bank
import support
from support import InThread, interrupt, run_threads, scaled


class Waiting(unittest.TestCase):
    def test_what_differs_is_not_waited_for(self):
        account = bank.Account(hits=3)
        self.assertIs(account.hits_wait(2), True)
        self.assertIs(account.hits_wait(2, None), True)
        begin = time.monotonic()
        self.assertIs(account.hits_wait(3, 0.05), False)
        self.assertGreaterEqual(time.monotonic() - begin, 0.049)
        self.assertIs(account.hits_wait(3, 0), False)
        self.assertIsNone(account.hits_notify_one())
        self.assertIs(account.open_wait(False, 0), False)
        self.assertIs(account.open_wait(True), True)

    def test_a_time_that_has_passed_is_no_wait(self):
        account = bank.Account(hits=3)
        self.assertIs(account.hits_wait(3, -1), False)
        self.assertIs(account.hits_wait(4, -1), True)

    def test_what_is_wrong_is_refused(self):
        account = bank.Account()
        self.assertRaises(TypeError, account.hits_wait)
        self.assertRaises(TypeError, account.hits_wait, "3")
        self.assertRaises(OverflowError, account.hits_wait, 1 << 64)
        self.assertRaises(ValueError, account.hits_wait, 0, float("nan"))
        self.assertRaises(TypeError, account.hits_notify_all, 1)

    def test_a_change_is_told(self):
        account = bank.Account()
        waiters = [InThread(lambda: account.hits_wait(0)) for _ in range(4)]
        time.sleep(0.02)
        account.hits = 1
        account.hits_notify_all()
        self.assertEqual([waiter.end() for waiter in waiters], [True] * 4)

    def test_guards(self):
        account, rounds = bank.Account(), scaled(200)

        def play(index):
            for i in range(rounds):
                mine = 2 * i + index
                while (seen := account.hits) != mine:
                    self.assertTrue(account.hits_wait(seen, 30))
                account.hits_fetch_add(1)
                account.hits_notify_one()
        run_threads(2, play)
        self.assertEqual(account.hits, 2 * rounds)

    def test_control_c_ends_a_wait(self):
        account = bank.Account()
        self.assertRaises(KeyboardInterrupt, interrupt, lambda: account.hits_wait(0))
        self.assertEqual(account.hits, 0)

    def test_others_run_meanwhile(self):
        account = bank.Account()
        done = threading.Event()
        waiter = InThread(lambda: account.hits_wait(0, 30))
        helper = threading.Thread(target=done.set)
        helper.start()
        self.assertTrue(done.wait(30))
        helper.join()
        account.hits_exchange(5)
        account.hits_notify_one()
        self.assertTrue(waiter.end())


if __name__ == "__main__":
    support.main()
