"""Plans for several worlds against all first decisions tried in turn, and against the second
formulation."""

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from allocator.doubt.hedge import hedge
from allocator.doubt.measures import KINDS, Measure
from allocator.doubt.worlds import World, Worlds
from fact_models.overriding import changed
from fact_models.spec.scenario import Change
from tests.allocator.enumeration import enumerated_hedge
from tests.allocator.rich import random_rich
from tests.nets.test_second_formulation import apart
from tests.nets.tiers import share
from tests.second.hedge import second_hedge

GAP = 1e-5
TOLERANCE = 1e-5
TAIL = 0.3


@cache
def worlds_of(seed: int) -> Worlds:
    """Two worlds in which other deals and campaigns pay: the instance as it is, and one whose
    rates, deals and packages are drawn anew around it.
    """
    rng = np.random.default_rng([seed, 18])
    instance = random_rich(4000 + seed, terminal=False, later=seed % 2 == 1)
    kol, campaign = instance.kol, instance.campaign
    assert kol is not None
    assert campaign is not None
    places = ["snowball.segments.*.traffic_per_order", "money.overhead"]
    places += [f"kol.deals.{k}.fee" for k in kol.deals]
    changes = [Change(at=place, times=float(rng.uniform(0.5, 1.5))) for place in places]
    for e, record in campaign.campaigns.items():
        for p in record.packages:
            at = f"campaign.campaigns.{e}.packages.{p}.uplift"
            changes.append(Change(at=at, times=float(rng.uniform(0.8, 1.2))))
    for k in kol.deals:
        by = float(rng.uniform(0.2, 2.0))
        changes += [Change(at=f"kol.deals.{k}.gmv.{p}", times=by) for p in ("p10", "p50", "p90")]
    chance = float(rng.uniform(0.2, 0.8))
    members = (
        World("as written", chance, instance),
        World("another", 1 - chance, changed(instance, changes)),
    )
    return Worlds(instance, members, "file")


@pytest.mark.parametrize("seed", share(range(80), range(1, 5)))
def test_the_hedge_is_the_best_of_all_first_decisions(
    seed: int, record_property: Callable[[str, object], None]
) -> None:
    """Three intervals meet: the hedge's, that of all first decisions tried in turn with the best
    that follows in each world, and that of the second formulation. The measure goes round.
    """
    worlds, measure = worlds_of(seed), Measure(KINDS[seed % len(KINDS)], TAIL)
    found = hedge(worlds, measure, gap=GAP, time_limit=None)
    tried = enumerated_hedge(worlds, measure, found.best)
    if found.hedge is None:
        assert tried[0] == -np.inf
        return
    members = [(world.probability, world.instance) for world in worlds.members]
    second = second_hedge(members, measure.kind, tail=TAIL, best=found.best, gap=GAP)
    mine, other = (found.value, found.bound), (second.value, second.bound)
    budget = worlds.written.money.budget
    assert budget is not None
    size = max(abs(found.bound), budget)
    worst = max(apart(mine, tried, size), apart(mine, other, size), apart(tried, other, size))
    record_property("worst", worst)
    assert worst <= TOLERANCE
    assert found.gap <= 1.01 * GAP
