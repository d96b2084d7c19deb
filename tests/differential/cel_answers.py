# SPDX-License-Identifier: 0BSD
"""What counts as the same answer to a CEL expression: {"value": …} or {"error": …, "phase": compile, program or evaluation}."""

import json
import re

from generate import odd

# How often the original is asked before its answer counts: it visits maps in no order.
ASKED = 6


def normalized(described):
    """A described value in one form: doubles by their shortest text, entries of maps in the order of their keys."""
    kind = described["type"]
    if kind == "double":
        return {"type": kind, "value": repr(float(described["value"]))}
    if kind == "list":
        return {"type": kind, "value": [normalized(element) for element in described["value"]]}
    if kind == "map":
        entries = [[normalized(key), normalized(value)] for key, value in described["entries"]]
        return {"type": kind, "entries": sorted(entries, key=lambda entry: json.dumps(entry[0], sort_keys=True))}
    if kind == "optional" and "value" in described:
        return {"type": kind, "value": normalized(described["value"])}
    return described


def verdict(answer):
    """The phase of the failure, or the value's text."""
    if "error" in answer:
        return answer.get("phase", "crash")
    return json.dumps(normalized(answer["value"]), sort_keys=True, ensure_ascii=False)


LIBRARY_VALUE = re.compile(r"\b(quantity|semver|ip|cidr|url)\(|\bformat\.")


def kind_of_difference(ours, theirs, costs=False, text=""):
    """Empty when both agree. Messages are each one's own; nothing is owed where the original crashes."""
    if theirs.get("panic"):
        return ""
    left, right = verdict(ours), verdict(theirs)
    # What the original refuses while planning depends on which constants it folds: we may refuse it then, or when it runs.
    if costs and left == right and theirs.get("cost") is not None and theirs["cost"] != ours["cost"]:
        return "another cost"
    # A key of a wrong kind comes about by chance, too.
    if ours.get("error") == "unsupported key type" and not odd.allowed("map-keys"):
        return ""
    if theirs.get("error", "").startswith("reference to undefined type") and not odd.allowed("type-variables"):
        return ""
    unlike = theirs.get("error") == "no such overload" and "error" not in ours and LIBRARY_VALUE.search(text)
    if unlike and not odd.allowed("library-equality"):
        return ""
    if ours.get("error", "").startswith("no such overload: matches(") and not odd.allowed("held-texts"):
        return ""
    if "argument must be a simple name" in ours.get("error", "") and not odd.allowed("rooted-names"):
        return ""
    if left == right or (right == "program" and "error" in ours):
        return ""
    sides = [answer["phase"] + " error" if "error" in answer else "value" for answer in (ours, theirs)]
    return "another value" if sides == ["value", "value"] else f"{sides[0]} here, {sides[1]} there"


def wavers(program, request):
    """Whether the original contradicts itself, as it may where a map's order shows."""
    return len({verdict(program.ask(request)) for _ in range(ASKED)}) > 1


def first_line(answer):
    """What tells differences of one cause from others."""
    return answer["error"].split("\n")[0][:100] if "error" in answer else verdict(answer)[:100]
