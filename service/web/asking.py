"""From a request to a report: the question in the address, and the verifier's answer."""

from collections.abc import Mapping

from flask import request

from service.credential.packing import pack, read_text
from service.domain.question import EMPTY, Question, parse_question
from service.domain.report import Report
from service.domain.verdict import Refused
from service.web.desk import Desk
from service.web.problems import Problem

# What others append to addresses that are passed on. It asks nothing; everything else must.
_NOT_ASKED = frozenset({"theme", "lang", "utm", "fbclid", "gclid", "msclkid"})
_NOT_ASKED_PREFIX = "utm_"
# Numbers and names are shorter.
_MAX_CHARS = 200


def asked_in(arguments: Mapping[str, str]) -> Question:
    """The question of a query; fields left empty in a form are not asked.

    Raises QuestionRefused: a misspelt field must not pass for a question that was answered.
    """
    return parse_question(
        {
            name: value
            for name, value in arguments.items()
            if value.strip() and name not in _NOT_ASKED and not name.startswith(_NOT_ASKED_PREFIX)
        }
    )


def given(name: str) -> str:
    """What somebody is looking for, from the query; empty where nothing is. Raises Problem."""
    value = request.args.get(name, "").strip()
    if len(value) > _MAX_CHARS or "\x00" in value:
        raise Problem("BAD_PARAMETER", name)
    return value


def answer(desk: Desk, text: str, question: Question = EMPTY) -> Report:
    """The report on a text, now."""
    return desk.verifier.verify(text, at=desk.clock(), question=question)


def own_digits(desk: Desk, text: str) -> tuple[str | None, bool]:
    """The digits under which a text has a page here, and whether nothing would be lost by going
    there: the note about a link that leads to another site would.
    """
    try:
        token, host = read_text(text)
        digits = pack(token)
    except (Refused, ValueError):
        return None, False
    return digits, host is None or host in desk.settings.hosts
