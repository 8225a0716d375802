"""Sheets that people hand in: what is read of them, where it stands, and what is refused."""

import io
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.certificate import Kind
from service.domain.migration import EXAMPLE, headings
from service.domain.sheet import Cell, Heading, Row, guarded, letters, unguarded
from service.storage import lines, sheets, workbook, workbook_bounds
from service.storage.migration_template import template, template_csv
from service.storage.sheet_refused import SENTENCES
from service.storage.sheet_writing import csv_bytes, xlsx_bytes
from service.storage.sheets import CSV, XLSX, Sheet, SheetRefused, open_sheet

WANTED = (
    Heading("number", ("Certificate Number", "Certificate No"), required=True),
    Heading("holder", ("Certified Entity Name",), required=True),
    Heading("issued", ("Issue Date",)),
)
HEADER = "Certificate Number,Certified Entity Name,Issue Date"


def opened(raw: bytes) -> Sheet:
    return open_sheet(io.BytesIO(raw), WANTED)


def rows(raw: bytes) -> list[Row]:
    return list(opened(raw).rows())


def values(raw: bytes) -> list[list[str | date]]:
    return [[cell.value for cell in row.cells.values()] for row in rows(raw)]


def refusal(raw: bytes) -> SheetRefused:
    with pytest.raises(SheetRefused) as caught:
        rows(raw)
    return caught.value


def book(fill: Callable[[Any], object], *, header: Sequence[str] = HEADER.split(",")) -> bytes:
    made = openpyxl.Workbook()
    page = made.active
    assert page is not None
    page.append(list(header))
    fill(page)
    file = io.BytesIO()
    made.save(file)
    return file.getvalue()


def one_line(page: Any) -> None:
    page.append(["A-1", "Harrow", date(2026, 4, 3)])


