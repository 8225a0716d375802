"""Issuing through the gates, and what a reader sees of it afterwards."""

from base64 import b85encode
from hashlib import sha512

import pytest

from service.domain.refusal import Denied
from service.domain.verdict import Verdict
from service.registry import printing
from tests.registry.desk import BASE, CB, RegisterWorld, dossier


def test_a_certificate_that_passes_every_gate_is_accepted_once_published(
    world: RegisterWorld,
) -> None:
    issued = world.issue(dossier())
    world.publish()

    report = world.verify(issued.token)

    assert report.codes == ()
    assert report.verdict is Verdict.ACCEPT


def test_what_no_phone_could_read_from_a_label_is_not_issued(world: RegisterWorld) -> None:
    # Some 3,000 digits: a code can hold them, but none that a phone still reads.
    scope = b85encode(b"".join(sha512(bytes([n])).digest() for n in range(16))).decode()

    with pytest.raises(Denied, match="TOKEN_TOO_LARGE"):
        world.issue(dossier(organisation={"scope": scope}))

    short = world.issue(dossier())
    assert printing.find(world.office, CB, short.number, at=world.at).code(BASE).version < 25
