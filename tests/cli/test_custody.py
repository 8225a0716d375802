"""Keys and bundles from a terminal: rotated ahead, kept elsewhere, carried away."""

import json
from pathlib import Path
from typing import Any

import pytest

from keys.signer import PASSPHRASE_FILE_VARIABLE, KeySigner
from service.domain.dates import parse_instant, show_instant
from service.domain.people import COMMAND_LINE, Actor, Role
from service.registry import approvals, people
from service.registry.actions import actions
from service.registry.office import Office, elsewhere
from service.storage import body_keys, papers
from service.storage.database import Database
from service.storage.people import USER
from service.storage.published import Published
from tests.cli.conftest import Terminal
from tests.world import JUNE_15

BASE = "http://127.0.0.1:8000"
CB = f"{BASE}/cb/harrow"
DAY_S = 86_400


@pytest.fixture
def register(proofmark: Terminal, new_register: Path) -> Path:
    """A register with a certification body."""
    added = proofmark(
        "body", "add", CB, "--role", "certification_body", "--name", "Harrow", "--zone", "UTC"
    )
    assert added.exit_code == 0, added.output
    return new_register


def _keys(register: Path) -> list[body_keys.BodyKey]:
    database = Database(f"sqlite:///{register}/register.db")
    found = list(database.read(lambda c: body_keys.of(c, CB)))
    database.close()
    return found


def _old(register: Path) -> str:
    return next(key.kid for key in _keys(register) if "certificate" in key.purposes)


def _parameters(register: Path) -> dict[str, Any]:
    """What is proposed, by its action."""
    database = Database(f"sqlite:///{register}/register.db")
    found = database.read(lambda c: papers.listed(c, CB, approvals.KIND))
    database.close()
    return {one.content["action"]: one.content["parameters"] for one in found}


def test_a_new_key_signs_in_thirty_days_and_the_old_one_a_week_longer(
    proofmark: Terminal, register: Path
) -> None:
    result = proofmark("keys", "rotate", _old(register), "--body", CB)

    assert result.exit_code == 0, result.output
    proposed = _parameters(register)
    begins = JUNE_15 + 30 * DAY_S
    assert parse_instant(proposed["key.add"]["since"]) == begins
    assert parse_instant(proposed["key.end"]["until"]) == begins + 7 * DAY_S
    assert show_instant(begins) in result.output


def test_at_once_says_what_it_costs(proofmark: Terminal, register: Path) -> None:
    result = proofmark("keys", "rotate", _old(register), "--body", CB, "--at-once")

    assert "offline readers will not know the new key" in result.output
    assert "since" not in _parameters(register)["key.add"]


@pytest.mark.parametrize(("seconds", "refused"), [(0, True), (1, False)])
def test_the_old_key_ends_after_the_new_one_has_begun(
    proofmark: Terminal, register: Path, seconds: int, refused: bool
) -> None:
    begins = JUNE_15 + DAY_S
    result = proofmark(
        "keys", "rotate", _old(register), "--body", CB, "--begins", show_instant(begins),
        "--until", show_instant(begins + seconds),
    )  # fmt: skip

    assert ("BAD_PARAMETER" in result.output) is refused


def test_two_people_approve_what_the_terminal_has_proposed(
    proofmark: Terminal, register: Path
) -> None:
    proofmark("keys", "rotate", _old(register), "--body", CB)
    database = Database(f"sqlite:///{register}/register.db")
    from keys.custody import Keychain

    keychain = Keychain({PASSPHRASE_FILE_VARIABLE: str(register / "secrets" / "passphrase")})
    office = Office(
        database, Published(register / "evidence", BASE), keychain.signer, base=BASE
    )  # fmt: skip
    ids = [
        database.write(
            lambda c, name=name: people.invite(  # type: ignore[misc]
                c, COMMAND_LINE, name, at=JUNE_15, role=Role.OPERATOR, body="service"
            )
        )[0].id
        for name in ("Ada", "Ben")
    ]
    for paper in database.read(lambda c: papers.listed(c, CB, approvals.KIND)):
        for id in ids:
            database.write(
                lambda c, paper=paper, id=id: approvals.approve(  # type: ignore[misc]
                    c, actions(office), Actor(USER, id), CB, paper.subject,
                    digest=paper.content["digest"], at=JUNE_15 + 60,
                )
            )  # fmt: skip
    database.close()
    signing = [key for key in _keys(register) if "certificate" in key.purposes]
    (old,) = [key for key in signing if key.until is not None]
    (new,) = [key for key in signing if key.until is None]

    begins = JUNE_15 + 30 * DAY_S
    at = [JUNE_15 + 120, begins - 1, begins, begins + 7 * DAY_S]
    assert [old.usable("certificate", one) for one in at] == [True, True, True, False]
    assert [new.usable("certificate", one) for one in at] == [False, False, True, True]


def test_a_body_that_signs_elsewhere_enrols_its_public_key(
    proofmark: Terminal, register: Path
) -> None:
    other = f"{BASE}/cb/elsewhere"
    proofmark(
        "body", "add", other, "--role", "certification_body", "--name", "E", "--zone", "UTC",
        "--no-keys",
    )  # fmt: skip
    file = register / "public.json"
    file.write_text(json.dumps(KeySigner.generate("elsewhere-1").public_jwk()), "utf-8")
    result = proofmark(
        "keys", "new", "--body", other, "--purpose", "certificate", "--jwk", str(file)
    )  # fmt: skip

    assert "elsewhere-1 signs for" in result.output
    database = Database(f"sqlite:///{register}/register.db")
    (key,) = database.read(lambda c: body_keys.of(c, other))
    database.close()
    assert key.reference == "external"
    with pytest.raises(Exception, match="KEY_ELSEWHERE"):
        elsewhere(key.reference)


def test_a_private_key_is_not_taken_for_a_public_one(proofmark: Terminal, register: Path) -> None:
    file = register / "private.json"
    jwk = KeySigner.generate("elsewhere-2").public_jwk() | {"d": "AAAA"}
    file.write_text(json.dumps(jwk), "utf-8")
    result = proofmark(
        "keys", "new", "--body", CB, "--purpose", "certificate", "--jwk", str(file)
    )  # fmt: skip

    assert result.exit_code != 0
    assert "AAAA" not in result.output


def test_a_bundle_is_made_shown_and_checked_by(
    proofmark: Terminal, bundle: Path, token: str, tmp_path: Path
) -> None:
    out = tmp_path / "carried"
    made = proofmark("bundle", "make", out, "--from", bundle)
    again = proofmark("bundle", "make", out, "--from", bundle)
    shown = proofmark("bundle", "show", out)
    checked = proofmark("verify", token, "--bundle", out, "--no-state")

    assert made.exit_code == 0, made.output
    assert "ALREADY_EXISTS" in again.output
    assert "statements" in shown.output
    assert "records     1, issued 2026-06-15T11:00:00Z" in shown.output
    assert "not used" not in shown.output
    assert checked.exit_code == 0, checked.output


def test_what_cannot_be_used_is_left_out_and_named(
    proofmark: Terminal, bundle: Path, tmp_path: Path
) -> None:
    (bundle / "status" / "torn.jwt").write_text("eyJ", "ascii")
    made = proofmark("bundle", "make", tmp_path / "carried", "--from", bundle)
    shown = proofmark("bundle", "show", bundle)

    assert "torn.jwt" in made.output
    assert "not used  status/torn.jwt: TOKEN_MALFORMED" in shown.output


def test_a_folder_without_anchors_is_no_bundle(proofmark: Terminal, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    assert proofmark("bundle", "show", tmp_path / "empty").exit_code != 0
