"""Rules of Alliance (AL)."""

import numpy as np

from fact_models.replay.course import Course
from fact_models.replay.rules.check import Check
from fact_models.replay.rules.scales import Scales


def rules(w: Course, s: Scales, check: Check) -> None:
    """(AL.1) to (AL.6)."""
    a, d = w.known.alliance, w.d
    periods = w.known.ids.periods
    now = slice(0, periods)
    check.equal("AL.1", "one offer", "c t", a.tier @ d.offer, np.array(1.0), 1.0)
    # A block under way began before the horizon: its first period here stands for it.
    begun = (np.arange(periods) + a.elapsed) // a.block * a.block - a.elapsed
    begun = np.maximum(begun, 0)
    if a.elapsed:
        rest = min(a.block - a.elapsed, periods)
        held = np.repeat(a.current[:, None], rest, axis=1)
        check.equal("AL.1", "offer under way kept", "co t", d.offer[:, :rest], held, 1.0)
    check.equal("AL.1", "offer kept for a block", "co t", d.offer, d.offer[:, begun], 1.0)
    pool, mine = s.creators[:, None], (a.tier.T @ s.creators)[:, None]
    check.atmost("AL.2", "creators kept", "c t", a.tier @ d.kept, w.pool[:, now], pool)
    check.atmost("AL.3", "supply of creators", "co t", d.kept, a.supply[:, None] * d.offer, mine)
    most = a.samples_max[:, None]
    limit = np.maximum(most, 1.0)
    check.atmost("AL.4", "samples", "co t", d.samples, most * d.offer, limit)
    visits = w.creator_limit(now)
    check.atmost("AL.6", "creators' visits", "co t", d.creator_visits, visits, s.rooms[:, None])
