"""An allocation as a MILP over tangents: rows and columns for the solver.

The pieces of an S-shaped curve are those of (RC.2) to (RC.8) in models/MODEL.md, written as
arrays: this program has thousands of curves and few other rows.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from allocator.handover import Affine, TermArrays
from allocator.matrix import Matrix
from fact_models.allocation.cells import Problem
from fact_models.response import Adbudg, Response, chord_points

Positions = NDArray[np.intp]
Splits = Mapping[int, Sequence[float]]
"""Breakpoints inside the convex part of a term's curve, by the number of the term."""


@dataclass(frozen=True, eq=False)
class Pieced:
    """The program with the places of what a search asks for.

    Attributes:
        matrix: the linear rows; the first are those of the problem.
        terms: the concave terms, for tangents.
        switch: (n,) column of a cell's switch, -1 where it has none.
        count: (n,) column of a cell's number of units, -1 where any amount will do.
        cuts: breakpoints of every S-shaped term.
        constant: value of the terms that no spend reaches; they have no column.
    """

    matrix: Matrix
    terms: TermArrays
    switch: Positions
    count: Positions
    cuts: dict[int, list[float]]
    constant: float


@dataclass
class _Entries:
    """Sparse rows under construction."""

    row: list[int] = field(default_factory=list)
    column: list[int] = field(default_factory=list)
    data: list[float] = field(default_factory=list)
    lower: list[float] = field(default_factory=list)
    upper: list[float] = field(default_factory=list)
    names: list[str] = field(default_factory=list)

    def add(self, name: str, entries: dict[int, float], lower: float, upper: float) -> None:
        self.row += [len(self.names)] * len(entries)
        self.column += entries
        self.data += entries.values()
        self.lower.append(lower)
        self.upper.append(upper)
        self.names.append(name)


class _Columns:
    """Columns under construction."""

    def __init__(self) -> None:
        self.lower: list[float] = []
        self.upper: list[float] = []
        self.integer: list[bool] = []
        self.cost: list[float] = []
        self.names: list[str] = []

    def add(
        self, name: str, lower: float, upper: float, *, integer: bool = False, cost: float = 0.0
    ) -> int:
        self.lower.append(lower)
        self.upper.append(upper)
        self.integer.append(integer)
        self.cost.append(cost)
        self.names.append(name)
        return len(self.names) - 1


