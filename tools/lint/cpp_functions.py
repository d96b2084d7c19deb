# SPDX-License-Identifier: 0BSD
"""Finds the functions of a C++ file by matching braces: good enough for code that clang-format laid out."""

import re
from typing import NamedTuple

from source_tree import without_comments

_DIRECTIVE = re.compile(r"^[ \t]*#(?:[^\n\\]|\\.|\\\n)*", re.MULTILINE)
_ACCESS = re.compile(r"\b(public|private|protected)\s*:(?!:)")
_SCOPE = re.compile(r"^(\[\[.*?\]\]\s*|inline\s+|static\s+|typedef\s+|extern\s+)*(namespace|class|struct|union|enum)\b")
_OPERATOR = re.compile(r"\boperator\s*(\(\)|\[\]|[^\s\w(]+)")
_LAMBDA = re.compile(r"\[[^\[\]]*\]\s*(<[^{}]*>\s*)?(\(.*\)[^()]*)?$", re.DOTALL)
_MACRO_TEST = re.compile(r"^(TEST|TEST_F|TEST_P|TYPED_TEST|BENCHMARK_F|RC_GTEST_PROP)\s*\(\s*(\w+)\s*,\s*([^,)]+)")


class Function(NamedTuple):
    name: str
    first_line: int
    last_line: int

    @property
    def lines(self):
        return self.last_line - self.first_line + 1


def functions(text):
    """Every function with a body; a lambda or a class inside a function counts as part of it."""
    code = without_comments(text)
    code = _DIRECTIVE.sub(lambda match: "\n" * match.group().count("\n"), code)
    found = []
    _scan(code, 0, found)
    return found


def _closing(code, start):
    """Index behind the brace that closes the one at `start`."""
    depth = 0
    for match in re.compile(r"[{}]").finditer(code, start):
        depth += 1 if match.group() == "{" else -1
        if depth == 0:
            return match.end()
    return len(code)


def _scan(code, start, found):
    """Walks one scope from `start`; returns the index behind its closing brace."""
    head_start = position = start
    parentheses = 0
    while position < len(code):
        character = code[position]
        if character in "([":
            parentheses += 1
        elif character in ")]":
            parentheses -= 1
        elif character == ";" and parentheses == 0:
            head_start = position + 1
        elif character == "}":
            return position + 1
        elif character == "{":
            kind = "data" if parentheses else _classify(code[head_start:position])
            if kind == "scope":
                position = head_start = _scan(code, position + 1, found)
                continue
            end = _closing(code, position)
            if kind == "function":
                found.append(_function(code, head_start, position, end))
                head_start = end
            position = end
            continue
        position += 1
    return position


def _top_level(head):
    """The head without templates' parameter lists and without what stands in parentheses."""
    head = _OPERATOR.sub("operator_", head)
    while True:
        shorter = re.sub(r"\([^()]*\)", "@", head)
        shorter = re.sub(r"\{[^{}]*\}", "@", shorter)
        if shorter == head:
            return re.sub(r"\btemplate\s*<.*?>(?=\s*\w)", "", head, flags=re.DOTALL)
        head = shorter


def _classify(head):
    """What the brace behind `head` opens: a scope, a function body, or data such as an initialiser."""
    head = _ACCESS.sub("", head).strip()
    bare = _top_level(head).strip()
    if _SCOPE.match(bare) or bare.startswith("extern") and "@" not in bare:
        return "scope"
    if re.search(r"(?<![=!<>])=(?!=)", bare):
        return "function" if _LAMBDA.search(head) else "data"
    if "@" not in bare:
        return "data"
    if re.search(r"@[^@]*?(?<!:):(?!:)", bare) and re.search(r"[,:]\s*[\w:]+(<.*>)?\s*$", bare):
        return "data"  # A member initialised with braces; the body is still to come.
    return "function"


def _function(code, head_start, brace, end):
    head = _ACCESS.sub(lambda match: " " * len(match.group()), code[head_start:brace])
    first = head_start + len(head) - len(head.lstrip())
    head = re.sub(r"\btemplate\s*<.*?>(?=\s*\w)", "", head, flags=re.DOTALL).strip()
    line = code.count("\n", 0, first) + 1
    return Function(_name(head), line, code.count("\n", 0, end - 1) + 1)


def _name(head):
    test = _MACRO_TEST.match(head)
    if test:
        return f"{test.group(2)}.{test.group(3).strip()}"
    initialised = re.search(r"([\w:]+)\s*=\s*\[", head)
    if initialised:
        return initialised.group(1)
    named = re.search(r"((?:\w+(?:<[^()<>]*>)?::)*(?:operator\s*(?:\(\)|[^(\s]+|\w[\w:]*)|~?\w+))\s*\(", head)
    return re.sub(r"\s+", " ", named.group(1)) if named else "?"
