# SPDX-License-Identifier: MIT
"""lanes: the tests that judge a mutant, and what each says of it.

A lane is a test of the build. Those of a mutant are the tests near its file (of the kind, of the
Python layer, of the library's own work) that come by it: each test is run once without a mutant and
notes what it reaches. Those come first that are fast and kill much, and before them what killed the
last mutant of the same function. Of a test that is a Python file, each single test is a lane
(python_lanes.py). A mutant is killed when a lane fails, crashes, reports, or takes some times as long as
it does without. An order is weaker in the memory model and, on x86-64, nowhere else, but for stores
and fences that are seq_cst: the lanes of such a mutant are litmus programs, under the explorer, and
whatever a sanitizer's build has. Litmus programs are searched in rounds, as for their own mutants
(tests/explore/mutants.py): most are found in the first few hundred executions of the right program.
"""
import hashlib
import itertools
import json
import os
import re
import resource
import signal
import subprocess
import threading
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import python_lanes

RUNTIME = (r"^(reclaim|wait|host|forks|exit|class|copies|unload|processes|exceptions)\b|"
           r"^explore\.(faults|schedule)|^model\.(reclaim|wait|owners)\.|^python\.[0-9.]+t?\.(forks|locks|life|interpreters)$")
WATCH = r"^(model\.)?watch\."
EVERY_KIND = r"^(host|class|exceptions|forks|processes)\b|^explore\.faults"  # tests with a field of each
# Only these tests see that a section or a retire stands where it has to. They hold a thread before
# its instructions, of which a mutated copy has more: all of them in turn, and not every so many.
SECTION = re.compile(r"read_(un)?lock|READ_SECTION|section_(enter|leave)|retire")
SECTIONS, ALL_PLACES, SECTIONS_BUDGET = ".sections", {"AFIELD_STRESS": "long"}, 60
SECTIONS_LOOK = 5
NATIVELY = re.compile(r"AFIELD_(STORE|FENCE)\b.*seq_cst")
MODEL = "model"
ROUNDS = [300, 5000, 60000]  # executions of a litmus program; the last for orders alone
NO_END = "no end"
STANDSTILL = 3 # seconds without any work; no test sleeps for as long
PATIENCE = 20 # times its limit, whatever it does
LOADED_COST = 8  # a test that comes by a mutant while its module is loaded finds less than one that does so itself
MEMORY = 8 << 30


def near(path, root):
    """A pattern of the tests that are held to find what is wrong in a file."""
    part, *rest = path.split("/")
    if "watch" in Path(path).stem:
        return WATCH
    users = users_of(Path(path).stem, root)
    if part == "fields":
        return f"{EVERY_KIND}|{of_kinds(sorted({rest[0], *users}))}"
    if "python" in path:
        return r"^python\."
    return f"{RUNTIME}|{of_kinds(users)}" if users else RUNTIME


def users_of(header, root):
    """The kinds that stand on it: the queue on what the ring is made of, too."""
    return [kind.name for kind in sorted(Path(root, "fields").iterdir()) if kind.is_dir() and any(
        f"<afield/detail/{header}.h>" in source.read_text() for source in kind.glob("*.[ch]"))]


def of_kinds(kinds):
    return rf"^((explore|model|python\.[0-9.]+t?)\.)?({'|'.join(kinds)})(\.|$)"


def part_of(path):
    folder = Path(path).parts
    if folder[0] == "fields":
        return folder[1]
    return "python" if "python" in path else "runtime" if folder[0] == "lib" else "headers"


