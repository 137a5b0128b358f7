"""Funnel against snowball: fair worlds, honest trials, one real comparison."""

from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pytest

from allocator import models_compare
from allocator.models_compare import ModelComparison, compare_models, weigh
from allocator.plan import Plan
from allocator.screen_models import in_words
from allocator.solve import Progress
from allocator.trials import FEEDBACK, GROWTH, with_growth
from fact_models.replay import Replay, funnel, replay, status_quo
from fact_models.spec.instance import Instance
from tests.models.worlds import full_world, tiny_tree, tiny_world

RATES: dict[str, Any] = {
    "followers": 50.0,
    "conversion": 0.05,
    "calibration_gain": 0.02,
    "persistence": 0.8,
    "traffic_per_order": 6.0,
    "contact_per_visit": 0.05,
    "unfollow": 0.02,
    "return_rate": 0.2,
}
BOOST: dict[str, Any] = {
    "curve": {"kind": "log", "scale": 60.0, "half": 100.0},
    "spend_max": 600.0,
    "mix": {"young": 1.0},
    "current_spend": 100.0,
}


def rolling(**changes: Any) -> Instance:
    """``tiny_world`` with a snowball that rolls, a boost and a budget for part of it."""
    tree = tiny_tree(
        snowball={"segments": {"young": RATES}},
        field={"boosts": {"feed": BOOST}},
        money={"budget": 900.0},
        objective={"terminal": True},
    )
    return Instance.model_validate({**tree, **changes})


def gmv_of(states: Replay) -> np.ndarray:
    """Paid GMV by period."""
    return np.asarray(np.sum(list(states.gmv.values()), axis=0))


def plan_for(world: Instance, boost_spend: list[float]) -> Plan:
    """Today's plan with another spend on the boost."""
    plan = status_quo(world)
    plan.boost_spend[0] = boost_spend
    states = replay(world, plan, accept="greedy")
    return Plan.of(world, "optimal", states.decisions, states.objective * 1.01)


@pytest.fixture
def fake_solve(monkeypatch: pytest.MonkeyPatch) -> list[Instance]:
    """Spends early in the snowball, late in the funnel; gives the worlds that it was asked for."""
    asked: list[Instance] = []

    def solve(world: Instance, *, progress: Any = None, **_: Any) -> Plan:
        asked.append(world)
        if progress:
            progress(Progress(0.0, "MILP", 1.0, 2.0, 0.5))
        early = [500.0, 300.0, 100.0, 0.0, 0.0]
        return plan_for(world, early if world.snowball.model == "snowball" else early[::-1])

    monkeypatch.setattr(models_compare, "solve", solve)
    return asked


@pytest.mark.parametrize("world", [full_world(), rolling()], ids=["full", "rolling"])
def test_worlds_sell_the_same_at_first(world: Instance) -> None:
    """Status quo and first period: equal GMV in the funnel and in the snowball of every growth."""
    expected = gmv_of(replay(world, status_quo(world)))[0]
    for factor in GROWTH.values():
        grown = with_growth(world, factor)
        assert gmv_of(replay(grown, status_quo(grown)))[0] == pytest.approx(expected)
        flat = funnel(grown)
        assert gmv_of(replay(flat, status_quo(flat)))[0] == pytest.approx(expected)


def test_growth_scales_the_feedback_alone() -> None:
    """Every rate by which traffic answers is multiplied, nothing else changes."""
    world = full_world()
    before, after = world.model_dump(), with_growth(world, 1.3).model_dump()
    for name, segment in before["snowball"]["segments"].items():
        scaled = after["snowball"]["segments"][name]
        for rate in FEEDBACK:
            assert scaled.pop(rate) == pytest.approx(1.3 * segment.pop(rate))
        expected = {s: 1.3 * rate for s, rate in segment.pop("lookalike").items()}
        assert scaled.pop("lookalike") == pytest.approx(expected)
    assert after == before


def test_growth_of_one_is_the_instance() -> None:
    """The middle belief is the instance itself."""
    world = full_world()
    assert with_growth(world, 1.0) is world


@pytest.mark.parametrize(("rate", "factor"), [(6.0, -0.1), (9e5, 1.3)])
def test_growth_out_of_range_is_refused(rate: float, factor: float) -> None:
    """No negative feedback, and no rate beyond what a file may hold."""
    world = tiny_world(snowball={"segments": {"young": {"traffic_per_order": rate}}})
    with pytest.raises(ValueError, match=r"factor|traffic_per_order"):
        with_growth(world, factor)


