"""Surveillance: planned when a certificate is issued, recorded when done, put off with a reason.

Nothing is ticked off by hand: a check that is recorded counts by the rule that a verifier uses, and
one that is missing turns overdue by itself (rules.md MS-9 to MS-14, PC-11).
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from service.domain.people import Actor, Power
from service.domain.refusal import Denied
from service.domain.surveillance import Surveillance
from service.domain.verdict import Refused
from service.registry.lives import Life, calendar, check_version, load, refuse, settle
from service.registry.office import Office
from service.rules.calendar import assess_deferral
from service.status.record import read_surveillance, surveillance_claims
from service.storage import ledger, people
from service.storage.database import Connection

# What counts as surveillance of a management system; products have the kinds of their plan.
KINDS = frozenset({"surveillance", "recertification", "special_extension", "special_short_notice",
                   "transfer_review", "transition"})  # fmt: skip


def record_check(
    connection: Connection, office: Office, who: Actor, body: str, number: str,
    check: Mapping[str, Any], *, at: int, version: int | None = None,
) -> Life:  # fmt: skip
    """A surveillance that was held, or one that is put off (`deferral`), as a record has it.

    Raises Denied: CLAIM_*, FUTURE_DATED, BAD_PARAMETER, and the code of a deferral that may not be.
    """
    people.require(connection, who, body, Power.SURVEY, at=at)
    ledger.lock_body(connection, body)
    life = load(connection, office, body, number, at=at)
    check_version(life.row, version)
    one = _read(check)
    if one.deferral is not None:
        refuse(assess_deferral(life.case, one.deferral))
    else:
        _check_held(life, one)
    ledger.append(
        connection, body, kind="certificate", subject=life.row.number,
        type="deferred" if one.deferral else "surveillance", at=at, actor=who.name,
        data=surveillance_claims(one), effective_on=one.last_day,
    )  # fmt: skip
    return settle(connection, office, body, number, at=at)


def _read(check: Mapping[str, Any]) -> Surveillance:
    try:
        return read_surveillance(dict(check))
    except Refused as refused:
        code = "UNKNOWN_FIELD" if str(refused.code) == "CLAIM_UNKNOWN" else str(refused.code)
        claim = refused.facts.get("claim")
        raise Denied(code, "This check cannot be read.", str(claim) if claim else None) from None


def _check_held(life: Life, one: Surveillance) -> None:
    """A check that was held has days, lies in the past, and is one that counts here."""
    if one.last_day is None:
        raise Denied("CLAIM_MISSING", "Say when it was held.", "last_day")
    stated = [day for day in (one.first_day, one.last_day, one.maintained_on) if day is not None]
    if max(stated) > life.today:
        raise Denied("FUTURE_DATED", "What has not been held cannot be recorded.", "last_day")
    if one.maintained_on is not None and one.maintained_on < one.last_day:
        raise Denied(
            "EVIDENCE_ORDER_IMPOSSIBLE", "It was maintained before it was checked.", "maintained_on"
        )
    if one.last_day < _first_day(life):
        raise Denied("BAD_PARAMETER", "It was held before the certificate.", "last_day")
    kinds = KINDS if life.case.is_ms else {check.id for check in calendar(life)} | _plan(life)
    if one.kind not in kinds:
        raise Denied("BAD_PARAMETER", "Kinds here: " + ", ".join(sorted(kinds)) + ".", "kind")


def _first_day(life: Life) -> date:
    """The decision that began the certification, also under another body before a transfer."""
    origin = life.stated.transferred_from
    if origin is not None and origin.decided is not None:
        return origin.decided
    days = [event.effective_on for event in life.record.events if event.type == "granted"]
    return min([life.stated.decided, *days])


def _plan(life: Life) -> set[str]:
    row = life.case.row
    return {item.kind for item in row.plan} if row is not None and row.plan else set()
