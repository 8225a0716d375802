"""The question a reader asks about a certificate; an empty one asks nothing in particular."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from operator import attrgetter
from typing import Any, ClassVar

from service.domain.dates import parse_day

# No field of a question is longer than what a page would show.
MAX_FIELD_CHARS = 200
MAX_LIST_ITEMS = 20

NEEDS = ("product", "management_system", "service")
PLACEMENTS = ("product", "packaging", "letterhead", "report")
SHOWN = ("certificate", "test_report", "accreditation", "declaration")
SHAPES = ("circle", "rectangle", "hexagon")
SAYS = ("holder", "system_and_standard", "certification_body", "product_claim")


class QuestionRefused(ValueError):
    """A question that cannot be read: `code` is UNKNOWN_FIELD or BAD_PARAMETER."""

    def __init__(self, code: str, field: str) -> None:
        super().__init__(f"{code}: {field}")
        self.code = code
        self.field = field


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked (design.md section 7); days are civil days in the issuer's zone."""

    model: str | None = None
    gtin: str | None = None
    serial: str | None = None
    lot: str | None = None
    made_on: date | None = None
    factory: str | None = None
    revision: str | None = None
    standard: str | None = None
    site: str | None = None
    activity: str | None = None
    holder: str | None = None
    needs: str | None = None
    placement: str | None = None
    on: date | None = None
    purpose: str | None = None
    seen: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    shape: str | None = None
    shown: str | None = None

    UNIT: ClassVar[tuple[str, ...]] = (
        "model", "gtin", "serial", "lot", "made_on", "factory", "revision",
    )  # fmt: skip

    @property
    def asks_unit(self) -> bool:
        """Whether a product unit is asked about (CM-1)."""
        return bool(_UNIT(self) != _NO_UNIT)

    @property
    def only_marks(self) -> bool:
        """Whether the question only shows a mark: then the table of marks alone answers it."""
        marked = self.placement is not None or bool(self.seen) or self.shape is not None
        return marked and not (
            self.asks_unit or self.needs or self.standard or self.site or self.activity
            or self.holder or self.purpose
        )  # fmt: skip

    def to_json(self) -> dict[str, Any]:
        """The asked fields only, as plain JSON values."""
        shown: dict[str, Any] = {}
        for item in fields(self):
            value = getattr(self, item.name)
            if value is None or value == ():
                continue
            shown[item.name] = (
                value.isoformat() if isinstance(value, date)
                else list(value) if isinstance(value, tuple) else value
            )  # fmt: skip
        return shown


EMPTY = Question()
_UNIT = attrgetter(*Question.UNIT)
_NO_UNIT = _UNIT(EMPTY)
_CHOICES = {"needs": NEEDS, "placement": PLACEMENTS, "shown": SHOWN, "shape": SHAPES}
_DAYS = frozenset({"made_on", "on"})
_LISTS = frozenset({"seen", "says"})
FIELDS = frozenset(item.name for item in fields(Question))


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip() or len(value) > MAX_FIELD_CHARS:
        raise QuestionRefused("BAD_PARAMETER", name)
    if any(ord(char) < 0x20 or 0xD800 <= ord(char) < 0xE000 for char in value):
        raise QuestionRefused("BAD_PARAMETER", name)
    return value.strip()


def _items(name: str, value: object) -> tuple[str, ...]:
    parts = value.split(",") if isinstance(value, str) else value
    if not isinstance(parts, (list, tuple)) or not 0 < len(parts) <= MAX_LIST_ITEMS:
        raise QuestionRefused("BAD_PARAMETER", name)
    items = tuple(_text(name, part) for part in parts)
    if name == "says" and not set(items) <= set(SAYS):
        raise QuestionRefused("BAD_PARAMETER", name)
    return items


def parse_question(asked: Mapping[str, object]) -> Question:
    """A question from named values: texts, days `YYYY-MM-DD`, lists comma-separated or as lists.

    Raises QuestionRefused for a field that does not exist, or a value that cannot be read.
    """
    values: dict[str, Any] = {}
    for name, value in asked.items():
        if name not in FIELDS:
            raise QuestionRefused("UNKNOWN_FIELD", name[:40])
        if name in _LISTS:
            values[name] = _items(name, value)
            continue
        text = _text(name, value)
        if name in _DAYS:
            try:
                values[name] = parse_day(text)
            except ValueError:
                raise QuestionRefused("BAD_PARAMETER", name) from None
        elif name in _CHOICES and text not in _CHOICES[name]:
            raise QuestionRefused("BAD_PARAMETER", name)
        else:
            values[name] = text
    return Question(**values)
