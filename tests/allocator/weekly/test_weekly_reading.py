"""Weekly exports: headings in two languages, numbers as shops write them, what is refused."""

from datetime import date
from pathlib import Path

import pytest

from allocator.faults import InputError
from allocator.weekly.reading import Weeks, read_weeks

NEEDED = ("gmv", "views", "orders", "hours")
HEAD = "week,gmv,views,orders,hours\n"


def read(tmp_path: Path, text: str | bytes, **options: tuple[str, ...]) -> Weeks:
    """The weeks in ``text``."""
    path = tmp_path / "export.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_weeks(path, **{"required": NEEDED, **options})


def refused(tmp_path: Path, text: str | bytes, **options: tuple[str, ...]) -> str:
    """The message of a refusal."""
    with pytest.raises(InputError) as caught:
        read(tmp_path, text, **options)
    return str(caught.value)


def test_both_languages_say_the_same(tmp_path: Path) -> None:
    """A Chinese export in GB 18030 with 万 and ¥ reads like the English one."""
    english = read(tmp_path, HEAD + "2026-W07,123000,5000,800,40\n2026-W08,98000,4100,640,38\n")
    chinese = "统计周期\t成交金额\t观看人次\t成交订单数\t直播时长（小时）\n"
    chinese += (
        "2026-02-09 ~ 2026-02-15\t¥12.3万\t5,000\t800\t40\n2026/2/16\t9.8万\t4100\t640\t38\n"
    )
    told = read(tmp_path, chinese.encode("gb18030"))
    assert told.mondays == english.mondays == (date(2026, 2, 9), date(2026, 2, 16))
    assert told.figures == english.figures


def test_units_behind_headings(tmp_path: Path) -> None:
    """Yuan and hours behind a heading are read; ten thousands would be read as yuan, so they are
    refused with what to write."""
    heads = "周,成交金额(元),观看人次,成交订单数,直播时长（小时）,投放消耗（元）\n"
    row = "2026-W07,12000,5000,80,40,300\n"
    found = read(tmp_path, heads + row)
    assert found.figures["gmv"] == (12000.0,)
    assert found.figures["ad_spend"] == (300.0,)
    for unit in ("(万元)", "（万）"):
        told = refused(tmp_path, heads.replace("成交金额(元)", f"成交金额{unit}") + row)
        assert "tells its figures in ten thousands" in told
        assert "head it `gmv` (`成交金额`) and write 1.2万 or 12000 below" in told


def test_semicolons_and_thousands(tmp_path: Path) -> None:
    """The mark between cells is found from the heading."""
    text = HEAD.replace(",", ";") + "2026-W07;1,234.5;5000;80;40\n"
    assert read(tmp_path, text).figures["gmv"] == (1234.5,)


def test_columns_of_one_account(tmp_path: Path) -> None:
    """``hours:flagship`` is a figure of that account, where such columns are asked for."""
    text = "week,gmv,hours:flagship,直播时长:room_2\n2026-W07,1,30,12\n"
    told = read(tmp_path, text, required=("gmv",), per_item=("hours",))
    assert told.of == {("hours", "flagship"): (30.0,), ("hours", "room_2"): (12.0,)}


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("2026-W07,a lot,5,4,3\n", ':2: gmv = "a lot": must be a number'),
        ("2026-W07,-5,5,4,3\n", ':2: gmv = "-5": must not be negative'),
        ("2026-W07,,5,4,3\n", ":2: gmv: is empty (every week needs a value)"),
        ("2026-W07,1,5,4,3\n2026-W09,1,5,4,3\n", ':3: week = "2026-W09": must be the week after'),
        ("2026-02-09,1,5,4,3\n2026-02-10,1,5,4,3\n", "one row a week; sum days first"),
        ("week 7,1,5,4,3\n", ':2: week = "week 7": must be a week like 2026-W07'),
        ("2026-W07,100,5,0,3\n", ':2: orders = "0": must be positive where GMV is 100'),
        ("2026-W07,1,5,4,3,9\n", ":2: has 6 cells, the heading has 5"),
        ("", ":1: has a heading and no weeks"),
    ],
)
def test_bad_rows(tmp_path: Path, rows: str, message: str) -> None:
    """What is wrong is told with line, column, value and rule."""
    assert message in refused(tmp_path, HEAD + rows)


