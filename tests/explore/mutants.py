#!/usr/bin/env python3
"""mutants.py ROOM EQUIVALENT PROGRAM...: breaks a room in every way and sees that it is noticed.

The programs are the room's litmus programs under exploration. Each mutant that any of them can name
is tried in the programs that have its site until one finds it: by bounded search, then at random.
EQUIVALENT lists the mutants that nothing can find, one a line, each followed by the reason. A
mutant that is not found and not listed is a failure, and so is a listed one that is found, a listed
one that does not exist, and a program that fails without any mutant.
"""
import os
import subprocess
import sys
import time

LANES = {
    "bounded": ["--mode", "bounded", "--bound", "2"],
    "random": ["--mode", "random", "--seed", "11"],
}
LIMITS = ["--executions", os.environ.get("AFIELD_MUTANT_EXECUTIONS", "60000"), "--seconds", "10"]


def run(program, *arguments):
    return subprocess.run([program, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, errors="replace", timeout=120)


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
        for lane, options in LANES.items():
            got = run(program, *options, *LIMITS)
            if got.returncode != 0:
                print(got.stdout)
                print(f"{os.path.basename(program)} fails without a mutant, lane {lane}")
                good = False
    return good


def hunt(mutant, programs):
    """The program and lane that find it, the seconds, and what was seen; or None and the seconds."""
    begin = time.monotonic()
    for lane, options in LANES.items():
        for program in programs:
            got = run(program, "--mutant", mutant, *options, *LIMITS)
            if got.returncode not in (0, 1):
                return None, time.monotonic() - begin, f"exit status {got.returncode}"
            if got.returncode == 1:
                what = [line for line in got.stdout.splitlines() if line.startswith("failure: ")]
                where = f"{os.path.basename(program)}/{lane}"
                return where, time.monotonic() - begin, what[0][9:] if what else "no end"
    return None, time.monotonic() - begin, ""


def main():
    room, equivalent, programs = sys.argv[1], sys.argv[2], sys.argv[3:]
    reasons = reasons_of(equivalent)
    if not twins_pass(programs):
        return 1
    where = {}
    for program in programs:
        for mutant in run(program, "--list-mutants").stdout.split():
            where.setdefault(mutant, []).append(program)
    killed = listed = 0
    wrong = [f"{name}: listed, but there is no such mutant" for name in reasons if name not in where]
    wrong += [f"{name}: listed without a reason" for name in reasons if not reasons[name]]
    print(f"{'room':9} {'site:operator':64} {'lane':34} {'seconds':>7}  found as")
    for mutant, having in where.items():
        lane, seconds, what = hunt(mutant, having)
        if lane:
            killed += 1
            if mutant in reasons:
                wrong.append(f"{mutant}: listed as equivalent, but found: {what}")
        elif mutant in reasons:
            listed += 1
            lane, what = "equivalent", reasons[mutant]
        else:
            wrong.append(f"{mutant}: not found, and not listed. {what}")
            lane = "SURVIVED"
        print(f"{room:9} {mutant:64} {lane:34} {seconds:7.2f}  {what[:100]}", flush=True)
    print(f"{room}: {len(where)} mutants, {killed} killed, {listed} equivalent, {len(wrong)} wrong")
    print("\n".join(wrong))
    return 1 if wrong or not killed else 0


if __name__ == "__main__":
    sys.exit(main())
