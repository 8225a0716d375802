"""Publishing only some of what is due: the rest waits, and is not lost."""

from service.registry.publishing import publish
from service.storage.publications import RECORD, STATUS
from tests.registry.desk import RegisterWorld, dossier


def test_what_is_not_wanted_waits_for_the_next_round(world: RegisterWorld) -> None:
    world.issue(dossier())

    first = publish(world.office, at=world.at, wanted=lambda due: due.kind == STATUS)
    second = publish(world.office, at=world.at, wanted=lambda due: due.kind == RECORD)

    assert (first.written, second.written) == (1, 1)
    assert publish(world.office, at=world.at).written == 0
