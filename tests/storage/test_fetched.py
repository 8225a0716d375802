"""Evidence from where it is published, and from the folder where that cannot be had."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.domain.verdict import Unavailable
from service.status.sources import RecordSource, StatusSource
from service.storage import fetched
from service.storage.bundle import Bundle, write_document
from service.storage.fetch import Fetcher
from service.storage.fetched import RECORD, STATUS_LIST, FetchedEvidence
from service.trust.sources import StatementSource
from tests.storage.hosts import Host, Reply, running
from tests.storage.papers import (
    AT,
    BODY,
    DAY_S,
    NUMBER,
    URI,
    a_folder,
    a_list,
    a_record,
    a_statement,
)

LIST = {"Content-Type": STATUS_LIST}


@pytest.fixture
def host() -> Iterator[Host]:
    with running(name="127.0.0.1") as started:
        yield started


@pytest.fixture
def folder(tmp_path: Path) -> Bundle:
    return Bundle.load(a_folder(tmp_path), look_every_s=0)


@pytest.fixture
def evidence(host: Host, folder: Bundle) -> FetchedEvidence:
    return FetchedEvidence(Fetcher(insecure_origins=[host.url]), folder, own=[BODY])


def test_it_is_a_source_of_everything(evidence: FetchedEvidence) -> None:
    sources: tuple[StatementSource, StatusSource, RecordSource] = (evidence, evidence, evidence)

    assert sources[0].about(BODY) == list(sources[0].every()) == [a_statement()]
    assert sources[0].version == evidence.version


def test_a_list_is_fetched_from_its_address_and_kept(host: Host, evidence: FetchedEvidence) -> None:
    uri = f"{host.url}/status/1"
    host.replies["/status/1"] = Reply(a_list(uri=uri).encode(), headers=LIST)

    tokens = {evidence.status_list(uri, origins=[host.url]) for _ in range(3)}

    assert tokens == {a_list(uri=uri)}
    assert host.connections == 1


@pytest.mark.parametrize(
    ("ttl", "later", "asked"), [(120, 119, 1), (120, 120, 2), (1, 59, 1), (10**9, 86_400, 2)]
)
def test_a_list_is_kept_as_long_as_it_allows(
    host: Host,
    evidence: FetchedEvidence,
    monkeypatch: pytest.MonkeyPatch,
    ttl: int,
    later: int,
    asked: int,
) -> None:
    now = 1_000.0
    monkeypatch.setattr(fetched, "monotonic", lambda: now)
    uri = f"{host.url}/status/1"
    host.replies["/status/1"] = Reply(a_list(uri=uri, ttl=ttl).encode(), headers=LIST)
    evidence.status_list(uri, origins=[host.url])

    now += later
    evidence.status_list(uri, origins=[host.url])

    assert host.connections == asked


def test_what_is_no_list_is_not_kept(host: Host, evidence: FetchedEvidence) -> None:
    uri = f"{host.url}/status/1"
    host.replies["/status/1"] = Reply(b"nonsense", headers=LIST)

    assert [evidence.status_list(uri, origins=[host.url]) for _ in range(2)] == ["nonsense"] * 2
    assert host.connections == 2


def test_only_so_much_is_kept(
    host: Host, evidence: FetchedEvidence, monkeypatch: pytest.MonkeyPatch
) -> None:
    tokens = {path: a_list(uri=f"{host.url}{path}") for path in ("/status/1", "/status/2")}
    for path, token in tokens.items():
        host.replies[path] = Reply(token.encode(), headers=LIST)
    monkeypatch.setattr(fetched, "MAX_KEPT_CHARS", sum(map(len, tokens.values())) - 1)
    for path in ("/status/1", "/status/2", "/status/2", "/status/1"):
        evidence.status_list(f"{host.url}{path}", origins=[host.url])

    assert [line.split()[1] for line, _, _ in host.requests] == [
        "/status/1",
        "/status/2",
        "/status/1",
    ]


def test_a_record_is_fetched_below_its_issuer(host: Host, evidence: FetchedEvidence) -> None:
    path = "/records/CB-A%2F2024%2F0113"
    host.replies[path] = Reply(a_record().encode(), headers={"Content-Type": RECORD})

    assert evidence.record(host.url, NUMBER, origins=[host.url]) == a_record()


def test_what_cannot_be_fetched_is_looked_for_in_the_folder(
    host: Host, evidence: FetchedEvidence, tmp_path: Path
) -> None:
    uri = f"{host.url}/status/9"
    with pytest.raises(Unavailable):
        evidence.status_list(uri, origins=[host.url])
    with pytest.raises(Unavailable):
        evidence.record(host.url, NUMBER, origins=[host.url])

    write_document(tmp_path, "status", "9", a_list(uri=uri))

    assert evidence.status_list(uri, origins=[host.url]) == a_list(uri=uri)


def test_nothing_is_fetched_outside_the_origins_named(
    host: Host, evidence: FetchedEvidence
) -> None:
    with pytest.raises(Unavailable):
        evidence.status_list(f"{host.url}/status/1", origins=[BODY])
    with pytest.raises(Unavailable):
        evidence.status_list(f"{host.url}/status/1")

    assert host.connections == 0


def test_our_own_bodies_are_read_from_the_folder(host: Host, folder: Bundle) -> None:
    evidence = FetchedEvidence(Fetcher(insecure_origins=[BODY]), folder, own=[BODY])

    assert evidence.status_list(URI, origins=[BODY]) == a_list()
    assert evidence.record(BODY, NUMBER, origins=[BODY]) == a_record()
    with pytest.raises(Unavailable):
        evidence.record(BODY, "another", origins=[BODY])


def test_a_name_that_only_begins_like_ours_is_not_ours(host: Host, folder: Bundle) -> None:
    uri = f"{host.url}/cb/cb-ab/status/1"
    host.replies["/cb/cb-ab/status/1"] = Reply(a_list(uri=uri).encode(), headers=LIST)
    ours = [f"{host.url}/cb/cb-a"]
    evidence = FetchedEvidence(Fetcher(insecure_origins=[host.url]), folder, own=ours)

    assert evidence.status_list(uri, origins=[host.url]) == a_list(uri=uri)


@pytest.mark.parametrize(("moment", "good"), [(AT, True), (AT - 1, False), (AT + 7 * DAY_S, True)])
def test_an_answer_about_the_past_serves_only_within_its_life(
    host: Host, evidence: FetchedEvidence, moment: int, good: bool
) -> None:
    uri = f"{host.url}/status/1"
    host.replies[f"/status/1?time={moment}"] = Reply(a_list(uri=uri).encode(), headers=LIST)

    if good:
        assert evidence.status_list(uri, origins=[host.url], time=moment) == a_list(uri=uri)
    else:
        with pytest.raises(Unavailable):
            evidence.status_list(uri, origins=[host.url], time=moment)
