"""The printed certificate: one sheet, all that must stand on it, and a code that reads back."""

from io import BytesIO

import pypdfium2
import pytest
import zxingcpp
from playwright.sync_api import Browser

from service.domain.certificate import Kind, Site
from service.render.paper import certificate_page
from tests.credential.pictures import PRODUCT
from tests.render.test_label import CODE, HOST
from tests.web import test_browser as browsing
from tests.web.gallery import certificate

pytestmark = pytest.mark.browser
chromium = browsing.chromium


def _page(kind: Kind, **changes: object) -> str:
    one = certificate(kind)._replace(**changes)  # type: ignore[arg-type]
    return certificate_page(
        one, CODE, body="Alderway Certification", accredited_by="Northland Accreditation", host=HOST
    )


def _printed(chromium: Browser, page: str, paper: str) -> pypdfium2.PdfDocument:
    context = chromium.new_context()
    sheet = context.new_page()
    sheet.set_content(page)
    raw = sheet.pdf(format=paper, print_background=True, prefer_css_page_size=paper == "A4")
    context.close()
    return pypdfium2.PdfDocument(BytesIO(raw))


@pytest.mark.parametrize("kind", list(Kind))
def test_it_is_one_sheet_and_its_code_reads_back_at_150_dpi(chromium: Browser, kind: Kind) -> None:
    document = _printed(chromium, _page(kind), "A4")
    picture = document[0].render(scale=150 / 72).to_pil()

    assert len(document) == 1
    assert [one.text for one in zxingcpp.read_barcodes(picture)] == [PRODUCT]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Kind.MANAGEMENT_SYSTEM,
         ["Harrow Cables Ltd", "4 Mill Lane, Larkmere", "ISO 9001:2015", "CB-A/2024/0113",
          "revision 1", "Design and manufacture of power and control cables", "iaf:17",
          "10 September 2024", "9 September 2027", "Alderway Certification",
          "Northland Accreditation", "no. 0164", "not a product", HOST]),
        (Kind.PRODUCT,
         ["Harrow Cables Ltd", "K7", "CS 6004:2019", "scheme CABLE-5, type 5", "CB-P/2023/0007",
          "no fixed end", "Northland Accreditation", "nothing about other products", HOST]),
        (Kind.SERVICE, ["Harrow Cables Ltd", "approves no product", HOST]),
    ],
)  # fmt: skip
def test_everything_that_must_stand_on_it_does(
    chromium: Browser, kind: Kind, words: list[str]
) -> None:
    document = _printed(chromium, _page(kind), "A4")
    text = " ".join(document[0].get_textpage().get_text_bounded().split())

    for word in words:
        assert word in text, word


def test_w16_what_others_wrote_is_text_and_reaches_nothing(chromium: Browser) -> None:
    holder = certificate(Kind.PRODUCT).holder._replace(
        name='<img src="file:///etc/passwd"><script>alert(1)</script>\u202e'
    )
    page = _page(Kind.PRODUCT, holder=holder)

    assert "<script" not in page
    assert "<img" not in page
    assert "\u202e" not in page
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")


def test_of_many_sites_none_is_lost(chromium: Browser) -> None:
    part = certificate(Kind.MANAGEMENT_SYSTEM).organisation
    assert part is not None
    sites = tuple(Site(f"Site {count:03}", "GB", f"{count} Mill Lane") for count in range(1, 121))
    page = _page(Kind.MANAGEMENT_SYSTEM, organisation=part._replace(sites=sites))
    document = _printed(chromium, page, "A4")
    # What is read out of a PDF may have white space between any two letters.
    text = "".join("".join(s.get_textpage().get_text_range().split()) for s in document)
    codes = [
        one.text
        for sheet in document
        for one in zxingcpp.read_barcodes(sheet.render(scale=150 / 72).to_pil())
    ]

    assert [one.name for one in sites if one.name.replace(" ", "") not in text] == []
    assert codes == [PRODUCT]
    assert len(document) > 1
