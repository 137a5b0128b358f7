"""Field: own accounts receive visits with live hours and skilled hours, boosts and content bring
more of them.

Equations (FI.n) are those of models/MODEL.md; the replay states the same law in
fact_models/replay/field.py.
"""

from typing import Any

import pyomo.environ as pyo

from fact_models import shape
from fact_models.bounds import Bounds
from fact_models.parameters import Parameters
from fact_models.reception import Part, parts_of
from fact_models.shape import Response, Splits
from fact_models.spec.field import Account, Field
from fact_models.spec.snowball import Segment
from fact_models.terms import Terms


def build(
    b: Any, spec: Field, p: Parameters, top: Bounds, terms: Terms, splits: Splits, *, segments: Any
) -> None:
    """Write the mechanism on ``b``. It offers hours, accepted visits, accepted orders before the
    mode's factor, ``cash_out`` and ``staff_hours``; it takes the ``segments``' rates.
    """
    _accounts(b, spec, p)
    _reception(b, spec, p, top, terms, splits)
    _visits(b, spec, p, top, terms)
    _quality(b, spec, p, top, terms)
    _boosts(b, spec, p, top, terms, splits)
    _orders(b, spec, p, top, segments)
    _use(b, spec, p)


def closed(spec: Field) -> list[str]:
    """Accounts that do not exist yet."""
    return [a for a, account in spec.accounts.items() if not account.open]


def _accounts(b: Any, spec: Field, p: Parameters) -> None:
    """Which accounts are open and on air."""
    times, accounts = list(p.periods), spec.accounts
    later = closed(spec)
    floors = [a for a, s in accounts.items() if s.hours_min > 0]

    def startable(b: Any, a: str, t: int) -> tuple[int, int]:
        first = accounts[a].opening_first
        early = first is not None and t < p.opening_first[a]
        early = early or accounts[a].opens is not None
        useless = t + accounts[a].opening_lead >= p.ids.periods
        return (0, 0 if early or useless else 1)

    b.start = pyo.Var(later, times, domain=pyo.Binary, bounds=startable, doc="start [1]")
    b.on = pyo.Var(floors, times, domain=pyo.Binary, doc="on [1]")

    # Variables with a recursion, not sums over the starts: rows with few entries are quick ones.
    b.standing = pyo.Var(later, times, bounds=(0, 1), doc="open [1]")

    @b.Constraint(later, times, doc="(FI.1) open accounts")
    def standing_sum(b, a, t):
        before, due = t - 1, t - accounts[a].opening_lead
        was = b.standing[a, before] if before >= 0 else 0.0
        decided = 1.0 if p.opens.get(a) == t else 0.0
        return b.standing[a, t] == was + (b.start[a, due] if due >= 0 else 0.0) + decided

    @b.Expression(list(accounts), times)
    def open(b, a, t):
        return 1.0 if accounts[a].open else b.standing[a, t]

    b.opened = pyo.Var(later, domain=pyo.Binary, doc="sum of start [1]")

    @b.Constraint(later, doc="(FI.2) opened once")
    def opened_once(b, a):
        return sum(b.start[a, t] for t in times) == b.opened[a]

    if spec.accounts_max is not None and later:

        @b.Constraint(times, doc="(FI.3) accounts at once")
        def account_limit(b, t):
            return sum(b.open[a, t] for a in accounts) <= spec.accounts_max

    @b.Constraint([a for a in floors if a in later], times, doc="(FI.6) on air only when open")
    def on_air_when_open(b, a, t):
        return b.on[a, t] <= b.open[a, t]


def on_air(b: Any, a: str, t: int) -> Any:
    """Live hours of the period."""
    return sum(b.hours[a, k, t] for k in b.parts[a])


