"""Relations between the optima of an instance and of a changed one.

Numbers M1 to M26 are the usual ones of budget planners, restated where wages, lead times or
minimum quantities would make the plain wording false; N1 to N3 and N8 were found here, those of
plans under way and of several worlds stand in ``relations_of_time``. A relation is told on
intervals: with the optimum between objective and bound, ``opt(B) >= opt(A)`` is refuted only by
``bound(B) < objective(A)``.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np

from allocator.doubt.measures import Kind
from allocator.plan import Plan
from fact_models.response import scaled
from fact_models.spec.calendar import as_date
from fact_models.spec.instance import Instance
from tests.models.rescaled import rescaled
from tests.models.worlds import Tree, merged

MORE, LESS, SAME = 1, -1, 0
CROOKED = (1.0137, 1.0291, 1.0433, 1.0559)
"""Factors that leave no rate with few digits."""


@dataclass(frozen=True)
class Several:
    """Worlds that may come true, and how their values count.

    Attributes:
        members: probability and instance of each.
        kind: of the measure.
        known: whether every world is planned alone, as if one knew which comes true; else one
            hedge is made for all.
    """

    members: tuple[tuple[float, Tree], ...]
    kind: Kind = "expected"
    known: bool = False


@dataclass(frozen=True)
class Claim:
    """The changed instance's optimum against ``scale`` times that of the base plus ``shift``.

    Attributes:
        tree: the changed instance, or several worlds.
        sense: ``MORE``, ``LESS`` or ``SAME``.
        scale, shift: of the base's optimum.
        base: the instance compared with, if it is not the one that the relation was given, or
            several worlds.
        seed: of the solver, for the changed instance.
        idle: whether the changed instance's plan must not spend anything.
    """

    tree: Tree | Several
    sense: int
    scale: float = 1.0
    shift: float = 0.0
    base: Tree | Several | None = None
    seed: int = 0
    idle: bool = False


Relation = Callable[[Tree, Plan], Iterator[Claim]]
RELATIONS: dict[str, Relation] = {}


def relation(name: str) -> Callable[[Relation], Relation]:
    """Enter a relation under its number and words."""

    def enter(function: Relation) -> Relation:
        RELATIONS[name] = function
        return function

    return enter


def changed(tree: Tree, **changes: Any) -> Tree:
    """The tree with changes by record."""
    return merged(tree, changes)


def deals_of(tree: Tree) -> Tree:
    """The deals of a tree."""
    found: Tree = tree["kol"]["deals"]
    return found


def each(records: Tree, change: Callable[[Tree], Tree]) -> Tree:
    """A change of every record of a table."""
    return {name: change(record) for name, record in records.items()}


def times(by: float, *fields: str) -> Callable[[Tree], Tree]:
    """The fields of a record that are there, multiplied."""
    return lambda record: {f: record[f] * by for f in fields if f in record}


@relation("M1 more budget or cash never lowers")
def _(tree: Tree, plan: Plan) -> Iterator[Claim]:
    money = tree["money"]
    opening = money["cash"]["opening"] + 0.2 * money["budget"]
    more = {"budget": money["budget"] * 1.2, "cash": {"opening": opening}}
    yield Claim(changed(tree, money=more), MORE)


@relation("M2 more working hours of the same heads never lower")
def _(tree: Tree, plan: Plan) -> Iterator[Claim]:
    yield Claim(
        changed(tree, staff={"roles": each(tree["staff"]["roles"], times(1.1, "hours"))}), MORE
    )


@relation("M3 higher caps never lower")
def _(tree: Tree, plan: Plan) -> Iterator[Claim]:
    tiers = each(
        tree["alliance"]["tiers"],
        lambda tier: {
            "samples_max": tier["samples_max"] * 1.5,
            "offers": each(tier["offers"], times(1.2, "supply")),
        },
    )
    accounts = each(tree["field"]["accounts"], times(1.2, "hours_max"))
    boosts = each(tree["field"]["boosts"], times(1.5, "spend_max"))
    yield Claim(
        changed(tree, alliance={"tiers": tiers}, field={"accounts": accounts, "boosts": boosts}),
        MORE,
    )


@relation("M4 taking a lever away never helps")
def _(tree: Tree, plan: Plan) -> Iterator[Claim]:
    kinds = ("campaign", "kol", "alliance")
    yield Claim(changed(tree, **{kinds[int(plan.instance.name.split("-")[-1]) % 3]: None}), LESS)


@relation("M5 a worthless deal changes nothing")
def _(tree: Tree, plan: Plan) -> Iterator[Claim]:
    like = next(iter(deals_of(tree).values()))
    nothing = {
        **{k: like[k] for k in ("lead", "first", "last", "mix", "lines") if k in like},
        "fee": 1.0,
        "commission": 0.0,
        "visits_per_order": 10.0,
        "gmv": {"p10": 0.0, "p50": 0.0, "p90": 0.0},
    }
    yield Claim(changed(tree, kol={"deals": {"nothing": nothing}}), SAME)


@relation("M6 a tier split into equal halves never lowers")
def _(tree: Tree, plan: Plan) -> Iterator[Claim]:
    name, tier = next(iter(tree["alliance"]["tiers"].items()))
    curve = plan.instance.alliance.tiers[name].visits  # type: ignore[union-attr]
    half = {
        **tier,
        **times(0.5, "pool", "samples_max", "current_samples", "awareness_pull")(tier),
        "visits": scaled(curve, 0.5, 0.5).model_dump(mode="json", by_alias=True),
        "offers": {
            o: {**terms, "supply": terms["supply"] / 2} for o, terms in tier["offers"].items()
        },
    }
    yield Claim(changed(tree, alliance={"tiers": {name: half, "half": half}}), MORE)


@relation("M7 the order of a file means nothing")
def _(tree: Tree, plan: Plan) -> Iterator[Claim]:
    yield Claim(backwards(tree), SAME)


def backwards(value: Any) -> Any:
    """Every table written from its end."""
    if isinstance(value, dict):
        return {k: backwards(v) for k, v in reversed(list(value.items()))}
    return value


@relation("M8 names mean nothing")
def _(tree: Tree, plan: Plan) -> Iterator[Claim]:
    yield Claim(renamed(tree), SAME)


TABLES = (
    "segments lines accounts slots boosts discounts tiers offers campaigns packages deals roles"
)
WORDS = ("type", "kind", "goal", "model", "lever", "name", "cash_outcome", "currency")
"""Fields whose text is no id."""


def renamed(tree: Tree) -> Tree:
    """Every id replaced, their alphabetical order reversed."""
    ids: set[str] = set()

    def collect(value: Any) -> None:
        for key, inside in value.items() if isinstance(value, dict) else ():
            if key in TABLES.split() and isinstance(inside, dict):
                ids.update(name for name, record in inside.items() if isinstance(record, dict))
            collect(inside)

    collect(tree)
    names = {old: f"z{len(ids) - n:03d}" for n, old in enumerate(sorted(ids))}

    def told(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            return {names.get(k, k): told(v, k) for k, v in value.items()}
        if isinstance(value, list):
            return [told(v, key) for v in value]
        return names.get(value, value) if isinstance(value, str) and key not in WORDS else value

    found: Tree = told(tree)
    return found


@relation("M9 money scales")
def _(tree: Tree, plan: Plan) -> Iterator[Claim]:
    yield Claim(_told(rescaled(plan.instance, {"CNY": 1e4})), SAME, scale=1e4)


@relation("M10 hours told in quarters change nothing")
def _(tree: Tree, plan: Plan) -> Iterator[Claim]:
    yield Claim(_told(rescaled(plan.instance, {"hour": 4.0})), SAME)


def _told(instance: Instance) -> Tree:
    found: Tree = instance.model_dump(mode="json", by_alias=True, exclude_none=True)
    return found


@relation("M11 a later calendar changes nothing")
def _(tree: Tree, plan: Plan) -> Iterator[Claim]:
    yield Claim(_later(tree, 7 * 9), SAME)


def _later(value: Any, days: int) -> Any:
    if isinstance(value, dict):
        return {k: _later(v, days) for k, v in value.items()}
    if isinstance(value, list):
        return [_later(v, days) for v in value]
    if isinstance(value, str) and re.fullmatch(r"\d{4}-(W\d{2}|\d{2}-\d{2})", value):
        day = as_date(value) + timedelta(days=days)
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02d}" if "W" in value else day.isoformat()
    return value


@relation("M12 a rule tightened to what is used changes nothing")
def _(tree: Tree, plan: Plan) -> Iterator[Claim]:
    assert plan.replay is not None
    used = float(sum(flow.sum() for flow in plan.replay.spend.values()))
    yield Claim(changed(tree, money={"budget": used * (1 + 1e-6)}), SAME)


@relation("M13 a rule that others imply changes nothing")
def _(tree: Tree, plan: Plan) -> Iterator[Claim]:
    ample = 2 * tree["money"]["budget"]
    money = {"budget_per_period": tree["money"].get("budget_per_period", ample)}
    money["levers"] = {"field": {"max": ample}, "kol": {"max": ample}}
    accounts = len(tree["field"]["accounts"])
    yield Claim(changed(tree, money=money, field={"accounts_max": accounts}), SAME)


@relation("M14 deals and packages fixed as planned change nothing")
def _(tree: Tree, plan: Plan) -> Iterator[Claim]:
    assert plan.decisions is not None
    ids = plan.decisions
    deals: Tree = {}
    for n, k in enumerate(deals_of(tree)):
        at = np.flatnonzero(ids.deal[n] > 0.5)
        deals[k] = {"first": int(at[0]) + 1, "last": int(at[0]) + 1} if at.size else None
    for k, deal in deals_of(tree).items():
        if deals[k] is not None:
            keep = [other for other in deal.get("exclusive_with", []) if deals[other]]
            deals[k] |= {"exclusive_with": keep}
    if all(deal is None for deal in deals.values()):
        yield Claim(changed(tree, kol=None), SAME)
    else:
        yield Claim(changed(tree, kol={"deals": deals}), SAME)


@relation("M15 what shares nothing adds up")
def _(tree: Tree, plan: Plan) -> Iterator[Claim]:
    one = alone(tree, "")
    yield Claim(both(one, alone(tree, "b")), SAME, scale=2.0, base=one)


def alone(tree: Tree, tag: str) -> Tree:
    """The own rooms and their snowball without anything that all rooms share, ids tagged."""
    segments = tree["snowball"]["segments"]
    mine = {s: f"{s}{tag}" for s in segments}

    def tagged(table: Tree) -> Tree:
        return {mine[s]: v for s, v in table.items()}

    def room(account: Tree) -> Tree:
        by_segment = ("traffic", "cold_start", "saturation", "ceiling")
        return {
            **{k: v for k, v in account.items() if k not in ("crew", "quality")},
            **{f: tagged(account[f]) for f in by_segment if f in account},
            "opening_cost": 0.0,
            "fixed_cost": 0.0,
            # Followers' traffic is shared out over all rooms of the file.
            "share": account.get("share", 1.0) / 2,
        }

    def person(segment: Tree) -> Tree:
        return {
            **segment,
            "lookalike": {},
            "traffic_per_follower": 0.0,
            "traffic_per_awareness": 0.0,
        }

    boosts = {
        f"{i}{tag}": {k: v for k, v in boost.items() if k != "crew"}
        | {"mix": tagged(boost["mix"])}
        for i, boost in tree["field"]["boosts"].items()
        if not boost.get("per_content")
    }
    line = {"price": 100.0, "unit_cost": 0.0}
    found: Tree = {
        "name": "alone",
        "calendar": tree["calendar"],
        "snowball": {"segments": {mine[s]: person(r) for s, r in segments.items()}},
        "goods": {"lines": {"one": line}},
        "field": {
            "accounts": {f"{a}{tag}": room(r) for a, r in tree["field"]["accounts"].items()},
            "boosts": boosts,
        },
        "objective": {"terminal": False},
    }
    return found


def both(one: Tree, other: Tree) -> Tree:
    """Two such worlds in one file; every room gets no traffic of the other's segments."""
    found = merged(one, other)
    segments = found["snowball"]["segments"]
    for account in found["field"]["accounts"].values():
        for name, nothing in (("saturation", 1.0), ("ceiling", 0.0)):
            account[name] = {s: account[name].get(s, nothing) for s in segments}
    return found


