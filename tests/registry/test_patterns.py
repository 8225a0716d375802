"""What an accreditation body is shown to look at, and that an ordinary body shows nothing."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from service.domain.refusal import Denied
from service.registry import dossiers, issuing, patterns
from service.registry.intending import Wish
from service.registry.patterns import Pattern, Unusual, unusual
from service.storage import papers, register
from service.storage.papers import Paper
from tests.registry.acting import ON_SQLITE
from tests.registry.desk import CB, CB_P, SETUP, TODAY, RegisterWorld, dossier
from tests.registry.test_product_life import laboratory, put

LOOMS = {"name": "Harrow Looms Ltd", "country": "GB", "id": "reg:GB-01234567"}
QUARRY = {"name": "Moor Quarry Ltd", "country": "GB", "id": "reg:GB-2222222"}
MILL = {"name": "Weir Mill Ltd", "country": "GB", "id": "reg:GB-7654321"}


def through_the_desk(world: RegisterWorld, content: dict[str, Any]) -> tuple[str, str]:
    """Apply, decide, issue: the subject of the dossier, and the number of the certificate."""
    body = content["cb"]
    undecided = {k: v for k, v in content.items() if k not in ("decision", "certificate")}
    write, at = world.office.database.write, world.at
    paper = write(lambda c: dossiers.open_dossier(c, SETUP, body, undecided, at=at))
    paper = write(
        lambda c: dossiers.decide(
            c, world.office, SETUP, body, paper.subject, content["decision"],
            content["certificate"], at=at,
        )
    )  # fmt: skip
    (one,) = issuing.issue(world.office, SETUP, body, [Wish(paper.content)], at=at)
    write(lambda c: dossiers.issued(c, SETUP, paper, one.number, at=at))
    return paper.subject, one.number


def on_file(world: RegisterWorld, content: dict[str, Any], body: str = CB) -> str:
    """An issued dossier as it rests in the register, whatever the gates say; gives its subject."""
    subject = secrets.token_hex(8)
    paper = Paper(body, dossiers.KIND, subject, "", dossiers.ISSUED, content, 1, world.at)
    world.office.database.write(lambda c: papers.add(c, paper))
    return subject


def look(world: RegisterWorld, body: str = CB) -> tuple[Unusual, ...]:
    return world.office.database.read(lambda c: unusual(c, body, at=world.at))


def kinds(found: tuple[Unusual, ...]) -> list[Pattern]:
    return [one.kind for one in found]


def received(day: str) -> dict[str, Any]:
    """A firm's dossier, decided on TODAY, whose application came in on a day."""
    return dossier(application={"received_on": day})


def cable() -> dict[str, Any]:
    """A product's dossier, decided on TODAY."""
    day = TODAY.isoformat()
    term = {"effective": day, "issued_on": day}
    return dossier("pc-cable5", CB_P, decision={"date": day}, certificate=term)


def audited(holder: dict[str, str], first: str, last: str, **more: Any) -> dict[str, Any]:
    """A dossier of a holder, with stage 1 as its own person and stage 2 on some days."""
    found = dossier(holder=holder)
    stage1, stage2 = found["audits"]
    stage1["team"] = [{**stage1["team"][0], "person": f"first-{holder['name']}"}]
    found["audits"] = [stage1, {**stage2, "first_day": first, "last_day": last, **more}]
    for audit in found["audits"]:
        people = (member["person"] for member in audit["team"])
        found["people"] |= {person: {"consulted_client_until": None} for person in people}
    return found


def team(*people: str) -> list[dict[str, Any]]:
    return [{"person": one, "role": "lead", "codes": ["iaf:19"]} for one in people]


@pytest.fixture
def decided(world: RegisterWorld) -> Callable[[date, int], None]:
    """Puts certificates of a day into the register: copies of one that was issued."""
    pattern = world.issue(dossier())
    count = 0

    def put(day: date, many: int) -> None:
        nonlocal count
        for _ in range(many):
            count += 1
            number = f"COPY/{count:04}"
            world.office.database.write(
                lambda c, number=number: register.add_certificate(  # type: ignore[misc]
                    c,
                    replace(
                        register.certificate(c, CB, pattern.number),
                        number=number, decided=day.isoformat(), likeness=number,
                    ),
                )
            )  # fmt: skip

    return put


