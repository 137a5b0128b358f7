"""Units of money from 1e-6 to 1e9, constants, caps: the same plan or a named refusal."""

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from pydantic import ValidationError

from allocator.handover import hand_over
from allocator.highs import Engine
from allocator.matrix import DIGITS, Matrix
from allocator.plan import Plan
from allocator.solve import solve
from allocator.tangents import first_tangents, rows_at
from fact_models.program import build
from fact_models.quantity import LARGEST
from fact_models.spec.instance import Instance
from tests.allocator.tiny import four_levers, interval, random_tiny
from tests.models.rescaled import rescaled
from tests.models.worlds import merged
from tests.nets.tiers import seeds, share

FACTORS = (1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 0.1, 10.0, 1e2, 1e3, 1e5, 1e6, 1e7, 1e9)
GAP = 1e-3
LAST = 2 * 10.0 ** (1 - DIGITS)
"""A relative step of the last decimal of a number in the program, at most."""
CHOICES = ("deal", "package", "hires", "start", "offer")


@cache
def cheap(n: int) -> Instance:
    """A random instance told in units of 100, so that its figures stay below the caps at 1e9."""
    return rescaled(random_tiny(400 + n), {"CNY": 1e-2})


def internal(instance: Instance) -> Matrix:
    """The program with its first tangents as the solver gets it."""
    handover = hand_over(build(instance, {}))
    engine = Engine(handover.matrix, handover.column_scale)
    engine.add_rows(rows_at(handover.terms, *first_tangents(handover.terms)))
    return engine._model


def on_the_edge(one: Instance, other: Instance) -> bool:
    """Whether two programs differ, by a few numbers and by no more than their last decimal."""
    first, second = internal(one), internal(other)
    differ = 0
    for name in ("cost", "lower", "upper", "row_lower", "row_upper"):
        a, b = getattr(first, name), getattr(second, name)
        differ += int(np.sum(a != b))
        assert np.allclose(a, b, rtol=LAST, atol=0), name
    a, b = first.rows.data, second.rows.data
    differ += int(np.sum(a != b))
    assert np.allclose(a, b, rtol=LAST, atol=0)
    return 0 < differ <= 10


@cache
def reference(n: int) -> Plan:
    """Its plan."""
    return solve(cheap(n), gap=GAP, time_limit=None)


@pytest.mark.parametrize("n", seeds(1, 20))
@pytest.mark.parametrize("factor", share(FACTORS, (1e-6, 1e3, 1e9)))
def test_the_unit_of_money_means_nothing(
    factor: float, n: int, record_property: Callable[[str, object], None]
) -> None:
    """Objective and bound scale with the unit and every choice stays; where the whole objective
    is less than one unit, or a number of the program lies on the edge of its last decimal and is
    rounded the other way, the intervals meet.
    """
    plan = solve(rescaled(cheap(n), {"CNY": factor}), gap=GAP, time_limit=None)
    told = np.array(interval(plan)) / factor
    due = np.array(interval(reference(n)))
    size = float(np.max(np.abs(due)))
    assert max(told[0] - due[1], due[0] - told[1]) <= 1e-6 * size
    if factor * size < 1.0:
        # The gap is told relative to one unit of money at least, so the search ends earlier.
        return
    worst = float(np.max(np.abs(told - due))) / size
    if worst > 1e-6 and on_the_edge(cheap(n), rescaled(cheap(n), {"CNY": factor})):
        record_property("worst_on_an_edge", worst)
        return
    record_property("worst", worst)
    assert worst <= 1e-6
    for name in CHOICES:
        one, other = (getattr(p.decisions, name) for p in (plan, reference(n)))
        assert np.array_equal(one, other), name


@pytest.mark.parametrize("power", share((4, 6, 8, 10, 12), (6, 12)))
def test_a_constant_shifts_the_interval(power: int) -> None:
    """Overhead of 10^power a period is a constant of the profit: the optimum without it stays in
    the interval, and up to a hundred times the profit the choices stay too.

    Beyond that a gap of 0.1 % of the objective is more than the profit.
    """
    tree = four_levers().model_dump(mode="json", by_alias=True, exclude_none=True)
    bare = merged(
        tree, {"objective": {"goal": "profit"}, "money": {"cash": None, "overhead": 0.0}}
    )
    alone = solve(Instance.model_validate(bare), gap=GAP, time_limit=None)
    loaded = merged(bare, {"money": {"overhead": 10.0**power}})
    plan = solve(Instance.model_validate(loaded), gap=GAP, time_limit=None)
    constant = 4 * 10.0**power
    digits = 1e-12 * constant
    low, high = (value + constant for value in interval(plan))
    assert low <= interval(alone)[1] + digits
    assert high >= interval(alone)[0] - digits
    assert plan.gap is not None
    assert plan.gap <= GAP
    if power <= 6:
        for name in CHOICES:
            assert np.array_equal(getattr(plan.decisions, name), getattr(alone.decisions, name))


@pytest.mark.parametrize(
    "changes",
    [
        {"money": {"budget": 10 * LARGEST}},
        {"goods": {"lines": {"basic": {"price": 10 * LARGEST}}}},
        {"kol": {"deals": {"star": {"fee": 2 * LARGEST}}}},
        {"staff": {"roles": {"host": {"wage": 1e300}}}},
    ],
    ids=["budget", "price", "fee", "wage"],
)
def test_a_figure_beyond_the_cap_is_refused(changes: dict[str, object]) -> None:
    """The message names the field and the cap."""
    tree = four_levers().model_dump(mode="json", by_alias=True, exclude_none=True)
    with pytest.raises(ValidationError) as refusal:
        Instance.model_validate(merged(tree, changes))
    (error,) = refusal.value.errors()
    path = [str(part) for part in error["loc"]]
    place: object = changes
    for part in path:
        place = place[part]  # type: ignore[index]
    assert isinstance(place, float)
    assert "1000000000000" in error["msg"]


def test_figures_at_the_cap_end_in_words() -> None:
    """Amounts just below the caps give a plan or a status with a message, never an exception."""
    tree = four_levers().model_dump(mode="json", by_alias=True, exclude_none=True)
    world = merged(tree, {"goods": {"lines": {"basic": {"price": LARGEST}}}})
    plan = solve(Instance.model_validate(world), gap=0.1, time_limit=30)
    assert plan.verified or plan.message
