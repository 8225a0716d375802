"""The public register: found exactly, said plainly, never browsed (adversarial W04, W20)."""

from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import pytest
from flask.testing import FlaskClient

from service.domain.refusal import Denied
from service.registry import entries
from service.storage import ledger
from service.storage.database import Database
from service.verifier import Verifier
from service.web.app import create_app
from service.web.register import RegisterDesk
from tests.registry.desk import CB, DECIDED, SETUP, RegisterWorld, dossier, open_world
from tests.web.desk import PAGE, SETTINGS, Outline, client_of

pytestmark = pytest.mark.parametrize("database_address", ["sqlite"], indirect=True)
HOLDER = "Harrow Looms Ltd"


@dataclass
class Counter:
    """A public register with one certificate in it."""

    world: RegisterWorld
    client: FlaskClient
    number: str

    @property
    def path(self) -> str:
        return f"/c/cb/harrowgate/{self.number}"

    def look(self, path: str) -> str:
        return Outline(self.client.get(path, headers=PAGE, follow_redirects=True).text).text

    def hide(self, confidential: bool = True) -> None:
        self.world.office.database.write(
            lambda c: entries.set_confidential(
                c, SETUP, CB, self.number, confidential, at=self.world.at
            )
        )


@pytest.fixture
def counter(database: Database, tmp_path: Path) -> Counter:
    world = open_world(database, tmp_path / "evidence")
    number = world.issue(dossier(**DECIDED)).number
    world.publish()
    return Counter(world, _client(world), number)


def _client(world: RegisterWorld, **changes: Any) -> FlaskClient:
    evidence = world.office.evidence
    app = create_app(
        replace(SETTINGS, **changes),
        verifier=Verifier(evidence.anchors, evidence, evidence, evidence),
        evidence=evidence, clock=lambda: world.at, register=RegisterDesk.of(world.office),
    )  # fmt: skip
    return client_of(app)


def test_an_entry_shows_what_it_is_now_and_what_happened(counter: Counter) -> None:
    counter.world.act(counter.number, "suspend", reason="failure")
    counter.world.publish()
    shown = counter.look(counter.path)

    assert "Verdict: Rejected" in shown
    assert HOLDER in shown
    assert shown.index("Suspended") < shown.index("Granted")
    assert "20 April 2026" in shown.replace("\xa0", " ")


@pytest.mark.parametrize("spelling", [str.lower, str.upper, lambda text: f"  {text} "])
def test_a_number_is_found_in_any_spelling(counter: Counter, spelling: Any) -> None:
    found = counter.client.get("/c", query_string={"number": spelling(counter.number)})

    assert found.status_code == 303
    assert found.headers["Location"] == counter.path


@pytest.mark.parametrize(
    ("name", "status"), [(HOLDER, 303), (HOLDER.upper(), 303), ("Harrow Looms", 404), ("%", 404)]
)
def test_a_holder_is_found_by_the_exact_name_alone(
    counter: Counter, name: str, status: int
) -> None:
    assert counter.client.get("/c", query_string={"holder": name}).status_code == status


def test_what_is_not_here_is_not_called_fake(counter: Counter) -> None:
    answer = counter.client.get("/c?number=CB-X/1", headers=PAGE)

    assert answer.status_code == 404
    assert "Not found here" in answer.text
    assert "does not mean fake" in answer.text


def test_a_confidential_entry_is_said_to_be_and_shows_nothing(counter: Counter) -> None:
    counter.hide()
    shown = counter.look(counter.path)
    by_name = counter.client.get("/c", query_string={"holder": HOLDER})

    assert "Ask the holder for the code" in shown
    assert HOLDER not in shown
    assert by_name.status_code == 404
    counter.hide(False)
    assert HOLDER in counter.look(counter.path)


def test_who_hid_an_entry_stands_in_the_ledger(counter: Counter) -> None:
    counter.hide()
    counter.hide()
    read = counter.world.office.database.read

    told = read(lambda c: [one.type for one in ledger.history(c, CB, subject=counter.number)])
    assert told.count("unlisted") == 1


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/c/..%2f..%2fetc%2fpasswd", 404),
        ("/c/cb/harrowgate/..%2f..%2fx", 404),
        ("/c/cb/harrowgate/CON", 404),
        ("/c/cb/harrowgate", 404),
        ("/c/cb/nobody/1", 404),
        ("/c?number=a%00b", 400),
        ("/c/cb/harrowgate/a%00b", 400),
    ],
)
def test_w04_a_path_is_looked_up_as_a_text_and_never_joined(
    counter: Counter, path: str, status: int
) -> None:
    assert counter.client.get(path).status_code == status


def test_there_is_no_list_to_browse(counter: Counter) -> None:
    empty = counter.look("/c")

    assert HOLDER not in empty
    assert counter.number not in empty


def test_w20_after_the_limit_numbers_are_refused_and_codes_are_not(counter: Counter) -> None:
    client = _client(counter.world, look_up_per_minute=5)
    tried = [client.get(f"/c?number=N-{count}").status_code for count in range(7)]

    assert tried == [404] * 5 + [429] * 2
    assert client.get(counter.path).status_code == 429
    assert client.get("/q/1").status_code == 200


def test_w20_known_and_unknown_numbers_take_the_same_time(counter: Counter) -> None:
    client = _client(counter.world, look_up_per_minute=0)

    def spent(number: str) -> float:
        start = perf_counter()
        client.get("/c", query_string={"number": number})
        return perf_counter() - start

    rounds = [(spent(counter.number), spent("CB-X/1")) for _ in range(30)]
    known, unknown = (median(column) for column in zip(*rounds, strict=True))
    assert abs(known - unknown) < 0.005


def test_nobody_from_another_body_hides_an_entry(counter: Counter) -> None:
    from service.domain.people import CLOCK

    with pytest.raises(Denied, match="NOT_FOUND"):
        counter.world.office.database.write(
            lambda c: entries.set_confidential(c, CLOCK, CB, "no such", True, at=0)
        )
