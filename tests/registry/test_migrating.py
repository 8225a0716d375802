"""A former register taken in from a sheet: the dry run, the real one, and starting again."""

import csv
import io
from collections.abc import Mapping

import pytest

from service.domain.migration import headings
from service.domain.verdict import Verdict
from service.registry import lives
from service.registry.migrating import Source, Taken, migrate
from service.storage import register
from service.storage.sheets import open_sheet
from tests.registry.desk import CB, SETUP, RegisterWorld

_ROW = {
    "Certificate Number": "OLD/1",
    "Certification Status": "Active",
    "Certification Type": "Management System",
    "Standard Name": "ISO 9001:2015",
    "Certification Scope": "Manufacture of wiring looms",
    "Sector Code": "19",
    "Certification Issue Date": "2024-02-10",
    "Certification Expiry Date": "2027-02-09",
    "Accreditation Status": "Accredited",
    "Accreditation Body Name": "Northland Accreditation",
    "Certified Entity Name": "Old Looms Ltd",
    "Certified Entity Street": "4 Mill Lane",
    "Certified Entity City": "Larkmere",
    "Certified Entity Zipcode/Postcode": "LK1 4AB",
    "Certified Entity Country/Economy": "GB",
}


def take(world: RegisterWorld, *rows: Mapping[str, str], dry: bool = False) -> Taken:
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=[*_ROW, "Status Since"], restval="")
    writer.writeheader()
    writer.writerows([{**_ROW, **row} for row in rows])
    sheet = open_sheet(io.BytesIO(text.getvalue().encode()), headings())
    return migrate(world.office, SETUP, CB, Source(sheet), at=world.at, dry=dry)


def token_of(world: RegisterWorld, number: str) -> str:
    life = world.office.database.read(
        lambda c: lives.load(c, world.office, CB, number, at=world.at)
    )
    assert life.newest.token is not None
    return life.newest.token


def test_a_dry_run_names_the_cells_and_writes_nothing(world: RegisterWorld) -> None:
    done = take(
        world, {}, {"Certificate Number": "OLD/2", "Certification Expiry Date": "31/02/2027"},
        dry=True,
    )  # fmt: skip

    (problem,) = done.problems
    assert (problem.code, problem.cell[-1], problem.seen) == ("NOT_A_DATE", "3", "31/02/2027")
    assert done.taken == 1
    found = world.office.database.read(lambda c: register.certificates_of(c, CB))
    assert found == []


def test_a_certificate_is_taken_in_as_migrated_and_readers_accept_it(
    world: RegisterWorld,
) -> None:
    done = take(world, {})
    world.publish()

    row = world.office.database.read(lambda c: register.certificate(c, CB, "OLD/1"))
    report = world.verify(token_of(world, "OLD/1"))
    assert (done.taken, done.problems) == (1, [])
    assert "IG-MS-3" in done.unproven
    assert row.migrated
    assert report.verdict is Verdict.ACCEPT
    assert "RELIED_ON_LIST" in {str(one.code) for one in report.findings}


def test_a_suspended_certificate_arrives_suspended(world: RegisterWorld) -> None:
    take(world, {"Certification Status": "Suspended", "Status Since": "2026-03-01"})
    world.publish()

    assert world.verify(token_of(world, "OLD/1")).codes == ("SUSPENDED",)


def test_a_run_that_was_broken_off_is_started_again(world: RegisterWorld) -> None:
    rows = [{"Certificate Number": f"OLD/{count}"} for count in range(1, 121)]
    take(world, *rows[:60])

    done = take(world, *rows)

    assert (done.known, done.taken) == (60, 60)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"Sector Code": "38"}, "OUT_OF_ACCREDITED_SCOPE"),
        ({"Certification Expiry Date": "2027-02-11"}, "TERM_TOO_LONG"),
    ],
)
def test_what_readers_would_refuse_is_named_and_left_out(
    world: RegisterWorld, change: Mapping[str, str], code: str
) -> None:
    done = take(world, change)

    assert done.taken == 0
    assert [problem.code for problem in done.problems] == [code]
