"""The extensive form: the programs of all worlds side by side, with one set of first decisions.

Equations (DO.n) are those of models/MODEL.md. Stacked are the arrays that the single programs are
handed over as, so nothing of a law is written again. A column of the first stage stands once
(DO.1); all other columns, rows and terms stand once a world, with its name behind theirs.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from allocator.doubt.measures import Measure
from allocator.handover import Affine, Handover, TermArrays
from allocator.matrix import Matrix, Vector

FIRST = (
    "campaign.package",
    "campaign.joined",
    "kol.deal",
    "kol.signed",
    "field.start",
    "field.opened",
    "staff.hires",
    "staff.hired",
    "staff.leaves",
)
"""Components that are decided before it is known which world it is: packages, deals, openings, the
team's heads."""
Columns = NDArray[np.intp]


def is_first(name: str) -> bool:
    """Whether a column of this name is decided first."""
    return name.split("[")[0] in FIRST


def in_world(name: str, world: str) -> str:
    """Name of a column of one world in the extensive form."""
    return name if is_first(name) else f"{name}@{world}"


@dataclass(frozen=True, eq=False)
class Odds:
    """What the objective needs to know of the worlds.

    Attributes:
        names: of the worlds.
        probability: [n].
        best: [n] bound of the best plan of each world alone.
    """

    names: tuple[str, ...]
    probability: Vector
    best: Vector


def stacked(parts: Sequence[Handover], odds: Odds, measure: Measure) -> Handover:
    """The extensive form of the programs ``parts``, one a world."""
    names: list[str] = []
    place: dict[str, int] = {}
    maps: list[Columns] = []
    for part, world in zip(parts, odds.names, strict=True):
        own = [in_world(name, world) for name in part.matrix.column_names]
        for name in own:
            if name not in place:
                place[name] = len(names)
                names.append(name)
        maps.append(np.array([place[name] for name in own], np.intp))
    matrix = _matrix(parts, maps, odds, names)
    scale = np.ones(len(names))
    column_of: dict[int, int] = {}
    for part, to in zip(parts, maps, strict=True):
        scale[to] = part.column_scale
        column_of |= {key: int(to[n]) for key, n in part.column_of.items()}
    costs = np.array(
        [_spread(part.matrix.cost, to, len(names)) for part, to in zip(parts, maps, strict=True)]
    )
    matrix, scale = _measured(matrix, scale, costs, odds, measure)
    terms = _terms(parts, maps, odds, matrix.cost.size)
    return Handover(matrix, scale, terms, column_of)


def _spread(values: Vector, to: Columns, width: int) -> Vector:
    """Values of a part's columns at their places."""
    found = np.zeros(width)
    found[to] = values
    return found


def _moved(rows: sparse.csr_array, to: Columns, width: int) -> sparse.csr_array:
    """Rows over a part's columns as rows over all columns."""
    return sparse.csr_array(
        (rows.data, to[rows.indices], rows.indptr), shape=(rows.shape[0], width)
    )


def _matrix(
    parts: Sequence[Handover], maps: list[Columns], odds: Odds, names: list[str]
) -> Matrix:
    """(DO.1) Rows of all worlds over columns of which the first stage's stand once."""
    width = len(names)
    lower, upper = np.full(width, -np.inf), np.full(width, np.inf)
    integer = np.zeros(width, dtype=bool)
    for part, to in zip(parts, maps, strict=True):
        lower[to] = np.maximum(lower[to], part.matrix.lower)
        upper[to] = np.minimum(upper[to], part.matrix.upper)
        integer[to] |= part.matrix.integer
    rows, sides, row_names = [], [], []
    seen: set[bytes] = set()
    for part, to, world in zip(parts, maps, odds.names, strict=True):
        kept = ~_said_already(part.matrix, to, seen)
        rows.append(_moved(sparse.csr_array(part.matrix.rows[np.flatnonzero(kept)]), to, width))
        sides.append((part.matrix.row_lower[kept], part.matrix.row_upper[kept]))
        row_names += [f"{part.matrix.row_names[k]}@{world}" for k in np.flatnonzero(kept)]
    return Matrix(
        cost=np.zeros(width),
        lower=lower,
        upper=upper,
        integer=integer,
        rows=sparse.csr_array(sparse.vstack(rows, format="csr")),
        row_lower=np.concatenate([low for low, _ in sides]),
        row_upper=np.concatenate([high for _, high in sides]),
        column_names=names,
        row_names=row_names,
    )


