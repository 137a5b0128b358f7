"""The verifier passes a good plan and names every rule that a tampered one breaks."""

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest

from fact_models.decisions import AXES, INTEGER, Decisions
from fact_models.replay import Replay, funnel, replay, status_quo
from fact_models.replay.rules.bounds import BINARY, OF
from fact_models.verify import Verification, verify
from tests.models.worlds import Tree, full_world, rich_controls, tiny_world

Tamper = Callable[[Decisions], Tree | None]


@cache
def good() -> Replay:
    """A plan of ``full_world`` that uses every mechanism."""
    world = full_world()
    return replay(world, rich_controls(world), accept="greedy")


def put(name: str, place: tuple[int | slice, ...], value: float) -> Tamper:
    """Writes ``value`` into an array."""

    def tamper(d: Decisions) -> None:
        getattr(d, name)[place] = value

    return tamper


def add(name: str, place: tuple[int | slice, ...], value: float) -> Tamper:
    """Adds ``value`` to entries of an array."""

    def tamper(d: Decisions) -> None:
        getattr(d, name)[place] += value

    return tamper


def world(**changes: Tree) -> Tamper:
    """Leaves the plan and changes the instance."""
    return lambda d: changes


def both(*tampers: Tamper) -> Tamper:
    """Several tampers in turn; the last one's change of the instance counts."""

    def tamper(d: Decisions) -> Tree | None:
        changes = None
        for each in tampers:
            changes = each(d) or changes
        return changes

    return tamper


def two_lines_swapped(d: Decisions) -> None:
    """All field orders of period 3 on the first line, whose share is at most 0.8."""
    total = d.line_orders[0, :, 2].sum()
    d.line_orders[0, :, 2] = [total, 0]


def other_line(d: Decisions) -> None:
    """All field orders of period 3 on the second line; the first must keep 0.3."""
    total = d.line_orders[0, :, 2].sum()
    d.line_orders[0, :, 2] = [0, total]


