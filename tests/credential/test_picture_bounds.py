"""Uploaded files that could hurt: refused by their header and kind, before they are decoded."""

import zlib

import pytest
from PIL import Image, PngImagePlugin

from service.credential import picture, picture_worker
from service.credential.picture import PictureRefused, read_codes
from tests.credential.pictures import PRODUCT, SYSTEM, drawn, page, pdf, saved


def chunk(kind: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4) + kind + body + zlib.crc32(kind + body).to_bytes(4)


def png(width: int, height: int, *chunks: bytes) -> bytes:
    header = width.to_bytes(4) + height.to_bytes(4) + bytes([1, 0, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(chunks) + chunk(b"IEND", b"")


def with_chunk(picture_file: bytes, kind: bytes, body: bytes) -> bytes:
    after_header = 8 + 25
    return picture_file[:after_header] + chunk(kind, body) + picture_file[after_header:]


def refusal(data: bytes, declared_type: str | None = None) -> str:
    with pytest.raises(PictureRefused) as caught:
        read_codes(data, declared_type)
    return caught.value.code


@pytest.fixture
def nothing_is_decoded(monkeypatch: pytest.MonkeyPatch) -> None:
    def decode(*_: object) -> None:
        raise AssertionError("decoded")

    monkeypatch.setattr(picture, "_decode", decode)


@pytest.mark.parametrize(("width", "height"), [(14_000, 14_000), (60_000, 60_000), (5_001, 5_000)])
def test_a_png_of_too_many_pixels_is_refused_by_its_header(
    nothing_is_decoded: None, width: int, height: int
) -> None:
    bomb = png(width, height, chunk(b"IDAT", zlib.compress(bytes(1 << 20))))

    assert refusal(bomb, "image/png") == "IMAGE_TOO_LARGE"


def test_a_picture_of_25_megapixels_is_the_largest() -> None:
    assert read_codes(saved(Image.new("1", (5_000, 5_000), 1))) == ()
    assert refusal(saved(Image.new("1", (5_000, 5_001), 1))) == "IMAGE_TOO_LARGE"
    assert picture.MAX_PIXELS == picture_worker.MAX_PIXELS == 25_000_000


@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_of_too_many_pixels_is_refused_by_its_header(
    nothing_is_decoded: None, progressive: bool
) -> None:
    small = saved(Image.new("L", (16, 16)), "JPEG", progressive=progressive)
    frame = small.index(b"\xff\xc2" if progressive else b"\xff\xc0")
    bomb = small[: frame + 5] + (5_000).to_bytes(2) + (5_001).to_bytes(2) + small[frame + 9 :]

    assert refusal(bomb) == "IMAGE_TOO_LARGE"


def test_a_jpeg_may_not_show_its_size_to_one_reader_only(nothing_is_decoded: None) -> None:
    small = saved(Image.new("L", (16, 16)), "JPEG")

    assert refusal(small[:2] + b"\xff\xd0" + small[2:]) == "MEDIA_TYPE_NOT_ALLOWED"


def test_a_picture_of_many_frames_is_refused(nothing_is_decoded: None) -> None:
    frames = [Image.new("L", (64, 64), level) for level in (0, 128, 255)]
    animation = saved(frames[0], save_all=True, append_images=frames[1:])

    assert refusal(animation, "image/png") == "IMAGE_TOO_LARGE"


def test_of_several_pictures_in_a_photograph_the_first_is_read() -> None:
    photograph = saved(drawn(), "MPO", save_all=True, append_images=[drawn(PRODUCT)])

    assert read_codes(photograph, "image/jpeg") == (SYSTEM,)


def test_a_picture_of_endless_parts_is_refused(nothing_is_decoded: None) -> None:
    part = chunk(b"tEXt", b"")

    assert refusal(png(9, 9, part * picture.MAX_PARTS)) == "IMAGE_TOO_LARGE"
    with pytest.raises(AssertionError, match="decoded"):
        read_codes(png(9, 9, part * (picture.MAX_PARTS - 2)))


def test_a_file_of_10_mib_is_the_largest() -> None:
    largest = saved(drawn()).ljust(10 << 20, b"\0")

    assert read_codes(largest) == (SYSTEM,)
    assert refusal(largest + b"\0") == "BODY_TOO_LARGE"


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"SIMPLE  =                    T", id="FITS"),
        pytest.param(b"%!PS-Adobe-3.0 EPSF-3.0\n", id="EPS"),
        pytest.param(b"8BPS\0\1" + bytes(30), id="PSD"),
        pytest.param(b'<svg xmlns="http://www.w3.org/2000/svg"/>', id="SVG"),
        pytest.param(saved(Image.new("P", (9, 9)), "GIF"), id="GIF"),
        pytest.param(saved(Image.new("L", (9, 9)), "TIFF"), id="TIFF"),
        pytest.param(pdf(Image.new("L", (9, 9))), id="PDF"),
        pytest.param(saved(Image.new("L", (9, 9)), "JPEG"), id="JPEG"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_a_file_renamed_to_png_is_refused(nothing_is_decoded: None, data: bytes) -> None:
    assert refusal(data, "image/png") == "MEDIA_TYPE_NOT_ALLOWED"


def test_an_animated_gif_is_refused_as_a_gif(nothing_is_decoded: None) -> None:
    frames = [Image.new("P", (9, 9), level) for level in range(9)]
    animation = saved(frames[0], "GIF", save_all=True, append_images=frames[1:])

    assert refusal(animation, "image/gif") == refusal(animation) == "MEDIA_TYPE_NOT_ALLOWED"


@pytest.mark.parametrize(
    ("declared", "accepted"),
    [
        (None, True),
        ("image/png", True),
        ("Image/PNG; name=x.png", True),
        ("application/octet-stream", True),
        ("image/jpeg", False),
        ("application/pdf", False),
        ("text/html", False),
        ("", False),
    ],
)
def test_a_picture_must_be_what_it_is_declared_as(declared: str | None, accepted: bool) -> None:
    if accepted:
        assert read_codes(saved(drawn()), declared) == (SYSTEM,)
    else:
        assert refusal(saved(drawn()), declared) == "MEDIA_TYPE_NOT_ALLOWED"


def test_a_pdf_is_read_only_where_it_is_declared() -> None:
    document = pdf(page(SYSTEM))

    assert read_codes(document) == read_codes(document, "application/pdf") == (SYSTEM,)
    assert refusal(document, "application/octet-stream") == "MEDIA_TYPE_NOT_ALLOWED"
    assert refusal(b"\n" + document, "application/pdf") == "MEDIA_TYPE_NOT_ALLOWED"


BOMB = zlib.compress(bytes(16 << 20), 9)


@pytest.mark.parametrize(
    ("kind", "body"),
    [(b"zTXt", b"Comment\0\0" + BOMB), (b"iTXt", b"Comment\0\1\0\0\0" + BOMB), (b"iTXt", b"x")],
)
def test_compressed_text_in_a_png_is_never_inflated(
    nothing_is_decoded: None, kind: bytes, body: bytes
) -> None:
    before, after = with_chunk(saved(drawn()), kind, body), saved(drawn())
    after = after[:-12] + chunk(kind, body) + after[-12:]

    assert refusal(before) == refusal(after) == "MEDIA_TYPE_NOT_ALLOWED"


def test_plain_text_in_a_png_does_no_harm() -> None:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Software", "camera")
    notes.add_itxt("Comment", "Prüfzeichen")

    assert read_codes(saved(drawn(), pnginfo=notes)) == (SYSTEM,)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "PDF"])
@pytest.mark.parametrize("part", [0.1, 0.5])
def test_half_a_file_is_refused(kind: str, part: float) -> None:
    whole = saved(drawn(), kind)

    assert refusal(whole[: int(len(whole) * part)]) == "MEDIA_TYPE_NOT_ALLOWED"


def test_a_pdf_with_a_password_is_refused() -> None:
    lock = b"/Filter /Standard /V 1 /R 2 /O <%b> /U <%b> /P -4" % (b"11" * 32, b"22" * 32)
    locked = pdf(page(SYSTEM)).replace(
        b"trailer\n<<", b"trailer\n<< /ID [<00><00>] /Encrypt << %b >>" % lock
    )

    assert refusal(locked) == "MEDIA_TYPE_NOT_ALLOWED"


def test_a_pdf_of_ten_pages_is_the_longest() -> None:
    pages = [page()] * 9

    assert read_codes(pdf(*pages, page(SYSTEM))) == (SYSTEM,)
    assert refusal(pdf(*pages, page(), page(SYSTEM))) == "IMAGE_TOO_LARGE"


def test_a_poster_is_rendered_within_the_pixels() -> None:
    poster = pdf(drawn(), dpi=5)  # more than three metres wide

    assert read_codes(poster) == (SYSTEM,)
