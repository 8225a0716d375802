"""The zone of the machine is nobody's business: the same answers, wherever they are worked out."""

from tests.elsewhere import ZONES, in_every_zone
from tests.rules import table


def test_dt1_every_answer_is_the_same_in_every_zone_of_the_machine() -> None:
    expected = table.answers()
    answers = in_every_zone("tests.rules.table")

    assert len(expected) >= 200
    assert answers == [expected] * len(ZONES)


def test_the_table_has_answers_of_both_sides() -> None:
    codes = {str(one[1]) for name, found in table.answers().items() if "," in name for one in found
             if isinstance(one, list) and len(one) == 4}  # fmt: skip

    assert {"EXPIRED", "EXPIRED_RESTORABLE", "SURV_OVERDUE", "SURV_UNCONFIRMED"} <= codes
    assert {"ACCREDITATION_ENDED", "ACCREDITATION_ENDED_TRANSFER_BY", "EXPIRING_SOON"} <= codes
