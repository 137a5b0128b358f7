"""The levers of the second formulation that act in every period: own rooms and creators.

Written from `models/MODEL.md` and `docs/instance-format.md` alone; the numbers are those of
MODEL.md. Every class offers what the snowball, the goods, the team and the money take.
"""

from typing import Any

from fact_models.spec.instance import Instance
from tests.second.curves import curve_of
from tests.second.linear import Expr, Programme, total

Grid = dict[tuple[Any, ...], Expr]


class Time:
    """Season factors and spans (section 3)."""

    def __init__(self, instance: Instance) -> None:
        self.calendar = instance.calendar
        self.periods = range(instance.calendar.periods)
        self.segments = tuple(instance.snowball.segments)
        self.m = {(s, t): 1.0 for s in self.segments for t in self.periods}
        self.zeta = dict(self.m)
        self.kappa = dict.fromkeys(self.periods, 1.0)
        for span in instance.season:
            cover = self.calendar.coverage(span.first, span.last)
            for t in self.periods:
                self.kappa[t] *= 1 + (span.boost_cost - 1) * cover[t]
                for s in span.segments or self.segments:
                    self.m[s, t] *= 1 + (span.traffic - 1) * cover[t]
                    self.zeta[s, t] *= 1 + (span.conversion - 1) * cover[t]


