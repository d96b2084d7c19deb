# SPDX-License-Identifier: 0BSD
"""Makes a failing tree smaller: leaves out files, list entries and fields as long as it still fails."""

import copy

# Each attempt is a build on both sides; a difference should be shown within seconds.
ATTEMPTS_MAX = 1500


# What an object needs to be one: without it, other differences than the one at hand show.
KEPT = {"apiVersion", "kind", "metadata"}


def places(value, path=()):
    """All paths below `value` that can be left out."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = []
    for key, child in children:
        if key not in KEPT and not (key == "name" and path and path[-1] == "metadata"):
            found.append((*path, key))
        found += places(child, (*path, key))
    return found


def without(value, path):
    result = copy.deepcopy(value)
    parent = result
    for step in path[:-1]:
        parent = parent[step]
    del parent[path[-1]]
    return result


def shrink(files, fails):
    """The smallest of `files` that was found for which `fails` holds."""
    attempts = 0
    changed = True
    while changed and attempts < ATTEMPTS_MAX:
        changed = False
        for path in sorted(places(files), key=len):
            if attempts >= ATTEMPTS_MAX:
                break
            try:
                candidate = without(files, path)
            except (KeyError, IndexError, TypeError):
                continue  # left out with something above or before it
            attempts += 1
            if fails(candidate):
                files = candidate
                changed = True
    return files
