"""Tables: every figure of a report adds up to the plan's."""

import re
from dataclasses import replace
from io import StringIO
from typing import Any

import numpy as np
import pandas as pd
import pytest
from rich.console import Console, RenderableType

from allocator.compare import comparison
from allocator.comparisons.screen import comparison_screen
from allocator.figures import amount, percent, ranges, spark
from allocator.growth import growth_figures
from allocator.load import load
from allocator.panel import month_of, week_of
from allocator.plan import Plan
from allocator.screen import WIDE, plan_screen, rows
from allocator.screen_instance import instance_screen
from allocator.screen_snowball import sentences
from allocator.tables import TABLES
from fact_models.replay import status_quo
from fact_models.spec.calendar import Calendar
from tests.allocator.small_plan import SMALL, later_plan, small_plan, spent_plan


@pytest.fixture(scope="module")
def plan() -> Plan:
    """A plan of the small merchant in which something of every lever is taken."""
    return small_plan()


def rendered(content: RenderableType, width: int) -> str:
    """What a terminal of ``width`` columns would show."""
    console = Console(file=StringIO(), width=width, markup=False, highlight=False, emoji=False)
    console.print(content)
    text = console.file.getvalue()  # type: ignore[attr-defined]
    return str(text)


def test_gmv_tables_add_up(plan: Plan) -> None:
    """GMV by lever, by segment and by month are three ways to cut the plan's GMV."""
    assert plan.gmv_by_lever["gmv"].sum() == pytest.approx(plan.gmv)
    assert plan.gmv_by_segment["gmv"].sum() == pytest.approx(plan.gmv)
    months = plan.months
    assert months["gmv"].sum() == pytest.approx(plan.gmv)
    sources = [c for c in months.columns if str(c).startswith("gmv_")]
    assert len(sources) == 6
    np.testing.assert_allclose(months[sources].sum(axis=1), months["gmv"])
    assert months["net_gmv"].sum() == pytest.approx(plan.net_gmv)
    assert months["contribution"].sum() == pytest.approx(plan.contribution)


def test_spend_tables_add_up(plan: Plan) -> None:
    """Budget, cash and months tell one spend; cash has lost the commission before."""
    spend = plan.budget["spend"].sum()
    assert plan.replay is not None
    commission = plan.replay.commission.sum()
    assert commission > 0
    assert plan.cash["paid_spend"].sum() == pytest.approx(spend - commission)
    assert plan.months["spend"].sum() == pytest.approx(spend)
    assert plan.months["periods"].sum() == plan.instance.calendar.periods


def test_first_touch_and_return_make_up_the_gmv(plan: Plan) -> None:
    """The two parts add up to the GMV of every period, and to the share that growth reports."""
    assert plan.replay is not None
    table, growth = plan.first_touch, growth_figures(plan.instance, plan.replay)
    np.testing.assert_allclose(table["first_touch"] + table["returned"], table["gmv"])
    assert table["gmv"].sum() == pytest.approx(plan.gmv)
    share = table["returned"].sum() / table["gmv"].sum()
    assert share == pytest.approx(growth["returned_share"])


def test_result_leads_from_gmv_to_contribution(plan: Plan) -> None:
    """Every step is a cost or an income, and their sum is the contribution."""
    amounts = plan.result.set_index("item")["amount"]
    assert amounts["gmv"] == pytest.approx(plan.gmv)
    assert amounts["gmv"] + amounts["refunds"] == pytest.approx(plan.net_gmv)
    assert amounts["contribution"] == pytest.approx(plan.contribution)
    assert amounts.drop("contribution").sum() == pytest.approx(plan.contribution)
    assert (amounts.drop(["gmv", "contribution"]) <= 0).all()


def test_cash_table_carries_forward(plan: Plan) -> None:
    """Every balance is the one before plus receipts minus payments, as (MO.13) has it."""
    cash, rule = plan.cash, plan.instance.money.cash
    assert rule is not None
    paid = cash["paid_spend"] + cash["overhead"] + cash["paid_goods"] + cash["credit_cost"]
    before = cash["balance"].shift(fill_value=rule.opening)
    np.testing.assert_allclose(cash["balance"], before + cash["receipts"] - paid, rtol=1e-9)


