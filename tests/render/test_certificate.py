"""The certificate as PDF: all that must stand on it, a code and a token that read back, signed."""

import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from shutil import which
from typing import Any

import pypdfium2
import pytest
import zxingcpp
from PIL import ImageDraw
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from keys.signer import KeySigner
from service.credential import picture_worker
from service.credential.picture import PictureRefused, one_certificate_code, read_codes
from service.domain.certificate import Kind, Site
from service.domain.refusal import Denied
from service.render import pades
from service.render.certificate import MAX_SHEETS, Printed, certificate_pdf
from service.render.wording import LANGUAGES, wording
from tests.credential.pictures import PRODUCT, SYSTEM, TOKEN
from tests.render.test_label import CODE, HOST
from tests.web.gallery import certificate

AT = 1_790_000_000
ABOVE = (("arrangement", "World Recognition Arrangement"),
         ("accreditation_body", "Northland Accreditation"))  # fmt: skip
SIGNER = KeySigner.unsafe_from_seed(b"a paper", "cert-1")


def printed(kind: Kind, **changes: Any) -> Printed:
    return Printed(
        certificate(kind)._replace(**changes), CODE, "Alderway Certification", HOST,
        "12 Quay Street, Larkmere", ("M. Lindqvist",), ABOVE,
    )  # fmt: skip


def _texts(pdf: bytes) -> list[str]:
    pages = pypdfium2.PdfDocument(pdf)
    return [" ".join(page.get_textpage().get_text_range().split()) for page in pages]


def _many_sites(count: int) -> Printed:
    one = certificate(Kind.MANAGEMENT_SYSTEM)
    assert one.organisation is not None
    sites = tuple(Site(f"Works {n:03d}", "GB", f"{n} Mill Lane, Larkmere") for n in range(count))
    return printed(Kind.MANAGEMENT_SYSTEM, organisation=one.organisation._replace(sites=sites))


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (Kind.MANAGEMENT_SYSTEM,  # ISO/IEC 17021-1, 8.2.2
         ["Harrow Cables Ltd", "4 Mill Lane, Larkmere", "ISO 9001:2015", "CB-A/2024/0113",
          "revision 1", "Design and manufacture of power and control cables", "iaf:17",
          "10 September 2024", "9 September 2027", "Alderway Certification", "12 Quay Street",
          "M. Lindqvist", "Northland Accreditation", "no. 0164", "not a product",
          "World Recognition Arrangement", "Sheet 1 of 1", HOST]),
        (Kind.PRODUCT,  # ISO/IEC 17065, 7.7
         ["Harrow Cables Ltd", "K7", "CS 6004:2019", "Scheme CABLE-5, type 5", "CB-P/2023/0007",
          "no fixed end", "Northland Accreditation", "nothing about other products", HOST]),
        (Kind.SERVICE, ["Harrow Cables Ltd", "approves no product", HOST]),
    ],
)  # fmt: skip
def test_everything_that_must_stand_on_it_does(kind: Kind, words: list[str]) -> None:
    (shown,) = _texts(certificate_pdf(printed(kind)))

    assert [word for word in words if word not in shown] == []


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("paper", ["A4", "Letter"])
@pytest.mark.parametrize("degrees", [0, 6, 90])
def test_it_is_one_sheet_and_its_code_reads_back_at_150_dpi(
    kind: Kind, paper: str, degrees: int
) -> None:
    document = pypdfium2.PdfDocument(certificate_pdf(printed(kind), paper=paper))
    picture = document[0].render(scale=150 / 72, grayscale=True).to_pil()
    turned = picture.rotate(degrees, expand=True, fillcolor=255)

    assert len(document) == 1
    assert [one.text for one in zxingcpp.read_barcodes(turned)] == [PRODUCT]


