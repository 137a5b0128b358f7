"""Relations of plans under way and of plans for several worlds.

They enter the table of ``relations``. N4 and N5 are about an instance advanced by the first
period of its plan, N6 and N7 about a hard and a good world; the measure goes round with the
number of the instance.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from allocator.doubt.measures import Kind
from allocator.doubt.worlds import with_outcome
from allocator.plan import Plan
from allocator.replan.advance import advance
from fact_models.overriding import changed as overridden
from fact_models.replay import facts
from fact_models.spec.instance import Instance
from fact_models.spec.scenario import Change
from tests.models.worlds import Tree, merged
from tests.nets.relations import (
    LESS,
    MORE,
    RELATIONS,
    SAME,
    Claim,
    Several,
    deals_of,
    each,
    relation,
)

__all__ = ["RELATIONS"]

HARD = 0.4
"""Chance of the hard world."""
MEASURES: tuple[Kind, ...] = ("expected", "worst", "cvar")


def told(instance: Instance) -> Tree:
    """An instance as plain values."""
    found: Tree = instance.model_dump(mode="json", by_alias=True, exclude_none=True)
    return found


def number(plan: Plan) -> int:
    """Number of the plan's instance."""
    return int(plan.instance.name.split("-")[-1])


def counted(plan: Plan, k: int) -> float:
    """What the first ``k`` periods of a plan bring of its objective; no end value."""
    assert plan.replay is not None
    goal = plan.instance.objective
    flows: dict[str, Any] = {
        "gmv": sum(plan.replay.gmv.values()),
        "net_gmv": plan.replay.net_gmv,
        "profit": plan.replay.contribution,
    }
    weight = (1 + goal.discount_rate) ** -np.arange(k)
    return float(weight @ flows[goal.goal][:k])


def later(plan: Plan) -> Tree:
    """The instance after the first period of its plan."""
    assert plan.decisions is not None
    return told(advance(plan.instance, plan.decisions, 1))


@relation("N4 planning anew after the first period keeps the value")
def _(tree: Tree, plan: Plan) -> Iterator[Claim]:
    # What is left is worth what the plan says, and with the first period never more than all.
    now = 1 + plan.instance.objective.discount_rate
    yield Claim(later(plan), SAME, scale=now, shift=-now * counted(plan, 1))


@relation("N5 more creators and goods on their way, more money to come never lower")
def _(tree: Tree, plan: Plan) -> Iterator[Claim]:
    left = later(plan)
    more = 0.01 * left["money"]["budget"]
    periods = left["calendar"]["periods"]
    due = [*left["money"]["cash"].get("receivables", []), *([0.0] * periods)][:periods]
    changes: Tree = {"money": {"cash": {"receivables": [due[0] + more, *due[1:]]}}}
    tiers: Tree = {}
    for c, tier in left["alliance"]["tiers"].items():
        arriving = [*tier.get("arriving", []), *([0.0] * tier["lead"])][: tier["lead"]]
        tiers[c] = {
            "pool": 1.02 * tier["pool"],
            "arriving": [1.02 * creators + 0.1 for creators in arriving],
        }
    changes["alliance"] = {"tiers": tiers}
    changes["goods"] = {"lines": {}}
    for g, line in left["goods"]["lines"].items():
        if "stock" in line:
            opening = line["stock"]["opening"] + 5.0
            changes["goods"]["lines"][g] = {"stock": {"opening": opening}}
    yield Claim(merged(left, changes), MORE, base=left)


def hard_and_good(tree: Tree) -> tuple[Tree, Tree]:
    """A world in which deals flop and visitors buy less, and one in which all deals do well."""
    instance = Instance.model_validate(tree)
    less = [Change(at="snowball.segments.*.conversion", times=0.9)]
    hard = overridden(with_outcome(instance, "p10"), less)
    return told(hard), told(with_outcome(instance, "p90"))


def several(worlds: tuple[Tree, Tree], plan: Plan, known: bool = False) -> Several:
    """The two worlds with the measure of the plan's number."""
    kind = MEASURES[number(plan) % len(MEASURES)]
    return Several(tuple(zip((HARD, 1 - HARD), worlds, strict=True)), kind, known)


@relation("N6 knowing which world comes true never costs")
def _(tree: Tree, plan: Plan) -> Iterator[Claim]:
    worlds = hard_and_good(tree)
    yield Claim(several(worlds, plan), LESS, base=several(worlds, plan, known=True))


@relation("N7 a hedge is never worse than choices made without looking at the worlds")
def _(tree: Tree, plan: Plan) -> Iterator[Claim]:
    hard, good = (made_easy(world) for world in hard_and_good(tree))
    blind = (chosen(hard, plan), chosen(good, plan))
    yield Claim(several((hard, good), plan), MORE, base=several(blind, plan, known=True))


def made_easy(tree: Tree) -> Tree:
    """The tree in which signing costs nothing before the session or the window, so that what is
    signed already costs as much as what is signed now, and in which money is no obstacle: a deal
    that does well has a commission that the plan's budget does not hold.
    """
    deals = each(deals_of(tree), lambda _: {"deposit_share": 0.0})
    campaigns = each(
        tree["campaign"]["campaigns"],
        lambda campaign: {"packages": each(campaign["packages"], lambda _: {"fee": 0.0})},
    )
    money = {"budget": 2 * tree["money"]["budget"], "budget_per_period": None}
    opening = tree["money"]["cash"]["opening"] + tree["money"]["budget"]
    money["cash"] = {"opening": opening}
    changes = {"kol": {"deals": deals}, "campaign": {"campaigns": campaigns}, "money": money}
    return merged(tree, changes)


def chosen(tree: Tree, plan: Plan) -> Tree:
    """The tree in which all first decisions are made: deals and packages as a plan has them, no
    opening, nobody hired, nobody leaves.
    """
    assert plan.decisions is not None
    roles = each(tree["staff"]["roles"], lambda _: {"hires_max": 0, "leaves_max": 0})
    rooms = sum(account.get("open", True) for account in tree["field"]["accounts"].values())
    found = merged(tree, {"staff": {"roles": roles}, "field": {"accounts_max": rooms}})
    for n, k in enumerate(deals_of(tree)):
        held = np.flatnonzero(plan.decisions.deal[n] > 0.5)
        if held.size:
            found["kol"]["deals"][k]["agreed"] = int(held[0]) + 1
        else:
            del found["kol"]["deals"][k]
    for deal in deals_of(found).values():
        others = deal.get("exclusive_with", [])
        deal["exclusive_with"] = [k for k in others if k in deals_of(found)]
    ids = facts(plan.instance).ids.packages
    taken = dict(e_p for n, e_p in enumerate(ids) if plan.decisions.package[n] > 0.5)
    for e, campaign in tree["campaign"]["campaigns"].items():
        if e in taken:
            found["campaign"]["campaigns"][e] = {**campaign, "joined": taken[e]}
        else:
            del found["campaign"]["campaigns"][e]
    empty = {k: None for k in ("kol", "campaign") if not next(iter(found[k].values()))}
    return merged(found, empty)
