# SPDX-License-Identifier: MIT
"""How types and objects begin and end: options, garbage, other threads, forks, interpreters."""
import copy
import gc
import os
import pickle
import signal
import sys
import threading
import time
import unittest
import weakref

import bank
import hooks
import passing
import support
from support import INTERPRETERS, SANITIZED, run_program, run_threads, scaled

FLAGS = passing.FROZEN, passing.SUBCLASS, passing.WEAKREF, passing.DICT, passing.UNSENDABLE


class Options(unittest.TestCase):
    def test_a_plain_type_is_closed(self):
        account = bank.Account()
        with self.assertRaises(TypeError):
            type("Sub", (bank.Account,), {})
        with self.assertRaises(TypeError):
            weakref.ref(account)
        with self.assertRaises(AttributeError):
            account.more = 1
        with self.assertRaises(TypeError):
            bank.Account.hits = 1
        with self.assertRaises(TypeError):
            pickle.dumps(account)
        with self.assertRaises(TypeError):
            copy.copy(account)

    def test_a_subclass(self):
        class Sub(bank.Base):
            __slots__ = ("extra",)

            def __init__(self, start, **more):
                super().__init__(hits=start, **more)
                self.extra = self

            @property
            def limits(self):
                return "hidden"
        sub = Sub(5, open=True)
        self.assertEqual((sub.hits, sub.open, sub.limits), (5, True, "hidden"))
        with self.assertRaises(AttributeError):
            sub.limits = (1, 2)
        sub.hits = 6
        self.assertEqual(sub.hits_fetch_add(1), 6)
        self.assertIn("Sub(hits=7", repr(sub))
        with self.assertRaises(TypeError):
            sub.hits = "x"

        class Mixed(dict.fromkeys([1]).__class__.__mro__[-1], ):
            pass

        class Late(Mixed, Sub):
            pass
        late = Late(3)
        late.anything = late
        self.assertEqual((late.hits, late.anything), (3, late))

    def test_dict_and_weakref(self):
        account = bank.OpenAccount(hits=1)
        account.more = [account]
        self.assertEqual(account.__dict__, {"more": [account]})
        account.__dict__ = {"less": 1}
        self.assertEqual(account.less, 1)
        called = []
        reference = weakref.ref(account, called.append)
        self.assertIs(reference(), account)
        del account
        gc.collect()
        self.assertEqual((reference(), called), (None, [reference]))

    def test_cycles_are_collected(self):
        def cycle(cls):
            first, second = cls(hits=1, options=(1, 2)), cls(hits=2)
            first.other, second.other = second, first
            return weakref.ref(first)

        class Sub(bank.OpenAccount):
            ended = 0

            def __del__(self):
                Sub.ended += 1
        references = [cycle(bank.OpenAccount), cycle(Sub)]
        gc.collect()
        self.assertEqual([reference() for reference in references], [None, None])
        self.assertEqual(Sub.ended, 2)

    def test_frozen(self):
        point = bank.FrozenPoint(x=1, limits=(3, 4))
        for name, value in (("x", 2), ("limits", (5, 6))):
            with self.assertRaises(AttributeError):
                setattr(point, name, value)
            with self.assertRaises(AttributeError):
                delattr(point, name)
        point.__init__(x=9)
        self.assertEqual((point.x, point.y, point.limits), (1, 0, (3, 4)))
        with self.assertRaises(TypeError):
            bank.FrozenPoint(x="1")
        with self.assertRaises(TypeError):
            bank.FrozenPoint(1)

        class Sub(bank.FrozenPoint):
            def __new__(cls, x):
                return super().__new__(cls, x=x)
        self.assertEqual(Sub(4).x, 4)

    def test_an_authors_mistakes(self):
        for what, words in (("flags", "flags"), ("slots", "slot"), ("module", "module"), ("twins", "same"),
                            ("alignment", "aligned"), ("methods", "seq"), ("guards", "no locks"),
                            ("read-only guards", "read-only")):
            with self.assertRaisesRegex(SystemError, words):
                hooks.wrong_type(what)

    def test_slots_and_flags(self):
        """What a type has of afield no author may bring; nor flags that there are not."""
        for slot in (47, 48, 49, 51, 52, 53, 56, 60, 61, 64, 65, 68, 69, 71, 72, 73, 74):
            with self.subTest(slot=slot):
                self.assertRaisesRegex(SystemError, f"the slot {slot} is afield's own", hooks.with_slot, slot)
        for bit in range(32):
            with self.subTest(bit=bit):
                if 1 << bit in FLAGS:
                    self.assertEqual(hooks.with_flags(1 << bit)(seq=(1, 2)).seq, (1, 2))
                else:
                    self.assertRaisesRegex(SystemError, f"unknown flags 0x{1 << bit:x}$", hooks.with_flags, 1 << bit)
        self.assertEqual(hooks.with_flags(sum(FLAGS) & ~passing.FROZEN)(seq=(1, 2)).seq, (1, 2))

    def test_slots_of_the_authors(self):
        it = hooks.with_own_slots()(seq=(1, 2))
        self.assertEqual((repr(it), len(it), it.seq), ("<hooks.Gate>", 7, (1, 2)))
        self.assertIs(it.__iter__(), it)
        self.assertEqual(type(it).__flags__ & 1, 0)

    def test_sizes_and_alignments(self):
        largest = (2**31 - 1) // 2
        for size, alignment in ((8, 16), (8, 1), (largest, 8)):
            self.assertGreater(hooks.with_size(size, alignment).__basicsize__, size)
        for size, alignment in ((8, 17), (8, 32), (largest + 1, 8), (2**40, 8)):
            with self.assertRaisesRegex(SystemError, "'large' is too large or too strictly aligned"):
                hooks.with_size(size, alignment)

    def test_records_are_shared_and_found(self):
        self.assertIs(type(bank.Account().limits), type(bank.FrozenPoint().limits))
        limits = bank.Account(limits=(1, 2)).limits
        self.assertEqual(pickle.loads(pickle.dumps(limits)), limits)
        self.assertIs(type(copy.copy(limits)), bank.Limits)

    def test_records_outlive_their_type(self):
        passing = hooks.new_type()
        pair = passing(seq=(1, 2)).seq
        del passing
        gc.collect()
        self.assertEqual(repr(pair), "hooks.Pair(left=1, right=2)")

    def test_types_go_with_their_objects(self):
        """The collector clears a type while its objects, in the same cycle, still wait for the end."""
        for _ in range(scaled(200)):
            passing = hooks.new_type()
            first, second = passing(seq=(1, 2), rcu=(3, 4)), passing()
            first.type, first.other, second.other = passing, second, first
            reference = weakref.ref(passing)
            del passing, first, second
            gc.collect()
            self.assertIsNone(reference())


