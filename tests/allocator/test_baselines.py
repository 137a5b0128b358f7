"""Baselines: each keeps its own rule and every rule of the file, and none is above a certified
plan.
"""

import importlib
import io
import json
import math
import threading
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

import allocator
from allocator import certificate
from allocator.baselines import making
from allocator.baselines.making import baselines
from allocator.baselines.record import Baseline, Baselines, record
from allocator.baselines.screen import baselines_screen
from allocator.baselines.words import sentences
from allocator.finding import Found
from allocator.highs import SolverError
from allocator.matrix import ModelError
from allocator.plan import Plan
from allocator.reading import to_yaml
from allocator.variants import simple
from allocator.variants.desk import Desk
from allocator.variants.simple import better
from allocator.variants.sketches import NO_TIME, even, ground
from fact_models.replay import facts, replay, status_quo
from fact_models.verify import verify
from tests.allocator.test_cli import run, status_quo_plan
from tests.allocator.tiny import four_levers

solving = importlib.import_module("allocator.solve")
"""The module; the package's name is that of the call."""

CURRENT: dict[str, Any] = {
    "spend": [
        {"lever": "alliance", "spend": 90.0},
        {"lever": "alliance", "spend": 60.0, "last": 1},
    ],
    "joins": [{"campaign": "spring", "package": "lite"}],
    "signs": [{"deal": "rising", "period": 4}],
}
LAST_YEAR = {"field": 0.7, "alliance": 0.1, "campaign": 0.1, "kol": 0.1}


@cache
def planned() -> Plan:
    """A certified plan of a small merchant who has a plan at hand and a last year."""
    instance = four_levers(current=CURRENT, last_year=LAST_YEAR)
    return allocator.solve(instance, gap=1e-3, time_limit=60, threads=1)


@cache
def weighed() -> Baselines:
    """All baselines beside it."""
    return baselines(planned())


def made(key: str) -> Baseline:
    """One of them."""
    return next(one for one in weighed().found if one.key == key)


def test_no_plan_below_a_simple_way_is_handed_back() -> None:
    """Asked for any plan within 30 %, a solve hands back none that week by week, best return first
    or an even split beats; its bound still holds.
    """
    plan = allocator.solve(four_levers(), gap=0.3, time_limit=60, threads=1)
    best = allocator.solve(four_levers(), gap=1e-3, time_limit=60, threads=1)
    assert plan.verified
    for one in baselines(plan, only=("even", "roi", "myopic")).found:
        assert one.plan is not None
        # Made from another plan, a way ends some millionths elsewhere.
        assert plan.objective >= one.plan.objective * (1 - 1e-5), one.key  # type: ignore[operator]
    assert plan.bound >= best.objective  # type: ignore[operator]
    again = allocator.solve(four_levers(), gap=0.3, time_limit=None, threads=1)
    assert again.objective == plan.objective


