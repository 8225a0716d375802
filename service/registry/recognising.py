"""The rows of a recognition after an act, which has been allowed: what was stays, for past days.

A row ends on the day before an act that changes it, and another begins on the day of the act. What
was announced for later is overtaken. A suspension ends with its row; where the row is followed by
another, it goes on there until it is lifted.
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from service.rules.recognition_life import RecognitionAct, RecognitionChange

Content = dict[str, Any]
_ANEW = frozenset({RecognitionAct.RECOGNISE, RecognitionAct.EXTEND, RecognitionAct.REDUCE})
_ONE_DAY = timedelta(days=1)


def rows_after(
    content: Mapping[str, Any], change: RecognitionChange, wanted: Mapping[str, Any]
) -> Content:
    """The recognition as a statement has it; `wanted` may say `main_scope`, else it stays."""
    first = change.effective_on.isoformat()
    last = (change.effective_on - _ONE_DAY).isoformat()
    rows: list[Content] = []
    old: Content = {}
    for row in content["scopes"]:
        over = row["norm"] != change.norm or (row.get("until") and row["until"] <= last)
        if not over and row["from"] <= first:
            old = row
        if over:
            rows.append(dict(row))
        elif change.act is RecognitionAct.SUSPEND:
            rows.append({**row, "suspended": [*row.get("suspended", []), {"from": first}]})
        elif change.act is RecognitionAct.LIFT:
            ahead = [spell for spell in row.get("suspended", []) if spell["from"] > last]
            rows.append({**row, "suspended": [*_closed(row, last), *ahead]})
        elif row["from"] <= last:
            rows.append({**row, "until": last, "suspended": _closed(row, last)})
    if change.act in _ANEW:
        rows.append(_new(old, change, wanted, first))
    return {**content, "scopes": rows}


def _closed(row: Mapping[str, Any], last: str) -> list[Content]:
    """The spells that began by the last day, and none of them longer."""
    begun = [spell for spell in row.get("suspended", []) if spell["from"] <= last]
    return [spell if spell.get("until") and spell["until"] <= last else {**spell, "until": last}
            for spell in begun]  # fmt: skip


def _new(
    old: Mapping[str, Any], change: RecognitionChange, wanted: Mapping[str, Any], first: str
) -> Content:
    """The row that follows another, or is the first of its norm."""
    row: Content = {"norm": change.norm, "from": first}
    row["main_scope"] = wanted.get("main_scope", old.get("main_scope", False))
    if change.standards is not None:
        row["standards"] = list(change.standards)
    running = [spell for spell in old.get("suspended", []) if not spell.get("until")]
    if running:
        row["suspended"] = [{**spell, "from": max(spell["from"], first)} for spell in running]
    return row
