"""The reader's own theme: a link that sets a cookie, for those whose system does not say it."""

from collections.abc import Mapping

from flask import Flask, Response

from service.config import Settings
from service.web import choice
from service.web.language import N_, _, language

THEMES: Mapping[str, str] = {
    "auto": N_("As my device"),
    "light": N_("Light"),
    "dark": N_("Dark"),
    "contrast": N_("High contrast"),
}


def chosen() -> str:
    """The theme asked for now, else the one that was kept."""
    return choice.wanted("theme", THEMES) or "auto"


def links(now: str) -> tuple[tuple[str, str, bool], ...]:
    """Address, label and whether it is the one chosen `now`."""
    return _links(choice.asked(), now, language())


@choice.kept_if_brief
def _links(asked: choice.Asked, now: str, _spoken: str) -> tuple[tuple[str, str, bool], ...]:
    return tuple(
        (choice.link("theme", name, asked), _(label), name == now) for name, label in THEMES.items()
    )


def keep_theme(app: Flask, settings: Settings) -> None:
    """Keep the theme that a page was asked for."""
    app.jinja_env.globals.update(theme=chosen, theme_links=links, brief=choice.brief)

    @app.after_request
    def keep(response: Response) -> Response:
        choice.keep(response, "theme", THEMES, settings)
        return response
