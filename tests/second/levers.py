"""The levers of the second formulation: own rooms, creators, campaigns, KOL deals.

Written from `models/MODEL.md` and `docs/instance-format.md` alone; the numbers are those of
MODEL.md. Every class offers what the snowball, the goods, the team and the money take.
"""

from itertools import product
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
            start = {
                t: p.column(1.0 if t >= first else 0.0, whole=True) for t in self.time.periods
            }
            p.atmost(total(start.values()), 1.0)
            for t in self.time.periods:
                self.open[a, t] = total(
                    start[u] for u in self.time.periods if u <= t - account.opening_lead
                )
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
        if record is None:
            return
        for c, tier in self.tiers.items():
            blocks = {t // record.contract_periods for t in time.periods}
            chosen = {(o, b): p.column(1, whole=True) for o in tier.offers for b in blocks}
            for b in blocks:
                p.equal(total(chosen[o, b] for o in tier.offers), 1.0)
            offer = {
                (o, t): chosen[o, t // record.contract_periods]
                for o in tier.offers
                for t in time.periods
            }
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


class Promotions:
    """Campaign (CA.1), (CA.2), (CA.9) to (CA.12) and the modes of section 3."""

    def __init__(self, p: Programme, instance: Instance, time: Time, rooms: Rooms) -> None:
        self.time, self.instance = time, instance
        record = instance.campaign
        self.campaigns: dict[str, Any] = record.campaigns if record else {}
        self.cash_out = {t: Expr() for t in time.periods}
        self.work: dict[tuple[str, int], Expr] = {}
        self.inflow: Grid = {(s, t): Expr() for s in time.segments for t in time.periods}
        self.gain: Grid = {(s, t): Expr() for s in time.segments for t in time.periods}
        self.z: Grid = {}
        self.cover = {
            e: time.calendar.coverage(c.first, c.last) for e, c in self.campaigns.items()
        }
        self.window = {
            e: [t for t, share in enumerate(cover) if share > 0] for e, cover in self.cover.items()
        }
        for e, campaign in self.campaigns.items():
            for name, package in campaign.packages.items():
                self._package(p, e, name, package)
            p.atmost(total(self.z[e, name] for name in campaign.packages), 1.0)
        for e, other in product(self.campaigns, repeat=2):
            if e < other and self._clash(e, other, record.separation if record else 0):
                p.atmost(self.taken(e) + self.taken(other), 1.0)
        self.modes = {t: self._modes(t, rooms) for t in time.periods}

    def taken(self, e: str) -> Expr:
        """Whether a campaign is joined."""
        return total(self.z[e, name] for name in self.campaigns[e].packages)

    def _package(self, p: Programme, e: str, name: str, package: Any) -> None:
        campaign, merchant = self.campaigns[e], self.instance.merchant
        window, calendar = self.window[e], self.time.calendar
        first = window[0] if window else -1
        signup = first - 1
        if campaign.signup_by is not None:
            signup = calendar.period_of(campaign.signup_by)
        new = merchant.new_until is not None and first <= calendar.period_of(merchant.new_until)
        possible = (
            bool(window)
            and merchant.score >= campaign.min_score
            and (not new or campaign.open_to_new)
            and (0 <= signup < len(self.time.periods) or campaign.joined == name)
        )
        z = self.z[e, name] = p.column(float(possible), float(campaign.joined == name), True)
        if campaign.joined != name and 0 <= signup < len(self.time.periods):
            self.cash_out[signup] += package.fee * z
        whole_window = self._whole_window(campaign)
        for t in window:
            share = self.cover[e][t]
            for j, hours in package.crew.items():
                self.work[j, t] = self.work.get((j, t), Expr()) + share * hours * z
            for s, visits in package.visits.items():
                self.inflow[s, t] += share * visits * z
            for s, points in package.awareness.items():
                self.gain[s, t] += points * share / whole_window * z

    def _whole_window(self, campaign: Any) -> float:
        begin, end = self.time.calendar.days_of(campaign.first, campaign.last)
        return ((end - begin).days + 1) / self.time.calendar.days

    def _clash(self, e: str, other: str, separation: int) -> bool:
        if other in self.campaigns[e].conflicts or e in self.campaigns[other].conflicts:
            return True
        one, two = sorted((self.window[e], self.window[other]))
        return bool(separation > 0 and one and two and two[0] - one[-1] <= separation)

    def _effect(self, e: str, package: Any, t: int) -> tuple[float, float] | None:
        """Order and price factor of a package in t; None where the campaign does not reach."""
        campaign, window = self.campaigns[e], self.window[e]
        if not window:
            return None
        if t in window:
            share = self.cover[e][t]
            return 1 + (package.uplift - 1) * share, 1 - package.discount * share
        interest = self.instance.snowball.interest
        explained = interest.dip_share if interest else 0.0
        for dip, near in (
            (campaign.pre_dip, window[0] - t),
            (campaign.post_dip, t - window[-1]),
        ):
            if dip and 1 <= near <= dip.periods:
                return 1 - (1 - dip.factor) * (1 - explained), 1.0
        return None

    def _modes(self, t: int, rooms: Rooms) -> list[tuple[float, float, list[Expr]]]:
        """Order factor, price factor and the 0/1 expressions that must all be 1."""
        choices: list[list[tuple[float, float, Expr]]] = []
        for e, campaign in self.campaigns.items():
            effects = {
                name: self._effect(e, package, t) for name, package in campaign.packages.items()
            }
            if any(effects.values()):
                none = [(1.0, 1.0, 1.0 - self.taken(e))]
                choices.append(
                    none + [(*fx, self.z[e, name]) for name, fx in effects.items() if fx]
                )
        if rooms.levels:
            choices.append(
                [(l.uplift, 1 - l.depth, rooms.level[n, t]) for n, l in rooms.levels.items()]
            )
        found = []
        for members in product(*choices):
            f = d = 1.0
            for uplift, price, _ in members:
                f, d = f * uplift, d * price
            found.append((f, d, [switch for _, _, switch in members]))
        return found


class Deals:
    """Top-KOL (KO.1) to (KO.11) and (CA.3)."""

    def __init__(
        self, p: Programme, instance: Instance, time: Time, promotions: Promotions
    ) -> None:
        record = instance.kol
        self.record = record
        self.deals: dict[str, Any] = record.deals if record else {}
        self.goods, self.time = instance.goods.lines, time
        self.cash_out = {t: Expr() for t in time.periods}
        self.back = {t: Expr() for t in time.periods}
        self.back_in_cash = {t: Expr() for t in time.periods}
        self.work: dict[tuple[str, int], Expr] = {}
        empty = [(s, t) for s in time.segments for t in time.periods]
        self.inflow: Grid = {key: Expr() for key in empty}
        self.gain: Grid = {key: Expr() for key in empty}
        self.contacts: Grid = {key: Expr() for key in empty}
        self.visits: Grid = {key: Expr() for key in empty}
        self.orders: Grid = {key: Expr() for key in empty}
        self.q: Grid = {}
        signed: dict[str, Expr] = {}
        for k, deal in self.deals.items():
            first = max(time.calendar.period_of(deal.first), deal.lead)
            last = time.calendar.period_of(deal.last)
            for t in time.periods:
                self.q[k, t] = p.column(float(first <= t <= last), whole=True)
                self._effects(k, t)
            signed[k] = total(self.q[k, t] for t in time.periods)
            p.atmost(signed[k], 1.0)
            for t in time.periods:
                if t + deal.lead in time.periods:
                    deposit = deal.acceptance * deal.fee * deal.deposit_share
                    self.cash_out[t] += deposit * self.q[k, t + deal.lead]
                rest = deal.acceptance * deal.fee * (1 - deal.deposit_share)
                self.cash_out[t] += rest * self.q[k, t]
            if deal.guarantee is not None:
                self._promised(k)
        for k, deal in self.deals.items():
            for other in deal.exclusive_with:
                p.atmost(signed[k] + signed[other], 1.0)
        if record and record.spacing >= 1:
            for t in time.periods:
                near = [u for u in time.periods if t <= u < t + record.spacing]
                p.atmost(total(self.q[k, u] for k in self.deals for u in near), 1.0)
        self._lowest_price(p, promotions)

    def _promised(self, k: str) -> None:
        """(KO.10), (KO.11) What a guarantee returns, expected and at the outcome of cash."""
        deal = self.deals[k]
        promise, points = (
            deal.guarantee,
            ((0.3, deal.gmv.p10), (0.4, deal.gmv.p50), (0.3, deal.gmv.p90)),
        )
        assert promise is not None
        assert self.record is not None
        goal = promise.roi * deal.fee

        def back(sold: float) -> float:
            if sold >= goal:
                return 0.0
            part = (goal - sold) / goal if promise.pro_rata else 1.0
            return float(deal.acceptance * deal.fee * promise.returned * part)

        expected = sum(weight * back(sold) for weight, sold in points)
        at = self.record.cash_outcome
        counted = expected if at == "mean" else back(getattr(deal.gmv, at))
        for t in self.time.periods:
            self.back[t] += expected * self.q[k, t]
            if t + promise.after in self.time.periods:
                self.back_in_cash[t + promise.after] += counted * self.q[k, t]

    def shares(self, k: str) -> dict[str, float]:
        """Shares of the lines in a deal's orders."""
        return dict(self.deals[k].lines) or {next(iter(self.goods)): 1.0}

    def sold(self, k: str, outcome: str) -> float:
        """Orders of a deal at an outcome."""
        deal = self.deals[k]
        gmv = deal.gmv.mean() if outcome == "mean" else getattr(deal.gmv, outcome)
        price = sum(share * self.goods[g].price for g, share in self.shares(k).items())
        return float(deal.acceptance * gmv / (price * (1 - deal.discount)))

    def _effects(self, k: str, t: int) -> None:
        deal, q = self.deals[k], self.q[k, t]
        for j, hours in deal.crew.items():
            self.work[j, t] = self.work.get((j, t), Expr()) + hours * q
        for s, points in deal.awareness.items():
            self.gain[s, t] += deal.acceptance * points * q
        for s, visits in deal.own_visits.items():
            self.inflow[s, t] += deal.acceptance * visits * q
        for s, share in deal.mix.items():
            orders = share * self.sold(k, "mean")
            visits = deal.visits_per_order * orders
            self.orders[s, t] += orders * q
            self.visits[s, t] += visits * q
            contacts = deal.contact_per_visit * visits + deal.contact_per_order * orders
            self.contacts[s, t] += contacts * q

    def _lowest_price(self, p: Programme, promotions: Promotions) -> None:
        calendar = self.time.calendar
        for (k, t), q in self.q.items():
            for e, campaign in promotions.campaigns.items():
                opens = calendar.days_of(campaign.first, campaign.last)[0]
                begins = (opens - calendar.first_day(t)).days  # days before the window
                touches = begins >= 1 and begins - calendar.days < campaign.price_days
                for name, package in campaign.packages.items():
                    if touches and self.deals[k].discount > package.discount:
                        p.atmost(promotions.z[e, name] + q, 1.0)