class Threads(unittest.TestCase):
    def test_the_last_reference_goes_in_another_thread(self):
        before = hooks.destroyed_count()
        objects = [hooks.Gate(rcu=(1, 2)) for _ in range(20)]
        while objects:
            hooks.drop_elsewhere(objects)
        self.assertEqual(hooks.destroyed_count() - before, 20)

        box = [hooks.Gate(rcu=(1, 2)) for _ in range(200)]
        run_threads(8, lambda index: [box.pop() for _ in range(25)])
        self.assertEqual(hooks.destroyed_count() - before, 220)

    def test_a_signal_ends_nothing_but_the_wait(self):
        """A setter that waits leaves the interpreter to others, and a signal handler to run."""
        gate = hooks.Gate()
        seen = []
        before = signal.signal(signal.SIGALRM, lambda *unused: seen.append(1))
        hooks.hold(gate)
        helper = threading.Timer(0.5, hooks.release)
        helper.start()
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        try:
            gate.seq = (5, 6)
        finally:
            signal.signal(signal.SIGALRM, before)
        helper.join()
        self.assertEqual((gate.seq, seen), ((5, 6), [1]))

    def test_a_wait_detaches(self):
        """A native thread is in the middle of a write. Attached threads that want to write wait for
        it; others go on, collect garbage and read, and one of them is what ends the wait."""
        gate = hooks.Gate(seq=(1, 1))
        hooks.hold(gate)
        writers = [threading.Thread(target=setattr, args=(gate, "seq", (i, -i))) for i in range(4)]
        for writer in writers:
            writer.start()
        for _ in range(20):
            time.sleep(0.01)
            gc.collect()
            self.assertEqual(gate.seq, (1, 1))
        self.assertTrue(all(writer.is_alive() for writer in writers))
        hooks.release()
        for writer in writers:
            writer.join(30)
        self.assertFalse(any(writer.is_alive() for writer in writers))
        left, right = gate.seq
        self.assertEqual(left, -right)

    def test_a_thread_knows_whether_it_is_attached(self):
        self.assertEqual(hooks.attached(), (True, False, False))
        answers = []
        run_threads(8, lambda index: answers.extend(hooks.attached() for _ in range(scaled(50))))
        self.assertEqual(set(answers), {(True, False, False)})


INSIDE = r"""
import sys, threading, gc
sys.path[:] = {path!r}
import bank, hooks
assert hooks.attached() == (True, False, False), hooks.attached()
account = bank.Account(limits=(1, 2))
def body():
    for i in range(2000):
        account.hits_fetch_add(1)
        account.limits = (i, -i)
        low, high = account.limits
        assert low == -high or (low, high) == (1, 2)
        account.options = (i, i)
body()
assert account.hits == 2000
gate = hooks.Gate()
hooks.hold(gate)
import time
helper = threading.Thread(target=lambda: (time.sleep(0.05), hooks.release()))
helper.start()
gate.seq = (8, 9)
helper.join()
assert gate.seq == (8, 9)
bank.kept = account
gc.collect()
"""


