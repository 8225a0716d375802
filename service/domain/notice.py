"""Notices: what a body is told about its own certificates, accreditation, keys and publications.

Each kind has its facts, a closed set, and a few sentences that say what happened and what to do
about it. Facts may be names that strangers chose: their hidden characters are shown, so that none
turns a line, and they are cut to a bearable length (security.md R15, W05).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from service.domain.text import clean

# A holder's name may be a page long; a subject line is one line.
MAX_FACT_CHARS = 200
MAX_SUBJECT_CHARS = 180
# RFC 5321 4.5.3.1: a path of 256 characters, less its angle brackets.
MAX_MAIL_ADDRESS_CHARS = 254
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_MAIL_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*")


class NoticeKind(StrEnum):
    """What a body may be told."""

    SURVEILLANCE_DUE = "surveillance_due"
    SURVEILLANCE_OVERDUE = "surveillance_overdue"
    CERTIFICATE_EXPIRING = "certificate_expiring"
    SUSPENSION_LONG = "suspension_long"
    ACCREDITATION_CHANGED = "accreditation_changed"
    KEY_EXPIRING = "key_expiring"
    PUBLICATION_LATE = "publication_late"
    SUSPICION_REPORTED = "suspicion_reported"


# Days ahead at which something to come is told.
AHEAD: Mapping[NoticeKind, Sequence[int]] = {
    NoticeKind.SURVEILLANCE_DUE: (60, 30, 7),
    NoticeKind.CERTIFICATE_EXPIRING: (90, 60, 30),
    NoticeKind.KEY_EXPIRING: (60, 30, 7),
}


@dataclass(frozen=True, slots=True)
class Wording:
    """The facts of a kind, its subject line, what happened, and what to do."""

    facts: tuple[str, ...]
    subject: str
    happened: str
    to_do: str


WORDINGS: Mapping[NoticeKind, Wording] = {
    NoticeKind.SURVEILLANCE_DUE: Wording(
        ("number", "holder", "due", "days"),
        "Surveillance due by {due}: {number}",
        "The next surveillance of certificate {number} ({holder}) is due by {due}, {days}.",
        "Please hold it by then and record it in the register. If it has to wait, record the "
        "deferral with its reason before that day.",
    ),
    NoticeKind.SURVEILLANCE_OVERDUE: Wording(
        ("number", "holder", "since"),
        "Surveillance overdue: {number}",
        "The surveillance of certificate {number} ({holder}) is overdue since {since}. Whoever "
        "checks the certificate is told so.",
        "If it was held, please record it in the register now. If not, please decide whether the "
        "certificate has to be suspended.",
    ),
    NoticeKind.CERTIFICATE_EXPIRING: Wording(
        ("number", "holder", "expires", "days"),
        "Valid to {expires}: {number}",
        "Certificate {number} ({holder}) is valid to {expires}, which is {days}.",
        "If it is to go on, please decide on its renewal by that day: from the next day on it is "
        "no longer valid.",
    ),
    NoticeKind.SUSPENSION_LONG: Wording(
        ("number", "holder", "since", "months"),
        "Suspended for more than {months} months: {number}",
        "Certificate {number} ({holder}) is suspended since {since}, for more than {months} "
        "months.",
        "Please decide what becomes of it: reinstate it, reduce it or withdraw it. Nothing "
        "happens by itself.",
    ),
    NoticeKind.ACCREDITATION_CHANGED: Wording(
        ("number", "by", "change", "effective_on"),
        "Accreditation {number}: {change}",
        "{by} has changed accreditation {number}: {change}, with effect from {effective_on}.",
        "Please see in the register what it says now, and what it means for your certificates "
        "and for decisions to come.",
    ),
    NoticeKind.KEY_EXPIRING: Wording(
        ("kid", "purposes", "until", "days"),
        "Key {kid} ends on {until}",
        "The key {kid} (for: {purposes}) ends at {until}, {days}, and no other key follows it.",
        "Please make a new key in time and have it named in the accreditation: from then on "
        "nothing can be signed.",
    ),
    NoticeKind.PUBLICATION_LATE: Wording(
        ("since",),
        "Publication is late",
        "Documents of this body wait to be published since {since}. Whoever checks a certificate "
        "still sees what was published before, and after a day no longer relies on it.",
        "Please look at the log of the publisher: it names what keeps it waiting.",
    ),
    NoticeKind.SUSPICION_REPORTED: Wording(
        ("reference", "about", "verdict"),
        "Suspicion {reference}: {about}",
        "Somebody who checked {about} reports a suspicion. Its reference number is {reference}; "
        "the answer of the check was {verdict}.",
        "Please see in the console what was written, and close it there with a note once it has "
        "been looked into. Nothing happens by itself.",
    ),
}


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice in words, and its facts as plain texts and numbers for machines."""

    kind: NoticeKind
    subject: str
    text: str
    facts: Mapping[str, str | int]


class Undelivered(Exception):
    """A notice was not taken, for `code`; `unreachable` says that nobody was there to ask."""

    def __init__(self, code: str, *, unreachable: bool = False) -> None:
        super().__init__(code)
        self.code = code
        self.unreachable = unreachable


def notice(kind: NoticeKind, facts: Mapping[str, object], *, about: str, name: str) -> Notice:
    """The notice of facts to the body `about`, called `name`; days are civil days or texts.

    Raises ValueError for facts that are not those of the kind.
    """
    wording = WORDINGS[kind]
    if facts.keys() != set(wording.facts):
        raise ValueError(f"the facts of {kind} are {', '.join(wording.facts)}")
    plain = {key: value if type(value) is int else shown(value) for key, value in facts.items()}
    said = {key: str(value) for key, value in plain.items()}
    if "days" in plain:
        said["days"] = in_days(int(plain["days"]))
    lines = (wording.happened.format_map(said), wording.to_do, f"{shown(name)}\n{shown(about)}")
    return Notice(
        kind, _cut(wording.subject.format_map(said), MAX_SUBJECT_CHARS), "\n\n".join(lines), plain
    )


def nearest(days: int, steps: Sequence[int]) -> int | None:
    """The smallest of the steps that something `days` ahead has come to; None beyond them all, and
    for what lies in the past."""
    return min((step for step in steps if 0 <= days <= step), default=None)


def shown(value: object) -> str:
    """A fact as text on one line."""
    return _cut(clean(value), MAX_FACT_CHARS)


def in_days(days: int) -> str:
    """How far away a day is, in words."""
    return {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")


def is_mail_address(text: str) -> bool:
    """Whether a text is one plain address that any mail server takes (RFC 5321; ASCII only)."""
    return len(text) <= MAX_MAIL_ADDRESS_CHARS and _MAIL_ADDRESS.fullmatch(text) is not None


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"
