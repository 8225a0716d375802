"""The audits of a management system (rules.md IG-MS-3 to IG-MS-5, IG-MS-16)."""

from collections.abc import Iterator
from datetime import date

from service.domain.dates import add_months
from service.domain.dossier import Act, Dossier
from service.domain.evidence import Audit
from service.rules.gates.ground import Ground, decision_day
from service.rules.gates.problem import Problem, idle, named, wrong
from service.rules.gates.prospect import added

EXTENDING = ("special_extension", "surveillance")


def last(audits: tuple[Audit, ...]) -> Audit | None:
    """The last of some audits by its last day; those without one come first."""
    return max(audits, key=lambda audit: audit.last_day or date.min, default=None)


def stages(dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    """IG-MS-3: a stage 1 and a stage 2 with reports, and what stage 1 has to see.

    Strictly: every stage has its report, and the last stage 1 counts.
    """
    first, second = last(dossier.held("stage1")), last(dossier.held("stage2"))
    if first is None:
        yield wrong("There is no stage 1 audit on file.")
    if second is None:
        yield wrong("There is no stage 2 audit on file.")
    for audit in dossier.held("stage1", "stage2"):
        if audit.report_sha256 is None:
            yield wrong(f"The report of the {audit.kind} audit is not on file.", kind=audit.kind)
    if first is not None and not first.internal_audit_seen:
        yield wrong("Stage 1 has not seen an internal audit.")
    if first is not None and not first.management_review_seen:
        yield wrong("Stage 1 has not seen a management review.")


def stage_order(dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    """IG-MS-4: stage 2 starts strictly after stage 1 has ended, with its concerns settled.

    Every stage 2 needs a stage 1 that ended before its first day, and the last stage 1 a stage 2
    after it (inferred `stage2_after`).
    """
    first, seconds = last(dossier.held("stage1")), dossier.held("stage2")
    if first is None or first.last_day is None or not seconds:
        yield wrong("The last day of stage 1 or the first day of stage 2 is not on file.")
        return
    ends = [audit.last_day for audit in dossier.held("stage1") if audit.last_day is not None]
    for audit in seconds:
        if audit.first_day is None:
            yield wrong("The first day of stage 2 is not on file.")
        elif audit.first_day <= min(ends):
            yield _too_early(audit.first_day, min(ends))
    starts = [audit.first_day for audit in seconds if audit.first_day is not None]
    if starts and max(starts) <= first.last_day:
        yield _too_early(max(starts), first.last_day)
    if first.open_concerns is None:
        yield wrong("The number of concerns that stage 1 left open is not on file.")
    elif first.open_concerns and not first.concerns_accepted:
        yield wrong(
            f"Stage 1 left {first.open_concerns} open: concerns must be closed or accepted.",
            open=first.open_concerns,
        )


def _too_early(start: date, end: date) -> Problem:
    return wrong(
        f"Stage 2 starts on {start}, but stage 1 ends on {end}: it must start on a later day.",
        start=start,
        end=end,
    )


def stage_gap(dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    """IG-MS-5: stage 2 starts in good time after stage 1, or a reason is recorded.

    Counted from the last stage 1 that had ended, to the first day of each stage 2 (inferred
    `stage_gap_months`).
    """
    if dossier.stage_gap_justification is not None:
        yield idle("A justification is on record.")
        return
    ends = [audit.last_day for audit in dossier.held("stage1") if audit.last_day is not None]
    for audit in dossier.held("stage2"):
        start = audit.first_day
        before = [end for end in ends if start is not None and end <= start]
        limit = add_months(max(before), ground.policy.stage_gap_months) if before else None
        if start is not None and limit is not None and start > limit:
            yield wrong(
                f"Stage 2 starts on {start}, after {limit}: justify it, or hold a new stage 1.",
                start=start,
                limit=limit,
            )


def extension(dossier: Dossier, ground: Ground) -> Iterator[Problem]:
    """IG-MS-16: what is added was audited, and decided for itself.

    Strictly: a change or a reduction that adds anything is an extension. New sites were visited,
    and somebody in the team is competent for the new codes; the decision is a new one.
    """
    before, new = ground.previous, added(dossier, ground)
    if before is None:
        yield wrong("The certificate that is changed is not on file.")
        return
    if dossier.act is not Act.EXTEND:
        beyond = (*new.standards, *new.codes, *new.sites)
        if beyond:
            yield wrong(f"{named(beyond)} would be added: that is an extension.", added=beyond)
        return
    decided = decision_day(dossier, ground)
    audits = [
        audit
        for audit in dossier.held(*EXTENDING)
        if audit.last_day is not None and audit.last_day <= decided
    ]
    if not audits:
        yield wrong("No special audit or surveillance that covers the extension is on file.")
    if decided <= before.decided:
        yield wrong(f"The extension needs a decision of its own, after {before.decided}.")
    visited = {site for audit in audits for site in audit.sites}
    able = {code for audit in audits for member in audit.team for code in member.codes}
    if unseen := [site for site in new.sites if site not in visited]:
        yield wrong(f"The audit did not visit {named(unseen)}.", sites=unseen)
    if unable := [code for code in new.codes if code not in able]:
        yield wrong(f"Nobody in the team is competent for {named(unable)}.", codes=unable)
