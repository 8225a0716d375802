"""BASE and BASE-P of security.md section 13 as plain values."""

from collections.abc import Mapping
from typing import Any

NORMS = {
    "management_system": "ISO/IEC 17021-1",
    "product": "ISO/IEC 17065",
    "service": "ISO/IEC 17065",
}

RECOGNISED: Mapping[str, Any] = {
    "arrangement": "GLOBAL-ACI-MRA",
    "scopes": [
        {
            "norm": "ISO/IEC 17021-1",
            "main_scope": False,
            "standards": ["ISO 9001", "ISO 14001"],
            "from": "2014-05-01",
            "until": None,
            "suspended": [],
        },
        {
            "norm": "ISO/IEC 17065",
            "main_scope": False,
            "standards": None,
            "from": "2014-05-01",
            "until": None,
            "suspended": [],
        },
    ],
}

_SCHEME = {
    "scheme": "CABLE-5",
    "type": "5",
    "standards": ["CS 6004:2019"],
    "from": "2016-05-04",
    "until": None,
    "plan": [{"kind": "factory_inspection", "months": 12, "mode": "rolling"}],
    "mark_licence": True,
    "lists_factories": True,
}
SCOPES: Mapping[str, list[dict[str, Any]]] = {
    "management_system": [
        {"standard": "ISO 9001:2015", "codes": ["iaf:17"], "from": "2015-11-16", "until": None}
    ],
    "product": [_SCHEME],
    "service": [{**_SCHEME, "type": "6", "standards": ["CS 7100:2021"], "plan": []}],
}

# The claims of a certificate, without those that differ from body to body and from day to day.
_COMMON: Mapping[str, Any] = {
    "holder": {
        "name": "Harrow Bearings Ltd",
        "country": "GB",
        "address": "4 Mill Lane, Leeds LS1 4AB",
        "id": "lei:529900T8BM49AURSDO55",
    },
}
_SITE = {"name": "Leeds", "address": "4 Mill Lane, Leeds LS1 4AB", "country": "GB"}
_SCHEME_NAMED = {"id": "CABLE-5", "type": "5"}
BASES: Mapping[str, Mapping[str, Any]] = {
    "management_system": {
        **_COMMON,
        "kind": "management_system",
        "standards": ["ISO 9001:2015"],
        "organisation": {
            "scope": "Manufacture of plain bearings",
            "codes": ["iaf:17"],
            "sites": [_SITE],
        },
    },
    "product": {
        **_COMMON,
        "kind": "product",
        "standards": ["CS 6004:2019"],
        "product": {
            "brand": "Harrow",
            "models": ["K7"],
            "gtins": ["05012345678900"],
            "revision": "C",
            "factories": ["F1"],
            "scheme": _SCHEME_NAMED,
        },
    },
    "service": {
        **_COMMON,
        "kind": "service",
        "standards": ["CS 7100:2021"],
        "service": {"scope": "Installation of cables", "sites": [_SITE], "scheme": _SCHEME_NAMED},
    },
}