def test_a_closed_gap_makes_no_simple_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that closes its gap, and one that asks for any plan at all, pay nothing for them."""
    tried: list[str] = []
    monkeypatch.setattr(solving, "better", lambda *_: tried.append("simple ways"))
    for gap in (0.01, 10.0):
        assert allocator.solve(four_levers(), gap=gap, time_limit=60, threads=1).verified
    assert not tried


def loose(monkeypatch: pytest.MonkeyPatch, **limits: Any) -> Plan:
    """A plan of a search whose trees had no time, so its gap stays loose."""
    monkeypatch.setattr(certificate, "RESERVE", 1.0)
    return allocator.solve(
        four_levers(), **{"gap": 1e-4, "time_limit": 60, "threads": 1, **limits}
    )


def test_a_loose_plan_is_tidied_and_then_held_against_simple_ways(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The search ends as always; then one of them takes its plan's place, and the status is that
    of the limit.
    """
    plan = loose(monkeypatch)
    phases = [point[1] for point in plan.trace]
    assert 0 < phases.index("tidy") < phases.index("simple ways")
    assert plan.status == "feasible_limit"
    assert plan.runtime["total"] < 30
    myopic = baselines(plan, only=("myopic",)).found[0].plan
    assert myopic is not None
    assert plan.objective >= myopic.objective * (1 - 1e-6)  # type: ignore[operator]
    monkeypatch.setattr(solving, "_gate", lambda *_: "")
    alone = loose(monkeypatch)
    assert alone.gap > solving.LOOSE
    assert alone.objective < plan.objective * (1 - 1e-3)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("spared", "gap", "status"),
    [(math.inf, 0.03, "feasible_limit"), (math.inf, math.inf, "optimal"), (0.05, 0.03, "optimal")],
)
def test_trees_leave_time_only_while_the_gap_is_loose_and_it_is_little(
    monkeypatch: pytest.MonkeyPatch, spared: float, gap: float, status: str
) -> None:
    """Simple ways that need more than the whole limit end the trees at once, and nothing else:
    the plan is tidied all the same. Below the gap, or above their share, they are left nothing.
    """
    monkeypatch.setattr(solving, "BUILDS", 1e6)
    monkeypatch.setattr(solving, "SPARED", spared)
    monkeypatch.setattr(solving, "LOOSE", gap)
    plan = allocator.solve(four_levers(), gap=1e-3, time_limit=60, threads=1)
    assert plan.status == status
    assert "tidy" in [point[1] for point in plan.trace]
    assert plan.runtime["total"] < 30


