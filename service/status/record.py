"""Certificate records: what happened to one certificate, signed by its certification body.

The number asked for is the record's `sub`; events and surveillance are closed sets, for with them
the verifier computes the answer itself (design.md section 6, rules.md 1.1).
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from keys.signer import Signer
from service.credential import jws
from service.credential.reading import (
    built,
    day,
    instant,
    list_of,
    moment,
    one_of,
    read_object,
    text,
    texts,
    whole,
)
from service.domain.dates import DAY_S, show_instant
from service.domain.reason import Reason
from service.domain.surveillance import (
    EVENT_TYPES,
    Change,
    Deferral,
    Record,
    RecordEvent,
    Removed,
    Surveillance,
)
from service.domain.verdict import Refused, plain

TYP = "certificate-record+jwt"
# A record of decades of events has some tens of kilobytes (security.md R1).
MAX_RECORD_CHARS = 256 * 1024
LIFE_S = 7 * DAY_S
REASONS = (
    "failure audit_refused voluntary fees safety nonconforming_product fraud client_request"
).split()

_removed = built(Removed, {"codes": texts, "sites": texts, "models": texts})
_EVENT = {
    "type": one_of(*EVENT_TYPES),
    "effective_on": day,
    "recorded_at": moment,
    "reason": one_of(*REASONS),
    "removed": _removed,
    "to": lambda value: read_object(value, {"by": text, "number": text}, frozenset({"number"})),
    "stage2_on": day,
}


def _event(value: Any) -> RecordEvent:
    found = read_object(value, _EVENT, frozenset({"type", "effective_on"}))
    to = found.pop("to", {})
    found.setdefault("recorded_at", None)
    return RecordEvent(**found, to_body=to.get("by"), to_number=to.get("number"))


def _deferral(value: Any) -> Deferral:
    members = {
        "of": text,
        "reason": one_of("season", "limited_duration", "extraordinary_event"),
        "new_due": day,
        "approved_on": day,
    }
    found = read_object(value, members, frozenset({"of", "reason", "new_due"}))
    return Deferral(found["of"], found["reason"], found["new_due"], found.get("approved_on"))


def read_surveillance(value: Any) -> Surveillance:
    """One surveillance activity or deferral, as a record has it. Raises Refused."""
    members = {
        "kind": text,
        "sites": texts,
        "first_day": day,
        "last_day": day,
        "maintained_on": day,
        "deferral": _deferral,
    }
    found = read_object(value, members, frozenset({"kind"}))
    first, last = found.get("first_day"), found.get("last_day")
    if first is not None and last is not None and last < first:
        raise Refused(Reason.CLAIM_INCONSISTENT, claims=["first_day", "last_day"])
    return Surveillance(
        found["kind"], found.get("sites", ()), first, last,
        found.get("maintained_on"), found.get("deferral"),
    )  # fmt: skip


def _revision(value: Any) -> tuple[int, str]:
    found = read_object(value, {"rev": whole, "sha256": text}, frozenset({"rev", "sha256"}))
    return found["rev"], found["sha256"]


def _change(value: Any) -> Change:
    members = {"revision": text, "state": one_of("approved", "under_evaluation"), "on": day}
    found = read_object(value, members, frozenset({"revision", "state"}))
    return Change(found["revision"], found["state"], found.get("on"))


_CLAIMS = {
    "iss": text,
    "sub": text,
    "iat": instant,
    "exp": instant,
    "revision": whole,
    "events": list_of(_event),
    "surveillance": list_of(read_surveillance),
    "revisions": list_of(_revision),
    "changes": list_of(_change),
}
_NEEDED = frozenset("iss sub iat exp revision events surveillance".split())


def record_uri(issuer: str, number: str) -> str:
    """Where the record of a certificate is found (design.md section 6)."""
    return f"{issuer}/records/{quote(number, safe='')}"


def parse_record(token: str) -> jws.UnverifiedToken:
    """A record token, unproven. Raises Refused."""
    return jws.parse(token, typ=TYP, max_chars=MAX_RECORD_CHARS)


def read_record(claims: Mapping[str, Any], *, issuer: str, number: str) -> Record:
    """The value of a proven record that must be about this certificate. Raises Refused."""
    found = read_object(claims, _CLAIMS, _NEEDED)
    if (found["iss"], found["sub"]) != (issuer, number):
        raise Refused(Reason.STATUS_SUB_MISMATCH)
    return Record(
        issuer=issuer,
        number=number,
        revision=found["revision"],
        issued_at=found["iat"],
        ends_at=found["exp"],
        events=found["events"],
        surveillance=found["surveillance"],
        revisions=found.get("revisions", ()),
        changes=found.get("changes", ()),
    )


def sign_record(record: Record, signer: Signer) -> str:
    """A record as a signed token; our own reading of it must give the same value back."""
    claims: dict[str, Any] = {
        "iss": record.issuer,
        "sub": record.number,
        "iat": record.issued_at,
        "exp": record.ends_at,
        "revision": record.revision,
        "events": [event_claims(event) for event in record.events],
        "surveillance": [surveillance_claims(one) for one in record.surveillance],
    }
    if record.revisions:
        claims["revisions"] = [{"rev": rev, "sha256": digest} for rev, digest in record.revisions]
    if record.changes:
        claims["changes"] = [
            _present(revision=one.revision, state=one.state, on=one.on) for one in record.changes
        ]
    if read_record(claims, issuer=record.issuer, number=record.number) != record:
        raise ValueError("this record does not read back as it was")
    return jws.sign(claims, signer, typ=TYP, max_chars=MAX_RECORD_CHARS)


def _present(**members: Any) -> dict[str, Any]:
    return {
        name: plain(value) for name, value in members.items() if value is not None and value != ()
    }


def event_claims(event: RecordEvent) -> dict[str, Any]:
    """An event as a record has it."""
    removed, at = event.removed, event.recorded_at
    return _present(
        type=event.type,
        effective_on=event.effective_on,
        recorded_at=None if at is None else show_instant(at),
        reason=event.reason,
        removed=removed
        and _present(codes=removed.codes, sites=removed.sites, models=removed.models),
        to=event.to_number and _present(by=event.to_body, number=event.to_number),
        stage2_on=event.stage2_on,
    )


def surveillance_claims(one: Surveillance) -> dict[str, Any]:
    """A surveillance activity or deferral as a record has it."""
    put_off = one.deferral
    return _present(
        kind=one.kind,
        sites=one.sites,
        first_day=one.first_day,
        last_day=one.last_day,
        maintained_on=one.maintained_on,
        deferral=put_off
        and _present(
            of=put_off.of,
            reason=put_off.reason,
            new_due=put_off.new_due,
            approved_on=put_off.approved_on,
        ),
    )
