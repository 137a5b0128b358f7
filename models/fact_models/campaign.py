"""Campaign: packages of platform promotions; the packages in force make the mode of a period.

Equations (CA.n) are those of models/MODEL.md; the replay states the same law in
fact_models/replay/campaign.py.
"""

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pyomo.environ as pyo
from numpy.typing import NDArray

from fact_models.bounds import Bounds
from fact_models.parameters import Entry, Parameters
from fact_models.response import Response
from fact_models.spec.campaign import Campaigns
from fact_models.terms import Terms


@dataclass(frozen=True, eq=False)
class Room:
    """An account with one concave reception, as the modes see it."""

    hours_max: float
    curve: Response
    """Reception of its hours."""
    capacity: NDArray[np.float64]
    """(T,) largest reception."""
    advantage: tuple[float, float]
    """Least and most by which a visit's conversion differs from the ordinary, as a share of it."""
    hours: dict[int, Any]
    """Live hours of every period."""
    extra: dict[int, Any]
    """Visits at the ordinary conversion that better conversion is worth, by period."""
    rate: dict[tuple[str, int], float]
    """Ordinary conversion by segment and period."""


def build(b: Any, spec: Campaigns, p: Parameters, *, excluded: Any) -> None:
    """Write packages on ``b``. It offers ``inflow``, ``gain``, ``cash_out`` and ``staff_hours``;
    it takes the pairs ``excluded[(package key), deal, t] = q`` that the lowest-price rule forbids.
    """
    times, entries = list(p.periods), p.entries
    b.package = pyo.Var(list(entries), domain=pyo.Binary, doc="z [1]")
    for key, entry in entries.items():
        if entry.joined:
            b.package[key].setlb(1)

    campaigns = sorted({e for e, _ in entries})
    packages = {e: [key for key in entries if key[0] == e] for e in campaigns}
    several = [e for e, keys in packages.items() if len(keys) > 1]
    b.joined = pyo.Var(several, domain=pyo.Binary, doc="sum of z [1]")

    @b.Expression(campaigns)
    def taken(b, e):
        return b.joined[e] if e in b.joined else b.package[packages[e][0]]

    @b.Constraint(campaigns, doc="(CA.1) one package a campaign")
    def one_package(b, e):
        some = sum(b.package[key] for key in packages[e])
        return some == b.joined[e] if e in b.joined else some <= 1

    @b.Constraint(_apart(spec, entries), doc="(CA.2) campaigns that exclude each other")
    def conflict(b, e, other):
        return b.taken[e] + b.taken[other] <= 1

    @b.Constraint(list(excluded), doc="(CA.3) lowest-price rule")
    def lowest_price(b, e, n, k, t):
        return b.package[e, n] + excluded[e, n, k, t] <= 1

    @b.Expression(p.ids.segments, times, doc="(CA.9) inflow into own rooms")
    def inflow(b, s, t):
        return sum(
            float(entry.coverage[t]) * entry.spec.visits.get(s, 0.0) * b.package[key]
            for key, entry in entries.items()
        )

    @b.Expression(p.ids.segments, times, doc="(CA.10) awareness gained")
    def gain(b, s, t):
        return sum(
            float(entry.coverage[t]) / entry.window_days * amount * b.package[key]
            for key, entry in entries.items()
            if (amount := entry.spec.awareness.get(s, 0.0))
        )

    @b.Expression(times, doc="(CA.11) cash out")
    def cash_out(b, t):
        return sum(
            entry.spec.fee * b.package[key] for key, entry in entries.items() if entry.signup == t
        )

    @b.Expression(p.ids.roles, times, doc="(CA.12) staff hours")
    def staff_hours(b, j, t):
        return sum(
            float(entry.coverage[t]) * entry.spec.crew.get(j, 0.0) * b.package[key]
            for key, entry in entries.items()
        )


def _apart(spec: Campaigns, entries: dict[tuple[str, str], Entry]) -> list[tuple[str, str]]:
    """Pairs of campaigns of which at most one can be joined."""
    span = {}
    for (e, _), entry in entries.items():
        span[e] = (entry.first, entry.last)
    found = set()
    for e, other in combinations(sorted(span, key=lambda key: span[key]), 2):
        stated = other in spec.campaigns[e].conflicts or e in spec.campaigns[other].conflicts
        near = spec.separation > 0 and span[other][0] - span[e][1] <= spec.separation
        if stated or near:
            found.add((e, other))
    return sorted(found)


