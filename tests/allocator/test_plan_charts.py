"""Figures: every value is one of the plan's tables, in the scale that the figure names."""

from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from allocator.chart_style import on_axis, shown
from allocator.labels import LANGS, Lang, label
from allocator.plan import Plan
from allocator.plan_charts import CHARTS
from fact_models.replay import status_quo
from tests.allocator.small_plan import later_plan, small, small_plan, spent_plan
from tests.allocator.tiny import built

Drawn = dict[Lang, dict[str, go.Figure]]


@pytest.fixture(scope="module")
def plan() -> Plan:
    """Something of every lever is taken."""
    return small_plan()


@pytest.fixture(scope="module")
def drawn(plan: Plan) -> Drawn:
    """Its figures in every language."""
    return {lang: plan.figures(lang) for lang in LANGS}


def values(made: go.Figure, axis: str = "y", **meta: Any) -> list[np.ndarray]:
    """Values of the traces whose ``meta`` holds ``meta``, in the unit of the tables."""
    return [
        np.array(trace[axis], dtype=float) * trace.meta.get("scale", 1.0)
        for trace in made.data
        if trace.meta and meta.items() <= trace.meta.items()
    ]


@pytest.mark.parametrize("lang", LANGS)
def test_gmv_bars_are_the_table(plan: Plan, drawn: Drawn, lang: Lang) -> None:
    """Every bar is GMV of one source in one week, and all bars are the plan's GMV."""
    made, table = drawn[lang]["gmv"], plan.gmv_by_lever
    assert sum(x.sum() for x in values(made)) == pytest.approx(plan.gmv)
    for trace in made.data:
        rows = table[table["source"] == trace.meta["source"]]
        np.testing.assert_allclose(values(made, source=trace.meta["source"])[0], rows["gmv"])
        assert trace.name == label("source", trace.meta["source"], lang)


def test_axes_are_scaled_as_their_readers_count(drawn: Drawn) -> None:
    """Thousands in English, 万 in Chinese, and the ticks say so."""
    english, chinese = (drawn[lang]["gmv"] for lang in LANGS)
    assert english.data[0].meta["scale"] == 1e3
    assert english.layout.yaxis.ticksuffix == " k"
    assert chinese.data[0].meta["scale"] == 1e4
    assert chinese.layout.yaxis.ticksuffix == "万"
    assert chinese.data[0].hovertemplate.endswith("万元")


def test_segments_are_drawn_as_the_ledger_has_them(plan: Plan, drawn: Drawn) -> None:
    """Traffic and followers of each segment, the period after the horizon included."""
    made, table = drawn["en"]["traffic"], plan.audience
    for stock in ("traffic", "followers"):
        for segment in plan.instance.snowball.segments:
            rows = table[table["segment"] == segment]
            (bars,) = values(made, stock=stock, segment=segment)
            np.testing.assert_allclose(bars, rows[stock])


def test_first_touch_and_return_are_the_plans_gmv(plan: Plan, drawn: Drawn) -> None:
    """The two bars of a week add up to its GMV."""
    made = drawn["en"]["first_touch"]
    (first,), (back,) = values(made, column="first_touch"), values(made, column="returned")
    np.testing.assert_allclose(first + back, plan.first_touch["gmv"])


def test_the_budget_falls_to_what_is_left(plan: Plan, drawn: Drawn) -> None:
    """Budget, less each lever's spend, is the last bar."""
    made = drawn["en"]["budget"]
    (bars,) = values(made, axis="x")
    spend = plan.budget.groupby("lever")["spend"].sum()
    assert bars[0] == plan.instance.money.budget
    assert -bars[1:-1].sum() == pytest.approx(spend.sum())
    assert bars[-1] == pytest.approx(bars[:-1].sum())
    assert list(made.data[0].measure) == ["absolute", *["relative"] * 5, "total"]


@pytest.mark.parametrize(("lang", "name"), [("en", "Spent before"), ("zh", "此前已用")])
def test_what_earlier_weeks_took_has_a_bar(lang: Lang, name: str) -> None:
    """It hangs from the budget, and nothing that is gone is drawn as not spent."""
    later = spent_plan(left=700.0)
    made = later.figures(lang)["budget"]
    (bars,) = values(made, axis="x")
    assert made.layout.yaxis.ticktext[1] == name
    assert -bars[1] == pytest.approx(later.instance.money.past.spend())
    assert bars[-1] == pytest.approx(700.0)
    assert bars[-1] == pytest.approx(bars[:-1].sum())


def test_without_a_budget_the_spend_adds_up() -> None:
    """The bars rise from nothing to the spend."""
    tree = small().model_dump(mode="json")
    tree["money"]["budget"] = None
    free = small_plan(type(small()).model_validate(tree))
    (bars,) = values(free.figures()["budget"], axis="x")
    assert bars[-1] == pytest.approx(free.budget["spend"].sum())
    assert bars[:-1].sum() == pytest.approx(bars[-1])


