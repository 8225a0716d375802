"""A hardware module in software, real SoftHSM 2, with a folder of its own and tokens in it."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from keys.module import Token

MODULES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
    "/usr/lib64/pkcs11/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
    "/opt/homebrew/lib/softhsm/libsofthsm2.so",
)
PIN, OFFICER_PIN = "k3-desk-4471", "officer-9920"


@dataclass(frozen=True)
class SoftHsm:
    """The module, with the tokens `registry` and `spare`, which open to PIN."""

    module: str
    token: Token
    spare: Token

    def environ(self, **others: str) -> dict[str, str]:
        """What a service is given to use it."""
        given = {"PROOFMARK_PKCS11_MODULE": self.module, "PROOFMARK_PKCS11_PIN": PIN}
        return given | others

    def add_token(self, label: str) -> Token:
        """One more token."""
        tool = shutil.which("softhsm2-util")
        assert tool is not None
        pins = ["--pin", PIN, "--so-pin", OFFICER_PIN]
        made = subprocess.run(
            [tool, "--init-token", "--free", "--label", label, *pins],
            capture_output=True,
            text=True,
        )
        assert made.returncode == 0, made.stderr
        return Token(self.module, label)


@pytest.fixture(scope="session")
def softhsm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SoftHsm]:
    """A module with its own tokens, once for each process of tests: it reads its folder once."""
    module = next((path for path in MODULES if Path(path).exists()), None)
    if module is None or shutil.which("softhsm2-util") is None:
        missing = "no key is kept in hardware: SoftHSM 2 is not installed (apt install softhsm2)"
        if os.environ.get("PROOFMARK_REQUIRE_HSM"):
            pytest.fail(missing)
        pytest.skip(missing)
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    configuration = folder / "softhsm2.conf"
    configuration.write_text(
        f"directories.tokendir = {folder / 'tokens'}\n"
        "objectstore.backend = file\nlog.level = ERROR\n",
        "utf-8",
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOFTHSM2_CONF", str(configuration))
        hsm = SoftHsm(module, Token(module, "registry"), Token(module, "spare"))
        for label in ("registry", "spare", "twin", "twin"):
            hsm.add_token(label)
        yield hsm
