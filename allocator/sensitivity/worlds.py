"""The figures that are moved, and the instances in which they are."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any, Literal, get_args

from pydantic import ValidationError

from allocator.changing import plain
from allocator.trials import with_growth
from fact_models.spec.instance import Instance

Figure = Literal["growth", "conversion", "refund", "kol", "settlement"]
Way = Literal["low", "high"]
WAYS: tuple[Way, ...] = get_args(Way)
CONVERSIONS = ("conversion", "conversion_well", "conversion_interested", "calibration_gain")


@dataclass(frozen=True)
class World:
    """An instance in which one figure is moved.

    Attributes:
        figure: which one.
        way: ``low`` or ``high``; of settlement, ``low`` is a period later.
        instance: the instance.
    """

    figure: Figure
    way: Way
    instance: Instance


def worlds(instance: Instance, by: float) -> Iterator[World]:
    """Every figure that the instance has, down and up.

    Growth, conversion and refunds are multiplied by 1 - ``by`` and 1 + ``by``; all deals turn out
    at p10 and at p90; receipts arrive a period later and a period earlier. A figure that cannot be
    moved so far (a rate beyond 1) is left out.
    """
    # Moved figures may leave no room for the file's own ways in which they turn out.
    instance = plain(instance)
    changes: dict[Figure, Callable[[Way], Instance]] = {
        "growth": lambda way: with_growth(instance, _factor(way, by)),
        "conversion": lambda way: _conversion(instance, _factor(way, by)),
        "refund": lambda way: _refund(instance, _factor(way, by)),
        "kol": lambda way: _outcome(instance, "p10" if way == "low" else "p90"),
        "settlement": lambda way: _settled(instance, later=way == "low"),
    }
    for figure, change in changes.items():
        for way in WAYS:
            try:
                moved = change(way)
            except ValidationError:
                continue
            if moved != instance:
                yield World(figure, way, moved)


def between(instance: Instance, world: World, part: float) -> World:
    """A world ``part`` of the way from ``instance`` to ``world``: every figure in which they
    differ lies that far from the one to the other.
    """
    tree = _blend(instance.model_dump(), world.instance.model_dump(), part)
    return replace(world, instance=Instance.model_validate(tree))


def _blend(here: Any, there: Any, part: float) -> Any:
    if isinstance(here, dict) and here.keys() == there.keys():
        return {key: _blend(value, there[key], part) for key, value in here.items()}
    if isinstance(here, list) and here != there:
        # Shares of receipts: what arrives a period later makes the list longer.
        pairs = zip_longest(here, there, fillvalue=0.0)
        return [_blend(one, other, part) for one, other in pairs]
    return here if here == there else (1 - part) * here + part * there


def _factor(way: str, by: float) -> float:
    return 1 - by if way == "low" else 1 + by


def _conversion(instance: Instance, factor: float) -> Instance:
    tree = instance.model_dump()
    for segment in tree["snowball"]["segments"].values():
        for name in CONVERSIONS:
            if segment[name] is not None:
                segment[name] = min(segment[name] * factor, 1.0)
    return Instance.model_validate(tree)


def _refund(instance: Instance, factor: float) -> Instance:
    tree = instance.model_dump()
    for line in tree["goods"]["lines"].values():
        for name in ("refund_pre", "refund_post"):
            line[name] *= factor
    return Instance.model_validate(tree)


def _outcome(instance: Instance, name: str) -> Instance:
    """All deals turn out at one of their three points, for sure; what they bring besides follows
    their GMV.
    """
    if instance.kol is None:
        return instance
    tree = instance.model_dump()
    for deal, stated in zip(
        tree["kol"]["deals"].values(), instance.kol.deals.values(), strict=True
    ):
        sure, mean = deal["gmv"][name], stated.gmv.mean()
        for halo in ("own_visits", "awareness") if mean > 0 else ():
            deal[halo] = {s: amount * sure / mean for s, amount in deal[halo].items()}
        deal["gmv"] |= {"p10": sure, "p50": sure, "p90": sure}
    return Instance.model_validate(tree)


def _settled(instance: Instance, *, later: bool) -> Instance:
    """Receipts a period later or earlier; nothing moves where there is no cash row."""
    if instance.money.cash is None:
        return instance
    shares = list(instance.money.settlement)
    if later:
        shares = [0.0, *shares]
    elif len(shares) > 1:
        shares = [shares[0] + shares[1], *shares[2:]]
    tree: dict[str, Any] = instance.model_dump()
    tree["money"]["settlement"] = shares
    return Instance.model_validate(tree)
