"""Signed lists and records: handed on as they are, and kept no longer than they allow."""

import gzip

import pytest
from flask.testing import FlaskClient

from tests.web.desk import ENTITIES, PAGE, StubEvidence, refused, token
from tests.web.gallery import ALDERWAY, NOON

DAY_S = 86_400
LIST_AT = "/cb/alderway/status/1"
URI = f"{ALDERWAY}/status/1"
NUMBER = "CB-A/2024/0113"


def status_list(**claims: object) -> str:
    own = {"sub": URI, "iat": NOON, "exp": NOON + 7 * DAY_S, "ttl": 3_600}
    kept = {name: value for name, value in {**own, **claims}.items() if value is not None}
    return token("statuslist+jwt", kept)


def record(number: str = NUMBER) -> str:
    return token("certificate-record+jwt", {"sub": number, "iat": NOON, "exp": NOON + DAY_S})


@pytest.fixture(autouse=True)
def furnished(evidence: StubEvidence) -> None:
    evidence.lists = {URI: status_list(), f"{ENTITIES}/status/1": status_list(sub="root")}
    evidence.records = {(ALDERWAY, NUMBER): record(), (ENTITIES, NUMBER): record()}


# ---- lists ----


@pytest.mark.parametrize("address", [LIST_AT, "/status/1"])
def test_a_list_is_at_its_own_address(
    client: FlaskClient, evidence: StubEvidence, address: str
) -> None:
    answer = client.get(address)

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/statuslist+jwt"
    assert answer.text == evidence.lists[f"{ENTITIES}{address}"]


@pytest.mark.parametrize(
    "address", ["/cb/alderway/status/2", "/cb/other/status/1", "/cb/alderway/status/1/", "/status"]
)
def test_a_list_that_is_not_here_is_not_found(client: FlaskClient, address: str) -> None:
    assert refused(client.get(address)) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("claims", "kept"),
    [
        ({}, "public, max-age=3600"),
        ({"ttl": 60}, "public, max-age=60"),
        ({"ttl": 30 * DAY_S}, f"public, max-age={7 * DAY_S}"),
        ({"ttl": None}, "public, max-age=3600"),
        ({"exp": NOON + 10}, "public, max-age=10"),
        ({"exp": NOON + 1}, "public, max-age=1"),
        ({"exp": NOON}, "no-cache"),
        ({"exp": NOON - 1}, "no-cache"),
        ({"exp": None}, "no-cache"),
        ({"ttl": 0}, "no-cache"),
        ({"ttl": -5}, "no-cache"),
        ({"ttl": "60"}, "no-cache"),
        ({"ttl": True}, "no-cache"),
        ({"exp": "never"}, "no-cache"),
    ],
)
def test_w08_a_list_is_kept_no_longer_than_it_allows(
    client: FlaskClient, evidence: StubEvidence, claims: dict[str, object], kept: str
) -> None:
    evidence.lists = {URI: status_list(**claims)}

    assert client.get(LIST_AT).headers["Cache-Control"] == kept


@pytest.mark.parametrize("document", ["", "x", "a.b.c", "e30.W10.AA", "e30.!!.AA"])
def test_a_document_that_cannot_be_read_is_handed_on_but_not_kept(
    client: FlaskClient, evidence: StubEvidence, document: str
) -> None:
    evidence.lists = {URI: document}

    answer = client.get(LIST_AT)

    assert (answer.status_code, answer.text) == (200, document)
    assert answer.headers["Cache-Control"] == "no-cache"


def test_whoever_has_the_list_gets_it_once(client: FlaskClient, evidence: StubEvidence) -> None:
    tag = client.get(LIST_AT).headers["ETag"]
    same = client.get(LIST_AT, headers={"If-None-Match": tag})
    other = client.get(LIST_AT, headers={"If-None-Match": 'W/"other"'})
    evidence.lists = {URI: status_list(iat=NOON + 1)}
    newer = client.get(LIST_AT, headers={"If-None-Match": tag})

    assert (same.status_code, same.data) == (304, b"")
    assert same.headers["Cache-Control"] == "public, max-age=3600"
    assert same.headers["ETag"] == tag
    assert (other.status_code, newer.status_code) == (200, 200)


