"""The keys that one body may sign with: what for, from when, until when.

A ring belongs to one issuer, so a key is found by exact (issuer, kid), never by kid alone and never
by trying (security.md R5). Instants are POSIX seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from keys.jwk import KeyRefused, PublicKey


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """A key as an accreditation names it: usable at since ≤ t < until; lost if `revoked` is set."""

    key: PublicKey
    purposes: frozenset[str]
    since: int
    until: int | None
    revoked: int | None


@dataclass(frozen=True, slots=True)
class Keyring:
    """The entries of one issuer, from all its accreditations by one body.

    Several accreditations may name one key: it may sign what any of them allows, and is lost if any
    says so. Raises KeyRefused KEY_DUPLICATE_KID where one kid names two keys.
    """

    entries: Sequence[KeyEntry]
    _by_kid: dict[str, tuple[KeyEntry, ...]] = field(
        init=False, compare=False, repr=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        object.__setattr__(self, "entries", tuple(self.entries))
        for entry in self.entries:
            kid = entry.key.kid
            named = self._by_kid.get(kid, ())
            if named and named[0].key != entry.key:
                raise KeyRefused("KEY_DUPLICATE_KID", kid=kid)
            self._by_kid[kid] = (*named, entry)

    @property
    def thumbprints(self) -> frozenset[str]:
        """The thumbprints of all its keys."""
        return frozenset(entry.key.thumbprint for entry in self.entries)

    def find(
        self, kid: str | None, *, algorithm: str, purpose: str, signed_at: int | None
    ) -> PublicKey:
        """The key that signed, in the order of security.md section 3, step 4.

        `kid` and `algorithm` as the header has them. `signed_at` None, for a token that does not
        say it properly, passes the window: its claims are refused later. Raises KeyRefused
        KEY_UNKNOWN, JOSE_ALG_KEY_MISMATCH, KEY_USE, KEY_NOT_YET_VALID, KEY_RETIRED or KEY_REVOKED.
        """
        named = self._by_kid.get(kid or "")
        if named is None:
            raise KeyRefused("KEY_UNKNOWN")
        key = named[0].key
        if key.algorithm != algorithm:
            raise KeyRefused("JOSE_ALG_KEY_MISMATCH", kid=kid)
        meant = [entry for entry in named if purpose in entry.purposes]
        if not meant:
            raise KeyRefused("KEY_USE", kid=kid)
        if signed_at is not None:
            started = [entry for entry in meant if entry.since <= signed_at]
            if not started:
                raise KeyRefused("KEY_NOT_YET_VALID", kid=kid)
            if all(entry.until is not None and entry.until <= signed_at for entry in started):
                raise KeyRefused("KEY_RETIRED", kid=kid)
        if any(entry.revoked is not None for entry in named):
            raise KeyRefused("KEY_REVOKED", kid=kid)
        return key