def test_funnel_has_nothing_to_compare() -> None:
    """An instance that is a funnel is refused."""
    with pytest.raises(ValueError, match=r"snowball\.model"):
        compare_models(funnel(rolling()))


def test_both_plans_are_tried_in_every_world(fake_solve: list[Instance]) -> None:
    """Two solves, six trials; the earlier spend is worth more the stronger the feedback."""
    world = rolling()
    found = compare_models(world)
    assert [w.snowball.model for w in fake_solve] == ["snowball", "funnel"]
    assert [(x.world, x.plan) for x in found.trials] == [
        (name, plan) for name in GROWTH for plan in ("snowball", "funnel")
    ]
    low, middle, high = (found.worth(name) or 0.0 for name in GROWTH)
    assert 0 < low < middle < high
    assert all(x.feasible for x in found.trials)


def test_middle_trial_is_the_replay(fake_solve: list[Instance]) -> None:
    """In the middle world the plan that was made by that replay keeps its figures."""
    found = compare_models(rolling())
    trial = found.trial("middle", "snowball")
    assert fake_solve
    assert trial is not None
    assert trial.gmv == pytest.approx(found.snowball.gmv)
    assert trial.objective == pytest.approx(found.snowball.objective)
    assert trial.spend == pytest.approx(900.0)


@pytest.mark.usefixtures("fake_solve")
def test_table_tells_worth_in_money_and_percent() -> None:
    """Worth is the difference to the funnel plan of the same world; every column has a unit."""
    found = compare_models(rolling())
    rows = {(row["world"], row["plan"]): row for row in found.table.to_dict("records")}
    for name in GROWTH:
        base, ours = rows[name, "funnel"], rows[name, "snowball"]
        assert ours["worth"] == pytest.approx(ours["gmv"] - base["gmv"])
        assert ours["worth_percent"] == pytest.approx(100 * (ours["gmv"] / base["gmv"] - 1))
        assert ours["worth_objective"] == pytest.approx(ours["objective"] - base["objective"])
        assert base["worth"] == base["worth_percent"] == 0
        assert base["feasible"]
        assert base["worst"] == ""
    assert set(found.table.columns) == set(found.table.attrs["units"])
    assert found.table.attrs["units"]["worth"] == "CNY"


@pytest.mark.usefixtures("fake_solve")
def test_text_is_plain() -> None:
    """A line per world, and the certificate of the snowball plan."""
    lines = in_words(compare_models(rolling()))
    assert [line.split()[0] for line in lines[:3]] == ["Low", "Middle", "High"]
    assert all("of GMV over 5 periods (+" in line for line in lines[:3])
    assert "the snowball plan with the visits and orders that it accepts itself" in lines[3]
    assert "the funnel plan taking all that capacity allows" in lines[3]
    assert lines[4].startswith("As certified, the snowball plan keeps every rule, brings ")
    assert lines[5].startswith("The funnel cannot tell its plan from others within 0.99 %")
    assert len(lines) == 6


@pytest.mark.usefixtures("fake_solve")
def test_broken_rule_is_named() -> None:
    """A budget that the plans overspend by far: nothing is trimmed, no plan is called feasible."""
    found = compare_models(rolling(money={"budget": 500.0}))
    assert not any(x.feasible for x in found.trials)
    assert {x.spend for x in found.trials} == {900.0}
    assert found.table["worst"].str.contains("budget").all()
    assert found.table["broken"].tolist() == [1] * 6
    text = "\n".join(in_words(found))
    assert "The funnel plan is not feasible at low, middle and high growth" in text
    assert "breaks 1 rule; worst" in text
    assert "what this rule would not allow" in text
    assert "at least" not in text


@pytest.mark.usefixtures("fake_solve")
def test_cost_counts_money_saved() -> None:
    """With the goal ``cost`` a plan is worth the money that it saves."""
    found = compare_models(rolling(objective={"goal": "cost", "target": 1000.0}))
    assert found.worth("middle", "objective") == pytest.approx(0.0)
    dear, cheap = found.trial("middle", "snowball"), found.trial("middle", "funnel")
    assert dear is not None
    assert cheap is not None
    saved = replace(cheap, objective=cheap.objective - 50.0)
    other = replace(found, trials=(dear, saved))
    assert other.worth("middle", "objective") == pytest.approx(-50.0)


