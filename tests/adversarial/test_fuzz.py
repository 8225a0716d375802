"""Whatever is signed, and whatever lies beside it: an answer, never a crash (security.md R16).

One value somewhere in one paper becomes another; the paper is signed anew by whoever signs it. The
body itself is the attacker here, or careless.
"""

import json
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.domain.question import Question
from service.domain.report import Report
from service.domain.verdict import Answer, Verdict
from service.status.record import TYP as RECORD
from service.status.record import record_uri
from service.status.status_list import TYP as LIST
from service.trust.statement import TYP as STATEMENT
from tests.adversarial.expectation import assert_nothing_unproven_is_shown
from tests.world import JUNE_15, Claims, World, day, signed
from tests.world.network import claimed

Path = tuple[str | int, ...]

words = st.sampled_from(
    ["", "x", "iaf:17", "ISO 9001:2015", "2026-06-15", "2024-02-30", "1950-01-01", "2099-12-31",
     "9999-12-31", "0001-01-01", "2026-06-15T12:00:00Z", "https://cb1.example", "\x00", "é", "K7",
     "Pacific/Apia", "{date}", "withdrawn", "suspended", "granted", "product", "service", "x" * 200]
)  # fmt: skip
numbers = st.sampled_from(
    [0, 1, -1, 7, 12, 15, 16, 255, 2**31, 2**53 - 1, 10**15, JUNE_15, JUNE_15 + 200, 946_684_800,
     4_102_444_800, -(10**14)]
)  # fmt: skip
leaves = st.none() | st.booleans() | words | numbers
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every place in a JSON value below its top."""
    members = value.items() if isinstance(value, dict) else enumerate(value)
    for name, item in members:
        yield (*path, name)
        if isinstance(item, dict | list):
            yield from places(item, (*path, name))


def put(claims: Claims, path: Path, value: Any) -> Claims:
    """A copy of the claims with another value at a place."""
    copy = deepcopy(claims)
    inside: Any = copy
    for name in path[:-1]:
        inside = inside[name]
    inside[path[-1]] = value
    return copy


# What the base papers leave out, so that every member is somewhere to be changed.
_OPTIONAL: dict[str, Claims] = {
    "certificate": {
        "previous_expires": "2024-09-09",
        "recert_audit_end": "2024-08-01",
        "supersedes": 1,
        "transferred_from": {"by": "https://x", "number": "7", "decided": "2024-09-10",
                             "expires": "2027-09-09"},
        "office": "London",
        "mark": {"kind": "product", "shape": "circle", "id": "m"},
        "displays": ["ab_symbol", "iaf_mla"],
        "prerequisite_for": "CABLE-5",
        "languages": {"de": "Herstellung"},
        "annex": {"url": "https://x", "sha256": "x"},
    },
    "record": {
        "events": [
            {"type": "granted", "effective_on": "2024-09-10",
             "recorded_at": "2024-09-10T12:00:00Z"},
            {"type": "suspended", "effective_on": "2025-01-10", "reason": "failure"},
            {"type": "reinstated", "effective_on": "2025-02-10"},
            {"type": "reduced", "effective_on": "2025-03-10",
             "removed": {"codes": ["iaf:18"], "sites": ["York"], "models": ["K9"]}},
            {"type": "restored", "effective_on": "2025-04-10", "stage2_on": "2025-04-01"},
            {"type": "transferred", "effective_on": "2027-01-01",
             "to": {"by": "https://x", "number": "8"}},
        ],
        "surveillance": [
            {"kind": "surveillance", "sites": ["Leeds"], "first_day": "2025-08-20",
             "last_day": "2025-08-21", "maintained_on": "2025-09-01"},
            {"kind": "factory_inspection", "last_day": "2026-03-10"},
            {"kind": "surveillance", "deferral": {"of": "S1", "reason": "season",
             "new_due": "2025-12-01", "approved_on": "2025-09-01"}},
        ],
        "revisions": [{"rev": 1, "sha256": "x"}],
        "changes": [{"revision": "D", "state": "approved", "on": "2025-01-01"}],
    },
}  # fmt: skip
_ROW: Claims = {
    "standards": ["CS 6004:2019", "ISO 9001"], "functions": ["production", "mark"],
    "mark_licence": True, "grandfather_units": True, "lists_factories": True,
    "max_term_months": 60, "report_max_age_months": 36, "edition_test": "made_on",
    "categories": ["x"], "marks": ["m"], "modules": ["B"],
    "plan": [{"kind": "factory_inspection", "months": 12, "mode": "rolling", "min_per_year": 1}],
}  # fmt: skip
_ACCREDITATION: Claims = {
    "expires_on": "2029-01-01", "offices": ["London"], "renewal_filed_on": "2026-01-01",
    "approvals": [{"number": "7", "on": "2026-02-10"}],
    "adoptions": [{"by": "x", "numbers": ["7"], "confirmed_on": "2026-02-10",
                   "no_safety_issue_on": "2026-02-10"}],
    "events": [
        {"type": "suspended", "effective_on": "2026-02-10", "recorded_at": "2026-02-10T09:14:00Z",
         "scope": [{"standard": "ISO 9001", "codes": ["iaf:17"], "scheme": "CABLE-5"}]},
        {"type": "lifted", "effective_on": "2026-03-20", "reason": "x"},
        {"type": "voided", "void_from": "2030-01-01", "void_numbers": ["x"]},
        {"type": "withdrawn", "effective_on": "2026-06-01", "notified_on": "2026-06-02"},
    ],
}  # fmt: skip
_RECOGNITION: Claims = {
    "zone": "Europe/London",
    "economy": ["GB"],
    "eu_nab": True,
    "peer_evaluated_by": ["EA"],
}
_RECOGNISED: Claims = {
    "by_continuity": True, "modules": ["B"], "until": "2026-05-01",
    "suspended": [{"from": "2026-02-01", "until": "2026-03-01"}],
}  # fmt: skip
_CONSTRAINTS: Claims = {
    "max_path_length": 1,
    "naming_constraints": {"permitted": [".example"], "excluded": ["x"]},
    "allowed_entity_types": ["accreditation_body", "certification_body"],
}


class Setting:
    """BASE or BASE-P with its papers as plain values that say all they can, to be signed anew."""

    def __init__(self, kind: str) -> None:
        self.world = World()
        self.cb = getattr(self.world, kind)
        self.token = self.cb.issue()
        (number,) = self.cb.files
        self.record_uri = record_uri(self.cb.id, number)
        self.papers: dict[str, Claims] = {
            "certificate": claimed(self.token),
            "accreditation": claimed(self.world.ab.about(self.cb).token()),
            "recognition": claimed(self.world.arrangement.about(self.world.ab).token()),
            "configuration": claimed(self.cb.configuration.token()),
            "list": claimed(self.cb.list_token()),
            "record": claimed(self.cb.record_token(number)),
        }

        for name, more in _OPTIONAL.items():
            self.papers[name] |= more
        self.papers["accreditation"]["constraints"] = {**_CONSTRAINTS, "max_path_length": 0}
        self.papers["recognition"]["constraints"] = _CONSTRAINTS
        (granted,) = self.papers["accreditation"]["accreditations"]
        granted |= _ACCREDITATION
        granted["scope"][0] |= _ROW
        self.papers["recognition"]["recognition"] |= _RECOGNITION
        for row in self.papers["recognition"]["recognition"]["scopes"]:
            row |= _RECOGNISED

    def verify(self, paper: str, claims: Claims, question: Question) -> Report:
        world, cb = self.world, self.cb
        network = world.network
        network.about_.clear()
        network.served.clear()
        world.memory = None
        token = self.token
        statements = {name: self.papers[name] for name in ("accreditation", "configuration")}
        if paper in statements:
            statements[paper] = claims
            signers = {"accreditation": world.ab.federation, "configuration": cb.federation}
            network.about_[cb.id] = [
                signed(one, signers[name], STATEMENT) for name, one in statements.items()
            ]
        elif paper == "recognition":
            recognition = signed(claims, world.arrangement.federation, STATEMENT)
            network.about_[world.ab.id] = [recognition]
        elif paper == "certificate":
            token = cb.sign(claims)
        elif paper == "list":
            network.served[cb.list_uri] = signed(claims, cb.status_key, LIST)
        else:
            network.served[self.record_uri] = signed(claims, cb.status_key, RECORD)
        return world.verify(token, at=JUNE_15, question=question)


SETTINGS = {kind: Setting(kind) for kind in ("cb", "product_cb")}
PAPERS = tuple(SETTINGS["cb"].papers)
QUESTIONS = (
    Question(),
    Question(on=day("2025-06-15")),
    Question(model="K7", factory="F1", made_on=day("2026-01-01")),
    Question(site="Leeds", activity="iaf:17", standard="ISO 9001:2015"),
)


@pytest.mark.parametrize("kind", SETTINGS)
@pytest.mark.parametrize("paper", PAPERS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_value_anywhere_gives_an_answer(kind: str, paper: str, data: st.DataObject) -> None:
    setting = SETTINGS[kind]
    claims = setting.papers[paper]
    path = data.draw(st.sampled_from(list(places(claims))))
    changed = put(claims, path, data.draw(values))

    report = setting.verify(paper, changed, data.draw(st.sampled_from(QUESTIONS)))

    json.dumps(report.to_json(), allow_nan=False).encode()
    assert isinstance(report.headline, str)
    assert_nothing_unproven_is_shown(report)
    if report.verdict in (Verdict.ACCEPT, Verdict.ACCEPT_WITH_WARNING):
        assert report.genuine is report.in_force is Answer.YES


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60) | st.text("0123456789", max_size=400) | st.binary().map(repr))
def test_any_text_gives_a_refusal(text: str) -> None:
    report = SETTINGS["cb"].world.verify(text, at=JUNE_15)

    assert report.verdict in (Verdict.REJECT, Verdict.CANNOT_CONFIRM)
    assert report.genuine is not Answer.YES
    assert_nothing_unproven_is_shown(report)
