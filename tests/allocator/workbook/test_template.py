"""The workbook to fill in: it explains every field, guards its headings and offers choices."""

import re
import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from allocator.labels import LANGS, Lang
from allocator.load import load, load_default
from allocator.workbook import chinese, headings
from allocator.workbook.contents import merged_order
from allocator.workbook.layout import KEY, tables
from allocator.workbook.template import template
from fact_models.spec.document import records
from tests.allocator.test_cli import SMALL, run
from tests.allocator.workbook.sheets import cells, grids
from tests.models.worlds import full_world

LEAVES = {leaf.field: leaf for table in tables() for leaf in table.leaves}


def test_every_field_of_every_record_has_a_place() -> None:
    """What the format knows the workbook can hold: each field is a column, a row or a sheet."""
    placed = {f"{field.partition('.')[0]}.{leaf.path[-1]}" for field, leaf in LEAVES.items()}
    steps = {step for table in tables() for step in table.path}
    steps |= {step for table in tables() for leaf in table.leaves for step in leaf.path}
    for record in records():
        for name, info in record.model_fields.items():
            alias = info.alias or name
            assert f"{record.__name__}.{alias}" in placed or alias in steps


def test_chinese_names_are_complete() -> None:
    """No field, sheet, group or column of names lacks its Chinese name, and none is left over."""
    assert set(chinese.FIELDS) == set(LEAVES)
    assert set(chinese.TABLES) == {table.marker for table in tables()} == set(chinese.ABOUT)
    assert set(chinese.ENTITIES) == {owner for table in tables() for owner in table.owners}
    groups = {step for leaf in _all_leaves() for step in leaf[:-1]}
    switches = {leaf.path[-1] for leaf in LEAVES.values() if leaf.kind == "switch"}
    assert set(chinese.GROUPS) == groups | switches


def _all_leaves() -> list[tuple[str, ...]]:
    return [
        tuple(step for step in leaf.path if step not in (KEY, "#"))
        for table in tables()
        for leaf in table.leaves
    ]


@pytest.mark.parametrize("lang", LANGS)
def test_sheets_have_names_that_spreadsheets_accept(lang: Lang) -> None:
    """Different, at most 31 characters, none of the forbidden ones."""
    names = [headings.sheet_name(table, lang) for table in tables()]
    assert len({name.casefold() for name in names}) == len(names)
    assert all(len(name) <= 31 and not re.search(r"[\[\]:*?/\\']", name) for name in names)


def test_headings_say_unit_bounds_default_and_meaning() -> None:
    """Live hours of an account: unit, bounds, required, and what they are."""
    found = grids(template(full_world(), "en"))["Accounts"]
    at = found[3].index("hours_max")
    assert found[2][at] == "Hours max"
    assert all(part in found[4][at] for part in ("hours", "> 0", "required"))
    assert found[5][at] == "Most live hours in a period."


def test_headings_are_protected_and_inputs_are_not() -> None:
    """Every sheet is protected without a password; cells to fill in are unlocked."""
    with zipfile.ZipFile(BytesIO(template(full_world(), "en"))) as archive:
        sheets = [n for n in archive.namelist() if n.startswith("xl/worksheets/sheet")]
        texts = [archive.read(name).decode() for name in sheets]
        styles = archive.read("xl/styles.xml").decode()
    assert len(texts) == len(tables()) + 1
    assert all("<sheetProtection " in text and "password" not in text for text in texts)
    assert 'locked="0"' in styles


def test_fields_of_few_words_have_drop_downs() -> None:
    """Kinds of accounts, yes and no, and names that other sheets give."""
    with zipfile.ZipFile(BytesIO(template(full_world(), "en"))) as archive:
        text = "".join(
            archive.read(n).decode() for n in archive.namelist() if "worksheets/sheet" in n
        )
    offered = set(re.findall(r"<formula1>(.*?)</formula1>", text))
    assert {'"flagship,category,persona"', '"yes,no"', '"gmv,net_gmv,profit,cost"'} <= offered
    assert "'Segments'!$A$7:$A$506" in {one.removeprefix("=") for one in offered}
    assert "'Offers'!$B$7:$B$506" in {one.removeprefix("=") for one in offered}


def test_columns_of_maps_follow_the_maps() -> None:
    """An order that agrees with all lists if there is one; what only others have comes last."""
    assert merged_order([["b", "a"], ["a", "c"]], ["x", "a"]) == ["b", "a", "c", "x"]
    assert sorted(merged_order([["a", "b"], ["b", "a"]], [])) == ["a", "b"]


def test_the_command_writes_a_workbook_that_checks(tmp_path: Path) -> None:
    """Without --from it holds the embedded instance, with --from the one in a file."""
    for more, instance in (((), load_default()), (("--from", SMALL), load(SMALL))):
        path = tmp_path / f"{instance.name}.xlsx"
        assert run("template", path, "--lang", "zh", *more).exit_code == 0
        assert load(path) == instance
        result = run("check", path)
        assert result.exit_code == 0, result.output
        assert instance.name in result.stdout
    assert run("show", path).exit_code == 0


def test_the_command_writes_over_nothing(tmp_path: Path) -> None:
    """A file that is there is somebody's work; another ending is no workbook."""
    path = tmp_path / "mine.xlsx"
    path.write_text("work")
    assert run("template", path).exit_code == 2
    assert path.read_text() == "work"
    assert run("template", path, "--force").exit_code == 0
    assert run("template", tmp_path / "mine.xls").exit_code == 2


def test_the_guide_names_every_sheet() -> None:
    """The first sheet links to the others."""
    found = cells(template(full_world(), "en"), "How to use this workbook").values()
    assert {headings.sheet_name(table, "en") for table in tables()} <= set(found)
