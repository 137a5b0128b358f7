"""Traffic of the own rooms on either side of a campaign: joined, or passed over.

Equations (CA.19)-(CA.29) are those of models/MODEL.md. They cut off no plan. In the relaxation,
where a campaign is joined by half, each half keeps its own traffic from the first period that the
campaign touches to the last: orders lifted in its window come from the traffic that its dips have
thinned out.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

import pyomo.environ as pyo

from fact_models.bounds import Bounds
from fact_models.parameters import Mode, Parameters
from fact_models.spec.instance import Instance
from fact_models.spec.snowball import Segment

Key = tuple[str, str, int]
"""Campaign, segment, period."""


def touched(instance: Instance, p: Parameters) -> dict[str, list[int]]:
    """Periods of every campaign in which its traffic is split: those with several modes in which
    each of its packages does something, so that who joins is on one side whatever the package; if
    two of them follow each other. The funnel has no traffic that answers to orders.
    """
    if not (instance.field and instance.campaign) or instance.snowball.model == "funnel":
        return {}
    found = {}
    for e in sorted({e for e, _ in p.entries}):
        packages = {key for key in p.entries if key[0] == e}
        mine = [
            t
            for t in p.periods
            if len(p.modes[t]) > 1
            and packages <= {key for mode in p.modes[t] for group in mode.groups for key in group}
        ]
        if any(t + 1 in mine for t in mine):
            found[e] = mine
    return found


def takes_part(e: str, mode: Mode) -> bool:
    """Whether a package of the campaign is in force in the mode."""
    return any(key[0] == e for group in mode.groups for key in group)


@dataclass(frozen=True, eq=False)
class Kind:
    """Visits of one kind, each worth some ordinary visits more, or less.

    Attributes:
        name: of the kind.
        worth: ordinary visits that one is worth beyond itself, by segment.
        whole: how many there are in a segment and period.
        most: the most of them in some segments and a period.
        within: what they are part of: all ``visits``, or the ``other`` ones, not recommended.
        together: whether all segments share what limits them.
    """

    name: str
    worth: dict[str, float]
    whole: Callable[[str, int], Any]
    most: Callable[[list[str], int], float]
    within: Literal["visits", "other"]
    together: bool = False


@dataclass(frozen=True, eq=False)
class Rooms:
    """What the own rooms hold in all, and in the modes of a campaign; sums over the accounts."""

    m: Any
    instance: Instance
    p: Parameters
    top: Bounds

    @cached_property
    def accounts(self) -> list[str]:
        """The accounts."""
        return list(self.p.ids.accounts)

    def ordinary(self, a: str, s: str, t: int) -> float:
        """Orders of an ordinary visit before the mode's factor."""
        assert self.instance.field is not None
        account, rates = self.instance.field.accounts[a], self.instance.snowball.segments[s]
        return float(self.p.conversion[s][t]) * account.conversion_factor * rates.conversion

    def traffic(self, s: str, t: int) -> Any:
        """Recommended traffic, deseasonalised."""
        return sum(self.m.snowball.traffic[a, s, t] for a in self.accounts)

    def distinct(self, s: str, t: int) -> Any:
        """Recommended visits that were served, each person once."""
        return sum(self.m.field.distinct[a, s, t] for a in self.accounts)

    def visits(self, s: str, t: int) -> Any:
        """Visits served."""
        return sum(self.m.field.visits[a, s, t] for a in self.accounts)

    def other(self, s: str, t: int) -> Any:
        """Visits served that are not recommended."""
        return self.visits(s, t) - self.distinct(s, t)

    def ordered(self, s: str, t: int) -> Any:
        """Orders before the mode's factor, in ordinary visits."""
        b = self.m.field.base_orders
        return sum(b[a, s, t] / self.ordinary(a, s, t) for a in self.accounts)

    @cached_property
    def kinds(self) -> "list[Kind]":
        """Visits that convert otherwise than ordinary ones in some segment."""
        found = [self._well(), self._harvested(), self._returning(), self._matched()]
        assert self.instance.field is not None
        found += [self._boosted(i) for i in self.instance.field.boosts]
        return [kind for kind in found if kind.worth]

    def _well(self) -> "Kind":
        spec, f = self.instance.field, self.m.field
        assert spec is not None
        skilled = {a: x.quality for a, x in spec.accounts.items() if x.quality}
        worth = self._worth(lambda x: _beyond(x.conversion_well, x))
        return Kind(
            "well",
            worth if skilled else {},
            lambda s, t: sum(f.well_received[a, s, t] for a in skilled),
            lambda segments, t: sum(
                min(
                    float(quality.curve.value(quality.hours_max)),
                    sum(float(self.top.visits[a, s][t]) for s in segments),
                )
                for a, quality in skilled.items()
            ),
            within="visits",
            together=True,
        )

    def _harvested(self) -> "Kind":
        pool, f = self.instance.snowball.interest, self.m.field
        most = pool.harvest_max if pool else 0.0
        return Kind(
            "harvested",
            self._worth(lambda x: _beyond(x.conversion_interested, x)),
            lambda s, t: sum(f.harvested[a, s, t] for a in self.accounts),
            lambda segments, t: sum(most * float(self.top.interest[s][t]) for s in segments),
            within="other",
        )

    def _returning(self) -> "Kind":
        f, rates = self.m.field, self.instance.snowball.segments
        return Kind(
            "returning",
            self._worth(lambda x: (x.follower_factor - 1) * x.conversion),
            lambda s, t: sum(f.returning[a, s, t] for a in self.accounts),
            lambda segments, t: sum(
                rates[s].return_rate * float(self.p.traffic[s][t] * self.top.followers[s][t])
                for s in segments
            ),
            within="other",
        )

    def _matched(self) -> "Kind":
        f, rates = self.m.field, self.instance.snowball.segments
        return Kind(
            "matched",
            self._worth(lambda x: x.calibration_gain),
            lambda s, t: sum(f.matched[a, s, t] for a in self.accounts),
            # (SN.6) rises from 0 with the followers a scale, and never faster.
            lambda segments, t: sum(
                min(
                    self.most(self.top.visits, s, t),
                    float(self.top.followers[s][t]) / rates[s].calibration_scale,
                )
                for s in segments
            ),
            within="visits",
        )

    def _boosted(self, i: str) -> "Kind":
        assert self.instance.field is not None
        boost, f = self.instance.field.boosts[i], self.m.field
        return Kind(
            f"boosted:{i}",
            self._worth(lambda x: (boost.conversion_factor - 1) * x.conversion),
            lambda s, t: sum(f.boosted[i, a, s, t] for a in self.accounts),
            lambda segments, t: sum(float(self.top.boosted[i, s][t]) for s in segments),
            within="other",
        )

    def _worth(self, gain: Callable[[Segment], float]) -> dict[str, float]:
        """Ordinary visits that the gain in conversion is worth, by segment where it is not 0."""
        found = {
            s: gain(rates) / rates.conversion
            for s, rates in self.instance.snowball.segments.items()
            if rates.conversion > 0
        }
        return {s: worth for s, worth in found.items() if worth}

    def sold(self, s: str, t: int) -> Any:
        """Own orders."""
        return sum(self.m.modes.own_orders[a, s, t] for a in self.accounts)

    def shared(self, s: str, t: int) -> Any:
        """Traffic earned otherwise than by the rooms' own visits and orders."""
        rates, snowball = self.instance.snowball.segments[s], self.m.snowball
        spill = rates.traffic_per_order * self.instance.snowball.alliance_spill
        assert self.instance.field is not None
        known = rates.traffic_per_follower * snowball.followers[s, t]
        known += rates.traffic_per_awareness * snowball.awareness[s, t]
        if spill > 0 and self.instance.alliance:
            known += spill / float(self.p.traffic[s][t]) * self.m.alliance.all_orders[s, t]
        return sum(
            account.share * known + account.cold_start.get(s, 0.0) * self.m.field.open[a, t]
            for a, account in self.instance.field.accounts.items()
        )

    def most_shared(self, s: str, t: int) -> float:
        """The largest ``shared``."""
        rates, top = self.instance.snowball.segments[s], self.top
        spill = rates.traffic_per_order * self.instance.snowball.alliance_spill
        assert self.instance.field is not None
        known = rates.traffic_per_follower * float(top.followers[s][t])
        known += rates.traffic_per_awareness * float(top.awareness[s][t])
        known += spill / float(self.p.traffic[s][t]) * float(top.creator_orders[s][t])
        return sum(
            account.share * known + account.cold_start.get(s, 0.0)
            for account in self.instance.field.accounts.values()
        )

    def ordered_with(self, e: str, s: str, t: int) -> Any:
        """``ordered`` in the modes that the campaign takes part in."""
        orders = self.m.modes.mode_orders
        return sum(
            orders[a, s, n, t] / self.ordinary(a, s, t)
            for n, mode in enumerate(self.p.modes[t])
            if takes_part(e, mode)
            for a in self.accounts
        )

    def sold_with(self, e: str, s: str, t: int) -> Any:
        """``sold`` in the modes that the campaign takes part in."""
        return sum(
            self.m.modes.orders_in_mode[a, s, n, t]
            for n, mode in enumerate(self.p.modes[t])
            if takes_part(e, mode)
            for a in self.accounts
        )

    def earned(self, s: str, t: int, traffic: Any, visits: Any, sold: dict[str, Any]) -> Any:
        """(SN.2) Traffic earned by these visits and orders, all recommended visits served."""
        rates, market = self.instance.snowball.segments[s], float(self.p.traffic[s][t])
        contacts = rates.contact_per_visit * visits + rates.contact_per_order * sold[s]
        found = (rates.persistence + rates.persistence_served) * traffic
        found += (
            rates.traffic_per_order * sold[s] + rates.traffic_per_contact * contacts
        ) / market
        for other, rate in rates.lookalike.items():
            if self.p.traffic[other][t] > 0:
                found += rate / float(self.p.traffic[other][t]) * sold[other]
        return found

    def most_received(self, segments: list[str], t: int) -> float:
        """The most visits of the segments that all rooms receive."""
        return sum(self.top.received(a, segments, t) for a in self.accounts)

    def most_others(self, segments: list[str], t: int, *, without: str | None) -> float:
        """The most visits of the segments that are not recommended, ``without`` what a campaign
        sends."""
        found = sum(float(self.top.others[s][t]) for s in segments)
        if without:
            found -= sum(float(self.top.sent[without, s][t]) for s in segments)
        return min(found, self.most_received(segments, t))

    def most(self, values: dict[Any, Any], s: str, t: int) -> float:
        """The largest sum over the accounts."""
        return sum(float(values[a, s][t]) for a in self.accounts)


