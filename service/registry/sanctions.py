"""What becomes of an accreditation or a recognition: each act judged, written into the statement.

The body above says what it wants in the members of a statement; the rules of 3.2 say whether it
may; the change is an event of the statement, so that past days can still be answered (design 5).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from service.credential.reading import day, list_of, one_of, read_object, text, texts, yes_no
from service.domain.accreditation import Accreditation
from service.domain.dates import civil_day, show_instant
from service.domain.people import Actor as Who
from service.domain.refusal import Denied
from service.domain.verdict import Refused, plain
from service.registry import accrediting
from service.registry.lives import refuse
from service.registry.office import Office
from service.registry.recognising import rows_after
from service.rules.accreditation_life import assess_accreditation_change
from service.rules.accreditation_states import AccreditationAct, AccreditationChange, OnFile
from service.rules.recognition_life import (
    RecognitionAct,
    RecognitionChange,
    assess_recognition_change,
)
from service.rules.transition_table import Actor, act_rows
from service.storage import papers, register
from service.storage.database import Connection
from service.storage.papers import Paper
from service.trust.grants import read_accreditations, read_parts, read_recognition, read_scope_row

Content = dict[str, Any]
# What may be asked for with an act, beside the act itself.
_ASKED = {
    "act": one_of(*AccreditationAct),
    "effective_on": day,
    "reason": text,
    "scope": read_parts,
    "rows": list_of(lambda row: (row, read_scope_row(row))),
    "assessed_on": day,
    "expires_on": day,
    "numbers": texts,
    "void_from": day,
    "by": text,
    "confirmed_on": day,
    "no_safety_issue_on": day,
}


def accreditation_act(
    connection: Connection, office: Office, who: Who, ab: str, number: str,
    asked: Mapping[str, Any], *, at: int, version: int | None = None,
) -> Paper:  # fmt: skip
    """An act on an accreditation: extend, reduce, suspend (whole or part), lift, withdraw, …

    `asked` has `act`, and of `effective_on`, `reason`, `scope` (parts), `rows` (scope rows),
    `assessed_on`, `expires_on`, `numbers`, `void_from`, `by`, `confirmed_on` what the act needs,
    as a statement has them. Raises Denied with the code of the rule that speaks against it.
    """
    paper = papers.find(connection, ab, "accreditation", number)
    wanted = _read(asked, _ASKED)
    granted = _accreditation(paper)
    today = civil_day(at, register.body(connection, ab).zone)
    rows = wanted.get("rows", ())
    change = AccreditationChange(
        act=AccreditationAct(wanted["act"]), by=_asker(wanted["act"]), today=today,
        effective_on=wanted.get("effective_on") or today, reason=wanted.get("reason"),
        parts=wanted.get("scope"), rows=tuple(row for _, row in rows),
        assessed_on=wanted.get("assessed_on"), expires_on=wanted.get("expires_on"),
        numbers=wanted.get("numbers", ()), void_from=wanted.get("void_from"),
    )  # fmt: skip
    policy = office.evidence.policy
    own = accrediting.recognition(connection, office, ab, at)
    file = OnFile(granted.norm, granted, own, policy)
    refuse(assess_accreditation_change(file, change))
    content = _changed(paper.content, _Wish(change, asked, tuple(raw for raw, _ in rows), at))
    state, _ = OnFile(granted.norm, _accreditation_of(paper, content), None, policy).state(today)
    return accrediting.change(
        connection, who, ab, "accreditation", number, type=str(change.act), content=content,
        state=str(state), at=at, version=version, effective_on=change.effective_on,
    )  # fmt: skip


def recognition_act(
    connection: Connection, who: Who, arrangement: str, ab: str, asked: Mapping[str, Any], *,
    at: int, version: int | None = None,
) -> Paper:  # fmt: skip
    """An act on the recognition of an accreditation body for one norm.

    `asked` has `act`, `norm`, and of `effective_on`, `standards`, `main_scope` what it needs.
    """
    paper = papers.find(connection, arrangement, "recognition", ab)
    wanted = _read(
        asked,
        {"act": one_of(*RecognitionAct), "norm": text, "effective_on": day, "standards": texts,
         "main_scope": yes_no},
    )  # fmt: skip
    if "norm" not in wanted:
        raise Denied("CLAIM_MISSING", "Say for which norm.", "norm")
    recognition = read_recognition(dict(paper.content))
    today = civil_day(at, recognition.zone or register.body(connection, arrangement).zone)
    change = RecognitionChange(
        act=RecognitionAct(wanted["act"]), by=Actor.ARRANGEMENT, norm=wanted["norm"],
        effective_on=wanted.get("effective_on") or today, today=today,
        standards=wanted.get("standards"), main_scope=wanted.get("main_scope"),
    )  # fmt: skip
    refuse(assess_recognition_change(recognition, change))
    content = rows_after(dict(paper.content), change, wanted)
    return accrediting.change(
        connection, who, arrangement, "recognition", ab, type=str(change.act), content=content,
        state="active", at=at, version=version, effective_on=change.effective_on,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Wish:
    change: AccreditationChange
    asked: Mapping[str, Any]
    rows: tuple[Mapping[str, Any], ...]
    at: int


def _changed(before: Mapping[str, Any], wish: _Wish) -> Content:
    """The accreditation after an act: its event, and what only this act changes."""
    content = {**before, "events": list(before.get("events", []))}
    change = wish.change
    if (type := act_rows("accreditation")[change.act].event) is not None:
        event = {
            "type": type,
            "effective_on": change.effective_on.isoformat(),
            "recorded_at": show_instant(wish.at),
            **{name: wish.asked[name] for name in ("reason", "scope") if wish.asked.get(name)},
        }
        if change.act is AccreditationAct.VOID:
            event |= {"void_numbers": list(change.numbers)} if change.numbers else {}
            event |= {"void_from": change.void_from.isoformat()} if change.void_from else {}
        content["events"].append(event)
    own = _OWN.get(change.act)
    return own(content, wish) if own is not None else content


def _extended(content: Content, wish: _Wish) -> Content:
    """Rows that are added hold from the day of the extension."""
    first = wish.change.effective_on.isoformat()
    return content | {"scope": [*content["scope"], *({**row, "from": first} for row in wish.rows)]}


def _reduced(content: Content, wish: _Wish) -> Content:
    """What was granted holds to the day before; what is left, from the day of the reduction."""
    first, last = wish.change.effective_on, _before(wish.change.effective_on)
    ended = [
        row if row.get("until") and row["until"] <= last else {**row, "until": last}
        for row in content["scope"]
        if row["from"] <= last
    ]
    kept = [{**row, "from": first.isoformat()} for row in wish.rows]
    return content | {"scope": [*ended, *kept]}


def _reassessed(content: Content, wish: _Wish) -> Content:
    found = content | {"reassessed_on": wish.change.effective_on.isoformat()}
    if wish.change.expires_on is not None:
        found["expires_on"] = wish.change.expires_on.isoformat()
    return found


def _approved(content: Content, wish: _Wish) -> Content:
    """AC-8: the accreditation body's written leave, certificate by certificate."""
    on = wish.change.effective_on.isoformat()
    new = [{"number": number, "on": on} for number in wish.change.numbers]
    return content | {"approvals": [*content.get("approvals", []), *new]}


