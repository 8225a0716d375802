"""What holds for every certificate, record and accreditation, whatever happened to them."""

import json
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from service.domain.accreditation import (
    EVENT_TYPES as BODY_EVENTS,
)
from service.domain.accreditation import (
    Accreditation,
    Adoption,
    Part,
    PlanItem,
    Recognition,
    ScopeRow,
)
from service.domain.certificate import Mark, Organisation, Site, TransferOrigin
from service.domain.dates import Period
from service.domain.question import NEEDS, PLACEMENTS, SHAPES, SHOWN, Question
from service.domain.reason import Reason
from service.domain.surveillance import (
    EVENT_TYPES,
    Change,
    Deferral,
    Record,
    Removed,
    Surveillance,
)
from service.domain.verdict import SEVERITY, Check, Finding, Outcome, code_table, fill
from service.rules.case import Case, scheme_row
from service.rules.packs import shipped_packs
from service.rules.policy import CHOICES, Policy
from tests.rules.building import (
    accreditation,
    case,
    certificate,
    codes,
    event,
    happened,
    judged,
    known,
    recognised,
    recognition,
    record,
    scope_row,
)

steady = settings(max_examples=150, deadline=None, derandomize=True)
KINDS = ("management_system", "product", "service")
PACKS = shipped_packs()
KNOWN = known()

# Mostly days near those that matter, and now and then the ends of the calendar (claims reach
# from 1950 to 2099).
near = st.dates(date(2023, 1, 1), date(2028, 12, 31))
days = st.one_of(
    near,
    st.sampled_from([date(1950, 1, 1), date(2024, 2, 29), date(2026, 6, 15), date(2099, 12, 31)]),
)
maybe = st.none() | days
codes_ = st.lists(st.sampled_from(["iaf:17", "iaf:18", "iaf:28"]), unique=True).map(tuple)
names = st.sampled_from(["K7", "K9", "Leeds", "York", "CB-A/2024/0113", "iaf:17"])


@st.composite
def record_events(draw: st.DrawFn, *types: str) -> Any:
    removed = draw(st.none() | st.builds(Removed, codes_, st.tuples(names), st.tuples(names)))
    return event(
        draw(st.sampled_from(types or sorted(EVENT_TYPES))),
        draw(days).isoformat(),
        removed=removed,
        reason=draw(st.sampled_from([None, "failure", "safety", "fees"])),
        stage2_on=draw(maybe),
    )


@st.composite
def surveillances(draw: st.DrawFn) -> Surveillance:
    kinds = ["surveillance", "recertification", "factory_inspection", "service_check", "stage2"]
    due = ["S1", "CY-2025", "CY-2026", "factory_inspection"]
    reasons = ["season", "limited_duration", "other"]
    deferral = st.builds(Deferral, st.sampled_from(due), st.sampled_from(reasons), days, maybe)
    return Surveillance(
        draw(st.sampled_from(kinds)), (), draw(maybe), draw(maybe), draw(maybe),
        draw(st.none() | deferral),
    )  # fmt: skip


@st.composite
def records(draw: st.DrawFn) -> Record:
    changes = st.builds(
        Change,
        st.sampled_from(["C", "D"]),
        st.sampled_from(["approved", "under_evaluation"]),
        maybe,
    )
    return record(
        *draw(st.lists(record_events(), max_size=6)),
        audits=draw(st.lists(surveillances(), max_size=6)),
        revision=draw(st.integers(0, 3)),
        revisions=draw(st.sampled_from([(), ((1, "x"),), ((1, "y"),), ((2, "x"),)])),
        changes=tuple(draw(st.lists(changes, max_size=2))),
    )


@st.composite
def body_events(draw: st.DrawFn, *types: str) -> Any:
    part = st.builds(
        Part,
        st.sampled_from([None, "ISO 9001", "ISO 14001"]),
        st.none() | codes_.map(frozenset),
        st.sampled_from([None, "CABLE-5"]),
    )
    on = draw(maybe)
    return happened(
        draw(st.sampled_from(types or sorted(BODY_EVENTS))),
        None if on is None else on.isoformat(),
        parts=draw(st.none() | st.tuples(part)),
        reason=draw(st.sampled_from([None, "safety"])),
        void_from=draw(maybe),
        void_numbers=draw(st.sampled_from([(), ("CB-A/2024/0113",)])),
        notified_on=draw(maybe),
    )


@st.composite
def periods(draw: st.DrawFn) -> Period:
    first, last = draw(days), draw(maybe)
    return Period(first, None if last is None else max(first, last))


