"""Numbers and curves of plain values stretched by factors."""

from collections.abc import Iterator
from typing import Any

from pydantic import ValidationError

from allocator.tree import Path, Place
from allocator.tree import Tree as Placed
from allocator.wording import problems
from fact_models.spec.instance import Instance

Tree = dict[str, Any]
LOOKED_INTO = 3
"""Broken rules that are put into words."""


class ScalingError(ValueError):
    """Her figures do not fit the archetype; the text says which and what would help."""


class AnswerError(ScalingError):
    """An answer does not fit the archetype or the export.

    Attributes:
        path: of the answer.
        hint: what would mend it; may be empty.
    """

    def __init__(self, path: tuple[str, ...], rule: str, hint: str = "") -> None:
        super().__init__(rule)
        self.path = path
        self.hint = hint


def too_far(tree: Tree, error: ValidationError) -> ScalingError:
    """The error that scaled values break rules of an instance, each with field, value and rule.

    Args:
        tree: the values.
        error: what the instance's own checks say of them.
    """
    nowhere = {path: Place(0, 0) for path in _paths(tree, ())}
    broken = problems(Instance, Placed("", tree, values=nowhere), error.errors()[:LOOKED_INTO])
    rules = "; ".join(
        f"{rule.field}{f' = {rule.value}' if rule.value else ''}: {rule.rule}" for rule in broken
    )
    return ScalingError(f"the archetype cannot be scaled that far: {rules}")


def _paths(value: Any, path: Path) -> Iterator[Path]:
    """Paths of a value and of all that it holds."""
    yield path
    if isinstance(value, dict | list):
        entries = value.items() if isinstance(value, dict) else enumerate(value)
        for key, entry in entries:
            yield from _paths(entry, (*path, key))


def times(record: Tree, factor: float, *keys: str) -> None:
    """Multiply numbers, or all numbers of a mapping or a list, by ``factor``."""
    for key in keys:
        value = record.get(key)
        if isinstance(value, dict):
            record[key] = {k: v * factor for k, v in value.items()}
        elif isinstance(value, list):
            record[key] = [v * factor for v in value]
        elif value is not None:
            record[key] = value * factor


def stretch(curve: Tree, across: float, up: float) -> None:
    """Stretch a curve: what took x now takes ``across`` x, what gave y gives ``up`` y.

    Raises:
        ScalingError: the kind of curve is none of the archetypes'.
    """
    if curve["kind"] == "piecewise":
        times(curve, across, "x")
        times(curve, up, "y")
    elif curve["kind"] in ("hill", "exponential"):
        times(curve, up, "scale")
        times(curve, across, "half", "rate_scale")
    else:
        raise ScalingError(f"curves of kind {curve['kind']} cannot be scaled")
