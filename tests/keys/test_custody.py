"""Keys in custody: files, and a real PKCS#11 module (SoftHSM2), opened by one reference."""

import os
import subprocess
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from keys.custody import Keychain, KeyUnusable, new_key, new_passphrase_file, open_signer
from keys.jwk import import_public
from keys.reference import InModule, parse_reference

_LIBRARIES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
)
_PIN = "2648-0193"


@pytest.fixture(scope="module")
def module(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """The environment of a new token; the module is loaded once in a process, so once for all."""
    library = next((one for one in _LIBRARIES if Path(one).exists()), None)
    if library is None:
        missing = "SoftHSM2 is missing: apt-get install softhsm2"
        if os.environ.get("PROOFMARK_REQUIRE_HSM"):
            pytest.fail(missing)
        pytest.skip(missing)
    folder = tmp_path_factory.mktemp("tokens")
    conf = folder / "softhsm2.conf"
    conf.write_text(f"directories.tokendir = {folder}\nobjectstore.backend = file\n")
    os.environ["SOFTHSM2_CONF"] = str(conf)
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", "bodies",  # noqa: S607
         "--pin", _PIN, "--so-pin", "11112222"], check=True, capture_output=True,
    )  # fmt: skip
    return {"PROOFMARK_PKCS11_MODULE": library, "PROOFMARK_PKCS11_PIN": _PIN}


def _reference(label: str) -> InModule:
    found = parse_reference(f"pkcs11:token=bodies;object={label}")
    assert isinstance(found, InModule)
    return found


def _made(module: Mapping[str, str], label: str) -> InModule:
    reference = _reference(label)
    new_key(reference, module, label)
    return reference


def _good(public: Mapping[str, str], message: bytes, signature: bytes) -> bool:
    return import_public(dict(public)).verify(signature, message)


def test_a_key_in_a_module_signs_as_any_reader_verifies(module: Mapping[str, str]) -> None:
    signer = open_signer(_made(module, "first-key"), module)

    signature = signer.sign(b"a certificate")

    assert (signer.kid, signer.algorithm, len(signature)) == ("first-key", "ES256", 64)
    assert _good(signer.public_jwk(), b"a certificate", signature)
    assert not _good(signer.public_jwk(), b"another", signature)


def test_threads_share_a_key(module: Mapping[str, str]) -> None:
    signer = Keychain(module).signer(_made(module, "shared-key"))
    messages = [f"message {count}".encode() for count in range(40)]

    with ThreadPoolExecutor(4) as threads:
        signatures = list(threads.map(signer.sign, messages))

    pairs = zip(messages, signatures, strict=True)
    assert all(_good(signer.public_jwk(), message, one) for message, one in pairs)


def _sign_in_child(signer: object, results: object) -> None:
    results.put(signer.sign(b"in a child"))  # type: ignore[attr-defined]


def test_a_forked_child_goes_on_with_a_session_of_its_own(module: Mapping[str, str]) -> None:
    signer = open_signer(_made(module, "forked-key"), module)
    signer.sign(b"before")
    context = get_context("fork")
    results = context.Queue()

    child = context.Process(target=_sign_in_child, args=(signer, results))
    child.start()
    signature = results.get(timeout=20)
    child.join()

    assert _good(signer.public_jwk(), b"in a child", signature)
    assert _good(signer.public_jwk(), b"after", signer.sign(b"after"))


@pytest.mark.parametrize(
    ("changes", "label", "code"),
    [
        ({}, "no-such-key", "KEY_UNKNOWN"),
        ({"PROOFMARK_PKCS11_PIN": "wrong-pin"}, "first-key", "KEY_FILE_LOCKED"),
        ({"PROOFMARK_PKCS11_PIN": ""}, "first-key", "KEY_FILE_LOCKED"),
        # Of a process that has loaded another one; a new process says KEY_MODULE_ABSENT.
        ({"PROOFMARK_PKCS11_MODULE": "/no/such/module.so"}, "first-key", "KEY_MODULE_FAILED"),
    ],
)
def test_what_keeps_a_key_from_signing_has_a_code_and_shows_no_pin(
    module: Mapping[str, str], changes: Mapping[str, str], label: str, code: str
) -> None:
    with pytest.raises(KeyUnusable) as refused:
        open_signer(_reference(label), {**module, **changes}).sign(b"message")

    assert refused.value.code == code
    assert _PIN not in repr(refused.value)
    assert "wrong-pin" not in repr(refused.value)


def test_a_label_is_used_once(module: Mapping[str, str]) -> None:
    reference = _made(module, "only-once")

    with pytest.raises(KeyUnusable, match="KEY_EXISTS"):
        new_key(reference, module, "only-once")


def test_a_key_file_is_made_and_opened_by_its_reference(tmp_path: Path) -> None:
    new_passphrase_file(tmp_path / "passphrase")
    environ = {"PROOFMARK_KEY_PASSPHRASE_FILE": str(tmp_path / "passphrase")}
    reference = parse_reference(f"file:{tmp_path}/cb-2026.pem")

    made = new_key(reference, environ, "cb-2026")

    assert open_signer(reference, environ).public_jwk() == made.public_jwk()
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
