"""What a workbook file may hold before anything in it is believed.

An .xlsx file is a zip of XML files. A small one can unpack to gigabytes, name a cell in column
16384 of row 1048576, or define entities that grow without end; and a formula whose result was
never stored reads as 0. Sizes, cells and formulas are looked at here, before the values are read.
"""

import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from xml.etree import ElementTree
from xml.parsers import expat

from allocator.faults import shown

UNPACKED = 40_000_000
"""Most bytes that a workbook may unpack to."""
PARTS = 2_000
"""Most files in a workbook."""
ROWS, COLUMNS, CELLS = 20_000, 2_000, 400_000
"""Largest row and column with a cell, and most cells of a sheet."""
AREA = 2_000_000
"""Most cells of the rectangle around all cells of a sheet: that much is read into memory."""
DAMAGED = (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError)
"""What reading a broken zip raises."""
UNREADABLE = (ElementTree.ParseError, expat.ExpatError, ValueError, LookupError)
"""What a parser of XML raises; an encoding that nobody knows is not found."""
_TINY = re.compile(r"[-+]?[\d.]*[1-9][\d.]*[eE]-\d{3,8}", re.ASCII)
"""Numbers with a digit other than 0 that may yet be too small."""
ANEW = "open the file in a spreadsheet and save it anew as .xlsx"
"""Hint for what no spreadsheet writes."""
_NAME = re.compile(r"([A-Z]{1,3})(\d{1,7})", re.ASCII)
"""Name of a cell."""
_PLACE = re.compile(r"(?:/?xl/)?(worksheets/[\w.-]+\.xml)", re.ASCII)
"""A link to a worksheet that every reader follows to the same file."""
_CELLS = b"sheetData"
"""What every file has from which a reader could take cells."""
_COUNT = "uniqueCount"
"""How many texts a workbook says it has; readers make room for as many."""
_WORKBOOK = "xl/workbook.xml"
_TYPES = "[Content_Types].xml"


class UnfitError(Exception):
    """A workbook that is not read; the text says why, ``sheet`` and ``cell`` where."""

    def __init__(self, rule: str, hint: str = "", sheet: str = "", cell: str = "") -> None:
        """Keep the rule, the hint and the place."""
        super().__init__(rule)
        self.rule = rule
        self.hint = hint
        self.sheet = sheet
        self.cell = cell


@dataclass
class Cells:
    """Cells of a sheet that are not plain values.

    Attributes:
        unsaved: formulas without a stored result.
        errors: cells that show an error, such as ``#REF!``, with what they show.
        tiny: numbers that double precision would read as 0.
    """

    unsaved: list[str] = field(default_factory=list)
    errors: dict[str, str] = field(default_factory=dict)
    tiny: list[str] = field(default_factory=list)


def looked_into(content: bytes) -> dict[str, Cells]:
    """The unusual cells of every worksheet, by its name.

    Files that hold cells and belong to no sheet are looked into as well: readers differ in which
    file they take for a sheet.

    Raises:
        UnfitError: the file is no workbook, or beyond a limit.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            _check_sizes(archive)
            names = set(archive.namelist())
            if _WORKBOOK not in names or _TYPES not in names:
                raise UnfitError("is not an Excel workbook", "save it as .xlsx")
            parts = {name: _part(archive, name) for name in names if not name.endswith("/")}
    except DAMAGED as bad:
        raise UnfitError("is not an Excel workbook, or is damaged", "save it as .xlsx") from bad
    for text in parts.values():
        if _COUNT.encode() in text:
            _check_count(text)
    sheets = dict(_sheets(parts))
    for name, text in parts.items():
        if name not in sheets.values() and _CELLS in text:
            _cells(text, name)
    return {sheet: _cells(parts[path], sheet) for sheet, path in sheets.items()}


def _check_sizes(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    if len(entries) > PARTS:
        raise UnfitError(f"holds {len(entries)} files, more than {PARTS}")
    if any(entry.flag_bits & 1 for entry in entries):
        raise UnfitError("is protected by a password", "save it without one")
    # For some readers case and the kind of slash make no other name.
    if len({entry.filename.replace("\\", "/").lower() for entry in entries}) < len(entries):
        raise UnfitError("holds two files of one name", "save it anew as .xlsx")
    size = sum(entry.file_size for entry in entries)
    if size > UNPACKED:
        raise UnfitError(f"unpacks to {size / 1e6:.0f} MB, more than {UNPACKED / 1e6:.0f} MB")


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    """A file of the workbook; one of XML defines no entities."""
    with archive.open(name) as file:
        text = file.read(UNPACKED)
    if not name.lower().endswith((".xml", ".rels")) and _CELLS not in text:
        return text
    if text.startswith((b"\xff\xfe", b"\xfe\xff")) or b"<!DOCTYPE" in text or b"<!ENTITY" in text:
        raise UnfitError("holds XML that no spreadsheet writes", "save it anew as .xlsx")
    return text


def _sheets(parts: dict[str, bytes]) -> Iterator[tuple[str, str]]:
    """Name and file of every worksheet that is kept where spreadsheets keep them."""
    try:
        links = ElementTree.fromstring(parts.get("xl/_rels/workbook.xml.rels", b"<none/>"))
        book = ElementTree.fromstring(parts[_WORKBOOK])
    except UNREADABLE as error:
        raise UnfitError("is damaged: its XML cannot be read") from error
    targets = _once((link.get("Id", ""), link.get("Target", "")) for link in links)
    sheets = [sheet for sheet in book.iter() if sheet.tag.rpartition("}")[2] == "sheet"]
    named = _once(
        (sheet.get("name", ""), " ".join(v for k, v in sheet.attrib.items() if k.endswith("}id")))
        for sheet in sheets
    )
    for name, link in named.items():
        place = _PLACE.fullmatch(targets.get(link, ""))
        if place and f"xl/{place[1]}" in parts:
            yield name, f"xl/{place[1]}"


def _once(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Pairs as a mapping; of two with one key, readers may take either."""
    found: dict[str, str] = {}
    for key, value in pairs:
        if key in found:
            raise UnfitError("names a sheet or a link to one twice", ANEW)
        found[key] = value
    return found


