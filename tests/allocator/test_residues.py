"""Coefficients that rounding left of terms that cancel, and what they did to a bound."""

from pathlib import Path

import numpy as np
import pyomo.environ as pyo
import pytest
from scipy import sparse

from allocator.load import load
from allocator.residues import sizes, without_residues
from allocator.solve import solve
from fact_models.replay import replay
from fact_models.spec.instance import Instance
from fact_models.verify import verify

SMALL = Path(__file__).parent / "small_merchant.yaml"
CROOKED = 0.021
"""A rate that times its reciprocal is less than 1."""


@pytest.fixture
def model() -> pyo.ConcreteModel:
    """Three variables and an expression of two of them."""
    m = pyo.ConcreteModel()
    m.x, m.y, m.z = pyo.Var(), pyo.Var(), pyo.Var()
    m.both = pyo.Expression(expr=2 * m.x - 3 * m.y)
    return m


def test_sizes_do_not_cancel(model: pyo.ConcreteModel) -> None:
    """Sums, products, quotients, signs and named parts count with their size."""
    expression = -(4 * model.both) / 2 + model.both * 5 - 1.5 * model.x + 7
    assert sizes(expression) == {id(model.x): 2 * 2 + 2 * 5 + 1.5, id(model.y): 3 * 2 + 3 * 5}


def test_what_is_not_affine_is_refused(model: pyo.ConcreteModel) -> None:
    """A product or a quotient of variables, and a power, have no such sizes, whatever the
    variables are at the moment.
    """
    model.y.value = 2.0
    for expression in (model.x * model.y, model.x / model.y, model.x**2):
        with pytest.raises(TypeError, match="not affine"):
            sizes(expression)


def test_a_residue_goes_and_a_small_coefficient_stays(model: pyo.ConcreteModel) -> None:
    """A rounding error of 1 is no coefficient; one of the same size that was written is."""
    x, y, z = model.x, model.y, model.z
    residue = CROOKED * (1 / CROOKED) - 1
    assert residue != 0
    expressions = [CROOKED * x / CROOKED - x + y, abs(residue) * x + y, 1e-9 * z - x]
    rows = sparse.csr_array(
        np.array([[residue, 1.0, 0.0], [abs(residue), 1.0, 0.0], [-1.0, 0.0, 1e-9]])
    )
    found = without_residues(rows, expressions, {id(x): 0, id(y): 1, id(z): 2})
    assert found.toarray().tolist() == [[0, 1, 0], [abs(residue), 1, 0], [-1, 0, 1e-9]]


def test_a_row_of_nothing_else_is_empty(model: pyo.ConcreteModel) -> None:
    """Also where nothing of size stands beside it."""
    rows = sparse.csr_array(np.array([[CROOKED * (1 / CROOKED) - 1]]))
    found = without_residues(rows, [CROOKED * model.x / CROOKED - model.x], {id(model.x): 0})
    assert found.nnz == 0


def test_no_plan_passes_the_bound_at_a_crooked_rate() -> None:
    """A campaign beside rooms that convert all visits alike: the plan for the rates of the file is
    worth more at better ones, and the bound there holds it."""
    instance = load(SMALL)
    tree = instance.model_dump()
    for segment in tree["snowball"]["segments"].values():
        segment["conversion"] *= CROOKED / 0.02
    better = Instance.model_validate(tree)
    plan = solve(instance, gap=0.01, time_limit=None)
    assert plan.decisions is not None
    kept = replay(better, plan.decisions, accept="trim")
    assert verify(better, kept.decisions, objective=kept.objective).ok
    anew = solve(better, gap=0.01, time_limit=None)
    assert anew.bound is not None
    assert kept.objective <= anew.bound
