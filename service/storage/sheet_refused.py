"""Why a sheet as a whole is not read: a stable code, the place, and a sentence for its owner."""

from collections.abc import Mapping

SENTENCES: Mapping[str, str] = {
    "MEDIA_TYPE_NOT_ALLOWED": "The file is neither a CSV file nor an XLSX workbook without macros, "
    "external links and embedded files.",
    "BODY_TOO_LARGE": "The file is too large, or grows too large when it is unpacked.",
    "SHEET_HEADER": "The header does not name every column that is needed exactly once.",
    "SHEET_ENCODING": "The text is not UTF-8: save it as CSV UTF-8, or as an XLSX workbook.",
    "SHEET_TOO_LONG": "The sheet has more rows than are read at once, or a row that is too long.",
    "SHEET_MALFORMED": "The file is damaged, or not built as its type says.",
    "SHEET_MERGED": "Cells are merged: each row needs its own values.",
    "SHEET_FORMULA": "A formula has no stored value: save the file in a spreadsheet first.",
}


class SheetRefused(Exception):
    """A sheet that is not read.

    `code` is a key of SENTENCES; `place` names a cell (`B17`), a line (`line 17`), a column or a
    member of the file, and is empty where the whole is at fault.
    """

    def __init__(self, code: str, place: str = "") -> None:
        super().__init__(f"{code}: {place}" if place else code)
        self.code = code
        self.place = place

    @property
    def sentence(self) -> str:
        """What is wrong and what to do, with the place."""
        said = SENTENCES[self.code]
        return f"{self.place}: {said}" if self.place else said