def changed(raw: bytes, member: str, change: Callable[[bytes], bytes]) -> bytes:
    """A workbook with another content of one member, new if there is none."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(file, "w", 8) as new:
        names = dict.fromkeys([*old.namelist(), member])
        for name in names:
            content = old.read(name) if name in old.namelist() else b""
            new.writestr(name, change(content) if name == member else content)
    return file.getvalue()


SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"


def shared(strings: bytes) -> bytes:
    """A workbook as spreadsheets write it: its texts in a member of their own."""
    space = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    override = (
        b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats'
        b'-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
    )
    raw = changed(book(one_line), STRINGS, lambda _: space + strings + b"</sst>")
    raw = changed(raw, "[Content_Types].xml", lambda xml: xml.replace(b"</Types>", override))
    return changed(raw, SHEET, lambda xml: with_cell(xml, b'<c r="B2" t="s"><v>1</v></c>'))


def with_cell(xml: bytes, cell: bytes) -> bytes:
    start = xml.index(b'<c r="B2"')
    return xml[:start] + cell + xml[xml.index(b"</c>", start) + 4 :]


TWO_STRINGS = b"<si><t>Other</t></si><si><r><t>Har</t></r><r><t>row</t></r></si>"


# CSV


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("divider", [",", ";", "\t"])
def test_a_csv_is_read_with_its_own_line_ends_mark_and_divider(
    end: str, mark: str, divider: str
) -> None:
    text = end.join([HEADER.replace(",", divider), divider.join(["A-1", "Müller", "2026-04-03"])])

    found = rows(f"{mark}{text}{end}".encode())

    assert found == [
        Row(2, {
            "number": Cell("A2", "A-1"),
            "holder": Cell("B2", "Müller"),
            "issued": Cell("C2", "2026-04-03"),
        })
    ]  # fmt: skip


def test_quotes_hold_dividers_quotes_and_line_ends_and_rows_count_as_a_spreadsheet_has_them() -> (
    None
):
    raw = f'{HEADER}\nA-1,"Harrow, ""Sons""\r\nLeeds",x\nA-2,B,y\n'.encode()

    first, second = rows(raw)

    assert first.cells["holder"] == Cell("B2", 'Harrow, "Sons"\r\nLeeds')
    assert second.cells["number"] == Cell("A3", "A-2")


def test_blank_and_trailing_rows_are_no_certificates_and_keep_their_numbers() -> None:
    raw = f"{HEADER}\n\nA-1,B,\n,,\n  ,,\nA-2,C,\n,,\n\n".encode()

    assert [row.number for row in rows(raw)] == [3, 6]


def test_columns_in_any_order_under_any_title_with_others_between() -> None:
    raw = b"Remark,certified entity name *,CERTIFICATE NO (as printed)\nr,Harrow,A-1\n"

    sheet = opened(raw)

    assert sheet.columns == {"holder": "B1", "number": "C1"}
    assert sheet.ignored == (Cell("A1", "Remark"),)
    assert [row.cells["number"] for row in sheet.rows()] == [Cell("C2", "A-1")]


def test_a_title_line_may_stand_above_the_header() -> None:
    raw = f"Our certificates; 2026\n\n{HEADER.replace(',', ';')}\nA-1;B;C\n".encode()

    assert [row.number for row in rows(raw)] == [4]


def test_a_short_row_has_empty_cells() -> None:
    assert values(f"{HEADER}\nA-1\n".encode()) == [["A-1", "", ""]]


def test_umlauts_of_an_old_encoding_are_refused_with_their_line_and_what_to_do() -> None:
    raw = f"{HEADER}\nA-1,Harrow,\nA-2,Müller,\n".encode("cp1252")

    refused = refusal(raw)

    assert (refused.code, refused.place) == ("SHEET_ENCODING", "line 3")
    assert refused.sentence == (
        "line 3: The text is not UTF-8: save it as CSV UTF-8, or as an XLSX workbook."
    )


def test_text_of_two_bytes_a_character_is_refused() -> None:
    assert refusal(f"{HEADER}\nA-1,B,\n".encode("utf-16")).code == "SHEET_ENCODING"


@pytest.mark.parametrize(
    ("line", "place"), [('A-1,"B" c,', "line 2"), ('A-1,"B\nC,D', "line 3")], ids=["after", "open"]
)
def test_quotes_that_do_not_pair_are_refused(line: str, place: str) -> None:
    refused = refusal(f"{HEADER}\n{line}".encode())

    assert (refused.code, refused.place) == ("SHEET_MALFORMED", place)


@pytest.mark.parametrize(
    ("header", "place"),
    [
        ("Certificate Number,Issue Date", "Certified Entity Name"),
        ("Certificate Number,Certified Entity Name,certificate no", "C1"),
        ("Something,Else", ""),
        ("", ""),
    ],
)
def test_a_header_without_a_needed_column_or_with_one_twice_is_refused(
    header: str, place: str
) -> None:
    refused = refusal(f"{header}\nA-1,B,C\n".encode())

    assert (refused.code, refused.place) == ("SHEET_HEADER", place)


@pytest.mark.parametrize("further", [0, 1])
def test_a_record_is_bounded_also_over_several_lines(
    further: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = b'A-1,"B\nC",D\n'
    monkeypatch.setattr(lines, "MAX_RECORD_BYTES", len(HEADER) + 1)
    filled = line.replace(b"C", b"C" * (len(HEADER) + 1 - len(line) + 1 + further))
    raw = HEADER.encode() + b"\n" + filled

    if further:
        assert refusal(raw).code == "SHEET_TOO_LONG"
    else:
        assert len(rows(raw)) == 1


@pytest.mark.parametrize("file", ["csv", "xlsx"])
@pytest.mark.parametrize("more", [0, 1])
def test_a_sheet_has_so_many_rows_and_no_more(
    file: str, more: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sheets, "MAX_ROWS", 3)
    lines_ = [HEADER.split(","), *(["A", "B", "C"] for _ in range(3 + more))]
    raw = csv_bytes(lines_) if file == "csv" else xlsx_bytes({"One": lines_})

    if more:
        refused = refusal(raw)
        assert (refused.code, refused.place) == ("SHEET_TOO_LONG", "row 5")
    else:
        assert len(rows(raw)) == 3


@pytest.mark.parametrize("more", [0, 1])
def test_a_csv_has_so_many_bytes_and_no_more(more: int, monkeypatch: pytest.MonkeyPatch) -> None:
    raw = f"{HEADER}\nA-1,B,C\n".encode()
    monkeypatch.setattr(lines, "MAX_CSV_BYTES", len(raw) - more)

    if more:
        assert refusal(raw).code == "BODY_TOO_LARGE"
    else:
        assert len(rows(raw)) == 1


def test_sixty_thousand_rows_are_read_in_bounded_memory() -> None:
    line = b'MS-%06d,"Harrow Bearings Ltd, Leeds",2026-04-03\r\n'
    raw = io.BytesIO(HEADER.encode() + b"\r\n" + b"".join(line % n for n in range(60_000)))
    assert len(raw.getbuffer()) > 2_500_000

    tracemalloc.start()
    try:
        sheet = open_sheet(raw, WANTED)
        count = sum(1 for _ in sheet.rows())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert count == 60_000
    assert peak < 500_000


def test_reading_goes_on_after_a_row_and_tells_how_far_it_is() -> None:
    raw = csv_bytes([HEADER.split(","), *([f"A-{n}", "B", "C"] for n in range(10))])
    sheet = opened(raw)

    done = [sheet.done(row) for row in sheet.rows()]

    assert done == sorted(done)
    assert done[-1] == 1.0
    assert [row.number for row in sheet.rows(after=9)] == [10, 11]


# XLSX


def test_a_workbook_is_read_with_its_dates_numbers_and_texts() -> None:
    def fill(page: Any) -> None:
        page.append(["A-1", "Harrow", date(2026, 4, 3)])
        page.append([17, 1.5, datetime(2026, 4, 3, 15, 0)])  # noqa: DTZ001  # a workbook has no zones
        page.append(["A-3", True, 20260403])
        page.append(["A-4", "46115", 46115])

    raw = book(fill)

    assert opened(raw).media_type == XLSX
    assert values(raw) == [
        ["A-1", "Harrow", date(2026, 4, 3)],
        ["17", "1.5", date(2026, 4, 3)],
        ["A-3", "TRUE", "20260403"],
        ["A-4", "46115", "46115"],
    ]


def test_texts_that_a_workbook_shares_are_read() -> None:
    assert rows(shared(TWO_STRINGS))[0].cells["holder"] == Cell("B2", "Harrow")


def test_a_text_that_a_workbook_does_not_have_is_refused() -> None:
    assert refusal(shared(b"<si><t>Other</t></si>")).code == "SHEET_MALFORMED"


@pytest.mark.parametrize("more", [0, 1])
def test_a_workbook_shares_so_many_texts_and_no_more(
    more: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook_bounds, "MAX_STRINGS", 2)
    raw = shared(TWO_STRINGS + b"<si><t>x</t></si>" * more)

    if more:
        assert refusal(raw).code == "SHEET_TOO_LONG"
    else:
        assert len(rows(raw)) == 1


def test_rows_and_cells_that_a_workbook_leaves_out_keep_the_places_of_the_others() -> None:
    def fill(page: Any) -> None:
        page["C17"] = "2026-04-03"
        page["A40"].number_format = "yyyy"

    (row,) = rows(book(fill))

    assert row == Row(
        17,
        {"number": Cell("A17", ""), "holder": Cell("B17", ""), "issued": Cell("C17", "2026-04-03")},
    )


def test_the_first_visible_sheet_with_the_header_is_read() -> None:
    made = openpyxl.Workbook()
    hidden, notes, real = made.active, made.create_sheet("Notes"), made.create_sheet("Real")
    assert hidden is not None
    hidden.sheet_state = "hidden"
    for page, number in ((hidden, "HIDDEN"), (real, "A-1")):
        page.append(HEADER.split(","))
        page.append([number, "B", "C"])
    notes.append(["Read me"])
    file = io.BytesIO()
    made.save(file)

    assert values(file.getvalue()) == [["A-1", "B", "C"]]


@pytest.mark.parametrize(
    ("stored", "value"),
    [(b'<c r="B2" t="str"><f>X</f><v>Harrow</v></c>', "Harrow"),
     (b'<c r="B2" t="str"><f>X</f><v></v></c>', ""),
     (b'<c r="B2"><f>X</f><v>17</v></c>', "17")],
)  # fmt: skip
def test_a_formula_counts_as_the_value_stored_with_it(stored: bytes, value: str) -> None:
    raw = changed(book(one_line), SHEET, lambda xml: with_cell(xml, stored))

    assert rows(raw)[0].cells["holder"] == Cell("B2", value)


@pytest.mark.parametrize("stored", [b"", b"<v></v>", b"<v/>"])
def test_a_formula_without_a_stored_value_is_refused_with_its_place(stored: bytes) -> None:
    cell = b'<c r="B2"><f>X</f>' + stored + b"</c>"
    raw = changed(book(one_line), SHEET, lambda xml: with_cell(xml, cell))

    refused = refusal(raw)

    assert (refused.code, refused.place) == ("SHEET_FORMULA", "B2")


@pytest.mark.parametrize(
    ("merged", "code", "place"),
    [("B1:C1", "SHEET_HEADER", "B1"), ("A1:A2", "SHEET_HEADER", "A1"),
     ("A2:A3", "SHEET_MERGED", "A2")],
)  # fmt: skip
def test_merged_cells_in_the_header_or_below_are_refused(
    merged: str, code: str, place: str
) -> None:
    def fill(page: Any) -> None:
        page.append(["A-1", "B", "C"])
        page.append(["A-2", "B", "C"])
        # Merged without emptying the others, as some programs do.
        page.merged_cells.add(merged)

    refused = refusal(book(fill))

    assert (refused.code, refused.place) == (code, place)


def test_a_merged_title_above_the_header_is_no_harm() -> None:
    def fill(page: Any) -> None:
        page.append(HEADER.split(","))
        page.append(["A-1", "B", "C"])
        page.merge_cells("A1:C1")

    assert values(book(fill, header=["Our certificates"])) == [["A-1", "B", "C"]]


@pytest.mark.parametrize(
    "raw",
    [
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 an old workbook",
        b"%PDF-1.7",
        b"\x89PNG\r\n",
        b"\x1f\x8b\x08",
        b"<html><table>",
        b'{"certificates": []}',
        HEADER.encode() + b"\nA\0B,C,D",
    ],
)
def test_another_type_of_file_is_refused_by_its_first_bytes(raw: bytes) -> None:
    assert refusal(raw).code == "MEDIA_TYPE_NOT_ALLOWED"


@pytest.mark.parametrize(
    "member",
    ["xl/vbaProject.bin", "xl/externalLinks/externalLink1.xml", "xl/macrosheets/sheet1.xml",
     "xl/embeddings/oleObject1.bin"],
)  # fmt: skip
def test_macros_external_links_and_embedded_files_are_refused(member: str) -> None:
    raw = changed(book(one_line), member, lambda _: b"<x/>")

    refused = refusal(raw)

    assert (refused.code, refused.place) == ("MEDIA_TYPE_NOT_ALLOWED", member.lower())


def test_a_workbook_that_calls_itself_macro_enabled_is_refused() -> None:
    raw = changed(
        book(one_line),
        "[Content_Types].xml",
        lambda xml: xml.replace(
            b"vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
            b"vnd.ms-excel.sheet.macroEnabled.main+xml",
        ),
    )

    assert refusal(raw).code == "MEDIA_TYPE_NOT_ALLOWED"


def test_a_zip_bomb_is_refused_before_it_is_inflated() -> None:
    raw = changed(book(one_line), "xl/media/a.xml", lambda _: b" " * (300 * 1024 * 1024))
    assert len(raw) < 1024 * 1024

    tracemalloc.start()
    try:
        refused = refusal(raw)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert refused.code == "BODY_TOO_LARGE"
    assert peak < 5 * 1024 * 1024


def test_a_member_that_says_less_than_it_holds_is_refused() -> None:
    raw = bytearray(changed(book(one_line), "xl/media/a.xml", lambda _: b"<a>" + b" " * 9_000_000))
    at = raw.rindex(b"xl/media/a.xml") - 46  # its entry in the directory
    raw[at + 24 : at + 28] = (100).to_bytes(4, "little")

    assert refusal(bytes(raw)).code == "SHEET_MALFORMED"


LAUGHS = b"""<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY a "lol">""" + b"".join(
    b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(9)
)


@pytest.mark.parametrize("member", [SHEET, STRINGS, "xl/styles.xml"])
def test_a_billion_laughs_are_refused_at_the_document_type(member: str) -> None:
    def laugh(xml: bytes) -> bytes:
        start = xml.index(b"<", xml.index(b"?>") if b"?>" in xml else 0)
        return LAUGHS + b"]>" + xml[start:]

    began = time.perf_counter()
    refused = refusal(changed(shared(TWO_STRINGS), member, laugh))

    assert (refused.code, refused.place) == ("SHEET_MALFORMED", member)
    assert time.perf_counter() - began < 1


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_document_type_is_found_in_any_encoding(encoding: str) -> None:
    text = f'<?xml version="1.0" encoding="{encoding}"?><!DOCTYPE a SYSTEM "file:///x"><a/>'
    raw = changed(book(one_line), "docProps/core.xml", lambda _: text.encode(encoding))

    assert refusal(raw).place == "docProps/core.xml"


@pytest.mark.parametrize("more", [0, 1])
def test_a_row_has_so_many_parts_and_no_more(more: int) -> None:
    cell = b'<c r="B2" t="str"><v>Harrow</v></c>'
    parts = workbook_bounds.MAX_PARTS - 3 - 2 - 2 + more  # a text in the cell, a formula's, a date

    def fill(xml: bytes) -> bytes:
        return with_cell(xml, cell).replace(
            b"</row></sheetData>", b"<c/>" * parts + b"</row></sheetData>"
        )

    raw = changed(book(one_line), SHEET, fill)

    if more:
        assert refusal(raw).code == "SHEET_MALFORMED"
    else:
        assert rows(raw)[0].cells["holder"].value == "Harrow"


def test_a_text_of_a_workbook_is_bounded() -> None:
    longest = workbook_bounds.MAX_PIECE_BYTES + 128 * 1024
    raw = shared(b"<si><t>" + b"x" * longest + b"</t></si>" + TWO_STRINGS)

    refused = refusal(raw)

    assert (refused.code, refused.place) == ("SHEET_TOO_LONG", STRINGS)


def test_the_longest_text_that_a_cell_can_hold_is_read() -> None:
    raw = shared(b"<si><t/></si><si><t>" + b"&quot;" * 32_767 + b"</t></si>")

    assert rows(raw)[0].cells["holder"].value == '"' * 32_767


def test_elements_outside_of_rows_are_bounded_and_rows_of_another_language_are_none() -> None:
    foreign = b'<z:row xmlns:z="urn:z"/>' * (workbook_bounds.MAX_OUTSIDE + 1)
    raw = changed(
        book(one_line), SHEET, lambda xml: xml.replace(b"</sheetData>", foreign + b"</sheetData>")
    )

    assert refusal(raw).code == "SHEET_MALFORMED"


def test_a_sheet_that_is_called_something_else_is_refused() -> None:
    def call(xml: bytes) -> bytes:
        return xml.replace(b"/relationships/worksheet", b"/relationships/chartsheet")

    raw = changed(book(one_line), "xl/_rels/workbook.xml.rels", call)

    assert refusal(raw).code == "SHEET_MALFORMED"


@pytest.mark.parametrize("number", ["1", "1048577", "99999999999999"])
def test_rows_that_do_not_ascend_or_lie_beyond_the_last_are_refused(number: str) -> None:
    raw = changed(
        book(one_line), SHEET, lambda xml: xml.replace(b'<row r="2"', f'<row r="{number}"'.encode())
    )

    refused = refusal(raw)

    assert (refused.code, refused.place) == ("SHEET_MALFORMED", f"row {number}")


@pytest.mark.parametrize("more", [0, 1])
def test_a_workbook_has_so_many_bytes_and_no_more(
    more: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = book(one_line)
    monkeypatch.setattr(workbook, "MAX_XLSX_BYTES", len(raw) - more)

    if more:
        assert refusal(raw).code == "BODY_TOO_LARGE"
    else:
        assert len(rows(raw)) == 1


def test_a_directory_of_a_hundred_thousand_members_is_not_read() -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(10_000):
            archive.writestr(f"{number}", b"")

    assert refusal(file.getvalue()).code == "BODY_TOO_LARGE"


@given(st.binary(max_size=300), st.integers(0, 10_000))
def test_no_damage_to_a_workbook_raises_anything_else(noise: bytes, place: int) -> None:
    at = place % len(_WHOLE)
    raw = _WHOLE[:at] + noise + _WHOLE[at + len(noise) :]

    _read_or_refused(raw)


@given(st.binary(max_size=400))
def test_no_bytes_at_all_raise_anything_else(raw: bytes) -> None:
    _read_or_refused(HEADER.encode() + b"\n" + raw)
    _read_or_refused(raw)


_WHOLE = book(one_line)


def _read_or_refused(raw: bytes) -> None:
    try:
        found: Iterable[Row] = rows(raw)
    except SheetRefused as refused:
        assert refused.code in SENTENCES
    else:
        assert all(row.cells.keys() >= {"number", "holder"} for row in found)


# What we hand out


COMMANDS = [
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    ";=cmd",
    "'=1",
    "''=1",
    "'",
    "' =",
    "=",
    "",
]


@pytest.mark.parametrize("text", COMMANDS)
@pytest.mark.parametrize("write", [csv_bytes, lambda lines_: xlsx_bytes({"One": lines_})])
def test_w03_a_command_is_written_as_a_text_and_reads_back_as_it_was(
    text: str, write: Callable[[list[list[str]]], bytes]
) -> None:
    raw = write([HEADER.split(","), ["A-1", text, "x"]])

    assert values(raw) == [["A-1", text, "x"]]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n1", "\0="])
def test_no_cell_that_is_written_begins_as_a_command(text: str) -> None:
    assert guarded(text) == f"'{text}"


@given(st.text())
def test_the_guard_comes_off_as_it_went_on(text: str) -> None:
    assert unguarded(guarded(text)) == text


def test_a_written_workbook_has_no_formula() -> None:
    raw = xlsx_bytes({"One": [HEADER.split(","), ["=1+1", "B", date(2026, 4, 3)]]})

    page = openpyxl.load_workbook(io.BytesIO(raw)).active
    assert page is not None
    assert [cell.data_type for cell in page[2]] == ["s", "s", "d"]


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize(("write", "media_type"), [(template, XLSX), (template_csv, CSV)])
def test_a_template_can_be_filled_in_and_handed_in(
    kind: Kind, write: Callable[[Kind], bytes], media_type: str
) -> None:
    sheet = open_sheet(io.BytesIO(write(kind)), headings())

    (row,) = sheet.rows()

    assert sheet.media_type == media_type
    assert sheet.ignored == ()
    assert row.cells["identity"].value == EXAMPLE


def test_a_template_explains_every_column_it_has() -> None:
    book_ = openpyxl.load_workbook(io.BytesIO(template(Kind.PRODUCT)))

    titles = [cell.value for cell in book_["Certificates"][1]]

    assert [row[0].value for row in book_["Explanation"].iter_rows(2, len(titles) + 1)] == titles


@pytest.mark.parametrize(("column", "name"), [(1, "A"), (26, "Z"), (27, "AA"), (703, "AAA")])
def test_columns_are_named_as_in_a_spreadsheet(column: int, name: str) -> None:
    assert letters(column) == name
