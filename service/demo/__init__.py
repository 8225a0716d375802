"""The example world: fictional bodies, certificates in every state, and forgeries.

Its keys are made from public seeds: anyone can sign in the name of its bodies. Never trust it.
"""

from service.demo.bodies import ORIGIN
from service.demo.history import DemoBroken
from service.demo.index import Demo, DemoCase, first_to_try, load_demo
from service.demo.newcomer import Newcomer
from service.demo.opening import open_office
from service.demo.papers import GOOD_FOR_DAYS
from service.demo.world import build_world, re_sign

__all__ = [
    "GOOD_FOR_DAYS",
    "ORIGIN",
    "Demo",
    "DemoBroken",
    "DemoCase",
    "Newcomer",
    "build_world",
    "first_to_try",
    "load_demo",
    "open_office",
    "re_sign",
]
