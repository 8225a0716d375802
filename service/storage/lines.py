"""The records of a CSV file, one by one, in bounded memory (RFC 4180).

UTF-8 with or without a byte order mark; lines end with LF or CRLF, also within quotes; the divider
is the one of `,`, `;` and tab with which the first lines name most of the wanted columns. A line
that is no UTF-8 is named, for nothing is guessed: the same byte is another letter in each of the
old encodings.
"""

import csv
import io
from collections.abc import Collection, Iterator
from itertools import islice
from typing import BinaryIO

from service.domain.sheet import folded
from service.storage.sheet_refused import SheetRefused

MAX_CSV_BYTES = 512 * 1024 * 1024
# One record, its lines together: the longest certificate has some 100,000 characters of models.
# A single field has at most the 131,072 characters that the csv module takes.
MAX_RECORD_BYTES = 1024 * 1024
_DIVIDERS = ",;\t"
_MARK = b"\xef\xbb\xbf"
_LOOK_AT_LINES = 20


class Lines:
    """A CSV file; `titles` are the folded titles of the wanted columns. Raises SheetRefused."""

    def __init__(self, file: BinaryIO, titles: Collection[str]) -> None:
        self._file = file
        self._size = file.seek(0, io.SEEK_END)
        if self._size > MAX_CSV_BYTES:
            raise SheetRefused("BODY_TOO_LARGE")
        self._line = self._record = self._read = 0
        first = []
        for line in islice(self._lines(), _LOOK_AT_LINES):
            first.append(line)
            self._record = 0
        self._divider = max(_DIVIDERS, key=lambda one: _named(first, one, titles))

    def _lines(self) -> Iterator[str]:
        """The lines as text, counted, and with the bytes of the record under way."""
        self._file.seek(0)
        self._line = self._record = self._read = 0
        while raw := self._file.readline(MAX_RECORD_BYTES + 1):
            self._line += 1
            self._record += len(raw)
            self._read += len(raw)
            if self._record > MAX_RECORD_BYTES:
                raise SheetRefused("SHEET_TOO_LONG", f"line {self._line}")
            plain = raw.removeprefix(_MARK) if self._line == 1 else raw
            try:
                line = plain.decode("utf-8")
            except UnicodeDecodeError:
                raise SheetRefused("SHEET_ENCODING", f"line {self._line}") from None
            yield line

    def records(self) -> Iterator[tuple[int, list[str]]]:
        """Every record with its number, as a spreadsheet counts rows: blank ones too."""
        reader = csv.reader(self._lines(), delimiter=self._divider, strict=True)
        number = 0
        while True:
            self._record = 0
            try:
                values = next(reader, None)
            except csv.Error:
                raise SheetRefused("SHEET_MALFORMED", f"line {self._line}") from None
            if values is None:
                return
            number += 1
            yield number, values

    def done(self, number: int) -> float:
        """How much of the file lies behind, from 0 to 1, by the bytes that were read."""
        return self._read / max(1, self._size)

    def check_merged(self, header: int) -> None:
        """Nothing is merged in a CSV."""


def _named(lines: list[str], divider: str, titles: Collection[str]) -> int:
    """The most columns that any of the lines names with a divider."""
    try:
        records = list(csv.reader(lines, delimiter=divider))
    except csv.Error:
        return 0
    return max((sum(folded(value) in titles for value in one) for one in records), default=0)
