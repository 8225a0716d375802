"""Papers of a certificate that is on record: what stands on them, and who signs them.

Only the certification body's key signs, the one its certificates are signed with; nothing is
written to the register by it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from service.credential.packing import pack
from service.credential.qr import Symbol, SymbolTooLarge, symbol
from service.domain.refusal import Denied
from service.registry import letterhead, lives
from service.registry.lives import Life
from service.registry.office import Office, key_trouble
from service.render.certificate import Printed, certificate_pdf
from service.storage import register
from service.storage.database import Connection


@dataclass(frozen=True, slots=True)
class Issued:
    """A certificate with its body's name and address, and who stands above that body."""

    life: Life
    name: str
    above: tuple[tuple[str, str], ...]
    address: str | None

    @property
    def token(self) -> str:
        """The newest token."""
        return str(self.life.newest.token)

    def code(self, base_url: str) -> Symbol:
        """The symbol of its newest token, a link at `base_url`. Raises Denied CODE_TOO_LONG."""
        try:
            return symbol(f"{base_url}/q/", pack(self.token))
        except SymbolTooLarge:
            raise Denied(
                "CODE_TOO_LONG", "The certificate is too long for a code that phones can read."
            ) from None


def find(office: Office, body: str, number: str, *, at: int) -> Issued:
    """A certificate that has been issued. Raises Denied NOT_FOUND."""

    def work(connection: Connection) -> tuple[Life, str, str | None]:
        life = lives.load(connection, office, body, number, at=at)
        name = register.body(connection, body).name
        return life, name, letterhead.address(connection, body)

    life, name, address = office.database.read(work)
    standing = office.standing(body, at)
    above = [
        (link.role, link.name)
        for link in (standing.links(None) if standing else ())
        if link.role in ("arrangement", "accreditation_body") and link.name
    ]
    return Issued(life, name, tuple(above), address)


def certificate(
    office: Office, one: Issued, *, base_url: str, host: str, languages: Sequence[str], paper: str,
    people: Sequence[str], sign: bool, at: int,
) -> bytes:  # fmt: skip
    """The certificate as PDF with its token inside, signed by its body unless `sign` is false.

    Raises Denied: what `certificate_pdf` refuses, CODE_TOO_LONG, and what keeps a key from signing.
    """
    # Loaded when something is signed: it takes as long as all other commands together.
    from service.render import pades

    printed = Printed(
        one.life.stated, one.code(base_url), one.name, host, one.address, tuple(people), one.above
    )
    drawn = certificate_pdf(printed, languages=languages, paper=paper)
    if not sign:
        return pades.with_token(drawn, one.token)
    body = one.life.row.body

    def work(connection: Connection) -> bytes:
        signer = office.signer(connection, body, "certificate", at)
        with key_trouble():
            return pades.signed(drawn, one.token, signer, body=body, name=one.name, at=at)

    return office.database.read(work)
