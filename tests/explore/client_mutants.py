#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""client_mutants.py PROGRAM: what the judge of a client program's histories catches.

Mutants of what the program runs are searched for, not far, until one is found as a history that the
kind's model does not allow: else the program asks nothing of the kind. AFIELD_STRESS=long tries all
of them. Others are found as something else, or by the litmus programs.
"""
import os
import subprocess
import sys

LONG = os.environ.get("AFIELD_STRESS") == "long"


def run(*arguments):
    return subprocess.run(arguments, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace", check=False)


def main():
    program = sys.argv[1]
    mutants = run(program, "--list-mutants").stdout.split()
    caught = other = 0
    for mutant in mutants:
        got = run(program, "--mutant", mutant, "--executions", "3000", "--seconds", "2")
        failure = [line for line in got.stdout.splitlines() if line.startswith("failure: ")]
        if got.returncode != 1 or not failure:
            continue
        is_history = failure[0].startswith("failure: not allowed: ")
        caught += is_history
        other += not is_history
        print(f"{mutant:72} {failure[0][9:109]}")
        if caught and not LONG:
            break
    print(f"{len(mutants)} mutants: {caught} caught by their histories, {other} otherwise")
    return 0 if caught else 1


if __name__ == "__main__":
    sys.exit(main())
