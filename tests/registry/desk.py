"""A small world that works in a register: an arrangement, an accreditation body, certifiers.

Keys rest in memory; everything else is real: database, folder, statements, gates, verifier.
"""

import json
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from keys.signer import KeySigner
from service.domain.dates import civil_day, first_second
from service.domain.people import Actor
from service.domain.report import Report
from service.registry import accrediting, bodies, issuing, lives, publishing
from service.registry.intending import Wish
from service.registry.issuing import Issued
from service.registry.lives import Life
from service.registry.office import Office
from service.storage.bundle import write_anchors
from service.storage.database import Database
from service.storage.published import Published, prepare_folder
from service.storage.register import Body
from service.verifier import Verifier

BASE = "https://registry.example"
ARRANGEMENT, AB = f"{BASE}/arrangement", f"{BASE}/ab/northland"
CB, CB_P = f"{BASE}/cb/harrowgate", f"{BASE}/cb/pellworth"
ZONE = "Europe/London"
SETUP = Actor("system", "setup")
# Everything happens around the afternoon of this day.
TODAY = date(2026, 4, 20)
AT = first_second(TODAY, ZONE) + 15 * 3_600
_SCENARIOS = json.loads((Path(__file__).parents[1] / "data" / "scenarios.json").read_text("utf-8"))
# Decided some days ago, so that something can be done to it today.
DECIDED: dict[str, Any] = {
    "decision": {"date": "2026-04-16"},
    "certificate": {"effective": "2026-04-16", "expires": "2029-04-15"},
}
SYSTEM_SCOPE = {"standard": "ISO 9001:2015", "codes": ["iaf:17", "iaf:18", "iaf:19"],
                "from": "2015-11-16"}  # fmt: skip
CABLES = {"scheme": "CABLE-5", "type": "5", "standards": ["CS 6004:2019"], "from": "2019-11-04",
          "categories": ["cables"], "mark_licence": True, "lists_factories": True,
          "plan": [{"kind": "factory_inspection", "months": 12, "mode": "rolling"}]}  # fmt: skip


def dossier(base: str = "ms-initial", cb: str = CB, **changes: Any) -> dict[str, Any]:
    """A complete dossier of scenarios.json for a firm, decided on TODAY unless said."""
    # Half days as texts: a request may contain no fraction (security.md R3).
    found: dict[str, Any] = json.loads(
        json.dumps(_SCENARIOS["world"]["dossiers"][base]), parse_float=str
    )
    found = {name: value for name, value in found.items() if value is not None}
    found["cb"] = cb
    found["holder"] = {"name": "Harrow Looms Ltd", "country": "GB", "id": "reg:GB-01234567"}
    if "organisation" in found:
        found["organisation"]["sites"] = [{"name": "main", "country": "GB"}]
    found["certificate"] = {k: v for k, v in found["certificate"].items() if v is not None}
    return merged(found, changes)


def merged(found: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """RFC 7396: objects are merged, everything else is replaced."""
    result = dict(found)
    for name, value in changes.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, dict) and isinstance(result.get(name), dict):
            result[name] = merged(result[name], value)
        else:
            result[name] = value
    return result


@dataclass
class RegisterWorld:
    """The office and its bodies, with a clock that tests move."""

    office: Office
    signers: dict[str, KeySigner] = field(default_factory=dict)
    at: int = AT

    @property
    def today(self) -> date:
        return civil_day(self.at, ZONE)

    def pass_days(self, days: int) -> None:
        self.at += days * 86_400

    def publish(self) -> publishing.Round:
        result = publishing.publish(self.office, at=self.at, limit=1_000)
        assert result.failed == []
        return result

    def issue(self, dossier: dict[str, Any], number: str | None = None, **more: Any) -> Issued:
        body = dossier.get("cb", CB)
        (issued,) = issuing.issue(
            self.office, SETUP, body, [Wish(dossier, number)], at=self.at, **more
        )
        return issued

    def act(self, number: str, act: str, body: str = CB, **asked: Any) -> Life:
        return self.office.database.write(
            lambda connection: lives.act(
                connection, self.office, SETUP, body, number, {"act": act, **asked}, at=self.at
            )
        )

    def verify(self, token: str, at: int | None = None) -> Report:
        """As anybody would, over what is published."""
        evidence = Published(self.office.folder, BASE, look_every_s=0)
        verifier = Verifier(evidence.anchors, evidence, evidence, evidence)
        return verifier.verify(token, at=at or self.at, remember=False)


