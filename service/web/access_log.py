"""The access log: one line per request, without what was scanned or asked (R21), and its id.

Every answer carries `X-Request-Id`, which finds its line again: our own, or the proxy's where a
proxy is counted and its id is well-formed.
"""

import logging
import re
from secrets import token_hex
from time import perf_counter

from flask import Flask, Response, g, request

from service.config import Settings
from service.web.logs import ROOT, Event
from service.web.security import loggable

LOG = logging.getLogger(f"{ROOT}.access")
HEADER = "X-Request-Id"
_WELL_FORMED = re.compile(r"[A-Za-z0-9_-]{8,64}")
_ID_BYTES = 16


def new_request_id() -> str:
    """An id for a request that brought none."""
    return token_hex(_ID_BYTES)


def log_requests(app: Flask, settings: Settings) -> None:
    """Give each request of `app` its id and, where it is wanted, its line in the log.

    In the line parameters stand by name only, `/q/` by the hash of its digits.
    """

    @app.before_request
    def begin() -> None:
        g.began = perf_counter()
        brought = request.headers.get(HEADER, "") if settings.proxy_hops else ""
        g.request_id = brought if _WELL_FORMED.fullmatch(brought) else new_request_id()

    @app.after_request
    def write(response: Response) -> Response:
        response.headers[HEADER] = g.request_id
        if settings.access_log:
            LOG.info(Event("request", _line(response)))
        return response


def _line(response: Response) -> dict[str, object]:
    return {
        "request_id": g.request_id,
        "from": request.remote_addr,
        "method": request.method,
        "endpoint": request.endpoint,
        "path": loggable(request.path),
        "parameters": sorted(request.args),
        "status": response.status_code,
        "bytes": response.content_length,
        "ms": round((perf_counter() - g.began) * 1000, 1),
    }
