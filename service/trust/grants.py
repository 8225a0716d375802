"""What a statement grants: `recognition` and `accreditations`, from JSON to frozen values.

Both are ours alone, so every object is a closed set: what is not understood is refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from keys.jwk import KeyRefused, PublicKey, import_set
from keys.keyring import KeyEntry, Keyring
from service.credential.reading import (
    built,
    day,
    list_of,
    moment,
    one_of,
    read_object,
    text,
    texts,
    whole,
    wrong_type,
    yes_no,
)
from service.domain.accreditation import (
    EVENT_TYPES,
    Accreditation,
    AccreditationEvent,
    Adoption,
    Part,
    PlanItem,
    Recognition,
    RecognitionRow,
    ScopeRow,
)
from service.domain.dates import Period, zone
from service.domain.reason import Reason
from service.domain.verdict import Refused

PURPOSES = ("certificate", "status", "record")
# A century; a term or an interval beyond it would lead out of the calendar.
MAX_MONTHS = 1_200


@dataclass(frozen=True, slots=True)
class Grant:
    """One accreditation with the keys that it names."""

    accreditation: Accreditation
    keyring: Keyring


def _period(first: date, last: date | None) -> Period:
    if last is not None and last < first:
        raise Refused(Reason.CLAIM_INCONSISTENT, claims=["from", "until"])
    return Period(first, last)


def _zone(value: Any) -> str:
    name = text(value)
    try:
        zone(name)
    except ValueError:
        raise wrong_type() from None
    return name


def _months(value: Any) -> int:
    months = whole(value)
    if months > MAX_MONTHS:
        raise Refused(Reason.TIME_RANGE)
    return months


def _spell(value: Any) -> Period:
    found = read_object(value, {"from": day, "until": day}, frozenset({"from"}))
    return _period(found["from"], found.get("until"))


def _recognition_row(value: Any) -> RecognitionRow:
    found = read_object(
        value,
        {
            "norm": text,
            "main_scope": yes_no,
            "standards": texts,
            "from": day,
            "until": day,
            "suspended": list_of(_spell),
            "by_continuity": yes_no,
            "modules": texts,
        },
        frozenset({"norm", "from"}),
    )
    return RecognitionRow(
        norm=found["norm"],
        main_scope=found.get("main_scope", False),
        standards=found.get("standards"),
        period=_period(found["from"], found.get("until")),
        suspended=found.get("suspended", ()),
        by_continuity=found.get("by_continuity", False),
        modules=found.get("modules", ()),
    )


def read_recognition(value: Any) -> Recognition:
    """The `recognition` claim. Raises Refused."""
    found = read_object(
        value,
        {
            "arrangement": text,
            "scopes": list_of(_recognition_row),
            "zone": _zone,
            "economy": texts,
            "eu_nab": yes_no,
            "peer_evaluated_by": texts,
        },
        frozenset({"scopes"}),
    )
    found["rows"] = found.pop("scopes")
    found.setdefault("arrangement", None)
    return Recognition(**found)


_plan_item = built(
    PlanItem,
    {"kind": text, "months": _months, "mode": one_of("rolling", "anchored"), "min_per_year": whole},
    "kind",
    "months",
)
_ROW = {
    "standard": text,
    "standards": texts,
    "codes": lambda value: frozenset(texts(value)),
    "scheme": text,
    "type": text,
    "categories": texts,
    "from": day,
    "until": day,
    "plan": list_of(_plan_item),
    "functions": texts,
    "mark_licence": yes_no,
    "grandfather_units": yes_no,
    "lists_factories": yes_no,
    "max_term_months": _months,
    "report_max_age_months": _months,
    "edition_test": one_of("on", "made_on"),
    "marks": texts,
    "modules": texts,
}


def read_scope_row(value: Any) -> ScopeRow:
    """One row of an accreditation's scope. Raises Refused."""
    found = read_object(value, _ROW, frozenset({"from"}))
    period = _period(found.pop("from"), found.pop("until", None))
    if (single := found.pop("standard", None)) is not None:
        found["standards"] = (single,)
    return ScopeRow(period=period, **found)


_part = built(
    Part, {"standard": text, "codes": lambda value: frozenset(texts(value)), "scheme": text}
)


