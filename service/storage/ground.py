"""What an evidence folder stands on: the anchors it pins and the policy it sets (design.md 8).

Neither is signed by anybody, so neither is guessed: what cannot be read refuses the folder.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from service.credential import strict_json
from service.domain.verdict import Refused
from service.rules.catalogue import Catalogue, catalogue
from service.rules.policy import DEFAULT, Policy, parse_policy
from service.storage.folder import BundleRefused, FileRefused, read_plain
from service.storage.manifest import Manifest, digest
from service.trust.anchors import Anchor, parse_anchors

ANCHORS = "anchors.json"
POLICY = "policy.json"
# Thousands of anchors, or of standards.
MAX_GROUND_BYTES = 1024 * 1024
_MEMBERS = frozenset({"policy", "standards", "schemes", "packs"})


@dataclass(frozen=True, slots=True)
class Ground:
    """Anchors, policy and catalogue, with the two files they were read from."""

    raw: tuple[bytes, bytes | None]
    anchors: tuple[Anchor, ...] = field(compare=False)
    policy: Policy = field(compare=False)
    catalogue: Catalogue = field(compare=False)


def read_ground(root: Path, manifest: Manifest | None, known: Ground | None) -> Ground:
    """The ground of the folder `root`, a real path; `known` again where nothing has changed.

    Raises BundleRefused, also for a file that is not as `manifest` has it.
    """
    anchors = _file(root, ANCHORS, manifest)
    if anchors is None:
        raise BundleRefused(ANCHORS, "it is missing, and without anchors nothing can be verified")
    raw = (anchors, _file(root, POLICY, manifest))
    if known is not None and known.raw == raw:
        return known
    policy, known_names = _policy(raw[1])
    return Ground(raw, _anchors(raw[0], known_names), policy, known_names)


def parse_anchors_file(found: Mapping[str, Any], known: Catalogue) -> tuple[Anchor, ...]:
    """The anchors of `anchors.json`; their packs must exist. Raises ValueError."""
    anchors = parse_anchors(found)
    for anchor in anchors:
        if anchor.ms_pack is not None:
            known.packs.ms(anchor.ms_pack)
        if anchor.ended_pack is not None:
            known.packs.ended(anchor.ended_pack)
    return anchors


def parse_policy_file(found: Mapping[str, Any]) -> tuple[Policy, Catalogue]:
    """The policy and catalogue of `policy.json`. Raises ValueError."""
    if unknown := found.keys() - _MEMBERS:
        raise ValueError(f"it has an unknown member: {min(unknown)}")
    policy, packs = found.get("policy", {}), found.get("packs", {})
    standards, schemes = found.get("standards", []), found.get("schemes", [])
    if type(policy) is not dict or type(packs) is not dict:
        raise ValueError("policy and packs are objects")
    if type(standards) is not list or type(schemes) is not list:
        raise ValueError("standards and schemes are lists")
    known = catalogue(standards, schemes, packs)
    return parse_policy(policy, packs=known.packs), known


def _anchors(raw: bytes, known: Catalogue) -> tuple[Anchor, ...]:
    try:
        return parse_anchors_file(_object(raw), known)
    except ValueError as error:
        raise BundleRefused(ANCHORS, str(error)) from None


def _policy(raw: bytes | None) -> tuple[Policy, Catalogue]:
    if raw is None:
        return DEFAULT, catalogue()
    try:
        return parse_policy_file(_object(raw))
    except ValueError as error:
        raise BundleRefused(POLICY, str(error)) from None


def _object(raw: bytes) -> dict[str, Any]:
    try:
        return strict_json.loads(raw)
    except Refused as refused:
        raise ValueError(f"it is not one plain JSON object ({refused.code})") from None


def _file(root: Path, name: str, manifest: Manifest | None) -> bytes | None:
    """The content of a file; None where there is none and none should be."""
    try:
        # A link to nowhere is there, and cannot be read.
        present = (root / name).is_symlink() or (root / name).exists()
        raw = read_plain(root, name, max_bytes=MAX_GROUND_BYTES) if present else None
    except FileRefused as refused:
        raise BundleRefused(name, str(refused)) from None
    except OSError:
        raise BundleRefused(name, "it cannot be read") from None
    listed = manifest.files.get(name) if manifest is not None else None
    if manifest is not None and (None if raw is None else digest(raw)) != listed:
        raise BundleRefused(name, "it is not the file that its producer has vouched for")
    return raw