def _reception(
    b: Any, spec: Field, p: Parameters, top: Bounds, terms: Terms, splits: Splits
) -> None:
    """Live hours and the visits that they can receive."""
    times, accounts = list(p.periods), spec.accounts
    parts = {(a, k): part for a, s in accounts.items() for k, part in parts_of(s).items()}
    b.parts = {a: [k for room, k in parts if room == a] for a in accounts}
    b.hours = pyo.Var(
        parts, times, bounds=lambda _, a, k, t: (0, parts[a, k].hours_max), doc="h [hour]"
    )
    b.capacity = pyo.Var(
        parts, times, bounds=lambda _, a, k, t: (0, top.capacity[a, k][t]), doc="cap [visit]"
    )

    @b.Constraint(list(accounts), times, doc="(FI.4) longest week on air")
    def longest_hours(b, a, t):
        switch = b.on[a, t] if accounts[a].hours_min > 0 else b.open[a, t]
        return on_air(b, a, t) <= accounts[a].hours_max * switch

    @b.Constraint(
        [a for a, s in accounts.items() if s.hours_min > 0],
        times,
        doc="(FI.5) shortest week on air",
    )
    def shortest_hours(b, a, t):
        return on_air(b, a, t) >= accounts[a].hours_min * b.on[a, t]

    def limited(key: tuple[str, str], part: Part) -> bool:
        return key[0] in closed(spec) and part.hours_max < accounts[key[0]].hours_max

    @b.Constraint([k for k in parts if limited(k, parts[k])], times, doc="(FI.7) hours of a slot")
    def slot_hours(b, a, k, t):
        return b.hours[a, k, t] <= parts[a, k].hours_max * b.open[a, t]

    responses = []
    for (a, k), part in parts.items():
        for t in times if part.curve else ():
            assert part.curve is not None
            responses.append(
                Response(
                    (a, k, t),
                    b.capacity[a, k, t],
                    b.hours[a, k, t],
                    b.open[a, t],
                    part.curve,
                    part.hours_max,
                )
            )
    b.reception = pyo.Block()
    shape.build(b.reception, "FI.8", responses, terms, splits)


def _visits(b: Any, spec: Field, p: Parameters, top: Bounds, terms: Terms) -> None:
    """Accepted visits by origin, received within the capacity, distinct over the rooms."""
    times, rooms = list(p.periods), [(a, s) for a in spec.accounts for s in p.ids.segments]
    largest = {(a, s): top.visits[a, s] for a, s in rooms}

    def at_most(values: dict[Any, Any]) -> Any:
        return lambda _, *key: (0, float(values[key[:-1]][key[-1]]))

    b.recommended = pyo.Var(rooms, times, bounds=at_most(top.recommended), doc="rec [visit]")
    b.distinct = pyo.Var(rooms, times, bounds=at_most(top.recommended), doc="uni [visit]")
    b.returning = pyo.Var(rooms, times, bounds=at_most(largest), doc="ret [visit]")
    b.inflow = pyo.Var(
        rooms, times, bounds=lambda _, a, s, t: (0, float(top.inflow[s][t])), doc="inf [visit]"
    )
    b.harvested = pyo.Var(
        rooms,
        times,
        bounds=lambda _, a, s, t: (0, float(min(top.interest[s][t], largest[a, s][t]))),
        doc="har [visit]",
    )
    b.boosted = pyo.Var(
        [(i, a, s) for i in spec.boosts for a, s in rooms],
        times,
        bounds=lambda _, i, a, s, t: (0, float(min(top.boosted[i, s][t], largest[a, s][t]))),
        doc="bst [visit]",
    )
    b.visits = pyo.Var(rooms, times, bounds=at_most(largest), doc="v [visit]")

    def others(b: Any, a: str, s: str, t: int) -> Any:
        return (
            b.returning[a, s, t]
            + b.inflow[a, s, t]
            + b.harvested[a, s, t]
            + sum(b.boosted[i, a, s, t] for i in spec.boosts)
        )

    @b.Constraint(list(spec.accounts), times, doc="(FI.9) reception")
    def reception_limit(b, a, t):
        arriving = sum(b.recommended[a, s, t] + others(b, a, s, t) for s in p.ids.segments)
        return arriving <= sum(b.capacity[a, k, t] for k in b.parts[a])

    @b.Constraint(rooms, times, doc="(FI.10) distinct visits")
    def distinct_limit(b, a, s, t):
        return b.distinct[a, s, t] <= b.recommended[a, s, t]

    for s, curve in spec.overlap.items():
        for t in times:
            market = float(p.traffic[s][t])
            if market > 0:
                seen = sum(float(top.recommended[a, s][t]) for a in spec.accounts)
                terms.add(
                    "FI.11",
                    (s, t),
                    y=sum(b.distinct[a, s, t] for a in spec.accounts),
                    x=sum(b.recommended[a, s, t] for a in spec.accounts),
                    s=market,
                    phi=curve,
                    last=max(seen / market, 1e-9),
                )

    @b.Constraint(rooms, times, doc="(FI.12) served visits")
    def served_visits(b, a, s, t):
        return b.visits[a, s, t] == b.distinct[a, s, t] + others(b, a, s, t)


