#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""mutation.py: breaks the product in every small way, and sees which the tests notice.

    mutation.py run [--files PATTERN] [--sample N --seed TEXT] [--settled | --unsettled] [--sites]
                    [--results FILE] [--work FOLDER] [--sanitize address,undefined]
                    [--only VERDICT...] [--budget SECONDS] [--jobs N]
    mutation.py list [--files PATTERN]
    mutation.py report [--results FILE]
    mutation.py sites [--results FILE]      writes sites/ from what has killed what
    mutation.py record [--results FILE]     writes judged/ from the same
    mutation.py table                       what judged/ says, part by part
    mutation.py check                       are sites/ and equivalent.txt whole? The test mutation.sites

Run builds the mutated copy (schemata.py) in the folder and judges each mutant that the results have
no line of; an interrupted run goes on where it was. It fails when one survives that equivalent.txt
does not list, and when one does that is listed and was killed. README.md has the rest.
"""
import argparse
import os
import random
import re
import sys
import tempfile
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import record
import report
import sites
from build import Broken, Build
from lanes import Runner, near, part_of
from schemata import all_mutants, copy

HERE = Path(__file__).resolve().parent
NO_C = "Does not compile"
LOOKS = 3  # at what a settled function has: some lanes see their mutants only when threads meet


def reasons_of(path):
    """Mutants that need no test, each with its reason: a name, a tab, the reason. Those of the Python
    layer are in a file of their own beside it."""
    lines = [line for each in sorted(path.parent.glob(f"{path.stem}*{path.suffix}"))
             for line in each.read_text().splitlines()]
    return dict(line.partition("\t")[::2] for line in lines if line and not line.startswith("#"))


def drawn(mutants, bodies, options):
    """Those that are asked for. A sample comes from few parts, so that little is to be built."""
    chosen = [each for each in mutants if re.search(options.files, each.path)]
    if options.settled or options.unsettled:
        wanted = {each.name for each in record.settled(Path(options.judged), bodies, options.settled)}
        chosen = [each for each in chosen if each.name in wanted]
    if not options.sample:
        return chosen
    chance = random.Random(options.seed)
    parts, sample = [], []
    while len(sample) < options.sample and len(parts) < options.parts:
        left = [each for each in chosen if part_of(each.path) not in parts]
        if not left:
            break
        parts.append(part_of(chance.choice(left).path))
        of_part = [each for each in left if part_of(each.path) == parts[-1]]
        share = options.sample - len(sample) if len(parts) == options.parts else options.sample // options.parts
        sample += chance.sample(of_part, min(share, len(of_part)))
    return sample


def judged(root, product, reasons, options):
    """Builds, and yields (mutant, verdict, lane, seconds) as they come; those of sites come first."""
    mutants, writers, bodies = product
    work = Path(options.work)
    build = Build(root, work / "copy", work / ("build-" + (options.sanitize or "plain")).replace(",", "-"),
                  options.sanitize)
    without = {name for name, reason in reasons.items() if reason.startswith(NO_C)}
    everything = [each for each in mutants if each.name not in without]
    chosen = drawn(everything, bodies, options)
    patterns = {each.path: near(each.path, root) for each in chosen}
    build.copied.mkdir(parents=True, exist_ok=True)
    copy(root, build.copied, writers, without)
    build.configure()
    nearby = re.compile("|".join(sorted(set(patterns.values()))) or "$^")
    tests = {name: test for name, test in build.tests().items() if nearby.search(name)
             and re.search(options.tests, name)}
    known = set(without)
    build.make(writers, mutants, build.targets(tests.values()), without)
    for name in sorted(without - known):
        print(f"{name}\t{NO_C}.", flush=True)
    key = "\n".join(each.name for each in mutants)
    runner = Runner(build, tests, options.jobs)
    runner.measure(len(mutants), build.folder / "reached", key)
    done = report.read(options.results)
    waiting = [each for each in chosen if each.name not in without and (
        each.name not in done or done[each.name][0] in options.only)]
    at_sites, known_sites = defaultdict(list), sites.read()
    for site, found in sites.all_sites(bodies):
        for each in found if known_sites.get(site, "?") == "?" else ():
            at_sites[each.name].append(site)
    waiting.sort(key=lambda each: each.name not in at_sites)
    seen = {site for name in at_sites if done.get(name, ("",))[0] == "killed" for site in at_sites[name]}
    print(f"{len(mutants)} mutants, {len(without)} do not compile, {len(chosen)} asked for, "
          f"{len(waiting)} to judge, {len(runner.tests)} lanes", flush=True)

    def one(mutant):
        if options.sites and seen.issuperset(at_sites[mutant.name]):
            return mutant, "", "", 0
        seconds = 0
        for _ in range(LOOKS if options.settled and mutant.name not in reasons else 1):
            verdict, lane, spent = runner.judge(mutant, patterns[mutant.path], options.budget)
            seconds += spent
            if verdict == "killed":
                break
        if verdict == "killed":
            seen.update(at_sites[mutant.name])
        return mutant, verdict, lane, seconds

    with ThreadPoolExecutor(options.jobs) as pool:
        yield from (said for said in pool.map(one, waiting) if said[1])


def misnamed(mutants, reasons):
    known = {each.name for each in mutants}
    wrong = [f"{name}: listed without a reason" for name, why in reasons.items() if not why.strip()]
    return wrong + [f"{name}: listed, but there is no such mutant" for name in reasons if name not in known]


def run(root, options):
    product = all_mutants(root)
    reasons = reasons_of(Path(options.equivalent))
    wrong = misnamed(product[0], reasons)
    try:
        for mutant, verdict, lane, seconds in judged(root, product, reasons, options):
            report.add(options.results, mutant.name, verdict, lane, seconds)
            print(f"{verdict:9} {seconds:6.1f}  {mutant.path}:{mutant.line}  {mutant.name}  {lane}",
                  flush=True)
            if verdict == "killed" and mutant.name in reasons:
                wrong.append(f"{mutant.name}: listed as equivalent, but {lane} kills it")
            elif verdict == "unreached" and options.settled:
                pass  # what kills it is not in this build: another interpreter, a sanitizer
            elif verdict != "killed" and mutant.name not in reasons:
                wrong.append(f"{mutant.name}: {verdict}")
    except Broken as broken:
        print(broken.args[0][-4000:])
        print("the build fails without a mutant's part in it")
        return 2
    print("\n".join(wrong))
    return 1 if wrong else 0


def check(root, options):
    mutants, _, bodies = all_mutants(root)
    count, unknown, wrong = sites.check(root, bodies)
    wrong += misnamed(mutants, reasons_of(Path(options.equivalent)))
    print("\n".join(wrong))
    print(f"{count} sites, {unknown} without a lane or a reason as yet, {len(wrong)} wrong")
    return 1 if wrong or not count else 0


def listed(root, options):
    mutants, _, bodies = all_mutants(root)
    for each in drawn(mutants, bodies, options):
        print(f"{each.line}\t{each.name}")
    return 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=["run", "list", "report", "sites", "check", "record", "table"])
    parser.add_argument("--root", default=HERE.parent.parent)
    parser.add_argument("--work", default=os.path.join(tempfile.gettempdir(), "afield-mutation"))
    parser.add_argument("--results", default="")
    parser.add_argument("--equivalent", default=HERE / "equivalent.txt")
    parser.add_argument("--judged", default=HERE / "judged")
    parser.add_argument("--files", default="", help="a pattern of product files")
    parser.add_argument("--tests", default="", help="a pattern of tests that may judge")
    parser.add_argument("--sample", type=int, default=0, help="how many to draw")
    parser.add_argument("--parts", type=int, default=2, help="of how many parts at most")
    parser.add_argument("--seed", default="")
    parser.add_argument("--settled", action="store_true", help="only of functions of which none is left (judged/)")
    parser.add_argument("--unsettled", action="store_true", help="only of the other functions")
    parser.add_argument("--sites", action="store_true", help="only mutants of sites (sites.py) of which nothing is known")
    parser.add_argument("--sanitize", default="")
    parser.add_argument("--only", nargs="*", default=[], help="judge these verdicts once more")
    parser.add_argument("--budget", type=float, default=60, help="seconds of tests for one mutant")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    options = parser.parse_args()
    root = Path(options.root).resolve()
    if not options.results:
        options.results = Path(options.work) / "results"
    Path(options.work).mkdir(parents=True, exist_ok=True)
    if options.what == "report":
        return report.show(root, all_mutants(root)[0], report.read(options.results),
                           reasons_of(Path(options.equivalent)))
    if options.what in ("record", "table"):
        bodies = all_mutants(root)[2]
        if options.what == "record":
            record.update(Path(options.judged), bodies, report.read(options.results),
                          reasons_of(Path(options.equivalent)))
        return record.show(Path(options.judged), bodies)
    if options.what == "sites":
        sites.update(all_mutants(root)[2], report.read(options.results),
                     reasons_of(Path(options.equivalent)))
        return check(root, options)
    return {"run": run, "list": listed, "check": check}[options.what](root, options)


if __name__ == "__main__":
    sys.exit(main())