def read_parts(value: Any) -> tuple[Part, ...]:
    """The parts of a scope that an event touches. Raises Refused."""
    parts: tuple[Part, ...] = list_of(_part)(value if type(value) is list else [value])
    return parts


def _event(value: Any) -> AccreditationEvent:
    found = read_object(
        value,
        {
            "type": one_of(*EVENT_TYPES),
            "effective_on": day,
            "recorded_at": moment,
            "scope": read_parts,
            "reason": text,
            "void_from": day,
            "void_numbers": texts,
            "notified_on": day,
        },
        frozenset({"type"}),
    )
    return AccreditationEvent(
        type=found["type"],
        effective_on=found.get("effective_on"),
        recorded_at=found.get("recorded_at"),
        parts=found.get("scope"),
        reason=found.get("reason"),
        void_from=found.get("void_from"),
        void_numbers=found.get("void_numbers", ()),
        notified_on=found.get("notified_on"),
    )


def _approval(value: Any) -> tuple[str, date]:
    found = read_object(value, {"number": text, "on": day}, frozenset({"number", "on"}))
    return found["number"], found["on"]


def _adoption(value: Any) -> Adoption:
    days = {"confirmed_on": day, "no_safety_issue_on": day}
    found = read_object(value, {"by": text, "numbers": texts, **days}, frozenset({"by", "numbers"}))
    return Adoption(
        found["by"], found["numbers"], found.get("confirmed_on"), found.get("no_safety_issue_on")
    )


_KEY = {
    "jwk": lambda value: value,
    "purposes": list_of(one_of(*PURPOSES)),
    "from": moment,
    "until": moment,
    "revoked": moment,
}
_ACCREDITATION = {
    "number": text,
    "norm": text,
    "granted_on": day,
    "expires_on": day,
    "reassessed_on": day,
    "zone": _zone,
    "scope": list_of(read_scope_row),
    "events": list_of(_event),
    "keys": list_of(lambda value: read_object(value, _KEY, frozenset({"jwk", "purposes", "from"}))),
    "status_origins": texts,
    "offices": texts,
    "approvals": list_of(_approval),
    "adoptions": list_of(_adoption),
    "renewal_filed_on": day,
}
_NEEDED = frozenset("number norm granted_on zone scope keys status_origins".split())


def _import_keys(rows: list[Mapping[str, Any]]) -> tuple[dict[str, PublicKey], tuple[Any, ...]]:
    # One key may stand in several accreditations; two keys under one name may not.
    jwks: list[Any] = []
    for row in rows:
        if row["jwk"] not in jwks:
            jwks.append(row["jwk"])
    imported = import_set(jwks)
    return dict(imported.keys), imported.dropped


def read_accreditations(
    value: Any, *, by: str, of: str
) -> tuple[tuple[Grant, ...], tuple[tuple[str | None, str], ...]]:
    """The `accreditations` claim: grants, and the keys that were dropped as (kid, code).

    Raises Refused for what cannot be read, KeyRefused for a key that refuses the whole statement.
    """
    found = list_of(lambda item: read_object(item, _ACCREDITATION, _NEEDED))(value)
    keys, dropped = _import_keys([row for item in found for row in item["keys"]])
    grants = tuple(_grant(item, keys, by=by, of=of) for item in found)
    if len({grant.accreditation.number for grant in grants}) != len(grants):
        raise Refused(Reason.CLAIM_INCONSISTENT, claims=["number"])
    return grants, dropped


def _grant(item: dict[str, Any], keys: Mapping[str, PublicKey], *, by: str, of: str) -> Grant:
    entries = []
    for row in item.pop("keys"):
        # Import has seen that every key has a name; one that was dropped is not in the ring.
        if (key := keys.get(row["jwk"]["kid"])) is not None:
            entries.append(
                KeyEntry(
                    key, frozenset(row["purposes"]), row["from"], row.get("until"),
                    row.get("revoked"),
                )
            )  # fmt: skip
    item["approvals"] = dict(item.get("approvals", ()))
    item.setdefault("expires_on", None)
    item.setdefault("reassessed_on", None)
    item.setdefault("events", ())
    return Grant(Accreditation(by=by, of=of, **item), Keyring(entries))


__all__ = [
    "Grant",
    "KeyRefused",
    "read_accreditations",
    "read_parts",
    "read_recognition",
    "read_scope_row",
]
