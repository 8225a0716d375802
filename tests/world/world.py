"""The world: an arrangement, two accredited certification bodies, and a clock that a test sets.

As it begins, every certificate that its bodies issue is accepted. A test changes one thing.
"""

from collections.abc import Collection, Iterator

from service.domain.question import EMPTY, Question
from service.domain.report import Report
from service.rules.policy import DEFAULT
from service.trust.anchors import parse_anchors
from service.verifier import Verifier
from tests.world.bodies import AccreditationBody, Arrangement, Body, CertificationBody
from tests.world.network import Network, Notebook
from tests.world.papers import JUNE_15, Claims


class World:
    """BASE and BASE-P of security.md section 13, in memory.

    `at` is the clock, in POSIX seconds: all papers are signed as of it. `cb` certifies management
    systems, `product_cb` products. A world of another `owner` has the same names and other keys.
    """

    def __init__(self, *, at: int = JUNE_15, prefix: str = "", owner: str = "") -> None:
        self.at = at
        self.owner = owner
        self.prefix = prefix
        self.bodies: list[Body] = []
        self.arrangement = Arrangement(self.clock, f"{prefix}arrangement", owner)
        self.bodies.append(self.arrangement)
        self.ab = self.new_ab("ab1")
        self.cb = self.new_cb("cb1")
        self.product_cb = self.new_cb("cbp", "product")
        self.network = Network(self)
        self.memory: Notebook | None = Notebook()
        self.anchors: list[Claims] = [self.arrangement.as_anchor()]
        self.policy = DEFAULT
        self.online = True

    def clock(self) -> int:
        return self.at

    def new_ab(self, name: str, *, recognised: bool = True) -> AccreditationBody:
        ab = AccreditationBody(self.clock, self.prefix + name, self.owner)
        self.bodies.append(ab)
        if recognised:
            self.arrangement.recognise(ab)
        return ab

    def new_cb(
        self, name: str, kind: str = "management_system", *, by: AccreditationBody | None = None
    ) -> CertificationBody:
        """Another certification body, accredited by `ab` or the one given."""
        cb = CertificationBody(self.clock, self.prefix + name, kind, self.owner)
        self.bodies.append(cb)
        (by or self.ab).grant(cb)
        return cb

    def certifiers(self) -> Iterator[CertificationBody]:
        return (body for body in self.bodies if isinstance(body, CertificationBody))

    def verifier(self, own_hosts: Collection[str] = ()) -> Verifier:
        """A verifier that has just been started, with the memory of this world."""

        return Verifier(
            parse_anchors({"anchors": self.anchors}),
            self.network,
            self.network,
            self.network,
            policy=self.policy,
            memory=self.memory,
            online=self.online,
            own_hosts=own_hosts,
        )

    def verify(
        self, text: str, *, at: int | None = None, question: Question = EMPTY, remember: bool = True
    ) -> Report:
        """The report on a text; `at` sets the clock."""
        if at is not None:
            self.at = at
        return self.verifier().verify(text, at=self.at, question=question, remember=remember)
