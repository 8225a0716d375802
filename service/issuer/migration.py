"""A row of a body's former register as a certificate to take over, or everything wrong with it.

What a row states is judged by the rules that need nothing else: kinds, days, terms, codes, numbers.
What needs the dossier cannot be: an imported certificate is marked with the gates that nobody can
prove (rules.md 2e). A product standard that the catalogue does not list is taken as it is, for
nobody lists them all; a management-system standard must be listed.
"""

from datetime import date

from service.domain.certificate import Holder, Kind, Organisation, Product, Service
from service.domain.migration import (
    BESIDE,
    COLUMNS,
    EXAMPLE,
    EXPIRED,
    KINDS,
    NOT_STATED,
    ONLY_PRODUCTS,
    STATES,
    CellProblem,
    Migrated,
)
from service.domain.sheet import Row, folded
from service.domain.surveillance import FINAL, LifeState
from service.issuer.cells import Cells, seen
from service.issuer.listed import gtins, holder_id, scheme, sectors, sites, standards
from service.issuer.migrated_days import check_term, read_days
from service.issuer.typed_days import DayOrder
from service.rules.catalogue import Catalogue
from service.rules.wording import misleading

_MS_GATES = tuple(f"IG-MS-{number}" for number in range(1, 17))
_PC_GATES = tuple(f"IG-PC-{number}" for number in range(1, 12))
# The kind of a standard and the wording of a scope stand in the row, and are judged.
_WORDING = "IG-MS-15"
# No mark licence is taken over, so there is none to prove.
_MARK = "IG-PC-9"
_ADDRESS = ("street", "city", "address")
_TITLES = {column.title: place for place, column in enumerate(COLUMNS)}


class Numbers:
    """The numbers of a sheet so far: one certificate, one number, whatever its case."""

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}

    def first(self, number: str, row: int) -> int:
        """The row in which a number stood first: `row` itself if it is new."""
        return self._rows.setdefault(number.casefold(), row)


def unproven_gates(kind: Kind) -> tuple[str, ...]:
    """The issuing gates that an imported certificate of a kind cannot prove."""
    gates = _MS_GATES if kind is Kind.MANAGEMENT_SYSTEM else _PC_GATES
    return tuple(gate for gate in gates if gate not in (_WORDING, _MARK))


def read_row(
    row: Row,
    *,
    zone: str,
    catalogue: Catalogue,
    today: date,
    order: DayOrder | None = None,
    numbers: Numbers | None = None,
) -> Migrated | tuple[CellProblem, ...]:
    """A row as a certificate, or all its problems in the order of the template's columns.

    `zone` is the body's (IANA name), `today` its civil day; `order` says what stands first where a
    date has its year last. `numbers` finds a number that the sheet had before: one for a sheet.
    """
    cells = Cells(row, zone=zone, order=order)
    kind = cells.known("kind", "KIND_UNKNOWN", lambda text: KINDS.get(folded(text)))
    for column in COLUMNS:
        if kind in column.needed if kind else column.needed == frozenset(Kind):
            cells.need(column.key)
    if cells.cell("identity").value == EXAMPLE:
        cells.wrong("identity", "EXAMPLE_LINE")
    found = _certificate(cells, kind, catalogue, today, _number(cells, numbers))
    if found is None or cells.problems:
        return tuple(sorted(dict.fromkeys(cells.problems), key=lambda one: _TITLES[one.column]))
    return found


def _certificate(
    cells: Cells, kind: Kind | None, catalogue: Catalogue, today: date, number: str | None
) -> Migrated | None:
    """The certificate of a row; what is None in it, or missing, has been noted."""
    days, holder = read_days(cells, today), _holder(cells, kind)
    accredited = _accredited(cells)
    named = standards(cells, kind, catalogue) if kind is not None else ()
    state = _state(cells, days.expires, today, named, catalogue)
    if kind is None:
        return None
    beside, part = _beside(cells, kind), _part(cells, kind, holder)
    if part is not None:
        of = None if isinstance(part, Organisation) else part.scheme
        check_term(cells, days, catalogue, named=named, scheme=of)
    if not (number and state and holder and part and days.decided and days.effective):
        return None
    unproven = unproven_gates(kind)
    if isinstance(part, Organisation) and misleading(part.scope, catalogue) is not None:
        unproven = (*unproven, _WORDING)
    return Migrated(
        cells.row.number, number, kind, named, days.decided, days.effective, days.expires,
        days.original, days.previous_expires, state, days.state_since, holder, part, accredited,
        beside, unproven,
    )  # fmt: skip


