# SPDX-License-Identifier: MIT
"""verbs.py ROOT COMPILER OPTION...: whether fields/verbs.md tells what the kinds' headers declare.

The page lists how each kind is declared. Each declaration goes through the preprocessor; the functions
that come out are the page's second table, and the same verb promises the same in every kind: what asks
or takes is bool, what may be refused is int. With --write in place of ROOT's page as it is, the table
is written anew:

    python3 tests/source/verbs.py . cc -Ibuild/include $(pkg-config --cflags python3) --write
"""
import pathlib
import re
import subprocess
import sys

# A verb of each kind that has it, and its result. A field's own value goes by `value`.
PROMISES = {
    "pop": {"bool"}, "pop_release": {"bool"}, "remove": {"bool", "int: map_object"},
    "contains": {"bool", "int: map_object"}, "is_empty": {"bool"}, "is_set": {"bool"},
    "is_mine": {"bool"}, "push": {"int"}, "push_release": {"int"}, "append": {"int"},
    "open": {"int"}, "claim": {"int"}, "reserve": {"int"}, "reset_orphans": {"int"},
    "set": {"int", "void: event flags"}, "update": {"int", "T: atomic_integer atomic_float"},
    "count": {"size_t"}, "capacity": {"size_t"},
    "clear": {"void"}, "fini": {"void"}, "type": {"const struct afield_type *"},
}
# Refusals that would be lost; but the set of a kind that is set once, where it is one of the answers.
MUST_CHECK = ("push", "push_release", "push_wait", "pop_wait", "append", "insert", "open", "claim", "reserve")
ATTRIBUTE = re.compile(r"__attribute__\s*\(\(.*?\)\)\s*")
SUFFIXES = ("relaxed", "acquire", "release", "acq_rel")
FUNCTION = re.compile(r"\bstatic inline\s+([\w\s*]*?[\s*])name_([a-z]\w*)\s*\(((?:[^(){};]|\([^()]*\))*)\)\s*\{")


def declarations(page):
    """Of the first table: the kind, its header, how a field type of it is declared."""
    return re.findall(r"^\| (\w+) \| `<(afield/\w+\.h)>` \| `(AFIELD_TYPE\(name, .*?\))` \|$", page, re.M)


def functions(kind, header, declaration, compiler, options):
    source = f"#include <{header}>\ntypedef struct value value; struct value {{ long a, b; }};\n" \
             f"typedef struct key key;\nmarker\n{declaration};\n"
    source = re.sub(r"\bT\b", "int" if kind in ("atomic", "flags") else "value", source)
    source = re.sub(r"\bK\b", "long", source).replace("capacity", "8")
    run = subprocess.run([compiler, "-E", "-P", "-x", "c", *options, "-"], input=source, text=True,
                         capture_output=True)
    if run.returncode:
        sys.exit(f"{kind}: {declaration} does not compile:\n{run.stderr}")
    text = " ".join(run.stdout.split("marker")[1].split())
    for verb in MUST_CHECK:
        if re.search(rf"inline int name_{verb}\(", text):
            sys.exit(f"{kind}: nobody is warned who does not look at what {verb} returns")
    found = FUNCTION.findall(ATTRIBUTE.sub("", text))
    verbs = {verb for _, verb, _ in found}
    for result, verb, parameters in found:
        base, _, suffix = verb.rpartition("_")
        if "__" not in verb and not (suffix in SUFFIXES and base + "_relaxed" in verbs):
            yield verb, tidy(result), [tidy(p) for p in re.split(r",(?![^(]*\))", parameters)][1:]


def tidy(text):
    text = ATTRIBUTE.sub("", " ".join(text.split()))
    text = text.replace("name_value", "T").replace("name_key", "K").replace("_Bool", "bool")
    return re.sub(r"\*\s+", "*", re.sub(r"\s*\*", " *", text)).replace("( *", "(*").strip()


def row(verb, result, parameters, kinds):
    rest = ", ".join(parameters)
    return f"| {verb} | `{result}` | {f'`{rest}`' if rest else ''} | {', '.join(kinds)} |".replace("|  |", "| |")


def main():
    arguments = [a for a in sys.argv[1:] if a != "--write"]
    root, compiler, options = pathlib.Path(arguments[0]), arguments[1], arguments[2:]
    path = root / "fields" / "verbs.md"
    page, found, faults = path.read_text(), {}, []
    listed = declarations(page)
    for kind, header, declaration in listed:
        for verb, result, parameters in functions(kind, header, declaration, compiler, options):
            found.setdefault((verb, result, tuple(parameters)), []).append(kind)
            promise = PROMISES.get(verb, {"int"} if verb.endswith("_wait") else {result})
            allowed = {p for p in promise if ":" not in p}
            allowed |= {p.split(":")[0] for p in promise if kind in p.split(":")[-1].split()}
            if result not in allowed:
                faults.append(f"{kind}: {verb} returns {result}, not {' or '.join(sorted(allowed))}")
    for folder in sorted((root / "fields").iterdir()):
        for header in folder.glob("*.h"):
            text = header.read_text()
            for kind in re.findall(r"^#define AFIELD_KIND_(\w+)", text, re.M):
                if kind not in (k for k, _, _ in listed):
                    faults.append(f"fields/verbs.md does not say how {kind} is declared")
    table = "\n".join(row(verb, result, parameters, kinds)
                      for (verb, result, parameters), kinds in sorted(found.items(), key=lambda i: i[0][:2]))
    head = "| verb | returns | after the field | kinds |\n|---|---|---|---|\n"
    before = page[:page.index(head) + len(head)]
    after = page[len(before):].partition("\n\n")[2]
    if "--write" in sys.argv:
        path.write_text(before + table + "\n" + (f"\n{after}" if after else ""))
    elif page != before + table + "\n" + (f"\n{after}" if after else ""):
        faults.append("fields/verbs.md does not have this table:\n" + table)
    print("\n".join(faults) or f"{len(found)} verbs of {len(listed)} kinds")
    sys.exit(1 if faults else 0)


main()
