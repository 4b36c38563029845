# SPDX-License-Identifier: MIT
"""syntax: the statements and expressions of a function's body.

What the parser does not know (a macro that is no call, an initializer in braces, the operand of
sizeof) it leaves whole: nothing inside is mutated. A constant expression is left whole, too.
"""
import re
from dataclasses import dataclass, field

from source_text import close

TYPE_WORDS = {"const", "struct", "union", "enum", "unsigned", "signed", "int", "char", "long",
              "short", "float", "double", "void", "bool", "_Bool", "volatile", "__typeof__",
              "AFIELD_ATOMIC", "_Alignas"}
CONSTANT = {"static", "extern", "typedef", "_Static_assert", "static_assert", "AFIELD__ASSERT"}
WHOLE = {"sizeof", "_Alignof", "offsetof", "__typeof__", "va_arg", "__builtin_choose_expr",
         "_Generic", "__builtin_offsetof", "AFIELD_PAUSE", "AFIELD_MUTANT",
         "__builtin_types_compatible_p", "alignof"}
PASTES = re.compile(r"U?INT\w*_C$")
# A macro may paste a number to a name, and a compiler's own function wants a constant.
PASTES_OR_HINTS = re.compile(r"(?!AFIELD_FETCH)[A-Z][A-Z0-9_]*$|__builtin_")
UNBALANCED = re.compile(r"Py_\w*(BEGIN|END)")  # macros that open or close a block
BINARY = {"*": 10, "/": 10, "%": 10, "+": 9, "-": 9, "<<": 8, ">>": 8, "<": 7, "<=": 7, ">": 7,
          ">=": 7, "==": 6, "!=": 6, "&": 5, "^": 4, "|": 3, "&&": 2, "||": 1}
ASSIGNMENT = {"=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="}
PREFIX = {"!", "~", "-", "+", "*", "&", "++", "--"}


@dataclass
class Statement:
    kind: str
    begin: int
    end: int
    inner: list = field(default_factory=list)  # statements, each alone or in a block
    head: tuple = ()                           # of what decides: the words in the parentheses
    body: tuple = ()                           # of a macro's block
    has_else: bool = False


@dataclass
class Node:
    """Part of an expression: binary, assignment, call, number, name, step (++, --), errno, or the
    result of a function, whose text is then the kind of expression."""
    kind: str
    begin: int
    end: int
    text: str = ""
    at: int = 0  # of a binary operator
    arguments: list = field(default_factory=list)


class Unknown(Exception):
    pass


