"""Files that are no workbook, or that would eat the memory, are refused before they are read."""

import zipfile
from io import BytesIO

import pytest
from xlsxwriter import Workbook

from allocator.workbook import guard
from allocator.workbook.guard import UnfitError, cell_name, column_number, looked_into
from tests.allocator.workbook.sheets import parts_changed


def small(**cells: object) -> bytes:
    """A workbook of one sheet."""
    buffer = BytesIO()
    book = Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet("s")
    for place, value in cells.items():
        sheet.write(place, value)
    book.close()
    return buffer.getvalue()


def refusal(content: bytes) -> UnfitError:
    """Why a file is refused."""
    with pytest.raises(UnfitError) as caught:
        looked_into(content)
    return caught.value


@pytest.mark.parametrize(
    "content", [b"", b"PK", b"name: shop\n", b"\xd0\xcf\x11\xe0" + bytes(600), small(A1=1)[:-40]]
)
def test_what_is_no_workbook_is_refused(content: bytes) -> None:
    """Empty, text, the old binary format, a file cut short."""
    assert "Excel workbook" in refusal(content).rule


def test_damaged_content_is_refused() -> None:
    """A byte flipped inside the packed data is found by its checksum."""
    content = bytearray(small(A1="text"))
    at = content.index(b"sheet1.xml") + 30
    content[at] ^= 255
    assert refusal(bytes(content)).rule


def test_a_zip_bomb_is_refused_by_what_it_says_it_unpacks_to() -> None:
    """A few kilobytes that unpack beyond the limit are not unpacked."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", bytes(guard.UNPACKED + 1))
    assert len(buffer.getvalue()) < 100_000
    assert "unpacks to" in refusal(buffer.getvalue()).rule


def test_a_zip_that_lies_about_its_size_is_refused() -> None:
    """What unpacks to more than it says is damaged."""
    content = small(A1=1)
    with zipfile.ZipFile(BytesIO(content)) as archive:
        entry = archive.getinfo("xl/worksheets/sheet1.xml")
        size = entry.file_size.to_bytes(4, "little")
    assert content.count(size) == 2
    refusal(content.replace(size, (200).to_bytes(4, "little")))


def test_a_far_cell_is_refused() -> None:
    """One cell at the end of the sheet would need billions of cells before it."""
    error = refusal(small(XFD1048576=1))
    assert error.sheet == "s"
    assert "beyond row" in error.rule


FAR = b'<row r="19000"><c r="BAA19000"><v>1</v></c></row></sheetData>'
"""A cell that makes a sheet take gigabytes."""
SHEET = "xl/worksheets/sheet1.xml"


def moved(content: bytes, to: str, *, linked: bool) -> bytes:
    """A workbook whose sheet has a far cell and is kept elsewhere in the zip."""
    buffer = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for entry in old.infolist():
            data = old.read(entry).replace(b"</sheetData>", FAR)
            if linked:
                data = data.replace(b"worksheets/sheet1.xml", to.removeprefix("xl/").encode())
            new.writestr(to if entry.filename == SHEET else entry.filename, data)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("to", "linked"),
    [
        ("xl/worksheets/SHEET1.xml", False),
        ("XL\\worksheets\\sheet1.xml", False),
        ("xl/worksheets/sheet1.dat", True),
        ("xl/worksheets/deep/sheet1.XML", True),
    ],
)
def test_a_sheet_in_an_odd_place_is_looked_into(to: str, linked: bool) -> None:
    """Readers find a file by its name in other letters, and by any ending."""
    assert "too far apart" in refusal(moved(small(A1=1), to, linked=linked)).rule


def test_a_sheet_without_a_namespace_is_looked_into() -> None:
    """Readers go by the local name."""
    space = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
    content = parts_changed(
        small(A1=1),
        lambda name, data: (
            data.replace(space, b"") if "workbook" in name else data.replace(b"</sheetData>", FAR)
        ),
    )
    assert "too far apart" in refusal(content).rule


@pytest.mark.parametrize("name", ["A99999999", "A4294967297", "ZZZZ1", "AAAAAA1", "$A$1", ""])
def test_what_no_cell_is_called_is_refused(name: str) -> None:
    """A reader that goes on counting would ask for more memory than there is, and end there."""
    content = parts_changed(
        small(A1=1), lambda _, data: data.replace(b'r="A1"', f'r="{name}"'.encode())
    )
    error = refusal(content)
    assert error.sheet == "s"
    assert "has a cell called" in error.rule


@pytest.mark.parametrize("count", ["99999999999", "18446744073709551615", "400001", "many"])
def test_a_count_of_texts_that_cannot_be_is_refused(count: str) -> None:
    """Room is made for as many texts as a file says it has, whatever it has."""
    content = parts_changed(
        small(A1="text"),
        lambda _, data: data.replace(b'uniqueCount="1"', f'uniqueCount="{count}"'.encode()),
    )
    assert refusal(content).rule


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("xl/workbook.xml", b"</sheets>", b'<sheet name="s" sheetId="2" r:id="rId2"/></sheets>'),
        (
            "xl/_rels/workbook.xml.rels",
            b"</Relationships>",
            b'<Relationship Id="rId1" Target="x.xml"/></Relationships>',
        ),
    ],
)
def test_two_sheets_or_links_of_one_name_are_refused(part: str, old: bytes, new: bytes) -> None:
    """Two readers may take different ones."""
    content = parts_changed(
        small(A1=1), lambda name, data: data.replace(old, new) if name == part else data
    )
    assert "twice" in refusal(content).rule


def test_cells_far_apart_are_refused() -> None:
    """Two cells at opposite ends would need all cells between them."""
    assert "too far apart" in refusal(small(A20000=1, BXX1=1)).rule


def test_too_many_cells_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Cells are counted, whatever their places say."""
    monkeypatch.setattr(guard, "CELLS", 2)
    assert "more than 2 cells" in refusal(small(A1=1, B1=2, C1=3)).rule