def _beyond(rate: float | None, rates: Segment) -> float:
    """Conversion beyond the ordinary one; no rate of its own is the ordinary one."""
    return 0.0 if rate is None else rate - rates.conversion


def build(b: Any, rooms: Rooms, *, spans: dict[str, list[int]], joined: dict[str, Any]) -> None:
    """Write the split on ``b``.

    Args:
        b: block to write on.
        rooms: the own rooms.
        spans: ``touched`` periods of every campaign.
        joined: binary of every campaign.
    """
    p, top = rooms.p, rooms.top
    segments = [s for s in p.ids.segments if rooms.instance.snowball.segments[s].conversion > 0]
    keys = [
        (e, s, t)
        for e, span in spans.items()
        for t in span
        for s in segments
        if p.traffic[s][t] > 0 and p.conversion[s][t] > 0
    ]
    kinds = {
        (kind.name, e, s, t): kind for kind in rooms.kinds for e, s, t in keys if s in kind.worth
    }

    def most(values: dict[Any, Any]) -> Any:
        return lambda _, e, s, t: (0, rooms.most(values, s, t))

    b.traffic = pyo.Var(keys, bounds=most(top.traffic), doc="R when joined [visit]")
    b.visits = pyo.Var(keys, bounds=most(top.visits), doc="v when joined [visit]")
    b.other = pyo.Var(keys, bounds=most(top.visits), doc="v - uni when joined [visit]")
    b.kind = pyo.Var(
        kinds,
        bounds=lambda _, name, e, s, t: (0, kinds[name, e, s, t].most([s], t)),
        doc="visits of a kind when joined [visit]",
    )
    b.shared = pyo.Var(
        keys,
        bounds=lambda _, e, s, t: (0, rooms.most_shared(s, t)),
        doc="shared when joined [visit]",
    )
    names = ("traffic", "distinct", "visits", "other", "ordered", "shared")
    whole: dict[tuple[str, int], dict[str, Any]] = {
        (s, t): {name: getattr(rooms, name)(s, t) for name in names}
        | {kind.name: kind.whole(s, t) for kind in rooms.kinds if s in kind.worth}
        for s, t in sorted({(s, t) for _, s, t in keys})
    }

    _visits(b, rooms, keys, whole)
    _kinds(b, kinds, whole)
    _carried(b, rooms, keys, whole)

    @b.Constraint(keys, doc="(CA.24) no more traffic than there is")
    def traffic_most(b, e, s, t):
        return b.traffic[e, s, t] <= whole[s, t]["traffic"]

    @b.Constraint(keys, doc="(CA.24) no more other visits than there are")
    def other_most(b, e, s, t):
        return b.other[e, s, t] <= whole[s, t]["other"]

    @b.Constraint(keys, doc="(CA.24) no more shared traffic than there is")
    def shared_most(b, e, s, t):
        return b.shared[e, s, t] <= whole[s, t]["shared"]

    _by_share(b, rooms, keys, kinds, whole, joined)


