"""A frontier as page, chart and notebook view: the numbers of its table."""

import re
from html import unescape

import pytest

from allocator.frontier import frontier
from allocator.frontiers.chart import curve
from allocator.frontiers.points import Frontier
from allocator.labels import LANGS, Lang
from tests.allocator.test_frontier import advertiser


@pytest.fixture(scope="module")
def found() -> Frontier:
    """Three budgets of a merchant who only advertises."""
    return frontier(advertiser(), "budget", points=3, low=800.0, high=2400.0, gap=0.01)


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_shows_the_points(found: Frontier, lang: Lang) -> None:
    """Every number of the page is that of the table, and the words stand above it."""
    page = found.to_html(lang)
    for key in ("at", "objective", "bound", "spend"):
        values = re.findall(rf'<data value="([^"]+)" data-figure="{key}">', page)
        assert [float(x) for x in values] == [float(x) for x in found.table[key]]
    assert found.words(lang)[0] in page
    assert "default-src 'none'" in unescape(page)


def test_the_band_is_drawn_as_it_is_proved(found: Frontier) -> None:
    """Up to the next budget the plan before can be kept: steps to the right; the bound of the
    next one holds: steps to the left.
    """
    bound, sure, plans = curve(found, "en").data
    scale = plans.meta["scale"]
    assert [y * scale for y in plans.y] == pytest.approx(list(found.table["objective"]))
    assert [y * scale for y in bound.y] == pytest.approx(list(found.table["bound"]))
    assert list(sure.y) == list(plans.y)
    assert (sure.line.shape, bound.line.shape) == ("hv", "vh")


def test_a_profit_floor_loosens_to_the_left(found: Frontier) -> None:
    """For a floor the plan of the higher value can be kept below it."""
    floors = Frontier(found.instance, "profit-floor", found.points, None)
    bound, sure, _ = floors.figure().data
    assert (sure.line.shape, bound.line.shape) == ("vh", "hv")


def test_it_shows_itself_in_a_notebook(found: Frontier) -> None:
    """The notebook view holds the words and a row per point."""
    html = found._repr_html_()
    assert html.count("<tr>") == 1 + len(found.points)
    assert found.words()[0] in html


def test_a_frontier_without_a_plan_has_a_page(found: Frontier) -> None:
    """Where no point has a plan, the page says so and draws nothing."""
    empty = Frontier(found.instance, "budget", (), None)
    assert "Fewer than two points" in empty.to_html()