def test_cash_table_pays_for_the_goods_sold() -> None:
    """Where no deal is signed, what is paid for goods is what the replay says they cost."""
    instance = load(SMALL)
    plain = Plan.of(instance, "optimal", status_quo(instance), 1e9)
    assert plain.replay is not None
    cost = plain.replay.goods + plain.replay.logistics
    np.testing.assert_allclose(plain.cash["paid_goods"], cost, rtol=1e-6)


def test_limits_name_what_is_used_up(plan: Plan) -> None:
    """The only hire and the rooms that are full stand among the limits, the hire first."""
    limits = plan.limits
    assert (limits["limit"].iloc[0], limits["what"].iloc[0]) == ("hires of", "host")
    assert "reception" in set(limits["limit"])
    assert (limits["periods"] <= plan.instance.calendar.periods).all()


def test_limits_count_what_earlier_weeks_took() -> None:
    """Budgets that are used up with the weeks before the plan hold it back; others do not."""
    bare = spent_plan()
    field = float(bare.budget.groupby("lever")["spend"].sum()["field"])
    levers = {"field": {"max": field + bare.instance.money.past.field}}
    told = spent_plan(levers=levers).limits[["limit", "what"]].to_numpy().tolist()
    assert ["budget", "over the horizon"] in told
    assert ["budget", "field"] in told
    assert "budget" not in set(spent_plan(left=20000.0).limits["limit"])


def test_choices_are_told(plan: Plan) -> None:
    """What was taken stands in the tables with its weeks, fees and chances."""
    taken = plan.campaigns[plan.campaigns["taken"]].iloc[0]
    assert (taken["campaign"], taken["package"], taken["sign_up"]) == (
        "spring",
        "full",
        "2026-W04",
    )
    deal = plan.deals[plan.deals["signed"]].iloc[0]
    assert (deal["sign"], deal["session"]) == ("2026-W03", "2026-W05")
    assert deal["fee"] == pytest.approx(8000)
    assert deal["gmv_p90"] == pytest.approx(40000)
    second = plan.accounts[plan.accounts["account"] == "second"]
    assert list(second["open"]) == [False] + [True] * 7
    assert plan.heads["hires"].sum() == 1
    assert set(plan.alliance["offer"]) == {"plain", "raised"}
    assert plan.hours["live_hours"].sum() == pytest.approx(plan.accounts["live_hours"].sum())


@pytest.mark.parametrize("width", [80, 140])
def test_deals_signed_before_are_told_as_such(width: int) -> None:
    """On the screen they have no week to sign in; one whose session is over is not left aside."""
    later, over = later_plan(4), later_plan(6)
    assert list(later.deals["agreed"]) == [True, False]
    assert (list(over.deals["agreed"]), list(over.deals["signed"])) == ([True, False], [False] * 2)
    deals = rendered(plan_screen(later, width), width).split("Top-KOL deals")[1]
    assert re.search(r"star, the\s+first\s+signed before\s+W05|star.*signed", deals)
    assert "W03" not in deals.split("Creators")[0]
    rest = rendered(plan_screen(over, width), width).split("Top-KOL deals")[1].split("Creators")[0]
    assert "star" not in rest
    assert "moon" in rest


def test_audience_ends_after_the_horizon(plan: Plan) -> None:
    """States have one row more than flows; the end is where the replay ends."""
    audience = plan.audience
    assert audience["period"].max() == plan.instance.calendar.periods + 1
    assert plan.replay is not None
    end = audience[audience["period"] == 9]
    assert end["followers"].sum() == pytest.approx(plan.replay.followers[:, -1].sum())
    assert end["contacts"].isna().all()


@pytest.mark.parametrize("name", TABLES)
def test_every_column_has_a_unit(plan: Plan, name: str) -> None:
    """Each table says the unit of each of its columns; money is in the instance's currency."""
    table = TABLES[name](plan)
    assert set(table.attrs["units"]) == set(table.columns)
    assert "money" not in table.attrs["units"].values()
    assert isinstance(getattr(plan, name), pd.DataFrame)
    if len(table) and {"week", "start"} <= set(table.columns):
        assert table["week"].iloc[0] == "2026-W01"
        assert str(table["start"].iloc[0].date()) == "2025-12-29"