def _said_already(matrix: Matrix, to: Columns, seen: set[bytes]) -> NDArray[np.bool_]:
    """Rows over first decisions alone that an earlier world said with the same figures; what is
    said here is added to ``seen``."""
    first = np.array([is_first(name) for name in matrix.column_names])
    other = np.asarray(abs(matrix.rows) @ (~first).astype(np.float64)) > 0
    found = np.zeros(other.size, dtype=bool)
    for n in np.flatnonzero(~other):
        at = slice(matrix.rows.indptr[n], matrix.rows.indptr[n + 1])
        columns = to[matrix.rows.indices[at]]
        order = np.argsort(columns)
        sides = np.array([matrix.row_lower[n], matrix.row_upper[n]])
        row = columns[order].tobytes() + matrix.rows.data[at][order].tobytes() + sides.tobytes()
        found[n] = row in seen
        seen.add(row)
    return found


def _measured(
    matrix: Matrix, scale: Vector, costs: Vector, odds: Odds, measure: Measure
) -> tuple[Matrix, Vector]:
    """The matrix with its objective, given the worlds' own [n, columns].

    (DO.2) expected = sum_w p_w v_w, with v_w the value in world w.
    """
    if measure.kind == "expected":
        return replace(matrix, cost=odds.probability @ costs), scale
    count = len(odds.names)
    box = np.minimum(costs * matrix.lower, costs * matrix.upper).sum(axis=1)
    low, high = float(min(box.min(), odds.best.min())), float(odds.best.max())
    if measure.kind == "cvar":
        # tau, and what each world lacks of it.
        gain = np.concatenate([[1.0], -odds.probability / measure.tail])
        lower, upper = np.zeros(count + 1), np.full(count + 1, high - low)
        lower[0], upper[0] = low, high
        extra = np.hstack([np.ones((count, 1)), -np.eye(count)])
        side = np.zeros(count)
        names = ["doubt.threshold", *(f"doubt.lack[{name}]" for name in odds.names)]
    else:
        gain, extra = np.ones(1), np.ones((count, 1))
        regret = measure.kind == "regret"
        side = _shift(odds) if regret else np.zeros(count)
        lower, upper = np.array([low + side.min()]), np.array([high + side.max()])
        names = ["doubt.least"]
    rows = sparse.hstack([sparse.csr_array(-costs), sparse.csr_array(extra)], format="csr")
    wide = sparse.csr_array(
        (matrix.rows.data, matrix.rows.indices, matrix.rows.indptr),
        shape=(matrix.rows.shape[0], rows.shape[1]),
    )
    reach = max(abs(low), abs(high), 1.0)
    size = 10.0 ** (np.floor(np.log10(reach)) - 1)
    return replace(
        matrix,
        cost=np.concatenate([np.zeros(costs.shape[1]), gain]),
        lower=np.concatenate([matrix.lower, lower]),
        upper=np.concatenate([matrix.upper, upper]),
        integer=np.concatenate([matrix.integer, np.zeros(gain.size, dtype=bool)]),
        rows=sparse.csr_array(sparse.vstack([wide, rows], format="csr")),
        row_lower=np.concatenate([matrix.row_lower, np.full(count, -np.inf)]),
        row_upper=np.concatenate([matrix.row_upper, side]),
        column_names=[*matrix.column_names, *names],
        row_names=[*matrix.row_names, *(f"doubt.measure[{name}]" for name in odds.names)],
    ), np.concatenate([scale, np.full(gain.size, size)])


def _shift(odds: Odds) -> Vector:
    """Right sides [n] of the rows of a regret.

    (DO.3) worst: theta <= v_w; (DO.4) regret: theta <= v_w - best_w + sum_w p_w best_w; both
    maximise theta. (DO.5) cvar maximises tau - sum_w p_w lack_w / tail, with
    (DO.6) lack_w >= tau - v_w, lack_w >= 0.
    """
    return np.asarray(odds.probability @ odds.best - odds.best)


def _terms(parts: Sequence[Handover], maps: list[Columns], odds: Odds, width: int) -> TermArrays:
    """The concave terms of all worlds, one world after the other."""
    terms = [part.terms for part in parts]
    groups, keys, first = [], [], 0
    for term, world in zip(terms, odds.names, strict=True):
        groups += [(curve, where + first) for curve, where in term.groups]
        keys += [(*key, world) for key in term.keys]
        first += len(term.keys)

    def joined(name: str) -> Affine:
        forms = [getattr(term, name) for term in terms]
        rows = [_moved(form.rows, to, width) for form, to in zip(forms, maps, strict=True)]
        return Affine(
            sparse.csr_array(sparse.vstack(rows, format="csr")),
            np.concatenate([form.constant for form in forms]),
        )

    return TermArrays(
        y=joined("y"),
        x=joined("x"),
        s=joined("s"),
        groups=groups,
        first=np.concatenate([term.first for term in terms]),
        last=np.concatenate([term.last for term in terms]),
        scale=np.concatenate([term.scale for term in terms]),
        keys=keys,
    )
