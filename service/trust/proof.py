"""The proof: key and signature of a token on one chain, steps 4 and 5 of the verification."""

from collections.abc import Iterator

from keys.jwk import KeyRefused
from service.credential import jws
from service.domain.reason import Reason
from service.domain.verdict import Check, Finding, Refused, Stopped
from service.trust.chain import Chain


def prove(parsed: jws.UnverifiedToken, chain: Chain) -> jws.VerifiedToken:
    """A certificate token proven with the key that its issuer may use on this chain.

    The key is found by exact issuer and kid among all accreditations of the one statement about
    the issuer, for certificates, in its window. A missing or malformed `iat` passes the window and
    is refused with the claims. Raises Stopped.
    """
    issued_at = parsed.unproven_claims.get("iat")
    # (4)
    try:
        key = chain.keyring.find(
            parsed.kid,
            algorithm=parsed.algorithm,
            purpose="certificate",
            signed_at=issued_at if type(issued_at) is int and issued_at > 0 else None,
        )
    except KeyRefused as refused:
        failure = Finding.of(Check.KEY, Reason(refused.code))
        raise Stopped(failure, *_refused_at_import(chain, parsed.kid)) from None
    # (5)
    try:
        return jws.verify(parsed, key)
    except Refused as refused:
        raise Stopped.at(Check.SIGNATURE, refused) from None


def _refused_at_import(chain: Chain, kid: str | None) -> Iterator[Finding]:
    """Why a key that was published is not in the ring, beside the failure that this causes (R6)."""
    statement = chain.accredited
    codes = [*statement.refused]
    codes += [code for dropped, code in statement.dropped if dropped == kid]
    shared = any(
        entry.key.kid == kid and entry.key.thumbprint in chain.shared
        for grant in statement.grants or ()
        for entry in grant.keyring.entries
    )
    codes += [Reason.KEY_SHARED] if shared else []
    for code in dict.fromkeys(codes):
        yield Finding.of(Check.KEY, code)