def test_every_language_has_every_word_with_the_same_facts() -> None:
    def facts(language: str) -> dict[str, set[str]]:
        words = wording(language)._words
        return {
            name: {part.partition("}")[0] for part in text.split("{")[1:]}
            for name, text in words.items()
            if isinstance(text, str)
        }

    assert len(LANGUAGES) == 6
    assert all(facts(language) == facts("en") for language in LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", list(Kind))
def test_it_is_one_sheet_in_every_language(kind: Kind, language: str) -> None:
    (shown,) = _texts(certificate_pdf(printed(kind), languages=[language]))

    assert "Harrow Cables Ltd" in shown
    assert wording(language).day(certificate(kind).decided) in shown.replace("\n", " ")


def test_several_languages_are_as_many_sheets_of_one_certificate() -> None:
    english, german = _texts(certificate_pdf(printed(Kind.PRODUCT), languages=["en", "de"]))

    assert "Sheet 1 of 2" in english
    assert "Blatt 2 von 2" in german


def test_many_sites_go_on_over_annexes_that_each_say_which_they_are() -> None:
    first, *annexes = _texts(certificate_pdf(_many_sites(120)))
    together = " ".join([first, *annexes])

    assert [n for n in range(120) if together.count(f"Works {n:03d}") != 1] == []
    assert "continued on the next sheet" in first
    for n, annex in enumerate(annexes, start=2):
        assert "Annex to certificate CB-A/2024/0113, revision 1" in annex
        assert f"Sheet {n} of {len(annexes) + 1}" in annex


def test_a_scope_that_is_too_long_for_the_front_stands_whole_in_the_annex() -> None:
    one = certificate(Kind.MANAGEMENT_SYSTEM)
    assert one.organisation is not None
    scope = "; ".join(f"assembly of part {n}" for n in range(200))
    paper = printed(Kind.MANAGEMENT_SYSTEM, organisation=one.organisation._replace(scope=scope))

    assert scope in " ".join(_texts(certificate_pdf(paper))[1:])


def test_more_than_ten_sheets_are_refused() -> None:
    with pytest.raises(Denied, match="CERTIFICATE_TOO_LONG"):
        certificate_pdf(_many_sites(60 * MAX_SHEETS))


@pytest.mark.parametrize(
    "name", ["Łódzka Fabryka Kabli", "Καλώδια Ελλάς", "Кабельний завод", "上海电缆有限公司",
             "日本ケーブル株式会社", "서울 케이블"],
)  # fmt: skip
def test_names_of_europe_and_east_asia_are_printed_with_embedded_letters(
    name: str, tmp_path: Path
) -> None:
    one = certificate(Kind.PRODUCT)
    pdf = certificate_pdf(printed(Kind.PRODUCT, holder=one.holder._replace(name=name)))
    file = tmp_path / "paper.pdf"
    file.write_bytes(pdf)

    assert name in _texts(pdf)[0]
    fonts = subprocess.run(
        [tool("pdffonts"), file], capture_output=True, text=True, check=True
    ).stdout.splitlines()[2:]
    assert fonts
    assert [line for line in fonts if line.split()[-5:-3] != ["yes", "yes"]] == []


@pytest.mark.parametrize("name", ["شركة الكابلات", "हैरो केबल्स", "สายเคเบิล"])
def test_letters_that_join_are_refused_and_never_printed_wrongly(name: str) -> None:
    one = certificate(Kind.PRODUCT)

    with pytest.raises(Denied, match="TEXT_NOT_PRINTABLE"):
        certificate_pdf(printed(Kind.PRODUCT, holder=one.holder._replace(name=name)))


def test_w17_what_others_wrote_is_text_and_nothing_else() -> None:
    one = certificate(Kind.PRODUCT)
    evil = one.holder._replace(name="<b>A</b> & <font size=99>\u202e")
    (shown,) = _texts(certificate_pdf(printed(Kind.PRODUCT, holder=evil)))

    assert "<b>A</b> & <font size=99>" in shown
    assert "\u202e" not in shown


def test_the_same_certificate_is_the_same_file() -> None:
    made = [certificate_pdf(printed(Kind.PRODUCT)) for _ in range(2)]

    assert made[0] == made[1]


@pytest.mark.parametrize(("languages", "paper"), [(["ar"], "A4"), (["en"], "A5")])
def test_there_is_no_other_language_or_paper(languages: list[str], paper: str) -> None:
    with pytest.raises(Denied, match="BAD_PARAMETER"):
        certificate_pdf(printed(Kind.PRODUCT), languages=languages, paper=paper)


def _signed(signer: KeySigner = SIGNER, token: str = TOKEN) -> bytes:
    return pades.signed(
        certificate_pdf(printed(Kind.PRODUCT)), token, signer,
        body="https://alderway.example", name="Alderway Certification", at=AT,
    )  # fmt: skip


def tool(name: str) -> str:
    found = which(name)
    assert found, f"{name} is missing: apt-get install poppler-utils"
    return found


def test_pdfsig_finds_the_signature_valid_and_made_by_the_certification_body(
    tmp_path: Path,
) -> None:
    file = tmp_path / "certificate.pdf"
    file.write_bytes(_signed())

    told = subprocess.run(
        [tool("pdfsig"), file], capture_output=True, text=True, check=False
    ).stdout

    assert "Signature is Valid." in told
    assert "ETSI.CAdES.detached" in told
    assert "Total document signed" in told
    assert "CN=Alderway Certification" in told
    assert "serialNumber=cert-1" in told


def test_pdfsig_finds_that_a_byte_was_changed(tmp_path: Path) -> None:
    changed = bytearray(_signed())
    changed[changed.index(b"/Title") + 9] ^= 1
    file = tmp_path / "certificate.pdf"
    file.write_bytes(changed)

    told = subprocess.run(
        [tool("pdfsig"), file], capture_output=True, text=True, check=False
    ).stdout

    assert "Signature is Valid." not in told
    assert "Digest Mismatch" in told


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA"])
def test_the_signature_holds_for_either_kind_of_key_and_states_its_time(algorithm: str) -> None:
    signer = KeySigner.unsafe_from_seed(b"another paper", "cert-2", algorithm)
    found = PdfFileReader(BytesIO(_signed(signer))).embedded_signatures[0]
    own = found.signer_cert

    status = validate_pdf_signature(found, ValidationContext(trust_roots=[own]))

    assert status.intact
    assert status.valid
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert found.self_reported_timestamp == datetime.fromtimestamp(AT, UTC)
    assert own.subject.native["serial_number"] == "cert-2"
    assert own.subject_alt_name_value.native == ["https://alderway.example"]


def test_the_token_is_found_in_the_file_even_where_the_code_is_cut_away() -> None:
    for made in (_signed(), pades.with_token(certificate_pdf(printed(Kind.PRODUCT)), TOKEN)):
        document = pypdfium2.PdfDocument(made)
        document[0].set_mediabox(0, 420, 595, 842)
        document[0].set_cropbox(0, 420, 595, 842)
        cut = BytesIO()
        document.save(cut)

        assert read_codes(cut.getvalue(), "application/pdf") == (TOKEN,)


def test_code_and_attached_token_of_one_certificate_count_once() -> None:
    paper = printed(Kind.PRODUCT)
    made = pades.with_token(certificate_pdf(paper), SYSTEM)

    assert one_certificate_code([SYSTEM, TOKEN]) == SYSTEM
    assert read_codes(made, "application/pdf") == (SYSTEM, PRODUCT)


def test_an_attached_token_that_is_not_the_printed_one_is_never_chosen_silently() -> None:
    made = pades.with_token(certificate_pdf(printed(Kind.PRODUCT)), TOKEN)

    with pytest.raises(PictureRefused, match="QR_MULTIPLE"):
        one_certificate_code(read_codes(made, "application/pdf"))


@pytest.mark.parametrize(
    "spoil",
    [lambda token: token.replace("e", "é"), lambda token: token * 200],
    ids=["not ASCII", "too long"],
)
def test_an_attachment_that_is_no_token_is_left_aside(spoil: Callable[[str], str]) -> None:
    pdf = certificate_pdf(printed(Kind.PRODUCT))
    document = pypdfium2.PdfDocument(pdf)
    document.new_attachment(pades.TOKEN_FILE).set_data(spoil(TOKEN).encode())
    document.new_attachment("other.jwt").set_data(TOKEN.encode())
    made = BytesIO()
    document.save(made)

    assert read_codes(made.getvalue(), "application/pdf") == (PRODUCT,)


def test_what_is_attached_has_the_name_that_the_reader_looks_for() -> None:
    assert pades.TOKEN_FILE == picture_worker.TOKEN_FILE


def test_a_picture_of_the_printed_certificate_reads_back_with_a_stain_on_it() -> None:
    picture = pypdfium2.PdfDocument(_signed())[0].render(scale=300 / 72).to_pil()
    draw = ImageDraw.Draw(picture)
    draw.ellipse((330, 2850, 400, 2920), fill=(120, 90, 60))

    assert [one.text for one in zxingcpp.read_barcodes(picture)] == [PRODUCT]
