"""How fast a certificate is verified, against the bare signature check of `cryptography`.

`Verifier.verify` with chain and status list warm and every token new, the bare ES256 verification,
the strict door with the signature alone, and `PyJWT.decode` run in turns in one process, so that a
slow machine slows them alike. Printed are the medians of the rounds and their ratio to the bare
check. Exits with 1 where `Verifier.verify` is below its target rate (0.70 of the bare one).
"""

import sys
from collections.abc import Callable, Sequence
from statistics import median
from time import perf_counter

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from bench.world import AT, BenchWorld
from keys.signer import KeySigner
from service.credential import jws
from service.credential.claims import TYP

TARGET = 0.70
TOKENS, ROUNDS = 400, 15
QUICK_TOKENS, QUICK_ROUNDS = 100, 3


def _timed(work: Callable[[str], object], tokens: Sequence[str]) -> float:
    """Seconds a token."""
    start = perf_counter()
    for token in tokens:
        work(token)
    return (perf_counter() - start) / len(tokens)


def _bare(signer: KeySigner, tokens: Sequence[str]) -> Callable[[str], object]:
    """The check of a signature whose DER form and message are at hand: nothing else."""
    prepared = {}
    for token in tokens:
        parsed = jws.parse(token, typ=TYP)
        r, s = parsed.signature[:32], parsed.signature[32:]
        der = encode_dss_signature(int.from_bytes(r), int.from_bytes(s))
        prepared[token] = (der, parsed.signing_input)
    key = signer.public._key
    algorithm = ECDSA(SHA256())
    return lambda token: key.verify(*prepared[token], algorithm)  # type: ignore[call-arg]


def main(quick: bool = False) -> int:
    count, rounds = (QUICK_TOKENS, QUICK_ROUNDS) if quick else (TOKENS, ROUNDS)
    world = BenchWorld()
    tokens = world.tokens(count * rounds)
    verifier, signer = world.verifier(), world.signer
    verifier.verify(world.tokens(1)[0], at=AT)
    jwk = jwt.PyJWK(signer.public_jwk())
    ways: dict[str, Callable[[str], object]] = {
        "bare ES256 of cryptography": _bare(signer, tokens),
        "strict door and signature": lambda t: jws.verify(jws.parse(t, typ=TYP), signer.public),
        "Verifier.verify": lambda t: verifier.verify(t, at=AT),
        "PyJWT.decode": lambda t: jwt.decode(
            t, jwk, algorithms=["ES256"], options={"verify_exp": False, "verify_iat": False}
        ),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for turn in range(rounds):
        part = tokens[turn * count : (turn + 1) * count]
        for name, work in ways.items():
            times[name].append(_timed(work, part))
    bare = times["bare ES256 of cryptography"]
    print(f"{'verification, ' + str(count) + ' new tokens a round':38} µs each   rate, bare = 1")
    for name, found in times.items():
        ratio = median(a / b for a, b in zip(bare, found, strict=True))
        print(f"{name:38} {median(found) * 1e6:7.1f}   {ratio:.2f}")
    reached = median(a / b for a, b in zip(bare, times["Verifier.verify"], strict=True))
    if reached < TARGET:
        print(f"Verifier.verify is below its target of {TARGET:.2f}.")
    return 0 if reached >= TARGET or quick else 1


if __name__ == "__main__":
    sys.exit(main(quick="quick" in sys.argv))
