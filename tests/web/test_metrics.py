"""Metrics: counted by names of ours, told to machines that may ask, lost by no process."""

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from prometheus_client.parser import text_string_to_metric_families

from service.config import SettingRefused, load_settings
from service.domain.verdict import Verdict
from service.web.app import create_app
from service.web.metrics import counter, exposition, gauge
from tests.web.desk import DATA, PAGE, SETTINGS, StubEvidence, StubVerifier, client_of, refused
from tests.web.gallery import GALLERY, NOON

ROOT = Path(__file__).parents[2]
_NUMBERS = count(1)


def told(text: str | None = None) -> dict[tuple[str, ...], float]:
    """What is told: values by the name and the values of the labels in the order of their names."""
    text = exposition().decode() if text is None else text
    return {
        (sample.name, *(value for _, value in sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


class Since:
    """What was counted since it was made: the numbers of a process only grow."""

    def __init__(self) -> None:
        self.before = told()

    def __getitem__(self, key: tuple[str, ...]) -> float:
        return told().get(key, 0) - self.before.get(key, 0)

    def grown(self, name: str) -> dict[tuple[str, ...], float]:
        """Everything of a name that grew."""
        return {key[1:]: self[key] for key in told() if key[0] == name and self[key]}


def new_name() -> str:
    """A name that no other test has."""
    return f"proofmark_test_{next(_NUMBERS)}"


def asking(
    address: str, headers: Mapping[str, str] | None = None, **changes: Any
) -> tuple[int, str | None]:
    """Status and code, or type, of the answer to a machine at a network address."""
    app = create_app(replace(SETTINGS, **changes), verifier=StubVerifier(), evidence=StubEvidence())
    answer = client_of(app).get(
        "/metrics", environ_overrides={"REMOTE_ADDR": address}, headers=headers
    )
    return (200, answer.mimetype) if answer.status_code == 200 else refused(answer)


# ---- what is counted ----


def test_a_request_is_counted_by_endpoint_method_and_status(client: FlaskClient) -> None:
    since = Since()

    client.get("/q/accept", headers=PAGE)
    client.get("/q/reject?model=Secret-K7", headers=DATA)
    client.get("/q/accept?on=never")
    client.post("/api/v1/verify", json={"text": "accept"})

    assert since.grown("proofmark_requests_total") == {
        ("pages.verdict", "GET", "200"): 2,
        ("pages.verdict", "GET", "400"): 1,
        ("api.verify", "POST", "200"): 1,
    }


def test_how_long_a_request_took_is_counted_by_endpoint(client: FlaskClient) -> None:
    since = Since()

    client.get("/q/accept")
    client.get("/q/reject")

    assert since["proofmark_request_seconds_count", "pages.verdict"] == 2
    assert since["proofmark_request_seconds_bucket", "pages.verdict", "+Inf"] == 2
    assert 0 < since["proofmark_request_seconds_sum", "pages.verdict"] < 10


def test_what_a_client_sends_never_becomes_a_label(client: FlaskClient) -> None:
    since = Since()

    client.get("/secret-path/secret", headers={"Host": "proofmark.example"})
    client.open("/secret-path", method="SECRET")
    client.get("/q/secret-digits?model=secret", headers={"Host": "secret.example"})

    assert since.grown("proofmark_requests_total") == {
        ("none", "GET", "404"): 1,
        ("none", "other", "404"): 1,
        ("none", "GET", "400"): 1,
    }
    assert "secret" not in exposition().decode().lower()


def test_the_asking_is_counted_too(client: FlaskClient) -> None:
    since = Since()

    client.get("/metrics")

    assert since.grown("proofmark_requests_total") == {("metrics.metrics", "GET", "200"): 1}


@pytest.mark.parametrize("name", sorted(GALLERY))
def test_a_verdict_is_counted_with_its_worst_code_whoever_asked(
    client: FlaskClient, name: str
) -> None:
    report, since = GALLERY[name], Since()

    client.get(f"/q/{name}", headers=PAGE)
    client.post("/api/v1/verify", json={"text": name})

    worst = str(report.codes[0]) if report.codes else "none"
    assert (worst == "none") == (report.verdict is Verdict.ACCEPT)
    assert since.grown("proofmark_verdicts_total") == {(worst, str(report.verdict)): 2}


def test_a_request_that_asks_nothing_counts_no_verdict(client: FlaskClient) -> None:
    since = Since()

    client.get("/")
    client.get("/q/accept?on=never")

    assert since.grown("proofmark_verdicts_total") == {}


# ---- who is told ----


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_this_machine_is_told(address: str) -> None:
    assert asking(address) == (200, "text/plain")


@pytest.mark.parametrize(
    "address", ["127.0.0.2", "10.0.0.1", "203.0.113.9", "2001:db8::1", "", "?"]
)
def test_to_everybody_else_there_is_nothing_here(address: str) -> None:
    assert asking(address) == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    ("address", "answer"),
    [
        ("10.1.2.3", (404, "NOT_FOUND")),
        ("10.1.2.4", (200, "text/plain")),
        ("10.1.2.7", (200, "text/plain")),
        ("10.1.2.8", (404, "NOT_FOUND")),
        ("2001:db8::7", (200, "text/plain")),
        ("2001:db8::8", (404, "NOT_FOUND")),
        ("127.0.0.1", (404, "NOT_FOUND")),
    ],
)
def test_a_network_may_be_let_in_and_ends_where_it_ends(
    address: str, answer: tuple[int, str]
) -> None:
    assert asking(address, metrics_from=("10.1.2.4/30", "2001:db8::7")) == answer


def test_nobody_may_be_let_in() -> None:
    assert asking("127.0.0.1", metrics_from=()) == (404, "NOT_FOUND")


@pytest.mark.parametrize("hops", [0, 1])
@pytest.mark.parametrize(
    "header",
    [
        {"X-Forwarded-For": "127.0.0.1"},
        {"X-Forwarded-For": "203.0.113.9"},
        {"Forwarded": "for=127.0.0.1"},
        {"X-Real-IP": "127.0.0.1"},
        {"Via": "1.1 proxy"},
    ],
    ids=str,
)
def test_who_comes_through_a_proxy_is_not_told(header: Mapping[str, str], hops: int) -> None:
    assert asking("127.0.0.1", header, proxy_hops=hops) == (404, "NOT_FOUND")
    assert asking("127.0.0.1", proxy_hops=hops) == (200, "text/plain")


def test_what_is_told_is_kept_by_nobody(client: FlaskClient) -> None:
    assert client.get("/metrics").headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("value", ["localhost", "10.0.0.1/8", "10.0.0.0/33", "127.0.0.1,"])
def test_a_setting_that_is_no_address_stops_the_start(value: str) -> None:
    with pytest.raises(SettingRefused) as refusal:
        load_settings({"PROOFMARK_METRICS_FROM": value})

    assert (refusal.value.code, refusal.value.name) == ("BAD_SETTING", "metrics_from")


def test_the_setting_lists_addresses_and_networks() -> None:
    settings = load_settings({"PROOFMARK_METRICS_FROM": "10.0.0.0/8, ::1"})

    assert settings.metrics_from == ("10.0.0.0/8", "::1/128")


# ---- metrics of others ----


def test_a_counter_without_labels_is_shown_before_anything_happened() -> None:
    happened = counter(name := new_name(), "Something.")

    before = told()[f"{name}_total",]
    happened.count()
    happened.count(by=3)

    assert (before, told()[f"{name}_total",]) == (0, 4)


def test_a_counter_counts_each_value_of_its_labels() -> None:
    signed = counter(name := new_name(), "Documents signed.", "type")

    signed.count("record")
    signed.count("status_list")
    signed.count("record")

    assert told()[f"{name}_total", "record"] == 2
    assert told()[f"{name}_total", "status_list"] == 1


def test_a_name_is_given_once_and_is_ours() -> None:
    counter(name := new_name(), "Something.")

    for taken in (name, "requests"):
        with pytest.raises(ValueError, match=taken):
            counter(taken, "Something.")
    with pytest.raises(ValueError, match="waiting"):
        gauge("waiting", "Something.", lambda: 1)


def test_a_gauge_is_read_when_somebody_asks() -> None:
    waiting: list[int] = []
    gauge(name := new_name(), "Documents that wait.", lambda: len(waiting))

    none = told()[name,]
    waiting.append(1)

    assert (none, told()[name,]) == (0, 1)


def test_a_gauge_that_cannot_be_said_is_left_out() -> None:
    gauge(name := new_name(), "Unknown.", lambda: None)

    assert (name,) not in told()


# ---- several processes ----


def test_the_numbers_of_forked_processes_are_added_up_and_wiped_by_the_first(
    tmp_path: Path,
) -> None:
    program = f"""
import os, pathlib
from service.web import metrics
done = metrics.counter("proofmark_done", "Done.")
try:
    with metrics.shared_by_processes(pathlib.Path({str(tmp_path)!r})) as folder:
        print(oct(folder.stat().st_mode & 0o777))
        done.count()
        for _ in range(2):
            child = os.fork()
            if child == 0:
                done.count(by=2)
                raise SystemExit
            os.waitpid(child, 0)
            metrics.forget_process(child)
        print(folder.is_dir(), *metrics.exposition().decode().splitlines())
finally:
    if child:
        print(folder.exists())
"""
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )

    mode, numbers, left = [line for line in ran.stdout.splitlines() if line]
    assert mode == "0o700"
    assert numbers.startswith("True ")
    assert "proofmark_done_total 5.0" in numbers
    assert left == "False"
    assert os.listdir(tmp_path) == []


def test_processes_cannot_share_once_something_was_counted() -> None:
    program = """
from service.web import metrics
metrics.counter("proofmark_done", "Done.").count()
with metrics.shared_by_processes():
    pass
"""
    ran = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True)

    assert ran.returncode == 1
    assert "RuntimeError: something was counted before" in ran.stderr


def test_the_clock_of_the_desk_is_not_asked_for_durations() -> None:
    since = Since()
    app = create_app(SETTINGS, verifier=StubVerifier(), evidence=StubEvidence(), clock=lambda: NOON)

    client_of(app).get("/healthz")

    assert since["proofmark_request_seconds_sum", "health.healthz"] > 0
