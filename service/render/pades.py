"""The token inside a certificate's PDF, and the body's signature over all of it (PAdES B-B).

The signature is made by the key that signs the body's certificates, wherever it rests. Its X.509
certificate is issued by that key to itself and names the key by its `kid`: whoever wants to trust
it finds the same `kid` in the statements of the trust chain, and nowhere else.
"""

from datetime import UTC, datetime
from hashlib import sha256
from io import BytesIO
from typing import Any

from asn1crypto import algos, keys, x509
from pyhanko.pdf_utils.embed import EmbeddedFileObject, FileSpec, embed_file
from pyhanko.pdf_utils.generic import NameObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
from pyhanko.sign.signers.pdf_cms import Signer as CmsSigner
from pyhanko.sign.signers.pdf_signer import PdfSigningSession

from keys.b64u import decode
from keys.signer import Signer

# What `proofmark verify` looks for in a PDF (`credential.picture_worker`).
TOKEN_FILE = "certificate.jwt"
# "No well-defined expiration" (RFC 5280, 4.1.2.5): how long the key counts is the chain's to say.
_NEVER = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
_ROOM_FOR_SIGNATURE = 8192


def with_token(pdf: bytes, token: str) -> bytes:
    """The PDF with the token attached, unsigned."""
    made = BytesIO()
    _attached(pdf, token).write(made)  # type: ignore[no-untyped-call]
    return made.getvalue()


def signed(pdf: bytes, token: str, signer: Signer, *, body: str, name: str, at: int) -> bytes:
    """The PDF with the token attached, and both signed at `at` (POSIX seconds).

    `body` is the entity id, `name` how it is called. Nothing in the file may change any more.
    """
    when = datetime.fromtimestamp(at, UTC)
    about = PdfSignatureMetadata(
        field_name="CertificationBody", md_algorithm=_digest(signer), name=name,
        reason="The certificate as it was issued", certify=True,
        subfilter=SigSeedSubFilter.PADES, docmdp_permissions=MDPPerm.NO_CHANGES,
    )  # fmt: skip
    pen = _SignerAt(
        about,
        _Pen(signer, _own_certificate(signer, body, name, when)),
        new_field_spec=SigFieldSpec("CertificationBody"),
    )
    pen.when = when
    made = BytesIO()
    pen.sign_pdf(_attached(pdf, token), output=made, bytes_reserved=_ROOM_FOR_SIGNATURE)
    return made.getvalue()


class _SignerAt(PdfSigner):
    """A signer that is told what time it is."""

    when: datetime

    def init_signing_session(self, *args: Any, **kwargs: Any) -> PdfSigningSession:
        session = super().init_signing_session(*args, **kwargs)
        session.system_time = self.when
        return session


class _Pen(CmsSigner):
    """One of our keys, as CMS wants it."""

    def __init__(self, signer: Signer, certificate: x509.Certificate) -> None:
        super().__init__(signing_cert=certificate)
        self._signer = signer

    async def async_sign_raw(
        self, data: bytes, digest_algorithm: str, dry_run: bool = False
    ) -> bytes:
        return b"\0" * 72 if dry_run else _signature(self._signer, data)


def _attached(pdf: bytes, token: str) -> IncrementalPdfFileWriter:
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    inside = EmbeddedFileObject.from_file_data(
        writer, token.encode("ascii"), mime_type="application/jwt"
    )
    embed_file(
        writer,
        FileSpec(
            TOKEN_FILE, file_name=TOKEN_FILE, embedded_data=inside,
            description="The signed certificate token",
            af_relationship=NameObject("/Source"),
        ),
    )  # fmt: skip
    return writer


def _own_certificate(signer: Signer, body: str, name: str, when: datetime) -> x509.Certificate:
    """The key's certificate of itself: who it is, what it is called, and that it only signs."""
    public = _public_key(signer)
    who = x509.Name.build(
        {"common_name": name, "organization_name": name, "serial_number": signer.kid}
    )
    told = x509.TbsCertificate(
        {
            "version": "v3",
            # Positive and of 20 bytes at most (RFC 5280, 4.1.2.2).
            "serial_number": int.from_bytes(sha256(public.dump()).digest()[:19], "big") | 1,
            "signature": _algorithm(signer),
            "issuer": who,
            "validity": {
                "not_before": x509.Time({"utc_time": when.replace(microsecond=0)}),
                "not_after": x509.Time({"general_time": _NEVER}),
            },
            "subject": who,
            "subject_public_key_info": public,
            "extensions": [
                {
                    "extn_id": "key_usage",
                    "critical": True,
                    "extn_value": x509.KeyUsage({"digital_signature", "non_repudiation"}),
                },
                {
                    "extn_id": "subject_alt_name",
                    "critical": False,
                    "extn_value": [x509.GeneralName("uniform_resource_identifier", body)],
                },
                {
                    "extn_id": "key_identifier",
                    "critical": False,
                    "extn_value": sha256(public.dump()).digest()[:20],
                },
            ],
        }
    )
    return x509.Certificate(
        {
            "tbs_certificate": told,
            "signature_algorithm": _algorithm(signer),
            "signature_value": _signature(signer, told.dump()),
        }
    )


def _public_key(signer: Signer) -> keys.PublicKeyInfo:
    jwk = signer.public_jwk()
    x = decode(jwk["x"])
    if signer.algorithm != "ES256":
        return keys.PublicKeyInfo({"algorithm": {"algorithm": "ed25519"}, "public_key": x})
    curve = keys.ECDomainParameters("named", "secp256r1")
    return keys.PublicKeyInfo(
        {
            "algorithm": {"algorithm": "ec", "parameters": curve},
            "public_key": keys.ECPointBitString(b"\x04" + x + decode(jwk["y"])),
        }
    )


def _algorithm(signer: Signer) -> algos.SignedDigestAlgorithm:
    name = "sha256_ecdsa" if signer.algorithm == "ES256" else "ed25519"
    return algos.SignedDigestAlgorithm({"algorithm": name})


def _digest(signer: Signer) -> str:
    # Ed25519 hashes with SHA-512 itself (RFC 8419, 3.1).
    return "sha256" if signer.algorithm == "ES256" else "sha512"


def _signature(signer: Signer, data: bytes) -> bytes:
    """A signature as X.509 and CMS have it: ECDSA's two numbers in DER (RFC 3279, 2.2.3)."""
    raw = signer.sign(data)
    return bytes(algos.DSASignature.from_p1363(raw).dump()) if signer.algorithm == "ES256" else raw
