"""A report as lines for a terminal: verdict, reasons, who vouches for whom, age of the evidence.

Everything comes from the report's JSON, so a service's answer looks like one made here. A verdict
is a mark and a word, never a colour alone. Of what is not proven genuine nothing is shown (R14);
of the rest, characters that would hide or turn text, or command the terminal, are shown by their
number (R15).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import click

from service.commands.text import duration, wrapped
from service.domain.reason import Reason
from service.domain.text import clean
from service.domain.verdict import SEVERITY, Axis, Outcome, Verdict, code_table

Report = Mapping[str, Any]

LABEL_CHARS = 15
# What is longer is counted, not listed: a terminal scrolls the verdict away.
MANY = 8


@dataclass(frozen=True, slots=True)
class Look:
    """How an outcome looks."""

    mark: str
    colour: str | None
    word: str = ""


_VERDICTS: Mapping[Verdict, Look] = {
    Verdict.ACCEPT: Look("✓", "green", "Valid"),
    Verdict.ACCEPT_WITH_WARNING: Look("!", "yellow", "Valid, with a warning"),
    Verdict.NOT_FOR_THIS_PURPOSE: Look("≠", "magenta", "Not for this"),
    Verdict.CANNOT_CONFIRM: Look("?", "blue", "Cannot confirm"),
    Verdict.REJECT: Look("✗", "red", "Rejected"),
}
_NOTE = Look("·", None)
_ADVICE: Mapping[Verdict, str] = {
    Verdict.ACCEPT_WITH_WARNING: "Check again on the day you rely on it.",
    Verdict.NOT_FOR_THIS_PURPOSE: "Nothing is wrong with it: it answers another question.",
    Verdict.CANNOT_CONFIRM: "Neither a yes nor a no: wait until it is known.",
    Verdict.REJECT: "Do not rely on it.",
}
_ANSWERS: Mapping[str, Look] = {
    "yes": Look("✓", "green", "yes"),
    "no": Look("✗", "red", "no"),
    "unknown": Look("?", "blue", "unknown"),
    "not_asked": Look("–", None, "not asked"),
}
_ROLES = {"arrangement": "arrangement, your anchor"}
_AXES = {"genuine": "Genuine", "in_force": "In force", "fits": "Fits"}


def verdict_word(verdict: Verdict) -> str:
    """Mark and word of a verdict, in its colour."""
    look = _VERDICTS[verdict]
    return click.style(f"{look.mark} {look.word}", fg=look.colour, bold=True)


def sheet(report: Report, *, width: int | None = None) -> list[str]:
    """The lines of a report, at most `width` characters wide; None does not wrap.

    Raises KeyError, TypeError or ValueError for what is no report.
    """
    genuine = report["genuine"] == "yes"
    parts = [_verdict(report, width), _axes(report, genuine, width), _reasons(report, width)]
    if not genuine:
        parts.append(["Nothing that the code says is shown, for none of it is proven."])
    elif report["certificate"]:
        parts += [
            _certificate(report["certificate"], width),
            [*_chain(report["chain"] or ()), *_surveillance(report["surveillance"], width)],
        ]
    parts.append([*_evidence(report["evidence"]), *_judged(report, width)])
    lines: list[str] = []
    for part in filter(None, parts):
        lines += [*([""] if lines else []), *part]
    return lines


def _verdict(report: Report, width: int | None) -> list[str]:
    verdict = Verdict(report["verdict"])
    code = click.style(verdict.value, dim=True)
    said = [report["headline"], *filter(None, [_ADVICE.get(verdict)])]
    lines = [line for text in said for line in wrapped(clean(text), width)]
    return [f"{verdict_word(verdict)}  {code}", *lines]


def _axes(report: Report, genuine: bool, width: int | None) -> list[str]:
    lines = []
    warned = {
        _axis(finding["code"])
        for finding in report["findings"]
        if finding["outcome"] == Outcome.ACCEPT_WITH_WARNING
    }
    for axis, label in _AXES.items():
        look = _ANSWERS[report[axis]]
        if not genuine and axis != "genuine":
            look = Look("–", None, "not checked")
        elif report[axis] == "yes" and axis in warned:
            look = Look("!", "yellow", "yes, with a warning")
        answer = click.style(f"{look.mark} {look.word}", fg=look.colour)
        lines.append(f"{_label(label)}{answer}")
    if asked := report["asked"]:
        said = ", ".join(f"{name} {_listed(value)}" for name, value in asked.items())
        lines += _row("You asked", said, width)
    return lines


def _reasons(report: Report, width: int | None) -> list[str]:
    """The findings with a code, the worst first; of unproven things only why they are not."""
    found = [f for f in report["findings"] if f["code"] and _may_show(report, f["code"])]
    found.sort(key=lambda f: -SEVERITY[Outcome(f["outcome"])])
    lines: list[str] = []
    for finding in found:
        look = _looks(Outcome(finding["outcome"]))
        mark = click.style(look.mark, fg=look.colour, bold=True)
        lines.append(f"{mark} {click.style(clean(finding['code']), bold=True)}")
        if finding["text"] != report["headline"]:
            lines += wrapped(clean(finding["text"]), width, indent=2)
    return lines


def _looks(outcome: Outcome) -> Look:
    return _NOTE if outcome is Outcome.NOTE else _VERDICTS[Verdict(outcome.value.upper())]


def _may_show(report: Report, code: str) -> bool:
    return report["genuine"] == "yes" or _axis(code) in (Axis.GENUINE, None)


def _axis(code: str) -> Axis | None:
    """The axis of a code; None for notes, and for a code that only a newer service knows."""
    known = code in {str(reason) for reason in Reason}
    return code_table()[Reason(code)].axis if known else None


def _certificate(claims: Mapping[str, Any], width: int | None) -> list[str]:
    part = claims.get("organisation") or claims.get("product") or claims.get("service") or {}
    holder, scheme = claims["holder"], part.get("scheme") or {}
    effective = claims.get("effective")
    rows = (
        ("Certificate", f"{claims['jti']}, revision {claims['rev']}"),
        ("Kind", f"{str(claims['kind']).replace('_', '-')} certificate"),
        ("Standard", claims.get("standards")),
        ("Holder", [holder[name] for name in ("name", "address", "country") if name in holder]),
        ("Registered as", holder.get("id")),
        ("Brand", part.get("brand")),
        ("Models", part.get("models") or part.get("family")),
        ("GTIN", part.get("gtins")),
        ("Revision", part.get("revision")),
        ("Factories", part.get("factories")),
        ("Scope", part.get("scope")),
        ("Sites", [site["name"] for site in part.get("sites") or ()]),
        ("Scheme", f"{scheme['id']}, type {scheme['type']}" if scheme else None),
        ("Conditions", part.get("conditions")),
        ("Decided", claims.get("decided")),
        ("In force from", effective if effective != claims.get("decided") else None),
        ("Valid to", claims.get("expires") or "no fixed end"),
    )
    return [line for label, value in rows if value for line in _row(label, _listed(value), width)]


def _chain(links: Sequence[Mapping[str, Any]]) -> list[str]:
    """Who vouches for whom, the anchor first; each body stands below the one that grants it."""
    lines = []
    for depth, link in enumerate(links):
        branch = f"{'  ' * (depth - 1)}└ " if depth else ""
        role = _ROLES.get(link["role"], clean(link["role"]).replace("_", " "))
        facts = [f"No. {clean(link['number'])}"] if link.get("number") else []
        facts += [f"since {clean(link['since'])}"] if link.get("since") else []
        if link.get("name") and not link.get("name_vouched") and depth:
            facts.append("it gives itself this name")
        name = clean(link.get("name") or link["id"])
        about = click.style(f"({', '.join([role, *facts])})", dim=True)
        lines.append(f"{_label('' if depth else 'Vouched for by')}{branch}{name} {about}")
    return lines


def _surveillance(summary: Mapping[str, Any] | None, width: int | None) -> list[str]:
    if not summary:
        return []
    said = [summary["state"]]
    said += [f"last {summary['last']}"] if summary.get("last") else []
    said += [f"next due {summary['next_due']}"] if summary.get("next_due") else []
    said += [f"{summary['days_late']} days late"] if summary.get("days_late") else []
    said += ["by the certifier's own list"] if summary.get("source") == "status_list" else []
    return _row("Surveillance", _listed(said), width)


def _evidence(items: Sequence[Mapping[str, Any]]) -> list[str]:
    lines: list[str] = []
    for item in items:
        age, good = int(item["age_s"]), int(item["good_for_s"])
        look = _ANSWERS["yes" if age <= good else "unknown"]
        old = "too old" if age > good else "fresh"
        mark = click.style(f"{look.mark} {old}", fg=look.colour)
        kind = clean(item["kind"]).replace("_", " ")
        said = f"{kind:<14} {duration(age)} old, good for {duration(good)}"
        lines.append(f"{_label('' if lines else 'Evidence')}{said:<55} {mark}")
    return lines


def _judged(report: Report, width: int | None) -> list[str]:
    day = f"for {report['day']} in {report['zone']}, " if report.get("day") else ""
    lines = _row("Judged", clean(f"{day}at {report['checked_at']}"), width)
    if report.get("token_sha256"):
        lines += _row("Fingerprint", clean(report["token_sha256"]), width)
    return lines


def _listed(value: Any) -> str:
    if not isinstance(value, list | tuple):
        return clean(value)
    shown = ", ".join(clean(item) for item in value[:MANY])
    return f"{shown} and {len(value) - MANY} more" if len(value) > MANY else shown


def _label(text: str) -> str:
    return click.style(f"{text:<{LABEL_CHARS}}", dim=True)


def _row(label: str, text: str, width: int | None) -> list[str]:
    first, *rest = wrapped(text, None if width is None else width - LABEL_CHARS) or [""]
    return [f"{_label(label)}{first}", *(f"{'':<{LABEL_CHARS}}{line}" for line in rest)]
