"""Rules of Staff (ST)."""

import numpy as np

from fact_models.decisions import Array
from fact_models.replay.course import Course
from fact_models.replay.rules.check import Check
from fact_models.replay.rules.scales import Scales


def rules(w: Course, s: Scales, need: Array, check: Check) -> None:
    """(ST.3) to (ST.6), the hiring dates and who can cover whom."""
    f, d = w.known.staff, w.d
    hours, trained = s.hours[:, None], f.hours[:, None] * w.productive
    given = d.cover.sum(axis=1)
    taken = (f.covers[:, :, None] * d.cover).sum(axis=0)
    there = trained + d.overtime + d.outsourced + taken
    check.atmost("ST.3", "staff hours", "j t", need + given, there, hours)
    unable = np.where(f.covers[:, :, None] > 0, 0.0, d.cover)
    check.atmost("ST.3", "cover by roles that can", "j j t", unable, np.array(0.0), hours[0:1])
    extra = f.overtime_share[:, None] * trained
    check.atmost("ST.4", "overtime", "j t", d.overtime, extra, hours)
    roles = f.roles
    least = np.array([r.heads_min for r in roles], dtype=np.float64)[:, None]
    most = np.array([np.inf if r.heads_max is None else r.heads_max for r in roles])[:, None]
    heads = np.maximum(f.heads, 1.0)[:, None]
    check.atmost("ST.5", "fewest heads", "j t", least, w.heads, heads)
    check.atmost("ST.5", "most heads", "j t", w.heads, most, heads)
    total = np.array([np.inf if r.hires_total is None else r.hires_total for r in roles])
    check.atmost("ST.6", "hires over the horizon", "j", d.hires.sum(axis=1), total, 1.0)
    closed = (np.arange(w.known.ids.periods) + f.hire_elapsed) % f.hire_every != 0
    check.atmost("ST.1", "hiring date", "j t", d.hires * closed, np.array(0.0), 1.0)
