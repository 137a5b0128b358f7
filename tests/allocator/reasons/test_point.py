"""A plan as a point of its program."""

import threading
from dataclasses import fields

import numpy as np
import pytest

from allocator.decoding import decode
from allocator.handover import hand_over
from allocator.highs import Engine, Outcome, Status
from allocator.reasons.fixed import WITHIN, fixed
from allocator.reasons.point import stated_columns
from allocator.reasons.whole import whole_numbers
from allocator.relaxation import Relaxation
from allocator.solve import solve
from fact_models.program import build
from fact_models.replay import facts
from tests.allocator.rich import random_rich

FREE = ("line_orders", "purchase", "drawn", "cover", "overtime", "outsourced", "on")
"""What the program may choose otherwise for the same visits and orders."""


@pytest.mark.parametrize("seed", range(6))
def test_what_a_plan_states_is_a_point_of_its_program(seed: int) -> None:
    """With the stated columns held the program has an optimum, and it is the plan."""
    plan = solve(random_rich(seed), gap=0.05, time_limit=None, threads=1)
    assert plan.decisions is not None
    known = facts(plan.instance)
    program = build(plan.instance)
    arrays = hand_over(program)
    whole, heads = whole_numbers(program, arrays, known, plan.decisions)
    columns, values = stated_columns(program, arrays, plan.decisions)
    engine = Engine(arrays.matrix, arrays.column_scale, seed=0)
    engine.set_bounds(whole, heads, heads)
    far = WITHIN * values
    engine.set_bounds(columns, values - far, values + far)
    outcome = engine.solve_lp(np.inf, None)
    assert outcome.status is Status.OPTIMAL
    assert outcome.x is not None
    found = decode(program, arrays, outcome.x)
    for one in fields(found):
        if one.name not in FREE:
            expected = getattr(plan.decisions, one.name)
            size = max(float(np.abs(expected).max(initial=0.0)), 1.0)
            close = np.abs(getattr(found, one.name) - expected) <= 1e-6 * size
            assert close.all(), one.name


def test_tangents_where_the_plan_sits_bring_the_first_optimum_near(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The first linear program of an explanation promises little that no plan can keep, and the
    last one is the same."""
    plan = solve(random_rich(1), gap=0.05, time_limit=None, threads=1)
    assert plan.decisions is not None
    settle, kept, beyond = Relaxation.settle, [], []
    for touched in (True, False):
        promised: list[float] = []

        def told(
            self: Relaxation,
            deadline: float,
            stop: threading.Event | None = None,
            promised: list[float] = promised,
        ) -> Outcome:
            outcome = settle(self, deadline, stop)
            promised.append(outcome.objective)
            return outcome

        with monkeypatch.context() as patch:
            patch.setattr(Relaxation, "settle", told)
            if not touched:
                patch.setattr("allocator.reasons.fixed._touch", lambda *_: None)
            found = fixed(plan.instance, plan.decisions)
        kept.append(found.value)
        beyond.append(promised[0] - found.value)
    assert kept[0] == pytest.approx(kept[1], rel=1e-7)
    assert beyond[0] < 0.2 * beyond[1]
