"""A comparison as page, workbook and charts: the figures of the table, in both languages, and no
text that becomes markup or a formula.
"""

import io
import json
import re
from html import unescape
from typing import Any

import pandas as pd
import pytest

from allocator.compare import Comparison, comparison
from allocator.comparisons.charts import SPREAD, bars, keys_of, one_scale, panels
from allocator.labels import LANGS, Lang, label
from allocator.plan import Plan
from tests.allocator.small_plan import small, small_plan
from tests.allocator.test_compare import today
from tests.allocator.tiny import four_levers

HOSTILE = '=1+1 <img src=x onerror="alert(1)"> & "q"'


@pytest.fixture(scope="module")
def found() -> Comparison:
    """The small merchant beside another of other length, and one without a plan."""
    failed = Plan(four_levers(), "infeasible", message="too little")
    return comparison([small_plan(), today(four_levers()), failed])


def shown(page: str, key: str) -> list[float]:
    """Numbers of a row of the page's table."""
    return [float(x) for x in re.findall(rf'<data value="([^"]+)" data-figure="{key}">', page)]


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_shows_the_table(found: Comparison, lang: Lang) -> None:
    """Every number of the page is that of the table, to the last digit."""
    page = found.to_html(lang)
    for key in ("gmv", "contribution", "roi", "gmv_week", "gap"):
        assert shown(page, key) == [float(x) for x in found.table[key].dropna()]
        assert label("kpi", key, lang) in page
    for note in found.notes(lang):
        assert note.split(":")[0].split("：")[0] in page


def test_the_page_asks_nothing_of_the_network(found: Comparison) -> None:
    """One file: no address in it is opened, and one copy of the script draws all figures."""
    page = found.to_html()
    assert "default-src 'none'" in unescape(page)
    assert not re.search(r'<(script|link|img|iframe)[^>]+(src|href)="(?!data:)', page)
    assert page.count("plotly.js v") == 1
    told = re.search(r'id="figures">(.*?)</script>', page, re.DOTALL)
    assert told is not None
    drawn = json.loads(told[1])["figures"]
    assert {f"chart-{name}" for name in drawn} == set(re.findall(r'id="(chart-[^"]+)"', page))


@pytest.mark.parametrize("lang", LANGS)
def test_names_are_text_everywhere(lang: Lang) -> None:
    """What looks like markup or a formula stays text: on the page, in a notebook, in cells."""
    instance = four_levers().model_copy(update={"currency": HOSTILE[:20]})
    plan = today(instance)
    found = comparison([plan, plan])
    for page in (found.to_html(lang), found._repr_html_(), plan._repr_html_()):
        assert "<img" not in page
        assert "&lt;img" in page
    sheet = pd.read_excel(io.BytesIO(found.to_xlsx(lang)), engine="calamine", header=None)
    assert any("=1+1" in str(x) for x in sheet.to_numpy().ravel())


def test_bars_are_the_figures(found: Comparison) -> None:
    """Bars hold the table's numbers, per week where horizons differ; none stands for no plan."""
    drawn = bars(found, "en")
    assert "gmv_week" in drawn
    assert "gmv" not in drawn
    values = drawn["gmv_week"].data[0].x
    assert list(values[:2]) == [float(x) for x in found.table["gmv_week"].iloc[:2]]
    assert values[2] is None
    marks = drawn["roi"].data[1].x
    assert marks[0] == pytest.approx(float(found.table["break_even_roi"].iloc[0]))


def test_panels_add_up(found: Comparison) -> None:
    """Stacked amounts times their scale are the plan's totals; the index begins at 100."""
    drawn = panels(found, "en")
    assert {name: len(made) for name, made in drawn.items()} == dict.fromkeys(drawn, 2)
    for n in range(2):
        for measure, total in (("gmv", "gmv"), ("spend", "spend")):
            sums = sum(sum(t.y) * t.meta["scale"] for t in drawn[measure][n].data)
            # Sources and levers of less than half a yuan are not drawn.
            assert sums == pytest.approx(float(found.table[total].iloc[n]), abs=3.0)
        assert {trace.y[0] for trace in drawn["audience"][n].data} == {100.0}
        last = drawn["earned"][n].data[0]
        earned = float(found.table["contribution"].iloc[n])
        assert last.y[-1] * last.meta["scale"] == pytest.approx(earned)
    names = [name for name, _ in keys_of(drawn["gmv"])]
    assert names[0] == label("source", "field", "en")


def test_panels_share_an_axis_while_sizes_are_alike() -> None:
    """Alike plans have one range in every panel; one many times larger has its own."""
    plan = today(four_levers())
    alike = comparison([plan, plan])
    ranges = [made.layout.yaxis.range for made in alike.figures()["gmv"]]
    assert one_scale(alike, "gmv")
    assert ranges[0] == ranges[1] is not None
    large = four_levers(goods={"lines": {"basic": {"price": 100.0 * 3 * SPREAD}}})
    apart = comparison([plan, today(large)])
    assert not one_scale(apart, "gmv")
    assert one_scale(apart, "audience")
    assert "axis of its own" in apart.to_html()


@pytest.mark.parametrize("lang", LANGS)
def test_the_workbook_holds_the_table(found: Comparison, lang: Lang) -> None:
    """Figures and differences read back as they are; the sheets by week add up."""
    sheets: dict[Any, pd.DataFrame] = pd.read_excel(
        io.BytesIO(found.to_xlsx(lang)), sheet_name=None, engine="calamine", header=None
    )
    first = next(iter(sheets.values()))
    rows = {row[0]: row for row in first.to_numpy().tolist()}
    for key in ("gmv", "cash_low", "roi"):
        row = rows[label("kpi", key, lang)]
        assert row[2] == float(found.table[key].iloc[0])
        assert row[3] == float(found.table[key].iloc[1])
        change = float(found.differences[key].iloc[1])
        assert row[4] == pytest.approx(change, nan_ok=True)
    weekly = sheets[label("kpi", "gmv", lang)].iloc[5:, 1:3].astype(float)
    assert list(weekly.sum()) == pytest.approx([float(x) for x in found.table["gmv"].dropna()])


def test_plans_show_themselves_in_a_notebook() -> None:
    """A plan shows its figures and months, a failed one its reason, a comparison its rows."""
    plan = small_plan()
    html = plan._repr_html_()
    assert plan.name in html
    assert html.count("<tr>") == 1 + len(plan.months)
    failed = Plan(small(), "infeasible", message="the cash floor <cannot> be kept")
    assert "&lt;cannot&gt;" in failed._repr_html_()
    rows = comparison([plan, plan], against=1)._repr_html_()
    assert "reference: small (2)" in rows
