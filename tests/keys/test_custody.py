"""References to private keys: what they name, what they refuse, and the keys opened by them."""

import multiprocessing
import os
import re
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys import custody, module
from keys.custody import (
    Keychain,
    KeyUnusable,
    Reference,
    new_key,
    new_passphrase_file,
    open_signer,
    parse_reference,
)
from keys.pkcs11 import Pkcs11Signer
from keys.reference import MAX_REFERENCE_CHARS, Elsewhere, InFile, InModule
from keys.signer import KeySigner, Signer
from service.credential import jws
from tests.keys.softhsm import PIN, SoftHsm

ENVIRON = {"PROOFMARK_KEY_PASSPHRASE": "a long passphrase made by a machine"}
URI = "pkcs11:token=registry;object=cb1-2026"


@pytest.fixture
def reference(tmp_path: Path) -> Reference:
    """A key file that is made already."""
    made = InFile(tmp_path / "cb1-2026.pem")
    new_key(made, ENVIRON, "cb1-2026")
    return made


@pytest.fixture
def in_module(softhsm: SoftHsm) -> Iterator[SoftHsm]:
    """A module, and afterwards no session with it."""
    yield softhsm
    for session in module._process.sessions.values():
        session.close()
    module._begin_anew()


def unclear(text: str) -> str:
    with pytest.raises(KeyUnusable) as refused:
        parse_reference(text)
    assert refused.value.code == "KEY_REFERENCE"
    assert refused.value.why is not None
    return refused.value.why


def refusal(reference: Reference, environ: dict[str, str]) -> str:
    with pytest.raises(KeyUnusable) as refused:
        open_signer(reference, environ)
    return refused.value.code


def refused_birth(reference: Reference, environ: dict[str, str], kid: str = "cb1-2026") -> str:
    with pytest.raises(KeyUnusable) as refused:
        new_key(reference, environ, kid)
    return refused.value.code


# References


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("file:/etc/proofmark/keys/cb1.pem", InFile(Path("/etc/proofmark/keys/cb1.pem"))),
        ("file:keys/a key;100%25.pem", InFile(Path("keys/a key;100%25.pem"))),
        ("external", Elsewhere()),
        (URI, InModule("registry", "cb1-2026")),
        ("pkcs11:object=cb1-2026;token=registry", InModule("registry", "cb1-2026")),
        (f"{URI};type=private", InModule("registry", "cb1-2026")),
        (f"{URI};serial=d8c3", InModule("registry", "cb1-2026", serial="d8c3")),
        (f"{URI};id=%00%ff1", InModule("registry", "cb1-2026", id=b"\x00\xff1")),
        (
            "pkcs11:token=CB%20A;object=%C5%81%c3%b3d%c5%ba",
            InModule("CB A", "Łódź"),
        ),
        (
            f"{URI}?module-path=/usr/lib/softhsm/libsofthsm2.so",
            InModule("registry", "cb1-2026", module="/usr/lib/softhsm/libsofthsm2.so"),
        ),
        ("pkcs11:token=a&b;object=c=d", InModule("a&b", "c=d")),
    ],
)
def test_a_reference_says_where_a_key_rests(text: str, named: Reference) -> None:
    assert parse_reference(text) == named
    assert parse_reference(str(named)) == named


@pytest.mark.parametrize(
    "text",
    [
        "", "file", "file:", "file://host/cb1.pem", "FILE:cb1.pem", " file:cb1.pem", "cb1.pem",
        "external:", "External", "https://cb-a.example/key", "file:a\nb", "file:a\x00b",
        "file:a\u202eb", "file:a\udcffb",
        "pkcs11:", "pkcs11:token=registry", "pkcs11:object=cb1-2026", "PKCS11:token=a;object=b",
        "pkcs11:token=;object=b", "pkcs11:token=a;object=", f"{URI};", f"{URI};;id=1",
        f"{URI};token=registry", f"{URI};type=public", f"{URI};type=cert", f"{URI};slot-id=0",
        f"{URI};manufacturer=a", f"{URI};x-vendor=a", f"{URI};Id=1", f"{URI};serial",
        f"{URI};serial=a b", f"{URI};serial=a/b", f"{URI};serial=%", f"{URI};serial=%4",
        f"{URI};serial=%zz", f"{URI};serial=é", f"{URI};serial=%ff", f"{URI};serial=a%00",
        f"{URI}?module-path=libsofthsm2.so", f"{URI}?module-path=../evil.so",
        f"{URI}?module-path=/a&module-path=/b", f"{URI}?module-name=softhsm2",
        f"{URI}?module-path=/a%0ab", f"{URI}?module-path=%2e%2e/a", f"{URI}?module-path",
        f"{URI}#part",
    ],
)  # fmt: skip
def test_what_is_no_reference_is_refused(text: str) -> None:
    assert unclear(text)


