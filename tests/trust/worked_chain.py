"""The worked chain of formats.md 2.6, signed with the keys that stand there."""

from typing import Any

from keys.signer import KeySigner
from tests.world import signed

ANCHOR, AB, CB = (
    KeySigner.unsafe_from_seed(f"proofmark-formats/{name}".encode())
    for name in ("anchor", "ab", "cb")
)
CERTIFICATE, STATUS = (
    KeySigner.unsafe_from_seed(f"proofmark-formats/{label}".encode(), kid)
    for label, kid in (("cb-cert", "a-2024-1"), ("cb-status", "a-2024-s"))
)
ISSUED, ENDS = 1_781_049_600, 1_783_468_800


def _federation(signer: KeySigner) -> dict[str, Any]:
    jwk = signer.public_jwk()
    return {
        "kty": "EC",
        "crv": "P-256",
        "use": "sig",
        "alg": "ES256",
        "kid": signer.kid,
        "x": jwk["x"],
        "y": jwk["y"],
    }


def _named(signer: KeySigner) -> dict[str, Any]:
    jwk = signer.public_jwk()
    return {name: jwk[name] for name in ("kty", "crv", "x", "y", "kid")}


def _statement(signer: KeySigner, iss: str, sub: str, keys: KeySigner, **claims: Any) -> str:
    dates = {"iat": ISSUED, "exp": ENDS, "jwks": {"keys": [_federation(keys)]}}
    payload = {"iss": f"https://{iss}.example", "sub": f"https://{sub}.example", **dates, **claims}
    return signed(payload, signer, "entity-statement+jwt")


_FEDERATION = "https://arrangement.example/federation"
ES3 = _statement(
    ANCHOR, "arrangement", "arrangement", ANCHOR,
    metadata={
        "federation_entity": {
            "organization_name": "Example Arrangement",
            "federation_fetch_endpoint": f"{_FEDERATION}/fetch",
            "federation_list_endpoint": f"{_FEDERATION}/list",
            "federation_resolve_endpoint": f"{_FEDERATION}/resolve",
        }
    },
)  # fmt: skip
_ROW = {"main_scope": True, "standards": ["ISO 9001", "ISO 14001"], "from": "2016-05-01"}
RECOGNITION: dict[str, Any] = {
    "arrangement": "GLOBAL-ACI-MRA",
    "scopes": [
        {"norm": "ISO/IEC 17021-1", **_ROW, "until": None, "suspended": []},
        {"norm": "ISO/IEC 17065", "main_scope": False, "standards": None, "from": "2017-03-01",
         "until": None, "suspended": []},
    ],
}  # fmt: skip
ES2 = _statement(
    ANCHOR, "arrangement", "ab-n", AB,
    constraints={
        "max_path_length": 1,
        "allowed_entity_types": ["accreditation_body", "certification_body"],
    },
    crit=["recognition"],
    recognition=RECOGNITION,
)  # fmt: skip
_WINDOW = {"from": "2024-01-01T00:00:00Z", "until": None, "revoked": None}
_EVENTS = [
    {"type": "suspended", "effective_on": "2026-02-10", "recorded_at": "2026-02-10T09:14:00Z",
     "scope": None, "reason": "imposed"},
    {"type": "lifted", "effective_on": "2026-03-20", "recorded_at": "2026-03-20T15:02:00Z",
     "scope": None, "reason": None},
]  # fmt: skip
ACCREDITATION: dict[str, Any] = {
    "number": "0164",
    "norm": "ISO/IEC 17021-1",
    "granted_on": "2015-03-02",
    "expires_on": None,
    "reassessed_on": "2024-02-20",
    "zone": "Europe/London",
    "scope": [
        {"standard": "ISO 9001:2015", "codes": ["iaf:17", "iaf:18", "iaf:19"],
         "from": "2015-11-16", "until": None}
    ],
    "events": _EVENTS,
    "keys": [
        {"jwk": _named(CERTIFICATE), "purposes": ["certificate"], **_WINDOW},
        {"jwk": _named(STATUS), "purposes": ["status", "record"], **_WINDOW},
    ],
    "status_origins": ["https://cb-a.example"],
}  # fmt: skip
ES1 = _statement(
    AB, "ab-n", "cb-a", CB,
    constraints={"max_path_length": 0, "allowed_entity_types": ["certification_body"]},
    crit=["accreditations"],
    accreditations=[ACCREDITATION],
)  # fmt: skip
ES0 = _statement(
    CB, "cb-a", "cb-a", CB,
    authority_hints=["https://ab-n.example"],
    metadata={
        "certification_body": {},
        "federation_entity": {"organization_name": "CB A Certification Ltd"},
    },
)  # fmt: skip
