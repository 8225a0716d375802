"""The lines of the log: one event is one line, as text or as a JSON object (security.md R21).

Whatever stands in an event, it cannot end a line, begin another or command a terminal. A trace in
a text log is set in, so that none of its lines passes for an event.
"""

import json
import logging
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, TextIO

from flask import g, has_request_context

ROOT = "proofmark"
_UNPLAIN = re.compile(r"[^ -~]")


class Event:
    """Something that happened: a stable name and its fields, which are the whole text."""

    __slots__ = ("fields", "name")

    def __init__(self, name: str, fields: Mapping[str, Any]) -> None:
        self.name = name
        self.fields = fields

    def __str__(self) -> str:
        return json.dumps(self.fields)


def current_request() -> str | None:
    """The id of the request being served."""
    return g.get("request_id") if has_request_context() else None


class TextLines(logging.Formatter):
    """Lines for people: local time with its zone, what happened, the level where it is trouble."""

    def __init__(self) -> None:
        super().__init__(datefmt="%Y-%m-%dT%H:%M:%S%z")

    def format(self, record: logging.LogRecord) -> str:
        """One line, and the lines of a trace below it."""
        said = _plain(record.getMessage())
        if record.levelno >= logging.WARNING:
            said = f"{record.levelname} {said}"
        if not isinstance(record.msg, Event) and (request := current_request()):
            said = f"{said} (request {request})"
        lines = [f"{self.formatTime(record, self.datefmt)} {said}"]
        if record.exc_info:
            trace = self.formatException(record.exc_info).split("\n")
            lines += [f"    {_plain(line)}" for line in trace]
        return "\n".join(lines)


class JsonLines(logging.Formatter):
    """Lines for machines: `time` in UTC, `level`, `event`, then the fields of the event.

    What is no Event of ours is a `note`, or a `fault` with its trace.
    """

    def format(self, record: logging.LogRecord) -> str:
        """One JSON object, in ASCII."""
        line: dict[str, Any] = {
            "time": _instant(record.created),
            "level": record.levelname.lower(),
        }
        if isinstance(record.msg, Event):
            line |= {"event": record.msg.name, **record.msg.fields}
        else:
            name = "fault" if record.exc_info else "note"
            line |= {"event": name, "logger": record.name, "message": record.getMessage()}
            if request := current_request():
                line["request_id"] = request
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


FORMATS: Mapping[str, type[logging.Formatter]] = {"text": TextLines, "json": JsonLines}


def log_to(stream: TextIO, *, access: bool, form: str = "text") -> None:
    """Write our logs to a stream in one of FORMATS; with `access`, requests as well."""
    handler = logging.StreamHandler(stream)
    handler.setFormatter(FORMATS[form]())
    logger = logging.getLogger(ROOT)
    logger.handlers = [handler]
    logger.propagate = False
    logger.setLevel(logging.INFO if access else logging.WARNING)


def _instant(created: float) -> str:
    """An instant in POSIX seconds as `2026-06-15T12:00:00.123Z`."""
    return f"{datetime.fromtimestamp(created, UTC):%Y-%m-%dT%H:%M:%S.%f}"[:-3] + "Z"


def _plain(text: str) -> str:
    """A text in printable ASCII; everything else is escaped as Python writes it."""
    return _UNPLAIN.sub(lambda found: found[0].encode("unicode_escape").decode(), text)
