"""A plan in many worlds at once is the plan in each of them."""

from dataclasses import fields
from typing import Literal

import numpy as np
import pytest

from fact_models.overriding import changed, validated
from fact_models.replay import facts, funnel, replay
from fact_models.replay.arrays import perspective
from fact_models.replay.goods import even_shares
from fact_models.replay.many import replay_many
from fact_models.replay.stacked import Curves
from fact_models.response import (
    Adbudg,
    Curve,
    Exponential,
    Hill,
    Linear,
    Log,
    Piecewise,
    Power,
)
from fact_models.spec.instance import Instance
from fact_models.spec.scenario import Change
from tests.models.worlds import full_tree, full_world, rich_controls, tiny_world

MOVED = (
    "snowball.segments.*.traffic_per_*",
    "snowball.segments.*.conversion*",
    "snowball.segments.*.followers",
    "snowball.segments.*.customers",
    "snowball.segments.*.unfollow",
    "snowball.segments.*.contact_per_visit",
    "snowball.segments.*.return_rate",
    "snowball.interest.per_boost_visit",
    "snowball.shelf.per_follower",
    "alliance.tiers.*.conversion.*",
    "alliance.tiers.*.visits.scale",
    "alliance.tiers.*.pool",
    "field.accounts.*.conversion_factor",
    "field.accounts.*.reception.scale",
    "field.boosts.*.curve.scale",
    "goods.lines.*.refund_pre",
    "goods.lines.*.price",
)
"""Figures that differ between the worlds, each by a factor of its own."""


def worlds(count: int) -> list[Instance]:
    """``full_world`` with the figures of ``MOVED`` multiplied by 0.8 to 1.1."""
    rng = np.random.default_rng(7)
    rates = list(full_tree()["snowball"]["segments"]["young"])
    made = []
    for _ in range(count):
        changes = []
        for at in MOVED:
            factor = float(rng.uniform(0.8, 1.1))
            stem, last = at.rsplit(".", 1)
            names = [n for n in rates if last != "*" and n.startswith(last[:-1])]
            names = names if last.endswith("*") and names else [last]
            changes += [Change(at=f"{stem}.{name}", times=factor) for name in names]
        made.append(changed(full_world(), changes))
    return made


@pytest.mark.parametrize("accept", ["greedy", "controlled"])
def test_many_replays_are_the_single_ones(accept: Literal["greedy", "controlled"]) -> None:
    """Every figure of every world is that of its own replay."""
    found = worlds(6)
    plan = replay(found[0], rich_controls(found[0]), accept="greedy").decisions
    plan.kept *= 0.9
    plan.harvested *= 0.5
    known = [facts(world) for world in found]
    for world, many in zip(found, replay_many(known, plan, accept), strict=True):
        alone = replay(world, plan, accept=accept)
        for field in fields(alone):
            one, other = getattr(alone, field.name), getattr(many, field.name)
            if isinstance(one, np.ndarray):
                np.testing.assert_allclose(other, one, rtol=1e-9, atol=1e-9, err_msg=field.name)
        np.testing.assert_allclose(many.objective, alone.objective, rtol=1e-10)
        for name, volume in vars(alone.decisions).items():
            np.testing.assert_allclose(
                getattr(many.decisions, name), volume, rtol=1e-8, atol=1e-9, err_msg=name
            )


def test_short_stock_is_short_in_every_world() -> None:
    """Where stock runs out, orders are cut in each world as in its own replay."""
    tree = full_tree(goods={"lines": {"deluxe": {"stock": {"opening": 3.0}}}})
    world = validated(tree)
    plan = rich_controls(world)
    plan.purchase[:] = 0
    many = next(iter(replay_many([facts(world)], plan, "greedy")))
    alone = replay(world, plan, accept="greedy")
    free = replay(full_world(), rich_controls(full_world()), accept="greedy")
    assert alone.decisions.line_orders.sum() < free.decisions.line_orders.sum()
    ordered = alone.decisions.line_orders
    np.testing.assert_allclose(many.decisions.line_orders, ordered, rtol=1e-9, atol=1e-12)


def test_the_funnel_has_many_worlds_too() -> None:
    """Standing traffic is the same in both."""
    world = funnel(full_world())
    plan = rich_controls(world)
    many = next(iter(replay_many([facts(world)], plan, "greedy")))
    np.testing.assert_allclose(many.objective, replay(world, plan, accept="greedy").objective)


def test_a_plan_of_another_merchant_is_refused() -> None:
    """Shapes that do not fit are named."""
    with pytest.raises(ValueError, match="has shape"):
        list(replay_many([facts(tiny_world())], rich_controls(full_world()), "greedy"))


def test_facts_taken_over_are_those_of_their_own() -> None:
    """Arrays that are taken from a like instance are the instance's own."""
    base, *rest = worlds(3)
    for world in rest:
        own, taken = facts(world), facts(world, facts(base))
        for part in ("season", "campaign", "kol", "goods", "staff", "alliance"):
            for name, value in vars(getattr(own, part)).items():
                if isinstance(value, np.ndarray):
                    np.testing.assert_array_equal(getattr(getattr(taken, part), name), value)


CURVES: dict[str, tuple[Curve, Curve]] = {
    "linear": (Linear(rate=2.0), Linear(rate=3.0)),
    "power": (Power(scale=5.0, exponent=0.5), Power(scale=4.0, exponent=0.9)),
    "log": (Log(scale=5.0, half=3.0), Log(scale=9.0, half=1.0)),
    "exponential": (
        Exponential(scale=5.0, rate_scale=3.0),
        Exponential(scale=2.0, rate_scale=1.0),
    ),
    "hill": (Hill(scale=5.0, half=3.0, slope=1.5), Hill(scale=6.0, half=2.0, slope=0.8)),
    "adbudg": (
        Adbudg(low=0.0, high=5.0, half=3.0, slope=1.5),
        Adbudg(low=0.0, high=6.0, half=1.0, slope=2.0),
    ),
    "piecewise": (
        Piecewise(x=(0.0, 1.0, 5.0), y=(0.0, 2.0, 3.0)),
        Piecewise(x=(0.0, 2.0), y=(0.0, 9.0)),
    ),
    "of two kinds": (Linear(rate=2.0), Log(scale=9.0, half=1.0)),
}


@pytest.mark.parametrize("kind", CURVES)
def test_stacked_curves_are_their_own(kind: str) -> None:
    """A curve whose parameters differ from world to world gives each world its own value."""
    x, scale = np.array([4.0, 1.5, 0.0]), np.array([1.0, 2.0, 0.0])
    pair = (*CURVES[kind], CURVES[kind][0])
    found = Curves(pair).perspective(x, scale)
    alone = [perspective(c, x[n : n + 1], scale[n : n + 1])[0] for n, c in enumerate(pair)]
    np.testing.assert_allclose(found, alone)


def test_even_shares_meet_their_bounds() -> None:
    """One level cut to the bounds: 0.5 is asked for, the rest is halved."""
    least, most = np.array([[0.5, 0.0, 0.0]]), np.array([[1.0, 1.0, 1.0]])
    np.testing.assert_allclose(even_shares(least, most), [[0.5, 0.25, 0.25]], atol=1e-12)
