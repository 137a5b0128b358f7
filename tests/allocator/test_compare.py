"""Plans side by side: differences are taken where they mean something, and nowhere else."""

from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from allocator.compare import FIGURES, NUMBERS, WEEKLY, Comparison, comparison, kpis, record_of
from allocator.comparisons.rows import rows
from allocator.comparisons.screen import comparison_screen
from allocator.comparisons.words import shared_days
from allocator.labels import LANGS
from allocator.plan import Plan
from fact_models.replay import replay, status_quo
from fact_models.replay.economics import economics
from fact_models.spec.calendar import Calendar
from fact_models.spec.instance import Instance
from tests.allocator.tiny import four_levers


def today(instance: Instance, over: float = 1.1) -> Plan:
    """Today's routine as a plan; its bound lies above it by the factor ``over``."""
    decisions = status_quo(instance)
    objective = float(replay(instance, decisions).objective)
    return Plan.of(instance, "feasible_limit", decisions, objective * over)


def in_ten_thousands(instance: Instance) -> Instance:
    """The instance with another label of its money; its figures stay, and mean more."""
    return instance.model_copy(update={"currency": "万元"})


@pytest.fixture(scope="module")
def plan() -> Plan:
    """Today's routine of a merchant with four levers."""
    return today(four_levers())


def longer(periods: int, **changes: Any) -> Plan:
    """The same merchant over another horizon."""
    return today(four_levers(calendar={"periods": periods}, **changes))


def test_a_plan_differs_in_nothing_from_itself(plan: Plan) -> None:
    """Every figure of a plan less its own is 0 or absent; its figures are the plan's."""
    found = comparison([plan, plan])
    assert found.names == ("tiny", "tiny (2)")
    assert found.table["gmv"].iloc[0] == pytest.approx(plan.gmv)
    assert (found.differences.fillna(0.0) == 0).all().all()
    assert found.differences["gmv"].notna().all()
    assert set(found.table.attrs["units"]) == set(found.table.columns) == set(FIGURES)


def test_spend_is_that_of_its_levers(plan: Plan) -> None:
    """The parts by lever add up, and rates follow from totals."""
    figures = {key: value for key, value in kpis(plan).items() if isinstance(value, float)}
    parts = [figures[f"spend_{x}"] for x in ("field", "alliance", "campaign", "kol", "team")]
    assert sum(parts) == pytest.approx(figures["spend"])
    assert figures["roi"] == pytest.approx(figures["gmv"] / figures["spend"])
    assert figures["gmv_week"] * figures["weeks"] == pytest.approx(figures["gmv"])
    assert plan.decisions is not None
    sold = economics(plan.instance, plan.decisions).values()
    margin = sum(source.margin for source in sold)
    assert figures["break_even_roi"] == pytest.approx(figures["gmv"] / margin)


def test_differences_are_to_the_reference(plan: Plan) -> None:
    """``against`` names the plan that all others differ from."""
    other = today(four_levers(money={"overhead": 300.0}))
    found = comparison([plan, other], against=1)
    assert found.differences["contribution"].iloc[0] == pytest.approx(4 * 200.0)
    assert found.differences["contribution"].iloc[1] == 0


@pytest.mark.parametrize("against", [-1, 2])
def test_a_reference_that_is_not_there_is_refused(plan: Plan, against: int) -> None:
    """A position out of range is an error, as is a comparison of nothing."""
    with pytest.raises(ValueError, match="against must be"):
        comparison([plan, plan], against=against)
    with pytest.raises(ValueError, match="no plan"):
        comparison([])


def test_other_lengths_compare_per_week(plan: Plan) -> None:
    """Totals and objective over different horizons have no difference; figures per week do."""
    found = comparison([plan, longer(6)])
    row = found.differences.iloc[1]
    assert row[[*WEEKLY, "objective", "bound"]].isna().all()
    assert row[[*WEEKLY.values(), "roi", "cash_low"]].notna().all()
    assert "covers 6 weeks, tiny 4" in found.notes()[0]
    assert {row.group for row in rows(found, "en")} >= {"per_week", "per_yuan"}


def test_days_count_not_periods(plan: Plan) -> None:
    """Two fortnights are as long as four weeks."""
    calendar = {"periods": 2, "days": 14}
    tree = four_levers().model_dump() | {"calendar": {"start": "2026-W01", **calendar}}
    tree["campaign"] = None
    tree["kol"] = None
    tree["staff"]["hire_every"] = 1
    found = comparison([plan, today(Instance.model_validate(tree))])
    assert found.comparable(1, "gmv")
    assert not found.comparable(1, "objective")


def test_scales_of_one_money_are_converted(plan: Plan) -> None:
    """Amounts in ten thousand yuan stand in yuan beside a plan in yuan; heads and ratios stay."""
    other = today(in_ten_thousands(plan.instance))
    found = comparison([plan, other])
    assert found.table["gmv"].iloc[1] == pytest.approx(1e4 * found.table["gmv"].iloc[0])
    assert found.table["roi"].iloc[1] == pytest.approx(found.table["roi"].iloc[0])
    assert found.table["heads_end"].iloc[1] == found.table["heads_end"].iloc[0]
    assert any("shown in CNY" in note for note in found.notes())
    back = comparison([plan, other], against=1)
    assert back.table["gmv"].iloc[1] == pytest.approx(other.gmv)


