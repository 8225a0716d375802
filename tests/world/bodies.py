"""The bodies of the world: each keeps plain JSON values and signs them whenever it is asked."""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partialmethod
from typing import Any

from keys import b64u
from keys.signer import KeySigner
from service.credential import claims as certificate
from service.domain.dates import add_months, civil_day, first_second, first_second_after
from service.status import record, status_list
from service.trust import statement
from tests.world.bases import BASES, NORMS, RECOGNISED, SCOPES
from tests.world.papers import DAY_S, Claims, Part, changed, compact, day, seed, signed

Clock = Callable[[], int]


@dataclass
class Link:
    """What `issuer` states about `subject`; `claims` are changes over what it would say."""

    issuer: "Body"
    subject: "Body"
    claims: Claims = field(default_factory=dict)
    signer: KeySigner | None = None

    def token(self) -> str:
        at = self.issuer.clock()
        usual = {
            "iss": self.issuer.id,
            "sub": self.subject.id,
            "iat": at - DAY_S,
            "exp": at + 20 * DAY_S,
            "jwks": {"keys": [self.subject.federation.public_jwk()]},
            "metadata": {
                self.subject.role: {},
                "federation_entity": {"organization_name": self.subject.title},
            },
        }
        signer = self.signer or self.issuer.federation
        return signed(changed(usual, self.claims), signer, statement.TYP)


class Body:
    """A body: its id, its federation key, and what it states about others and itself."""

    role = ""

    def __init__(self, clock: Clock, name: str, owner: str = "") -> None:
        self.clock = clock
        self.name = name
        self.id = f"https://{name}.example"
        self.title = f"The {name} body"
        self.federation = KeySigner.unsafe_from_seed(seed(owner, name))
        self.configuration = Link(self, self)
        self.links: dict[str, Link] = {}

    def about(self, other: "Body") -> Link:
        """The statement about another body."""
        if other.id not in self.links:
            self.links[other.id] = Link(self, other)
            hints = other.configuration.claims.setdefault("authority_hints", [])
            hints.append(self.id)
        return self.links[other.id]

    def statements(self) -> Iterator[str]:
        yield self.configuration.token()
        for link in self.links.values():
            yield link.token()


class Arrangement(Body):
    role = "arrangement"

    def recognise(self, ab: Body, **changes: Any) -> Claims:
        """Recognise a body, for both norms if nothing else is said; gives the `recognition`."""
        recognition = changed(RECOGNISED, changes)
        self.about(ab).claims |= {"crit": ["recognition"], "recognition": recognition}
        return recognition

    def as_anchor(self) -> Claims:
        """Its entry in `anchors.json`."""
        return {
            "id": self.id,
            "jwks": {"keys": [self.federation.public_jwk()]},
            "name": self.title,
        }


class AccreditationBody(Body):
    role = "accreditation_body"

    def grant(self, cb: "CertificationBody", **changes: Any) -> Claims:
        """Accredit a body, for its base certificate if nothing else is said."""
        usual = {
            "number": "0164",
            "norm": NORMS[cb.kind],
            "granted_on": "2015-03-02",
            "expires_on": None,
            "reassessed_on": "2024-02-20",
            "zone": cb.zone,
            "scope": SCOPES[cb.kind],
            "events": [],
            "keys": [cb.names(cb.key, "certificate"), cb.names(cb.status_key, "status", "record")],
            "status_origins": [cb.id],
        }
        accreditation = changed(usual, changes)
        claims = self.about(cb).claims
        claims.setdefault("crit", ["accreditations"])
        claims.setdefault("accreditations", []).append(accreditation)
        cb.accreditation = cb.accreditation or {"by": self.id, "number": accreditation["number"]}
        return accreditation

    def of(self, cb: Body) -> Claims:
        """The first accreditation of a body, to be changed in place."""
        accreditation: Claims = self.about(cb).claims["accreditations"][0]
        return accreditation

    def record(self, type_: str, cb: Body, *, on: date | None, **more: Any) -> None:
        """Record a dated event in the accreditation of a body."""
        event = {"type": type_, "effective_on": on, "recorded_at": None, "scope": None}
        self.of(cb)["events"].append(changed(event, more))

    suspend = partialmethod(record, "suspended")
    lift = partialmethod(record, "lifted")
    reduce = partialmethod(record, "reduced")
    withdraw = partialmethod(record, "withdrawn")


@dataclass
class File:
    """What a certification body has on file about one certificate; None: audits held in time."""

    claims: Claims
    events: list[Claims]
    surveillance: list[Claims] | None = None
    changes: Claims = field(default_factory=dict)


