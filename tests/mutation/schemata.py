# SPDX-License-Identifier: MIT
"""schemata: a copy of the tree in which every mutant stands behind a switch.

So all mutants are built at once, and one costs no more than the run of the tests that it needs. The
copy has each line where the tree has it: what is put in has no end of line, and an alternative is
written out on the line at which it begins. Untouched files are copied as they are, and a file that is
the same as before keeps its time, for the build's sake.
"""
import os
import re
import shutil
from collections import defaultdict
from pathlib import Path

from operators import Writer
from source_text import Source

PRODUCT = ("include/afield/*.h", "include/afield/detail/*.h", "include/afield/python/**/*.h",
           "fields/*/*.[ch]", "lib/runtime/*.[ch]", "lib/package/afield_python.c")
# The seam, the checker and the explorer are no part of what is mutated.
APART = re.compile(r"include/afield/(ordering|check|explore|detail/check_record)\.h$")
LEFT_OUT = re.compile(r"^(\.git|build.*|__pycache__)$")
WIDTH = 80  # of what a name says of the text


def product(root):
    """The files that are mutated, in a fixed order."""
    found = {str(path.relative_to(root)) for pattern in PRODUCT for path in Path(root).glob(pattern)}
    return sorted(path for path in found if not APART.search(path))


def name_all(mutants, seen):
    """An identity that stays when lines move: file, function, operator, text, and which of these."""
    for mutant in mutants:
        becomes = f" -> {mutant.becomes[:WIDTH]}" if mutant.becomes else ""
        name = f"{mutant.path}:{mutant.function}:{mutant.operator}: {mutant.what[:WIDTH]}{becomes}"
        seen[name] += 1
        mutant.name = name if seen[name] == 1 else f"{name} #{seen[name]}"


def mutate(path, text, first):
    """The mutants of one file, numbered from `first`; and the file with them, as a function of
    those that are left out."""
    source = Source(path, text)
    mutants, bodies, seen = [], [], defaultdict(int)
    for function in source.functions:
        writer = Writer(source, function)
        found = sorted(writer.all(), key=lambda mutant: mutant.edits[0].begin)
        name_all(found, seen)
        mutants += found
        bodies.append((writer.body.tokens, found, writer.body, function.name))
    for number, mutant in enumerate(mutants, first):
        mutant.number = number

    def written(without=frozenset()):
        return insert(text, [piece for tokens, found, *_ in bodies for piece in
                             pieces(tokens, [each for each in found if each.name not in without])])
    return mutants, written, bodies


def pieces(tokens, mutants):
    """(begin, end, what goes before, what goes behind) for each range of words that is edited."""
    ranges = defaultdict(lambda: defaultdict(list))
    for mutant in mutants:
        for edit in mutant.edits:
            ranges[edit.begin, edit.end][edit.kind].append((mutant.number, edit.text))
    for (begin, end), kinds in ranges.items():
        start, stop = tokens[begin].start, tokens[end - 1].end
        if kinds["choice"]:
            before = "".join(f"{on(number)} ? {text} : " for number, text in kinds["choice"])
            yield start, stop, f"({before}(", "))"
            continue
        before = "".join(f"if ({on(number)}) {{ {text} }} " for number, text in kinds["before"])
        for number, text in kinds["open"]:
            before += f"if ({on(number)}) {text} else "
        if kinds["skip"]:
            before += f"if (!({' || '.join(on(number) for number, _ in kinds['skip'])})) "
        yield start, stop, f"{{ {before}", " }"


def on(number):
    return f"AFIELD_MUTATED({number})"


def insert(text, changes):
    """Puts each pair around its range; ranges are inside one another or apart."""
    points = []
    for begin, end, before, behind in changes:
        points.append((begin, 1, begin - end, before))  # the longest first
        points.append((end, 0, -begin, behind))         # and the longest last
    out, last = [], 0
    for at, _, _, what in sorted(points):
        out += [text[last:at], what]
        last = at
    return "".join(out) + text[last:]


def write(path, text):
    """Whether the file has changed."""
    if path.exists() and path.read_text() == text:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return True


def all_mutants(root):
    """The mutants of the whole product, and what writes each file."""
    mutants, writers, bodies = [], {}, {}
    for path in product(root):
        found, writers[path], bodies[path] = mutate(path, (Path(root) / path).read_text(),
                                                    len(mutants) + 1)
        mutants += found
    return mutants, writers, bodies


def copy(root, to, writers, without=frozenset()):
    """Writes the copy, without the mutants of these names."""
    for folder, folders, files in os.walk(root):
        folders[:] = [each for each in folders if not LEFT_OUT.match(each)
                      and Path(folder) / each != Path(to)]
        for name in files:
            path = Path(folder) / name
            there = Path(to) / path.relative_to(root)
            if str(path.relative_to(root)) in writers:
                continue
            if not there.exists() or there.read_bytes() != path.read_bytes():
                there.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, there)  # with the time of now, or an object may look newer
    for path, written in writers.items():
        write(Path(to) / path, written(without))
