"""A plan of the small merchant in which something of every lever is taken."""

from pathlib import Path
from typing import Any

from allocator.load import load
from allocator.plan import Plan
from allocator.replan.advance import advance, tail
from fact_models.decisions import ids_of
from fact_models.replay import replay, status_quo
from fact_models.spec.instance import Instance

SMALL = Path(__file__).with_name("small_merchant.yaml")


def small(**labels: str) -> Instance:
    """The small merchant; ``labels`` replaces labels by id of account, boost, tier, campaign,
    deal, role or segment.
    """
    instance = load(SMALL)
    if not labels:
        return instance
    tree = instance.model_dump(mode="json")
    for records in (
        tree["field"]["accounts"],
        tree["field"]["boosts"],
        tree["alliance"]["tiers"],
        tree["campaign"]["campaigns"],
        tree["kol"]["deals"],
        tree["staff"]["roles"],
        tree["snowball"]["segments"],
    ):
        for key in records.keys() & labels.keys():
            records[key]["label"] = labels[key]
    return Instance.model_validate(tree)


def small_plan(instance: Instance | None = None, **rest: Any) -> Plan:
    """A second room opened, a campaign joined, a deal signed, a host hired, offers changed."""
    instance = small() if instance is None else instance
    ids = ids_of(instance)
    controls = status_quo(instance)
    controls.start[1, 0] = 1
    controls.hours[1, 0, 1:] = 10
    controls.package[ids.packages.index(("spring", "full"))] = 1
    controls.deal[0, 4] = 1
    controls.hires[0, 1] = 1
    controls.offer[:, 4:] = controls.offer[::-1, 4:]
    controls.samples[:, 4:] = controls.samples[::-1, 4:]
    greedy = replay(instance, controls, accept="greedy").decisions
    found = Plan.of(instance, "optimal", greedy, 1e7)
    trace = [(0.5, "LP", None, 2e7), (2.0, "MILP", found.objective, 1e7)]
    growth = {
        "mean_factor": dict.fromkeys(instance.snowball.segments, 1.02),
        "yuan": {"4": 1.5, "8": None},
        "yuan_lever": "boost feed",
        "returned_share": 0.2,
    }
    given: dict[str, Any] = {"trace": trace, "growth": growth, **rest}
    return Plan.of(instance, "optimal", greedy, 1e7, **given)


def later_plan(weeks: int, **money: Any) -> Plan:
    """What is left of the small plan after its first weeks; ``money`` replaces figures of money.

    After 4 weeks the deal and the package are signed, after 6 the deal's session is over.
    """
    whole = small_plan()
    assert whole.decisions is not None
    later = advance(whole.instance, whole.decisions, weeks)
    tree = later.model_dump(mode="json")
    tree["money"] |= money
    instance = Instance.model_validate(tree)
    return Plan.of(instance, "optimal", tail(whole.decisions, weeks), 1e7)


def spent_plan(left: float = 0.0, **money: Any) -> Plan:
    """What is left of the small plan after 4 weeks, with a budget of which ``left`` is left."""
    plan = later_plan(4)
    spent = float(plan.budget["spend"].sum()) + plan.instance.money.past.spend()
    return later_plan(4, budget=spent + left, **money)
