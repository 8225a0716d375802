"""The access log: one JSON line per request, without what was scanned or asked (R21)."""

import json
import logging
from time import perf_counter

from flask import Flask, Response, g, request

from service.web.security import loggable

LOG = logging.getLogger("proofmark.access")


def log_requests(app: Flask) -> None:
    """Log each request of `app`: parameters by name only, `/q/` by the hash of its digits."""

    @app.before_request
    def begin() -> None:
        g.began = perf_counter()

    @app.after_request
    def write(response: Response) -> Response:
        line = {
            "from": request.remote_addr,
            "method": request.method,
            "path": loggable(request.path),
            "parameters": sorted(request.args),
            "status": response.status_code,
            "bytes": response.content_length,
            "ms": round((perf_counter() - g.began) * 1000, 1) if "began" in g else None,
        }
        LOG.info("%s", json.dumps(line))
        return response
