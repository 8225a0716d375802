"""A reader's choice (theme, language): a link to the same page sets a cookie, without a script."""

from collections.abc import Collection, Iterator
from urllib.parse import urlencode

from flask import Response, request

from service.config import Settings

_KEPT_S = 31_536_000


def wanted(name: str, choices: Collection[str]) -> str | None:
    """What is asked for now, else what was kept; None for neither, or for what is no choice."""
    found = request.args.get(name) or request.cookies.get(name)
    return found if found in choices else None


def links(name: str, choices: Collection[str]) -> Iterator[str]:
    """The addresses that choose each, in their order; relative, so that they stay on this page."""
    kept = [(other, value) for other, value in request.args.items() if other != name]
    for value in choices:
        yield f"?{urlencode([*kept, (name, value)])}"


def keep(response: Response, name: str, choices: Collection[str], settings: Settings) -> None:
    """Keep what a page was asked for; of pages only, for shared caches keep everything else."""
    value = request.args.get(name)
    if value in choices and response.mimetype == "text/html":
        response.set_cookie(
            name, str(value), max_age=_KEPT_S, secure=settings.secure, httponly=True,
            samesite="Lax",
        )  # fmt: skip
