# SPDX-License-Identifier: MIT
"""The code in the porting guide is the code that is tested: every C block is one of these files."""
import os
import re
import unittest

import support

HERE = os.path.dirname(os.path.abspath(__file__))
PAGE = os.path.join(HERE, "..", "..", "fields", "porting.md")
SOURCES = ("my_class.h", "by_cell.c", "by_atomic.c", "by_locked.c", "by_seqlock.c", "by_confined.c",
           "thread_iter.c")


def read(name):
    with open(name, encoding="utf-8") as file:
        return file.read()


class Page(unittest.TestCase):
    maxDiff = None

    def test_code_is_what_is_tested(self):
        """All of it but the first line, the licence."""
        blocks = re.findall(r"^```c\n(.*?)^```$", read(PAGE), re.M | re.S)
        self.assertEqual(len(blocks), len(SOURCES))
        for name, block in zip(SOURCES, blocks):
            licence, code = read(os.path.join(HERE, name)).split("\n", 1)
            self.assertIn("SPDX", licence)
            self.assertMultiLineEqual(block, code, name)

    def test_python_does_what_it_says(self):
        """Blocks of Python are run, in the order in which they stand, in one namespace."""
        blocks = re.findall(r"^```python\n(.*?)^```$", read(PAGE), re.M | re.S)
        self.assertGreater(len(blocks), 0)
        space = {}
        for block in blocks:
            exec(compile(block, PAGE, "exec"), space)


if __name__ == "__main__":
    support.main()