def test_refunds_beyond_the_sales(tmp_path: Path) -> None:
    """A part larger than its whole is refused."""
    text = "week,gmv,views,orders,hours,退款金额\n2026-W07,100,5,4,3,120\n"
    assert "must be at most gmv (成交金额), which is 100" in refused(tmp_path, text)


def test_a_closed_week_pays_earlier_orders_back(tmp_path: Path) -> None:
    """Refunds without GMV are those of weeks before; creators without GMV cannot have sold."""
    text = "week,gmv,views,orders,hours,refunds\n2026-W07,0,0,0,0,120\n"
    assert read(tmp_path, text).figures["refunds"] == (120.0,)
    text = "week,gmv,views,orders,hours,refunds,creator_gmv\n2026-W07,0,0,0,0,120,9\n"
    assert 'creator_gmv = "9": must be at most gmv (成交金额), which is 0' in refused(
        tmp_path, text
    )


def test_missing_column(tmp_path: Path) -> None:
    """A missing column is named in both languages, with those that are there."""
    said = refused(tmp_path, "week,gmv,views,hours\n2026-W07,1,2,3\n")
    assert "orders: is missing: a column orders or 成交订单数 is needed" in said
    assert "columns there: week, gmv, views, hours" in said


def test_column_twice(tmp_path: Path) -> None:
    """Two headings of one figure are refused."""
    said = refused(tmp_path, "week,gmv,销售额,views,orders,hours\n2026-W07,1,1,2,3,4\n")
    assert 'means the same as "gmv"' in said


def test_workbook_is_refused(tmp_path: Path) -> None:
    """A workbook under the name of a CSV file is recognised."""
    assert "is a workbook, not CSV" in refused(tmp_path, b"PK\x03\x04rest")


def test_no_file(tmp_path: Path) -> None:
    """A path to nothing is told in words."""
    with pytest.raises(InputError, match="it does not exist"):
        read_weeks(tmp_path / "nothing.csv")


@pytest.mark.parametrize("cell", ["-", "/", "--", "—", " "])
def test_a_needed_figure_is_there(tmp_path: Path, cell: str) -> None:
    """A sign for nothing is no figure where every week needs one, and none elsewhere."""
    said = refused(tmp_path, HEAD + f"2026-W07,1,5,4,{cell}\n")
    assert "is empty (every week needs a value)" in said
    text = HEAD.replace("\n", ",cash\n") + f"2026-W07,1,5,4,3,{cell}\n"
    assert read(tmp_path, text).figures["cash"] == (None,)


@pytest.mark.parametrize(
    "cell", ["¥", "元", "1e-400", "1e400", "٦٣", "๖๓", "1_000", '"1,5"', '"0,123"', "0x10", "TRUE"]
)
def test_what_is_no_number(tmp_path: Path, cell: str) -> None:
    """No cell is read as another number than the one that stands there."""
    assert ":2: hours = " in refused(tmp_path, HEAD + f"2026-W07,1,5,4,{cell}\n")


def test_numbers_as_shops_write_them(tmp_path: Path) -> None:
    """Thousands commas, currency signs, units of ten thousand, full-width digits."""
    row = '2026-W07,"¥1,234.5",1.2万,８００,"1,000元"\n'
    assert list(read(tmp_path, HEAD + row).figures.values()) == [
        (1234.5,),
        (12000,),
        (800,),
        (1000,),
    ]


@pytest.mark.parametrize(
    "week",
    ["2026-W175", "2026-W17abc", "2026-04-209", "2026420", "٢٠٢٦-W17", "2026-04-20~2027-01-01"],
)
def test_what_is_no_week(tmp_path: Path, week: str) -> None:
    """A week is read whole: nothing after it is dropped."""
    assert f':2: week = "{week}": must be' in refused(tmp_path, HEAD + f"{week},1,5,4,3\n")


