"""What the client would rather have: a page or data (RFC 9110, section 12.5.1)."""

from flask import request

HTML, JSON, PROBLEM = "text/html", "application/json", "application/problem+json"


def wants_json() -> bool:
    """Whether a page's address shall answer with data: only if it is preferred to a page."""
    return request.accept_mimetypes.best_match([HTML, JSON], default=HTML) == JSON


def prefers_html() -> bool:
    """Whether a problem shall be a page: only for a client that names pages as what it wants."""
    best = request.accept_mimetypes.best_match([PROBLEM, JSON, HTML], default=PROBLEM)
    return best == HTML
