"""What is left of terms that cancel: coefficients that are rounding errors of a sum.

A rate times its reciprocal, less one, is not always 0. Nothing else in a row may be of any size,
and then the solver, which scales rows, sees such a coefficient as one like any other: a limit that
nobody wrote.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from pyomo.core.expr import (
    DivisionExpression,
    MonomialTermExpression,
    NegationExpression,
    ProductExpression,
    SumExpression,
    value,
)
from pyomo.core.expr.numvalue import native_numeric_types
from scipy import sparse

RELATIVE = 1e-13
"""Share of the sizes of its terms up to which a coefficient is what rounding left of them."""
SUSPECT = 1e-6
"""Share of the largest coefficient beside it below which a coefficient is looked at."""
SLIGHT = 1e-4
"""Size of the largest coefficient below which all beside it are looked at."""


def sizes(expression: Any) -> dict[int, float]:
    """Sum of the sizes of a variable's coefficients in an affine expression, before they cancel;
    by ``id`` of the variable.

    Raises:
        TypeError: the expression is not affine, or of a kind that is not known here.
    """
    found: dict[int, float] = {}
    pending: list[tuple[Any, float]] = [(expression, 1.0)]
    while pending:
        node, factor = pending.pop()
        if _is_constant(node):
            continue
        if node.is_variable_type():
            found[id(node)] = found.get(id(node), 0.0) + factor
        elif isinstance(node, SumExpression):
            pending += [(part, factor) for part in node.args]
        elif isinstance(node, NegationExpression) or node.is_named_expression_type():
            pending.append((node.arg(0), factor))
        elif isinstance(node, DivisionExpression):
            above, below = node.args
            if not _is_constant(below):
                raise TypeError(f"not affine: {node}")
            pending.append((above, factor / abs(value(below))))
        elif isinstance(node, (ProductExpression, MonomialTermExpression)):
            left, right = node.args
            if _is_constant(left):
                pending.append((right, factor * abs(value(left))))
            elif _is_constant(right):
                pending.append((left, factor * abs(value(right))))
            else:
                raise TypeError(f"not affine: {node}")
        else:
            raise TypeError(f"not affine: {node}")
    return found


def _is_constant(node: Any) -> bool:
    return node.__class__ in native_numeric_types or not node.is_potentially_variable()


def without_residues(
    rows: sparse.csr_array, expressions: Sequence[Any], column_of: Mapping[int, int]
) -> sparse.csr_array:
    """``rows`` (m, n) without the coefficients that are residues.

    Args:
        rows: coefficients of the ``expressions``.
        expressions: (m,) affine.
        column_of: column of a variable by its ``id``.

    Raises:
        TypeError: an expression with a coefficient to be looked at is of a kind that ``sizes``
            does not know.
    """
    data, size = rows.data.copy(), np.abs(rows.data)
    row = np.repeat(np.arange(rows.shape[0]), np.diff(rows.indptr))
    largest = np.zeros(rows.shape[0])
    np.maximum.at(largest, row, size)
    suspect = (size > 0) & ((size < SUSPECT * largest[row]) | (largest[row] < SLIGHT))
    for number in np.unique(row[suspect]):
        terms = {column_of.get(key): size for key, size in sizes(expressions[number]).items()}
        for place in range(rows.indptr[number], rows.indptr[number + 1]):
            if abs(data[place]) <= RELATIVE * terms.get(int(rows.indices[place]), 0.0):
                data[place] = 0.0
    found = sparse.csr_array((data, rows.indices.copy(), rows.indptr.copy()), shape=rows.shape)
    found.eliminate_zeros()
    return found
