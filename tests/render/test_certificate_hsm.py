"""A certificate's PDF, signed by a key that never leaves a hardware module."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from keys import module
from keys.pkcs11 import KeyObject, Pkcs11Signer
from service.domain.certificate import Kind
from service.render import pades
from service.render.certificate import certificate_pdf
from tests.credential.pictures import TOKEN
from tests.keys.softhsm import PIN, SoftHsm, softhsm
from tests.render.test_certificate import AT, printed, tool

__all__ = ["softhsm"]


@pytest.fixture(autouse=True)
def new_process(softhsm: SoftHsm) -> Iterator[None]:
    """The test begins and ends like a process that has not met a token."""
    yield
    for session in module._process.sessions.values():
        session.close()
    module._begin_anew()


def test_pdfsig_finds_the_signature_of_a_hardware_module_valid(
    softhsm: SoftHsm, tmp_path: Path
) -> None:
    signer = Pkcs11Signer.generate(KeyObject(softhsm.token, "cb1-paper"), PIN)
    file = tmp_path / "certificate.pdf"
    file.write_bytes(
        pades.signed(
            certificate_pdf(printed(Kind.PRODUCT)), TOKEN, signer,
            body="https://alderway.example", name="Alderway Certification", at=AT,
        )
    )  # fmt: skip

    told = subprocess.run(
        [tool("pdfsig"), file], capture_output=True, text=True, check=False
    ).stdout

    assert "Signature is Valid." in told
    assert f"serialNumber={signer.kid}" in told
