"""Passkeys (WebAuthn Level 3): what a browser is asked to sign, and whether it did.

A passkey is asked to be found without a name, so that nobody types one, and to make sure of its
owner by a finger, a face or a number: two factors in one. Attestation is not asked for: it is of no
use where a code decides who may join.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from webauthn import (
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from keys import b64u
from service.credential import strict_json
from service.domain.refusal import Denied
from service.domain.verdict import Refused
from service.storage.people import User
from service.storage.signing_in import Passkey

_SURE = UserVerificationRequirement.REQUIRED
# WebAuthn Level 3, section 4.
_MAX_ID_BYTES = 1_023
# What the library raises for texts that are no answer of a browser.
_BROKEN = (WebAuthnException, Refused, ValueError, TypeError, KeyError, IndexError)


@dataclass(frozen=True, slots=True)
class Site:
    """Who asks: `host` is the name that passkeys are made for, `origin` where they are used."""

    host: str
    origin: str


def creation_options(
    site: Site, user: User, challenge: str, known: Sequence[Passkey]
) -> dict[str, Any]:
    """What a browser needs to make a passkey for a person who has those that are known."""
    return _as_json(
        options_to_json(
            generate_registration_options(
                rp_id=site.host, rp_name="Proofmark", user_name=user.name,
                user_id=bytes.fromhex(user.id), user_display_name=user.name,
                challenge=b64u.decode(challenge), timeout=300_000,
                authenticator_selection=AuthenticatorSelectionCriteria(
                    resident_key=ResidentKeyRequirement.REQUIRED, user_verification=_SURE
                ),
                exclude_credentials=[
                    PublicKeyCredentialDescriptor(id=b64u.decode(one.id)) for one in known
                ],
            )
        )
    )  # fmt: skip


def request_options(site: Site, challenge: str) -> dict[str, Any]:
    """What a browser needs to use any passkey of ours."""
    return _as_json(
        options_to_json(
            generate_authentication_options(
                rp_id=site.host, challenge=b64u.decode(challenge), timeout=300_000,
                user_verification=_SURE,
            )
        )
    )  # fmt: skip


def challenge_of(credential: dict[str, Any]) -> str:
    """The challenge that a browser says it has signed. Raises Denied NOT_AUTHENTICATED."""
    try:
        said = strict_json.loads(b64u.decode(credential["response"]["clientDataJSON"]))
        found = said["challenge"]
        if type(found) is not str or said.get("crossOrigin") is True:
            raise ValueError("made in another site's frame, or no challenge")
    except (Refused, ValueError, TypeError, KeyError, AttributeError):
        raise _refused() from None
    return found


def new_passkey(
    site: Site, credential: dict[str, Any], challenge: str, user: str, *, at: int
) -> Passkey:
    """The passkey that a browser has made for a person. Raises Denied NOT_AUTHENTICATED."""
    try:
        made = verify_registration_response(
            credential=credential, expected_challenge=b64u.decode(challenge),
            expected_rp_id=site.host, expected_origin=site.origin, require_user_verification=True,
        )  # fmt: skip
        if len(made.credential_id) > _MAX_ID_BYTES:
            raise ValueError("an id that is too long")
    except _BROKEN:
        raise _refused() from None
    return Passkey(
        b64u.encode(made.credential_id), user, b64u.encode(made.credential_public_key),
        made.sign_count, made.credential_backed_up, at,
    )  # fmt: skip


def sign_count(site: Site, credential: dict[str, Any], challenge: str, passkey: Passkey) -> int:
    """The counter of a passkey that has signed. Raises Denied NOT_AUTHENTICATED."""
    try:
        owner = credential["response"].get("userHandle")
        if owner is not None and b64u.decode(owner).hex() != passkey.user:
            raise ValueError("another's passkey")
        used = verify_authentication_response(
            credential=credential, expected_challenge=b64u.decode(challenge),
            expected_rp_id=site.host, expected_origin=site.origin,
            credential_public_key=b64u.decode(passkey.public_key),
            credential_current_sign_count=passkey.sign_count, require_user_verification=True,
        )  # fmt: skip
    except _BROKEN:
        raise _refused() from None
    return used.new_sign_count


def _refused() -> Denied:
    return Denied("NOT_AUTHENTICATED", "This passkey was not accepted.")


def _as_json(text: str) -> dict[str, Any]:
    options: dict[str, Any] = json.loads(text)
    return options
