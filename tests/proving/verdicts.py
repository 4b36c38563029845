#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""verdicts.py LIST COMPILER [GENMC]: what the judges have said of each litmus program, on record.

LIST is the build's litmus.txt: a program a line, with its kind, name, source, the folder of its
core and the program under exploration. The record is the file `verdicts` beside the source. A line
of it is a program, the hash of its text, the judge, the memory model, the verdict, the executions
and the seconds; a + behind the executions says that there are more than the search went through.

Without GENMC: fails where a program has no verdict, has changed since, or is not ok. With it: asks
the judges about those, and writes down what they say.

The hash is of what the preprocessor makes of the project's own lines, as plain C11. Headers of the
system are empty for that, and blank space and comments are nothing: so it is the same with every
compiler, on every machine. GenMC is not asked about clients, which assert nothing, nor where a source says
that it cannot read it, or a program of it.
"""
import collections
import concurrent.futures
import glob
import hashlib
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
STAGE = os.path.join(os.path.dirname(sys.argv[1]), "../../include")  # the kinds' headers, gathered
HEAD = "# program, hash, judge, model, verdict, executions, seconds: tests/proving/verdicts.py\n"
MODELS = ["rc11", "imm"]

Program = collections.namedtuple("Program", "kind name source folder binary")


def text_of(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def stand_in_headers(folder):
    """A header of each name that the project asks the system for, with nothing in it; and those of
    the kinds, as they are installed."""
    os.makedirs(f"{folder}/afield/detail")
    for path in glob.glob(f"{ROOT}/fields/*/*.h"):
        for place in "afield", "afield/detail":
            name = f"{folder}/{place}/{os.path.basename(path)}"
            with open(name, "w", encoding="utf-8") as file:
                file.write(f'#include "{path}"\n')
    for path in sum((glob.glob(f"{ROOT}/{part}/**/*.[ch]", recursive=True)
                     for part in ("include", "fields", "lib", "tests")), []):
        for name in re.findall(r"^#\s*include <([^>]+)>", text_of(path), re.M):
            if not name.startswith("afield/"):
                os.makedirs(os.path.join(folder, os.path.dirname(name)), exist_ok=True)
                open(os.path.join(folder, name), "w", encoding="utf-8").close()


def hash_of(program, compiler, headers):
    made = subprocess.run(
        [compiler, "-std=c11", "-E", "-P", "-w", "-nostdinc", "-undef", "-U__clang__",
         "-D__GNUC__=12", "-D__x86_64__=1", "-DAFIELD_MODEL", f"-DLITMUS={program.name}",
         f"-I{ROOT}/include", f"-I{program.folder}", f"-I{headers}", program.source],
        stdout=subprocess.PIPE, text=True, check=True).stdout
    made = re.sub(r"^\s*#pragma.*", "", made, flags=re.M)  # about warnings and speed
    words = re.findall(r'"(?:[^"\\]|\\.)*"|\w+|[^\w\s]', made)
    return hashlib.sha256(" ".join(words).encode()).hexdigest()[:16]


def judges_of(program):
    yield "explorer", "rc11"
    text = text_of(program.source)
    if "litmus_client.h" not in text and "Not for GenMC:" not in text and \
            f"Not for GenMC, {program.name}:" not in text:
        for model in MODELS:
            yield "genmc", model


def seconds_of(text):
    return f"{float(text):.2f}"


def ask_explorer(program):
    got = subprocess.run([program.binary, "--mode", "bounded", "--executions", "400000",
                          "--seconds", "60"], stdout=subprocess.PIPE, text=True, check=False)
    seen = re.search(r"passed: (\d+) executions .* in ([\d.]+) s", got.stdout)
    if got.returncode or not seen:
        return ["FAILED", "-", "-"], got.stdout
    more = "" if got.stdout.rstrip().endswith("complete") else "+"
    return ["ok", seen[1] + more, seconds_of(seen[2])], ""


def ask_genmc(genmc, model, program):
    got = subprocess.run([f"{HERE}/genmc.sh", genmc, model, program.source, program.name,
                          program.folder, STAGE], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                         text=True, check=False)
    count = re.search(r"complete executions explored: (\d+)", got.stdout)
    time = re.search(r"wall-clock time: ([\d.]+)", got.stdout)
    if got.returncode or "No errors were detected" not in got.stdout:
        return ["FAILED", "-", "-"], got.stdout
    # Nothing came to its end: a loop goes round more often than it is unrolled.
    return ["ok" if count[1] != "0" else "EMPTY", count[1], seconds_of(time[1])], ""


def record_of(program):
    return os.path.join(os.path.dirname(program.source), "verdicts")


def read(path):
    """What stands there, by program, judge and model: the line's words."""
    lines = text_of(path).splitlines() if os.path.exists(path) else []
    rows = [line.split() for line in lines if line and not line.startswith("#")]
    return {(row[0], row[2].partition("-")[0], row[3]): row for row in rows}


def write(path, rows):
    table = [rows[key] for key in sorted(rows)]
    widths = [max(len(row[i]) for row in table) for i in range(7)]
    with open(path, "w", encoding="utf-8") as file:
        file.write(HEAD)
        for row in table:
            file.write(" ".join(f"{word:{width}}" for word, width in zip(row, widths)).rstrip())
            file.write("\n")


def wrong_with(row, now):
    if row is None:
        return "no verdict"
    if row[1] != now:
        return "changed since its verdict"
    return "" if row[4] == "ok" else f"the verdict is {row[4]}"


def renew(program, judge, model, genmc, version, now):
    said, output = (ask_explorer(program) if judge == "explorer" else
                    ask_genmc(genmc, model, program))
    print(f"{program.kind} {program.name} {judge} {model}: {' '.join(said)}", flush=True)
    if output:
        print(output)
    return [program.name, now, judge if judge == "explorer" else version, model, *said]


def main():
    compiler, genmc = sys.argv[2], sys.argv[3] if len(sys.argv) > 3 else None
    programs = [Program(*line.split()) for line in text_of(sys.argv[1]).splitlines()]
    with tempfile.TemporaryDirectory() as headers:
        stand_in_headers(headers)
        with concurrent.futures.ThreadPoolExecutor(2) as pool:
            hashes = list(pool.map(lambda each: hash_of(each, compiler, headers), programs))
    version = genmc and "genmc-" + re.search(
        r"GenMC v([\d.]+)", subprocess.run([genmc, "--version"], stdout=subprocess.PIPE, text=True,
                                     check=True).stdout)[1]
    records = collections.defaultdict(dict)
    faults = count = 0
    for program, now in zip(programs, hashes):
        path = record_of(program)
        kept = read(path)
        for judge, model in judges_of(program):
            key = (program.name, judge, model)
            row = kept.get(key)
            if genmc and wrong_with(row, now):
                row = renew(program, judge, model, genmc, version, now)
            why = wrong_with(row, now)
            if why:
                print(f"{program.kind}: {program.name}, {judge} under {model}: {why}")
            faults += bool(why)
            count += 1
            records[path][key] = row
    for path, rows in records.items():
        for key in set(read(path)) - set(rows):
            print(f"{os.path.relpath(path, ROOT)}: {' '.join(key)}: there is no such program")
            faults += not genmc
        if genmc:
            write(path, rows)
    print(f"{len(programs)} programs, {count} verdicts, {faults} missing, old or wrong")
    if faults and not genmc:
        print("tests/proving/refresh.sh asks the judges again")
    return 1 if faults or not count else 0


if __name__ == "__main__":
    sys.exit(main())
