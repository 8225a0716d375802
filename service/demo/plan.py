"""The plan: every paper of the example world."""

from collections.abc import Mapping

from service.demo.frauds import FRAUDS
from service.demo.goods import GOODS
from service.demo.papers import Paper
from service.demo.standing import STANDING
from service.demo.systems import SYSTEMS

PLAN: tuple[Paper, ...] = (*SYSTEMS, *GOODS, *STANDING, *FRAUDS)

# What a newcomer should try first; one or two for each verdict.
FIRST_TO_TRY: tuple[str, ...] = (
    "harrow-product",
    "harrow-system",
    "body-ended",
    "check-not-recorded",
    "harrow-system-as-product",
    "harrow-other-model",
    "no-word",
    "papers-run-out",
    "altered",
    "check-missed",
    "look-alike",
)


def indices(plan: tuple[Paper, ...] = PLAN) -> Mapping[str, int]:
    """The place of each paper in its body's list, by slug: given out in sequence, per list."""
    given: dict[tuple[str, str], int] = {}
    places = {}
    for paper in plan:
        key = (paper.body, paper.list_name)
        places[paper.slug] = given.get(key, 0)
        given[key] = places[paper.slug] + 1
    return places
