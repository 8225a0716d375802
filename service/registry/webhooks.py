"""Webhooks: notices as signed tokens, sent by https to whoever has subscribed an address.

A notice is a JWS of type `notice+jwt` under a key that the body's statements publish: for records,
where it has one, else its federation key. So nothing secret is shared with receivers, and none can
pass a notice on as the body's word to somebody else: `aud` names the address it is for.
"""

from collections.abc import Sequence

from keys.signer import Signer
from service.credential import jws
from service.domain.notice import Undelivered
from service.domain.refusal import Denied
from service.domain.verdict import Unavailable
from service.registry.office import Office, key_trouble
from service.storage.database import Connection
from service.storage.fetch import Fetcher
from service.storage.messages import Message
from service.storage.subscriptions import Subscription

TYP = "notice+jwt"
# A receiver takes a notice that was signed so many seconds ago at most; each try is signed anew.
LIFE_S = 600
# Facts have at most 200 characters each, and stand in the words as well.
MAX_NOTICE_CHARS = 32 * 1024


class Webhooks:
    """Sends notices one by one. Safe among threads."""

    together = 1

    def __init__(self, office: Office, fetcher: Fetcher) -> None:
        self._office = office
        self._fetcher = fetcher

    def send(self, to: Subscription, some: Sequence[Message], *, at: int) -> None:
        """Sign and send each at `at` (POSIX seconds). Raises Undelivered."""
        for one in some:
            try:
                with key_trouble():
                    signer = self._office.database.read(
                        lambda c, one=one: _signer(self._office, c, one.body, at)  # type: ignore[misc]
                    )
                    token = signed(one, to, signer, at=at)
            except Denied as denied:
                raise Undelivered(denied.code) from None
            self._post(to.address, one, token)

    def close(self) -> None:
        """Nothing is kept open."""

    def _post(self, address: str, one: Message, token: str) -> None:
        headers = {"Content-Type": f"application/{TYP}", "X-Proofmark-Notice": one.id}
        try:
            status = self._fetcher.post(address, token.encode("ascii"), headers)
        except Unavailable:
            raise Undelivered("WEBHOOK_UNREACHABLE", unreachable=True) from None
        if not 200 <= status < 300:
            raise Undelivered("WEBHOOK_REFUSED")


def signed(one: Message, to: Subscription, signer: Signer, *, at: int) -> str:
    """The token of a notice for one receiver, signed at `at`; `jti` is the same in each try."""
    claims = {
        "iss": one.body,
        "aud": to.address,
        "jti": one.id,
        "iat": at,
        "exp": at + LIFE_S,
        "created": one.created_at,
        "notice": dict(one.payload),
        "subject": one.subject,
        "text": one.text,
    }
    return jws.sign(claims, signer, typ=TYP, max_chars=MAX_NOTICE_CHARS)


def _signer(office: Office, connection: Connection, body: str, at: int) -> Signer:
    try:
        return office.signer(connection, body, "record", at)
    except Denied as denied:
        if denied.code != "KEY_UNKNOWN":
            raise
        return office.signer(connection, body, "federation", at)
