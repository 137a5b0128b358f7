"""The relations hold on forty instances, told on intervals of objective and bound."""

import math
from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from allocator.doubt.hedge import hedge
from allocator.doubt.measures import Measure
from allocator.doubt.worlds import World, Worlds
from allocator.handover import hand_over
from allocator.highs import Engine, Status
from allocator.plan import VERIFIED, Plan
from allocator.solve import solve
from allocator.tangents import first_tangents, rows_at
from fact_models.program import build
from fact_models.replay import replay, status_quo
from fact_models.spec.instance import Instance
from fact_models.verify import verify
from tests.allocator.tiny import interval
from tests.models.worlds import Tree
from tests.nets.relations import LESS, MORE, SAME, Claim, Several
from tests.nets.relations_of_time import RELATIONS
from tests.nets.tiers import seeds
from tests.nets.worlds import COUNT, told, world

GAP = 5e-3
TOLERANCE = 1e-6
TAIL = 0.3
"""Share of the chance that the worst outcomes are a mean over."""
EVERY_RUN = 1

base = cache(world)


@cache
def planned(n: int) -> Plan:
    """The plan of instance ``n``."""
    return solve(base(n), gap=GAP, time_limit=None)


def plan_of(tree: Tree, seed: int = 0) -> Plan:
    """A plan of a changed instance."""
    return solve(Instance.model_validate(tree), gap=GAP, time_limit=None, seed=seed)


def interval_of(side: Tree | Several) -> tuple[float, float]:
    """Value and bound of an instance, of every world alone, or of one hedge for all worlds."""
    if not isinstance(side, Several):
        return interval(plan_of(side))
    measure = Measure(side.kind, TAIL)
    if side.known:
        plans = [plan_of(tree) for _, tree in side.members]
        low, high = np.transpose([interval(plan) for plan in plans])
        chance = np.array([probability for probability, _ in side.members])
        return measure.value(low, chance, high), measure.value(high, chance, high)
    members = tuple(
        World(f"world{n}", probability, Instance.model_validate(tree))
        for n, (probability, tree) in enumerate(side.members)
    )
    found = hedge(Worlds(members[0].instance, members, "file"), measure, gap=GAP, time_limit=None)
    assert found.hedge is not None, found.message
    return found.value, found.bound


def judge(claim: Claim, plan: Plan) -> float:
    """By what share of the value a claim is refuted; 0 or less if it holds."""
    against = interval(plan) if claim.base is None else interval_of(claim.base)
    if isinstance(claim.tree, Several):
        low, high = interval_of(claim.tree)
    else:
        other = plan_of(claim.tree, claim.seed)
        if other.status == "infeasible" and claim.sense == LESS:
            return 0.0
        low, high = interval(other)
        if claim.idle:
            assert other.replay is not None
            spent = sum(float(flow.sum()) for flow in other.replay.spend.values())
            assert spent <= TOLERANCE * abs(low)
    least, most = (claim.scale * value + claim.shift for value in against)
    size = max(abs(most), abs(high), 1e-9)
    below, above = (least - high) / size, (low - most) / size
    return {MORE: below, LESS: above, SAME: max(below, above)}[claim.sense]


@pytest.mark.parametrize("name", RELATIONS)
@pytest.mark.parametrize("n", seeds(EVERY_RUN, COUNT))
def test_relation(name: str, n: int, record_property: Callable[[str, object], None]) -> None:
    """No pair of intervals refutes the relation."""
    plan = planned(n)
    worst = max(judge(claim, plan) for claim in RELATIONS[name](told(base(n)), plan))
    record_property("worst", worst)
    assert worst <= TOLERANCE


@pytest.mark.parametrize("n", seeds(EVERY_RUN, COUNT))
def test_value_of_money_falls(n: int) -> None:
    """M23 In the linear relaxation the value of the budget is concave, and its dual price bounds
    what the next unit brings.
    """
    handover = hand_over(build(base(n), {}))
    rows = rows_at(handover.terms, *first_tangents(handover.terms))
    budget = base(n).money.budget
    assert budget is not None
    place = handover.matrix.row_names.index("money.budget")
    values, price = [], math.nan
    for factor in (1.0, 1.1, 1.2):
        upper = handover.matrix.row_upper.copy()
        upper[place] += (factor - 1) * budget
        matrix = type(handover.matrix)(**{**vars(handover.matrix), "row_upper": upper})
        engine = Engine(matrix, handover.column_scale)
        engine.add_rows(rows)
        outcome = engine.solve_lp(math.inf)
        assert outcome.status is Status.OPTIMAL
        assert outcome.row_dual is not None
        if factor == 1.0:
            price = float(outcome.row_dual[place])
        values.append(outcome.objective)
    slack = TOLERANCE * max(np.abs(values))
    assert values[1] >= (values[0] + values[2]) / 2 - slack
    for value, step in zip(values[1:], (0.1, 0.2), strict=True):
        assert value - values[0] <= price * step * budget + slack


@pytest.mark.parametrize("n", seeds(EVERY_RUN, COUNT))
def test_today_is_never_better(n: int) -> None:
    """M25 The plan is worth at least what the merchant does today, where that is possible."""
    instance = base(n)
    today = replay(instance, status_quo(instance), accept="greedy")
    if verify(instance, today.decisions).ok:
        plan = planned(n)
        assert plan.status in VERIFIED
        assert interval(plan)[0] >= today.objective - TOLERANCE * abs(today.objective)
