"""Signers: what they publish, what they sign, and the files their keys rest in."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from keys.jwk import KeyRefused, import_public
from keys.signer import (
    KeyFileRefused,
    KeySigner,
    Signer,
    load_key_file,
    read_passphrase,
    write_key_file,
)

PASSPHRASE = b"a long passphrase made by a machine"


@pytest.fixture
def signer() -> KeySigner:
    return KeySigner.unsafe_from_seed(b"tests/signer", "cb1-2026")


@pytest.fixture
def key_file(tmp_path: Path, signer: KeySigner) -> Path:
    path = tmp_path / "cb1-2026.pem"
    write_key_file(path, signer, PASSPHRASE)
    return path


@pytest.fixture(autouse=True)
def everything_allowed_by_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def refusal(path: Path, passphrase: bytes | None = PASSPHRASE) -> str:
    with pytest.raises(KeyFileRefused) as refused:
        load_key_file(path, passphrase)
    return refused.value.code


# Keys in memory


@pytest.mark.parametrize(
    ("label", "thumbprint"),
    [
        ("anchor", "SzczzX2LZxQDq6OB5mMuLfGPhQiX_dzcwbA2dOU_8EY"),
        ("ab", "XSN5SSwnYnqGdfsXbhrxXZCMcomoCmLFgSa-qgbayF4"),
        ("cb", "8PecxKaAAEl8MuakYSaRd9ckLjlclUq92KG-JfdhS1c"),
        ("cb-cert", "dDnED_ho5bAa752ljlwT-95UVTbhnmm4KBxfpazHI5A"),
        ("cb-status", "M43_hFrqNiFJWo_IUPYYc6MojwEkZCzx1-itvjsho1E"),
    ],
)
def test_the_test_keys_of_the_formats_have_their_thumbprints(label: str, thumbprint: str) -> None:
    signer = KeySigner.unsafe_from_seed(f"proofmark-formats/{label}".encode())

    assert signer.public.thumbprint == signer.kid == thumbprint


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA"])
def test_a_new_key_is_new_and_called_by_its_thumbprint(algorithm: str) -> None:
    one, two = (KeySigner.generate(algorithm=algorithm) for _ in range(2))

    assert one.algorithm == algorithm
    assert one.kid == one.public.thumbprint != two.kid
    assert KeySigner.generate("cb1-2026", algorithm).kid == "cb1-2026"


def test_keys_are_made_only_for_what_is_verified() -> None:
    with pytest.raises(ValueError, match="ES256"):
        KeySigner.generate(algorithm="RS256")


def test_a_name_that_no_reader_would_take_is_not_given() -> None:
    with pytest.raises(KeyRefused, match="KEY_INVALID"):
        KeySigner.generate("a b")


@pytest.mark.parametrize(
    "private",
    [
        ec.generate_private_key(ec.SECP384R1()),
        ec.generate_private_key(ec.BrainpoolP256R1()),
        rsa.generate_private_key(65537, 2048),
    ],
)
def test_other_kinds_of_key_do_not_sign(
    private: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey,
) -> None:
    with pytest.raises(KeyRefused, match="KEY_TYPE_NOT_ALLOWED"):
        KeySigner.of(private)


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA"])
def test_what_it_publishes_verifies_what_it_signs_here_and_elsewhere(algorithm: str) -> None:
    signer: Signer = KeySigner.generate(algorithm=algorithm)
    signature = signer.sign(b"message")

    assert len(signature) == 64
    assert import_public(signer.public_jwk()).verify(signature, b"message")
    assert jwt.PyJWK(signer.public_jwk()).Algorithm.verify(
        b"message", jwt.PyJWK(signer.public_jwk()).key, signature
    )


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA"])
def test_one_seed_gives_one_key_and_one_signature(algorithm: str) -> None:
    one, two = (KeySigner.unsafe_from_seed(b"seed", algorithm=algorithm) for _ in range(2))

    assert one == two
    assert one.sign(b"message") == two.sign(b"message")
    assert KeySigner.unsafe_from_seed(b"other", algorithm=algorithm) != one


def test_a_signer_shows_nothing_of_its_secret(signer: KeySigner) -> None:
    private = signer._private
    assert isinstance(private, ec.EllipticCurvePrivateKey)
    secret = private.private_numbers().private_value
    shown = f"{signer} {signer!r} {signer.public!r} {signer.public_jwk()}"

    assert str(secret) not in shown
    assert f"{secret:x}" not in shown
    assert "PrivateKey" not in shown


# Key files


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA"])
def test_a_key_rests_in_its_file_and_comes_back(tmp_path: Path, algorithm: str) -> None:
    signer = KeySigner.generate(algorithm=algorithm)
    path = tmp_path / f"{signer.kid}.pem"

    write_key_file(path, signer, PASSPHRASE)
    loaded = load_key_file(path, PASSPHRASE)

    assert loaded == signer
    assert signer.public.verify(loaded.sign(b"message"), b"message")
    assert path.read_bytes().startswith(b"-----BEGIN ENCRYPTED PRIVATE KEY-----")


def test_a_key_file_is_for_its_owner_alone_and_leaves_nothing_beside_it(key_file: Path) -> None:
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    assert list(key_file.parent.iterdir()) == [key_file]
    assert key_file.stat().st_nlink == 1


def test_a_key_file_is_never_overwritten(key_file: Path) -> None:
    before = key_file.read_bytes()

    with pytest.raises(FileExistsError):
        write_key_file(key_file, KeySigner.generate("cb1-2026"), PASSPHRASE)

    assert key_file.read_bytes() == before
    assert list(key_file.parent.iterdir()) == [key_file]


def test_a_link_in_the_place_of_a_new_key_file_is_not_followed(
    tmp_path: Path, signer: KeySigner
) -> None:
    (tmp_path / "cb1-2026.pem").symlink_to(tmp_path / "elsewhere")

    with pytest.raises(FileExistsError):
        write_key_file(tmp_path / "cb1-2026.pem", signer, PASSPHRASE)

    assert not (tmp_path / "elsewhere").exists()


def test_a_key_file_is_called_by_its_key(tmp_path: Path, signer: KeySigner) -> None:
    with pytest.raises(ValueError, match="called by its key"):
        write_key_file(tmp_path / "other.pem", signer, PASSPHRASE)


def test_a_key_is_not_written_without_a_passphrase(tmp_path: Path, signer: KeySigner) -> None:
    with pytest.raises(ValueError, match=r".+"):
        write_key_file(tmp_path / "cb1-2026.pem", signer, b"")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601, 0o660, 0o777])
def test_a_key_file_open_to_others_is_refused(key_file: Path, mode: int) -> None:
    key_file.chmod(mode)

    assert refusal(key_file) == "KEY_FILE_PERMISSIONS"


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o700])
def test_a_key_file_closed_to_others_is_read(key_file: Path, mode: int) -> None:
    key_file.chmod(mode)

    assert load_key_file(key_file, PASSPHRASE).kid == "cb1-2026"


def test_a_key_file_of_somebody_else_is_refused(
    key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    somebody = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: somebody)

    assert refusal(key_file) == "KEY_FILE_PERMISSIONS"


def test_a_link_to_a_key_file_is_refused(key_file: Path) -> None:
    link = key_file.with_name("cb1-2027.pem")
    link.symlink_to(key_file)

    assert refusal(link) == "KEY_FILE_PERMISSIONS"


def test_what_is_no_plain_file_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "cb1-2026.pem", 0o600)
    (tmp_path / "cb1-2027.pem").mkdir(0o700)

    assert refusal(tmp_path / "cb1-2026.pem") == "KEY_FILE_PERMISSIONS"
    assert refusal(tmp_path / "cb1-2027.pem") == "KEY_FILE_PERMISSIONS"


def test_a_missing_key_file_is_missing(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        load_key_file(tmp_path / "cb1-2026.pem", PASSPHRASE)


@pytest.mark.parametrize("passphrase", [None, b"", b"wrong", PASSPHRASE + b"\n"])
def test_without_the_passphrase_a_key_file_stays_locked(
    key_file: Path, passphrase: bytes | None
) -> None:
    assert refusal(key_file, passphrase) == "KEY_FILE_LOCKED"


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
def test_a_key_in_clear_is_refused(tmp_path: Path, form: PrivateFormat) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    path = tmp_path / "cb1-2026.pem"
    path.write_bytes(private.private_bytes(Encoding.PEM, form, NoEncryption()))
    path.chmod(0o600)

    assert refusal(path) == refusal(path, None) == "KEY_FILE_LOCKED"


def test_a_key_encrypted_in_the_old_manner_is_refused(tmp_path: Path) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    encryption = BestAvailableEncryption(PASSPHRASE)
    path = tmp_path / "cb1-2026.pem"
    path.write_bytes(
        private.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, encryption)
    )
    path.chmod(0o600)

    assert refusal(path) == "KEY_FILE_LOCKED"


@pytest.mark.parametrize("kept", [0, 10, 37, 100, -40])
def test_a_damaged_key_file_is_refused(key_file: Path, kept: int) -> None:
    key_file.write_bytes(key_file.read_bytes()[:kept])

    assert refusal(key_file) == "KEY_FILE_LOCKED"


def test_a_key_file_with_another_kind_of_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cb1-2026.pem"
    pem = ec.generate_private_key(ec.SECP384R1()).private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(PASSPHRASE)
    )
    path.write_bytes(pem)
    path.chmod(0o600)

    with pytest.raises(KeyRefused, match="KEY_TYPE_NOT_ALLOWED"):
        load_key_file(path, PASSPHRASE)


def test_a_refusal_shows_neither_file_nor_passphrase(key_file: Path) -> None:
    with pytest.raises(KeyFileRefused) as refused:
        load_key_file(key_file, b"guessed passphrase")

    assert refused.value.args == ("KEY_FILE_LOCKED",)
    assert refused.value.__suppress_context__


# Passphrases


def test_a_passphrase_comes_from_the_setting_then_the_named_file_then_the_environment(
    tmp_path: Path,
) -> None:
    (tmp_path / "set").write_bytes(b"from the setting\n")
    (tmp_path / "named").write_bytes(b"from the named file\n\n")
    environ = {
        "PROOFMARK_KEY_PASSPHRASE_FILE": str(tmp_path / "named"),
        "PROOFMARK_KEY_PASSPHRASE": "from the environment",
    }

    assert read_passphrase(environ, tmp_path / "set") == b"from the setting"
    assert read_passphrase(environ) == b"from the named file\n"
    del environ["PROOFMARK_KEY_PASSPHRASE_FILE"]
    assert read_passphrase(environ) == b"from the environment"
    assert read_passphrase({}) is None


def test_a_passphrase_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_passphrase({"PROOFMARK_KEY_PASSPHRASE": "other"}, tmp_path / "missing")
