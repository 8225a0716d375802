"""The zone of the machine is nobody's business: the same answers, wherever they are worked out."""

import json
import os
import subprocess
import sys
from pathlib import Path

from tests.rules import table

ROOT = Path(__file__).resolve().parents[2]
ZONES = ("Pacific/Kiritimati", "America/St_Johns", "Asia/Kathmandu")


def test_dt1_every_answer_is_the_same_in_every_zone_of_the_machine() -> None:
    expected = table.answers()
    runs = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.rules.table"],
            cwd=ROOT,
            env={**os.environ, "TZ": zone},
            stdout=subprocess.PIPE,
            text=True,
        )
        for zone in ZONES
    ]
    answers = [json.loads(run.communicate(timeout=60)[0]) for run in runs]

    assert len(expected) >= 200
    assert answers == [expected] * len(ZONES)


def test_the_table_has_answers_of_both_sides() -> None:
    codes = {str(one[1]) for name, found in table.answers().items() if "," in name for one in found
             if isinstance(one, list) and len(one) == 4}  # fmt: skip

    assert {"EXPIRED", "EXPIRED_RESTORABLE", "SURV_OVERDUE", "SURV_UNCONFIRMED"} <= codes
    assert {"ACCREDITATION_ENDED", "ACCREDITATION_ENDED_TRANSFER_BY", "EXPIRING_SOON"} <= codes
