"""Workbooks that LibreOffice has saved read like those that were written."""

import shutil
import subprocess
from pathlib import Path

import pytest

from allocator.load import load, load_default
from allocator.reading import dump_json
from allocator.workbook.template import template
from tests.allocator.workbook.sheets import cells, english, parts_changed, rewritten
from tests.models.worlds import full_world

OFFICE = shutil.which("soffice") or shutil.which("libreoffice")
pytestmark = pytest.mark.skipif(OFFICE is None, reason="LibreOffice is not installed here")
SECONDS = 240


def saved_by_office(content: bytes, folder: Path) -> Path:
    """The workbook as LibreOffice saves it."""
    assert OFFICE is not None
    (folder / "in").mkdir()
    path = folder / "in" / "book.xlsx"
    path.write_bytes(content)
    command = [
        OFFICE,
        "--headless",
        "--norestore",
        f"-env:UserInstallation=file://{folder}/profile",
        *("--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(folder), str(path)),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=SECONDS)
    return folder / "book.xlsx"


@pytest.mark.slow
def test_an_instance_saved_by_libreoffice_is_the_same(tmp_path: Path) -> None:
    """Chinese headings, drop-downs and protection survive, and so does every value."""
    instance = load_default()
    found = saved_by_office(template(instance, "zh"), tmp_path)
    assert dump_json(load(found)) == dump_json(instance)


@pytest.mark.slow
def test_formulas_calculated_by_libreoffice_are_read(tmp_path: Path) -> None:
    """A formula without a stored result is refused as it was written, and read once saved."""
    content = rewritten(english(full_world()), {"Settings!C5": "=1+1"})
    assert cells(content, "Settings")["C5"] == 0
    bare = parts_changed(content, lambda _, data: data.replace(b"</f><v>0</v>", b"</f>"))
    found = saved_by_office(bare, tmp_path)
    assert cells(found.read_bytes(), "Settings")["C5"] == 2
