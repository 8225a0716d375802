"""Names of accreditation bodies: as anchors vouch for them, and as a body gives itself one."""

from collections.abc import Mapping

from keys.jwk import KeyRefused, import_set
from service.credential import jws
from service.domain.verdict import Refused
from service.rules.lookalike import resembles
from service.trust.anchors import Anchor
from service.trust.sources import StatementSource
from service.trust.statement import Statement, parse_link, read_statement

# A name this long is none, and comparing it costs.
MAX_NAME_CHARS = 200


class Names:
    """Whom an unrecognised body's self-declared name may have been taken for (AB-8)."""

    def __init__(
        self, anchors: Mapping[str, Anchor], source: StatementSource, distance: int
    ) -> None:
        self._anchors = anchors
        self._source = source
        self._distance = distance
        self._vouched: tuple[str, ...] | None = None

    def forget(self) -> None:
        """Drop what was derived from the source."""
        self._vouched = None

    def taken_for(self, body: str) -> str | None:
        """The recognised name that the name of `body` resembles, if it proves its own."""
        for token in self._source.about(body):
            own = _own(token, body)
            if own is not None and own.name is not None and len(own.name) <= MAX_NAME_CHARS:
                return self._resembled(own.name)
        return None

    def _resembled(self, name: str) -> str | None:
        alike = (one for one in self._known() if resembles(name, one, distance=self._distance))
        return next(alike, None)

    def _known(self) -> tuple[str, ...]:
        if self._vouched is None:
            proven = (self._proven(token) for token in self._source.every())
            self._vouched = tuple(dict.fromkeys(name for name in proven if name is not None))
        return self._vouched

    def _proven(self, token: str) -> str | None:
        """The name that an anchor gives a body it recognises."""
        try:
            parsed, by, _ = parse_link(token)
            key = self._anchors[by].keys.get(parsed.kid or "") if by in self._anchors else None
            statement = read_statement(jws.verify(parsed, key), token) if key else None
        except Refused:
            return None
        recognised = statement is not None and statement.recognition is not None
        return statement.name if statement is not None and recognised else None


def _own(token: str, body: str) -> Statement | None:
    """A body's configuration, signed by a key that it names itself."""
    try:
        parsed, by, about = parse_link(token)
        jwks = parsed.unproven_claims.get("jwks")
        if (
            by != body
            or about != body
            or type(jwks) is not dict
            or type(jwks.get("keys")) is not list
        ):
            return None
        key = import_set(jwks["keys"]).keys.get(parsed.kid or "")
        return None if key is None else read_statement(jws.verify(parsed, key), token)
    except (Refused, KeyRefused):
        return None
