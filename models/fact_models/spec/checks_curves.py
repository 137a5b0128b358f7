"""Checks of response curves: the shape that the program relies on, and nothing for nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from fact_models.faults import Fault
from fact_models.response import Adbudg, Piecewise
from fact_models.spec.checks_phrases import ROUNDING, Path, figure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fact_models.response import Curve
    from fact_models.spec.instance import Instance


class _Use(NamedTuple):
    """A curve, where it stands, and whether it may be S-shaped there."""

    path: Path
    curve: Curve
    s_shape: bool


def _curves(instance: Instance) -> Iterator[_Use]:
    if instance.field:
        for a, account in instance.field.accounts.items():
            yield _Use(("field", "accounts", a, "reception"), account.reception, True)
            if account.quality:
                path = ("field", "accounts", a, "quality", "curve")
                yield _Use(path, account.quality.curve, False)
        for i, boost in instance.field.boosts.items():
            yield _Use(("field", "boosts", i, "curve"), boost.curve, not boost.per_content)
        for s, curve in instance.field.overlap.items():
            yield _Use(("field", "overlap", s), curve, False)
    for c, tier in instance.alliance.tiers.items() if instance.alliance else ():
        yield _Use(("alliance", "tiers", c, "visits"), tier.visits, False)


def curves_start_at_zero(instance: Instance) -> Iterator[Fault]:
    """No curve yields anything for no effort."""
    for path, curve, _ in _curves(instance):
        if isinstance(curve, Adbudg) and curve.low > 0:
            hint = "what comes without effort is natural traffic"
            yield Fault((*path, "low"), "must be 0 here", curve.low, hint)
        elif isinstance(curve, Piecewise) and curve.y[0] > 0:
            yield Fault((*path, "y", 0), "must be 0 here", curve.y[0])


def curves_have_their_shape(instance: Instance) -> Iterator[Fault]:
    """Curves are concave, or S-shaped where that is allowed."""
    for path, curve, s_shape in _curves(instance):
        if curve.is_concave or (s_shape and curve.is_s_shaped):
            continue
        if isinstance(curve, Piecewise):
            shape = "concave or S-shaped" if s_shape else "concave"
            bend = figure(curve.inflection())
            rule = f"must give a curve that is {shape}"
            yield Fault((*path, "y"), rule, hint=f"the slope rises at x = {bend}")
        else:
            rule = "must be at most 1 here, where the curve has to be concave"
            yield Fault((*path, "slope"), rule, getattr(curve, "steepness", None))


def overlap_below_the_sum(instance: Instance) -> Iterator[Fault]:
    """There are never more distinct visits than visits."""
    for s, curve in instance.field.overlap.items() if instance.field else ():
        steepest = curve.slope(0.0)
        if curve.is_concave and steepest > 1 + ROUNDING:
            rule = "must give at most the sum of the visits"
            hint = f"its slope at 0 is {figure(steepest)}, more than 1"
            yield Fault(("field", "overlap", s), rule, hint=hint)


def content_carries(instance: Instance) -> Iterator[Fault]:
    """A boost that content carries needs the content."""
    for i, boost in instance.field.boosts.items() if instance.field else ():
        if boost.per_content and instance.field and instance.field.content is None:
            rule = "must be false without the record field.content"
            hint = "give field.content, or a curve of the spend alone"
            yield Fault(("field", "boosts", i, "per_content"), rule, boost.per_content, hint)
