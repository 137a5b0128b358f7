"""Rules of Field (FI)."""

import numpy as np

from fact_models.replay.course import Course
from fact_models.replay.field import received
from fact_models.replay.rules.check import Check
from fact_models.replay.rules.scales import Scales


def rules(w: Course, s: Scales, check: Check) -> None:
    """(FI.1) to (FI.20)."""
    _openings(w, check)
    _hours(w, check)
    _flows(w, s, check)
    if w.known.ids.discounts:
        level = w.d.discount.sum(axis=0)
        check.equal("FI.20", "one discount level", "t", level, np.array(1.0), 1.0)


def _openings(w: Course, check: Check) -> None:
    f, d = w.known.field, w.d
    check.atmost("FI.1", "opening date", "a t", d.start, f.startable, 1.0)
    check.atmost("FI.2", "one opening", "a", d.start.sum(axis=1), np.array(1.0), 1.0)
    opened = w.open[:, :-1].sum(axis=0)
    check.atmost("FI.3", "open accounts", "t", opened, np.array(f.accounts_max), 1.0)


def _hours(w: Course, check: Check) -> None:
    f, d = w.known.field, w.d
    opened = w.open[:, :-1]
    least, most = f.hours_min[:, None], f.hours_max[:, None]
    switched = least > 0
    on = np.where(switched, d.on, opened)
    hours = d.hours.sum(axis=1)
    check.atmost("FI.4", "live hours", "a t", hours, most * on, most)
    check.atmost("FI.5", "fewest live hours", "a t", least * on, hours, most)
    check.atmost("FI.6", "live only if open", "a t", np.where(switched, on, 0.0), opened, 1.0)
    slots = f.slot_hours[:, :, None] * opened[:, None, :]
    check.atmost("FI.7", "slot hours", "a b t", d.hours, slots, most[:, :, None])
    skilled = f.skilled_max[:, None] * opened
    check.atmost("FI.15", "skilled hours", "a t", d.skilled, skilled, most)


def _flows(w: Course, s: Scales, check: Check) -> None:
    d = w.d
    now = slice(0, w.known.ids.periods)
    visits, total = s.visits[:, None], float(s.visits.sum())
    check.atmost("FI.9", "reception", "a t", received(d, now), w.capacity, total)
    check.atmost("FI.10", "distinct visits", "a s t", d.distinct, d.recommended, visits)
    distinct = d.distinct.sum(axis=0)
    check.atmost("FI.11", "overlap of rooms", "s t", distinct, w.overlap_limit(now), visits)
    check.atmost("FI.13", "well-received visits", "a s t", d.well_received, w.visits, visits)
    well = d.well_received.sum(axis=1)
    check.atmost("FI.14", "quality of reception", "a t", well, w.quality, total)
    orders = s.orders[:, None]
    check.atmost("FI.16", "own orders", "a s t", d.base_orders, w.base_limit(now), orders)
    boosted = d.boosted.sum(axis=1)
    check.atmost("FI.18", "boosted visits", "i s t", boosted, w.boost, visits)
