#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""test_mutation.py FOLDER: the tool itself, on a small project of which all is known.

In sample/ the test finds each change of one function and of the macro, misses one of another, and
never calls a third; there is also a mutant that is no C. The tool must say so of each, must know its
own results again, and must tell a build that is broken by itself from one that a mutant breaks.
"""
import os
import shutil
import subprocess
import sys
from pathlib import Path

import python_lanes
from build import Test

HERE = Path(__file__).resolve().parent
SURVIVOR = "fields/box/box.c:box_below:relation: sum < limit -> <="
NO_C = "fields/box/box.c:box_place:arithmetic: number - box->numbers -> +"


def tool(work, *arguments):
    return tell("run", work, *arguments)


def tell(what, work, *arguments):
    done = subprocess.run([sys.executable, HERE / "mutation.py", what, "--root", work / "tree",
                           "--work", work, "--equivalent", work / "equivalent",
                           "--judged", work / "judged", *arguments],
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    print(done.stdout)
    return done.returncode, done.stdout


def results(work):
    lines = (work / "results").read_text().splitlines()
    return {line.split("\t")[0]: line.split("\t")[1:3] for line in lines}


def need(condition, what):
    if not condition:
        sys.exit(f"test_mutation: {what}")


BATTERY = """
import os, sys, time, unittest
class Sorts(unittest.TestCase):
    def test_good(self): print("noise")
    def test_bad(self): self.fail("as it should")
    def test_dead(self): os.abort()
    def test_late(self): time.sleep(100)
    @unittest.skip("for no reason")
    def test_skipped(self): self.fail("it is not run")
"""


def batteries(work):
    """Single tests of a Python file: which of some ends the process, and how far it has come."""
    file = work / "test_sorts.py"
    file.write_text(BATTERY)
    whole = Test("python.sorts", [sys.executable, str(file)], str(work))
    python_lanes.limit_of = lambda test: 2

    def run(*methods, budget=60):
        tests = [Test(f"python.sorts:Sorts.test_{each}", whole.command, whole.folder, method=f"Sorts.test_{each}")
                 for each in methods]
        killer, what, ran = python_lanes.Battery(tests, os.environ, None).run(budget)
        return killer.method[len("Sorts.test_"):] if killer else "", what, ran

    for methods, expected in ((["good"], ("", "", 1)), (["good", "skipped", "good"], ("", "", 3)),
                              (["good", "bad", "dead"], ("bad", "failed", 2)),
                              (["good", "dead"], ("dead", "signal 6", 2)), (["good", "late"], ("late", "no end", 2))):
        need(run(*methods) == expected, f"{methods} give {run(*methods)}")
    need(run("good", "late", "bad", budget=1) == ("", "", 1), "the budget is not kept")

    reached = work / "reached"
    reached.write_bytes(bytes(5))
    need(python_lanes.is_python(whole) and python_lanes.tests_of(whole, os.environ, reached) == [],
         "a file is taken of which a test fails")
    file.write_text(BATTERY.split("    def test_bad")[0] + """
with open(sys.argv[3], "r+b") as file: file.write(bytes([0, 1]))
class Others(unittest.TestCase):
    def test_two(self):
        with open(sys.argv[3], "r+b") as file: file.write(bytes([0, 1, 1]))
""")
    found = {name: (reached, own) for name, _, reached, own in python_lanes.tests_of(whole, os.environ, reached)}
    need(found == {"Sorts.test_good": ([1], []), "Others.test_two": ([1, 2], [1, 2])}, f"{found}")


def main():
    work = Path(sys.argv[1]).resolve()
    shutil.rmtree(work, ignore_errors=True)
    shutil.copytree(HERE / "sample", work / "tree")
    (work / "tree/tests/mutation").mkdir(parents=True)
    shutil.copy(HERE / "switch.h", work / "tree/tests/mutation")

    status, said = tool(work)
    found = results(work)
    need(status == 1, "survivors do not fail the run")
    need(f"{NO_C}\tDoes not compile." in said and NO_C not in found, "the mutant that is no C")
    need(found[SURVIVOR] == ["survived", ""], "the survivor")
    need(f"{SURVIVOR}: survived" in said, "the survivor is not told")
    kinds = {name.split(":")[2] for name in found}
    need({"relation", "arithmetic", "constant", "delete", "drop check", "result"} <= kinds, f"{kinds}")
    for name, (verdict, lane) in found.items():
        function = name.split(":")[1]
        if function == "box_place":
            need(verdict == "unreached", f"{name} is {verdict}")
        elif function in ("box_put", "name##_put2"):
            need(verdict == "killed" and lane.startswith("box ("), f"{name} is {verdict}")
    counts = [verdict for verdict, _ in found.values()].count
    need(counts("killed") >= 20 and counts("survived") == 3, "the counts")

    # On record: the functions of which some are left, and those of which none is, until they change.
    status, said = tell("record", work)
    lines = [line.split("\t") for line in (work / "judged/box.txt").read_text().splitlines() if "\t" in line]
    left = {name.split(":")[1]: int(numbers[-1]) for name, *numbers in lines}
    need(status == 0 and left["box_put"] == 0 and left["box_below"] > 0, "the record")
    told = {line.split(":")[1] for line in tell("list", work, "--settled")[1].splitlines()}
    need("box_put" in told and "box_below" not in told, "what is settled")
    (work / "judged/box.txt").write_text("\n".join("\t".join([name, "other", *numbers[1:]])
                                                  for name, *numbers in lines))
    need(not tell("list", work, "--settled")[1], "a function that has changed is settled")

    # All that is left is listed: the run passes, and judges nothing again.
    listed = [f"{name}\tThe sample is made so.\n" for name, (verdict, _) in found.items()
              if verdict != "killed"]
    (work / "equivalent").write_text(f"{NO_C}\tDoes not compile.\n" + "".join(listed))
    status, said = tool(work)
    need(status == 0 and " 0 to judge" in said, "results are not taken up again")
    (work / "results").unlink()
    status, said = tool(work)
    need(status == 0, "equivalent mutants fail the run")

    # A listed mutant that is killed, and one that is not there.
    killed = next(name for name, (verdict, _) in found.items() if verdict == "killed")
    with open(work / "equivalent", "a", encoding="utf-8") as equivalent:
        equivalent.write(f"{killed}\tWrong.\nfields/box/box.c:gone:delete: x;\tGone.\n")
    (work / "results").unlink()
    status, said = tool(work)
    need(status == 1 and f"{killed}: listed as equivalent, but" in said, "a killed one is listed")
    need("box.c:gone:delete: x;: listed, but there is no such mutant" in said, "one is gone")

    batteries(work)
    test = work / "tree/fields/box/test/test.c"
    test.write_text(test.read_text().replace("return 1;", "return one;"))
    status, said = tool(work)
    need(status == 2 and "error" in said and "the build fails" in said, "a broken build")
    print("the tool is right about the sample")
    return 0


if __name__ == "__main__":
    sys.exit(main())
