"""The fixed words of printed papers, one file a language; what was signed is never translated."""

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from service.domain.refusal import Denied

_FOLDER = Path(__file__).with_name("words")
# Arabic and Hindi need letters that join, which papers do not draw (`typefaces/README.md`).
LANGUAGES = tuple(sorted(file.stem for file in _FOLDER.glob("*.json")))


class Wording:
    """The words of one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._words: dict[str, Any] = json.loads((_FOLDER / f"{language}.json").read_text("utf-8"))

    def __call__(self, name: str, **facts: object) -> str:
        """A text with its facts in place."""
        text: str = self._words[name]
        return text.format(**facts)

    def day(self, value: date) -> str:
        """A civil day, as the language writes it."""
        month = self._words["months"][value.month - 1]
        day = self._words["first"] if value.day == 1 else value.day
        return self("day", day=day, month=month, year=value.year)


@cache
def wording(language: str) -> Wording:
    """The words of a language. Raises Denied BAD_PARAMETER for one that has none."""
    if language not in LANGUAGES:
        raise Denied("BAD_PARAMETER", f"Papers speak {', '.join(LANGUAGES)}.", "lang")
    return Wording(language)
