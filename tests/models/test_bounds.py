"""No plan passes the largest values that the constants of the program come from, and a plan
reaches them where they are exact.
"""

from typing import Any

import numpy as np
import pytest

from fact_models.bounds import bounds
from fact_models.parameters import parameters
from fact_models.replay import replay, status_quo
from fact_models.replay.forward import Replay
from fact_models.spec.instance import Instance
from fact_models.verify import verify
from tests.models.controls import random_controls
from tests.models.worlds import full_world


def _tier(**changes: Any) -> dict[str, Any]:
    return {"alliance": {"tiers": {"small": changes, "middle": {"lead": changes.get("lead", 2)}}}}


WORLDS: dict[str, dict[str, Any]] = {
    "full": {},
    "no creators yet": _tier(pool=0.0),
    "samples work at once": _tier(lead=0),
    "samples work after the horizon": _tier(lead=9),
    "creators on their way": _tier(pool=20.0, arriving=[30.0], lead=2),
    "nobody comes by himself": _tier(attraction=0.0, awareness_pull=0.0),
    "a block under way": {"alliance": {"contract_elapsed": 2}},
    "sessions on one day": {"kol": {"spacing": 0}},
    "sessions two periods apart": {"kol": {"spacing": 2}},
}


def largest(instance: Instance, states: Replay) -> dict[str, tuple[Any, Any]]:
    """What a plan reaches and the largest values, by name."""
    p = parameters(instance)
    top, ids = bounds(instance, p), p.ids
    by_segment = {
        "awareness": states.awareness,
        "followers": states.followers,
        "customers": states.customers,
        "interest": states.interest,
        "contacts": states.contacts,
        "kol_orders": states.kol_orders,
    }
    found = {
        name: (reached, np.array([getattr(top, name)[s] for s in ids.segments]))
        for name, reached in by_segment.items()
    }
    rooms = [[top.traffic[a, s] for s in ids.segments] for a in ids.accounts]
    found["traffic"] = states.traffic, np.array(rooms)
    found["pool"] = states.pool, np.array([top.pool[c] for c in ids.tiers])
    found["creator_visits"] = (
        states.decisions.creator_visits,
        np.array([top.creator_visits[key] for key in ids.offers]),
    )
    return found


@pytest.mark.parametrize("name", WORLDS)
def test_no_plan_passes_the_largest_values(name: str) -> None:
    instance = full_world(**WORLDS[name])
    looked_at = 0
    for seed in range(40):
        states = replay(instance, random_controls(instance, seed), accept="greedy")
        if any(v.number == "KO.2" for v in verify(instance, states.decisions).violations):
            continue
        looked_at += 1
        for one, (reached, most) in largest(instance, states).items():
            assert np.all(reached <= most * (1 + 1e-9) + 1e-9), (one, seed)
    assert looked_at >= 20


@pytest.mark.parametrize("lead", [0, 1, 4])
@pytest.mark.parametrize("pool", [0.0, 80.0, 200.0])
def test_the_largest_pool_is_that_of_all_samples(lead: int, pool: float) -> None:
    """With one offer nothing has to be assumed: the plan that sends all samples reaches it."""
    changes = {"offers": {"high": None}, "pool": pool, "lead": lead, "awareness_pull": 0.0}
    instance = full_world(alliance={"tiers": {"small": changes, "middle": None}})
    plan = status_quo(instance)
    plan.samples[0] = 100.0
    states = replay(instance, plan, accept="greedy")
    found = largest(instance, states)
    (reached, most), (visits, most_visits) = found["pool"], found["creator_visits"]
    # In the last period the goods in stock end.
    assert reached[0, :-1] == pytest.approx(most[0, :-1], rel=1e-9)
    assert visits[0, :-1] == pytest.approx(most_visits[0, :-1], rel=1e-9)


def test_one_session_a_period_is_counted_where_they_are_spaced() -> None:
    """The largest inflow of a period is that of one session, of all where they may meet."""
    together, apart = (full_world(kol={"spacing": n}) for n in (0, 1))
    most = [bounds(one, parameters(one)).kol_orders for one in (together, apart)]
    sessions = parameters(apart).sessions.values()
    for s in parameters(apart).ids.segments:
        for t in range(apart.calendar.periods):
            orders = [k.orders.get(s, 0.0) for k in sessions if t in k.dates]
            assert most[0][s][t] == pytest.approx(sum(orders))
            assert most[1][s][t] == pytest.approx(max(orders, default=0.0))
