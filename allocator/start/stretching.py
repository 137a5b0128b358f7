"""Numbers and curves of plain values stretched by factors."""

from typing import Any

Tree = dict[str, Any]


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