def _by_share(
    b: Any,
    rooms: Rooms,
    keys: list[Key],
    kinds: dict[tuple[str, str, str, int], Kind],
    whole: dict[tuple[str, int], dict[str, Any]],
    joined: dict[str, Any],
) -> None:
    """What a side has at most, times its share: traffic earned otherwise, visits, and visits that
    are not recommended. Sides are told by whether they take part."""
    segments: dict[tuple[str, int], list[str]] = {}
    for e, s, t in keys:
        segments.setdefault((e, t), []).append(s)

    def limit(most: float, side: bool, e: str, parts: list[tuple[Any, Any]]) -> Any:
        if side:
            return sum(part for part, _ in parts) <= most * joined[e]
        return sum(everything - part for part, everything in parts) <= most * (1 - joined[e])

    @b.Constraint((True, False), keys, doc="(CA.25) traffic earned otherwise, by the side's share")
    def shared_share(b, side, e, s, t):
        parts = [(b.shared[e, s, t], whole[s, t]["shared"])]
        return limit(rooms.most_shared(s, t), side, e, parts)

    @b.Constraint((True, False), list(segments), doc="(CA.27) visits, by the side's share")
    def visits_share(b, side, e, t):
        parts = [(b.visits[e, s, t], whole[s, t]["visits"]) for s in segments[e, t]]
        return limit(rooms.most_received(segments[e, t], t), side, e, parts)

    @b.Constraint((True, False), list(segments), doc="(CA.28) other visits, by the side's share")
    def other_share(b, side, e, t):
        parts = [(b.other[e, s, t], whole[s, t]["other"]) for s in segments[e, t]]
        most = rooms.most_others(segments[e, t], t, without=None if side else e)
        return limit(most, side, e, parts)

    shares: dict[tuple[str, str, int, str], list[str]] = {}
    for (name, e, s, t), kind in kinds.items():
        shares.setdefault((name, e, t, "" if kind.together else s), []).append(s)

    @b.Constraint((True, False), list(shares), doc="(CA.29) visits of a kind, by the side's share")
    def kind_share(b, side, name, e, t, group):
        mine = shares[name, e, t, group]
        kind = kinds[name, e, mine[0], t]
        parts = [(b.kind[name, e, s, t], whole[s, t][name]) for s in mine]
        return limit(kind.most(mine, t), side, e, parts)


