# SPDX-License-Identifier: MIT
"""The tables of a report: every row, with its bar and whether it is met; what has changed since an
earlier run; and the same bars in Markdown."""
import fnmatch
import os

import rounds

HEAD = ("{:<52} {:>3} {:<22} {:>10} {:>4} {:>9} {:>5}  {:>8} {:>15} {:>6} {:>5} {}".format(
    "case", "thr", "who", "ns", "+-%", "cpu", "oth%", "ours/it", "quartiles", "of cpu", "bar", ""))


# Bars of afield's own figures: how the figure is found, and what is said of it.
OWN = {"others": (lambda row: row.others, "others at most {:g} %"),
       "ms": (lambda row: row.ns * 1e-6, "at most {:g} ms")}


class Bar:
    def __init__(self, line):
        self.kind, self.case, self.ours, self.rival, *most = line.rstrip("\n").split("\t")
        self.most = dict(zip(("one", "cores", "over"), most))

    def fits(self, kind, case):
        return self.kind == kind and fnmatch.fnmatchcase(case, self.case)


def bars():
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "bars.tsv")
    with open(path, encoding="utf-8") as file:
        return [Bar(line) for line in file if not line.startswith("#")]


def column(threads, cores):
    """Which of a bar's columns a number of threads has, if any. Two are those that hand over."""
    if threads == 1:
        return "one"
    if threads in (2, cores):
        return "cores"
    return "over" if threads == 4 * cores else None


class Judged:
    """A bar that a run has rows for."""

    def __init__(self, group, bar, most):
        ours = group[bar.ours]
        self.bar, self.most, self.threads, self.ours = bar, most, ours.threads, ours
        self.is_ratio = bar.rival not in OWN
        self.rival = group[bar.rival] if self.is_ratio else None
        self.ratio = rounds.Ratio(ours, self.rival) if self.is_ratio else None
        self.value = self.ratio.median if self.is_ratio else OWN[bar.rival][0](ours)

    @property
    def is_met(self):
        return self.value <= self.most

    @property
    def verdict(self):
        """yes or no; with a question mark when half of the rounds say otherwise, or nearly so."""
        sure = not self.is_ratio or not self.ratio.low <= self.most <= self.ratio.high
        return ("yes" if self.is_met else "no") + ("" if sure else "?")


def judge(groups, cores):
    found = []
    for (kind, case, threads), group in groups.items():
        for bar in bars():
            most = bar.most.get(column(threads, cores), "-")
            has_rival = bar.rival in OWN or bar.rival in group
            if bar.fits(kind, case) and most != "-" and bar.ours in group and has_rival:
                found.append(Judged(group, bar, float(most)))
    return found


def lines(groups, cores):
    """The table of all rows."""
    judged = {}
    for one in judge(groups, cores):
        judged[id(one.ours), one.bar.rival] = one
    yield HEAD
    last = None
    for (kind, case, threads), group in groups.items():
        first = next(iter(group.values()))
        for row in group.values():
            ours = next((one.ours for one in judged.values()
                         if one.rival is row), first)
            ratio = rounds.Ratio(ours, row)
            one = judged.get((id(ours), row.who))
            end = [f"{one.most:5.2f} {one.verdict}"] if one else []
            for name, (_, words) in OWN.items():
                own = judged.get((id(row), name))
                end += [f"{words.format(own.most)}: {own.verdict}"] if own else []
            title = f"{kind}: {case}"
            cpu = (f"{row.cpu:.1f}", f"{row.others:.0f}") if row.cpu else ("-", "-")
            yield "{:<52} {:>3} {:<22} {:>10.1f} {:>4.0f} {:>9} {:>5}  {:>8} {:>15} {:>6} {}".format(
                title if title != last else "", threads, row.who, row.ns, row.spread, *cpu,
                *(("-", "-", "-") if row is ours else (
                    f"{ratio.median:.2f}", f"{ratio.low:.2f} to {ratio.high:.2f}",
                    f"{ratio.cpu:.2f}" if row.cpu else "-")), " ".join(end)).rstrip()
            last = title


def summary(groups, cores):
    found = judge(groups, cores)
    missed = [one for one in found if not one.is_met]
    yield f"{len(found) - len(missed)} of {len(found)} bars are met."
    for one in missed:
        of_cpu = f", of processor time {one.ratio.cpu:.2f}" if one.is_ratio else ""
        yield (f"  not met: {one.bar.kind}: {one.ours.case}, {one.threads} threads, "
               f"{one.bar.rival}: {one.value:.2f} instead of {one.most:.2f}{of_cpu}")


def changes(groups, earlier):
    """What is beside the quartiles of an earlier run: ratios, since machines differ and drift."""
    yield "{:<52} {:>3} {:<26} {:>8} {:>8} {:>8}".format(
        "ours/it", "thr", "who", "earlier", "now", "change")
    same = 0
    for key, group in groups.items():
        if key not in earlier:
            continue
        ours = next(iter(group.values()))
        before = next(iter(earlier[key].values()))
        for who, row in group.items():
            if row is ours or who not in earlier[key] or before.who != ours.who:
                continue
            now, then = rounds.Ratio(ours, row), rounds.Ratio(before, earlier[key][who])
            if now.low <= then.high and then.low <= now.high:
                same += 1
                continue
            change = f"{(now.median / then.median - 1) * 100:+.0f} %" if then.median else "-"
            yield "{:<52} {:>3} {:<26} {:>8.2f} {:>8.2f} {:>8}".format(
                f"{key[0]}: {key[1]}", key[2], who, then.median, now.median, change)
    yield f"{same} ratios have quartiles that overlap with the earlier ones."


def figure(ns):
    return f"{ns:.0f}" if ns >= 10 else f"{ns:.1f}"


def markdown(groups, cores):
    """The bars, one line for a case and rival, its three numbers of threads side by side."""
    cells = {}
    for one in judge(groups, cores):
        if not one.is_ratio:
            continue
        line = cells.setdefault((one.bar.kind, one.ours.case, one.bar.rival), {})
        mark = "" if one.is_met else " **no**"
        line[column(one.threads, cores)] = (
            f"{figure(one.ours.ns)} / {figure(one.rival.ns)}: {one.ratio.median:.2f}, "
            f"cpu {one.ratio.cpu:.2f} (bar {one.most:g}){mark}")
    yield "| case | beside | 1 thread | one on each processor | four on each |"
    yield "|---|---|---|---|---|"
    for (kind, case, rival), line in cells.items():
        columns = " | ".join(line.get(name, "-") for name in ("one", "cores", "over"))
        yield f"| {kind.replace('peers.', '')}: {case} | {rival} | {columns} |"
    yield ""
    yield from markdown_without_bars(groups)


def markdown_without_bars(groups):
    """A kind of which no case has a bar: the medians of all contenders, in microseconds."""
    kinds = {bar.kind for bar in bars()}
    found = [(case, group) for (kind, case, _), group in groups.items()
             if kind.startswith("peers.") and kind not in kinds]
    if not found:
        return
    names = list(found[0][1])
    yield "| microseconds | " + " | ".join(names) + " |"
    yield "|---" * (len(names) + 1) + "|"
    for case, group in found:
        yield f"| {case} | " + " | ".join(f"{row.ns / 1000:.1f}" for row in group.values()) + " |"
