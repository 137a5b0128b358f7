"""The concave terms as nonlinear constraints of SCIP: each is exactly the law it stands for."""

from typing import Any

import pytest

from fact_models.reception import Pooled
from fact_models.response import (
    Adbudg,
    Exponential,
    Hill,
    Linear,
    Log,
    Piecewise,
    Power,
    Response,
    Tanh,
)

pyscipopt = pytest.importorskip("pyscipopt")
nonlinear = pytest.importorskip("benchmarks.families.nonlinear")

LAST = 50.0
CURVES: list[Response] = [
    Linear(rate=0.7),
    Power(scale=2.0, exponent=0.6),
    Log(scale=3.0, half=8.0),
    Exponential(scale=4.0, rate_scale=12.0),
    Tanh(scale=4.0, rate_scale=25.0),
    Hill(scale=5.0, half=10.0, slope=0.8),
    Hill(scale=5.0, half=10.0, slope=1.0),
    Adbudg(low=1.0, high=5.0, half=10.0, slope=0.9),
    Piecewise(x=(0.0, 5.0, 20.0), y=(0.0, 4.0, 6.0)),
    Pooled(
        curves=(Hill(scale=5.0, half=10.0, slope=1.0), Log(scale=3.0, half=8.0)),
        limits=(20.0, 30.0),
    ),
]


def most(phi: Response, x: float, s: float, kind: str) -> float:
    """Largest y with ``y <= s phi(x / s)`` by SCIP, ``s`` given as a number, a binary or an
    amount."""
    model = pyscipopt.Model()
    model.hideOutput()
    model.setParam("limits/gap", 1e-7)
    y, put = model.addVar(lb=0.0, ub=1000.0), model.addVar(lb=0.0, ub=x)
    size: Any = s
    if kind == "binary":
        size = 1.0 * model.addVar(vtype="B", lb=s, ub=s) + 0.0
    elif kind == "amount":
        size = 1.0 * model.addVar(lb=s, ub=4.0) + 0.0
        model.addCons(size <= s)
    nonlinear.Writer(model, [], []).term(phi, 1.0 * y, 1.0 * put, size, 0.0, LAST)
    model.setObjective(y, "maximize")
    model.optimize()
    assert model.getStatus() in ("optimal", "gaplimit")
    return float(model.getObjVal())


@pytest.mark.parametrize("phi", CURVES, ids=lambda phi: type(phi).__name__)
@pytest.mark.parametrize(("kind", "s"), [("number", 1.5), ("binary", 1.0), ("amount", 2.5)])
def test_a_term_is_its_law(phi: Response, kind: str, s: float) -> None:
    """The most that SCIP allows is ``s phi(x / s)``."""
    for x in (3.0, 17.0):
        assert most(phi, x, s, kind) == pytest.approx(s * phi.value(x / s), rel=2e-5)


@pytest.mark.parametrize("phi", CURVES, ids=lambda phi: type(phi).__name__)
def test_what_is_off_yields_nothing(phi: Response) -> None:
    """A binary of 0 leaves nothing, also where the curve starts above 0 or the input is there."""
    if isinstance(phi, Linear):
        pytest.skip("its terms have no switch")
    assert most(phi, 3.0, 0.0, "binary") == pytest.approx(0.0, abs=1e-5)


def test_an_s_shaped_curve_is_taken_as_it_is() -> None:
    """Below its inflection no chord: the value of the curve itself."""
    phi = Hill(scale=5.0, half=20.0, slope=2.5)
    assert most(phi, 6.0, 1.0, "number") == pytest.approx(phi.value(6.0), rel=2e-5)
