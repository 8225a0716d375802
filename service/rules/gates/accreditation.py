"""The certifier's own standing (rules.md IG-MS-2, IG-PC-1, AC-5, AB-2, PC-22).

Judged by the rules that verifiers follow, on the decision and on the day of signing.
"""

from collections.abc import Iterator
from dataclasses import replace

from service.domain.dossier import Dossier
from service.domain.reason import Reason
from service.domain.verdict import Finding, Outcome, fill
from service.rules.accreditation import assess_accreditation
from service.rules.ended import ending_for, first_day_without, suspended_on
from service.rules.gates.ground import Ground, decision_day
from service.rules.gates.problem import Problem, beware, idle, named, wrong
from service.rules.gates.prospect import accreditation_for, case
from service.rules.gates.table import outside_production
from service.rules.recognition import assess_recognition

CB_SUSPENDED = "CB_SUSPENDED"
_BODY_SUSPENDED = frozenset(
    {
        Reason.ISSUED_WHILE_SUSPENDED,
        Reason.ISSUED_WITH_AB_APPROVAL,
        Reason.ACCREDITATION_SUSPENDED,
    }
)
# What a verifier says of a certificate that stands, and an issuer of one that does not yet.
_REFUSED_AS = {
    Reason.PARTLY_ACCREDITED: Reason.OUT_OF_ACCREDITED_SCOPE,
    Reason.ACCREDITATION_ENDED_TRANSFER_BY: Reason.ISSUED_AFTER_ACCREDITATION_ENDED,
    Reason.AB_RECOGNITION_ENDED_TRANSFER_BY: Reason.AB_RECOGNITION_ENDED,
}
_TEXTS = {
    Reason.CB_NOT_ACCREDITED: "The certifier has no accreditation.",
    Reason.WRONG_ACCREDITATION_NORM: "The accreditation is for {norm}, which does not cover this"
    " kind of certificate.",
    Reason.ISSUED_BEFORE_ACCREDITATION: "The accreditation begins after the decision.",
    Reason.ISSUED_AFTER_ACCREDITATION_ENDED: "The accreditation ended on {date}.",
    Reason.CHAIN_LINK_REVOKED: "The accreditation was ended, with no day given.",
    Reason.VOIDED_BY_ACCREDITATION_BODY: "The accreditation body has declared this void.",
    Reason.AB_NOT_RECOGNISED_FOR_THIS_KIND: "The accreditation body is not recognised for this"
    " kind of certificate ({standard}).",
    Reason.AB_RECOGNITION_ENDED: "The accreditation body's recognition ended on {date}.",
    Reason.SCOPE_WIDENED: "The accreditation for {standard} goes beyond what its body was granted.",
}


