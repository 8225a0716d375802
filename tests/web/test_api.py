"""The JSON API: strict in what it takes, and a bad certificate is an answer, not an error."""

import json
from collections.abc import Mapping
from datetime import date
from io import BytesIO
from typing import Any

import pytest
import qrcode
from flask.testing import FlaskClient
from PIL import Image
from werkzeug.test import TestResponse

from service.domain.dates import parse_instant
from service.domain.question import EMPTY, Question
from tests.credential.pictures import PRODUCT, SYSTEM, drawn, page, pdf, saved
from tests.web.desk import StubVerifier, refused
from tests.web.gallery import GALLERY, NOON

VERIFY, SCAN = "/api/v1/verify", "/api/v1/scan"


def verify(client: FlaskClient, body: str | bytes, query: str = "") -> TestResponse:
    return client.post(f"{VERIFY}{query}", data=body, content_type="application/json")


def scan(client: FlaskClient, file: bytes, kind: str | None, query: str = "") -> TestResponse:
    return client.post(f"{SCAN}{query}", data=file, content_type=kind)


def in_form(client: FlaskClient, fields: Mapping[str, Any]) -> TestResponse:
    return client.post(SCAN, data=dict(fields), content_type="multipart/form-data")


# ---- verify ----


@pytest.mark.parametrize("name", ["accept", "warning", "wrong-purpose", "cannot-confirm", "reject"])
def test_every_verdict_is_an_answer_and_no_error(client: FlaskClient, name: str) -> None:
    answer = client.post(VERIFY, json={"text": name})

    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    assert answer.json == GALLERY[name].to_json()
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_is_asked_now_is_remembered(client: FlaskClient, verifier: StubVerifier) -> None:
    client.post(VERIFY, json={"text": "accept"})

    assert verifier.asked == [{"text": "accept", "at": NOON, "question": EMPTY, "remember": True}]


def test_another_instant_is_judged_and_teaches_nothing(
    client: FlaskClient, verifier: StubVerifier
) -> None:
    client.post(VERIFY, json={"text": "accept", "at": "2026-03-31T23:59:59Z"})

    at = parse_instant("2026-03-31T23:59:59Z")
    assert verifier.asked == [{"text": "accept", "at": at, "question": EMPTY, "remember": False}]


def test_without_an_instant_a_null_means_now(client: FlaskClient, verifier: StubVerifier) -> None:
    client.post(VERIFY, json={"text": "accept", "at": None})

    assert (verifier.asked[0]["at"], verifier.asked[0]["remember"]) == (NOON, True)


def test_a_question_is_asked_as_it_was_sent(client: FlaskClient, verifier: StubVerifier) -> None:
    asked = {"needs": "product", "model": "K7", "on": "2026-03-03", "seen": ["CS 6004", "K7"]}

    client.post(VERIFY, json={"text": "accept", "question": asked})

    assert verifier.asked[0]["question"] == Question(
        needs="product", model="K7", on=date(2026, 3, 3), seen=("CS 6004", "K7")
    )


@pytest.mark.parametrize(
    ("at", "status"),
    [
        ("1999-12-31T23:59:59Z", 400),
        ("2000-01-01T00:00:00Z", 200),
        ("2100-01-01T00:00:00Z", 200),
        ("2100-01-01T00:00:01Z", 400),
    ],
)
def test_an_instant_lies_in_this_century(client: FlaskClient, at: str, status: int) -> None:
    answer = client.post(VERIFY, json={"text": "accept", "at": at})

    assert answer.status_code == status


