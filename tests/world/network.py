"""Every source of a verifier in memory: what it is asked is counted, and any answer can be bad."""

import json
import shutil
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from keys import b64u
from service.domain.verdict import Unavailable
from service.status.record import record_uri

if TYPE_CHECKING:
    from tests.world.world import World


class Network:
    """Statements, status lists and records of a world, signed anew whenever they are asked for.

    `papers` are statements at hand beside those that the bodies sign. `served` is what an address
    answers instead of what its body would sign: a token, or None for silence. `about_` is the same
    for statements by subject.
    """

    def __init__(self, world: "World") -> None:
        self._world = world
        self.papers: list[str] = []
        self.served: dict[str, str | None] = {}
        self.about_: dict[str, Sequence[str]] = {}
        self.asked_about: list[str] = []
        self.fetched: list[str] = []

    @property
    def version(self) -> tuple[object, ...]:
        return *self.every(), *self.about_.items()

    def every(self) -> Iterable[str]:
        for body in self._world.bodies:
            yield from body.statements()
        yield from self.papers

    def about(self, subject: str) -> Sequence[str]:
        self.asked_about.append(subject)
        if subject in self.about_:
            return self.about_[subject]
        return [token for token in self.every() if claimed(token).get("sub") == subject]

    def status_lists(
        self, uri: str, *, origins: Collection[str] = (), time: int | None = None
    ) -> Sequence[str]:
        if time is not None:
            uri = f"{uri}?time={time}"
        return (self._fetch(uri, self._lists()),)

    def records(self, issuer: str, number: str, *, origins: Collection[str] = ()) -> Sequence[str]:
        return (self._fetch(record_uri(issuer, number), self._records()),)

    def _fetch(self, uri: str, published: Mapping[str, str]) -> str:
        self.fetched.append(uri)
        token = self.served[uri] if uri in self.served else published.get(uri)
        if token is None:
            raise Unavailable(uri)
        return token

    def _lists(self) -> dict[str, str]:
        return {cb.list_uri: cb.list_token() for cb in self._world.certifiers()}

    def _records(self) -> dict[str, str]:
        return {
            record_uri(cb.id, number): cb.record_token(number)
            for cb in self._world.certifiers()
            for number in cb.files
        }

    def write_bundle(self, folder: Path) -> None:
        """All this as an evidence folder (design.md section 8), in place of what was there."""
        statements = [one for one in self.every() if claimed(one).get("sub") not in self.about_]
        statements += (one for answer in self.about_.values() for one in answer)
        papers = {
            "statements": statements,
            "status": {**self._lists(), **_below("/status/", self.served)}.values(),
            "records": {**self._records(), **_below("/records/", self.served)}.values(),
        }
        for kind, tokens in papers.items():
            shutil.rmtree(folder / kind, ignore_errors=True)
            (folder / kind).mkdir(parents=True)
            for number, token in enumerate(tokens):
                if token is not None:
                    (folder / kind / f"{number}.jwt").write_text(token, "utf-8")
        anchors = json.dumps({"anchors": self._world.anchors})
        (folder / "anchors.json").write_text(anchors, "utf-8")


def _below(part: str, served: Mapping[str, str | None]) -> dict[str, str | None]:
    return {uri: token for uri, token in served.items() if part in uri}


def claimed(token: str) -> dict[str, Any]:
    """What a token claims, unproven; nothing where it cannot be read."""
    try:
        claims = json.loads(b64u.decode(token.split(".")[1]))
    except (ValueError, IndexError):
        return {}
    return claims if isinstance(claims, dict) else {}


class Notebook:
    """What a verifier remembers, in memory (the protocol is service.domain.memory)."""

    def __init__(self) -> None:
        self.documents: dict[tuple[str, str], tuple[str, int]] = {}
        self.final: dict[str, dict[int, int]] = {}
        self.saved = 0

    def recall(self, kind: str, key: str) -> str | None:
        return self.documents.get((kind, key), (None, 0))[0]

    def remember(self, kind: str, key: str, token: str, issued_at: int) -> None:
        _, known = self.documents.get((kind, key), ("", -1))
        if issued_at >= known:
            self.documents[kind, key] = (token, issued_at)

    def finals(self, uri: str) -> Mapping[int, int]:
        return self.final.get(uri, {})

    def keep_final(self, uri: str, idx: int, value: int) -> None:
        self.final.setdefault(uri, {})[idx] = value

    def newest_instant(self) -> int:
        return max((issued_at for _, issued_at in self.documents.values()), default=0)

    def save(self) -> None:
        self.saved += 1