@pytest.mark.parametrize(
    "week",
    ["2026-W17", "2026年第17周", "2026/4/20", "20260420", "2026-04-24 00:00", "2026年4月22日"],
)
def test_a_week_by_any_name(tmp_path: Path, week: str) -> None:
    """ISO weeks and days of them, as platforms write them."""
    assert read(tmp_path, HEAD + f"{week},1,5,4,3\n").mondays == (date(2026, 4, 20),)


def test_a_week_that_begins_on_a_sunday(tmp_path: Path) -> None:
    """Is the ISO week that most of its days lie in."""
    told = read(tmp_path, HEAD + "2026-04-19 ~ 2026-04-25,1,5,4,3\n")
    assert told.mondays == (date(2026, 4, 20),)


@pytest.mark.parametrize("row", ["2026-W07,1,5,4", "2026-W07,1,5,4,3,"])
def test_rows_as_wide_as_the_heading(tmp_path: Path, row: str) -> None:
    """A row that was cut off or has cells too many is refused."""
    assert f":2: has {row.count(',') + 1} cells, the heading has 5" in refused(
        tmp_path, HEAD + row
    )


@pytest.mark.parametrize(
    "heading", ["ad_spnd", "followrs", "ad_spned", "团队人员数", "hoours:flagship"]
)
def test_misspelt_headings(tmp_path: Path, heading: str) -> None:
    """A heading a slip away from a figure that is not there is refused, with the right one."""
    text = f"week,gmv,{heading}\n2026-W07,1,5\n"
    assert "did you mean `" in refused(tmp_path, text, required=("gmv",))


def test_misspelt_beside_a_column_that_is_there(tmp_path: Path) -> None:
    """A heading a slip away from two counts as the one that is missing."""
    text = "周,成交金额,达成交金额\n2026-W07,9,5\n"
    assert "did you mean `creator_gmv`" in refused(tmp_path, text, required=("gmv",))


def test_columns_that_are_not_used(tmp_path: Path) -> None:
    """Other columns of a platform stay, and are named in a note in either language."""
    text = HEAD.replace("\n", ",成交人数,观看人数,退款率,rate\n") + "2026-W07,1,5,4,3,9,9,9%,x\n"
    told = read(tmp_path, text)
    assert told.unused == ("成交人数", "观看人数", "退款率", "rate")
    assert told.note("en").endswith("columns that are not used: 成交人数, 观看人数, 退款率, rate")
    assert told.note("zh").endswith("未使用的列：成交人数, 观看人数, 退款率, rate")


def test_known_columns_that_the_caller_does_not_use(tmp_path: Path) -> None:
    """Columns that only another command knows are not read, not refused for what stands in them or
    for a slip towards another of them, and named as unused; those of the caller are.
    """
    text = HEAD.replace("\n", ",deals,专场,库存,deal:star\n") + "2026-W07,1,5,4,3,2,周三晚,9,x\n"
    told = read(tmp_path, text, used=NEEDED)
    assert set(told.figures) == set(NEEDED)
    assert told.unused == ("deals", "专场", "库存", "deal:star")
    assert "must be a number" in refused(tmp_path, text)
    assert "did you mean `week`" in refused(tmp_path, text.replace("week", "wek"), used=NEEDED)


def test_no_escape_reaches_a_terminal(tmp_path: Path) -> None:
    """Control characters are refused by their code; a line break in a heading is escaped."""
    said = refused(tmp_path, HEAD.replace("gmv", "\x1b[31mgmv") + "2026-W07,1,5,4,3\n")
    assert "\x1b" not in said
    assert "U+001B" in said
    said = refused(tmp_path, HEAD.replace("gmv", '"g\nmv",gmv') + "2026-W07,1,1,5,4,3\n")
    assert r'"g\nmv": means the same as' in said or r'gmv: means the same as "g\nmv"' in said
