"""What an XLSX file may be before anything of it is inflated or built (security.md R22, 8).

A workbook is a zip of XML. Its directory is bounded before it is read, its members by their stated
sizes before they are inflated (`zipfile` gives no byte more than stated), and every XML member is
walked once, without building a tree, before openpyxl sees it: no document type (so no entity can
grow), no macros, no external links, no row or string of a million parts.
"""

import io
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import BinaryIO
from xml.parsers import expat

from service.storage.sheet_refused import SheetRefused

# Inflated, all members together: a sheet of 60,000 certificates has some 100 MiB.
MAX_INFLATED_BYTES = 256 * 1024 * 1024
MAX_MEMBERS = 500
# What zipfile reads and keeps before we can count: 500 members have some 50 KiB.
MAX_DIRECTORY_BYTES = 256 * 1024
# Elements in one row or one shared string, and in a member outside of rows and strings.
MAX_PARTS = 8_192
MAX_OUTSIDE = 200_000
MAX_STRINGS = 2_000_000
MAX_DEPTH = 64
# The last row that a spreadsheet has.
LAST_ROW = 1_048_576
# A text or tag: a cell holds 32,767 characters, each written with up to six.
MAX_PIECE_BYTES = 512 * 1024
_CHUNK = 64 * 1024
_END = b"PK\x05\x06"
_END_BYTES = 22
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
# What may have more than MAX_OUTSIDE elements, and is read piece by piece for that: root element,
# where its member stands, its unit, and how the package has to call it.
_SHEETS, _STRINGS = "worksheets/", "sharedStrings.xml"
_UNIT = {"worksheet": (_SHEETS, "row"), "sst": (_STRINGS, "si")}
_CALLED = {_SHEETS: "worksheet", _STRINGS: "sharedStrings"}
_MACROS = ("vbaproject", "macrosheets/", "activex/", "externallinks/", "embeddings/")


@dataclass(slots=True)
class Walked:
    """What a walk through a sheet found: its last row, merged ranges, formulas without a value."""

    last_row: int = 0
    merged: list[str] = field(default_factory=list)
    uncalculated: set[str] = field(default_factory=set)


def walk_workbook(file: BinaryIO) -> Mapping[str, Walked]:
    """Every XML member by its name, all within bounds. Raises SheetRefused."""
    _check_directory(file)
    try:
        with zipfile.ZipFile(file) as archive:
            members = archive.infolist()
            _check_members(members)
            return {
                member.filename: _walk(archive, member)
                for member in members
                if member.filename.endswith((".xml", ".rels"))
            }
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError):
        raise SheetRefused("SHEET_MALFORMED") from None


def _check_directory(file: BinaryIO) -> None:
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - 65_536 - _END_BYTES))
    tail = file.read()
    end = tail.rfind(_END)
    if end < 0 or len(tail) - end < _END_BYTES or b"PK\x06\x07" in tail[max(0, end - 20) : end]:
        raise SheetRefused("SHEET_MALFORMED")
    if int.from_bytes(tail[end + 12 : end + 16], "little") > MAX_DIRECTORY_BYTES:
        raise SheetRefused("BODY_TOO_LARGE")
    file.seek(0)


def _check_members(members: list[zipfile.ZipInfo]) -> None:
    names = [member.filename.lower() for member in members]
    for name in names:
        if any(part in name for part in _MACROS):
            raise SheetRefused("MEDIA_TYPE_NOT_ALLOWED", name)
    if len(members) > MAX_MEMBERS or len(set(names)) < len(names):
        raise SheetRefused("SHEET_MALFORMED")
    if sum(member.file_size for member in members) > MAX_INFLATED_BYTES:
        raise SheetRefused("BODY_TOO_LARGE")
    for member in members:
        plain = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
        if member.flag_bits & 1 or member.compress_type not in plain:
            raise SheetRefused("SHEET_MALFORMED", member.filename)


