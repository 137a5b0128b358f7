"""Frontiers: points help each other without a claim that a solve of their own would refute."""

import importlib
import math
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from allocator.compare import sign_of
from allocator.frontier import frontier
from allocator.frontiers.points import Frontier, Point
from allocator.frontiers.record import record
from allocator.frontiers.sweeps import OVERS, Over, SweepError, sweep_of
from allocator.frontiers.words import sentences, title
from allocator.labels import LANGS
from allocator.load import load
from allocator.plan import Plan
from allocator.solve import solve
from fact_models.replay import status_quo
from fact_models.spec.instance import Instance
from fact_models.verify import verify
from tests.allocator.tiny import boost, built, four_levers

# The package shows the function of this name in the module's place.
DRAWING = importlib.import_module("allocator.frontier")
SMALL = Path(__file__).parent / "small_merchant.yaml"
FAST: dict[str, Any] = {"gap": 0.03, "time_limit": 20.0}


def advertiser(**changes: Any) -> Instance:
    """Two periods in which nothing but a boost of falling returns brings visits: 300 ln(1 + spend
    / 100) of them a period, of which 5 % buy for 100 what costs 40; no end value.
    """
    tree: dict[str, Any] = {
        "calendar": {"periods": 2},
        "field": {
            "accounts": {"main": {"traffic": {"young": 0.0}, "saturation": {"young": 1e6}}},
            "boosts": {"feed": boost(300.0, 100.0, spend_max=3000.0)},
        },
        "snowball": {"segments": {"young": {"conversion": 0.05}}},
        "goods": {"lines": {"basic": {"price": 100.0, "unit_cost": 40.0}}},
        "money": {"budget": 2000.0},
        "objective": {"goal": "gmv", "terminal": False},
    }
    return built(**{**tree, **changes})


def merchant() -> Instance:
    """Four levers over four periods, with two deals and no contract terms to choose."""
    tiers = {"small": {"offers": {"high": None}, "current_offer": "base"}}
    return four_levers(alliance={"tiers": tiers}, campaign=None)


def answering(monkeypatch: pytest.MonkeyPatch, plan: Callable[[Instance], Plan]) -> list[Instance]:
    """Let ``plan`` answer in the planner's place; returns what it is asked for."""
    seen: list[Instance] = []

    class Told:
        """Answers without solving; proves nothing about points that it is not asked for."""

        solved = True

        def __init__(self, *_: Any) -> None: ...

        def spans(self, instances: Any) -> None: ...

        def planned(self, instance: Instance, name: str) -> Plan:
            seen.append(instance)
            return plan(instance)

        tidied = planned

        def bound(self, instance: Instance) -> float:
            return math.inf

    monkeypatch.setattr(DRAWING, "Planner", Told)
    return seen


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[Instance]:
    """What the planner is asked for, answered with today's routine and a bound 0.1 % above."""
    return answering(monkeypatch, quiet)


def quiet(instance: Instance) -> Plan:
    """Today's routine as a plan."""
    decisions = status_quo(instance)
    objective = Plan.of(instance, "optimal", decisions, math.inf).objective
    assert objective is not None
    return Plan.of(instance, "optimal", decisions, 1.001 * objective)


@pytest.fixture(scope="module", params=OVERS)
def found(request: pytest.FixtureRequest) -> Frontier:
    """The frontier of a merchant with four levers over each limit."""
    over: Over = request.param
    return frontier(merchant(), over, points=4, **FAST)


def at(point: Point) -> Instance:
    """The instance of a point."""
    return point.plan.instance


def test_every_plan_keeps_the_rules_of_its_point(found: Frontier) -> None:
    """The plan of a point passes the verifier under that point's limit, with its objective."""
    assert len(found.planned) >= 2
    for point in found.planned:
        assert point.plan.decisions is not None
        check = verify(at(point), point.plan.decisions, objective=point.plan.objective)
        assert check.ok, check.violations[:1]


def test_the_band_holds_what_a_solve_of_its_own_finds(found: Frontier) -> None:
    """Plan and bound of a fresh solve and of the point enclose a common value."""
    for point in found.planned:
        fresh = solve(at(point), **FAST)
        ends = [point.plan.objective, point.plan.bound, fresh.objective, fresh.bound]
        assert None not in ends
        low, high, other_low, other_high = (float(x or 0.0) for x in ends)
        least = min(high, other_high)
        low -= owed(point, point.plan, least)
        other_low -= owed(point, fresh, least)
        assert max(low, other_low) <= least * (1 + 1e-6)


def owed(point: Point, plan: Plan, bound: float) -> float:
    """Most of the objective above ``bound`` that a plan owes to missing its profit floor by the
    tolerance of the verifier: at the end of a sweep a yuan of the floor is worth hundreds of the
    objective.
    """
    strict = at(point)
    floor, earned = strict.money.profit_floor, plan.contribution
    if floor is None or earned is None or earned >= floor:
        return 0.0
    assert floor - earned <= 1e-5 * floor
    tree = strict.model_dump()
    tree["money"]["profit_floor"] = earned
    looser = solve(Instance.model_validate(tree), gap=1e-6, time_limit=20.0)
    assert looser.bound is not None
    return max(looser.bound - bound, 0.0)


