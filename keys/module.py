"""A hardware module that keeps keys (PKCS#11 2.40): loading it, logging in, losing it, finding it.

The binding calls C_Initialize without locks, which promises the module that no two threads enter
it at a time (section 5.4), and a session does one thing at a time. So the calls of a process go one
after another, through one session for each token. A child process has neither session nor log-in
(2.20, section 6.6.1): it initialises the module itself when it first needs it.

The binding is optional, so it is imported where it is used. No PIN stands in any text or exception.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from hmac import compare_digest
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import pkcs11

_Found = TypeVar("_Found")


class KeyUnusable(Exception):
    """A private key cannot be used, or made, for `code`; `why` says more to an operator.

    KEY_UNKNOWN there is no such key, KEY_EXISTS there is one already, KEY_DUPLICATE_KID there are
    several; KEY_FILE_LOCKED passphrase or PIN is missing or wrong, KEY_FILE_PERMISSIONS others can
    read the file, KEY_FILE_UNUSABLE the file cannot be read or written; KEY_MODULE_ABSENT the
    module or its binding is not there, KEY_MODULE_FAILED it refuses; KEY_REFERENCE the reference
    says nothing; KEY_ELSEWHERE its owner signs; and the codes of `keys.jwk.KeyRefused`.
    """

    def __init__(self, code: str, why: str | None = None) -> None:
        super().__init__(f"{code}: {why}" if why else code)
        self.code = code
        self.why = why


@dataclass(frozen=True, slots=True)
class Token:
    """A token of the module at an absolute path, by its label and, where that is shared, serial."""

    module: str
    label: str
    serial: str | None = None


@dataclass(slots=True)
class Session:
    """The session of this process with a token, logged in, and the keys found through it."""

    handle: "pkcs11.Session"
    keys: dict[object, "pkcs11.SignMixin"] = field(default_factory=dict)
    _pin: str = field(repr=False, kw_only=True)

    def belongs_to(self, pin: str) -> bool:
        """Whether `pin` is the one that opened it."""
        return compare_digest(self._pin.encode(), pin.encode())

    def close(self) -> None:
        """Log out and close, as far as the token still answers."""
        from pkcs11 import PKCS11Error

        with suppress(PKCS11Error):
            self.handle.close()


class _Process:
    """What one process has opened, and the turn that its threads take."""

    def __init__(self) -> None:
        self.turn = Lock()
        self.sessions: dict[Token, Session] = {}
        # A token locks itself after a few wrong PINs: none is tried twice.
        self.refused: set[tuple[Token, str]] = set()


_process = _Process()
# The process that initialised each module; what a parent initialised is of no use to its child.
_initialised: dict[str, int] = {}


def _begin_anew() -> None:
    global _process
    _process = _Process()


os.register_at_fork(after_in_child=_begin_anew)


def within(token: Token, pin: str, work: Callable[[Session], _Found]) -> _Found:
    """What `work` gets from the session with `token`, alone with it; `work` must bear repetition.

    A session that was lost since its last use is opened anew, once. Raises KeyUnusable.
    """
    _require_binding()
    from pkcs11 import PKCS11Error

    process = _process
    with process.turn:
        session = process.sessions.get(token)
        if session is not None:
            if not session.belongs_to(pin):
                raise KeyUnusable("KEY_FILE_LOCKED", "another PIN opened this token")
            try:
                return work(session)
            except PKCS11Error:
                del process.sessions[token]
                session.close()
        try:
            session = process.sessions[token] = _open(token, pin, process)
            return work(session)
        except PKCS11Error as error:
            raise _failed(error) from None


def _open(token: Token, pin: str, process: _Process) -> Session:
    import pkcs11

    if (token, pin) in process.refused:
        raise KeyUnusable("KEY_FILE_LOCKED", "this PIN was refused before")
    try:
        try:
            handle = _find(token).open(user_pin=pin)
        except pkcs11.UserAlreadyLoggedIn:
            # By a session that got lost: who forgets it all asks for the PIN again.
            _load(token.module).reinitialize()
            handle = _find(token).open(user_pin=pin)
    except (
        pkcs11.PinIncorrect,
        pkcs11.PinInvalid,
        pkcs11.PinLenRange,
        pkcs11.PinLocked,
        pkcs11.PinExpired,
        pkcs11.UserPinNotInitialized,
    ) as error:
        process.refused.add((token, pin))
        raise KeyUnusable("KEY_FILE_LOCKED", type(error).__name__) from None
    return Session(handle, _pin=pin)


def _find(token: Token) -> "pkcs11.Token":
    serial = token.serial.encode() if token.serial is not None else None
    tokens = list(_load(token.module).get_tokens(token_label=token.label, token_serial=serial))
    if len(tokens) != 1:
        why = "several tokens have this label" if tokens else "there is no such token"
        raise KeyUnusable("KEY_MODULE_FAILED", why)
    return tokens[0]


def _load(path: str) -> "pkcs11._pkcs11.lib":
    import pkcs11

    try:
        module = pkcs11.lib(path)
        if _initialised.setdefault(path, os.getpid()) != os.getpid():
            # A module that knows of the fork says no: either way it may then be initialised.
            with suppress(pkcs11.PKCS11Error):
                module.finalize()
            module = pkcs11.lib(path)
            _initialised[path] = os.getpid()
    except pkcs11.PKCS11Error:
        raise KeyUnusable("KEY_MODULE_FAILED", "the module cannot be loaded") from None
    return module


def _require_binding() -> None:
    try:
        import pkcs11  # noqa: F401  # whether it is there is all we ask
    except ImportError:
        why = "python-pkcs11 is not installed: proofmark[hsm]"
        raise KeyUnusable("KEY_MODULE_ABSENT", why) from None


def _failed(error: "pkcs11.PKCS11Error") -> KeyUnusable:
    # The names of the standard's errors are safe to show; their texts may quote what was asked.
    return KeyUnusable("KEY_MODULE_FAILED", type(error).__name__)
