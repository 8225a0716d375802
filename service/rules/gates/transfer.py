"""Taking over another certifier's certificate (rules.md MS-26, MS-27; IAF MD 2)."""

from collections.abc import Iterator
from datetime import date

from service.domain.dates import add_months
from service.domain.dossier import Dossier, Transfer
from service.domain.reason import Reason
from service.domain.scope import any_covers
from service.domain.surveillance import LifeState
from service.rules.ended import ending_for, first_day_without, spells
from service.rules.gates.audits import last
from service.rules.gates.ground import Ground, decision_day
from service.rules.gates.problem import Problem, idle, late, named, wrong
from service.rules.gates.recognition import recognised_on


def taken_over(dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    """MS-26: the old one is valid and well accredited, the new one no wider and no longer.

    Strictly: the end is the old one's to the day, unless a recertification audit is joined; the old
    certifier's body must be known to be recognised on the decision; where its record is at hand,
    the record must agree. Whether the new certifier is accredited is IG-MS-2.
    """
    old = dossier.transfer
    if old is None:
        yield wrong("The certificate that is taken over is not on file.")
        return
    if missing := _missing(old):
        yield wrong(f"Of the old certificate this is not on file: {named(missing)}.")
    yield from _valid(old, dossier, ground)
    norm = ground.norms_for(dossier.kind)[0]
    decided, policy = decision_day(dossier, ground), ground.policy
    if not all(recognised_on(ground.origin.recognition, norm, one, decided, policy=policy)
               for one in dossier.standards):  # fmt: skip
        yield wrong("The old certifier's accreditation body is not known to be recognised for it.")
    if late(old.review_done_on, decided):
        yield wrong("The review before the transfer was not done by the decision.")
    yield from _no_wider(old, dossier, ground)
    yield from _same_end(old, dossier, ground)
    yield from _held_in_between(old, decided)


def _missing(old: Transfer) -> list[str]:
    stated = {
        "certifier": old.by,
        "number": old.number,
        "decision": old.decided,
        "end": old.expires,
        "standards": old.standards,
    }
    return [name for name, value in stated.items() if not value]


def _valid(old: Transfer, dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    if old.state != "ACTIVE":
        yield wrong(f"The old certificate is not active but {(old.state or 'unknown').lower()}.")
    decided, effective = decision_day(dossier, ground), dossier.certificate.effective
    if old.expires is not None and old.expires < max(decided, effective or decided):
        yield wrong(f"The old certificate ended on {old.expires}.", date=old.expires)
    if old.decided is not None and old.decided > decided:
        yield wrong(f"The old certificate was decided on {old.decided}, after this decision.")
    if ground.record is not None:
        state = ground.record.standing(decided).state
        if state not in (LifeState.ACTIVE, LifeState.TRANSFERRED):
            yield wrong(f"By its own record the old certificate is {state}.")


def _no_wider(old: Transfer, dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    beyond = [one for one in dossier.standards if not any_covers(old.standards, one)]
    beyond += [one for one in dossier.every_code if one not in old.codes]
    before = ground.previous
    if before is not None:
        sites = {site.name for site in before.sites}
        beyond += [site.name for site in dossier.sites if site.name not in sites]
    if beyond:
        yield wrong(f"{named(beyond)} was not on the old certificate.", beyond=beyond)


def _same_end(old: Transfer, dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    expires, decided = dossier.certificate.expires, decision_day(dossier, ground)
    if expires is None or old.expires is None:
        return
    if not old.with_recertification:
        if expires != old.expires:
            code = str(Reason.TERM_TOO_LONG) if expires > old.expires else None
            yield wrong(f"It would end on {expires}; a transfer keeps the old end, {old.expires}.",
                        code, limit=old.expires)  # fmt: skip
        return
    audit = last(dossier.held("recertification"))
    if audit is None or audit.report_sha256 is None or late(audit.last_day, decided):
        yield wrong("The recertification audit that is joined with it is not on file.")
    limit = add_months(decided, ground.pack_for(dossier).term_months)
    if expires > limit:
        yield wrong(f"It would end on {expires}; the rules allow {limit}.",
                    str(Reason.TERM_TOO_LONG), limit=limit)  # fmt: skip


def _held_in_between(old: Transfer, decided: date) -> Iterator[Problem]:
    """What is taken over was held in the running cycle, and by the decision."""
    for one in old.surveillance:
        stated = [day for day in (one.first_day, one.last_day, one.maintained_on) if day]
        if stated != sorted(stated):
            yield wrong(f"The days of the surveillance of {one.last_day} are out of order.")
        elif (old.decided is not None and min(stated) < old.decided) or max(stated) > decided:
            yield wrong(f"The surveillance of {one.last_day} was not held between the old decision"
                        " and this one.", date=one.last_day)  # fmt: skip


def certifier_lost(dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    """MS-27: from a certifier that ceased or lost its accreditation on W, the way is short.

    Complete by min(add(W, 6), E), strictly with the new certificate in effect by then; and the
    accreditation body was told before the decision. Else it is a new client. Where the old
    accreditation is known, the earlier of its word and the dossier's counts.
    """
    old = dossier.transfer
    ended_on = _lost_on(dossier, ground)
    if old is None or ended_on is None:
        yield idle("Nothing is known of an end of the old certifier's accreditation.")
        return
    limit = add_months(ended_on, ground.policy.withdrawal_grace_months)
    limit = min(limit, old.expires) if old.expires is not None else limit
    decided = decision_day(dossier, ground)
    complete = max(decided, dossier.certificate.effective or decided)
    if complete > limit:
        yield wrong(f"The transfer had to be complete by {limit}: this is a new client, with"
                    " stages 1 and 2.", date=ended_on, limit=limit)  # fmt: skip
    if old.ab_informed_on is None or old.ab_informed_on >= decided:
        yield wrong("The accreditation body was not told before the decision.", date=ended_on)


def _lost_on(dossier: Dossier, ground: Ground) -> date | None:
    """W: by the dossier, and by what is known of the old accreditation on the decision."""
    stated = dossier.transfer.issuer_ended_on if dossier.transfer is not None else None
    days = [] if stated is None else [stated]
    given, decided = ground.origin.accreditation, decision_day(dossier, ground)
    if given is not None:
        events = given.touching(dossier.standards, dossier.every_code, None)
        ended_on = first_day_without(given, ending_for(events, decided, decided))
        days += [] if ended_on is None or ended_on > decided else [ended_on]
        days += [
            start
            for start, lifted in spells(events)
            if start <= decided and (lifted is None or decided < lifted)
        ]
    return min(days, default=None)