def test_moneys_without_a_rate_are_refused_in_words(plan: Plan) -> None:
    """Amounts in another money keep their unit and carry no difference; ratios compare."""
    other = today(plan.instance.model_copy(update={"currency": "USD"}))
    found = comparison([plan, other])
    row = found.differences.iloc[1]
    money = [key for key in NUMBERS if FIGURES[key].unit == "money"]
    assert row[money].isna().all()
    assert row["roi"] == pytest.approx(0.0)
    assert found.table["gmv"].iloc[1] == pytest.approx(other.gmv)
    assert found.table.attrs["currencies"] == ["CNY", "USD"]
    assert any("no rate" in note for note in found.notes())


def test_other_goals_carry_no_objective(plan: Plan) -> None:
    """A plan for contribution and one for GMV have objectives of two kinds."""
    found = comparison([plan, today(four_levers(objective={"goal": "profit"}))])
    assert found.differences["objective"].isna().iloc[1]
    assert found.differences["gmv"].notna().all()
    assert found.verdict(1) is None


def test_other_starts_are_told(plan: Plan) -> None:
    """Horizons that begin on different days share fewer weeks, and the note says how many."""
    tree = plan.instance.model_dump()
    tree["calendar"]["start"] = "2026-W03"
    later = Instance.model_validate(tree)
    assert shared_days(plan.instance.calendar, later.calendar) == 21
    assert any("share 3 of 4 weeks" in x for x in comparison([plan, today(later)]).notes())
    apart = Calendar(start="2027-W01", periods=4)
    assert shared_days(plan.instance.calendar, apart) == 0


def test_only_what_is_proved_is_called_better() -> None:
    """A plan above the other's bound is better, one whose bound is below the other is worse."""
    base = today(four_levers(), over=1.05)
    richer = today(four_levers(snowball={"segments": {"young": {"conversion": 0.06}}}), over=1.05)
    loose = today(four_levers(), over=3.0)
    assert comparison([base, richer]).verdict(1) == "better"
    assert comparison([richer, base]).verdict(1) == "worse"
    assert comparison([loose, richer]).verdict(1) == "open"
    assert comparison([base, base]).verdict(0) is None
    assert comparison([base, loose]).verdict(1) is None
    bigger = today(four_levers(snowball={"segments": {"young": {"followers": 5000.0}}}))
    assert comparison([base, bigger]).verdict(1) is None


def test_least_cost_is_better_when_lower() -> None:
    """With the goal ``cost`` a plan below the other's bound is proved better."""
    changes = {"objective": {"goal": "cost", "target": 100.0, "terminal": False}}
    base = today(four_levers(**changes), over=0.99)
    cheaper = today(four_levers(**changes, staff={"roles": {"host": {"wage": 500.0}}}), over=0.99)
    assert comparison([base, cheaper]).verdict(1) == "better"
    assert comparison([cheaper, base]).verdict(1) == "worse"


def test_a_failed_plan_takes_part_with_its_status(plan: Plan) -> None:
    """A plan without decisions has a status and no figure; the others are compared."""
    failed = Plan(plan.instance, "infeasible")
    found = comparison([plan, failed, plan])
    assert found.table["status"].iloc[1] == "infeasible"
    assert found.table["gmv"].isna().iloc[1]
    assert found.differences["gmv"].iloc[2] == 0
    assert any("no plan can keep every rule" in note for note in found.notes())


def test_records_hold_figures_and_differences(plan: Plan) -> None:
    """What --json prints is the table, with null where there is no number."""
    record = record_of(comparison([plan, longer(6)]), 1)
    assert record["gmv"] == pytest.approx(longer(6).gmv)
    assert record["difference"]["gmv"] is None
    assert record["against"] == "tiny"


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("width", [70, 120])
def test_the_screen_fits(plan: Plan, lang: Any, width: int) -> None:
    """Rows fit the terminal; differences stand beside the figures where there is room."""
    found = Comparison((plan, longer(6), plan), 0)
    console = Console(file=StringIO(), width=width, markup=False, highlight=False)
    console.print(comparison_screen(found, width, lang))
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert max(map(len, text.splitlines())) <= width
    assert ("±" in text.splitlines()[0] + text.splitlines()[1]) == (width == 120)


def test_many_plans_take_several_tables(plan: Plan) -> None:
    """Where a dozen plans do not fit beside each other, each figure is still shown whole."""
    console = Console(file=StringIO(), width=80, markup=False, highlight=False)
    console.print(comparison_screen(comparison([plan] * 12), 80))
    text = console.file.getvalue()  # type: ignore[attr-defined]
    assert max(map(len, text.splitlines())) <= 80
    gmv = [line for line in text.splitlines() if line.strip().startswith("GMV ")]
    assert sum(len(line.split()) - 1 for line in gmv) == 12
