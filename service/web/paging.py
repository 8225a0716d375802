"""Pages of papers, the newest first: each begins after the paper at which the one before ended."""

import re

from service.storage.papers import Paper
from service.web.problems import Problem

_WHOLE = re.compile(r"[0-9]{1,12}", re.ASCII)


def ended_at(paper: Paper) -> str:
    """Where a page ended: its last paper, by when that was changed and its subject."""
    return f"{paper.changed_at}:{paper.subject}"


def begun_after(text: str, field: str) -> tuple[int, str] | None:
    """What `ended_at` says, as instant (POSIX seconds) and subject; None for the first page.

    Raises Problem BAD_PARAMETER for `field`.
    """
    if not text:
        return None
    instant, _, subject = text.partition(":")
    if (at := whole(instant)) is None:
        raise Problem("BAD_PARAMETER", field)
    return at, subject


def whole(text: str) -> int | None:
    """A version, or an instant in POSIX seconds, as our own pages write it; None for no such."""
    return int(text) if _WHOLE.fullmatch(text) else None
