"""Reading data files: rows of JSON as frozen values, and what is wrong with one in a sentence.

Nothing is converted and nothing is guessed: an unknown name, a wrong type or a value outside its
choices refuses the file that brought it.
"""

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import Any, TypeVar, get_args, get_type_hints

from service.domain.dates import parse_day

_Built = TypeVar("_Built")
# A century; a longer term or interval would lead out of the calendar.
MAX_MONTHS = 1_200


class PackRefused(ValueError):
    """A pack, policy, standard or scheme that does not validate; the text names what is wrong."""


def built(
    kind: type[_Built],
    row: Any,
    where: str,
    *,
    choices: Mapping[str, frozenset[str]] | None = None,
    readers: Mapping[str, Any] | None = None,
) -> _Built:
    """A frozen value of a dataclass `kind` from a row of JSON. Raises PackRefused.

    Lists become tuples; a member of `readers` is read by its function, one of `choices` must be
    among them; `days` are read where the type says `date`.
    """
    if not isinstance(row, Mapping):
        raise PackRefused(f"{where}: not an object")
    hints = get_type_hints(kind)
    known = {item.name for item in fields(kind)}  # type: ignore[arg-type]
    values: dict[str, Any] = {}
    for name, value in row.items():
        if name not in known:
            raise PackRefused(f"{where}: unknown parameter {name}")
        values[name] = _value(hints[name], value, f"{where}: {name}", (readers or {}).get(name))
        if "month" in name and type(value) is int and value > MAX_MONTHS:
            raise PackRefused(f"{where}: {name} is at most {MAX_MONTHS}")
        if choices and name in choices and value not in choices[name]:
            raise PackRefused(f"{where}: {name} is one of {', '.join(sorted(choices[name]))}")
    needed = [item.name for item in fields(kind) if item.default is MISSING]  # type: ignore[arg-type]
    if missing := [name for name in needed if name not in values]:
        raise PackRefused(f"{where}: needs {', '.join(missing)}")
    return kind(**values)


def _value(hint: Any, value: Any, where: str, reader: Any) -> Any:
    allowed = get_args(hint) or (hint,)
    names = {getattr(one, "__name__", str(one)) for one in allowed}
    if value is None and type(None) in allowed:
        return None
    if reader is not None:
        return reader(value)
    text = str(hint)
    if "date" in names or "datetime.date" in text:
        try:
            return parse_day(value)
        except (TypeError, ValueError):
            raise PackRefused(f"{where} is a day written YYYY-MM-DD, or null") from None
    if "tuple" in text:
        if type(value) is not list or not all(type(item) is str for item in value):
            raise PackRefused(f"{where} is a list of texts")
        return tuple(value)
    if type(value) not in allowed or (type(value) is int and value < 0):
        raise PackRefused(f"{where} has the wrong type or range")
    return value
