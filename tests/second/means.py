"""Goods, team and money of the second formulation.

Written from `models/MODEL.md` and `docs/instance-format.md` alone, like ``levers``.
"""

from typing import Any

from fact_models.spec.goods import Channel
from fact_models.spec.instance import Instance
from tests.second.events import Deals, Promotions
from tests.second.levers import Creators, Grid, Rooms, Time
from tests.second.linear import Expr, Programme, total

LEVERS = ("field", "alliance", "campaign", "kol")


class Means:
    """What the levers sell and use up; the snowball is told in ``Second``."""

    instance: Instance
    p: Programme
    time: Time
    segments: dict[str, Any]
    rooms: Rooms
    creators: Creators
    promotions: Promotions
    deals: Deals
    shelf: Grid
    repeat: Grid
    mode_orders: Grid

    def _goods(self) -> None:
        """(GO.1) to (GO.6) and the money of every channel (section 11)."""
        p, lines = self.p, self.instance.goods.lines
        self.flows: dict[str, dict[int, Expr]] = {
            name: {t: Expr() for t in self.time.periods}
            for name in ("gmv", "kept", "goods", "freight", "kept_x", "goods_x", "freight_x")
        }
        self.commission: dict[tuple[str, int], Expr] = {}
        self.commission_x = {t: Expr() for t in self.time.periods}
        self.out: Grid = {(g, t): Expr() for g in lines for t in self.time.periods}
        self.bought_cash = {t: Expr() for t in self.time.periods}
        self.order_count = {t: Expr() for t in self.time.periods}
        for t in self.time.periods:
            self._channels(t)
            for k in self.deals.deals:
                self._deal_money(k, t)
        for g, line in lines.items():
            if line.stock:
                self._stock(p, g, line)

    def _channels(self, t: int) -> None:
        rooms, creators = self.rooms, self.creators
        for n, (factor, price, _) in enumerate(self.promotions.modes[t]):
            orders = factor * total(
                self.mode_orders[a, s, n, t] for a in rooms.accounts for s in self.segments
            )
            self._sell("field", orders, price, t)
        for c, tier in creators.tiers.items():
            for o, terms in tier.offers.items():
                orders = total(creators.orders[c, o, s, t] for s in self.segments)
                kept = self._sell("alliance", orders, 1 - tier.discount, t)
                share = (terms.commission + terms.service_fee) * kept
                key = ("alliance", t)
                self.commission[key] = self.commission.get(key, Expr()) + share
                self.commission_x[t] += share
        self._sell("shelf", total(self.shelf[s, t] for s in self.segments), 1.0, t)
        self._sell("repeat", total(self.repeat[s, t] for s in self.segments), 1.0, t)

    def _sell(self, channel: Channel, orders: Expr, price: float, t: int) -> Expr:
        """Orders of a channel spread over the lines; what is kept of their GMV."""
        p, lines, kept = self.p, self.instance.goods.lines, Expr()
        self.order_count[t] += orders
        spread = {g: orders for g in lines}
        if len(lines) > 1:
            spread = {g: p.column() for g in lines}
            p.equal(total(spread.values()), orders)
        for g, line in lines.items():
            if len(lines) > 1:
                p.atmost(line.share_min.get(channel, 0.0) * orders, spread[g])
                p.atmost(spread[g], line.share_max.get(channel, 1.0) * orders)
            items = line.conversion_factor * spread[g]
            kept += self._settle(g, items, price, t, (0.0, 0.0), ("", "_x"))
            self.out[g, t] += (1 - line.refund_pre) * items
        return kept

    def _settle(
        self,
        g: str,
        items: Expr,
        price: float,
        t: int,
        added: tuple[float, float],
        worlds: tuple[str, ...],
    ) -> Expr:
        line = self.instance.goods.lines[g]
        pre, post = line.refund_pre + added[0], line.refund_post + added[1]
        gmv = line.price * price * items
        kept = (1 - pre - post) * gmv
        goods = line.unit_cost * ((1 - pre - post) + post * line.writeoff) * items
        freight = (1 - pre) * (line.shipping + line.insurance) + post * line.handling
        for world in worlds:
            if not world:
                self.flows["gmv"][t] += gmv
            self.flows[f"kept{world}"][t] += kept
            self.flows[f"freight{world}"][t] += freight * items
            if not world or line.stock is None:
                self.flows[f"goods{world}"][t] += goods
        return kept

    def _deal_money(self, k: str, t: int) -> None:
        deal, q = self.deals.deals[k], self.deals.q[k, t]
        added = (deal.refund_pre_add, deal.refund_post_add)
        outcome = self.instance.kol.cash_outcome if self.instance.kol else "mean"
        self.order_count[t] += self.deals.sold(k, "mean") * q
        for g, share in self.deals.shares(k).items():
            price = 1 - deal.discount
            items = share * self.deals.sold(k, "mean") * q
            kept = self._settle(g, items, price, t, added, ("",))
            key = ("kol", t)
            self.commission[key] = self.commission.get(key, Expr()) + deal.commission * kept
            line = self.instance.goods.lines[g]
            self.out[g, t] += (1 - line.refund_pre - added[0]) * items
            items = share * self.deals.sold(k, outcome) * q
            kept = self._settle(g, items, price, t, added, ("_x",))
            self.commission_x[t] += deal.commission * kept

    def _stock(self, p: Programme, g: str, line: Any) -> None:
        record, periods = line.stock, self.time.periods
        buy = {}
        for t in periods:
            if record.lot is not None:
                lots = p.column(record.purchase_max // record.lot, whole=True)
                buy[t] = record.lot * lots
            else:
                buy[t] = p.column(record.purchase_max)
            self.bought_cash[t] += line.unit_cost * buy[t]
        underway = dict(enumerate(record.arriving))
        stock = Expr(constant=record.opening + underway.get(0, 0.0))
        if record.lead == 0:
            stock += buy[0]
        for t in periods:
            p.atmost(self.out[g, t], stock)
            for e, campaign in self.promotions.campaigns.items():
                for name, package in campaign.packages.items():
                    floor = package.stock_floor.get(g, 0.0)
                    if floor and self.promotions.span[e][0] == t:
                        p.atmost(floor * self.promotions.z[e, name], stock)
            for k, deal in self.deals.deals.items():
                if deal.stock_floor.get(g):
                    p.atmost(deal.stock_floor[g] * self.deals.q[k, t], stock)
            arrives = t + 1 - record.lead
            stock = stock - self.out[g, t] + buy.get(arrives, 0.0) + underway.get(t + 1, 0.0)

    def _team(self) -> None:
        """(ST.1) to (ST.8)."""
        p, periods, staff = self.p, self.time.periods, self.instance.staff
        self.rate: dict[str, float] = {}
        self.team_cash = {t: Expr() for t in periods}
        self.hire: Grid = {}
        self.leave: Grid = {}
        if staff is None:
            return
        cover = {
            (j, other, t): p.column()
            for j, role in staff.roles.items()
            for other in role.covers
            for t in periods
        }
        sources = (self.rooms, self.creators, self.promotions, self.deals)
        for j, role in staff.roles.items():
            self.rate[j] = role.wage / role.hours
            hire = {
                t: p.column(
                    0 if (t + staff.hire_elapsed) % staff.hire_every else role.hires_max,
                    whole=True,
                )
                for t in periods
            }
            leave = {t: p.column(role.leaves_max, whole=True) for t in periods}
            if role.hires_total is not None:
                p.atmost(total(hire.values()), role.hires_total)
            for t in periods:
                self.hire[j, t], self.leave[j, t] = hire[t], leave[t]
            # Heads who begin in t: hired before the horizon, or in it.
            before = dict(enumerate(role.joining))
            before |= {-1 - age: heads for age, heads in enumerate(role.learning)}
            begin = {
                t: before.get(t, 0.0) + hire.get(t - role.hire_lead, Expr())
                for t in range(-len(role.ramp), len(periods))
            }
            stay, heads = 1 - role.attrition, Expr(constant=role.heads)
            for t in periods:
                arrived = begin[t]
                heads = heads + arrived if t == 0 else stay * heads + arrived - leave[t - 1]
                p.atmost(role.heads_min, heads)
                if role.heads_max is not None:
                    p.atmost(heads, role.heads_max)
                able = heads - total(
                    (1 - share) * stay**n * begin.get(t - n, Expr())
                    for n, share in enumerate(role.ramp)
                )
                extra, outside = p.column(), p.column(role.outsource_max)
                p.atmost(extra, role.overtime_share * role.hours * able)
                need = total(source.work.get((j, t), Expr()) for source in sources)
                need += staff.order_hours.get(j, 0.0) * self.order_count[t]
                given = total(cover[j, other, t] for other in role.covers)
                received = total(
                    r.covers[j] * cover[other, j, t]
                    for other, r in staff.roles.items()
                    if j in r.covers
                )
                p.atmost(need + given, role.hours * able + extra + outside + received)
                self.team_cash[t] += (
                    role.wage * heads
                    + role.overtime_factor * self.rate[j] * extra
                    + role.outsource_price * outside
                    + role.hire_cost * hire[t]
                    + role.severance * leave[t]
                )

    def _money(self) -> None:
        """(MO.3) to (MO.17)."""
        p, periods, money = self.p, self.time.periods, self.instance.money
        sources: dict[str, Any] = dict(
            zip(LEVERS, (self.rooms, self.creators, self.promotions, self.deals), strict=True)
        )
        paid = {(n, t): source.cash_out[t] for n, source in sources.items() for t in periods}
        spent: Grid = {}
        for (n, t), cash in paid.items():
            labour = total(
                rate * sources[n].work.get((j, t), Expr()) for j, rate in self.rate.items()
            )
            spent[n, t] = cash + labour + self.commission.get((n, t), Expr())
        commission = {
            t: total(self.commission.get((n, t), Expr()) for n in LEVERS) for t in periods
        }
        self.spend = {
            t: total(paid[n, t] for n in LEVERS) + commission[t] + self.team_cash[t]
            for t in periods
        }
        past = money.past
        before = {n: getattr(past, n) for n in LEVERS}
        everything = total(self.spend.values()) + sum(before.values()) + past.team
        if money.budget is not None:
            p.atmost(everything, money.budget)
        if money.budget_per_period is not None:
            for t in periods:
                p.atmost(self.spend[t], money.budget_per_period)
        whole = total(spent.values()) + sum(before.values())
        for lever, limit in money.levers.items():
            of_lever = total(spent[lever, t] for t in periods) + before[lever]
            p.atmost(limit.min, of_lever)
            if limit.max is not None:
                p.atmost(of_lever, limit.max)
            p.atmost(limit.share_min * whole, of_lever)
            p.atmost(of_lever, limit.share_max * whole)
        for cell in money.locked:
            t = self.time.calendar.period_of(cell.period)
            p.equal(spent[cell.lever, t], cell.spend)
        self._cash(commission)
        self.contribution = {
            t: (1 - money.platform_fee - money.tax_other) * self.flows["kept"][t]
            - self.flows["goods"][t]
            - self.flows["freight"][t]
            - self.spend[t]
            - money.overhead
            + self.deals.back[t]
            for t in periods
        }
        if money.profit_floor is not None:
            p.atmost(money.profit_floor, total(self.contribution.values()) + past.contribution)
        gmv = total(self.flows["gmv"].values()) + past.gmv
        if money.roi_floor is not None:
            p.atmost(money.roi_floor * everything, gmv)
        if self.instance.objective.goal == "cost":
            p.atmost(self.instance.objective.target or 0.0, gmv)

    def _cash(self, commission: dict[int, Expr]) -> None:
        p, periods, money = self.p, self.time.periods, self.instance.money
        if money.cash is None:
            return
        share = 1 - money.platform_fee - money.tax_other
        due = {t: share * self.flows["kept_x"][t] - self.commission_x[t] for t in periods}
        balance, drawn = Expr(constant=money.cash.opening), Expr(constant=money.cash.drawn)
        for t in periods:
            receipts = total(
                part * due[t - n] for n, part in enumerate(money.settlement) if t - n >= 0
            )
            if t < len(money.cash.receivables):
                receipts += money.cash.receivables[t]
            receipts += self.deals.back_in_cash[t]
            balance = (
                balance
                + receipts
                - (self.spend[t] - commission[t])
                - money.overhead
                - self.flows["goods_x"][t]
                - self.flows["freight_x"][t]
                - self.bought_cash[t]
                - money.cash.interest * drawn
            )
            drawn = p.column(money.cash.credit)
            p.atmost(money.cash.floor, balance + drawn)

    def objective(self) -> Expr:
        """(OB.1), (OB.4); a cost is counted negative."""
        goal = self.instance.objective
        by_goal = {
            "gmv": self.flows["gmv"],
            "net_gmv": self.flows["kept"],
            "profit": self.contribution,
            "cost": {t: -1.0 * e for t, e in self.spend.items()},
        }
        now = 1 + goal.discount_rate
        value = total(now**-t * e for t, e in by_goal[goal.goal].items())
        if goal.terminal and goal.goal != "cost":
            value += now ** -len(self.time.periods) * self.end_value()
        return value

    def end_value(self) -> Expr:
        """(OB.2) at stated worths, before it is discounted."""
        raise NotImplementedError
