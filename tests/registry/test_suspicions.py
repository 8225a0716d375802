"""Suspicions: to whom a report goes, what is kept of it, and who closes it."""

import re
from dataclasses import replace

import pytest

from service.credential.packing import pack
from service.domain.certificate import AccreditationClaim
from service.domain.notice import NoticeKind
from service.domain.people import Actor
from service.domain.refusal import Denied
from service.registry import subscribing, suspicions
from service.registry.suspicions import Told
from service.storage import ledger, messages, papers
from service.storage.database import Database
from tests.registry.desk import AB, ARRANGEMENT, CB, DECIDED, SETUP, RegisterWorld, dossier

pytestmark = pytest.mark.parametrize("database_address", ["sqlite"], indirect=True)
SECRET = "ada@reader.example"


@pytest.fixture
def told(world: RegisterWorld) -> Told:
    token = world.issue(dossier(**DECIDED)).token
    world.publish()
    return Told(world.verify(token), pack(token), "The mark is on a product.", "A shop", SECRET)


def _report(world: RegisterWorld, told: Told) -> str:
    return world.office.database.write(lambda c: suspicions.report(c, told, at=world.at))


def _papers(world: RegisterWorld, body: str) -> list[papers.Paper]:
    return list(world.office.database.read(lambda c: papers.listed(c, body, suspicions.KIND)))


def test_it_goes_to_the_certifier_and_its_accreditation_body(
    world: RegisterWorld, told: Told
) -> None:
    reference = _report(world, told)

    assert re.fullmatch(r"R(-[2-9B-DF-HJKMNP-RTV-XZ]{4}){2}", reference)
    assert [one.subject for body in (CB, AB) for one in _papers(world, body)] == [reference] * 2
    assert _papers(world, ARRANGEMENT) == []


def test_one_about_a_code_that_is_not_proven_goes_to_the_arrangement(world: RegisterWorld) -> None:
    report = world.verify("eyJ.e30.AAAA")

    _report(world, Told(report, None, "It looks odd."))

    (paper,) = _papers(world, ARRANGEMENT)
    assert (paper.content["number"], paper.content["verdict"]) == (None, "REJECT")
    assert _papers(world, CB) == []


def test_the_ledger_has_neither_the_words_nor_how_to_reach_the_reader(
    world: RegisterWorld, told: Told
) -> None:
    _report(world, told)
    kept = world.office.database.read(
        lambda c: [one for one in ledger.history(c, CB) if one.kind == suspicions.KIND]
    )

    assert [one.type for one in kept] == ["reported"]
    assert SECRET not in kept[0].data
    assert told.words not in kept[0].data
    assert _papers(world, CB)[0].content["reach"] == SECRET


def test_the_same_told_again_within_a_day_keeps_its_number(
    world: RegisterWorld, told: Told
) -> None:
    first, again = _report(world, told), _report(world, told)
    other = _report(world, replace(told, words="Something else."))
    world.pass_days(1)
    later = _report(world, told)

    assert first == again
    assert len({first, other, later}) == 3


def test_a_report_changes_no_verdict(world: RegisterWorld, told: Told) -> None:
    before = world.verify(world_token := str(told.code))
    _report(world, told)
    world.publish()

    assert world.verify(world_token).to_json() == before.to_json()


def test_who_is_subscribed_is_told_once_and_not_what_was_written(
    world: RegisterWorld, told: Told
) -> None:
    world.office.database.write(
        lambda c: subscribing.subscribe(
            c, SETUP, CB, "mail", "quality@harrowgate.example", {NoticeKind.SUSPICION_REPORTED},
            at=world.at,
        )
    )  # fmt: skip
    reference = _report(world, told)
    _report(world, told)
    (one,) = world.office.database.read(lambda c: messages.messages_of(c, CB))

    assert one.payload["facts"] == {
        "reference": reference, "about": "HARROWGATE/2026/0001", "verdict": "ACCEPT",
    }  # fmt: skip
    assert SECRET not in one.text
    assert told.words not in one.text


def test_one_about_a_certifier_from_elsewhere_goes_to_the_arrangement(
    world: RegisterWorld, told: Told
) -> None:
    certificate = told.report.certificate
    assert certificate is not None
    away = certificate._replace(
        issuer="https://away.example/cb",
        accreditation=AccreditationClaim("https://away.example/ab", "1"),
    )
    foreign = replace(told, report=replace(told.report, certificate=away))

    _report(world, foreign)

    (paper,) = _papers(world, ARRANGEMENT)
    assert paper.content["issuer"] == "https://away.example/cb"
    assert _papers(world, CB) == _papers(world, AB) == []


def test_lines_of_a_browser_count_as_one_character_each(world: RegisterWorld, told: Told) -> None:
    _report(world, replace(told, words="a\r\n" * 499 + "aa"))

    assert len(_papers(world, CB)[0].content["words"]) == 1_000


@pytest.mark.parametrize(
    ("change", "code", "field"),
    [({"words": "a" * 1_001}, "BAD_PARAMETER", "words"),
     ({"words": "  "}, "BAD_PARAMETER", "words"),
     ({"words": "a\u202eb"}, "NAME_CONTROL_CHARS", "words"),
     ({"place": "a" * 201}, "BAD_PARAMETER", "place"),
     ({"reach": "a\x00b"}, "NAME_CONTROL_CHARS", "reach")],
)  # fmt: skip
def test_what_cannot_be_kept_is_refused_and_nothing_is_filed(
    world: RegisterWorld, told: Told, change: dict[str, str], code: str, field: str
) -> None:
    with pytest.raises(Denied, match=code) as refused:
        _report(world, replace(told, **change))  # type: ignore[arg-type]

    assert refused.value.field == field
    assert _papers(world, CB) == []


def test_each_body_closes_its_own_once_with_a_note(world: RegisterWorld, told: Told) -> None:
    reference = _report(world, told)

    def close(who: Actor = SETUP, note: str = "Looked into: the mark was removed.") -> None:
        world.office.database.write(
            lambda c: suspicions.close(c, who, CB, reference, note, at=world.at)
        )

    with pytest.raises(Denied, match="NOT_FOUND"):
        close(Actor("user", "nobody"))
    with pytest.raises(Denied, match="BAD_PARAMETER"):
        close(note=" ")
    close()
    with pytest.raises(Denied, match="STATE_WRONG"):
        close()

    (own,), (other,) = _papers(world, CB), _papers(world, AB)
    assert (own.state, other.state) == ("closed", "open")
    assert (own.content["reach"], other.content["reach"]) == (None, SECRET)


def test_where_no_body_works_there_is_nobody_to_tell(database: Database, told: Told) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("service.registry.suspicions.register.all_bodies", lambda _: ())
        with pytest.raises(Denied, match="NOT_FOUND"):
            database.read(lambda c: suspicions.receivers(c, told.report))