def open_world(database: Database, folder: Path, *, at: int = AT) -> RegisterWorld:
    """A register with an arrangement, an accreditation body, and certifiers of both kinds."""
    signers: dict[str, KeySigner] = {}
    prepare_folder(folder, BASE)
    anchor = _key(signers, ARRANGEMENT, "federation")
    write_anchors(
        folder,
        {"anchors": [{"id": ARRANGEMENT, "name": "The Arrangement",
                      "jwks": {"keys": [anchor.public_jwk()]}}]},
    )  # fmt: skip
    evidence = Published(folder, BASE, look_every_s=0)
    office = Office(database, evidence, signers.__getitem__, base=BASE)
    for body in (
        Body(ARRANGEMENT, "arrangement", "The Arrangement", ZONE),
        Body(AB, "accreditation_body", "Northland Accreditation", ZONE),
        Body(CB, "certification_body", "Harrowgate Certification", ZONE),
        Body(CB_P, "certification_body", "Pellworth Products", ZONE),
    ):
        _enrol(office, signers, body, at - 400 * 86_400)
    world = RegisterWorld(office, signers, at)
    _grant(world, ARRANGEMENT, AB, "recognition", _recognition(), "Northland Accreditation")
    _grant(world, AB, CB, "accreditation", _accreditation("0164", "ISO/IEC 17021-1", SYSTEM_SCOPE),
           "Harrowgate Certification")  # fmt: skip
    _grant(world, AB, CB_P, "accreditation", _accreditation("0201", "ISO/IEC 17065", CABLES),
           "Pellworth Products")  # fmt: skip
    world.publish()
    return world


def certifier(world: RegisterWorld, id: str, number: str) -> None:
    """One more certifier of management systems, accredited as the first is."""
    name = f"Certifier {number}"
    body = Body(id, "certification_body", name, ZONE)
    _enrol(world.office, world.signers, body, world.at - 400 * 86_400)
    content = _accreditation(number, "ISO/IEC 17021-1", SYSTEM_SCOPE)
    _grant(world, AB, id, "accreditation", content, name)


def signer(world: RegisterWorld, body: str, purpose: str) -> KeySigner:
    """A key for a further body of the world."""
    return _key(world.signers, body, purpose)


def _key(signers: dict[str, KeySigner], body: str, purpose: str) -> KeySigner:
    reference = f"test:{body} {purpose}"
    name = body.rpartition("/")[2]
    signers[reference] = KeySigner.unsafe_from_seed(reference.encode(), f"{name}-{purpose}")
    return signers[reference]


def _enrol(office: Office, signers: dict[str, KeySigner], body: Body, at: int) -> None:
    purposes: dict[str, tuple[str, ...]] = {"federation": ("federation",)}
    if body.role == "certification_body":
        purposes |= {"certificate": ("certificate",), "evidence": ("status", "record")}
    office.database.write(lambda c: bodies.enrol(c, SETUP, body, base=BASE, at=at))
    for name, named in purposes.items():
        signer = _key(signers, body.id, name)
        office.database.write(
            lambda c, signer=signer, named=named, name=name: bodies.add_key(  # type: ignore[misc]
                c, SETUP, body.id, signer, reference=f"test:{body.id} {name}", purposes=named,
                since=at, at=at,
            )
        )  # fmt: skip


def _grant(
    world: RegisterWorld, by: str, of: str, kind: str, content: dict[str, Any], name: str
) -> None:
    world.office.database.write(
        lambda c: accrediting.grant(
            c, world.office, SETUP, by, of, kind, content, name=name, at=world.at
        )
    )


def _recognition() -> dict[str, Any]:
    rows = [
        {"norm": norm, "main_scope": norm == "ISO/IEC 17021-1", "from": "2010-05-01",
         **({"standards": ["ISO 9001"]} if norm == "ISO/IEC 17021-1" else {})}
        for norm in ("ISO/IEC 17021-1", "ISO/IEC 17065", "ISO/IEC 17025")
    ]  # fmt: skip
    return {"arrangement": "GLOBAL-ACI-MRA", "zone": ZONE, "scopes": rows}


def _accreditation(number: str, norm: str, scope: dict[str, Any]) -> dict[str, Any]:
    return {
        "number": number, "norm": norm, "granted_on": "2015-03-02", "zone": ZONE,
        "reassessed_on": (TODAY - timedelta(days=300)).isoformat(), "scope": [scope],
    }  # fmt: skip
