"""The form of a dossier: it shows what is there, and gives back what it shows."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.domain.people import Role
from service.issuer.dossier import MEMBERS, DossierRefused, read_dossier
from service.registry import dossiers
from service.storage import papers
from service.storage.papers import Paper
from service.web.view.form import Field, Group, Rows, patch, sections, typed
from tests.registry.desk import CB, DECIDED, SETUP, dossier
from tests.web.desk import BASE, PAGE
from tests.web.test_console import Desk, desk

__all__ = ["desk"]
SAMPLES = {name: dossier(name) for name in ("ms-initial", "ms-transfer", "pc-cable5")}
SQLITE = pytest.mark.parametrize("database_address", ["sqlite"], indirect=True)


def _fields(part: Field | Rows | Group) -> Iterator[tuple[str, str]]:
    match part:
        case Field(path, _, _, value):
            yield path, value
        case Group():
            for one in part.fields:
                yield from _fields(one)
        case Rows():
            yield f"{part.path}.count", str(len(part.rows))
            for row in part.rows:
                yield from _fields(row)


def _bare(value: Any) -> Any:
    """Without nulls, which count as absent."""
    match value:
        case dict():
            return {name: _bare(one) for name, one in value.items() if one is not None}
        case list():
            return [_bare(one) for one in value]
    return value


@pytest.mark.parametrize("name", SAMPLES)
def test_a_section_that_is_sent_back_as_it_was_shown_is_unchanged(name: str) -> None:
    content = SAMPLES[name]

    for section in sections(content):
        said = typed(section.name, dict(_fields(section.part)))
        held = _bare(content.get(section.name)) or None
        if section.name == "organisation" and held:
            held["sites"] = [{"name": s} if isinstance(s, str) else s for s in held["sites"]]
        assert said == held, section.name


@pytest.mark.parametrize("name", SAMPLES)
def test_what_a_form_gives_can_be_read_as_a_dossier(name: str) -> None:
    content = SAMPLES[name]
    said = {one.name: typed(one.name, dict(_fields(one.part))) for one in sections(content)}
    whole = {"act": content["act"], "kind": content["kind"]} | {
        name: value for name, value in said.items() if value is not None
    }

    expected = {name: value for name, value in content.items() if name in whole}
    assert read_dossier(whole) == read_dossier(expected)


def test_every_member_of_a_dossier_has_its_section_in_some_kind() -> None:
    kinds = ("management_system", "product", "service")
    shown = {one.name for kind in kinds for one in sections({"kind": kind})}

    assert shown == set(MEMBERS) - {"act", "kind", "cb", "decision"}


def test_a_list_ends_with_an_empty_row_and_a_ticked_one_is_gone() -> None:
    audits = next(one for one in sections(SAMPLES["ms-initial"]) if one.name == "audits")
    assert isinstance(audits.part, Rows)
    form = dict(_fields(audits.part))
    first, second = typed("audits", form)

    assert [row.fresh for row in audits.part.rows] == [False, False, True]
    assert typed("audits", form | {"audits.0.remove": "yes"}) == [second]
    assert typed("audits", form | {"audits.2.kind": "stage1"}) == [
        first,
        second,
        {"kind": "stage1"},
    ]


@pytest.mark.parametrize("count", ["", "x", "-1", "²", "99999999999"])
def test_a_count_that_was_tampered_with_makes_no_rows_of_nothing(count: str) -> None:
    assert typed("audits", {"audits.count": count}) is None


def test_ranges_of_serial_numbers_are_lines_with_a_to_between() -> None:
    held = {"batch": {"lot": "7", "serials": [["K7-0001", "K7-0900"], ["K9-1", "K9-4"]]}}
    section = next(
        one
        for one in sections({"kind": "product", "product": held})
        if one.name == "product"
    )  # fmt: skip
    form = dict(_fields(section.part))

    assert form["product.batch.serials"] == "K7-0001 to K7-0900\nK9-1 to K9-4"
    assert typed("product", form) == held
    single = typed("product", form | {"product.batch.serials": "K7-0001"})
    with pytest.raises(DossierRefused, match=r"product.batch.serials\[0\]"):
        read_dossier({"act": "grant", "kind": "product", "product": single})


def test_what_no_form_shows_stays_and_what_was_emptied_goes() -> None:
    before = {"brand": "Harrow", "family": "K", "batch": {"lot": "7", "serials": [["1", "9"]]}}
    after = {"brand": "Harrow", "batch": {"lot": "8"}}

    assert patch(before, after) == {
        "brand": "Harrow", "family": None, "batch": {"lot": "8", "serials": None}
    }  # fmt: skip


def _begun(desk: Desk) -> Paper:
    content = {name: value for name, value in dossier(**DECIDED).items() if name != "decision"}
    return desk.world.office.database.write(
        lambda c: dossiers.open_dossier(c, SETUP, CB, content, at=desk.world.at)
    )


def _post(desk: Desk, client: FlaskClient, path: str, paper: Paper, **fields: str) -> TestResponse:
    page = desk.see(client, "dossier", id=paper.subject)
    token = re.search(r'name="token" value="([^"]+)"', page)
    assert token is not None
    form = {"token": token[1], "body": CB, "id": paper.subject, "version": str(paper.version)}
    return client.post(f"/console/{path}", data=form | fields, headers={"Origin": BASE, **PAGE})


@SQLITE
def test_what_cannot_be_read_comes_back_as_it_was_typed_with_why(desk: Desk) -> None:
    paper, client = _begun(desk), desk.browser(Role.EVALUATOR)

    answer = _post(
        desk, client, "dossier", paper, kind="management_system", section="application",
        **{"application.reviewed_on": "31 of July", "application.consultancy_by_cb": "no"},
    )  # fmt: skip

    assert answer.status_code == 422
    assert "BAD_PARAMETER: application.reviewed_on" in answer.text
    assert 'value="31 of July"' in answer.text
    assert _now(desk, paper).version == paper.version


@SQLITE
def test_a_section_that_was_changed_meanwhile_is_not_overwritten(desk: Desk) -> None:
    paper, client = _begun(desk), desk.browser(Role.EVALUATOR)
    said = {"kind": "management_system", "section": "standards", "standards": "ISO 14001:2015"}

    first = _post(desk, client, "dossier", paper, **said)
    second = _post(desk, client, "dossier", paper, **said)

    assert (first.status_code, second.status_code) == (303, 422)
    assert "VERSION_CONFLICT" in second.text
    assert _now(desk, paper).content["standards"] == ["ISO 14001:2015"]


@SQLITE
@pytest.mark.parametrize("section", ["decision", "act", "cb", "nothing", "product"])
def test_only_what_its_kind_has_can_be_written(desk: Desk, section: str) -> None:
    paper, client = _begun(desk), desk.browser(Role.EVALUATOR)

    answer = _post(desk, client, "dossier", paper, kind="management_system", section=section)

    assert answer.status_code == 400
    assert _now(desk, paper).version == paper.version


@SQLITE
@pytest.mark.parametrize(
    ("role", "path", "fields"),
    [(Role.DECISION_MAKER, "dossier", {"section": "standards", "kind": "management_system"}),
     (Role.EVALUATOR, "dossier/decision", {"impartial": "yes", "date": "2026-04-16"}),
     (Role.EVALUATOR, "dossier/certificate", {}),
     (Role.AUDITOR, "dossier", {"section": "standards", "kind": "management_system"})],
)  # fmt: skip
def test_each_role_does_its_part_and_no_other(
    desk: Desk, role: Role, path: str, fields: dict[str, str]
) -> None:
    paper, client = _begun(desk), desk.browser(role)

    assert _post(desk, client, path, paper, **fields).status_code == 403
    assert _now(desk, paper).version == paper.version


@SQLITE
def test_a_decision_that_a_gate_refuses_is_not_written_and_says_which(desk: Desk) -> None:
    paper, client = _begun(desk), desk.browser(Role.DECISION_MAKER)

    answer = _post(
        desk, client, "dossier/decision", paper, impartial="yes", date="2026-03-01",
        effective="2026-03-01", expires="2029-02-28",
    )  # fmt: skip

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert "IG-MS-" in answer.text
    assert _now(desk, paper).state == "open"


@SQLITE
def test_who_does_not_say_that_they_took_no_part_decides_nothing(desk: Desk) -> None:
    paper, client = _begun(desk), desk.browser(Role.DECISION_MAKER)

    answer = _post(desk, client, "dossier/decision", paper, date="2026-04-16")

    assert answer.status_code == 400
    assert _now(desk, paper).state == "open"


def _now(desk: Desk, paper: Paper) -> Paper:
    return desk.world.office.database.read(
        lambda c: papers.find(c, CB, dossiers.KIND, paper.subject)
    )
