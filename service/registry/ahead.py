"""What will be published with a certificate: its list and record, before they are there.

The proof at issue reads the certificate as readers will, so it needs both as they are going to be:
the entry 0, the record with the event and the hash of this revision.
"""

from collections.abc import Mapping
from typing import Any

from service.credential import claims as certificate
from service.credential import jws
from service.domain.dates import show_instant
from service.domain.dossier import Act, Dossier
from service.domain.surveillance import Record, Surveillance
from service.domain.verdict import plain
from service.issuer.proving import Ahead
from service.registry import grounds, records
from service.registry.lives import removed_between
from service.registry.office import Office
from service.registry.records import Facts
from service.status import record, status_list
from service.status.record import surveillance_claims
from service.storage import ledger, register
from service.storage.database import Connection
from service.storage.register import Revision

# What an act leaves in the record; a change of details leaves nothing but its revision.
EVENTS: Mapping[Act, str] = {
    Act.GRANT: "granted",
    Act.TRANSFER_IN: "granted",
    Act.EXTEND: "extended",
    Act.REDUCE: "reduced",
    Act.RENEW: "renewed",
    Act.RESTORE: "restored",
}


def event_data(
    intent: Revision, dossier: Dossier, previous: Mapping[str, Any] | None
) -> dict[str, Any]:
    """What the event of an act says: what was removed, and the stage 2 behind it."""
    data: dict[str, Any] = {}
    if dossier.act is Act.REDUCE and previous is not None:
        gone = removed_between(previous, intent.claims)
        data["removed"] = {
            name: list(found)
            for name in ("codes", "sites", "models")
            if (found := getattr(gone, name))
        }
    stage2 = [audit.last_day for audit in dossier.held("stage2") if audit.last_day is not None]
    if stage2 and dossier.act in (Act.GRANT, Act.RESTORE):
        data["stage2_on"] = max(stage2).isoformat()
    return data


def taken_over(dossier: Dossier) -> tuple[Surveillance, ...]:
    """The surveillance that a transfer brings along from the old certifier."""
    if dossier.act is not Act.TRANSFER_IN or dossier.transfer is None:
        return ()
    return dossier.transfer.surveillance


def of(connection: Connection, office: Office, intent: Revision, token: str, *, at: int) -> Ahead:
    """The list and record that will be published with `token`, which may be days old by now."""
    status = office.signer(connection, intent.body, "status", at)
    recorder = office.signer(connection, intent.body, "record", at)
    claims, made = intent.claims, max(at, int(intent.claims["iat"]))
    uri = claims["status"]["status_list"]["uri"]
    raw = bytearray(b"\xff" * (intent.idx // 2 + 1))
    status_list.write_value(raw, intent.idx, status_list.VALID)
    listed = status_list.sign_list(uri, bytes(raw), status, at=made)
    told = _record(connection, intent, token, made)
    return Ahead(uri, listed, intent.number, record.sign_record(told, recorder))


def _record(connection: Connection, intent: Revision, token: str, made: int) -> Record:
    dossier = grounds.read(intent.body, intent.dossier)
    entries = ledger.history(connection, intent.body, kind="certificate", subject=intent.number)
    facts = records.facts_of(entries)
    others = register.revisions_of(connection, intent.body, intent.number)
    issued = [one for one in others if one.state == "issued"]
    events = facts.events
    if (name := EVENTS.get(dossier.act)) is not None:
        event = {
            "type": name, "effective_on": intent.claims["effective"],
            "recorded_at": show_instant(made),
            **event_data(intent, dossier, issued[-1].claims if issued else None),
        }  # fmt: skip
        events = (*events, plain(event))
    held = [surveillance_claims(one) for one in taken_over(dossier)]
    digest = jws.parse(token, typ=certificate.TYP).signing_input_sha256
    told = Facts(events, (*facts.surveillance, *held), facts.changes)
    return records.compiled(
        intent.body, intent.number, told, at=made, revision=intent.rev,
        revisions=[
            *({"rev": one.rev, "sha256": one.signing_sha256} for one in issued),
            {"rev": intent.rev, "sha256": digest},
        ],
    )  # fmt: skip
