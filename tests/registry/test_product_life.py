"""A product certificate from its test report to its end: laboratory, factory, licence, verdicts."""

from datetime import date
from typing import Any

import pytest

from service.domain.question import Question
from service.domain.refusal import Denied
from service.domain.report import Report
from service.domain.verdict import Verdict
from service.registry import laboratories
from service.registry.issuing import Issued
from service.verifier import Verifier
from tests.registry.acting import ON_SQLITE, go_to, held, record, row, tell
from tests.registry.desk import AB, CB_P, SETUP, ZONE, RegisterWorld, dossier

pytestmark = ON_SQLITE
# The day of the test report R-881 in the dossier.
REPORTED = "2026-01-23"


def laboratory(by: str = AB, **changes: Any) -> dict[str, Any]:
    """What its accreditation body says of the laboratory."""
    accreditation: dict[str, Any] = {
        "number": "T-310", "norm": "ISO/IEC 17025", "granted_on": "2011-02-01", "zone": ZONE,
        "scope": [{"standards": ["CS 6004:2012", "CS 6004:2019"], "from": "2011-02-01"}],
    }  # fmt: skip
    return {"id": "https://lab-1.example", "by": by, "accreditation": accreditation | changes}


def put(world: RegisterWorld, content: dict[str, Any]) -> None:
    world.office.database.write(
        lambda c: laboratories.put(c, SETUP, CB_P, "LAB-1", content, at=world.at)
    )


def _cable(**changes: Any) -> dict[str, Any]:
    day = "2026-04-20"
    term = {"effective": day, "issued_on": day}
    return dossier("pc-cable5", CB_P, decision={"date": day}, certificate=term, **changes)


def _event(type: str, day: str) -> list[dict[str, Any]]:
    return [{"type": type, "effective_on": day, "recorded_at": f"{day}T09:00:00Z",
             "reason": "imposed"}]  # fmt: skip


@pytest.fixture
def issued(world: RegisterWorld) -> Issued:
    """The licence for cable K7, revision C, from factory F1, which has no end."""
    put(world, laboratory())
    one = world.issue(_cable())
    tell(world)
    return one


def _ask(world: RegisterWorld, issued: Issued, **asked: Any) -> Report:
    evidence = world.office.evidence
    verifier = Verifier(evidence.anchors, evidence, evidence, evidence)
    if "made_on" in asked:
        asked["made_on"] = date.fromisoformat(asked["made_on"])
    return verifier.verify(
        issued.token, at=world.at, question=Question(**asked), remember=False
    )  # fmt: skip


def _refused(world: RegisterWorld, asked: dict[str, Any]) -> list[str]:
    with pytest.raises(Denied) as denied:
        world.issue(asked)
    found: list[str] = denied.value.facts["refused"]
    return found


def _act(world: RegisterWorld, issued: Issued, act: str, **asked: Any) -> None:
    world.act(issued.number, act, CB_P, **asked)
    tell(world)


def test_a_report_of_an_accredited_laboratory_leads_to_a_licence(
    world: RegisterWorld, issued: Issued
) -> None:
    unit = {"model": "K7", "factory": "F1", "revision": "C"}
    found = row(world, issued.number, CB_P)

    assert _ask(world, issued, **unit).verdict is Verdict.ACCEPT
    assert _ask(world, issued, **{**unit, "model": "K9"}).codes == ("MODEL_NOT_COVERED",)
    assert _ask(world, issued, **{**unit, "factory": "F2"}).codes == ("FACTORY_NOT_COVERED",)
    assert _ask(world, issued, needs="management_system").codes == ("PRODUCT_NOT_MS",)
    assert (found.state, found.expires, found.next_due) == ("active", None, "2027-04-20")


def test_a_laboratory_that_nobody_knows_is_not_accredited(world: RegisterWorld) -> None:
    assert _refused(world, _cable()) == ["IG-PC-2"]