class Body:
    """The statements of a function, as a list of lists (one for each block), and its nodes."""

    def __init__(self, function):
        self.tokens = function.tokens
        self.nodes, self.blocks, self.unknown = [], [], 0
        self.block(function.begin)

    def text(self, at):
        return self.tokens[at].text if at < len(self.tokens) else ""

    def kind(self, at):
        return self.tokens[at].kind if at < len(self.tokens) else ""

    # Statements.

    def block(self, at):
        statements = []
        at += 1
        while self.text(at) != "}":
            statement = self.statement(at)
            statements.append(statement)
            at = statement.end
        self.blocks.append(statements)
        return at + 1

    def alone(self, at):
        """A statement that is not one of a block."""
        statement = self.statement(at)
        if statement.kind != "block":
            self.blocks.append([statement])
        return statement

    def statement(self, at):
        marks = len(self.nodes)
        try:
            return self.known(at)
        except Unknown:
            del self.nodes[marks:]
            self.unknown += 1
            return Statement("whole", at, self.to_semicolon(at))

    def to_semicolon(self, at):
        while self.text(at) != ";":
            if self.text(at) in ("(", "{", "["):
                at = close(self.tokens, at)
                if self.text(at - 1) == "}" and self.text(at) not in (";", ",", ")"):
                    return at
            elif self.text(at) == "}":
                return at
            else:
                at += 1
        return at + 1

    def need(self, at, text):
        if self.text(at) != text:
            raise Unknown()
        return at + 1

    def known(self, at):
        text, following = self.text(at), self.text(at + 1)
        if text == ";":
            return Statement("empty", at, at + 1)
        if text == "{":
            return Statement("block", at, self.block(at))
        if text in ("if", "while", "switch", "for"):
            return self.controlled(at, text)
        if text == "do":
            body = self.alone(at + 1)
            end = self.need(self.need(body.end, "while"), "(")
            end = self.need(self.need(self.expression(end), ")"), ";")
            return Statement("do", at, end, [body])
        if text == "return":
            end = at + 1 if following == ";" else self.expression(at + 1)
            if self.nodes and (self.nodes[-1].begin, self.nodes[-1].end) == (at + 1, end):
                self.nodes.append(Node("result", at + 1, end, self.nodes[-1].kind))
            return Statement("return", at, self.need(end, ";"))
        if text in ("break", "continue") and following == ";":
            return Statement(text, at, at + 2)
        if text == "goto":
            return Statement("goto", at, at + 3)
        if text in ("case", "default"):
            while self.text(at) != ":":
                at += 1
            return Statement("label", at, at + 1)
        if self.kind(at) == "name" and following == ":":
            return Statement("label", at, at + 2)
        if text in CONSTANT:
            return Statement("constant", at, self.to_semicolon(at))
        if self.is_declaration(at):
            return Statement("declaration", at, self.declaration(at))
        return self.macro(at) or Statement("expression", at,
                                           self.need(self.expression(at), ";"))

    def controlled(self, at, keyword):
        begin, end = at + 2, close(self.tokens, at + 1)
        if keyword == "for":
            part = self.declaration(begin) if self.is_declaration(begin) else \
                self.need(begin if self.text(begin) == ";" else self.expression(begin), ";")
            part = self.need(part if self.text(part) == ";" else self.expression(part), ";")
            part = part if self.text(part) == ")" else self.expression(part)
            self.need(part, ")")
        else:
            self.need(self.expression(begin), ")")
        inner = [self.alone(end)]
        has_else = keyword == "if" and self.text(inner[0].end) == "else"
        if has_else:
            inner.append(self.alone(inner[0].end + 1))
        return Statement(keyword, at, inner[-1].end, inner, (begin, end - 1), has_else=has_else)

    def macro(self, at):
        """NAME { ... } or NAME(...) { ... }; or a macro by itself, which is no statement of C."""
        if self.kind(at) != "name":
            return None
        end = close(self.tokens, at + 1) if self.text(at + 1) == "(" else at + 1
        if self.text(end) == "{":
            return Statement("macro", at, self.block(end), body=(end, close(self.tokens, end)))
        if UNBALANCED.match(self.text(at)):
            return Statement("whole", at, self.to_semicolon(at))
        if self.kind(end) == "name" or (self.text(end) == "}" and end > at):
            return Statement("whole", at, end)
        return None

    # Declarations.

    def is_declaration(self, at):
        if self.text(at) in TYPE_WORDS:
            return True
        if self.kind(at) != "name":
            return False
        stars = at + 1
        while self.text(stars) == "*":
            stars += 1
        return self.kind(stars) == "name" and self.text(stars + 1) in ("=", ";", ",", "[", "__attribute__") \
            or self.kind(stars) == "name" and self.text(stars + 1).startswith("__attribute")

    def declaration(self, at):
        while self.text(at) != ";":
            if self.text(at) in ("(", "[", "{"):
                at = close(self.tokens, at)
            elif self.text(at) == "=" and self.text(at + 1) == "{":
                at, _ = self.list(at + 1)
            elif self.text(at) == "=":
                at = self.expression(at + 1, 0.2)
            elif self.text(at) in ("}", ")", ""):
                raise Unknown()
            else:
                at += 1
        return at + 1

    # Expressions: each returns where it ends.

    def expression(self, at, binds=0):
        begin = at
        at = self.prefixed(at)
        while True:
            text = self.text(at)
            if text in BINARY and BINARY[text] > binds:
                end = self.expression(at + 1, BINARY[text])
                self.nodes.append(Node("binary", begin, end, text, at))
                at = end
            elif text == "?" and binds < 0.5:
                middle = self.need(self.expression(at + 1), ":")
                at = self.expression(middle, 0.4)
            elif text in ASSIGNMENT and binds < 0.3:
                end = self.expression(at + 1, 0.2)
                self.nodes.append(Node("assignment", begin, end, text, at))
                at = end
            elif text == "," and binds == 0:
                at = self.expression(at + 1, 0.1)
            else:
                return at

    def prefixed(self, at):
        text, begin = self.text(at), at
        if text == "-" and self.kind(at + 1) == "name" and is_errno(self.text(at + 1)):
            self.nodes.append(Node("errno", at, at + 2, self.text(at + 1)))
            return at + 2
        if text in PREFIX:
            at = self.prefixed(at + 1)
            if text in ("++", "--"):
                self.nodes.append(Node("step", begin, at, text, begin))
            return at
        if text in WHOLE or PASTES.match(text):
            return self.whole(at)
        if text == "(" and self.is_cast(at):
            at = close(self.tokens, at)
            if self.text(at) == "{":
                return self.suffixed(begin, close(self.tokens, at))
            return self.prefixed(at)
        return self.suffixed(at, self.primary(at))

    def whole(self, at):
        if self.text(at + 1) == "(":
            return close(self.tokens, at + 1)
        marks = len(self.nodes)
        end = self.prefixed(at + 1)
        del self.nodes[marks:]
        return end

    def is_cast(self, at):
        end = close(self.tokens, at)
        inside = [token.text for token in self.tokens[at + 1:end - 1]]
        if not inside or inside[0] == "{":
            raise Unknown()
        if inside[0] in TYPE_WORDS:
            return True
        if self.kind(at + 1) != "name" or any(text != "*" for text in inside[1:]):
            return False
        return inside[-1] == "*" or inside[0].endswith("_t") or \
            self.kind(end) in ("name", "number", "string")

    def primary(self, at):
        kind, text = self.kind(at), self.text(at)
        if text == "(":
            return self.need(self.expression(at + 1), ")")
        if kind == "number":
            self.nodes.append(Node("number", at, at + 1, text))
            return at + 1
        if kind == "string":
            while self.kind(at) == "string" or self.text(at).startswith("PRI"):
                at += 1
            return at
        if kind != "name":
            raise Unknown()
        if text in ("true", "false"):
            self.nodes.append(Node("name", at, at + 1, text))
        return at + 1

    def suffixed(self, begin, at):
        while True:
            text = self.text(at)
            if text == "[":
                at = self.need(self.expression(at + 1), "]")
            elif text == "(":
                at = self.call(begin, at)
            elif text in (".", "->"):
                at += 2
            elif text in ("++", "--"):
                at += 1
                self.nodes.append(Node("step", begin, at, text, at - 1))
            else:
                return at

    def call(self, begin, at):
        marks = len(self.nodes)
        end, arguments = self.list(at)
        if PASTES_OR_HINTS.match(self.text(at - 1)):
            alone = {(begin, begin + 1) for begin, _ in arguments}
            self.nodes[marks:] = [node for node in self.nodes[marks:] if node.kind != "number"
                                  or (node.begin, node.end) not in alone]
        self.nodes.append(Node("call", begin, end, self.text(at - 1), at, arguments))
        return end

    def list(self, at):
        """What stands between two marks, with commas: where it ends, and the parts."""
        end, parts = close(self.tokens, at), []
        at += 1
        while at < end - 1:
            part = self.argument(at, end - 1)
            parts.append((at, part))
            at = part + 1
        return end, parts

    def argument(self, at, end):
        """One argument, which a macro may take whatever it is: a type, a word, nothing."""
        marks, part = len(self.nodes), at
        while part < end and self.text(part) != ",":
            part = close(self.tokens, part) if self.text(part) in ("(", "{", "[") else part + 1
        try:
            if self.text(at) in TYPE_WORDS or part == at or self.expression(at, 0.1) != part:
                raise Unknown()
        except Unknown:
            del self.nodes[marks:]
        return part


def is_errno(name):
    return len(name) > 2 and name[0] == "E" and name.isupper() and name != "EOF"