def test_a_looser_limit_never_hurts(found: Frontier) -> None:
    """Plans and bounds rise with budget, cash and hires, and fall with a profit floor."""
    points = list(found.planned)
    if found.over == "profit-floor":
        points.reverse()
    for key in ("objective", "bound"):
        values = [getattr(point.plan, key) for point in points]
        assert values == sorted(values), key
    rates = found.table[["rate_low", "rate", "rate_high"]].dropna()
    assert (rates["rate_low"] <= rates["rate"] + 1e-9).all()
    assert (rates["rate"] <= rates["rate_high"] + 1e-9).all()


@pytest.mark.parametrize("lang", LANGS)
def test_it_says_where_the_next_unit_stops_paying(found: Frontier, lang: Any) -> None:
    """Words are filled in, in both languages, and the record holds the same."""
    said = sentences(found, lang)
    assert said
    assert not any("{" in line or "None" in line for line in [*said, title(found, lang)])
    told = record(found)
    assert told["stop"] is not None
    assert len(told["points"]) == len(found.points)


def test_the_budget_stops_paying_where_a_yuan_brings_its_break_even() -> None:
    """By hand: a yuan in each of two periods brings 300 · 5 % · 100 / (100 + x) of GMV; 60 % of it
    are left before spend, so it pays while 900 / (100 + x) > 1, up to x = 800: a budget of 1,600.
    """
    found = frontier(advertiser(), "budget", points=6, low=800.0, high=2800.0, gap=1e-3)
    stop = found.stop
    assert stop is not None
    assert stop.break_even == pytest.approx(1 / 0.6, rel=1e-3)
    assert stop.at == pytest.approx(1600.0, abs=400.0)
    assert stop.first <= stop.at <= stop.last
    assert not stop.open_end
    expected = 2 * 300 * 5 * math.log(1 + 1600 / 200)
    point = next(point for point in found.points if point.at == 1600)
    assert point.plan.objective == pytest.approx(expected, rel=1e-3)


def test_it_still_pays_at_the_end_of_a_short_sweep() -> None:
    """Below 1,600 every further yuan pays, and the words say that the sweep ends first."""
    found = frontier(advertiser(), "budget", points=4, low=400.0, high=1000.0, gap=1e-3)
    assert found.stop is not None
    assert found.stop.open_end
    assert "still pays at 1.00 k" in sentences(found, "en")[0]


def test_points_that_others_certify_are_not_solved() -> None:
    """Where no budget of the sweep binds, one solve is enough: the plan of the loosest point is
    verified at the others, and its bound holds there.
    """
    merchant = load(SMALL)
    found = frontier(merchant, "budget", points=9, low=300_000.0, high=700_000.0)
    assert [point.solved for point in found.points] == [False] * 8 + [True]
    assert all(point.plan.status == "optimal" for point in found.points)


