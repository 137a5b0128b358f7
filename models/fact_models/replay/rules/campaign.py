"""Rules of Campaign (CA)."""

import numpy as np

from fact_models.replay.campaign import price_rule
from fact_models.replay.course import Course
from fact_models.replay.rules.check import Check


def rules(w: Course, check: Check) -> None:
    """(CA.1) to (CA.3), eligibility and signed packages."""
    c, d, ids = w.known.campaign, w.d, w.known.ids
    check.atmost("CA", "package eligible", "ep", d.package, c.eligible, 1.0)
    check.atmost("CA", "signed package kept", "ep", c.joined * c.eligible, d.package, 1.0)
    of = np.zeros((len(ids.campaigns), len(ids.packages)))
    of[list(c.of), range(len(c.of))] = 1
    taken = of @ d.package
    check.atmost("CA.1", "one package", "e", taken, np.array(1.0), 1.0)
    both = (taken[:, None] + taken[None, :]) * np.triu(c.conflict, 1)
    check.atmost("CA.2", "campaigns that conflict", "e e", both, np.array(1.0), 1.0)
    broken = price_rule(w.known.instance, ids)
    both = (d.package[:, None, None] + d.deal[None]) * broken
    check.atmost("CA.3", "lowest price", "ep k t", both, np.array(1.0), 1.0)
