"""Collects every text that a reader may see, and brings the catalogues up to date with them.

`python -m tools.messages` rewrites `service/web/languages/*.po`: new texts are added untranslated,
texts that are gone are dropped, and the rest stays. A test fails as long as one is missing.
`python -m tools.messages it` begins a language.
"""

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.catalog import Message as PoMessage
from babel.messages.extract import extract, extract_python
from babel.messages.pofile import read_po, write_po
from jinja2.ext import babel_extract

from service.domain.glossary import TITLES
from service.domain.report import ACCEPTED
from service.domain.verdict import UNKNOWN_DAY, code_table
from service.web.language import CATALOGUES, LANGUAGES, TRANSLATED
from service.web.problems import PROBLEMS, REFUSED

ROOT = Path(__file__).resolve().parents[1]
# Whatever marks a text: its first argument, of the last one its first two.
KEYWORDS = {"_": None, "N_": None, "own": None, "say": None, "line": None, "ngettext": (1, 2)}
Message = str | tuple[str, ...]
_FACT = re.compile(r"\{(\w+)\}")
_ASIDE = re.compile(r" \([^()]*\{\w+\}[^()]*\)")


def messages() -> dict[Message, str]:
    """Every text, a tuple where it depends on a count, and where it is first used."""
    found: dict[Message, str] = {}
    for text, place in (*_of_pages(), *_of_tables()):
        found.setdefault(text, place)
    return found


def _of_pages() -> Iterator[tuple[Message, str]]:
    python: Any = extract_python
    jinja: Any = babel_extract
    for folder, pattern, method in (
        ("service/web", "*.py", python),
        ("templates", "*.html", jinja),
    ):
        for file in sorted((ROOT / folder).rglob(pattern)):
            place = file.relative_to(ROOT).as_posix()
            source = BytesIO(file.read_bytes())
            for _, text, _, _ in extract(method, source, KEYWORDS, (), {"trimmed": "no"}):
                if text and text != ("", ""):
                    yield text, place


def _of_tables() -> Iterator[tuple[Message, str]]:
    for code, entry in code_table().items():
        for name in TRANSLATED:
            if text := entry.texts.get(name):
                yield text, f"code {code}"
    for problem, kind in (*PROBLEMS.items(), ("", REFUSED)):
        yield kind.title, f"problem {problem}"
        yield kind.hint, f"problem {problem}"
    for text in (*TITLES.values(), *ACCEPTED.values(), UNKNOWN_DAY):
        yield text, "service/domain"


def up_to_date(code: str) -> Catalog:
    """The catalogue of a language with exactly the texts that there are."""
    file = CATALOGUES / f"{code}.po"
    known = read_po(BytesIO(file.read_bytes()), code) if file.is_file() else Catalog(code)
    fresh = Catalog(code)
    for text, place in messages().items():
        one = known.get(text[0] if isinstance(text, tuple) else text)
        fresh.add(text, one.string if one is not None else None, locations=[(place, 0)])
    return fresh


def missing(catalogue: Catalog) -> list[str]:
    """The texts of a catalogue that are not, or only partly, translated."""
    return [_first(one) for one in catalogue if one.id and not all(_strings(one))]


def faults(catalogue: Catalog) -> list[str]:
    """Translations that do not fit their text: facts lost or invented, an aside that is none."""
    found = []
    for one in catalogue:
        for string in _strings(one) if one.id else ():
            texts = _ids(one)
            if not string:
                continue
            names = set().union(*(_FACT.findall(text) for text in texts))
            used = set(_FACT.findall(string))
            # "one day" needs no number in some languages.
            if used - names or (names - used) - ({"n"} if len(texts) > 1 else set()):
                found.append(f"{_first(one)!r}: facts are {sorted(names)}, not {sorted(used)}")
            if len(_ASIDE.findall(texts[0])) != len(_ASIDE.findall(string)):
                found.append(f"{_first(one)!r}: a fact in brackets stays in ` (…)`")
            if string != string.strip() or "  " in string:
                found.append(f"{_first(one)!r}: white space")
    return found


def _ids(one: PoMessage) -> tuple[str, ...]:
    return tuple(one.id) if isinstance(one.id, tuple | list) else (one.id,)


def _first(one: PoMessage) -> str:
    return _ids(one)[0]


def _strings(one: PoMessage) -> tuple[str, ...]:
    found = one.string
    return tuple(found) if isinstance(found, tuple | list) else (found or "",)


def main() -> None:
    """Rewrite every catalogue, and begin those that are named."""
    for code in dict.fromkeys([*LANGUAGES, *sys.argv[1:]]):
        if code == "en":
            continue
        catalogue = up_to_date(code)
        with (CATALOGUES / f"{code}.po").open("wb") as stream:
            write_po(stream, catalogue, width=0, omit_header=True, include_lineno=False)
        told = f"{len(catalogue)} texts, {len(missing(catalogue))} untranslated"
        print(f"{code}: {told}", *faults(catalogue), sep="\n  ")  # noqa: T201


if __name__ == "__main__":
    main()
