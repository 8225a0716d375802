"""The ring of one issuer: exact names, purposes, windows, losses (security.md section 3)."""

from dataclasses import replace
from typing import Any

import pytest

from keys.jwk import KeyRefused
from keys.keyring import KeyEntry, Keyring
from keys.signer import KeySigner

FIRST, LAST = 1_767_225_600, 1_772_323_200  # 2026-01-01 and 2026-03-01, UTC
KEY = KeySigner.unsafe_from_seed(b"tests/keyring", "cb1-2026").public
OTHER = KeySigner.unsafe_from_seed(b"tests/keyring/other", "cb1-2026").public
CERTIFICATES = frozenset({"certificate"})
ENTRY = KeyEntry(KEY, CERTIFICATES, FIRST, LAST, None)


def refusal(*entries: KeyEntry, **asked: Any) -> str:
    with pytest.raises(KeyRefused) as refused:
        find(*entries, **asked)
    return refused.value.code


def find(*entries: KeyEntry, kid: str | None = "cb1-2026", **asked: Any) -> str:
    asked = {"algorithm": "ES256", "purpose": "certificate", "signed_at": FIRST, **asked}
    return Keyring(entries).find(kid, **asked).thumbprint


def test_a_key_is_found_by_its_name() -> None:
    assert find(ENTRY) == KEY.thumbprint


@pytest.mark.parametrize(
    "kid",
    [
        None, "", "CB1-2026", "cb1-2026 ", "cb1-202", "cb2-2026", "../../../../dev/null",
        "file:///etc/passwd", "x' OR '1'='1", "'; DROP TABLE keys;--", KEY.thumbprint,
    ],
)  # fmt: skip
def test_no_other_name_finds_it(kid: str | None) -> None:
    assert refusal(ENTRY, kid=kid) == "KEY_UNKNOWN"


def test_an_empty_ring_knows_nobody() -> None:
    assert refusal() == "KEY_UNKNOWN"


def test_the_algorithm_is_that_of_the_key() -> None:
    assert refusal(ENTRY, algorithm="EdDSA") == "JOSE_ALG_KEY_MISMATCH"


def test_a_key_signs_only_what_it_is_for() -> None:
    status = replace(ENTRY, purposes=frozenset({"status"}))

    assert refusal(status) == "KEY_USE"
    assert find(status, purpose="status") == KEY.thumbprint
    assert refusal(replace(ENTRY, purposes=frozenset())) == "KEY_USE"


def test_the_first_second_is_inside_the_window_and_the_last_is_not() -> None:
    assert refusal(ENTRY, signed_at=FIRST - 1) == "KEY_NOT_YET_VALID"
    assert find(ENTRY, signed_at=FIRST) == KEY.thumbprint
    assert find(ENTRY, signed_at=LAST - 1) == KEY.thumbprint
    assert refusal(ENTRY, signed_at=LAST) == "KEY_RETIRED"


def test_a_key_without_an_end_is_not_retired() -> None:
    assert find(replace(ENTRY, until=None), signed_at=4_000_000_000) == KEY.thumbprint


def test_a_token_that_does_not_say_when_it_was_signed_passes_the_window() -> None:
    assert find(ENTRY, signed_at=None) == KEY.thumbprint


@pytest.mark.parametrize("revoked", [0, FIRST - 1, FIRST + 10, LAST + 10])
def test_a_lost_key_proves_nothing_not_even_what_it_signed_before(revoked: int) -> None:
    lost = replace(ENTRY, revoked=revoked)

    assert refusal(lost) == "KEY_REVOKED"
    assert refusal(lost, signed_at=None) == "KEY_REVOKED"


def test_the_order_is_name_algorithm_purpose_window_loss() -> None:
    lost = replace(ENTRY, revoked=FIRST)
    asked: dict[str, Any] = {"kid": "x", "algorithm": "EdDSA", "purpose": "record", "signed_at": 0}
    codes = [refusal(lost, **asked)]
    for name in list(asked):
        del asked[name]
        codes.append(refusal(lost, **asked))

    assert codes == [
        "KEY_UNKNOWN", "JOSE_ALG_KEY_MISMATCH", "KEY_USE", "KEY_NOT_YET_VALID", "KEY_REVOKED",
    ]  # fmt: skip


def test_two_accreditations_may_name_one_key_for_different_things_and_times() -> None:
    later = KeyEntry(KEY, frozenset({"certificate", "record"}), LAST + 100, None, None)
    both = (ENTRY, later)

    assert find(*both, signed_at=FIRST) == find(*both, signed_at=LAST + 100) == KEY.thumbprint
    assert find(*both, purpose="record", signed_at=LAST + 100) == KEY.thumbprint
    assert refusal(*both, purpose="record", signed_at=FIRST) == "KEY_NOT_YET_VALID"
    assert refusal(*both, signed_at=FIRST - 1) == "KEY_NOT_YET_VALID"
    assert refusal(*both, signed_at=LAST) == "KEY_RETIRED"


def test_a_key_lost_for_one_purpose_is_lost_for_all() -> None:
    lost = replace(ENTRY, purposes=frozenset({"status"}), revoked=LAST)

    assert refusal(ENTRY, lost) == refusal(lost, ENTRY) == "KEY_REVOKED"


def test_one_name_for_two_keys_is_no_ring() -> None:
    assert refusal(ENTRY, replace(ENTRY, key=OTHER)) == "KEY_DUPLICATE_KID"


def test_equal_rings_are_one_in_a_set() -> None:
    assert {Keyring([ENTRY]), Keyring((ENTRY,))} == {Keyring([ENTRY])}
