# SPDX-License-Identifier: 0BSD
"""Files to encrypt, in all formats of sops: their text, the keys and the rules of what is encrypted."""

import json

from generate.odd import allowed

KEYS = ["one.agekey", "two.agekey", "three.agekey", "curve.asc", "rsa.asc"]
# RSA takes some 50 ms on each side.
KEY_WEIGHTS = [10, 6, 4, 2, 1]
NAMES = [
    "a", "data", "stringData", "password", "user_unencrypted", "x_secret", "kind", "with space", "ключ", "1", "true", "a.b",
    "#x", "é", "-", "~",
]
PLAIN_NAMES = {"a", "data", "stringData", "password", "user_unencrypted", "x_secret", "kind", "a.b"}
FLAT_NAMES = ["A", "PASSWORD", "user_unencrypted", "x_secret", "a.b", "Z9", "lower"]
TEXTS = [
    "", "x", "secret", "yes", "null", "~", "1", "1.0", "0x1F", "0o17", "017", "1e3", "2026-01-02", "2026-01-02T03:04:05Z",
    "12:30:45", "=", "<<", "- a", "a: b", "a #b", "#c", "{a}", "[b]", "*d", "&e", "!f", "|", ">", "%g", "@h", "`i`", "'", '"',
    "\\", "\\n", " leading", "trailing ", "two\nlines", "\n", "end\n", "\n\nbegin", "tab\there", "\ttab", "é", "日本語", "🙂",
    "\u0085", "\u2028", "\ufeff", "\u0007", "\u007f", "\u00a0", "a\rb", "ENC[x]", "x" * 300, "sops", "True", "False", ".5",
    "+1", "-0", ".inf", ".NaN", "1_000", "0b11", "190:20:30",
]
NUMBERS = [
    "0", "1", "-1", "42", "9223372036854775807", "-9223372036854775808", "0.5", "-0.25", "1e3", "1E-7", "1e21",
    "123456789.125", "1e100", "0x1f", "0o17", "017", "1_000", "+1", "1.0", "-0.0", ".5", "5.", ".inf", "-.inf", ".nan",
    "0b101",
]
PLAIN = [
    "true", "false", "True", "yes", "off", "null", "~", "", "2026-01-02", "2026-01-02T03:04:05Z",
    "2026-01-02T03:04:05.25+02:00", "2026-01-02 03:04:05", "12:30:45", "word", "two words", "a-b/c", "!!str 5", "!!int '5'",
    "!!float 3", "!custom x", "!!binary aGVsbG8=",
]
# Most files have the rule that sops has without one.
RULES = [("unencrypted_suffix", "_unencrypted")] * 6 + [
    ("encrypted_suffix", "_secret"),
    ("encrypted_regex", "^(data|stringData)$"),
    ("encrypted_regex", "pass|A"),
    ("unencrypted_regex", "^kind$"),
    ("unencrypted_regex", "."),
    ("encrypted_comment_regex", "secret"),
    ("unencrypted_comment_regex", "plain"),
]


def quoted(rng, text):
    """A YAML scalar in double quotes."""
    written = json.dumps(text, ensure_ascii=rng.random() < 0.5)
    for letter, escape in (("\u0085", "\\N"), ("\u2028", "\\L"), ("\ufeff", "\\uFEFF"), ("\u007f", "\\x7f")):
        written = written.replace(letter, escape)
    return written


def scalar(rng, indent):
    kind = rng.random()
    if kind < 0.45:
        return quoted(rng, rng.choice(TEXTS))
    if kind < 0.6:
        return rng.choice(NUMBERS)
    if kind < 0.75:
        return rng.choice(PLAIN)
    if kind < 0.85:
        return "'" + rng.choice(["it''s", "x", "", "a b", "#", "1"]) + "'"
    pad = " " * (indent + 2)
    lines = [rng.choice(["line", "#no comment", "  deeper", "a: b", "- c"]) for _ in range(rng.randint(1, 3))]
    lines[0] = lines[0].strip()
    return rng.choice("|>") + rng.choice(["", "-", "+"]) + "".join("\n" + pad + line for line in lines)


def comment(rng):
    if allowed("empty-comment") and rng.random() < 0.1:
        return "#"
    return "#" + rng.choice([" secret one", " plain words", "tight", " é", " a: b", " 'quotes\"", "# two", " ENC[x]", "!"])


class YamlMaker:
    """One document; anchors are known to what follows."""

    def __init__(self, rng, comments, aliases):
        self.rng, self.comments, self.aliases, self.anchors = rng, comments, aliases, 0

    def comment_lines(self, indent):
        count = self.rng.randint(1, 2) if self.comments and self.rng.random() < 0.25 else 0
        return "".join(" " * indent + comment(self.rng) + "\n" for _ in range(count))

    def tail(self):
        return " " + comment(self.rng) if self.comments and self.rng.random() < 0.15 else ""

    def value(self, indent, depth):
        """What stands behind "key:" or "-": with its leading blank or line break, and its line end."""
        kind = self.rng.random()
        if depth < 4 and kind < 0.2:
            return "\n" + self.mapping(indent, depth + 1)
        if depth < 4 and kind < 0.35:
            return "\n" + self.sequence(indent, depth + 1)
        if kind < 0.4:
            flow = self.rng.choice(["[]", "{}", "[a, 1, true]", "{b: c, d: [e]}", "[{f: g}, [h]]"])
            return " " + flow + self.tail() + "\n"
        if self.aliases and self.anchors and kind < 0.45:
            return f" *x{self.rng.randint(1, self.anchors)}" + self.tail() + "\n"
        anchor = ""
        if self.aliases and self.rng.random() < 0.1:
            self.anchors += 1
            anchor = f" &x{self.anchors}"
        text = scalar(self.rng, indent)
        tail = "" if text[:1] in ("|", ">") else self.tail()
        return anchor + (" " + text if text else "") + tail + "\n"

    def mapping(self, indent, depth):
        names = self.rng.sample(NAMES, self.rng.randint(1, 4))
        out = ""
        for name in names:
            key = name if name in PLAIN_NAMES else quoted(self.rng, name)
            out += self.comment_lines(indent) + " " * indent + key + ":" + self.value(indent + 2, depth)
        return out + self.comment_lines(indent)

    def sequence(self, indent, depth):
        out = ""
        for _ in range(self.rng.randint(1, 3)):
            out += self.comment_lines(indent) + " " * indent + "-" + self.value(indent + 2, depth)
        return out + self.comment_lines(indent)


