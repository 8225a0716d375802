"""The example world as files: built, proven, and kept fresh.

    bundle/{anchors.json,statements,status,records}   evidence, as a service or a verifier reads it
    tokens/<slug>.jwt                                 the papers
    qr/<slug>.png, qr/<slug>.svg                      their codes
    demo.json                                         what to ask of them, and what must come out

Nothing is left to chance: the same instant gives the same bytes. `demo.json` is written last, and
only after every answer has come out as planned (design.md 9.1).
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from service.credential.qr import symbol, to_png, to_svg
from service.demo.evidence import anchors, evidence
from service.demo.issuing import Signed, offset, sign_all
from service.demo.papers import GOOD_FOR_DAYS, Story
from service.demo.plan import FIRST_TO_TRY
from service.domain.dates import civil_day, parse_instant, show_instant
from service.domain.question import parse_question
from service.domain.report import Report
from service.domain.verdict import Outcome
from service.storage.bundle import Bundle, write_anchors, write_document
from service.storage.folder import write_whole
from service.verifier import Verifier

INDEX = "demo.json"
# Large enough for a phone to read off a screen.
PIXELS_PER_MODULE = 8
# Offsets count from the civil day of building in this zone; their margins cover all others.
_ZONE = "UTC"


class DemoBroken(Exception):
    """An answer is not the planned one: a fault of ours, in the plan or in the verifier."""


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
    """A built world; `built_at` in POSIX seconds."""

    built_at: int
    base_url: str
    certificates: tuple[DemoCase, ...]


def build_world(
    folder: Path,
    *,
    at: int,
    base_url: str = "http://127.0.0.1:8000",
    progress: Callable[[int, int], None] | None = None,
) -> Demo:
    """Build the world in `folder` as of `at` (POSIX seconds), its links leading to `base_url`.

    `progress` is told how many codes are drawn, of how many. What an earlier world left in the
    folder gives way. Raises DemoBroken, and OSError where the folder cannot be written.
    """
    built_on = civil_day(at, _ZONE)
    signed = sign_all(built_on)
    _clear(folder)
    write_anchors(folder / "bundle", anchors())
    _write_evidence(folder, signed, built_at=at, at=at)
    cases = tuple(_case(one, story, at, base_url) for one in signed for story in one.paper.stories)
    demo = Demo(at, base_url, cases)
    prove(folder, demo, at=at)
    for done, one in enumerate(signed, 1):
        _write_paper(folder, one, base_url)
        if progress is not None:
            progress(done, len(signed))
    write_whole(folder / INDEX, _index(demo))
    return demo


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


def re_sign(folder: Path, *, at: int) -> None:
    """Sign the evidence of the world in `folder` again at `at` (POSIX seconds), file by file.

    What it says stays as it was built. Raises ValueError for an instant before the building, and
    as `load_demo`.
    """
    built_at = load_demo(folder).built_at
    if at < built_at:
        raise ValueError("evidence cannot be older than its world")
    signed = sign_all(civil_day(built_at, _ZONE))
    _write_evidence(folder, signed, built_at=built_at, at=at)


def first_to_try(demo: Demo) -> list[DemoCase]:
    """What a newcomer should try first: one or two of each verdict, the best first."""
    cases = {case.slug: case for case in demo.certificates}
    return [cases[slug] for slug in FIRST_TO_TRY if slug in cases]


def prove(folder: Path, demo: Demo, *, at: int) -> None:
    """Ask everything that the world is built to answer. Raises DemoBroken for another answer."""
    bundle = Bundle.load(folder / "bundle")
    verifier = Verifier(
        bundle.anchors,
        bundle,
        bundle,
        bundle,
        policy=bundle.policy,
        catalogue=bundle.catalogue,
        online=True,
        own_hosts=(urlsplit(demo.base_url).hostname or "",),
    )
    wrong = []
    for case in demo.certificates:
        report = verifier.verify(case.url, at=at, question=parse_question(case.question))
        if not _as_planned(case, report):
            codes = ", ".join(report.codes) or "no code"
            wrong.append(
                f"{case.slug}: {report.verdict} ({codes}), not {case.verdict} {case.codes}"
            )
    if wrong:
        raise DemoBroken("; ".join(wrong))


def _as_planned(case: DemoCase, report: Report) -> bool:
    notes = {str(one.code) for one in report.findings if one.outcome is Outcome.NOTE}
    codes = tuple(str(code) for code in report.codes)
    return (str(report.verdict), codes) == (case.verdict, case.codes) and notes >= set(case.notes)


def _case(signed: Signed, story: Story, at: int, base_url: str) -> DemoCase:
    built_on, paper = civil_day(at, _ZONE), signed.paper
    question = {
        name: offset(built_on, value).isoformat() if isinstance(value, int) else value
        for name, value in story.ask.items()
    }
    asked = f"?{urlencode(question)}" if question else ""
    return DemoCase(
        slug=story.slug,
        story=story.text,
        number=paper.number,
        kind=str(paper.kind),
        token=f"tokens/{paper.slug}.jwt",
        png=f"qr/{paper.slug}.png",
        svg=f"qr/{paper.slug}.svg",
        url=f"{base_url}/q/{signed.digits}{asked}",
        question=question,
        verdict=str(story.verdict),
        code=story.codes[0] if story.codes else None,
        codes=story.codes,
        notes=story.notes,
    )


def _index(demo: Demo) -> bytes:
    head: dict[str, Any] = {
        "built_at": show_instant(demo.built_at),
        "good_for_days": GOOD_FOR_DAYS,
        "base_url": demo.base_url,
    }
    rows = [asdict(case) for case in demo.certificates]
    return (json.dumps(head | {"certificates": rows}, ensure_ascii=False, indent=1) + "\n").encode()


def _clear(folder: Path) -> None:
    """Take away what an earlier world left, and what a verifier remembers of it."""
    (folder / INDEX).unlink(missing_ok=True)
    (folder / "bundle" / "state.json").unlink(missing_ok=True)
    for pattern in ("bundle/*/*.jwt", "tokens/*.jwt", "qr/*.png", "qr/*.svg"):
        for file in folder.glob(pattern):
            file.unlink()


def _write_evidence(folder: Path, signed: tuple[Signed, ...], *, built_at: int, at: int) -> None:
    for document in evidence(signed, built_on=civil_day(built_at, _ZONE), at=at):
        write_document(folder / "bundle", document.kind, document.name, document.token)


def _write_paper(folder: Path, signed: Signed, base_url: str) -> None:
    drawn = symbol(f"{base_url}/q/", signed.digits)
    slug, story = signed.paper.slug, signed.paper.stories[0].text
    for name, content in (
        (f"tokens/{slug}.jwt", f"{signed.token}\n".encode("ascii")),
        (f"qr/{slug}.png", to_png(drawn, pixels_per_module=PIXELS_PER_MODULE)),
        (f"qr/{slug}.svg", to_svg(drawn, title=story).encode("utf-8")),
    ):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
