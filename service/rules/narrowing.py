"""A link only narrows: whether one scope lies within another (rules.md CM-9, AC-5, AB-3).

None is "not limited in this respect", so that it lies only within None.
"""

from collections.abc import Collection
from datetime import date

from service.domain.accreditation import Part, Recognition, ScopeRow
from service.domain.scope import any_covers, covers_standard


def beyond_recognition(
    recognition: Recognition | None, norm: str, row: ScopeRow, day: date
) -> str | None:
    """CM-9, AB-3: what of a scope row its giver may not grant on a day; None if nothing.

    A row of the recognition that holds for the whole norm is enough for any standard, though not
    without a warning where it is used. Without a recognition the anchor grants by itself.
    """
    if recognition is None:
        return None
    held = [one for one in recognition.rows if one.norm == norm and one.period.covers(day)]
    if not held:
        return norm
    if any(one.main_scope or one.standards is None for one in held):
        return None
    if row.standards is None:
        return describe(row)
    for standard in row.standards:
        if not any(any_covers(one.standards, standard) for one in held):
            return standard
    return None


def within(narrow: ScopeRow, wide: ScopeRow) -> bool:
    """Whether a scope row lies within another one: standards, codes, scheme, type, categories."""
    return (
        _standards_within(narrow.standards, wide.standards)
        and _among(narrow.codes, wide.codes)
        and wide.scheme in (None, narrow.scheme)
        and wide.type in (None, narrow.type)
        and _among(narrow.categories, wide.categories)
    )


def _standards_within(narrow: Collection[str] | None, wide: Collection[str] | None) -> bool:
    if narrow is None:
        return wide is None
    return all(any_covers(wide, one) for one in narrow)


def _among(narrow: Collection[str] | None, wide: Collection[str] | None) -> bool:
    return wide is None or (narrow is not None and set(narrow) <= set(wide))


def part_within(narrow: Part, wide: Part) -> bool:
    """Whether a part lies within another one."""
    named = () if narrow.standard is None else (narrow.standard,)
    return (
        (wide.standard is None or any(covers_standard(wide.standard, one) for one in named))
        and _among(narrow.codes, wide.codes)
        and wide.scheme in (None, narrow.scheme)
    )


def overlaps(one: Part, other: Part) -> bool:
    """Whether two parts have anything in common."""
    return (
        _standards_meet(one.standard, other.standard)
        and (one.codes is None or other.codes is None or bool(one.codes & other.codes))
        and (one.scheme is None or other.scheme is None or one.scheme == other.scheme)
    )


def _standards_meet(one: str | None, other: str | None) -> bool:
    if one is None or other is None:
        return True
    return covers_standard(one, other) or covers_standard(other, one)


def is_part_of(part: Part, row: ScopeRow) -> bool:
    """Whether a part has anything in common with a scope row."""
    standards: Collection[str | None] = (None,) if row.standards is None else row.standards
    return any(overlaps(part, Part(one, row.codes, row.scheme)) for one in standards)


def describe(scope: Part | ScopeRow) -> str:
    """A part or a row in words: standards, scheme, codes; "everything" where it has no limit."""
    standards = (
        scope.standards
        if isinstance(scope, ScopeRow)
        else None
        if scope.standard is None
        else (scope.standard,)
    )
    named = [*(standards or ()), *((scope.scheme,) if scope.scheme else ())]
    return ", ".join([*named, *sorted(scope.codes or ())]) or "everything"
