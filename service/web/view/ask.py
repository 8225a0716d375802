"""The question: what was asked, in words, and the form to ask something else."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import unquote, urlencode

from service.domain.certificate import Certificate
from service.domain.question import EMPTY, Question
from service.domain.report import Report
from service.domain.text import clean
from service.web.language import N_, _, language
from service.web.view.words import Line, Piece, foreign, listed, own, say

NEEDS: Mapping[str, str] = {
    "product": N_("A product"),
    "management_system": N_("How the company works"),
    "service": N_("A service"),
}
_PLACES: Mapping[str, str] = {
    "": N_("I do not ask about a mark"),
    "product": N_("On the product"),
    "packaging": N_("On its packaging"),
    "letterhead": N_("On a letter or website"),
    "report": N_("On a test report"),
}
# Further fields of the form: name, label, hint. Days are shown with the browser's own picker.
_MORE = (
    ("standard", N_("Standard"), N_("For example ISO 9001:2015")),
    ("gtin", N_("GTIN"), N_("The number under the bar code")),
    ("revision", N_("Revision of the product"), None),
    ("serial", N_("Serial number"), None),
    ("lot", N_("Lot or batch"), None),
    ("factory", N_("Factory"), None),
    ("made_on", N_("Made on which day?"), None),
    ("site", N_("Site"), None),
    ("activity", N_("Activity"), N_("A code such as iaf:17")),
    ("holder", N_("Company"), N_("Its name, or a registered number")),
    ("seen", N_("Other marks you see"), "own_mark, statement, accreditation_symbol, ce, iso_logo"),
    ("says", N_("What a statement about the maker says"),
     "holder, system_and_standard, certification_body, product_claim"),
)  # fmt: skip
_SHAPES: Mapping[str, str] = {
    "": N_("I do not ask about its form"),
    "circle": N_("Round"),
    "rectangle": N_("Rectangular"),
    "hexagon": N_("Six-sided"),
}
_SHOWN: Mapping[str, str] = {
    "": N_("This certificate"),
    "test_report": N_("A test report"),
    "accreditation": N_("An accreditation"),
    "declaration": N_("The maker’s own declaration"),
}
# Fields with a few choices: name, label, choices.
_SELECTS = (
    ("placement", N_("Where do you see its mark?"), _PLACES),
    ("shape", N_("What form has the mark?"), _SHAPES),
    ("shown", N_("What were you shown as proof?"), _SHOWN),
)
_DAYS = ("on", "made_on")
# What was asked, in words; the fixed ones by their value.
_PHRASES: Mapping[str, str] = {
    "model": N_("model {value}"),
    "gtin": N_("GTIN {value}"),
    "revision": N_("revision {value}"),
    "serial": N_("serial number {value}"),
    "lot": N_("lot {value}"),
    "factory": N_("made at {value}"),
    "made_on": N_("made on {value}"),
    "standard": N_("standard {value}"),
    "site": N_("site {value}"),
    "activity": N_("activity {value}"),
    "holder": N_("held by {value}"),
    "seen": N_("marks seen: {value}"),
    "says": N_("a statement that says: {value}"),
    "purpose": N_("for the purpose {value}"),
    "on": N_("as of {value}"),
}
_FIXED: Mapping[tuple[str, str], str] = {
    ("needs", "product"): N_("a product"),
    ("needs", "management_system"): N_("how the company works"),
    ("needs", "service"): N_("a service"),
    ("placement", "product"): N_("a mark on the product"),
    ("placement", "packaging"): N_("a mark on its packaging"),
    ("placement", "letterhead"): N_("a mark on a letter or website"),
    ("placement", "report"): N_("a mark on a test report"),
    ("shape", "circle"): N_("a round mark"),
    ("shape", "rectangle"): N_("a rectangular mark"),
    ("shape", "hexagon"): N_("a six-sided mark"),
    ("shown", "test_report"): N_("shown a test report"),
    ("shown", "accreditation"): N_("shown an accreditation"),
    ("shown", "declaration"): N_("shown the maker’s own declaration"),
}


class Field(NamedTuple):
    """One input of the form."""

    name: str
    label: str
    value: str
    hint: str | None
    kind: str


class Choice(NamedTuple):
    """One option."""

    value: str
    label: str
    chosen: bool


class Select(NamedTuple):
    """One field with a few choices."""

    name: str
    label: str
    choices: tuple[Choice, ...]


class AskForm(NamedTuple):
    """The form; `kept` are asked values that it has no input for.

    Without an `action` it asks the address at which it stands.
    """

    action: str | None
    needs: tuple[Choice, ...]
    first: tuple[Field, ...]
    more: tuple[Field, ...]
    selects: tuple[Select, ...]
    kept: tuple[tuple[str, str], ...]
    unfolded: bool


class Asked(NamedTuple):
    """One thing asked beside what is certified."""

    label: str
    asked: Line
    certified: Line


def asked(question: Question) -> Line | None:
    """What was asked, in words; None for an empty question."""
    pieces: list[Piece] = []
    for name, value in sorted(question.to_json().items(), key=_place):
        if pieces:
            pieces.append(Piece(", "))
        if (words := _FIXED.get((name, str(value)))) is not None:
            pieces += own(words)
            continue
        many = listed(value if isinstance(value, list) else [value])
        shown = getattr(question, name) if name in _DAYS else many
        pieces += say(_PHRASES[name], value=shown)
    return tuple(pieces) or None


def _place(item: tuple[str, Any]) -> int:
    """What is needed comes first, the day asked about last."""
    return {"needs": 0, "on": 2}.get(item[0], 1)


def ask_form(question: Question, path: str | None) -> AskForm:
    """The form that asks `path`, or where it stands, again, filled with what was asked."""
    return _ask_form(question, path, language())


@lru_cache(256)
def _ask_form(question: Question, path: str | None, _spoken: str) -> AskForm:
    values = {name: _shown(value) for name, value in question.to_json().items()}
    more = tuple(_field(name, label, hint, values) for name, label, hint in _MORE)
    first = (
        _field("model", N_("Model, if it is a product"), None, values),
        _field("on", N_("On which day?"), N_("Leave empty for today."), values),
    )
    selects = tuple(
        Select(name, _(label), _choices(choices, values.get(name, "")))
        for name, label, choices in _SELECTS
    )
    inputs = {"needs", *(one.name for one in (*first, *more)), *(one.name for one in selects)}
    return AskForm(
        action=path,
        needs=_choices(NEEDS, question.needs or ""),
        first=first,
        more=more,
        selects=selects,
        kept=tuple((name, value) for name, value in values.items() if name not in inputs),
        unfolded=any(field.value for field in more)
        or any(values.get(select.name) for select in selects),
    )


def _choices(choices: Mapping[str, str], chosen: str) -> tuple[Choice, ...]:
    return tuple(Choice(name, _(label), name == chosen) for name, label in choices.items())


def _shown(value: Any) -> str:
    return ",".join(value) if isinstance(value, list) else str(value)


def _field(name: str, label: str, hint: str | None, values: Mapping[str, str]) -> Field:
    kind = "date" if name in _DAYS else "text"
    return Field(name, _(label), clean(values.get(name, "")), _(hint) if hint else None, kind)


def again(question: Question, path: str) -> str:
    """The address that asks the same once more."""
    if question == EMPTY:
        return path
    return f"{path}?{urlencode({k: _shown(v) for k, v in question.to_json().items()})}"


def suspect(question: Question, path: str) -> str:
    """The address that reports a suspicion about what `path`, a verdict's page, was asked."""
    head, _, asked = again(question, path).partition("?")
    scanned = urlencode({"t": unquote(head.removeprefix("/q/"))})
    return f"/report?{scanned}{'&' if asked else ''}{asked}"


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
    labels = {"model": N_("Model"), **{name: label for name, label, _ in _MORE}}
    return tuple(
        Asked(_(labels[name]), foreign(value), listed(words[:12]))
        for name, words in certified.items()
        if (value := getattr(report.question, name)) is not None and words
    )