def test_an_ordinary_body_shows_nothing(world: RegisterWorld) -> None:
    through_the_desk(world, audited(LOOMS, "2026-03-24", "2026-03-26"))
    through_the_desk(world, audited(MILL, "2026-03-27", "2026-03-31"))
    put(world, laboratory())

    issued = world.office.database.read(
        lambda c: papers.listed(c, CB, dossiers.KIND, state=dossiers.ISSUED)
    )
    assert len(issued) == 2
    assert look(world) == ()


def test_a_certificate_decided_two_weeks_after_its_application_is_shown_with_the_days(
    world: RegisterWorld,
) -> None:
    subject, number = through_the_desk(world, received("2026-04-06"))

    (found,) = look(world)

    assert found == Unusual(
        Pattern.HOURS_AFTER_APPLICATION, number, subject, TODAY,
        "The certificate for Harrow Looms Ltd was decided on 20 April 2026, 14 days after the "
        "application was received on 6 April 2026.",
    )  # fmt: skip


def test_a_day_longer_than_two_weeks_is_nothing_to_show(world: RegisterWorld) -> None:
    through_the_desk(world, received("2026-04-05"))

    assert look(world) == ()


@ON_SQLITE
def test_where_only_the_review_of_the_application_is_known_it_counts(world: RegisterWorld) -> None:
    late = {"reviewed_on": "2026-04-19", "agreement_signed_on": "2026-04-19"}
    through_the_desk(world, dossier(application=late))

    (found,) = look(world)

    assert found.kind is Pattern.HOURS_AFTER_APPLICATION
    assert "1 day after the application was reviewed on 19 April 2026" in found.sentence


@ON_SQLITE
@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (received("2026-04-19"), [Pattern.HOURS_AFTER_APPLICATION]),
        ({**received("2026-04-19"), "act": "extend"}, []),
        ({**received("2026-04-19"), "act": "transfer_in"}, []),
        (dossier("pc-cable5", CB_P, application={"received_on": "2026-04-19"}), []),
    ],
    ids=["grant", "extension", "transfer", "product"],
)
def test_only_a_first_certification_of_a_system_needs_its_weeks(
    world: RegisterWorld, content: dict[str, Any], expected: list[Pattern]
) -> None:
    on_file(world, content, content["cb"])

    assert kinds(look(world, content["cb"])) == expected


def test_ten_decisions_on_a_day_are_a_burst(
    world: RegisterWorld, decided: Callable[[date, int], None]
) -> None:
    day = date(2026, 3, 16)
    for back in range(1, 11):
        decided(day - timedelta(days=back), 4)
    decided(day, 9)
    before = look(world)

    decided(day, 1)

    assert before == ()
    (found,) = look(world)
    assert (found.kind, found.number, found.day) == (Pattern.BURST, "COPY/0041", day)
    assert found.sentence == (
        "10 certificates were decided on 16 March 2026, of 50 in the 91 days up to it; COPY/0041 "
        "is one of them."
    )


@ON_SQLITE
@pytest.mark.parametrize(("others", "expected"), [(10, []), (9, [Pattern.BURST])])
def test_more_than_a_third_of_a_quarter_on_a_day_is_a_burst(
    world: RegisterWorld, decided: Callable[[date, int], None], others: int, expected: list[str]
) -> None:
    day = date(2026, 4, 1)
    # The first day of the quarter counts, the one before it does not.
    decided(day - timedelta(days=patterns.QUARTER_DAYS - 1), 1)
    decided(day - timedelta(days=patterns.QUARTER_DAYS), 4)
    for back in range(1, others):
        decided(day - timedelta(days=back), 1)
    decided(day, 5)

    assert kinds(look(world)) == expected


