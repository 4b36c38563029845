# SPDX-License-Identifier: MIT
"""pages.py ROOT LIBRARY COMPILER OPTIONS...: what the pages of the tree show is right.

Every block of C and C++ compiles as it stands, without a warning. One with a main, unless it is an
extension, is linked with the library and run, and must end with 0. A block that is a part of a source of the tests or of a kind needs
no more, for that is built; so it is with Cython's. A fragment goes on from the first block of a
page that an invisible line above it names:

    <!-- compiled after the first block of README.md -->

Blocks of Python are Python. Code stands in a fence with its language, where this test finds it. And
every link to a file of the tree leads to one.
"""
import ast
import os
import re
import subprocess
import sys
import tempfile

ROOT, LIBRARY, COMPILER, *OPTIONS = sys.argv[1:]
HAS_PYTHON = "-isystem" in OPTIONS
FENCE = re.compile(r"^(?:<!-- compiled after the first block of (\S+) -->\n)?"
                   r"```(\w*)\n(.*?)^```$", re.M | re.S)
# A line in an indented block that only C has.
UNFENCED = re.compile(r"^(?: {4}|\t)(?:#include|#define|static |AFIELD_|[^`\n$]*;$)", re.M)
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]
LANGUAGES = {"c": ("c", "c11"), "cpp": ("c++", "c++17")}


def files(*suffixes):
    """The files of the tree, by their paths from the root; no build folder."""
    for folder, below, names in os.walk(ROOT):
        below[:] = [name for name in below if not name.startswith((".", "build", "__"))]
        for name in names:
            if name.endswith(suffixes):
                yield os.path.relpath(os.path.join(folder, name), ROOT)


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def squeezed(text):
    return re.sub(r"[ \t]+", " ", text).strip()


def compiled(language, code, folder):
    """What is wrong with the code, or nothing."""
    source, program = os.path.join(folder, "block"), os.path.join(folder, "program")
    with open(source, "w", encoding="utf-8") as file:
        file.write(code)
    kind, standard = LANGUAGES[language]
    is_program = re.search(r"^int main\(", code, re.M) and "afield/python.h" not in code
    if is_program:
        rest = ["-x", "none", LIBRARY, f"-Wl,-rpath,{os.path.dirname(LIBRARY)}", "-o", program]
    else:
        rest = ["-fsyntax-only"]
    command = [COMPILER, f"-std={standard}", *WARNINGS, *OPTIONS, "-x", kind, source, *rest]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode == 0 and is_program:
        done = subprocess.run([program], capture_output=True, text=True)
    return done.returncode and f"status {done.returncode}: {done.stdout}{done.stderr}"


def judge(page, after, language, code, folder):
    """How a block is tried, and what is wrong with it."""
    if language == "python":
        try:
            ast.parse(code)
        except SyntaxError as error:
            return "parsed", str(error)
        return "parsed", None
    if any(squeezed(code) in text for text in SOURCES):
        return "part of a source", None
    if language not in LANGUAGES:
        return "part of a source", "no source has this"
    if after:
        code = FENCE.search(read(after)).group(3) + code
    if "afield/python.h" in code and not HAS_PYTHON:
        return "left out, for want of Python's headers", None
    return "compiled", compiled(language, code, folder)


SOURCES = [squeezed(read(path)) for path in files(".c", ".h", ".cpp", ".hpp", ".pyx")
           if path.startswith(("tests", "fields"))]
counts, failures, links = {}, 0, 0
with tempfile.TemporaryDirectory() as work:
    for page in sorted(files(".md")):
        text = read(page)
        for found in FENCE.finditer(text):
            after, language, code = found.groups()
            if not language:
                continue
            how, wrong = judge(page, after, language, code, work)
            counts[how] = counts.get(how, 0) + 1
            if wrong:
                failures += 1
                print(f"{page}:{text.count(chr(10), 0, found.start(2)) + 1}: {wrong}")
        prose = FENCE.sub("", text)
        for line in UNFENCED.findall(prose):
            failures += 1
            print(f"{page}: code without a fence: {line.strip()}...")
        for link in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", prose):
            links += 1
            if not os.path.exists(os.path.join(ROOT, os.path.dirname(page), link)):
                failures += 1
                print(f"{page}: the link {link} leads nowhere")
for how, count in sorted(counts.items()):
    print(f"{count} blocks: {how}")
print(f"{links} links, {failures} failures")
sys.exit(failures > 0 or links < 40 or counts.get("compiled", 0) < 5)
