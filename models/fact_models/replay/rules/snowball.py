"""Rules of the snowball (SN)."""

import numpy as np

from fact_models.replay.course import Course
from fact_models.replay.rules.check import Check
from fact_models.replay.rules.scales import Scales


def rules(w: Course, s: Scales, check: Check) -> None:
    """(SN.1) to (SN.7), (SN.13) to (SN.19)."""
    d = w.d
    now = slice(0, w.known.ids.periods)
    visits, orders = s.visits[:, None], s.orders[:, None]
    traffic = w.recommended_limit(now)
    check.atmost("SN.1", "recommended visits", "a s t", d.recommended, traffic, visits)
    back = d.returning.sum(axis=0)
    check.atmost("SN.5", "returning followers", "s t", back, w.returning_limit(now), visits)
    matched = d.matched.sum(axis=0)
    if w.known.snowball.funnel:
        check.atmost("SN.19", "no matching in the funnel", "s t", matched, np.array(0.0), visits)
    else:
        check.atmost("SN.6", "matched visits", "s t", matched, w.matched_limit(now), visits)
    check.atmost("SN.7", "matched visits are served", "a s t", d.matched, w.visits, visits)
    limit = w.repeat_limit(now)
    check.atmost("SN.13", "repeat orders", "s t", d.repeat_orders, limit, orders)
    harvest = d.harvested.sum(axis=0)
    check.atmost("SN.14", "harvest", "s t", harvest, w.harvest_limit(now), visits)
    check.atmost("SN.15", "interest pool", "s t", -w.interest[:, 1:], np.array(0.0), visits)
    limit = w.shelf_limit(now)
    check.atmost("SN.17", "shelf orders", "s t", d.shelf_orders, limit, orders)
    landed = d.inflow.sum(axis=0)
    check.atmost("SN.18", "inflow of campaigns and KOLs", "s t", landed, w.landing, visits)
