# SPDX-License-Identifier: MIT
"""Two extensions, each with a copy of afield of its own, in one process that forks under load: by
os.fork, multiprocessing and subprocess's preexec_fn. Every child works with both and reclaims."""
import multiprocessing
import os
import subprocess
import sys
import threading
import unittest
import warnings

import wheel_one
import wheel_two

WHEELS = wheel_one, wheel_two
FORKS = max(1, int(os.environ.get("AFIELD_TEST_SCALE", "100")))
if os.environ.get("AFIELD_STRESS") == "long":
    FORKS = 1000
# Free-threaded builds and those from 3.12 on say that forks of threaded processes are risky.
warnings.simplefilter("ignore", DeprecationWarning)


def work(shop, rounds=20):
    for i in range(rounds):
        shop.rates = i, i
        assert shop.rates.buy == shop.rates.sell or shop.rates
        shop.jobs.put(i)
        shop.jobs.get()
        shop.balances[str(i % 7)] = i
        shop.hits_fetch_add(1)
        with shop.till_lock() as till:
            till.buy += 1


def live_on():
    """What a child does, with shops of its own: those of the load may be held by a thread that is
    not there."""
    for wheel in WHEELS:
        work(wheel.Shop(owner="child"))
        assert wheel.settle() == 0


def must_end(child):
    _, status = os.waitpid(child, 0)
    assert status == 0, status


class Wheels(unittest.TestCase):
    def setUp(self):
        self.stop = threading.Event()
        self.threads = [threading.Thread(target=self.load, args=(wheel,)) for wheel in WHEELS]
        for thread in self.threads:
            thread.start()

    def tearDown(self):
        self.stop.set()
        for thread in self.threads:
            thread.join()
        for wheel in WHEELS:
            self.assertEqual(wheel.settle(), 0)

    def load(self, wheel):
        shop = wheel.Shop(owner="load")
        while not self.stop.wait(0.0005):
            work(shop)

    def test_fork(self):
        for _ in range(FORKS):
            child = os.fork()
            if child == 0:
                status = 1
                try:
                    live_on()
                    status = 0
                finally:
                    os._exit(status)
            must_end(child)

    def test_multiprocessing(self):
        context = multiprocessing.get_context("fork")
        for _ in range(max(1, FORKS // 5)):
            process = context.Process(target=live_on)
            process.start()
            process.join(60)
            self.assertEqual(process.exitcode, 0)

    def test_preexec(self):
        for _ in range(max(1, FORKS // 5)):
            subprocess.run([sys.executable, "-I", "-S", "-c", ""], preexec_fn=live_on, check=True,
                           timeout=60)

    def test_each_has_its_own(self):
        self.assertNotEqual(wheel_one.Shop, wheel_two.Shop)
        one, two = (wheel.Shop(hits=5) for wheel in WHEELS)
        one.owner, two.owner = two, one
        self.assertEqual((one.owner.hits, two.owner.hits), (5, 5))
        one.owner = two.owner = None


if __name__ == "__main__":
    import faulthandler
    faulthandler.dump_traceback_later(280, exit=True)
    unittest.main()
