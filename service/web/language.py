"""The reader's language: by a link that sets a cookie, else by what the browser asks for.

Texts are written in English where they are used, and `_` gives them in the language of the request.
The catalogues are gettext's `.po` files, read as they are; English has none. Data is never
translated: whoever asks for JSON gets one language.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from functools import cache, lru_cache
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path

from babel.core import Locale
from babel.dates import format_date, format_skeleton
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask import Flask, Response, request

from service.config import Settings
from service.web import choice

CATALOGUES = Path(__file__).with_name("languages")
# Code -> the language's own name, as a reader looks for it.
_NAMES: Mapping[str, str] = {
    "en": "English",
    "de": "Deutsch",
    "fr": "Français",
    "es": "Español",
    "pt": "Português",
    "zh": "中文",
    "hi": "हिन्दी",
    "ar": "العربية",
}
# Those that are spoken here: a language without a whole catalogue is not offered.
LANGUAGES: Mapping[str, str] = {
    code: name
    for code, name in _NAMES.items()
    if code == "en" or (CATALOGUES / f"{code}.po").is_file()
}
# The texts of a code that readers see; the others are for professionals, in English.
TRANSLATED = ("sentence", "short", "means", "next")
# Pages for people at work, which are in English alone.
_ENGLISH = ("/account", "/console", "/docs", "/join", "/login", "/styleguide")
_LOCALES = {"en": "en_GB", "zh": "zh_Hans"}
_NBSP = "\N{NO-BREAK SPACE}"
_spoken: ContextVar[str] = ContextVar("language", default="en")


def language() -> str:
    """The language that is spoken now; English outside of requests."""
    return _spoken.get()


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Speak a language for a while."""
    before = _spoken.set(code)
    try:
        yield
    finally:
        _spoken.reset(before)


@cache
def catalogue(code: str) -> NullTranslations:
    """The texts of a language."""
    file = CATALOGUES / f"{code}.po"
    if not file.is_file():
        return NullTranslations()
    compiled = BytesIO()
    with file.open("rb") as stream:
        write_mo(compiled, read_po(stream, code))
    compiled.seek(0)
    return Translations(compiled)


def _(text: str) -> str:
    """A text in the language spoken now."""
    return _translated(text, _spoken.get())


@lru_cache(16_384)
def _translated(text: str, code: str) -> str:
    return catalogue(code).gettext(text)


def ngettext(one: str, many: str, count: int) -> str:
    """A text for a count, in the form that the language has for it."""
    return catalogue(_spoken.get()).ngettext(one, many, count)


def N_(text: str) -> str:  # gettext's own name
    """Marks a text of a table, which is translated where it is shown."""
    return text


@cache
def _locale(code: str) -> Locale:
    return Locale.parse(_LOCALES.get(code, code))


def direction() -> str:
    """`ltr` or `rtl`."""
    return _direction(_spoken.get())


@cache
def _direction(code: str) -> str:
    return _locale(code).text_direction


def show_day(value: date, *, short: bool = False) -> str:
    """`31 July 2026` as the language writes it; a long one does not break."""
    return _show_day(value, _spoken.get(), short)


@lru_cache(4_096)
def _show_day(value: date, code: str, short: bool) -> str:
    spoken = _locale(code)
    if short:
        shown = format_skeleton("yMMMd", value, locale=spoken)
    else:
        shown = format_date(value, "long", locale=spoken).replace(" ", _NBSP)
    # The first of a month is an ordinal in French, which the locale data does not know.
    return f"1er{shown[1:]}" if code == "fr" and value.day == 1 else shown


def _english_alone() -> bool:
    return request.path.startswith(_ENGLISH)


def chosen() -> str:
    """The language asked for now, else the one that was kept, else the browser's."""
    kept = choice.wanted("lang", LANGUAGES)
    return kept or request.accept_languages.best_match(LANGUAGES, default="en") or "en"


def links() -> tuple[tuple[str, str, str, bool], ...]:
    """Address, code, name and whether it is spoken; none where a page speaks English alone."""
    return () if _english_alone() else _links(choice.asked(), language())


@choice.kept_if_brief
def _links(asked: choice.Asked, spoken: str) -> tuple[tuple[str, str, str, bool], ...]:
    return tuple(
        (choice.link("lang", code, asked), code, name, code == spoken)
        for code, name in LANGUAGES.items()
    )


def speak(app: Flask, settings: Settings) -> None:
    """Answer each request in its reader's language."""
    app.jinja_env.globals.update(
        _=_, ngettext=ngettext, language=language, direction=direction, language_links=links
    )

    @app.before_request
    def begin() -> None:
        _spoken.set("en" if _english_alone() else chosen())

    @app.teardown_request
    def end(_: BaseException | None) -> None:
        _spoken.set("en")

    @app.after_request
    def tell(response: Response) -> Response:
        if response.mimetype != "text/html":
            return response
        response.headers.setdefault("Content-Language", language())
        response.vary.update(("Accept-Language", "Cookie"))
        choice.keep(response, "lang", LANGUAGES, settings)
        return response
