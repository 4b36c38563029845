# SPDX-License-Identifier: MIT
"""sites: where the product does what only another thread can see, and what would notice its loss.

A site is an access of ordering.h, the begin or end of a read section or a lock, a wake or a retire,
in a function or in what a generator macro makes one of. Its name is that of the litmus programs'
sites, behind the file: path:function.compare_exchange(&queue->tail)#2. sites/ has a line for each:
the name, a tab, and the lanes that have killed mutants of it; or "-", a tab and a reason; or "?" where
no run has come to an end about it.
"""
import re
from collections import defaultdict
from pathlib import Path

from lanes import part_of
from operators import ACCESS, ENTER, LEAVE, READ_SECTION, RETIRE, WAKE
from source_text import Source

WHERE = Path(__file__).with_name("sites")  # a file for each part of the product
LANES = 3  # that a line names
HEADING = """# Every site of the product, and the lanes that kill mutants of it, or "-" and why none does, or "?"
# where that is not known yet. Made by mutation.py sites; a reason is written by hand, or is that of
# its mutants in equivalent.txt.

"""


def kind_of(callee):
    access = ACCESS.match(callee)
    if access:
        return access[1].lower()
    is_ours = not re.match("Py|va_", callee) and not re.search(r"block(_|$)", callee)
    if is_ours and any(pattern.search(callee) for pattern in (WAKE, RETIRE, LEAVE, ENTER)):
        return callee
    return ""


def sites_of(path, bodies):
    """(name, begin, end, function's mutants) for each site of a file, in words of the function."""
    seen = defaultdict(int)
    for tokens, mutants, body, function in bodies:
        found = [(node.begin, node.end, kind_of(node.text), node) for node in body.nodes
                 if node.kind == "call" and kind_of(node.text)]
        for statements in body.blocks:
            found += [(each.begin, each.body[1], READ_SECTION, None) for each in statements
                      if each.kind == "macro" and tokens[each.begin].text == READ_SECTION]
        for begin, end, kind, node in sorted(found, key=lambda each: each[:2]):
            place = 1 if kind == "fence" else 0
            objects = node.arguments[place:place + 1] if node else []
            text = "".join(token.text for at in objects for token in tokens[at[0]:at[1]])
            name = f"{path}:{function}.{kind}({text})"
            seen[name] += 1
            yield name if seen[name] == 1 else f"{name}#{seen[name]}", begin, end, mutants, body


def mutants_at(begin, end, mutants, body):
    """The mutants that take the site away, weaken it, move it or change what it gives."""
    inside = [each for statements in body.blocks for each in statements
              if each.begin <= begin and end <= each.end]
    statement = min(inside, key=lambda each: each.end - each.begin, default=None)
    top = statement.end if statement else end
    if statement and statement.head and statement.head[0] <= begin and end <= statement.head[1]:
        top = statement.head[1]
    for mutant in mutants:
        for edit in mutant.edits:
            if edit.kind == "choice":
                is_at = edit.begin <= begin and end <= edit.end
            else:
                is_at = statement and (edit.begin, edit.end) == (statement.begin, statement.end) or \
                    (edit.begin, edit.end) == (begin, end)
            if is_at and edit.begin <= top:
                yield mutant
                break


def all_sites(bodies):
    for path, of_file in bodies.items():
        for name, begin, end, mutants, body in sites_of(path, of_file):
            yield name, list(mutants_at(begin, end, mutants, body))


def read():
    found = {}
    for path in WHERE.glob("*.txt"):
        for line in path.read_text().splitlines():
            if line and not line.startswith("#"):
                name, _, rest = line.partition("\t")
                found[name] = rest
    return found


def update(bodies, results, reasons):
    """Writes the lists from the results. Without a kill there, the reason of an equivalent mutant
    is the site's, and else what stands there stays."""
    old, lines = read(), defaultdict(list)
    for name, mutants in all_sites(bodies):
        lanes = defaultdict(int)
        for mutant in mutants:
            verdict, lane, _ = results.get(mutant.name, ("", "", 0))
            if verdict == "killed":
                lanes[lane.split(" (")[0]] += 1
        best = sorted(lanes, key=lambda lane: (-lanes[lane], lane))[:LANES]
        why = [reasons[mutant.name] for mutant in mutants if mutant.name in reasons]
        if not mutants:
            why = ["It is part of a larger expression; the sites are in what it calls."]
        kept = old.get(name, "?")
        if why and kept == "?":
            kept = f"-\t{why[0]}"
        part = part_of(name.split(":")[0])
        lines[part].append(f"{name}\t{' '.join(best) or kept}\n")
    WHERE.mkdir(exist_ok=True)
    for part, of_part in lines.items():
        (WHERE / f"{part}.txt").write_text(HEADING + "".join(of_part))


def unseen(path, text, of_file):
    """Accesses of a file that stand in no function that was read: they would have no mutants."""
    source, inside = Source(path, text), set()
    for tokens, _, body, _ in of_file:
        inside |= {tokens[node.begin].start for node in body.nodes if node.kind == "call"}
    code, macros = source.regions()
    for tokens in [code, *(tokens for _, tokens in macros)]:
        for token, behind in zip(tokens, tokens[1:]):
            if ACCESS.match(token.text) and behind.text == "(" and token.start not in inside:
                yield f"{path}:{source.line_of(token.start)}: {token.text} stands in no function"


def check(root, bodies):
    """How many sites, how many with a ?, and what is wrong with the lists."""
    known, wrong, names = read(), [], set()
    for name, _ in all_sites(bodies):
        names.add(name)
        rest = known.get(name)
        if rest is None:
            wrong.append(f"{name}: not in sites/")
        elif not rest.strip() or re.match(r"-\t?\s*$", rest):
            wrong.append(f"{name}: no lane kills a mutant of it, and no reason says why")
    wrong += [f"{name}: in sites/, but not in the source" for name in known if name not in names]
    for path, of_file in bodies.items():
        wrong += unseen(path, (root / path).read_text(), of_file)
    return len(names), sum(rest == "?" for rest in known.values()), wrong