@pytest.mark.parametrize("error", [ModelError, SolverError])
def test_simple_ways_that_fail_leave_the_plan(
    monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    """Their program is another one: the certified plan stays, with a word about it."""

    def failing(*_: object) -> None:
        raise error("a row is not linear")

    monkeypatch.setattr(solving, "better", failing)
    plan = loose(monkeypatch)
    assert plan.status == "feasible_limit"
    assert plan.verified
    assert plan.message.endswith("not held against simple ways to plan: a row is not linear")


def test_a_stop_ends_the_build_for_simple_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    """The desk's program is left unfinished, and the plan that was found is handed back."""
    stop, unfinished = threading.Event(), []

    def stopped(best: Found, desk: Desk, tell: Any) -> Found | None:
        stop.set()
        found = better(best, desk, tell)
        unfinished.append(found is None and not hasattr(desk, "arrays"))
        return found

    monkeypatch.setattr(solving, "better", stopped)
    plan = loose(monkeypatch, stop=stop)
    assert unfinished == [True]
    assert plan.status == "interrupted_feasible"
    assert plan.verified


def test_a_sketch_pulls_where_the_objective_is_zero(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan that is worth nothing does not make moves away from a sketch free."""
    sizes: list[float] = []
    monkeypatch.setattr(simple, "fitted", lambda *args: sizes.append(args[-1]))
    plan, desk = planned(), Desk(planned().instance, 0.0, np.inf)
    assert plan.decisions is not None
    desk.load()
    found = desk.verified(plan.decisions, {}, np.zeros(0))
    assert found is not None
    better(replace(found, value=0.0), desk)
    assert set(sizes) == {1.0}


def test_sketches_spend_what_is_left_of_the_budget() -> None:
    """Where a plan is under way, earlier weeks have taken a part."""
    left = []
    for past in ({}, {"field": 300.0, "team": 200.0}):
        instance = four_levers(money={"past": past})
        desk = Desk(instance, 0.0, np.inf)
        left.append(ground(desk, facts(instance), 0.0).budget)
    assert left[0] == four_levers().money.budget
    assert left[0] - left[1] == 500.0


def test_every_baseline_keeps_every_rule_and_none_is_above_the_plan() -> None:
    """All seven are verified plans of the same instance, at most as good as the bound allows."""
    found = weighed()
    assert [one.key for one in found.found] == [
        "today", "even", "last_year", "roi", "myopic", "funnel", "current"
    ]  # fmt: skip
    for one in found.found:
        assert one.plan is not None, one
        assert one.plan.decisions is not None
        check = verify(planned().instance, one.plan.decisions, objective=one.plan.objective)
        assert check.ok, (one.key, check.violations[:1])
        assert one.plan.objective <= planned().bound  # type: ignore[operator]
    assert not found.above


def test_worth_is_plan_less_baseline() -> None:
    """What planning is worth is the difference of two replayed plans."""
    one, plan = made("even"), planned()
    worth = weighed().worth(one)
    assert worth is not None
    assert one.plan is not None
    assert worth.gmv == pytest.approx(plan.gmv - one.plan.gmv)  # type: ignore[operator]
    assert worth.objective_share == pytest.approx(plan.objective / one.plan.objective - 1)  # type: ignore[operator]


def test_plan_at_hand_is_followed() -> None:
    """It takes the file's package, deal and spend by week; the later entry counts."""
    one = made("current")
    assert one.plan is not None
    assert one.plan.decisions is not None
    assert one.plan.replay is not None
    assert one.plan.decisions.package.tolist() == [0.0, 1.0]
    assert one.plan.decisions.deal[1].tolist() == [0.0, 0.0, 0.0, 1.0]
    assert one.plan.decisions.deal[0].sum() == 0
    spend = one.plan.replay.spend["alliance"]
    assert spend == pytest.approx([60.0, 90.0, 90.0, 90.0], rel=1e-4)


def test_plan_at_hand_is_a_start_of_the_search() -> None:
    """Before anything is searched, a solve knows the file's own plan: none lies below it."""
    own = made("current").plan
    assert own is not None
    first = next(iter(planned().trace))
    assert first[1] == "build"
    assert first[2] == pytest.approx(own.objective, rel=1e-4)


def test_a_plan_at_hand_that_cannot_be_is_named() -> None:
    """A session on a date that the deal does not have is a reason, not a plan."""
    wrong = {"signs": [{"deal": "star", "period": 1}]}
    plan = status_quo_plan(four_levers(current=wrong))
    (one,) = baselines(plan, only=["current"]).found
    assert one.plan is None
    assert one.reason is not None
    assert one.reason.en == "star cannot be held in period 1"
    assert one.reason.zh == "star 无法在第1周期举行"


def test_split_is_even_where_it_can_be() -> None:
    """With a single lever the money is the same in every week."""
    instance = four_levers(
        alliance=None,
        campaign=None,
        kol=None,
        staff=None,
        field={"accounts": {"main": {"crew": None}}},
        money={"budget": 1600.0, "cash": None},
    )
    (one,) = baselines(status_quo_plan(instance), only=["even"]).found
    assert one.plan is not None
    assert one.plan.replay is not None
    spend = one.plan.replay.spend["field"]
    assert spend == pytest.approx(np.full(4, spend.mean()), rel=1e-3)
    assert one.moved < 1e-3


def test_a_plan_below_a_baseline_is_an_error() -> None:
    """The gate names the baselines that are better than a plan that was not optimised."""
    instance = four_levers()
    plan = status_quo_plan(instance)
    found = baselines(plan, only=["today", "roi"])
    assert [one.key for one in found.above] == ["roi"]
    words = str(allocator_screen(found))
    assert "ERROR: best ROI first is better than this plan" in words


def allocator_screen(found: Baselines, lang: Any = "en", width: int = 120) -> str:
    """The screen as text."""
    console = Console(width=width, file=io.StringIO(), record=True)
    console.print(baselines_screen(found, width, lang))
    return console.export_text()


def test_screen_says_what_planning_is_worth() -> None:
    """Both languages: the sentence against today, a row per baseline, what each does."""
    english, chinese = (allocator_screen(weighed(), lang) for lang in ("en", "zh"))
    assert "Against going on as today, planning brings" in english
    assert "the plan at hand" in english
    assert "与照旧经营相比" in chinese
    assert "沿用去年占比" in chinese


def test_record_is_json() -> None:
    """The JSON object holds plan, baselines, worth and the verdict of the gate."""
    told = json.loads(json.dumps(record(weighed()), allow_nan=False))
    assert told["above"] == []
    assert {row["baseline"] for row in told["baselines"]} >= {"today", "current"}
    row = told["baselines"][0]
    assert row["worth"]["gmv"] == pytest.approx(told["plan"]["gmv"] - row["gmv"])


def test_stop_keeps_what_there_is() -> None:
    """A stop ends it with the baselines that were made."""
    stop = threading.Event()
    seen: list[str] = []

    def told(state: Any) -> None:
        seen.append(state.phase)
        if state.phase == "even":
            stop.set()

    found = baselines(planned(), only=["today", "even", "roi"], progress=told, stop=stop)
    assert found.stopped
    assert [one.key for one in found.found] == ["today", "even"]


def test_what_there_was_no_time_for_is_said_in_the_reader_s_language() -> None:
    """No English in a Chinese sentence; JSON holds both."""
    found = baselines(planned(), only=("even",), time_limit=1e-6)
    (chinese,) = (x for x in sentences(found, "zh") if "平均分配" in x)
    assert chinese == "平均分配：无可行方案；时间不足，未能完成"
    (row,) = record(found)["baselines"]
    assert (row["reason"], row["reason_zh"]) == (NO_TIME.en, NO_TIME.zh)


def test_unknown_and_missing_baselines_are_refused() -> None:
    """A baseline that the file has nothing for is said so."""
    plan = status_quo_plan(four_levers())
    with pytest.raises(ValueError, match="the file has no last_year"):
        baselines(plan, only=["last_year"])


def test_integers_go_to_columns_and_back() -> None:
    """Decisions laid on the columns of the program and decoded are the same whole numbers."""
    from allocator.decoding import decode

    decisions = planned().decisions
    assert decisions is not None
    desk = Desk(planned().instance, 0.0, np.inf)
    desk.load()
    x = desk.placed(decisions)
    assert not np.isnan(x[desk.whole]).any()
    back = decode(desk.program, desk.arrays, np.where(np.isnan(x), 0.0, x))
    for name in ("start", "discount", "offer", "package", "deal", "hires", "leaves"):
        assert np.array_equal(getattr(back, name), getattr(decisions, name)), name
    today = desk.placed(status_quo(planned().instance), team=False)
    assert np.isnan(today[desk.team]).all()


def test_command_exits_with_the_verdict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan above its baselines ends with 0; one below with 1 and the name on stderr."""
    monkeypatch.setattr(making, "KEYS", ("today", "roi"))
    instance = planned().instance
    path = tmp_path / "merchant.yaml"
    path.write_text(to_yaml(instance), encoding="utf-8")
    good = run("baselines", path, "--threads", "1", "--json")
    assert good.exit_code == 0, good.stderr
    assert json.loads(good.stdout)["instance"] == instance.name
    poor = status_quo_plan(instance)
    (tmp_path / "plan.json").write_text(poor.to_json(), encoding="utf-8")
    bad = run("baselines", tmp_path / "plan.json", "--lang", "zh")
    assert bad.exit_code == 1
    assert "error: baseline roi is better than the plan" in bad.stderr
    assert "错误" in bad.stdout


def test_the_idle_team_is_paid_before_money_is_split() -> None:
    """What is spread over the levers, and kept for packages and deals, is the budget less what
    the team costs beyond its work for the levers.
    """
    instance = four_levers(staff={"roles": {"host": {"heads": 2}}})
    desk = Desk(instance, 0.0, np.inf)
    desk.load()
    common = ground(desk, facts(instance), 1.0)
    states = replay(instance, common.today, accept="greedy")
    idle = float(states.spend["team"].sum())
    assert 0 < idle < common.budget
    found = even(common)
    spread = sum(found.wanted["spend"].values()) + sum(found.wanted["total"].values())
    assert spread == pytest.approx(common.budget - idle, rel=1e-9)
