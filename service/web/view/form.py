"""The form of a dossier: drawn of the same table that reads it (`service.issuer.dossier`).

A field's name is its path, `audits.0.first_day`. A list of objects ends with an empty one, which
counts when something is filled in; one that is emptied, or ticked to be removed, is gone. No script
is needed. `none` in a list of lines says that there are none. Values are passed on as typed:
whether they can be read is for the reader to say.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from service.issuer.dossier import MEMBERS
from service.issuer.reading import (
    Built,
    ListOf,
    MapOf,
    OneOf,
    OrName,
    Reader,
    day,
    prose,
    span,
    whole,
    yes_no,
)

# Chosen when a dossier is begun, or written by who decides.
_ELSEWHERE = frozenset({"act", "kind", "cb", "decision"})
# What only some kinds of certificate have.
_ONLY: Mapping[str, frozenset[str]] = {
    "organisation": frozenset({"management_system"}),
    "audits": frozenset({"management_system"}),
    "audit_time": frozenset({"management_system"}),
    "stage_gap_justification": frozenset({"management_system"}),
    "product": frozenset({"product"}),
    "tests": frozenset({"product"}),
    "module": frozenset({"product"}),
    "service": frozenset({"service"}),
    "scheme": frozenset({"product", "service"}),
    "inspections": frozenset({"product", "service"}),
    "codes": frozenset({"management_system", "service"}),
}
# In the order in which a dossier grows.
_ORDER = (
    "holder application standards codes scheme organisation product service office audit_time "
    "audits stage_gap_justification tests inspections findings people review mark certificate"
).split()
_KINDS: Mapping[Reader, str] = {day: "date", prose: "prose", whole: "number", yes_no: "choice"}
# That there are none is something else than that nothing is known.
_NONE = "none"
# Between the first and the last of a range.
_BETWEEN = " to "
_KEY, _GONE, _COUNT = "name_of_it", "remove", "count"
Form = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Field:
    """One value: `kind` is text, prose, date, number, choice, or lines or spans (a line each)."""

    path: str
    label: str
    kind: str
    value: str
    choices: tuple[str, ...] = ()
    required: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """A list of objects, the last of them empty."""

    path: str
    label: str
    rows: tuple["Group", ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Values that belong together."""

    path: str
    label: str
    fields: tuple["Field | Rows | Group", ...]
    fresh: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A member of a dossier; `filled` where something is there."""

    name: str
    label: str
    filled: bool
    part: Field | Rows | Group


def sections(content: Mapping[str, Any]) -> tuple[Section, ...]:
    """What a dossier of its kind may hold, with what it holds."""
    kind = str(content.get("kind"))
    names = [
        name
        for name in MEMBERS
        if name not in _ELSEWHERE and (name in content or kind in _ONLY.get(name, {kind}))
    ]
    names.sort(key=lambda name: (_ORDER.index(name) if name in _ORDER else len(_ORDER), name))
    return tuple(
        Section(name, label(name), bool(content.get(name)), _untitled(part))
        for name in names
        if (part := _part(MEMBERS[name], name, label(name), content.get(name))) is not None
    )


def typed(name: str, form: Form) -> Any:
    """What a form says that a section holds; None for nothing."""
    return _typed(MEMBERS[name], name, form)


def patch(before: Any, after: Any) -> Any:
    """The merge patch (RFC 7396) that makes a section what the form says.

    What an object holds that no form shows is left as it is.
    """
    if not isinstance(after, Mapping) or not isinstance(before, Mapping):
        return after
    changed = {name: patch(before.get(name), value) for name, value in after.items()}
    return changed | {name: None for name in before if name not in after}


def label(name: str) -> str:
    """A member's name in words."""
    words = name.replace("_", " ").replace("sha256", "SHA-256")
    return words[:1].upper() + words[1:]


