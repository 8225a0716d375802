"""A device with a passkey, in a few lines: it makes what browsers send (WebAuthn Level 3)."""

import json
from dataclasses import dataclass, field
from hashlib import sha256
from secrets import token_bytes
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from keys import b64u

PRESENT, SURE, FRESH = 0x01, 0x04, 0x40


def _cbor_text(text: str) -> bytes:
    return bytes([0x60 + len(text)]) + text.encode()


def _cbor_bytes(raw: bytes) -> bytes:
    return b"\x58" + bytes([len(raw)]) + raw if len(raw) < 256 else (
        b"\x59" + len(raw).to_bytes(2) + raw
    )  # fmt: skip


@dataclass
class Device:
    """One device with one passkey; what it says of itself can be made false."""

    origin: str
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    id: bytes = field(default_factory=lambda: token_bytes(20))
    flags: int = PRESENT | SURE
    count: int = 0
    user: str = ""
    more: dict[str, Any] = field(default_factory=dict)

    def make(self, options: dict[str, Any]) -> dict[str, Any]:
        """The credential for creation options."""
        self.user = options["user"]["id"]
        auth = self._auth(options["rp"]["id"], FRESH)
        auth += bytes(16) + len(self.id).to_bytes(2) + self.id + self._cose()
        attested = (
            b"\xa3" + _cbor_text("fmt") + _cbor_text("none") + _cbor_text("attStmt") + b"\xa0"
            + _cbor_text("authData") + _cbor_bytes(auth)
        )  # fmt: skip
        said = self._said("webauthn.create", options["challenge"])
        return self._credential(
            {"clientDataJSON": b64u.encode(said), "attestationObject": b64u.encode(attested)}
        )

    def use(self, options: dict[str, Any]) -> dict[str, Any]:
        """The credential for request options."""
        self.count += 1
        auth = self._auth(options["rpId"], 0)
        said = self._said("webauthn.get", options["challenge"])
        signature = self.key.sign(auth + sha256(said).digest(), ec.ECDSA(SHA256()))
        return self._credential(
            {
                "clientDataJSON": b64u.encode(said), "authenticatorData": b64u.encode(auth),
                "signature": b64u.encode(signature), "userHandle": self.user,
            }
        )  # fmt: skip

    def _auth(self, host: str, extra: int) -> bytes:
        head = sha256(host.encode()).digest() + bytes([self.flags | extra])
        return head + self.count.to_bytes(4)

    def _said(self, kind: str, challenge: str) -> bytes:
        said = {"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}
        return json.dumps({**said, **self.more}).encode()

    def _credential(self, response: dict[str, Any]) -> dict[str, Any]:
        id = b64u.encode(self.id)
        return {"id": id, "rawId": id, "type": "public-key", "response": response}

    def _cose(self) -> bytes:
        point = self.key.public_key().public_numbers()
        x, y = point.x.to_bytes(32), point.y.to_bytes(32)
        # {1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: x, -3: y} (RFC 9053, section 7.1.1)
        return b"\xa5\x01\x02\x03\x26\x20\x01\x21" + _cbor_bytes(x) + b"\x22" + _cbor_bytes(y)
