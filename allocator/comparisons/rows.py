"""Rows of a comparison as its readers see them: figures in groups, each with value and difference
as text.
"""

import math
from typing import NamedTuple

from allocator.compare import FIGURES, WEEKLY, Comparison
from allocator.comparisons.words import word
from allocator.figures import DASH, amount, decimal, percent, whole
from allocator.labels import Lang, label

GROUPS: dict[str, tuple[str, ...]] = {
    "totals": (
        "weeks", "gmv", "net_gmv", "contribution", "spend", "spend_field", "spend_alliance",
        "spend_campaign", "spend_kol", "spend_team", "followers_gained",
    ),
    "at_one_time": ("heads_end", "cash_low"),
    "per_week": tuple(WEEKLY.values()),
    "per_yuan": ("roi", "net_roi", "break_even_roi", "contribution_share"),
    "certificate": ("objective", "bound", "gap"),
}  # fmt: skip
"""Figures by the heading they stand under."""
SHARES = ("contribution_share",)
"""Figures shown as percentages; ``gap`` too, with more digits."""
EQUAL = "="


class Cell(NamedTuple):
    """A figure of one plan: its value, and its difference to the reference; empty where there is
    none.
    """

    value: str
    difference: str
    change: str
    """The difference as a percentage of the reference's figure."""


class Row(NamedTuple):
    """A figure of all plans."""

    key: str
    name: str
    group: str
    """Key of ``GROUPS``."""
    cells: tuple[Cell, ...]


def rows(found: Comparison, lang: Lang, *, weekly: bool | None = None) -> list[Row]:
    """The rows of the comparison; figures that no plan has are left out.

    Args:
        found: the comparison.
        lang: language of the names.
        weekly: whether to show figures per week; if None, where horizons differ in length.
    """
    table, differences = found.table, found.differences
    if weekly is None:
        weekly = not all(found.same_length(n) for n in range(len(found.plans)))
    shown = []
    for group, keys in GROUPS.items():
        if group == "per_week" and not weekly:
            continue
        for key in keys:
            values = [float(x) for x in table[key]]
            if not any(math.isfinite(x) for x in values):
                continue
            base = values[found.against]
            changes = (_change(key, float(x), base) for x in differences[key])
            cells = [
                Cell(text_of(key, value), *change)
                for value, change in zip(values, changes, strict=True)
            ]
            cells[found.against] = cells[found.against]._replace(difference="", change="")
            shown.append(Row(key, label("kpi", key, lang), group, tuple(cells)))
    return shown


def heading(group: str, lang: Lang) -> str:
    """The heading of a group of rows."""
    return word(group, lang)


def text_of(key: str, value: float) -> str:
    """A figure as text; a dash where there is none."""
    if not math.isfinite(value):
        return DASH
    if key == "gap":
        return percent(value, 2)
    if key in SHARES:
        return percent(value, 1)
    unit, kind = FIGURES[key]
    if unit in ("head", "week"):
        return whole(value)
    return decimal(value, 2) if unit == "1" and kind == "rate" else amount(value)


def _change(key: str, value: float, base: float) -> tuple[str, str]:
    """A difference with its sign, and as a percentage of ``base`` where that says something."""
    if not math.isfinite(value):
        return "", ""
    text = text_of(key, abs(value))
    # What rounds to nothing is no difference.
    if text.strip("0. %") == "":
        return EQUAL, ""
    sign = "+" if value > 0 else "-"
    # The difference of two percentages is in percentage points.
    text = text.replace("%", "pp")
    share = FIGURES[key].unit == "1" or base <= 0
    return f"{sign}{text}", "" if share else f"{100 * value / base:+.1f} %"