A_S = (0, 0, 3)
KOL_EARLY: Tree = {"deals": {"rising": {"discount": 0.5}}}
TAMPERS: dict[str, tuple[str, str, int | None, Tamper]] = {
    "spend over its largest": (
        "FI", "boost spend within its largest", 3, put("boost_spend", (0, 2), 8001.0)
    ),
    "content over its largest": (
        "FI", "content made within its largest", 2, put("content_made", (1,), 31.0)
    ),
    "bought over its largest": (
        "FI", "content bought within its largest", 6, put("content_bought", (5,), 10.1)
    ),
    "opening too early": ("FI.1", "opening date", 1, put("start", (1, 0), 1.0)),
    "opening an open account": ("FI.1", "opening date", 4, put("start", (0, 3), 1.0)),
    "opened twice": ("FI.2", "one opening", None, put("start", (1, 4), 1.0)),
    "too many accounts": ("FI.3", "open accounts", 3, world(field={"accounts_max": 1})),
    "hours beyond the account": (
        "FI.4", "live hours", 2, both(put("hours", (0, 0, 1), 25.0), put("hours", (0, 1, 1), 15.1))
    ),
    "hours while off": ("FI.4", "live hours", 5, put("on", (0, 4), 0.0)),
    "too few hours": ("FI.5", "fewest live hours", 4, put("hours", (0, slice(None), 3), 1.0)),
    "live before the opening": (
        "FI.6", "live only if open", 1,
        both(put("on", (1, 0), 1.0), world(field={"accounts": {"second": {"hours_min": 1.0}}})),
    ),
    "hours beyond the slot": ("FI.7", "slot hours", 6, put("hours", (0, 1, 5), 16.0)),
    "hours of an account not open": ("FI.7", "slot hours", 2, put("hours", (1, 0, 1), 1.0)),
    "more visits than reception": ("FI.9", "reception", 3, put("hours", (1, 0, 2), 0.01)),
    "distinct beyond recommended": (
        "FI.10", "distinct visits", 4, add("distinct", (0, 1, 3), 50.0)
    ),
    "overlap forgotten": ("FI.11", "overlap of rooms", 5, add("distinct", (0, 0, 4), 500.0)),
    "more well received than served": (
        "FI.13", "well-received visits", 4, put("well_received", A_S, 5e4)
    ),
    "well received without skill": (
        "FI.14", "quality of reception", 1, put("skilled", (0, 0), 0.0)
    ),
    "skilled hours too many": ("FI.15", "skilled hours", 1, put("skilled", (0, 0), 31.0)),
    "skilled hours without quality": ("FI.15", "skilled hours", 5, put("skilled", (1, 4), 1.0)),
    "orders from nowhere": ("FI.16", "own orders", 4, add("base_orders", A_S, 1.0)),
    "orders of well-received visits that were not": (
        "FI.16", "own orders", 4, put("well_received", A_S, 0.0)
    ),
    "boosted visits without spend": (
        "FI.18", "boosted visits", 2, put("boost_spend", (0, 1), 100.0)
    ),
    "boosted visits without content": (
        "FI.18", "boosted visits", 2, put("content_made", (0,), 0.0)
    ),
    "two discount levels": ("FI.20", "one discount level", 1, put("discount", (1, 0), 1.0)),
    "no discount level": ("FI.20", "one discount level", 2, put("discount", (0, 1), 0.0)),
    "two offers": ("AL.1", "one offer", 6, put("offer", (0, 5), 1.0)),
    "offer changed inside a block": (
        "AL.1", "offer kept for a block", 3,
        both(put("offer", (0, 2), 0.0), put("offer", (1, 2), 1.0)),
    ),
    "creators from nowhere": ("AL.2", "creators kept", 2, add("kept", (0, 1), 1.0)),
    "creators without samples": ("AL.2", "creators kept", 6, put("samples", (1, 3), 0.0)),
    "creators under no offer": ("AL.3", "supply of creators", 1, put("kept", (1, 0), 1.0)),
    "too many samples": ("AL.4", "samples", 2, put("samples", (0, 1), 101.0)),
    "creators' visits too many": (
        "AL.6", "creators' visits", 4, add("creator_visits", (2, 3), 9.0)
    ),
    "package of an unfit merchant": (
        "CA", "package eligible", None, world(merchant={"score": 70.0})
    ),
    "package after the sign-up date": (
        "CA", "package eligible", None,
        world(campaign={"campaigns": {"spring": {"signup_by": "2025-12-31"}}}),
    ),
    "package of a merchant too new": (
        "CA", "package eligible", None,
        both(
            put("package", (2,), 1.0), put("package", (1,), 0.0), world(merchant={"new_until": 6})
        ),
    ),
    "signed package dropped": (
        "CA", "signed package kept", None,
        world(campaign={"campaigns": {"spring": {"joined": "lite"}}}),
    ),
    "two packages": ("CA.1", "one package", None, put("package", (0,), 1.0)),
    "campaigns too close": (
        "CA.2", "campaigns that conflict", None,
        both(put("package", (2,), 1.0), world(campaign={"separation": 2})),
    ),
    "campaigns in conflict": (
        "CA.2", "campaigns that conflict", None,
        both(
            put("package", (2,), 1.0),
            world(campaign={"campaigns": {"summer": {"conflicts": ["spring"]}}}),
        ),
    ),
    "price undercut before a campaign": (
        "CA.3", "lowest price", 2, both(put("deal", (1, 1), 1.0), world(kol=KOL_EARLY))
    ),
    "price undercut a day before a campaign": (
        "CA.3", "lowest price", 3,
        both(
            put("deal", (1, 2), 1.0),
            world(kol=KOL_EARLY, campaign={"campaigns": {"spring": {"price_days": 1}}}),
        ),
    ),
    "session outside its dates": ("KO", "session date", 6, put("deal", (0, 5), 1.0)),
    "session before signing is possible": (
        "KO", "session date", 1,
        both(put("deal", (0, 0), 1.0), world(kol={"deals": {"star": {"first": 1}}})),
    ),
    "two sessions": ("KO.1", "one session", None, put("deal", (0, 2), 1.0)),
    "sessions too close": ("KO.2", "spacing of sessions", 4, put("deal", (1, 3), 1.0)),
    "exclusive deals": ("KO.3", "deals that exclude each other", None, put("deal", (1, 0), 1.0)),
    "recommended beyond traffic": (
        "SN.1", "recommended visits", 3, add("recommended", (0, 0, 2), 10.0)
    ),
    "followers return too often": (
        "SN.5", "returning followers", 2, add("returning", (0, 1, 1), 5.0)
    ),
    "matched without followers": ("SN.6", "matched visits", 6, add("matched", (0, 0, 5), 20.0)),
    "matched but not served": (
        "SN.7", "matched visits are served", 2, put("matched", (1, 0, 1), 10.0)
    ),
    "repeat orders without customers": (
        "SN.13", "repeat orders", 5, add("repeat_orders", (0, 4), 1.0)
    ),
    "harvest beyond its share": ("SN.14", "harvest", 2, add("harvested", (0, 0, 1), 20.0)),
    "harvest beyond the pool": ("SN.15", "interest pool", 2, add("harvested", (0, 0, 1), 5e3)),
    "shelf orders from nowhere": ("SN.17", "shelf orders", 1, add("shelf_orders", (1, 0), 1.0)),
    "inflow without a source": (
        "SN.18", "inflow of campaigns and KOLs", 6, put("inflow", (0, 1, 5), 5.0)
    ),
    "purchase over its largest": (
        "GO", "purchase within its largest", 1, put("purchase", (1, 0), 1050.0)
    ),
    "purchase of a line without stock": (
        "GO", "purchase within its largest", 2, put("purchase", (0, 1), 1.0)
    ),
    "broken lot": ("GO", "whole lots", 3, put("purchase", (1, 2), 60.0)),
    "orders without a line": ("GO.1", "orders by line", 4, add("line_orders", (0, 0, 3), -1.0)),
    "share below its least": ("GO.2", "smallest share of a line", 3, other_line),
    "share above its most": ("GO.2", "largest share of a line", 3, two_lines_swapped),
    "sold out": ("GO.4", "stock", 6, put("purchase", (1, slice(None)), 0.0)),
    "no stock for the campaign": (
        "GO.5", "stock when a campaign opens", 3,
        world(goods={"lines": {"deluxe": {"stock": {"opening": 200.0}}}}),
    ),
    "no stock for the session": (
        "GO.5", "stock for a KOL session", 5,
        world(kol={"deals": {"star": {"stock_floor": {"deluxe": 700.0}}}}),
    ),
    "too much work": ("ST.3", "staff hours", 4, put("cover", (0, 1, 3), 160.0)),
    "cover by the wrong role": (
        "ST.3", "cover by roles that can", 2, put("cover", (2, 1, 1), 5.0)
    ),
    "overtime beyond its share": ("ST.4", "overtime", 1, put("overtime", (1, 0), 25.0)),
    "too few heads": ("ST.5", "fewest heads", 6, put("leaves", (0, slice(1, 6)), 1.0)),
    "too many heads": (
        "ST.5", "most heads", 2,
        world(staff={"roles": {"host": {"heads_max": 4.0}}}),
    ),
    "too many hires over the horizon": (
        "ST.6", "hires over the horizon", None, put("hires", (0, 2), 4.0)
    ),
    "too many hires at once": ("ST", "hires within their largest", 3, put("hires", (0, 2), 4.0)),
    "hired in the wrong period": ("ST.1", "hiring date", 2, put("hires", (0, 1), 1.0)),
    "too many leave": ("ST", "leaves within their largest", 5, put("leaves", (0, 4), 3.0)),
    "outsourced beyond its largest": (
        "ST", "outsourced hours within their largest", 2, put("outsourced", (3, 1), 61.0)
    ),
    "budget": ("MO.7", "budget", None, world(money={"budget": 200000.0})),
    "budget of a period": (
        "MO.8", "budget of a period", 5, world(money={"budget_per_period": 50000.0})
    ),
    "field below its least": (
        "MO.9", "least spend of field", None, world(money={"levers": {"field": {"min": 6e4}}})
    ),
    "field above its most": (
        "MO.9", "largest spend of field", None, world(money={"levers": {"field": {"max": 4e4}}})
    ),
    "field below its share": (
        "MO.10", "least share of field", None,
        world(money={"levers": {"field": {"share_min": 0.8}}}),
    ),
    "field above its share": (
        "MO.10", "largest share of field", None,
        world(money={"levers": {"field": {"share_max": 0.2}}}),
    ),
    "locked cell": ("MO.11", "locked spend of kol", 1, put("deal", (1, 0), 1.0)),
    "credit line": ("MO.14", "credit line", 2, put("drawn", (1,), 80001.0)),
    "cash floor": (
        "MO.14", "cash floor", 3, world(money={"cash": {"opening": 42000.0}})
    ),
    "contribution": ("MO.16", "contribution", None, world(money={"profit_floor": 1e6})),
    "GMV per spend": ("MO.17", "GMV per spend", None, world(money={"roi_floor": 9.0})),
    "target": (
        "OB.4", "target", None, world(objective={"goal": "cost", "target": 1e7})
    ),
}  # fmt: skip
"""Rule that each tampering breaks: number, name, period."""


