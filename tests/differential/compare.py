# SPDX-License-Identifier: 0BSD
"""Runs generated inputs through an original and through us, and reports where they differ.

    compare.py kustomize|envsubst|jsonpath --oracle PROGRAM --subject PROGRAM [--seed N] [--count N] [--output FOLDER]
"""

import argparse
import collections
import itertools
import json
import pathlib
import random
import subprocess
import sys
import time

import yaml
from generate import texts, trees
from shrink import shrink

# Differences that are made small and written down; the others are only counted.
SHRUNK_MAX = 10
SIGNS_SHOWN_MAX = 20


class Program:
    """A process that answers each JSON line with one."""

    def __init__(self, command):
        self.command = command
        # Kustomize prints a warning for each deprecated field.
        self.process = subprocess.Popen([command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)

    def ask(self, request):
        self.process.stdin.write(json.dumps(request).encode() + b"\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.command} ended at {json.dumps(request)}")
        return json.loads(line)


def as_text(document):
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True, width=1000)


def tree_request(files, root):
    """Documents become YAML, texts stay."""
    written = {name: body if isinstance(body, str) else "---\n".join(map(as_text, body)) for name, body in files.items()}
    return {"tool": "kustomize", "files": written, "root": root}


def kind_of_difference(request, ours, theirs):
    """Empty when both agree. Messages of errors are each tool's own."""
    if "error" in theirs:
        return "" if "error" in ours or theirs.get("panic") else "accepted here, refused there"
    if "error" in ours:
        return "refused here, accepted there"
    if ours["output"] == theirs["output"]:
        return ""
    # The original visits maps in no order: the same characters must come out.
    unordered = request["tool"] == "jsonpath" and (".." in request["text"] or ".*" in request["text"])
    return "" if unordered and sorted(ours["output"]) == sorted(theirs["output"]) else "another output"


def first_difference(ours, theirs):
    """Tells differences of one cause from others: the first lines that differ, or the end of the message."""
    for answer in (ours, theirs):
        if "error" in answer:
            return answer["error"][-80:]
    pairs = itertools.zip_longest(theirs["output"].splitlines(), ours["output"].splitlines(), fillvalue="")
    return next((f"{left.strip()} | {right.strip()}" for left, right in pairs if left != right), "line ends")


class Comparison:
    """One run over the cases of a seed."""

    def __init__(self, options):
        self.options = options
        self.ours, self.theirs = Program(options.subject), Program(options.oracle)
        self.kinds = collections.Counter()
        self.signs = collections.Counter()
        self.agreed_errors = 0

    def outcomes(self, request):
        return self.ours.ask(request), self.theirs.ask(request)

    def check(self, request):
        ours, theirs = self.outcomes(request)
        kind = kind_of_difference(request, ours, theirs)
        self.agreed_errors += not kind and "error" in theirs
        if kind:
            self.signs[first_difference(ours, theirs)] += 1
        return kind

    def run_case(self, index):
        # A case depends on nothing but the seed and its number, so that one can be run again alone.
        rng = random.Random(f"{self.options.seed}/{index}")
        if self.options.tool == "kustomize":
            files, root = trees.make_tree(rng)
            request = tree_request(files, root)
        else:
            request = texts.substitution(rng) if self.options.tool == "envsubst" else texts.template(rng)
        kind = self.check(request)
        if not kind:
            return
        self.kinds[kind] += 1
        if sum(self.kinds.values()) <= SHRUNK_MAX:
            if self.options.tool == "kustomize":
                smaller = shrink(files, lambda candidate: self.fails_alike(candidate, root, kind))
                request = tree_request(smaller, root)
            self.write(index, kind, request)

    def fails_alike(self, files, root, kind):
        request = tree_request(files, root)
        return kind_of_difference(request, *self.outcomes(request)) == kind

    def write(self, index, kind, request):
        ours, theirs = self.outcomes(request)
        folder = pathlib.Path(self.options.output) / f"{self.options.tool}-{self.options.seed}-{index}"
        for name, text in request.get("files", {}).items():
            path = folder / "files" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "request.json").write_text(json.dumps(request, indent=1, ensure_ascii=False))
        for name, answer in (("ours.txt", ours), ("theirs.txt", theirs)):
            (folder / name).write_text(answer.get("error", answer.get("output", "")))
        print(f"case {index}: {kind}: {folder}")
        if "text" in request:
            print(f"  {request['text']!r}\n  ours:   {ours}\n  theirs: {theirs}")

    def run(self):
        start = time.monotonic()
        first = self.options.only if self.options.only is not None else 0
        count = 1 if self.options.only is not None else self.options.count
        for index in range(first, first + count):
            self.run_case(index)
        seconds = time.monotonic() - start
        differences = sum(self.kinds.values())
        print(f"{self.options.tool}: seed {self.options.seed}, {count} cases in {seconds:.0f} s: {count - differences} agree "
              f"({self.agreed_errors} of them refused by both), {differences} differ {dict(self.kinds) if self.kinds else ''}")
        for sign, times in self.signs.most_common(SIGNS_SHOWN_MAX):
            print(f"  {times} times theirs | ours: {sign}")
        return 1 if differences else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("tool", choices=["kustomize", "envsubst", "jsonpath"])
    parser.add_argument("--oracle", required=True)
    parser.add_argument("--subject", required=True)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--only", type=int, help="run this one case of the seed")
    parser.add_argument("--output", default="build/differential")
    sys.exit(Comparison(parser.parse_args()).run())


if __name__ == "__main__":
    main()
