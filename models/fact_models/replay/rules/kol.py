"""Rules of Top-KOL (KO)."""

import numpy as np

from fact_models.replay.course import Course
from fact_models.replay.rules.check import Check


def rules(w: Course, check: Check) -> None:
    """(KO.1) to (KO.3) and the dates of the sessions."""
    k, q = w.known.kol, w.d.deal
    one = np.array(1.0)
    check.atmost("KO", "session date", "k t", q, k.admissible, 1.0)
    if k.agreed.any():
        check.atmost("KO.1", "agreed session kept", "k t", k.agreed, q, 1.0)
    signed = q.sum(axis=1)
    check.atmost("KO.1", "one session", "k", signed, one, 1.0)
    if k.spacing:
        sessions = q.sum(axis=0)
        near = np.array([sessions[t : t + k.spacing].sum() for t in range(sessions.size)])
        check.atmost("KO.2", "spacing of sessions", "t", near, one, 1.0)
    both = (signed[:, None] + signed[None, :]) * np.triu(k.exclusive, 1)
    check.atmost("KO.3", "deals that exclude each other", "k k", both, one, 1.0)
