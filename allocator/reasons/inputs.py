"""Inputs of a plan that take money or hours by the period: columns of the program with what a unit
of each costs and what is traced to it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from allocator.panel import label_of
from allocator.reasons.attribution import Attribution
from allocator.reasons.fixed import Fixed
from fact_models.decisions import Array
from fact_models.replay import Replay

Kind = Literal["boost", "content", "made", "tier", "live", "skilled", "package", "deal"]
OWN_HOURS = ("live", "skilled", "made")
"""Inputs that are hours of the team; a yuan of them is one of wages."""
ALL = "all"
"""Slots of a room that are one input."""


@dataclass(frozen=True, eq=False)
class Input:
    """A column of the program with what a unit of it costs."""

    lever: str
    kind: Kind
    key: str
    label: str
    period: int
    column: str
    amount: float
    """Units in the plan. At the optimum of its linear program rooms may be on air for nobody."""
    cost: float
    brought: float | None = None
    """GMV that counts as its own; None where nothing is traced to it."""
    caps: tuple[str, ...] = ()
    """Rows that are limits of this input alone."""
    room: str = ""
    """Account in which it takes place."""


def inputs_of(of: Fixed, states: Replay, origins: Attribution) -> Iterator[Input]:
    """Every input of the plan in every period, in the order of the levers."""
    yield from _field(of, states, origins)
    yield from _alliance(of, origins)


def traced(origins: Attribution, kind: str, key: str) -> Array:
    """(T,) GMV by the period of the act."""
    return np.asarray(origins.acts[origins.trace.origins.number[kind, key]])


def _field(of: Fixed, states: Replay, origins: Attribution) -> Iterator[Input]:
    spec, periods = of.instance.field, range(of.known.ids.periods)
    if not spec:
        return
    for n, (i, boost) in enumerate(spec.boosts.items()):
        brought = traced(origins, "boost", i)
        for t in periods:
            column = f"field.boost_spend[{i},{t}]"
            if column in of.columns and boost.spend_max > 0:
                name = label_of(boost, i)
                spent = float(of.decisions.boost_spend[n, t])
                yield Input("field", "boost", i, name, t, column, spent, 1.0, float(brought[t]))
    yield from _videos(of)
    sold = _room_gmv(states)
    for n, (a, account) in enumerate(spec.accounts.items()):
        yield from _live(of, n, a, label_of(account, a), sold[n])
        if account.quality:
            wage = _wage(of, account.quality.crew)
            hours = of.decisions.skilled[n]
            yield from _skilled(of, a, label_of(account, a), hours, wage, origins)


def _videos(of: Fixed) -> Iterator[Input]:
    """Short videos bought and made; what they bring is traced to the boosts that use them."""
    content = of.instance.field.content if of.instance.field else None
    if content:
        d = of.decisions
        videos: tuple[tuple[Kind, str, Array, float], ...] = (
            ("content", "content_bought", d.content_bought, content.price),
            ("made", "content_made", d.content_made, _wage(of, content.crew)),
        )
        for kind, name, amount, cost in videos:
            for t in range(of.known.ids.periods):
                column = f"field.{name}[{t}]"
                if column in of.columns and cost > 0:
                    yield Input("field", kind, "", "", t, column, float(amount[t]), cost)


def _skilled(
    of: Fixed, a: str, name: str, hours: Array, wage: float, origins: Attribution
) -> Iterator[Input]:
    """Skilled ``hours`` (T,) of a room."""
    if wage <= 0:
        return
    brought = traced(origins, "skilled", a)
    for t in range(of.known.ids.periods):
        column, caps = f"field.skilled[{a},{t}]", (f"field.skilled_hours[{a},{t}]",)
        if column in of.columns:
            gmv = float(brought[t])
            amount = float(hours[t])
            yield Input("field", "skilled", a, name, t, column, amount, wage, gmv, caps, a)


def _live(of: Fixed, n: int, a: str, name: str, sold: Array) -> Iterator[Input]:
    """Live hours of the room number ``n``, of slots on S-shaped curves apart; GMV ``sold`` (T,)
    of the room goes to them by their hours."""
    assert of.instance.field is not None
    wage, hours = _wage(of, of.instance.field.accounts[a].crew), of.decisions.hours[n]
    slots = of.known.ids.slots[n]
    apart = [k for k in slots if k != ALL and f"field.hours[{a},{k},0]" in of.columns]
    rest = [m for m, k in enumerate(slots) if k not in apart]
    parts = {**{k: [slots.index(k)] for k in apart}, **({ALL: rest} if rest else {})}
    for k, mine in parts.items() if wage > 0 else ():
        key, label = (a, name) if k == ALL else (f"{a}.{k}", f"{name} · {k}")
        for t in range(of.known.ids.periods):
            column = f"field.hours[{a},{k},{t}]"
            if column in of.columns:
                on_air = float(hours[:, t].sum())
                amount = float(hours[mine, t].sum())
                share = amount / on_air if on_air > 0 else 0.0
                caps = (f"field.longest_hours[{a},{t}]", f"field.slot_hours[{a},{k},{t}]")
                gmv = float(sold[t]) * share
                yield Input("field", "live", key, label, t, column, amount, wage, gmv, caps, a)


def _wage(of: Fixed, crew: Mapping[str, float]) -> float:
    """Wages of an hour, or of a video, of a crew."""
    rate = dict(zip(of.known.ids.roles, of.known.staff.rate, strict=True))
    return float(sum(rate[j] * share for j, share in crew.items()))


def _room_gmv(states: Replay) -> Array:
    """GMV of each own room [a,t]: its share of the rooms' orders."""
    orders = states.own_orders.sum(axis=1)
    total = orders.sum(axis=0)
    share = np.divide(orders, total, out=np.zeros_like(orders), where=total > 0)
    return np.asarray(share * (states.gmv["field"] + states.gmv["campaign"]))


def _alliance(of: Fixed, origins: Attribution) -> Iterator[Input]:
    spec, periods = of.instance.alliance, range(of.known.ids.periods)
    if not spec:
        return
    for n, (c, o) in enumerate(of.known.ids.offers):
        tier = spec.tiers[c]
        if tier.sample_cost <= 0:
            continue
        brought = traced(origins, "tier", c)
        for t in periods:
            column = f"alliance.samples[{c},{o},{t}]"
            in_force = of.decisions.offer[n, t] > 0.5
            if column in of.columns and in_force:
                caps = (f"alliance.sample_limit[{c},{o},{t}]",)
                name = label_of(tier, c)
                gmv = float(brought[t])
                sent = float(of.decisions.samples[n, t])
                yield Input(
                    "alliance", "tier", f"{c}.{o}", name, t, column, sent, tier.sample_cost, gmv,
                    caps,
                )  # fmt: skip
