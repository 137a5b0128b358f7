"""Small exports, histories and draws as CSV text, and what their readers make of a file."""

import csv
import io
from functools import cache
from pathlib import Path

from allocator.csv_table import grouped_number
from allocator.doubt.draws import drawn
from allocator.fit.cells import read_cells
from allocator.fit.headings import TEXT
from allocator.fit.reader import read_history
from allocator.load import load
from allocator.start.started import REQUIRED
from allocator.weekly.reading import read_weeks
from fact_models.spec.instance import Instance

SMALL = Path(__file__).with_name("small_merchant.yaml")
WEEKLY = Path(__file__).parents[2] / "instances" / "start" / "export.csv"
HISTORY = (
    "week,segment,account,recommended_visits,orders,hours,spend.feed,creators.tail,videos",
    *(
        f"2025-W{week},{segment},main,{visits + 10 * week},{orders + week}.0,30.5,500.0,4,2"
        for week in range(30, 44)
        for segment, visits, orders in (("core", 3000, 60), ("wide", 2000, 20))
    ),
)
"""Lines of fourteen weeks of the small merchant."""
DRAWS = (
    "draw,snowball.segments.core.conversion,snowball.segments.wide.conversion,alliance.tiers.tail.pool",
    *(f"{n},{0.02 + n / 1000:g},{0.01 + n / 3000!r},{9 + n / 8}" for n in range(1, 7)),
)
"""Lines of six draws of the small merchant."""
Rows = list[list[str]]


@cache
def small() -> Instance:
    """The small merchant."""
    return load(SMALL)


def csv_of(rows: Rows) -> str:
    """Rows as CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def weekly_text(path: Path) -> str:
    """What an export holds, as one with plain headings and numbers."""
    weeks = read_weeks(path, required=REQUIRED, per_item=("hours",))
    columns = {**weeks.figures, **{f"{name}:{item}": v for (name, item), v in weeks.of.items()}}
    figures = [["" if x is None else repr(x) for x in values] for values in columns.values()]
    days = [day.isoformat() for day in weeks.mondays]
    return csv_of([["week", *columns], *map(list, zip(days, *figures, strict=True))])


def history_text(path: Path) -> str:
    """What a history holds, as one with plain headings and numbers."""
    read_history(path, small())
    columns = {
        ".".join(filter(None, key)): [
            cell if key[0] in TEXT or not cell else repr(grouped_number(cell)) for cell in cells
        ]
        for key, cells in read_cells(path).columns.items()
    }
    return csv_of([list(columns), *map(list, zip(*columns.values(), strict=True))])


def draws_text(path: Path) -> str:
    """The draws of a file, as one without other columns."""
    worlds = drawn(small(), path)
    assert worlds.values is not None
    return csv_of(
        [list(worlds.figures), *([repr(float(x)) for x in row] for row in worlds.values)]
    )
