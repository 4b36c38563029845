# SPDX-License-Identifier: MIT
"""source_text: a C file as words, and where its functions stand.

A file is read as it is written, before the preprocessor: what is mutated is text, and half of the
product's functions are the bodies of generator macros, which a compiler's tree shows as
expansions only. So the body of a macro is a region of its own beside the file's code, and a
function is looked for in both.
"""
import bisect
import re
from dataclasses import dataclass, field

WORD = re.compile(
    r"(?P<space>(?:\s|\\\n)+)"
    r"|(?P<comment>/\*.*?\*/|//[^\n]*)"
    r"|(?P<string>(?:L|u8)?\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*')"
    r"|(?P<number>\d(?:[\w.]|[eE][+-])*)"
    r"|(?P<name>(?:##\s*)?[A-Za-z_]\w*(?:\s*##\s*\w+)*(?:\s*##(?=\s*[^\w\s]))?)"
    r"|(?P<mark>->|\+\+|--|<<=|>>=|<<|>>|<=|>=|==|!=|&&|\|\||[-+*/%&|^]=|\.\.\.|##|[^\s\w])",
    re.DOTALL)
CONDITION = re.compile(r"#\s*(if|ifdef|ifndef|else|elif|endif)\b(.*)")
DEFINITION = re.compile(r"#\s*define\s+(\w+)(\([^)]*\))?")
IN_CXX = re.compile(r"^\s*(__cplusplus|defined\(__cplusplus\).*)$")
INLINE = "AFIELD__INLINE"
CLOSING = {"(": ")", "{": "}", "[": "]"}


@dataclass
class Token:
    kind: str
    text: str
    start: int
    end: int


@dataclass
class Function:
    """A body, from the brace that opens it to the one that closes it."""
    name: str
    tokens: list
    begin: int  # index of the opening brace
    end: int    # one behind the closing one
    is_one_line: bool = False  # an expression or a return, to which a macro gives the semicolon


@dataclass
class Source:
    path: str
    text: str
    functions: list = field(default_factory=list)
    directives: list = field(default_factory=list)  # where a line of the preprocessor begins

    def line_of(self, offset):
        return bisect.bisect_right(self.lines, offset)

    def has_directive(self, start, end):
        return bisect.bisect_left(self.directives, start) != bisect.bisect_left(self.directives, end)

    def __post_init__(self):
        self.lines = [0] + [found.end() for found in re.finditer("\n", self.text)]
        code, macros = self.regions()
        for name, tokens in [("", code), *macros]:
            self.functions += functions_of(tokens, name)

    def regions(self):
        """The words of the code, and of each macro that has arguments; C++'s own are left out."""
        code, macros, hidden = [], [], []
        for start, end, is_directive in logical_lines(self.text):
            if not is_directive:
                if not any(hidden):
                    code += words(self.text, start, end)
                continue
            line = self.text[start:end]
            self.directives.append(start)
            condition, definition = CONDITION.match(line), DEFINITION.match(line)
            if condition:
                hide(hidden, condition[1], condition[2])
            elif definition and definition[2] and not any(hidden):
                macros.append((definition[1], words(self.text, start + definition.end(), end)))
        return code, macros


def hide(hidden, keyword, condition):
    """Keeps, for each open #if, whether its present branch is for C++ alone."""
    if keyword in ("if", "ifdef"):
        hidden.append(bool(IN_CXX.match(condition)))
    elif keyword == "ifndef":
        hidden.append(False)
    elif keyword == "endif":
        hidden.pop()
    elif keyword == "else":
        hidden[-1] = False
    else:
        hidden[-1] = bool(IN_CXX.match(condition))


def logical_lines(text):
    """Parts of a text that are directives, with the lines that continue them, and parts between."""
    start = at = 0
    for comment_or_line in re.finditer(r"/\*.*?\*/|\"(?:\\.|[^\"\\\n])*\"|^[ \t]*(#)(?:\\\n|/\*.*?\*/|[^\n])*",
                                       text, re.DOTALL | re.MULTILINE):
        if not comment_or_line[1]:
            continue
        at = comment_or_line.start(1)
        yield start, at, False
        yield at, comment_or_line.end(), True
        start = comment_or_line.end()
    yield start, len(text), False


def words(text, start, end):
    found = []
    at = start
    while at < end:
        match = WORD.match(text, at, end)
        if not match:
            raise ValueError(f"no word at {text[at:at + 40]!r}")
        if match.lastgroup not in ("space", "comment"):
            found.append(Token(match.lastgroup, match[0], match.start(), match.end()))
        at = match.end()
    return found


def close(tokens, at):
    """One behind the mark that closes the one at `at`."""
    depth = 0
    for index in range(at, len(tokens)):
        if tokens[index].text in CLOSING:
            depth += 1
        elif tokens[index].text in (")", "}", "]"):
            depth -= 1
            if depth == 0:
                return index + 1
    raise ValueError(f"{tokens[at].text} is not closed")


def one_line(tokens):
    """The function that AFIELD__INLINE(its head, its one line) makes; none where the head is handed on."""
    parameters = next(at for at, token in enumerate(tokens) if token.text == "(")
    begin = close(tokens, parameters) + 1
    if begin >= len(tokens):
        return []
    first, last = tokens[begin].start, tokens[-1].end
    body = [Token("mark", "{", first, first), *tokens[begin:],
            Token("mark", ";", last, last), Token("mark", "}", last, last)]
    return [Function(tokens[parameters - 1].text, body, 0, len(body), True)]


def functions_of(tokens, macro):
    """The functions of a region. A macro that is a function by itself has its own name."""
    found, at = [], 0
    while at < len(tokens):
        text = tokens[at].text
        if text == INLINE and tokens[at + 1].text == "(":
            end = close(tokens, at + 1)
            found += one_line(tokens[at + 2:end - 1])
            at = end
        elif text == "(":
            name = tokens[at - 1] if at else None
            at = close(tokens, at)
            if at < len(tokens) and tokens[at].text == "{" and name and name.kind == "name":
                end = close(tokens, at)
                found.append(Function(name.text, tokens, at, end))
                at = end
        elif text == "{" and at and tokens[at - 1].kind == "string":
            at += 1  # extern "C"
        elif text == "{":
            if macro and at and tokens[at - 1].text == "do":
                found.append(Function(macro, tokens, at, close(tokens, at)))
            at = close(tokens, at)
        else:
            at += 1
    return found