def test_missing_plan_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a funnel plan there is no worth, and the text says why."""

    def solve(world: Instance, **_: Any) -> Plan:
        if world.snowball.model == "funnel":
            return Plan(world, "infeasible", message="payroll exceeds cash")
        return plan_for(world, [100.0] * 5)

    monkeypatch.setattr(models_compare, "solve", solve)
    found = compare_models(rolling())
    assert found.worth("middle") is None
    assert found.table["plan"].tolist() == ["snowball"] * 3
    assert found.table["worth"].isna().all()
    assert "There is no funnel plan: payroll exceeds cash." in in_words(found)


def test_replan_adds_plans_for_low_and_high(fake_solve: list[Instance]) -> None:
    """Two more solves, each tried in its own world only."""
    seen: list[str] = []
    found = compare_models(rolling(), replan=True, progress=lambda state: seen.append(state.phase))
    assert len(fake_solve) == 4
    assert list(found.replanned) == ["low", "high"]
    assert [x.world for x in found.trials if x.plan == "replanned"] == ["low", "high"]
    assert seen == ["snowball: MILP", "funnel: MILP", "low growth: MILP", "high growth: MILP"]


def refusing(world: Instance) -> Plan:
    """A plan that keeps half of the visits out of the room, in a world that sells them dear."""
    plan = replay(world, status_quo(world), accept="greedy").decisions
    plan.recommended *= 0.5
    plan.distinct *= 0.5
    states = replay(world, plan, accept="trim")
    return Plan.of(world, "optimal", states.decisions, states.objective * 1.01)


def test_own_world_keeps_the_certified_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """At middle growth a plan is never worth less than it was certified for."""
    scarce = {"stock": {"opening": 60.0, "lead": 0, "purchase_max": 0.0}}
    tree = tiny_tree(snowball={"segments": {"young": RATES}}, goods={"lines": {"basic": scarce}})
    world = Instance.model_validate(tree)
    monkeypatch.setattr(models_compare, "solve", lambda w, **_: refusing(w))
    found = compare_models(world)
    trial = found.trial("middle", "snowball")
    assert trial is not None
    assert found.snowball.objective is not None
    assert trial.objective >= found.snowball.objective * (1 - 1e-9)
    assert {x.taken for x in found.trials if x.world != "middle"} == {"up to capacity"}


@pytest.mark.usefixtures("fake_solve")
def test_worth_stands_with_the_plan() -> None:
    """The snowball plan remembers what it is worth at middle growth, the funnel plan does not."""
    found = compare_models(rolling())
    worth = found.snowball.growth["worth_vs_funnel"]
    base = found.trial("middle", "funnel")
    assert base is not None
    assert worth["gmv"] == pytest.approx(found.worth("middle"))
    assert worth["share"] == pytest.approx(worth["gmv"] / base.gmv)
    assert worth["objective"] == pytest.approx(found.worth("middle", "objective"))
    assert worth["funnel_gap"] == found.funnel.gap
    assert worth["funnel_rules_broken"] == 0
    assert "worth_vs_funnel" not in found.funnel.growth


def test_a_plan_is_weighed(fake_solve: list[Instance]) -> None:
    """One more solve, of the funnel, tells the same worth as the whole comparison."""
    world = rolling()
    expected = compare_models(world).snowball.growth
    plan = plan_for(world, [500.0, 300.0, 100.0, 0.0, 0.0])
    assert weigh(plan, gap=0.01)
    assert plan.growth == expected
    assert [w.snowball.model for w in fake_solve] == ["snowball", "funnel", "funnel"]
    with pytest.raises(ValueError, match=r"snowball\.model"):
        weigh(plan_for(funnel(world), [0.0] * 5))


def test_nothing_to_weigh_against(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a funnel plan a plan's worth stays unknown."""
    monkeypatch.setattr(models_compare, "solve", lambda w, **_: Plan(w, "no_plan_yet"))
    plan = plan_for(rolling(), [100.0] * 5)
    assert not weigh(plan)
    assert plan.growth == {}


def test_real_comparison() -> None:
    """Both plans are certified; no plan of the middle world beats the snowball plan's bound."""
    found: ModelComparison = compare_models(rolling(), gap=0.005, time_limit=20.0)
    assert found.snowball.status == found.funnel.status == "optimal"
    assert found.snowball.bound is not None
    kinds: tuple[Literal["snowball", "funnel"], ...] = ("snowball", "funnel")
    for kind in kinds:
        trial = found.trial("middle", kind)
        assert trial is not None
        assert trial.feasible
        assert trial.objective <= found.snowball.bound * (1 + 1e-6)
    worth = found.worth("middle", "objective")
    assert worth is not None
    assert worth > 0
