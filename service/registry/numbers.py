"""Certificate numbers: given out in sequence, or chosen by the body, never used twice.

A number stands in addresses and file names, so it has no part that could climb or hide.
"""

import re
from datetime import date

from service.domain.refusal import Denied
from service.storage import register
from service.storage.database import Connection

MAX_NUMBER_CHARS = 64
_PART = r"[A-Za-z0-9][A-Za-z0-9 ._-]*"
_NUMBER = re.compile(rf"{_PART}(?:/{_PART})*")


def check_number(number: str) -> str:
    """A number that a body has chosen. Raises Denied BAD_PARAMETER."""
    if len(number) > MAX_NUMBER_CHARS or not _NUMBER.fullmatch(number) or number != number.strip():
        raise Denied(
            "BAD_PARAMETER",
            "A number has letters, digits, spaces and . _ - in parts joined by /, "
            f"at most {MAX_NUMBER_CHARS} characters.",
            "number",
        )
    return number


def new_number(connection: Connection, body: str, decided: date) -> str:
    """The next number of a body, such as HARROW/2026/0001; the body's row is locked.

    Numbers that the body has chosen itself are stepped over.
    """
    prefix = re.sub(r"[^A-Z0-9-]", "", body.rpartition("/")[2].upper())[:24] or "C"
    while True:
        count = register.next_number(connection, body, str(decided.year))
        number = f"{prefix}/{decided.year}/{count:04}"
        try:
            register.certificate(connection, body, number)
        except Denied:
            return number
