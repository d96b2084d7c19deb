# SPDX-License-Identifier: 0BSD
"""Encrypts generated files with sops, changes some of them, and decrypts them with sops and with us: values and comments are
to be the same.

    compare_sops.py --oracle PROGRAM --subject PROGRAM [--seed N] [--count N] [--output FOLDER] [--only N]
"""

import argparse
import base64
import collections
import hashlib
import json
import pathlib
import random
import re
import sys
import time
import zlib

import yaml
from compare import Program
from generate import encrypted

SHOWN_MAX = 20
# Ours, since a data key is small; some vectors are larger to be in many chunks.
AGE_BYTES_MAX = 1 << 20


def encoded(text):
    return base64.b64encode(text).decode()


def output_of(answer):
    return base64.b64decode(answer.get("output", ""))


def comments_of(text):
    """The comments of a YAML text, sorted: sops moves some of them. None where Python's reader refuses the text."""
    text = text.decode()
    try:
        places = []
        for token in yaml.scan(text):
            start, end = token.start_mark.index, token.end_mark.index
            if getattr(token, "style", None) in ("|", ">"):
                # A comment may stand beside the mark, on the first line.
                places.append((start, start + 1))
                start = min(text.index("\n", start), end)
            places.append((start, end))
    except (yaml.YAMLError, ValueError):
        return None
    found = []
    for (_, end), (start, _) in zip([(0, 0), *places], [*places, (len(text), 0)]):
        for line in text[end:max(end, start)].split("\n"):
            if "#" in line:
                found.append(line[line.index("#") + 1:].strip())
    return sorted(found)


def lines_of(text):
    """The lines of a dotenv or ini file, without blanks around keys, values and lines, and with ";" before all comments."""
    lines = [re.sub("^[#;] *", ";", line.strip()) for line in text.decode(errors="replace").split("\n")]
    return [[part.strip() for part in line.split("=", 1)] for line in lines if line]


# What may differ in files that were changed: metadata of no use to us (when a key was made, the number in the version), how
# much of the
# armor around a locked key may be missing; and where we are stricter: text behind a JSON file's end, keys twice behind the
# first document.
TOLERATED_THERE = ("parsing time", "Invalid character(s) found in", "Major.Minor.Patch", "error: armor")
TOLERATED_HERE = ("no valid JSON", "no key at hand", "for the second time", "a bad index")


def is_tolerated(theirs, ours):
    return any(words in theirs for words in TOLERATED_THERE) or any(words in ours for words in TOLERATED_HERE)


