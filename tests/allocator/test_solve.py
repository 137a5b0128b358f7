"""``solve``: arguments, progress, what a plan carries, goals and worlds."""

import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from allocator.certificate import Search
from allocator.highs import SolverError
from allocator.plan import STAGES, Plan
from allocator.solve import solve
from fact_models.replay import funnel
from fact_models.verify import verify
from tests.allocator.tiny import built, four_levers, interval

if TYPE_CHECKING:
    from allocator.finding import Progress


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("gap", -0.01),
        ("gap", math.inf),
        ("gap", math.nan),
        ("time_limit", 0.0),
        ("time_limit", -1.0),
        ("time_limit", math.inf),
        ("time_limit", math.nan),
        ("threads", 0),
    ],
)
def test_bad_arguments_are_refused(name: str, value: Any) -> None:
    """The message names the argument and its value."""
    with pytest.raises(ValueError, match=name):
        solve(built(), **{name: value})


def test_nothing_to_decide() -> None:
    """The tiny world sells 1000 a period whatever is done, and the bound says so."""
    plan = solve(built(), gap=1e-5)
    assert plan.status == "optimal"
    assert interval(plan) == pytest.approx((5000.0, 5000.0), rel=1e-5)


def test_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    """The library is silent on both streams."""
    solve(four_levers(), gap=0.01)
    assert capfd.readouterr() == ("", "")


def test_progress_only_improves() -> None:
    """Phases in order, incumbents rising, bounds falling, the last gap that of the plan."""
    seen: list[Progress] = []
    plan = solve(four_levers(), gap=1e-3, progress=seen.append)
    assert seen[0].phase == "build"
    incumbents = [state.incumbent for state in seen]
    bounds = [state.bound for state in seen]
    found = [value for value in incumbents if math.isfinite(value)]
    assert incumbents[-len(found) :] == found
    # Tidying the last plan may cost a millionth of its value.
    assert all(after >= before * (1 - 2e-6) for before, after in pairwise(found))
    assert all(after <= before * (1 + 1e-9) for before, after in pairwise(bounds))
    assert plan.gap is not None
    assert min(state.gap for state in seen) == pytest.approx(plan.gap, abs=2e-6)


def test_a_plan_carries_its_account() -> None:
    """Seconds of every stage, the trace, the largest violation, the version."""
    plan = solve(four_levers(), gap=1e-3)
    assert set(STAGES) <= set(plan.runtime)
    assert all(0 <= plan.runtime[k] <= plan.runtime["total"] for k in STAGES)
    assert plan.max_violation is not None
    assert plan.max_violation <= 1e-6
    assert plan.trace[-1][2] == pytest.approx(plan.objective)
    assert plan.version


@pytest.mark.parametrize("goal", ["gmv", "net_gmv", "profit"])
def test_goals(goal: str) -> None:
    """The plan for a goal is the best of all goals' plans at that goal."""
    flat = {"terminal": False}
    plans = {
        g: solve(four_levers(objective={"goal": g, **flat}), gap=1e-4)
        for g in ("gmv", "net_gmv", "profit")
    }
    name = {"gmv": "gmv", "net_gmv": "net_gmv", "profit": "contribution"}[goal]
    bound = interval(plans[goal])[1]
    assert all(getattr(plan, name) <= bound * (1 + 1e-6) for plan in plans.values())
    assert plans[goal].objective == pytest.approx(getattr(plans[goal], name))


def test_least_cost_and_most_gmv_are_two_sides() -> None:
    """What reaches the best GMV of a budget costs at least about that budget's spend; a lower
    target costs less.
    """
    most = solve(four_levers(objective={"terminal": False}), gap=1e-4)
    assert most.gmv is not None

    def cheapest(target: float) -> Plan:
        goal = {"goal": "cost", "target": target, "terminal": False}
        return solve(four_levers(objective=goal, money={"budget": None}), gap=1e-3)

    dear, cheap = cheapest(most.gmv), cheapest(0.8 * most.gmv)
    assert most.replay is not None
    spent = sum(flow.sum() for flow in most.replay.spend.values())
    assert dear.bound is not None
    assert dear.bound <= spent * (1 + 1e-6)
    assert cheap.bound is not None
    assert dear.objective is not None
    assert cheap.bound <= dear.objective
    assert dear.bound <= dear.objective * (1 + 1e-9)


@pytest.mark.parametrize("raw", [True, False])
def test_a_funnel_is_planned(raw: bool) -> None:
    """Both ways to a funnel, from the file and from the snowball, give certified plans without
    matched visits.
    """
    world = four_levers(snowball={"model": "funnel"}) if raw else funnel(four_levers())
    plan = solve(world, gap=1e-4)
    assert plan.status == "optimal"
    assert plan.decisions is not None
    assert np.all(plan.decisions.matched == 0)
    assert verify(world, plan.decisions, objective=plan.objective).ok


def test_two_threads_agree() -> None:
    """More threads give the same interval up to the gap."""
    one, two = (solve(four_levers(), gap=1e-4, threads=n) for n in (1, 2))
    assert interval(one)[0] <= interval(two)[1] * (1 + 1e-9)
    assert interval(two)[0] <= interval(one)[1] * (1 + 1e-9)


def test_a_loose_ceiling_costs_no_digit() -> None:
    """Ceilings and saturation of 1e12, a user's way to say "none", lead to the same optimum as
    tight ones.
    """
    room = {"saturation": {"young": 1e9}, "ceiling": {"young": 2e3}, "reception": {"rate": 200.0}}
    deals = {
        "kol": {
            "deals": {
                "star": {
                    "fee": 6.0,
                    "lead": 0,
                    "first": 1,
                    "last": 2,
                    "commission": 0.0,
                    "gmv": {"p10": 600.0, "p50": 600.0, "p90": 600.0},
                    "mix": {"young": 1.0},
                    "visits_per_order": 10.0,
                }
            }
        }
    }
    loose = solve(built(**deals), gap=1e-6)
    tight = solve(built(**deals, field={"accounts": {"main": room}}), gap=1e-6)
    assert interval(loose) == pytest.approx((5600.0, 5600.0), rel=3e-6)
    assert interval(tight) == pytest.approx(interval(loose), rel=3e-6)


def test_a_solver_that_contradicts_itself_gives_no_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the solver's driver refuses ends as status and message, not as a traceback."""

    def fail(self: Search) -> None:
        raise SolverError("the solver claims 5 but its plan is worth 4")

    monkeypatch.setattr(Search, "tighten", fail)
    plan = solve(four_levers(), gap=0.01)
    assert plan.status == "error"
    assert plan.message == "the solver claims 5 but its plan is worth 4"
    assert plan.decisions is None
    assert plan.bound is None