def _number(cells: Cells, numbers: Numbers | None) -> str | None:
    number = cells.text("number")
    if number is not None and numbers is not None:
        first = numbers.first(number, cells.row.number)
        if first != cells.row.number:
            cells.wrong("number", "DUPLICATE_NUMBER", limit=str(first))
    return number


def _holder(cells: Cells, kind: Kind | None) -> Holder | None:
    name, country, address = cells.text("holder"), cells.country("country"), cells.address()
    if kind is Kind.MANAGEMENT_SYSTEM and not any(map(cells.has, _ADDRESS)):
        cells.wrong("street", "MISSING", "")  # the main office is stated (17021-1 8.2.2)
    identifier = holder_id(cells)
    return Holder(name, country, address, identifier) if name and country else None


def _part(
    cells: Cells, kind: Kind, holder: Holder | None
) -> Organisation | Product | Service | None:
    if kind is Kind.PRODUCT:
        return _product(cells)
    scope, codes = cells.text("scope"), sectors(cells)
    places = sites(cells, holder or Holder("", ""))
    if kind is Kind.MANAGEMENT_SYSTEM:
        return Organisation(scope, codes, places) if scope else None
    reference = scheme(cells)
    return Service(scope, reference, codes, places) if scope and reference else None


def _product(cells: Cells) -> Product | None:
    reference = scheme(cells)
    models, family = cells.items("models"), cells.text("family")
    if not (cells.has("models") or cells.has("family")):
        cells.wrong("models", "MISSING", "")
    brand, revision, conditions = map(cells.text, ("brand", "revision", "conditions"))
    items, factories = gtins(cells), cells.items("factories")
    if reference is None:
        return None
    return Product(
        reference, brand, models, family, items, revision, factories or None, conditions=conditions
    )


def _beside(cells: Cells, kind: Kind) -> dict[str, str]:
    """What the register keeps beside the certificate; what only products have, others have not."""
    for key in ONLY_PRODUCTS if kind is not Kind.PRODUCT else ():
        if cells.has(key):
            cells.wrong(key, "NOT_FOR_THIS_TYPE")
    keys = (*BESIDE, *NOT_STATED.get(kind, ()))
    return {key: text for key in keys if (text := cells.text(key)) is not None}


def _state(
    cells: Cells, expires: date | None, today: date, named: tuple[str, ...], catalogue: Catalogue
) -> LifeState | None:
    words = ", ".join(word.capitalize() for word in STATES if word not in ("valid", "canceled"))
    state = cells.known("state", "STATUS_UNKNOWN", lambda text: STATES.get(folded(text)), words)
    if state is None or state in FINAL:
        return state
    said = cells.text("state") or ""
    if folded(said) == EXPIRED:
        if expires is not None and expires >= today:
            cells.wrong("state", "NOT_EXPIRED", expires)
        elif not cells.has("expires"):
            cells.need("expires")
    elif expires is not None and expires < today:
        cells.wrong("expires", "EXPIRED", expires, seen(said))
    else:
        _editions(cells, today, named, catalogue)
    return state


def _editions(cells: Cells, today: date, named: tuple[str, ...], catalogue: Catalogue) -> None:
    """Note editions that ended: no certificate for them is in force."""
    for name in named:
        entry = catalogue.find(name)
        if entry is not None and entry.transition_end is not None and entry.transition_end < today:
            cells.wrong("standards", "EDITION_ENDED", name, str(entry.transition_end))


def _accredited(cells: Cells) -> bool | None:
    words = {"accredited": True, "unaccredited": False}
    return cells.known("accredited", "ACCREDITATION_UNKNOWN", lambda text: words.get(folded(text)))
