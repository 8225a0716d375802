"""The scenarios of `scenarios.json` as worlds: bodies, statements, one certificate and its papers.

A step sees only events, surveillance and status values dated on or before its own instant; the
papers are signed for that instant (schema of the file).
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from keys.signer import KeySigner
from service.credential import jws
from service.credential.claims import TYP, ordered
from service.domain.dates import (
    civil_day,
    first_second,
    first_second_after,
    parse_day,
    parse_instant,
)
from service.domain.memory import link_key
from service.domain.question import Question, parse_question
from service.domain.report import Report
from service.domain.verdict import Unavailable
from service.rules.catalogue import catalogue
from service.rules.policy import parse_policy
from service.status.record import TYP as RECORD_TYP
from service.status.status_list import sign_list, write_value
from service.trust.anchors import parse_anchors
from service.trust.statement import sign_statement
from service.verifier import Verifier

FILE = Path(__file__).parents[1] / "data" / "scenarios.json"
HOUR_S, DAY_S = 3_600, 86_400
INDEX = 7
Json = Mapping[str, Any]


@cache
def scenarios() -> Any:
    """The whole file."""
    return json.loads(FILE.read_text("utf-8"))


@dataclass(frozen=True, slots=True)
class Step:
    """One verification step: what is given, asked and expected."""

    name: str
    certificate: Json
    at: int
    question: Question
    offline: bool
    issued_at: int
    expect: Json


def steps() -> Iterator[Step]:
    """Every verification step of the file; gate steps belong to issuing."""
    for scenario in scenarios()["scenarios"]:
        certificates = scenario["given"].get("certificates", {})
        for place, step in enumerate(scenario["steps"], start=1):
            if "certificate" not in step:
                continue
            at = parse_instant(step["at"])
            issued = step.get("evidence_issued_at")
            yield Step(
                name=f"{scenario['id']}-{place}",
                certificate=certificates[step["certificate"]],
                at=at,
                question=parse_question(step["question"]),
                offline=step.get("offline", False),
                issued_at=parse_instant(issued) if issued else at - HOUR_S,
                expect=step["expect"],
            )


def _key(name: str) -> KeySigner:
    return KeySigner.unsafe_from_seed(f"proofmark-scenarios/{name}".encode())


@dataclass
class Papers:
    """The evidence of one step, as a source of every kind and a memory for the offline ones."""

    step: Step
    version: int = 1
    _memory: dict[tuple[str, str], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        world = scenarios()["world"]
        claims = self.step.certificate["claims"]
        self._issuer = claims["iss"]
        self._zone = next(
            row["zone"] for row in world["accreditations"] if row["of"] == self._issuer
        )
        self._today = civil_day(self.step.at, self._zone)
        self._statements = list(_statements(world, self.step.at))

    def token(self) -> str:
        """The certificate: issued at noon of `effective` in the issuer's zone."""
        claims = {**self.step.certificate["claims"]}
        noon = first_second(parse_day(claims["effective"]), self._zone) + DAY_S // 2
        claims["iat"] = noon
        if claims.get("expires"):
            claims["exp"] = first_second_after(parse_day(claims["expires"]), self._zone)
        pointer = {"idx": INDEX, "uri": f"{self._issuer}/status/1"}
        claims["status"] = {"status_list": pointer}
        return jws.sign(ordered(claims), _key(self._issuer), typ=TYP)

    def verify(self) -> Report:
        """The report on the step's question."""
        world = scenarios()["world"]
        verifier = Verifier(
            parse_anchors({"anchors": [_anchor(row) for row in world["anchors"]]}),
            self,
            self,
            self,
            policy=parse_policy(world["policy"]),
            catalogue=catalogue(world["standards"]),
            memory=self if self.step.offline else None,
            online=not self.step.offline,
        )
        return verifier.verify(self.token(), at=self.step.at, question=self.step.question)

    # ---- sources ----

    def about(self, subject: str) -> Sequence[str]:
        return [token for about, token in self._statements if about == subject]

    def every(self) -> Iterable[str]:
        return [token for _, token in self._statements]

    def status_lists(
        self, uri: str, *, origins: Collection[str] = (), time: int | None = None
    ) -> Sequence[str]:
        if self.step.offline or time is not None:
            raise Unavailable
        return (self._list(),)

    def records(self, issuer: str, number: str, *, origins: Collection[str] = ()) -> Sequence[str]:
        if self.step.offline:
            raise Unavailable
        return (self._record(),)

    def _list(self) -> str:
        values = [
            row["value"]
            for row in self.step.certificate["status"]
            if parse_day(row["from"]) <= self._today
        ]
        raw = bytearray()
        write_value(raw, INDEX, values[-1] if values else 15)
        uri = f"{self._issuer}/status/1"
        return sign_list(
            uri, bytes(raw), _key(self._issuer), at=self.step.issued_at, life_s=30 * DAY_S
        )

    def _record(self) -> str:
        certificate = self.step.certificate
        claims = {
            "iss": self._issuer,
            "sub": certificate["claims"]["jti"],
            "iat": self.step.issued_at,
            "exp": self.step.issued_at + 30 * DAY_S,
            "revision": certificate["claims"]["rev"],
            "events": [one for one in certificate["events"] if self._seen(one["effective_on"])],
            "surveillance": [
                one for one in certificate["surveillance"] if self._seen(one["last_day"])
            ],
        }
        return jws.sign(claims, _key(self._issuer), typ=RECORD_TYP)

    def _seen(self, day: str) -> bool:
        return parse_day(day) <= self._today

    # ---- memory: what an offline verifier knows from before ----

    def recall(self, kind: str, key: str) -> str | None:
        number = self.step.certificate["claims"]["jti"]
        known = {
            ("status", f"{self._issuer}/status/1"): self._list,
            ("record", link_key(self._issuer, number)): self._record,
        }
        found = known.get((kind, key))
        return found() if found else None

    def remember(self, kind: str, key: str, token: str, issued_at: int) -> None:
        return

    def finals(self, uri: str) -> Mapping[int, int]:
        return {}

    def keep_final(self, uri: str, idx: int, value: int) -> None:
        return

    def newest_instant(self) -> int:
        return self.step.issued_at

    def save(self) -> None:
        return


