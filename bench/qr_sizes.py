"""How large a certificate's QR code is: packed, as a plain JWT, and the SMART Health Cards way.

The plain JWT stands in the link in byte mode; SMART Health Cards write two digits for each of its
characters. All at level M, for three lengths of link. Exits with 1 where a packed code is larger
than its target (design.md section 4.1) or does not read back from a 300-pixel PNG.
"""

import json
import sys
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from hashlib import sha512
from typing import Any

from service.credential.packing import pack
from service.credential.picture import read_codes
from service.credential.qr import symbol, to_png

PREFIXES = (
    "https://v.cert.example/q/",
    "https://verify.proofmark.example/q/",
    "https://certificates.body-abc.example/q/",
)

_SYSTEM: Mapping[str, Any] = {
    "iss": "https://cb-a.example",
    "jti": "CB-A/2024/0113",
    "rev": 1,
    "iat": 1725955200,
    "exp": 1820530800,
    "kind": "management_system",
    "standards": ["ISO 9001:2015"],
    "decided": "2024-09-10",
    "effective": "2024-09-10",
    "expires": "2027-09-09",
    "holder": {
        "name": "Harrow Bearings Ltd",
        "country": "GB",
        "address": "4 Mill Lane, Leeds LS1 4AB",
        "id": "lei:529900T8BM49AURSDO55",
    },
    "organisation": {
        "scope": "Design and manufacture of plain bearings",
        "codes": ["iaf:17", "iaf:18"],
        "sites": [{"name": "Leeds", "address": "4 Mill Lane, Leeds LS1 4AB", "country": "GB"}],
    },
    "accreditation": {"by": "https://ab-n.example", "number": "0164"},
    "status": {"status_list": {"idx": 1137, "uri": "https://cb-a.example/status/1"}},
}
_PRODUCT: Mapping[str, Any] = {
    "iss": "https://cb-p.example",
    "jti": "CB-P/2026/0482",
    "rev": 1,
    "iat": 1778756400,
    "exp": 1936393200,
    "kind": "product",
    "standards": ["CS 6004:2019"],
    "decided": "2026-05-12",
    "effective": "2026-05-14",
    "expires": "2031-05-13",
    "holder": {
        "name": "Harrow Cables Ltd",
        "country": "GB",
        "address": "4 Mill Lane, Leeds LS1 4AB",
    },
    "product": {
        "brand": "Harrow",
        "models": ["K7", "K7 Plus", "K9"],
        "gtins": ["05012345678900"],
        "scheme": {"id": "CABLE-5", "type": "5"},
    },
    "accreditation": {"by": "https://ab-n.example", "number": "0291"},
    "status": {"status_list": {"idx": 20481, "uri": "https://cb-p.example/status/3"}},
}
_LEI = {"id": "lei:529900T8BM49AURSDO55"}

# Name -> claims, and the largest version allowed.
SAMPLES: Mapping[str, tuple[Mapping[str, Any], int]] = {
    "product, three models, GTIN": (_PRODUCT, 12),
    "the same, with LEI": ({**_PRODUCT, "holder": {**_PRODUCT["holder"], **_LEI}}, 13),
    "management system, one site": (_SYSTEM, 13),
}


def compact_token(claims: Mapping[str, Any], *, kid: str = "cb-2026") -> str:
    """The claims as a compact JWS; a hash stands for the signature, as random as a real one."""
    header = {"alg": "ES256", "kid": kid, "typ": "certificate+jwt"}
    parts = [
        json.dumps(part, separators=(",", ":"), ensure_ascii=False).encode()
        for part in (header, claims)
    ]
    parts.append(sha512(b"".join(parts)).digest())
    return ".".join(urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)


def _version(*segments: str) -> int:
    from qrcode import QRCode
    from qrcode.constants import ERROR_CORRECT_M
    from qrcode.util import QRData

    drawing = QRCode(error_correction=ERROR_CORRECT_M)
    for segment in segments:
        drawing.add_data(QRData(segment.encode()))
    return drawing.best_fit(start=1)


def _size(version: int) -> str:
    return f"{version:2} ({17 + 4 * version})"


def main() -> int:
    missed = 0
    print(f"{'certificate':29} link   JWT  digits  packed    JWT       SHC way   read back")
    for name, (claims, target) in SAMPLES.items():
        token = compact_token(claims)
        digits = pack(token)
        two_digits_a_character = "".join(f"{ord(c) - 45:02}" for c in token)
        for prefix in PREFIXES:
            drawn = symbol(prefix, digits)
            reads = read_codes(to_png(drawn, size_px=300)) == (prefix + digits,)
            missed += drawn.version > target or not reads
            print(
                f"{name:29} {len(prefix):4} {len(token):5} {len(digits):7}  {_size(drawn.version)}"
                f"   {_size(_version(prefix + token))}"
                f"  {_size(_version(prefix, two_digits_a_character))}"
                f"  {'yes' if reads else 'no'}"
                f"{f', over its target {target}' if drawn.version > target else ''}"
            )
    print("Sizes are QR versions at level M, with the modules a side without quiet zone.")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
