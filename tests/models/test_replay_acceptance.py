"""Accepted volumes: planned, trimmed, greedy; the status quo, the funnel, the clock."""

from dataclasses import fields
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fact_models.decisions import Decisions, ids_of
from fact_models.replay import Cut, facts, funnel, replay, status_quo
from fact_models.replay.forward import VOLUMES
from fact_models.spec.instance import Instance
from fact_models.verify import verify
from tests.models.worlds import Tree, full_world, merged, rich_controls, tiny_tree, tiny_world

WORLD = full_world(money={"cash": {"opening": 500000.0}})
KNOWN = facts(WORLD)
RICH = rich_controls(WORLD)
CONTROLS = {"hours": 0.3, "skilled": 0.3, "boost_spend": 0.3, "content_made": 0.3}
"""Controls that are varied, and how far down."""


def varied(seed: int, volumes: float) -> Decisions:
    """Random controls that keep the rules of controls, with volumes up to ``volumes`` times."""
    rng = np.random.default_rng(seed)
    d = RICH.copy()
    for name, least in CONTROLS.items():
        array = getattr(d, name)
        array *= rng.uniform(least, 1.0, array.shape)
    d.package[:] = 0
    d.package[1] = rng.random() < 0.5
    d.start[1, 1:] = 0
    d.start[1, int(rng.integers(1, 6))] = 1
    # An account is live only once it is open: lead 1.
    opened = np.cumsum(np.append(0, d.start[1, :-1]))
    d.hours[1, 0] *= opened
    greedy = replay(WORLD, d, accept="greedy", known=KNOWN).decisions
    for name in VOLUMES:
        array = getattr(greedy, name)
        if name != "line_orders":
            array *= rng.uniform(0.2, volumes, array.shape)
    _share_lines(greedy, rng)
    return greedy


def _share_lines(d: Decisions, rng: np.random.Generator) -> None:
    """Line orders within the share bounds, sometimes more, sometimes less than the orders."""
    d.line_orders *= rng.uniform(0.5, 1.5, (d.line_orders.shape[0], 1, d.line_orders.shape[2]))


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.sampled_from([0.9, 1.5, 30.0]))
def test_trim_yields_a_plan_that_holds(seed: int, volumes: float) -> None:
    """Whatever volumes are asked for, the trimmed plan breaks no rule of volumes, raises none."""
    asked = varied(seed, volumes)
    got = replay(WORLD, asked, accept="trim", known=KNOWN)
    for name in VOLUMES:
        before, after = getattr(asked, name), getattr(got.decisions, name)
        assert np.all(after <= before * (1 + 1e-12)), name
    found = verify(WORLD, got.decisions, objective=got.objective, known=KNOWN)
    assert found.ok, found.violations[:3]


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6))
def test_greedy_is_at_least_trim(seed: int) -> None:
    """With the same controls, taking all that comes sells at least as much as a part of it."""
    asked = varied(seed, 1.0)
    trimmed = replay(WORLD, asked, accept="trim", known=KNOWN)
    greedy = replay(WORLD, asked, accept="greedy", known=KNOWN)
    assert greedy.objective >= trimmed.objective * (1 - 1e-9)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6))
def test_trim_leaves_a_good_plan_alone(seed: int) -> None:
    """A plan that holds is replayed alike by "planned" and by "trim", without a cut."""
    plan = replay(WORLD, varied(seed, 1.2), accept="trim", known=KNOWN).decisions
    planned = replay(WORLD, plan, known=KNOWN)
    record: list[Cut] = []
    trimmed = replay(WORLD, plan, accept="trim", known=KNOWN, record=record)
    assert record == []
    assert trimmed.objective == pytest.approx(planned.objective, rel=1e-12)


def test_greedy_repeats_itself() -> None:
    """A greedy plan played greedily again is the same plan."""
    first = replay(WORLD, RICH, accept="greedy").decisions
    second = replay(WORLD, first, accept="greedy").decisions
    for each in fields(first):
        assert getattr(second, each.name) == pytest.approx(getattr(first, each.name), rel=1e-9)


