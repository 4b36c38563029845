# SPDX-License-Identifier: MIT
"""report.py --build DIR: runs the benches that have bars, keeps every round, and says how afield
stands beside its rivals. The target `bench-report` builds the programs and calls this; options are
then taken from $AFIELD_BENCH_REPORT. bench/README.md says how to read what comes out.
"""
import argparse
import os
import shlex
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import counts
import plots
import rounds
import tables

BEGIN, END = "<!-- a run begins -->\n", "<!-- a run ends -->\n"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--build", required=True, help="the folder that the benches are built in")
    parser.add_argument("--out", help="where to write; by default bench-report in it")
    parser.add_argument("--only", metavar="WORD", action="append", default=[],
                        help="programs whose name has this word")
    parser.add_argument("--against", metavar="FILE", help="rounds.csv of an earlier run")
    parser.add_argument("--no-run", action="store_true",
                        help="measure nothing; read the rounds that are there")
    parser.add_argument("--no-counts", action="store_true", help="count no instructions")
    parser.add_argument("--growth", action="store_true",
                        help="also by elements, threads and size of value, which takes long")
    parser.add_argument("--readme", metavar="FILE", help="put the tables and pictures into a page")
    asked = sys.argv[1:] + shlex.split(os.environ.get("AFIELD_BENCH_REPORT", ""))
    return parser.parse_args(asked)


def programs(asked, group):
    """(kind, path) of each program of a group, as CMake wrote them down."""
    with open(os.path.join(asked.build, "bench", "report.programs"), encoding="utf-8") as file:
        lines = [line.rstrip("\n").split("\t") for line in file]
    return [(kind, path) for which, kind, path in lines if which == group and
            (not asked.only or any(word in kind for word in asked.only))]


def run(found, path, threads=None):
    """Runs the programs one after the other. What they say of the machine heads the file."""
    env = dict(os.environ, AFIELD_BENCH_RAW=path + ".part")
    if threads:
        env["AFIELD_BENCH_THREADS"] = threads
    said, status = ["# load: %.1f processes wanted a processor when it began" % os.getloadavg()[0]], 0
    for name in (path, path + ".part"):
        if os.path.exists(name):
            os.unlink(name)
    for kind, program in found:
        print(f"{kind} ...", flush=True)
        done = subprocess.run([program], env=env, stdout=subprocess.PIPE, text=True)
        for line in done.stdout.splitlines():
            key = line.split(":")[0]
            if line.startswith("#") and not any(one.startswith(key + ":") for one in said):
                said.append(line)
        if done.returncode:
            print(f"{program} failed with status {done.returncode}")
            status = 1
    with open(path, "w", encoding="utf-8") as file:
        file.write("".join(line + "\n" for line in said))
        if os.path.exists(path + ".part"):
            with open(path + ".part", encoding="utf-8") as part:
                shutil.copyfileobj(part, file)
            os.unlink(path + ".part")
    return status


def cores_of(path):
    for line in rounds.remarks(path):
        if line.startswith("machine:"):
            return int(line.split()[-2])
    return len(os.sched_getaffinity(0))


def say(folder, name, lines):
    """Prints the lines and keeps them."""
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        for line in lines:
            print(line, flush=True)
            file.write(line + "\n")


def hot_paths(groups, cores, found):
    """What has a bar with one thread, and its rivals, for counts."""
    program = dict(found)
    rows = {}
    for one in tables.judge(groups, cores):
        if one.threads == 1 and one.is_ratio and one.bar.kind in program:
            for who in (one.bar.ours, one.bar.rival):
                rows[program[one.bar.kind], one.bar.kind, one.ours.case, who] = None
    return list(rows)


def put_into_page(page, out, groups, cores, machine):
    """Replaces what stands between the two marks, and the pictures beside this script."""
    pictures = os.path.dirname(os.path.abspath(__file__))
    names = plots.write(groups, pictures)
    with open(page, encoding="utf-8") as file:
        text = file.read()
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    folder = os.path.relpath(pictures, os.path.dirname(os.path.abspath(page)))
    middle = ["", *(f"- {line}" for line in machine), "", *tables.markdown(groups, cores), "",
              next(iter(tables.summary(groups, cores))), ""]
    counted = os.path.join(out, "counts.txt")
    if os.path.exists(counted):
        with open(counted, encoding="utf-8") as file:
            middle += ["```", *file.read().splitlines(), "```", ""]
    middle += [f"![{name[:-4]}]({folder}/{name})" for name in names]
    with open(page, "w", encoding="utf-8") as file:
        file.write(before + BEGIN + "\n".join(middle) + "\n\n" + END + after)


def main():
    asked = arguments()
    out = asked.out or os.path.join(asked.build, "bench-report")
    path, status = os.path.join(out, "rounds.csv"), 0
    os.makedirs(out, exist_ok=True)
    earlier = rounds.load(asked.against) if asked.against else None
    found = programs(asked, "bars")
    if not asked.no_run:
        status |= run(found, path)
    groups, cores, machine = rounds.load(path), cores_of(path), rounds.remarks(path)
    say(out, "table.txt", [*machine, "", *tables.lines(groups, cores), "",
                           *tables.summary(groups, cores), ""])
    if earlier:
        say(out, "changes.txt", tables.changes(groups, earlier))
    if not asked.no_run and not asked.no_counts:
        say(out, "counts.txt", counts.lines(hot_paths(groups, cores, found)))
    drawn = dict(groups)
    if asked.growth:
        status |= growth(asked, out, drawn)
    plots.write(drawn, out)
    if asked.readme:
        put_into_page(asked.readme, out, drawn, cores, machine)
    print(f"rounds, tables and pictures are in {out}")
    return status


def growth(asked, out, drawn):
    """Measures, or reads, how costs grow; its groups join those that are drawn."""
    status = 0
    for group, threads in (("growth", None), ("threads", "1 2 4 8 16 32 64")):
        path = os.path.join(out, group + ".csv")
        if not asked.no_run:
            status |= run(programs(asked, group), path, threads)
        found = rounds.load(path)
        cores = cores_of(path)
        say(out, group + ".txt", [*rounds.remarks(path), "", *tables.lines(found, cores), "",
                                  *tables.summary(found, cores), ""])
        for (kind, case, count), rows in found.items():
            kind = kind if group == "growth" else "threads." + kind
            drawn[kind, case, count] = rows
    return status


sys.exit(main())
