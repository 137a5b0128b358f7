"""The course of a search on a terminal: best plan and bound against time, and when what came."""

import math
from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from allocator.figures import amount, percent
from allocator.plan import Plan, TracePoint, relative_gap
from allocator.screen_levers import bullets
from allocator.text_plot import LINE, Curve, plot

HEIGHT = 12
WIDEST = 90
REACH = 0.25
"""Values farther from the last ones than this share of them stick to the edge of the plot."""
CLOSE = 4.0
"""The plot shows at least so many times the last distance between plan and bound."""
BOUND = "·"
"""Marker of the bound."""
GAPS = (0.1, 0.05, 0.02, 0.01, 0.005, 0.001)
"""Gaps whose first time is told."""


def trace_screen(plan: Plan, width: int) -> RenderableType:
    """Best plan (line) and bound (dots) against time, then when the first plan and which gaps were
    reached.
    """
    points = [p for p in plan.trace if p[2] is not None or p[3] is not None]
    if not points:
        return Text("no trace was kept", style="dim")
    end = max(points[-1][0], plan.runtime.get("total", 0.0))
    # Bound and plan may coincide: the plan is drawn last.
    curves = [
        Curve(*steps, marker)
        for steps, marker in ((_steps(points, 3, end), BOUND), (_steps(points, 2, end), LINE))
        if steps[0]
    ]
    low, high = _frame(points)
    drawn = plot(
        curves, width=min(width, WIDEST), height=HEIGHT, low=low, high=high, left=0.0, x_unit=" s"
    )
    legend = Text("      ─ best verified plan   · bound", style="dim")
    return Group(drawn, legend, bullets(milestones(points)))


def _steps(
    points: Sequence[TracePoint], which: int, end: float
) -> tuple[list[float], list[float]]:
    """A value over time: it holds until it changes."""
    x: list[float] = []
    y: list[float] = []
    for point in points:
        value = point[which]
        if not isinstance(value, float):
            continue
        if y and value != y[-1]:
            x.append(point[0])
            y.append(y[-1])
        x.append(point[0])
        y.append(value)
    return (x and [*x, end]), (y and [*y, y[-1]])


def _frame(points: Sequence[TracePoint]) -> tuple[float, float]:
    """Least and largest value of the plot: near the last plan and bound."""
    ends = [x for point in reversed(points) for x in point[2:] if x is not None][:2]
    values = [x for point in points for x in point[2:] if x is not None]
    middle = sum(ends) / len(ends)
    reach = max(REACH * abs(middle), CLOSE * (max(ends) - min(ends)), 1e-9)
    return max(min(values), middle - reach), min(max(values), middle + reach)


def milestones(points: Sequence[TracePoint]) -> list[str]:
    """When the first verified plan was there and when each gap was reached, in words; at the end
    the gap of the plan itself, which may have been chosen for more than its value.
    """
    told: list[str] = []
    gap = before = math.inf
    known = [(t, phase, value, bound) for t, phase, value, bound in points if value is not None]
    for seconds, phase, value, bound in known:
        gap = math.inf if bound is None else relative_gap(value, bound)
        when = f"{seconds:6.1f} s  "
        passed = [level for level in GAPS if gap <= level < before]
        if not told:
            near = f", gap {percent(gap, 2)}" if bound is not None else ""
            told.append(f"{when}first verified plan: {amount(value)}{near} ({phase})")
        elif passed:
            told.append(f"{when}gap at most {percent(min(passed), 1)} ({phase})")
        before = min(before, gap)
    if known and math.isfinite(gap):
        seconds, phase, *_ = points[-1]
        told.append(f"{seconds:6.1f} s  end: gap {percent(gap, 2)} ({phase})")
    return told
