"""The canaries: their optima are proved here, and the installed solver finds them."""

import itertools
import time
from dataclasses import replace

import numpy as np
import pytest
from scipy import optimize

from allocator import canary
from allocator.canary import Canary, canaries, check_solver
from allocator.highs import SolverError


def by_enumeration(bird: Canary) -> float | None:
    """Best objective over all whole numbers, the rest by a linear program; None without plan."""
    matrix = bird.matrix
    whole = np.flatnonzero(matrix.integer)
    ends = zip(matrix.lower[whole], matrix.upper[whole], strict=True)
    ranges = [range(int(np.ceil(low)), int(np.floor(high)) + 1) for low, high in ends]
    coefficients = matrix.rows.toarray()
    above, below = np.isfinite(matrix.row_upper), np.isfinite(matrix.row_lower)
    left = np.vstack([coefficients[above], -coefficients[below]])
    right = np.concatenate([matrix.row_upper[above], -matrix.row_lower[below]])
    found = []
    for choice in itertools.product(*ranges):
        lower, upper = matrix.lower.copy(), matrix.upper.copy()
        lower[whole] = upper[whole] = choice
        bounds = list(zip(lower, upper, strict=True))
        answer = optimize.linprog(-matrix.cost, A_ub=left, b_ub=right, bounds=bounds)
        if answer.status == 0 and answer.fun is not None:
            found.append(-answer.fun)
    return max(found, default=None)


@pytest.mark.parametrize("bird", canaries(), ids=lambda bird: bird.name)
def test_optimum_is_the_best_of_all_whole_numbers(bird: Canary) -> None:
    """The optimum on record is the one found by trying every whole number."""
    assert by_enumeration(bird) == (
        None if bird.optimum is None else pytest.approx(bird.optimum, rel=1e-9)
    )


def test_installed_solver_passes() -> None:
    """The installed release answers all canaries, in a moment of the processor's time: what else
    the machine does is not counted.
    """
    check_solver()
    began = time.process_time()
    check_solver()
    assert time.process_time() - began < 1.0


def test_wrong_answer_names_the_release(monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong optimum is reported with the canary and the version of the solver."""
    wrong = replace(canaries()[0], optimum=-35.0)
    monkeypatch.setattr(canary, "canaries", lambda: [wrong])
    with pytest.raises(SolverError, match=r"highspy \d+\.\d+\.\d+ .*'cover'"):
        check_solver()
