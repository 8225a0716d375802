"""The reader's own theme: a link that sets a cookie, for those whose system does not say it."""

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import Flask, Response, request

from service.config import Settings
from service.web.language import N_, _

THEMES: Mapping[str, str] = {
    "auto": N_("As my device"),
    "light": N_("Light"),
    "dark": N_("Dark"),
    "contrast": N_("High contrast"),
}
_KEPT_S = 31_536_000


def chosen() -> str:
    """The theme asked for now, else the one that was kept."""
    wanted = request.args.get("theme") or request.cookies.get("theme")
    return wanted if wanted is not None and wanted in THEMES else "auto"


def links() -> list[tuple[str, str, bool]]:
    """Address, label and whether it is chosen; relative, so that they stay on this page."""
    kept = [(name, value) for name, value in request.args.items() if name != "theme"]
    return [
        (f"?{urlencode([*kept, ('theme', name)])}", _(label), name == chosen())
        for name, label in THEMES.items()
    ]


def keep_theme(app: Flask, settings: Settings) -> None:
    """Keep the theme that a page was asked for."""
    app.jinja_env.globals.update(theme=chosen, theme_links=links)

    @app.after_request
    def keep(response: Response) -> Response:
        # Pages only: signed evidence and style sheets are kept by shared caches.
        if request.args.get("theme") in THEMES and response.mimetype == "text/html":
            response.set_cookie(
                "theme", chosen(), max_age=_KEPT_S, secure=settings.secure, httponly=True,
                samesite="Lax",
            )  # fmt: skip
        return response