def _anchor(row: Json) -> dict[str, Any]:
    return {**row, "jwks": {"keys": [_key(row["id"]).public_jwk()]}}


def _statements(world: Json, at: int) -> Iterator[tuple[str, str]]:
    """Every statement as (subject, token); events only as far as `at` has seen them."""
    for body in world["accreditation_bodies"]:
        yield body["id"], _stated(body["id"], body["id"], body["name"], at)
        if body["recognised_by"] is not None:
            yield (
                body["id"],
                _stated(
                    body["recognised_by"],
                    body["id"],
                    body["name"],
                    at,
                    recognition=body["recognition"],
                ),
            )
    links = dict.fromkeys((row["by"], row["of"]) for row in world["accreditations"])
    for by, of in links:
        rows = [
            _accreditation(row, at)
            for row in world["accreditations"]
            if (row["by"], row["of"]) == (by, of)
        ]
        yield of, _stated(by, of, None, at, accreditations=rows)


def _accreditation(row: Json, at: int) -> dict[str, Any]:
    key = {
        "jwk": _key(row["of"]).public_jwk(),
        "purposes": ["certificate", "status", "record"],
        "from": "2010-01-01T00:00:00Z",
    }
    today = civil_day(at, row["zone"])
    events = [one for one in row["events"] if _day(one["effective_on"]) <= today]
    shown = {name: value for name, value in row.items() if name not in ("key", "by", "of")}
    return {**shown, "events": events, "keys": [key], "status_origins": [row["of"]]}


def _day(text: str) -> date:
    return parse_day(text)


def _stated(issuer: str, subject: str, name: str | None, at: int, **granted: Any) -> str:
    claims = {
        "iss": issuer,
        "sub": subject,
        "iat": at - DAY_S,
        "exp": at + 20 * DAY_S,
        "jwks": {"keys": [_key(subject).public_jwk()]},
        **({"metadata": {"federation_entity": {"organization_name": name}}} if name else {}),
        **granted,
    }
    return sign_statement(claims, _key(issuer))