def test_planned_changes_nothing() -> None:
    """The plan that comes out is the plan that went in, and a copy of it."""
    plan = replay(WORLD, RICH, accept="greedy").decisions
    got = replay(WORLD, plan).decisions
    for each in fields(plan):
        assert np.array_equal(getattr(got, each.name), getattr(plan, each.name))
    got.hours[:] = -1
    assert plan.hours.min() >= 0


def test_cuts_are_told() -> None:
    """A cut names the volume, its period, what was planned and what was accepted."""
    world = tiny_world()
    plan = status_quo(world)
    plan.recommended[0, 0, 1] = 150.0
    record: list[Cut] = []
    replay(world, plan, accept="trim", record=record)
    assert [(c.volume, c.period, c.planned) for c in record] == [("recommended", 2, 150.0)]
    assert record[0].accepted == pytest.approx(100)


def test_rooms_fill_in_turn() -> None:
    """Greedy: 60 places take 30 harvested, 20 returning and 10 of 100 recommended visits."""
    segment = {"interest": 30.0, "followers": 20.0, "return_rate": 1.0}
    world = tiny_world(
        snowball={"segments": {"young": segment}, "interest": {"decay": 0.0}},
        field={"accounts": {"main": {"reception": {"rate": 6.0}}}},
    )
    d = replay(world, status_quo(world)).decisions
    filled = [d.harvested[0, 0, 0], d.returning[0, 0, 0], d.recommended[0, 0, 0]]
    assert filled == pytest.approx([30, 20, 10])


def test_shared_flows_push_nobody_out_where_another_room_is_idle() -> None:
    """A full room of 100 recommended visits and an idle one: the 60 followers go to the idle one.

    Of 150 followers the 100 idle places take the first, the rest pushes recommended visits out.
    """
    room = {"reception": {"rate": 10.0}, "traffic": {"young": 100.0}}
    idle = room | {"traffic": {"young": 0.0}, "share": 0.0}
    for followers, back, own in ((60.0, [0, 60], 100), (150.0, [50, 100], 50)):
        tree = tiny_tree(
            snowball={"segments": {"young": {"followers": followers, "return_rate": 1.0}}},
            field={"accounts": {"main": room}},
        )
        accounts = tree["field"]["accounts"]
        accounts["second"] = merged(accounts["main"], idle)
        world = Instance.model_validate(tree)
        d = replay(world, status_quo(world), accept="greedy").decisions
        assert d.returning[:, 0, 0] == pytest.approx(back)
        assert d.recommended[:, 0, 0] == pytest.approx([own, 0])


def test_skilled_reception_goes_where_it_gains_most() -> None:
    """The segment whose conversion rises most is well received first, the other gets the rest."""
    world = full_world(season=[])
    law = world.snowball.segments
    rise = [(x.conversion_well or x.conversion) - x.conversion for x in law.values()]
    first, other = np.argsort(rise)[::-1]
    d = RICH.copy()
    d.skilled[:] = 1e-3
    got = replay(world, d, accept="greedy").decisions.well_received
    assert rise[first] > rise[other]
    assert got[0, first].min() > 0
    assert not got[0, other].any()


def test_matches_go_to_the_room_that_converts_best() -> None:
    """Precise matches fill the rooms in the order of their conversion factors."""
    w = replay(WORLD, RICH, accept="greedy", known=KNOWN)
    best = int(np.argmax(KNOWN.field.factor))
    rest = [a for a in range(len(KNOWN.field.factor)) if a != best]
    matched, visits = w.decisions.matched, w.visits
    elsewhere = matched[rest].sum(axis=0) > 1e-9
    np.testing.assert_allclose(matched[best][elsewhere], visits[best][elsewhere])


def test_short_stock_cuts_every_channel_alike() -> None:
    """Stock of 5 for 10 field orders: all sold at half, and no more than there is."""
    line = {"stock": {"opening": 5.0, "lead": 0, "purchase_max": 0.0}}
    world = tiny_world(goods={"lines": {"basic": line}})
    got = replay(world, status_quo(world))
    assert got.own_orders[0, 0].tolist() == pytest.approx([5, 0, 0, 0, 0])
    assert verify(world, got.decisions).ok


