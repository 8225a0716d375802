"""A body that signs elsewhere: it gets the claims that are intended, and hands in the token.

The same gates, the same intent, the same proof: only the signature comes from another machine, and
it must be over exactly what was intended (issue = verify, security.md R17).
"""

from collections.abc import Sequence

from service.credential import claims as certificate
from service.credential import jws
from service.domain.people import Actor, Power
from service.domain.refusal import Denied
from service.domain.verdict import Refused
from service.registry import issuing
from service.registry.intending import Wish
from service.registry.issuing import Issued
from service.registry.office import Office
from service.storage import people, register
from service.storage.answers import Ask
from service.storage.database import Connection
from service.storage.register import Revision


def intend(
    office: Office, who: Actor, body: str, wishes: Sequence[Wish], *, at: int,
    ask: Ask | None = None,
) -> list[Revision]:  # fmt: skip
    """Take numbers and entries for what passes the gates; gives back the claims to be signed."""
    return issuing.intend(office, who, body, wishes, at=at, ask=ask)


def submit(office: Office, who: Actor, body: str, number: str, token: str, *, at: int) -> Issued:
    """The token of an intended revision, signed by a key of the body.

    Raises Denied NOT_FOUND, CLAIM_INCONSISTENT where it says anything else than was intended, the
    token's own code, and as `issuing.issue`.
    """

    def open_intent(connection: Connection) -> Revision:
        people.require(connection, who, body, Power.ISSUE, at=at)
        one = register.certificate(connection, body, number)
        for revision in register.revisions_of(connection, body, one.number):
            if revision.state == "intent":
                return revision
        raise Denied("NOT_FOUND")

    intent = office.database.read(open_intent)
    try:
        parsed = jws.parse(token, typ=certificate.TYP)
    except Refused as refused:
        raise Denied(str(refused.code), "This is no certificate token.", "token") from None
    if parsed.unproven_claims != intent.claims:
        raise Denied("CLAIM_INCONSISTENT", "It does not say what was intended.", "token")
    return issuing.finish_signed(office, issuing.proved(office, intent, token, at), at=at)
