"""The audit of the constants that tie whole numbers to amounts."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pyomo.environ as pyo
import pytest

from allocator import handover
from allocator.canary import canary
from allocator.families import generate
from allocator.handover import audit_links, hand_over, links
from allocator.load import load
from allocator.matrix import Matrix, ModelError
from allocator.solve import solve
from fact_models.program import Program, build
from fact_models.spec.instance import Instance
from tests.allocator.rich import random_rich
from tests.allocator.tiny import built, deal, random_tiny
from tests.models.rescaled import rescaled
from tests.models.worlds import full_world

INSTANCES = Path(__file__).parents[2] / "instances"


def program(instance: Instance) -> tuple[Matrix, np.ndarray]:
    """The rows of an instance and the scale of its columns."""
    arrays = hand_over(build(instance, {}))
    return arrays.matrix, arrays.column_scale


@pytest.mark.parametrize(
    "instance",
    [
        full_world(),
        random_rich(0),
        generate("s_curves", 8, 0, segments=2, accounts=2, tiers=2, offers=2),
        load(INSTANCES / "archetypes" / "micro-factory-26.yaml"),
    ],
    ids=["full", "random", "s_curves", "micro-factory"],
)
def test_no_choice_weighs_more_than_a_hundred(instance: Instance) -> None:
    """Columns are scaled by their bounds, so every big-M inside the solver is at most 100."""
    assert 1 <= links(*program(instance)).max() <= 100


def test_a_row_counts_its_largest_choice() -> None:
    """A fee of 700 in a row whose spend is counted in hundreds weighs 7."""
    world = built(kol={"deals": {"one": deal(600.0, 700.0)}}, money={"budget": 900.0})
    matrix, scale = program(world)
    assert scale[matrix.column_names.index("money.spend[kol,1]")] == 100.0
    row = matrix.row_names.index("money.lever_spend[kol,1]")
    assert links(matrix, scale)[row] == pytest.approx(7.0)


def test_a_constant_beyond_the_limit_is_refused() -> None:
    """x <= 1e7 y with x counted in ones is named, and passes with x counted in hundreds."""
    rows = [((1.0, 0.0), -math.inf, 5.0), ((1.0, -1e7), -math.inf, 0.0)]
    link = canary("link", 0.0, [1, -1], [(0, 1e7), (0, 1)], [1], rows).matrix
    audit_links(link, np.array([100.0, 1.0]))
    with pytest.raises(ModelError, match=r"row row1: a choice weighs 1e\+07 times"):
        audit_links(link, np.ones(2))


def test_every_build_is_audited(monkeypatch: pytest.MonkeyPatch) -> None:
    """An instance with a constant beyond the limit ends with status and message."""
    monkeypatch.setattr(handover, "LARGEST_LINK", 5.0)
    world = built(kol={"deals": {"one": deal(600.0, 700.0)}}, money={"budget": 900.0})
    plan = solve(world, gap=0.01)
    assert plan.status == "error"
    assert "money.lever_spend[kol,0]: a choice weighs 7 times" in plan.message


def test_a_small_coefficient_of_unknown_size_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row with a small coefficient and a part that is affine only because a variable is fixed
    ends a solve with status and message.
    """

    def odd(instance: Instance, *args: Any, **more: Any) -> Program:
        program = build(instance, *args, **more)
        some, other = list(program.model.component_data_objects(pyo.Var))[:2]
        program.model.held = pyo.Var(initialize=2.0)
        program.model.held.fix()
        program.model.odd = pyo.Constraint(expr=1e-9 * program.model.held * some + other >= -1.0)
        return program

    monkeypatch.setattr("allocator.finding.build", odd)
    plan = solve(built(kol={"deals": {"one": deal(600.0, 700.0)}}), gap=0.01)
    assert plan.status == "error"
    assert "the size of a small coefficient cannot be judged: not affine" in plan.message


@pytest.mark.parametrize(("factor", "seed"), [(10.0, 405), (1e3, 405), (1e-2, 418)])
def test_the_unit_of_money_changes_no_bit(factor: float, seed: int) -> None:
    """Amounts that can only be 0 (no credit) and sums that cancel used to leave traces of the unit
    inside the solver, and with them other plans within the gap.
    """
    one = rescaled(random_tiny(seed), {"CNY": 1e-2})
    programs = []
    for instance in (one, rescaled(one, {"CNY": factor})):
        handover = hand_over(build(instance, {}))
        programs.append(handover.matrix.scaled(handover.column_scale)[0])
    first, second = programs
    for name in ("cost", "lower", "upper", "row_lower", "row_upper"):
        assert np.array_equal(getattr(first, name), getattr(second, name)), name
    assert np.array_equal(first.rows.data, second.rows.data)
    assert np.array_equal(first.rows.indices, second.rows.indices)


def test_names_are_those_of_the_components() -> None:
    """Rows and columns are called what their constraints and variables are called one by one,
    those with one index, with several and with none."""
    written = build(full_world(), {})
    arrays = hand_over(written)
    known = {v.name for v in written.model.component_data_objects(pyo.Var)}
    assert set(arrays.matrix.column_names) <= known
    for v in written.model.component_data_objects(pyo.Var):
        if id(v) in arrays.column_of:
            assert arrays.matrix.column_names[arrays.column_of[id(v)]] == v.name
    rows = {c.name for c in written.model.component_data_objects(pyo.Constraint)}
    assert set(arrays.matrix.row_names) <= rows
    assert {"money.budget", "money.period_budget[0]"} <= set(arrays.matrix.row_names)
