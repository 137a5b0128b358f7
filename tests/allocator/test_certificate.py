"""What the certificate promises: the bound holds for every plan, the gap is what it says, stops
and repeats are safe.
"""

import hashlib
import math
import os
import subprocess
import sys
import threading
import time
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from allocator import certificate, finding
from allocator.certificate import Search
from allocator.finding import Progress
from allocator.highs import Outcome, Status
from allocator.load import load
from allocator.matrix import Vector
from allocator.plan import VERIFIED, Plan
from allocator.relaxation import Relaxation
from allocator.solve import solve
from fact_models.replay import facts, replay, status_quo
from fact_models.response import Hill
from fact_models.spec.instance import Instance
from fact_models.verify import verify
from tests.allocator.tiny import built, four_levers, interval, random_tiny
from tests.models.controls import random_controls
from tests.models.test_block_is_replay import WORLDS, world_of

ROOT = Path(__file__).parents[2]


@cache
def certified(name: str) -> tuple[Instance, Plan]:
    """A world and its plan."""
    instance = four_levers() if name == "four levers" else world_of(name)
    return instance, solve(instance, gap=1e-3, time_limit=60)


@pytest.mark.parametrize("name", ["four levers", "full"])
def test_no_plan_beats_the_bound(name: str) -> None:
    """Today's plan and the random ones that keep every rule are worth at most the bound."""
    instance, plan = certified(name)
    bound, known, good = interval(plan)[1], facts(instance), 0
    for d in (status_quo(instance), *(random_controls(instance, seed) for seed in range(60))):
        for rest in (1.0, 0.0):
            asked = d.copy()
            asked.deal *= rest
            asked.hires *= rest
            states = replay(instance, asked, accept="greedy", known=known)
            if verify(instance, states.decisions, known=known).ok:
                good += 1
                assert states.objective <= bound * (1 + 1e-9)
    assert good >= 5


@pytest.mark.parametrize("name", ["four levers", "full"])
def test_the_plan_beats_today(name: str) -> None:
    """What is found is at least as good as what the merchant does today."""
    instance, plan = certified(name)
    today = replay(instance, status_quo(instance), accept="greedy")
    assert interval(plan)[0] >= today.objective * (1 - 1e-9)


@pytest.mark.parametrize(
    "name", [n for n in WORLDS if n not in ("overhead", "few heads", "cost")][::2]
)
def test_every_world_gets_a_verified_plan(name: str) -> None:
    """What the program calls a plan is one to the verifier, whatever the instance is made of."""
    instance = world_of(name)
    plan = solve(instance, gap=0.02, time_limit=60)
    assert plan.status == "optimal", plan.message
    assert plan.decisions is not None
    assert verify(instance, plan.decisions, objective=plan.objective).ok
    objective, bound = interval(plan)
    assert objective <= bound * (1 + 1e-9)


def test_the_gap_is_what_it_says() -> None:
    """The gap follows from objective and bound, and the objective from the decisions."""
    instance, plan = certified("four levers")
    objective, bound = interval(plan)
    assert plan.gap == abs(bound - objective) / max(abs(bound), abs(objective), 1.0)
    assert plan.decisions is not None
    assert replay(instance, plan.decisions).objective == pytest.approx(objective, rel=1e-12)
    assert plan.broken_claims() == []


def s_shaped(budget: float) -> tuple[Instance, list[Hill]]:
    """Three S-shaped boosts under one budget in one period; a visit is worth 10."""
    curves = [
        Hill(kind="hill", scale=scale, half=half, slope=slope)
        for scale, half, slope in ((100.0, 60.0, 3.0), (70.0, 35.0, 4.0), (40.0, 15.0, 2.0))
    ]
    boosts = {
        f"boost{n}": {
            "curve": c.model_dump(mode="json", by_alias=True),
            "spend_max": 150.0,
            "mix": {"young": 1.0},
        }
        for n, c in enumerate(curves)
    }
    world = built(calendar={"periods": 1}, field={"boosts": boosts}, money={"budget": budget})
    return world, curves


