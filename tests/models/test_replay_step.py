"""The whole world once more in plain loops: every state and every hour of a plan, term by term.

Volumes are those that the greedy replay accepted; states, flows and needs follow from them by the
numbered equations, written with scalars from the instance's records.
"""

from functools import cache
from math import exp

import pytest

from fact_models.replay import Replay, replay, status_quo
from tests.models.worlds import full_world, rich_controls, tiny_world

WORLD = full_world()
SEGMENTS = list(WORLD.snowball.segments.items())
ACCOUNTS = list((WORLD.field.accounts if WORLD.field else {}).items())
TIERS = list((WORLD.alliance.tiers if WORLD.alliance else {}).items())
STAR = WORLD.kol.deals["star"] if WORLD.kol else None
# Periods 2 and 3 are 1.2 and 1.1 for all; 3 of 7 days of period 5 are 0.8 for the second segment.
TRAFFIC = [[1, 1.2, 1.2, 1, 1, 1], [1, 1.2, 1.2, 1, 1 - 0.2 * 3 / 7, 1]]
CONVERSION = [1, 1.1, 1.1, 1, 1, 1]


@cache
def got() -> Replay:
    """The rich plan, played greedily."""
    return replay(WORLD, rich_controls(WORLD), accept="greedy")


def star_orders(s: int, t: int) -> float:
    """(KO.4) 0.8 * 75000 of GMV at 160 * 0.8 an order, on the session's day."""
    assert STAR is not None
    return STAR.mix[SEGMENTS[s][0]] * 60000 / 128 * float(got().decisions.deal[0, t])


def creator_flows(s: int, t: int) -> list[tuple[float, float]]:
    """(AL.7) Visits and orders of every (tier, offer) pair."""
    name, flows = SEGMENTS[s][0], []
    for n, (_, tier) in enumerate(pair for pair in TIERS for _ in range(2)):
        visits = tier.mix[name] * TRAFFIC[s][t] * float(got().decisions.creator_visits[n, t])
        flows.append((visits, tier.conversion[name] * CONVERSION[t] * visits))
    return flows


def own(a: int, s: int, t: int) -> tuple[float, float]:
    """(FI.12), (CA.8) Visits and orders of an own room."""
    d = got().decisions
    flows = (d.distinct, d.returning, d.inflow, d.harvested, d.boosted[0])
    return sum(float(f[a, s, t]) for f in flows), float(got().own_orders[a, s, t])


CELLS = [(s, t) for s in range(2) for t in range(6)]


@pytest.mark.parametrize(("s", "t"), CELLS)
def test_own_orders(s: int, t: int) -> None:
    """(FI.16) Term by term, the room's and the boost's conversion factors included."""
    d, rates = got().decisions, SEGMENTS[s][1]
    low = rates.conversion
    well = rates.conversion_well or low
    interested = rates.conversion_interested or low
    for a, (_, account) in enumerate(ACCOUNTS):
        orders = low * own(a, s, t)[0] + (well - low) * d.well_received[a, s, t]
        orders += (interested - low) * d.harvested[a, s, t]
        orders += (rates.follower_factor - 1) * low * d.returning[a, s, t]
        orders += (0.9 - 1) * low * d.boosted[0, a, s, t]
        orders += rates.calibration_gain * d.matched[a, s, t]
        hand = CONVERSION[t] * account.conversion_factor * orders
        assert d.base_orders[a, s, t] == pytest.approx(hand, rel=1e-12)


@pytest.mark.parametrize(("s", "t"), CELLS)
def test_traffic(s: int, t: int) -> None:
    """(SN.2), (SN.3) Term by term, look-alike and spill of creators' orders included."""
    name, rates = SEGMENTS[s]
    m, replayed = TRAFFIC[s][t], got()
    spill = 0.2 * sum(order for _, order in creator_flows(s, t))
    shared = rates.traffic_per_follower * replayed.followers[s, t]
    shared += rates.traffic_per_awareness * replayed.awareness[s, t]
    shared += rates.traffic_per_order * spill / m
    for a, (_, account) in enumerate(ACCOUNTS):
        visits, orders = own(a, s, t)
        met = rates.contact_per_visit * visits + rates.contact_per_order * orders
        drive = rates.persistence * replayed.traffic[a, s, t]
        drive += rates.persistence_served * replayed.decisions.recommended[a, s, t] / m
        drive += (rates.traffic_per_order * orders + rates.traffic_per_contact * met) / m
        drive += sum(
            rates.lookalike.get(other, 0.0) * own(a, r, t)[1] / TRAFFIC[r][t]
            for r, (other, _) in enumerate(SEGMENTS)
        )
        drive += account.share * shared
        drive += account.cold_start.get(name, 0.0) * replayed.open[a, t]
        top = account.saturation[name]
        after = 1.0 if a == 0 or t + 1 >= 2 else 0.0
        hand = min(top * (1 - exp(-drive / top)), account.ceiling[name]) * after
        assert replayed.traffic[a, s, t + 1] == pytest.approx(hand, rel=1e-12)


