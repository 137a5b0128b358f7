"""Lines, caps and leaves: what a solve under some limits proves under others."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import sparse

from allocator.branching import Node
from allocator.highs import Engine
from allocator.matrix import Matrix
from allocator.reoptimizing.lines import Cap, Leaf, Line, Prices, Sides


def program(seed: int) -> Matrix:
    """Six whole columns between 0 and 3, rows with an upper side and one with a lower one."""
    rng = np.random.default_rng(seed)
    n, m = 6, 3
    rows = rng.uniform(0.5, 2.0, (m, n))
    low = np.array([-np.inf, -np.inf, 0.2])
    return Matrix(
        cost=rng.uniform(1.0, 3.0, n),
        lower=np.zeros(n),
        upper=np.full(n, 3.0),
        integer=np.ones(n, dtype=bool),
        rows=sparse.csr_array(rows),
        row_lower=low,
        row_upper=rng.uniform(4.0, 9.0, m),
        column_names=[f"x{k}" for k in range(n)],
        row_names=[f"r{k}" for k in range(m)],
    )


def optimum(matrix: Matrix) -> Any:
    """The relaxation's optimum."""
    return Engine(matrix, np.ones(matrix.cost.size)).solve_lp(math.inf)


ROWS, COLUMNS = np.arange(3), np.arange(6)
PLACE = {n: n for n in range(6)}


@pytest.mark.parametrize("seed", range(20))
def test_a_line_is_never_below_the_value_anywhere(seed: int) -> None:
    """Under other sides and bounds the line of one optimum is at least that program's optimum,
    and touches it where it was found."""
    matrix, rng = program(seed), np.random.default_rng([seed, 1])
    sides = Sides.of(matrix, ROWS, COLUMNS)
    line = Line.of(optimum(matrix), sides, ROWS, COLUMNS)
    assert line is not None
    assert line.at(sides) == pytest.approx(optimum(matrix).bound)
    for _ in range(5):
        other = replace(
            matrix,
            row_upper=matrix.row_upper * rng.uniform(0.4, 1.8, 3),
            upper=rng.integers(0, 5, 6).astype(float),
        )
        found = optimum(other)
        if found.x is not None:
            assert line.at(Sides.of(other, ROWS, COLUMNS)) >= found.bound - 1e-7


def test_a_line_has_no_word_where_a_side_that_held_is_lifted() -> None:
    """Without the side that the optimum rests on, the line proves nothing."""
    matrix = program(3)
    sides = Sides.of(matrix, ROWS, COLUMNS)
    line = Line.of(optimum(matrix), sides, ROWS, COLUMNS)
    assert line is not None
    held = int(np.argmax(line.rows))
    assert line.rows[held] > 0
    high = sides.row_upper.copy()
    high[held] = np.inf
    assert line.at(replace(sides, row_upper=high)) == math.inf


def node(matrix: Matrix, prices: Prices) -> Node:
    """A node whose point and basis do not matter."""
    return Node(1.0, {}, np.zeros(matrix.cost.size), None, prices)  # type: ignore[arg-type]


def test_a_cap_holds_only_where_there_are_no_more_plans() -> None:
    """What was proved without multipliers holds under tighter limits and not under looser ones."""
    matrix = program(1)
    sides = Sides.of(matrix, ROWS, COLUMNS)
    leaf = Leaf.of(node(matrix, Prices()), {}, matrix, matrix, Cap(7.0, sides))
    tighter = replace(sides, row_upper=sides.row_upper - 1.0)
    assert leaf.at(tighter, PLACE) == 7.0
    assert leaf.at(replace(sides, row_upper=sides.row_upper + 1.0), PLACE) == math.inf


def test_the_end_of_an_amount_moves_with_its_bound() -> None:
    """A branch that reaches up to the program's bound holds what lies beyond it when the bound is
    lifted; a branch below does not."""
    matrix = program(2)
    narrow = replace(matrix, upper=np.full(6, 2.0))
    leaf = Leaf.of(node(matrix, Prices()), {0: (1.0, 2.0), 1: (0.0, 1.0)}, narrow, matrix)
    assert leaf.placed(matrix) == {0: (1.0, 3.0), 1: (0.0, 1.0)}
    assert leaf.placed(narrow) == {0: (1.0, 2.0), 1: (0.0, 1.0)}


def test_a_switch_that_was_off_for_good_stays_off_in_its_branch() -> None:
    """For a switch the other end is known whatever the limits: off is a branch of its own."""
    matrix = replace(program(4), upper=np.ones(6))
    off = replace(matrix, upper=np.array([0.0, 1.0, 1.0, 1.0, 1.0, 1.0]))
    leaf = Leaf.of(node(matrix, Prices()), {0: (0.0, 0.0), 1: (1.0, 1.0)}, off, matrix)
    assert leaf.placed(matrix) == {0: (0.0, 0.0), 1: (1.0, 1.0)}
    taken = replace(off, upper=np.array([1.0, 0.0, 1.0, 1.0, 1.0, 1.0]))
    assert leaf.at(Sides.of(taken, ROWS, COLUMNS), PLACE) == -math.inf
