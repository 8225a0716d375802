"""The example world: fictional bodies, certificates in every state, and forgeries.

Its keys are made from public seeds: anyone can sign in the name of its bodies. Never trust it.
"""

from service.demo.cast import ORIGIN
from service.demo.papers import GOOD_FOR_DAYS
from service.demo.world import (
    Demo,
    DemoBroken,
    DemoCase,
    build_world,
    first_to_try,
    load_demo,
    re_sign,
)

__all__ = [
    "GOOD_FOR_DAYS",
    "ORIGIN",
    "Demo",
    "DemoBroken",
    "DemoCase",
    "build_world",
    "first_to_try",
    "load_demo",
    "re_sign",
]
