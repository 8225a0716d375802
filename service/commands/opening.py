"""An evidence folder made ready to answer: its verifier, its memory, and what is wrong with it."""

import os
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from service.commands.door import Refusal
from service.domain.question import EMPTY, Question
from service.domain.reason import Reason
from service.domain.report import Report
from service.domain.verdict import Check, Finding
from service.storage.bundle import Bundle
from service.storage.folder import BundleRefused
from service.storage.ground import Ground
from service.storage.memory import StateFile
from service.storage.published import Published, hosted_in
from service.verifier import Verifier

# Files named one by one; of a folder with more troubles the rest is counted.
MANY = 20


class FolderVerifier:
    """A verifier over a folder, which takes other anchors and another policy when the folder has
    them. Safe among threads.
    """

    def __init__(self, bundle: Bundle | Published, make: Callable[[Ground], Verifier]) -> None:
        """`make` gives the verifier over what the folder has now."""
        self._bundle = bundle
        self._make = make
        ground = bundle.ground
        self._made = (ground, make(ground))

    def verify(
        self, text: str, *, at: int, question: Question = EMPTY, remember: bool = True
    ) -> Report:
        """As `Verifier.verify`."""
        ground, verifier = self._made
        if (now := self._bundle.ground) is not ground:
            # Two threads may both make one: they are alike, and the last stays.
            _, verifier = self._made = (now, self._make(now))
        return verifier.verify(text, at=at, question=question, remember=remember)


@dataclass(frozen=True, slots=True)
class Opened:
    """A verifier over a folder; `notes` are for the user, `remarks` belong into every report."""

    bundle: Bundle | Published
    verifier: FolderVerifier
    notes: tuple[str, ...]
    remarks: tuple[Finding, ...]


def open_folder(
    folder: Path,
    *,
    state: Path | None,
    remembers: bool = True,
    online: bool = False,
    own_hosts: Collection[str] = (),
) -> Opened:
    """The verifier of a folder, a bundle or what a register has published.

    Raises Refusal where the folder cannot serve.

    It remembers in `state`, or beside the folder where that is None; a memory that cannot be
    written is done without, and that is said.
    """
    base = hosted_in(folder)
    try:
        bundle = Bundle.load(folder) if base is None else Published(folder, base)
    except BundleRefused as refused:
        raise Refusal(refused.code, str(refused)) from None
    notes, remarks = _unusable(bundle)
    memory = None
    if remembers:
        try:
            memory = StateFile(state) if state else StateFile.for_bundle(folder, os.environ)
        except OSError as error:
            notes.append(f"{Reason.MEMORY_ABSENT}: {error}")
    if memory is not None and memory.lost:
        notes.append(f"{Reason.MEMORY_ABSENT}: {memory.file} was damaged and begins anew")

    def over(ground: Ground) -> Verifier:
        return Verifier(
            ground.anchors, bundle, bundle, bundle,
            policy=ground.policy, catalogue=ground.catalogue, memory=memory,
            online=online, own_hosts=own_hosts,
        )  # fmt: skip

    return Opened(bundle, FolderVerifier(bundle, over), tuple(notes), tuple(remarks))


def _unusable(bundle: Bundle | Published) -> tuple[list[str], list[Finding]]:
    """The files that are not used, as notes and as findings."""
    code = Reason.BUNDLE_FILE_UNUSABLE
    named, more = bundle.unusable[:MANY], len(bundle.unusable) - MANY
    notes = [f"{code}: {item.file}: {item.why}" for item in named]
    remarks = [Finding.of(Check.STATUS, code, file=item.file) for item in named]
    if more > 0:
        notes.append(f"{code}: and {more} more")
        remarks.append(Finding.of(Check.STATUS, code, file=f"{more} more"))
    return notes, remarks