@pytest.mark.parametrize(
    "at",
    ["", "now", "2026-06-15", "2026-06-15 12:00:00Z", "2026-02-30T12:00:00Z", "1781524800",
     1_781_524_800, True, [], {}],
)  # fmt: skip
def test_an_instant_in_another_form_is_refused(
    client: FlaskClient, verifier: StubVerifier, at: object
) -> None:
    answer = client.post(VERIFY, json={"text": "accept", "at": at})

    assert refused(answer) == (400, "BAD_PARAMETER")
    assert answer.json is not None
    assert answer.json["field"] == "at"
    assert verifier.asked == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "text"),
        ({"text": None}, "text"),
        ({"text": 5}, "text"),
        ({"text": ["accept"]}, "text"),
        ({"text": "accept", "question": None}, "question"),
        ({"text": "accept", "question": "K7"}, "question"),
        ({"text": "accept", "question": [{"model": "K7"}]}, "question"),
        ({"text": "accept", "question": {"model": ""}}, "model"),
        ({"text": "accept", "question": {"model": 7}}, "model"),
        ({"text": "accept", "question": {"model": "K" * 201}}, "model"),
        ({"text": "accept", "question": {"model": "K\n7"}}, "model"),
        ({"text": "accept", "question": {"needs": "anything"}}, "needs"),
        ({"text": "accept", "question": {"on": "3 March 2026"}}, "on"),
        ({"text": "accept", "question": {"on": "2026-02-30"}}, "on"),
    ],
)
def test_a_field_that_cannot_be_read_is_named(
    client: FlaskClient, verifier: StubVerifier, body: Mapping[str, Any], field: str
) -> None:
    answer = client.post(VERIFY, json=body)

    assert refused(answer) == (400, "BAD_PARAMETER")
    assert answer.json is not None
    assert answer.json["field"] == field
    assert verifier.asked == []


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"text": "accept", "Text": "reject"}, "Text"),
        ({"text": "accept", "now": "2026-06-15T12:00:00Z"}, "now"),
        ({"text": "accept", "remember": True}, "remember"),
        ({"text": "accept", "question": {"modle": "K7"}}, "modle"),
        ({"text": "accept", "x" * 400: 1}, "x" * 40),
    ],
)
def test_a_field_that_nobody_may_set_is_refused(
    client: FlaskClient, verifier: StubVerifier, body: Mapping[str, Any], field: str
) -> None:
    answer = client.post(VERIFY, json=body)

    assert refused(answer) == (400, "UNKNOWN_FIELD")
    assert answer.json is not None
    assert answer.json["field"] == field
    assert verifier.asked == []


def test_what_is_asked_stands_in_the_body_and_not_in_the_address(
    client: FlaskClient, verifier: StubVerifier
) -> None:
    asked = verify(client, '{"text":"accept"}', "?model=K7")

    assert refused(asked) == (400, "UNKNOWN_FIELD")
    assert verifier.asked == []


def test_w21_a_field_in_the_body_and_in_the_address_is_refused(
    client: FlaskClient, verifier: StubVerifier
) -> None:
    twice = verify(client, '{"text":"accept"}', "?text=reject")

    assert refused(twice) == (400, "AMBIGUOUS_PARAMETER")
    assert verifier.asked == []


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "JSON_ENCODING"),
        (b"accept", "JSON_ENCODING"),
        (b'["accept"]', "JSON_ENCODING"),
        (b'"accept"', "JSON_ENCODING"),
        (b'{"text":"accept"} {}', "JSON_ENCODING"),
        (b'{"text":"accept",}', "JSON_ENCODING"),
        (b"{'text':'accept'}", "JSON_ENCODING"),
        (b'\xef\xbb\xbf{"text":"accept"}', "JSON_ENCODING"),
        (b'{"text":"\xff"}', "JSON_ENCODING"),
        (b'{"text":"\\ud800"}', "JSON_ENCODING"),
        ('{"text":"accept"}'.encode("utf-16"), "JSON_ENCODING"),
        (b'{"text":"accept","text":"reject"}', "JSON_DUPLICATE_MEMBER"),
        (b'{"text":"accept","te\\u0078t":"reject"}', "JSON_DUPLICATE_MEMBER"),
        (b'{"text":"accept","question":{"model":"a","model":"b"}}', "JSON_DUPLICATE_MEMBER"),
        (b'{"text":1.5}', "JSON_NUMBER_RANGE"),
        (b'{"text":99999999999999999999}', "JSON_NUMBER_RANGE"),
        (b'{"text":NaN}', "JSON_NON_FINITE"),
        (b'{"text":-Infinity}', "JSON_NON_FINITE"),
        (b'{"text":1e999}', "JSON_NON_FINITE"),
    ],
)
def test_a_body_that_two_readers_might_read_differently_is_refused(
    client: FlaskClient, verifier: StubVerifier, body: bytes, code: str
) -> None:
    assert refused(verify(client, body)) == (400, code)
    assert verifier.asked == []