def test_nothing_tighter_than_an_infeasible_point_is_solved(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where a budget leaves no plan, no smaller one does."""
    asked = []

    def poor(instance: Instance) -> Plan:
        budget = instance.money.budget or 0.0
        asked.append(budget)
        if budget < 6000:
            return Plan(instance, "infeasible", message="too little")
        return Plan.of(instance, "feasible_limit", status_quo(instance), 1e9)

    answering(monkeypatch, poor)
    found = frontier(four_levers(), "budget", points=9, low=1000.0, high=9000.0)
    without = [point.at for point in found.points if point.plan.status == "infeasible"]
    assert without == [1000.0, 2000.0, 3000.0, 4000.0, 5000.0]
    assert asked[:2] == [9000.0, 1000.0]
    assert len(set(asked) & set(without)) < len(without)
    assert any("no plan keeps every rule" in line for line in sentences(found, "en"))


def test_a_stop_ends_the_sweep_with_what_is_known(calls: list[Instance]) -> None:
    """Once the event is set, nothing more is solved."""
    stop = threading.Event()
    stop.set()
    found = frontier(four_levers(), "budget", points=4, stop=stop)
    assert not calls
    assert {point.plan.status for point in found.points} == {"no_plan_yet"}
    assert "Fewer than two points" in sentences(found, "en")[0]


def test_a_plan_above_a_proved_bound_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bound of a looser point below the plan of a tighter one is not smoothed over."""

    def contradictory(instance: Instance) -> Plan:
        plan = quiet(instance)
        assert plan.objective is not None
        factor = 0.9 if instance.money.budget == 12000 else 2.0
        assert plan.decisions is not None
        return Plan.of(instance, "feasible_limit", plan.decisions, factor * plan.objective)

    answering(monkeypatch, contradictory)
    with pytest.raises(RuntimeError, match="proved the most"):
        frontier(four_levers(), "budget", points=2, low=11000.0, high=12000.0)


def test_the_profit_floor_runs_from_no_cost_to_the_most_contribution() -> None:
    """Without ends the sweep begins where the floor costs nothing and ends at the most."""
    found = frontier(advertiser(), "profit-floor", points=3, gap=1e-3, time_limit=20.0)
    free, *_, most = found.points
    assert free.plan.objective == pytest.approx(solve(advertiser(), gap=1e-3).objective, rel=2e-3)
    # By hand: the most is at 800 a period: 2 (300 · 5 · 0.6 ln 9 - 800).
    assert most.at == pytest.approx(2 * (900 * math.log(9) - 800), rel=1e-2)
    assert most.plan.contribution is not None
    assert most.plan.contribution >= most.at * (1 - 1e-4)


def test_a_floor_that_costs_nothing_is_refused() -> None:
    """Where the plan without a floor earns the most, there is nothing to draw."""
    with pytest.raises(SweepError, match="costs nothing"):
        frontier(advertiser(money={"budget": 900.0}), "profit-floor", points=3, gap=1e-3)


def test_without_a_budget_the_spend_of_the_free_plan_is_the_end() -> None:
    """A file without a budget is planned once without one, and its spend ends the sweep."""
    free = advertiser(money={"budget": None})
    found = frontier(free, "budget", points=3, gap=1e-3, time_limit=20.0)
    assert found.points[-1].at == pytest.approx(6000.0, rel=1e-3)
    assert found.own is None


def test_a_least_cost_falls_with_the_budget() -> None:
    """The goal ``cost`` is minimised: the band lies below the plan, and rates are not positive."""
    goal = {"goal": "cost", "target": 3000.0, "terminal": False}
    found = frontier(
        advertiser(objective=goal), "budget", points=3, low=500.0, high=2000.0, **FAST
    )
    assert sign_of("cost") == -1
    for point in found.planned:
        assert (point.plan.bound or 0.0) <= (point.plan.objective or 0.0) + 1e-6
    assert (found.table["rate_high"].dropna() <= 1e-9).all()
    own = replace(found, own=1000.0).words()[-1]
    assert "the next yuan of budget saves" in own
    assert "-" not in own


def test_a_sweep_goes_from_tight_to_loose() -> None:
    """Values rise for budget, cash and hires and fall for a profit floor; instances follow."""
    instance = four_levers()
    budgets = sweep_of(instance, "budget", 3, None, None)
    assert budgets.values == (6000.0, 12000.0, 18000.0)
    assert [x.money.budget for x in budgets.instances] == list(budgets.values)
    floors = sweep_of(instance, "profit-floor", 3, 0.0, 100.0)
    assert floors.values == (100.0, 50.0, 0.0)
    hires = sweep_of(instance, "staff", 12, None, None)
    assert hires.values == (0.0, 1.0, 2.0)
    assert hires.instances[2].staff is not None
    assert hires.instances[2].staff.roles["host"].hires_total == 2


@pytest.mark.parametrize(
    ("over", "changes", "ends", "words"),
    [
        ("cash", None, (None, None), "money.cash"),
        ("staff", None, (None, None), "no staff"),
        ("staff", {"staff": {"roles": {"host": {"hires_max": 0}}}}, (None, None), "may hire"),
        ("staff", {}, (3.0, 2.0), "cannot go from 3 to 2"),
        ("staff", {}, (0.0, 0.1), "no two"),
        ("budget", {}, (5.0, 1.0), "cannot go from 5 to 1"),
        ("budget", {}, (-5.0, 1.0), "cannot go from -5"),
        ("cash", {"money": {"cash": {"opening": 0.0}}}, (None, 5.0), "--from and --to"),
    ],
)
def test_a_limit_that_is_not_there_is_refused(
    over: Over, changes: Any, ends: Any, words: str
) -> None:
    """The instance must hold what the limit binds, and the ends must be a range."""
    instance = advertiser() if changes is None else four_levers(**changes)
    with pytest.raises(SweepError, match=words):
        sweep_of(instance, over, 3, *ends)


def test_a_sweep_lets_go_of_the_scenarios() -> None:
    """A scenario that halves the cash need not hold under every value; what the file itself could
    not hold is refused in words.
    """
    late = {"settlement": [0.0, 1.0], "cash": {"opening": 8000.0, "floor": 3000.0, "credit": 0.0}}
    poor = {"probability": 1.0, "changes": [{"at": "money.cash.opening", "times": 0.5}]}
    instance = four_levers(money=late, scenarios={"poor": poor})
    swept = sweep_of(instance, "cash", 3, None, None)
    assert swept.values == (4000.0, 8000.0, 12000.0)
    assert not any(one.scenarios for one in swept.instances)
    with pytest.raises(SweepError, match=r"cannot hold money\.cash\.opening = 100: .*floor"):
        sweep_of(instance, "cash", 3, 100.0, 9000.0)


def test_ends_that_cannot_be_planned_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """A profit floor needs a plan that tells its ends."""
    answering(monkeypatch, lambda instance: Plan(instance, "no_plan_yet"))
    with pytest.raises(SweepError, match="no plan tells the ends"):
        frontier(four_levers(), "profit-floor", points=3)
    with pytest.raises(ValueError, match="at least 2"):
        frontier(four_levers(), "budget", points=1)
