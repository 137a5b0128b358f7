"""Checks of the snowball and of the goods."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from fact_models.faults import Fault
from fact_models.spec.checks_phrases import (
    ROUNDING,
    Path,
    at_least,
    at_most,
    figure,
    sum_at_most_one,
)
from fact_models.spec.goods import Channel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fact_models.spec.instance import Instance


def followers_in_pool(instance: Instance) -> Iterator[Fault]:
    """Some addressable people do not follow yet."""
    for s, spec in instance.snowball.segments.items():
        if spec.followers >= spec.pool:
            path = ("snowball", "segments", s, "followers")
            hint = f"pool is {figure(spec.pool)}"
            yield Fault(path, "must be less than pool", spec.followers, hint)


def conversions(instance: Instance) -> Iterator[Fault]:
    """A better visit never converts worse: else (FI.16) is not concave in what is accepted."""
    for s, spec in instance.snowball.segments.items():
        path: Path = ("snowball", "segments", s)
        for name in ("conversion_well", "conversion_interested"):
            rate = getattr(spec, name)
            if rate is not None:
                yield from at_least((*path, name), rate, spec.conversion, "conversion")


def matched_conversion(instance: Instance) -> Iterator[Fault]:
    """A visit matched precisely brings at most one order."""
    for s, spec in instance.snowball.segments.items():
        path = ("snowball", "segments", s, "calibration_gain")
        yield from sum_at_most_one(path, spec.calibration_gain, spec.conversion, "conversion")


def persistences(instance: Instance) -> Iterator[Fault]:
    """Traffic does not grow out of itself."""
    for s, spec in instance.snowball.segments.items():
        path = ("snowball", "segments", s, "persistence_served")
        yield from sum_at_most_one(path, spec.persistence_served, spec.persistence, "persistence")


def interest_shares(instance: Instance) -> Iterator[Fault]:
    """The interest pool never gives more than it holds."""
    interest = instance.snowball.interest
    if interest:
        path = ("snowball", "interest", "harvest_max")
        yield from sum_at_most_one(path, interest.harvest_max, interest.decay, "decay")


def refunds(instance: Instance) -> Iterator[Fault]:
    """No more orders are refunded than paid."""
    for g, line in instance.goods.lines.items():
        path = ("goods", "lines", g, "refund_post")
        yield from sum_at_most_one(path, line.refund_post, line.refund_pre, "refund_pre")


def line_shares(instance: Instance) -> Iterator[Fault]:
    """Bounds of a line's share of a channel are in order."""
    for g, line in instance.goods.lines.items():
        for channel, low in line.share_min.items():
            path = ("goods", "lines", g, "share_min", channel)
            yield from at_most(path, low, line.share_max.get(channel, 1.0), "share_max")


def channel_shares(instance: Instance) -> Iterator[Fault]:
    """The lines can make up every channel."""
    lines = instance.goods.lines
    for channel in get_args(Channel):
        floors = {g: line.share_min.get(channel, 0.0) for g, line in lines.items()}
        tops = {g: line.share_max.get(channel, 1.0) for g, line in lines.items()}
        for name, shares, broken, limit in (
            ("share_min", floors, sum(floors.values()) > 1 + ROUNDING, "at most 1"),
            ("share_max", tops, sum(tops.values()) < 1 - ROUNDING, "at least 1"),
        ):
            if broken:
                largest = max(shares, key=lambda g: shares[g])
                rule = f"shares of all lines in the channel {channel} must sum to {limit}"
                hint = f"their sum is {figure(sum(shares.values()))}"
                path = ("goods", "lines", largest, name, channel)
                yield Fault(path, rule, shares[largest], hint)
