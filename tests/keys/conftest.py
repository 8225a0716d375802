"""What the tests of private keys share."""

from tests.keys.softhsm import softhsm

__all__ = ["softhsm"]