def yaml_text(rng):
    comments, aliases = rng.random() < 0.4, rng.random() < 0.2
    documents = [YamlMaker(rng, comments, aliases).mapping(0, 0) for _ in range(rng.choice([1, 1, 1, 2, 3]))]
    return rng.choice(["", "", "---\n"]) + "---\n".join(documents)


def json_value(rng, depth):
    kind = rng.random()
    if depth < 4 and kind < 0.2:
        return {name: json_value(rng, depth + 1) for name in rng.sample(NAMES, rng.randint(0, 4))}
    if depth < 4 and kind < 0.35:
        return [json_value(rng, depth + 1) for _ in range(rng.randint(0, 4))]
    if kind < 0.7:
        return rng.choice(TEXTS)
    return rng.choice([None, True, False, 0, 1, -1, 2**53, 2**63 - 1, -(2**63), 0.5, -0.25, 1e21, 1e-7, 123456789.125, 1e100,
        1.0, -0.0])


def json_text(rng):
    root = {name: json_value(rng, 1) for name in rng.sample(NAMES, rng.randint(0, 4))}
    return json.dumps(root, indent=rng.choice([None, 2, "\t"]), ensure_ascii=rng.random() < 0.5)


def line_value(rng):
    return rng.choice(TEXTS).replace("\n", "\\n").replace("\r", "")


def dotenv_text(rng):
    lines = []
    for name in rng.sample(FLAT_NAMES, rng.randint(1, 5)):
        if rng.random() < 0.3:
            lines.append(comment(rng))
        if rng.random() < 0.1:
            lines.append("")
        lines.append(name + "=" + line_value(rng))
    return "\n".join(lines) + "\n"


def ini_text(rng):
    lines = []
    for section in rng.sample(["", "a", "b c", "Section"], rng.randint(1, 3)):
        lines.append(f"[{section}]" if section else "")
        for name in rng.sample(FLAT_NAMES, rng.randint(0, 4)):
            if rng.random() < 0.3:
                lines.append(rng.choice(";#") + rng.choice([" secret", " plain words", "tight", " a = b"]))
            lines.append(name + rng.choice([" = ", "="]) + rng.choice(["x", "two words", "`a;b`", '"q"', "1", "", "a=b", "é",
                "x" * 200, "a:b", "[c]", "\\n"]))
    return "\n".join(lines) + "\n"


def make_text(rng, kind):
    if kind == "binary":
        return bytes(rng.randrange(256) for _ in range(rng.choice([0, 1, 10, 1000])))
    return {"yaml": yaml_text, "json": json_text, "dotenv": dotenv_text, "ini": ini_text}[kind](rng).encode()


def pick_keys(rng, count):
    picked = []
    while len(picked) < count:
        key = rng.choices(KEYS, KEY_WEIGHTS)[0]
        if key not in picked:
            picked.append(key)
    return picked


def make_case(rng):
    """A request to encrypt, and the names of the keys that are at hand for decrypting."""
    kind = rng.choice(["yaml", "yaml", "yaml", "json", "json", "dotenv", "ini", "binary"])
    groups = [pick_keys(rng, rng.choice([1, 1, 2, 3])) for _ in range(rng.choice([1, 1, 1, 1, 2, 3]))]
    rule, expression = rng.choice(RULES)
    if kind == "binary":
        rule, expression = RULES[0]
    encrypt = {"action": "encrypt", "format": kind, "groups": groups, "threshold": rng.randint(2,
        len(groups)) if len(groups) > 1 else 0,
               "rule": rule, "rule_expression": expression, "mac_only_encrypted": rng.random() < 0.25}
    at_hand = pick_keys(rng, rng.randint(1,
        2)) if rng.random() < 0.2 else sorted({group[rng.randrange(len(group))] for group in groups})
    return encrypt, make_text(rng, kind), at_hand


def tampered(rng, text):
    """The encrypted text with one change, harmless or not."""
    lines = text.split(b"\n")
    first = rng.randrange(len(lines))
    kind = rng.random()
    if kind < 0.3 and text:
        at = rng.randrange(len(text))
        # Lines of an ini file that are joined: sops takes what is behind a "#" or ";" away.
        at -= text[at:at + 1] == b"\n"
        return text[:at] + rng.choice([b"A", b"x", b" ", b"#", b"="]) + text[at + 1:]
    if kind < 0.5:
        del lines[first]
    elif kind < 0.7:
        second = rng.randrange(len(lines))
        lines[first], lines[second] = lines[second], lines[first]
    elif kind < 0.8:
        return text[:rng.randrange(len(text) + 1)]
    elif kind < 0.9:
        lines.insert(first, rng.choice([b"# another comment", b"", b"; x", b"new: value", b"NEW=value"]))
    else:
        lines[first] = lines[first].replace(b"type:str", rng.choice([b"type:int", b"type:bool", b"type:bytes",
            b"type:comment", b"type:x"]))
    return b"\n".join(lines)
