"""An allocation on a terminal."""

import numpy as np
from rich.console import Group, RenderableType
from rich.text import Text

from allocator.allocation import Allocation
from allocator.figures import DASH, amount, percent, plain, spark
from allocator.screen_levers import simple

PRICED = 1e-9
"""Worth per unit of money below which a limit is not mentioned."""
LISTED = 8
"""Limits and channels that are listed with their worth."""
MOST = 40
"""Channels that are listed; the others are summed up."""


def allocation_screen(found: Allocation) -> RenderableType:
    """Headline, spend by channel, what the limits are worth, what is left."""
    request = found.request
    if found.detail is None or found.value is None:
        return Text(f"{plain(request.name)}: {found.status}: {plain(found.message)}")
    head = Text(f"{plain(request.name)}  ", style="bold")
    head.append(f"{_status(found)}\n", style="green" if found.status == "optimal" else "yellow")
    count = request.periods.count
    head.append(
        f"{len(request.channels)} channels, {count} period{'s' if count > 1 else ''}; "
        f"amounts in {plain(request.currency)}\n\n"
        f"value  {_figure(found.value)}   bound  {_figure(found.bound)}   "
        f"paid  {_figure(found.paid)}"
    )
    if request.budget is not None:
        head.append(f" of {_figure(request.budget)}")
    if found.fees:
        head.append(f", {_figure(found.fees)} of it fixed costs")
    last = Text(f"\n{found.unspent}\n" if found.unspent is not None else "")
    last.append(f"found by {found.method} in {found.seconds:.2f} s")
    return Group(head, Text(""), _channels(found), _limits(found), last)


def _status(found: Allocation) -> str:
    """Status as the beginning of a sentence."""
    near = f"within {percent(found.gap, 4)} of the best allocation"
    return {
        "optimal": f"certified {near}",
        "feasible_limit": f"stopped at the time limit; certified {near}",
        "unverified": f"not verified: {plain(found.message)}",
    }.get(found.status, found.status)


def _figure(value: float | None) -> str:
    """An amount short enough for a line, small ones with decimals."""
    if value is None or not np.isfinite(value):
        return DASH
    return amount(value, " ") if abs(value) >= 1000 else f"{value:.4g}"


def _channels(found: Allocation) -> RenderableType:
    assert found.detail is not None
    targets = bool(found.request.targets)
    several = found.request.periods.count > 1
    columns = ["Channel", ">Spend", ">Share"] + ([] if targets else [">Value"])
    columns += [">One more yields", *(["Spend over time"] if several else [])]
    table = simple(*columns)
    total = sum(found.spend.values())
    order = list(found.spend)
    for n, name in enumerate(order[:MOST]):
        spend = found.spend[name]
        row: list[RenderableType] = [
            Text(plain(name)),
            _figure(spend),
            percent(spend / total if total else 0.0, 1),
        ]
        row += [] if targets else [_figure(found.by_curve[name])]
        row.append(_figure(found.marginal[name]))
        if several:
            series = found.detail[n].sum(axis=0) if targets else found.detail[n]
            row.append(spark(series.tolist(), 26))
        table.add_row(*row)
    if len(order) > MOST:
        rest = sum(found.spend[name] for name in order[MOST:])
        table.add_row(f"{len(order) - MOST} more", _figure(rest), percent(rest / total, 1))
    return table


def _limits(found: Allocation) -> RenderableType:
    """Limits that are worth something, the dearest first."""
    dear = {n: p for n, p in found.prices.items() if abs(p) > PRICED}
    if not dear:
        return Text("")
    table = simple("Limit", ">One more on it is worth")
    order = sorted(dear, key=lambda name: -abs(dear[name]))
    for name in order[:LISTED]:
        table.add_row(Text(plain(name)), _figure(dear[name]))
    if len(order) > LISTED:
        table.add_row(f"{len(order) - LISTED} more", "")
    return Group(Text(""), table)