@st.composite
def rows(draw: st.DrawFn, kind: str) -> ScopeRow:
    item = st.builds(
        PlanItem,
        st.sampled_from(["factory_inspection", "service_check"]),
        st.integers(0, 1200),
        st.sampled_from(["rolling", "anchored"]),
        st.none() | st.integers(0, 4),
    )
    return scope_row(
        kind,
        period=draw(periods()),
        standards=draw(st.sampled_from([None, (), ("ISO 9001",), ("CS 6004:2019",), ("CS 7100",)])),
        codes=draw(st.none() | codes_.map(frozenset)),
        plan=draw(st.none() | st.lists(item, max_size=2).map(tuple)),
        mark_licence=draw(st.sampled_from([None, True, False])),
        grandfather_units=draw(st.sampled_from([None, True, False])),
        max_term_months=draw(st.none() | st.integers(0, 1200)),
        edition_test=draw(st.sampled_from([None, "on", "made_on"])),
        functions=draw(st.sampled_from([None, (), ("samples",), ("batch", "mark")])),
    )


@st.composite
def accreditations(draw: st.DrawFn, kind: str) -> Accreditation:
    adoption = st.builds(Adoption, names, st.tuples(names), maybe, maybe)
    return replace(
        accreditation(kind),
        norm=draw(st.sampled_from(["ISO/IEC 17021-1", "ISO/IEC 17065"])),
        granted_on=draw(days),
        expires_on=draw(maybe),
        reassessed_on=draw(maybe),
        renewal_filed_on=draw(maybe),
        scope=tuple(draw(st.lists(rows(kind), max_size=3))),
        events=tuple(draw(st.lists(body_events(), max_size=5))),
        offices=draw(st.sampled_from([None, (), ("S1",)])),
        approvals=draw(st.sampled_from([None, {"CB-A/2024/0113": date(2026, 1, 1)}])),
        adoptions=tuple(draw(st.lists(adoption, max_size=2))),
    )


@st.composite
def recognitions(draw: st.DrawFn) -> Recognition:
    found = []
    for _ in range(draw(st.integers(0, 3))):
        since, until = draw(days), draw(maybe)
        found.append(
            recognised(
                since=since, until=None if until is None else max(since, until),
                norm=draw(st.sampled_from(["ISO/IEC 17021-1", "ISO/IEC 17065"])),
                main_scope=draw(st.booleans()),
                standards=draw(st.sampled_from([None, (), ("ISO 9001",), ("ISO 14001",)])),
                suspended=tuple(draw(st.lists(periods(), max_size=2))),
                by_continuity=draw(st.booleans()),
            )
        )  # fmt: skip
    zone = draw(st.sampled_from([None, "Pacific/Auckland"]))
    return recognition(*found, economy=draw(st.sampled_from([(), ("GB",)])), zone=zone)


@st.composite
def questions(draw: st.DrawFn) -> Question:
    texts = ("model", "gtin", "serial", "lot", "factory", "revision", "site", "activity", "holder")
    asked: dict[str, Any] = {name: draw(st.none() | names) for name in texts}
    standards = [None, None, "ISO 9001", "CS 6004:2019", "CS 7100", "XY 1"]
    seen = ["own_mark", "statement", "accreditation_symbol", "ce", "iso_logo", "arrangement_mark"]
    return Question(
        **asked if draw(st.booleans()) else {},
        made_on=draw(maybe),
        standard=draw(st.sampled_from(standards)),
        needs=draw(st.sampled_from([None, None, *NEEDS])),
        placement=draw(st.sampled_from([None, None, *PLACEMENTS])),
        purpose=draw(st.sampled_from([None, None, *PACKS.purposes])),
        seen=tuple(draw(st.lists(st.sampled_from(seen), max_size=2))),
        shape=draw(st.sampled_from([None, *SHAPES])),
        shown=draw(st.sampled_from([None, None, None, *SHOWN])),
    )


@st.composite
def certificates(draw: st.DrawFn, kind: str) -> Any:
    origin = st.builds(TransferOrigin, names, names, maybe, maybe)
    changes: dict[str, Any] = {
        "decided": draw(days),
        "effective": draw(days),
        "expires": draw(maybe),
        "previous_expires": draw(maybe),
        "recert_audit_end": draw(maybe),
        "transferred_from": draw(st.none() | origin),
        "revision": draw(st.integers(1, 3)),
        "supersedes": draw(st.none() | st.integers(1, 2)),
        "mark": draw(st.sampled_from([None, Mark("product"), Mark(id="NRTL-1")])),
        "displays": draw(st.sampled_from([(), ("iaf_mla",), ("iso_logo", "global_aci_mra")])),
        "issued_on": draw(days),
        "office": draw(st.sampled_from([None, "S1", "S2"])),
    }
    if kind == "management_system":
        site = st.builds(Site, names, st.just("GB"), st.none(), st.none() | codes_, st.booleans())
        sites = draw(st.lists(site, max_size=2).map(tuple))
        changes["organisation"] = Organisation("Bearings", draw(codes_), sites)
    return certificate(kind, **changes)


