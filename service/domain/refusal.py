"""What is said to somebody whose wish is not done: a stable code, a sentence, and facts.

Bad evidence is `verdict.Refused`; this is about people and machines that ask the register for
something (security.md 4.7). Nothing in it quotes a secret.
"""

from collections.abc import Mapping
from typing import Any


class Denied(Exception):
    """A wish that is not done: `code` is stable, `field` names the member at fault.

    `facts` are plain values for the one who asked, such as the failed gates or the number that
    exists already.
    """

    def __init__(self, code: str, sentence: str = "", field: str | None = None, **facts: Any):
        super().__init__(f"{code}: {sentence}" if sentence else code)
        self.code = code
        self.sentence = sentence
        self.field = field
        self.facts: Mapping[str, Any] = facts


class StorageFailed(Exception):
    """The register cannot store or read: a fault of ours, nothing half done.

    `code` is STORAGE_FULL, STORAGE_BUSY or STORAGE_UNAVAILABLE while it runs; at a start also
    DATABASE_CORRUPT, DATABASE_OLD, DATABASE_NEW or BACKUP_ROLLBACK.
    """

    def __init__(self, code: str, sentence: str = "") -> None:
        super().__init__(f"{code}: {sentence}" if sentence else code)
        self.code = code
        self.sentence = sentence