def test_entities_are_refused() -> None:
    """No spreadsheet writes a DOCTYPE; entities in one grow without end."""
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    content = parts_changed(small(A1=1), lambda _, data: data.replace(b"?>", b"?>" + bomb, 1))
    assert "no spreadsheet writes" in refusal(content).rule


def test_broken_xml_is_refused() -> None:
    """A sheet that ends in the middle of a tag."""
    content = parts_changed(
        small(A1=1), lambda name, data: data[:-20] if name.endswith("sheet1.xml") else data
    )
    assert "damaged" in refusal(content).rule


@pytest.mark.parametrize("part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml"])
def test_an_encoding_that_nobody_knows_is_refused(part: str) -> None:
    """What is found by coverage-guided fuzz: the parser does not know it as broken XML."""
    content = parts_changed(
        small(A1=1),
        lambda name, data: data.replace(b"UTF-8", b"UTF-8RRR") if name == part else data,
    )
    assert "damaged" in refusal(content).rule


def test_formulas_without_results_and_errors_are_found() -> None:
    """Stored results are fine, an empty text too; what is missing and what failed has its cell."""
    buffer = BytesIO()
    book = Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet("s")
    sheet.write_formula("A1", "=1+1", None, 2)
    sheet.write_formula("A2", '=""', None, "gone")
    sheet.write_formula("A3", "=1/0", None, "#DIV/0!")
    sheet.write_formula("A4", "=5", None, 77)
    book.close()
    content = parts_changed(
        buffer.getvalue(),
        lambda _, data: data.replace(b"</f><v>77</v>", b"</f>").replace(b"<v>gone", b"<v>"),
    )
    found = looked_into(content)["s"]
    assert found.unsaved == ["A4"]
    assert found.errors == {"A3": "#DIV/0!"}


@pytest.mark.parametrize(("number", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (16384, "XFD")])
def test_columns_have_letters(number: int, letters: str) -> None:
    """Names and numbers of columns belong together."""
    assert cell_name(7, number) == f"{letters}7"
    assert column_number(letters) == number


def test_two_files_of_one_name_are_refused() -> None:
    """Two readers of the zip may take different ones."""
    content, buffer = small(A1=1), BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(buffer, "w") as new:
        for entry in old.infolist():
            new.writestr(entry.filename, old.read(entry))
        sheet = old.read("xl/worksheets/sheet1.xml").replace(b"<v>1</v>", b"<v>2</v>")
        with pytest.warns(UserWarning, match="Duplicate name"):
            new.writestr("xl/worksheets/sheet1.xml", sheet)
    assert "two files of one name" in refusal(buffer.getvalue()).rule


@pytest.mark.parametrize(("text", "is_tiny"), [("1e-400", True), ("0e-400", False), ("5", False)])
def test_a_number_that_would_become_nothing_is_found(text: str, is_tiny: bool) -> None:
    """Double precision reads 1e-400 as 0; it is no 0."""
    content = parts_changed(
        small(A1=987), lambda _, data: data.replace(b"<v>987</v>", f"<v>{text}</v>".encode())
    )
    assert looked_into(content)["s"].tiny == (["A1"] if is_tiny else [])


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"</row>", b'<c r="A2"><v>77</v></c></row>'),
        (b"</row>", b'<c r="a2"><v>77</v></c></row>'),
        (b"</sheetData>", b'<row r="2"><c r="A2"><v>77</v></c></row></sheetData>'),
    ],
    ids=["cell", "small letter", "row"],
)
def test_a_cell_that_stands_twice_is_refused(old: bytes, new: bytes) -> None:
    """Readers differ in which of two values they take; sheet and cell are named."""
    content = parts_changed(small(A2=10_000), lambda _, part: part.replace(old, new))
    error = refusal(content)
    assert (error.rule, error.sheet, error.cell) == ("stands twice in the sheet", "s", "A2")
