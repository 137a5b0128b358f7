"""Provenance: origins lose nothing on the way, and are right where they can be found by hand."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from allocator.load import load
from fact_models.decisions import Decisions
from fact_models.replay import Facts, facts, replay, status_quo
from fact_models.replay.course import Course
from fact_models.replay.forward import run
from fact_models.replay.provenance import CHANNELS, Trace, trace
from fact_models.replay.provenance.mixing import input_share, parts_of_product, shares
from fact_models.replay.provenance.origins import origins_of
from fact_models.replay.provenance.partners import partners
from fact_models.replay.provenance.rooms import Stocks, boosted_visits, converted, rooms
from fact_models.replay.provenance.step import _awareness, _interest, _pool, _traffic
from fact_models.spec.instance import Instance
from tests.allocator.small_plan import small_plan
from tests.models.worlds import full_world, tiny_world


def busy() -> tuple[Instance, Decisions]:
    """A world with every mechanism, and a plan that uses all of them."""
    instance = full_world()
    controls = status_quo(instance)
    controls.package[:] = 1
    controls.deal[:, 3] = 1
    controls.start[1, 1] = 1
    controls.hours[1, 0, 2:] = 15.0
    controls.discount[:, 2] = controls.discount[::-1, 2]
    return instance, replay(instance, controls, accept="greedy").decisions


def real() -> tuple[Instance, Decisions]:
    """A merchant whose numbers of rooms, segments and tiers all differ, going on as today."""
    instance = load("instances/archetypes/growing-apparel-26.yaml")
    return instance, status_quo(instance)


def funnelled() -> tuple[Instance, Decisions]:
    """The world without feedback."""
    instance = full_world(snowball={"model": "funnel"})
    return instance, status_quo(instance)


def taken() -> tuple[Instance, Decisions]:
    """A plan in which something of every lever is taken."""
    plan = small_plan()
    assert plan.decisions is not None
    return plan.instance, plan.decisions


CASES: dict[str, Callable[[], tuple[Instance, Decisions]]] = {
    "busy": busy,
    "real": real,
    "funnel": funnelled,
    "small": taken,
}


@pytest.fixture(scope="module", params=CASES)
def case(request: pytest.FixtureRequest) -> tuple[Facts, Decisions, Trace]:
    """An instance, a plan, its trace."""
    instance, decisions = CASES[request.param]()
    known = facts(instance)
    return known, decisions, trace(known, decisions)


def test_the_parts_sum_to_the_gmv(case: tuple[Facts, Decisions, Trace]) -> None:
    """Channel by channel and period by period, to 1e-9 of the GMV."""
    known, decisions, found = case
    gmv = replay(known.instance, decisions, known=known).gmv
    sold = {
        "rooms": gmv["field"] + gmv["campaign"],
        "creators": gmv["alliance"],
        "sessions": gmv["kol"],
        "shelf": gmv["shelf"],
        "repeat": gmv["repeat"],
    }
    total = sum(float(x.sum()) for x in gmv.values())
    for n, channel in enumerate(CHANNELS):
        assert np.abs(found.gmv[n].sum(axis=1) - sold[channel]).max() <= 1e-9 * total
    assert abs(sum(x.sum() for x in found.levers().values()) - total) <= 1e-9 * total


def test_the_parts_sum_to_the_goal(case: tuple[Facts, Decisions, Trace]) -> None:
    """Where the goal is GMV, discounted GMV and end value by origin sum to the objective."""
    known, decisions, found = case
    assert known.instance.objective.goal == "gmv"
    weighted = found.weights @ found.gmv.sum(axis=(0, 2))
    objective = replay(known.instance, decisions, known=known).objective
    assert weighted + found.end_value.sum() == pytest.approx(objective, rel=1e-9)


def test_the_parts_sum_to_the_states(case: tuple[Facts, Decisions, Trace]) -> None:
    """Origins of every state at the start of every period sum to the replay's state."""
    known, decisions, found = case
    states = replay(known.instance, decisions, known=known)
    for t, stocks in enumerate(found.states):
        for name, vectors in vars(stocks).items():
            assert vectors.sum(axis=-1) == pytest.approx(
                getattr(states, name)[..., t], rel=1e-9, abs=1e-9
            ), (name, t)


