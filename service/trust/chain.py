"""The chain: from a certification body up to a pinned anchor, every link proven (formats.md 2.3).

Statements are never mixed between anchors: each anchor that speaks gives one candidate chain. What
is at hand but does not prove itself is dropped; only if nothing proves itself does it decide. For
each link the newest proven statement counts, the remembered one included, and an older one is
never used again (security.md R8, R9).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from keys.jwk import PublicKey
from keys.keyring import Keyring
from service.credential import jws
from service.credential.claims import IAT_LEEWAY_S
from service.domain.accreditation import Recognition
from service.domain.memory import Memory, link_key
from service.domain.reason import Reason
from service.domain.verdict import Refused
from service.trust.anchors import Anchor
from service.trust.names import Names
from service.trust.ownership import KeyOwners
from service.trust.sources import StatementSource
from service.trust.statement import (
    Statement,
    check_constraints,
    parse_link,
    read_statement,
)
from service.trust.unanchored import explain

# How many superiors of one body are looked at (security.md R1).
MAX_SUPERIORS = 8
ROLES = ("certification_body", "accreditation_body")


@dataclass(frozen=True, slots=True)
class Chain:
    """One proven chain: the anchor, its statement about the accreditation body, and that body's
    statement about the certifier. `recognised` is None where the anchor accredits by itself.

    `superseded` is an older statement about the certifier that was offered and not used; `shared`
    are thumbprints of keys that belong to another body; `keyring` has the keys of all its
    accreditations but those.
    """

    anchor: Anchor
    recognised: Statement | None
    accredited: Statement
    body_name: str | None
    body_name_vouched: bool
    accreditor_name: str | None
    superseded: Statement | None = None
    shared: frozenset[str] = frozenset()
    keyring: Keyring = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        entries = [
            entry
            for grant in self.accredited.grants or ()
            for entry in grant.keyring.entries
            if entry.key.thumbprint not in self.shared
        ]
        object.__setattr__(self, "keyring", Keyring(entries))

    @property
    def statements(self) -> tuple[Statement, ...]:
        """The subordinate statements, the certifier's first."""
        if self.recognised is None:
            return (self.accredited,)
        return (self.accredited, self.recognised)

    @property
    def ends_at(self) -> int:
        """The least end of its statements, in POSIX seconds."""
        return min(statement.ends_at for statement in self.statements)


@dataclass(frozen=True, slots=True)
class _Link:
    """The statements of one link that prove themselves, newest first, and why others do not."""

    proven: tuple[Statement, ...]
    refusal: Refused | None


@dataclass(frozen=True, slots=True)
class _Resolved:
    """Chains with the instants between which the choice of statements stays the same."""

    chains: tuple[Chain, ...]
    since: int
    until: int


