"""The four measures by hand."""

import numpy as np
import pytest

from allocator.doubt.measures import KINDS, Measure

VALUES = np.array([4.0, 1.0, 3.0, 2.0])
EVEN = np.full(4, 0.25)
BEST = np.array([5.0, 5.0, 3.0, 2.0])


def test_expected_is_the_mean() -> None:
    """2.5 over four even worlds, 4 where only the first can be."""
    assert Measure("expected").value(VALUES, EVEN, BEST) == 2.5
    assert Measure("expected").value(VALUES, np.array([1.0, 0, 0, 0]), BEST) == 4.0


@pytest.mark.parametrize(
    ("tail", "mean"), [(0.25, 1.0), (0.5, 1.5), (0.3, (0.25 + 0.05 * 2) / 0.3), (1.0, 2.5)]
)
def test_cvar_is_the_mean_of_the_tail(tail: float, mean: float) -> None:
    """The worst quarter is the worst world, half are two, 0.3 takes a fifth of the second."""
    assert Measure("cvar", tail).value(VALUES, EVEN, BEST) == pytest.approx(mean)


def test_cvar_is_what_its_program_finds() -> None:
    """The maximum over tau of tau - mean lack / tail, tried on a fine grid."""
    rng = np.random.default_rng(3)
    values, chance = rng.normal(size=6), rng.dirichlet(np.ones(6))
    grid = np.linspace(values.min(), values.max(), 20001)
    lack = np.maximum(grid[:, None] - values, 0.0)
    found = (grid - lack @ chance / 0.35).max()
    assert Measure("cvar", 0.35).value(values, chance, values) == pytest.approx(found, abs=1e-3)


def test_worst_and_regret() -> None:
    """The worst is 1; the largest regret is 5 - 1 = 4, below the mean best of 3.75."""
    assert Measure("worst").value(VALUES, EVEN, BEST) == 1.0
    assert Measure("regret").value(VALUES, EVEN, BEST) == pytest.approx(3.75 - 4.0)


@pytest.mark.parametrize("kind", KINDS)
def test_more_is_never_worse(kind: str) -> None:
    """Raising a value never lowers a measure; a world without a plan leaves none."""
    measure = Measure(kind, 0.3)  # type: ignore[arg-type]
    base = measure.value(VALUES, EVEN, BEST)
    for n in range(4):
        more = VALUES.copy()
        more[n] += 0.5
        assert measure.value(more, EVEN, BEST) >= base - 1e-12
    none = VALUES.copy()
    none[2] = -np.inf
    assert measure.value(none, EVEN, BEST) == -np.inf
