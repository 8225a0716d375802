"""Whose key is it: one public key belongs to one body (security.md R6, case C15).

The remembered owner counts, else the one whose accreditation names the key from an earlier instant.
Only statements that prove themselves are heard, so that nobody takes a key away by claiming it.
"""

from collections.abc import Callable
from typing import Any

from service.domain.memory import Memory
from service.domain.verdict import Refused
from service.trust.sources import StatementSource
from service.trust.statement import Statement, parse_link


class KeyOwners:
    """Finds the keys of a statement that belong to another body."""

    def __init__(self, source: StatementSource, prove: Callable[[str], Statement | None]) -> None:
        self._source = source
        self._prove = prove
        self._index: dict[str, list[tuple[str, str]]] | None = None

    def forget(self) -> None:
        """Drop what was derived from the source."""
        self._index = None

    def foreign(self, statement: Statement, memory: Memory | None) -> frozenset[str]:
        """Thumbprints of the keys in `statement` that belong to another body than its subject."""
        foreign = set()
        for thumbprint, since in _named(statement).items():
            owner = memory.recall("key", thumbprint) if memory else None
            if owner is None:
                owner = self._earlier(statement, thumbprint, since) or statement.subject
                if memory:
                    memory.remember("key", thumbprint, owner, statement.issued_at)
            if owner != statement.subject:
                foreign.add(thumbprint)
        return frozenset(foreign)

    def _earlier(self, statement: Statement, thumbprint: str, since: int) -> str | None:
        for subject, token in self._others(statement, thumbprint):
            other = self._prove(token)
            if other is not None and _named(other).get(thumbprint, since + 1) <= since:
                return subject
        return None

    def _others(self, statement: Statement, thumbprint: str) -> list[tuple[str, str]]:
        if self._index is None:
            self._index = {}
            for token in self._source.every():
                for x, subject in _unproven_keys(token):
                    self._index.setdefault(x, []).append((subject, token))
        xs = {
            entry.key.jwk["x"]
            for grant in statement.grants or ()
            for entry in grant.keyring.entries
            if entry.key.thumbprint == thumbprint
        }
        named = [other for x in xs for other in self._index.get(x, ())]
        return [other for other in named if other[0] != statement.subject]


def _named(statement: Statement) -> dict[str, int]:
    """The thumbprints that a statement names, with the earliest instant of each."""
    named: dict[str, int] = {}
    for grant in statement.grants or ():
        for entry in grant.keyring.entries:
            known = named.get(entry.key.thumbprint, entry.since)
            named[entry.key.thumbprint] = min(known, entry.since)
    return named


def _unproven_keys(token: str) -> list[tuple[str, str]]:
    try:
        parsed, _, subject = parse_link(token)
    except Refused:
        return []
    rows: Any = parsed.unproven_claims.get("accreditations")
    found = []
    for row in rows if type(rows) is list else ():
        keys = row.get("keys") if type(row) is dict else None
        for key in keys if type(keys) is list else ():
            jwk = key.get("jwk") if type(key) is dict else None
            if type(jwk) is dict and type(jwk.get("x")) is str:
                found.append((jwk["x"], subject))
    return found
