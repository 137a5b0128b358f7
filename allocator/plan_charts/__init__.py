"""The figures of a plan as objects of Plotly: for the page, for notebooks, for your own slides.

    plan.figures()["gmv"].show()
    plan.figures("zh")["cash"].write_html("cash.html")

All amounts come from the plan's tables. An axis of money is in thousands, millions, 万 or 亿; the
``meta`` of every trace of it says by how much its values were divided (``scale``).
"""

from collections.abc import Callable

import plotly.graph_objects as go

from allocator.labels import Lang
from allocator.plan import Plan
from allocator.plan_charts.calendar import calendar, staff
from allocator.plan_charts.money import budget, cash, gmv, result
from allocator.plan_charts.snowball import first_touch, gap, traffic

CHARTS: dict[str, Callable[[Plan, Lang], go.Figure | None]] = {
    "calendar": calendar,
    "gmv": gmv,
    "traffic": traffic,
    "first_touch": first_touch,
    "budget": budget,
    "result": result,
    "staff": staff,
    "cash": cash,
    "gap": gap,
}
"""Every figure by name, in the order of the page."""


def figures(plan: Plan, lang: Lang = "en") -> dict[str, go.Figure]:
    """The figures by name, in the order of the page; those with nothing to show are left out.

    Raises:
        ValueError: there is no plan.
    """
    made = {name: chart(plan, lang) for name, chart in CHARTS.items()}
    return {name: shown for name, shown in made.items() if shown is not None}
