#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""annotations.py: takes away what ThreadSanitizer knows of the order, one line at a time.

    annotations.py ROOT LIBRARY EQUIVALENT SCRATCH COMPILER [OPTION...] -- PROGRAM.c...

LIBRARY is the library with ThreadSanitizer's instrumentation. Mutants are made of the sources in
ROOT: each AFIELD_TSAN_ACQUIRE and AFIELD_TSAN_RELEASE outside ordering.h is dropped, and each order
in lib/runtime/*.c is made relaxed. Each must make one of the programs report a race; without
mutants none reports any. The programs of a kind's own annotations are its test_annotations*.c;
those of a kind without them are not tried, and the matrix says so. EQUIVALENT lists the mutants of
which ThreadSanitizer can know nothing, one a line, each with the reason; one that begins with
"Seen by chance: " may be found, too. They are tried with AFIELD_STRESS=long.
"""
import os
import re
import shutil
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ANNOTATION = re.compile(r"^(?!#).*\bAFIELD_TSAN_(ACQUIRE|RELEASE)\([^;]*\);")
ORDERED = re.compile(r"\bAFIELD_(LOAD|STORE|EXCHANGE|COMPARE_EXCHANGE(?:_WEAK)?|FETCH_\w+)\("
                     r"&?([\w>.-]+).*\b(acquire|release|acq_rel|seq_cst)\)")
LONG = os.environ.get("AFIELD_STRESS") == "long"
BY_CHANCE = "Seen by chance: "
FUNCTION = re.compile(r"^[a-z].*\b(\w+)\(")
REPORT = re.compile(r"WARNING: ThreadSanitizer: .*")


class Mutant:
    """One line of one file, changed."""

    def __init__(self, path, number, line, function, what):
        self.path, self.number, self.line = path, number, line
        self.name = f"{path.name}:{function}:{what}"


def sites(path, with_orders):
    function, seen, found = "", {}, []
    for number, line in enumerate(path.read_text().splitlines()):
        named = FUNCTION.match(line)
        function = named[1] if named else function
        annotation, order = ANNOTATION.match(line), ORDERED.search(line)
        if annotation:
            changed, what = ";", line.strip().rstrip(";")
        elif order and with_orders:
            changed = line[:order.start(3)] + "relaxed" + line[order.end(3):]
            what = f"{order[1].lower()}({order[2]}):{order[3]}"
        else:
            continue
        seen[function, what] = seen.get((function, what), 0) + 1
        again = f"#{seen[function, what]}" if seen[function, what] > 1 else ""
        found.append(Mutant(path, number, changed, function, what + again))
    return found


def mutants_of(root):
    found = []
    for path in sorted(root.glob("lib/runtime/*.c")):
        found += sites(path, True)
    for pattern in ("include/afield/*.h", "include/afield/detail/*.h", "fields/*/*.[ch]"):
        for path in sorted(root.glob(pattern)):
            if path.name != "ordering.h":
                found += sites(path, False)
    return found


