"""Static files: read once, named with their fingerprint, kept by browsers until they change."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from flask import Blueprint, Flask, Response, request

from service.web.problems import Problem
from service.web.transfer import cacheable

_MEDIA_TYPES: Mapping[str, str] = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
}
# Others' files, as they were published: the version in the folder's name is their fingerprint.
_VENDORED = re.compile(r"[a-z]+-[0-9.]+/")
_YEAR_S = 31_536_000


@dataclass(frozen=True, slots=True)
class Asset:
    """One file."""

    data: bytes
    media_type: str
    fingerprint: str


def load_assets(folder: Path) -> Mapping[str, Asset]:
    """The files in and below a folder by path; other kinds of file are not served."""
    assets = {}
    for path in sorted(folder.rglob("*")):
        if (media_type := _MEDIA_TYPES.get(path.suffix)) is not None:
            data = path.read_bytes()
            assets[path.relative_to(folder).as_posix()] = Asset(
                data, media_type, sha256(data).hexdigest()[:12]
            )
    return assets


def serve_assets(app: Flask) -> None:
    """Serve the static files of `app`; templates name them by `asset('tokens.css')`."""
    assets = load_assets(Path(__file__).with_name("static"))
    routes = Blueprint("assets", __name__)

    @routes.get("/static/<path:name>")
    def static(name: str) -> Response:
        if (asset := assets.get(name)) is None:
            raise Problem("NOT_FOUND")
        fixed = request.args.get("v") == asset.fingerprint or bool(_VENDORED.match(name))
        response = Response(asset.data, content_type=asset.media_type)
        return cacheable(response, max_age=_YEAR_S if fixed else 0, fixed=fixed)

    app.register_blueprint(routes)
    app.jinja_env.globals["asset"] = (
        lambda name: f"/static/{name}?v={assets[name].fingerprint}"
    )  # fmt: skip