def after(tamper: Tamper) -> Verification:
    """The verifier's word on the good plan once tampered with."""
    d = good().decisions.copy()
    changes = tamper(d)
    return verify(full_world(**(changes or {})), d)


def test_a_good_plan_passes() -> None:
    """The plan keeps every rule to rounding, and its objective is recomputed."""
    found = verify(full_world(), good().decisions, objective=good().objective)
    assert found.ok
    assert found.violations == ()
    assert found.max_violation < 1e-12
    assert found.objective == good().objective


@pytest.mark.parametrize("name", TAMPERS)
def test_tampering_is_caught(name: str) -> None:
    """The broken rule is named with its number and period."""
    number, rule, period, tamper = TAMPERS[name]
    found = after(tamper)
    assert not found.ok
    assert found.max_violation > 1e-6
    assert (number, rule, period) in {(v.number, v.rule, v.period) for v in found.violations}


@pytest.mark.parametrize("name", AXES)
@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_nonsense_is_caught(name: str, value: float) -> None:
    """nan and inf in any array break a rule of that array."""
    d = good().decisions.copy()
    getattr(d, name).flat[-1] = value
    found = verify(full_world(), d)
    assert not found.ok
    assert (OF[name], f"{name} finite") in {(v.number, v.rule) for v in found.violations}


