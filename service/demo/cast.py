"""The cast: every body of the example world, honest or not, as one table.

Every name is invented; a likeness with a real body is chance. Bodies that work in the register have
ids below ORIGIN, so that the world does not depend on the address it is served at; impostors have
addresses of their own.
"""

from collections.abc import Mapping
from typing import Any

from service.demo.bodies import (
    ACCREDITATION,
    ARRANGEMENT,
    ORIGIN,
    PRODUCTS,
    SYSTEMS,
    TESTING,
    Body,
    Turn,
)


def _systems(standard: str, *codes: int, since: str | int = "2016-01-11") -> Mapping[str, Any]:
    return {"standard": standard, "codes": [f"iaf:{code}" for code in codes], "from": since}


def _scheme(
    scheme: str, type_label: str, standard: str, *plan: tuple[str, int], term: int | None = None
) -> Mapping[str, Any]:
    row: dict[str, Any] = {"scheme": scheme, "type": type_label, "standards": [standard]}
    row |= {"from": "2019-06-03", "mark_licence": True, "max_term_months": term}
    row["plan"] = [{"kind": kind, "months": months, "mode": "rolling"} for kind, months in plan]
    return {name: value for name, value in row.items() if value is not None}


_QUALITY = _systems("ISO 9001:2015", 17, 18, 19, 28)
_INSPECTED = ("factory_inspection", 12)
_CABLES = _scheme("CABLE-5", "5", "CS 6004:2019", _INSPECTED)
_LAMPS = _scheme("LAMP-3", "3", "CS 7012:2021", _INSPECTED, term=60)
_CARE = _scheme("CARE-6", "6", "CS 9021:2020", ("service_check", 12), term=36)

_ALL = (
    Body(
        key="arrangement",
        id=f"{ORIGIN}/arrangement",
        name="World Recognition Arrangement",
        role=ARRANGEMENT,
        pinned=True,
    ),
    Body(
        key="northland",
        id=f"{ORIGIN}/ab/northland",
        name="Northland Accreditation",
        role=ACCREDITATION,
        by="arrangement",
        scope=(
            {
                "norm": SYSTEMS,
                "main_scope": True,
                "standards": ["ISO 9001", "ISO 14001", "ISO 45001", "ISO/IEC 27001", "ISO 50001"],
                "from": "2010-05-03",
            },
            {"norm": PRODUCTS, "from": "2012-03-05"},
            {"norm": TESTING, "from": "2009-06-08"},
        ),
    ),
    Body(
        key="southmere",
        id=f"{ORIGIN}/ab/southmere",
        name="Southmere Accreditation",
        role=ACCREDITATION,
        by="arrangement",
        zone="Pacific/Auckland",
        # For management systems only; not for a month that lies well back.
        scope=({"norm": SYSTEMS, "from": "2011-07-04"},),
        suspended=(-330, -300),
    ),
    Body(
        key="alderway",
        id=f"{ORIGIN}/cb/alderway",
        name="Alderway Certification",
        by="northland",
        number="0164",
        scope=(
            _QUALITY,
            _systems("ISO 14001:2015", 17, 18, 19, 28, 35),
            _systems("ISO/IEC 27001:2022", 33, 35, since=-700),
            _systems("ISO 22301:2019", 33, 35, since="2020-02-03"),
        ),
    ),
    Body(
        key="pellworth",
        id=f"{ORIGIN}/cb/pellworth",
        name="Pellworth Product Certification",
        by="northland",
        number="0201",
        norm=PRODUCTS,
        granted_on="2016-05-04",
        scope=(_CABLES, _LAMPS, _CARE),
    ),
    Body(
        key="wolkenried",
        id=f"{ORIGIN}/cb/wolkenried",
        name="Wolkenried Zertifizierung",
        by="northland",
        zone="Europe/Berlin",
        number="0233",
        norm=PRODUCTS,
        granted_on="2018-09-17",
        scope=(_CABLES, _LAMPS),
        algorithm="EdDSA",
    ),
    Body(
        key="waitaro",
        id=f"{ORIGIN}/cb/waitaro",
        name="Waitaro Certification",
        by="southmere",
        zone="Pacific/Auckland",
        number="S-031",
        scope=({"from": "2016-01-11"},),
    ),
    Body(
        key="rimutere",
        id=f"{ORIGIN}/cb/rimutere",
        name="Rimutere Product Certification",
        by="southmere",
        zone="Pacific/Auckland",
        number="S-044",
        norm=PRODUCTS,
        scope=(_CABLES,),
        beyond=True,
    ),
    Body(
        key="quillmoor",
        id=f"{ORIGIN}/cb/quillmoor",
        name="Quillmoor Assurance",
        by="northland",
        zone="Europe/Dublin",
        number="0177",
        scope=(_QUALITY,),
        turns=(Turn("suspend", -70, "imposed"),),
    ),
    Body(
        key="wexcombe",
        id=f"{ORIGIN}/cb/wexcombe",
        name="Wexcombe Certification",
        by="northland",
        number="0188",
        scope=(_QUALITY,),
        turns=(Turn("withdraw", -90, "imposed"),),
    ),
    Body(
        key="vellanby",
        id=f"{ORIGIN}/cb/vellanby",
        name="Vellanby Registrars",
        by="northland",
        zone="America/Toronto",
        number="0191",
        scope=(_QUALITY,),
        turns=(Turn("resign", -260, "voluntary"),),
    ),
    Body(
        key="fennbrook",
        id=f"{ORIGIN}/cb/fennbrook",
        name="Fennbrook Certification",
        by="northland",
        number="0205",
        scope=(_QUALITY,),
    ),
    Body(
        key="merrowgate",
        id=f"{ORIGIN}/cb/merrowgate",
        name="Merrowgate Certification",
        by="northland",
        number="0212",
        scope=(_QUALITY,),
    ),
    # From here on, impostors.
    Body(
        key="northlands",
        id="https://northlands-accreditation.example",
        name="Northlands Accreditation",
        role=ACCREDITATION,
    ),
    Body(
        key="crestholm",
        id="https://crestholm.example",
        name="Crestholm Certification",
        by="northlands",
        number="0164",
        scope=(_QUALITY,),
    ),
    Body(
        key="grandseal",
        id="https://grand-seal.example",
        name="Grand Seal Arrangement",
        role=ARRANGEMENT,
    ),
    Body(
        key="sealcouncil",
        id="https://council.grand-seal.example",
        name="Grand Seal Accreditation Council",
        role=ACCREDITATION,
        by="grandseal",
        scope=({"norm": SYSTEMS, "main_scope": True, "from": "2020-01-06"},),
    ),
    Body(
        key="brightwax",
        id="https://brightwax.example",
        name="Brightwax Registrars",
        by="sealcouncil",
        number="GS-7",
        scope=(_QUALITY,),
    ),
    Body(
        key="hollowby",
        id="https://hollowby.example",
        name="Hollowby Certificates",
        by="northland",
        number="0199",
        unheard=True,
    ),
)
BODIES: Mapping[str, Body] = {body.key: body for body in _ALL}
