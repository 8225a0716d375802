"""J06, J36 to J41, J48: signatures that are none, and tokens that were changed.

The public vector files are not shipped here. Where a case names them (J06, J36, J41) inputs of the
same kind are made with the library that makes honest ones.
"""

import itertools

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA512

from keys.jwk import P256_ORDER
from service.credential.packing import pack, unpack
from service.domain.verdict import Answer, Refused, Verdict
from tests.adversarial.expectation import (
    assert_answer,
    assert_as_expected,
    assert_nothing_unproven_is_shown,
)
from tests.adversarial.forging import (
    ED_KEY,
    bits_flipped,
    der,
    edited,
    signature,
    with_signature,
)
from tests.keys.test_jwk import CANONICAL
from tests.world import JUNE_15, World

# The field and the order of the group of Ed25519 (RFC 8032 5.1).
Q = 2**255 - 19


L = 2**252 + 27742317777372353535851937790883648493


def test_j06_the_right_curve_with_the_wrong_hash(world: World) -> None:
    verifier = world.verifier()
    for number in range(332):
        token = world.cb.sign(world.cb.claims(jti=f"CB1/2024/{number}"))
        forged = der(world.cb.key, token.rpartition(".")[0].encode(), SHA512())
        r, s = decode_dss_signature(forged)
        token = with_signature(token, r.to_bytes(32) + s.to_bytes(32))

        assert_as_expected(verifier.verify(token, at=JUNE_15), "J06")


EDGES = (0, 1, P256_ORDER - 1, P256_ORDER)


_PAIRS = [r.to_bytes(32) + s.to_bytes(32) for r, s in itertools.product(EDGES, EDGES)]


_BEYOND = [
    (2**256 - 1).to_bytes(32) * 2,
    (P256_ORDER + 1).to_bytes(32) * 2,
    bytes(32) + (2**256 - 1).to_bytes(32),
    (1).to_bytes(33) * 2,  # too long
    P256_ORDER.to_bytes(40) * 2,
    b"\1" + bytes(64),
    bytes(64) + b"\1",
]


@pytest.mark.parametrize("forged", [*_PAIRS, *_BEYOND], ids=bytes.hex)
def test_j36_numbers_that_no_signature_has(world: World, forged: bytes) -> None:
    assert_as_expected(world.verify(with_signature(world.cb.issue(), forged)), "J36")


@pytest.mark.parametrize("length", [70, 71, 72])
def test_j37_a_signature_in_der(world: World, length: int) -> None:
    token = world.cb.issue()
    message = token.rpartition(".")[0].encode()
    signatures = (der(world.cb.key, message) for _ in itertools.count())
    forged = next(one for one in signatures if len(one) == length)

    assert_as_expected(world.verify(with_signature(token, forged)), "J37")
    # Without the byte that says "positive" both numbers are negative.
    if length == 72:
        negative = b"\x30\x44\x02\x20" + forged[5:37] + b"\x02\x20" + forged[40:]
        assert_as_expected(world.verify(with_signature(token, negative)), "J37")


@pytest.mark.parametrize("length", [0, 1, 63, 65, 96, 128])
def test_j38_a_signature_of_another_length(world: World, length: int) -> None:
    token = world.cb.issue()
    forged = (signature(token) * 2)[:length]

    assert_as_expected(world.verify(with_signature(token, forged)), "J38")


def _twin(token: str) -> str:
    raw = signature(token)
    return with_signature(token, raw[:32] + (P256_ORDER - int.from_bytes(raw[32:])).to_bytes(32))


def test_j39_the_twin_of_a_token_is_the_same_certificate(world: World) -> None:
    token = world.cb.issue()
    twin = _twin(token)
    verifier = world.verifier()
    one, other, again = (verifier.verify(text, at=JUNE_15) for text in (token, twin, token))

    assert twin != token
    assert_as_expected(other, "J39")
    assert one.token_sha256 == other.token_sha256
    assert other == again


