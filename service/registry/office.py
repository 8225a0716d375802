"""The office: the register, its published evidence and its keys, given to every use case."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from keys.jwk import KeyRefused
from keys.module import KeyUnusable
from keys.signer import KeyFileRefused, Signer
from service.domain.accreditation import Recognition
from service.domain.refusal import Denied
from service.domain.verdict import Refused, Unavailable
from service.storage import body_keys, checkpoints
from service.storage.database import Connection, Database
from service.storage.migrating import check_health, check_schema
from service.storage.published import Published
from service.trust.chain import ChainResolver
from service.trust.standing import Standing


class Office:
    """What a use case works with. Safe among threads.

    `open_signer` makes a signer of a reference to where a key rests; `base` is what the ids of the
    bodies hosted here begin with, and `site` what the links in their codes do, if something else.
    """

    def __init__(
        self,
        database: Database,
        evidence: Published,
        open_signer: Callable[[str], Signer],
        *,
        base: str,
        site: str | None = None,
    ) -> None:
        self.database = database
        self.evidence = evidence
        self.open_signer = open_signer
        self.base = base
        self.site = site or base
        self._chains: tuple[object, ChainResolver] | None = None

    @property
    def folder(self) -> Path:
        """The folder of the published evidence."""
        return self.evidence.folder

    def signer(self, connection: Connection, body: str, purpose: str, at: int) -> Signer:
        """The signer of a body for a purpose (certificate, status, record, federation).

        Raises Denied KEY_UNKNOWN, and the code of what keeps the key from being used.
        """
        key = body_keys.usable(connection, body, purpose, at)
        with key_trouble():
            return self.open_signer(key.reference)

    def standing(self, body: str, at: int) -> Standing | None:
        """What the published statements say of a body at an instant; None where no chain holds.

        What is published counts, as for every reader: a suspension that is signed is in force.
        """
        return self._standing(body, None, at)

    def designated(self, body: str, purpose: str, at: int) -> Standing | None:
        """What the authority of a law (the anchor of `purpose`) says of a body, if anything."""
        for anchor in self.evidence.anchors:
            if anchor.purpose == purpose and (found := self._standing(body, anchor.id, at)):
                return found
        return None

    def recognition(self, accreditor: str, at: int) -> Recognition | None:
        """What the published statements say of an accreditation body; None where nothing holds."""
        return self._resolver().recognition(accreditor, at=at)

    def _standing(self, body: str, by: str | None, at: int) -> Standing | None:
        try:
            return Standing(self._resolver().resolve(body, by, at=at, remember=False)[0])
        except (Refused, Unavailable):
            return None

    def _resolver(self) -> ChainResolver:
        anchors = self.evidence.anchors
        if self._chains is None or self._chains[0] != anchors:
            self._chains = (anchors, ChainResolver(anchors, self.evidence, None))
        return self._chains[1]

    def start(self) -> None:
        """Raises StorageFailed where the register must not be worked with (D07, D11)."""
        check_health(self.database)
        check_schema(self.database)
        self.database.read(lambda connection: checkpoints.check(connection, self.folder))


@contextmanager
def key_trouble() -> Iterator[None]:
    """Where a key is opened or used: what keeps it from signing becomes a Denied with its code."""
    try:
        yield
    except (KeyUnusable, KeyFileRefused, KeyRefused) as refused:
        raise Denied(refused.code, "The key cannot be used at the moment.") from None
    except OSError:
        raise Denied("KEY_FILE_UNUSABLE", "The key cannot be read at the moment.") from None


def elsewhere(_reference: str) -> Signer:
    """For an office that has no keys at hand: whatever has to be signed is refused."""
    raise Denied("KEY_ELSEWHERE", "No key is at hand here.")


__all__ = ["Office", "elsewhere", "key_trouble"]