@pytest.mark.parametrize(("s", "t"), CELLS)
def test_deposit(s: int, t: int) -> None:
    """(SN.8) to (SN.12), (SN.15), (SN.17): followers, customers, interest, shelf."""
    rates, r = SEGMENTS[s][1], got()
    creators = creator_flows(s, t)
    star = star_orders(s, t)
    met = (0.01 * 40 + 0.1) * star
    for (visits, orders), (_, tier) in zip(
        creators, [pair for pair in TIERS for _ in range(2)], strict=True
    ):
        met += tier.contact_per_visit * visits + tier.contact_per_order * orders
    rooms = [own(a, s, t) for a in range(2)]
    met += sum(rates.contact_per_visit * v + rates.contact_per_order * o for v, o in rooms)
    free = rates.pool - r.followers[s, t]
    followers = (1 - rates.unfollow) * r.followers[s, t] + free * (1 - exp(-met / free))
    assert r.followers[s, t + 1] == pytest.approx(followers, rel=1e-12)
    content = sum(o for _, o in rooms) + sum(o for _, o in creators) + star
    shelf = 0.002 * r.followers[s, t] + 0.1 * r.awareness[s, t]
    shelf = CONVERSION[t] * TRAFFIC[s][t] * shelf + 0.1 * content
    assert r.decisions.shelf_orders[s, t] == pytest.approx(shelf, rel=1e-12)
    customers = (1 - rates.customer_churn) * r.customers[s, t]
    customers += rates.new_customer_share * (content + shelf)
    assert r.customers[s, t + 1] == pytest.approx(customers, rel=1e-12)
    interest = 0.8 * r.interest[s, t] - r.decisions.harvested[:, s, t].sum()
    interest += 0.05 * r.decisions.boosted[0, :, s, t].sum()
    interest += 0.02 * sum(v for v, _ in creators) + 0.01 * 40 * star
    interest += 0.5 * r.awareness[s, t]
    assert r.interest[s, t + 1] == pytest.approx(interest, rel=1e-12)


@pytest.mark.parametrize("t", range(6))
def test_pools(t: int) -> None:
    """(AL.5) Churn, samples after their lead, attraction by orders, pull by awareness."""
    r = got()
    for c, (_, tier) in enumerate(TIERS):
        pool = tier.awareness_pull * (r.awareness[0, t] + r.awareness[1, t])
        for o, offer in enumerate(tier.offers.values()):
            n = 2 * c + o
            pool += (1 - offer.churn) * r.decisions.kept[n, t]
            pool += tier.attraction * sum(creator_flows(s, t)[n][1] for s in range(2))
            if t >= tier.lead:
                pool += offer.activation * r.decisions.samples[n, t - tier.lead]
        if t < tier.lead:
            pool += tier.offers[tier.current_offer].activation * tier.current_samples
        assert r.pool[c, t + 1] == pytest.approx(pool, rel=1e-12)


@pytest.mark.parametrize("t", range(6))
def test_staff_hours(t: int) -> None:
    """(FI.22), (AL.10), (CA.12), (KO.9), (ST.8) Hours of host, control, video and bd."""
    d, r = got().decisions, got()
    window = [0, 0, 5 / 7, 4 / 7, 0, 0][t]
    orders = sum(own(a, s, t)[1] for a in range(2) for s in range(2))
    orders += sum(o for s in range(2) for _, o in creator_flows(s, t))
    orders += sum(star_orders(s, t) for s in range(2))
    orders += d.shelf_orders[:, t].sum() + d.repeat_orders[:, t].sum()
    live = d.hours[:, :, t].sum(axis=1)
    host = live[0] + live[1] + 0.5 * d.skilled[0, t]
    control = live[0] + 10 * window + 0.02 * orders
    video = 0.2 * d.skilled[0, t] + 0.001 * d.boost_spend[0, t] + 2 * d.content_made[t]
    bd = 0.2 * d.samples[:2, t].sum() + 0.1 * d.kept[:2, t].sum() + 0.5 * d.kept[2:, t].sum()
    bd += 20 * d.deal[0, t]
    assert r.need[:, t].tolist() == pytest.approx([host, control, video, bd], rel=1e-12)
    labour = 10 * window * 1500 / 40
    assert r.labour["campaign"][t] == pytest.approx(labour, abs=1e-9)


def test_contacts_are_cut_off() -> None:
    """(SN.10) 500 contacts in a pool of 100 count as 200: 100 (1 - exp(-2)) follow."""
    segment = {"pool": 100.0, "contact_per_visit": 1.0}
    account = {"traffic": {"young": 500.0}}
    world = tiny_world(
        snowball={"segments": {"young": segment}}, field={"accounts": {"main": account}}
    )
    r = replay(world, status_quo(world))
    assert r.contacts[0, 0] == pytest.approx(200)
    assert r.followers[0, 1] == pytest.approx(100 * (1 - exp(-2)), rel=1e-12)


def test_a_window_that_began_before_the_horizon() -> None:
    """(CA.10) Half of a signed package's awareness falls into the horizon."""
    campaign = {
        "first": "2025-12-29",
        "last": "2026-01-11",
        "packages": {"lite": {"awareness": {"young": 14.0}}},
        "joined": "lite",
    }
    world = tiny_world(
        campaign={"campaigns": {"new_year": campaign}}, snowball={"awareness_retention": 1.0}
    )
    r = replay(world, status_quo(world))
    assert r.awareness[0].tolist() == pytest.approx([0, 7, 7, 7, 7, 7])
