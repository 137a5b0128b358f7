"""Top-KOL: single deals on admissible dates, paid ahead, with lasting awareness and a wide spread
of outcomes.

Equations (KO.n) are those of models/MODEL.md; the replay states the same law in
fact_models/replay/kol.py.
"""

from typing import Any

import pyomo.environ as pyo

from fact_models.parameters import Parameters, Session
from fact_models.spec.kol import TopKol


def build(b: Any, spec: TopKol, p: Parameters) -> None:
    """Write the deals on ``b``. It offers orders, visits, ``inflow``, ``gain``, ``contacts``,
    ``cash_out``, ``staff_hours``, ``fee_back``, ``fee_back_in_cash``.
    """
    times, sessions = list(p.periods), p.sessions
    dates = [(k, t) for k, session in sessions.items() for t in session.dates]
    possible = [k for k, session in sessions.items() if session.dates]
    b.deal = pyo.Var(dates, domain=pyo.Binary, doc="q [1]")
    # Whether at all before when: the tree branches on it with far more effect than on one date of
    # many.
    b.signed = pyo.Var(possible, domain=pyo.Binary, doc="sum of q [1]")

    @b.Constraint(possible, doc="(KO.1) signed once")
    def signed_once(b, k):
        return sum(b.deal[k, t] for t in sessions[k].dates) == b.signed[k]

    for k, session in sessions.items():
        if session.spec.agreed is not None and session.dates:
            b.signed[k].setlb(1)

    windows = [t for t in times if spec.spacing > 0 and _within(sessions, t, spec.spacing)]

    @b.Constraint(windows, doc="(KO.2) spacing of sessions")
    def spacing(b, t):
        return sum(b.deal[key] for key in _within(sessions, t, spec.spacing)) <= 1

    rivals = sorted(
        {
            (min(k, other), max(k, other))
            for k, session in sessions.items()
            for other in session.spec.exclusive_with
            if session.dates and sessions[other].dates
        }
    )

    @b.Constraint(rivals, doc="(KO.3) exclusivity")
    def exclusivity(b, k, other):
        return b.signed[k] + b.signed[other] <= 1

    def on_date(b: Any, t: int, amount: Any) -> Any:
        return sum(
            value * b.deal[k, t]
            for k, session in sessions.items()
            if t in session.dates and (value := amount(session))
        )

    @b.Expression(p.ids.segments, times, doc="(KO.4) orders in the sessions")
    def orders(b, s, t):
        return on_date(b, t, lambda k: k.orders.get(s, 0.0))

    @b.Expression(p.ids.segments, times)
    def visits(b, s, t):
        return on_date(b, t, lambda k: k.spec.visits_per_order * k.orders.get(s, 0.0))

    @b.Expression(p.ids.segments, times, doc="(KO.5) inflow into own rooms")
    def inflow(b, s, t):
        return on_date(b, t, lambda k: k.spec.acceptance * k.spec.own_visits.get(s, 0.0))

    @b.Expression(p.ids.segments, times, doc="(KO.6) awareness gained")
    def gain(b, s, t):
        return on_date(b, t, lambda k: k.spec.acceptance * k.spec.awareness.get(s, 0.0))

    @b.Expression(p.ids.segments, times, doc="(KO.7) contacts")
    def contacts(b, s, t):
        return on_date(b, t, lambda k: _contacts(k, s))

    @b.Expression(times, doc="(KO.8) cash out")
    def cash_out(b, t):
        paid = on_date(b, t, lambda k: k.fee * (1 - k.spec.deposit_share))
        for k, session in sessions.items():
            # The deposit of an agreed deal is paid already.
            if session.spec.agreed is None and t + session.spec.lead in session.dates:
                paid += session.fee * session.spec.deposit_share * b.deal[k, t + session.spec.lead]
        return paid

    @b.Expression(p.ids.roles, times, doc="(KO.9) staff hours")
    def staff_hours(b, j, t):
        return on_date(b, t, lambda k: k.spec.crew.get(j, 0.0))

    @b.Expression(times, doc="(KO.10) fees expected back")
    def fee_back(b, t):
        return on_date(b, t, lambda k: k.fee_back)

    promised = {k: x.spec.guarantee.after for k, x in sessions.items() if x.spec.guarantee}

    @b.Expression(times, doc="(KO.11) fees back in cash")
    def fee_back_in_cash(b, t):
        return sum(
            sessions[k].fee_back_in_cash * b.deal[k, t - after]
            for k, after in promised.items()
            if t - after in sessions[k].dates and sessions[k].fee_back_in_cash
        )


def _within(sessions: dict[str, Session], t: int, length: int) -> list[tuple[str, int]]:
    """Sessions that could fall into the ``length`` periods from ``t``."""
    span = range(t, t + length)
    return [(k, d) for k, session in sessions.items() for d in session.dates if d in span]


def _contacts(session: Session, s: str) -> float:
    deal = session.spec
    per_order = deal.contact_per_visit * deal.visits_per_order + deal.contact_per_order
    return per_order * session.orders.get(s, 0.0)