def test_gmv_falls_to_the_contribution(plan: Plan, drawn: Drawn) -> None:
    """The first bar is the GMV, the last the contribution, and steps of nothing are left out."""
    (bars,) = values(drawn["en"]["result"], axis="x")
    assert bars[0] == pytest.approx(plan.gmv)
    assert bars[-1] == pytest.approx(plan.contribution)
    assert bars[:-1].sum() == pytest.approx(plan.contribution)
    assert np.abs(bars[1:-1]).min() > 0.5


def test_cash_is_drawn_with_its_floor_and_its_low_point(plan: Plan, drawn: Drawn) -> None:
    """Balance, floor and the lowest balance are those of the cash table."""
    made = drawn["en"]["cash"]
    for column in ("balance", "floor"):
        np.testing.assert_allclose(values(made, column=column)[0], plan.cash[column])
    assert values(made, column="low")[0] == [pytest.approx(plan.cash["balance"].min())]
    assert not values(made, column="held"), "no credit is drawn in this plan"


def test_staff_load_is_need_over_what_is_available(plan: Plan, drawn: Drawn) -> None:
    """One cell a role and week."""
    (grid,) = drawn["en"]["staff"].data
    assert np.array(grid.z).shape == (1, 8)
    np.testing.assert_allclose(grid.z[0], plan.heads["need"] / plan.heads["available"])


def test_the_trace_is_drawn_as_it_was_kept(plan: Plan, drawn: Drawn) -> None:
    """A plan and two bounds, at their seconds."""
    made = drawn["en"]["gap"]
    assert values(made, line="plan")[0] == [pytest.approx(plan.objective)]
    np.testing.assert_allclose(values(made, line="bound")[0], [2e7, 1e7])
    np.testing.assert_allclose(values(made, "x", line="bound")[0] / 1e6, [0.5, 2.0])


def test_the_calendar_has_a_row_an_entry(drawn: Drawn) -> None:
    """Four rows, named as the merchant names them, bars where something follows."""
    made = drawn["zh"]["calendar"]
    assert list(made.layout.yaxis.ticktext) == ["38好物节", "star, the first", "second", "host"]
    bars = [trace for trace in made.data if trace.type == "bar"]
    assert [bar.meta["kind"] for bar in bars] == ["campaign", "kol", "field"]
    days = [bar.x[0] / 86_400_000 for bar in bars]
    assert days == [14, 7, 49]


def test_what_was_signed_before_has_no_mark() -> None:
    """The session stands in the calendar, which begins with the plan and has no diamond."""
    later = later_plan(4)
    made = later.figures("en")["calendar"]
    marks = [trace for trace in made.data if trace.type == "scatter"]
    assert not [trace for trace in marks if trace.meta["kind"] in ("kol", "campaign")]
    assert "star, the first" in made.layout.yaxis.ticktext
    assert made.layout.xaxis.range[0] > "2026-01-20"


def test_what_is_not_in_the_instance_has_no_figure() -> None:
    """No team, no cash, no choices, no trace: those figures are left out and the others stay."""
    instance = built()
    bare = Plan.of(instance, "optimal", status_quo(instance), 1e9)
    assert set(CHARTS) - set(bare.figures()) >= {"calendar", "staff", "cash", "gap"}
    assert "gmv" in bare.figures()


def test_nothing_comes_back_in_the_funnel() -> None:
    """The figure of what the snowball returned is none in a world without one."""
    tree = small().model_dump(mode="json")
    tree["snowball"]["model"] = "funnel"
    assert "first_touch" not in small_plan(type(small()).model_validate(tree)).figures()


def test_labels_are_words_to_a_figure() -> None:
    """Plotly would read tags, entities and templates in any text: it gets none of a label."""
    label = "<b>%{y}</b>&amp;<img src=x>"
    assert shown(label) == "&lt;b&gt;%{y}&lt;/b&gt;&amp;amp;&lt;img src=x&gt;"
    named = dict.fromkeys(("main", "second", "feed", "tail", "spring", "star", "host"), label)
    made = small_plan(small(core=label, wide=label, **named)).figures()
    for name, drawn in made.items():
        text = drawn.to_json()
        assert "<img" not in text.replace("\\u003c", "<"), name
        templates = [trace.hovertemplate for trace in drawn.data if trace.hovertemplate]
        assert not any("img" in template for template in templates), name


def test_long_names_are_cut_beside_an_axis() -> None:
    """A Chinese letter counts as two others; what fits stays."""
    assert on_axis("女装旗舰") == "女装旗舰"
    assert on_axis("waist pack (10 creators, short video)") == "waist pack (10 creato…"
    assert on_axis("一二三四五六七八九十一二三") == "一二三四五六七八九十…"
