"""The calendar as arrays: traffic, conversion and boost cost by period (MODEL.md section 3)."""

from dataclasses import dataclass

import numpy as np

from fact_models.decisions import Array, Ids
from fact_models.replay.arrays import reciprocal
from fact_models.spec.instance import Instance


@dataclass(frozen=True)
class SeasonFacts:
    """Factors per segment and period; 1 in an ordinary period."""

    traffic: Array
    """m[s,t]."""
    per_traffic: Array
    """1 / m[s,t]; 0 where m is 0."""
    conversion: Array
    """ζ[s,t]."""
    boost_cost: Array
    """κ[t]."""


def season_facts(instance: Instance, ids: Ids) -> SeasonFacts:
    """Products over the season's spans of 1 + (factor - 1) times the share of days covered."""
    shape = ids.shape("shelf_orders")
    traffic, conversion, cost = np.ones(shape), np.ones(shape), np.ones(ids.periods)
    for span in instance.season:
        cover = np.array(instance.calendar.coverage(span.first, span.last))
        rows = [n for n, s in enumerate(ids.segments) if not span.segments or s in span.segments]
        traffic[rows] *= 1 + (span.traffic - 1) * cover
        conversion[rows] *= 1 + (span.conversion - 1) * cover
        cost *= 1 + (span.boost_cost - 1) * cover
    return SeasonFacts(traffic, reciprocal(traffic), conversion, cost)
