"""The production server: gunicorn inside our own process, with threads, loaded before it forks.

What it refuses before the application sees it (headers too large, a broken request line) is
answered from the same table of problems, and nothing of the request's address is logged.
"""

import json
import logging
import os
import signal
import sys
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Flask
from gunicorn import util
from gunicorn.app.base import BaseApplication
from gunicorn.glogging import Logger
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.workers.gthread import ThreadWorker

from service.config import Settings
from service.web.access_log import HEADER, new_request_id
from service.web.app import settle
from service.web.health import begin_stopping
from service.web.logs import ROOT, log_to
from service.web.metrics import forget_process, shared_by_processes
from service.web.problems import MEDIA_TYPE, PROBLEMS

_LOG = logging.getLogger(f"{ROOT}.server")
# The address carries up to 4,000 digits and a question; this is gunicorn's own upper bound.
MAX_REQUEST_LINE = 8_190
MAX_HEADER_FIELDS = 64
MAX_HEADER_BYTES = 8_190
KEEP_ALIVE_S = 5
# A phone that lost its network in the middle of a picture must not hold a thread for ever. The
# longest answer, a list of 2 MiB, must be through by then as well.
SILENCE_S = 20


def _code_of(error: BaseException) -> str:
    if isinstance(error, LimitRequestHeaders):
        return "HEADERS_TOO_LARGE"
    if isinstance(error, LimitRequestLine):
        return "URI_TOO_LONG"
    return "BAD_PARAMETER" if isinstance(error, ParseException) else "INTERNAL_ERROR"


def refusal(error: BaseException, request_id: str | None = None) -> bytes:
    """The whole answer to a request that did not reach the application; one without id gets one."""
    code = _code_of(error)
    kind = PROBLEMS[code]
    document = {"type": "about:blank", "title": kind.title, "status": kind.status, "code": code}
    body = json.dumps(document).encode("ascii")
    head = (
        f"HTTP/1.1 {kind.status} {HTTPStatus(kind.status).phrase}\r\n"
        f"Connection: close\r\nContent-Type: {MEDIA_TYPE}\r\nCache-Control: no-store\r\n"
        f"X-Content-Type-Options: nosniff\r\n{HEADER}: {request_id or new_request_id()}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode("ascii") + body


class _Lines(Logger):
    """Gunicorn's own log, in the form of ours."""

    def setup(self, cfg: Any) -> None:
        """Set the log up, again after each change of gunicorn's settings."""
        super().setup(cfg)
        for ours in logging.getLogger(ROOT).handlers:
            for handler in self.error_log.handlers:
                handler.setFormatter(ours.formatter)


class _Stalled(logging.Filter):
    """Leaves out of gunicorn's log the clients that fell silent: they are no fault of ours."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether a record is to be written."""
        return not (record.exc_info and isinstance(record.exc_info[1], TimeoutError))


def _begin(conn: Any, begin: Callable[[], None]) -> None:
    """Make a connection ready for a request; until here gunicorn puts its limit back to none."""
    begin()
    conn.sock.settimeout(SILENCE_S)


class Worker(ThreadWorker):
    """A worker that answers its own refusals as we do, and does not log what was asked for."""

    def init_signals(self) -> None:
        """Leave Ctrl-C to the parent: a worker told twice to stop, by terminal and parent, may
        hang in the middle of its own exit.
        """
        super().init_signals()
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Begin to stop: at once no longer ready, and then done with what runs."""
        if isinstance(app := getattr(self, "wsgi", None), Flask):
            begin_stopping(app)
        super().handle_exit(sig, frame)

    def set_accept_enabled(self, enabled: bool | None) -> None:
        """Take new connections or not. A worker that stops hangs up its listeners, so that who
        comes now is turned away and tries elsewhere, instead of waiting for the last answer.
        """
        super().set_accept_enabled(enabled)
        if not self.alive:
            for listener in self.sockets:
                listener.close()

    def handle(self, conn: Any) -> Any:
        """Serve a connection, and give it up when the other side falls silent."""
        if not conn.initialized:
            conn.init = partial(_begin, conn, conn.init)
        return super().handle(conn)

    def handle_error(self, req: Any, client: Any, addr: Any, exc: BaseException) -> None:
        """Answer and log a request that failed outside the application."""
        request_id = new_request_id()
        if _code_of(exc) == "INTERNAL_ERROR":
            _LOG.error("fault outside the application (request %s)", request_id, exc_info=exc)
        else:
            why = type(exc).__name__
            _LOG.info("refused before the application: %s (request %s)", why, request_id)
        try:
            util.write_nonblock(client, refusal(exc, request_id))
        except OSError:
            _LOG.debug("the client left before its answer")


class Server(BaseApplication):
    """Gunicorn, configured by our settings and by nothing else."""

    def __init__(
        self,
        settings: Settings,
        load_app: Callable[[], Flask],
        on_ready: Callable[[str], None] | None,
    ) -> None:
        self._settings = settings
        self._load_app = load_app
        self._on_ready = on_ready
        super().__init__()

    def load_config(self) -> None:
        """Hand our settings to gunicorn."""
        settings = self._settings
        for name, value in {
            "bind": f"{settings.bind}:{settings.port}",
            "workers": settings.worker_count,
            "worker_class": Worker,
            "threads": settings.threads,
            "preload_app": True,
            "timeout": settings.request_timeout_s,
            "graceful_timeout": settings.shutdown_s,
            "keepalive": KEEP_ALIVE_S,
            "limit_request_line": MAX_REQUEST_LINE,
            "limit_request_fields": MAX_HEADER_FIELDS,
            "limit_request_field_size": MAX_HEADER_BYTES,
            # Proxies are counted in the application; no header of a client is believed here.
            "forwarded_allow_ips": "",
            "control_socket_disable": True,
            "accesslog": None,
            "errorlog": "-",
            "loglevel": "warning",
            "logger_class": _Lines,
            "worker_tmp_dir": None if (memory := memory_folder()) is None else str(memory),
            "when_ready": self._ready,
            "child_exit": self._ended,
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        """The application, before the workers are forked."""
        app = self._load_app()
        settle(app)
        return app

    def _ready(self, arbiter: Any) -> None:
        if self._on_ready is not None:
            self._on_ready(str(arbiter.LISTENERS[0]))

    def _ended(self, arbiter: Any, worker: Any) -> None:
        forget_process(worker.pid)


def memory_folder() -> Path | None:
    """A folder in memory, for heartbeats and counters that no disk should see."""
    memory = Path("/dev/shm")  # noqa: S108  # what is put there is private
    return memory if memory.is_dir() and os.access(memory, os.W_OK) else None


def serve(
    settings: Settings,
    load_app: Callable[[], Flask],
    *,
    on_ready: Callable[[str], None] | None = None,
) -> None:
    """Serve until told to stop; running requests are finished first. Ends by SystemExit.

    `load_app` makes the application once, in the parent process; `on_ready` is told the address
    that is listened on.
    """
    log_to(sys.stderr, access=settings.access_log, form=settings.log_format)
    logging.getLogger("gunicorn.error").addFilter(_Stalled())
    with shared_by_processes(memory_folder()):
        Server(settings, load_app, on_ready).run()