class _Scanner:
    """Follows the cells of one sheet."""

    def __init__(self, sheet: str) -> None:
        self.found = Cells()
        self._sheet = sheet
        self._count = self._row = self._column = self._width = 0
        self._cell = self._kind = self._text = ""
        self._formula = self._value = self._inside = False
        self._seen: set[tuple[int, int]] = set()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """An element begins."""
        name = tag.rpartition(" ")[2]
        if name == "row":
            self._row, self._column = int(attributes.get("r", self._row + 1)), 0
            self._check()
        elif name == "c":
            self._begin(attributes)
        elif name == "f":
            self._formula = True
        elif name in ("v", "is"):
            self._value = self._inside = True

    def _begin(self, attributes: dict[str, str]) -> None:
        named = attributes.get("r")
        place = _NAME.fullmatch((named or "").upper())
        self._column += 1
        if named is not None and place is None:
            # Some readers go on counting letters and digits, to cells that no memory holds.
            raise UnfitError(f"has a cell called {shown(named)}", ANEW, self._sheet)
        if place:
            self._column, self._row = column_number(place[1]), int(place[2])
        self._count += 1
        self._check()
        self._cell = cell_name(self._row, self._column)
        # No spreadsheet writes a cell twice, and readers differ in which one they take.
        if (self._row, self._column) in self._seen:
            raise UnfitError("stands twice in the sheet", ANEW, self._sheet, self._cell)
        self._seen.add((self._row, self._column))
        self._kind = attributes.get("t", "n")
        self._formula = self._value = False
        self._text = ""

    def _check(self) -> None:
        self._width = max(self._width, self._column)
        wide = self._row * self._width > AREA
        if wide or self._row > ROWS or self._column > COLUMNS or self._count > CELLS:
            rule = f"has cells beyond row {ROWS} or column {cell_name(0, COLUMNS)[:-1]}"
            if wide or self._count > CELLS:
                rule = f"has more than {CELLS} cells, or cells too far apart"
            raise UnfitError(rule, "delete what lies outside the tables", self._sheet)

    def end(self, tag: str) -> None:
        """An element ends."""
        name = tag.rpartition(" ")[2]
        if name in ("v", "is"):
            self._inside = False
        elif name == "c":
            # A text formula may well give an empty text; a number without digits is no number.
            stored = self._value and (bool(self._text.strip()) or self._kind == "str")
            if self._formula and not stored:
                self.found.unsaved.append(self._cell)
            if self._kind == "e":
                self.found.errors[self._cell] = self._text
            elif self._kind == "n" and _TINY.fullmatch(self._text) and float(self._text) == 0:
                self.found.tiny.append(self._cell)

    def text(self, data: str) -> None:
        """Text within an element."""
        if self._inside:
            self._text = (self._text + data)[:64]


def _cells(text: bytes, sheet: str) -> Cells:
    scanner = _Scanner(sheet)
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = scanner.start
    parser.EndElementHandler = scanner.end
    parser.CharacterDataHandler = scanner.text
    parser.buffer_text = True
    _parse(parser, text, sheet)
    return scanner.found


def _check_count(text: bytes) -> None:
    """Refuse texts that say they are more than all cells of a sheet could hold."""

    def start(_: str, attributes: dict[str, str]) -> None:
        if int(attributes.get(_COUNT, 0)) > CELLS:
            raise UnfitError(f"says that it has more than {CELLS} texts", ANEW)

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    _parse(parser, text)


def _parse(parser: expat.XMLParserType, text: bytes, sheet: str = "") -> None:
    try:
        parser.Parse(text, True)
    except UNREADABLE as error:
        raise UnfitError("is damaged: its XML cannot be read", sheet=sheet) from error


def column_number(letters: str) -> int:
    """1 for ``A``, 28 for ``AB``."""
    number = 0
    for letter in letters:
        number = 26 * number + ord(letter) - ord("A") + 1
    return number


def cell_name(row: int, column: int) -> str:
    """``AB7`` for row 7 and column 28, both from 1."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return f"{letters}{row}"
