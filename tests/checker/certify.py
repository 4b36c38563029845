#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Checks the certificate that afield-check gives of a linearizable history.

    certify.py HISTORY CERTIFICATE

It knows the format of both (lib/check/format.md) and has objects of its own; it searches nothing and
shares nothing with the engines. Status 0 when the order is one: each operation that returned is there
once, a pending one at most once, none stands before one that had returned when it was called, and one
thread that performs them in this order gets these results. Otherwise 1, and it says why.
"""
import re
import sys

NIL, EMPTY, OK, FAIL, ANY = (type(name, (), {})() for name in ("nil", "empty", "ok", "fail", "?"))
SIGNS = {"nil": NIL, "empty": EMPTY, "ok": OK, "fail": FAIL, '""': ""}
TOKEN = re.compile(rb'"((?:\\.|[^"\\])*)"(?=\s|$)|[^ \t\r\f\v]+', re.S)
ESCAPE = re.compile(rb"\\(x[0-9a-fA-F]{2}|.)", re.S)


def number_or_text(text):
    plain = re.fullmatch(r"0|-?[1-9][0-9]*|-0", text)
    return int(text) if plain and text != "-0" and -(2**63) <= int(text) < 2**63 else text


def value(token, quoted=False):
    return number_or_text(token) if quoted else SIGNS[token] if token in SIGNS else number_or_text(token)


def tokens(line):
    for match in TOKEN.finditer(line):
        if match[1] is None:
            yield match[0].decode("latin1"), False
        else:
            byte = lambda m: bytes([int(m[1][1:], 16)]) if len(m[1]) == 3 else m[1]
            yield ESCAPE.sub(byte, match[1]).decode("latin1"), True


class Operation:
    def __init__(self, line):
        words = list(tokens(line))
        at = next((i for i, word in enumerate(words) if word == (":", False)), len(words))
        self.call, self.name = int(words[1][0]), words[3][0]
        self.pending = words[2] == ("-", False)
        self.ret = None if self.pending else int(words[2][0])
        if self.name == "txn":
            self.args = [[value(part) for part in word.split("/", 2)] for word, _ in words[4:at]]
        else:
            self.args = [value(*word) for word in words[4:at]]
        results = [] if self.pending else words[at + 1 :]
        self.results = [ANY if word in (("?", False), ("*", False)) else value(*word) for word in results]

    def told(self, index=0):
        return self.results[index] if index < len(self.results) else ANY


def read(path):
    model, initial, operations = None, None, []
    for line in open(path, "rb").read().split(b"\n"):
        header = re.match(rb"\s*#\s*(model|init)[ \t]+(\S+)\s*$", line)
        if header and header[1] == b"model":
            model = header[2].decode()
        elif header:
            first = next(tokens(header[2]))
            initial = ANY if first == ("?", False) else value(*first)
        elif line.strip() and not line.lstrip().startswith(b"#"):
            operations.append(Operation(line))
    return model, initial, operations


def starts(initial, operations):
    """What the object may have held at the start: when that is not known, what an operation tells,
    less what those in front of it added; what it compares with; or something else."""
    if initial is not ANY:
        return [initial]
    found, added = [0, "none of these"], 0
    for op in operations:
        found += [told for told in op.results if told not in (ANY, OK, FAIL)] + op.args[:1]
        found += [told - added for told in op.results if isinstance(told, int)]
        step = op.args[0] if op.args and isinstance(op.args[0], int) else 0
        added += {"add": step, "fetch_add": step, "sub": -step, "fetch_sub": -step}.get(op.name, 0)
    return found


def says(told, truth):
    """Whether a result that says yes or no, or nothing, agrees."""
    return told is ANY or (told in (1, OK, "true")) == truth


def key(item):
    return (1, 0, text(item)) if not isinstance(item, int) else (0, item, "")


def text(item):
    return next((name for name, sign in SIGNS.items() if sign is item and name != '""'), str(item))


def joined(first, second):
    return number_or_text(text(first) + text(second))


class Model:
    """One object in one thread: `step` changes it and says whether the operation fits."""

    def __init__(self, name, initial, operations):
        start = [part.split("=", 1) for part in str(initial).split(",")] if isinstance(initial, str) else []
        self.name, self.init, self.row, self.held = name, initial, [], initial
        if name in ("map", "multireg"):
            pairs = start if initial not in ("", None) else []
            self.pairs = {value(k): value(v) for k, v in pairs}
            removed = [op.told() for op in operations if op.name == "remove"]
            self.old = any(r is not ANY and r not in (0, 1, OK, FAIL, "true", "false") for r in removed)
        elif name == "register":
            self.held = NIL if initial is None else initial
        elif name == "kv":
            self.held = "" if initial in (None, NIL) else initial
        elif initial is None:
            self.held = 0
        self.step = getattr(self, {"queue": "line", "stack": "line", "ring": "line"}.get(name, name.rstrip("32")))

    def register(self, op):
        told, held = op.told(), self.held
        if op.name == "read":
            return told is ANY or told == held
        if op.name == "write":
            self.held = op.args[0]
            return True
        if op.args[0] == held and told is not FAIL:
            self.held = op.args[1]
            return True
        return op.name == "cas" and op.args[0] != held and told is not OK

    def kv(self, op):
        given = ["" if each is NIL else each for each in op.args + op.results]
        if op.name == "get":
            return not given or given[0] in (ANY, self.held)
        self.held = given[0] if op.name == "put" else joined(self.held, given[0])
        return True

    def counter(self, op):
        held = self.held
        if op.name == "add":
            self.held = (held + op.args[0] + 2**63) % 2**64 - 2**63
        return op.told() in (ANY, held) or (op.name == "add" and op.told() is OK)

    def mutex(self, op):
        free, self.held = not self.held, int(op.name == "acquire")
        return free == (op.name == "acquire")

    def semaphore(self, op):
        if op.name == "incr":
            self.held += 1
            return True
        took = self.held > 0
        self.held -= took
        return says(op.told(), took)

    def line(self, op):
        if op.name in ("add", "push"):
            room = self.name != "ring" or len(self.row) < self.init
            if room:
                self.row.append(op.args[0])
            return self.name != "ring" or says(op.told(), room)
        return self.take(op, -1 if self.name == "stack" else 0)

    def take(self, op, end):
        found = self.row[end] if self.row else EMPTY
        if self.row and op.name != "peek":
            self.row.pop(end)
        return op.told() is ANY or (op.told() is found if found is EMPTY else op.told() == found)

    def priorityqueue(self, op):
        if op.name == "insert":
            self.row = sorted(self.row + [op.args[0]], key=key)
            return True
        return self.take(op, 0 if self.init == "min" else -1)

    def set(self, op):
        there = op.args[0] in self.row
        if op.name == "insert" and not there:
            self.row.append(op.args[0])
        elif op.name == "remove" and there:
            self.row.remove(op.args[0])
        return says(op.told(), there != (op.name == "insert"))

    def map(self, op):
        told, held = op.told(), self.pairs.get(op.args[0], NIL) if op.args else None
        if op.name == "get":
            return told in (ANY, held)
        if op.name == "len":
            return told in (ANY, len(self.pairs))
        if op.name == "set":
            self.pairs[op.args[0]] = op.args[1]
            return told in (ANY, OK, held)
        self.pairs.pop(op.args[0], None)
        return told in (ANY, OK) or (told == held if self.old else says(told, held is not NIL))

    def multireg(self, op):
        for kind, name, content in op.args:
            if kind == "write":
                self.pairs[name] = content
            elif content is not NIL and content != self.pairs.get(name, NIL):
                return False
        return True

    def wrap(self, number):
        bits = 32 if self.name.endswith("32") else 64
        number %= 2**bits
        return number - 2**bits if self.name[0] == "i" and number >= 2 ** (bits - 1) else number

    def integer(self, op):
        self.held = held = self.wrap(self.held)
        given = [self.wrap(each) for each in op.args] + [0]
        if op.name.startswith("compare_exchange"):
            if op.told(1) is not ANY and self.wrap(op.told(1)) != held:
                return False
            equal = held == given[0]
            if equal and says(op.told(), True):
                self.held = given[1]
                return True
            return says(op.told(), False) and (not equal or op.name.endswith("weak"))
        operand, verb = given[0], op.name.replace("fetch_", "")
        new = {"load": held, "add": held + operand, "sub": held - operand, "and": held & operand,
               "or": held | operand, "xor": held ^ operand, "min": min(held, operand),
               "max": max(held, operand)}.get(verb, operand)
        self.held = self.wrap(new)
        return verb == "store" or op.told() is ANY or self.wrap(op.told()) == held

    unsigned = integer


def misfit(thing, numbers, operations):
    """The first operation whose result is not what the object gives, or 0."""
    return next((number for number in numbers if not thing.step(operations[number - 1])), 0)


def fault(history, order):
    model, initial, operations = read(history)
    numbers = [line for line in open(order).read().split("\n") if line and not line.startswith("#")]
    if not all(re.fullmatch(r"[1-9][0-9]*", line) and int(line) <= len(operations) for line in numbers):
        return "a line is not the number of an operation"
    numbers = [int(line) for line in numbers]
    if len(set(numbers)) != len(numbers):
        return "an operation is there twice"
    missing = [i + 1 for i, op in enumerate(operations) if not op.pending and i + 1 not in set(numbers)]
    if missing:
        return f"operation {missing[0]} returned and is not there"
    latest = None
    for number in numbers:
        op = operations[number - 1]
        if latest is not None and op.ret is not None and op.ret < latest:
            return f"operation {number} returned before one in front of it was called"
        latest = op.call if latest is None else max(latest, op.call)
    wrong = 0
    for start in starts(initial, [operations[number - 1] for number in numbers]):
        if isinstance(start, str) and model not in ("register", "kv", "map", "multireg", "priorityqueue"):
            continue
        wrong = misfit(Model(model, start, operations), numbers, operations)
        if not wrong:
            return None
    return f"operation {wrong} does not fit"


if __name__ == "__main__":
    found = fault(sys.argv[1], sys.argv[2])
    print(found or "the order shows it")
    sys.exit(1 if found else 0)
