"""The style sheets: themes that agree, contrasts that are computed, and nothing from elsewhere."""

import re
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path

import pytest

from service.domain.verdict import Outcome, Verdict
from service.web import assets

FOLDER = Path(assets.__file__).with_name("static")
TONES = ("accept", "warn", "notfor", "unknown", "reject")


def read(name: str) -> str:
    """A style sheet without its comments."""
    return re.sub(r"/\*.*?\*/", "", (FOLDER / name).read_text("utf-8"), flags=re.DOTALL)


def rules(css: str, context: str = "") -> Iterator[tuple[str, str, str]]:
    """Each rule as its @-context, its selector and its declarations; braces nest once."""
    for head, body in re.findall(r"([^{}]+)\{((?:[^{}]|\{[^{}]*\})*)\}", css):
        name = " ".join(head.split())
        if name.startswith("@media"):
            yield from rules(body, name.removeprefix("@media "))
        else:
            yield context, name, body


def declared(body: str) -> dict[str, str]:
    pairs = (one.partition(":") for one in body.split(";") if one.strip())
    return {name.strip(): " ".join(value.split()) for name, _, value in pairs}


BLOCKS: Mapping[tuple[str, str], dict[str, str]] = {
    (context, selector): declared(body) for context, selector, body in rules(read("tokens.css"))
}
ROOT = BLOCKS["", ":root"]
WISH = ":root:not([data-theme])"
DARK = BLOCKS["(prefers-color-scheme: dark)", WISH]
MORE = "(prefers-contrast: more) and (prefers-color-scheme: {})"
CONTRAST = BLOCKS[MORE.format("light"), WISH]
THEMES: Mapping[str, Mapping[str, str]] = {
    "light": ROOT,
    "dark": {**ROOT, **DARK},
    "contrast": {**ROOT, **CONTRAST},
    "dark and contrast": {**ROOT, **DARK, **BLOCKS[MORE.format("dark"), WISH]},
    "print": {**ROOT, **BLOCKS["print", f":root, :root[data-theme], {WISH}"]},
}


def luminance(colour: str) -> float:
    """The relative luminance of `#rrggbb` (WCAG 2.2)."""
    red, green, blue = (
        level / 12.92 if (level := part / 255) <= 0.04045 else ((level + 0.055) / 1.055) ** 2.4
        for part in bytes.fromhex(colour.removeprefix("#"))
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(theme: str, one: str, other: str) -> float:
    """The contrast of two tokens of a theme (WCAG 2.2)."""
    colours = THEMES[theme]
    low, high = sorted(luminance(colours[f"--{name}"]) for name in (one, other))
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_computed_as_the_standard_does() -> None:
    assert luminance("#ffffff") == pytest.approx(1)
    assert luminance("#777777") == pytest.approx(0.1845, abs=1e-4)
    assert contrast("contrast", "ink", "paper") == pytest.approx(21)


def test_the_readers_own_theme_is_that_of_the_system() -> None:
    assert BLOCKS["", ':root[data-theme="dark"]'] == DARK
    assert BLOCKS["", ':root[data-theme="contrast"]'] == CONTRAST


def test_a_theme_changes_every_colour_or_inherits_none_by_mistake() -> None:
    colours = {name for name, value in ROOT.items() if value.startswith("#")}

    assert colours <= DARK.keys()
    assert colours <= CONTRAST.keys()
    assert DARK.keys() | CONTRAST.keys() <= ROOT.keys()


SURFACES = ("paper", "ground")
TEXTS = [
    *product(("ink", "ink-2", "ink-3", "link", "link-hover"), SURFACES),
    *((f"{tone}-on", f"{tone}-{under}") for tone in TONES for under in ("fill", "shade")),
    *((f"{tone}-text", under) for tone in TONES for under in (*SURFACES, f"{tone}-tint")),
    *((ink, f"{tone}-tint") for ink in ("ink", "ink-2", "ink-3") for tone in TONES),
    *((f"plate-{n}-on", f"plate-{n}") for n in range(1, 5)),
]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("pair", TEXTS, ids=" on ".join)
def test_every_text_can_be_read(theme: str, pair: tuple[str, str]) -> None:
    assert contrast(theme, *pair) >= 4.5


EDGES = [
    *product(("line-strong", "focus", "ink"), SURFACES),
    ("focus", "focus-gap"),
    *((f"{tone}-text", surface) for tone in TONES for surface in SURFACES),
]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("pair", EDGES, ids=" on ".join)
def test_every_edge_of_a_control_can_be_seen(theme: str, pair: tuple[str, str]) -> None:
    assert contrast(theme, *pair) >= 3


@pytest.mark.parametrize("name", ["tokens.css", "components.css"])
def test_nothing_comes_from_elsewhere(name: str) -> None:
    assert not re.search(r"url\(|@import|@font-face|https?:|expression|image-set", read(name))


def test_every_token_that_is_used_is_there() -> None:
    both = read("tokens.css") + read("components.css")
    used = set(re.findall(r"var\((--[\w-]+)\)", both))
    known = {name for _, _, body in rules(both) for name in declared(body)}

    assert used - known == set()


def test_only_what_is_accepted_is_green() -> None:
    green = {
        selector for _, selector, body in rules(read("components.css")) if "var(--accept-" in body
    }

    (selectors,) = green
    values = set(re.findall(r'"([^"]+)"', selectors))
    assert values >= {Verdict.ACCEPT.value, Outcome.ACCEPT.value}
    worse = {*Verdict, *Outcome} - {Verdict.ACCEPT, Outcome.ACCEPT}
    assert not values & set(map(str, worse))
    assert not re.search(r"\[[\w-]+[~|^$*]=|:not", selectors)


def test_nothing_that_is_written_is_made_smaller_than_a_label() -> None:
    sizes = re.findall(r"font-size:\s*([\d.]+)rem", read("components.css"))

    assert min(map(float, sizes)) >= 0.75