@pytest.mark.parametrize(
    "laboratory",
    [
        laboratory(norm="ISO/IEC 17020"),
        laboratory(by="https://ab-x.example"),
        laboratory(granted_on="2026-01-24"),
        laboratory(expires_on="2026-01-22"),
        laboratory(scope=[{"standards": ["CS 6004:2012"], "from": "2011-02-01"}]),
        laboratory(scope=[{"standards": ["CS 6004:2019"], "from": "2026-01-24"}]),
        laboratory(
            scope=[{"standards": ["CS 6004:2019"], "from": "2011-02-01", "until": "2026-01-22"}]
        ),
        laboratory(events=_event("withdrawn", REPORTED)),
    ],
    ids=["inspection", "body unknown", "granted later", "expired the day before",
         "edition before", "scope later", "scope ended the day before", "withdrawn that day"],
)  # fmt: skip
def test_a_laboratory_is_accredited_on_the_day_of_its_report(
    world: RegisterWorld, laboratory: dict[str, Any]
) -> None:
    put(world, laboratory)

    assert _refused(world, _cable()) == ["IG-PC-2"]


@pytest.mark.parametrize(
    "laboratory",
    [
        laboratory(granted_on=REPORTED),
        laboratory(expires_on=REPORTED),
        laboratory(
            scope=[{"standards": ["CS 6004:2019"], "from": REPORTED, "until": REPORTED}]
        ),
        laboratory(events=_event("withdrawn", "2026-01-24")),
        laboratory(events=_event("suspended", "2026-01-24")),
    ],
    ids=["granted that day", "expired that day", "scope of that day", "withdrawn the day after",
         "suspended the day after"],
)  # fmt: skip
def test_what_befell_a_laboratory_on_another_day_leaves_its_report(
    world: RegisterWorld, laboratory: dict[str, Any]
) -> None:
    put(world, laboratory)
    issued = world.issue(_cable())
    tell(world)

    assert world.verify(issued.token).verdict is Verdict.ACCEPT


def test_a_report_issued_during_a_suspension_is_refused(world: RegisterWorld) -> None:
    put(world, laboratory(events=_event("suspended", REPORTED)))

    assert _refused(world, _cable()) == ["IG-PC-11"]


def test_what_is_told_of_a_laboratory_is_judged_anew(world: RegisterWorld) -> None:
    put(world, laboratory(events=_event("suspended", REPORTED)))
    put(world, laboratory())
    issued = world.issue(_cable())
    tell(world)

    assert world.verify(issued.token).verdict is Verdict.ACCEPT


def test_an_accreditation_that_nobody_could_read_is_not_put_on_file(world: RegisterWorld) -> None:
    content = laboratory()
    del content["accreditation"]["granted_on"]

    with pytest.raises(Denied, match="CLAIM_MISSING") as denied:
        put(world, content)
    assert denied.value.field == "granted_on"


def test_a_licence_lives_on_the_inspection_of_its_factory(
    world: RegisterWorld, issued: Issued
) -> None:
    said = []
    for day in ("2027-04-20", "2027-04-21", "2027-05-21", "2027-05-22"):
        go_to(world, day)
        said.append(world.verify(issued.token).codes)

    assert said == [(), ("SURV_UNCONFIRMED",), ("SURV_UNCONFIRMED",), ("PRODUCT_SURV_OVERDUE",)]


def test_an_inspection_starts_the_next_twelve_months(world: RegisterWorld, issued: Issued) -> None:
    go_to(world, "2027-03-12")
    record(world, issued.number, held("2027-03-10", "2027-03-10", "factory_inspection"), CB_P)
    tell(world)
    found = row(world, issued.number, CB_P)
    go_to(world, "2028-03-10")
    last = world.verify(issued.token)
    go_to(world, "2028-03-11")

    assert (found.next_due, found.overdue_from) == ("2028-03-10", "2028-04-11")
    assert last.verdict is Verdict.ACCEPT
    assert world.verify(issued.token).codes == ("SURV_UNCONFIRMED",)


