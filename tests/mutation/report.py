# SPDX-License-Identifier: MIT
"""report: what became of each mutant, one line each, and the tables of it."""
from collections import Counter, defaultdict
from pathlib import Path

from lanes import part_of

VERDICTS = ["killed", "survived", "unreached", "open"]


def add(path, name, verdict, lane, seconds):
    with open(path, "a", encoding="utf-8") as results:
        results.write(f"{name}\t{verdict}\t{lane}\t{seconds:.2f}\n")


def read(path):
    """The last word on each mutant; a kill, by whatever build, is the last."""
    found = {}
    if Path(path).exists():
        for line in Path(path).read_text(encoding="utf-8").splitlines():
            name, verdict, lane, seconds = line.split("\t")
            if found.get(name, ("",))[0] != "killed":
                found[name] = verdict, lane, float(seconds)
    return found


def table(title, key, mutants, results, reasons):
    rows, spent = defaultdict(Counter), Counter()
    for mutant in mutants:
        verdict, _, seconds = results.get(mutant.name, ("not run", "", 0.0))
        if verdict != "killed" and mutant.name in reasons:
            verdict = "equivalent"
        for row in (key(mutant), "all"):
            rows[row]["made"] += 1
            rows[row][verdict] += 1
            spent[row] += seconds
    columns = ["made", *VERDICTS, "equivalent", "not run"]
    print(f"{title:40}" + "".join(f"{column:>11}" for column in columns) + "   killed  s each")
    for row in sorted(rows, key=lambda row: (row == "all", row)):
        counts = rows[row]
        judged = counts["made"] - counts["not run"] - counts["equivalent"]
        share = f"{100 * counts['killed'] / judged:7.1f}%" if judged else f"{'-':>8}"
        each = spent[row] / max(counts["made"] - counts["not run"], 1)
        print(f"{row:40}" + "".join(f"{counts[column]:11}" for column in columns) +
              f" {share} {each:7.2f}")
    print()


def show(_, mutants, results, reasons):
    table("part", lambda mutant: part_of(mutant.path), mutants, results, reasons)
    table("file", lambda mutant: mutant.path, mutants, results, reasons)
    table("operator", lambda mutant: mutant.operator, mutants, results, reasons)
    lanes = Counter(lane.split(" (")[0] for verdict, lane, _ in results.values() if verdict == "killed")
    print(f"{'lane':56} kills")
    for lane, kills in lanes.most_common():
        print(f"{lane:56} {kills:5}")
    print()
    for mutant in mutants:
        verdict = results.get(mutant.name, ("",))[0]
        if verdict in ("survived", "unreached", "open") and mutant.name not in reasons:
            print(f"{verdict:9} {mutant.path}:{mutant.line} {mutant.name}")
    return 0
