"""Why a chain reaches no pinned anchor: the walk upward that only chooses the code.

Nothing here can make a certificate better: every answer is a refusal (formats.md 2.3, step 1).
"""

from collections.abc import Iterable, Sequence, Set

from service.domain.reason import Reason
from service.domain.verdict import Refused
from service.trust.sources import StatementSource
from service.trust.statement import parse_link

# The walk ends after so many bodies, loops included (case C08).
MAX_STEPS = 16
# Links of the longest chain looked at: certifier, accreditation body, anchor, and one to spare.
MAX_LINKS = 4


def _speakers(tokens: Iterable[str], subject: str) -> dict[str, frozenset[str]]:
    """Who speaks about a body, with the names of the claims they make."""
    found: dict[str, frozenset[str]] = {}
    for token in tokens:
        try:
            parsed, by, about = parse_link(token)
        except Refused:
            continue
        if about == subject and by != subject:
            found[by] = found.get(by, frozenset()) | frozenset(parsed.unproven_claims)
    return found


def explain(
    issuer: str, by: str, about: Sequence[str], source: StatementSource, anchors: Set[str]
) -> Refused:
    """The refusal of a certifier whose accreditation body `by` no pinned anchor speaks about."""
    if by not in _speakers(about, issuer):
        for token in about:
            try:
                parse_link(token)
            except Refused as refused:
                return refused
        return Refused(Reason.ISSUER_UNKNOWN)
    above = _speakers(source.about(by), by)
    if not above:
        return Refused(Reason.AB_NOT_RECOGNISED)
    if any("accreditations" in claims for claims in above.values()):
        return Refused(Reason.CHAIN_ROLE)
    return Refused(_walk(by, above, source, anchors))


def _walk(
    by: str, above: dict[str, frozenset[str]], source: StatementSource, anchors: Set[str]
) -> Reason:
    seen = {by}
    frontier = [(name, claims, 2) for name, claims in above.items()]
    ends_in_anchor_of_its_own = False
    for _ in range(MAX_STEPS):
        if not frontier:
            break
        body, claims, links = frontier.pop(0)
        if body in anchors or links > MAX_LINKS:
            return Reason.CHAIN_TOO_LONG
        if body in seen:
            continue
        seen.add(body)
        higher = _speakers(source.about(body), body)
        if not higher and "recognition" in claims:
            ends_in_anchor_of_its_own = True
        frontier += [(name, more, links + 1) for name, more in higher.items()]
    return Reason.CHAIN_ANCHOR_NOT_TRUSTED if ends_in_anchor_of_its_own else Reason.CHAIN_NO_ANCHOR
