"""The reader's own theme: a link that sets a cookie, for those whose system does not say it."""

from collections.abc import Mapping

from flask import Flask, Response

from service.config import Settings
from service.web import choice
from service.web.language import N_, _

THEMES: Mapping[str, str] = {
    "auto": N_("As my device"),
    "light": N_("Light"),
    "dark": N_("Dark"),
    "contrast": N_("High contrast"),
}


def chosen() -> str:
    """The theme asked for now, else the one that was kept."""
    return choice.wanted("theme", THEMES) or "auto"


def links() -> list[tuple[str, str, bool]]:
    """Address, label and whether it is chosen."""
    return [
        (link, _(label), name == chosen())
        for link, (name, label) in zip(choice.links("theme", THEMES), THEMES.items(), strict=True)
    ]


def keep_theme(app: Flask, settings: Settings) -> None:
    """Keep the theme that a page was asked for."""
    app.jinja_env.globals.update(theme=chosen, theme_links=links)

    @app.after_request
    def keep(response: Response) -> Response:
        choice.keep(response, "theme", THEMES, settings)
        return response
