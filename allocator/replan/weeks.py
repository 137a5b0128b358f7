"""Weeks that are over: what was planned, what was done, what came of it, and why it differs.

Week after week the seen figures are set against the plan. The difference of the GMV is split in
the order of causation: what earlier weeks left, live hours, spend on traffic, visits, orders per
visit, GMV per order. The parts add up to the difference.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np

from allocator.faults import InputError, Problem
from allocator.replan.advance import advance, tail
from allocator.weekly.reading import Weeks
from fact_models.decisions import AXES, Decisions
from fact_models.replay import Accept, Facts, Replay, facts, replay
from fact_models.spec.instance import Instance

FIGURES = (
    "gmv",
    "views",
    "orders",
    "hours",
    "ad_spend",
    "followers",
    "creator_gmv",
    "creators",
    "team",
    "cash",
)
"""Figures that a plan has and a week can be seen to have."""
CAUSES = ("earlier", "hours", "ad_spend", "views", "conversion", "price")
"""Parts of the GMV's difference, in the order of causation."""
AS_PLANNED = 1e-9
"""Relative difference below which a control was as planned."""
MOST_FACTOR = 20.0
"""Largest factor by which one week's figure moves a state; beyond it the export is doubted."""


@dataclass(frozen=True)
class Week:
    """One week that is over.

    Attributes:
        monday: its first day, as text.
        plan: figures of the plan; ``actual`` those seen, None where the export has none.
        causes: parts of actual less planned GMV by ``CAUSES``; empty where GMV was not seen.
    """

    monday: str
    plan: dict[str, float]
    actual: dict[str, float | None]
    causes: dict[str, float]


@dataclass(frozen=True)
class Reality:
    """Where the merchant stands after the weeks that are over.

    Attributes:
        instance: the rest of the horizon, its states as seen.
        old: the rest of the old plan.
        weeks: the weeks that are over.
    """

    instance: Instance
    old: Decisions
    weeks: tuple[Week, ...]


def figures(states: Replay, t: int) -> dict[str, float]:
    """Figures of period ``t``; stocks at its end."""
    trade = states.decisions.shelf_orders[:, t].sum() + states.decisions.repeat_orders[:, t].sum()
    rooms = states.own_orders[..., t].sum() + states.creator_orders[..., t].sum()
    found = {
        "gmv": sum(flow[t] for flow in states.gmv.values()),
        "views": states.visits[..., t].sum(),
        "orders": rooms + trade + states.kol_orders[:, t].sum(),
        "hours": states.decisions.hours[..., t].sum(),
        "ad_spend": states.decisions.boost_spend[:, t].sum(),
        "followers": states.followers[:, t + 1].sum(),
        "creator_gmv": states.gmv["alliance"][t],
        "creators": states.pool[:, t + 1].sum(),
        "team": states.heads[:, t].sum(),
    }
    if states.cash is not None:
        found["cash"] = states.cash[t] + states.decisions.drawn[t]
    return {name: float(value) for name, value in found.items()}


def reality(instance: Instance, decisions: Decisions, weeks: Weeks) -> Reality:
    """Play the weeks that are over as they were seen.

    Raises:
        InputError: the weeks are not the first ones of the plan, or a figure cannot be true.
    """
    first = _first(instance, weeks)
    count = len(weeks.mondays) - first
    planned = replay(instance, decisions)
    found: list[Week] = []
    step, rest = instance, decisions
    for n in range(count):
        seen = {
            name: (weeks.figures[name][first + n] if name in weeks.figures else None)
            for name in (*FIGURES, "stock")
        }
        items = {key: values[first + n] for key, values in weeks.of.items()}
        plan = figures(planned, n)
        try:
            step, rest, causes = _week(step, rest, plan["gmv"], seen, items)
        except ValueError as error:
            line = first + n + 2
            raise InputError([Problem(weeks.file, line, "", "", str(error))]) from None
        monday = weeks.mondays[first + n].isoformat()
        found.append(Week(monday, plan, seen, causes))
    return Reality(step, rest, tuple(found))


