"""The example world is built on any day of the year; its answers must not depend on the season."""

from pathlib import Path

import pytest

from service.demo import GOOD_FOR_DAYS, load_demo, re_sign
from service.demo import world as building
from service.domain.dates import parse_instant
from tests.demo.asking import DAY_S

# The ends of days, months and years, where the zones of the world disagree about the day.
INSTANTS = (
    "2026-11-25T12:00:00Z", "2026-12-12T23:59:59Z", "2026-12-31T00:00:00Z", "2026-12-31T23:59:59Z",
    "2027-01-01T00:00:00Z", "2027-01-20T23:59:59Z", "2027-02-28T00:00:00Z", "2027-03-28T01:00:00Z",
    "2027-10-31T23:59:59Z", "2028-02-29T00:00:00Z", "2028-02-29T23:59:59Z", "2028-12-31T23:59:59Z",
)  # fmt: skip


@pytest.mark.parametrize("instant", INSTANTS)
def test_the_answers_hold_in_every_season(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, instant: str
) -> None:
    at = parse_instant(instant)
    # Drawing takes most of the time, and knows no seasons.
    monkeypatch.setattr(building, "_write_paper", lambda *_: None)

    building.build_world(tmp_path, at=at)

    last = at + GOOD_FOR_DAYS * DAY_S
    re_sign(tmp_path, at=last)
    building.prove(tmp_path, load_demo(tmp_path), at=last)
