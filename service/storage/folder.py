"""Files of a folder: read within bounds, written whole or not at all.

Only plain files are read, and only inside the folder: a link is followed where it ends inside (as
mounted volumes have them), never out of it. A size is known before anything is read. A file is
written beside its place, flushed, and renamed into it, so that a reader finds the old or the new
one after any crash (security.md 10, case D06).
"""

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from secrets import token_hex

# What tells one state of a file from another: inode, size, and the instants of its last change of
# content and of any change, in nanoseconds.
Stamp = tuple[int, int, int, int]


# Room for a line end after the longest token.
LINE_END_BYTES = 2

_WHY = {
    "FILE_UNREADABLE": "it cannot be read",
    "FILE_TOO_LARGE": "it is too large",
    "FILE_OUTSIDE": "it is a link that leads out of the folder",
}


class FileRefused(Exception):
    """A file is not read, for `code`: FILE_UNREADABLE, FILE_TOO_LARGE or FILE_OUTSIDE."""

    def __init__(self, code: str) -> None:
        super().__init__(_WHY[code])
        self.code = code


def shown(name: str) -> str:
    """A file's name, or a text that quotes one, without what could disturb a terminal or a page."""
    return name if name.isprintable() else ascii(name)[1:-1]


class BundleRefused(ValueError):
    """The folder cannot serve: the text is one sentence that names the file."""

    code = "BUNDLE_UNUSABLE"

    def __init__(self, file: str, why: str) -> None:
        super().__init__(f"{shown(file)} cannot be used: {shown(why)}.")
        self.file = shown(file)


def stamp(file: Path) -> Stamp | None:
    """The state of a file; None where there is none, or none that can be seen."""
    try:
        found = file.stat()
    except OSError:
        return None
    return _stamp(found)


def _stamp(found: os.stat_result) -> Stamp:
    return (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def stamps(folder: Path, suffix: str) -> Mapping[str, Stamp | None]:
    """The state of every file of a folder by name, in the order of names; hidden ones left out.

    A folder that is absent is empty. Raises FileRefused FILE_UNREADABLE for any other trouble.
    """
    found: dict[str, Stamp | None] = {}
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.endswith(suffix) and not entry.name.startswith("."):
                    try:
                        found[entry.name] = _stamp(entry.stat())
                    except OSError:
                        found[entry.name] = None
    except FileNotFoundError:
        return {}
    except OSError:
        raise FileRefused("FILE_UNREADABLE") from None
    return dict(sorted(found.items()))


def read_plain(root: Path, name: str, *, max_bytes: int) -> bytes:
    """The content of the file `name` (a relative path) below `root`, which is a real path.

    Raises FileRefused: FILE_OUTSIDE for a link that leads out, FILE_TOO_LARGE above `max_bytes`,
    FILE_UNREADABLE for what is absent, closed to us, or not a plain file.
    """
    try:
        real = Path(os.path.realpath(root / name, strict=True))
        if not real.is_relative_to(root):
            raise FileRefused("FILE_OUTSIDE")
        # Not blocking, for a pipe would wait for a writer for ever.
        handle = os.open(real, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with open(handle, "rb") as file:
            found = os.fstat(handle)
            if not stat.S_ISREG(found.st_mode):
                raise FileRefused("FILE_UNREADABLE")
            if found.st_size > max_bytes:
                raise FileRefused("FILE_TOO_LARGE")
            raw = file.read(max_bytes + 1)
    except (OSError, RuntimeError, ValueError):  # a link to itself, a name with NUL
        raise FileRefused("FILE_UNREADABLE") from None
    if len(raw) > max_bytes:
        raise FileRefused("FILE_TOO_LARGE")
    return raw


def token_of(raw: bytes) -> str:
    """The token that a file holds. What is not ASCII fails at the door, as any foreign character.

    That door does not see a line end, which files made by hand have.
    """
    return raw.decode("ascii", "replace").strip(" \t\r\n")


def write_whole(file: Path, raw: bytes, *, mode: int = 0o644, beside: str | None = None) -> None:
    """Put `raw` in the place of `file`, durably. Raises OSError, and then the old one stays.

    `beside` names the file written first; only for callers that keep each other out.
    """
    first = file.with_name(beside or f".{file.name}.{token_hex(4)}")
    # Left by a process that was killed; and never through a link that somebody else has laid.
    first.unlink(missing_ok=True)
    handle = os.open(first, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        with open(handle, "wb") as written:
            written.write(raw)
            written.flush()
            os.fsync(handle)
        os.replace(first, file)
    except BaseException:
        first.unlink(missing_ok=True)
        raise
    _flush_names(file.parent)


def _flush_names(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
