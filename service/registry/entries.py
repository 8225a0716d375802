"""The public register: one certificate by its number or its holder's exact name, never a list.

Where a holder wants it so, an entry is confidential: that there is one is said to whoever has the
number, and nothing more; whoever has the code sees all that it says (ISO/IEC 17021-1 8.1.2).
"""

from collections.abc import Sequence
from dataclasses import replace

from service.domain.people import Actor, Power
from service.domain.refusal import Denied
from service.domain.surveillance import Record
from service.registry import records
from service.registry.statements import CERTIFICATION
from service.storage import ledger, people, register
from service.storage.database import Connection
from service.storage.register import Certificate

# More of one name are not shown: who has so many is asked for the number.
MOST = 20
_SHOWN = frozenset("draft active suspended withdrawn cancelled transferred expired".split())


def by_number(connection: Connection, number: str, body: str | None = None) -> list[Certificate]:
    """The certificates of a number, in any spelling: at one body, or wherever there is one."""
    found = []
    for id in _certifiers(connection):
        if body not in (None, id):
            continue
        try:
            certificate = register.certificate(connection, id, number)
        except Denied:
            continue
        if certificate.state in _SHOWN and certificate.revision:
            found.append(certificate)
    return found


def by_holder(connection: Connection, name: str) -> list[Certificate]:
    """The certificates whose holder has exactly this name; none that is confidential."""
    found: list[Certificate] = []
    for id in _certifiers(connection):
        some = register.certificates_of(connection, id, holder=name, limit=MOST)
        found += [row for row in some if row.state in _SHOWN and not row.confidential]
    return found[:MOST]


def split(connection: Connection, base: str, path: str) -> tuple[str, str]:
    """Body and number of `<cb>/<number>`: both may have slashes, and bodies are known.

    Raises Denied NOT_FOUND.
    """
    for id in sorted(_certifiers(connection), key=len, reverse=True):
        below = id[len(base) :].lstrip("/")
        if path.startswith(f"{below}/") and len(path) > len(below) + 1:
            return id, path[len(below) + 1 :]
    raise Denied("NOT_FOUND")


def history(connection: Connection, one: Certificate, *, at: int) -> Record:
    """What is on record of a certificate at `at` (POSIX seconds)."""
    return records.record_of(connection, one.body, one.number, at=at)


def newest_token(connection: Connection, one: Certificate) -> str | None:
    """The token of its newest revision."""
    tokens: Sequence[str] = [
        rev.token for rev in register.revisions_of(connection, one.body, one.number) if rev.token
    ]
    return tokens[-1] if tokens else None


def set_confidential(
    connection: Connection, who: Actor, body: str, number: str, confidential: bool, *, at: int
) -> Certificate:
    """Whether the public register shows a certificate. Raises Denied NOT_FOUND, NOT_ALLOWED."""
    people.require(connection, who, body, Power.ISSUE, at=at)
    ledger.lock_body(connection, body)
    one = register.certificate(connection, body, number)
    if one.confidential is confidential:
        return one
    ledger.append(
        connection, body, kind="certificate", subject=one.number,
        type="unlisted" if confidential else "listed", at=at, actor=who.name, data={},
    )  # fmt: skip
    return register.change_certificate(connection, replace(one, confidential=confidential))


def _certifiers(connection: Connection) -> list[str]:
    """The ids of the certification bodies that work here."""
    found = register.all_bodies(connection)
    return [one.id for one in found if one.role == CERTIFICATION]
