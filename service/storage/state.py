"""What a verifier remembers, as a value and as the text of its file: JSON of a closed form.

Of two states of one memory the join knows the newest documents, all final values and the newest
instant, whatever the order in which they were saved.
"""

import json
from dataclasses import dataclass, field
from typing import Any

_VERSION = 1


@dataclass(slots=True)
class State:
    """Documents as (issued_at, token) by kind and key; final values by address and index."""

    documents: dict[str, dict[str, tuple[int, str]]] = field(default_factory=dict)
    finals: dict[str, dict[int, int]] = field(default_factory=dict)
    newest: int = 0

    def remember(self, kind: str, key: str, issued_at: int, token: str) -> bool:
        """Whether this was news. Of two of one instant the later counts: only an older is old."""
        known = self.documents.setdefault(kind, {}).get(key)
        if known is not None and (known[0] > issued_at or known == (issued_at, token)):
            return False
        self.documents[kind][key] = (issued_at, token)
        self.newest = max(self.newest, issued_at)
        return True

    def join(self, other: "State") -> None:
        """Take over what `other` knows; where both know as much, its word stays."""
        for kind, documents in other.documents.items():
            mine = self.documents.setdefault(kind, {})
            for key, found in documents.items():
                if key not in mine or mine[key][0] <= found[0]:
                    mine[key] = found
        for uri, values in other.finals.items():
            self.finals.setdefault(uri, {}).update(values)
        self.newest = max(self.newest, other.newest)


def written(state: State) -> bytes:
    """The file of a state."""
    finals = {
        uri: {str(idx): value for idx, value in some.items()} for uri, some in state.finals.items()
    }
    whole = {
        "version": _VERSION,
        "newest": state.newest,
        "finals": finals,
        "documents": state.documents,
    }
    return f"{json.dumps(whole, separators=(',', ':'))}\n".encode()


def parsed(raw: bytes) -> State:
    """The state of a file. Raises ValueError for anything that `written` has not written."""
    try:
        found: Any = json.loads(raw)
    except RecursionError:
        raise ValueError("not a state file") from None
    if type(found) is not dict or found.get("version") != _VERSION:
        raise ValueError("not a state file")
    state = State()
    for kind, documents in _object(found.get("documents")).items():
        for key, entry in _object(documents).items():
            if type(entry) is not list or [*map(type, entry)] != [int, str]:
                raise ValueError("not a document")
            state.remember(kind, key, *entry)
    for uri, values in _object(found.get("finals")).items():
        for idx, value in _object(values).items():
            state.finals.setdefault(uri, {})[int(idx)] = _whole(value)
    state.newest = max(state.newest, _whole(found.get("newest")))
    return state


def _object(value: Any) -> dict[str, Any]:
    if type(value) is not dict:
        raise ValueError("not an object")
    return value


def _whole(value: Any) -> int:
    if type(value) is not int:
        raise ValueError("not a whole number")
    return value