def build_modes(
    b: Any, p: Parameters, top: Bounds, *, base_orders: Any, package: Any, discount: Any
) -> None:
    """Write the modes on ``b``: own orders from ``base_orders``, given the ``package`` and
    ``discount`` binaries.
    """
    times = list(p.periods)
    rooms = [(a, s) for a in p.ids.accounts for s in p.ids.segments]
    many = [t for t in times if len(p.modes[t]) > 1]
    keys = [(n, t) for t in many for n in range(len(p.modes[t]))]
    b.mode = pyo.Var(keys, bounds=(0, 1), doc="y [1]")
    b.mode_orders = pyo.Var(
        rooms, keys, bounds=lambda _, a, s, n, t: (0, float(top.base[a, s][t])), doc="base [order]"
    )

    @b.Constraint(many, doc="(CA.4) one mode")
    def one_mode(b, t):
        return sum(b.mode[n, t] for n in range(len(p.modes[t]))) == 1

    members = {
        (t, n): group
        for t in many
        for n, group in enumerate(sorted({group for mode in p.modes[t] for group in mode.groups}))
    }
    levels = {(t, mode.level) for t in many for mode in p.modes[t] if mode.level is not None}

    @b.Constraint(sorted(members), doc="(CA.5) modes follow the packages")
    def mode_of_package(b, t, n):
        mine = [i for i, mode in enumerate(p.modes[t]) if members[t, n] in mode.groups]
        return sum(b.mode[i, t] for i in mine) == sum(package[key] for key in members[t, n])

    @b.Constraint(sorted(levels), doc="(CA.5) modes follow the discount level")
    def mode_of_discount(b, t, level):
        mine = [i for i, mode in enumerate(p.modes[t]) if mode.level == level]
        return sum(b.mode[i, t] for i in mine) == discount[level, t]

    @b.Constraint(rooms, many, doc="(CA.6) orders split over modes")
    def mode_split(b, a, s, t):
        parts = sum(b.mode_orders[a, s, n, t] for n in range(len(p.modes[t])))
        return parts == base_orders[a, s, t]

    @b.Constraint(rooms, keys, doc="(CA.7) orders of the mode in force")
    def mode_switch(b, a, s, n, t):
        return b.mode_orders[a, s, n, t] <= float(top.base[a, s][t]) * b.mode[n, t]

    @b.Expression(rooms, keys + [(0, t) for t in times if t not in set(many)])
    def orders_in_mode(b, a, s, n, t):
        factor = p.modes[t][n].order_factor
        if len(p.modes[t]) > 1:
            return factor * b.mode_orders[a, s, n, t]
        return factor * base_orders[a, s, t]

    b.ordered = pyo.Var(
        rooms, many, bounds=lambda _, a, s, t: (0, float(top.own[a, s][t])), doc="own [order]"
    )

    @b.Constraint(rooms, many, doc="(CA.8) own orders")
    def order_sum(b, a, s, t):
        total = sum(b.orders_in_mode[a, s, n, t] for n in range(len(p.modes[t])))
        return b.ordered[a, s, t] == total

    @b.Expression(rooms, times)
    def own_orders(b, a, s, t):
        return b.ordered[a, s, t] if len(p.modes[t]) > 1 else b.orders_in_mode[a, s, 0, t]


def build_mode_reception(
    b: Any, p: Parameters, terms: Terms, *, rooms: dict[str, Room], without: set[int]
) -> None:
    """Write what a mode in force by a fraction can receive: its own hours receive, at diminishing
    returns, and no plan in whole modes loses anything. Periods ``without`` it have traffic that is
    split, which says more.
    """
    many = sorted({t for _, t in b.mode} - without)
    keys = [(a, n, t) for a in rooms for n, t in b.mode if t in many]
    b.mode_hours = pyo.Var(keys, bounds=lambda _, a, n, t: (0, rooms[a].hours_max), doc="h [hour]")
    b.mode_capacity = pyo.Var(
        keys, bounds=lambda _, a, n, t: (0, float(rooms[a].capacity[t])), doc="cap [visit]"
    )

    def extra_bounds(_: Any, a: str, n: int, t: int) -> tuple[float, float]:
        least, most = rooms[a].advantage
        return least * float(rooms[a].capacity[t]), most * float(rooms[a].capacity[t])

    b.mode_extra = pyo.Var(keys, bounds=extra_bounds, doc="extra [visit]")

    @b.Constraint(list(rooms), many, doc="(CA.14) hours split over modes")
    def mode_hours_split(b, a, t):
        return sum(b.mode_hours[a, n, t] for n in range(len(p.modes[t]))) <= rooms[a].hours[t]

    for a, n, t in keys:
        terms.add(
            "CA.15",
            (a, n, t),
            y=b.mode_capacity[a, n, t],
            x=b.mode_hours[a, n, t],
            s=b.mode[n, t],
            phi=rooms[a].curve,
            last=rooms[a].hours_max,
        )

    @b.Constraint(list(rooms), many, doc="(CA.16) better conversion split over modes")
    def mode_extra_split(b, a, t):
        return sum(b.mode_extra[a, n, t] for n in range(len(p.modes[t]))) <= rooms[a].extra[t]

    @b.Constraint(keys, doc="(CA.17) better conversion of the mode in force")
    def mode_extra_switch(b, a, n, t):
        most = rooms[a].advantage[1] * float(rooms[a].capacity[t])
        return b.mode_extra[a, n, t] <= most * b.mode[n, t]

    @b.Constraint(keys, doc="(CA.18) orders of a mode come from visits received in it")
    def mode_reception(b, a, n, t):
        rates = {s: rooms[a].rate[s, t] for s in p.ids.segments}
        visits = sum(b.mode_orders[a, s, n, t] / rate for s, rate in rates.items() if rate > 0)
        return visits <= b.mode_capacity[a, n, t] + b.mode_extra[a, n, t]
