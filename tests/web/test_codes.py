"""The list of codes: every one that an answer can carry, for readers and for machines."""

import re

from flask.testing import FlaskClient

from service.domain.glossary import bare
from service.domain.reason import Reason
from service.domain.verdict import code_table
from service.web.problems import PROBLEMS
from tests.web.desk import DATA, PAGE, Outline, refused


def test_every_code_is_explained_to_readers(client: FlaskClient) -> None:
    page = Outline(client.get("/codes", headers=PAGE).text)

    ids = page.values("id")
    assert set(Reason) <= set(ids)
    assert {f"problem-{code}" for code in PROBLEMS} <= set(ids)
    assert [value for value in page.values("data-outcome") if value == "accept"] == []


def test_no_place_for_a_fact_is_left_open(client: FlaskClient) -> None:
    text = Outline(client.get("/codes", headers=PAGE).text).text

    assert "…" in text
    assert not re.search(r"[{}]", text)
    assert "'" not in text


def test_a_code_says_what_it_means_and_what_to_do(client: FlaskClient) -> None:
    text = " ".join(Outline(client.get("/codes", headers=PAGE).text).text.split())

    for entry in code_table().values():
        for name in ("means", "next", "professional", "source"):
            said = bare(entry.texts[name]).replace("`", "")
            assert said in text
    assert text.count("What to do:") == len(Reason)


def test_every_code_is_told_to_machines(client: FlaskClient) -> None:
    document = client.get("/codes", headers=DATA).get_json()

    told = {row["code"]: row for row in document["codes"]}
    assert told.keys() == set(map(str, Reason))
    for code, entry in code_table().items():
        assert told[code]["outcome"] == entry.outcome
        assert {name: told[code].get(name) for name in entry.texts} == dict(entry.texts)
    assert {row["code"]: (row["status"], row["title"]) for row in document["problems"]} == {
        code: (kind.status, kind.title) for code, kind in PROBLEMS.items()
    }


def test_a_problem_leads_to_where_it_is_explained(client: FlaskClient) -> None:
    problem = client.get("/nothing", headers=DATA)
    assert refused(problem) == (404, "NOT_FOUND")

    address, _, place = problem.get_json()["type"].partition("#")
    page = client.get(address, headers=PAGE)

    assert page.status_code == 200
    assert place in Outline(page.text).values("id")


def test_the_list_is_asked_about_and_not_sent_again(client: FlaskClient) -> None:
    for headers, kept in ((PAGE, "no-cache"), (DATA, "public, max-age=3600")):
        answer = client.get("/codes", headers=headers)
        tag = answer.headers["ETag"]

        assert answer.headers["Cache-Control"] == kept
        assert {"Accept", "Cookie"} <= set(answer.headers["Vary"].split(", "))
        again = client.get("/codes", headers={**headers, "If-None-Match": tag})
        assert (again.status_code, again.data) == (304, b"")


def test_page_and_data_and_themes_are_told_apart_by_their_tags(client: FlaskClient) -> None:
    tags = {
        client.get("/codes", headers=PAGE).headers["ETag"],
        client.get("/codes", headers=DATA).headers["ETag"],
        client.get("/codes?theme=dark", headers=PAGE).headers["ETag"],
    }

    assert len(tags) == 3
