"""What an authority granted, and what it may do: for accreditation bodies and arrangements.

For people at work, in English. Each act says what it brings about and which fields it needs; the
fields become the request that `service.registry.sanctions` reads.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from service.rules.accreditation_states import AccreditationAct
from service.rules.recognition_life import RecognitionAct
from service.rules.transition_table import act_rows
from service.storage.papers import Paper
from service.web.view.words import Line, dated_or_none

ACCREDITATION, RECOGNITION = "accreditation", "recognition"
# A reassessment takes months; whoever is not at it by now will be late.
REASSESS_AHEAD_DAYS = 90
# act -> title, what it brings about, the fields that it needs beside its day and its reason.
_ACTS: Mapping[str, Mapping[str, tuple[str, str, tuple[str, ...]]]] = {
    ACCREDITATION: {
        AccreditationAct.EXTEND: (
            "Extend the scope",
            "What is added counts from that day on; certificates issued before it stay outside.",
            ("new",),
        ),
        AccreditationAct.REDUCE: (
            "Reduce the scope",
            "Only what is kept counts from that day on. Certificates outside it are told to be "
            "transferred, and are refused after the time that is left to them.",
            ("keep",),
        ),
        AccreditationAct.SUSPEND: (
            "Suspend",
            "From that day on nothing new may be issued in what is suspended, and checks of "
            "certificates in it say so. It can be lifted.",
            ("parts",),
        ),
        AccreditationAct.LIFT: (
            "Lift the suspension",
            "The body may issue again from that day on.",
            (),
        ),
        AccreditationAct.WITHDRAW: (
            "Withdraw",
            "Every certificate below it loses its accreditation: at the next check readers are "
            "told to have it transferred. This is final.",
            (),
        ),
        AccreditationAct.RESIGN: (
            "Note that it was given up",
            "The body gave notice. Its certificates lose their accreditation on that day. This is "
            "final.",
            (),
        ),
        AccreditationAct.INACTIVATE: (
            "Set inactive",
            "The body issues nothing for a while; what it issued stays accredited.",
            (),
        ),
        AccreditationAct.REACTIVATE: ("Set active again", "The body may issue again.", ()),
        AccreditationAct.VOID: (
            "Void certificates",
            "The certificates named, or all from a day on, are refused at every check as voided "
            "by the accreditation body. This is final.",
            ("numbers", "void_from"),
        ),
        AccreditationAct.REASSESS: (
            "Record a reassessment",
            "The accreditation counts as reassessed on that day.",
            ("expires_on",),
        ),
        AccreditationAct.APPROVE: (
            "Approve single certificates",
            "Your written leave while the accreditation is suspended, certificate by certificate.",
            ("numbers",),
        ),
    },
    RECOGNITION: {
        RecognitionAct.RECOGNISE: (
            "Recognise for one more norm",
            "What the accreditation body accredits under this norm is recognised from that day on.",
            ("norm", "main_scope", "standards"),
        ),
        RecognitionAct.EXTEND: (
            "Extend",
            "The standards named count from that day on, instead of those before.",
            ("norm", "standards"),
        ),
        RecognitionAct.REDUCE: (
            "Reduce",
            "Only the standards named count from that day on.",
            ("norm", "standards"),
        ),
        RecognitionAct.SUSPEND: (
            "Suspend",
            "Checks of certificates under this norm say that the recognition is suspended.",
            ("norm",),
        ),
        RecognitionAct.LIFT: ("Lift the suspension", "The norm is recognised again.", ("norm",)),
        RecognitionAct.END: (
            "End",
            "Certificates under this norm lose their recognition on that day: readers are told.",
            ("norm",),
        ),
    },
}
_GRAVE = frozenset({"withdraw", "resign", "void", "end", "reduce", "suspend"})
FIELDS = frozenset(
    "new_standard new_codes new_scheme new_type numbers void_from expires_on norm main_scope "
    "standards".split()
)


@dataclass(frozen=True, slots=True)
class Deed:
    """An act that the state allows: its reasons, its fields, what it brings about."""

    act: str
    title: str
    consequence: str
    fields: tuple[str, ...]
    reasons: tuple[str, ...]
    needs_reason: bool
    grave: bool


@dataclass(frozen=True, slots=True)
class Granted:
    """What was granted to a body, in a table; `late` where its reassessment is near or past."""

    subject: str
    about: str
    name: str
    norm: str
    state: str
    since: Line | None
    assessed: Line | None
    ends: Line | None
    late: bool


@dataclass(frozen=True, slots=True)
class ScopeLine:
    """A row of a scope: what, which codes or standards, and from when until when."""

    what: str
    more: str
    first: Line | None
    last: Line | None
    current: bool


def granted(paper: Paper, name: str, today: date) -> Granted:
    """An accreditation or recognition in a table."""
    content = paper.content
    ends = content.get("expires_on")
    soon = (today + timedelta(days=REASSESS_AHEAD_DAYS)).isoformat()
    norms = [content["norm"]] if "norm" in content else _norms(content)
    return Granted(
        paper.subject, paper.about, name, ", ".join(norms), paper.state,
        dated_or_none(content.get("granted_on")), dated_or_none(content.get("reassessed_on")),
        dated_or_none(ends),
        ends is not None and ends <= soon and paper.state in ("active", "suspended"),
    )  # fmt: skip


def scope(paper: Paper, today: date) -> tuple[ScopeLine, ...]:
    """The rows of the scope, in their order."""
    rows = paper.content.get("scope") or paper.content.get("scopes") or ()
    return tuple(scope_line(row, today.isoformat()) for row in rows)


def deeds(paper: Paper, kind: str) -> tuple[Deed, ...]:
    """What may be done with it as it stands."""
    rows = act_rows(kind)
    return tuple(
        deed(kind, act)
        for act in _ACTS[kind]
        if kind == RECOGNITION or paper.state in rows[act].states
    )


def deed(kind: str, act: str) -> Deed:
    """An act by its name. Raises KeyError."""
    title, consequence, fields = _ACTS[kind][act]
    row = act_rows(kind)[act]
    return Deed(
        str(act), title, consequence, fields, row.reasons, row.needs_reason, str(act) in _GRAVE
    )


def asked(form: Mapping[str, str], content: Mapping[str, Any]) -> dict[str, Any]:
    """The request of a form; `content` is the paper whose scope its rows are of."""
    found: dict[str, Any] = {
        name: form[name]
        for name in ("act", "reason", "effective_on", "expires_on", "void_from", "norm")
        if form.get(name)
    }
    for name in ("numbers", "standards"):
        if lines := lines_of(form.get(name, "")):
            found[name] = lines
    if form.get("main_scope"):
        found["main_scope"] = True
    rows = content.get("scope") or ()
    ticked = [row for n, row in enumerate(rows) if form.get(f"row.{n}")]
    match form.get("act"):
        case AccreditationAct.EXTEND:
            found["rows"] = [new_row(form, form.get("effective_on", ""))]
        case AccreditationAct.REDUCE:
            codes = [lines_of(form.get(f"codes.{n}", "")) for n in range(len(rows))]
            kept = [form.get(f"row.{n}") is not None for n in range(len(rows))]
            found["rows"] = [
                _kept(row, left)
                for row, left, stays in zip(rows, codes, kept, strict=True)
                if stays
            ]
            found["scope"] = [
                part
                for row, left, stays in zip(rows, codes, kept, strict=True)
                if (part := _removed(row, left if stays else [], stays=stays))
            ]
        case AccreditationAct.SUSPEND if ticked:
            found["scope"] = [_part(row) for row in ticked]
    return found


def new_row(form: Mapping[str, str], first: str) -> dict[str, Any]:
    """A scope row that a form names: a standard with codes, or a scheme with its standard."""
    row: dict[str, Any] = {"from": first}
    standard, codes = form.get("new_standard"), lines_of(form.get("new_codes", ""))
    if form.get("new_scheme"):
        row |= {"scheme": form["new_scheme"], "type": form.get("new_type", "")}
        row |= {"standards": [standard]} if standard else {}
    elif standard:
        row["standard"] = standard
    return row | ({"codes": codes} if codes else {})


def lines_of(text: str) -> list[str]:
    """The lines of a text field that are not empty."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def _kept(row: Mapping[str, Any], codes: Sequence[str]) -> dict[str, Any]:
    kept = {name: value for name, value in row.items() if name != "until"}
    return kept | ({"codes": list(codes)} if codes else {})