def test_status_quo_replenishes() -> None:
    """Lots of 4 cover 10 sold a period; the opening lasts one, then 12, 8, 12, 8 arrive."""
    line = {"stock": {"opening": 10.0, "lead": 1, "purchase_max": 50.0, "lot": 4.0}}
    world = tiny_world(goods={"lines": {"basic": line}})
    d = status_quo(world)
    assert d.purchase[0].tolist() == pytest.approx([12, 8, 12, 8, 0])
    assert verify(world, d).ok


def test_status_quo_keeps_what_is_signed() -> None:
    """Signed packages stay, everything new stays out, and the plan holds."""
    campaigns = {"spring": {"joined": "lite", "signup_by": None}}
    world = full_world(campaign={"campaigns": campaigns})
    d = status_quo(world)
    assert d.package.tolist() == [1, 0, 0]
    assert not d.start.any()
    assert not d.deal.any()
    assert d.hours[0, :, 0].tolist() == pytest.approx([15, 9])
    assert d.skilled[0, 0] == pytest.approx(30 * 24 / 40)
    assert verify(world, d).ok


@pytest.mark.parametrize("factor", [1.0, 1.3])
def test_both_worlds_sell_the_same_at_first(factor: float) -> None:
    """The funnel's first period has the GMV of the snowball's, and its traffic stands."""
    segment = {"follower_factor": factor}
    world = full_world(season=[], snowball={"segments": {"young": segment}})
    there = funnel(world)
    here_first, there_first = (
        sum(channel[0] for channel in replay(w, status_quo(w)).gmv.values())
        for w in (world, there)
    )
    assert there_first == pytest.approx(here_first, rel=1e-12)
    traffic = replay(there, status_quo(there)).traffic
    assert np.ptp(traffic, axis=2).max() == 0
    assert funnel(there) is there


def test_funnel_raises_conversion_as_the_law_says() -> None:
    """Section 8: cr + delta (1 - exp(-F0 / (nu V0))), V0 = 100 + 10 visits."""
    segment = {"followers": 50.0, "return_rate": 0.2, "calibration_gain": 0.04}
    there = funnel(tiny_world(snowball={"segments": {"young": segment}}))
    rate = there.snowball.segments["young"].conversion
    assert rate == pytest.approx(0.1 + 0.04 * -np.expm1(-50 / 110))


def test_wrong_shape_is_refused() -> None:
    """An array of the wrong shape raises with its name."""
    plan = status_quo(tiny_world())
    plan.hours = plan.hours[..., :-1]
    with pytest.raises(ValueError, match="hours has shape"):
        replay(tiny_world(), plan)


def large(periods: int) -> Instance:
    """Three accounts, four segments, eight offers, twenty deals."""
    names = ("young", "mature", "third", "fourth")
    tree = full_world().model_dump(mode="json", by_alias=True)
    segments = tree["snowball"]["segments"]
    for name in names[2:]:
        segments[name] = {**segments["young"], "lookalike": {}}
    accounts = tree["field"]["accounts"]
    for account, key in product(accounts.values(), ("saturation", "ceiling")):
        account[key] = dict.fromkeys(names, account[key]["young"])
    accounts["third"] = {**accounts["main"], "share": 0.0}
    tree["field"]["accounts_max"] = 3
    deal = merged(tree["kol"]["deals"]["rising"], {"exclusive_with": []})
    tiers: Tree = tree["alliance"]["tiers"]
    tiers |= {"third": tiers["small"], "fourth": tiers["middle"]}
    tree["kol"]["deals"] = {f"deal{n}": deal for n in range(20)}
    tree["calendar"]["periods"] = periods
    tree["money"]["locked"] = []
    return Instance.model_validate(tree)


@pytest.mark.parametrize("periods", [26, 52])
def test_a_large_merchant_is_replayed(periods: int) -> None:
    """Three rooms, eight offers and twenty deals over half a year and a year."""
    world = large(periods)
    d = status_quo(world)
    assert d.boosted.shape == (1, 3, 4, periods)
    assert len(ids_of(world).offers) == 8
    states = replay(world, d, accept="greedy", known=facts(world))
    assert states.objective > 0
