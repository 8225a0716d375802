"""Parts of pages: each is drawn by a template of its own from one value, and shared ones are kept.

What many readers are shown alike (the bodies behind a certificate, an explained finding, the form
to ask again, the foot) is drawn once and kept under the value it was drawn from and its language:
another value is another part, so nothing kept can be out of date. What is about one certificate
alone is drawn each time. A template gets its value as `view`, and reads nothing of the request.
"""

from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any

from flask import Flask, Response, current_app
from jinja2.runtime import Context
from markupsafe import Markup

from service.web.language import language

SHARED = frozenset(
    {"_ages.html", "_ask.html", "_axis.html", "_checked.html", "_checks.html", "_finding.html",
     "_foot.html", "_passed.html", "_plate.html", "_says.html"}
)  # fmt: skip
# Parts that one process keeps, some kilobytes each.
MOST_KEPT = 512


class _Values(Context):
    """What a part sees. Its functions are plain ones, so none is asked whether it wants this."""

    def call(
        self,
        function: Callable[..., Any],
        *args: Any,
        _loop_vars: Any = None,
        _block_vars: Any = None,
        **named: Any,
    ) -> Any:
        return function(*args, **named)


class Parts:
    """The parts that one application draws."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._kept = lru_cache(MOST_KEPT)(self._draw)

    def draw(self, name: str, view: Hashable, keep: bool = True) -> Markup:
        """The part with a template's name; while debugging nothing is kept."""
        if keep and name in SHARED and not self._app.debug:
            return self._kept(name, view, language())
        return self._draw(name, view)

    def __len__(self) -> int:
        return self._kept.cache_info().currsize

    def forget(self) -> None:
        """Keep nothing of what was drawn until now."""
        self._kept.cache_clear()

    def _draw(self, name: str, view: Hashable, _spoken: str = "") -> Markup:
        environment = self._app.jinja_env
        template = environment.get_template(name)
        # The value stands beside the globals, so that a part sees nothing of the page around it.
        values = {**environment.globals, "view": view}
        context = _Values(environment, values, template.name, template.blocks)
        return Markup("".join(template.root_render_func(context)))  # noqa: S704  # of templates


def draw_parts(app: Flask) -> None:
    """Let the templates of `app` draw parts: `draw(name, view)`; `draw(name, view, False)` keeps
    nothing, for what is long.
    """
    app.extensions["parts"] = parts = Parts(app)
    app.jinja_env.globals["draw"] = parts.draw


def drawn_page(name: str, view: Hashable) -> Response:
    """A page that is drawn as its parts are."""
    parts: Parts = current_app.extensions["parts"]
    return Response(parts.draw(name, view))
