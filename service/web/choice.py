"""A reader's choice (theme, language): a link to the same page sets a cookie, without a script."""

from collections.abc import Callable, Collection
from functools import lru_cache
from typing import ParamSpec, TypeVar
from urllib.parse import urlencode

from flask import Response, request

from service.config import Settings

_KEPT_S = 31_536_000
_BRIEF_CHARS, _MOST_KEPT = 400, 64
Asked = tuple[tuple[str, str], ...]
_P = ParamSpec("_P")
_Made = TypeVar("_Made")


def wanted(name: str, choices: Collection[str]) -> str | None:
    """What is asked for now, else what was kept; None for neither, or for what is no choice."""
    found = request.args.get(name) or request.cookies.get(name)
    return found if found in choices else None


def asked() -> Asked:
    """What this page was asked for, of which a link to it keeps everything but its own choice."""
    return tuple(request.args.items())


def brief() -> bool:
    """Whether so little was asked that what is made of it may be kept: every link repeats it."""
    return len(request.query_string) <= _BRIEF_CHARS


def kept_if_brief(make: Callable[_P, _Made]) -> Callable[_P, _Made]:
    """What is made of a brief question is kept; its arguments are what it is made of."""
    kept: Callable[..., _Made] = lru_cache(_MOST_KEPT)(make)

    def made(*args: _P.args, **named: _P.kwargs) -> _Made:
        return (kept if brief() else make)(*args, **named)

    return made


def link(name: str, value: str, asked: Asked) -> str:
    """The address that chooses a value; relative, so that it stays on this page."""
    kept = [one for one in asked if one[0] != name]
    return f"?{urlencode([*kept, (name, value)])}"


def keep(response: Response, name: str, choices: Collection[str], settings: Settings) -> None:
    """Keep what a page was asked for; of pages only, for shared caches keep everything else."""
    value = request.args.get(name)
    if value in choices and response.mimetype == "text/html":
        response.set_cookie(
            name, str(value), max_age=_KEPT_S, secure=settings.secure, httponly=True,
            samesite="Lax",
        )  # fmt: skip
