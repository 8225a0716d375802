"""What a verifier remembers, in one file that several processes share (security.md 8.2).

Each save takes the lock, reads what others have saved meanwhile, joins the two, and puts the whole
in the place of the old file: of each document the newest, of final values all. A process that is
killed leaves the old file or the new one. A file that cannot be read is kept aside as `….damaged`,
`lost` says so, and memory starts empty: what is lost is reported, not hidden.
"""

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from threading import RLock
from time import monotonic, sleep

from service.storage.folder import FileRefused, Stamp, read_plain, stamp, write_whole
from service.storage.state import State, parsed, written

NAME = "state.json"
# Some 50,000 records. A service that remembers more keeps its memory in a database.
MAX_STATE_BYTES = 256 * 1024 * 1024
# How long a save waits for other processes, in seconds: they need milliseconds.
LOCK_WAIT_S = 5.0
_LOCK_TRY_S = 0.005


class StateFile:
    """A Memory in one file, mode 0600, with a lock file beside it. Safe among threads.

    `lost` is True once the file has been found damaged.
    """

    def __init__(self, file: Path) -> None:
        """Memory at `file`; its folder is made if need be. Raises OSError for a place that
        cannot be written."""
        self._file = Path(os.path.realpath(file))
        self._lock_file = self._file.with_name(f"{self._file.name}.lock")
        self._guard = RLock()
        self._state = State()
        self._seen: Stamp | None = None
        self._news = False
        self._held = 0
        self.lost = False
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not os.access(self._file.parent, os.W_OK | os.X_OK) or (
            self._file.exists() and not os.access(self._file, os.R_OK)
        ):
            raise PermissionError(f"{self._file} cannot be written")
        with self._locked():
            self._take_over(alone=True)

    @classmethod
    def for_bundle(cls, folder: Path, environ: Mapping[str, str]) -> "StateFile":
        """Memory beside a bundle, else in the user's state folder (XDG Base Directory, `environ`).

        Raises OSError if neither can be written.
        """
        real = Path(os.path.realpath(folder))
        places = [real / NAME]
        if (state := _state_home(environ)) is not None:
            name = sha256(os.fsencode(real)).hexdigest()[:32]
            places.append(state / "proofmark" / f"{name}.json")
        for place in places:
            with suppress(OSError):
                return cls(place)
        tried = " nor ".join(map(str, places))
        raise OSError(f"nothing can be remembered: neither {tried} can be written")

    @property
    def file(self) -> Path:
        """Where it is kept."""
        return self._file

    def recall(self, kind: str, key: str) -> str | None:
        """The newest document remembered, by any process that has saved it; or None."""
        with self._current() as state:
            found = state.documents.get(kind, {}).get(key)
            return None if found is None else found[1]

    def remember(self, kind: str, key: str, token: str, issued_at: int) -> None:
        """Keep a proven document, issued at `issued_at` (POSIX seconds), if it is the newest."""
        with self._current() as state:
            self._news |= state.remember(kind, key, issued_at, token)

    def finals(self, uri: str) -> Mapping[int, int]:
        """The final values kept for the lists of an address, by index."""
        with self._current() as state:
            return dict(state.finals.get(uri, {}))

    def keep_final(self, uri: str, idx: int, value: int) -> None:
        """Keep a final value; the first one for an index stays."""
        with self._current() as state:
            values = state.finals.setdefault(uri, {})
            self._news |= idx not in values
            values.setdefault(idx, value)

    def newest_instant(self) -> int:
        """The newest `issued_at` remembered, in POSIX seconds; 0 if nothing is."""
        with self._current() as state:
            return state.newest

    def save(self) -> None:
        """Make durable what was learnt; nothing is written if there was no news.

        Raises OSError where it cannot be written, a full disk for example: what was learnt stays
        in memory, and the next save tries again.
        """
        with self._guard:
            if self._held or not self._news:
                return
            with self._locked():
                self._take_over(alone=True)
                raw = written(self._state)
                write_whole(self._file, raw, mode=0o600, beside=f".{self._file.name}.new")
                self._seen = stamp(self._file)
            self._news = False

    @contextmanager
    def held(self) -> Iterator[None]:
        """Save once for a whole batch, at the end: give no answer before that."""
        with self._guard:
            self._held += 1
        try:
            yield
        finally:
            with self._guard:
                self._held -= 1
            self.save()

    @contextmanager
    def _current(self) -> Iterator[State]:
        """What is known, with what other processes have saved since."""
        with self._guard:
            self._take_over(alone=False)
            yield self._state

    def _take_over(self, *, alone: bool) -> None:
        """Join what the file says; only who is `alone`, with the lock, puts a damaged one aside."""
        found = stamp(self._file)
        if found is None:
            # Nobody has saved yet, or somebody removed it: what we know will be written again.
            self._news |= self._seen is not None
        elif found != self._seen:
            try:
                raw = read_plain(self._file.parent, self._file.name, max_bytes=MAX_STATE_BYTES)
                self._state.join(parsed(raw))
            except (FileRefused, ValueError):
                self.lost = True
                self._news |= self._state.newest > 0
                if not alone:
                    return
                os.replace(self._file, self._file.with_name(f"{self._file.name}.damaged"))
                found = None
        self._seen = found

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Keep other processes out. Raises TimeoutError, an OSError, after LOCK_WAIT_S."""
        flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
        handle = os.open(self._lock_file, flags, 0o600)
        try:
            give_up = monotonic() + LOCK_WAIT_S
            while not _lock(handle):
                if monotonic() >= give_up:
                    raise TimeoutError(f"{self._lock_file} is held by another process")
                sleep(_LOCK_TRY_S)
            yield
        finally:
            os.close(handle)


def _lock(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _state_home(environ: Mapping[str, str]) -> Path | None:
    for variable, below in (("XDG_STATE_HOME", ""), ("HOME", ".local/state")):
        # A relative path counts as none, by the specification.
        if (found := Path(environ.get(variable, ""))).is_absolute():
            return found / below
    return None