def test_the_laws_of_the_origins_are_those_of_the_replay(
    case: tuple[Facts, Decisions, Trace],
) -> None:
    """Before anything is scaled to the replay, the origins' own laws give the replay's amounts:
    orders at the limit of (FI.16), interest, awareness, and what is not capped of the creators.
    """
    known, decisions, found = case
    w = run(known, decisions)
    origins = origins_of(known)
    for t in range(known.ids.periods):
        stocks = found.states[t]
        own, others = rooms(w, stocks, origins, t), partners(w, stocks, origins, t)
        _same_orders(w, stocks, t)
        pool = _pool(w, stocks, others, origins, t).sum(axis=-1)
        assert np.minimum(pool, known.alliance.most) == pytest.approx(w.pool[:, t + 1], rel=1e-9)
        awareness = _awareness(w, stocks, origins, t).sum(axis=-1)
        assert awareness == pytest.approx(w.awareness[:, t + 1], rel=1e-9, abs=1e-12)
        interest = _interest(w, stocks, own, others).sum(axis=-1)
        assert interest == pytest.approx(w.interest[:, t + 1], rel=1e-9, abs=1e-9)
        if not known.snowball.funnel:
            _same_traffic(w, stocks, t)


def _same_orders(w: Course, stocks: Stocks, t: int) -> None:
    origins, d, k = origins_of(w.known), w.d, w.known
    share = {name: shares(getattr(stocks, name)) for name in ("followers", "interest")}
    returning = share["followers"][None] * d.returning[..., t, None]
    harvested = share["interest"][None] * d.harvested[..., t, None]
    visits = origins.organic(w.visits[..., t])
    boosted = boosted_visits(w, origins, t)
    vectors = converted(w, stocks, origins, t, (visits, returning, harvested, boosted))
    rate = k.season.conversion[:, t] * k.field.factor[:, None]
    limit = w.base_limit(slice(t, t + 1))[..., 0]
    assert rate * vectors.sum(axis=-1) == pytest.approx(limit, rel=1e-9, abs=1e-9)


def _same_traffic(w: Course, stocks: Stocks, t: int) -> None:
    origins, field = origins_of(w.known), w.known.field
    own, others = rooms(w, stocks, origins, t), partners(w, stocks, origins, t)
    drive = _traffic(w, stocks, own, others, origins, t).sum(axis=-1)
    level = field.saturation * w.open[:, t + 1, None]
    ratio = np.divide(drive, level, out=np.zeros_like(drive), where=level > 0)
    top = field.ceiling * w.open[:, t + 1, None]
    grown = np.minimum(-level * np.expm1(-ratio), top)
    assert grown == pytest.approx(w.traffic[..., t + 1], rel=1e-9, abs=1e-9)


LINEAR: dict[str, Any] = {
    "snowball": {
        "segments": {"young": {"persistence": 0.5, "traffic_per_order": 2.0, "pool": 1e6}}
    },
    "field": {
        "boosts": {
            "feed": {
                "curve": {"kind": "linear", "rate": 2.0},
                "spend_max": 500.0,
                "mix": {"young": 1.0},
            }
        }
    },
}
"""Traffic halves and an order earns two visits: of a visit, 0.5 + 0.1 x 2 come again."""


def boosted_plan(spend: float) -> tuple[Instance, Decisions]:
    """Money in the first period only."""
    instance = tiny_world(**LINEAR)
    controls = status_quo(instance)
    controls.boost_spend[0, 0] = spend
    return instance, replay(instance, controls, accept="greedy").decisions


