"""Strict JSON (RFC 8259 within I-JSON, RFC 7493): one text, one meaning (security.md R3).

UTF-8 without BOM, an object at the top, no member twice at any level, integers only, no lone
surrogate and no U+0000. The standard library's scanner does the reading; the hooks refuse what it
would let pass.
"""

import json
import re
from collections.abc import Iterator
from math import isinf
from typing import Any, NoReturn

from service.domain.reason import Reason
from service.domain.verdict import Refused

# Ours nest some ten deep. Counted, for scanners differ in when they give up: CPython 3.11 near
# 1,000, 3.14 beyond 100,000.
MAX_DEPTH = 16
# Every integer up to 2^53 - 1, which any reader holds exactly; int() itself would raise above
# 4,300 digits.
MAX_INTEGER_CHARS = 16

# To the end where the closing quote is missing, so that no text is looked at twice.
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
_NO_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")
_NEVER = re.compile("[\x00\ud800-\udfff]")


def loads(raw: bytes) -> dict[str, Any]:
    """The object that `raw` is.

    Raises Refused: JSON_TOO_DEEP, JSON_DUPLICATE_MEMBER, JSON_NON_FINITE, JSON_NUMBER_RANGE, or
    JSON_ENCODING for any other text that certificates do not have.
    """
    if raw.count(b"{") + raw.count(b"[") > MAX_DEPTH:
        _check_depth(raw)
    try:
        value = _decode(raw.decode("utf-8"))
    except ValueError:
        raise Refused(Reason.JSON_ENCODING) from None
    if type(value) is not dict:
        raise Refused(Reason.JSON_ENCODING)
    # Only an escape can bring them in: UTF-8 has no surrogates, the scanner takes no raw NUL.
    if b"\\u" in raw and any(map(_NEVER.search, _texts(value))):
        raise Refused(Reason.JSON_ENCODING)
    return value


def _check_depth(raw: bytes) -> None:
    depth = 0
    for bracket in _STRING.sub(b"", raw).translate(None, _NO_BRACKETS):
        depth += 1 if bracket in b"[{" else -1
        if depth > MAX_DEPTH:
            raise Refused(Reason.JSON_TOO_DEEP)


def _texts(value: Any) -> Iterator[str]:
    if type(value) is str:
        yield value
    elif type(value) is list:
        for item in value:
            yield from _texts(item)
    elif type(value) is dict:
        yield from value
        yield from _texts(list(value.values()))


def _members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise Refused(Reason.JSON_DUPLICATE_MEMBER)
    return members


def _integer(text: str) -> int:
    if len(text) > MAX_INTEGER_CHARS or text == "-0":
        raise Refused(Reason.JSON_NUMBER_RANGE)
    return int(text)


def _no_fraction(text: str) -> NoReturn:
    raise Refused(Reason.JSON_NON_FINITE if isinf(float(text)) else Reason.JSON_NUMBER_RANGE)


def _no_constant(_name: str) -> NoReturn:
    raise Refused(Reason.JSON_NON_FINITE)


_decode = json.JSONDecoder(
    object_pairs_hook=_members,
    parse_int=_integer,
    parse_float=_no_fraction,
    parse_constant=_no_constant,
).decode