def test_a_reference_has_a_greatest_length() -> None:
    longest = "file:".ljust(MAX_REFERENCE_CHARS, "k")

    assert parse_reference(longest) == InFile(Path(longest.removeprefix("file:")))
    assert unclear(longest + "k")


@pytest.mark.parametrize(
    "secret",
    [
        "?pin-value=9021",
        "?pin-source=file:9021",
        ";pin-value=9021",
        "?module-path=/a&pin-value=9021",
    ],
)
def test_a_pin_has_no_place_in_a_reference(secret: str) -> None:
    why = unclear(URI + secret)

    assert "is not for references" in why
    assert "9021" not in why


@given(
    token=st.text(min_size=1, max_size=32).filter(str.isprintable),
    label=st.text(min_size=1, max_size=16).filter(str.isprintable),
    serial=st.none() | st.from_regex(r"[0-9a-f]{1,16}", fullmatch=True),
    key_id=st.none() | st.binary(min_size=1, max_size=20),
    path=st.none() | st.text(max_size=20).filter(str.isprintable).map("/".__add__),
)
def test_every_place_in_a_module_has_one_text_that_names_it(
    token: str, label: str, serial: str | None, key_id: bytes | None, path: str | None
) -> None:
    place = InModule(token, label, serial, key_id, path)

    text = str(place)
    assert text.isascii()
    assert parse_reference(text) == place


@given(st.text(max_size=60) | st.text(max_size=60).map((URI + ";").__add__))
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        named = parse_reference(text)
    except KeyUnusable as refused:
        assert refused.code == "KEY_REFERENCE"
    else:
        assert parse_reference(str(named)) == named


# Key files


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA"])
def test_a_key_is_made_in_a_file_and_opened_again(tmp_path: Path, algorithm: str) -> None:
    reference = parse_reference(f"file:{tmp_path}/cb1-2026.pem")
    made = new_key(reference, ENVIRON, "cb1-2026", algorithm=algorithm)
    opened = open_signer(reference, ENVIRON)

    assert opened == made
    assert (opened.kid, opened.algorithm) == ("cb1-2026", algorithm)
    assert (tmp_path / "cb1-2026.pem").read_bytes().startswith(b"-----BEGIN ENCRYPTED")


def test_a_key_file_is_not_made_twice(reference: Reference) -> None:
    before = open_signer(reference, ENVIRON)

    assert refused_birth(reference, ENVIRON) == "KEY_EXISTS"
    assert open_signer(reference, ENVIRON) == before


def test_a_key_file_is_called_by_its_key(tmp_path: Path) -> None:
    assert refused_birth(InFile(tmp_path / "cb1.pem"), ENVIRON) == "KEY_REFERENCE"
    assert refused_birth(InFile(tmp_path / "a b c.pem"), ENVIRON, "a b c") == "KEY_INVALID"
    assert list(tmp_path.iterdir()) == []


def test_a_key_file_is_not_made_without_a_passphrase(tmp_path: Path) -> None:
    assert refused_birth(InFile(tmp_path / "cb1-2026.pem"), {}) == "KEY_FILE_LOCKED"
    assert list(tmp_path.iterdir()) == []


def test_a_key_file_is_not_made_in_a_folder_that_is_not_there(tmp_path: Path) -> None:
    reference = InFile(tmp_path / "keys" / "cb1-2026.pem")

    assert refused_birth(reference, ENVIRON) == "KEY_FILE_UNUSABLE"


def test_a_key_file_that_is_not_there_is_unknown(tmp_path: Path, reference: InFile) -> None:
    assert refusal(InFile(tmp_path / "cb1-2027.pem"), ENVIRON) == "KEY_UNKNOWN"
    assert refusal(InFile(reference.path / "cb1-2027.pem"), ENVIRON) == "KEY_UNKNOWN"


def test_a_key_file_that_cannot_be_read_is_unusable(tmp_path: Path) -> None:
    assert refusal(InFile(tmp_path / ("k" * 300)), ENVIRON) == "KEY_FILE_UNUSABLE"


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"PROOFMARK_KEY_PASSPHRASE": ""},
        {"PROOFMARK_KEY_PASSPHRASE": "wrong"},
        {**ENVIRON, "PROOFMARK_KEY_PASSPHRASE_FILE": "/no/such/file"},
    ],
)
def test_a_key_file_stays_locked_without_its_passphrase(
    reference: Reference, environ: dict[str, str]
) -> None:
    assert refusal(reference, environ) == "KEY_FILE_LOCKED"