@relation("M16 the first period's spend locked as planned changes nothing")
def _(tree: Tree, plan: Plan) -> Iterator[Claim]:
    assert plan.replay is not None
    locked = [
        {"lever": lever, "period": 1, "spend": max(float(plan.replay.spend[lever][0]), 0.0)}
        for lever in ("field", "alliance", "campaign", "kol")
        if lever in tree
    ]
    later = [cell for cell in tree["money"].get("locked") or [] if cell["period"] != 1]
    yield Claim(changed(tree, money={"locked": locked + later}), SAME)


@relation("M17 dearer work, creators and deals never help")
def _(tree: Tree, plan: Plan) -> Iterator[Claim]:
    tiers = each(
        tree["alliance"]["tiers"],
        lambda tier: {"offers": each(tier["offers"], times(1.1, "commission"))},
    )
    roles = each(tree["staff"]["roles"], times(1.1, "wage"))
    deals = each(deals_of(tree), times(1.2, "fee"))
    dearer = {"alliance": {"tiers": tiers}, "staff": {"roles": roles}, "kol": {"deals": deals}}
    yield Claim(merged(tree, dearer), LESS)


@relation("M18 better response of rooms and boosts, cheaper goods never lower")
def _(tree: Tree, plan: Plan) -> Iterator[Claim]:
    # A higher price is left out: a deal's GMV is given, so its orders would fall.
    rates = times(1.05, "conversion", "conversion_well", "conversion_interested")
    boosts = {
        i: {"curve": scaled(boost.curve, 1.0, 1.1).model_dump(mode="json", by_alias=True)}
        for i, boost in plan.instance.field.boosts.items()  # type: ignore[union-attr]
    }
    lines = each(tree["goods"]["lines"], times(0.95, "unit_cost"))
    segments = each(tree["snowball"]["segments"], rates)
    better = {"snowball": {"segments": segments}, "field": {"boosts": boosts}}
    yield Claim(merged(tree, {**better, "goods": {"lines": lines}}), MORE)


