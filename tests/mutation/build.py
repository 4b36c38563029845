# SPDX-License-Identifier: MIT
"""build: the mutated copy as CMake and Ninja build it, and the tests it then has.

A mutant that is no C (a pointer added to a pointer) fails the build of its file. The compiler names
the place, the copy is written again without that mutant, and the build goes on; the others stay.
"""
import os
import re
import shlex
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from schemata import copy

OPTIMIZED = "-O1 -DNDEBUG"
ERROR = re.compile(r"^(\S+?):(\d+):(\d+): (?:fatal )?error: ", re.MULTILINE)
NUMBER = re.compile(rb"AFIELD_MUTATED\((\d+)\)")
# Not run: what is mutated text itself, what takes no part of the product's code, what is compiled
# while it is tested, what is a soak or a bench, and what counts the instructions of the product.
NO_LANE = re.compile(r"\.cxx$|^(mutants|source|headers|refused|outside|checker|proving|abi|pages|musl|demo|"
                     r"controls|foreign|environment|soak|examples|relacy|copies\.by_hand)\b|"
                     r"\.(unsupported|soak|genmc|same_\w+)\b|class\.(values|c\+\+)|"
                     r"^model\.(sample|shapes|faults)|\.twin$|\.steps$|wrapping|python.*tearing$")


class Broken(Exception):
    """The build fails for a reason that is no mutant's."""


@dataclass
class Test:
    name: str
    command: list
    folder: str
    environment: dict = field(default_factory=dict)
    labels: set = field(default_factory=set)
    skip: int = -1  # the status of one that finds out that it cannot run
    seconds: float = 0.0
    method: str = ""  # a single test of a Python file (python_lanes.py)

    @property
    def lane(self):
        """The test of the build that it is, or is a part of."""
        return self.name.partition(":")[0]


class Build:
    def __init__(self, root, copied, folder, sanitize=""):
        self.root, self.copied, self.folder = Path(root), Path(copied), Path(folder)
        self.sanitize = sanitize

    def configure(self):
        flags = f"-w -DAFIELD_SHOW_EXPANSIONS -include {self.copied}/tests/mutation/switch.h"
        command = ["cmake", "-G", "Ninja", "-S", str(self.copied), "-B", str(self.folder),
                   "-DAFIELD_BENCH=OFF", "-DAFIELD_RELACY=OFF", "-DCMAKE_BUILD_TYPE=RelWithDebInfo",
                   f"-DAFIELD_SANITIZE={self.sanitize}"]
        for language in ("C", "CXX"):
            command += [f"-DCMAKE_{language}_FLAGS={flags}",
                        f"-DCMAKE_{language}_FLAGS_RELWITHDEBINFO={OPTIMIZED}"]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode:
            raise Broken(done.stdout)

    def make(self, writers, mutants, targets, without):
        """Copies and builds. Adds to `without`, a set of names, those that do not compile."""
        by_number = {mutant.number: mutant.name for mutant in mutants}
        for _ in range(12):
            copy(self.root, self.copied, writers, without)
            done = subprocess.run(["ninja", "-C", str(self.folder), "-k", "0", *targets],
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
            if done.returncode == 0:
                return
            wrong = {by_number[number] for number in self.blamed(done.stdout)} - without
            if not wrong:
                raise Broken(done.stdout)
            without |= wrong
        raise Broken(done.stdout)

    def blamed(self, output):
        """The mutants nearest to what the compiler complains of, before it if there is one."""
        for path, line, column in set(ERROR.findall(output)):
            path = Path(os.path.realpath(self.folder / path))
            text = path.read_bytes().split(b"\n")[int(line) - 1]
            before = NUMBER.findall(text[:int(column)])
            behind = NUMBER.findall(text[int(column):])
            if before or behind:
                yield int(before[-1] if before else behind[0])

    def tests(self):
        """Those of the build that may judge a mutant, by name."""
        found = {}
        for path in sorted(self.folder.rglob("CTestTestfile.cmake")):
            self.read(path, found)
        return {name: test for name, test in found.items() if not NO_LANE.search(name)}

    @staticmethod
    def read(path, found):
        for line in path.read_text().splitlines():
            kind, _, rest = line.partition("([=[")
            name, _, rest = rest.partition("]=]")
            if kind == "add_test":
                found[name] = Test(name, shlex.split(rest.rstrip().rstrip(")")), str(path.parent))
            elif kind == "set_tests_properties":
                words = shlex.split(rest.replace("PROPERTIES", "", 1).rstrip().rstrip(")"))
                properties = dict(zip(words[::2], words[1::2]))
                found[name].labels = set(properties.get("LABELS", "").split(";"))
                found[name].skip = int(properties.get("SKIP_RETURN_CODE", -1))
                for each in properties.get("ENVIRONMENT", "").split(";"):
                    variable, _, value = each.partition("=")
                    if variable:
                        found[name].environment[variable] = value

    def targets(self, tests):
        """What Ninja builds for these tests: the files that they name, and a Python test's modules."""
        known = set(subprocess.run(["ninja", "-C", str(self.folder), "-t", "targets", "all"],
                                   stdout=subprocess.PIPE, text=True).stdout.replace(":", " ").split())
        wanted, below = set(), str(self.folder) + "/"
        for test in tests:
            words = test.command + list(test.environment.values())
            named = [word for each in words for word in re.split("[:;=]", each)
                     if word.startswith(below)]
            wanted |= {word[len(below):] for word in named} & known
            folders = {word[len(below):] for word in named if os.path.basename(word)[:1] == "3"}
            wanted |= {each for each in known if each.endswith(".so") and os.path.dirname(each) in folders}
        return sorted(wanted)
