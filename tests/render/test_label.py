"""Labels at print size, drawn by a real browser and as PDF, and read back."""

from collections.abc import Iterator
from io import BytesIO

import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageFilter
from playwright.sync_api import Browser

from service.credential.qr import symbol
from service.domain.certificate import Kind
from service.domain.refusal import Denied
from service.render.drawing import Drawing, pdf, png, svg
from service.render.label import product_label, system_mark
from service.render.sheet import PAPERS, fits, sheets
from tests.credential.pictures import PREFIX, PRODUCT, SYSTEM
from tests.web import test_browser as browsing
from tests.web.gallery import certificate

pytestmark = pytest.mark.browser
chromium = browsing.chromium
HOST = "verify.proofmark.example"
CODE = symbol(PREFIX, PRODUCT.removeprefix(PREFIX))


def _label(*, module_mm: float = 0.4, model: str | None = None) -> Drawing:
    return product_label(
        certificate(Kind.PRODUCT), CODE, body="Pellworth Products", host=HOST, model=model,
        module_mm=module_mm,
    )  # fmt: skip


def _pixels(chromium: Browser, drawn: Drawing, dpi: int) -> Image.Image:
    """The paper at a resolution: CSS has 96 pixels an inch."""
    context = chromium.new_context(device_scale_factor=dpi / 96)
    page = context.new_page()
    page.set_content(f"<body style='margin:8mm;background:#fff'>{svg(drawn)}</body>")
    picture = page.screenshot(full_page=True)
    context.close()
    return Image.open(BytesIO(picture)).convert("L")


def _read(picture: Image.Image) -> list[str]:
    return [one.text for one in zxingcpp.read_barcodes(picture)]


@pytest.fixture
def printed(chromium: Browser) -> Iterator[Image.Image]:
    yield _pixels(chromium, _label(), 300)


@pytest.mark.parametrize("degrees", [0, 7, 90, 180])
def test_a_label_reads_back_however_it_lies(printed: Image.Image, degrees: int) -> None:
    turned = printed.rotate(degrees, expand=True, fillcolor=255)

    assert _read(turned) == [PRODUCT]


@pytest.mark.parametrize("dpi", [150, 300, 600])
@pytest.mark.parametrize("module_mm", [0.33, 0.4, 0.5])
def test_as_png_it_reads_back_and_says_how_large_it_is(module_mm: float, dpi: int) -> None:
    label = _label(module_mm=module_mm)
    picture = Image.open(BytesIO(png(label, dpi)))

    assert _read(picture) == [PRODUCT]
    assert picture.info["dpi"][0] == pytest.approx(dpi, abs=0.1)
    assert picture.width / dpi * 25.4 == pytest.approx(label.width, abs=0.5)


@pytest.mark.parametrize(("degrees", "blur"), [(0, 0), (7, 0), (90, 0), (180, 1.5), (0, 1.5)])
def test_as_pdf_it_reads_back_however_it_lies(degrees: int, blur: float) -> None:
    page = pypdfium2.PdfDocument(pdf(_label()))[0]
    picture = page.render(scale=300 / 72, grayscale=True).to_pil()
    turned = picture.rotate(degrees, expand=True, fillcolor=255)

    assert _read(turned.filter(ImageFilter.GaussianBlur(blur))) == [PRODUCT]


@pytest.mark.parametrize("paper", PAPERS)
def test_a_sheet_holds_as_many_as_fit_and_each_reads_back_at_150_dpi(paper: str) -> None:
    label = _label(module_mm=0.33)
    full = fits(label, paper)
    content, pages = sheets([(label, full + 1)], paper)
    document = pypdfium2.PdfDocument(content)

    counts = [len(_read(page.render(scale=150 / 72).to_pil())) for page in document]
    assert (pages, counts) == (2, [full, 1])
    assert document[0].get_size() == pytest.approx([side / 25.4 * 72 for side in PAPERS[paper]])


def test_a_thousand_labels_are_drawn_once_and_shown_a_thousand_times() -> None:
    one, many = (len(sheets([(_label(), copies)], "A4")[0]) for copies in (1, 1000))

    assert many < 10 * one


def test_a_label_larger_than_the_sheet_is_refused() -> None:
    huge = Drawing(300, 50, "huge", ())

    with pytest.raises(Denied, match="BAD_PARAMETER"):
        sheets([(huge, 1)], "A4")


@pytest.mark.parametrize("module_mm", [0.33, 0.4, 0.5])
def test_it_reads_back_at_150_dpi(chromium: Browser, module_mm: float) -> None:
    assert _read(_pixels(chromium, _label(module_mm=module_mm), 150)) == [PRODUCT]


def test_it_reads_back_blurred(printed: Image.Image) -> None:
    assert _read(printed.filter(ImageFilter.GaussianBlur(1.5))) == [PRODUCT]


def test_it_says_model_number_and_the_address_to_expect() -> None:
    drawn, one = svg(_label()), certificate(Kind.PRODUCT)
    assert one.product is not None

    for text in (one.product.models[0], one.number, HOST, "PRODUCT CERTIFIED", "PELLWORTH"):
        assert f">{text}<" in drawn


def test_the_same_label_is_the_same_file() -> None:
    assert svg(_label()) == svg(_label())
    assert pdf(_label()) == pdf(_label())


@pytest.mark.parametrize(
    ("kind", "code", "why"),
    [(Kind.MANAGEMENT_SYSTEM, "MS_MARK_ON_PRODUCT", "not guarantee product quality"),
     (Kind.SERVICE, "BAD_PARAMETER", "no product")],
)  # fmt: skip
def test_what_certifies_no_product_gets_no_product_label(kind: Kind, code: str, why: str) -> None:
    with pytest.raises(Denied, match=code) as refused:
        product_label(certificate(kind), symbol(PREFIX, "1" * 90), body="A", host=HOST)
    assert why in refused.value.sentence


def test_the_mark_of_a_system_says_what_it_certifies() -> None:
    drawn = svg(system_mark(certificate(Kind.MANAGEMENT_SYSTEM), body="Alderway Certification"))

    assert "Certifies the organisation, not a product" in drawn
    assert SYSTEM not in drawn
    with pytest.raises(Denied, match="BAD_PARAMETER"):
        system_mark(certificate(Kind.PRODUCT), body="Pellworth")


@pytest.mark.parametrize(("module_mm", "refused"), [(0.19, True), (0.2, False), (1.0, False),
                                                   (1.01, True)])  # fmt: skip
def test_a_module_has_a_size_that_can_be_printed(module_mm: float, refused: bool) -> None:
    if refused:
        with pytest.raises(Denied, match="BAD_PARAMETER"):
            _label(module_mm=module_mm)
    else:
        assert _label(module_mm=module_mm)


def test_a_model_that_is_not_certified_gets_no_label() -> None:
    with pytest.raises(Denied, match="BAD_PARAMETER"):
        _label(model="K9")


def test_w16_what_others_wrote_is_text_and_nothing_else() -> None:
    one = certificate(Kind.PRODUCT)
    assert one.product is not None
    evil = one._replace(
        product=one.product._replace(brand="<script>alert(1)</script>\u202e"), number="A&B"
    )
    drawn = svg(product_label(evil, CODE, body="</svg><x>", host=HOST))

    assert "<script>" not in drawn
    assert "<x>" not in drawn
    assert "\u202e" not in drawn
    assert "A&amp;B" in drawn
