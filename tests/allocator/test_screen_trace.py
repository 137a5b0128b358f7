"""The course of a search as a text plot."""

from collections.abc import Sequence
from io import StringIO

import pytest
from rich.console import Console

from allocator.plan import Plan, TracePoint
from allocator.screen_trace import milestones, trace_screen
from allocator.text_plot import Curve, plot
from tests.allocator.tiny import built

TRACE: Sequence[TracePoint] = (
    (0.5, "LP", None, 2000.0),
    (2.0, "polish", 900.0, 1500.0),
    (3.0, "polish", 990.0, 1500.0),
    (5.0, "MILP", 990.0, 1005.0),
)


def drawn(trace: Sequence[TracePoint], width: int = 100) -> str:
    """The plot of a trace."""
    console = Console(file=StringIO(), width=width, markup=False, highlight=False)
    console.print(trace_screen(Plan(built(), "no_plan_yet", trace=trace), width))
    return str(console.file.getvalue())  # type: ignore[attr-defined]


@pytest.mark.parametrize("width", [60, 100, 200])
def test_plan_and_bound_are_drawn(width: int) -> None:
    """The plot fits the terminal and says what line and dots are."""
    text = drawn(TRACE, width)
    assert max(map(len, text.splitlines())) <= width
    assert "best verified plan" in text
    assert "·" in text
    assert "0.0 s" in text
    assert "5.0 s" in text


def test_the_first_plan_and_gaps_are_told() -> None:
    """Each gap is told when it is first reached, the smallest of those reached at once."""
    told = milestones(TRACE)
    assert told[0].strip() == "2.0 s  first verified plan: 900, gap 40.00 % (polish)"
    assert told[1].strip() == "5.0 s  gap at most 2.0 % (MILP)"
    assert told[-1].strip() == "5.0 s  end: gap 1.49 % (MILP)"


def test_a_search_without_a_plan_has_no_milestone() -> None:
    """A bound alone is drawn, and nothing is claimed of a plan."""
    only_bounds = TRACE[:1]
    assert milestones(only_bounds) == []
    assert "·" in drawn(only_bounds)


def test_no_trace_is_told() -> None:
    """A plan without a trace says so."""
    assert "no trace" in drawn(())


def test_a_level_curve_has_a_frame() -> None:
    """A curve of one point or one height does not break the axes."""
    text = plot([Curve([1.0], [5.0])], width=40, height=8, low=5.0, high=5.0).plain
    assert "┌" in text
    assert len({len(line) for line in text.splitlines()[:-1]}) == 1


def test_labels_tell_levels_apart() -> None:
    """Where three digits make ticks look alike, the axis shows all digits."""
    levels = [1_000_000.0, 1_000_300.0]
    text = plot([Curve([0.0, 1.0], levels)], width=60, height=10, low=levels[0], high=levels[1])
    assert "1,000,300" in text.plain