def _first(instance: Instance, weeks: Weeks) -> int:
    """Row of the plan's first week; earlier rows are over already."""
    calendar = instance.calendar

    def refuse(rule: str, hint: str = "") -> InputError:
        return InputError([Problem(weeks.file, 0, "week", "", rule, hint)])

    if calendar.days != 7:
        raise refuse(f"holds weeks, the plan has periods of {calendar.days} days")
    periods = [calendar.period_of(day.isoformat()) for day in weeks.mondays]
    if 0 not in periods:
        day = calendar.first_day(0).isocalendar()
        rule = f"must hold the plan's first week, {day.year}-W{day.week:02d}"
        raise refuse(rule, "every week since the plan was made, oldest first")
    first = periods.index(0)
    if periods[-1] >= calendar.periods - 1:
        raise refuse("reaches the end of the plan: nothing is left to plan", "plan anew")
    return first


def _week(
    instance: Instance,
    decisions: Decisions,
    planned: float,
    seen: dict[str, float | None],
    items: dict[tuple[str, str], float | None],
) -> tuple[Instance, Decisions, dict[str, float]]:
    """Play the first week as it was seen; the rest of the horizon, of the plan, and the causes."""
    known = facts(instance)

    def first(d: Decisions, accept: Accept) -> dict[str, float]:
        return figures(replay(instance, d, accept=accept, known=known), 0)

    trimmed = replay(instance, decisions, accept="trim", known=known)
    kept = trimmed.decisions
    base = figures(trimmed, 0)
    by_hours = _with_hours(kept, known, seen["hours"], items)
    done = _with_spend(by_hours, known, seen["ad_spend"], items)
    expected, after_hours, played = base, base["gmv"], kept
    if done is not kept:
        # What hours and spend are worth is read off greedy replays: rooms take what they can.
        whole, less = first(kept, "greedy"), first(by_hours, "greedy")
        states = replay(instance, done, accept="greedy", known=known)
        both = figures(states, 0)
        expected = {name: value * _ratio(both[name], whole[name]) for name, value in base.items()}
        after_hours = base["gmv"] * _ratio(less["gmv"], whole["gmv"])
        played = _first_week_of(states.decisions, kept)
    causes = _causes(planned, base["gmv"], after_hours, expected, seen)
    made = figures(replay(instance, played, known=known), 0)["gmv"]
    later = advance(instance, played, 1, np.array([_ratio(seen["gmv"], made)]))
    return _reset(later, expected, seen, items), tail(decisions, 1), causes


def _first_week_of(source: Decisions, rest: Decisions) -> Decisions:
    """``rest`` with the first week of ``source``."""
    found = rest.copy()
    for name, axes in AXES.items():
        if axes.endswith("t"):
            getattr(found, name)[..., 0] = getattr(source, name)[..., 0]
    return found


def _with_hours(
    d: Decisions, known: Facts, total: float | None, items: dict[tuple[str, str], float | None]
) -> Decisions:
    """The first week with the live hours that were seen; ``d`` itself where as planned."""
    planned = d.hours[..., 0].sum(axis=1)
    wanted = planned * _ratio(total, float(planned.sum()))
    for n, a in enumerate(known.ids.accounts):
        seen = items.get(("hours", a))
        wanted[n] = wanted[n] if seen is None else seen
    if np.all(np.abs(wanted - planned) <= AS_PLANNED * np.maximum(planned, 1.0)):
        return d
    found, f = d.copy(), known.field
    for n in range(planned.size):
        split = f.slot_weight[n] if planned[n] <= 0 else d.hours[n, :, 0] / planned[n]
        found.hours[n, :, 0] = np.minimum(wanted[n] * split, f.slot_hours[n])
        found.on[n, 0] = float(wanted[n] > 0 and f.hours_min[n] > 0)
        if planned[n] > 0:
            skilled = d.skilled[n, 0] * wanted[n] / planned[n]
            found.skilled[n, 0] = min(skilled, f.skilled_max[n])
    return found


