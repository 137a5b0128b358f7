"""Plans for several worlds in the second formulation: (DO.1) to (DO.6) of MODEL.md.

Every world's program is written into one, the first decisions of the worlds are tied together by
rows, and a measure is maximised.
"""

import math
from typing import Any, Literal

from fact_models.spec.instance import Instance
from tests.second.linear import Answer, Expr, Programme, total
from tests.second.model import Second

Kind = Literal["expected", "worst", "cvar", "regret"]


def second_hedge(
    worlds: list[tuple[float, Instance]],
    kind: Kind = "expected",
    *,
    tail: float = 0.2,
    best: Any = (),
    gap: float = 1e-6,
) -> Answer:
    """Value and bound of the best first decisions for all worlds; a least cost counts negative.

    Args:
        worlds: probability and instance of each.
        kind: of the measure.
        tail: share of the chance that ``cvar`` is a mean over.
        best: what is the most in every world alone, for a regret.
        gap: relative gap at which to stop.
    """
    p = Programme()
    seconds = [Second(instance, p) for _, instance in worlds]
    first = seconds[0].first_decisions()
    for other in seconds[1:]:
        mine = other.first_decisions()
        if mine.keys() != first.keys():
            raise ValueError("the worlds have other first decisions")
        for key, column in first.items():
            p.equal(column, mine[key])
    values = [second.objective() for second in seconds]
    chances = [chance for chance, _ in worlds]
    return p.solve(measured(p, kind, values, chances, tail, best), gap)


def measured(
    p: Programme, kind: Kind, values: list[Expr], chances: list[float], tail: float, best: Any
) -> Expr:
    """The measure of the worlds' values."""
    if kind == "expected":
        return total(chance * value for chance, value in zip(chances, values, strict=True))
    if kind == "cvar":
        threshold, lacking = p.column(lower=-math.inf), Expr()
        for chance, value in zip(chances, values, strict=True):
            lack = p.column()
            p.atmost(threshold, value + lack)
            lacking += (chance / tail) * lack
        return threshold - lacking
    least = p.column(lower=-math.inf)
    mean = sum(chance * most for chance, most in zip(chances, best, strict=False))
    for n, value in enumerate(values):
        p.atmost(least, value if kind == "worst" else value - best[n] + mean)
    return least
