# SPDX-License-Identifier: MIT
"""Raw rounds, as the harness keeps them (AFIELD_BENCH_RAW in bench.h), and what follows from them.

A Row is one contender of one case with one number of threads. Contenders of one case ran in turn,
so two rows are compared round by round: a ratio is the median of the rounds' ratios.
"""
import collections
import csv
import statistics


class Row:
    def __init__(self, kind, case, threads, who):
        self.kind, self.case, self.threads, self.who = kind, case, threads, who
        self.times, self.cpus, self.other_cpus = [], [], []

    def add(self, ns, cpu, others):
        self.times.append(ns)
        self.cpus.append(cpu)
        self.other_cpus.append(others)

    @property
    def ns(self):
        return statistics.median(self.times)

    @property
    def spread(self):
        """Half the distance between the quartiles, in per cent of the median."""
        low, high = quartiles(self.times)
        return (high - low) / 2 / self.ns * 100 if self.ns else 0

    def usual(self):
        """The rounds without the tenth that took most processor time, and the tenth that took
        least: what a host takes of a virtual processor is counted as this process's. A round ends
        when all memory is given back, so no reclaimer's work is left out with it."""
        order = sorted(range(len(self.cpus)), key=self.cpus.__getitem__)
        cut = len(order) // 10
        return order[cut:len(order) - cut]

    def of_all_rounds(self, costs):
        """The mean of all operations, of which a round had the fewer, the longer each took."""
        rounds = self.usual()
        return sum(costs[i] / self.times[i] for i in rounds) / sum(
            1 / self.times[i] for i in rounds)

    @property
    def cpu(self):
        """The mean: what one round leaves to the reclaimer, another one pays."""
        return self.of_all_rounds(self.cpus)

    @property
    def others(self):
        """The share of threads that are no callers, in per cent."""
        return self.of_all_rounds(self.other_cpus) / self.cpu * 100 if self.cpu else 0


class Ratio:
    """A row's time over another's: the median, and the quartiles of the rounds."""

    def __init__(self, ours, rival):
        rounds = [a / b for a, b in zip(ours.times, rival.times) if b > 0]
        self.median = statistics.median(rounds) if rounds else 0
        self.low, self.high = quartiles(rounds) if rounds else (0, 0)
        self.cpu = ours.cpu / rival.cpu if rival.cpu else 0


def quartiles(values):
    if len(values) < 2:
        return values[0], values[0]
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, high


def load(path):
    """The rows of a file by (kind, case, threads), each a dict by contender, in the file's order."""
    groups = collections.OrderedDict()
    with open(path, newline="", encoding="utf-8") as file:
        for kind, case, threads, who, _, ns, cpu, others in csv.reader(
                line for line in file if not line.startswith("#")):
            group = groups.setdefault((kind, case, int(threads)), collections.OrderedDict())
            row = group.setdefault(who, Row(kind, case, int(threads), who))
            row.add(float(ns), float(cpu), float(others))
    return groups


def remarks(path):
    """The lines on the machine at the head of a file of rounds."""
    with open(path, encoding="utf-8") as file:
        return [line[2:].rstrip("\n") for line in file if line.startswith("# ")]