class Rooms:
    """Field (FI.1) to (FI.22), without orders."""

    def __init__(self, p: Programme, instance: Instance, time: Time) -> None:
        self.p, self.time, record = p, time, instance.field
        self.accounts: dict[str, Any] = record.accounts if record else {}
        self.boosts: dict[str, Any] = record.boosts if record else {}
        self.levels: dict[str, Any] = record.discounts if record else {}
        self.content = record.content if record else None
        self.cash_out = {t: Expr() for t in time.periods}
        self.work: dict[tuple[str, int], Expr] = {}
        self.open: Grid = {}
        self.start: Grid = {}
        self.v: Grid = {}
        self.level: Grid = {}
        self.flows: dict[str, Grid] = {
            name: {} for name in ("rec", "uni", "ret", "inf", "har", "well", "cal")
        }
        self.bst: Grid = {}
        self.vmax: dict[str, float] = {}
        for a in self.accounts:
            self._opening(a)
            for t in time.periods:
                self._room(a, t)
        if record and record.accounts_max is not None:
            for t in time.periods:
                p.atmost(total(self.open[a, t] for a in self.accounts), record.accounts_max)
        self._boosts()
        for t in time.periods:
            if self.levels:
                for l in self.levels:
                    self.level[l, t] = p.column(1, whole=True)
                p.equal(total(self.level[l, t] for l in self.levels), 1.0)
        if record:
            for s, curve in record.overlap.items():
                self._overlap(s, curve_of(curve))

    def _spend_hours(self, crew: dict[str, float], t: int, amount: Expr) -> None:
        for j, hours in crew.items():
            self.work[j, t] = self.work.get((j, t), Expr()) + hours * amount

    def _opening(self, a: str) -> None:
        account, p = self.accounts[a], self.p
        if account.open:
            for t in self.time.periods:
                self.open[a, t] = Expr(constant=1.0)
        else:
            first = 0
            if account.opening_first is not None:
                first = self.time.calendar.period_of(account.opening_first)
            opens = None if account.opens is None else self.time.calendar.period_of(account.opens)
            start = {
                t: p.column(float(t >= first and opens is None), whole=True)
                for t in self.time.periods
            }
            p.atmost(total(start.values()), 1.0)
            for t in self.time.periods:
                self.start[a, t] = start[t]
                self.open[a, t] = total(
                    start[u] for u in self.time.periods if u <= t - account.opening_lead
                )
                if opens is not None and t >= opens:
                    self.open[a, t] += 1.0
                self.cash_out[t] += account.opening_cost * start[t]
        for t in self.time.periods:
            self.cash_out[t] += account.fixed_cost * self.open[a, t]

    def _room(self, a: str, t: int) -> None:
        account, p, is_open = self.accounts[a], self.p, self.open[a, t]
        live = is_open
        if account.hours_min > 0:
            live = p.column(1, whole=True)
            p.atmost(live, is_open)
        slots = {k: (b.hours_max, b.factor) for k, b in account.slots.items()}
        slots = slots or {"all": (account.hours_max, 1.0)}
        sum_of_slots = sum(most for most, _ in slots.values())
        curve, capacity, hours, top = curve_of(account.reception), [], [], 0.0
        for most, factor in slots.values():
            w = most / sum_of_slots if account.slots else 1.0
            h, cap = p.column(most), p.column()
            p.atmost(h, most * is_open)
            if factor > 0:
                p.concave((1 / (factor * w)) * cap, curve, (1 / w) * h, is_open, most / w)
            else:
                p.atmost(cap, 0.0)
            hours.append(h)
            capacity.append(cap)
            top += factor * w * curve.value(most / w)
        p.atmost(total(hours), account.hours_max * live)
        if account.hours_min > 0:
            p.atmost(account.hours_min * live, total(hours))
        self._spend_hours(account.crew, t, total(hours))
        self.vmax[a] = top
        for s in self.time.segments:
            for grid in self.flows.values():
                grid[a, s, t] = p.column()
            rec, uni, ret, inf, har, well, _ = (g[a, s, t] for g in self.flows.values())
            for i in self.boosts:
                self.bst[i, a, s, t] = p.column()
            boosted = total(self.bst[i, a, s, t] for i in self.boosts)
            p.atmost(uni, rec)
            self.v[a, s, t] = uni + ret + inf + har + boosted
            p.atmost(well, self.v[a, s, t])
            capacity.append(-(rec + ret + inf + har + boosted))
        p.atmost(0.0, total(capacity))
        self._quality(a, t)

    def _quality(self, a: str, t: int) -> None:
        account, p, is_open = self.accounts[a], self.p, self.open[a, t]
        well = total(self.flows["well"][a, s, t] for s in self.time.segments)
        if account.quality is None or account.quality.hours_max == 0:
            p.atmost(well, 0.0)
            return
        k = p.column()
        p.atmost(k, account.quality.hours_max * is_open)
        p.concave(well, curve_of(account.quality.curve), k, is_open, account.quality.hours_max)
        self._spend_hours(account.quality.crew, t, k)

    def _overlap(self, s: str, curve: Any) -> None:
        for t in self.time.periods:
            m = self.time.m[s, t]
            uni = total(self.flows["uni"][a, s, t] for a in self.accounts)
            rec = total(self.flows["rec"][a, s, t] for a in self.accounts)
            top = sum(account.ceiling[s] for account in self.accounts.values())
            self.p.concave(uni, curve, rec, m, top)

    def _boosts(self) -> None:
        p, content = self.p, self.content
        stock = Expr(constant=content.stock) if content else Expr()
        for t in self.time.periods:
            for i, boost in self.boosts.items():
                x, reach = p.column(boost.spend_max), p.column()
                scale = stock if boost.per_content else Expr(constant=1.0)
                top = boost.spend_max / self.time.kappa[t]
                if boost.per_content and content and content.stock > 0:
                    top = 20 * boost.spend_max / content.stock
                p.concave(reach, curve_of(boost.curve), x * (1 / self.time.kappa[t]), scale, top)
                self.cash_out[t] += x
                self._spend_hours(boost.crew, t, x)
                for s in self.time.segments:
                    share = boost.mix.get(s, 0.0) * self.time.m[s, t]
                    p.atmost(total(self.bst[i, a, s, t] for a in self.accounts), share * reach)
            if content:
                made, bought = p.column(content.made_max), p.column(content.bought_max)
                self._spend_hours(content.crew, t, made)
                self.cash_out[t] += content.price * bought
                kept = p.column()
                p.atmost(kept, (1 - content.decay) * stock + made + bought)
                stock = kept


