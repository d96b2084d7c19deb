# SPDX-License-Identifier: 0BSD
"""Random templates for envsubst and JSONPath, near enough to their grammars that many are well formed."""

import json

VARIABLES = {"a": "hello", "n": "a/b/c", "e": "", "u": "é日x", "num": "12345", "neg": "-3", "one": "1", "star": "*", "glob": "[a-l]*",
             "text": "aaa bbb aaa", "path": "/usr/local/file.tar.gz", "dollar": "${a}", "_x": "under", "9": "nine", "mixed": "ǅß İı Σς"}
NAMES = [*VARIABLES, "zz", "unset", "日本"]
WORDS = ["x", "", "-1", "2", "l", "a", "*", "?", "[a-l]", "[^a]", "[", "]", "\\", "\\/", "\\\\", "/", ":", "}", "{", "$", "$$", " ", "é",
         "*/", "/*", "*.", ".*", "**", "a*b", "\n", "#", "%", ",", "^", "aaa", "=", "-", "text", "[é-日]", "[a", "a-]", "[]a]", "\\*"]
OPERATORS = [":-", ":=", ":+", ":?", "=", "^", "^^", ",", ",,", "#", "##", "%", "%%", ":", "/", "//", "/#", "/%", "-", "+", "?", ",^"]


def variable(rng, depth=0):
    name = rng.choice(NAMES)
    kind = rng.random()
    if kind < 0.2:
        return f"${{{name}}}"
    if kind < 0.25:
        return f"${{#{name}}}"
    if kind < 0.3:
        return "${" + rng.choice(WORDS) + name + rng.choice(["", "}"])

    def word():
        if depth < 3 and rng.random() < 0.3:
            return variable(rng, depth + 1)
        return "".join(rng.choice(WORDS) for _ in range(rng.randint(1, 2)))

    operator = rng.choice(OPERATORS)
    body = word()
    if operator.startswith("/") or (operator == ":" and rng.random() < 0.5):
        body += (":" if operator == ":" else "/") + (word() if rng.random() < 0.8 else "")
    elif rng.random() < 0.2:
        body += word()
    if operator in ("^", "^^", ",", ",,", ",^") and rng.random() < 0.9:
        body = ""
    return f"${{{name}{operator}{body}" + ("}" if rng.random() < 0.95 else "")


def substitution(rng):
    """A request to envsubst."""
    pieces = [variable(rng) if rng.random() < 0.6 else rng.choice([*WORDS, "plain", "日", "$a", "$${", "$$$"]) for _ in range(rng.randint(1, 4))]
    return {"tool": "envsubst", "text": "".join(pieces), "variables": VARIABLES, "strict": rng.random() < 0.7}


OBJECT = {
    "kind": "List", "n": "ab", "nul": None, "empty": [], "none": {}, "deep": {"a.b": {"c": "d"}, "on": True}, "numbers": [3, -7, 0, 12, 5],
    "floats": [1.5, 1e21, 1e-5, 123456789.5, 2.0, -0.0, 12345678901234567890], "odd": {"x": "<a&b>\u2028\u0001", "é": "ü"},
    "items": [{"name": "a", "n": 1, "f": 1.5, "s": "x", "ok": True, "tags": ["t1", "t2"], "m": {"k": "v"}},
              {"name": "b", "n": 2, "f": 2.5, "s": "y", "ok": False, "tags": []}, {"name": "c", "n": 3, "nul": None, "m": {"k": "w"}}],
    "lists": [[1, 2], [3], []],
}
KEYS = ["items", "items", "items", "n", "nul", "empty", "none", "deep", "numbers", "floats", "lists", "name", "tags", "m", "k", "zz", "f", "s",
        "ok", "a\\.b", "c", "odd", "x", "é", "kind", ""]
INDEXES = ["0", "*", "-1", "1:", ":2", "::2", "0:2:1", "5", "1,0", "'name'", "'m.k'", "'n','s'", "-2:", "2:1", "", "::0", "x", "0:0", "9:9",
           "-1:0", "'a", "0,'zz'", "1 , 2", ":", "::"]
QUOTED = ['"x"', "'it'", '"\\n"', '"\\u00e9"', '"a\\"b"', "'\\''", '"\\q"', '"', "'a\"'", '"}"', '"{"', '"\\x41"', '"\\101"']
COMPARED = ["1", "2", "1.5", '"x"', "'y'", "true", "@.n", "@.zz", "", "-1", "@.name", '"a"', "nul"]


def step_into(rng, value):
    """One step that `value` has, and what it leads to."""
    if isinstance(value, dict) and value:
        key = rng.choice(sorted(value))
        return (f"['{key}']" if rng.random() < 0.2 and "." not in key else "." + key.replace(".", "\\.")), value[key]
    if isinstance(value, list) and value:
        index = rng.randrange(len(value))
        written = rng.choice([str(index), str(index - len(value)), "*", f"{index}:", f"0,{index}", f"{index}:{index + 1}"])
        return f"[{written}]", value[index]
    return "", None


def path(rng, value, depth=0):
    """Mostly a path that `value` has; and the value at its end, or None."""
    steps = [rng.choice(["", "", "$", "@", " "])]
    for _ in range(rng.randint(1, 3)):
        kind = rng.random()
        if kind < 0.8:
            step, value = step_into(rng, value)
            steps.append(step)
        elif kind < 0.87:
            steps.append("." + rng.choice(KEYS))
        elif kind < 0.94 and not isinstance(value, list):
            steps.append(f"[{rng.choice(INDEXES)}]")
        elif depth < 2:
            inner = value[0] if isinstance(value, list) and value else value
            left, found = path(rng, inner, depth + 1)
            same = json.dumps(found) if isinstance(found, (str, int, float)) and rng.random() < 0.7 else rng.choice(COMPARED)
            sign = rng.choice(["==", "!=", "<", "<=", ">", ">=", "=", " == ", "=="])
            steps.append(f"[?({left if rng.random() < 0.3 else left + sign + same})]")
    return "".join(steps), value


def action(rng, value):
    kind = rng.random()
    if kind < 0.6:
        return "{" + path(rng, value)[0] + "}"
    if kind < 0.7:
        return "{" + rng.choice(QUOTED) + "}"
    if kind < 0.75:
        # The original visits maps in no order: only as the last step, so that the outcome is the same but for it.
        return "{" + rng.choice(["..name", "..n", ".deep.*", ".items[*].*", "..k", ".n.*", "..zz", "..tags"]) + "}"
    if kind < 0.8:
        return "{" + rng.choice(["1", "-2", "1.5", "true", "foo", "range", "end", "", "1 2", "+3", "1.2.3", "..", "...n"][:11]) + "}"
    if kind < 0.9:
        return rng.choice(["text", " ", "}", "é"])
    start, found = path(rng, value)
    start += "[*]" if isinstance(found, list) and rng.random() < 0.8 else ""
    inner = found[0] if isinstance(found, list) and found else found
    content = "".join(action(rng, inner) for _ in range(rng.randint(1, 2)))
    return "{range " + start + "}" + content + ("{end}" if rng.random() < 0.9 else "")


def template(rng):
    """A request to JSONPath."""
    return {"tool": "jsonpath", "text": "".join(action(rng, OBJECT) for _ in range(rng.randint(1, 3))), "object": OBJECT,
            "allow_missing_keys": rng.random() < 0.5}
