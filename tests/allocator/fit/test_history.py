"""Histories are read, in English and in Chinese, and refused in words."""

import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from allocator.faults import InputError
from allocator.fit.cells import MOST_ROWS
from allocator.fit.reader import read_history
from benchmarks.fit_worlds import World
from tests.allocator.fit.planted import believed, planted, reread, written


@pytest.fixture(scope="module")
def merchant() -> World:
    """Twenty weeks of a planted merchant."""
    return planted(believed(), 20, 0.05, 1)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_history_reads_back(tmp_path: Path, merchant: World, lang: str) -> None:
    """Written and read it is the same, under headings of either language."""
    found = reread(written(tmp_path, merchant, lang), merchant)
    there = merchant.history.part(20)
    assert (found.first, found.weeks, found.accounts) == (there.first, 20, ("main",))
    assert found.promotion == there.promotion
    np.testing.assert_allclose(found.rows["orders"], there.rows["orders"], atol=0.5)
    np.testing.assert_allclose(found.spend, there.spend, atol=0.5)
    np.testing.assert_allclose(found.hours, there.hours, atol=0.005)


def test_labels_dates_and_another_encoding(tmp_path: Path, merchant: World) -> None:
    """Labels stand for ids, any day for its week, and GB 18030 is read too."""
    path = written(tmp_path, merchant, "zh")
    text = path.read_text(encoding="utf-8").replace(",main,", ",一号,").replace("young", "年轻")
    text = text.replace("消耗.feed", "消耗.千川").replace("达人数.tail", "达人数.尾部")
    path.write_bytes(text.encode("gb18030"))
    assert reread(path, merchant).accounts == ("main",)


def test_blank_figures_are_not_measured(tmp_path: Path, merchant: World) -> None:
    """A blank measured cell is nan, a left-out optional column counts as nothing done."""
    path = written(tmp_path, merchant)
    lines = [line.split(",") for line in path.read_text(encoding="utf-8").splitlines()]
    column = lines[0].index("orders")
    lines[3][column] = ""
    drop = lines[0].index("kol_contacts")
    rows = [",".join(x for n, x in enumerate(line) if n != drop) for line in lines]
    path.write_text("\n".join(rows), encoding="utf-8")
    found = reread(path, merchant)
    assert np.isnan(found.rows["orders"][2, 0, 0])
    assert not found.segments["kol_contacts"].any()


def _cell(column: str, line: int, value: str) -> Callable[[str], str]:
    def change(text: str) -> str:
        rows = [row.split(",") for row in text.splitlines()]
        rows[line - 1][rows[0].index(column)] = value
        return "\n".join(map(",".join, rows))

    return change


def _without(line: int) -> Callable[[str], str]:
    return lambda text: "\n".join(x for n, x in enumerate(text.splitlines(), 1) if n != line)


def _repeat(line: int) -> Callable[[str], str]:
    def change(text: str) -> str:
        rows = text.splitlines()
        return "\n".join([*rows[:line], rows[line - 1], *rows[line:]])

    return change


def _heading(old: str, new: str) -> Callable[[str], str]:
    return lambda text: text.replace(old, new, 1)


