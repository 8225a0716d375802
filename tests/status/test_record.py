"""Certificate records: what is signed reads back as it was, and nothing unknown is read."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys.signer import KeySigner
from service.credential import jws
from service.domain.reason import Reason
from service.domain.surveillance import (
    EVENT_TYPES,
    Change,
    Deferral,
    LifeState,
    Record,
    RecordEvent,
    Removed,
    Surveillance,
)
from service.domain.verdict import Refused
from service.status.record import (
    MAX_RECORD_CHARS,
    REASONS,
    TYP,
    parse_record,
    read_record,
    record_uri,
    sign_record,
)
from tests.world import GONE, Claims, day, instant
from tests.world.papers import changed

ISSUER, NUMBER = "https://cb1.example", "CB1/2024/0113"
SIGNER = KeySigner.unsafe_from_seed(b"tests/record", "cb1-2026-s")
AT = instant("2026-06-15")
CLAIMS: Claims = {
    "iss": ISSUER,
    "sub": NUMBER,
    "iat": AT,
    "exp": AT + 7 * 86_400,
    "revision": 1,
    "events": [{"type": "granted", "effective_on": "2024-09-10"}],
    "surveillance": [{"kind": "surveillance", "last_day": "2025-08-21"}],
}


def read(claims: Claims) -> Record:
    return read_record(claims, issuer=ISSUER, number=NUMBER)


def refusal(claims: Claims) -> Reason:
    with pytest.raises(Refused) as refused:
        read(claims)
    return refused.value.code


def with_event(**changes: Any) -> Claims:
    return {**CLAIMS, "events": [changed(CLAIMS["events"][0], changes)]}


def with_audit(**changes: Any) -> Claims:
    return {**CLAIMS, "surveillance": [changed(CLAIMS["surveillance"][0], changes)]}


def through_a_token(record: Record) -> Record:
    proven = jws.verify(parse_record(sign_record(record, SIGNER)), SIGNER.public)
    return read_record(proven.claims, issuer=record.issuer, number=record.number)


# Round trips

STATES = ["approved", "under_evaluation"]
words = st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=8)
days = st.dates(date(1990, 1, 1), date(2090, 1, 1))
moments = st.integers(instant("2001-01-01"), instant("2090-01-01"))
some_words = st.lists(words, max_size=2).map(tuple)
events = st.builds(
    RecordEvent,
    type=st.sampled_from(sorted(EVENT_TYPES)),
    effective_on=days,
    recorded_at=st.none() | moments,
    reason=st.none() | st.sampled_from(REASONS),
    removed=st.none() | st.builds(Removed, some_words, some_words, some_words),
    to_body=st.none(),
    to_number=st.none() | words,
    stage2_on=st.none() | days,
)
audits = st.builds(
    Surveillance,
    kind=words,
    sites=some_words,
    first_day=st.none(),
    last_day=st.none() | days,
    maintained_on=st.none() | days,
    deferral=st.none() | st.builds(Deferral, words, st.just("season"), days, st.none() | days),
)
records = st.builds(
    Record,
    issuer=st.just(ISSUER),
    number=words,
    revision=st.integers(0, 2**53 - 1),
    issued_at=moments,
    ends_at=moments,
    events=st.lists(events, max_size=3).map(tuple),
    surveillance=st.lists(audits, max_size=3).map(tuple),
    revisions=st.lists(st.tuples(st.integers(0, 9), words), max_size=2).map(tuple),
    changes=st.lists(
        st.builds(Change, words, st.sampled_from(STATES), st.none() | days),
        max_size=2,
    ).map(tuple),
)  # fmt: skip


@given(records)
def test_a_record_comes_back_from_its_token_as_it_was(record: Record) -> None:
    assert through_a_token(record) == record


def test_a_transfer_names_the_new_body_and_number() -> None:
    on = day("2026-01-02")
    moved = RecordEvent("transferred", on, None, to_body="https://cb2.example", to_number="7")
    record = Record(ISSUER, NUMBER, 1, AT, AT + 1, (moved,), ())

    assert through_a_token(record) == record
    assert record.standing(day("2026-01-01")).state is LifeState.DRAFT
    assert record.standing(day("2026-01-02")).state is LifeState.TRANSFERRED


def test_a_record_that_would_not_read_back_is_not_signed() -> None:
    event = RecordEvent("granted", day("2024-09-10"), None, to_body="https://cb2.example")

    with pytest.raises(ValueError, match="read back"):
        sign_record(Record(ISSUER, NUMBER, 1, AT, AT + 1, (event,), ()), SIGNER)


# Whose record


@pytest.mark.parametrize("claims", [{"iss": "https://cb2.example"}, {"sub": "CB1/2024/0114"}])
def test_a_record_of_another_certificate_is_refused(claims: Claims) -> None:
    assert refusal({**CLAIMS, **claims}) is Reason.STATUS_SUB_MISMATCH


def test_the_address_of_a_record_quotes_the_whole_number() -> None:
    assert record_uri(ISSUER, "CB1/2024/0113 ä?") == (
        "https://cb1.example/records/CB1%2F2024%2F0113%20%C3%A4%3F"
    )


# Closed sets


@pytest.mark.parametrize("name", ["iss", "sub", "iat", "exp", "revision", "events", "surveillance"])
@pytest.mark.parametrize("value", [GONE, None])
def test_what_every_record_states_must_be_there(name: str, value: object) -> None:
    assert refusal(changed(CLAIMS, {name: value})) is Reason.CLAIM_MISSING


_AUDIT_DEFERRED = {"of": "S1", "reason": "season", "new_due": "2026-01-01"}


@pytest.mark.parametrize(
    ("claims", "code"),
    [
        ({**CLAIMS, "status": 0}, Reason.CLAIM_UNKNOWN),
        ({**CLAIMS, "revision": "1"}, Reason.CLAIM_TYPE),
        ({**CLAIMS, "revision": -1}, Reason.CLAIM_TYPE),
        ({**CLAIMS, "revision": True}, Reason.CLAIM_TYPE),
        ({**CLAIMS, "iat": 0}, Reason.TIME_RANGE),
        ({**CLAIMS, "events": {}}, Reason.CLAIM_TYPE),
        ({**CLAIMS, "events": ["granted"]}, Reason.CLAIM_TYPE),
        ({**CLAIMS, "events": CLAIMS["events"] * 501}, Reason.CLAIM_TYPE),
        (with_event(type="forgiven"), Reason.CLAIM_TYPE),
        (with_event(type=GONE), Reason.CLAIM_MISSING),
        (with_event(effective_on=None), Reason.CLAIM_MISSING),
        (with_event(effective_on="2024-02-30"), Reason.CLAIM_TYPE),
        (with_event(effective_on=1725955200), Reason.CLAIM_TYPE),
        (with_event(effective_on="0024-02-03"), Reason.TIME_RANGE),
        (with_event(recorded_at="2024-09-10"), Reason.CLAIM_TYPE),
        (with_event(recorded_at="1999-09-10T00:00:00Z"), Reason.TIME_RANGE),
        (with_event(reason="bored"), Reason.CLAIM_TYPE),
        (with_event(note="x"), Reason.CLAIM_UNKNOWN),
        (with_event(removed={"persons": []}), Reason.CLAIM_UNKNOWN),
        (with_event(removed={"codes": "iaf:17"}), Reason.CLAIM_TYPE),
        (with_event(to={"by": "https://cb2.example"}), Reason.CLAIM_MISSING),
        (with_event(to={"number": "7", "name": "x"}), Reason.CLAIM_UNKNOWN),
        (with_audit(kind=GONE), Reason.CLAIM_MISSING),
        (with_audit(kind=""), Reason.CLAIM_TYPE),
        (with_audit(result="passed"), Reason.CLAIM_UNKNOWN),
        (with_audit(first_day="2025-08-22"), Reason.CLAIM_INCONSISTENT),
        (with_audit(deferral={**_AUDIT_DEFERRED, "reason": "forgotten"}), Reason.CLAIM_TYPE),
        (with_audit(deferral={"of": "S1", "reason": "season"}), Reason.CLAIM_MISSING),
        (with_audit(deferral={**_AUDIT_DEFERRED, "by": "x"}), Reason.CLAIM_UNKNOWN),
        ({**CLAIMS, "revisions": [{"rev": 1}]}, Reason.CLAIM_MISSING),
        ({**CLAIMS, "revisions": [{"rev": 1, "sha256": "x", "alg": "x"}]}, Reason.CLAIM_UNKNOWN),
        ({**CLAIMS, "changes": [{"revision": "D", "state": "guessed"}]}, Reason.CLAIM_TYPE),
        ({**CLAIMS, "changes": [{"revision": "D"}]}, Reason.CLAIM_MISSING),
        ({**CLAIMS, "changes": [{"revision": "D", "state": "approved", "x": 1}]},
         Reason.CLAIM_UNKNOWN),
    ],
)  # fmt: skip
def test_what_records_do_not_have_is_refused(claims: Claims, code: Reason) -> None:
    assert refusal(claims) is code


def test_the_first_and_last_day_of_an_audit_may_be_one() -> None:
    one = read(with_audit(first_day="2025-08-21")).surveillance[0]

    assert one.first_day == one.last_day == day("2025-08-21")


@pytest.mark.parametrize("type_", sorted(EVENT_TYPES))
def test_every_event_of_the_table_is_read(type_: str) -> None:
    assert read(with_event(type=type_)).events[0].type == type_


# The token


def test_a_record_is_bounded_before_it_is_parsed() -> None:
    with pytest.raises(Refused) as refused:
        parse_record("x" * (MAX_RECORD_CHARS + 1))
    assert refused.value.code is Reason.TOKEN_TOO_LARGE


@pytest.mark.parametrize("typ", ["certificate+jwt", "statuslist+jwt", "entity-statement+jwt"])
def test_another_token_is_no_record(typ: str) -> None:
    with pytest.raises(Refused) as refused:
        parse_record(jws.sign(CLAIMS, SIGNER, typ=typ))
    assert refused.value.code is Reason.JOSE_TYP_MISMATCH
    assert parse_record(jws.sign(CLAIMS, SIGNER, typ=TYP)).unproven_claims == CLAIMS


# The life that its events tell (rules.md 3.1)


@pytest.mark.parametrize(
    ("types", "state"),
    [
        ("", LifeState.DRAFT),
        ("granted", LifeState.ACTIVE),
        ("granted suspended", LifeState.SUSPENDED),
        ("granted suspended extended", LifeState.SUSPENDED),
        ("granted suspended renewed", LifeState.SUSPENDED),
        ("granted suspended reduced", LifeState.ACTIVE),
        ("granted suspended reinstated", LifeState.ACTIVE),
        ("granted suspended withdrawn", LifeState.WITHDRAWN),
        ("granted withdrawn reinstated", LifeState.WITHDRAWN),
        ("granted withdrawn suspended", LifeState.WITHDRAWN),
        ("granted cancelled granted", LifeState.CANCELLED),
        ("granted transferred restored", LifeState.TRANSFERRED),
    ],
)
def test_what_is_final_stays_and_only_a_lifting_ends_a_suspension(
    types: str, state: LifeState
) -> None:
    events = [
        {"type": name, "effective_on": f"2026-01-{n + 1:02}"}
        for n, name in enumerate(types.split())
    ]

    for order in (events, events[::-1]):
        assert read({**CLAIMS, "events": order}).standing(day("2026-02-01")).state is state