@relation("M19 faster payback and a stronger snowball never lower")
def _(tree: Tree, plan: Plan) -> Iterator[Claim]:
    segments = each(
        tree["snowball"]["segments"], times(1.03, "traffic_per_order", "traffic_per_contact")
    )
    faster = {"snowball": {"segments": segments}, "money": {"settlement": [1.0]}}
    yield Claim(merged(tree, faster), MORE)


@relation("M20 without feedback, or without credit, never better")
def _(tree: Tree, plan: Plan) -> Iterator[Claim]:
    off = dict.fromkeys(
        ("traffic_per_order", "traffic_per_contact", "traffic_per_follower", "persistence_served"),
        0.0,
    )
    segments = each(tree["snowball"]["segments"], lambda _: off)
    yield Claim(
        changed(tree, snowball={"segments": segments}, money={"cash": {"credit": 0.0}}), LESS
    )


@relation("M21 without a team and a budget nothing is spent")
def _(tree: Tree, plan: Plan) -> Iterator[Claim]:
    free = without_team(tree)
    nothing = changed(free, money={"budget": 0.0, "budget_per_period": None})
    yield Claim(nothing, LESS, base=free, idle=True)


def without_team(tree: Tree) -> Tree:
    """The tree without wages, rents and overhead: what must be paid even if nothing is done."""
    found = merged(tree, {"staff": None, "money": {"overhead": 0.0, "profit_floor": None}})

    def bare(value: Any, key: str = "") -> Any:
        if isinstance(value, dict):
            if key.startswith("crew"):
                return {}
            return {k: bare(v, k) for k, v in value.items()}
        return 0.0 if key == "fixed_cost" else value

    clean: Tree = bare(found)
    return clean


