"""Many sets of parameters at once against the replay of one."""

import numpy as np

from fact_models.decisions import Array, Decisions
from fact_models.ensemble import Controls, Course, Start, rates_of, run
from fact_models.replay import Facts, Replay, facts, replay, status_quo
from fact_models.spec.field import Account
from fact_models.spec.instance import Instance
from tests.models.worlds import full_world


def world(hours: float = 24.0) -> Instance:
    """The world of all mechanisms with one room open, no skilled hours, no pool of interest."""
    tree = full_world().model_dump(by_alias=True)
    tree["calendar"]["periods"] = 12
    tree["snowball"]["interest"] = None
    for segment in tree["snowball"]["segments"].values():
        segment["interest"] = 0.0
    for account in tree["field"]["accounts"].values():
        account["quality"] = None
    tree["field"]["discounts"] = {}
    tree["kol"] = None
    tree["field"]["accounts"]["main"]["current_hours"] = hours
    return Instance.model_validate(tree)


def accounts_of(instance: Instance) -> dict[str, Account]:
    """Accounts by id."""
    return instance.field.accounts if instance.field else {}


def controls_of(instance: Instance, decisions: Decisions, states: Replay) -> Controls:
    """What the replay was given, as inputs of the course."""
    known = facts(instance)
    opened = np.array([n for n, a in enumerate(accounts_of(instance).values()) if a.open])
    kept = np.array(
        [
            sum(states.decisions.kept[n] for n, (c, _) in enumerate(known.ids.offers) if c == tier)
            for tier in known.ids.tiers
        ]
    )
    periods = instance.calendar.periods
    segments = len(known.ids.segments)
    nothing = np.zeros((periods, segments))
    return Controls(
        open=np.ones((periods + 1, opened.size)),
        market=known.season.traffic.T,
        conversion=known.season.conversion.T,
        boost_cost=known.season.boost_cost,
        reception=states.capacity[opened].T,
        well=np.zeros((periods, opened.size)),
        spend=decisions.boost_spend.T,
        content=states.content[:-1],
        creators=kept.T.reshape(periods, len(known.ids.tiers)),
        inflow=nothing,
        harvested=nothing,
        gain=nothing,
        contacts=nothing,
        package=np.zeros(periods),
        dip=np.ones(periods),
    )


def both(instance: Instance) -> tuple[Course, Replay]:
    """The course of one set of parameters, and the replay."""
    decisions = status_quo(instance)
    rng = np.random.default_rng(3)
    decisions.boost_spend *= rng.uniform(0.3, 1.0, decisions.boost_spend.shape)
    decisions.package[:] = 0
    states = replay(instance, decisions, accept="greedy")
    known = facts(instance)
    accounts = [n for n, a in enumerate(accounts_of(instance).values()) if a.open]
    names = [list(accounts_of(instance))[n] for n in accounts]
    rates = rates_of(instance, names, {}, 2)
    controls = controls_of(instance, decisions, states)
    return run(known, accounts, rates, controls, start(known, 2)), states


def start(known: Facts, count: int) -> Start:
    """The file's states of the first period."""
    return Start(
        traffic=np.repeat(known.field.traffic[:1][None], count, axis=0),
        followers=np.repeat(known.snowball.followers[None], count, axis=0),
        awareness=known.snowball.awareness,
    )


def same(found: Array, wanted: Array) -> None:
    """Equal to rounding."""
    np.testing.assert_allclose(found, wanted, rtol=1e-9)


def test_the_course_is_the_replay() -> None:
    """With the file's parameters every flow and state is the replay's."""
    instance = world()
    course, states = both(instance)
    accounts = [n for n, a in enumerate(accounts_of(instance).values()) if a.open]
    for n in range(2):
        same(course.orders[:, n].transpose(1, 2, 0), states.own_orders[accounts])
        same(course.followers[:, n].T, states.followers)
        same(course.traffic[:, n].transpose(1, 2, 0), states.traffic[accounts])
        served = states.decisions.recommended[accounts]
        same(course.recommended[:, n].transpose(1, 2, 0), served)
        same(course.creator_orders[:, n].T, states.creator_orders.sum(axis=0))


def test_the_course_is_the_replay_where_reception_binds() -> None:
    """A room that is too small turns the same visits away."""
    instance = world(hours=6.0)
    course, states = both(instance)
    served = states.decisions.recommended[:1]
    offered = states.traffic[:1, :, :-1]
    assert (served.sum(axis=1) < 0.9 * offered.sum(axis=1)).any()
    same(course.recommended[:, 0].transpose(1, 2, 0), served)
    same(course.traffic[:, 0].transpose(1, 2, 0), states.traffic[:1])


def test_sets_of_parameters_do_not_mix() -> None:
    """Each set of a pair gives what it gives alone."""
    instance = world()
    known = facts(instance)
    decisions = status_quo(instance)
    controls = controls_of(instance, decisions, replay(instance, decisions, accept="greedy"))
    name = "snowball.segments.young.traffic_per_order"
    pair = run(
        known,
        [0],
        rates_of(instance, ["main"], {name: np.array([3.0, 5.0])}, 2),
        controls,
        start(known, 2),
    )
    alone = run(
        known,
        [0],
        rates_of(instance, ["main"], {name: np.array([5.0])}, 1),
        controls,
        start(known, 1),
    )
    same(pair.orders[:, 1], alone.orders[:, 0])
    assert pair.orders[-1, 1].sum() > pair.orders[-1, 0].sum()