@pytest.mark.parametrize("budget", [20.0, 45.0, 80.0, 130.0])
def test_s_curves_against_a_fine_grid(budget: float) -> None:
    """Splits close the gap, and no point of a grid of 0.25 is better than the bound or much better
    than the plan.
    """
    world, curves = s_shaped(budget)
    plan = solve(world, gap=1e-4, time_limit=60)
    assert plan.status == "optimal"
    grid = np.arange(0, budget + 1e-9, 0.25)
    one, two, three = (c.value(grid) for c in curves)
    best = max(
        float(one[i] + two[j] + three[grid.size - 1 - i - j])
        for i, j in product(range(grid.size), repeat=2)
        if i + j < grid.size
    )
    objective, bound = interval(plan)
    assert bound >= 10 * (100 + best) * (1 - 1e-9)
    assert objective >= 10 * (100 + best) * (1 - 2e-4)


def test_s_shaped_reception_closes() -> None:
    """Hours of two rooms with S-shaped reception, one team: the best split found on a grid lies in
    the interval.
    """
    curve = {"kind": "hill", "scale": 600.0, "half": 12.0, "slope": 3.0}
    room = {
        "traffic": {"young": 400.0},
        "saturation": {"young": 1e9},
        "ceiling": {"young": 400.0},
        "share": 0.0,
        "hours_max": 30.0,
        "reception": {**curve, "rate": None},
        "crew": {"host": 1.0},
    }
    world = built(
        calendar={"periods": 1},
        field={
            "accounts": {"main": room, "twin": {**room, "type": "persona", "reception": curve}}
        },
        staff={"roles": {"host": {"heads": 1, "wage": 1.0, "hours": 26.0}}},
    )
    hours, hill = np.arange(0, 26.01, 0.05), Hill.model_validate(curve)
    served = np.minimum(hill.value(hours), 400.0) + np.minimum(hill.value(26.0 - hours), 400.0)
    objective, bound = interval(solve(world, gap=1e-4, time_limit=60))
    assert bound >= 10 * served.max() * (1 - 1e-6)
    assert objective == pytest.approx(10 * served.max(), rel=3e-4)


def test_a_stop_returns_the_best_plan() -> None:
    """When the stop is set at the first plan, the search ends with a verified plan and an honest
    gap.
    """
    stop, seen = threading.Event(), []

    def told(state: Progress) -> None:
        seen.append(state)
        if np.isfinite(state.incumbent):
            stop.set()

    plan = solve(four_levers(), gap=0.0, time_limit=60, progress=told, stop=stop)
    assert plan.status == "interrupted_feasible"
    objective, bound = interval(plan)
    assert objective <= bound
    assert seen


def test_a_stop_before_any_plan() -> None:
    """A stop set from the start: no plan, no traceback."""
    stop = threading.Event()
    stop.set()
    plan = solve(four_levers(), time_limit=60, stop=stop)
    assert plan.status in ("no_plan_yet", *VERIFIED)