@relation("M22 a longer horizon without standing costs never lowers")
def _(tree: Tree, plan: Plan) -> Iterator[Claim]:
    free = changed(without_team(tree), money={"cash": {"interest": 0.0}})
    periods = tree["calendar"]["periods"]
    yield Claim(changed(free, calendar={"periods": periods + 1}), MORE, base=free)


@relation("M24 a constant shifts the value and nothing else")
def _(tree: Tree, plan: Plan) -> Iterator[Claim]:
    # Overhead is a constant of the contribution where no cash and no floor limits it.
    base = changed(
        tree,
        objective={"goal": "profit"},
        money={"cash": None, "profit_floor": None, "budget_per_period": None},
    )
    periods, rate = tree["calendar"]["periods"], tree["objective"]["discount_rate"]
    more = tree["money"]["budget"] / periods
    shift = -more * sum((1 + rate) ** -t for t in range(periods))
    overhead = base["money"]["overhead"] + more
    yield Claim(changed(base, money={"overhead": overhead}), SAME, shift=shift, base=base)


@relation("M26 another seed of the solver agrees")
def _(tree: Tree, plan: Plan) -> Iterator[Claim]:
    yield Claim(tree, SAME, seed=1)


@relation("N1 wider dates of deals never lower")
def _(tree: Tree, plan: Plan) -> Iterator[Claim]:
    periods = tree["calendar"]["periods"]
    deals = each(
        deals_of(tree), lambda deal: {"first": max(deal["first"] - 1, 1), "last": periods}
    )
    yield Claim(changed(tree, kol={"deals": deals}), MORE)