@ON_SQLITE
def test_a_small_body_that_decides_all_its_four_on_a_day_is_ordinary(
    world: RegisterWorld, decided: Callable[[date, int], None]
) -> None:
    decided(TODAY - timedelta(days=30), 4)

    assert look(world) == ()


@ON_SQLITE
@pytest.mark.parametrize(
    ("back", "expected"),
    [(patterns.LOOK_BACK_DAYS, [Pattern.BURST]), (patterns.LOOK_BACK_DAYS + 1, [])],
)
def test_what_lies_before_the_last_assessment_is_not_shown(
    world: RegisterWorld, decided: Callable[[date, int], None], back: int, expected: list[Pattern]
) -> None:
    decided(TODAY - timedelta(days=back), 10)

    assert kinds(look(world)) == expected


def test_an_auditor_at_two_holders_on_one_day_is_shown_with_places_and_days(
    world: RegisterWorld,
) -> None:
    through_the_desk(world, audited(LOOMS, "2026-03-24", "2026-03-26"))
    subject, number = through_the_desk(
        world, audited(MILL, "2026-03-26", "2026-03-27", team=team("p2", "p3"))
    )

    (found,) = look(world)

    assert found == Unusual(
        Pattern.TWO_PLACES, number, subject, date(2026, 3, 26),
        "p2 was in audit teams at 2 holders on the same day, first on 26 March 2026: Harrow Looms "
        "Ltd (main), 24 March 2026 to 26 March 2026; Weir Mill Ltd (main), 26 March 2026 to 27 "
        "March 2026.",
    )  # fmt: skip


@ON_SQLITE
def test_audits_of_several_sites_at_several_holders_are_one_thing_to_look_at(
    world: RegisterWorld,
) -> None:
    sites = ["north", "south", "east", "west", "quay"]
    on_file(world, audited(LOOMS, "2026-03-23", "2026-03-27", team=team("p1"), sites=sites))
    on_file(world, audited(MILL, "2026-03-24", "2026-03-25", team=team("P1"), sites=sites[:2]))
    on_file(world, audited(QUARRY, "2026-03-27", "2026-03-27", team=team("p1", "p1")))

    (found,) = look(world)

    assert (found.kind, found.day) == (Pattern.TWO_PLACES, date(2026, 3, 24))
    assert found.sentence == (
        "P1 was in audit teams at 3 holders on the same day, first on 24 March 2026: Harrow Looms "
        "Ltd (north, south, east, west and 1 more), 23 March 2026 to 27 March 2026; Weir Mill Ltd "
        "(north, south), 24 March 2026 to 25 March 2026; Moor Quarry Ltd (main), 27 March 2026."
    )


@ON_SQLITE
@pytest.mark.parametrize(
    "second",
    [
        audited({**LOOMS, "name": "HARROW LOOMS LTD"}, "2026-03-24", "2026-03-26"),
        audited(MILL, "2026-03-27", "2026-03-31"),
        audited(MILL, "2026-03-24", "2026-03-26", team=team("p3")),
        audited(MILL, "2026-03-24", "2026-03-26", days_on_site="0"),
        audited(MILL, "2026-03-24", "2026-03-26", team=[]),
    ],
    ids=["one holder", "the day after", "another person", "from afar", "nobody named"],
)
def test_one_place_at_a_time_is_ordinary(world: RegisterWorld, second: dict[str, Any]) -> None:
    on_file(world, audited(LOOMS, "2026-03-24", "2026-03-26"))
    on_file(world, second)

    assert look(world) == ()


@ON_SQLITE
def test_two_runs_of_one_person_are_two_things_to_look_at_the_newest_first(
    world: RegisterWorld,
) -> None:
    for day in ("2026-02-03", "2026-03-03"):
        for holder in (LOOMS, MILL):
            on_file(world, audited(holder, day, day, team=team("p1")))

    assert [one.day for one in look(world)] == [date(2026, 3, 3), date(2026, 2, 3)]


