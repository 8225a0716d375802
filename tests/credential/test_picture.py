"""Codes on uploaded pictures: found however they were photographed, and never chosen among."""

import pytest
from PIL import Image, ImageFilter

from service.credential.packing import pack
from service.credential.picture import PictureRefused, one_certificate_code, read_codes
from tests.credential.pictures import PREFIX, PRODUCT, SYSTEM, TOKEN, drawn, page, pdf, saved


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_code_is_read_from_a_picture(kind: str) -> None:
    assert read_codes(saved(drawn(), kind), f"image/{kind.lower()}") == (SYSTEM,)


@pytest.mark.parametrize("degrees", [17, 45, 90, 180, 261])
def test_a_code_is_read_from_any_side(degrees: int) -> None:
    turned = drawn().rotate(degrees, expand=True, fillcolor=255, resample=Image.Resampling.BICUBIC)

    assert read_codes(saved(turned)) == (SYSTEM,)


def test_a_blurred_code_is_read() -> None:
    assert read_codes(saved(drawn().filter(ImageFilter.GaussianBlur(3)), "JPEG")) == (SYSTEM,)


def test_a_code_photographed_at_an_angle_is_read() -> None:
    lens = (1.15, 0.12, -80, 0.03, 1.2, -60, 0.0002, 0.0004)
    tilted = drawn().transform(
        (700, 700), Image.Transform.PERSPECTIVE, lens, Image.Resampling.BICUBIC, fillcolor=255
    )

    assert read_codes(saved(tilted, "JPEG", quality=50)) == (SYSTEM,)


def test_a_light_code_on_dark_is_read() -> None:
    assert read_codes(saved(drawn().point(lambda level: 255 - level))) == (SYSTEM,)


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P"])
def test_a_code_on_nothing_is_read_as_on_white_paper(mode: str) -> None:
    code = drawn()
    clear = Image.new("RGBA", code.size, (0, 0, 0, 0))
    clear.paste((0, 0, 0, 255), mask=code.point(lambda level: 255 - level))

    assert read_codes(saved(clear.convert(mode))) == (SYSTEM,)


def test_a_picture_of_sixteen_bits_is_read() -> None:
    code = drawn()
    levels = b"".join(bytes([0, level]) for level in code.tobytes())

    assert read_codes(saved(Image.frombytes("I;16", code.size, levels))) == (SYSTEM,)


def test_a_picture_in_the_colours_of_print_is_read() -> None:
    assert read_codes(saved(drawn().convert("RGB").convert("CMYK"), "JPEG")) == (SYSTEM,)


def test_a_page_scanned_at_150_dpi_is_read() -> None:
    assert read_codes(pdf(page(SYSTEM)), "application/pdf") == (SYSTEM,)


def test_every_code_on_every_page_is_found_once() -> None:
    pages = page(SYSTEM), page(), page(SYSTEM, PRODUCT)

    assert read_codes(pdf(*pages), "application/pdf") == (SYSTEM, PRODUCT)


def test_a_picture_without_a_code_has_none() -> None:
    assert read_codes(saved(Image.new("L", (400, 300), 200))) == ()


def test_the_certificate_is_found_among_other_codes() -> None:
    texts = ("https://shop.example/kettle", "05012345678900", SYSTEM)

    assert one_certificate_code(texts) == SYSTEM


@pytest.mark.parametrize(
    "texts", [(), ("javascript:alert(1)", "WIFI:S:x;;", "http://verify.example/c/CB-A/1", "123")]
)
def test_a_picture_without_a_certificate_code_is_refused(texts: tuple[str, ...]) -> None:
    with pytest.raises(PictureRefused, match="QR_NOT_RECOGNISED"):
        one_certificate_code(texts)


def test_two_certificates_in_a_picture_are_refused() -> None:
    texts = read_codes(saved(page(SYSTEM, PRODUCT)))

    assert texts == (SYSTEM, PRODUCT)
    with pytest.raises(PictureRefused, match="QR_MULTIPLE"):
        one_certificate_code(texts)


def test_a_certificate_beside_one_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(PictureRefused, match="QR_MULTIPLE"):
        one_certificate_code((SYSTEM, SYSTEM + "0"))


def test_the_same_certificate_twice_counts_once() -> None:
    signed_again = TOKEN[:-4] + "AAAA"
    spellings = (SYSTEM, SYSTEM.removeprefix(PREFIX), TOKEN, PREFIX + pack(signed_again))

    assert read_codes(saved(page(SYSTEM, SYSTEM))) == (SYSTEM,)
    assert one_certificate_code(spellings) == SYSTEM
