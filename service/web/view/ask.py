"""The question: what was asked, in words, and the form to ask something else."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from service.domain.certificate import Certificate
from service.domain.question import EMPTY, Question
from service.domain.report import Report
from service.domain.text import clean
from service.web.view.words import Line, Piece, day, foreign, listed

NEEDS: Mapping[str, str] = {
    "product": "A product",
    "management_system": "How the company works",
    "service": "A service",
}
_PLACES: Mapping[str, str] = {
    "": "I do not ask about a mark",
    "product": "On the product",
    "packaging": "On its packaging",
    "letterhead": "On a letter or website",
    "report": "On a test report",
}
# Further fields of the form: name, label, hint. Days are shown with the browser's own picker.
_MORE = (
    ("standard", "Standard", "For example ISO 9001:2015"),
    ("gtin", "GTIN", "The number under the bar code"),
    ("revision", "Revision of the product", None),
    ("serial", "Serial number", None),
    ("lot", "Lot or batch", None),
    ("factory", "Factory", None),
    ("made_on", "Made on which day?", None),
    ("site", "Site", None),
    ("activity", "Activity", "A code such as iaf:17"),
    ("holder", "Company", "Its name, or a registered number"),
    ("seen", "Other marks you see", "own_mark, statement, accreditation_symbol, ce, iso_logo"),
    ("says", "What a statement about the maker says",
     "holder, system_and_standard, certification_body, product_claim"),
)  # fmt: skip
_SHAPES: Mapping[str, str] = {
    "": "I do not ask about its form",
    "circle": "Round",
    "rectangle": "Rectangular",
    "hexagon": "Six-sided",
}
_SHOWN: Mapping[str, str] = {
    "": "This certificate",
    "test_report": "A test report",
    "accreditation": "An accreditation",
    "declaration": "The maker’s own declaration",
}
# Fields with a few choices: name, label, choices.
_SELECTS = (
    ("placement", "Where do you see its mark?", _PLACES),
    ("shape", "What form has the mark?", _SHAPES),
    ("shown", "What were you shown as proof?", _SHOWN),
)
_DAYS = ("on", "made_on")
_PHRASES: Mapping[str, str] = {
    "model": "model ",
    "gtin": "GTIN ",
    "revision": "revision ",
    "serial": "serial number ",
    "lot": "lot ",
    "factory": "made at ",
    "made_on": "made on ",
    "standard": "standard ",
    "site": "site ",
    "activity": "activity ",
    "holder": "held by ",
    "seen": "marks seen: ",
    "says": "a statement that says: ",
    "purpose": "for the purpose ",
    "on": "as of ",
}
_FIXED: Mapping[str, Mapping[str, str]] = {
    "needs": {name: label[:1].lower() + label[1:] for name, label in NEEDS.items()},
    "placement": {
        name: f"a mark {label[:1].lower() + label[1:]}" for name, label in _PLACES.items() if name
    },
    "shape": {name: f"a {label.lower()} mark" for name, label in _SHAPES.items() if name},
    "shown": {
        name: f"shown {label[:1].lower() + label[1:]}" for name, label in _SHOWN.items() if name
    },
}


@dataclass(frozen=True, slots=True)
class Field:
    """One input of the form."""

    name: str
    label: str
    value: str
    hint: str | None
    kind: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One option."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Select:
    """One field with a few choices."""

    name: str
    label: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, slots=True)
class AskForm:
    """The form; `kept` are asked values that it has no input for."""

    action: str
    needs: tuple[Choice, ...]
    first: tuple[Field, ...]
    more: tuple[Field, ...]
    selects: tuple[Select, ...]
    kept: tuple[tuple[str, str], ...]
    unfolded: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing asked beside what is certified."""

    label: str
    asked: Line
    certified: Line


def asked(question: Question) -> Line | None:
    """What was asked, in words; None for an empty question."""
    pieces: list[Piece] = []
    for name, value in sorted(question.to_json().items(), key=_place):
        words = _FIXED.get(name, {}).get(str(value))
        if pieces:
            pieces.append(Piece(", "))
        if words is not None:
            pieces.append(Piece(words))
            continue
        pieces.append(Piece(_PHRASES.get(name, f"{name} ")))
        if name in _DAYS:
            pieces.append(Piece(day(getattr(question, name)), iso=str(value)))
        else:
            pieces += listed(value if isinstance(value, list) else [value])
    return tuple(pieces) or None


def _place(item: tuple[str, Any]) -> int:
    """What is needed comes first, the day asked about last."""
    return {"needs": 0, "on": 2}.get(item[0], 1)


def ask_form(question: Question, path: str) -> AskForm:
    """The form that asks `path` again, filled with what was asked."""
    values = {name: _shown(value) for name, value in question.to_json().items()}
    more = tuple(_field(name, label, hint, values) for name, label, hint in _MORE)
    first = (
        _field("model", "Model, if it is a product", None, values),
        _field("on", "On which day?", "Leave empty for today.", values),
    )
    selects = tuple(
        Select(name, label, _choices(choices, values.get(name, "")))
        for name, label, choices in _SELECTS
    )
    inputs = {"needs", *(one.name for one in (*first, *more)), *(one.name for one in selects)}
    return AskForm(
        action=path,
        needs=tuple(Choice(name, label, question.needs == name) for name, label in NEEDS.items()),
        first=first,
        more=more,
        selects=selects,
        kept=tuple((name, value) for name, value in values.items() if name not in inputs),
        unfolded=any(field.value for field in more)
        or any(values.get(select.name) for select in selects),
    )


def _choices(choices: Mapping[str, str], chosen: str) -> tuple[Choice, ...]:
    return tuple(Choice(name, label, name == chosen) for name, label in choices.items())


def _shown(value: Any) -> str:
    return ",".join(value) if isinstance(value, list) else str(value)


def _field(name: str, label: str, hint: str | None, values: Mapping[str, str]) -> Field:
    kind = "date" if name in _DAYS else "text"
    return Field(name, label, clean(values.get(name, "")), hint, kind)


def again(question: Question, path: str) -> str:
    """The address that asks the same once more."""
    if question == EMPTY:
        return path
    return f"{path}?{urlencode({k: _shown(v) for k, v in question.to_json().items()})}"


def beside(report: Report, certificate: Certificate) -> tuple[Asked, ...]:
    """What was asked for beside what is certified, where both are words that can be compared."""
    product = certificate.product
    certified = {
        "model": product.models if product else (),
        "gtin": product.gtins if product else (),
        "factory": (product.factories or ()) if product else (),
        "revision": (product.revision,) if product and product.revision else (),
        "standard": certificate.standards,
        "site": tuple(site.name for site in certificate.sites),
        "activity": certificate.codes,
        "holder": (certificate.holder.name,),
    }
    labels = {"model": "Model", **{name: label for name, label, _ in _MORE}}
    return tuple(
        Asked(labels[name], foreign(value), listed(words[:12]))
        for name, words in certified.items()
        if (value := getattr(report.question, name)) is not None and words
    )
