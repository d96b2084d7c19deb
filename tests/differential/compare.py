# SPDX-License-Identifier: 0BSD
"""Runs generated inputs through an original and through us, and reports where they differ.

    compare.py kustomize|envsubst|jsonpath|cel --oracle PROGRAM --subject PROGRAM [--seed N] [--count N] [--output FOLDER]
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

import cel_answers
import yaml
from generate import cel_objects, expressions, texts, trees
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


def kind_of_difference(request, ours, theirs, costs=False):
    """Empty when both agree. Messages of errors are each tool's own."""
    if request["tool"] == "cel":
        return cel_answers.kind_of_difference(ours, theirs, costs, request["text"])
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
    if "output" not in theirs and "output" not in ours:
        return f"{cel_answers.first_line(theirs)} | {cel_answers.first_line(ours)}"
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
        kind = kind_of_difference(request, ours, theirs, self.options.costs)
        if kind and request["tool"] == "cel" and cel_answers.wavers(self.theirs, request):
            kind = ""
        self.agreed_errors += not kind and "error" in theirs
        if kind:
            self.signs[first_difference(ours, theirs)] += 1
        return kind

    def run_case(self, index):
        # A case depends on nothing but the seed and its number, so that one can be run again alone.
        rng = random.Random(f"{self.options.seed}/{index}")
        if self.options.tool == "cel":
            for environment in ("kubernetes", "flux"):
                self.run_expression(index, environment, rng)
            return
        if self.options.tool == "kustomize":
            files, root = trees.make_tree(rng)
            request = tree_request(files, root)
        else:
            request = texts.substitution(rng) if self.options.tool == "envsubst" else texts.template(rng)
        kind = self.check(request)
        if self.is_written(kind):
            if self.options.tool == "kustomize":
                smaller = shrink(files, lambda candidate: self.fails_alike(tree_request(candidate, root), kind))
                request = tree_request(smaller, root)
            self.write(index, kind, request)

    def run_expression(self, index, environment, rng):
        tree, found = expressions.expression(rng, environment), cel_objects.make_object(rng)

        def asked(candidate):
            return {"tool": "cel", "environment": environment, "text": candidate.text(), "object": found}

        kind = self.check(asked(tree))
        if self.is_written(kind):
            tree = expressions.shrink(tree, lambda candidate: self.fails_alike(asked(candidate), kind))
            found = shrink(found, lambda candidate: self.fails_alike(asked(tree) | {"object": candidate}, kind))
            self.write(index, kind, asked(tree))

    def is_written(self, kind):
        """Counts a difference; only the first ones are made small."""
        if kind:
            self.kinds[kind] += 1
        return kind and sum(self.kinds.values()) <= self.options.shrunk

    def fails_alike(self, request, kind):
        return kind_of_difference(request, *self.outcomes(request), self.options.costs) == kind and not (
            request["tool"] == "cel" and cel_answers.wavers(self.theirs, request)
        )

    def write(self, index, kind, request):
        ours, theirs = self.outcomes(request)
        name = "-".join(str(part) for part in (self.options.tool, self.options.seed, index, request.get("environment", "")) if part != "")
        folder = pathlib.Path(self.options.output) / name
        for name, text in request.get("files", {}).items():
            path = folder / "files" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "request.json").write_text(json.dumps(request, indent=1, ensure_ascii=False))
        for name, answer in (("ours.txt", ours), ("theirs.txt", theirs)):
            (folder / name).write_text(answer.get("error", answer.get("output", json.dumps(answer))))
        print(f"case {index}: {kind}: {folder}")
        if "text" in request:
            print(f"  {request.get('environment', '')} {request['text']!r}\n  ours:   {ours}\n  theirs: {theirs}")

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
    parser.add_argument("tool", choices=["kustomize", "envsubst", "jsonpath", "cel"])
    parser.add_argument("--oracle", required=True)
    parser.add_argument("--subject", required=True)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--only", type=int, help="run this one case of the seed")
    parser.add_argument("--shrunk", type=int, default=SHRUNK_MAX, help="make so many differences small and write them down")
    parser.add_argument("--costs", action="store_true", help="of CEL expressions: what the API server counts is compared as well")
    parser.add_argument("--output", default="build/differential")
    sys.exit(Comparison(parser.parse_args()).run())


if __name__ == "__main__":
    main()
