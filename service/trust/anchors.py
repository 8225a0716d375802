"""Trust anchors: pinned by key thumbprint, for a name proves nothing (security.md R8)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from keys.jwk import KeyRefused, PublicKey, import_set


@dataclass(frozen=True, slots=True)
class Anchor:
    """A pinned trust anchor; `keys` by kid. `norms` are a regulator's own norms by kind."""

    id: str
    keys: Mapping[str, PublicKey]
    name: str | None = None
    kind: str = "voluntary_mra"
    norms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    purpose: str | None = None
    ms_pack: str | None = None
    ended_pack: str | None = None


_MEMBERS = frozenset({"id", "jwks", "name", "kind", "norms", "purpose", "ms_pack", "ended_pack"})
_KINDS = ("voluntary_mra", "regulatory")
_TEXTS = ("name", "purpose", "ms_pack", "ended_pack")


def parse_anchor(raw: object) -> Anchor:
    """One entry of `anchors.json` (design.md section 8). Raises ValueError naming the member."""
    if not isinstance(raw, Mapping) or not isinstance(raw.get("id"), str):
        raise ValueError("an anchor needs an id")
    if unknown := set(raw) - _MEMBERS:
        raise ValueError(f"anchor has an unknown member: {min(unknown)}")
    jwks = raw.get("jwks")
    keys = jwks.get("keys") if isinstance(jwks, Mapping) else None
    if not isinstance(keys, list) or not keys:
        raise ValueError("an anchor needs jwks.keys")
    try:
        imported = import_set(keys).keys
    except KeyRefused as refused:
        raise ValueError(f"a key of the anchor is refused: {refused.code}") from None
    if not imported:
        raise ValueError("no key of the anchor is usable")
    if raw.get("kind", "voluntary_mra") not in _KINDS:
        raise ValueError("an anchor's kind is voluntary_mra or regulatory")
    for name in _TEXTS:
        if not isinstance(raw.get(name), str | None):
            raise ValueError(f"an anchor's {name} is a text")
    return Anchor(
        id=raw["id"],
        keys=imported,
        norms=_norms(raw.get("norms")),
        kind=raw.get("kind", "voluntary_mra"),
        **{name: raw.get(name) for name in _TEXTS},
    )


def _norms(raw: Any) -> dict[str, tuple[str, ...]]:
    if raw is None:
        return {}
    if not isinstance(raw, Mapping):
        raise ValueError("an anchor's norms are lists by kind of certificate")
    norms: dict[str, tuple[str, ...]] = {}
    for kind, names in raw.items():
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise ValueError("an anchor's norms are lists of texts by kind of certificate")
        norms[kind] = tuple(names)
    return norms


def parse_anchors(raw: object) -> tuple[Anchor, ...]:
    """The anchors of `{"anchors": […]}`. Raises ValueError; an anchor named twice is refused."""
    entries: object = raw.get("anchors") if isinstance(raw, Mapping) else None
    if not isinstance(entries, Sequence) or isinstance(entries, str) or not entries:
        raise ValueError("anchors are a list that is not empty")
    anchors = tuple(parse_anchor(entry) for entry in entries)
    if len({anchor.id for anchor in anchors}) != len(anchors):
        raise ValueError("an anchor is named twice")
    return anchors