@pytest.mark.parametrize("name", AXES)
def test_a_negative_amount_is_caught(name: str) -> None:
    """An amount below zero in any array breaks a rule of that array."""
    d = good().decisions.copy()
    getattr(d, name).flat[-1] = -1.0
    found = {(v.number, v.rule) for v in verify(full_world(), d).violations}
    assert (OF[name], f"{name} not negative") in found


@pytest.mark.parametrize("name", INTEGER)
def test_a_fraction_is_caught(name: str) -> None:
    """Half a head, half an offer."""
    d = good().decisions.copy()
    getattr(d, name).flat[-1] = 0.5
    found = {(v.number, v.rule) for v in verify(full_world(), d).violations}
    assert (OF[name], f"{name} whole") in found


@pytest.mark.parametrize("name", BINARY)
def test_twice_is_caught(name: str) -> None:
    """What can be done once is not done twice."""
    d = good().decisions.copy()
    getattr(d, name).flat[-1] = 2.0
    found = {(v.number, v.rule) for v in verify(full_world(), d).violations}
    assert (OF[name], f"{name} at most 1") in found


@pytest.mark.parametrize("name", AXES)
def test_a_missing_period_is_caught(name: str) -> None:
    """An array that lacks its last entry is refused before anything is computed."""
    d = good().decisions.copy()
    setattr(d, name, getattr(d, name)[..., :-1])
    found = verify(full_world(), d)
    assert not found.ok
    assert [(v.number, v.rule) for v in found.violations] == [(OF[name], f"{name} has its shape")]