def test_a_boost_by_hand() -> None:
    """100 of money bring 200 visits, 20 orders of 100 at first touch: 2000. Each order earns two
    visits for the next period, of which half stay and 2 x 0.1 come again: 40 visits, then 0.7
    times as many a period.
    """
    instance, decisions = boosted_plan(100.0)
    part = trace(facts(instance), decisions).levers()["field"]
    later = 10 * 40 * (1 + 0.7 + 0.7**2 + 0.7**3)
    assert part == pytest.approx([2000.0, later], rel=1e-9)


def test_in_a_linear_world_a_source_has_what_would_be_missing_without_it() -> None:
    """The boost's two parts together are the difference of two replays."""
    gmv = []
    for spend in (0.0, 100.0):
        instance, decisions = boosted_plan(spend)
        gmv.append(sum(x.sum() for x in replay(instance, decisions).gmv.values()))
    part = trace(facts(instance), decisions).levers()["field"]
    assert part.sum() == pytest.approx(gmv[1] - gmv[0], rel=1e-9)


def test_day_one_alone_is_organic_and_fades_at_first_touch() -> None:
    """Without an act all is organic; at first touch the traffic of day one halves every period."""
    instance, decisions = boosted_plan(0.0)
    levers = trace(facts(instance), decisions).levers()
    fading = 1000.0 * sum(0.5**t for t in range(5))
    growing = 1000.0 * sum(0.7**t for t in range(5))
    assert levers["organic"] == pytest.approx([fading, growing - fading], rel=1e-9)
    assert all(not levers[x].any() for x in ("field", "alliance", "campaign", "kol"))


def test_a_package_has_what_it_adds_to_orders_less_what_its_discount_takes() -> None:
    """10 orders of 100 become 15 at 90: 1350, of which 350 are the package's."""
    package = {"fee": 0.0, "uplift": 1.5, "discount": 0.1}
    campaign = {"first": 3, "last": 3, "packages": {"full": package}}
    instance = tiny_world(campaign={"campaigns": {"spring": campaign}})
    controls = status_quo(instance)
    controls.package[:] = 1
    found = trace(facts(instance), replay(instance, controls, accept="greedy").decisions)
    assert found.levers()["campaign"] == pytest.approx([350.0, 0.0], rel=1e-9)


def test_factors_share_their_product() -> None:
    """Parts sum to the product less 1, equal factors have equal parts, 1 has none, and where one
    leaves nothing it takes all.
    """
    parts = parts_of_product(np.array([1.5, 0.8, 1.0, 1.5]))
    assert parts.sum() == pytest.approx(1.5 * 0.8 * 1.5 - 1)
    assert parts[0] == parts[3] > 0 > parts[1]
    assert parts[2] == 0
    assert parts_of_product(np.array([2.0, 0.5])) == pytest.approx([np.log(2), -np.log(2)])
    assert parts_of_product(np.array([2.0, 0.0])) == pytest.approx([0.0, -1.0])


@pytest.mark.parametrize("ratio", [1e-6, 0.3, 2.0, 20.0])
def test_the_part_of_an_input_is_its_slope(ratio: float) -> None:
    """x dy/dx over y, the derivative taken numerically."""

    def y(x: float) -> float:
        return float(-7.0 * np.expm1(-x / 7.0))

    x, h = 7.0 * ratio, 7e-6 * ratio
    slope = (y(x + h) - y(x - h)) / (2 * h)
    assert input_share(np.array([ratio]))[0] == pytest.approx(x * slope / y(x), abs=1e-8)


def test_nothing_to_share_is_organic() -> None:
    """Also where parts cancel."""
    rows = shares(np.array([[0.0, 0.0, 0.0], [0.0, 1.0, -1.0], [1.0, 3.0, 0.0]]))
    assert rows == pytest.approx(np.array([[1.0, 0.0, 0.0], [1.0, 0.0, 0.0], [0.25, 0.75, 0.0]]))
