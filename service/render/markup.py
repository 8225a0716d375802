"""Somebody else's words between our marks."""

from html import escape

from service.domain.text import clean


def safe(text: str) -> str:
    """A foreign text for SVG or HTML: hidden characters shown, markup none (W16, W17)."""
    return escape(clean(text))
