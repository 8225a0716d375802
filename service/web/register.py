"""What the routes over the register work with; a service without it only verifies."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from service.registry.actions import actions
from service.registry.approvals import ACTIONS, Action
from service.registry.office import Office
from service.storage.database import Database


@dataclass(frozen=True, slots=True)
class RegisterDesk:
    """The register's database, and the actions that need two people.

    Without an `office` people only sign in: nothing is issued here.
    """

    database: Database
    actions: Mapping[str, Action] = field(default_factory=lambda: ACTIONS)
    office: Office | None = None

    @classmethod
    def of(cls, office: Office) -> "RegisterDesk":
        """Everything that an office offers."""
        return cls(office.database, actions(office), office)