def test_w11_thirty_thousand_brackets_are_a_bad_request(client: FlaskClient) -> None:
    assert refused(verify(client, "[" * 30_000)) == (400, "JSON_TOO_DEEP")
    assert refused(verify(client, '{"a":' * 12_000)) == (400, "JSON_TOO_DEEP")


def test_j47_a_body_beyond_its_bound_is_too_large(
    client: FlaskClient, verifier: StubVerifier
) -> None:
    around = len(b'{"text":""}')
    most = verify(client, json.dumps({"text": "x" * (65_536 - around)}, separators=(",", ":")))
    more = verify(client, json.dumps({"text": "x" * (65_537 - around)}, separators=(",", ":")))
    far = verify(client, b'{"text":"' + b"x" * (22 << 20) + b'"}')

    assert most.status_code == 200
    assert refused(more) == refused(far) == (413, "BODY_TOO_LARGE")
    assert len(verifier.asked) == 1


@pytest.mark.parametrize(
    "kind",
    [None, "text/plain", "text/json", "application/x-www-form-urlencoded", "multipart/form-data"],
)
def test_a_body_of_another_kind_is_not_read(client: FlaskClient, kind: str | None) -> None:
    answer = client.post(VERIFY, data=b'{"text":"accept"}', content_type=kind)

    assert refused(answer) == (415, "MEDIA_TYPE_NOT_ALLOWED")


def test_a_body_may_say_its_characters(client: FlaskClient) -> None:
    kind = "Application/JSON; charset=utf-8"

    assert client.post(VERIFY, data=b'{"text":"accept"}', content_type=kind).status_code == 200


@pytest.mark.parametrize("address", [VERIFY, SCAN])
def test_an_address_of_the_api_is_no_page(client: FlaskClient, address: str) -> None:
    answer = client.get(address)

    assert refused(answer) == (405, "METHOD_NOT_ALLOWED")
    assert set(answer.headers["Allow"].split(", ")) == {"POST", "OPTIONS"}


# ---- scan ----


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        (saved(drawn()), "image/png"),
        (saved(drawn(), "JPEG"), "image/jpeg"),
        (pdf(page(SYSTEM)), "application/pdf"),
    ],
    ids=["png", "jpeg", "pdf"],
)
def test_the_one_code_in_a_file_is_verified(
    client: FlaskClient, verifier: StubVerifier, file: bytes, kind: str
) -> None:
    verifier.reports = {SYSTEM: GALLERY["accept"]}

    answer = scan(client, file, kind)

    assert answer.status_code == 200
    assert answer.json == {"codes": [SYSTEM], "report": GALLERY["accept"].to_json()}
    assert answer.headers["Cache-Control"] == "no-store"
    assert verifier.asked == [{"text": SYSTEM, "at": NOON, "question": EMPTY, "remember": True}]


def test_a_file_may_come_in_a_form(client: FlaskClient, verifier: StubVerifier) -> None:
    answer = in_form(client, {"file": (BytesIO(saved(drawn())), "code.png", "image/png")})

    assert answer.status_code == 200
    assert verifier.asked[0]["text"] == SYSTEM


@pytest.mark.parametrize("kind", [None, "application/octet-stream"])
def test_a_picture_need_not_say_what_it_is(client: FlaskClient, kind: str | None) -> None:
    assert scan(client, saved(drawn()), kind).status_code == 200


def test_a_question_about_a_picture_stands_in_the_address(
    client: FlaskClient, verifier: StubVerifier
) -> None:
    scan(client, saved(drawn()), "image/png", "?needs=product&model=K7")

    assert verifier.asked[0]["question"] == Question(needs="product", model="K7")


def test_a_misspelt_question_about_a_picture_is_refused_before_it_is_looked_at(
    client: FlaskClient, verifier: StubVerifier
) -> None:
    answer = scan(client, b"no picture", "image/png", "?modle=K7")

    assert refused(answer) == (400, "UNKNOWN_FIELD")
    assert verifier.asked == []


def test_a_picture_without_a_code_is_a_bad_request(
    client: FlaskClient, verifier: StubVerifier
) -> None:
    answer = scan(client, saved(Image.new("L", (200, 200), 255)), "image/png")

    assert refused(answer) == (400, "QR_NOT_RECOGNISED")
    assert verifier.asked == []


