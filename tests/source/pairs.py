# SPDX-License-Identifier: MIT
"""pairs.py ROOT: whether the numbers of the accesses in the cores agree with the code.

A comment says `(6) release, pairs with (2) (4), ordered with (9)` of an access behind it. Pairs
synchronize; what is ordered stands in the total order of seq_cst, on the same word. In each file the
numbers go up from 1 and each exists; both relations are mutual; an access whose order is not relaxed
has a number, with its order behind it, and says with what it pairs or is ordered. A kind's page whose
table begins `| access | order |` has each number of the core in one row, with the same order; a row of
another core of the kind has the name of that, as `ring_spsc`.
"""
import pathlib
import re
import sys

ORDER = r"(relaxed|acquire|release|acq_rel|seq_cst)\b"
RELATIONS = ("pairs", "ordered")
ACQUIRES, RELEASES = ("acquire", "acq_rel", "seq_cst"), ("release", "acq_rel", "seq_cst")
NUMBER = r"\((\d+)\)"
NOTE = re.compile(NUMBER + " " + ORDER + r"((?:, (?:pairs|ordered) with(?: \(\d+\))*)*)")
ACCESS = re.compile(r"AFIELD_(LOAD(?:_TAG|_WORD)?|STORE(?:_PAIR)?|EXCHANGE|COMPARE_EXCHANGE(?:_WEAK|_PAIR)?|"
                    r"FETCH_[A-Z]+|FENCE)\(")
CORES = ("fields/*/*_core.h", "include/afield/detail/section_core.h",
         "include/afield/detail/owner_queue.h", "include/afield/detail/watch_core.h",
         "lib/runtime/reclaim_core.h", "lib/runtime/blocks_core.h", "lib/runtime/park_core.h")


def order_of(text, start):
    """The order of the access whose parenthesis opens before `start`: the first argument of a fence,
    else the last."""
    depth, at = 1, start
    while depth:
        depth += {"(": 1, ")": -1}.get(text[at], 0)
        at += 1
    inside = text[start:at - 1]
    word = inside.split(",")[0 if "FENCE(" in text[start - 6:start] else -1].strip()
    return word if re.fullmatch(ORDER, word) else None


def pieces(text):
    """In the order of the file: the line of each note, access and end of a function, and what it is."""
    comments = [(m.start(), m.group()) for m in re.finditer(r"/\*.*?\*/", text, re.S)]
    code = re.sub(r"/\*.*?\*/", lambda m: re.sub(r"[^\n]", " ", m.group()), text, flags=re.S)
    found = [(at, "comment", re.sub(r"\n[\s*]*", " ", comment)) for at, comment in comments]
    found += [(m.start(), "access", order_of(code, m.end())) for m in ACCESS.finditer(code)]
    found += [(m.start(), "end", None) for m in re.finditer(r"^\}", code, re.M)]
    return [(text.count("\n", 0, at) + 1, kind, what) for at, kind, what in sorted(found)]


def notes_of(text, fault):
    """Order and relations of each number of one core."""
    notes, waiting = {}, []
    for line, kind, what in pieces(text):
        if kind == "comment":
            for number, order, rest in NOTE.findall(what):
                if int(number) != len(notes) + 1:
                    fault(line, f"({number}) comes behind ({len(notes)})")
                notes[int(number)] = (order, {
                    r: set(map(int, re.findall(r"\d+", " ".join(re.findall(r + r" with([ ()\d]*)", rest)))))
                    for r in RELATIONS}, line)
                waiting.append(int(number))
                if order != "relaxed" and not rest:
                    fault(line, f"({number}) does not say with what it pairs")
        elif kind == "access":
            if waiting and notes[waiting[0]][0] == what:
                waiting.pop(0)
            elif what != "relaxed":
                fault(line, f"an access is {what}, and " + (
                    f"({waiting[0]}) says {notes[waiting.pop(0)][0]}" if waiting else "has no number"))
        else:
            for number in waiting:
                fault(line, f"({number}) has no access that is {notes[number][0]}")
            waiting = []
    return notes


def can(relation, one, other):
    """Whether accesses of these two orders can have the relation; relaxed ones pair by fences."""
    if relation == "ordered":
        return one == other == "seq_cst"
    return one == other == "relaxed" or (one in ACQUIRES and other in RELEASES) or (
        one in RELEASES and other in ACQUIRES)


def check_relations(text, notes, fault):
    for number, (order, relations, line) in notes.items():
        for relation, others in relations.items():
            for other in sorted(others):
                if other not in notes:
                    fault(line, f"({other}) does not exist")
                elif number not in notes[other][1][relation]:
                    fault(line, f"({number}) says '{relation} with' ({other}), and ({other}) not of ({number})")
                elif not can(relation, order, notes[other][0]):
                    fault(line, f"({number}) {order} and ({other}) {notes[other][0]} cannot be '{relation}'")
    for line, kind, what in pieces(text):
        for number in re.findall(r"(?<=[ *])" + NUMBER, what if kind == "comment" else ""):
            if int(number) not in notes:
                fault(line, f"({number}) does not exist")


def check_page(page, cores, fault):
    """`cores` by their names without _core, the kind's own first."""
    seen, is_table = set(), False
    for line, row in enumerate(page.split("\n"), 1):
        cells = [cell.strip() for cell in row.split("|")]
        if row.startswith("| access | order |"):
            is_table = True
        elif not row.startswith("|"):
            is_table = False
        elif is_table and not row.startswith("|---"):
            name = next((n for n in cores if f"`{n}`" in cells[1]), next(iter(cores)))
            order = re.match(ORDER, cells[2])
            numbers = re.findall(NUMBER, cells[1])
            if not order or (not numbers and order.group() != "relaxed"):
                fault(line, "a row without an order, or without the number of an access")
            for number in map(int, numbers):
                if number not in cores[name]:
                    fault(line, f"({number}) of {name} does not exist")
                elif order and cores[name][number][0] != order.group():
                    fault(line, f"({number}) of {name} is {cores[name][number][0]}, not {order.group()}")
                seen.add((name, number))
    missing = [(n, number) for n in cores for number in cores[n] if (n, number) not in seen]
    for name, number in missing if seen else ():
        fault(0, f"the table lacks ({number}) of {name}")


def main():
    root, faults, kinds, count = pathlib.Path(sys.argv[1]), [], {}, 0
    paths = sorted(path for pattern in CORES for path in root.glob(pattern))
    for path in paths:
        def fault(line, text, path=path):
            faults.append(f"{path.relative_to(root)}:{line}: {text}")
        text = path.read_text()
        lines = sum("SPDX-License-Identifier" not in line for line in text.splitlines())
        if lines > 400:
            fault(lines, f"{lines} lines, more than 400")
        notes = notes_of(text, fault)
        check_relations(text, notes, fault)
        count += len(notes)
        if path.parent.parent == root / "fields":
            kinds.setdefault(path.parent, {})[path.name[:-len("_core.h")]] = notes
    for folder, cores in kinds.items():
        page = folder / f"{folder.name}.md"
        check_page(page.read_text(), cores,
                   lambda line, text, page=page: faults.append(f"{page.relative_to(root)}:{line}: {text}"))
    print("\n".join(dict.fromkeys(faults)) or f"{count} accesses of {len(paths)} files")
    sys.exit(1 if faults or len(paths) < len(CORES) else 0)


main()
