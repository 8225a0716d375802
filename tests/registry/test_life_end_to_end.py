"""Reduce, transfer and surveillance through the register, as readers see them."""

from typing import Any

import pytest

from service.domain.refusal import Denied
from service.domain.verdict import Verdict
from service.registry import sanctions, surveying
from tests.registry.desk import AB, CB, DECIDED, SETUP, RegisterWorld, dossier


def test_a_reduction_takes_codes_out_and_says_so(world: RegisterWorld) -> None:
    both = dossier(codes=["iaf:18", "iaf:19"], audits=_audits("iaf:18", "iaf:19"), **DECIDED)
    first = world.issue(both)
    world.publish()
    world.pass_days(1)
    less = dossier(act="reduce", decision={"date": "2026-04-21"},
                   certificate={"effective": "2026-04-21", "expires": "2029-04-15"})  # fmt: skip
    second = world.issue(less, first.number)
    world.publish()

    assert world.verify(second.token).verdict is Verdict.ACCEPT
    assert "SUPERSEDED_REVISION" in world.verify(first.token).codes


def _audits(*codes: str) -> list[dict[str, Any]]:
    audits: list[dict[str, Any]] = dossier()["audits"]
    for audit in audits:
        for member in audit["team"]:
            member["codes"] = list(codes)
    return audits


def test_a_transfer_out_leads_readers_to_the_new_number(world: RegisterWorld) -> None:
    issued = world.issue(dossier(**DECIDED))
    world.act(
        issued.number, "transfer_out",
        to={"by": "https://cb-v.example", "number": "CB-V/7"}, reason="client_request",
    )  # fmt: skip
    world.publish()

    report = world.verify(issued.token)

    assert report.codes == ("TRANSFERRED",)
    (finding,) = [one for one in report.findings if one.code == "TRANSFERRED"]
    assert finding.facts["number"] == "CB-V/7"


def test_a_suspended_certificate_is_not_transferred(world: RegisterWorld) -> None:
    issued = world.issue(dossier(**DECIDED))
    world.act(issued.number, "suspend", reason="failure")
    world.pass_days(1)

    with pytest.raises(Denied, match="MS-26"):
        world.act(
            issued.number, "transfer_out",
            to={"by": "https://cb-v.example", "number": "CB-V/7"},
        )  # fmt: skip


@pytest.mark.parametrize(
    ("check", "code"),
    [
        ({"kind": "surveillance", "last_day": "2026-04-21"}, "FUTURE_DATED"),
        ({"kind": "surveillance", "last_day": "2026-04-10"}, "BAD_PARAMETER"),
        ({"kind": "visit", "last_day": "2026-04-18"}, "BAD_PARAMETER"),
        ({"kind": "surveillance", "held": "yes"}, "UNKNOWN_FIELD"),
        ({"kind": "surveillance", "last_day": "2026-04-18", "maintained_on": "2026-04-17"},
         "EVIDENCE_ORDER_IMPOSSIBLE"),
    ],
)  # fmt: skip
def test_a_check_that_cannot_have_been_is_not_recorded(
    world: RegisterWorld, check: dict[str, Any], code: str
) -> None:
    issued = world.issue(dossier(**DECIDED))

    with pytest.raises(Denied, match=code):
        world.office.database.write(
            lambda c: surveying.record_check(
                c, world.office, SETUP, CB, issued.number, check, at=world.at
            )
        )


def test_an_accreditation_is_suspended_and_lifted(world: RegisterWorld) -> None:
    issued = world.issue(dossier(**DECIDED))
    world.publish()
    world.pass_days(1)
    _act(world, {"act": "suspend", "reason": "imposed"})
    world.publish()
    suspended = world.verify(issued.token)
    world.pass_days(1)
    _act(world, {"act": "lift", "assessed_on": world.today.isoformat()})
    world.publish()

    assert suspended.codes == ("ACCREDITATION_SUSPENDED",)
    assert world.verify(issued.token).verdict is Verdict.ACCEPT


def test_a_part_that_is_suspended_leaves_the_rest(world: RegisterWorld) -> None:
    issued = world.issue(dossier(**DECIDED))
    world.publish()
    world.pass_days(1)
    part = [{"standard": "ISO 9001:2015", "codes": ["iaf:17"]}]
    _act(world, {"act": "suspend", "reason": "imposed", "scope": part})
    world.publish()

    assert world.verify(issued.token).verdict is Verdict.ACCEPT


def test_what_is_withdrawn_is_not_lifted(world: RegisterWorld) -> None:
    _act(world, {"act": "withdraw", "reason": "imposed"})
    world.pass_days(1)

    with pytest.raises(Denied, match="STATE_FINAL"):
        _act(world, {"act": "lift", "assessed_on": world.today.isoformat()})


def _act(world: RegisterWorld, asked: dict[str, Any]) -> None:
    world.office.database.write(
        lambda c: sanctions.accreditation_act(
            c, world.office, SETUP, AB, "0164", asked, at=world.at
        )
    )
