"""The question of a command line: `--at`, `--on` and `--ask field=value`."""

from collections.abc import Sequence
from difflib import get_close_matches

from service.commands.answering import Query
from service.commands.door import Refusal
from service.domain.dates import read_instant
from service.domain.question import (
    FIELDS,
    NEEDS,
    PLACEMENTS,
    SAYS,
    SHAPES,
    SHOWN,
    QuestionRefused,
    parse_question,
)

_CHOICES = {
    "needs": NEEDS, "placement": PLACEMENTS, "says": SAYS, "shape": SHAPES, "shown": SHOWN,
}  # fmt: skip
_DAYS = ("on", "made_on")


def query_of(*, at: str | None, on: str | None, ask: Sequence[str]) -> Query:
    """What is asked about every text of a run, the text itself still empty. Raises Refusal."""
    asked: dict[str, object] = {}
    for pair in [*ask, *([] if on is None else [f"on={on}"])]:
        name, equals, value = pair.partition("=")
        if not equals:
            raise Refusal("BAD_PARAMETER", f"--ask {pair}: write field=value, such as model=K7")
        if name in asked:
            raise Refusal("AMBIGUOUS_PARAMETER", f"{name} was asked twice")
        asked[name] = value
    try:
        question = parse_question(asked)
    except QuestionRefused as refused:
        raise Refusal(refused.code, _why(refused)) from None
    return Query("", question, None if at is None else _instant(at))


def _why(refused: QuestionRefused) -> str:
    name = refused.field
    if refused.code == "UNKNOWN_FIELD":
        near = get_close_matches(name, FIELDS, n=1)
        hint = f"did you mean {near[0]}?" if near else f"one can ask {', '.join(sorted(FIELDS))}"
        return f"{name}: there is no such field; {hint}"
    if name in _DAYS:
        return f"{name}: not a civil day; write it like 2026-03-31"
    if name in _CHOICES:
        return f"{name}: one of {', '.join(_CHOICES[name])}"
    return f"{name}: a text of 1 to 200 characters"


def _instant(text: str) -> int:
    try:
        return read_instant(text)
    except ValueError:
        raise Refusal(
            "BAD_PARAMETER", "--at: write an instant like 2026-06-15T12:00:00Z; for a day, --on"
        ) from None
