"""One hand-over from the model to arrays: linear rows as a ``Matrix``, concave terms as sparse
affine forms."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyomo.core.base.component_namer import index_repr
from pyomo.core.expr.numvalue import native_numeric_types
from pyomo.repn import generate_standard_repn
from pyomo.repn.plugins.standard_form import LinearStandardFormCompiler
from scipy import sparse

from allocator.matrix import Flags, Matrix, ModelError, Vector
from allocator.residues import without_residues
from fact_models.program import Program
from fact_models.response import Response

Key = tuple[Any, ...]

TICKED = 200
"""Terms between two looks at whether the work is still wanted."""
LARGEST_LINK = 1e6
"""Largest internal constant that ties a whole number to a continuous amount. The solver takes 1e-6
for zero, so from ten times this on a switch could stay off and let a whole unit through."""


@dataclass(frozen=True, eq=False)
class Affine:
    """Affine forms of all terms: ``rows @ x + constant``, shape (terms,)."""

    rows: sparse.csr_array
    constant: Vector

    def at(self, x: Vector) -> Vector:
        """Values at the point ``x`` (n,)."""
        return np.asarray(self.rows @ x + self.constant, dtype=np.float64)


@dataclass(frozen=True, eq=False)
class TermArrays:
    """Curve terms ``y <= s phi(x / s)`` over the columns of the matrix.

    Attributes:
        y, x, s: affine forms.
        groups: terms that share a curve: (curve, positions).
        first, last: (terms,) smallest and largest ratio for tangents.
        scale: (terms,) largest right-hand side, to judge violations by.
        keys: names of the terms, equal from build to build.
    """

    y: Affine
    x: Affine
    s: Affine
    groups: list[tuple[Response, NDArray[np.intp]]]
    first: Vector
    last: Vector
    scale: Vector
    keys: list[Key]

    def curve(self, ratio: Vector) -> tuple[Vector, Vector]:
        """Value and slope of every term's curve at its ``ratio``."""
        return self.curves_at(np.arange(ratio.size), ratio)

    def curves_at(self, which: NDArray[np.intp], ratio: Vector) -> tuple[Vector, Vector]:
        """Value and slope of the curves of the terms ``which``, each at its ``ratio``."""
        value, slope = np.zeros_like(ratio), np.zeros_like(ratio)
        mine = np.zeros(len(self.keys), dtype=bool)
        for phi, where in self.groups:
            mine[:] = False
            mine[where] = True
            at = np.flatnonzero(mine[which])
            value[at], slope[at] = phi.both(ratio[at])
        return value, slope


@dataclass(frozen=True, eq=False)
class Handover:
    """A program as arrays, with the way back from columns to variables."""

    matrix: Matrix
    column_scale: Vector
    terms: TermArrays
    column_of: dict[int, int]
    """Column of a variable by its ``id``."""

    def value(self, x: Vector, variable: Any) -> float:
        """Value of a Pyomo variable in the point ``x``; 0 if no row and no term uses it."""
        column = self.column_of.get(id(variable))
        return 0.0 if column is None else float(x[column])


def hand_over(program: Program, tick: Callable[[], None] | None = None) -> Handover:
    """Arrays of ``program``; counts are compared again when the solver has taken them.

    Args:
        program: the built program.
        tick: called now and then; what it raises ends the work.

    Raises:
        ModelError: a constant of a whole number is too large beside what it limits, or it cannot
            be told which small coefficients are rounding errors.
    """
    tick = tick or (lambda: None)
    tick()
    form = LinearStandardFormCompiler().write(program.model, mixed_form=True, set_sense=None)
    tick()
    columns = list(form.columns)
    column_of = {id(v): n for n, v in enumerate(columns)}
    forms = []
    for number, term in enumerate(program.terms):
        if number % TICKED == 0:
            tick()
        parts = (term.y, term.x, term.s)
        forms.append([_affine(expression, columns, column_of) for expression in parts])
    width = len(columns)
    kind = np.fromiter((row.bound_type for row in form.rows), int, len(form.rows))
    side = np.asarray(form.rhs, dtype=np.float64)
    linear = sparse.csr_array(form.A)
    stated = sparse.csr_array(
        (linear.data, linear.indices, linear.indptr), shape=(linear.shape[0], width)
    )
    rows = _without_residues(stated, [row.constraint.body for row in form.rows], column_of)
    cost = np.zeros(width)
    objective = np.asarray(sparse.csr_array(form.c).todense()).ravel()
    cost[: objective.size] = objective
    matrix = Matrix(
        cost=cost,
        lower=np.array([float(v.lb) for v in columns]),
        upper=np.array([float(v.ub) for v in columns]),
        integer=np.array([not v.is_continuous() for v in columns]),
        rows=rows,
        row_lower=np.where(kind <= 0, side, -np.inf),
        row_upper=np.where(kind >= 0, side, np.inf),
        column_names=_names(columns),
        row_names=_names([row.constraint for row in form.rows]),
    )
    column_scale = _column_scale(columns, matrix)
    audit_links(matrix, column_scale)
    tick()
    return Handover(matrix, column_scale, _arrays(program, forms, column_of), column_of)