class _Builder:
    """Writes one program."""

    def __init__(self, problem: Problem, splits: Splits) -> None:
        self.problem, self.splits = problem, splits
        self.columns, self.rows = _Columns(), _Entries()
        cells = problem.cells
        for n in range(cells.upper.size):
            low = cells.least[n] if cells.always[n] else cells.lower[n]
            self.columns.add(f"x[{n}]", float(low), float(max(cells.upper[n], low)))
        self.switch = np.full(cells.upper.size, -1, dtype=np.intp)
        self.count = np.full(cells.upper.size, -1, dtype=np.intp)
        self.forms: list[tuple[_Form, _Form, _Form]] = []
        self.curves: list[tuple[Response, float, float]] = []
        self.keys: list[tuple[str, int, float]] = []
        self.cuts: dict[int, list[float]] = {}
        self.constant = 0.0

    def build(self) -> Pieced:
        self._switches_and_units()
        self._limits()
        self._switch_rows()
        self._curves()
        names = self.columns.names
        entries = np.array(self.rows.data, float), (self.rows.row, self.rows.column)
        matrix = Matrix(
            cost=np.array(self.columns.cost),
            lower=np.array(self.columns.lower),
            upper=np.array(self.columns.upper),
            integer=np.array(self.columns.integer, dtype=bool),
            rows=sparse.csr_array(entries, shape=(len(self.rows.names), len(names))),
            row_lower=np.array(self.rows.lower),
            row_upper=np.array(self.rows.upper),
            column_names=names,
            row_names=self.rows.names,
        )
        terms = self._terms(len(names))
        return Pieced(matrix, terms, self.switch, self.count, self.cuts, self.constant)

    def _switches_and_units(self) -> None:
        cells = self.problem.cells
        for n in np.flatnonzero(cells.switched):
            # Where the fee takes all that a limit allows, nothing is left that it is paid for.
            most = float(cells.upper[n] > 0)
            self.switch[n] = self.columns.add(f"on[{n}]", 0, most, integer=True)
        for n in np.flatnonzero(cells.unit > 0):
            most = np.floor(cells.upper[n] / cells.unit[n] + 1e-9)
            self.count[n] = self.columns.add(f"k[{n}]", 0, float(most), integer=True)

    def _limits(self) -> None:
        """Rows of the problem, fees at the switches."""
        cells, limits = self.problem.cells, self.problem.rows
        matrix = limits.matrix
        for r, name in enumerate(limits.names):
            mine = matrix.indices[matrix.indptr[r] : matrix.indptr[r + 1]]
            entries = {int(n): 1.0 for n in mine}
            always = 0.0
            for n in mine[cells.fixed[mine] > 0] if limits.fees[r] else ():
                if self.switch[n] >= 0:
                    entries[int(self.switch[n])] = float(cells.fixed[n])
                else:
                    always += float(cells.fixed[n])
            lower, upper = float(limits.lower[r]) - always, float(limits.upper[r]) - always
            self.rows.add(name, entries, lower, upper)

    def _switch_rows(self) -> None:
        cells = self.problem.cells
        step = cells.step
        for n in np.flatnonzero(self.switch >= 0):
            on, x = int(self.switch[n]), int(n)
            self.rows.add(f"most[{n}]", {x: 1.0, on: -float(cells.upper[n])}, -np.inf, 0.0)
            if step[n] > 0:
                self.rows.add(f"least[{n}]", {x: 1.0, on: -float(step[n])}, 0.0, np.inf)
        for n in np.flatnonzero(self.count >= 0):
            entries = {int(n): 1.0, int(self.count[n]): -float(cells.unit[n])}
            self.rows.add(f"units[{n}]", entries, 0.0, 0.0)

    def _curves(self) -> None:
        terms, press = self.problem.terms, self.problem.terms.press
        reach = press @ np.array(self.columns.upper[: press.shape[1]]) + terms.base
        for k in range(press.shape[0]):
            mine = slice(press.indptr[k], press.indptr[k + 1])
            a = _Form(
                dict(zip(press.indices[mine].tolist(), press.data[mine].tolist(), strict=True)),
                float(terms.base[k]),
            )
            curve, last = terms.curves[terms.which[k]], float(reach[k])
            if not a.entries or last <= 0:
                # Some curves have a value at 0, and earlier spend works without any more of it.
                self.constant += float(terms.weight[k]) * curve.value(a.constant)
                continue
            height = max(curve.value(last), 1e-12)
            y = self.columns.add(f"y[{k}]", 0.0, height, cost=float(terms.weight[k]))
            if curve.is_concave:
                share, height = self._share(k), _Form({y: 1.0})
                if share.entries and isinstance(curve, Adbudg):
                    # What it yields at 0 comes without the switch.
                    height = _Form({y: 1.0}, -curve.low)
                    rise = {"low": 0.0, "high": curve.high - curve.low}
                    curve = curve.model_copy(update=rise)
                self._term(("CU.1", k, 0.0), curve, 0.0, last, (height, a, share))
                self._first_step(k, terms.curves[terms.which[k]], y, a)
            else:
                self._pieces(k, curve, last, y, a)

    def _first_step(self, k: int, curve: Response, y: int, a: "_Form") -> None:
        """A chord up to the least input above 0 of a curve that starts with an infinite slope, if
        nothing lies between: its tangents all lie above the curve at 0.
        """
        step, cells = self.problem.cells.step, np.array(list(a.entries))
        if a.constant != 0 or math.isfinite(curve.slope(0.0)) or not (step[cells] > 0).all():
            return
        first = min(share * float(step[cell]) for cell, share in a.entries.items())
        at = curve.value(0.0)
        rise = (curve.value(first) - at) / first
        entries = {y: 1.0, **{cell: -rise * share for cell, share in a.entries.items()}}
        self.rows.add(f"first[{k}]", entries, -np.inf, at)

    def _share(self, k: int) -> "_Form":
        """What the tangent of a concave term is multiplied by: the switch of its only cell, if
        nothing comes without it beyond the value at 0 of an ADBUDG curve.
        """
        terms, press = self.problem.terms, self.problem.terms.press
        mine = press.indices[press.indptr[k] : press.indptr[k + 1]]
        alone = mine.size == 1 and terms.base[k] == 0 and self.switch[mine[0]] >= 0
        curve = terms.curves[terms.which[k]]
        if alone and (isinstance(curve, Adbudg) or curve.value(0.0) == 0):
            return _Form({int(self.switch[mine[0]]): 1.0})
        return _Form({}, 1.0)

    def _term(
        self,
        key: tuple[str, int, float],
        curve: Response,
        first: float,
        last: float,
        forms: "tuple[_Form, _Form, _Form]",
    ) -> None:
        self.forms.append(forms)
        self.curves.append((curve, first, last))
        self.keys.append(key)

    def _pieces(self, k: int, curve: Response, last: float, y: int, a: "_Form") -> None:
        """One binary a piece: chords on the convex pieces, tangents on the concave one."""
        bend = curve.inflection() * (1 - 1e-12)
        cuts = {float(at) for at in chord_points(curve, last)} | {0.0, last}
        edges = sorted(cuts | {at for at in self.splits.get(k, ()) if 0 < at < last})
        self.cuts[k] = edges
        parts, outputs, pieces = [], [], []
        for low, high in pairwise(edges):
            z = self.columns.add(f"z[{k},{low:g}]", 0, 1, integer=True)
            part = self.columns.add(f"p[{k},{low:g}]", 0, high)
            out = self.columns.add(f"r[{k},{low:g}]", 0, max(curve.value(high), 1e-12))
            self.rows.add(f"above[{k}]", {part: 1.0, z: -low}, 0.0, np.inf)
            self.rows.add(f"below[{k}]", {part: 1.0, z: -high}, -np.inf, 0.0)
            if low >= bend:
                forms = _Form({out: 1.0}), _Form({part: 1.0}), _Form({z: 1.0})
                self._term(("RC.8", k, low), curve, low, high, forms)
            else:
                at = curve.value(low)
                rise = (curve.value(high) - at) / (high - low)
                entries = {out: 1.0, part: -rise, z: rise * low - at}
                self.rows.add(f"chord[{k}]", entries, -np.inf, 0.0)
            parts.append(part)
            outputs.append(out)
            pieces.append(z)
        split = {**a.entries, **dict.fromkeys(parts, -1.0)}
        self.rows.add(f"split[{k}]", split, -a.constant, -a.constant)
        self.rows.add(f"one[{k}]", dict.fromkeys(pieces, 1.0), -np.inf, 1.0)
        self.rows.add(f"sum[{k}]", {y: 1.0, **dict.fromkeys(outputs, -1.0)}, -np.inf, 0.0)

    def _terms(self, width: int) -> TermArrays:
        groups: dict[int, tuple[Response, list[int]]] = {}
        for n, (curve, _, _) in enumerate(self.curves):
            groups.setdefault(id(curve), (curve, []))[1].append(n)
        height = [max(curve.value(last), 1e-9) for curve, _, last in self.curves]
        forms = [_stacked([form[n] for form in self.forms], width) for n in range(3)]
        return TermArrays(
            y=forms[0],
            x=forms[1],
            s=forms[2],
            groups=[(curve, np.array(at, dtype=np.intp)) for curve, at in groups.values()],
            first=np.array([first for _, first, _ in self.curves]),
            last=np.array([last for _, _, last in self.curves]),
            scale=np.array(height),
            keys=list(self.keys),
        )


@dataclass(frozen=True)
class _Form:
    """An affine form of the columns."""

    entries: dict[int, float]
    constant: float = 0.0


def _stacked(forms: list[_Form], width: int) -> Affine:
    row = np.repeat(np.arange(len(forms)), [len(form.entries) for form in forms])
    column = [c for form in forms for c in form.entries]
    data = [v for form in forms for v in form.entries.values()]
    entries = np.array(data, float), (row, np.array(column, dtype=np.intp))
    rows = sparse.csr_array(entries, shape=(len(forms), width))
    return Affine(rows, np.array([form.constant for form in forms]))


def build(problem: Problem, splits: Splits) -> Pieced:
    """The MILP of a problem; ``splits`` part the convex pieces further."""
    return _Builder(problem, splits).build()