months = [name for name in Policy.__dataclass_fields__ if "month" in name]


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    amounts: dict[str, Any] = {name: draw(st.sampled_from([0, 6, 24, 1200])) for name in months}
    words: dict[str, Any] = {
        name: draw(st.sampled_from(sorted(choices))) for name, choices in sorted(CHOICES.items())
    }
    flags = ("continuity", "lifting_cures_decisions", "grandfather_units")
    choices_: dict[str, Any] = {name: draw(st.booleans()) for name in flags}
    return Policy(**amounts, **words, **choices_)


@st.composite
def cases(draw: st.DrawFn, /, **fixed: Any) -> Case:
    kind = fixed.pop("kind", None) or draw(st.sampled_from(KINDS))
    given_ = fixed.pop("certificate", None) or draw(certificates(kind))
    named = fixed.pop("accreditation", None) or draw(st.none() | accreditations(kind))
    on, today = draw(days), draw(days)
    usual: dict[str, Any] = {
        "on": on,
        "today": draw(st.sampled_from([on, today])),
        "question": draw(questions()),
        "record": draw(st.none() | records()),
        "recognition": draw(st.none() | recognitions()),
        "pack": draw(st.sampled_from([*PACKS.ms_packs.values()])),
        "ended": draw(st.sampled_from([*PACKS.ended_packs.values()])),
        "row": KNOWN.filled(scheme_row(given_, named), given_.scheme),
        "catalogue": KNOWN,
    }
    return case(kind, certificate=given_, accreditation=named, **{**usual, **fixed})


@st.composite
def good_cases(draw: st.DrawFn, kind: str | None = None) -> Case:
    """A case in good order with one or two things changed: here a verdict has room to get worse."""
    kind = kind or draw(st.sampled_from(KINDS))
    good = case(kind, on=draw(st.sampled_from(["2026-06-15", "2026-07-20", "2027-01-20"])))
    named, kept = good.accreditation, good.record
    assert named is not None
    assert kept is not None
    more = draw(st.lists(body_events(), max_size=2))
    named = replace(named, events=tuple(more), expires_on=draw(st.none() | near))
    later = record_events("suspended", "reinstated", "extended", "reduced", "withdrawn")
    kept = replace(kept, events=(*kept.events, *draw(st.lists(later, max_size=2))))
    asked = [Question(), Question(holder="Harrow Bearings Ltd")]
    if kind == "product":
        asked.append(Question(model="K7", made_on=draw(near)))
    good = good._replace(accreditation=named, granted=(named,), record=kept)
    changes: dict[str, Any] = {
        "question": draw(st.sampled_from(asked)),
        "policy": draw(st.sampled_from([Policy(), Policy(suspended_units="reject")])),
        "recognition": draw(st.none() | recognitions()),
        "record": draw(st.sampled_from([kept, kept, None])),
    }
    return good._replace(**{name: changes[name] for name in draw(st.sets(st.sampled_from(
        sorted(changes)), max_size=2))})  # fmt: skip


values = st.sampled_from([None, 0, 1, 2, 12, 13, 14, 15])
fine = st.sampled_from([0, 0, 0, None, 2, 14])


def _worst(given_: Case, value: int | None) -> int:
    return max(SEVERITY[one.outcome] for one in judged(given_, value))


@steady
@given(cases(), values, policies())
def test_no_combination_of_events_raises(given_: Case, value: int | None, policy: Policy) -> None:
    findings = judged(given_._replace(policy=policy), value)

    assert findings
    for one in findings:
        shown = json.loads(json.dumps(one.to_json()))
        assert (shown["code"] is None) is (one.code is None)
        assert shown["text"] or one.code is None


@steady
@given(cases() | good_cases(), fine, record_events("suspended"))
def test_suspending_a_certificate_never_improves_a_verdict(
    given_: Case, value: int | None, suspended: Any
) -> None:
    kept = given_.record
    assume(kept is not None)
    assert kept is not None
    more = given_._replace(record=replace(kept, events=(*kept.events, suspended)))

    assert _worst(more, value) >= _worst(given_, value)


