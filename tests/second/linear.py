"""Linear expressions over columns and a cutting-plane loop on bare HiGHS.

It shares no code with the product: expressions are dictionaries, concave terms are cut where the
solver sits, and every tree is grown anew.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

import highspy
import numpy as np

from tests.second.curves import Curve

EXACT = 1e-8
"""Violation of a concave term, relative to 1 + its value, from which it is cut."""
STARTS = (1e-3, 0.03, 0.15, 0.4, 1.0)
"""First tangents, as shares of the largest ratio of a term."""
LEAST = 1e-9
"""Smallest ratio of a tangent relative to the largest; slopes at 0 may be infinite."""
PIECES = 24
"""Chords over the convex part of a curve."""


class Expr:
    """A linear expression: column -> coefficient, and a constant."""

    def __init__(self, terms: dict[int, float] | None = None, constant: float = 0.0) -> None:
        self.terms, self.constant = terms or {}, constant

    def __add__(self, other: "Expr | float") -> "Expr":
        if not isinstance(other, Expr):
            return Expr(dict(self.terms), self.constant + other)
        terms = dict(self.terms)
        for n, value in other.terms.items():
            terms[n] = terms.get(n, 0.0) + value
        return Expr(terms, self.constant + other.constant)

    __radd__ = __add__

    def __mul__(self, factor: float) -> "Expr":
        return Expr({n: v * factor for n, v in self.terms.items()}, self.constant * factor)

    __rmul__ = __mul__

    def __neg__(self) -> "Expr":
        return self * -1.0

    def __sub__(self, other: "Expr | float") -> "Expr":
        return self + -other

    def __rsub__(self, other: float) -> "Expr":
        return -self + other

    def at(self, x: np.ndarray) -> float:
        """Value in the point ``x``."""
        return float(self.constant + sum(v * x[n] for n, v in self.terms.items()))


def total(parts: Iterable[Expr | float]) -> Expr:
    """Sum of expressions."""
    found = Expr()
    for part in parts:
        found = found + part
    return found


@dataclass
class Term:
    """y <= s curve(x / s) with ratios from ``least`` up to ``top``."""

    y: Expr
    curve: Curve
    x: Expr
    s: Expr
    top: float
    least: float = 0.0

    def tangent(self, ratio: float) -> Expr:
        """The expression that the tangent at ``ratio`` holds at most 0."""
        value, slope = self.curve.value(ratio), self.curve.slope(ratio)
        return self.y - slope * self.x - (value - ratio * slope) * self.s

    def missing(self, x: np.ndarray) -> float | None:
        """Ratio at which ``x`` asks for a tangent; None if it keeps the term."""
        s = max(self.s.at(x), 0.0)
        floor = max(self.least, LEAST * self.top)
        ratio = min(max(self.x.at(x) / s, floor), self.top) if s > 1e-12 else self.top
        y = self.y.at(x)
        return ratio if self.tangent(ratio).at(x) > EXACT * (1 + abs(y)) else None


@dataclass
class Piece:
    """y under the chord of a convex curve over a piece of its inputs x, where ``on`` is 1."""

    y: Expr
    curve: Curve
    x: Expr
    on: Expr

    def below(self, x: np.ndarray) -> Expr:
        """An expression that is at least 0 only where y is at most the curve's: its tangent
        where the point ``x`` sits, which lies below a convex curve.
        """
        at = max(self.x.at(x), 0.0)
        value, slope = self.curve.value(at), self.curve.slope(at)
        return slope * self.x + (value - slope * at) * self.on - self.y


@dataclass
class Answer:
    """Best value found with whole numbers and a bound on all values, of a maximisation."""

    value: float
    bound: float
    x: np.ndarray | None = None


@dataclass
class Programme:
    """Columns, rows and concave terms; solved by cutting planes."""

    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    whole: list[int] = field(default_factory=list)
    rows: list[tuple[Expr, float, float]] = field(default_factory=list)
    terms: list[Term] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)

    def column(self, upper: float = math.inf, lower: float = 0.0, whole: bool = False) -> Expr:
        """A new column."""
        self.lower.append(lower)
        self.upper.append(upper)
        if whole:
            self.whole.append(len(self.lower) - 1)
        return Expr({len(self.lower) - 1: 1.0})

    def atmost(self, left: Expr | float, right: Expr | float = 0.0) -> None:
        """left <= right."""
        self.rows.append((Expr() + left - right, -math.inf, 0.0))

    def equal(self, left: Expr | float, right: Expr | float = 0.0) -> None:
        """left = right."""
        self.rows.append((Expr() + left - right, 0.0, 0.0))

    def concave(self, y: Expr, curve: Curve, x: Expr, s: Expr | float, top: float) -> None:
        """y <= s curve(x / s); of an S-shaped curve only for s of 0 or 1."""
        if 0 < curve.bend < top:
            self._parted(y, curve, x, Expr() + s, top)
        elif curve.bend > 0:
            self._parted(y, curve, x, Expr() + s, max(top, 1.001 * curve.bend))
        else:
            self._term(Term(y, curve, x, Expr() + s, max(top, 1e-6)))

    def _term(self, term: Term) -> None:
        self.terms.append(term)
        for share in STARTS:
            self.atmost(term.tangent(max(share * term.top, term.least)))

    def _parted(self, y: Expr, curve: Curve, x: Expr, s: Expr, top: float) -> None:
        """Chords up to the bend, tangents from there on, one of them in force."""
        ends = [*np.linspace(0.0, curve.bend, PIECES + 1), top]
        inputs, outputs, chosen = [], [], []
        for low, high in pairwise(ends):
            on, part, gained = self.column(1.0, whole=True), self.column(), self.column()
            self.atmost(low * on, part)
            self.atmost(part, high * on)
            if high <= curve.bend:
                first, last = curve.value(low), curve.value(high)
                slope = (last - first) / (high - low)
                self.atmost(gained, first * on + slope * (part - low * on))
                self.pieces.append(Piece(gained, curve, part, on))
            else:
                self._term(Term(gained, curve, part, on, top, curve.bend))
            inputs.append(part)
            outputs.append(gained)
            chosen.append(on)
        self.equal(x, total(inputs))
        self.atmost(total(chosen), s)
        self.atmost(y, total(outputs))

    def solve(self, objective: Expr, gap: float = 1e-6, rounds: int = 12) -> Answer:
        """Maximise ``objective``; the answer's value is that of fixed whole numbers with every
        term exact.
        """
        solver, found = Solver(self, objective), Answer(-math.inf, math.inf)
        solver.relax()
        for _ in range(rounds):
            bound, x = solver.tree(gap / 4)
            found.bound = min(found.bound, bound)
            if x is None:
                break
            value, exact = solver.fixed(x)
            if exact is not None and value > found.value:
                found.value, found.x = value, exact
            if found.bound - found.value <= gap * max(abs(found.bound), 1.0):
                break
        return found


class Solver:
    """Bare HiGHS over a programme, with the tangents added so far."""

    def __init__(self, programme: Programme, objective: Expr) -> None:
        self.programme, self.objective = programme, objective
        self.highs = highspy.Highs()
        self.highs.setOptionValue("output_flag", False)
        self.highs.setOptionValue("threads", 1)
        count = len(programme.lower)
        self.highs.addVars(count, np.array(programme.lower), np.array(programme.upper))
        cost = np.zeros(count)
        for n, value in objective.terms.items():
            cost[n] = -value
        self.highs.changeColsCost(count, np.arange(count, dtype=np.int32), cost)
        self.whole = np.array(programme.whole, dtype=np.int32)
        for expression, low, high in programme.rows:
            self.add(expression, low, high)

    def add(self, expression: Expr, low: float, high: float) -> None:
        """One row, its constant moved to the sides."""
        index = np.fromiter(expression.terms, dtype=np.int32)
        value = np.array(list(expression.terms.values()))
        self.highs.addRow(
            low - expression.constant, high - expression.constant, index.size, index, value
        )

    def cut(self, x: np.ndarray) -> bool:
        """Tangents that the point lacks; whether there was one."""
        found = False
        for term in self.programme.terms:
            ratio = term.missing(x)
            if ratio is not None:
                self.add(term.tangent(ratio), -math.inf, 0.0)
                found = True
        return found

    def kind(self, integer: bool) -> None:
        """Whole columns as such, or in fractions."""
        kinds = highspy.HighsVarType
        wanted = kinds.kInteger if integer else kinds.kContinuous
        if self.whole.size:
            self.highs.changeColsIntegrality(
                self.whole.size, self.whole, np.array([wanted] * self.whole.size)
            )

    def held(self, x: np.ndarray | None) -> None:
        """Whole columns fixed to their values in ``x``, or free."""
        for n in self.whole:
            low = self.programme.lower[n] if x is None else float(round(x[n]))
            high = self.programme.upper[n] if x is None else float(round(x[n]))
            self.highs.changeColBounds(int(n), low, high)

    def point(self) -> np.ndarray | None:
        """The optimal point of the last run."""
        self.highs.run()
        if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return None
        return np.array(self.highs.getSolution().col_value)

    def relax(self, most: int = 60) -> np.ndarray | None:
        """The linear relaxation (or what :meth:`held` left of it), cut until it is exact."""
        self.kind(False)
        x = self.point()
        for _ in range(most):
            if x is None or not self.cut(x):
                break
            x = self.point()
        return x

    def tree(self, gap: float) -> tuple[float, np.ndarray | None]:
        """Bound and plan of a tree search over the tangents so far."""
        self.held(None)
        self.kind(True)
        self.highs.setOptionValue("mip_rel_gap", gap)
        x = self.point()
        bound = -self.highs.getInfo().mip_dual_bound if self.whole.size else -math.inf
        if x is None:
            return -math.inf, None
        self.cut(x)
        return (bound if self.whole.size else self.objective.at(x)) + (
            self.objective.constant if self.whole.size else 0.0
        ), x

    def fixed(self, x: np.ndarray) -> tuple[float, np.ndarray | None]:
        """Value and point with the whole numbers of ``x`` and every term exact: chords, which lie
        above convex curves, are held to tangents below them.
        """
        self.held(x)
        exact = self.relax()
        if exact is not None and self.programme.pieces:
            first = self.highs.getNumRow()
            for piece in self.programme.pieces:
                self.add(piece.below(exact), 0.0, math.inf)
            extra = np.arange(first, self.highs.getNumRow(), dtype=np.int32)
            exact = self.relax()
            self.highs.deleteRows(extra.size, extra)
        return (-math.inf, None) if exact is None else (self.objective.at(exact), exact)