def _without_residues(
    rows: sparse.csr_array, expressions: list[Any], column_of: dict[int, int]
) -> sparse.csr_array:
    try:
        return without_residues(rows, expressions, column_of)
    except TypeError as error:
        raise ModelError(f"the size of a small coefficient cannot be judged: {error}") from None


def _names(components: Iterable[Any]) -> list[str]:
    """Full names, as ``component.name`` gives them one by one; the part that all members of a
    component share is written once."""
    shared: dict[int, str] = {}
    found = []
    for component in components:
        parent = component.parent_component()
        if parent is component:
            found.append(component.name)
            continue
        name = shared.get(id(parent))
        if name is None:
            name = shared[id(parent)] = parent.name
        found.append(name + index_repr(component.index()))
    return found


def links(matrix: Matrix, column_scale: Vector) -> Vector:
    """Largest coefficient of a whole number in every row (m,), relative to that of a continuous
    column inside the solver; 0 for rows without both."""
    rows = matrix.rows
    row = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    size = np.abs(rows.data) * column_scale[rows.indices]
    whole, found = matrix.integer[rows.indices], np.zeros((2, rows.shape[0]))
    np.maximum.at(found[0], row[whole], size[whole])
    np.maximum.at(found[1], row[~whole], size[~whole])
    ratio: Vector = np.zeros(rows.shape[0])
    np.divide(found[0], found[1], out=ratio, where=found[1] > 0)
    return ratio


def audit_links(matrix: Matrix, column_scale: Vector) -> None:
    """Look at every big-M of the program.

    Raises:
        ModelError: one is above ``LARGEST_LINK``; the message names its row.
    """
    found = links(matrix, column_scale)
    if found.size and found.max() > LARGEST_LINK:
        worst = int(found.argmax())
        raise ModelError(
            f"row {matrix.row_names[worst]}: a choice weighs {found[worst]:.3g} times the largest "
            f"amount beside it, more than {LARGEST_LINK:.0e}, which the solver cannot tell from "
            "a rounding error; bring the figures of this limit nearer to each other"
        )


def _affine(
    expression: Any, columns: list[Any], column_of: dict[int, int]
) -> tuple[float, list[int], list[float]]:
    """Constant, columns and coefficients; variables that no row holds become new columns."""
    if expression.__class__ in native_numeric_types:
        return float(expression), [], []
    if getattr(expression, "is_variable_type", bool)():
        constant, variables, values = 0.0, (expression,), (1.0,)
    else:
        found = generate_standard_repn(expression, quadratic=False)
        assert found.nonlinear_expr is None
        constant, variables, values = found.constant, found.linear_vars, found.linear_coefs
    places = []
    for v in variables:
        place = column_of.setdefault(id(v), len(columns))
        if place == len(columns):
            columns.append(v)
        places.append(place)
    return float(constant), places, [float(c) for c in values]


