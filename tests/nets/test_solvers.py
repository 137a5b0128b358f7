"""One program, several solvers and settings: HiGHS with and without presolve and with other
seeds, SCIP from the exported file."""

import itertools
import math
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from allocator.handover import hand_over
from allocator.highs import Engine, Option, Status
from allocator.tangents import first_tangents, rows_at
from fact_models.program import build
from tests.allocator.rich import random_rich
from tests.nets.tiers import seeds

GAP = 1e-6
TOLERANCE = 1e-6


@cache
def program(n: int) -> Engine:
    """The program of a random instance with its first tangents."""
    handover = hand_over(build(random_rich(3000 + n), {}))
    engine = Engine(handover.matrix, handover.column_scale)
    engine.add_rows(rows_at(handover.terms, *first_tangents(handover.terms)))
    return engine


def missed(one: tuple[float, float], other: tuple[float, float]) -> float:
    """By what share two intervals [objective, bound] of a maximisation miss each other."""
    size = max(abs(one[1]), abs(other[1]), 1.0)
    return max(one[0] - other[1], other[0] - one[1]) / size


@pytest.mark.parametrize("n", seeds(2, 50))
def test_presolve_and_seeds_agree(n: int, record_property: Callable[[str, object], None]) -> None:
    """Six runs of one program: presolve on and off, three seeds; all intervals meet."""
    engine = program(n)
    found, none = [], 0
    for presolve, seed in itertools.product(("on", "off"), (0, 1, 2)):
        options: dict[str, Option] = {"presolve": presolve, "random_seed": seed}
        outcome = engine.solve_mip(math.inf, gap=GAP, options=options)
        none += outcome.status is Status.INFEASIBLE
        if outcome.status is Status.OPTIMAL:
            found.append((outcome.objective, outcome.bound))
    assert none in (0, 6)
    assert len(found) == 6 - none
    worst = max((missed(a, b) for a, b in itertools.combinations(found, 2)), default=0.0)
    record_property("worst", worst)
    assert worst <= TOLERANCE


@pytest.mark.parametrize("n", seeds(3, 100))
def test_scip_agrees(
    n: int, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    """SCIP reads the exported program and comes to an interval that meets that of HiGHS."""
    pyscipopt = pytest.importorskip("pyscipopt")
    engine = program(n)
    file = tmp_path / "program.mps"
    internal = engine._load(engine._model.integer)
    assert internal.writeModel(str(file)).name in ("kOk", "kWarning")
    scip = pyscipopt.Model()
    scip.hideOutput()
    scip.readProblem(str(file))
    scip.setParam("limits/gap", GAP)
    scip.optimize()
    outcome = engine.solve_mip(math.inf, gap=GAP)
    if scip.getStatus() == "infeasible":
        assert outcome.status is Status.INFEASIBLE
        return
    assert outcome.status is Status.OPTIMAL
    scale = -engine._scaling.cost
    other = (scip.getObjVal() / scale, scip.getDualbound() / scale)
    worst = missed((outcome.objective, outcome.bound), other)
    record_property("worst", worst)
    assert worst <= TOLERANCE
