"""People and keys from a terminal: the first person is invited here."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from keys.signer import KeySigner
from service.commands.api_keys import api_key
from service.commands.desk import Run
from service.commands.door import Door
from service.commands.people import user
from service.config import Settings
from service.domain.people import Actor, Power
from service.registry.people import read_code
from service.storage import machines
from service.storage.database import Database
from service.storage.people import USER, user_named
from service.storage.signing_in import code_user
from tests.registry.staff import CB_A, NOON, Staff

Command = Callable[..., Result]


@pytest.fixture
def staff(database: Database) -> Staff:
    return Staff(database)


def through(settings: Settings, *words: str) -> Result:
    """Run some words through the door of the command."""
    main = Door(commands=[user, api_key])
    return CliRunner().invoke(main, words, obj=Run(lambda: NOON, lambda: settings))


@pytest.fixture
def proofmark(staff: Staff, database_address: str) -> Command:
    settings = Settings(base_url="https://proofmark.example", database=database_address)

    def run(*words: str, code: int = 0) -> Result:
        done = through(settings, *words)
        assert done.exit_code == code, done.output
        return done

    return run


def powers(staff: Staff, name: str, body: str) -> frozenset[Power]:
    found = staff.database.read(lambda c: user_named(c, name))
    return staff.powers(Actor(USER, found.id), body)


def test_the_first_person_is_invited_with_a_code_that_works(
    proofmark: Command, staff: Staff
) -> None:
    said = proofmark("user", "invite", "Ada Lovell", "--role", "operator").stdout

    code = said.partition("Code: ")[2].partition("\n")[0]
    assert f"https://proofmark.example/join#{code}" in said
    id = staff.database.read(lambda c: code_user(c, read_code(code), at=NOON))
    assert id == staff.database.read(lambda c: user_named(c, "ada lovell")).id
    assert Power.PEOPLE in powers(staff, "Ada Lovell", "service")


def test_roles_are_given_and_taken(proofmark: Command, staff: Staff) -> None:
    proofmark("user", "invite", "Ada")
    proofmark("user", "role", "add", "Ada", "--role", "decision_maker", "--body", CB_A)
    assert Power.DECIDE in powers(staff, "Ada", CB_A)

    proofmark("user", "role", "remove", "Ada", "--role", "decision_maker", "--body", CB_A)

    assert powers(staff, "Ada", CB_A) == frozenset()


def test_people_are_listed_with_their_roles(proofmark: Command) -> None:
    proofmark("user", "invite", "Ben", "--role", "auditor", "--body", CB_A)
    proofmark("user", "invite", "Ada")
    proofmark("user", "deactivate", "Ada")

    assert proofmark("user", "list").stdout == f"Ada (closed)\nBen\n  auditor at {CB_A}\n"
    found = json.loads(proofmark("user", "list", "--json").stdout)
    assert [(one["name"], one["closed"], one["roles"]) for one in found["users"]] == [
        ("Ada", True, []),
        ("Ben", False, [{"role": "auditor", "body": CB_A}]),
    ]


def test_a_lost_passkey_is_made_up_for_by_a_new_code(proofmark: Command) -> None:
    first = proofmark("user", "invite", "Ada").stdout
    second = proofmark("user", "code", "Ada").stdout

    assert second.startswith("Code: ")
    assert first.partition("Code: ")[2] != second.partition("Code: ")[2]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("user", "invite", "ada"), "ALREADY_EXISTS: Somebody has this name already."),
        (("user", "code", "Nobody"), "NOT_FOUND: Nobody has this name."),
        (("user", "role", "add", "Ada", "--role", "auditor", "--body", "x"), "NOT_FOUND: "),
        (("api-key", "revoke", "pmk_0"), "NOT_FOUND: There is no such key or client."),
    ],
)
def test_what_cannot_be_done_is_said_in_one_sentence(
    proofmark: Command, words: tuple[str, ...], said: str
) -> None:
    proofmark("user", "invite", "Ada")

    done = proofmark(*words, code=2)

    assert done.stderr.startswith(f"proofmark: {said}")
    assert "Traceback" not in done.output


def test_a_key_is_printed_once_and_revoked_by_its_id(proofmark: Command, staff: Staff) -> None:
    made = proofmark(
        "api-key", "new", "Labels", "--body", CB_A, "--role", "auditor", "--power", "read",
        "--days", "30",
    )  # fmt: skip
    secret = made.stdout.strip()
    id = secret[:16]

    def good() -> bool:
        found = staff.database.read(lambda c: machines.of_secret(c, secret, at=NOON))
        return found is not None

    assert good()
    assert made.stderr == f"{id} expires 2026-07-15T12:00:00Z.\n"
    (row,) = json.loads(proofmark("api-key", "list", "--json").stdout)["keys"]
    assert (row["id"], row["powers"], row["good"]) == (id, ["read"], True)
    assert secret not in proofmark("api-key", "list").stdout
    proofmark("api-key", "revoke", id)
    assert not good()
    assert f"{id} (ended)" in proofmark("api-key", "list").stdout


def test_a_client_is_registered_by_its_public_key(proofmark: Command, tmp_path: Path) -> None:
    file = tmp_path / "key.json"
    file.write_text(json.dumps(KeySigner.generate("works-1").public_jwk()))
    words = ("api-key", "client", "Works", str(file), "--body", CB_A, "--role", "register_officer")

    assert proofmark(*words).stdout.startswith("pmc_")
    assert "KEY_SHARED" in proofmark(*words, code=2).stderr


def test_without_its_tables_the_register_says_what_to_run(
    empty_database: Database, tmp_path: Path
) -> None:
    address = empty_database.url.render_as_string(hide_password=False)
    settings = Settings(base_url="https://proofmark.example", database=address)

    done = through(settings, "user", "list")

    assert done.exit_code == 3
    assert done.stderr == "proofmark: DATABASE_OLD: Run `proofmark db upgrade` first.\n"
