"""`proofmark rules`: packs, purposes, parameters and standards that certificates are judged by.

Shown is what is shipped; an evidence folder's `policy.json` may set parameters and add to the rest.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

import click

from service.commands.text import duration, wrapped
from service.domain.verdict import plain
from service.rules.catalogue import catalogue
from service.rules.packs import shipped_packs
from service.rules.parameters import Parameter, parameters
from service.rules.policy import CHOICES

_PAGE_HEAD = """\
# The rules

By these packs, purposes, parameters and standards certificates are judged. Shown is what is \
shipped; `policy.json` in an evidence folder may set the parameters and add packs, purposes, \
standards and schemes in the same form (one of the same name wins). `proofmark rules` shows them \
on a terminal, with `--json` for machines; `proofmark explain CODE` says what an answer means.

*Inferred* marks our own reading, where no public text says it: that is why it is a parameter. *To \
be confirmed* marks a clause number that is still to be compared with the standard. Where a \
pack leaves a parameter open (–), the policy's counts.

`proofmark rules --markdown` writes this page, and a test holds it equal.
"""
_NAMED = frozenset({"name", "title", "source"})


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the rulebook: its title, columns and rows of plain texts."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables() -> tuple[Table, ...]:
    """Everything by which certificates are judged, as tables."""
    packs = shipped_packs()
    kinds: Sequence[tuple[str, Mapping[str, Any]]] = (
        ("Packs for management-system certificates", packs.ms_packs),
        ("Packs for the end of an accreditation", packs.ended_packs),
        ("Purposes", packs.purposes),
    )
    of_packs = [
        Table(title, ("name", "what it says", "parameters", "source"), tuple(_packs(found)))
        for title, found in kinds
    ]
    return (*of_packs, _policy(), _standards())


def _packs(found: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
    for pack in found.values():
        own = [item for item in fields(pack) if item.name not in _NAMED]
        said = (f"{item.name} {_value(getattr(pack, item.name))}" for item in own)
        yield pack.name, pack.title, ", ".join(said), pack.source


def _policy() -> Table:
    columns = ("name", "default", "choices", "what it sets", "source")
    rows = (
        (one.name, _amount(one), _choices(one.name), one.meaning, _source(one))
        for one in parameters()
    )
    return Table("Parameters of the policy", columns, tuple(rows))


def _amount(one: Parameter) -> str:
    if one.default is None:
        return "not set"
    if one.unit == "seconds":
        return duration(one.default)
    return f"{_value(one.default)} {one.unit or ''}".rstrip()


def _choices(name: str) -> str:
    """What may be chosen; a convention with one value cannot be changed."""
    known = sorted(CHOICES.get(name, ()))
    return "fixed" if len(known) == 1 else ", ".join(known) or "–"


def _source(one: Parameter) -> str:
    return f"{one.source}; inferred" if one.inferred else one.source


def _standards() -> Table:
    columns = ("standard", "edition", "kind", "last valid day", "replaced by", "pack", "source")
    rows = (
        (
            one.designator, one.edition or "every", one.kind.replace("_", " "),
            _value(one.transition_end), one.superseded_by or "–", one.pack or "–",
            f"{one.source}, checked {_value(one.checked_on)}",
        )
        for one in catalogue().standards
    )  # fmt: skip
    return Table("Standards", columns, tuple(rows))


def _value(value: Any) -> str:
    """A value in a word: yes, no, `–` for what is left open."""
    if value is None or value == ():
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    bare = plain(value)
    return ", ".join(map(str, bare)) if isinstance(bare, list) else str(bare)


def as_json() -> dict[str, Any]:
    """The same as plain JSON values, under their own names."""
    packs = shipped_packs()
    return {
        "ms_packs": [plain(asdict(one)) for one in packs.ms_packs.values()],
        "ended_packs": [plain(asdict(one)) for one in packs.ended_packs.values()],
        "purposes": [plain(asdict(one)) for one in packs.purposes.values()],
        "policy": [
            {**plain(asdict(one)), "choices": sorted(CHOICES.get(one.name, ()))}
            for one in parameters()
        ],
        "standards": [plain(asdict(one)) for one in catalogue().standards],
    }


def listing(width: int | None) -> Iterator[str]:
    """The tables as lines for a terminal, at most `width` characters wide; None does not wrap."""
    for table in tables():
        yield click.style(table.title, bold=True)
        for row in table.rows:
            yield from _entry(table.columns, row, width)
        yield ""
    yield "'inferred' marks our own reading, where no public text says it."


def _entry(columns: Sequence[str], row: Sequence[str], width: int | None) -> Iterator[str]:
    """A row as its name with the rest below it; what is left open is left out."""
    yield f"  {row[0]}"
    for column, text in zip(columns[1:], row[1:], strict=True):
        if text != "–":
            yield from wrapped(f"{column}: {text}", width, indent=4)


def markdown() -> str:
    """The tables as docs/rules.md."""
    return "\n".join([_PAGE_HEAD, *map(_section, tables())])


def _section(table: Table) -> str:
    lines = [f"## {table.title}", "", _line(table.columns), _line("-" * 3 for _ in table.columns)]
    lines += [_line((f"`{row[0]}`" if table.title != "Standards" else row[0], *row[1:]))
              for row in table.rows]  # fmt: skip
    return "\n".join([*lines, ""])


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
