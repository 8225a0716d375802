"""The letterhead: where a certification body is, as ISO/IEC 17021-1 8.2.2 g and 17065 7.7.1 a ask.

It is put on file once, by whoever may issue, and stands on every certificate that is printed.
"""

from service.domain.people import Actor, Power
from service.domain.refusal import Denied
from service.issuer.reading import DossierRefused, text
from service.storage import ledger, papers, people
from service.storage.database import Connection
from service.storage.papers import Paper

KIND, SUBJECT = "letterhead", "address"
MAX_CHARS = 200


def address(connection: Connection, body: str) -> str | None:
    """The address of a body; None where none is on file."""
    try:
        return str(papers.find(connection, body, KIND, SUBJECT).content["address"])
    except Denied:
        return None


def put(connection: Connection, who: Actor, body: str, line: str, *, at: int) -> None:
    """Put an address on file, in one line of at most 200 characters; the same again is nothing new.

    Raises Denied NOT_ALLOWED, BAD_PARAMETER, NAME_CONTROL_CHARS.
    """
    people.require(connection, who, body, Power.ISSUE, at=at)
    plain = line.strip()
    if len(plain) > MAX_CHARS:
        raise Denied("BAD_PARAMETER", f"An address has at most {MAX_CHARS} characters.", "address")
    try:
        content = {"address": text(plain)}
    except DossierRefused as refused:
        raise Denied(refused.code, "The address cannot be read.", "address") from None
    ledger.lock_body(connection, body)
    try:
        known = papers.find(connection, body, KIND, SUBJECT)
    except Denied:
        papers.add(connection, Paper(body, KIND, SUBJECT, body, "active", content, 1, at))
    else:
        if known.content == content:
            return
        papers.change(connection, known, state="active", content=content, at=at)
    ledger.append(
        connection, body, kind=KIND, subject=SUBJECT, type="put", at=at, actor=who.name,
        data=content,
    )  # fmt: skip
