"""The elastic program: the program of an instance in which every figure that can give way has a
column of its own, its change.

The instance is loosened first, so that what the program derives from its figures (largest
amounts, constants of switches) leaves room; rows with the changes then put the figures back. With
all changes at zero it is the instance's own program, with all of them free the loosened one.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError
from scipy import sparse

from allocator.conflicts.catalogue import catalogue
from allocator.conflicts.rules import Row, Rule
from allocator.decoding import decode
from allocator.handover import TermArrays, hand_over
from allocator.highs import Engine
from allocator.matrix import Cuts, Matrix, ModelError, Vector
from allocator.tangents import first_tangents, rows_at, separate
from allocator.tree import Path
from allocator.variants.placing import integer_columns
from fact_models.decisions import Decisions
from fact_models.program import build
from fact_models.replay import status_quo
from fact_models.spec.instance import Instance

Entries = list[tuple[int, int, float]]
"""Row, column, coefficient."""
VIOLATED = 1e-5
"""Violation of a curve, as a share of its height, from which on a tangent is added."""


@dataclass(frozen=True, eq=False)
class Elastic:
    """The program with a column for every change.

    Attributes:
        instance: the instance as it is.
        rules: the figures that can give way.
        matrix: the program; the last columns are the changes, in the order of ``rules``.
        scale: (n,) user units per internal unit.
        terms: its concave terms.
        tangents: tangents of them found so far, as wide as the matrix.
        today: (n,) integer columns of going on as today; not a number elsewhere.
        decoded: decisions of a point (n,).
    """

    instance: Instance
    rules: list[Rule]
    matrix: Matrix
    scale: Vector
    terms: TermArrays
    tangents: list[Cuts]
    today: Vector
    decoded: Callable[[Vector], Decisions]

    @property
    def changes(self) -> NDArray[np.intp]:
        """Columns of the changes."""
        width = self.matrix.cost.size
        return np.arange(width - len(self.rules), width, dtype=np.intp)

    def engine(self, matrix: Matrix | None = None) -> Engine:
        """A solver that holds the program, or ``matrix`` in its place."""
        found = Engine(self.matrix if matrix is None else matrix, self.scale)
        for cuts in self.tangents:
            found.add_rows(cuts)
        return found

    def cut(self, x: Vector) -> Cuts | None:
        """Tangents that the point ``x`` (n,) violates, which are kept; None if there is none."""
        inner = x[: self.terms.x.rows.shape[1]]
        which, ratio, _ = separate(self.terms, inner, VIOLATED)
        if not which.size:
            return None
        cuts = _wide(rows_at(self.terms, which, ratio), x.size)
        self.tangents.append(cuts)
        return cuts

    def column(self) -> dict[str, int]:
        """Columns by name."""
        return {name: n for n, name in enumerate(self.matrix.column_names)}


def elastic(instance: Instance) -> Elastic:
    """The elastic program of ``instance``.

    Raises:
        ModelError: the program cannot be handed over.
    """
    rules = catalogue(instance)
    try:
        return _elastic(instance, rules, loosened(instance, rules))
    except (ValidationError, ModelError):
        # Loosened means may pass what a file or a solver can hold: then only limits give way.
        rules = [rule for rule in rules if not rule.columns]
        return _elastic(instance, rules, instance)


def loosened(instance: Instance, rules: list[Rule]) -> Instance:
    """``instance`` with the bounds of columns as loose as they can get.

    Raises:
        ValidationError: it would not be an instance any more.
    """
    tree = instance.model_dump(mode="json")
    for rule in rules:
        if rule.columns:
            put(tree, rule.path, round(rule.loose) if rule.whole else rule.loose)
    return Instance.model_validate(tree)


def put(tree: Any, path: Path, value: Any) -> None:
    """Set the value at ``path`` of plain values."""
    for step in path[:-1]:
        tree = tree[step]
    tree[path[-1]] = value


def _elastic(instance: Instance, rules: list[Rule], loose: Instance) -> Elastic:
    program = build(loose)
    arrays = hand_over(program)
    first = rows_at(arrays.terms, *first_tangents(arrays.terms))
    matrix = arrays.matrix
    rows_of = named_rows(matrix)
    column_of = {name: n for n, name in enumerate(matrix.column_names)}
    width = matrix.cost.size
    inside: Entries = []
    below: Entries = []
    sides: list[tuple[float, float]] = []
    names: list[str] = []
    for n, rule in enumerate(rules):
        for row in rule.rows:
            for at in rows_of.get(row.name, ()):
                factor = _coefficient(matrix, at, row, column_of)
                if factor:
                    inside.append((at, width + n, factor))
        for name in rule.columns:
            if name in column_of:
                below.append((len(names), column_of[name], 1.0))
                below.append((len(names), width + n, -float(rule.sign)))
                open_side = (-np.inf, rule.value) if rule.sign > 0 else (rule.value, np.inf)
                sides.append(open_side)
                names.append(f"figure {n} {name}")
    grown = _grown(matrix, rules, inside, below, sides, names)
    scale = [10.0 ** np.floor(np.log10(rule.size)) if not rule.whole else 1.0 for rule in rules]
    today = integer_columns(program, arrays, status_quo(instance))
    return Elastic(
        instance,
        rules,
        grown,
        np.concatenate([arrays.column_scale, scale]),
        arrays.terms,
        [_wide(first, width + len(rules))],
        np.concatenate([today, np.full(len(rules), np.nan)]),
        lambda x: decode(program, arrays, x[:width]),
    )


def _wide(cuts: Cuts, width: int) -> Cuts:
    """``cuts`` as wide as the program with the changes."""
    rows = sparse.csr_array(cuts.rows)
    shape = (rows.shape[0], width)
    rows = sparse.csr_array((rows.data, rows.indices, rows.indptr), shape=shape)
    return Cuts(rows, cuts.lower, cuts.upper)


def _coefficient(matrix: Matrix, at: int, row: Row, column_of: dict[str, int]) -> float:
    """Coefficient of the change in its row: it loosens the side that the row has, or follows the
    sign that an equation is written with; 0 if the row lacks the side."""
    if row.anchor:
        start, end = matrix.rows.indptr[at], matrix.rows.indptr[at + 1]
        found = np.flatnonzero(matrix.rows.indices[start:end] == column_of[row.anchor])
        return row.factor * float(np.sign(matrix.rows.data[start + found[0]]))
    if row.side:
        held = matrix.row_upper[at] if row.side > 0 else matrix.row_lower[at]
        return -float(row.side) if np.isfinite(held) else 0.0
    return -1.0 if np.isfinite(matrix.row_upper[at]) else 1.0


def named_rows(matrix: Matrix) -> dict[str, list[int]]:
    """Rows by name: a constraint with two sides is two of them."""
    found: dict[str, list[int]] = {}
    for n, name in enumerate(matrix.row_names):
        found.setdefault(name, []).append(n)
    return found


def _grown(
    matrix: Matrix,
    rules: list[Rule],
    inside: Entries,
    below: Entries,
    sides: list[tuple[float, float]],
    names: list[str],
) -> Matrix:
    """``matrix`` with the columns of the changes and the rows that put bounds back."""
    height, width, count = matrix.rows.shape[0], matrix.cost.size, len(rules)

    def block(entries: Entries, rows: int) -> sparse.csr_array:
        at, column, value = zip(*entries, strict=True) if entries else ((), (), ())
        shape = (rows, width + count)
        return sparse.csr_array(sparse.coo_array((value, (at, column)), shape=shape, dtype=float))

    old = matrix.rows
    wide = sparse.csr_array((old.data, old.indices, old.indptr), shape=(height, width + count))
    upper = np.array([rule.most for rule in rules], dtype=np.float64)
    whole = np.array([rule.whole for rule in rules], dtype=bool)
    return replace(
        matrix,
        cost=np.zeros(width + count),
        lower=np.concatenate([matrix.lower, np.zeros(count)]),
        upper=np.concatenate([matrix.upper, upper]),
        integer=np.concatenate([matrix.integer, whole]),
        rows=sparse.csr_array(
            sparse.vstack([wide + block(inside, height), block(below, len(names))], format="csr")
        ),
        row_lower=np.concatenate([matrix.row_lower, [low for low, _ in sides]]),
        row_upper=np.concatenate([matrix.row_upper, [high for _, high in sides]]),
        column_names=[*matrix.column_names, *(f"change {n}" for n in range(count))],
        row_names=[*matrix.row_names, *names],
    )
