"""From the plan to signed papers: the same for the same day of building, to the last byte."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from typing import Any

from keys import b64u
from service.credential import claims as certificate
from service.credential import jws
from service.credential.packing import pack
from service.demo.bodies import Body
from service.demo.cast import BODIES
from service.demo.papers import Paper
from service.demo.plan import PLAN, indices
from service.domain.dates import add_months, first_second, first_second_after

# Papers are signed in the middle of their day.
_NOON_S = 12 * 3600
_PART = {"management_system": "organisation", "product": "product", "service": "service"}


@dataclass(frozen=True, slots=True)
class Signed:
    """A paper as it was signed; `digest` is the hash of its signing input, as registers keep it."""

    paper: Paper
    index: int
    token: str
    digits: str
    digest: str

    @property
    def body(self) -> Body:
        """The body in whose name it is signed."""
        return BODIES[self.paper.body]


def offset(day: date, days: int) -> date:
    """The civil day so many days later."""
    return day + timedelta(days=days)


def status_uri(body: Body, name: str) -> str:
    """The address of a body's status list."""
    return f"{body.id}/status/{name}"


def sign_all(built_on: date) -> tuple[Signed, ...]:
    """Every paper of the plan, signed; `built_on` is the day that its offsets count from."""
    index = indices()
    return tuple(_sign(paper, index[paper.slug], built_on) for paper in PLAN)


def signed_at(paper: Paper, built_on: date) -> int:
    """The instant of signing in POSIX seconds: noon of the day of the decision, to the second."""
    return first_second(offset(built_on, paper.decided), BODIES[paper.body].zone) + _NOON_S


def _sign(paper: Paper, index: int, built_on: date) -> Signed:
    signer = BODIES[paper.signed_by or paper.body].signer("certificate")
    token = jws.sign(_claims(paper, index, built_on), signer, typ=certificate.TYP)
    if paper.altered:
        token = _altered(token, paper.altered)
    digest = b64u.encode(sha256(token.rpartition(".")[0].encode()).digest())
    return Signed(paper, index, token, pack(token), digest)


def _claims(paper: Paper, index: int, built_on: date) -> Mapping[str, Any]:
    body, decided = BODIES[paper.body], offset(built_on, paper.decided)
    claims: dict[str, Any] = {
        "iss": body.id,
        "jti": paper.number,
        "rev": paper.rev,
        "iat": signed_at(paper, built_on),
        "kind": str(paper.kind),
        "standards": [paper.standard],
        "decided": decided.isoformat(),
        "effective": offset(built_on, paper.starts).isoformat(),
        "supersedes": paper.rev - 1 or None,
        "transferred_from": _origin(paper, built_on),
        "holder": paper.firm.holder,
        _PART[paper.kind]: paper.part,
        "accreditation": _accreditation(paper),
        "status": {"status_list": {"idx": index, "uri": status_uri(body, paper.list_name)}},
    }
    if (expires := _last_day(paper, built_on)) is not None:
        claims["expires"] = expires.isoformat()
        claims["exp"] = first_second_after(expires, body.zone)
    return certificate.ordered(claims)


def _last_day(paper: Paper, built_on: date) -> date | None:
    """The day before the anniversary of the decision that began the term."""
    began = paper.moved_from.decided if paper.moved_from else paper.decided
    if paper.term is None:
        return None
    return offset(add_months(offset(built_on, began), paper.term), -1)


def _origin(paper: Paper, built_on: date) -> Mapping[str, str] | None:
    origin, expires = paper.moved_from, _last_day(paper, built_on)
    if origin is None or expires is None:
        return None
    return {
        "by": BODIES[origin.body].id,
        "number": origin.number,
        "decided": offset(built_on, origin.decided).isoformat(),
        "expires": expires.isoformat(),
    }


def _accreditation(paper: Paper) -> Mapping[str, str] | None:
    if paper.claim == "":
        return None
    owner = BODIES[paper.claim or paper.body]
    if owner.by is None:
        raise ValueError(f"{owner.key} is accredited by nobody")
    return {"by": BODIES[owner.by].id, "number": owner.number}


def _altered(token: str, changes: Mapping[str, Any]) -> str:
    """The token with other claims under the same signature: what a forger does."""
    header, payload, signature = token.split(".")
    claims = json.loads(b64u.decode(payload)) | changes
    text = json.dumps(claims, ensure_ascii=False, separators=(",", ":"))
    return f"{header}.{b64u.encode(text.encode())}.{signature}"
