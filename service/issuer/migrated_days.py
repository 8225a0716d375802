"""The days of a certificate to take over: in order, not in the future, within the longest term.

Of a certificate in force the row states the last decision; a renewal may run on from the end of the
cycle before (rules.md MS-3, MS-4, MS-6; CM-11).
"""

from datetime import date
from typing import NamedTuple

from service.domain.certificate import SchemeReference
from service.domain.dates import add_months
from service.issuer.cells import Cells
from service.rules.catalogue import Catalogue
from service.rules.policy import DEFAULT


class Days(NamedTuple):
    """What the row states; None where it states nothing, or nothing that can be read."""

    decided: date | None
    effective: date | None
    expires: date | None
    original: date | None
    previous_expires: date | None
    state_since: date | None


def read_days(cells: Cells, today: date) -> Days:
    """The days of a row, with what is wrong with their order noted."""
    issued, decided, effective, expires, original, previous, since = map(
        cells.day,
        ("issued", "decided", "effective", "expires", "original", "previous_expires",
         "state_since"),
    )  # fmt: skip
    days = Days(decided or issued, effective or issued, expires, original, previous, since)
    decision = "decided" if decided else "issued"
    start = "effective" if effective else "issued"
    _in_order(cells, decision, days.original, days.decided)
    _in_order(cells, start, days.decided, days.effective)
    _in_order(cells, "expires", days.effective, expires)
    _in_order(cells, "previous_expires", original, previous)
    _in_order(cells, "expires", previous, expires)
    _in_order(cells, "state_since", days.effective, since)
    for key, day in ((decision, days.decided), ("state_since", since)):
        if day is not None and day > today:
            cells.wrong(key, "DATE_IN_FUTURE", day, str(today))
    return days


def _in_order(cells: Cells, key: str, first: date | None, then: date | None) -> None:
    """Note `key` where its day `then` is before `first`."""
    if first is not None and then is not None and then < first:
        cells.wrong(key, "DATE_ORDER", then, str(first))


def check_term(
    cells: Cells,
    days: Days,
    catalogue: Catalogue,
    *,
    named: tuple[str, ...],
    scheme: SchemeReference | None,
) -> None:
    """Note an end beyond the longest term: of the scheme, or without one of a management system.

    `named` are the standards, which may have a pack of their own.
    """
    if days.decided is None or days.expires is None:
        return
    if scheme is None:
        limit = _cycle_end(days.decided, days.previous_expires, named, catalogue)
    else:
        known = catalogue.scheme(scheme)
        if known is None or known.max_term_months is None:
            return
        limit = add_months(days.decided, known.max_term_months)
    if days.expires > limit:
        cells.wrong("expires", "TERM_TOO_LONG", days.expires, str(limit))


def _cycle_end(
    decided: date, previous: date | None, standards: tuple[str, ...], catalogue: Catalogue
) -> date:
    """The last day of a cycle: from the decision, or from the end before if it was in time."""
    entries = (catalogue.find(name) for name in standards)
    names = [entry.pack for entry in entries if entry is not None and entry.pack is not None]
    pack = catalogue.packs.ms(names[0] if names else DEFAULT.ms_pack)
    limit = add_months(decided, pack.term_months)
    if previous is None:
        return limit
    if decided <= previous:
        return max(limit, add_months(previous, pack.term_months))
    restorable = add_months(previous, DEFAULT.restoration_months)
    if pack.restoration and decided <= restorable:
        return add_months(previous, pack.term_months)
    return limit
