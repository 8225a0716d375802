"""Names that resemble a recognised body's (rules.md AB-8): look-alikes exist, a letter or two away.

A name proves nothing either way; this only tells a reader whom they may have taken it for.
"""

import re

# Two initials are shared by too many names to mean anything.
_FEWEST_INITIALS = 3


def resembles(name: str, known: str, *, distance: int) -> bool:
    """Whether `name` is within `distance` edits of `known`, or bears its acronym."""
    left, right = name.casefold(), known.casefold()
    if abs(len(left) - len(right)) <= distance and _edits(left, right) <= distance:
        return True
    initials = _initials(known)
    return len(initials) >= _FEWEST_INITIALS and (
        _initials(name) == initials or initials in re.findall(r"\w+", left)
    )


def _initials(name: str) -> str:
    return "".join(word[0] for word in re.findall(r"\w+", name.casefold()))


def _edits(left: str, right: str) -> int:
    """Letters to insert, delete or replace (Levenshtein)."""
    above = list(range(len(right) + 1))
    for row, letter in enumerate(left, start=1):
        line = [row]
        for column, other in enumerate(right, start=1):
            replaced = above[column - 1] + (letter != other)
            line.append(min(line[-1] + 1, above[column] + 1, replaced))
        above = line
    return above[-1]
