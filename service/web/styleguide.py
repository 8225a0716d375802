"""The style guide: every component as it is, with the real style sheets, templates and macros.

Only `proofmark demo` serves it, for whoever works on the pages; it is in English.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, Response, render_template

from service.web.transfer import cacheable
from service.web.view import samples

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_TOKEN = re.compile(r"--([\w-]+):\s*([^;]+);")
_BLOCK = r"^{}\s*\{{([^}}]*)\}}"
# A length that a drawing can have as it is.
_LENGTH = re.compile(r"[0-9.]+(rem|px)")
# Groups of the tokens that are no colours, by what their names begin with.
_SPACES, _SIZES = re.compile(r"s\d|gutter|page|measure|tap|r\d|hair|stroke"), re.compile(r"text-")


@dataclass(frozen=True, slots=True)
class Colour:
    """A colour token, by the theme; a theme that does not name it has the first one's."""

    name: str
    light: str
    dark: str
    contrast: str


@dataclass(frozen=True, slots=True)
class Length:
    """A space, a line or a size of type; `drawn` where its value can be drawn as it is."""

    name: str
    value: str
    drawn: bool


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of the style sheet, in its order; `others` are fonts, weights and motion."""

    colours: tuple[Colour, ...]
    spaces: tuple[Length, ...]
    sizes: tuple[Length, ...]
    others: tuple[Length, ...]


def read_tokens(css: str) -> Tokens:
    """The tokens of a style sheet. Raises ValueError where a theme's block is missing."""
    plain = _COMMENT.sub("", css)
    light, dark, contrast = (
        _block(plain, head)
        for head in (":root", ':root[data-theme="dark"]', ':root[data-theme="contrast"]')
    )
    colours = tuple(
        Colour(name, value, dark.get(name, value), contrast.get(name, value))
        for name, value in light.items()
        if value.startswith("#")
    )
    lengths = {name: value for name, value in light.items() if not value.startswith("#")}
    spaces = tuple(_lengths(lengths, _SPACES))
    sizes = tuple(_lengths(lengths, _SIZES))
    known = {one.name for one in (*spaces, *sizes)}
    others = tuple(one for one in _lengths(lengths, re.compile("")) if one.name not in known)
    return Tokens(colours, spaces, sizes, others)


def _block(css: str, head: str) -> Mapping[str, str]:
    found = re.search(_BLOCK.format(re.escape(head)), css, re.MULTILINE)
    if found is None:
        raise ValueError(f"no block {head} in the style sheet")
    return {name: " ".join(value.split()) for name, value in _TOKEN.findall(found[1])}


def _lengths(tokens: Mapping[str, str], names: re.Pattern[str]) -> Iterator[Length]:
    for name, value in tokens.items():
        if names.match(name):
            yield Length(name, value, _LENGTH.fullmatch(value) is not None)


def styleguide_routes() -> Blueprint:
    """The route of the style guide."""
    css = Path(__file__).with_name("static") / "tokens.css"
    tokens = read_tokens(css.read_text("utf-8"))
    routes = Blueprint("styleguide", __name__)

    @routes.get("/styleguide")
    def show() -> Response:
        page = render_template(
            "styleguide.html", parts=samples.parts(), axes=samples.axes(), tokens=tokens,
            banners=samples.banners(), rows=samples.rows(), gates=samples.GATES,
            sections=samples.sections(),
        )  # fmt: skip
        response = Response(page)
        response.vary.add("Cookie")
        return cacheable(response, max_age=0)

    return routes