def _removed(row: Mapping[str, Any], left: Sequence[str], *, stays: bool) -> dict[str, Any] | None:
    """What a reduction takes out of a row: all of it, some of its codes, or nothing."""
    if row.get("until"):
        return None
    if not stays:
        return _part(row)
    gone = [code for code in row.get("codes", ()) if code not in left] if left else []
    return {**_part(row), "codes": gone} if gone else None


def _part(row: Mapping[str, Any]) -> dict[str, Any]:
    if "scheme" in row:
        return {"scheme": row["scheme"]}
    return {name: row[name] for name in ("standard", "codes") if name in row}


def _norms(content: Mapping[str, Any]) -> list[str]:
    return list(dict.fromkeys(row["norm"] for row in content.get("scopes", ())))


def scope_line(row: Mapping[str, Any], today: str) -> ScopeLine:
    """A row of a scope as a statement has it; `today` in ISO 8601."""
    what = row.get("norm") or row.get("scheme") or row.get("standard")
    if row.get("type"):
        what = f"{what}, type {row['type']}"
    standards, more = list(row.get("standards", ())), list(row.get("codes", ()))
    if what:
        more = standards + more
    else:
        what = ", ".join(standards) or "Any"
    if row.get("main_scope"):
        more.insert(0, "main scope")
    if any(not spell.get("until") for spell in row.get("suspended", ())):
        more.insert(0, "suspended")
    last = row.get("until")
    return ScopeLine(
        what,
        ", ".join(more),
        dated_or_none(row.get("from")),
        dated_or_none(last),
        not last or last >= today,
    )
