#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""mutants.py KIND EQUIVALENT PROGRAM...: breaks a kind in every way and sees that it is noticed.

The programs are the kind's litmus programs under exploration. Each mutant that any of them can name
is tried in the programs that have its site until one finds it: by bounded search and at random, in
rounds of more and more executions, since most are found in the first few hundred of the right
program. What found the last mutant of a site is asked first about the next one, and client programs
come last, for their histories are longer. EQUIVALENT lists the mutants that nothing can find, one a line,
each followed by the reason; they have shorter rounds unless AFIELD_STRESS=long. A line `function.*`
is for a function of another kind's core, on which this one is built: its mutants are tried with that
kind's programs and not here. A mutant that is not found and not listed is a failure, and so is a
listed one that is found, a listed one that does not exist, and a program that fails without any
mutant. Of more than MANY mutants one in five is tried without AFIELD_MUTANTS=all, which .ci/run
sets. With AFIELD_MUTANTS_ARE_LONG all of this is left to AFIELD_STRESS=long. That the programs pass
as far as the last round goes is seen by the tests of the programs themselves, which make longer
searches in the clang job and with AFIELD_STRESS=long.
"""
import os
import subprocess
import sys
import time

LONG = os.environ.get("AFIELD_STRESS") == "long"
SHARE = 1 if LONG or os.environ.get("AFIELD_MUTANTS") == "all" else 5
MANY = 50
SEARCHES = {"bounded": ["--mode", "bounded", "--bound", "2"], "random": ["--mode", "random"]}
LAST = int(os.environ.get("AFIELD_MUTANT_EXECUTIONS", "1000000" if LONG else "60000"))
ROUNDS = [300, 5000, LAST]
LISTED_ROUNDS = ROUNDS if LONG else [300]
TWIN_ROUND = LAST if LONG else 300
SECONDS = 120 if LONG else 10


def run(program, *arguments):
    return subprocess.run([program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, errors="replace", timeout=20 * SECONDS)


def search(program, mode, executions, *mutant):
    return run(program, *mutant, *SEARCHES[mode], "--executions", str(executions),
               "--seconds", str(SECONDS))


def reasons_of(path):
    reasons = {}
    if os.path.exists(path):
        for line in open(path, encoding="utf-8"):
            name, _, reason = line.strip().partition(" ")
            if name and not name.startswith("#"):
                reasons[name] = reason.strip()
    return reasons


def twins_pass(programs):
    good = True
    for program in programs:
        for mode in SEARCHES:
            got = search(program, mode, TWIN_ROUND)
            if got.returncode != 0:
                print(got.stdout)
                print(f"{os.path.basename(program)} fails without a mutant, {mode}")
                good = False
    return good


def is_client(program):
    return ".client_" in os.path.basename(program)


def hunt(mutant, searches, rounds):
    """The program and mode that find it, and what was seen; or None, and what went wrong."""
    searches = list(searches)
    for executions in rounds:
        for search_of in list(searches):
            program, mode = search_of
            got = search(program, mode, executions, "--mutant", mutant)
            if got.returncode not in (0, 1):
                return None, f"exit status {got.returncode}"
            if got.returncode == 1:
                what = [line for line in got.stdout.splitlines() if line.startswith("failure: ")]
                return search_of, what[0][9:] if what else "no end"
            if got.stdout.rstrip().endswith(", complete"):
                searches.remove(search_of)
    return None, ""


def main():
    kind, equivalent, programs = sys.argv[1], sys.argv[2], sys.argv[3:]
    if os.environ.get("AFIELD_MUTANTS_ARE_LONG") and not LONG:
        print("Skipped: it takes most of an hour; AFIELD_STRESS=long runs it")
        return 77
    reasons = reasons_of(equivalent)
    if not twins_pass(programs):
        return 1
    where = {}
    for program in programs:
        for mutant in run(program, "--list-mutants").stdout.split():
            where.setdefault(mutant, []).append(program)
    elsewhere = {name[:-1]: False for name in reasons if name.endswith(".*")}
    for mutant in list(where):
        for function in elsewhere:
            if mutant.startswith(function):
                elsewhere[function] = where.pop(mutant) is not None
    where.update((function + "*", []) for function, is_there in elsewhere.items() if is_there)
    killed = listed = 0
    wrong = [f"{name}: listed, but there is no such mutant" for name in reasons if name not in where]
    wrong += [f"{name}: listed without a reason" for name in reasons if not reasons[name]]
    print(f"{'kind':9} {'site:operator':64} {'found by':34} {'seconds':>7}  found as")
    finders = {}
    share = SHARE if len(where) > MANY else 1
    for number, (mutant, having) in enumerate(where.items()):
        if not having or number % share:
            continue
        # By site and then by how many it has found: the likeliest comes first. What is listed, and
        # runs in litmus programs, is tried in those.
        site = mutant.rpartition(":")[0]
        asked = [each for each in having if mutant in reasons and not is_client(each)] or having
        searches = sorted(((program, mode) for mode in SEARCHES for program in asked),
                          key=lambda each: (finders.get(site) != each, is_client(each[0]),
                                            -finders.get(each, 0)))
        begin = time.monotonic()
        rounds = LISTED_ROUNDS if mutant in reasons else ROUNDS
        finder, what = hunt(mutant, searches, rounds)
        seconds, found_by = time.monotonic() - begin, None
        if finder:
            finders[site] = finder
            finders[finder] = finders.get(finder, 0) + 1
            found_by = f"{os.path.basename(finder[0])}/{finder[1]}"
        if found_by:
            killed += 1
            if mutant in reasons:
                wrong.append(f"{mutant}: listed as equivalent, but found: {what}")
        elif mutant in reasons:
            listed += 1
            found_by, what = "equivalent", reasons[mutant]
        else:
            wrong.append(f"{mutant}: not found, and not listed. {what}")
            found_by = "SURVIVED"
        print(f"{kind:9} {mutant:64} {found_by:34} {seconds:7.2f}  {what[:100]}", flush=True)
    print(f"{kind}: {len(where)} mutants, {killed} killed, {listed} equivalent, {len(wrong)} wrong")
    print("\n".join(wrong))
    return 1 if wrong or not killed else 0


if __name__ == "__main__":
    sys.exit(main())