def test_an_audit_of_the_system_is_no_inspection_of_the_factory(
    world: RegisterWorld, issued: Issued
) -> None:
    go_to(world, "2027-03-12")

    with pytest.raises(Denied, match="BAD_PARAMETER"):
        record(world, issued.number, held("2027-03-10", "2027-03-10"), CB_P)


def test_a_unit_made_before_a_suspension_is_not_touched_by_it(
    world: RegisterWorld, issued: Issued
) -> None:
    go_to(world, "2026-06-01")
    _act(world, issued, "suspend", reason="nonconforming_product")

    assert world.verify(issued.token).codes == ("SUSPENDED",)
    assert _ask(world, issued, made_on="2026-05-31").codes == ("SUSPENDED_LATER",)
    assert _ask(world, issued, made_on="2026-06-01").codes == ("SUSPENDED",)


def test_after_a_reinstatement_what_was_made_meanwhile_stays_outside(
    world: RegisterWorld, issued: Issued
) -> None:
    go_to(world, "2026-06-01")
    _act(world, issued, "suspend", reason="nonconforming_product")
    go_to(world, "2026-06-15")
    _act(world, issued, "reinstate", cause_resolved=True)

    assert world.verify(issued.token).verdict is Verdict.ACCEPT
    assert _ask(world, issued, made_on="2026-05-31").verdict is Verdict.ACCEPT
    assert _ask(world, issued, made_on="2026-06-14").codes == ("MADE_OUTSIDE_VALIDITY",)
    assert _ask(world, issued, made_on="2026-06-15").verdict is Verdict.ACCEPT


def test_without_the_cause_resolved_nothing_is_reinstated(
    world: RegisterWorld, issued: Issued
) -> None:
    go_to(world, "2026-06-01")
    _act(world, issued, "suspend", reason="safety")
    go_to(world, "2026-06-15")

    with pytest.raises(Denied, match="CAUSE_NOT_RESOLVED"):
        _act(world, issued, "reinstate")


def test_units_made_before_a_withdrawal_stay_good_where_the_scheme_keeps_them(
    world: RegisterWorld, issued: Issued
) -> None:
    go_to(world, "2026-07-01")
    _act(world, issued, "withdraw", reason="fees")

    assert world.verify(issued.token).codes == ("WITHDRAWN",)
    assert _ask(world, issued, made_on="2026-06-30").codes == ("MADE_BEFORE_END",)
    assert set(_ask(world, issued, made_on="2026-07-01").codes) == {
        "WITHDRAWN", "MADE_OUTSIDE_VALIDITY",
    }  # fmt: skip


@pytest.mark.parametrize("reason", ["safety", "nonconforming_product", "fraud"])
def test_no_unit_stays_good_when_the_reason_speaks_against_it(
    world: RegisterWorld, issued: Issued, reason: str
) -> None:
    go_to(world, "2026-07-01")
    _act(world, issued, "withdraw", reason=reason)

    assert _ask(world, issued, made_on="2026-06-30").codes == ("WITHDRAWN",)


def test_a_whole_life_from_the_grant_to_the_withdrawal(
    world: RegisterWorld, issued: Issued
) -> None:
    said = [world.verify(issued.token).codes]
    for day, act, asked in (
        ("2027-06-01", "suspend", {"reason": "failure"}),
        ("2027-06-20", "reinstate", {"cause_resolved": True}),
        ("2027-09-01", "withdraw", {"reason": "failure"}),
    ):
        go_to(world, day)
        if act == "suspend":
            inspected = held("2027-04-01", "2027-04-01", "factory_inspection")
            record(world, issued.number, inspected, CB_P)
        _act(world, issued, act, **asked)
        said.append(world.verify(issued.token).codes)
    go_to(world, "2027-09-02")

    assert said == [(), ("SUSPENDED",), (), ("WITHDRAWN",)]
    with pytest.raises(Denied, match="STATE_FINAL"):
        _act(world, issued, "reinstate", cause_resolved=True)
