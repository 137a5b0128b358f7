"""Limits put in place make the program that a build of the instance with these limits makes."""

from dataclasses import replace

import numpy as np
import pytest

from allocator.handover import Handover, hand_over
from allocator.reoptimizing.limits import ImpossibleError, Limits, Places, Range, opened
from fact_models.program import build
from fact_models.spec.instance import Instance
from tests.allocator.reoptimizing.edits import edited, worlds
from tests.allocator.tiny import four_levers


def stands(instance: Instance, span: Range) -> tuple[Handover, Places]:
    """The opened program of an instance."""
    arrays = hand_over(build(opened(instance, span)))
    return arrays, Places.of(arrays, span)


def numbered(names: list[str]) -> list[tuple[str, int]]:
    """Every name with the number of times that it stood before."""
    return [(name, names[:k].count(name)) for k, name in enumerate(names)]


@pytest.mark.parametrize("n", range(8))
def test_a_limit_in_its_place_makes_the_program_of_a_fresh_build(n: int) -> None:
    """Rows, coefficients, weights and concave terms are those of a build of the edited instance;
    bounds of columns are never tighter."""
    instance, rng = worlds(n), np.random.default_rng([n, 7])
    limits = edited(Limits.of(instance), instance, rng, deals=False)
    span = Range.over([Limits.of(instance), limits])
    arrays, places = stands(instance, span)
    placed, fresh = places.placed(limits), hand_over(build(limits.stated_in(instance)))
    column = {name: k for k, name in enumerate(placed.column_names)}
    # A range has two rows of one name, in one order.
    row = dict(zip(numbered(placed.row_names), range(len(placed.row_names)), strict=True))
    to = np.array([column[name] for name in fresh.matrix.column_names])
    assert np.allclose(placed.cost[to], fresh.matrix.cost, rtol=1e-12)
    assert np.all(placed.lower[to] <= fresh.matrix.lower + 1e-9)
    assert np.all(placed.upper[to] >= fresh.matrix.upper - 1e-9)
    ours, theirs = placed.rows.toarray(), fresh.matrix.rows.toarray()
    names = numbered(fresh.matrix.row_names)
    for k, name in enumerate(names):
        at = row[name]
        assert np.allclose(ours[at][to], theirs[k], rtol=1e-12), name
        low, high = fresh.matrix.row_lower[k], fresh.matrix.row_upper[k]
        if name == ("money.cash_balance[0]", 0):
            assert placed.row_lower[at] in (-np.inf, pytest.approx(low, abs=1e-6))
            assert placed.row_upper[at] in (np.inf, pytest.approx(high, abs=1e-6))
            continue
        assert placed.row_lower[at] == pytest.approx(low, rel=1e-9, abs=1e-6), name
        assert placed.row_upper[at] == pytest.approx(high, rel=1e-9, abs=1e-6), name
    for name, at in row.items():
        if name not in names:
            assert not np.isfinite([placed.row_lower[at], placed.row_upper[at]]).any(), name
    assert arrays.terms.keys == fresh.terms.keys
    for part in "yxs":
        mine, other = getattr(arrays.terms, part), getattr(fresh.terms, part)
        assert np.allclose(mine.rows.toarray()[:, to], other.rows.toarray(), rtol=1e-12)
        assert np.allclose(mine.constant, other.constant, rtol=1e-12)
    ratio = np.linspace(arrays.terms.first, arrays.terms.last, 5)[2]
    for one, two in zip(arrays.terms.curve(ratio), fresh.terms.curve(ratio), strict=True):
        assert np.array_equal(one, two)


def test_a_deal_that_cannot_be_held_cannot_be_asked_for() -> None:
    """A deal without a date is no column; to sign it is impossible, to leave it out is not."""
    instance = four_levers()
    _, places = stands(instance, Range(0.0, 0.0))
    limits = Limits.of(instance)
    asked = replace(limits, deals={"dateless": True})
    with pytest.raises(ImpossibleError, match="dateless"):
        places.placed(asked)
    left = replace(limits, deals={"dateless": False})
    assert np.array_equal(places.placed(left).upper, places.placed(limits).upper)
