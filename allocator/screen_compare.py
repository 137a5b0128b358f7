"""Plans side by side on a terminal."""

import math
from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from allocator.compare import UNITS, comparison
from allocator.figures import DASH, amount, percent, plain, whole
from allocator.plan import Plan
from allocator.screen_levers import simple

_NAMES = {
    "gmv": "GMV",
    "net_gmv": "net GMV",
    "spend_field": "  Field",
    "spend_alliance": "  Alliance",
    "spend_campaign": "  Campaign",
    "spend_kol": "  Top-KOL",
    "spend_team": "  team",
    "cash_low": "lowest cash",
    "heads_end": "heads at the end",
    "followers_gained": "followers gained",
}


def comparison_screen(plans: Sequence[Plan]) -> RenderableType:
    """One row per figure, one column per plan, differences to the first plan beside each."""
    table = comparison(plans)
    shown = simple("Figure")
    shown.columns[0].no_wrap = True
    for n, label in enumerate(table.index):
        shown.add_column(Text(str(label), overflow="fold"), justify="right")
        if n:
            shown.add_column("± first", justify="right", no_wrap=True, style="dim")
    for key in UNITS:
        cells: list[str] = []
        for n, row in enumerate(table.to_dict("records")):
            cells.append(_figure(key, row[key]))
            if n:
                cells.append(_change(key, row.get(f"{key}_vs_first")))
        shown.add_row(_NAMES.get(key, key), *cells)
    currencies = {plain(plan.instance.currency) for plan in plans}
    money = f"amounts in {' and '.join(sorted(currencies))}"
    mixed = "; the plans use different currencies" if len(currencies) > 1 else ""
    return Group(shown, Text(money + mixed, style="dim"))


def _figure(key: str, value: object) -> str:
    if isinstance(value, str):
        return value
    if not isinstance(value, int | float) or not math.isfinite(value):
        return DASH
    if key == "gap":
        return percent(value, 2)
    return whole(value) if key == "heads_end" else amount(value)


def _change(key: str, value: object) -> str:
    if not isinstance(value, int | float) or not math.isfinite(value):
        return ""
    text = _figure(key, abs(value))
    # What rounds to nothing is no difference.
    if text.strip("0. %") == "":
        return "="
    return f"{'+' if value > 0 else '-'}{text}"