class Runner:
    """Runs tests of one build."""

    def __init__(self, build, tests, jobs):
        self.build, self.tests_of_build, self.jobs = build, list(tests.values()), jobs
        self.killers = defaultdict(lambda: defaultdict(int))
        self.runs, self.kills = defaultdict(int), defaultdict(int)
        self.lock = threading.Lock()

    def environment(self, test, **variables):
        places = ALL_PLACES if test.name.endswith(SECTIONS) and "AFIELD_MUTATION" in variables else {}
        return {**os.environ, **test.environment, **variables, **places}

    @property
    def limits(self):
        return None if self.build.sanitize else limits

    def run(self, test, limit, executions=0, is_cut=True, **variables):
        """What went wrong, or an empty string; and the seconds. One that is not cut at its limit has
        to stand still then, or to have worked for as long: not to have been kept waiting."""
        environment = self.environment(test, **variables)
        begin = time.monotonic()
        process = subprocess.Popen(searched(test.command, executions), cwd=test.folder, env=environment,
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL, start_new_session=True,
                                   preexec_fn=self.limits)
        try:
            status = process.wait(timeout=limit) if is_cut else ended(process, limit)
            what = "" if status in (0, test.skip) else f"signal {-status}" if status < 0 else f"status {status}"
        except subprocess.TimeoutExpired:
            what = NO_END
        finally:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()
        return what, time.monotonic() - begin

    def measure(self, size, folder, key):
        """Runs each test without a mutant; leaves those that pass, with the mutants they reach."""
        folder.mkdir(parents=True, exist_ok=True)

        def one(test):
            single = []
            note, reached = folder / f"{test.name}.json", folder / f"{test.name}.reached"
            state = digest(self.build.folder, test, key)
            old = json.loads(note.read_text()) if note.exists() else {}
            if old.get("state") == state and not old["what"]:
                return test, old
            reached.write_bytes(bytes(size + 1))
            if python_lanes.is_python(test):
                single = python_lanes.tests_of(
                    test, self.environment(test, AFIELD_MUTATION_REACHED=str(reached)), reached)
            if single:
                said = {"state": state, "what": "", "single": single}
                note.write_text(json.dumps(said))
                return test, said
            is_long = test.name.endswith(SECTIONS) # minutes, for some kinds: a look will do
            what, seconds = self.run(test, SECTIONS_LOOK if is_long else 300, ROUNDS[1],
                                     AFIELD_MUTATION_REACHED=str(reached))
            what = "" if is_long and what == NO_END else what
            said = {"state": state, "what": what, "seconds": 0 if what else seconds}
            note.write_text(json.dumps(said))
            return test, said

        self.tests, self.reached, self.own = {}, {}, {}
        with ThreadPoolExecutor(self.jobs) as pool:
            for test, said in pool.map(one, self.tests_of_build):
                if said["what"]:
                    print(f"{test.name}: left out, it fails without a mutant: {said['what']}", flush=True)
                for method, seconds, found, own in said.get("single", []):
                    self.add(replace(test, name=f"{test.name}:{method}", method=method, seconds=seconds),
                             numbers(found, size), numbers(own, size))
                if not said["what"] and not said.get("single"):
                    found = (folder / f"{test.name}.reached").read_bytes()
                    self.add(replace(test, seconds=said["seconds"]), found, found)

    def add(self, test, reached, own):
        """A lane, with the mutants that it comes by: at all, and not merely by loading a module."""
        self.tests[test.name], self.reached[test.name], self.own[test.name] = test, reached, own

    def lanes_of(self, mutant, pattern):
        """The tests of a mutant and how far each searches, the likeliest first."""
        near_it, is_section = re.compile(pattern), needs_sections(mutant)
        found = [test for name, test in self.tests.items() if near_it.search(test.lane) and (
            is_section if name.endswith(SECTIONS) else self.reached[name][mutant.number])]
        is_order = mutant.operator == "order"
        if is_order and not self.build.sanitize:
            natively = NATIVELY.search(mutant.what)
            found = [test for test in found if MODEL in test.labels or (
                natively and test.labels & {"stress", "linearizability"})]
        with self.lock:
            killers = dict(self.killers[mutant.path, mutant.function])
        if is_section:
            killers.update((test.name, 100) for test in found if test.name.endswith(SECTIONS))
        lanes = []
        for test in found:
            rounds = ROUNDS[:3 if is_order else 2] if MODEL in test.labels else [0]
            for at, executions in enumerate(rounds):
                seconds = test.seconds * (executions / ROUNDS[1] if executions else 1)
                cost = (seconds + 0.02) * (self.runs[test.name] + 5) / (self.kills[test.name] + 0.5)
                if not self.own[test.name][mutant.number]:
                    cost *= LOADED_COST
                lanes.append(((-killers.get(test.name, 0) / (1 + seconds), at, cost),
                              test, executions, seconds))
        return [lane[1:] for lane in sorted(lanes, key=lambda lane: lane[0])]

    def judge(self, mutant, pattern, budget):
        """(verdict, lane, seconds): killed, survived, unreached (by no lane), or open, where the
        budget ended before the lanes did."""
        begin, is_open = time.monotonic(), False
        if needs_sections(mutant):
            budget = max(budget, SECTIONS_BUDGET)
        lanes, at = self.lanes_of(mutant, pattern), 0
        while at < len(lanes):
            test, executions, seconds = lanes[at]
            left = budget - (time.monotonic() - begin)
            if left <= 0:
                return "open", "", time.monotonic() - begin
            if test.method:
                key = python_lanes.process_of(test)
                tests = [lane[0] for lane in itertools.takewhile(
                    lambda lane: python_lanes.process_of(lane[0]) == key, lanes[at:])]
                battery = python_lanes.Battery(
                    tests, self.environment(test, AFIELD_MUTATION=str(mutant.number)), self.limits)
                killer, what, ran = battery.run(left)
            else:
                # Such a test may find something before it is cut short, which by itself says nothing.
                is_long = seconds > left or test.name.endswith(SECTIONS)
                what, took = self.run(test, left if is_long else 10 + 8 * seconds, executions, is_long,
                                      AFIELD_MUTATION=str(mutant.number))
                is_cut, ran = is_long and what == NO_END, 1
                if is_cut and test.name.endswith(SECTIONS): # which leaves nothing to the others
                    budget += took
                is_open |= is_cut
                killer = test if what and not is_cut else None
            with self.lock:
                for lane in lanes[at:at + ran]:
                    self.runs[lane[0].name] += 1
                if killer:
                    self.kills[killer.name] += 1
                    self.killers[mutant.path, mutant.function][killer.name] += 1
            at += ran
            if killer:
                what = f"{killer.method}: {what}" if killer.method else what
                return "killed", f"{killer.lane} ({what})", time.monotonic() - begin
        verdict = "open" if is_open else "survived" if lanes else "unreached"
        return verdict, "", time.monotonic() - begin