class Bench:
    """Compiles, links and runs."""

    def __init__(self, root, library, scratch, command):
        self.root, self.library, self.scratch, self.command = root, library, scratch, command

    def object_of(self, program):
        """Where the program stands compiled; two kinds have programs of one name."""
        return self.scratch / ("-".join(program.parts[-3:]) + ".o")

    def compile(self, source, to, folders=()):
        options = [f"-I{folder}" for folder in folders]
        uninstrumented = ["-fno-sanitize=thread"] if source.name.endswith("_ck.c") else []
        part = to.with_name(f"{threading.get_ident()}-{to.name}") # others may wait for the whole
        subprocess.run([self.command[0], *options, *self.command[1:], *uninstrumented, "-c",
                        f"-I{source.parent}", str(source), "-o", str(part)], check=True)
        part.replace(to)

    def run(self, objects, to):
        """The first report, or None. A program that fails otherwise has found something, too."""
        libraries = [self.library, "-lck", "-lpthread", "-lm"]
        subprocess.run([self.command[0], "-fsanitize=thread", *map(str, objects), *libraries, "-o",
                        str(to)], check=True)
        suppressions = self.root / "tests/tsan.supp"
        options = f"suppressions={suppressions} halt_on_error=1 exitcode=66 atexit_sleep_ms=0"
        got = subprocess.run([str(to)], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                             errors="replace", timeout=60, check=False,
                             env={**os.environ, "TSAN_OPTIONS": options,
                                  "AFIELD_TEST_SCALE": "10"})
        if got.returncode == 0:
            return None
        report = REPORT.search(got.stdout)
        return report[0] if report else f"exit status {got.returncode}: {got.stdout[-200:]}"

    def programs_for(self, path, programs):
        if "fields" not in path.relative_to(self.root).parts:
            return programs
        return sorted((path.parent / "test").glob("test_annotations*.c"))

    def overlay(self, mutant, folder):
        """Copies of what the mutant's file is found by, with the mutant in them."""
        lines = mutant.path.read_text().splitlines()
        lines[mutant.number] = mutant.line
        relative = mutant.path.relative_to(self.root)
        shutil.copytree(self.root / relative.parts[0], folder / relative.parts[0])
        changed = folder / relative
        changed.write_text("\n".join(lines) + "\n")
        if relative.parts[0] == "fields": # where the headers of kinds are found
            (folder / "include/afield/detail").mkdir(parents=True)
            for header in folder.glob("fields/*/*.h"):
                shutil.copy(header, folder / "include/afield")
                shutil.copy(header, folder / "include/afield/detail")
        return changed

    def sources_with(self, mutant, folder):
        """The changed source, or those of the library that a changed header is a part of."""
        relative = mutant.path.relative_to(self.root)
        if mutant.path.suffix != ".h":
            return [folder / relative]
        if relative.parts[0] == "fields":
            return [source for source in sorted((folder / relative).parent.glob("*.c"))
                    if f'#include "{mutant.path.name}"' in source.read_text()]
        sources = [*self.root.glob("lib/runtime/*.c"), *self.root.glob("fields/*/*.c")]
        return [source for source in sorted(sources)
                if self.has_part(source, mutant.path.name, set())]

    def has_part(self, source, name, seen):
        """Whether a file includes a header of that name, or one that does."""
        for path in re.findall(r'^#include [<"]([^>"]+)', source.read_text(), re.M):
            header = next((each for each in (source.parent / path, self.root / "include" / path)
                           if each.exists()), None)
            if path.rpartition("/")[2] == name:
                return True
            if header and header not in seen:
                seen.add(header)
                if self.has_part(header, name, seen):
                    return True
        return False

    def hunt(self, mutant, programs):
        """Who reports it, and the report; or None."""
        folder = self.scratch / re.sub(r"[^\w.]+", "-", mutant.name)
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        changed = self.overlay(mutant, folder)
        is_header = changed.suffix == ".h"
        objects = []
        for number, source in enumerate(self.sources_with(mutant, folder)):
            objects.append(folder / f"mutant{number}.o")
            self.compile(source, objects[-1], [folder / "include"])
        for program in self.programs_for(mutant.path, programs):
            own = self.object_of(program)
            if is_header or not own.exists():
                own = folder / "program.o"
                self.compile(program, own, [folder / "include"])
            report = self.run([own, *objects], folder / "program")
            if report:
                return program.stem, report
        return None, ""


def reasons_of(path):
    lines = [line.strip().partition(" ") for line in path.read_text().splitlines()]
    return {name: reason.strip() for name, _, reason in lines
            if name and not name.startswith("#")}


def judge(mutants, untried, found, reasons):
    wrong = [f"{name}: listed, but there is no such mutant"
             for name in reasons if name not in {mutant.name for mutant in mutants}]
    print(f"{'site:what':64} {'program':12} {'seconds':>7}  found as")
    for mutant, ((program, report), seconds) in zip(mutants, found):
        finder = program or ("equivalent" if mutant.name in reasons else "SURVIVED")
        is_by_chance = reasons.get(mutant.name, "").startswith(BY_CHANCE)
        if bool(program) == (mutant.name in reasons) and not is_by_chance:
            wrong.append(f"{mutant.name}: " + (f"listed, but found: {report}" if program else
                                               "not found, and not listed"))
        print(f"{mutant.name:64} {finder:12} {seconds:7.2f}  {report or reasons.get(mutant.name)}")
    for mutant in untried:
        print(f"{mutant.name:64} {'UNTRIED':12} {0:7.2f}  its kind has no test_annotations.c")
    killed = sum(1 for (program, _), _ in found if program)
    print(f"annotations: {len(mutants)} mutants, {killed} killed, {len(wrong)} wrong; "
          f"{len(untried)} not tried")
    print("\n".join(wrong))
    return not wrong and killed > 0


def main():
    split = sys.argv.index("--")
    root, library, equivalent, scratch, *command = sys.argv[1:split]
    programs = [Path(program) for program in sys.argv[split + 1:]]
    root, scratch = Path(root), Path(scratch)
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    bench = Bench(root, library, scratch, command)
    reasons = reasons_of(Path(equivalent))
    mutants, untried = [], []
    for mutant in mutants_of(root):
        (mutants if bench.programs_for(mutant.path, programs) else untried).append(mutant)
    needed = {program for mutant in mutants
              for program in bench.programs_for(mutant.path, programs)}

    def twin(program):
        own = bench.object_of(program)
        bench.compile(program, own)
        return program, bench.run([own], own.with_suffix(""))

    def timed(mutant):
        begin = time.monotonic()
        if mutant.name in reasons and not LONG:
            return (None, ""), 0.0
        return bench.hunt(mutant, programs), time.monotonic() - begin

    with ThreadPoolExecutor(4) as pool:
        for program, report in pool.map(twin, sorted(needed)):
            if report:
                print(f"{program} reports without a mutant: {report}")
                return 1
        found = list(pool.map(timed, mutants))
    return 0 if judge(mutants, untried, found, reasons) else 1


if __name__ == "__main__":
    sys.exit(main())