class Processes(unittest.TestCase):
    def test_subinterpreters(self):
        """Each interpreter has its own types; where it has its own GIL, they run side by side."""
        inside = INSIDE.replace("{path!r}", repr(sys.path))
        run_program(INTERPRETERS + f"""
import threading
inside = {inside!r}
one_by_one = [create() for _ in range(3)]
for which in one_by_one:
    run(which, inside)
for which in one_by_one:
    _interpreters.destroy(which)
if sys.version_info >= (3, 12):
    # Without threads of their own: 3.12 does not end an interpreter that had some elsewhere.
    run_side_by_side(4, inside.split('gate = ')[0].replace('threading, ', ''))
import bank
print(bank.Account(hits=1))
""", timeout=120)

    @support.forks
    def test_fork(self):
        """A child of a process whose threads use fields uses them as well, the retiring ones too."""
        run_program(r"""
import gc, os, signal, sys, threading, time, warnings
warnings.simplefilter("ignore")
def hooks_of_others():
    os.register_at_fork(before=lambda: (use(20), gc.collect()), after_in_parent=lambda: use(20),
                        after_in_child=lambda: (use(20), gc.collect()))
# Hooks of others run on both sides of ours, and may use fields in the middle of the fork.
hooks_of_others()
import bank, hooks
hooks_of_others()
stop = False
account = bank.OpenAccount(options=(0, 0), limits=(0, 0))
def body(index):
    i = 0
    while not stop:
        i += 1
        account.hits_fetch_add(1)
        account.options = (i, i)
        if index == 0: account.limits = (i, -i)
        junk = bank.OpenAccount(options=(i, i)); junk.me = junk
        low, high = account.options
        assert low == high
def use(count):
    for i in range(count):
        account.hits_fetch_add(1)
        account.options = (i, i)
        junk = bank.OpenAccount(options=(i, i)); junk.me = junk
threads = [threading.Thread(target=body, args=(i,), daemon=True) for i in range(4)]
for thread in threads: thread.start()
for round in range(ROUNDS):
    child = os.fork()
    if not child:
        signal.alarm(60)
        use(200)
        hooks.destroyed_count()  # waits until everything that was retired is reclaimed
        fresh = bank.Account(options=(1, 2))
        worker = threading.Thread(target=use, args=(50,)); worker.start(); worker.join()
        if round == 0:
            grandchild = os.fork()
            if not grandchild:
                use(50); hooks.destroyed_count(); os._exit(0)
            assert os.waitpid(grandchild, 0)[1] == 0
        os._exit(0 if fresh.options == (1, 2) else 3)
    status = os.waitpid(child, 0)[1]
    assert status == 0, (round, status)
stop = True
for thread in threads: thread.join()
""".replace("ROUNDS", str(25 if not SANITIZED else 4)), timeout=120)

    @support.forks
    def test_forks_beside_each_other(self):
        """Two threads fork at once: the second waits for the first, and leaves it the interpreter."""
        run_program(r"""
import os, sys, threading, time
os.register_at_fork(before=lambda: time.sleep(0.002), after_in_parent=lambda: time.sleep(0.002))
import bank
os.register_at_fork(before=lambda: time.sleep(0.002), after_in_parent=lambda: time.sleep(0.002))
account = bank.Account()
def body():
    for i in range(10):
        account.options = (i, i)
        child = os.fork()
        if not child:
            account.options = (1, 1)
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
threads = [threading.Thread(target=body) for _ in range(3)]
for thread in threads: thread.start()
for thread in threads: thread.join()
""")

    @support.forks
    def test_extensions_share_one_handler(self):
        """Two extensions, each with its own copy of the layer: a fork is prepared once, not twice."""
        run_program(r"""
import os, signal
import bank, hooks, bank_cxx
bank.Account(options=(1, 2)).options = (3, 4)
signal.alarm(60)
for _ in range(3):
    if not os.fork():
        bank_cxx.Account(options=(1, 2)).options = (3, 4)
        hooks.destroyed_count()
        os._exit(0)
    assert os.wait()[1] == 0
""")

    def test_the_end_of_the_interpreter(self):
        """Daemon threads use fields, and one waits for a native writer, while everything ends."""
        for _ in range(3):
            run_program(r"""
import sys, threading, time
import bank, hooks
sys.setswitchinterval(1e-5)
account = bank.Account(options=(0, 0)); gate = hooks.Gate()
def body():
    i = 0
    while True:
        i += 1
        account.hits_fetch_add(1); account.limits = (i, -i); account.options = (i, i); account.limits
        bank.OpenAccount(options=(i, i))
for _ in range(8): threading.Thread(target=body, daemon=True).start()
hooks.hold(gate)
for _ in range(2): threading.Thread(target=setattr, args=(gate, "seq", (1, 2)), daemon=True).start()
time.sleep(0.1)
bank.kept, bank.gate = account, gate
""", timeout=60)


if __name__ == "__main__":
    support.main()
