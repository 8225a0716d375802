"""How the example world came about: through the gates of its register, and where not, why not."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from service.credential import claims as certificate
from service.credential import jws
from service.demo import Demo, build_world, open_office, unchecked
from service.demo import world as building
from service.demo.cast import BODIES
from service.demo.dossiers import dossier
from service.demo.papers import Made, Paper
from service.demo.plan import PLAN
from service.demo.step import HISTORY
from service.domain.certificate import Kind
from service.domain.dossier import Act, Dossier
from service.domain.gate import Gate, refused
from service.domain.refusal import Denied
from service.domain.verdict import Verdict
from service.registry import issuing, submitting
from service.registry.grounds import Grounds
from service.registry.intending import Wish
from service.registry.lives import Life
from service.registry.office import Office
from service.rules.gates import gate_rows
from service.storage import checkpoints, ledger, register
from service.storage.canonical import digest
from tests.demo.asking import NOON, verifier_of

BUILT_ON = date(2026, 6, 15)
HONEST, CARELESS, FORGED = (tuple(paper for paper in PLAN if paper.made is made) for made in Made)
ALTERED = tuple(paper for paper in PLAN if paper.altered)
# Why each careless paper is refused at the door; by the gates, or where they let it through
# because the body is free to do so, by readers.
REFUSED_FOR = {
    "laboratory": "STANDARD_IS_AN_ACCREDITATION_STANDARD",
    "guidance": "STANDARD_KIND_MISMATCH",
    "not-for-this-kind": "AB_NOT_RECOGNISED_FOR_THIS_KIND",
    "five-years": "TERM_TOO_LONG",
    "ten-years": "TERM_TOO_LONG",
    "no-place": "INCOMPLETE_CERTIFICATE",
    "out-of-scope": "OUT_OF_ACCREDITED_SCOPE",
    "partly": "OUT_OF_ACCREDITED_SCOPE",
    "wrong-norm": "WRONG_ACCREDITATION_NORM",
    "unaccredited": "UNACCREDITED",
    "beside-accreditation": "UNACCREDITED_INSIDE_SCOPE",
    "recognition-suspended": "AB_RECOGNITION_SUSPENDED",
    "backdated": "BACKDATED",
    "after-the-end": "ISSUED_AFTER_ACCREDITATION_ENDED",
    "while-suspended": "CB_SUSPENDED",
}


@dataclass
class Watched:
    """What was seen while a world was built: gates by dossier, and what was refused."""

    gates: dict[str, tuple[Gate, ...]] = field(default_factory=dict)
    denied: dict[str, Denied] = field(default_factory=dict)


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Watched:
    """A world that tries each careless paper at the door before it is written past it."""
    seen, write = Watched(), unchecked.write

    def pass_gates(
        grounds: Grounds, wish: Dossier, life: Life | None,
        content: Mapping[str, Any] | None = None, *, item: int = 0,
    ) -> None:  # fmt: skip
        seen.gates[digest(content)] = grounds.gates(wish, life, content)
        real(grounds, wish, life, content, item=item)

    def tried(office: Office, paper: Paper, built_on: date, at: int) -> None:
        wish = Wish(dossier(paper, built_on), f"{paper.number}-T")
        with pytest.raises(Denied) as denied:
            issuing.issue(office, HISTORY, BODIES[paper.body].id, [wish], at=at)
        seen.denied[paper.slug] = denied.value
        write(office, paper, built_on, at)

    real = Grounds.pass_gates
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Grounds, "pass_gates", pass_gates)
        patch.setattr(unchecked, "write", tried)
        patch.setattr(building, "_write_paper", lambda *_: None)
        build_world(tmp_path_factory.mktemp("watched"), at=NOON)
    return seen


@contextmanager
def opened(folder: Path) -> Iterator[Office]:
    office = open_office(folder)
    try:
        yield office
    finally:
        office.database.close()


@pytest.mark.parametrize("paper", HONEST, ids=lambda paper: f"{paper.slug}")
def test_an_honest_certificate_has_a_dossier_that_passes_every_gate(
    watched: Watched, paper: Paper
) -> None:
    gates = watched.gates[digest(dossier(paper, BUILT_ON))]

    assert refused(gates) == ()
    rows = gate_rows().values()
    judged = {row.id for row in rows if paper.kind in row.kinds and paper.act in row.acts}
    assert {gate.id for gate in gates} == judged


def test_what_is_honest_is_of_every_kind_and_most_acts() -> None:
    assert {paper.kind for paper in HONEST} == set(Kind)
    assert {paper.act for paper in HONEST} == {Act.GRANT, Act.REDUCE, Act.TRANSFER_IN}


@pytest.mark.parametrize("paper", CARELESS, ids=lambda paper: f"{paper.slug}")
def test_a_careless_paper_is_refused_at_the_door(watched: Watched, paper: Paper) -> None:
    denied = watched.denied[paper.slug]

    against = [gate for gate in denied.facts.get("gates", ()) if gate["outcome"] == "refused"]
    assert REFUSED_FOR[paper.slug] in {denied.code, *(gate["code"] for gate in against)}
    # Nothing else is wrong with it; only who may not certify products has no laboratory either.
    assert len(against) <= (2 if paper.slug in ("no-place", "wrong-norm") else 1)


@pytest.mark.parametrize("paper", FORGED + ALTERED, ids=lambda paper: f"{paper.slug}")
def test_a_forged_or_altered_paper_is_what_no_register_takes_in(
    demo: Demo, folder: Path, paper: Paper
) -> None:
    token = (folder / "tokens" / f"{paper.slug}.jwt").read_text().strip()
    with opened(folder) as office, pytest.raises(Denied, match="NOT_FOUND"):
        submitting.submit(office, HISTORY, BODIES[paper.body].id, paper.number, token, at=NOON)

    report = verifier_of(folder).verify(token, at=NOON)
    assert report.verdict is Verdict.REJECT


def test_only_careless_papers_came_into_the_register_past_the_gates(
    demo: Demo, folder: Path
) -> None:
    def past_the_gates(office: Office, body: str) -> set[str]:
        entries = office.database.read(
            lambda connection: list(ledger.history(connection, body, kind="certificate"))
        )
        of = {kind: {one.subject for one in entries if one.type == kind} for kind in
              ("granted", "intended")}  # fmt: skip
        return of["granted"] - of["intended"]

    with opened(folder) as office:
        found = [past_the_gates(office, body.id) for body in BODIES.values() if body.hosted]

    numbers = {number for some in found for number in some}
    assert numbers == {paper.number for paper in CARELESS}


def test_the_register_has_every_paper_that_is_not_forged_and_no_other(
    demo: Demo, folder: Path
) -> None:
    with opened(folder) as office:
        found = {
            one.number
            for body in BODIES.values()
            for one in office.database.read(
                lambda c, body=body: register.certificates_of(c, body.id)  # type: ignore[misc]
            )
        }

    assert found == {paper.number for paper in (*HONEST, *CARELESS)}


def test_the_ledger_of_every_body_verifies_up_to_what_was_published(
    demo: Demo, folder: Path
) -> None:
    told = checkpoints.published(folder / "bundle")
    hosted = {body.id for body in BODIES.values() if body.hosted}
    assert told.keys() == hosted

    with opened(folder) as office:
        office.start()
        for body in hosted:
            broken = office.database.read(
                lambda c, body=body: ledger.verify(c, body, published=told[body])  # type: ignore[misc]
            )
            assert broken is None


def test_no_two_papers_share_a_place_in_a_list_but_a_copy_and_its_original(
    demo: Demo, folder: Path
) -> None:
    places: dict[tuple[str, int], set[str]] = {}
    for paper in PLAN:
        token = (folder / "tokens" / f"{paper.slug}.jwt").read_text().strip()
        claims = jws.parse(token, typ=certificate.TYP).unproven_claims
        place = claims["status"]["status_list"]
        places.setdefault((place["uri"], place["idx"]), set()).add(paper.slug)

    shared = [slugs for slugs in places.values() if len(slugs) > 1]
    assert shared == [{"sites", "other-text"}, {"foreign-key", "not-registered"}]
