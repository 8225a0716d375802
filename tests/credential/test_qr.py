"""The QR symbol of a certificate: small, whole, and read back as it was drawn."""

import re
from io import BytesIO

import pytest
from PIL import Image

from bench.qr_sizes import PREFIXES, SAMPLES, compact_token
from service.credential.packing import pack
from service.credential.picture import read_codes
from service.credential.qr import MAX_VERSION, Symbol, SymbolTooLarge, symbol, to_png, to_svg

PREFIX = "https://v.cert.example/q/"
# What version 25 at M holds after these 25 characters (security.md section 8).
MOST_DIGITS = 2_329


def dark_modules(picture: bytes, pixels: int) -> list[list[bool]]:
    image = Image.open(BytesIO(picture)).convert("L")
    side = image.width // pixels
    return [
        [image.getpixel((x * pixels, y * pixels)) == 0 for x in range(side)] for y in range(side)
    ]


@pytest.mark.parametrize("prefix", PREFIXES)
@pytest.mark.parametrize("name", SAMPLES)
def test_a_certificate_stays_within_its_version_and_reads_back(name: str, prefix: str) -> None:
    claims, target = SAMPLES[name]
    digits = pack(compact_token(claims))

    drawn = symbol(prefix, digits)

    assert drawn.version <= target
    assert read_codes(to_png(drawn, size_px=300)) == (prefix + digits,)


def test_a_symbol_is_square_with_a_quiet_zone_of_four() -> None:
    drawn = symbol(PREFIX, "1234567890")

    assert drawn.side == 17 + 4 * drawn.version + 8
    assert all(len(row) == drawn.side for row in drawn.modules)
    for edge in (*drawn.modules[:4], *drawn.modules[-4:]):
        assert not any(edge)
    assert not any(any(row[:4] + row[-4:]) for row in drawn.modules)
    assert drawn.modules[4][4:12] == (True,) * 7 + (False,)


def test_version_25_is_the_largest() -> None:
    assert symbol(PREFIX, "1" * MOST_DIGITS).version == MAX_VERSION
    with pytest.raises(SymbolTooLarge):
        symbol(PREFIX, "1" * (MOST_DIGITS + 1))


@pytest.mark.parametrize("digits", [5_530, 5_531, 8_000])
def test_what_fits_no_symbol_at_all_is_too_large_as_well(digits: int) -> None:
    with pytest.raises(SymbolTooLarge):
        symbol(PREFIX, "1" * digits)


def test_digits_take_ten_bits_for_three() -> None:
    assert symbol(PREFIX, "1" * 625).version == 12
    assert symbol(PREFIX, "1" * 626).version == 13


@pytest.mark.parametrize(
    ("prefix", "digits"),
    [
        ("https://prüfung.example/q/", "123"),
        ("https://v.cert.example/", "123"),
        (PREFIX, ""),
        (PREFIX, "12a"),
        (PREFIX, "١٢٣"),
    ],
)
def test_only_a_certificate_link_is_drawn(prefix: str, digits: str) -> None:
    with pytest.raises(ValueError, match=r"link|digits"):
        symbol(prefix, digits)


def test_the_same_certificate_is_drawn_the_same() -> None:
    first, second = symbol(PREFIX, "1" * 500), symbol(PREFIX, "1" * 500)

    assert first == second
    assert to_png(first) == to_png(second)
    assert to_svg(first) == to_svg(second)


@pytest.mark.parametrize("size", [300, 301, 640])
def test_a_picture_has_the_size_asked_for_and_whole_pixels(size: int) -> None:
    drawn = symbol(PREFIX, "1" * 570)
    pixels = size // drawn.side
    margin = (size - pixels * drawn.side) // 2

    image = Image.open(BytesIO(to_png(drawn, size_px=size)))

    assert image.size == (size, size)
    modules = image.crop((margin, margin, margin + pixels * drawn.side, size))
    for x in range(drawn.side):
        column = {modules.getpixel((x * pixels + i, 4 * pixels)) for i in range(pixels)}
        assert column == {0 if drawn.modules[4][x] else 255}


def test_a_symbol_that_needs_more_pixels_gets_them() -> None:
    drawn = symbol(PREFIX, "1" * MOST_DIGITS)

    picture = to_png(drawn, size_px=300)

    assert Image.open(BytesIO(picture)).size == (drawn.side * 3, drawn.side * 3)
    assert read_codes(picture) == (PREFIX + "1" * MOST_DIGITS,)


def test_three_pixels_a_module_are_the_fewest() -> None:
    drawn = symbol(PREFIX, "1" * 570)

    assert dark_modules(to_png(drawn, pixels_per_module=3), 3) == [list(r) for r in drawn.modules]
    with pytest.raises(ValueError, match="too few pixels"):
        to_png(drawn, pixels_per_module=2)


def test_a_drawing_in_svg_shows_the_same_modules_in_millimetres() -> None:
    drawn = symbol(PREFIX, "1" * 570)

    svg = to_svg(drawn, module_mm=0.4)

    assert f'width="{drawn.side * 0.4:g}mm"' in svg
    assert f'viewBox="0 0 {drawn.side} {drawn.side}"' in svg
    assert 'shape-rendering="crispEdges"' in svg
    shown = [[False] * drawn.side for _ in range(drawn.side)]
    for start, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\3z", svg):
        for x in range(int(start), int(start) + int(length)):
            shown[int(y)][x] = True
    assert shown == [list(row) for row in drawn.modules]


def test_a_title_is_text_and_never_markup() -> None:
    drawn = Symbol(1, ((True,),))

    assert "<title>A &amp; B &lt;/svg&gt;</title>" in to_svg(drawn, title="A & B </svg>")
    assert "<title>" not in to_svg(drawn)
