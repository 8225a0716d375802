"""Issuing through the gates, and what a reader sees of it afterwards."""

from service.domain.verdict import Verdict
from tests.registry.desk import RegisterWorld, dossier


def test_a_certificate_that_passes_every_gate_is_accepted_once_published(
    world: RegisterWorld,
) -> None:
    issued = world.issue(dossier())
    world.publish()

    report = world.verify(issued.token)

    assert report.codes == ()
    assert report.verdict is Verdict.ACCEPT
