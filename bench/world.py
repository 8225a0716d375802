"""The evidence that benchmarks verify against: one chain, one list of a thousand, in memory."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.qr_sizes import SAMPLES
from keys.signer import KeySigner
from service.credential import jws
from service.credential.claims import TYP, ordered
from service.domain.dates import first_second_after, parse_day, parse_instant
from service.domain.verdict import Unavailable
from service.status.status_list import sign_list
from service.trust.anchors import parse_anchors
from service.trust.statement import sign_statement
from service.verifier import Verifier

AT = parse_instant("2026-06-15T12:00:00Z")
DAY_S = 86_400
ANCHOR, AB, CB = "https://arrangement.example", "https://ab-n.example", "https://cb-a.example"


def _key(name: str) -> KeySigner:
    return KeySigner.unsafe_from_seed(f"proofmark-bench/{name}".encode())


def _own(claims: Mapping[str, Any], n: int) -> Mapping[str, Any]:
    """What is a certificate's own: its number, holder, scope and address."""
    holder, organisation = claims["holder"], claims["organisation"]
    address = f"{n} Mill Lane, Leeds LS1 4AB"
    site = {**organisation["sites"][0], "address": address}
    scope = f"{organisation['scope']}, works {n}"
    return {
        "jti": f"CB-A/2024/{n:05}",
        "holder": {**holder, "name": f"Harrow Bearings {n} Ltd", "address": address},
        "organisation": {**organisation, "scope": scope, "sites": [site]},
    }


@dataclass
class BenchWorld:
    """An arrangement, an accreditation body and a certifier of management systems."""

    anchor: KeySigner = field(default_factory=lambda: _key("anchor"))
    ab: KeySigner = field(default_factory=lambda: _key("ab"))
    cb: KeySigner = field(default_factory=lambda: _key("cb"))
    signer: KeySigner = field(default_factory=lambda: _key("certificate"))
    version: int = 1

    def __post_init__(self) -> None:
        self._lists = (sign_list(f"{CB}/status/1", bytes(1_000), self.signer, at=AT - 600),)
        self._statements = {AB: [self._recognition()], CB: [self._accreditation()]}

    def tokens(self, count: int) -> list[str]:
        """So many different certificates of one certifier, each of another holder."""
        claims = dict(SAMPLES["management system, one site"][0])
        claims["exp"] = first_second_after(parse_day(claims["expires"]), "Europe/London")
        return [
            jws.sign(ordered({**claims, **_own(claims, n)}), self.signer, typ=TYP)
            for n in range(count)
        ]

    def verifier(self) -> Verifier:
        """A verifier over this evidence."""
        anchors = {"anchors": [{"id": ANCHOR, "jwks": {"keys": [self.anchor.public_jwk()]}}]}
        return Verifier(parse_anchors(anchors), self, self, self)

    def about(self, subject: str) -> Sequence[str]:
        """The statements about a body."""
        return self._statements.get(subject, ())

    def every(self) -> Iterable[str]:
        """Every statement."""
        return [token for tokens in self._statements.values() for token in tokens]

    def status_lists(
        self, uri: str, *, origins: Collection[str] = (), time: int | None = None
    ) -> Sequence[str]:
        """The one list."""
        return self._lists

    def records(self, issuer: str, number: str, *, origins: Collection[str] = ()) -> Sequence[str]:
        """None is at hand: the status list answers."""
        raise Unavailable

    def _recognition(self) -> str:
        rows = [{"norm": "ISO/IEC 17021-1", "standards": ["ISO 9001"], "from": "2016-05-01"}]
        return self._stated(ANCHOR, AB, self.ab, self.anchor, recognition={"scopes": rows})

    def _accreditation(self) -> str:
        key = {
            "jwk": self.signer.public_jwk(),
            "purposes": ["certificate", "status", "record"],
            "from": "2024-01-01T00:00:00Z",
        }
        accreditation = {
            "number": "0164",
            "norm": "ISO/IEC 17021-1",
            "granted_on": "2015-03-02",
            "reassessed_on": "2024-02-20",
            "zone": "Europe/London",
            "scope": [
                {
                    "standard": "ISO 9001:2015",
                    "codes": ["iaf:17", "iaf:18", "iaf:19"],
                    "from": "2015-11-16",
                }
            ],
            "events": [],
            "keys": [key],
            "status_origins": [CB],
        }
        return self._stated(AB, CB, self.cb, self.ab, accreditations=[accreditation])

    def _stated(
        self, issuer: str, subject: str, key: KeySigner, signer: KeySigner, **granted: object
    ) -> str:
        claims = {
            "iss": issuer,
            "sub": subject,
            "iat": AT - DAY_S,
            "exp": AT + 20 * DAY_S,
            "jwks": {"keys": [key.public_jwk()]},
            **granted,
        }
        return sign_statement(claims, signer)
