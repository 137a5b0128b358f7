"""The program as a whole: its document, its units, its rows."""

import re
from pathlib import Path

import numpy as np
import pyomo.environ as pyo
import pytest
from scipy import sparse

from allocator.handover import Handover, hand_over
from fact_models.program import Program, build
from tests.models.rescaled import PER_CONTENT, rescaled
from tests.models.worlds import full_world

NUMBER = re.compile(r"\(([A-Z]{2}\.\d+)\)")
MODEL_MD = Path(__file__).parents[2] / "models" / "MODEL.md"
KINDS = (pyo.Constraint, pyo.Expression, pyo.Objective, pyo.Var)


@pytest.fixture(scope="module")
def program() -> Program:
    """The program of an instance that uses every mechanism."""
    return build(full_world())


def numbers_in_code(*programs: Program) -> set[str]:
    """Numbers of the equations that the programs wrote."""
    found = set()
    for p in programs:
        for component in p.model.component_objects(KINDS):
            found |= set(NUMBER.findall(component.doc or ""))
        found |= {term.number for term in p.terms}
    return found


def variants() -> list[Program]:
    """Programs that together use every equation."""
    world = full_world()
    room = next(iter(world.field.accounts.values())) if world.field else None
    assert room is not None
    assert world.field is not None
    shaped = room.model_copy(
        update={
            "reception": type(room.reception).model_validate(
                {"kind": "hill", "scale": 1000.0, "half": room.hours_max / 2, "slope": 3.0}
            )
            if room.reception.kind == "hill"
            else _hill(room.hours_max)
        }
    )
    accounts = {**world.field.accounts, next(iter(world.field.accounts)): shaped}
    s_shaped = world.model_copy(
        update={"field": world.field.model_copy(update={"accounts": accounts})}
    )
    funnel = world.model_copy(
        update={"snowball": world.snowball.model_copy(update={"model": "funnel"})}
    )
    cost = world.model_copy(
        update={
            "objective": world.objective.model_copy(
                update={"goal": "cost", "target": 1.0, "terminal": False}
            )
        }
    )
    return [build(w) for w in (world, s_shaped, funnel, cost)]


def _hill(hours: float) -> object:
    from fact_models.response import Hill

    return Hill.model_validate({"kind": "hill", "scale": 1000.0, "half": hours / 2, "slope": 3.0})


def test_every_equation_of_the_document_is_in_the_code_and_back() -> None:
    """MODEL.md and the code name the same equations."""
    document = {n for n in NUMBER.findall(MODEL_MD.read_text()) if n[:2] != "RC" or n != "RC.1"}
    assert numbers_in_code(*variants()) == document


def test_every_variable_is_bounded(program: Program) -> None:
    """No column of the program is without finite bounds."""
    for v in program.model.component_data_objects(pyo.Var):
        assert v.lb is not None
        assert v.ub is not None
        assert v.lb <= v.ub


def test_every_switch_constant_is_small(program: Program) -> None:
    """No row links a binary with a constant that is more than 1e5 times its other coefficients' scale."""
    h = hand_over(program)
    internal, _ = h.matrix.scaled(h.column_scale)
    assert np.abs(internal.rows.data).max() <= 1e5


@pytest.mark.parametrize(
    ("dimension", "factor"),
    [("CNY", 8.0), ("visit", 4.0), ("order", 2.0), ("person", 16.0), ("creator", 4.0), ("point", 2.0)],
)
def test_units(dimension: str, factor: float) -> None:
    """Telling an instance in another unit scales every row, every term and the objective by one factor each."""
    world = full_world()
    per_content = world.field is not None and any(b.per_content for b in world.field.boosts.values())
    factors = {dimension: factor, **({PER_CONTENT: 1.0} if per_content else {})}
    one, other = build(world), build(rescaled(world, factors))
    a, b = hand_over(one), hand_over(other)
    assert a.matrix.column_names == b.matrix.column_names
    columns = column_factors(one, a, {dimension: factor})
    same_rows(a.matrix.rows, b.matrix.rows, columns)
    same_terms(a, b, columns)


def column_factors(program: Program, handover: Handover, factors: dict[str, float]) -> np.ndarray:
    """By how much every column grows; its unit stands in the variable's doc."""
    from fact_models.quantity import Unit

    found = np.ones(len(handover.matrix.column_names))
    for v in program.model.component_data_objects(pyo.Var):
        place = handover.column_of.get(id(v))
        if place is None:
            continue
        unit = re.search(r"\[([^\]]+)\]$", v.parent_component().doc)
        assert unit, v.name
        for d, power in Unit(unit.group(1)).exponents().items():
            found[place] *= factors.get(d, 1.0) ** power
    return found


def same_rows(a: sparse.csr_array, b: sparse.csr_array, columns: np.ndarray) -> None:
    """Each row of ``b`` is that of ``a`` in the new units, times one factor."""
    told = sparse.csr_array(b @ sparse.diags_array(columns))
    assert (told.indptr == a.indptr).all()
    for n in range(a.shape[0]):
        span = slice(a.indptr[n], a.indptr[n + 1])
        order_a, order_b = np.argsort(a.indices[span]), np.argsort(told.indices[span])
        ratio = told.data[span][order_b] / a.data[span][order_a]
        assert np.allclose(ratio, ratio[:1], rtol=1e-9), n


def same_terms(a: Handover, b: Handover, columns: np.ndarray) -> None:
    """Each term's two sides grow by one factor at a random point."""
    rng = np.random.default_rng(3)
    low, high = a.matrix.lower, a.matrix.upper
    x = low + rng.random(low.size) * (high - low)
    sides = []
    for h, point in ((a, x), (b, x * columns)):
        t = h.terms
        s = t.s.at(point)
        ratio = np.where(s > 0, t.x.at(point) / np.where(s > 0, s, 1.0), 0.0)
        sides.append((t.y.at(point), s * t.curve(np.maximum(ratio, 0.0))[0]))
    for n, key in enumerate(a.terms.keys):
        left = sides[1][0][n] / sides[0][0][n] if sides[0][0][n] else 1.0
        right = sides[1][1][n] / sides[0][1][n] if sides[0][1][n] else left
        assert left == pytest.approx(right, rel=1e-9), key
