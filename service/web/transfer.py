"""Transfer: compressed text for those who take it, and answers that a cache can ask about."""

from hashlib import sha256

from flask import Flask, Response, request
from isal import igzip

# Below this, compressing costs more than it saves.
_WORTH_BYTES = 1_024
# Texts, and the one program, which shrinks to a third.
_TEXTUAL = (
    "text/", "application/json", "image/svg+xml", "application/problem+json", "application/wasm",
)  # fmt: skip


def compress(app: Flask) -> None:
    """Compress what is text. No page holds a secret, so its size tells none."""

    @app.after_request
    def shrink(response: Response) -> Response:
        kind = response.mimetype or ""
        textual = kind.startswith(_TEXTUAL) or kind.endswith("+jwt")
        if not textual or response.direct_passthrough or "Content-Encoding" in response.headers:
            return response
        response.vary.add("Accept-Encoding")
        if request.accept_encodings["gzip"] and len(response.get_data()) >= _WORTH_BYTES:
            response.set_data(igzip.compress(response.get_data(), mtime=0))
            response.headers["Content-Encoding"] = "gzip"
        return response


def cacheable(response: Response, *, max_age: int, fixed: bool = False) -> Response:
    """An answer with a tag and an age, in seconds; 304 where the caller has it already.

    The tag is weak, for the same document goes out compressed and as it is.
    """
    response.set_etag(sha256(response.get_data()).hexdigest()[:32], weak=True)
    control = f"public, max-age={max_age}{', immutable' if fixed else ''}"
    response.headers["Cache-Control"] = control if max_age else "no-cache"
    response.make_conditional(request)
    return response