def _both(
    b: Any, name: str, doc: str, keys: list[Any], part: Callable[..., Any], whole: Any
) -> None:
    """``part(*key) <= 0`` where the campaign is joined, and the rest of ``whole(*key)`` too."""
    setattr(b, name, pyo.Constraint(keys, rule=lambda _, *key: part(*key) <= 0, doc=doc))
    rest = pyo.Constraint(
        keys, rule=lambda _, *key: whole(*key) - part(*key) <= 0, doc=f"{doc}, else"
    )
    setattr(b, f"{name}_else", rest)


def _visits(
    b: Any,
    rooms: Rooms,
    keys: list[Key],
    whole: dict[tuple[str, int], dict[str, Any]],
) -> None:
    """Orders come from the visits of their side."""

    def market(s: str, t: int) -> float:
        return float(rooms.p.traffic[s][t])

    _both(
        b,
        "recommended",
        "(CA.19) recommended visits of a side",
        keys,
        lambda e, s, t: b.visits[e, s, t] - b.other[e, s, t] - market(s, t) * b.traffic[e, s, t],
        lambda _, s, t: whole[s, t]["distinct"] - market(s, t) * whole[s, t]["traffic"],
    )

    def beyond(s: str, amount: Callable[[Kind], Any]) -> Any:
        return sum(kind.worth[s] * amount(kind) for kind in rooms.kinds if s in kind.worth)

    _both(
        b,
        "ordered",
        "(CA.20) orders of a side",
        keys,
        lambda e, s, t: (
            rooms.ordered_with(e, s, t)
            - b.visits[e, s, t]
            - beyond(s, lambda kind: b.kind[kind.name, e, s, t])
        ),
        lambda _, s, t: (
            whole[s, t]["ordered"]
            - whole[s, t]["visits"]
            - beyond(s, lambda kind: whole[s, t][kind.name])
        ),
    )