def test_a_key_file_that_others_can_read_is_refused(reference: InFile) -> None:
    reference.path.chmod(0o644)  # adversarial case D10

    assert refusal(reference, ENVIRON) == "KEY_FILE_PERMISSIONS"


# Elsewhere


def test_a_key_kept_elsewhere_is_neither_opened_nor_made() -> None:
    assert refusal(Elsewhere(), ENVIRON) == "KEY_ELSEWHERE"
    assert refused_birth(Elsewhere(), ENVIRON) == "KEY_ELSEWHERE"


# Hardware modules


def test_a_key_is_made_in_a_module_and_opened_again(in_module: SoftHsm) -> None:
    reference = parse_reference("pkcs11:token=registry;object=custody-one")
    made = new_key(reference, in_module.environ(), "custody-one")
    opened = open_signer(reference, in_module.environ())
    token = jws.sign({"iss": "https://cb-a.example"}, opened, typ="certificate+jwt")

    assert isinstance(opened, Pkcs11Signer)
    assert opened == made
    assert jws.verify(jws.parse(token, typ="certificate+jwt"), made.public).kid == "custody-one"
    assert refused_birth(reference, in_module.environ(), "custody-one") == "KEY_EXISTS"


def test_the_module_of_a_reference_comes_before_that_of_the_environment(
    in_module: SoftHsm,
) -> None:
    environ = in_module.environ(PROOFMARK_PKCS11_MODULE="/no/such/module.so")
    reference = InModule("registry", "custody-two", module=in_module.module)

    assert new_key(reference, environ, "custody-two").kid == "custody-two"
    assert refusal(InModule("registry", "custody-two"), environ) == "KEY_MODULE_FAILED"


def test_a_serial_and_an_id_are_heeded(in_module: SoftHsm) -> None:
    reference = InModule("registry", "custody-three", id=b"\x01\xff")
    new_key(reference, in_module.environ(), "custody-three")

    assert open_signer(reference, in_module.environ()).kid == "custody-three"
    other = InModule("registry", "custody-three", id=b"\x02")
    assert refusal(other, in_module.environ()) == "KEY_UNKNOWN"
    other = InModule("registry", "custody-three", serial="0000")
    assert refusal(other, in_module.environ()) == "KEY_MODULE_FAILED"


def test_a_key_in_a_token_is_labelled_by_its_kid(in_module: SoftHsm) -> None:
    environ = in_module.environ()

    assert refused_birth(InModule("registry", "other"), environ) == "KEY_REFERENCE"
    assert refused_birth(InModule("registry", "a b c"), environ, "a b c") == "KEY_INVALID"
    assert refusal(InModule("registry", "a b c"), environ) == "KEY_UNKNOWN"


def test_without_a_module_there_is_none() -> None:
    environ = {"PROOFMARK_PKCS11_PIN": PIN}

    assert refusal(InModule("registry", "cb1-2026"), environ) == "KEY_MODULE_ABSENT"
    environ["PROOFMARK_PKCS11_MODULE"] = "libsofthsm2.so"
    assert refusal(InModule("registry", "cb1-2026"), environ) == "KEY_MODULE_FAILED"


def test_a_pin_comes_from_its_file_then_from_the_environment(
    in_module: SoftHsm, tmp_path: Path
) -> None:
    reference = InModule("registry", "custody-four")
    new_key(reference, in_module.environ(), "custody-four")
    (tmp_path / "pin").write_text(f"{PIN}\n", "utf-8")
    environ = in_module.environ(
        PROOFMARK_PKCS11_PIN="wrong", PROOFMARK_PKCS11_PIN_FILE=str(tmp_path / "pin")
    )

    assert open_signer(reference, environ).kid == "custody-four"
    del environ["PROOFMARK_PKCS11_PIN_FILE"]
    assert refusal(reference, environ) == "KEY_FILE_LOCKED"


