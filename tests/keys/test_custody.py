"""Keys in custody: what a reference opens; hardware modules have `test_pkcs11`."""

from pathlib import Path

import pytest

from keys.custody import Keychain, KeyUnusable, new_key, new_passphrase_file, open_signer
from keys.reference import parse_reference


def test_a_key_file_is_made_and_opened_by_its_reference(tmp_path: Path) -> None:
    new_passphrase_file(tmp_path / "passphrase")
    environ = {"PROOFMARK_KEY_PASSPHRASE_FILE": str(tmp_path / "passphrase")}
    reference = parse_reference(f"file:{tmp_path}/cb-2026.pem")

    made = new_key(reference, environ, "cb-2026")

    assert open_signer(reference, environ).public_jwk() == made.public_jwk()
    chain = Keychain(environ)
    assert chain.signer(str(reference)) is chain.signer(reference)
    assert (tmp_path / "passphrase").stat().st_mode & 0o077 == 0
    with pytest.raises(KeyUnusable, match="KEY_FILE_LOCKED"):
        open_signer(reference, {})
    with pytest.raises(KeyUnusable, match="KEY_EXISTS"):
        new_key(reference, environ, "cb-2026")
    with pytest.raises(FileExistsError):
        new_passphrase_file(tmp_path / "passphrase")


def test_a_body_that_signs_elsewhere_has_no_signer_here() -> None:
    with pytest.raises(KeyUnusable, match="KEY_ELSEWHERE"):
        open_signer(parse_reference("external"), {})


@pytest.mark.parametrize(
    "text",
    ["", "file:", "pkcs11:", "pkcs11:object=a", "pkcs11:token=a;object=b?pin-value=1234",
     "pkcs11:token=a;object=b?module-path=relative.so", "vault:a"],
)  # fmt: skip
def test_a_reference_that_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(KeyUnusable, match="KEY_REFERENCE"):
        parse_reference(text)