def _part(reader: Reader, path: str, title: str, value: Any) -> Field | Rows | Group | None:
    match reader:
        case OrName(item):
            return _part(item, path, title, {"name": value} if isinstance(value, str) else value)
        case Built(_, members, required):
            known = value if isinstance(value, Mapping) else {}
            parts = [
                (name, _part(one, f"{path}.{name}", label(name), known.get(name)))
                for name, one in members.items()
            ]
            return Group(path, title, tuple(_asked(part, required, n) for n, part in parts if part))
        case MapOf(item):
            held = value if isinstance(value, Mapping) else {}
            rows = [*held.items(), ("", None)]
            made = (_named(item, f"{path}.{n}", *row) for n, row in enumerate(rows))
            return Rows(path, title, tuple(made))
        case ListOf(Built() | OrName() as item):
            given = [*(value or ()), None]
            rows = [
                (_part(item, f"{path}.{n}", "", one), one is None) for n, one in enumerate(given)
            ]
            return Rows(
                path, title,
                tuple(Group(g.path, "", g.fields, new) for g, new in rows if isinstance(g, Group)),
            )  # fmt: skip
        case ListOf(item) if item is span:
            ranges = "\n".join(_BETWEEN.join(one) for one in value or ())
            return Field(path, title, "spans", ranges)
        case ListOf(item):
            simple = isinstance(item, OneOf) or all(isinstance(one, str) for one in value or ())
            if not simple:
                return None
            choices = item.choices if isinstance(item, OneOf) else ()
            lines = _NONE if value is not None and not value else "\n".join(value or ())
            return Field(path, title, "lines", lines, choices)
        case OneOf(choices):
            return Field(path, title, "choice", value or "", choices)
    if reader is yes_no:
        shown = {True: "yes", False: "no"}.get(value, "")
        return Field(path, title, "choice", shown, ("yes", "no"))
    return Field(path, title, _KINDS.get(reader, "text"), "" if value is None else str(value))


def _untitled(part: Field | Rows | Group) -> Field | Rows | Group:
    """A section has its title already."""
    return replace(part, label="") if isinstance(part, Group) else part


def _asked(part: Any, required: tuple[str, ...], name: str) -> Any:
    if isinstance(part, Field) and name in required:
        return Field(part.path, part.label, part.kind, part.value, part.choices, required=True)
    return part


def _named(item: Reader, path: str, name: str, value: Any) -> Group:
    fresh = not name
    key = Field(f"{path}.{_KEY}", "Name", "text", name)
    part = _part(item, path, "Text", value)
    if isinstance(part, Group):
        return Group(path, "", (key, *part.fields), fresh)
    return Group(path, "", (key, part) if part is not None else (key,), fresh)


def _typed(reader: Reader, path: str, form: Form) -> Any:
    match reader:
        case OrName(item):
            return _typed(item, path, form)
        case Built(_, members, _):
            found = {name: _typed(one, f"{path}.{name}", form) for name, one in members.items()}
            return {name: value for name, value in found.items() if value is not None} or None
        case MapOf(item):
            rows = (
                (form.get(f"{at}.{_KEY}", "").strip(), _typed(item, at, form))
                for at in _rows(path, form)
            )
            return {name: value or {} for name, value in rows if name} or None
        case ListOf(Built() | OrName() as item):
            return [value for at in _rows(path, form) if (value := _typed(item, at, form))] or None
        case ListOf(item):
            lines = [line.strip() for line in form.get(path, "").splitlines() if line.strip()]
            if item is span:
                return [_ends(line) for line in lines] or None
            return [] if lines == [_NONE] else lines or None
    value = form.get(path, "").strip()
    if reader is yes_no:
        return {"yes": True, "no": False}.get(value)
    if reader is whole and value.isdecimal():
        return int(value)
    return value or None


def _ends(line: str) -> list[str]:
    return [end.strip() for end in line.split(_BETWEEN)]


def _rows(path: str, form: Form) -> Iterator[str]:
    """The paths of the rows that a form has, but for those to be removed."""
    count = form.get(f"{path}.{_COUNT}", "0")
    for n in range(min(int(count), len(form)) if count.isdecimal() else 0):
        at = f"{path}.{n}"
        if not form.get(f"{at}.{_GONE}"):
            yield at
