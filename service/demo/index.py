"""The index of the example world: what to ask of its papers, and what must come out."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from service.demo.newcomer import Newcomer
from service.demo.papers import GOOD_FOR_DAYS, Paper, Story, offset
from service.demo.plan import FIRST_TO_TRY
from service.domain.dates import civil_day, parse_instant, show_instant
from service.storage.folder import write_whole

INDEX = "demo.json"
# Offsets count from the civil day of building in this zone; their margins cover all others.
_ZONE = "UTC"


@dataclass(frozen=True, slots=True)
class DemoCase:
    """One line of `demo.json`; paths are relative to the world's folder."""

    slug: str
    story: str
    number: str
    kind: str
    token: str
    png: str
    svg: str
    url: str
    question: Mapping[str, str]
    verdict: str
    code: str | None
    codes: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Demo:
    """A built world; `built_at` in POSIX seconds.

    `newcomer` is known only to whoever has just built it: nothing of it is written down.
    """

    built_at: int
    base_url: str
    certificates: tuple[DemoCase, ...]
    newcomer: Newcomer | None = field(default=None, compare=False)


def load_demo(folder: Path) -> Demo:
    """The world built in `folder`. Raises OSError where there is none, ValueError if broken."""
    found = json.loads((folder / INDEX).read_text("utf-8"))
    try:
        cases = [
            row | {"codes": tuple(row["codes"]), "notes": tuple(row["notes"])}
            for row in found["certificates"]
        ]
        return Demo(
            parse_instant(found["built_at"]),
            found["base_url"],
            tuple(DemoCase(**row) for row in cases),
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"{INDEX} is not one of ours") from error


def first_to_try(demo: Demo) -> list[DemoCase]:
    """What a newcomer should try first: one or two of each verdict, the best first."""
    cases = {case.slug: case for case in demo.certificates}
    return [cases[slug] for slug in FIRST_TO_TRY if slug in cases]


def write_index(folder: Path, demo: Demo) -> None:
    """Write down what can be asked of the world in `folder`. Raises OSError."""
    write_whole(folder / INDEX, _index(demo))


def day_of(at: int) -> date:
    """The day that offsets count from in a world built at `at` (POSIX seconds)."""
    return civil_day(at, _ZONE)


def case_of(paper: Paper, story: Story, digits: str, at: int, base_url: str) -> DemoCase:
    """A line of the index: a question about a paper, whose code has these `digits`."""
    question = _question(story, day_of(at))
    asked = f"?{urlencode(question)}" if question else ""
    return DemoCase(
        slug=story.slug,
        story=story.text,
        number=paper.number,
        kind=str(paper.kind),
        token=f"tokens/{paper.slug}.jwt",
        png=f"qr/{paper.slug}.png",
        svg=f"qr/{paper.slug}.svg",
        url=f"{base_url}/q/{digits}{asked}",
        question=question,
        verdict=str(story.verdict),
        code=story.codes[0] if story.codes else None,
        codes=story.codes,
        notes=story.notes,
    )


def _question(story: Story, built_on: date) -> Mapping[str, str]:
    return {
        name: offset(built_on, value).isoformat() if isinstance(value, int) else value
        for name, value in story.ask.items()
    }


def _index(demo: Demo) -> bytes:
    head: dict[str, Any] = {
        "built_at": show_instant(demo.built_at),
        "good_for_days": GOOD_FOR_DAYS,
        "base_url": demo.base_url,
    }
    rows = [asdict(case) for case in demo.certificates]
    return (json.dumps(head | {"certificates": rows}, ensure_ascii=False, indent=1) + "\n").encode()