def _with_spend(
    d: Decisions, known: Facts, total: float | None, items: dict[tuple[str, str], float | None]
) -> Decisions:
    """The first week with the spend on traffic that was seen; ``d`` itself where as planned."""
    planned = d.boost_spend[:, 0]
    wanted = planned * _ratio(total, float(planned.sum()))
    if total and planned.sum() <= 0:
        room = known.field.spend_max
        wanted = total * room / max(float(room.sum()), 1e-9)
    for n, i in enumerate(known.ids.boosts):
        seen = items.get(("ad_spend", i))
        wanted[n] = wanted[n] if seen is None else seen
    if np.all(np.abs(wanted - planned) <= AS_PLANNED * np.maximum(planned, 1.0)):
        return d
    found = d.copy()
    found.boost_spend[:, 0] = np.minimum(wanted, known.field.spend_max)
    return found


def _causes(
    planned: float,
    base: float,
    after_hours: float,
    expected: dict[str, float],
    seen: dict[str, float | None],
) -> dict[str, float]:
    """Parts of seen less planned GMV, in the order of causation; they add up to it."""
    actual = seen["gmv"]
    if actual is None:
        return {}
    visits = _ratio(seen["views"], expected["views"])
    ordered = _ratio(seen["orders"], expected["orders"])
    rate = ordered / visits if seen["orders"] is not None and visits > 0 else 1.0
    after_visits = expected["gmv"] * visits
    after_rate = after_visits * rate
    steps = (planned, base, after_hours, expected["gmv"], after_visits, after_rate, actual)
    return {
        name: float(after - before)
        for name, before, after in zip(CAUSES, steps[:-1], steps[1:], strict=True)
    }


def _reset(
    later: Instance,
    expected: dict[str, float],
    seen: dict[str, float | None],
    items: dict[tuple[str, str], float | None],
) -> Instance:
    """States moved to what was seen; what nobody sees moves with the figure that feeds it."""
    tree: dict[str, Any] = later.model_dump(mode="json", by_alias=True)
    segments = tree["snowball"]["segments"].values()
    fans = _ratio(seen["followers"], expected["followers"])
    visits = _ratio(seen["views"], expected["views"])
    more = (seen["orders"] or 0.0) - expected["orders"] if seen["orders"] is not None else 0.0
    buyers = sum(segment["customers"] for segment in segments)
    for segment in segments:
        segment["followers"] = min(segment["followers"] * fans, 0.999 * segment["pool"])
        part = segment["customers"] / buyers if buyers > 0 else 0.0
        new = segment["new_customer_share"] * more * part
        segment["customers"] = max(segment["customers"] + new, 0.0)
    for account in tree["field"]["accounts"].values() if tree["field"] else ():
        account["traffic"] = {
            s: min(value * visits, account["ceiling"][s])
            for s, value in account["traffic"].items()
        }
    for tier in tree["alliance"]["tiers"].values() if tree["alliance"] else ():
        most = max(offer["supply"] for offer in tier["offers"].values())
        by = _ratio(seen["creators"], expected["creators"])
        tier["pool"] = min(tier["pool"] * by, max(most, tier["pool"]))
    lines = tree["goods"]["lines"]
    on_hand = sum(line["stock"]["opening"] for line in lines.values() if line["stock"])
    for g, line in lines.items():
        if line["stock"]:
            counted = items.get(("stock", g))
            by = _ratio(seen["stock"], on_hand)
            line["stock"]["opening"] = (
                line["stock"]["opening"] * by if counted is None else counted
            )
    for j, role in tree["staff"]["roles"].items() if tree["staff"] else ():
        heads = items.get(("team", j))
        role["heads"] = role["heads"] if heads is None else heads
        role["heads_min"] = min(role["heads_min"], role["heads"])
    cash = tree["money"]["cash"]
    if cash and seen["cash"] is not None:
        cash["opening"] = seen["cash"] - cash["drawn"]
    return Instance.model_validate(tree)


def _ratio(value: float | None, base: float) -> float:
    """value / base, 1 where one of them is unknown or 0."""
    if value is None or base <= 0:
        return 1.0
    if value / base > MOST_FACTOR:
        raise ValueError(f"{value:g} is more than {MOST_FACTOR:g} times what was due ({base:g})")
    return value / base