def _walk(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Walked:
    walker = _Walker(member.filename)
    try:
        with archive.open(member) as source:
            elements = within_one = 0
            while chunk := source.read(_CHUNK):
                walker.parser.Parse(chunk, False)
                within_one = within_one + len(chunk) if walker.elements == elements else 0
                elements = walker.elements
                if within_one > MAX_PIECE_BYTES:
                    raise SheetRefused("SHEET_TOO_LONG", member.filename)
            walker.parser.Parse(b"", True)
    except expat.ExpatError:
        raise SheetRefused("SHEET_MALFORMED", member.filename) from None
    return walker.walked


class _Walker:
    """Counts and remembers as expat goes through one member."""

    def __init__(self, name: str) -> None:
        self.walked = Walked()
        self.elements = 0
        self.parser = parser = expat.ParserCreate(namespace_separator=" ")
        self._name, self._unit = name, ""
        self._depth = self._outside = self._strings = 0
        self._within: int | None = None  # elements in this row or string, None outside of them
        self._place, self._formula, self._value, self._text = "", False, False, False
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end

    def _doctype(self, *_: object) -> None:
        raise SheetRefused("SHEET_MALFORMED", self._name)

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        space, _, name = tag.rpartition(" ")
        self._depth += 1
        self.elements += 1
        if self._depth == 1:
            self._root(space, name)
        if self._within is not None:
            self._within += 1
            self._in_row(name, attributes)
        elif name == self._unit and space == _MAIN:
            self._within = 0
            self._begin(name, attributes)
        else:
            self._outside += 1
            self._elsewhere(name, attributes)
        if (
            (self._within or 0) > MAX_PARTS
            or self._outside > MAX_OUTSIDE
            or self._depth > MAX_DEPTH
        ):
            raise SheetRefused("SHEET_MALFORMED", self._name)

    def _root(self, space: str, name: str) -> None:
        place, unit = _UNIT.get(name, ("", "")) if space == _MAIN else ("", "")
        if place not in self._name:
            raise SheetRefused("SHEET_MALFORMED", self._name)
        self._unit = unit

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        if name == "si":
            self._strings += 1
            if self._strings > MAX_STRINGS:
                raise SheetRefused("SHEET_TOO_LONG", self._name)
            return
        # Rows that do not ascend would be left out without a word.
        number = int(attributes.get("r", self.walked.last_row + 1))
        if not self.walked.last_row < number <= LAST_ROW:
            raise SheetRefused("SHEET_MALFORMED", f"row {number}")
        self.walked.last_row = number

    def _in_row(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._place, self._text = attributes.get("r", ""), attributes.get("t") == "str"
            self._formula = self._value = False
        elif name == "f":
            self._formula = True
        elif name == "v":
            # A formula may say that its value is the empty text; an empty number was never made.
            self._value = self._text
            if not self._text:
                self.parser.CharacterDataHandler = self._characters

    def _characters(self, text: str) -> None:
        self._value = self._value or bool(text)

    def _elsewhere(self, name: str, attributes: dict[str, str]) -> None:
        if name == "mergeCell":
            self.walked.merged.append(attributes.get("ref", ""))
        elif name in ("Override", "Default", "Relationship"):
            self._package(attributes)

    def _package(self, attributes: dict[str, str]) -> None:
        """What reads large members as a whole would build a tree of them."""
        target = attributes.get("PartName") or attributes.get("Target", "")
        called = attributes.get("ContentType") or attributes.get("Type", "")
        if "macroenabled" in called.lower():
            raise SheetRefused("MEDIA_TYPE_NOT_ALLOWED", self._name)
        kind = called.removesuffix("+xml").replace("/", ".").rpartition(".")[2]
        if not target or attributes.get("TargetMode") == "External":
            return
        for place, name in _CALLED.items():
            if (place in target and not target.endswith(".rels")) != (kind == name):
                raise SheetRefused("SHEET_MALFORMED", self._name)

    def _end(self, tag: str) -> None:
        space, _, name = tag.rpartition(" ")
        self._depth -= 1
        if name == self._unit and space == _MAIN:
            self._within = None
        elif name == "v":
            self.parser.CharacterDataHandler = None
        elif name == "c" and self._formula and not self._value:
            self.walked.uncalculated.add(self._place)