class Comparison:
    """One run over the cases of a seed."""

    def __init__(self, options):
        self.options = options
        self.ours, self.theirs = Program(options.subject), Program(options.oracle)
        self.keys = self.theirs.ask({"action": "keys"})["keys"]
        self.counts = collections.Counter()
        self.kinds = collections.Counter()
        self.vectors = 0

    def values(self, kind, text, is_changed):
        """What counts in a decrypted text; None where YAML's values cannot be told (infinities, or a text that sops itself
        writes wrongly)."""
        if kind == "binary":
            return text
        if kind == "json":
            # Numbers keep whether they are integers; order counts.
            return repr(json.loads(text, object_pairs_hook=list))
        if kind == "yaml":
            answer = self.ours.ask({"action": "values", "text": encoded(text)})
            return output_of(answer) if "output" in answer else None
        # A comment that is joined with another is opened here, and not there.
        return [line for line in lines_of(text) if not (is_changed and line[0].startswith(";"))]

    def difference(self, kind, ours, theirs, plain, is_changed):
        """Empty when both agree. Messages of errors are each tool's own."""
        if "error" in theirs or "error" in ours:
            # Where sops crashes, we may do anything but crash.
            both = "error" in theirs and "error" in ours
            if both or theirs.get("panic") or (is_changed and is_tolerated(theirs.get("error", ""), ours.get("error", ""))):
                return ""
            return "accepted here, refused there" if "error" in theirs else "refused here, accepted there"
        mine, original = output_of(ours), output_of(theirs)
        expected = self.values(kind, original, is_changed)
        if expected is None:
            self.counts[f"{kind}: decrypted, values not comparable"] += 1
        elif self.values(kind, mine, is_changed) != expected:
            return "other values"
        return "other comments" if kind == "yaml" and not is_changed and self.comments_differ(mine, original, plain) else ""

    @staticmethod
    def comments_differ(mine, original, plain):
        """Sops drops some comments, and cannot open others, whose place it does not know any more: ours are those of the plain
        text, and
        all of sops'."""
        texts = [comments_of(text) for text in (mine, original, plain)]
        if None in texts or b"#ENC[" in original:
            return False
        mine, original, plain = map(collections.Counter, texts)
        return bool(original - mine or mine - plain)

    def run_case(self, index):
        # A case depends on the seed and its number alone; but for the keys and what sops draws itself.
        rng = random.Random(f"{self.options.seed}/{index}")
        encrypt, text, at_hand = encrypted.make_case(rng)
        kind = encrypt["format"]
        sealed = self.theirs.ask(encrypt | {"text": encoded(text)})
        if "error" in sealed:
            self.counts[f"{kind}: sops does not encrypt it"] += 1
            return
        file = whole = output_of(sealed)
        is_changed = rng.random() < 0.25
        if is_changed:
            file = encrypted.tampered(rng, file)
        request = {"action": "decrypt", "format": kind, "text": encoded(file)}
        theirs = self.theirs.ask(request | {"keys": at_hand})
        ours = self.ours.ask(request | {"private_keys": {name: self.keys[name] for name in at_hand}})
        self.counts[f"{kind}: {'changed' if is_changed else 'as it was'}, {'refused' if 'error' in theirs else 'decrypted'}"] += 1
        found = self.difference(kind, ours, theirs, text, is_changed)
        if found:
            self.kinds[f"{kind}: {found}"] += 1
            if sum(self.kinds.values()) <= SHOWN_MAX:
                self.write(index, found, {"plain": text, "whole": whole, "encrypted": file}, encrypt | {"at_hand": at_hand},
                    ours, theirs)

    def run_vectors(self):
        """The test vectors of age that need X25519 alone: they say what is to come out."""
        for name, text in sorted(self.theirs.ask({"action": "vectors"})["vectors"].items()):
            head, file = base64.b64decode(text).split(b"\n\n", 1)
            said = collections.defaultdict(str, (line.split(": ", 1) for line in head.decode().split("\n")))
            identity = said["identity"] or self.keys["one.agekey"]
            if said["passphrase"] or "-PQ-" in identity:
                continue
            if said["compressed"]:
                file = zlib.decompress(file)
            if len(file) > AGE_BYTES_MAX:
                continue
            answer = self.ours.ask({"action": "age", "text": encoded(file), "identities": identity})
            if said["expect"] == "success":
                is_right = "error" not in answer and hashlib.sha256(output_of(answer)).hexdigest() == said["payload"]
            else:
                is_right = "error" in answer and (said["expect"] == "no match") == (answer["error"] == "no match")
            self.vectors += 1
            if not is_right:
                self.kinds["test vectors of age"] += 1
                print(f"test vector {name}: {said['expect']}: {answer.get('error', 'decrypted')}")

    def write(self, index, found, files, request, ours, theirs):
        folder = pathlib.Path(self.options.output) / f"sops-{self.options.seed}-{index}"
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (folder / f"{name}.{request['format']}").write_bytes(text)
        (folder / "request.json").write_text(json.dumps(request, indent=1))
        for name, answer in (("ours.txt", ours), ("theirs.txt", theirs)):
            (folder / name).write_bytes(answer["error"].encode() if "error" in answer else output_of(answer))
        (folder / "keys.json").write_text(json.dumps(self.keys))
        print(f"case {index}: {request['format']}: {found}: {folder}")
        for name, answer in (("ours", ours), ("theirs", theirs)):
            if "error" in answer:
                print(f"  {name}: {answer['error'][-300:]}")

    def run(self):
        start = time.monotonic()
        cases = [self.options.only] if self.options.only is not None else range(self.options.count)
        if self.options.only is None:
            self.run_vectors()
        for index in cases:
            self.run_case(index)
        compared = sum(times for name, times in self.counts.items() if name.endswith(("decrypted", "refused")))
        print(f"sops: seed {self.options.seed}, {compared} files and {self.vectors} test vectors of age compared in "
              f"{time.monotonic() - start:.0f} s, "
              f"{sum(self.kinds.values())} differ {dict(self.kinds) if self.kinds else ''}")
        for name, times in sorted(self.counts.items()):
            print(f"  {times:6} {name}")
        return 1 if self.kinds else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--oracle", required=True)
    parser.add_argument("--subject", required=True)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--only", type=int, help="run this one case of the seed")
    parser.add_argument("--output", default="build/differential")
    sys.exit(Comparison(parser.parse_args()).run())


if __name__ == "__main__":
    main()
