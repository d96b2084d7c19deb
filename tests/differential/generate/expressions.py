# SPDX-License-Identifier: 0BSD
"""Random CEL expressions: a tree of templates with holes, most of them of the type that their place asks for."""

import dataclasses
import itertools
import re

from generate import cel_grammar
from generate.cel_leaves import LEAVES

DEPTH_MAX = 5
WRONG_TYPE = 0.015
FOREIGN = 0.02
BROKEN = 0.06
HOLE = re.compile(r"\$(\w+)|@(\w+)")  # an expression of a type, or a name that the rest of the template may use
MARKS = [*"()[]{}.,:?!<>=&|+-*/%'\"\\`0", " ", "==", "&&", "||", " in ", "null", "u", "r", "b", "e1", "0x", "//", "\n", "for", "é", "?.", "[?", "1", "_"]


@dataclasses.dataclass(frozen=True)
class Node:
    """A piece of an expression; `parts` are texts and nodes."""

    type: str
    parts: tuple

    def text(self):
        return "".join(part if isinstance(part, str) else part.text() for part in self.parts)

    def children(self):
        return [part for part in self.parts if isinstance(part, Node)]


class Generator:
    """One expression for one environment (kubernetes or flux)."""

    def __init__(self, rng, environment):
        self.rng = rng
        self.environment = environment
        self.names = itertools.count()
        self.types = [name for name in cel_grammar.CONCRETE if environment == "kubernetes" or name not in cel_grammar.KUBERNETES_ONLY]

    def leaf(self, wanted, scope):
        rng = self.rng
        bound = [name for name, kind in scope if kind == wanted or wanted == "any"]
        if bound and rng.random() < 0.6:
            return Node(wanted, (rng.choice(bound),))
        if wanted == "any":
            return self.leaf(rng.choice(self.types), scope)
        leaves = LEAVES[wanted]
        return Node(wanted, (leaves[min(rng.randrange(len(leaves)), rng.randrange(len(leaves)))],))

    def production(self, wanted):
        rng = self.rng
        rows = cel_grammar.PRODUCTIONS[wanted]
        mine = [text for libraries, text in rows if self.environment[0] in libraries]
        other = [text for libraries, text in rows if self.environment[0] not in libraries]
        if (other and rng.random() < FOREIGN) or not mine:
            return rng.choice(other)
        return rng.choice(mine)

    def make(self, wanted, depth=0, scope=()):
        rng = self.rng
        if rng.random() < WRONG_TYPE:
            wanted = rng.choice(cel_grammar.CONCRETE)
        elif wanted == "any":
            wanted = rng.choice(self.types)
        if wanted not in cel_grammar.PRODUCTIONS or depth >= DEPTH_MAX or rng.random() < 0.12 + 0.13 * depth:
            return self.leaf(wanted, scope)
        return self.fill(wanted, self.production(wanted), depth, scope)

    def fill(self, wanted, template, depth, scope):
        """Holes are filled from left to right; a name that the template binds is known to the holes behind it."""
        parts, at = [], 0
        for match in HOLE.finditer(template):
            parts.append(template[at : match.start()])
            at = match.end()
            if match[1]:
                parts.append(self.make(match[1], depth + 1, scope))
                continue
            name = f"{self.rng.choice('xyzkv')}{next(self.names)}"
            if self.rng.random() < 0.05:
                name = self.rng.choice(["spec", "x", "size", "a.b", "status"])
            scope = (*scope, (name, match[2]))
            parts.append(name)
        parts.append(template[at:])
        if template.startswith("(") and template.endswith(")") and self.rng.random() < 0.25:
            # Without its parentheses an operator shows how tightly it binds.
            parts[0], parts[-1] = parts[0][1:], parts[-1][:-1]
        return Node(wanted, tuple(part for part in parts if part != ""))


def broken(rng, text):
    """The text with one mark put in, left out or put twice."""
    at = rng.randrange(len(text) + 1)
    kind = rng.random()
    if kind < 0.4:
        return text[:at] + rng.choice(MARKS) + text[at:]
    if kind < 0.8:
        return text[:at] + text[at + rng.randint(1, 3) :]
    return text[:at] + text[max(0, at - 4) :]


def expression(rng, environment):
    """A tree, or a text without one."""
    generator = Generator(rng, environment)
    tree = generator.make(rng.choice(["bool", "bool", "bool", "any", *generator.types]))
    return Node("broken", (broken(rng, tree.text()),)) if rng.random() < BROKEN else tree


def shrink(tree, fails, attempts_max=1500):
    """The smallest tree that was found for which `fails` holds."""
    attempts = 0
    changed = True
    while changed and attempts < attempts_max:
        changed = False
        for candidate in smaller(tree):
            attempts += 1
            if attempts > attempts_max:
                break
            if fails(candidate):
                tree, changed = candidate, True
                break
    return tree


def smaller(tree):
    """What a tree can be replaced by: a child, a plain leaf, a text without a character, itself with a smaller child."""
    yield from tree.children()
    text = tree.text()
    leaf = LEAVES.get(tree.type, ("",))[0]
    if leaf and len(leaf) < len(text):
        yield Node(tree.type, (leaf,))
    if tree.type == "broken":
        for size in (8, 1):
            for at in range(0, len(text), size):
                yield Node("broken", (text[:at] + text[at + size :],))
    for index, part in enumerate(tree.parts):
        if isinstance(part, Node):
            for candidate in smaller(part):
                yield Node(tree.type, (*tree.parts[:index], candidate, *tree.parts[index + 1 :]))