def _adopted(content: Content, wish: _Wish) -> Content:
    """PC-20, PC-23: another body has taken certificates over."""
    members = ("by", "numbers", "confirmed_on", "no_safety_issue_on")
    new = {name: plain(wish.asked[name]) for name in members if wish.asked.get(name)}
    return content | {"adoptions": [*content.get("adoptions", []), new]}


_OWN: Mapping[AccreditationAct, Callable[[Content, _Wish], Content]] = {
    AccreditationAct.EXTEND: _extended,
    AccreditationAct.REDUCE: _reduced,
    AccreditationAct.REASSESS: _reassessed,
    AccreditationAct.APPROVE: _approved,
    AccreditationAct.ADOPT: _adopted,
}


def _before(day: date) -> str:
    return date.fromordinal(day.toordinal() - 1).isoformat()


def _asker(act: str) -> Actor:
    """Whose wish an act is; the accreditation body writes it down."""
    by = act_rows("accreditation")[act].by
    return Actor.ACCREDITATION_BODY if Actor.ACCREDITATION_BODY in by else Actor(by[0])


def _accreditation(paper: Paper) -> Accreditation:
    return _accreditation_of(paper, paper.content)


def _accreditation_of(paper: Paper, content: Mapping[str, Any]) -> Accreditation:
    grants, _ = read_accreditations([dict(content)], by=paper.body, of=paper.about)
    return grants[0].accreditation


def _read(asked: Mapping[str, Any], members: Mapping[str, Any]) -> dict[str, Any]:
    try:
        return read_object(dict(asked), members, frozenset({"act"}))
    except Refused as refused:
        code = "UNKNOWN_FIELD" if str(refused.code) == "CLAIM_UNKNOWN" else str(refused.code)
        claim = refused.facts.get("claim")
        raise Denied(code, field=str(claim) if claim else None) from None