class ChainResolver:
    """Resolves chains to pinned anchors; what was proven is kept while its source is the same."""

    def __init__(
        self,
        anchors: Sequence[Anchor],
        statements: StatementSource,
        memory: Memory | None,
        *,
        lookalike_distance: int = 2,
    ) -> None:
        if not anchors:
            raise ValueError("without an anchor nothing can be verified")
        self._anchors = {anchor.id: anchor for anchor in anchors}
        self._names = Names(self._anchors, statements, lookalike_distance)
        self._source = statements
        self._memory = memory
        self._version: object = None
        self._resolved: dict[tuple[str, str | None, bool], _Resolved] = {}
        self._owners = KeyOwners(statements, self._prove_owner)

    def resolve(self, issuer: str, by: str | None, *, at: int, remember: bool) -> tuple[Chain, ...]:
        """The proven chains of `issuer`, through the accreditation body `by` if one is claimed.

        `at` in POSIX seconds. Never empty: raises Refused with a code of security.md 4.2, or
        Unavailable.
        """
        if self._version != self._source.version:
            self._version = self._source.version
            self._resolved.clear()
            self._owners.forget()
            self._names.forget()
        key = (issuer, by, remember)
        known = self._resolved.get(key)
        if known is None or not known.since <= at < known.until:
            known = self._resolve(issuer, by, at=at, remember=remember)
            self._resolved[key] = known
        return known.chains

    def recognition(self, accreditor: str, *, at: int) -> Recognition | None:
        """What an anchor states of an accreditation body at an instant in POSIX seconds.

        None where none says anything that holds.
        """
        about = list(self._source.about(accreditor))
        for anchor in self._anchors.values():
            link = self._link(about, anchor.id, accreditor, anchor.keys, None)
            good = [one for one in link.proven if one.issued_at <= at < one.ends_at]
            if good and good[0].recognition is not None:
                return good[0].recognition
        return None

    def _resolve(self, issuer: str, by: str | None, *, at: int, remember: bool) -> _Resolved:
        about = list(self._source.about(issuer))
        memory = self._memory if remember else None
        superiors = [by] if by is not None else self._superiors(issuer, about)
        if len(superiors) > MAX_SUPERIORS:
            raise Refused(Reason.CHAIN_TOO_LARGE)
        found: list[Chain] = []
        refusals: list[Refused] = []
        moments: list[int] = []
        for superior in superiors:
            try:
                found += self._through(issuer, superior, about, at, memory, moments)
            except Refused as refused:
                refusals.append(refused)
        if not found:
            raise refusals[0] if refusals else Refused(Reason.ISSUER_UNKNOWN)
        if memory is not None:
            for statement in (one for chain in found for one in chain.statements):
                if statement.refused:
                    continue  # what was refused is never kept (R8)
                memory.remember(
                    "statement",
                    link_key(statement.issuer, statement.subject),
                    statement.token,
                    statement.issued_at,
                )
        past = [moment for moment in moments if moment <= at]
        ahead = [moment for moment in moments if moment > at]
        return _Resolved(tuple(found), max(past, default=0), min(ahead, default=1 << 62))

    def _superiors(self, issuer: str, about: Sequence[str]) -> list[str]:
        # Without a claimed accreditation: the hints of its configuration, else who speaks of it.
        hints: list[str] = []
        speakers: list[str] = []
        for token in about:
            try:
                parsed, by, subject = parse_link(token)
            except Refused:
                continue
            if by == subject == issuer:
                listed = parsed.unproven_claims.get("authority_hints")
                hints += [one for one in listed if type(one) is str] if type(listed) is list else []
            elif subject == issuer:
                speakers.append(by)
        return list(dict.fromkeys(hints or speakers))

    def _through(
        self,
        issuer: str,
        by: str,
        about: Sequence[str],
        at: int,
        memory: Memory | None,
        moments: list[int],
    ) -> list[Chain]:
        """The chains of `issuer` through `by`; one for each anchor that speaks about `by`."""
        self._check_role(issuer)
        if issuer == by and about:
            raise Refused(Reason.SELF_ACCREDITED)  # AB-7: the same body
        if (anchor := self._anchors.get(by)) is not None:
            chain = self._chain(anchor, None, anchor.keys, issuer, by, about, at, memory, moments)
            return [chain]
        above = list(self._source.about(by))
        found: list[Chain] = []
        refusal: Refused | None = None
        for anchor in self._anchors.values():
            link = self._link(above, anchor.id, by, anchor.keys, memory)
            try:
                recognised = _choose(link, at, moments)
                if recognised is None:
                    continue
                found.append(
                    self._chain(
                        anchor, recognised, recognised.keys, issuer, by, about, at, memory, moments
                    )
                )
            except Refused as error:
                refusal = refusal or error
        if found:
            return found
        refusal = refusal or explain(issuer, by, about, self._source, frozenset(self._anchors))
        if refusal.code is Reason.AB_NOT_RECOGNISED:
            refusal.facts["resembles"] = self._names.taken_for(by)
        raise refusal

    def _check_role(self, issuer: str) -> None:
        # A body that an anchor recognises accredits; it does not certify (C22).
        for token in self._source.about(issuer):
            try:
                parsed, by, subject = parse_link(token)
            except Refused:
                continue
            if (
                subject == issuer
                and by in self._anchors
                and "recognition" in parsed.unproven_claims
            ):
                link = self._link([token], by, issuer, self._anchors[by].keys, None)
                if link.proven:
                    raise Refused(Reason.CHAIN_ROLE)

    def _chain(
        self,
        anchor: Anchor,
        recognised: Statement | None,
        keys: Mapping[str, PublicKey],
        issuer: str,
        by: str,
        about: Sequence[str],
        at: int,
        memory: Memory | None,
        moments: list[int],
    ) -> Chain:
        link = self._link(about, by, issuer, keys, memory)
        accredited = _choose(link, at, moments)
        if accredited is None:
            raise self._unknown(about, issuer, by, recognised is not None)
        path = (accredited,) if recognised is None else (accredited, recognised)
        if accredited.grants is None or accredited.recognition is not None:
            raise Refused(Reason.CHAIN_ROLE)
        if recognised is not None and (recognised.recognition is None or recognised.grants):
            raise Refused(Reason.CHAIN_ROLE)
        if accredited.thumbprints & {key.thumbprint for key in keys.values()}:
            raise Refused(Reason.SELF_ACCREDITED)  # AB-7: who signs for both is one body
        check_constraints(path, ROLES[: len(path)])
        own = self._configuration(about, issuer, accredited.keys, by)
        offered = self._link(about, by, issuer, keys, None).proven if memory else ()
        superseded = offered[0] if offered and offered[0].issued_at < accredited.issued_at else None
        return Chain(
            anchor=anchor,
            recognised=recognised,
            accredited=accredited,
            body_name=accredited.name or (own.name if own else None),
            body_name_vouched=accredited.name is not None,
            accreditor_name=recognised.name if recognised else None,
            superseded=superseded,
            shared=self._owners.foreign(accredited, memory),
        )

    def _unknown(self, about: Sequence[str], issuer: str, by: str, recognised: bool) -> Refused:
        subjects = set()
        for token in about:
            try:
                _, speaker, subject = parse_link(token)
            except Refused as refused:
                return refused
            if speaker == by and subject != issuer:
                return Refused(Reason.CHAIN_ISS_SUB_MISMATCH)
            if speaker != subject:
                subjects.add(speaker)
        known = recognised and bool(subjects)
        return Refused(Reason.CB_NOT_ACCREDITED if known else Reason.ISSUER_UNKNOWN)

    def _configuration(
        self, about: Sequence[str], issuer: str, keys: Mapping[str, PublicKey], by: str
    ) -> Statement | None:
        """The body's own configuration, if it proves itself; it must name its superior."""
        link = self._link(about, issuer, issuer, keys, None)
        if not link.proven:
            return None
        own = link.proven[0]
        if own.hints is not None and len(own.hints) > MAX_SUPERIORS:
            raise Refused(Reason.CHAIN_TOO_LARGE)
        if own.hints is not None and by not in own.hints:
            raise Refused(Reason.CHAIN_ISS_SUB_MISMATCH)
        return own

    def _link(
        self,
        tokens: Sequence[str],
        issuer: str,
        subject: str,
        keys: Mapping[str, PublicKey],
        memory: Memory | None,
    ) -> _Link:
        """The proven statements of one link, newest first."""
        proven: list[Statement] = []
        refusal: Refused | None = None
        remembered = memory.recall("statement", link_key(issuer, subject)) if memory else None
        for token in dict.fromkeys([*tokens, *([remembered] if remembered else [])]):
            try:
                parsed, by, about = parse_link(token)
                if (by, about) != (issuer, subject):
                    continue
                key = keys.get(parsed.kid or "")
                if key is None:
                    anchored = issuer in self._anchors
                    raise Refused(
                        Reason.CHAIN_ANCHOR_NOT_TRUSTED if anchored else Reason.KEY_UNKNOWN
                    )
                proven.append(read_statement(jws.verify(parsed, key), token))
            except Refused as refused:
                refusal = refusal or refused
        proven.sort(key=lambda statement: -statement.issued_at)
        return _Link(tuple(proven), refusal)

    def _prove_owner(self, token: str) -> Statement | None:
        """The statement by an accreditation body that an anchor recognises, if it proves itself."""
        try:
            _, by, subject = parse_link(token)
        except Refused:
            return None
        key_sets = [self._anchors[by].keys] if by in self._anchors else []
        for anchor in self._anchors.values():
            link = self._link(list(self._source.about(by)), anchor.id, by, anchor.keys, None)
            key_sets += [statement.keys for statement in link.proven[:1]]
        for keys in key_sets:
            if proven := self._link([token], by, subject, keys, None).proven:
                return proven[0]
        return None


def _choose(link: _Link, at: int, moments: list[int]) -> Statement | None:
    """The newest statement not from the future; notes the instants at which the choice changes."""
    for statement in link.proven:
        moments.append(statement.issued_at - IAT_LEEWAY_S)
        if statement.issued_at <= at + IAT_LEEWAY_S:
            return statement
    if link.proven:
        raise Refused(Reason.TIME_IN_FUTURE)
    if link.refusal is not None:
        raise link.refusal
    return None