@pytest.mark.parametrize("content", [None, b"", b"\n", b"\xff\xfe"])
def test_without_a_pin_a_token_stays_locked(tmp_path: Path, content: bytes | None) -> None:
    environ = {"PROOFMARK_PKCS11_MODULE": "/no/such/module.so"}
    assert refusal(InModule("registry", "cb1-2026"), environ) == "KEY_FILE_LOCKED"

    if content is not None:
        (tmp_path / "pin").write_bytes(content)
    environ |= {"PROOFMARK_PKCS11_PIN": PIN, "PROOFMARK_PKCS11_PIN_FILE": str(tmp_path / "pin")}
    assert refusal(InModule("registry", "cb1-2026"), environ) == "KEY_FILE_LOCKED"


# Keychains


def test_a_keychain_opens_a_key_once(reference: Reference, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Reference] = []

    def counted(reference: Reference, environ: dict[str, str]) -> Signer:
        opened.append(reference)
        return open_signer(reference, environ)

    monkeypatch.setattr(custody, "open_signer", counted)
    keychain = Keychain(ENVIRON)
    with ThreadPoolExecutor(4) as threads:
        signers = list(threads.map(keychain.signer, [reference, str(reference)] * 8))

    assert opened == [reference]
    assert len(set(map(id, signers))) == 1


def test_a_key_that_could_not_be_opened_is_tried_again(tmp_path: Path) -> None:
    reference, keychain = InFile(tmp_path / "cb1-2026.pem"), Keychain(ENVIRON)
    with pytest.raises(KeyUnusable, match="KEY_UNKNOWN"):
        keychain.signer(reference)
    new_key(reference, ENVIRON, "cb1-2026")

    assert keychain.signer(reference).kid == "cb1-2026"


def test_a_keychain_refuses_what_is_no_reference() -> None:
    with pytest.raises(KeyUnusable, match="KEY_REFERENCE"):
        Keychain(ENVIRON).signer("cb1-2026.pem")


def test_a_keychain_shows_no_secret(reference: Reference, in_module: SoftHsm) -> None:
    keychain = Keychain(ENVIRON | in_module.environ())
    keychain.signer(reference)

    assert PIN not in repr(keychain)
    assert ENVIRON["PROOFMARK_KEY_PASSPHRASE"] not in repr(keychain)


# Our threads are at rest when we fork.
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_a_child_uses_the_keychain_of_its_parent(
    reference: InFile, in_module: SoftHsm, tmp_path: Path
) -> None:
    keychain = Keychain(ENVIRON | in_module.environ())
    in_token = InModule("registry", "custody-five")
    new_key(in_token, in_module.environ(), "custody-five")
    known = [keychain.signer(in_token), keychain.signer(reference)]
    later = InFile(tmp_path / "cb1-2027.pem")
    new_key(later, ENVIRON, "cb1-2027")
    fork = multiprocessing.get_context("fork")
    heard, said = fork.Pipe(duplex=False)

    def sign() -> None:
        # The last one the parent never opened, and the parent holds the lock.
        for place in (in_token, reference, later):
            said.send(keychain.signer(place).sign(b"child"))

    with keychain._turn():
        child = fork.Process(target=sign)
        child.start()
        child.join(20)

    assert child.exitcode == 0
    for signer in (*known, keychain.signer(later)):
        assert isinstance(signer, KeySigner | Pkcs11Signer)
        assert signer.public.verify(heard.recv(), b"child")


# Passphrase files


def test_a_passphrase_is_fresh_and_opens_the_keys_made_with_it(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    new_passphrase_file(one)
    new_passphrase_file(two)
    environ = {"PROOFMARK_KEY_PASSPHRASE_FILE": str(one)}
    reference = InFile(tmp_path / "cb1-2026.pem")
    new_key(reference, environ, "cb1-2026")

    assert re.fullmatch(rb"[A-Za-z0-9_-]{43}\n", one.read_bytes())
    assert one.read_bytes() != two.read_bytes()
    assert open_signer(reference, environ).kid == "cb1-2026"
    environ = {"PROOFMARK_KEY_PASSPHRASE_FILE": str(two)}
    assert refusal(reference, environ) == "KEY_FILE_LOCKED"


def test_a_passphrase_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        new_passphrase_file(tmp_path / "passphrase")
    finally:
        os.umask(before)

    assert stat.S_IMODE((tmp_path / "passphrase").stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["passphrase"]


def test_a_passphrase_file_is_never_overwritten(tmp_path: Path) -> None:
    new_passphrase_file(tmp_path / "passphrase")
    before = (tmp_path / "passphrase").read_bytes()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")

    for name in ("passphrase", "link"):
        with pytest.raises(FileExistsError):
            new_passphrase_file(tmp_path / name)
    assert (tmp_path / "passphrase").read_bytes() == before
    assert not (tmp_path / "elsewhere").exists()
