"""Wording that hints at approved products, or at approval by ISO (rules.md MS-25, AC-16).

A small reviewed list of words in several languages, as data with its source (`wording.json`). A
word says nothing about anyone's intent: a reader is warned, and an issuer chooses other words.
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from service.domain.reason import Reason
from service.domain.scope import standard
from service.domain.verdict import Check, Finding
from service.rules.case import Case
from service.rules.catalogue import Catalogue

_ANY_CASE = ("products", "superlatives", "product_standards")


@cache
def _file() -> Mapping[str, Any]:
    found: Mapping[str, Any] = json.loads(
        Path(__file__).with_name("wording.json").read_text("utf-8")
    )
    return found


def _whole(words: list[str]) -> str:
    """A pattern for whole words; an edition or a part may follow the number of a standard."""
    longest_first = sorted(words, key=len, reverse=True)
    return rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)"


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    file = _file()
    any_case = [word for name in _ANY_CASE for word in file[name]]
    anywhere = "|".join(map(re.escape, file["anywhere"]))
    return (
        re.compile(f"{_whole(any_case)}|{anywhere}", re.IGNORECASE),
        re.compile(_whole(file["as_written"])),
        re.compile(_whole(file["accredited"]), re.IGNORECASE),
    )


@lru_cache(maxsize=8)
def _designators(known: Catalogue) -> re.Pattern[str] | None:
    """The product standards of a catalogue."""
    named = {
        standard(one.designator).designator for one in known.standards if one.kind == "product"
    }
    return re.compile(_whole(sorted(named))) if named else None


@lru_cache(maxsize=4096)
def misleading(text: str, known: Catalogue) -> str | None:
    """MS-25: the first words of a scope that claim something of products; None if it has none.

    A product standard of the catalogue counts like those of the list.
    """
    any_case, as_written, _ = _patterns()
    shouted = text == text.upper()  # in capitals "CE" may be a word of another language
    found = any_case.search(text) or (None if shouted else as_written.search(text))
    if found is not None:
        return found[0]
    named = _designators(known)
    match = named.search(text) if named is not None else None
    return match[0] if match else None


def assess_wording(case: Case) -> list[Finding]:
    """MS-25: the scope of a management system, in every language, claims nothing of products."""
    for text in _scopes(case):
        words = misleading(text, case.catalogue)
        if words is not None:
            return [Finding.of(Check.CLAIMS, Reason.SCOPE_TEXT_MISLEADING, words=words)]
    return []


def assess_titles(case: Case) -> list[Finding]:
    """AC-16: companies are certified and certifiers accredited, and ISO does neither."""
    texts = (case.certificate.holder.name, *_scopes(case))
    if not any(map(_claims_accreditation, texts)):
        return []
    return [Finding.of(Check.CLAIMS, Reason.CERTIFIED_NOT_ACCREDITED)]


@lru_cache(maxsize=4096)
def _claims_accreditation(text: str) -> bool:
    *_, accredited = _patterns()
    return accredited.search(text) is not None


def _scopes(case: Case) -> Iterator[str]:
    part = case.certificate.organisation or case.certificate.service
    if part is not None:
        yield part.scope
    languages = case.certificate.claims.get("languages")
    yield from languages.values() if isinstance(languages, Mapping) else ()