@steady
@given(st.data(), fine)
def test_suspending_an_accreditation_never_improves_a_verdict(
    data: st.DataObject, value: int | None
) -> None:
    given_ = data.draw(good_cases() | cases())
    named = given_.accreditation
    assume(named is not None)
    assert named is not None
    suspended = data.draw(body_events("suspended"))
    more = replace(named, events=(*named.events, suspended))

    assert _worst(given_._replace(accreditation=more), value) >= _worst(given_, value)


def _narrowed(draw: Any, row: ScopeRow) -> ScopeRow | None:
    """A row that grants no more than this one."""
    how = draw(st.sampled_from(["gone", "shorter", "standards", "codes", "same"]))
    if how == "gone":
        return None
    if how == "shorter":
        last = draw(days)
        ended = last if row.period.last is None else min(last, row.period.last)
        return replace(row, period=Period(row.period.first, max(row.period.first, ended)))
    if how == "standards":
        return replace(row, standards=() if row.standards is None else row.standards[:0])
    if how == "codes":
        kept = draw(codes_.map(frozenset))
        return replace(row, codes=kept if row.codes is None else row.codes & kept)
    return row


@steady
@given(st.data(), fine)
def test_narrowing_an_accreditation_never_improves_a_verdict(
    data: st.DataObject, value: int | None
) -> None:
    kind = data.draw(st.sampled_from(KINDS))
    # One row for a scheme, for two may differ in what they demand of it.
    named = data.draw(accreditations(kind))
    named = replace(named, scope=named.scope if kind == "management_system" else named.scope[:1])
    wide = data.draw(cases(kind=kind, accreditation=named) | good_cases(kind))
    assert wide.accreditation is not None
    named = wide.accreditation
    narrow = [_narrowed(data.draw, row) for row in named.scope]
    offices = data.draw(st.sampled_from([named.offices, ()]))
    given_ = replace(named, scope=tuple(one for one in narrow if one), offices=offices)

    less = wide._replace(
        accreditation=given_,
        granted=(given_,),
        row=KNOWN.filled(scheme_row(wide.certificate, given_), wide.certificate.scheme),
    )

    assert _worst(less, value) >= _worst(wide, value)


ENDED = {"EXPIRED", "EXPIRED_RESTORABLE"}


@steady
@given(st.data(), st.integers(1, 2000), values)
def test_time_alone_never_revives_what_has_expired(
    data: st.DataObject, later: int, value: int | None
) -> None:
    kind = data.draw(st.sampled_from(KINDS))
    ended = data.draw(st.dates(date(2024, 1, 1), date(2026, 1, 1)))
    started = ended - timedelta(days=data.draw(st.integers(0, 1095)))
    on = ended + timedelta(days=data.draw(st.integers(1, 400)))
    happened_by_then = [
        one for one in data.draw(st.lists(record_events(), max_size=4)) if one.effective_on <= on
    ]
    given_ = case(
        kind,
        on=on,
        certificate=certificate(kind, decided=started, expires=ended),
        question=data.draw(questions()),
        record=record(*happened_by_then),
    )
    assume(codes(judged(given_, value)) & ENDED)
    then = on + timedelta(days=later)

    after = given_._replace(day=then, today=then, body_day=then)

    assert _worst(after, value) >= SEVERITY[Outcome.REJECT]


facts = st.dictionaries(
    st.sampled_from(
        ["date", "limit", "name", "codes", "number", "body", "from", "to", "days", "x"]
    ),
    st.one_of(
        st.none(),
        st.text(),
        st.integers(),
        st.dates(),
        st.lists(st.text()),
        st.frozensets(st.text()),
    ),
)
REJECTED = [code for code in Reason if code_table()[code].outcome is Outcome.REJECT]


@pytest.mark.parametrize("check", [Check.COVERAGE, Check.STATUS])
@steady
@given(st.sampled_from(REJECTED), facts)
def test_a_rejection_survives_every_way_of_telling_it(
    check: Check, code: Reason, told: dict[str, Any]
) -> None:
    finding = Finding.of(check, code, **told)

    shown = json.loads(json.dumps(finding.to_json(), ensure_ascii=False))

    assert (shown["code"], shown["outcome"]) == (str(code), "reject")
    assert shown["text"].strip()
    assert shown["facts"].keys() == told.keys()


@steady
@given(st.sampled_from(list(Reason)), facts)
def test_every_text_of_the_table_can_be_filled_with_any_facts(
    code: Reason, told: dict[str, Any]
) -> None:
    for text in code_table()[code].texts.values():
        assert fill(text, told).strip() or not text
