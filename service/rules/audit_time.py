"""Audit time: how many days an initial audit must take (rules.md Annex C, IG-MS-11; IAF MD 5).

Everything is counted in half days and whole numbers: a share of a day must not depend on how a
machine rounds (DT-8).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

PERCENT = 100


@dataclass(frozen=True, slots=True)
class AuditTable:
    """Days of stage 1 and 2 by effective personnel: `rows` are (up to so many people, half days).

    `confirmed` is False for a working copy that must be compared with the official table.
    """

    name: str
    title: str
    source: str
    confirmed: bool
    rows: tuple[tuple[int, int], ...]

    def half_days(self, personnel: int) -> int:
        """Half days for so many people. Raises ValueError for none, or more than the table has."""
        if personnel < 1:
            raise ValueError("an organisation has people")
        for most, half_days in self.rows:
            if personnel <= most:
                return half_days
        raise ValueError("more people than the table knows")


@cache
def audit_tables() -> Mapping[str, AuditTable]:
    """The tables by name, from `audit_time.json`."""
    raw: Any = json.loads(Path(__file__).with_name("audit_time.json").read_text("utf-8"))
    return {
        row["name"]: AuditTable(
            row["name"],
            row["title"],
            row["source"],
            row["confirmed"],
            tuple((people, half_days) for people, half_days in row["rows"]),
        )
        for row in raw["tables"]
    }


def least_half_days(table_half_days: int, *, reduction_percent: int) -> int:
    """IG-MS-11, DT-8: the fewest half days after the most reduction, in percent.

    Ties are rounded up (inferred `audit_time_rounding`).
    """
    kept = table_half_days * (PERCENT - reduction_percent)
    return (kept + PERCENT // 2) // PERCENT


def enough_on_site(on_site: int, total: int, *, percent: int) -> bool:
    """IG-MS-11: whether the share on site is at least so many percent; both in the same unit."""
    return PERCENT * on_site >= percent * total
