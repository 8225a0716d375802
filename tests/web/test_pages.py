"""The pages: one verdict each, without a script, and nothing of what is not proven."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from io import BytesIO
from itertools import pairwise
from typing import Any
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient

from service.domain.certificate import (
    Batch,
    Certificate,
    Holder,
    Kind,
    Product,
    SchemeReference,
    Site,
)
from service.domain.question import EMPTY, FIELDS, Question
from service.domain.report import Report
from service.domain.verdict import Answer
from service.web.view.page import WORDS
from tests.credential.pictures import PREFIX, PRODUCT, SYSTEM, TOKEN, drawn, saved
from tests.credential.pictures import page as sheet
from tests.web.desk import BASE, DATA, PAGE, Outline, StubVerifier
from tests.web.gallery import GALLERY, NOON, certificate, product, system

DIGITS = SYSTEM.removeprefix(PREFIX)


def opened(client: FlaskClient, address: str) -> Outline:
    answer = client.get(address, headers=PAGE)
    assert answer.status_code == 200
    return Outline(answer.text)


@pytest.mark.parametrize("name", GALLERY)
def test_every_report_has_its_page(client: FlaskClient, name: str) -> None:
    answer = client.get(f"/q/{name}", headers=PAGE)
    page = Outline(answer.text)

    word = WORDS[GALLERY[name].verdict]
    assert answer.status_code == 200
    assert answer.mimetype == "text/html"
    assert f"Verdict: {word}" in page.text
    assert re.search(f"<title>{word}: [^<]+ – Proofmark</title>", answer.text)
    assert page.values("data-verdict") == [str(GALLERY[name].verdict)]
    assert page.values("data-axis") == ["genuine", "in_force", "fits"]


@pytest.mark.parametrize(
    "address", ["/", "/codes", "/nothing", *(f"/q/{name}" for name in GALLERY)]
)
def test_pages_need_no_script_and_nothing_inline(client: FlaskClient, address: str) -> None:
    page = Outline(client.get(address, headers=PAGE).text)

    assert not {"style", "iframe", "object"} & set(page.tags)
    # Only the page that looks for codes has a script, and it is a file of ours.
    scripts = [value for tag, name, value in page.attributes if (tag, name) == ("script", "src")]
    assert len(scripts) == page.tags.count("script") == int(address == "/")
    assert all((value or "").startswith("/static/") for value in scripts)
    names = {name for _, name, _ in page.attributes}
    assert not [name for name in names if name == "style" or name.startswith("on")]
    assert page.tags.count("main") == page.tags.count("h1") == 1
    ids = page.values("id")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("address", ["/", "/codes", *(f"/q/{name}" for name in GALLERY)])
def test_every_drawing_and_label_that_is_named_is_there(client: FlaskClient, address: str) -> None:
    page = Outline(client.get(address, headers=PAGE).text)
    ids = set(page.values("id"))

    inside = [value[1:] for value in page.values("href") if value.startswith("#")]
    named = [*inside, *page.values("aria-labelledby"), *page.values("for")]
    named += page.values("aria-describedby")
    assert set(named) - ids == set()


@pytest.mark.parametrize("address", ["/", "/codes", "/nothing", "/q/accept", "/q/reject"])
def test_no_link_is_dead(client: FlaskClient, address: str) -> None:
    page = Outline(client.get(address, headers=PAGE).text)

    for target in {*page.values("href"), *page.values("action")}:
        if target.startswith("/"):
            assert client.get(target, headers=PAGE).status_code == 200
        else:
            assert target.startswith(("#", "?", "mailto:?subject="))


def test_headings_leave_no_step_out(client: FlaskClient) -> None:
    for name in GALLERY:
        tags = opened(client, f"/q/{name}").tags
        levels = [int(tag[1]) for tag in tags if re.fullmatch("h[1-6]", tag)]
        steps = pairwise(levels)
        assert levels[0] == 1
        assert all(after - before <= 1 for before, after in steps)


def test_the_first_verdict_costs_less_than_40_kb(client: FlaskClient) -> None:
    page = client.get("/q/wrong-purpose", headers={**PAGE, "Accept-Encoding": "gzip"})
    sheets = [
        client.get(link, headers={"Accept-Encoding": "gzip"})
        for link in re.findall(r'href="(/static/[^"]+)"', client.get("/", headers=PAGE).text)
    ]

    assert len(sheets) == 3
    assert page.headers["Content-Encoding"] == "gzip"
    assert sum(len(answer.data) for answer in (page, *sheets)) < 40_000


# ---- what is shown, and what is not ----


def test_of_what_is_not_genuine_nothing_is_shown(
    client: FlaskClient, verifier: StubVerifier
) -> None:
    proven = system(question=Question(needs="product"))
    forged = replace(proven, findings=GALLERY["reject"].findings)
    verifier.reports = {"forged": forged}

    page = client.get("/q/forged?needs=product", headers=PAGE).text

    assert forged.genuine is Answer.NO
    for secret in ("Harrow", "Alderway", "Northland", "CB-A", "9001", "2024", "2027", "Larkmere"):
        assert secret not in page
    assert "Why you see no names here" in page
    assert "Not checked" in page


def test_what_could_not_be_proven_is_not_accused_either(client: FlaskClient) -> None:
    page = opened(client, "/q/cannot-confirm-unproven")

    assert "not genuine" not in page.text
    assert "That is caution, not an accusation." in page.text


def test_a_management_system_page_never_speaks_for_products(client: FlaskClient) -> None:
    for name, report in GALLERY.items():
        shown = report.certificate if report.genuine is Answer.YES else None
        if shown is not None and shown.kind is Kind.MANAGEMENT_SYSTEM:
            text = opened(client, f"/q/{name}").text
            assert "that any product was tested, approved or is of good quality" in text


def test_the_wrong_kind_is_drawn_beside_the_needed_one(client: FlaskClient) -> None:
    page = opened(client, "/q/wrong-purpose?needs=product&model=K7")

    assert page.values("data-kind") == ["management_system", "product"]
    assert "It must name K7 ." in page.text
    assert "Nothing is wrong with the certificate itself." in page.text


def test_days_are_written_out(client: FlaskClient) -> None:
    text = opened(client, "/q/warning").text.replace("\xa0", " ")

    assert "31 January 2026" in text
    assert "31 July 2026" in text
    assert "2026-07-31" not in text


def test_the_fingerprint_is_shown_as_people_compare_it(client: FlaskClient) -> None:
    groups = "8c1f 40a7 5d2e 9b63 e07a 11d4 c2f8 3b90"

    assert f"<code>{groups} {groups}</code>" in client.get("/q/reject", headers=PAGE).text


def test_things_to_do_are_numbered(client: FlaskClient) -> None:
    one, other = (client.get(f"/q/{name}", headers=PAGE).text for name in ("warning", "reject"))

    assert re.search("<ol>\\s*<li>Ask the holder which certifier takes over", one)
    assert "<li>Check again on the day you rely on it.</li>" in one
    assert re.search("<ol>\\s*<li>Do not rely on this code", other)


MARKUP = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}}",
    "${7*7}",
    "</textarea><svg onload=alert(1)>",
)


def everywhere(text: str, kind: Kind) -> Certificate:
    """A certificate that says `text` wherever it may say something."""
    plain = certificate(kind)
    site = Site(text, text, text, (text,), entity=text)
    scheme = SchemeReference(text, text)
    batch = Batch(text, ((text, text),))
    changes: Mapping[Kind, dict[str, Any]] = {
        Kind.MANAGEMENT_SYSTEM: {
            "organisation": plain.organisation
            and plain.organisation._replace(scope=text, codes=(text,), sites=(site,))
        },
        Kind.PRODUCT: {
            "product": Product(
                scheme, text, (text,), text, (text,), text, (text,), batch, text
            )
        },
        Kind.SERVICE: {
            "service": plain.service
            and plain.service._replace(scope=text, scheme=scheme, codes=(text,), sites=(site,))
        },
    }  # fmt: skip
    claims = {"annex": {"url": text, "sha256": text}}
    return certificate(
        kind, number=text, standards=(text,), holder=Holder(text, text, text, text), claims=claims,
        **changes[kind],
    )  # fmt: skip


def named(text: str, kind: Kind) -> Report:
    """A report on it, in which every body has that name too."""
    report = product() if kind is Kind.PRODUCT else system()
    chain = tuple(replace(link, name=text, facts={"number": text}) for link in report.chain or ())
    return replace(report, certificate=everywhere(text, kind), chain=chain)


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("markup", MARKUP)
def test_w01_markup_in_every_claim_is_shown_as_text(
    client: FlaskClient, verifier: StubVerifier, markup: str, kind: Kind
) -> None:
    verifier.reports = {"plain": named("plain", kind), "marked": named(markup, kind)}

    plain = Outline(client.get("/q/plain", headers=PAGE).text)
    marked = Outline(client.get("/q/marked", headers=PAGE).text)

    assert marked.tags == plain.tags
    assert markup in marked.text
    assert "49" not in marked.text.replace(markup, "")
    names = [(tag, name) for tag, name, _ in plain.attributes]
    assert [(tag, name) for tag, name, _ in marked.attributes] == names


@pytest.mark.parametrize("markup", MARKUP)
def test_w01_markup_in_a_question_is_shown_as_text(client: FlaskClient, markup: str) -> None:
    asked = {"model": markup, "holder": markup}

    plain = Outline(client.get("/q/accept", query_string={"model": "x", "holder": "x"}).text)
    marked = Outline(client.get("/q/accept", query_string=asked).text)

    assert marked.tags == plain.tags


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//evil.example", "https://ok@evil.example"]
)
def test_w02_an_annex_is_no_link(client: FlaskClient, verifier: StubVerifier, url: str) -> None:
    claims = {"annex": {"url": url, "sha256": "x"}}
    verifier.reports = {
        "annex": system(certificate=certificate(Kind.MANAGEMENT_SYSTEM, claims=claims))
    }

    page = opened(client, "/q/annex")

    assert url in page.text
    assert url not in page.values("href")


def test_w17_hidden_characters_are_shown_by_their_number(
    client: FlaskClient, verifier: StubVerifier
) -> None:
    holder = Holder("Harrow\u202e\u200b\x00\xadLtd", "GB")
    verifier.reports = {
        "bidi": system(certificate=certificate(Kind.MANAGEMENT_SYSTEM, holder=holder))
    }

    page = client.get("/q/bidi", headers=PAGE).text

    assert "Harrow[U+202E][U+200B][U+0000][U+00AD]Ltd" in page
    assert not set("\u202e\u200b\x00\xad") & set(page)


def test_w17_a_word_in_two_alphabets_is_pointed_out(
    client: FlaskClient, verifier: StubVerifier
) -> None:
    holder = Holder("Hаrrow Cables Ltd", "GB")  # the second letter is Cyrillic
    verifier.reports = {
        "mixed": system(certificate=certificate(Kind.MANAGEMENT_SYSTEM, holder=holder))
    }

    assert "mixes alphabets" in opened(client, "/q/mixed").text
    assert "mixes alphabets" not in opened(client, "/q/plain").text


# ---- asking ----


def test_a_question_in_the_address_is_asked(client: FlaskClient, verifier: StubVerifier) -> None:
    client.get("/q/accept?model=K7&on=2026-03-03&needs=product", headers=PAGE)

    question = Question(model="K7", on=date(2026, 3, 3), needs="product")
    assert verifier.asked == [
        {"text": "accept", "at": NOON, "question": question, "remember": True}
    ]


def test_fields_left_empty_and_what_others_append_are_not_asked(
    client: FlaskClient, verifier: StubVerifier
) -> None:
    answer = client.get("/q/accept?model=&on=+&utm=1&utm_source=x&fbclid=y&theme=dark")

    assert answer.status_code == 200
    assert verifier.asked[0]["question"] == EMPTY


def test_the_form_asks_the_same_address_again_filled_with_what_was_asked(
    client: FlaskClient,
) -> None:
    page = opened(client, "/q/wrong-purpose")

    assert ("form", "method", "get") in page.attributes
    # Without an action a form asks the address at which it stands (HTML, form submission).
    assert ("form", "action") not in [(tag, name) for tag, name, _ in page.attributes]
    assert "K7" in page.values("value")
    assert ("input", "checked", None) in page.attributes


def test_every_field_of_a_question_can_be_asked_on_the_page(client: FlaskClient) -> None:
    page = opened(client, "/q/accept")

    inputs = {
        value
        for tag, name, value in page.attributes
        if tag in ("input", "select") and name == "name"
    }
    # A purpose is a rule pack, asked by those who know its name: in the address.
    assert FIELDS - inputs == {"purpose"}


def test_what_the_form_has_no_input_for_is_kept(
    client: FlaskClient, verifier: StubVerifier
) -> None:
    question = Question(purpose="us-workplace", shape="circle", says=("holder",))
    verifier.reports = {"asked": system(question=question)}
    page = opened(client, "/q/asked")

    hidden = page.attributes.index(("input", "value", "us-workplace"))
    assert ("input", "type", "hidden") in page.attributes[hidden - 2 : hidden]
    assert ("option", "selected", None) in page.attributes
    assert "holder" in page.values("value")


# ---- the front door ----


def test_a_pasted_code_is_sent_to_its_own_page(client: FlaskClient, verifier: StubVerifier) -> None:
    broken = "\n".join(DIGITS[place : place + 60] for place in range(0, len(DIGITS), 60))

    for text in (DIGITS, f"  {broken} ", TOKEN, f"https://proofmark.example/q/{DIGITS}"):
        answer = client.post("/", data={"text": text}, headers=PAGE)

        assert answer.status_code == 303
        assert answer.location == f"/q/{DIGITS}"
    assert verifier.asked == []


def test_what_is_no_code_is_answered_where_it_was_pasted(
    client: FlaskClient, verifier: StubVerifier
) -> None:
    answer = client.post("/", data={"text": "nonsense"}, headers=PAGE)

    assert answer.status_code == 200
    assert "Verdict: " in answer.text
    assert verifier.asked[0]["text"] == "nonsense"
    assert "Ask again" not in answer.text


def test_w15_a_code_on_another_host_is_answered_at_once_so_that_the_note_is_not_lost(
    client: FlaskClient, verifier: StubVerifier
) -> None:
    link = f"https://verify-examp1e.com/q/{DIGITS}"
    verifier.reports = {link: GALLERY["accept-restored"]}

    answer = client.post("/", data={"text": link}, headers=PAGE)

    assert answer.status_code == 200
    assert verifier.asked[0]["text"] == link
    assert "QR_FOREIGN_HOST" in answer.text
    assert f'action="/q/{DIGITS}"' in answer.text


def test_a_picture_is_read_and_sent_to_its_page(client: FlaskClient) -> None:
    own = drawn(SYSTEM)
    file = (BytesIO(saved(own)), "code.png", "image/png")

    answer = client.post("/", data={"file": file}, headers=PAGE)

    # The link on it leads to another host: answered here.
    assert answer.status_code == 200


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        (None, "text/html"),
        ("*/*", "text/html"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html"),
        ("application/json", "application/json"),
        ("application/json, text/plain, */*", "application/json"),
        ("text/html;q=0.5, application/json;q=0.9", "application/json"),
        ("text/html;q=0.9, application/json;q=0.5", "text/html"),
        ("application/json;q=0, */*", "text/html"),
        ("application/*", "application/json"),
        ("image/png", "text/html"),
        ("application/json;q=x", "text/html"),
    ],
)
def test_the_same_address_answers_with_a_page_or_data(
    client: FlaskClient, accept: str | None, kind: str
) -> None:
    answer = client.get("/q/accept", headers={} if accept is None else {"Accept": accept})

    assert answer.mimetype == kind
    assert "Accept" in answer.headers["Vary"]


def test_the_data_are_the_report(client: FlaskClient) -> None:
    for name, report in GALLERY.items():
        assert client.get(f"/q/{name}", headers=DATA).json == report.to_json()


def test_a_theme_is_kept_in_a_cookie(client: FlaskClient) -> None:
    chosen = client.get("/?theme=dark", headers=PAGE)
    later = client.get("/q/accept", headers=PAGE)
    back = client.get("/?theme=auto", headers=PAGE)

    assert "data-theme" not in client.get("/?theme=evil", headers=PAGE).text
    assert '<html lang="en" dir="ltr" data-theme="dark">' in chosen.text
    cookie = chosen.headers["Set-Cookie"]
    assert "Secure; HttpOnly; Path=/; SameSite=Lax" in cookie
    assert 'data-theme="dark"' in later.text
    assert "data-theme" not in back.text


def test_the_links_to_other_themes_keep_the_question(client: FlaskClient) -> None:
    page = opened(client, "/q/accept?model=K7%26x")

    assert "?model=K7%26x&theme=light" in page.values("href")


def test_it_is_up(client: FlaskClient) -> None:
    answer = client.get("/healthz")

    assert (answer.status_code, answer.json) == (200, {"status": "up"})


def test_the_address_of_a_check_can_be_copied_and_sent_on(client: FlaskClient) -> None:
    page = opened(client, "/q/accept?lang=en&theme=dark")
    (address,) = [value for value in page.values("value") if value.startswith("http")]
    (mail,) = [target for target in page.values("href") if target.startswith("mailto:")]

    assert address.endswith("/q/accept?needs=management_system")
    assert quote(address, safe="") in mail.replace("/", "%2F")
    assert client.get("/" + address.split("/", 3)[3], headers=PAGE).status_code == 200


def test_of_several_certificates_in_a_picture_the_reader_chooses(client: FlaskClient) -> None:
    both = BytesIO(saved(sheet(SYSTEM, PRODUCT)))

    answer = client.post(
        "/", data={"picture": (both, "shelf.png")}, headers={"Origin": BASE, **PAGE}
    )
    page = Outline(answer.text)
    links = [target for target in page.values("href") if target.startswith("/q/")]

    assert answer.status_code == 400
    assert sorted(links) == sorted(f"/q/{one.removeprefix(PREFIX)}" for one in (SYSTEM, PRODUCT))
    assert (
        answer.text.count(f"{WORDS[GALLERY['reject'].verdict]}: ") == 2
    )  # what the stub says of both
    assert "Which one?" in page.text


def test_w14_for_a_program_several_certificates_are_one_problem(client: FlaskClient) -> None:
    both = BytesIO(saved(sheet(SYSTEM, PRODUCT)))

    answer = client.post(
        "/", data={"picture": (both, "shelf.png")}, headers={"Origin": BASE, **DATA}
    )

    assert (answer.status_code, answer.get_json()["code"]) == (400, "QR_MULTIPLE")


def test_without_a_register_the_page_of_the_api_says_so(client: FlaskClient) -> None:
    page = client.get("/docs", headers=PAGE)

    assert page.status_code == 200
    assert "This service keeps no register" in page.text
    assert "Bodies of requests" not in page.text
