# SPDX-License-Identifier: 0BSD
"""What the checks share: which files there are, source text without comments and strings, and how to report."""

import argparse
import os
import re
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent.parent
CPP_SUFFIXES = (".cpp", ".hpp", ".h", ".cc")
# Folders that hold no source of ours: output, and data that other programs wrote.
SKIPPED_FOLDERS = {".git", "build", "__pycache__", ".cache", ".pytest_cache", "node_modules", "vendor"}


def files(root, suffixes, under=("",)):
    """Paths below `root` that end in one of `suffixes`, relative to it, sorted; only those in the folders `under`."""
    found = []
    for folder in under:
        for directory, names, file_names in os.walk(root / folder):
            names[:] = sorted(name for name in names if name not in SKIPPED_FOLDERS)
            found += [Path(directory, name).relative_to(root) for name in file_names if name.endswith(tuple(suffixes))]
    return sorted(set(found))


def read(path):
    return path.read_text(encoding="utf-8", errors="replace")


_TOKENS = re.compile(
    r'(?P<raw>R"(?P<mark>[^()\\\s]{0,16})\((?:.|\n)*?\)(?P=mark)")'
    r"|(?P<line>//(?:[^\n\\]|\\.|\\\n)*)"
    r"|(?P<block>/\*(?:.|\n)*?\*/)"
    r'|(?P<include>^[ \t]*\#[ \t]*include[^\n]*)'
    r"|(?P<number>\b\d[\w.']*)"
    r'|(?P<string>"(?:[^"\\\n]|\\.|\\\n)*")'
    r"|(?P<char>'(?:[^'\\\n]|\\.)+')",
    re.MULTILINE,
)


def without_comments(text, keep_strings=False):
    """C++ source with comments, and unless kept the insides of strings, blanked; each line keeps its number."""

    def blank(match):
        kind, found = match.lastgroup, match.group()
        if match.group("raw"):
            kind = "raw"
        if kind in ("include", "number") or (keep_strings and kind not in ("line", "block")):
            return found
        lines = "\n" * found.count("\n")
        return {"line": "", "block": " ", "raw": '""', "string": '""', "char": "' '"}[kind] + lines

    return _TOKENS.sub(blank, text)


class Report:
    """Collects violations and warnings and prints them as `path:line: rule: what to do`."""

    def __init__(self):
        self.violations = []
        self.warnings = []

    def fail(self, path, line, rule, advice):
        self.violations.append(f"{path}:{line}: {rule}: {advice}")

    def warn(self, path, line, rule, advice):
        self.warnings.append(f"{path}:{line}: warning: {rule}: {advice}")

    def finish(self):
        for line in self.violations + self.warnings:
            print(line)
        return 1 if self.violations else 0


def main(description, check):
    """Runs `check(root, report)` as a program."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--root", type=Path, default=REPOSITORY, help="checkout to look at (default: this one)")
    arguments = parser.parse_args()
    report = Report()
    check(arguments.root.resolve(), report)
    sys.exit(report.finish())