def _kinds(
    b: Any,
    kinds: dict[tuple[str, str, str, int], Kind],
    whole: dict[tuple[str, int], dict[str, Any]],
) -> None:
    """Visits of a kind are visits of their side."""
    keys = list(kinds)
    _both(
        b,
        "kind_within",
        "(CA.21) visits of a kind are visits of their side",
        keys,
        lambda *key: b.kind[key] - getattr(b, kinds[key].within)[key[1:]],
        lambda *key: whole[key[2:]][key[0]] - whole[key[2:]][kinds[key].within],
    )

    @b.Constraint(keys, doc="(CA.22) no more visits of a kind than there are")
    def kind_most(b, name, e, s, t):
        return b.kind[name, e, s, t] <= whole[s, t][name]


def _carried(
    b: Any, rooms: Rooms, keys: list[Key], whole: dict[tuple[str, int], dict[str, Any]]
) -> None:
    """The traffic of a side comes from the visits and orders of that side."""
    there, segments = set(keys), rooms.p.ids.segments

    def with_it(e: str, s: str, t: int) -> Any:
        sold = {z: rooms.sold_with(e, z, t) for z in segments}
        earned = rooms.earned(s, t, b.traffic[e, s, t], b.visits[e, s, t], sold)
        return b.traffic[e, s, t + 1] - earned - b.shared[e, s, t]

    def in_all(_: str, s: str, t: int) -> Any:
        now, sold = whole[s, t], {z: rooms.sold(z, t) for z in segments}
        earned = rooms.earned(s, t, now["traffic"], now["visits"], sold)
        return whole[s, t + 1]["traffic"] - earned - now["shared"]

    steps = [(e, s, t) for e, s, t in keys if (e, s, t + 1) in there]
    _both(b, "carried", "(CA.23) traffic carried on by a side", steps, with_it, in_all)