class CertificationBody(Body):
    role = "certification_body"
    zone = "Europe/London"

    def __init__(self, clock: Clock, name: str, kind: str, owner: str = "") -> None:
        super().__init__(clock, name, owner)
        self.kind = kind
        kid = f"{name.replace('.', '-')}-2026"
        self.key = KeySigner.unsafe_from_seed(seed(owner, name, "key"), kid)
        self.status_key = KeySigner.unsafe_from_seed(seed(owner, name, "status"), f"{kid}-s")
        self.status: dict[int, int] = {}
        self.files: dict[str, File] = {}
        self.list_changes: Claims = {}
        self.accreditation: Claims | None = None

    @property
    def list_uri(self) -> str:
        return f"{self.id}/status/1"

    @staticmethod
    def names(key: KeySigner, *purposes: str, **window: str | None) -> Claims:
        """A key as an accreditation names it."""
        usual = {"from": "2024-01-01T00:00:00Z", "until": None, "revoked": None}
        return {"jwk": key.public_jwk(), "purposes": list(purposes), **usual, **window}

    def claims(self, **changes: Any) -> Claims:
        """The claims of its base certificate; dates that follow from a changed one move along."""
        decided = changes.get("decided")
        start = decided if isinstance(decided, date) else day("2024-09-10")
        dated: Claims = {
            "iat": first_second(start, self.zone) + 9 * 3600,
            "decided": start,
            "effective": start,
            "expires": add_months(start, 36) - timedelta(days=1),
            **changes,
        }
        if isinstance(dated["expires"], date):
            dated.setdefault("exp", first_second_after(dated["expires"], self.zone))
        usual = {
            "iss": self.id,
            "jti": f"{self.name.upper()}/2024/{113 + len(self.files):04}",
            "rev": 1,
            **BASES[self.kind],
            "accreditation": self.accreditation,
            "status": {"status_list": {"idx": 7 + len(self.status), "uri": self.list_uri}},
        }
        return changed(usual, dated)

    def sign(
        self, payload: Part, *, header: Part | None = None, key: KeySigner | None = None
    ) -> str:
        """A token of any payload under any header."""
        key = key or self.key
        usual = {"alg": key.algorithm, "kid": key.kid, "typ": certificate.TYP}
        return compact(usual if header is None else header, payload, key)

    def issue(self, *, key: KeySigner | None = None, **changes: Any) -> str:
        """Sign a certificate and enter it in the list and on file, valid and granted."""
        claims = self.claims(**changes)
        granted = {"type": "granted", "effective_on": claims.get("effective")}
        self.files[str(claims.get("jti"))] = File(claims, [granted])
        self.status[7 + len(self.status)] = status_list.VALID
        return self.sign(claims, key=key)

    def file(self, number: str | None = None) -> File:
        """The file of a certificate, the last one if none is named."""
        return list(self.files.values())[-1] if number is None else self.files[number]

    def list_token(self, *, key: KeySigner | None = None, **changes: Any) -> str:
        """Its status list as of now, an hour old."""
        raw = bytearray()
        for idx, value in self.status.items():
            status_list.write_value(raw, idx, value)
        at = self.clock()
        usual = {
            "sub": self.list_uri,
            "iat": at - 3600,
            "exp": at + 7 * DAY_S,
            "ttl": 3600,
            "status_list": {"bits": 4, "lst": b64u.encode(zlib.compress(raw, 9))},
        }
        claims = changed(usual, {**self.list_changes, **changes})
        return signed(claims, key or self.status_key, status_list.TYP)

    def record_token(self, number: str, *, key: KeySigner | None = None, **changes: Any) -> str:
        """The record of a certificate as of now, an hour old. Raises KeyError without a file."""
        held, at = self.files[number], self.clock()
        usual = {
            "iss": self.id,
            "sub": number,
            "iat": at - 3600,
            "exp": at + 7 * DAY_S,
            "revision": held.claims.get("rev"),
            "events": held.events,
            "surveillance": self._audits(held) if held.surveillance is None else held.surveillance,
        }
        claims = changed(usual, {**held.changes, **changes})
        return signed(claims, key or self.status_key, record.TYP)

    def _audits(self, held: File) -> list[Claims]:
        # Each year's audit ends twenty days before it is due.
        kind = "factory_inspection" if self.kind == "product" else "surveillance"
        start = day(held.claims["effective"])
        ends = (add_months(start, 12 * n) - timedelta(days=20 * n) for n in range(1, 9))
        today = civil_day(self.clock(), self.zone)
        return [{"kind": kind, "last_day": end.isoformat()} for end in ends if end <= today]
