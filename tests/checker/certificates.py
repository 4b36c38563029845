#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Certificates of every engine, before certify.py, which shares nothing with them.

    certificates.py COMMAND GENERATOR HISTORIES

Each certificate of a hand-made or a generated history must be right, and it must be refused when it is
altered: without one line, with one twice, with a number that is none, and with an operation in front of
one that had returned when it was called. So must the order of a history whose result is altered.
"""
import os
import random
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import certify

command, generator, folder = sys.argv[1:4]
work = tempfile.mkdtemp()
history, order, bent = (os.path.join(work, name) for name in ("history", "order", "bent"))
counts = {"LIN": 0, "altered": 0, "NONLIN": 0}


def fail(what, path):
    print(f"{what}: {path}")
    for name in filter(os.path.exists, (path, order)):
        print(open(name).read()[:2000])
    sys.exit(1)


def alterations(path, lines):
    """Orders that are none whatever the object is."""
    _, _, operations = certify.read(path)
    done = [i for i, line in enumerate(lines) if not operations[int(line) - 1].pending]
    if done:
        middle = done[len(done) // 2]
        yield lines[:middle] + lines[middle + 1 :]
        yield lines[: middle + 1] + lines[middle:]
        yield lines[:middle] + [str(len(operations) + 1)] + lines[middle + 1 :]
        yield lines[:middle] + [lines[middle] + "x"] + lines[middle + 1 :]
    for i in range(len(lines) - 1):
        first, second = (operations[int(line) - 1] for line in lines[i : i + 2])
        if not first.pending and first.ret < second.call:
            yield lines[:i] + [lines[i + 1], lines[i]] + lines[i + 2 :]
            return


def check(path, engine):
    if os.path.exists(order):
        os.remove(order)
    said = subprocess.run([command, "--engine", engine, "--verdict", "--certificate", order, path],
                          capture_output=True, text=True)
    verdict = said.stdout.split(" ")[0]
    if verdict == "NONLIN":
        counts["NONLIN"] += 1
        if os.path.exists(order):
            fail("a certificate of what is not linearizable", path)
        return
    if verdict != "LIN":
        fail(f"{engine} says {said.stdout} {said.stderr}", path)
    why = certify.fault(path, order)
    if why:
        fail(f"{engine}: {why}", path)
    counts["LIN"] += 1
    lines = [line for line in open(order).read().split("\n") if line and not line.startswith("#")]
    for altered in alterations(path, lines):
        with open(bent, "w") as file:
            file.write("\n".join(altered) + "\n")
        if not certify.fault(path, bent):
            fail(f"{engine}: an altered order is taken: {altered[:40]}", path)
        counts["altered"] += 1
    # Another result: of a value that nobody writes or adds.
    text = re.sub(r"(?m)^([^#].* (?:read|remove|get|load) : )-?\d+$", r"\g<1>987654321", open(path).read(), count=1)
    if text != open(path).read():
        with open(bent, "w") as file:
            file.write(text)
        if not certify.fault(bent, order):
            fail(f"{engine}: the order of another history is taken", bent)
        counts["altered"] += 1


def perform(kind, row, dice, step):
    """One operation of an object in one thread, with what it returns."""
    if kind == "set":
        verb, name = dice.choice(("insert", "remove", "contains", "contains")), dice.choice("abcdefgh")
        there = name in row
        if verb != "contains":
            row[:] = [each for each in row if each != name] + [name] * (verb == "insert")
        return f"{verb} {name} : {int(there != (verb == 'insert'))}"
    if kind == "kv":
        verb = dice.choice(("get", "get", "put", "append", "append"))
        if verb == "get":
            return 'get : "' + "".join(row) + '"'
        row[:] = (row if verb == "append" else []) + [f"<{dice.choice((step, step, 1))}>"]
        return f'{verb} "{row[-1]}" : ok'
    if dice.random() < 0.35:
        row.append(str(step))
        return f"add {step} : ok"
    end = -1 if kind == "stack" else 0
    if dice.random() < 0.5:
        return f"peek : {row[end] if row else 'empty'}"
    return f"remove : {row.pop(end) if row else 'empty'}"


def write_run(kind, seed):
    """Operations that overlap, each with an instant of its own."""
    dice, row, lines = random.Random(seed), [], []
    for step in range(2, 30):
        call, ret = 4 * step - dice.randrange(1 + seed % 23), 4 * step + dice.randrange(1 + seed % 23)
        lines.append(f"{step} {call} {ret} {perform(kind, row, dice, step)}")
    dice.shuffle(lines)
    with open(history, "w") as file:
        file.write(f"# model {kind}\n" + "\n".join(lines) + "\n")


for name in sorted(os.listdir(folder)):
    for engine in ("auto", "A", "B", "all"):
        check(os.path.join(folder, name), engine)
KINDS = ("register", "queue", "ring", "stack", "long-queue", "long-stack", "counter", "set")
for seed in range(1, 13):
    for kind in KINDS:
        pending = ["3"] if seed % 3 == 0 else []
        with open(history, "w") as file:
            subprocess.run([generator, kind, str(1 + seed % 5), str(20 * seed), str(seed)] + pending,
                           stdout=file, check=True)
        # Without a bound the engines search long, and the monitor is what is to be tried.
        for engine in ("auto",) if kind.startswith("long") and seed > 4 else ("auto", "A", "B"):
            check(history, engine)
for seed in range(1, 161):
    for kind in ("queue", "stack", "set", "kv"):
        write_run(kind, seed)
        check(history, "auto")
for path in (history, order, bent):
    os.remove(path)
os.rmdir(work)
print(f"{counts['LIN']} certificates, {counts['altered']} altered ones refused")
sys.exit(0 if counts["LIN"] > 800 and counts["altered"] > 2000 and counts["NONLIN"] else 1)