FAULTS = {
    "no number": (_cell("orders", 5, "many"), ':5: orders = "many": must be a number'),
    "negative": (_cell("orders", 5, "-3"), ':5: orders = "-3": must be a number from 0'),
    "decimal comma": (_cell("hours", 5, '"30,5"'), ':5: hours = "30,5": must be a number'),
    "underscore": (_cell("orders", 5, "1_000"), ':5: orders = "1_000": must be a number'),
    "arabic digits": (_cell("orders", 5, "٣"), ':5: orders = "٣": must be a number'),
    "too small": (_cell("orders", 5, "1e-400"), "this one is too small"),
    "cut off": (lambda text: text.rstrip()[:-4], ":21: has 17 cells, the heading has 19"),
    "line break": (_heading("hours", '"hou\nrs"'), ':1: "hou\\nrs": is no heading'),
    "escape": (_heading("hours", "\x1b[31mhours"), "holds U+001B"),
    "week": (_cell("week", 4, "2026-13"), ':4: week = "2026-13": is no week'),
    "gap": (_without(7), "has no rows (weeks follow on)"),
    "account": (_cell("account", 3, "mian"), ':3: account = "mian": the instance file has no'),
    "twice": (_repeat(3), ":4: week, segment and account are those of line 3 too"),
    "blank": (_cell("hours", 6, ""), ":6: hours: is blank (0 if there was none)"),
    "no column": (_heading("hours", "stunden"), "stunden: is no heading"),
    "column twice": (_heading(",hours,", ",skilled_hours,"), "skilled_hours: is there twice"),
    "alias twice": (_heading(",hours,", ",直播间,"), "直播间: is there twice"),
    "boost": (_heading("spend.feed", "spend.food"), ":1: spend.feed: is missing"),
    "later heading": (
        lambda text: f"\n\n{text.replace('hours', 'stunden', 1)}",
        ":3: stunden: is",
    ),
    "later boost": (lambda text: f"\n{text.replace('d.feed', 'd.food', 1)}", ":2: spend.feed: is"),
    "package": (_cell("promotion", 6, "june.half"), "the instance file has no such package"),
    "days": (_cell("promotion_days", 6, "8"), ':6: promotion_days = "8": a week has 7 days'),
    "another year": (_cell("week", 6, "2226-W01"), ':6: week = "2226-W01": is 10'),
    "too few": (lambda text: "\n".join(text.splitlines()[:6]), "5 weeks are too few"),
    "no rows": (lambda text: text.splitlines()[0] + "\n", "holds no rows"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_are_named(tmp_path: Path, merchant: World, fault: str) -> None:
    """Each fault of a file is refused with its line, column, value and rule."""
    change, message = FAULTS[fault]
    path = written(tmp_path, merchant)
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_history(path, merchant.weeks.known.instance)
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("column", "whose"), [("hours", "account and week"), ("spend.feed", "week")]
)
def test_figures_of_one_week_must_agree(tmp_path: Path, column: str, whose: str) -> None:
    """A room's hours, or a week's spend, that differ between two rows of one week are refused; the
    message says once whose figure it is."""
    tree = believed().model_dump(by_alias=True)
    tree["snowball"]["segments"]["old"] = tree["snowball"]["segments"]["young"]
    account = tree["field"]["accounts"]["main"]
    for key in ("traffic", "saturation", "ceiling"):
        account[key]["old"] = account[key]["young"]
    found = planted(type(believed()).model_validate(tree), 14, 0.0, 2)
    path = written(tmp_path, found)
    path.write_text(_cell(column, 3, "1")(path.read_text(encoding="utf-8")), encoding="utf-8")
    rule = rf':3: {column} = "1": is \S+ in another row of the same {whose}\b(?! and)'
    with pytest.raises(InputError, match=rule):
        reread(path, found)


def test_thousands_commas(tmp_path: Path, merchant: World) -> None:
    """``1,234`` and ``12,345.6`` are numbers; any other comma is refused."""
    path = written(tmp_path, merchant)
    text = path.read_text(encoding="utf-8")
    text = _cell("orders", 4, '"1,234"')(_cell("orders", 5, '"12,345.6"')(text))
    path.write_text(text, encoding="utf-8")
    assert reread(path, merchant).rows["orders"][2:4, 0, 0].tolist() == [1234.0, 12345.6]


def test_more_rows_than_a_history_may_have(tmp_path: Path, merchant: World) -> None:
    """What lies behind the last row that is looked at is not counted."""
    path = written(tmp_path, merchant)
    head = path.read_text(encoding="utf-8").splitlines()[0]
    row = "1" + "," * head.count(",") + "\n"
    path.write_text(f"{head}\n{row * (MOST_ROWS + 5)}", encoding="utf-8")
    with pytest.raises(InputError, match=r"history\.csv: has more than 200000 rows$"):
        reread(path, merchant)


@pytest.mark.parametrize("name", ["history.csv", "history.parquet"])
def test_a_pipe_is_no_history(tmp_path: Path, merchant: World, name: str) -> None:
    """A pipe without a writer is refused; it would be waited for without end."""
    os.mkfifo(tmp_path / name)
    with pytest.raises(InputError, match="it is a pipe or a device"):
        reread(tmp_path / name, merchant)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\xff\xff\x81", b'a,"b\n'])
def test_what_is_no_table(tmp_path: Path, merchant: World, content: bytes) -> None:
    """Files that are no tables at all are refused in words too."""
    path = tmp_path / "history.csv"
    path.write_bytes(content)
    with pytest.raises(InputError, match=r"history\.csv"):
        reread(path, merchant)