class Creators:
    """Alliance (AL.1) to (AL.10); ``awareness`` [s,t] comes from the snowball."""

    def __init__(self, p: Programme, instance: Instance, time: Time, awareness: Grid) -> None:
        record = instance.alliance
        self.tiers: dict[str, Any] = record.tiers if record else {}
        self.cash_out = {t: Expr() for t in time.periods}
        self.work: dict[tuple[str, int], Expr] = {}
        self.visits: Grid = {(s, t): Expr() for s in time.segments for t in time.periods}
        self.orders: Grid = {}
        self.contacts: Grid = {(s, t): Expr() for s in time.segments for t in time.periods}
        self.left: dict[str, Expr] = {}
        if record is None:
            return
        block = {t: (t + record.contract_elapsed) // record.contract_periods for t in time.periods}
        for c, tier in self.tiers.items():
            chosen = {
                (o, b): p.column(1, whole=True) for o in tier.offers for b in set(block.values())
            }
            for b in set(block.values()):
                p.equal(total(chosen[o, b] for o in tier.offers), 1.0)
            if record.contract_elapsed > 0:
                p.equal(chosen[tier.current_offer, 0], 1.0)
            offer = {(o, t): chosen[o, block[t]] for o in tier.offers for t in time.periods}
            self._tier(p, time, awareness, c, offer)

    def _tier(self, p: Programme, time: Time, awareness: Grid, c: str, offer: Grid) -> None:
        tier = self.tiers[c]
        pool, curve = Expr(constant=tier.pool), curve_of(tier.visits)
        most = max(o.supply for o in tier.offers.values())
        samples: Grid = {}
        for t in time.periods:
            kept: dict[str, Expr] = {}
            for o, terms in tier.offers.items():
                kept[o], samples[o, t], vis = p.column(), p.column(), p.column()
                p.atmost(kept[o], terms.supply * offer[o, t])
                p.atmost(samples[o, t], tier.samples_max * offer[o, t])
                if terms.effort > 0:
                    p.concave((1 / terms.effort) * vis, curve, kept[o], offer[o, t], terms.supply)
                else:
                    p.atmost(vis, 0.0)
                self.cash_out[t] += tier.sample_cost * samples[o, t]
                for crew, amount in (
                    (tier.crew_sample, samples[o, t]),
                    (tier.crew_upkeep, kept[o]),
                ):
                    for j, hours in crew.items():
                        self.work[j, t] = self.work.get((j, t), Expr()) + hours * amount
                for s in time.segments:
                    come = tier.mix.get(s, 0.0) * time.m[s, t] * vis
                    sold = tier.conversion.get(s, 0.0) * time.zeta[s, t] * come
                    self.visits[s, t] += come
                    self.orders[c, o, s, t] = sold
                    self.contacts[s, t] += (
                        tier.contact_per_visit * come + tier.contact_per_order * sold
                    )
            p.atmost(total(kept.values()), pool)
            if t - tier.lead >= 0:
                joining = total(
                    terms.activation * samples[o, t - tier.lead]
                    for o, terms in tier.offers.items()
                )
            elif tier.arriving is not None:
                joining = Expr(constant=tier.arriving[t] if t < len(tier.arriving) else 0.0)
            else:
                rate = tier.offers[tier.current_offer].activation
                joining = Expr(constant=rate * tier.current_samples)
            after = p.column(most)
            p.atmost(
                after,
                total((1 - terms.churn) * kept[o] for o, terms in tier.offers.items())
                + joining
                + tier.attraction
                * total(self.orders[c, o, s, t] for o in tier.offers for s in time.segments)
                + tier.awareness_pull * total(awareness[s, t] for s in time.segments),
            )
            pool = after
        self.left[c] = pool