def needs_sections(mutant):
    """What is never retired or freed is a leak, which tests of memory see."""
    return mutant.operator not in ("drop retire", "drop free") and bool(SECTION.search(mutant.name))


def numbers(found, size):
    """The same as a table with a byte for each mutant."""
    table = bytearray(size + 1)
    for number in found:
        table[number] = 1
    return bytes(table)


def searched(command, executions):
    """A search of a litmus program, as far as that."""
    if not executions or not command[0].endswith("search.sh"):
        return command
    _, mode, program = command
    return [program, "--mode", mode, "--executions", str(executions), "--seconds", "10"]


def ended(process, limit):
    """The status of a process that ends in time, by the clock of its own work."""
    latest = time.monotonic() + PATIENCE * limit
    while True:
        try:
            return process.wait(timeout=limit)
        except subprocess.TimeoutExpired:
            before, begin = work_of(process.pid), time.monotonic()
        try:
            return process.wait(timeout=STANDSTILL)
        except subprocess.TimeoutExpired:
            worked, is_ready = work_of(process.pid)
            if (worked, is_ready) == (before[0], False) or worked > limit or begin > latest:
                raise


def work_of(session):
    """The processor time of a session, in seconds, and whether a thread of it wants more."""
    ticks, is_ready = 0, False
    for path in Path("/proc").glob("[0-9]*"):
        try:
            words = (path / "stat").read_text().rpartition(") ")[2].split()
            if words[3] == str(session):
                ticks += sum(int(each) for each in words[11:15])
                is_ready |= any((task / "stat").read_text().rpartition(") ")[2][0] in "RD"
                                for task in (path / "task").iterdir())
        except OSError: # it has ended
            continue
    return ticks / os.sysconf("SC_CLK_TCK"), is_ready


def limits():
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def digest(folder, test, key):
    """Changes when the test's program does, what a Python test imports, or the numbers of the mutants."""
    state = hashlib.sha256(key.encode())
    files = [each for each in test.command if each.endswith(".py") or each.startswith(str(folder))]
    for imported in filter(None, test.environment.get("PYTHONPATH", "").split(":")):
        files += sorted(str(each) for each in Path(imported).rglob("*") if each.suffix in (".py", ".so", ".txt"))
    for each in files:
        if os.path.exists(each):
            state.update(f"{each} {os.path.getmtime(each)}".encode())
    return state.hexdigest()
