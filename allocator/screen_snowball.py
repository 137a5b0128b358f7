"""The snowball's own figures, what to open next, and how the search came to its certificate."""

import math
from collections.abc import Iterator
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from allocator.figures import DASH, amount, decimal, percent, plain, signed_percent, spark
from allocator.plan import Plan
from allocator.screen_levers import NARROW, simple

_HELD = {
    "budget": "the budget {what}",
    "cash floor": "cash, which is at its floor",
    "credit line": "the credit line",
    "live hours": "live hours of {what}",
    "reception": "reception of {what}",
    "open accounts": "how many accounts may be open",
    "boost spend": "the most that boost {what} can spend",
    "content made": "the content that the team can make",
    "samples": "the samples that {what} creators take",
    "creators willing": "the creators of {what} who are willing",
    "hours of": "working hours of {what}",
    "hires of": "how many {what} may be hired",
    "heads of": "how many {what} there may be",
}
"""What a planner would have to raise, by the limit that is reached."""


def snowball(plan: Plan, width: int) -> RenderableType:
    """Growth by segment, what a unit of money now is worth later, and what came back."""
    return Group(_segments(plan, width), *(Text(line) for line in sentences(plan)))


def _segments(plan: Plan, width: int) -> Table:
    assert plan.replay is not None
    states = plan.replay
    columns = ["Segment", ">Growth a period", ">Traffic", ">Followers", ">Customers"]
    if width >= NARROW:
        columns.append("Traffic over time")
    shown = simple(*columns)
    for n, (s, spec) in enumerate(plan.instance.snowball.segments.items()):
        traffic = states.traffic[:, n].sum(axis=0)
        cells: list[str | Text] = [
            Text(plain(spec.label or s)),
            _growth(plan, s),
            *(_change(x[0], x[-1]) for x in (traffic, states.followers[n], states.customers[n])),
        ]
        if width >= NARROW:
            cells.append(spark([float(x) for x in traffic], 20))
        shown.add_row(*cells)
    return shown


def _change(first: float, last: float) -> str:
    if first < 0.5 and last < 0.5:
        return DASH
    return f"{amount(first)} → {amount(last)}"


def _growth(plan: Plan, segment: str) -> str:
    """Mean growth of a segment's traffic per period."""
    means = plan.growth.get("mean_factor")
    mean = means.get(segment) if isinstance(means, dict) else None
    return signed_percent(mean - 1) if _number(mean) and mean is not None else DASH


def sentences(plan: Plan) -> list[str]:
    """The figures of ``Plan.growth`` in words, and what to open next."""
    found = [*_yield_words(plan)]
    # In the funnel nothing can come back, and there is nothing to weigh it against.
    if plan.instance.snowball.model == "snowball":
        found += [*_returned_words(plan), _worth_words(plan)]
    return [*found, *_next_words(plan)]


def _yield_words(plan: Plan) -> Iterator[str]:
    yields, lever = plan.growth.get("yuan"), plan.growth.get("yuan_lever")
    if isinstance(yields, dict):
        where = f" in {plain(lever)}" if isinstance(lever, str) else ""
        parts = [f"{decimal(x, 2)} within {n}" for n, x in yields.items() if _number(x)]
        if parts:
            unit = plain(plan.instance.currency)
            yield f"One more {unit}{where} now brings GMV of {', '.join(parts)} periods."
            spent = sum(float(x.sum()) for x in plan.replay.spend.values()) if plan.replay else 0.0
            if spent > 0:
                mean = decimal(float(plan.gmv or 0.0) / spent, 2)
                yield (
                    f"That is the next {unit} where it brings most, not every one: on average the"
                    f" plan's spend brings GMV of {mean} per {unit}."
                )


def _returned_words(plan: Plan) -> Iterator[str]:
    share = plan.growth.get("returned_share")
    if not _number(share) or share is None:
        return
    if abs(share) < 0.0005:
        yield "The snowball neither brings nor costs GMV: the funnel would bring as much."
    elif share > 0:
        yield (
            f"{percent(share, 1)} of the GMV comes back through the snowball: "
            "the funnel would not bring it."
        )
    else:
        yield (
            f"The snowball rolls backwards: with traffic that stays as it is today the same plan "
            f"would bring {percent(-share, 1)} more GMV."
        )


def _worth_words(plan: Plan) -> str:
    """What the plan is worth against the funnel's, or how to get to know it."""
    worth = plan.growth.get("worth_vs_funnel")
    if not isinstance(worth, dict) or not _number(worth.get("gmv")):
        return "What it is worth against the funnel's plan: allocator compare --models."
    share = f" ({signed_percent(worth['share'])})" if _number(worth.get("share")) else ""
    text = f"Planning with the feedback is worth {amount(worth['gmv'], ' ')} of GMV{share}"
    if _number(worth.get("objective")):
        text += f" and {amount(worth['objective'], ' ')} of the objective"
    text += " against the funnel's plan at middle growth"
    if _number(worth.get("funnel_gap")):
        text += f", which is within {percent(worth['funnel_gap'], 1)} of the funnel's best"
    if worth.get("funnel_rules_broken"):
        text += "; at least that, as the funnel's plan breaks rules in this world"
    return f"{text}."


def _next_words(plan: Plan) -> Iterator[str]:
    """The accounts that stay closed and the limit that holds the plan back longest."""
    accounts = plan.instance.field.accounts if plan.instance.field else {}
    starts = plan.decisions.start if plan.decisions is not None else None
    for n, (a, account) in enumerate(accounts.items()):
        if not account.open and starts is not None and starts[n].sum() < 0.5:
            cost = amount(account.opening_cost, " ")
            name = plain(account.label or a)
            yield f"{name} stays closed; opening it costs {cost} {plain(plan.instance.currency)}."
    limits = plan.limits
    if ((limits["limit"] == "budget") & (limits["what"] == "over the horizon")).any():
        yield "The budget is used up."
        limits = limits[limits["limit"] != "budget"]
    if len(limits):
        row = limits.sort_values("periods", ascending=False, kind="stable").iloc[0]
        words = _HELD.get(str(row["limit"]), "{limit} {what}")
        what = words.format(limit=row["limit"], what=row["what"]).strip()
        most, count = plan.instance.calendar.periods, int(row["periods"])
        yield f"Look next at {plain(what)}: the limit is reached in {count} of {most} periods."


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)
