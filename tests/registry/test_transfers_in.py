"""A certificate taken over from another certifier: what it was there decides what it is here."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from service.domain.dates import first_second
from service.domain.refusal import Denied
from service.domain.verdict import Verdict
from service.registry.issuing import Issued
from service.storage.database import Database
from tests.registry.acting import (
    ON_SQLITE,
    accreditation_act,
    go_to,
    held,
    recognition_act,
    row,
    tell,
)
from tests.registry.desk import BASE, CB, CB_P, ZONE, RegisterWorld, certifier, dossier, open_world

pytestmark = ON_SQLITE
OLD = f"{BASE}/cb/oldgate"
# The day on which the certificate is taken over; it ends at 31 March 2027.
DAY = "2026-05-04"
HELD = [
    held("2025-03-10", "2025-03-11", maintained_on="2025-03-20"),
    held("2026-03-09", "2026-03-10", maintained_on="2026-03-20"),
]


@pytest.fixture
def world(database: Database, tmp_path: Path) -> RegisterWorld:
    """With another accredited certifier, from whom the certificate comes."""
    at = first_second(date.fromisoformat(DAY), ZONE) + 15 * 3_600
    world = open_world(database, tmp_path / "evidence", at=at)
    certifier(world, OLD, "0188")
    tell(world)
    return world


def _dossier(old: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    return dossier("ms-transfer", transfer={"from": OLD, "surveillance": HELD, **(old or {})},
                   **changes)  # fmt: skip


def _taken_over(world: RegisterWorld, old: dict[str, Any] | None = None, **changes: Any) -> Issued:
    issued = world.issue(_dossier(old, **changes))
    tell(world)
    return issued


def _refused(world: RegisterWorld, asked: dict[str, Any]) -> Denied:
    with pytest.raises(Denied) as denied:
        world.issue(asked)
    return denied.value


def _gates(world: RegisterWorld, asked: dict[str, Any]) -> list[str]:
    found: list[str] = _refused(world, asked).facts["refused"]
    return found


def _of(day: str) -> dict[str, Any]:
    """Decided on another day than `DAY`."""
    return {"decision": {"date": day}, "certificate": {"effective": day}}


def test_what_is_taken_over_keeps_its_end_and_says_where_it_comes_from(
    world: RegisterWorld,
) -> None:
    issued = _taken_over(world)
    report = world.verify(issued.token)

    assert report.verdict is Verdict.ACCEPT
    assert row(world, issued.number).expires == "2027-03-31"
    assert report.certificate is not None
    origin = report.certificate.transferred_from
    assert origin is not None
    assert (origin.by, origin.number, origin.decided) == (OLD, "CB-V/2024/0052", date(2024, 4, 1))


def test_a_whole_transfer_among_two_registers_leads_readers_over(world: RegisterWorld) -> None:
    old = world.issue(dossier(cb=OLD, decision={"date": DAY}, certificate={"effective": DAY}))
    tell(world)
    go_to(world, "2026-06-01")
    stated = {"number": old.number, "decided": DAY, "expires": "2029-04-19", "surveillance": None}
    new = _taken_over(
        world, stated, decision={"date": "2026-06-01"},
        certificate={"effective": "2026-06-01", "expires": "2029-04-19"},
    )  # fmt: skip
    world.act(old.number, "transfer_out", OLD, to={"by": CB, "number": new.number})
    tell(world)
    report = world.verify(old.token)
    (finding,) = [one for one in report.findings if one.code == "TRANSFERRED"]

    assert report.codes == ("TRANSFERRED",)
    assert (finding.facts["body"], finding.facts["number"]) == (CB, new.number)
    assert world.verify(new.token).verdict is Verdict.ACCEPT


@pytest.mark.parametrize("act", ["suspend", "withdraw"])
def test_the_old_certifiers_own_record_speaks_against_the_dossier(
    world: RegisterWorld, act: str
) -> None:
    old = world.issue(dossier(cb=OLD, decision={"date": DAY}, certificate={"effective": DAY}))
    go_to(world, "2026-05-20")
    world.act(old.number, act, OLD, reason="failure")
    go_to(world, "2026-06-01")
    stated = {"number": old.number, "decided": DAY, "expires": "2029-04-19", "surveillance": None}
    asked = _dossier(
        stated, decision={"date": "2026-06-01"},
        certificate={"effective": "2026-06-01", "expires": "2029-04-19"},
    )  # fmt: skip

    assert _gates(world, asked) == ["MS-26"]


@pytest.mark.parametrize("state", ["SUSPENDED", "WITHDRAWN", "CANCELLED", "EXPIRED"])
def test_only_an_active_certificate_is_taken_over(world: RegisterWorld, state: str) -> None:
    assert _refused(world, _dossier({"state": state})).code == "MS-26"


def test_on_its_last_day_it_can_still_be_taken_over(world: RegisterWorld) -> None:
    issued = _taken_over(world, {"expires": DAY}, certificate={"expires": DAY})

    assert world.verify(issued.token).verdict is Verdict.ACCEPT


def test_what_ended_yesterday_is_not_taken_over(world: RegisterWorld) -> None:
    asked = _dossier({"expires": "2026-05-03"}, certificate={"expires": "2026-05-03"})

    assert "MS-26" in _gates(world, asked)


@pytest.mark.parametrize(
    ("expires", "code"), [("2027-04-01", "TERM_TOO_LONG"), ("2027-03-30", "MS-26")]
)
def test_the_end_is_the_old_one_to_the_day(world: RegisterWorld, expires: str, code: str) -> None:
    assert _refused(world, _dossier(certificate={"expires": expires})).code == code


def test_nothing_is_added_on_the_way(world: RegisterWorld) -> None:
    assert _gates(world, _dossier({"codes": ["iaf:18"]})) == ["MS-26"]


def test_it_is_reviewed_before_it_is_decided(world: RegisterWorld) -> None:
    assert "MS-26" in _gates(world, _dossier({"review_done_on": "2026-05-05"}))
    assert _taken_over(world, {"review_done_on": DAY}).revision == 1


@pytest.mark.parametrize("old", ["https://nobody.example", CB_P], ids=["unknown", "products"])
def test_the_old_certifier_was_accredited_for_it(world: RegisterWorld, old: str) -> None:
    assert _gates(world, _dossier({"from": old})) == ["MS-26"]


@pytest.mark.parametrize("act", ["suspend", "withdraw"])
def test_when_the_old_certifier_lost_its_accreditation_its_body_is_told_first(
    world: RegisterWorld, act: str
) -> None:
    accreditation_act(world, "0188", act, reason="imposed")
    too_late = _gates(world, _dossier({"ab_informed_on": DAY}))
    issued = _taken_over(world, {"ab_informed_on": "2026-05-03"})

    assert too_late == ["MS-27"]
    assert world.verify(issued.token).verdict is Verdict.ACCEPT


@pytest.mark.parametrize("act", ["suspend", "withdraw"])
def test_six_months_after_the_loss_it_is_a_new_client(world: RegisterWorld, act: str) -> None:
    accreditation_act(world, "0188", act, reason="imposed")
    go_to(world, "2026-11-05")
    told = {"ab_informed_on": "2026-10-01"}
    too_late = _gates(world, _dossier(told, **_of("2026-11-05")))
    issued = _taken_over(world, told, **_of("2026-11-04"))

    assert too_late == ["MS-27"]
    assert world.verify(issued.token).verdict is Verdict.ACCEPT


def test_an_accreditation_lost_for_something_else_does_not_matter(world: RegisterWorld) -> None:
    part = [{"standard": "ISO 9001:2015", "codes": ["iaf:17"]}]
    accreditation_act(world, "0188", "suspend", reason="imposed", scope=part)

    assert world.verify(_taken_over(world).token).verdict is Verdict.ACCEPT


def test_a_certifier_that_is_suspended_takes_nothing_over(world: RegisterWorld) -> None:
    accreditation_act(world, "0164", "suspend", reason="imposed")

    assert _refused(world, _dossier()).code == "CB_SUSPENDED"


def test_nothing_is_taken_over_while_recognition_is_suspended(world: RegisterWorld) -> None:
    recognition_act(world, "suspend", "ISO/IEC 17021-1")

    assert _gates(world, _dossier()) == ["MS-26", "AB-2"]


def test_a_client_of_a_withdrawn_certifier_is_safe_once_taken_over(world: RegisterWorld) -> None:
    old = world.issue(dossier(cb=OLD, decision={"date": DAY}, certificate={"effective": DAY}))
    tell(world)
    go_to(world, "2026-06-01")
    accreditation_act(world, "0188", "withdraw", reason="imposed")
    warned = world.verify(old.token)
    go_to(world, "2026-07-01")
    stated = {"number": old.number, "decided": DAY, "expires": "2029-04-19", "surveillance": None,
              "ab_informed_on": "2026-06-15"}  # fmt: skip
    new = _taken_over(
        world, stated, decision={"date": "2026-07-01"},
        certificate={"effective": "2026-07-01", "expires": "2029-04-19"},
    )  # fmt: skip
    go_to(world, "2026-12-02")

    assert warned.codes == ("ACCREDITATION_ENDED_TRANSFER_BY",)
    assert world.verify(old.token).codes == ("ACCREDITATION_ENDED",)
    assert world.verify(new.token).verdict is Verdict.ACCEPT