def _quality(b: Any, spec: Field, p: Parameters, top: Bounds, terms: Terms) -> None:
    """Skilled hours receive some of the visits well."""
    times = list(p.periods)
    skilled = {a: s.quality for a, s in spec.accounts.items() if s.quality}
    rooms = [(a, s) for a in skilled for s in p.ids.segments]
    b.skilled = pyo.Var(
        list(skilled), times, bounds=lambda _, a, t: (0, skilled[a].hours_max), doc="k [hour]"
    )
    b.well_received = pyo.Var(
        rooms, times, bounds=lambda _, a, s, t: (0, float(top.visits[a, s][t])), doc="well [visit]"
    )

    @b.Constraint(rooms, times, doc="(FI.13) well-received visits are visits")
    def well_received_limit(b, a, s, t):
        return b.well_received[a, s, t] <= b.visits[a, s, t]

    for a, quality in skilled.items():
        for t in times:
            terms.add(
                "FI.14",
                (a, t),
                y=sum(b.well_received[a, s, t] for s in p.ids.segments),
                x=b.skilled[a, t],
                s=b.open[a, t],
                phi=quality.curve,
                last=quality.hours_max,
            )

    @b.Constraint([a for a in skilled if a in closed(spec)], times, doc="(FI.15) skilled hours")
    def skilled_hours(b, a, t):
        return b.skilled[a, t] <= skilled[a].hours_max * b.open[a, t]


def _boosts(b: Any, spec: Field, p: Parameters, top: Bounds, terms: Terms, splits: Splits) -> None:
    """Boosted visits, carried by money and by fresh content."""
    times = list(p.periods)
    b.boost_spend = pyo.Var(
        list(spec.boosts),
        times,
        bounds=lambda _, i, t: (0, spec.boosts[i].spend_max),
        doc="x [CNY]",
    )
    b.boost_visits = pyo.Var(
        list(spec.boosts),
        times,
        bounds=lambda _, i, t: (0, _most_boosted(spec, p, top, i, t)),
        doc="B [visit]",
    )
    if spec.content:
        _content(b, spec, p, top)
    responses = []
    for i, boost in spec.boosts.items():
        for t in times:
            money = b.boost_spend[i, t] / float(p.boost_cost[t])
            most = boost.spend_max / float(p.boost_cost[t])
            if boost.per_content:
                last = most / max(_least_content(spec, t), 1e-9)
                terms.add(
                    "FI.17",
                    (i, t),
                    y=b.boost_visits[i, t],
                    x=money,
                    s=b.content_stock[t],
                    phi=boost.curve,
                    last=last,
                )
            else:
                responses.append(
                    Response((i, t), b.boost_visits[i, t], money, 1.0, boost.curve, most)
                )
    b.boosting = pyo.Block()
    shape.build(b.boosting, "FI.17", responses, terms, splits)

    @b.Constraint(list(spec.boosts), p.ids.segments, times, doc="(FI.18) spread of boosted visits")
    def boost_spread(b, i, s, t):
        spread = spec.boosts[i].mix.get(s, 0.0) * float(p.traffic[s][t])
        return sum(b.boosted[i, a, s, t] for a in spec.accounts) <= spread * b.boost_visits[i, t]


def _most_boosted(spec: Field, p: Parameters, top: Bounds, i: str, t: int) -> float:
    boost, money = spec.boosts[i], spec.boosts[i].spend_max / float(p.boost_cost[t])
    if not boost.per_content:
        return float(boost.curve.value(money))
    stock = max(float(top.content[t]), 1e-12)
    return stock * float(boost.curve.value(money / stock))


def _least_content(spec: Field, t: int) -> float:
    """Content stock when nothing is made: the thinnest that spend can be spread on."""
    assert spec.content is not None
    return spec.content.stock * (1 - spec.content.decay) ** t


def _content(b: Any, spec: Field, p: Parameters, top: Bounds) -> None:
    """Content wears out and is made or bought anew."""
    times, content = list(p.periods), spec.content
    assert content is not None
    b.content_stock = pyo.Var(
        range(len(times) + 1), bounds=lambda _, t: (0, float(top.content[t])), doc="Q [content]"
    )
    b.content_made = pyo.Var(times, bounds=(0, content.made_max), doc="made [content]")
    b.content_bought = pyo.Var(times, bounds=(0, content.bought_max), doc="bought [content]")
    b.content_stock[0].setub(content.stock)

    @b.Constraint(times, doc="(FI.19) content balance")
    def content_balance(b, t):
        kept = (1 - content.decay) * b.content_stock[t]
        return b.content_stock[t + 1] <= kept + b.content_made[t] + b.content_bought[t]


