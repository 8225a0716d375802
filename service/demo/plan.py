"""The plan: every paper of the example world."""

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