def _column_scale(columns: list[Any], matrix: Matrix) -> Vector:
    """Power of ten by component: its largest bound becomes 10 to 100 inside the solver.

    A component that can only be 0 takes its size from the rows it stands in, so that a change of
    unit changes nothing inside the solver there either.
    """
    reach = np.maximum(np.abs(matrix.lower), np.abs(matrix.upper))
    largest: dict[int, float] = {}
    for v, bound in zip(columns, reach, strict=True):
        key = id(v.parent_component())
        largest[key] = max(largest.get(key, 0.0), float(bound))
    wanted = np.array([largest[id(v.parent_component())] for v in columns])
    scale = np.ones(len(columns))
    used = (wanted > 0) & ~matrix.integer
    scale[used] = 10.0 ** (np.floor(np.log10(wanted[used]) + 1e-9) - 1)
    idle = (wanted == 0) & ~matrix.integer
    if idle.any():
        component = np.array([id(v.parent_component()) for v in columns])
        scale[idle] = _idle_scale(matrix, scale, component, idle)[idle]
    return scale


def _idle_scale(matrix: Matrix, scale: Vector, component: Vector, idle: Flags) -> Vector:
    """Scale (n,) at which no entry of an idle component is larger than its row's largest, and one
    is as large.

    Args:
        matrix: the program.
        scale: (n,) of the columns that are not idle.
        component: (n,) a number for every component.
        idle: (n,) columns whose bounds are all 0.
    """
    entries = matrix.rows.tocoo()
    size = np.abs(entries.data) * np.where(idle, 0.0, scale)[entries.col]
    largest = np.zeros(matrix.rows.shape[0])
    np.maximum.at(largest, entries.row, size)
    at = idle[entries.col] & (largest[entries.row] > 0) & (entries.data != 0)
    ratio = np.zeros(entries.data.size)
    ratio[at] = largest[entries.row[at]] / np.abs(entries.data[at])
    _, place = np.unique(component, return_inverse=True)
    wanted = np.full(int(place.max()) + 1, np.inf)
    np.minimum.at(wanted, place[entries.col[at]], ratio[at])
    found = np.where(np.isfinite(wanted), wanted, 1.0)[place]
    return np.asarray(10.0 ** np.floor(np.log10(found) + 1e-9))


def _arrays(program: Program, forms: list[list[Any]], column_of: dict[int, int]) -> TermArrays:
    """Stack the affine forms and group the terms by curve."""
    terms = list(program.terms)
    stated = ([getattr(term, part) for term in terms] for part in ("y", "x", "s"))
    y, x, s = (
        _stack([f[n] for f in forms], expressions, column_of)
        for n, expressions in enumerate(stated)
    )
    groups: dict[int, tuple[Response, list[int]]] = {}
    for n, term in enumerate(terms):
        groups.setdefault(id(term.phi), (term.phi, []))[1].append(n)
    upper = _upper(program, forms)
    last = np.array([term.last for term in terms], dtype=np.float64)
    arrays = TermArrays(
        y=y,
        x=x,
        s=s,
        groups=[(phi, np.array(where, dtype=np.intp)) for phi, where in groups.values()],
        first=np.array([term.first for term in terms], dtype=np.float64),
        last=last,
        scale=np.ones(len(terms)),
        keys=[(term.number, *term.index) for term in terms],
    )
    height = upper * arrays.curve(last)[0]
    return TermArrays(**{**vars(arrays), "scale": np.maximum(height, 1e-9)})


def _stack(
    forms: Iterable[tuple[float, list[int], list[float]]],
    expressions: list[Any],
    column_of: dict[int, int],
) -> Affine:
    constant, indptr, indices, data = [], [0], [], []
    for c, places, values in forms:
        constant.append(c)
        indices.extend(places)
        data.extend(values)
        indptr.append(len(indices))
    rows = sparse.csr_array(
        (np.array(data, dtype=np.float64), np.array(indices, dtype=np.int32), np.array(indptr)),
        shape=(len(constant), len(column_of)),
    )
    rows = _without_residues(rows, expressions, column_of)
    return Affine(rows, np.array(constant, dtype=np.float64))


def _upper(program: Program, forms: list[list[Any]]) -> Vector:
    """Largest switch ``s`` of every term."""
    found = []
    for term, parts in zip(program.terms, forms, strict=True):
        constant, places, values = parts[2]
        if not places:
            found.append(constant)
            continue
        repn = generate_standard_repn(term.s, quadratic=False)
        found.append(
            constant
            + sum(
                max(c * v.lb, c * v.ub)
                for c, v in zip(repn.linear_coefs, repn.linear_vars, strict=True)
            )
        )
        del values
    return np.array(found, dtype=np.float64)
