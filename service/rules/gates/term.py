"""From when to when (rules.md IG-MS-10, MS-3 to MS-7, CM-11)."""

from collections.abc import Iterator
from datetime import date

from service.domain.dates import add_months
from service.domain.dossier import Act, Dossier
from service.domain.reason import Reason
from service.rules.gates.audits import last
from service.rules.gates.ground import Ground, decision_day
from service.rules.gates.problem import Problem, late, wrong
from service.rules.gates.prospect import scope_row, signing_day


def dates(dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    """IG-MS-10: decided after the last audit, not dated back, and not longer than the rules allow.

    Of a transfer the end is judged by MS-26. Strictly: a change within a cycle keeps the end or
    comes before it.
    """
    decided, term = decision_day(dossier, ground), dossier.certificate
    if dossier.decision.on is None:
        yield wrong("The day of the decision is not on file.")
    for audit in dossier.audits:
        if audit.last_day is None:
            yield wrong(f"The last day of the {audit.kind} audit is not on file.")
        elif audit.last_day > decided:
            yield wrong(f"The {audit.kind} audit ended on {audit.last_day}, after the decision.",
                        str(Reason.EVIDENCE_ORDER_IMPOSSIBLE), date=audit.last_day)  # fmt: skip
    if term.effective is None:
        yield wrong("The day from which the certificate applies is not on file.")
    elif term.effective < decided and dossier.decision.on is not None:
        yield wrong(f"The certificate would apply from {term.effective}, before its decision on"
                    f" {decided}.", str(Reason.BACKDATED), date=term.effective)  # fmt: skip
    signed = signing_day(dossier, ground)
    if signed < decided <= ground.today:
        yield wrong(f"The certificate would be issued on {signed}, before its decision on"
                    f" {decided}.", str(Reason.BACKDATED), date=signed)  # fmt: skip
    yield from _end(dossier, ground)


def _end(dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    term = dossier.certificate
    if term.expires is None:
        yield wrong("The last day of the certificate is not on file.")
        return
    if term.effective is not None and term.expires < term.effective:
        yield wrong(f"It would end on {term.expires}, before it applies.", date=term.expires)
    limit = None if dossier.act is Act.TRANSFER_IN else _limit(dossier, ground)
    if limit is not None and term.expires > limit:
        yield wrong(
            f"It would end on {term.expires}; the rules allow {limit}.",
            str(Reason.TERM_TOO_LONG),
            limit=limit,
        )


def _limit(dossier: Dossier, ground: Ground) -> date | None:
    """The last day that MS-3, MS-4, MS-6 or MS-7 allows; None where the old end is not known."""
    months, decided = ground.pack_for(dossier).term_months, decision_day(dossier, ground)
    from_decision = add_months(decided, months)
    if dossier.act is Act.GRANT:
        return from_decision
    previous = ground.previous.expires if ground.previous is not None else None
    if previous is None:
        return None
    if dossier.act is Act.RENEW and decided <= previous:
        start = add_months(previous, -months)
        earliest = add_months(start, ground.policy.recert_earliest_month)
        audit = last(dossier.held("recertification"))
        held = audit.last_day if audit is not None else None
        in_time = held is not None and held > earliest
        return add_months(previous, months) if in_time else from_decision
    if dossier.act is Act.RESTORE:
        in_time = decided <= add_months(previous, ground.policy.restoration_months)
        return add_months(previous, months) if in_time else from_decision
    return previous


def renewed_in_time(dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    """MS-5: the recertification audit was held and decided on by the old end; else no renewal.

    That the majors are closed by then too is IG-MS-6.
    """
    previous = ground.previous.expires if ground.previous is not None else None
    if previous is None:
        yield wrong("The certificate that is renewed, or its end, is not on file.")
        return
    audit = last(dossier.held("recertification"))
    if audit is None or audit.report_sha256 is None:
        yield wrong("There is no recertification audit with its report on file.")
    elif late(audit.last_day, previous):
        yield wrong(
            f"The recertification audit was not finished by {previous}, the old end: restore it.",
            limit=previous,
        )
    decided = decision_day(dossier, ground)
    if decided > previous:
        yield wrong(f"The decision on {decided} is later than the old end, {previous}.",
                    str(Reason.EXPIRED), limit=previous)  # fmt: skip


def restorable(dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    """MS-6, MS-7: expired, and restored in time with the audit complete, or with a new stage 2.

    In time is by add(P, `restoration_months`), the decision inside. Strictly: the audit has its
    report; and a pack without restoration has no way back at all.
    """
    previous = ground.previous.expires if ground.previous is not None else None
    if previous is None:
        yield wrong("The certificate that is restored, or its end, is not on file.")
        return
    decided, pack = decision_day(dossier, ground), ground.pack_for(dossier)
    if decided <= previous:
        yield wrong(f"It has not expired by {decided}: renew it.", date=previous)
        return
    limit = add_months(previous, ground.policy.restoration_months)
    if not pack.restoration:
        yield wrong("These rules know no restoration; it takes a new certificate.",
                    str(Reason.RESTORED_TOO_LATE), limit=previous)  # fmt: skip
    elif decided > limit and not _new_stage2(dossier, previous, decided):
        yield wrong(f"It could be restored until {limit}; after that it needs a new stage 2.",
                    str(Reason.RESTORED_TOO_LATE), limit=limit)  # fmt: skip
    elif not any(
        audit.report_sha256 and not late(audit.last_day, decided)
        for audit in dossier.held("recertification", "stage2")
    ):
        yield wrong("There is no recertification audit or stage 2 with its report on file.")


def _new_stage2(dossier: Dossier, previous: date, decided: date) -> bool:
    return any(
        audit.report_sha256 is not None
        and audit.first_day is not None
        and audit.first_day > previous
        and not late(audit.last_day, decided)
        for audit in dossier.held("stage2")
    )


def scheme_term(dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    """CM-11: not longer than the scheme allows; strictly, with an end where it sets a term."""
    row, term = scope_row(dossier, ground), dossier.certificate
    months = row.max_term_months if row is not None else None
    limit = add_months(decision_day(dossier, ground), months) if months is not None else None
    if term.expires is None:
        if limit is not None:
            yield wrong(f"The scheme sets a term: it must end by {limit}.",
                        str(Reason.TERM_TOO_LONG), limit=limit)  # fmt: skip
        return
    if limit is not None and term.expires > limit:
        yield wrong(f"It would end on {term.expires}; the scheme allows {limit}.",
                    str(Reason.TERM_TOO_LONG), limit=limit)  # fmt: skip
    if term.effective is not None and term.expires < term.effective:
        yield wrong(f"It would end on {term.expires}, before it applies.", date=term.expires)
