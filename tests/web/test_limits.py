"""How much one client may ask (adversarial W20, W23), and what is never limited."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from service.web.app import create_app
from service.web.limits import Buckets, client
from tests.web.desk import SETTINGS, StubEvidence, StubVerifier, client_of


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.at = 1_781_524_800

    def __call__(self) -> int:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def asking(clock: Clock) -> Callable[..., FlaskClient]:
    """Clients of a service with a limit of six checks and three sign-ins a minute."""
    settings = replace(SETTINGS, verify_per_minute=6, sign_in_per_minute=3)
    app = create_app(settings, verifier=StubVerifier(), evidence=StubEvidence(), clock=clock)
    return lambda: client_of(app)


def _verify(client: FlaskClient, address: str = "192.0.2.7") -> int:
    return client.post(
        "/api/v1/verify", json={"text": "x"}, environ_base={"REMOTE_ADDR": address}
    ).status_code


def test_after_the_limit_a_check_is_429_and_told_when_to_come_back(
    asking: Callable[..., FlaskClient],
) -> None:
    one = asking()
    served = [_verify(one) for _ in range(6)]
    refused = one.post(
        "/api/v1/verify", json={"text": "x"}, environ_base={"REMOTE_ADDR": "192.0.2.7"}
    )

    assert served == [200] * 6
    assert refused.status_code == 429
    assert refused.json is not None
    assert refused.json["code"] == "RATE_LIMITED"
    assert refused.headers["Retry-After"] == "10"


def test_a_bucket_fills_evenly_and_its_second_counts(
    asking: Callable[..., FlaskClient], clock: Clock
) -> None:
    one = asking()
    for _ in range(6):
        _verify(one)
    clock.at += 9
    too_early = _verify(one)
    clock.at += 1

    assert (too_early, _verify(one), _verify(one)) == (429, 200, 429)


def test_two_clients_do_not_share(asking: Callable[..., FlaskClient]) -> None:
    one = asking()
    for _ in range(7):
        _verify(one)

    assert _verify(one) == 429
    assert _verify(one, "192.0.2.8") == 200


def test_a_reader_sees_a_page(asking: Callable[..., FlaskClient]) -> None:
    one = asking()
    for _ in range(6):
        _verify(one, "127.0.0.1")
    page = one.get("/q/1", headers={"Accept": "text/html"})

    assert page.status_code == 429
    assert "Too many requests" in page.text
    assert page.headers["Retry-After"] == "10"


@pytest.mark.parametrize(
    "path", ["/", "/codes", "/healthz", "/cb/a/status/1", "/static/tokens.css"]
)
def test_evidence_health_and_plain_pages_are_never_limited(
    asking: Callable[..., FlaskClient], path: str
) -> None:
    one = asking()
    for _ in range(9):
        _verify(one, "127.0.0.1")

    assert {one.get(path).status_code for _ in range(30)}.isdisjoint({429})


def test_zero_is_no_limit(clock: Clock) -> None:
    settings = replace(SETTINGS, verify_per_minute=0)
    app = create_app(settings, verifier=StubVerifier(), evidence=StubEvidence(), clock=clock)

    assert {_verify(client_of(app)) for _ in range(700)} == {200}


@pytest.mark.parametrize(
    ("address", "who"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        (None, "unknown"),
        ("", "unknown"),
    ],
)
def test_who_a_client_is(address: str | None, who: str) -> None:
    assert client(address) == who


def test_what_is_remembered_is_bounded_and_the_quietest_is_forgotten(clock: Clock) -> None:
    buckets = Buckets(1, clock, most=3)
    for name in ("a", "b", "c"):
        buckets.take(name)
    a_again = buckets.take("a")
    buckets.take("d")

    assert a_again == 60
    assert len(buckets) == 3
    assert buckets.take("b") == 0  # it was the quietest
    assert buckets.take("a") == 60


def test_a_clock_that_goes_back_gives_nothing_away(clock: Clock) -> None:
    buckets = Buckets(1, clock)
    buckets.take("a")
    clock.at -= 600

    assert buckets.take("a") == 60
