# SPDX-License-Identifier: 0BSD
"""What is known to differ from the originals and is not generated: name to reason. STAGESET_DIFFERENTIAL_ODD=all, or names with commas
between, generates it nevertheless. An entry goes when the difference does."""

import os

KNOWN = {
    "merge-key-text": "the text << stands without quotes there",
    "line-separator": "U+2028 stands in single quotes there, escaped here",
    "number-text": "an unquoted annotation 1e3, and a text such as 012 or a date in a replacement, keep or lose their text otherwise",
    "null-label": "a patch with a null for a label that is not there sets the text null there",
    "empty-labels": "a patch with an empty map of labels leaves none there, an empty map here",
    "metadata-of-patches": "originAnnotations and transformerAnnotations beside patches, replacements, components or merged generators",
    "changed-style": "a number that replaces a quoted text is quoted there, a quoted text that replaces a name is not",
    "empty-patch": "an empty list of operations is refused there",
    "unknown-list": "$patch: delete in a list that a patch adds, or of a kind without schema, stays there",
    "null-field": "a null in an element that a patch adds stays there",
    "large-integer": "a JSON patch rounds integers beyond 2^53 of its object there",
    "hidden-annotations": "a JSON patch finds a map of annotations there that only the build put in",
    "map-keys": "a map of a CEL expression keeps keys of every kind there, some by identity, some crash; NaN, lists, maps, bytes, times and types "
    "are refused here",
    "type-variables": "a variable of a CEL macro that holds a type is taken for the type's name there, and the program refused",
    "held-texts": "a constant pattern is matched with the text within a type or an optional there",
    "library-equality": "a quantity, version, URL, address or format compared with another kind is an error there, or even equal in a list; "
    "it is unequal here",
    "rooted-names": "a variable of a CEL macro may be written with a leading dot there, and then cannot be used",
    "sorted-nan": "where NaN stands in a sorted list is left to the sort there",
    "equal-keys": "1, 1u and 1.0 are three keys of one map there, where nothing is checked",
    "empty-comment": "sops: an empty comment before an item of a list becomes an empty item there",
    "name-change": "a patch that may change names or kinds of generated objects: other hashes, or refused there for one name twice",
}


def chosen():
    asked = os.environ.get("STAGESET_DIFFERENTIAL_ODD", "")
    return set(KNOWN) if asked == "all" else set(asked.split(","))


_CHOSEN = chosen()


def allowed(name):
    """Whether a generator may make what `name` stands for."""
    if name not in KNOWN:
        raise KeyError(name)
    return name in _CHOSEN