def _orders(b: Any, spec: Field, p: Parameters, top: Bounds, segments: dict[str, Segment]) -> None:
    """Accepted orders of the own rooms before the mode's factor; the period's discount level."""
    times, rooms = list(p.periods), [(a, s) for a in spec.accounts for s in p.ids.segments]
    b.matched = pyo.Var(
        [(a, s) for a, s in rooms if segments[s].calibration_gain > 0],
        times,
        bounds=lambda _, a, s, t: (0, float(top.visits[a, s][t])),
        doc="cal [visit]",
    )
    b.base_orders = pyo.Var(
        rooms, times, bounds=lambda _, a, s, t: (0, float(top.base[a, s][t])), doc="base [order]"
    )

    @b.Constraint(rooms, times, doc="(FI.16) orders before the mode's factor")
    def base_order_limit(b, a, s, t):
        rate = float(p.conversion[s][t]) * spec.accounts[a].conversion_factor
        return b.base_orders[a, s, t] <= rate * converted(
            b, a, s, t, segments[s], spec.accounts[a], spec
        )

    @b.Expression(list(spec.accounts), times)
    def extra(b, a, t):
        return sum(
            gained(b, a, s, t, rates, spec.accounts[a], spec) / rates.conversion
            for s, rates in segments.items()
            if rates.conversion > 0
        )

    b.discount = pyo.Var(list(spec.discounts), times, domain=pyo.Binary, doc="d [1]")
    if spec.discounts:

        @b.Constraint(times, doc="(FI.20) one discount level")
        def one_discount(b, t):
            return sum(b.discount[k, t] for k in spec.discounts) == 1


def converted(
    b: Any, a: str, s: str, t: int, rates: Segment, account: Account, spec: Field
) -> Any:
    """Orders of the visits of a room before season and account."""
    return rates.conversion * b.visits[a, s, t] + gained(b, a, s, t, rates, account, spec)


def gained(b: Any, a: str, s: str, t: int, rates: Segment, account: Account, spec: Field) -> Any:
    """Orders that visits bring beyond the segment's ordinary conversion."""
    cr, found = rates.conversion, 0.0
    if account.quality and rates.conversion_well is not None:
        found += (rates.conversion_well - cr) * b.well_received[a, s, t]
    if rates.conversion_interested is not None:
        found += (rates.conversion_interested - cr) * b.harvested[a, s, t]
    found += (rates.follower_factor - 1) * cr * b.returning[a, s, t]
    for i, boost in spec.boosts.items():
        found += (boost.conversion_factor - 1) * cr * b.boosted[i, a, s, t]
    if rates.calibration_gain > 0:
        found += rates.calibration_gain * b.matched[a, s, t]
    return found


def advantage(account: Account, rates: Segment, spec: Field) -> tuple[float, float]:
    """Least and most by which the conversion of a visit differs from the ordinary one, as a share
    of it.
    """
    cr = rates.conversion
    well, interested = rates.conversion_well, rates.conversion_interested
    skilled = well / cr - 1 if account.quality and well is not None else 0.0
    origins = [0.0, rates.follower_factor - 1]
    origins += [boost.conversion_factor - 1 for boost in spec.boosts.values()]
    origins += [interested / cr - 1] if interested is not None else []
    least = min(skilled, 0.0) + min(origins)
    return least, max(skilled, 0.0) + max(origins) + rates.calibration_gain / cr


def _use(b: Any, spec: Field, p: Parameters) -> None:
    """Money and hours that the lever takes."""
    times, accounts, content = list(p.periods), spec.accounts, spec.content

    @b.Expression(times, doc="(FI.21) cash out")
    def cash_out(b, t):
        paid = sum(accounts[a].opening_cost * b.start[a, t] for a in closed(spec))
        paid += sum(s.fixed_cost * b.open[a, t] for a, s in accounts.items())
        paid += sum(b.boost_spend[i, t] for i in spec.boosts)
        return paid + (content.price * b.content_bought[t] if content else 0.0)

    @b.Expression(p.ids.roles, times, doc="(FI.22) staff hours")
    def staff_hours(b, j, t):
        need = 0.0
        for a, s in accounts.items():
            if j in s.crew:
                need += s.crew[j] * on_air(b, a, t)
            if s.quality and j in s.quality.crew:
                need += s.quality.crew[j] * b.skilled[a, t]
        need += sum(k.crew[j] * b.boost_spend[i, t] for i, k in spec.boosts.items() if j in k.crew)
        if content and j in content.crew:
            need += content.crew[j] * b.content_made[t]
        return need