def test_w14_two_certificates_in_one_picture_are_not_chosen_among(
    client: FlaskClient, verifier: StubVerifier
) -> None:
    answer = scan(client, saved(page(SYSTEM, PRODUCT)), "image/png")

    assert refused(answer) == (400, "QR_MULTIPLE")
    assert verifier.asked == []


def test_w14_the_same_certificate_twice_is_one(client: FlaskClient) -> None:
    answer = scan(client, saved(page(SYSTEM, SYSTEM)), "image/png")

    assert answer.status_code == 200


@pytest.mark.parametrize(
    "link", ["javascript:alert(1)", "WIFI:S:x;T:WPA;P:y;;", "http://x.example/"]
)
def test_w15_a_code_that_leads_elsewhere_is_no_certificate(
    client: FlaskClient, verifier: StubVerifier, link: str
) -> None:
    code = qrcode.QRCode(box_size=8)
    code.add_data(link)

    answer = scan(client, saved(code.make_image().get_image()), "image/png")

    assert refused(answer) == (400, "QR_NOT_RECOGNISED")
    assert verifier.asked == []


PNG_60_000 = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\xea\x60\x00\x00\xea\x60\x08\x00\x00\x00\x00"
    b"\x00\x00\x00\x00"
)


@pytest.mark.parametrize(
    ("file", "kind", "expected"),
    [
        (PNG_60_000, "image/png", (413, "IMAGE_TOO_LARGE")),
        (saved(drawn(), "GIF"), "image/gif", (415, "MEDIA_TYPE_NOT_ALLOWED")),
        (saved(drawn(), "GIF"), "image/png", (415, "MEDIA_TYPE_NOT_ALLOWED")),
        (saved(drawn(), "JPEG"), "image/png", (415, "MEDIA_TYPE_NOT_ALLOWED")),
        (pdf(page(SYSTEM)), "image/png", (415, "MEDIA_TYPE_NOT_ALLOWED")),
        (pdf(page(SYSTEM)), None, (415, "MEDIA_TYPE_NOT_ALLOWED")),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml",
         (415, "MEDIA_TYPE_NOT_ALLOWED")),
        (b"%!PS-Adobe-3.0 EPSF-3.0", "image/png", (415, "MEDIA_TYPE_NOT_ALLOWED")),
        (b"", "image/png", (415, "MEDIA_TYPE_NOT_ALLOWED")),
        (b'{"text":"accept"}', "application/json", (415, "MEDIA_TYPE_NOT_ALLOWED")),
        (b"text=accept", "application/x-www-form-urlencoded", (415, "MEDIA_TYPE_NOT_ALLOWED")),
    ],
    ids=["png-60000", "gif", "gif-as-png", "jpeg-as-png", "pdf-as-png", "pdf-undeclared", "svg",
         "eps-as-png", "empty", "json", "fields"],
)  # fmt: skip
def test_w12_w13_what_is_no_small_picture_is_refused(
    client: FlaskClient,
    verifier: StubVerifier,
    file: bytes,
    kind: str | None,
    expected: tuple[int, str],
) -> None:
    assert refused(scan(client, file, kind)) == expected
    assert verifier.asked == []


def test_w10_a_file_of_ten_megabytes_is_the_most(client: FlaskClient) -> None:
    start = saved(drawn())

    most = scan(client, start + bytes((10 << 20) - len(start)), "image/png")
    more = scan(client, start + bytes((10 << 20) + 1 - len(start)), "image/png")

    assert most.status_code == 200
    assert refused(more) == (413, "BODY_TOO_LARGE")


def test_a_form_for_a_picture_has_one_file_and_nothing_else(client: FlaskClient) -> None:
    def file() -> tuple[BytesIO, str, str]:
        return BytesIO(saved(drawn())), "code.png", "image/png"

    assert refused(in_form(client, {"text": "accept"})) == (400, "UNKNOWN_FIELD")
    assert refused(in_form(client, {"file": file(), "text": "x"})) == (400, "UNKNOWN_FIELD")
    assert refused(in_form(client, {"picture": file()})) == (400, "UNKNOWN_FIELD")
    assert refused(in_form(client, {"file": [file(), file()]})) == (400, "AMBIGUOUS_PARAMETER")
    assert refused(in_form(client, {})) == (400, "BAD_PARAMETER")
