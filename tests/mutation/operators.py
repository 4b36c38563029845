# SPDX-License-Identifier: MIT
"""operators: the mutants of a function, each with the edits of the text that make it.

An edit stands between two words of the function. `Choice` puts another expression in the place of
one, `Skip` leaves a statement out, `Before` does a statement earlier as well; a mutant is one or
more of them, under one number. Choices and statements are written out plainly in the alternative,
so no mutant is inside another one.
"""
import re
from dataclasses import dataclass

from syntax import Body

ACCESS = re.compile(r"AFIELD_(LOAD(?:_TAG|_WORDS?)?|STORE(?:_PAIR|_WORDS)?|EXCHANGE|COMPARE_EXCHANGE(?:_WEAK|_PAIR)?|FETCH_[A-Z]+|FENCE|COMPILER_FENCE)$")
WAKE = re.compile(r"(^|_)wake(_|$)|pthread_cond_(signal|broadcast)$")
RETIRE = re.compile(r"(^|_)retire(_|$)")
FREE = re.compile(r"(^|_)free(_|$)|^afield_drop|^Py_X?DECREF$|^Py_CLEAR$")
ENTER = re.compile(r"(^|_)(lock|enter|block|begin)(_|$)|_BEGIN$")
LEAVE = re.compile(r"(^|_)(unlock|leave|restore|end|release)(_|$)|_END$")
PARTNER = {"lock": "unlock", "enter": "leave", "block": "restore", "begin": "end", "BEGIN": "END"}
IDLE = re.compile(r"(\(void\)\w+,? ?)+;$|AFIELD_TSAN_")
READ_SECTION = "AFIELD_READ_SECTION"

WEAKER = {"load": {"seq_cst": ["acquire", "relaxed"], "acquire": ["relaxed"]},
          "store": {"seq_cst": ["release", "relaxed"], "release": ["relaxed"]},
          "both": {"seq_cst": ["acq_rel", "relaxed"], "acq_rel": ["acquire", "release", "relaxed"],
                   "acquire": ["relaxed"], "release": ["relaxed"]}}
STORE_OF = {"seq_cst": "seq_cst", "acq_rel": "release", "release": "release",
            "acquire": "relaxed", "relaxed": "relaxed"}
OTHER = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "==", "&&": "||", "||": "&&"}
INVERSE = {"+": "-", "-": "+", "*": "+", "/": "*", "%": "/", "<<": ">>", ">>": "<<", "&": "|",
           "|": "&", "^": "&", "+=": "-=", "-=": "+=", "|=": "&=", "&=": "|=", "<<=": ">>=",
           ">>=": "<<=", "*=": "+=", "^=": "&=", "++": "--", "--": "++"}
INTEGER = re.compile(r"(0[xX][0-9a-fA-F]+|\d+)([uUlL]*)$")


@dataclass
class Edit:
    kind: str  # choice, skip, before, open
    begin: int
    end: int
    text: str = ""


@dataclass
class Mutant:
    operator: str
    what: str         # the text that is changed
    becomes: str
    edits: list
    number: int = 0
    name: str = ""    # its identity
    path: str = ""
    function: str = ""
    line: int = 0


