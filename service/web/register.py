"""What the routes over the register work with; a service without it only verifies."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from service.registry.approvals import ACTIONS, Action
from service.storage.database import Database


@dataclass(frozen=True, slots=True)
class RegisterDesk:
    """The register's database, and the actions that need two people."""

    database: Database
    actions: Mapping[str, Action] = field(default_factory=lambda: ACTIONS)
