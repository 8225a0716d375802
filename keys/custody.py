"""Private keys in custody: opening the one a reference names, wherever it rests, and making it.

What unlocks a key comes from the environment, and stands in no reference, text or exception.
Whatever is wrong with a key, its reference or what unlocks it is a `KeyUnusable(code)`.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from secrets import token_urlsafe
from tempfile import NamedTemporaryFile
from threading import Lock

from keys.jwk import KID, KeyRefused
from keys.module import KeyUnusable, Token
from keys.pkcs11 import KeyObject, Pkcs11Signer
from keys.reference import Elsewhere, InFile, InModule, Reference, parse_reference
from keys.signer import (
    KeyFileRefused,
    KeySigner,
    Signer,
    load_key_file,
    read_passphrase,
    write_key_file,
)

__all__ = [
    "KeyUnusable",
    "Keychain",
    "Reference",
    "new_key",
    "new_passphrase_file",
    "open_signer",
    "parse_reference",
]

MODULE_VARIABLE = "PROOFMARK_PKCS11_MODULE"
PIN_VARIABLE = "PROOFMARK_PKCS11_PIN"
PIN_FILE_VARIABLE = "PROOFMARK_PKCS11_PIN_FILE"

PASSPHRASE_BYTES = 32


def open_signer(reference: Reference, environ: Mapping[str, str]) -> Signer:
    """The signer with the key that rests at `reference`; `environ` holds what unlocks it.

    Raises KeyUnusable; KEY_ELSEWHERE where the owner signs.
    """
    match reference:
        case InFile(path):
            try:
                return load_key_file(path, _passphrase(environ))
            except (KeyFileRefused, KeyRefused) as refused:
                raise KeyUnusable(refused.code) from None
            except (FileNotFoundError, NotADirectoryError):
                raise KeyUnusable("KEY_UNKNOWN", "there is no such key file") from None
            except OSError as error:
                raise KeyUnusable("KEY_FILE_UNUSABLE", error.strerror) from None
        case InModule():
            return Pkcs11Signer.open(_place(reference, environ), _pin(environ))
        case Elsewhere():
            raise KeyUnusable("KEY_ELSEWHERE")


def new_key(
    reference: Reference, environ: Mapping[str, str], kid: str, *, algorithm: str = "ES256"
) -> Signer:
    """A new key called `kid`, made at `reference`: the file or the label is called like it.

    Raises KeyUnusable; KEY_EXISTS where there is one, KEY_ELSEWHERE where its owner must make it.
    """
    match reference:
        case InFile(path):
            return _new_file(path, _passphrase(environ), kid, algorithm)
        case InModule(label=label):
            if label != kid:
                raise KeyUnusable("KEY_REFERENCE", "a key in a token is labelled by its kid")
            if not KID.fullmatch(kid):
                raise KeyUnusable("KEY_INVALID", "no reader would take this name")
            place, pin = _place(reference, environ), _pin(environ)
            return Pkcs11Signer.generate(place, pin, algorithm)
        case Elsewhere():
            raise KeyUnusable("KEY_ELSEWHERE")


class Keychain:
    """The signers of one process, each opened at its first use and kept.

    Threads may share it, and a child process may go on using it.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._signers: dict[Reference, Signer] = {}
        self._opening = (os.getpid(), Lock())

    def signer(self, reference: Reference | str) -> Signer:
        """The signer with the key at `reference`. Raises KeyUnusable, which is not kept."""
        if isinstance(reference, str):
            reference = parse_reference(reference)
        found = self._signers.get(reference)
        if found is not None:
            return found
        with self._turn():
            found = self._signers.get(reference)
            if found is None:
                found = self._signers[reference] = open_signer(reference, self._environ)
            return found

    def _turn(self) -> Lock:
        # A parent may have been forked while one of its threads held the lock.
        pid, turn = self._opening
        if pid != os.getpid():
            turn = Lock()
            self._opening = (os.getpid(), turn)
        return turn


def new_passphrase_file(path: Path) -> None:
    """Write a fresh passphrase of 256 random bits, for our key files, whole or not at all.

    Mode 0600, seen onto the disk. Raises FileExistsError rather than overwrite, and OSError.
    """
    with NamedTemporaryFile(dir=path.parent) as file:  # mode 0600 from the start
        file.write(token_urlsafe(PASSPHRASE_BYTES).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
        os.link(file.name, path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _place(found: InModule, environ: Mapping[str, str]) -> KeyObject:
    module = found.module or environ.get(MODULE_VARIABLE)
    if not module:
        raise KeyUnusable("KEY_MODULE_ABSENT", f"{MODULE_VARIABLE} names no module")
    if not module.startswith("/"):
        # Else the loader would look for it along its own path.
        raise KeyUnusable("KEY_MODULE_FAILED", "the path of a module is absolute")
    return KeyObject(Token(module, found.token, found.serial), found.label, found.id)


def _pin(environ: Mapping[str, str]) -> str:
    """From the file the environment names, else the environment, less the newline it may end with.

    An empty one would not log in to a token that wants one, so it is none.
    """
    try:
        file = environ.get(PIN_FILE_VARIABLE)
        pin = Path(file).read_text("utf-8") if file else environ.get(PIN_VARIABLE, "")
    except (OSError, UnicodeDecodeError):
        raise KeyUnusable("KEY_FILE_LOCKED", f"{PIN_FILE_VARIABLE} cannot be read") from None
    pin = pin.removesuffix("\n")
    if not pin:
        raise KeyUnusable("KEY_FILE_LOCKED", f"neither {PIN_FILE_VARIABLE} nor {PIN_VARIABLE}")
    return pin


def _passphrase(environ: Mapping[str, str]) -> bytes | None:
    try:
        return read_passphrase(environ)
    except OSError:
        raise KeyUnusable("KEY_FILE_LOCKED", "the passphrase file cannot be read") from None


def _new_file(path: Path, passphrase: bytes | None, kid: str, algorithm: str) -> KeySigner:
    if path.stem != kid:
        raise KeyUnusable("KEY_REFERENCE", "a key file is called by its key")
    if not passphrase:
        raise KeyUnusable("KEY_FILE_LOCKED", "a key is not written without a passphrase")
    try:
        signer = KeySigner.generate(kid, algorithm)
        write_key_file(path, signer, passphrase)
    except KeyRefused as refused:
        raise KeyUnusable(refused.code) from None
    except FileExistsError:
        raise KeyUnusable("KEY_EXISTS", "there is such a file already") from None
    except OSError as error:
        raise KeyUnusable("KEY_FILE_UNUSABLE", error.strerror) from None
    return signer
