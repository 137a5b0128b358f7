"""Campaign: packages of platform promotions; the packages in force make the mode of a period.

Equations (CA.n) are those of models/MODEL.md; the replay states the same law in
fact_models/replay/campaign.py.
"""

from collections.abc import Callable
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


@dataclass(frozen=True)
class Undercut:
    """Packages of a campaign and sessions of Top-KOL deals before it of which the lowest-price
    rule allows one at most."""

    packages: tuple[tuple[str, str], ...]
    sessions: tuple[tuple[str, int], ...]
    """Deal and period."""


Undercuts = tuple[dict[tuple[str, str, str], Undercut], dict[tuple[str, str, int], Undercut]]
"""By campaign, package and deal; by campaign, package and period."""


def undercuts(
    p: Parameters, excluded: Callable[[Entry, str, int], bool], spacing: int
) -> Undercuts:
    """Rows (CA.3), by campaign, deepest package and deal, and (CA.26), by campaign, deepest
    package and first period of the sessions: a deal is signed once, and sessions are spaced.

    Args:
        p: the parameters.
        excluded: whether a session of the deal in the period forbids the package.
        spacing: periods of which one at most has a session; 0 for no such rule.
    """
    by_deal: dict[tuple[str, str, str], Undercut] = {}
    by_period: dict[tuple[str, str, int], Undercut] = {}
    for e in sorted({e for e, _ in p.entries}):
        mine = sorted((key for key in p.entries if key[0] == e), key=_depth(p))
        against = [
            {
                (k, t)
                for k, x in p.sessions.items()
                for t in x.dates
                if excluded(p.entries[q], k, t)
            }
            for q in mine
        ]
        for n, (key, sessions) in enumerate(zip(mine, against, strict=True)):
            # A session below a package's price is below that of every dearer one.
            if not sessions or sessions in against[n + 1 :]:
                continue
            packages = tuple(mine[: n + 1])
            for k in sorted({k for k, _ in sessions}):
                dates = tuple(sorted((j, t) for j, t in sessions if j == k))
                by_deal[*key, k] = Undercut(packages, dates)
            for t, near in _spans(sessions, spacing).items():
                by_period[*key, t] = Undercut(packages, near)
    return by_deal, by_period


def _depth(p: Parameters) -> Callable[[tuple[str, str]], float]:
    return lambda key: p.entries[key].spec.discount


def _spans(sessions: set[tuple[str, int]], length: int) -> dict[int, tuple[tuple[str, int], ...]]:
    """Sessions of several deals within ``length`` periods, by the first of these; each set once,
    and none that is part of the one before."""
    found: dict[int, tuple[tuple[str, int], ...]] = {}
    before: set[tuple[str, int]] = set()
    for t in sorted({t for _, t in sessions}):
        near = {(k, d) for k, d in sessions if t <= d < t + length}
        if len({k for k, _ in near}) > 1 and not near <= before:
            found[t] = tuple(sorted(near))
            before = near
    return found


def build(
    b: Any,
    spec: Campaigns,
    p: Parameters,
    *,
    deal: Any,
    undercut: Undercuts,
) -> None:
    """Write packages on ``b``. It offers ``inflow``, ``gain``, ``cash_out`` and ``staff_hours``;
    it takes the binaries ``deal[k, t]`` and what they are ``undercut`` by (``undercuts``).
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

    def one_of(found: Undercut) -> Any:
        packages = sum(b.package[key] for key in found.packages)
        return packages + sum(deal[key] for key in found.sessions) <= 1

    by_deal, by_period = undercut

    @b.Constraint(list(by_deal), doc="(CA.3) lowest-price rule")
    def lowest_price(b, *key):
        return one_of(by_deal[key])

    @b.Constraint(list(by_period), doc="(CA.26) lowest-price rule, of the sessions of a period")
    def lowest_price_spaced(b, *key):
        return one_of(by_period[key])

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

    @b.Constraint(p.ids.accounts, keys, doc="(CA.7) orders of the mode in force")
    def mode_switch(b, a, n, t):
        buyers = [s for s in p.ids.segments if top.base[a, s][t] > 0]
        if not buyers:
            return pyo.Constraint.Skip
        visits = sum(
            float(top.visits[a, s][t]) / float(top.base[a, s][t]) * b.mode_orders[a, s, n, t]
            for s in buyers
        )
        return visits <= top.received(a, buyers, t) * b.mode[n, t]

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
