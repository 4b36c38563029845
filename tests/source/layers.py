# SPDX-License-Identifier: MIT
"""layers.py NM ARCHIVE...: whether the files of each library are layers: none calls another that,
directly or by others, calls it back."""
import collections
import subprocess
import sys


def calls(nm, archive):
    """Which members each member of the archive needs, and the names that it needs of them."""
    defined, needed, member = {}, collections.defaultdict(set), None
    for line in subprocess.run([nm, archive], stdout=subprocess.PIPE, text=True,
                               check=True).stdout.splitlines():
        words = line.split()
        if line.endswith(".o:"):
            member = line[:-3]
        elif len(words) == 3 and words[1] in "TDBRC":
            defined[words[2]] = member
        elif len(words) == 2 and words[0] == "U":
            needed[member].add(words[1])
    edges = collections.defaultdict(lambda: collections.defaultdict(set))
    for user, names in needed.items():
        for name in names:
            if defined.get(name, user) != user:
                edges[user][defined[name]].add(name)
    return edges


def reached(edges, member):
    found, left = set(), [member]
    while left:
        new = set(edges[left.pop()]) - found
        found |= new
        left += new
    return found


def main():
    faults = 0
    for archive in sys.argv[2:]:
        edges = calls(sys.argv[1], archive)
        members = list(edges)
        looped = [member for member in members if member in reached(edges, member)]
        for member in looped:
            for other in edges[member]:
                if member in reached(edges, other):
                    print(f"{archive}: {member} calls {other}, which calls it back: "
                          f"{', '.join(sorted(edges[member][other]))}")
                    faults += 1
        print(f"{archive}: {len(members)} files, {len(looped)} in a loop")
        if len(members) < 5:
            sys.exit(f"{archive} has too few files to be what it should be")
    sys.exit(1 if faults else 0)


main()
