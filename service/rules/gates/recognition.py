"""Whether an accreditation body was recognised on a day, apart from any certificate.

For laboratories (rules.md AB-12) and for the certifier that a certificate comes from (MS-26).
"""

from datetime import date

from service.domain.accreditation import Recognition, RecognitionRow
from service.domain.scope import any_covers
from service.rules.policy import Policy
from service.rules.recognition import ARRANGEMENTS_JOINED


def recognised_on(
    recognition: Recognition | None, norm: str, standard: str, day: date, *, policy: Policy
) -> bool:
    """Whether a row for the norm was in force, and neither suspended nor without the standard.

    Level 3 (`main_scope`) is enough where the standard is not listed (AB-3).
    """
    rows = recognition.rows if recognition is not None else ()
    return any(
        row.norm == norm
        and (row.main_scope or any_covers(row.standards, standard))
        and _in_force(row, day, policy)
        for row in rows
    )


def _in_force(row: RecognitionRow, day: date, policy: Policy) -> bool:
    carried_over = row.by_continuity and day >= ARRANGEMENTS_JOINED and not policy.continuity
    suspended = any(spell.covers(day) for spell in row.suspended)
    return row.period.covers(day) and not carried_over and not suspended