@ON_SQLITE
def test_a_dossier_that_is_not_issued_is_not_looked_at(world: RegisterWorld) -> None:
    content = {k: v for k, v in received("2026-04-19").items() if k != "decision"}
    world.office.database.write(lambda c: dossiers.open_dossier(c, SETUP, CB, content, at=world.at))

    assert look(world) == ()


@ON_SQLITE
def test_what_was_given_up_is_not_counted_among_the_decisions(
    world: RegisterWorld, decided: Callable[[date, int], None]
) -> None:
    decided(TODAY, 10)
    assert kinds(look(world)) == [Pattern.BURST]

    world.office.database.write(
        lambda c: [
            register.change_certificate(c, replace(one, state="void"))
            for one in register.certificates_of(c, CB)
        ]
    )

    assert look(world) == ()


@ON_SQLITE
def test_every_page_is_read(
    world: RegisterWorld, decided: Callable[[date, int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patterns, "PAGE", 2)
    for holder in (LOOMS, MILL, QUARRY):
        on_file(world, audited(holder, "2026-03-24", "2026-03-26"))
        on_file(world, {**received("2026-04-10"), "audits": []})
    decided(date(2026, 3, 2), 11)

    assert sorted(kinds(look(world))) == [
        Pattern.BURST, *3 * [Pattern.HOURS_AFTER_APPLICATION], *2 * [Pattern.TWO_PLACES]
    ]  # fmt: skip


@ON_SQLITE
@pytest.mark.parametrize("bound", ["MAX_DOSSIERS", "MAX_CERTIFICATES", "MAX_VISITS"])
def test_what_a_bound_leaves_out_is_said(
    world: RegisterWorld, decided: Callable[[date, int], None], bound: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for day in ("2026-02-03", "2026-03-03"):
        on_file(world, audited(LOOMS, day, day, team=team("p1")))
    decided(TODAY, 1)
    assert look(world) == ()

    monkeypatch.setattr(patterns, bound, 1)

    (found,) = look(world)
    what = "certificates" if bound == "MAX_CERTIFICATES" else "issued dossiers"
    assert (found.kind, found.day) == (Pattern.NOT_ALL, TODAY)
    assert found.sentence == f"Only 1 of the {what} were looked at; there are more."


@ON_SQLITE
def test_as_many_as_the_bound_are_all(
    world: RegisterWorld, decided: Callable[[date, int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    for day in ("2026-02-03", "2026-03-03"):
        on_file(world, audited(LOOMS, day, day))
    decided(TODAY, 1)
    for bound in ("MAX_DOSSIERS", "MAX_CERTIFICATES"):
        monkeypatch.setattr(patterns, bound, 2)

    assert look(world) == ()


@ON_SQLITE
def test_of_very_many_the_newest_are_shown_and_the_others_counted(
    world: RegisterWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patterns, "MAX_SHOWN", 2)
    for day in ("2026-02-03", "2026-03-03", "2026-03-17"):
        for holder in (LOOMS, MILL):
            on_file(world, audited(holder, day, day, team=team("p1")))

    told, *found = look(world)

    assert [one.day for one in found] == [date(2026, 3, 17), date(2026, 3, 3)]
    assert (told.kind, told.sentence) == (
        Pattern.NOT_ALL, "3 of the kind two_places were found; 2 of them are shown."
    )  # fmt: skip


@ON_SQLITE
def test_a_dossier_that_cannot_be_read_is_named_and_hides_no_other(world: RegisterWorld) -> None:
    broken = on_file(world, {**dossier(), "audits": "none"})
    on_file(world, received("2026-04-19"))

    told, found = sorted(look(world), key=lambda one: one.dossier != broken)

    assert (told.kind, told.dossier) == (Pattern.NOT_ALL, broken)
    assert "CLAIM_TYPE" in told.sentence
    assert found.kind is Pattern.HOURS_AFTER_APPLICATION


@ON_SQLITE
def test_a_body_that_is_not_hosted_here_is_not_found(world: RegisterWorld) -> None:
    with pytest.raises(Denied, match="NOT_FOUND"):
        look(world, "https://nobody.example")
