"""Response curves in the program: concave ones as one term, S-shaped ones with a binary and
splits.

Equations (RC.n) are those of models/MODEL.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyomo.environ as pyo

from fact_models import response
from fact_models.terms import Shaped, Terms

Splits = Mapping[str, Sequence[float]]
"""Breakpoints inside the convex piece of an S-shaped curve, by the name of the response."""


@dataclass(frozen=True)
class Response:
    """``y <= s curve(x / s)`` with ``0 <= x <= last s``; ``s`` is 1 or a binary expression."""

    index: tuple[Any, ...]
    y: Any
    x: Any
    s: Any
    curve: response.Response
    last: float


def name_of(number: str, index: tuple[Any, ...]) -> str:
    """Name of a response, the same in every build of an instance."""
    return f"{number}[{','.join(map(str, index))}]"


def build(b: Any, number: str, responses: list[Response], terms: Terms, splits: Splits) -> None:
    """Write equation ``number`` for all ``responses`` on block ``b``."""
    shaped = []
    for r in responses:
        if r.last == 0:
            continue  # no input, and the bounds of y leave no output
        if r.curve.is_concave:
            terms.add(number, r.index, y=r.y, x=r.x, s=r.s, phi=r.curve, last=r.last)
        else:
            cuts = {float(at) for at in response.chord_points(r.curve, r.last)}
            cuts |= {*splits.get(name_of(number, r.index), ()), 0.0, r.last}
            shaped.append((r, sorted(at for at in cuts if at <= r.last)))
    if shaped:
        b.s_shape = pyo.Block()
        _s_shaped(b.s_shape, number, shaped, terms)


def _s_shaped(
    b: Any, number: str, shaped: list[tuple[Response, list[float]]], terms: Terms
) -> None:
    """One binary a piece: chords on the convex pieces, perspective tangents on the concave one."""
    pieces = [(n, q) for n, (_, cuts) in enumerate(shaped) for q in range(len(cuts) - 1)]

    def concave(n: int, q: int) -> bool:
        r, cuts = shaped[n]
        return cuts[q] >= r.curve.inflection() * (1 - 1e-12)

    def height(n: int, at: float) -> float:
        return float(shaped[n][0].curve.value(at))

    b.piece = pyo.Var(pieces, domain=pyo.Binary, doc="z [1]")
    b.part = pyo.Var(
        pieces, bounds=lambda _, n, q: (0, shaped[n][1][q + 1]), doc="x_p [input of the curve]"
    )
    b.response = pyo.Var(
        pieces, bounds=lambda _, n, q: (0, height(n, shaped[n][1][q + 1])), doc="y_p [output]"
    )

    @b.Constraint(range(len(shaped)), doc="(RC.2) parts of the input")
    def input_split(b, n):
        r, cuts = shaped[n]
        return r.x == sum(b.part[n, q] for q in range(len(cuts) - 1))

    @b.Constraint(pieces, doc="(RC.3) a part lies in its piece, above")
    def part_above(b, n, q):
        return b.part[n, q] >= shaped[n][1][q] * b.piece[n, q]

    @b.Constraint(pieces, doc="(RC.4) a part lies in its piece, below")
    def part_below(b, n, q):
        return b.part[n, q] <= shaped[n][1][q + 1] * b.piece[n, q]

    @b.Constraint(range(len(shaped)), doc="(RC.5) one piece")
    def one_piece(b, n):
        return sum(b.piece[n, q] for q in range(len(shaped[n][1]) - 1)) <= shaped[n][0].s

    @b.Constraint(range(len(shaped)), doc="(RC.6) sum of the pieces")
    def output_sum(b, n):
        r, cuts = shaped[n]
        return r.y <= sum(b.response[n, q] for q in range(len(cuts) - 1))

    @b.Constraint([k for k in pieces if not concave(*k)], doc="(RC.7) chord of a convex piece")
    def chord(b, n, q):
        lo, hi = shaped[n][1][q], shaped[n][1][q + 1]
        rise = (height(n, hi) - height(n, lo)) / (hi - lo)
        return b.response[n, q] <= height(n, lo) * b.piece[n, q] + rise * (
            b.part[n, q] - lo * b.piece[n, q]
        )

    for n, (r, cuts) in enumerate(shaped):
        each = range(len(cuts) - 1)
        terms.shaped.append(
            Shaped(
                name_of(number, r.index),
                r.curve,
                cuts,
                [b.piece[n, q] for q in each],
                [b.part[n, q] for q in each],
            )
        )
    for n, q in pieces:
        if concave(n, q):
            r, cuts = shaped[n]
            terms.add(
                "RC.8",
                (number, *r.index),
                y=b.response[n, q],
                x=b.part[n, q],
                s=b.piece[n, q],
                phi=r.curve,
                first=cuts[q],
                last=cuts[q + 1],
            )