class Writer:
    """Collects the mutants of one function."""

    def __init__(self, source, function):
        self.source, self.function = source, function
        self.body = Body(function)
        self.mutants = []

    def plain(self, begin, end):
        """The words on one line, or None where the preprocessor has a line of its own between."""
        tokens = self.body.tokens
        if self.source.has_directive(tokens[begin].start, tokens[end - 1].end):
            return None
        line, behind = "", tokens[begin].start
        for token in tokens[begin:end]:
            line += (" " if token.start > behind else "") + token.text
            behind = token.end
        return line

    def add(self, operator, begin, end, becomes, edits):
        what = self.plain(begin, end)
        if what is None or becomes is None or not edits:
            return
        line = self.source.line_of(self.body.tokens[begin].start)
        self.mutants.append(Mutant(operator, what, becomes, edits, path=self.source.path,
                                   function=self.function.name, line=line))

    def choose(self, operator, node, text, becomes=None):
        """`becomes` is what the name says in place of the whole text."""
        self.add(operator, node.begin, node.end, becomes or text,
                 text and [Edit("choice", node.begin, node.end, text)])

    def all(self):
        for node in self.body.nodes:
            getattr(self, "of_" + node.kind)(node)
        if self.function.is_one_line: # without a semicolon, nothing can stand around it
            return self.mutants
        for statements in self.body.blocks:
            for statement in statements:
                self.of_statement(statement)
            for one, two in zip(statements, statements[1:]):
                self.of_neighbours(one, two)
        self.of_pairs()
        return self.mutants

    # Expressions.

    def of_binary(self, node):
        left, right = self.plain(node.begin, node.at), self.plain(node.at + 1, node.end)
        if left is None or right is None:
            return
        for operator, table in (("relation", OTHER), ("arithmetic", INVERSE)):
            if node.text in table:
                self.choose(operator, node, f"{left} {table[node.text]} {right}",
                            table[node.text])

    def of_assignment(self, node):
        left, right = self.plain(node.begin, node.at), self.plain(node.at + 1, node.end)
        if node.text in INVERSE and left is not None and right is not None:
            self.choose("arithmetic", node, f"({left} {INVERSE[node.text]} {right})",
                        INVERSE[node.text])

    def of_step(self, node):
        text = self.plain(node.begin, node.end)
        self.choose("arithmetic", node, text and text.replace(node.text, INVERSE[node.text], 1))

    def of_errno(self, node):
        self.choose("constant", node, "0")

    def of_result(self, node):
        if node.text == "call":
            self.choose("result", node, "0")

    def of_name(self, node):
        self.choose("constant", node, "false" if node.text == "true" else "true")

    def of_number(self, node):
        integer = INTEGER.match(node.text)
        if not integer:
            return
        value = int(integer[1], 0 if integer[1][:2].lower() == "0x" else 10)
        others = [1] if value == 0 else [value - 1, value + 1]
        if value == 1 and self.is_exception(node):
            others = [0]
        for other in others:
            self.choose("constant", node, f"{other}{integer[2]}")

    def is_exception(self, node):
        """The 1 of a -1 that says that an exception is set. -2 would say the same."""
        before, behind = (self.body.text(node.begin - at) for at in (2, 1))
        return "/python/" in self.source.path and behind == "-" and before in ("return", "?", ":")

    def of_call(self, node):
        access = ACCESS.match(node.text)
        if self.function.is_one_line and node.begin == 1 and self.body.text(node.end) == ";":
            self.choose(self.operator_of(node.text), node, "((void)0)")
        if not access:
            if ENTER.search(node.text) and not self.is_statement(node) and \
                    not self.is_result(node) and self.body.text(node.begin - 1) not in (":", "?", ","):
                self.choose("result", node, "0")
            return
        verb = access[1]
        arguments = [self.plain(*each) if each[0] < each[1] else "" for each in node.arguments]
        if None in arguments or not arguments:
            return
        place = 0 if verb == "FENCE" else len(arguments) - 1
        order = arguments[place]
        kind = {"LOAD": "load", "STORE": "store"}.get(verb.split("_")[0], "both")
        for weaker in WEAKER[kind].get(order, ()):
            if verb == "FENCE" and weaker == "relaxed":
                becomes = "((void)0)"
            else:
                changed = [weaker if at == place else each for at, each in enumerate(arguments)]
                becomes = f"{node.text}({', '.join(changed)})"
            self.choose("order", node, becomes, weaker)
        if verb.startswith("LOAD") and not self.is_result(node):
            self.choose("constant", node, "0")
        elif verb == "COMPARE_EXCHANGE_PAIR":
            self.choose("unconditional", node, f"(AFIELD_STORE_PAIR({arguments[0]}, {arguments[3]}, "
                        f"{arguments[4]}, {STORE_OF.get(order, 'relaxed')}), true)", "store")
        elif verb.startswith("COMPARE_EXCHANGE"):
            self.choose("unconditional", node, f"(AFIELD_STORE({arguments[0]}, {arguments[2]}, "
                        f"{STORE_OF.get(order, 'relaxed')}), true)", "store")
        elif (verb == "EXCHANGE" or verb.startswith("FETCH")) and not self.is_statement(node):
            self.choose("unwritten", node, f"AFIELD_LOAD({arguments[0]}, seq_cst)", "load")

    def is_result(self, node):
        return self.body.text(node.begin - 1) == "return" and self.body.text(node.end) == ";"

    def is_statement(self, node):
        before = self.body.text(node.begin - 1)
        return self.body.text(node.end) == ";" and before in (";", "{", "}", ")", "else", ":")

    # Statements.

    def callee(self, statement):
        """The function that a statement calls, whose result it leaves alone."""
        if statement.kind != "expression":
            return ""
        for node in self.body.nodes:
            if node.kind == "call" and node.end == statement.end - 1 and node.begin <= statement.begin + 3:
                if node.begin == statement.begin or self.body.text(statement.begin) == "(":
                    return node.text
        return ""

    def is_freeing(self, statement):
        if statement.kind == "if" and not statement.has_else and len(statement.inner) == 1:
            statement = statement.inner[0]
        callee = self.callee(statement)
        return bool(FREE.search(callee) or RETIRE.search(callee))

    def operator_of(self, callee):
        for operator, pattern in (("drop wake", WAKE), ("drop retire", RETIRE),
                                  ("drop free", FREE), ("drop leave", LEAVE)):
            if pattern.search(callee):
                return operator
        return "delete"

    def of_statement(self, statement):
        begin, end = statement.begin, statement.end
        skip = [Edit("skip", begin, end)]
        if statement.kind == "expression":
            if self.is_idle(statement):
                return
            if not self.partner(statement):
                self.add(self.operator_of(self.callee(statement)), begin, end, "", skip)
        elif statement.kind in ("break", "continue", "goto"):
            self.add("delete", begin, end, "", skip)
        elif statement.kind == "return" and end == begin + 2:
            self.add("delete", begin, end, "", skip)
        elif statement.kind == "if" and not statement.has_else:
            leaves = self.leaves(statement.inner[0])
            self.add("drop check" if leaves else "delete", begin, end, "", skip)
        elif statement.kind == "macro" and self.body.text(begin) == READ_SECTION:
            block = self.plain(*statement.body)
            self.add("drop section", begin, end, "its block",
                     block and [Edit("open", begin, end, block)])

    def is_idle(self, statement):
        """Names what is not used, or tells ThreadSanitizer alone, as tests/annotations mutates."""
        return bool(IDLE.match(self.plain(statement.begin, statement.end) or ""))

    def leaves(self, statement):
        last = statement
        if statement.kind == "block":
            inner = next((each for each in self.body.blocks
                          if each and each[-1].end == statement.end - 1), None)
            if not inner:
                return False
            last = inner[-1]
        return last.kind in ("return", "goto", "break", "continue")

    def of_neighbours(self, one, two):
        if one.kind in ("declaration", "constant", "label", "whole"):
            return
        text = self.plain(one.begin, two.end) and self.plain(two.begin, two.end)
        edits = text and [Edit("before", one.begin, one.end, text),
                          Edit("skip", two.begin, two.end)]
        earlier = f"before {self.plain(one.begin, one.end)}"
        if self.is_freeing(two) and not self.is_idle(one):
            self.add("early free", two.begin, two.end, earlier, edits)
        elif one.kind == two.kind == "expression" and self.depends(one, two):
            self.add("swap", two.begin, two.end, earlier, edits)

    def depends(self, one, two):
        """Whether somebody could tell the order of two statements."""
        if self.is_idle(one) or self.is_idle(two):
            return False
        calls = [any(node.kind == "call" and each.begin <= node.begin and node.end <= each.end
                     for node in self.body.nodes) for each in (one, two)]
        if all(calls):
            return True
        names = [{token.text for token in self.body.tokens[each.begin:each.end]
                  if token.kind == "name"} for each in (one, two)]
        assigned = [self.assigned(each) for each in (one, two)]
        return bool(assigned[0] & names[1] or assigned[1] & names[0])

    def assigned(self, statement):
        """The last name of what a statement assigns to."""
        for node in self.body.nodes:
            if node.kind == "assignment" and (node.begin, node.end + 1) == (statement.begin, statement.end):
                names = [token.text for token in self.body.tokens[node.begin:node.at]
                         if token.kind == "name"]
                return set(names[-1:])
        return set()

    # A section or a lock, and its end.

    def partner(self, statement):
        """The name of the function that ends what a statement begins, if this function calls it."""
        callee = self.callee(statement)
        if LEAVE.search(callee) or not ENTER.search(callee):
            return ""
        for enter, leave in PARTNER.items():
            name = re.sub(rf"(?<![a-zA-Z]){enter}(?![a-zA-Z])", leave, callee)
            if name != callee and any(self.callee(each) == name
                                      for block in self.body.blocks for each in block):
                return name
        return ""

    def of_pairs(self):
        everything = [each for block in self.body.blocks for each in block]
        for statement in everything:
            leave = self.partner(statement)
            if leave:
                ends = [each for each in everything if self.callee(each) == leave
                        and each.begin > statement.begin]
                self.add("drop section", statement.begin, statement.end, "",
                         [Edit("skip", each.begin, each.end) for each in [statement, *ends]])
