"""How tests ask the example world."""

from pathlib import Path

from service.demo import DemoCase
from service.domain.dates import parse_instant
from service.domain.question import parse_question
from service.domain.report import Report
from service.storage.bundle import Bundle
from service.storage.memory import StateFile
from service.verifier import Verifier

NOON = parse_instant("2026-06-15T12:00:00Z")
DAY_S = 86_400
BASE_URL = "http://127.0.0.1:8000"


def verifier_of(folder: Path, *, online: bool = True, memory: StateFile | None = None) -> Verifier:
    """A verifier on the bundle of a world."""
    bundle = Bundle.load(folder / "bundle")
    return Verifier(
        bundle.anchors,
        bundle,
        bundle,
        bundle,
        policy=bundle.policy,
        catalogue=bundle.catalogue,
        memory=memory,
        online=online,
        own_hosts=("127.0.0.1",),
    )


def ask(verifier: Verifier, case: DemoCase, text: str | None = None, *, at: int = NOON) -> Report:
    """The answer to the question of a case about `text`, its link if none is given."""
    return verifier.verify(text or case.url, at=at, question=parse_question(case.question))


def answer(report: Report) -> tuple[str, tuple[str, ...]]:
    """Verdict and codes, as a line of `demo.json` has them."""
    return str(report.verdict), tuple(str(code) for code in report.codes)
