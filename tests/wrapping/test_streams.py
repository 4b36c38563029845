# SPDX-License-Identifier: MIT
"""zlib's streams in locked fields: many threads share each of them, and nothing is mixed up."""
import gc
import itertools
import os
import random
import sysconfig
import threading
import time
import unittest
import zlib

import streams
import support
import wrapping
from support import THREADS, run_program, run_threads, scaled

POOL = 4


def files_of_the_library():
    """Every file of this interpreter's standard library; what others install there is not of it."""
    found = []
    for folder, folders, names in os.walk(sysconfig.get_path("stdlib")):
        folders[:] = [name for name in folders
                      if name not in ("site-packages", "dist-packages", "__pycache__")]
        found += [os.path.join(folder, name) for name in names]
    return sorted(name for name in found if os.path.isfile(name) and os.access(name, os.R_OK))


class Streams(unittest.TestCase):
    def tearDown(self):
        gc.collect()
        self.assertEqual(streams.live(), 0, "blocks of memory are left")

    def test_every_file_of_the_standard_library(self):
        """Sixteen threads, four objects: each file comes out of Python's own zlib as it was."""
        files = files_of_the_library()
        self.assertGreater(len(files), 500)
        deflaters = [streams.Deflater(level=1) for _ in range(POOL)]
        inflaters = [streams.Inflater() for _ in range(POOL)]
        turn, sizes, begin = itertools.count(), [], time.perf_counter()

        def body(index):
            while (number := next(turn)) < len(files):
                with open(files[number], "rb") as file:
                    data = file.read()
                packed = deflaters[number % POOL].compress(data)
                self.assertEqual(zlib.decompress(packed), data, files[number])
                self.assertEqual(inflaters[number % POOL].decompress(packed), data, files[number])
                sizes.append((len(data), len(packed)))
        run_threads(THREADS, body)
        self.assertEqual(len(sizes), len(files))
        plain, packed = map(sum, zip(*sizes))
        print(f"  {len(files)} files, {plain / 1e6:.1f} MB packed to {packed / 1e6:.1f} MB, all equal, "
              f"in {time.perf_counter() - begin:.1f} s", flush=True)

    def test_one_stream_of_many_threads(self):
        """Lines that sixteen threads append to one stream are all there, each once and whole."""
        deflater = streams.Deflater(level=6)
        count = max(scaled(500), 50)

        def body(index):
            for i in range(count):
                deflater.append(b"%d:%d:%s\n" % (index, i, b"x" * (i % 100)))
        run_threads(THREADS, body)
        lines = zlib.decompress(deflater.finish()).split(b"\n")
        self.assertEqual(lines.pop(), b"")
        self.assertEqual(len(lines), THREADS * count)
        for index in range(THREADS):
            own = [line for line in lines if line.startswith(b"%d:" % index)]
            self.assertEqual(own, [b"%d:%d:%s" % (index, i, b"x" * (i % 100)) for i in range(count)],
                             "a thread's own lines are in its order")

    def test_errors_are_exceptions(self):
        inflater, packed = streams.Inflater(), zlib.compress(b"text" * 1000)
        broken = packed[:20] + bytes([packed[20] ^ 255]) + packed[21:]
        for data, says in ((b"no stream", "incorrect header check"), (packed[:-8], "is not complete"),
                           (b"", "is not complete"), (broken, "invalid|incorrect"),
                           (packed[:-1] + b"!", "incorrect data check")):
            with self.assertRaisesRegex(streams.ZlibError, says):
                inflater.decompress(data)
            self.assertEqual(inflater.decompress(packed), b"text" * 1000, "and the next one is right")
        with self.assertRaisesRegex(streams.ZlibError, "no level 17"):
            streams.Deflater(level=17).compress(b"")
        with self.assertRaises(TypeError):
            inflater.decompress("text")
        deflater = streams.Deflater(level=9)
        deflater.append(b"one")
        with self.assertRaisesRegex(streams.ZlibError, "is open"):
            deflater.compress(b"two")
        self.assertEqual(zlib.decompress(deflater.finish()), b"one")
        self.assertEqual(zlib.decompress(deflater.finish()), b"")

    def test_without_memory(self):
        """Whichever allocation fails: MemoryError, nothing is lost, and the next call is right."""
        data, failed = random.Random(1).randbytes(100000), 0
        for after in range(30):
            deflater, inflater = streams.Deflater(level=1), streams.Inflater()
            streams.fail_after(after)
            try:
                inflater.decompress(deflater.compress(data))
            except MemoryError:
                failed += 1
            streams.fail_after(-1)
            self.assertEqual(inflater.decompress(deflater.compress(data)), data)
        self.assertGreater(failed, 10)
        self.assertLess(failed, 30, "the last ones are beyond what is allocated")

    def test_dropped_in_another_thread(self):
        """A locked field has no owner: its stream ends where the object does, also half done."""
        for drop in (lambda kept: kept.clear(), lambda kept: (kept.append(kept), gc.collect())):
            kept = [streams.Deflater(level=1) for _ in range(20)]
            for deflater in kept:
                deflater.append(b"half")
            del deflater
            self.assertGreater(streams.live(), 20)
            thread = threading.Thread(target=drop, args=(kept,))
            del kept
            thread.start()
            thread.join()
            del thread
            gc.collect()
            self.assertEqual(streams.live(), 0)

    def test_the_end_of_the_interpreter(self):
        """Daemon threads are in the middle of it, or wait for the lock."""
        run_program("""
import streams, threading, time
deflater = streams.Deflater(level=9)
data = bytes(range(256)) * 4000
def spin():
    while True:
        deflater.compress(data)
for _ in range(4):
    threading.Thread(target=spin, daemon=True).start()
time.sleep(0.2)
""")

    def test_the_control(self):
        """The same source without the lock fails, so these tests can."""
        wrapping.see_it_fail(self, "streams", "Streams.test_every_file_of_the_standard_library")
        if not support.SANITIZED:
            wrapping.see_it_fail(self, "streams", "Streams.test_one_stream_of_many_threads")


if __name__ == "__main__":
    support.main()
