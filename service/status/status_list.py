"""Status lists: IETF Token Status List in its JWT form, 4 bits issued, 1, 2 and 8 read as well.

Entry i is the `bits` bits that start at bit i*bits, counted from the least significant bit of byte
0. Absolute sizes are bounded, never ratios: honest lists compress nearly as well as bombs do
(formats.md section 1, security.md 8).
"""

import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from keys import b64u
from keys.signer import Signer
from service.credential import jws
from service.credential.reading import instant, text, wrong_type
from service.domain.dates import DAY_S
from service.domain.reason import Reason
from service.domain.verdict import Refused

TYP = "statuslist+jwt"
BITS = 4
# 2 MiB of four-bit entries are 4,194,304 certificates of one body and list (security.md R1).
MAX_RAW_BYTES = 2 * 1024 * 1024
MAX_LIST_CHARS = 2 * 1024 * 1024
LIFE_S = 7 * DAY_S
TTL_S = 3_600
# How soon and how late a list may ask to be fetched again, in seconds.
SHORTEST_TTL_S, LONGEST_TTL_S = 60, DAY_S

VALID, WITHDRAWN, SUSPENDED = 0, 1, 2
SURV_OVERDUE, TRANSFERRED, SUPERSEDED, NEVER_ISSUED = 12, 13, 14, 15
# Two lists are compared by stretches of this size: most of them are alike.
_COMPARED_BYTES = 256

FINAL = frozenset({WITHDRAWN, TRANSFERRED, SUPERSEDED})
KNOWN = frozenset(
    {VALID, WITHDRAWN, SUSPENDED, SURV_OVERDUE, TRANSFERRED, SUPERSEDED, NEVER_ISSUED}
)


@dataclass(frozen=True, slots=True)
class StatusList:
    """A proven list; instants in POSIX seconds, `ttl` in seconds, clamped."""

    uri: str
    issued_at: int
    ends_at: int
    ttl: int
    bits: int
    raw: bytes
    token: str

    def __len__(self) -> int:
        return len(self.raw) * 8 // self.bits

    def value(self, idx: int) -> int:
        """The value at an index. Raises Refused STATUS_INDEX_RANGE outside the list."""
        return read_value(self.raw, self.bits, idx)


def read_value(raw: bytes, bits: int, idx: int) -> int:
    """Entry `idx` of an array. Raises Refused STATUS_INDEX_RANGE outside it."""
    if not 0 <= idx < len(raw) * 8 // bits:
        raise Refused(Reason.STATUS_INDEX_RANGE, size=len(raw) * 8 // bits)
    return raw[idx * bits >> 3] >> (idx * bits & 7) & ((1 << bits) - 1)


def write_value(raw: bytearray, idx: int, value: int) -> None:
    """Set a 4-bit entry, growing the array with "never issued"."""
    if not 0 <= value < 1 << BITS or idx < 0 or idx >= MAX_RAW_BYTES * 2:
        raise ValueError("no such entry or value")
    raw.extend(b"\xff" * ((idx >> 1) + 1 - len(raw)))
    shift = (idx & 1) * 4
    raw[idx >> 1] = raw[idx >> 1] & ~(15 << shift) | value << shift


def changed_finals(older: StatusList, newer: StatusList) -> Iterator[tuple[int, int]]:
    """Index and value of every final entry of `older` that `newer` no longer shows as it was."""
    if older.bits != newer.bits:
        yield from _changed(older, newer, range(min(len(older), len(newer))))
        return
    per_byte = 8 // older.bits
    for start in range(0, len(older.raw), _COMPARED_BYTES):
        stop = start + _COMPARED_BYTES
        if older.raw[start:stop] != newer.raw[start:stop]:
            last = min(stop * per_byte, len(older), len(newer))
            yield from _changed(older, newer, range(start * per_byte, last))


def _changed(
    older: StatusList, newer: StatusList, indices: Iterable[int]
) -> Iterator[tuple[int, int]]:
    for idx in indices:
        value = older.value(idx)
        if value in FINAL and newer.value(idx) != value:
            yield idx, value


def inflate(lst: str) -> bytes:
    """The array of an `lst`. Raises Refused STATUS_ENCODING or STATUS_TOO_LARGE."""
    try:
        packed = b64u.decode(lst)
    except ValueError:
        raise Refused(Reason.STATUS_ENCODING) from None
    stream = zlib.decompressobj()
    try:
        raw = stream.decompress(packed, MAX_RAW_BYTES + 1)
    except zlib.error:
        raise Refused(Reason.STATUS_ENCODING) from None
    if len(raw) > MAX_RAW_BYTES:
        raise Refused(Reason.STATUS_TOO_LARGE)
    if not stream.eof or stream.unused_data or stream.unconsumed_tail:
        raise Refused(Reason.STATUS_ENCODING)
    return raw


def parse_list(token: str) -> jws.UnverifiedToken:
    """A list token, unproven. Raises Refused; STATUS_TOO_LARGE above the bound."""
    if len(token) > MAX_LIST_CHARS:
        raise Refused(Reason.STATUS_TOO_LARGE)
    return jws.parse(token, typ=TYP, max_chars=MAX_LIST_CHARS)


def read_list(claims: Mapping[str, Any], *, uri: str, token: str) -> StatusList:
    """The value of a proven list that must be the one at `uri`.

    Raises Refused CLAIM_MISSING, CLAIM_TYPE, TIME_RANGE, STATUS_SUB_MISMATCH, STATUS_BITS,
    STATUS_ENCODING or STATUS_TOO_LARGE. Freshness is judged by the caller.
    """
    for name in ("sub", "iat", "exp", "status_list"):
        if claims.get(name) is None:
            raise Refused(Reason.CLAIM_MISSING, claim=name)
    if text(claims["sub"]) != uri:
        raise Refused(Reason.STATUS_SUB_MISMATCH)
    ttl = claims.get("ttl", TTL_S)
    if type(ttl) is not int:
        raise wrong_type()
    entry = claims["status_list"]
    if type(entry) is not dict:
        raise wrong_type()
    bits, lst = entry.get("bits"), entry.get("lst")
    if type(bits) is not int or bits not in (1, 2, 4, 8):
        raise Refused(Reason.STATUS_BITS)
    if type(lst) is not str:
        raise Refused(Reason.STATUS_ENCODING)
    return StatusList(
        uri=uri,
        issued_at=instant(claims["iat"]),
        ends_at=instant(claims["exp"]),
        ttl=min(max(ttl, SHORTEST_TTL_S), LONGEST_TTL_S),
        bits=bits,
        raw=inflate(lst),
        token=token,
    )


def sign_list(
    uri: str, raw: bytes, signer: Signer, *, at: int, life_s: int = LIFE_S, ttl: int = TTL_S,
    register: Mapping[str, Any] | None = None,
) -> str:  # fmt: skip
    """A signed list of 4-bit entries issued at `at` (POSIX seconds) for `life_s` seconds.

    `register` is a checkpoint of the issuer's ledger, so that a cut end of it would show (R21).
    """
    claims: dict[str, Any] = {
        "sub": uri,
        "iat": at,
        "exp": at + life_s,
        "ttl": ttl,
        "status_list": {"bits": BITS, "lst": b64u.encode(zlib.compress(bytes(raw), 9))},
    }
    if register is not None:
        claims["register"] = register
    return jws.sign(claims, signer, typ=TYP, max_chars=MAX_LIST_CHARS)