@pytest.mark.parametrize("phase", ["build", "hand-over"])
def test_a_stop_while_the_program_is_built(phase: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the stages somebody listens: no engine is made for a search that nobody waits for,
    and what the merchant does today is handed over, without a bound."""
    monkeypatch.setattr(finding, "Relaxation", None)
    stop = threading.Event()

    def told(state: Progress) -> None:
        if state.phase == phase:
            stop.set()

    plan = solve(four_levers(), time_limit=60, progress=told, stop=stop)
    assert plan.status == "interrupted_feasible"
    assert plan.bound is None
    assert plan.decisions is not None
    assert verify(plan.instance, plan.decisions, objective=plan.objective).ok


def test_a_stop_in_the_first_polish(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first plan is looked for although the stop is set; once it is there, nothing more is
    solved for its last digits."""
    monkeypatch.setattr(Search, "go_on_as_today", lambda self: None)
    monkeypatch.setattr(certificate, "FIRST_SHARE", 0.0)
    stop, after = threading.Event(), []
    settle = Relaxation.settle

    def settled(self: Relaxation, deadline: float, halt: threading.Event | None = None) -> Outcome:
        outcome = settle(self, deadline, halt)
        if stop.is_set():
            after.append(outcome.status)
        return outcome

    def told(state: Progress) -> None:
        if state.phase == "LP":
            stop.set()

    monkeypatch.setattr(Relaxation, "settle", settled)
    plan = solve(four_levers(), gap=0.0, time_limit=60, progress=told, stop=stop)
    assert plan.status == "interrupted_feasible"
    assert plan.verified
    assert after.count(Status.OPTIMAL) == 1


def test_the_time_limit_holds() -> None:
    """A hard instance at gap 0 ends soon after its limit, with a plan and a bound."""
    instance = load(ROOT / "instances" / "bench" / "tight_budget-13-0.json")
    began = time.monotonic()
    plan = solve(instance, gap=0.0, time_limit=4.0)
    assert time.monotonic() - began < 4.0 * 3 + 5
    assert plan.status in VERIFIED
    objective, bound = interval(plan)
    assert objective <= bound * (1 + 1e-9)


def test_a_plan_survives_its_file() -> None:
    """Written and read again, a plan is the same to the last digit."""
    _, plan = certified("four levers")
    again = Plan.from_json(plan.to_json())
    assert again.to_json() == plan.to_json()
    assert again.objective == plan.objective
    assert again.decisions is not None
    assert plan.decisions is not None
    assert again.decisions.to_plain() == plan.decisions.to_plain()


@pytest.mark.parametrize("share", [0.9, 0.999])
def test_a_bound_that_a_plan_refutes_is_not_taken(share: float) -> None:
    """A solver that proves less than a verified plan is worth is wrong: its bound is passed over
    and said to be; one that is a hair below the plan stops at the plan.
    """
    search = Search(four_levers(), gap=1e-2, deadline=math.inf)
    search.go_on_as_today()
    assert search.best is not None
    value = search.best.value
    search.prove(2 * value)
    search.prove(share * value)
    assert search.upper == 2 * value
    assert "refuted by a verified plan" in search.message
    search.prove(value * (1 - 1e-9))
    assert search.upper == value


SCRIPT = """
import hashlib, json
from allocator.solve import solve
from tests.allocator.tiny import four_levers
plan = solve(four_levers(), gap=1e-3, time_limit=None)
print(hashlib.sha256(json.dumps(plan.decisions.to_plain()).encode()).hexdigest())
"""


def test_the_same_plan_in_every_process() -> None:
    """Without a time limit, hash seeds of the interpreter change no digit of the decisions."""
    path = os.pathsep.join((str(ROOT), str(ROOT / "models")))
    found = [
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={**os.environ, "PYTHONPATH": path, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        ).stdout.strip()
        for seed in ("1", "4711")
    ]
    assert found[0] == found[1]
    assert len(found[0]) == len(hashlib.sha256().hexdigest())


def test_another_seed_of_the_solver_agrees() -> None:
    """Random choices of the solver move the interval only within itself."""
    instance = random_tiny(3)
    plans = [solve(instance, gap=1e-4, time_limit=60, seed=seed) for seed in range(3)]
    for one, other in product(plans, repeat=2):
        assert interval(one)[1] >= interval(other)[0] * (1 - 1e-9)


def test_a_plan_is_tidied_at_no_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    """Inputs that bring nothing leave the plan; what it is worth does not fall by more than a
    share that nobody sees."""
    search = Search(load(ROOT / "tests/allocator/small_merchant.yaml"), 1e-2, math.inf)
    tidy, seen = search.tidy, []

    def watched() -> None:
        before = search.best
        tidy()
        seen.append((before, search.best))

    monkeypatch.setattr(search, "tidy", watched)
    search.run()
    ((before, after),) = seen
    assert before is not None
    assert after is not None
    matrix = search.arrays.matrix
    waste = [name.split("[")[0] in finding.WASTE for name in matrix.column_names]
    used = np.array(waste) & (matrix.upper > 0)
    shares = [(one.x[used] / matrix.upper[used]).sum() for one in (before, after)]
    assert shares[1] < 0.9 * shares[0]
    assert after.value >= before.value * (1 - 2 * finding.TIDY_LOSS)


def test_a_plan_that_breaks_a_rule_by_little_is_cut_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first points of a plan's relaxation may miss the cash floor by a few yuan: tangents are
    added until one keeps it."""
    search = Search(four_levers(), 1e-4, math.inf)
    search.load()
    search.go_on_as_today()
    search.relax()
    today, replayed, points = search.lower, search.replayed, 0
    assert math.isfinite(today)

    def late(x: Vector, integers: dict[str, float]) -> finding.Found | None:
        nonlocal points
        points += 1
        return replayed(x, integers) if points > 4 else None

    monkeypatch.setattr(search, "replayed", late)
    root = search.main.solve(math.inf)
    assert root.x is not None
    search.branching().diver.dive(search.main, {}, root.x, weighing=False, improve=False)
    assert points > 4
    assert search.lower > today
