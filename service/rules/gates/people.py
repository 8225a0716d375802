"""Who audited, tested and decided (rules.md IG-MS-8, IG-MS-9, IG-MS-13, IG-PC-7)."""

from collections.abc import Iterable, Iterator

from service.domain.dates import add_months
from service.domain.dossier import Act, Dossier
from service.domain.evidence import Audit
from service.rules.gates.audits import EXTENDING
from service.rules.gates.ground import Ground, decision_day
from service.rules.gates.problem import Problem, idle, named, wrong
from service.rules.gates.prospect import added

# The audits that a decision rests on, by act; a transfer rests on one if it is joined with it.
RESTING: dict[Act, tuple[str, ...]] = {
    Act.GRANT: ("stage2",),
    Act.RENEW: ("recertification",),
    Act.RESTORE: ("recertification", "stage2"),
    Act.TRANSFER_IN: ("recertification",),
    Act.EXTEND: EXTENDING,
}


def deciders(dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    """IG-MS-8: those who decide took no part in the audits, and are no consultants of the client.

    Experts took part too. Whether somebody advised the client must be on file for each of them;
    the limit of `consultancy_months` before the decision is counted as in IG-MS-9.
    """
    decision, decided = dossier.decision, decision_day(dossier, ground)
    yield from _made(dossier)
    audited = {member.person for audit in dossier.audits for member in audit.team}
    if took_part := [one for one in decision.makers if one in audited | ground.cycle_people]:
        yield wrong(
            f"{named(took_part)} took part in the audit and must not decide.", people=took_part
        )
    since = add_months(decided, -ground.policy.consultancy_months)
    for one in decision.makers:
        known = dossier.people.get(one)
        if known is None:
            yield wrong(f"It is not on file whether {one} has advised the client.", person=one)
        elif known.consulted_client_until is not None and known.consulted_client_until > since:
            until = known.consulted_client_until
            yield wrong(f"{one} advised the client until {until}, after {since}.", person=one)


def _made(dossier: Dossier) -> Iterator[Problem]:
    if not dossier.decision.makers:
        yield wrong("Nobody is named who made the decision.")
    if not dossier.decision.by_cb:
        yield wrong("Those who decide must be authorised by and under contract to the certifier.")


def consultancy(dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    """IG-MS-9: nobody in a team advised or internally audited the client; the certifier never.

    Strictly: experts count as auditors do, and it must be on file of each of them. Whose last day
    as a consultant is add(audit start, −24) itself is free again.
    """
    if dossier.application.consultancy_by_cb:
        yield wrong("The certifier itself has advised the client; it can never certify them.")
    if not dossier.audits:
        yield idle("There is no audit.")
    for audit in dossier.audits:
        since = (
            add_months(audit.first_day, -ground.policy.consultancy_months)
            if audit.first_day is not None
            else None
        )
        for one in dict.fromkeys(member.person for member in audit.team):
            known = dossier.people.get(one)
            if known is None:
                yield wrong(f"It is not on file whether {one} has advised the client.", person=one)
                continue
            until = known.consulted_client_until
            if until is not None and (since is None or until > since):
                yield wrong(
                    f"{one} advised the client until {until}, too near to the {audit.kind} audit.",
                    person=one,
                )


def competence(dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    """IG-MS-13: the team has a lead and covers every code.

    Strictly: each audit that the decision rests on covers the codes of the sites it visited, and
    all of them together every code. Experts bring their codes. Of an extension the new codes count.
    """
    audits = dossier.held(*RESTING[dossier.act])
    if not audits:
        if dossier.act is Act.TRANSFER_IN:
            yield idle("The transfer is not joined with an audit.")
        else:
            yield wrong("There is no audit whose team could be looked at.")
        return
    extending = dossier.act is Act.EXTEND
    needed = set(added(dossier, ground).codes if extending else dossier.every_code)
    for audit in audits:
        if not any(member.role == "lead" for member in audit.team):
            yield wrong(f"The {audit.kind} audit has no lead auditor.", kind=audit.kind)
        of_sites = _codes_of_sites(dossier, audit)
        yield from _covered((of_sites & needed) - _codes(audit), f"the {audit.kind} audit")
    yield from _covered(needed - {code for audit in audits for code in _codes(audit)}, "the audit")


def _codes(audit: Audit) -> set[str]:
    return {code for member in audit.team for code in member.codes}


def _codes_of_sites(dossier: Dossier, audit: Audit) -> set[str]:
    """The codes of the sites that an audit visited; a site without its own has those of all."""
    return {
        code
        for site in dossier.sites
        if site.name in audit.sites
        for code in (dossier.codes if site.codes is None else site.codes)
    }


def _covered(missing: Iterable[str], audit: str) -> Iterator[Problem]:
    if codes := sorted(missing):
        yield wrong(f"Nobody in the team of {audit} is competent for {named(codes)}.", codes=codes)


def independence(dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    """IG-PC-7: who reviews or decides took no part in testing, inspection or audit.

    Reviewer and decision maker may be one person. Strictly: both are named, with the day of the
    review, who inspected is named too, and those who decide belong to the certifier.
    """
    review = dossier.review
    if review.on is None or not review.people:
        yield wrong("The review, with its day and who made it, is not on file.")
    yield from _made(dossier)
    nameless = [one.kind for one in dossier.inspections if not one.people]
    if nameless:
        yield wrong(f"Nobody is named who made the {named(nameless)}.")
    took_part = {
        *(person for test in dossier.tests for person in test.people),
        *(person for one in dossier.inspections for person in one.people),
        *(member.person for audit in dossier.audits for member in audit.team),
    }
    both = dict.fromkeys((*review.people, *dossier.decision.makers))
    if people := [one for one in both if one in took_part]:
        yield wrong(
            f"{named(people)} took part in the evaluation and must not review or decide.",
            people=people,
        )