def test_a_list_travels_compressed_where_that_is_wanted(
    client: FlaskClient, evidence: StubEvidence
) -> None:
    evidence.lists = {URI: status_list(padding="x" * 4_000)}

    plain = client.get(LIST_AT)
    small = client.get(LIST_AT, headers={"Accept-Encoding": "gzip"})

    assert "Content-Encoding" not in plain.headers
    assert small.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(small.data) == plain.data
    assert small.content_length == len(small.data) < len(plain.data)
    assert {answer.headers["Vary"] for answer in (plain, small)} == {"Accept-Encoding"}
    assert small.headers["ETag"] == plain.headers["ETag"]


@pytest.mark.parametrize("address", [LIST_AT, "/cb/alderway/records/CB-A%2F2024%2F0113",
                                     "/cb/nobody/status/1"])  # fmt: skip
def test_pages_of_any_site_may_read_evidence(client: FlaskClient, address: str) -> None:
    headers = client.get(address, headers={"Origin": "https://elsewhere.example"}).headers

    assert headers["Access-Control-Allow-Origin"] == "*"
    assert headers["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert "Access-Control-Allow-Credentials" not in headers


def test_pages_of_other_sites_may_not_read_verdicts(client: FlaskClient) -> None:
    headers = client.get("/q/accept", headers={"Origin": "https://elsewhere.example"}).headers

    assert "Access-Control-Allow-Origin" not in headers
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


@pytest.mark.parametrize("query", ["time=1750000000", "time=", "time=x"])
@pytest.mark.parametrize("address", [LIST_AT, "/cb/alderway/records/CB-A%2F2024%2F0113"])
def test_the_past_is_not_offered_and_never_answered_with_the_present(
    client: FlaskClient, address: str, query: str
) -> None:
    answer = client.get(f"{address}?{query}")

    assert refused(answer) == (501, "NOT_SUPPORTED")
    assert answer.get_json()["field"] == "time"


def test_a_reader_of_pages_gets_the_list_as_it_is(client: FlaskClient) -> None:
    assert client.get(LIST_AT, headers=PAGE).mimetype == "application/statuslist+jwt"


# ---- records ----


@pytest.mark.parametrize(
    "address",
    ["/cb/alderway/records/CB-A%2F2024%2F0113", "/cb/alderway/records/CB-A/2024/0113",
     "/records/CB-A%2F2024%2F0113", "/records/CB-A%2f2024%2f0113",
     "/cb%2Falderway/records/CB-A%2F2024%2F0113"],
)  # fmt: skip
def test_a_record_is_found_by_its_number_slashes_included(
    client: FlaskClient, address: str
) -> None:
    answer = client.get(address)

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/certificate-record+jwt"
    assert answer.text == record()
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert client.get(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    ("sent", "number"),
    [
        ("A%2Frecords%2FB", "A/records/B"),
        ("50%25%20%2B%3F%23", "50% +?#"),
        ("%C3%84-1", "Ä-1"),
        ("a+b", "a+b"),
        ("..", ".."),
    ],
)
def test_a_number_is_a_text_and_no_path(
    client: FlaskClient, evidence: StubEvidence, sent: str, number: str
) -> None:
    evidence.records = {(ALDERWAY, number): record(number)}

    assert client.get(f"/cb/alderway/records/{sent}").text == record(number)


@pytest.mark.parametrize(
    "sent", ["..%2f..%2f..%2fetc%2fpasswd", "CON", "CB-A%2F2024", "CB-A%2F2024%2F0113%2F", "%FF"]
)
def test_w04_a_number_that_is_not_here_is_not_found(client: FlaskClient, sent: str) -> None:
    assert refused(client.get(f"/cb/alderway/records/{sent}")) == (404, "NOT_FOUND")


def test_w04_no_slash_moves_from_the_number_to_the_body(client: FlaskClient) -> None:
    assert refused(client.get("/cb/alderway%2Frecords%2FCB-A/records/2024%2F0113")) == (
        404, "NOT_FOUND",
    )  # fmt: skip


def test_a_server_that_hides_what_was_sent_still_finds_a_record(client: FlaskClient) -> None:
    sent = "/cb/alderway/records/CB-A%2F2024%2F0113"

    answer = client.get(sent, environ_overrides={"RAW_URI": ""})

    assert answer.text == record()


def test_evidence_is_read_and_never_written(client: FlaskClient) -> None:
    for address in (LIST_AT, "/cb/alderway/records/CB-A%2F2024%2F0113"):
        assert refused(client.post(address)) == (405, "METHOD_NOT_ALLOWED")