@pytest.mark.parametrize("stated", [1.01, 1 + 2e-6, 0.0, float("nan"), float("inf")])
def test_a_wrong_objective_is_caught(stated: float) -> None:
    """A stated objective that is not the recomputed one."""
    found = verify(full_world(), good().decisions, objective=stated * good().objective)
    assert [v.number for v in found.violations] == ["OB.3"]


def test_matching_in_the_funnel_is_caught() -> None:
    """(SN.19) The funnel matches nobody."""
    there = funnel(full_world())
    d = status_quo(there)
    assert verify(there, d).ok
    d.matched[0, 0, 2] = 5.0
    assert ("SN.19", 3) in {(v.number, v.period) for v in verify(there, d).violations}


def test_every_rule_is_reached() -> None:
    """Each rule that the verifier knows is broken by some test above."""
    ends = ("finite", "not negative", "whole", "at most 1", "has its shape")
    cost = full_world(objective={"goal": "cost", "target": 1.0})
    rules = set(verify(full_world(), good().decisions, objective=1.0).rules)
    rules |= set(verify(cost, good().decisions).rules)
    named = {rule for rule in rules if not rule[1].endswith(ends)} - {("OB.3", "stated objective")}
    reached = {(number, rule) for number, rule, _, _ in TAMPERS.values()}
    # The rows of a lever's limits are the same for every lever.
    named = {rule for rule in named if not rule[1].endswith("of alliance")}
    assert named == reached


def test_worst_violation_comes_first() -> None:
    """Violations fall in order of their relative size, nan before all."""
    d = good().decisions.copy()
    d.samples[0, 1] = 500.0
    d.base_orders[0, 0, 3] *= 1.01
    sizes = [v.relative for v in verify(full_world(), d).violations]
    assert sizes == sorted(sizes, reverse=True)
    d.samples[0, 1] = float("nan")
    assert not np.isfinite(verify(full_world(), d).violations[0].relative)


def test_money_unit_does_not_matter() -> None:
    """The same plan, the same relative violation in CNY and in units of 10,000 CNY."""
    prices = [{"lines": {"basic": {"price": price, "unit_cost": 0.0}}} for price in (100.0, 0.01)]
    budgets = [{"budget": 90.0, "overhead": 0.0}, {"budget": 0.009, "overhead": 0.0}]
    found = []
    for goods, money, cost in zip(prices, budgets, (20.0, 0.002), strict=True):
        field = {"accounts": {"main": {"fixed_cost": cost}}}
        there = tiny_world(goods=goods, money=money, field=field)
        (violation,) = verify(there, status_quo(there)).violations
        found.append((violation.number, violation.relative))
    assert [number for number, _ in found] == ["MO.7", "MO.7"]
    assert found[0][1] == pytest.approx(found[1][1])


def test_a_violation_reads_as_a_line() -> None:
    """Number, rule, place, period and both sides stand in one line."""
    d = good().decisions.copy()
    d.purchase[1, 2] = 60.0
    lines = [str(v) for v in verify(full_world(), d).violations]
    assert "(GO) whole lots [line deluxe, period 3]: 1.2 against 1" in lines