def accredited(dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    """IG-MS-2, IG-PC-1: active for standard, edition, all codes and scheme; or none is claimed.

    The decision day and today count both. Strictly: codes of which only some are accredited are
    refused, and a certificate that claims no accreditation may have no code inside one (AC-2).
    While it is suspended only the body's written leave for this number helps, dated today at the
    latest (AC-8).
    """
    if dossier.certificate.accredited is None:
        yield wrong("It is not said whether the certificate claims an accreditation.")
    elif not dossier.certificate.accredited:
        yield from _unaccredited(dossier, ground)
    elif not dossier.standards:
        yield wrong("No standard is named.")
    else:
        best = accreditation_for(dossier, ground)
        for finding in assess_accreditation(case(dossier, ground, best)):
            yield from _said(finding, dossier, ground)


def _said(finding: Finding, dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    """A verifier's finding as a problem of the issuer's."""
    code, facts = finding.code, finding.facts
    if code is None or finding.outcome is Outcome.NOTE:
        return
    if code in _BODY_SUSPENDED:
        yield _suspended(finding, dossier, ground)
        return
    as_code = _REFUSED_AS.get(code, code)
    if as_code is Reason.OUT_OF_ACCREDITED_SCOPE:
        yield wrong(_outside(dossier, ground, finding), str(as_code), **facts)
        return
    text = fill(_TEXTS[as_code], facts) if as_code in _TEXTS else finding.text
    if finding.outcome is Outcome.ACCEPT_WITH_WARNING and as_code is code:
        yield beware(text, str(code), **facts)
    else:
        yield wrong(text, str(as_code), **facts)


def _suspended(finding: Finding, dossier: Dossier, ground: Ground) -> Problem:
    since = finding.facts.get("date")
    best = accreditation_for(dossier, ground)
    leave = (best.approvals or {}).get(ground.number or "") if best is not None else None
    begun = f"since {since}" if since is not None else "since an unknown day"
    if leave is not None and leave <= ground.today:
        return beware(
            f"The accreditation is suspended {begun}; its body gave leave on {leave}.",
            str(Reason.ISSUED_WITH_AB_APPROVAL),
            date=since,
        )
    return wrong(f"The accreditation is suspended {begun}.", CB_SUSPENDED, date=since)


def _outside(dossier: Dossier, ground: Ground, finding: Finding) -> str:
    facts, codes = finding.facts, dossier.every_code
    if finding.code is Reason.PARTLY_ACCREDITED:
        beyond = [code for code in codes if code not in facts.get("codes", ())]
        return f"The accreditation does not cover {named(beyond)}."
    beyond = facts.get("codes") or [facts.get("standard")]
    scheme = dossier.scheme
    under = f" under {scheme.id}, type {scheme.type}" if scheme is not None else ""
    return f"The accreditation does not cover {named(beyond)}{under}."


def _unaccredited(dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    """AC-2: none is claimed; then no part of the scope may lie inside an accreditation."""
    for name in dossier.standards:
        for codes in _one_by_one(dossier.every_code):
            sites = tuple(site._replace(codes=()) for site in dossier.sites)
            part = replace(
                dossier,
                standards=(name,),
                codes=codes,
                organisation=replace(dossier.organisation, sites=sites),
                service=replace(dossier.service, sites=sites),
            )
            for finding in assess_accreditation(case(part, ground)):
                if finding.code is Reason.UNACCREDITED_INSIDE_SCOPE:
                    yield wrong(
                        f"{named((name, *codes))} is accredited, so the certificate must be too.",
                        str(finding.code),
                        standard=name,
                    )
    yield beware("Without an accreditation most verifiers refuse it.", str(Reason.UNACCREDITED))


def _one_by_one(codes: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Each code alone; without any, none."""
    return [(code,) for code in codes] if codes else [()]


def recognised(dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    """AB-2: the accreditation body is recognised for the norm and the standard, then and now.

    Strictly: a recognition that has ended since the decision (AB-6) is refused, though certificates
    from before may stand for a while. AB-3 and AB-5 as verifiers judge them.
    """
    if not dossier.certificate.accredited:
        yield idle("No accreditation is claimed.")
    elif ground.anchored:
        yield idle("The arrangement accredits by itself.")
    elif ground.recognition is None:
        yield wrong("Nobody recognises the accreditation body.", str(Reason.AB_NOT_RECOGNISED))
    else:
        best = accreditation_for(dossier, ground)
        for finding in assess_recognition(case(dossier, ground, best)):
            yield from _said(finding, dossier, ground)


def category(dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    """AC-5: the product or service lies in a category of the accreditation's rows.

    It is the dossier's, else what the scheme is about. Strictly: where a row has categories and
    none is known here, it is refused.
    """
    best = accreditation_for(dossier, ground)
    decided, scheme = decision_day(dossier, ground), dossier.scheme
    known = ground.catalogue.scheme(scheme)
    stated = dossier.product.category or dossier.service.category
    meant = stated or (known.object if known is not None else None)
    if best is None or not dossier.certificate.accredited:
        yield idle("No accreditation is claimed, or there is none.")
        return
    for name in dossier.standards:
        rows = [
            row for row in best.scope if row.covers(name, scheme) and row.period.covers(decided)
        ]
        if not rows or any(row.categories is None for row in rows):
            continue
        listed = sorted({one for row in rows for one in row.categories or ()})
        if meant is None:
            yield wrong(f"The category is not on file; accredited are {named(listed)}.",
                        str(Reason.OUT_OF_ACCREDITED_SCOPE), categories=listed)  # fmt: skip
        elif meant not in listed:
            yield wrong(f"The accreditation covers {named(listed)}, not {meant}.",
                        str(Reason.OUT_OF_ACCREDITED_SCOPE), categories=listed)  # fmt: skip


def designated(dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    """PC-22: for a law, the body is designated for product and module on the decision and today.

    Strictly: where the designation names modules, the dossier must name one of them. The body's
    number stands by the CE only where its module acts in production.
    """
    if dossier.purpose is None:
        yield idle("It is not for the purpose of a law.")
        return
    code, law, module = str(Reason.REGULATORY_MISMATCH), ground.designation, dossier.module
    if law is None:
        yield wrong("The certifier is not designated for this law.", code)
        return
    decided, signed = decision_day(dossier, ground), ground.today
    scheme = dossier.scheme
    events = law.touching(dossier.standards, dossier.every_code, scheme.id if scheme else None)
    event = ending_for(events, decided, max(decided, signed))
    ended_on = first_day_without(law, event)
    for day in dict.fromkeys((decided, signed)):
        undated = event is not None and event.effective_on is None
        over = undated or (ended_on is not None and day >= ended_on)
        if day < law.granted_on or over or suspended_on(events, day):
            yield wrong(f"The certifier is not designated on {day}.", code, date=day)
    for name in dossier.standards:
        rows = [row for row in law.scope if row.covers(name, scheme) and row.period.covers(decided)]
        if not rows:
            yield wrong(f"The designation does not cover {name}.", code, standard=name)
        elif not any(row.modules is None or module in row.modules for row in rows):
            modules = sorted({one for row in rows for one in row.modules or ()})
            yield wrong(f"The designation is for module {named(modules)}, not {module or 'none'}.",
                        code, modules=modules)  # fmt: skip
    if dossier.mark.body_number and (module is None or module in outside_production()):
        yield wrong("The body's number may not stand by the CE: its module is not about"
                    " production.", code)  # fmt: skip