@relation("N3 a promise of the fee never lowers")
def _(tree: Tree, plan: Plan) -> Iterator[Claim]:
    promise = {"roi": 2.0, "returned": 1.0, "pro_rata": False, "after": 0}
    deals = each(deals_of(tree), lambda deal: {"guarantee": promise})
    bare = each(deals_of(tree), lambda deal: {"guarantee": None})
    yield Claim(changed(tree, kol={"deals": deals}), MORE, base=changed(tree, kol={"deals": bare}))


@relation("N8 better rates never lower, whatever their last digits")
def _(tree: Tree, plan: Plan) -> Iterator[Claim]:
    # Where all visits convert alike, terms of the program cancel, and rounding must leave nothing.
    def plain(by: float) -> Tree:
        segments = each(
            tree["snowball"]["segments"],
            lambda segment: {
                "conversion": segment["conversion"] * by,
                "conversion_well": None,
                "conversion_interested": None,
                "calibration_gain": 0.0,
                "follower_factor": 1.0,
            },
        )
        boosts = each(tree["field"]["boosts"], lambda boost: {"conversion_factor": 1.0})
        return changed(tree, snowball={"segments": segments}, field={"boosts": boosts})

    for by in CROOKED:
        yield Claim(plain(by), MORE, base=plain(1.0))


@relation("N2 more credit never lowers")
def _(tree: Tree, plan: Plan) -> Iterator[Claim]:
    credit = tree["money"]["cash"]["credit"] + 0.2 * tree["money"]["budget"]
    yield Claim(changed(tree, money={"cash": {"credit": credit}}), MORE)
