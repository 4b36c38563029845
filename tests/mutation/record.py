# SPDX-License-Identifier: MIT
"""record: which functions of the product have had all their mutants judged, and what is left of them.

judged/ has a file for each part of the product, and a line for each function: path:function, a hash of its text, and how many mutants it has, how many
were killed, how many equivalent.txt lists, and how many are left. A whole run takes hours, and this
is what one run hands to the next: a function that has changed since is to be judged again.
"""
import hashlib
from collections import defaultdict

from lanes import part_of

HEADING = """# Functions whose mutants have all been judged: a hash of the function's text, its mutants, those that
# were killed, those that equivalent.txt lists, and those that are left. Made by mutation.py record.

"""


def functions(bodies):
    """path:function, the hash of its text, and its mutants. What a macro makes of one name twice is
    one."""
    found = defaultdict(lambda: ([], []))
    for path, of_file in bodies.items():
        for tokens, mutants, _, function in of_file:
            texts, of_function = found[f"{path}:{function}"]
            texts += [token.text for token in tokens]
            of_function += mutants
    for name, (texts, mutants) in found.items():
        if mutants:
            yield name, hashlib.sha256(" ".join(texts).encode()).hexdigest()[:12], mutants


def read(where):
    """The hash and the four numbers of each function."""
    found = {}
    for path in where.glob("*.txt"):
        for line in path.read_text().splitlines():
            if line and not line.startswith("#"):
                name, digest, *numbers = line.split("\t")
                found[name] = digest, [int(number) for number in numbers]
    return found


def settled(where, bodies, is_settled=True):
    """The mutants of functions that have been judged as they stand, with none left; or the others."""
    known = read(where)
    for name, digest, mutants in functions(bodies):
        was, numbers = known.get(name, ("", [1]))
        if (was == digest and numbers[-1] == 0) == is_settled:
            yield from mutants


def counted(mutants, results, reasons):
    """The four numbers, or None where one has no verdict as yet."""
    verdicts = ["listed" if each.name in reasons and results.get(each.name, ("",))[0] != "killed" else
                results.get(each.name, ("",))[0] for each in mutants]
    if "" in verdicts:
        return None
    killed, listed = verdicts.count("killed"), verdicts.count("listed")
    return [len(verdicts), killed, listed, len(verdicts) - killed - listed]


def update(where, bodies, results, reasons):
    """Writes the record: what the results say, and of the rest what still holds."""
    known, lines = read(where), defaultdict(list)
    for name, digest, mutants in functions(bodies):
        was, numbers = known.get(name, ("", None))
        numbers = counted(mutants, results, reasons) or (numbers if was == digest else None)
        if numbers:
            lines[part_of(name.split(":")[0])].append("\t".join([name, digest, *map(str, numbers)]) + "\n")
    where.mkdir(exist_ok=True)
    for part, of_part in lines.items():
        (where / f"{part}.txt").write_text(HEADING + "".join(of_part))


def show(where, bodies):
    """The table of it, part by part."""
    known, rows = read(where), defaultdict(lambda: [0] * 7)
    for name, digest, mutants in functions(bodies):
        was, numbers = known.get(name, ("", []))
        holds = was == digest
        for row in (part_of(name.split(":")[0]), "all"):
            for at, number in enumerate([1, holds, len(mutants), *(numbers if holds else [0] * 4)]):
                rows[row][at] += number
    print(f"{'part':12}" + "".join(f"{column:>11}" for column in (
        "functions", "judged", "mutants", "judged", "killed", "listed", "left")) + "   killed")
    for row in sorted(rows, key=lambda row: (row == "all", row)):
        *_, judged, killed, listed, left = rows[row]
        share = f"{100 * killed / (killed + left):7.1f}%" if killed + left else f"{'-':>8}"
        print(f"{row:12}" + "".join(f"{number:11}" for number in rows[row]) + f" {share}")