def test_weeks_and_months_follow_the_iso_rule() -> None:
    """The week of 29 December 2025 is the first of 2026, and it counts to January."""
    calendar = Calendar(start="2026-W01", periods=60)
    assert week_of(calendar, 0) == "2026-W01"
    assert month_of(calendar, 0) == "2026-01"
    assert week_of(calendar, 52) == "2026-W53"
    assert week_of(calendar, 53) == "2027-W01"


def test_plan_without_decisions_has_no_tables() -> None:
    """Asking a failed plan for a table raises and names the status."""
    with pytest.raises(ValueError, match="infeasible"):
        _ = Plan(load(SMALL), "infeasible").budget


@pytest.mark.parametrize("width", [80, 100, 140])
def test_screen_tells_what_earlier_weeks_took(width: int) -> None:
    """Spend, budget, what was before it, and the share of both, on any terminal."""
    later = spent_plan()
    text = rendered(plan_screen(later, width), width)
    gone = later.instance.money.past.spend()
    assert f" ({percent(1.0)}, {amount(gone, ' ')} before)" in text
    assert not [line for line in text.splitlines() if "…" in line]
    assert f"{amount(gone)} of it before" in rendered(instance_screen(later.instance), width)


@pytest.mark.parametrize("width", [80, 100, 140])
def test_screen_fits_the_terminal(plan: Plan, width: int) -> None:
    """No line is longer than the terminal, no figure is cut off, labels are shown as written."""
    text = rendered(plan_screen(plan, width), width)
    assert max(len(line) for line in text.splitlines()) <= width
    figures = [line for line in text.splitlines() if "…" in line]
    assert not figures, figures
    assert "[bold]room[/]" in text
    assert "certified within" in text
    assert amount(plan.gmv, " ") in text
    side_by_side = comparison_screen(comparison([plan, plan]), width)
    for shown in (instance_screen(plan.instance), rows([plan]), side_by_side):
        lines = rendered(shown, width).splitlines()
        assert max(map(len, lines)) <= width
    assert ("Net GMV" in text) == (width >= WIDE)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.2, "-0.200"),
        (-0.00002, "0"),
        (412.0, "412"),
        (999.6, "1.00k"),
        (83_040.0, "83.0k"),
        (999_960.0, "1.00M"),
        (-1_240_000.0, "-1.24M"),
        (2.5e9, "2.50bn"),
        (float("nan"), "–"),
        (None, "–"),
    ],
)
def test_amounts_have_three_digits(value: float | None, text: str) -> None:
    """Amounts keep three significant digits, also where rounding changes the suffix."""
    assert amount(value) == text


def test_small_figures() -> None:
    """Shares, runs and lines of blocks."""
    assert percent(0.00616, 2) == "0.62 %"
    assert ranges(["a", "a", "b"]) == [("a", 0, 1), ("b", 2, 2)]
    assert spark([0, 1, 2]) == "▁▄█"
    assert spark([]) == ""
    assert spark([0.0, float("nan")]) == ""


@pytest.mark.parametrize(
    ("growth", "words"),
    [
        ({"returned_share": 0.2}, "20.0 % of the GMV comes back through the snowball"),
        ({"returned_share": -0.1}, "would bring 10.0 % more GMV"),
        ({"returned_share": 0.0}, "neither brings nor costs GMV"),
        ({}, "against the funnel's plan: allocator compare --models."),
        (
            {"worth_vs_funnel": {"gmv": 7e5, "share": 0.04, "funnel_rules_broken": 1}},
            "worth 700 k of GMV (+4.0 %) against the funnel's plan at middle growth; at least",
        ),
    ],
)
def test_growth_in_words(plan: Plan, growth: dict[str, Any], words: str) -> None:
    """What came back is worded by its sign; the worth is told, or how to get it."""
    assert words in " ".join(sentences(replace(plan, growth=growth)))


def test_what_to_open_next(plan: Plan) -> None:
    """An account that stays closed is told with its cost, and the limit that holds longest."""
    world = plan.instance
    today = Plan.of(world, "optimal", status_quo(world), 1e9)
    assert plan.decisions is not None
    assert plan.decisions.start[1].any()
    assert not any("stays closed" in line for line in sentences(plan))
    assert sum("stays closed; opening it costs" in line for line in sentences(today)) == 1
    most = today.limits["periods"].max()
    assert f"reached in {most} of {world.calendar.periods} periods." in sentences(today)[-1]
