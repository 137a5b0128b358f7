"""Whether the snowball of a plan grows: from its replay, week over week."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from allocator.growth import geometric_mean
from fact_models.replay import Replay
from fact_models.spec.instance import Instance

FIRST = 4
"""Periods at the start that the means leave out: the plan moves away from today in them."""

Basis = Literal["traffic", "creators"]


@dataclass(frozen=True)
class Snowball:
    """The growth factor of a plan.

    Attributes:
        basis: of what: recommended visits of the own rooms without season, or visits in creators'
            rooms where there are no own rooms.
        factors: of every period, what follows over what is there; None where nothing is there.
        mean: geometric mean after the first periods; None without a factor.
        calm: the same over the periods in which no campaign and no session of the plan works, nor
            the dip of one.
        least: least factor after the first periods.
        below: share of the periods after the first in which it is below 1.
    """

    basis: Basis
    factors: tuple[float | None, ...]
    mean: float | None
    calm: float | None
    least: float | None
    below: float | None


def snowball_of(instance: Instance, states: Replay) -> Snowball:
    """The growth factor of a replayed plan."""
    if instance.field is not None and instance.field.accounts:
        basis: Basis = "traffic"
        later = np.concatenate([states.open[:, 1:], states.open[:, -1:]], axis=1)
        both = ((states.open > 0.5) & (later > 0.5))[:, None, :]
        before = np.where(both, states.traffic[..., :-1], 0.0).sum(axis=(0, 1))
        after = np.where(both, states.traffic[..., 1:], 0.0).sum(axis=(0, 1))
    else:
        basis = "creators"
        visits = states.decisions.creator_visits.sum(axis=0)
        before, after = visits[:-1], visits[1:]
    factors = tuple(
        float(two / one) if one > 0 else None for one, two in zip(before, after, strict=True)
    )
    told = factors[FIRST:]
    busy = _busy(instance, states)
    calm = [x for t, x in enumerate(factors) if t >= FIRST and not busy[t]]
    known = [x for x in told if x is not None]
    return Snowball(
        basis,
        factors,
        geometric_mean(list(told)),
        geometric_mean(calm),
        min(known, default=None),
        sum(x < 1 for x in known) / len(known) if known else None,
    )


def _busy(instance: Instance, states: Replay) -> list[bool]:
    """Periods in which a campaign, its dip or a session of the plan works."""
    calendar, plan = instance.calendar, states.decisions
    found = [False] * calendar.periods
    campaigns = instance.campaign.campaigns if instance.campaign else {}
    taken, row = plan.package, 0
    for campaign in campaigns.values():
        count = len(campaign.packages)
        if taken[row : row + count].sum() > 0.5:
            window = calendar.coverage(campaign.first, campaign.last)
            inside = [t for t, share in enumerate(window) if share > 0]
            if inside:
                low, high = inside[0], inside[-1]
                low -= campaign.pre_dip.periods if campaign.pre_dip else 0
                high += campaign.post_dip.periods if campaign.post_dip else 0
                for t in range(max(low, 0), min(high + 1, calendar.periods)):
                    found[t] = True
        row += count
    for session in np.flatnonzero(plan.deal.sum(axis=0) > 0.5):
        found[int(session)] = True
    return found
