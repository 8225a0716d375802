"""The example world as files: built, proven, and kept fresh.

    register.db                                       the register behind it
    bundle/{anchors.json,statements,status,…}         evidence, as a service or a verifier reads it
    tokens/<slug>.jwt                                 the papers
    qr/<slug>.png, qr/<slug>.svg                      their codes
    dossier.json                                      to issue a certificate of one's own from
    demo.json                                         what to ask of them, and what must come out

The same instant gives the same evidence and the same papers, to the last byte; only the person and
the machine that are invited into the register are new each time. `demo.json` is written last, and
only after every answer has come out as planned (design.md 9.1).
"""

import errno
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

from service.credential.packing import pack
from service.credential.qr import symbol, to_png, to_svg
from service.demo.bodies import ORIGIN
from service.demo.history import DemoBroken, keep_fresh, replay
from service.demo.impostors import write_impostors
from service.demo.index import INDEX, Demo, DemoCase, case_of, day_of, load_demo, write_index
from service.demo.newcomer import invite_newcomer, write_dossier
from service.demo.opening import BUNDLE, REGISTER, make_office, open_office
from service.demo.papers import Paper
from service.demo.plan import PLAN
from service.domain.question import parse_question
from service.domain.refusal import StorageFailed
from service.domain.report import Report
from service.domain.verdict import Outcome
from service.registry.office import Office
from service.storage.checkpoints import NAME as CHECKPOINTS
from service.storage.documents import SUFFIX
from service.storage.folder import write_whole
from service.storage.published import PUBLIC, Published
from service.verifier import Verifier

# Large enough for a phone to read off a screen.
PIXELS_PER_MODULE = 8


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
    built_on = day_of(at)
    _clear(folder)
    with _worked(make_office, folder) as office:
        tokens = replay(office, built_on, at=at)
        _write_others(folder, built_on, at)
        cases = tuple(
            case_of(paper, story, pack(tokens[paper.slug]), at, base_url)
            for paper in PLAN
            for story in paper.stories
        )
        prove(folder, Demo(at, base_url, cases), at=at)
        # Last, so that nothing that is new each time stands in what was published.
        demo = Demo(at, base_url, cases, invite_newcomer(office, at=at))
    for done, paper in enumerate(PLAN, 1):
        _write_paper(folder, paper, tokens[paper.slug], base_url)
        if progress is not None:
            progress(done, len(PLAN))
    write_dossier(folder, built_on)
    write_index(folder, demo)
    return demo


def re_sign(folder: Path, *, at: int) -> None:
    """Do what the register of the world in `folder` has to do at `at` (POSIX seconds).

    Whatever has become too old is signed again, and what impostors say is as fresh. What is meant
    to be stale stays stale. Raises ValueError for an instant before the building, OSError where
    something cannot be signed or written, and as `load_demo`.
    """
    built_at = load_demo(folder).built_at
    if at < built_at:
        raise ValueError("evidence cannot be older than its world")
    with _worked(open_office, folder) as office:
        office.start()
        failed = keep_fresh(office, at=at)
    _write_others(folder, day_of(built_at), at)
    if failed:
        raise OSError(errno.EIO, f"not published: {'; '.join(failed)}")


@contextmanager
def _worked(opened: Callable[[Path], Office], folder: Path) -> Iterator[Office]:
    """An office, closed in the end. Raises OSError where its register cannot be worked with."""
    office = None
    try:
        office = opened(folder)
        yield office
    except StorageFailed as failed:
        raise OSError(errno.EIO, str(failed)) from None
    finally:
        if office is not None:
            office.database.close()


def _write_others(folder: Path, built_on: date, at: int) -> None:
    """What others have signed; and all that was published as any bundle has it (design.md 8).

    A verifier that knows nothing of registers reads lists and records from flat folders.
    """
    bundle = folder / BUNDLE
    write_impostors(bundle, built_on, at=at)
    for file in sorted((bundle / PUBLIC).rglob(f"*{SUFFIX}")):
        parts = file.relative_to(bundle / PUBLIC).parts
        kind = next(part for part in parts if part in ("status", "records"))
        name = "-".join(part for part in parts if part != kind).replace(" ", "_")
        flat = bundle / kind / name
        if not flat.exists() or flat.read_bytes() != file.read_bytes():
            write_whole(flat, file.read_bytes())


def prove(folder: Path, demo: Demo, *, at: int) -> None:
    """Ask everything that the world is built to answer. Raises DemoBroken for another answer."""
    bundle = Published(folder / BUNDLE, ORIGIN)
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


def _clear(folder: Path) -> None:
    """Take away what an earlier world left, and what a verifier remembers of it."""
    (folder / INDEX).unlink(missing_ok=True)
    (folder / BUNDLE / "state.json").unlink(missing_ok=True)
    (folder / BUNDLE / CHECKPOINTS).unlink(missing_ok=True)
    if (folder / BUNDLE / PUBLIC).exists():
        shutil.rmtree(folder / BUNDLE / PUBLIC)
    for pattern in (f"{REGISTER}*", "bundle/*/*.jwt", "tokens/*.jwt", "qr/*.png", "qr/*.svg"):
        for file in folder.glob(pattern):
            file.unlink()


def _write_paper(folder: Path, paper: Paper, token: str, base_url: str) -> None:
    drawn = symbol(f"{base_url}/q/", pack(token))
    slug, story = paper.slug, paper.stories[0].text
    for name, content in (
        (f"tokens/{slug}.jwt", f"{token}\n".encode("ascii")),
        (f"qr/{slug}.png", to_png(drawn, pixels_per_module=PIXELS_PER_MODULE)),
        (f"qr/{slug}.svg", to_svg(drawn, title=story).encode("utf-8")),
    ):
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content)