def test_j39_a_revoked_certificate_has_no_valid_twin(world: World) -> None:
    token = world.cb.issue()
    world.cb.status[7] = 1

    assert_answer(world.verify(_twin(token)), "REJECT", "WITHDRAWN", in_force="no")


def _spellings(token: str) -> dict[str, bytes]:
    raw = signature(token)
    r, s = raw[:32], int.from_bytes(raw[32:], "little")
    low = next(y for y, _ in sorted(CANONICAL))
    return {
        **{f"S + {n}L": r + (s + n * L).to_bytes(32, "little") for n in range(1, 9)},
        **{
            f"R = {n}": n.to_bytes(32, "little") + raw[32:] for n in (0, 1, 2**255 - 19, 2**255 - 1)
        },
        "R of small order": low.to_bytes(32, "little") + raw[32:],
        **{f"S = {n}": r + n.to_bytes(32, "little") for n in (0, 1, L - 1, L, 2**256 - 1)},
        **{f"{n} bytes more": raw + bytes(n) for n in (1, 2, 3, 4, 64)},
        **{f"{n} bytes less": raw[:-n] for n in (1, 32, 63)},
        "R and S exchanged": raw[32:] + r,
        "R with its sign changed": r[:31] + bytes([r[31] ^ 0x80]) + raw[32:],
    }


def test_j41_an_ed25519_signature_has_one_spelling(world: World) -> None:
    world.ab.of(world.cb)["keys"].append(world.cb.names(ED_KEY, "certificate"))
    token = world.cb.issue(key=ED_KEY)
    verifier = world.verifier()

    assert_answer(verifier.verify(token, at=JUNE_15), "ACCEPT", None)
    for forged in _spellings(token).values():
        assert_as_expected(verifier.verify(with_signature(token, forged), at=JUNE_15), "J41")


def test_j48_a_holder_edits_what_was_signed(world: World) -> None:
    token = world.cb.issue()
    claims = world.cb.file().claims
    organisation = claims["organisation"]
    site = {**organisation["sites"][0], "name": "Leads"}
    for changes in (
        {"holder": {**claims["holder"], "name": "Harrow Bearings Lta"}},
        {"organisation": {**organisation, "scope": "Manufacture of plain bearingz"}},
        {"standards": ["ISO 9001:2016"]},
        {"expires": "2028-09-09"},
        {"organisation": {**organisation, "sites": [site]}},
    ):
        report = world.verify(edited(token, **changes))

        assert_as_expected(report, "J48")
        assert (report.certificate, report.chain, report.surveillance) == (None, None, None)


def test_a_text_with_any_one_bit_changed_is_refused(world: World) -> None:
    token = world.cb.issue()
    verifier = world.verifier()
    assert verifier.verify(token, at=JUNE_15).verdict is Verdict.ACCEPT

    for flipped in bits_flipped(token.encode()):
        report = verifier.verify(flipped.decode("latin-1"), at=JUNE_15)

        assert (report.verdict, report.genuine) == (Verdict.REJECT, Answer.NO)
        assert_nothing_unproven_is_shown(report)


def test_digits_of_packed_bytes_with_any_one_bit_changed_are_refused(world: World) -> None:
    """Bits after the end of the DEFLATE stream mean nothing: then the token is the very same."""
    token = world.cb.issue()
    number = int(pack(token))
    verifier = world.verifier()
    same = 0

    for flipped in bits_flipped(number.to_bytes((number.bit_length() + 7) // 8)):
        digits = str(int.from_bytes(flipped))
        if _unpacked(digits) == token:
            same += 1
            continue
        report = verifier.verify(digits, at=JUNE_15)
        assert report.verdict in (Verdict.REJECT, Verdict.CANNOT_CONFIRM)
        assert report.genuine is not Answer.YES
        assert_nothing_unproven_is_shown(report)
    assert same <= 7


def _unpacked(digits: str) -> str | None:
    try:
        return unpack(digits)
    except Refused:
        return None
