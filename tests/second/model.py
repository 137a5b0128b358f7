"""The second formulation: the whole program of `models/MODEL.md` once more, by another hand.

It knows the records of an instance and the text of MODEL.md, nothing of the equations in
``fact_models``. Curves must be concave, the world that of the snowball, and the end value is left
out: its weights are derived, not stated.
"""

from typing import Any

from fact_models.spec.goods import Channel
from fact_models.spec.instance import Instance
from tests.second.curves import saturation
from tests.second.levers import Creators, Deals, Grid, Promotions, Rooms, Time
from tests.second.linear import Answer, Expr, Programme, total

LEVERS = ("field", "alliance", "campaign", "kol")
LOOSE = 1 + 1e-6


class Second:
    """The program of one instance, ready to solve."""

    def __init__(self, instance: Instance) -> None:
        if instance.snowball.model != "snowball" or instance.objective.terminal:
            raise ValueError("needs the snowball and no end value")
        self.instance, self.p, self.time = instance, Programme(), Time(instance)
        p, time = self.p, self.time
        self.segments: dict[str, Any] = dict(instance.snowball.segments)
        self.awareness: Grid = {}
        for s, segment in self.segments.items():
            for t in range(len(time.periods) + 1):
                start = segment.awareness
                self.awareness[s, t] = Expr(constant=start) if t == 0 else p.column()
        self.rooms = Rooms(p, instance, time)
        self.creators = Creators(p, instance, time, self.awareness)
        self.promotions = Promotions(p, instance, time, self.rooms)
        self.deals = Deals(p, instance, time, self.promotions)
        self.shelf: Grid = {(s, t): p.column() for s in self.segments for t in time.periods}
        self.repeat: Grid = {(s, t): p.column() for s in self.segments for t in time.periods}
        self.own: Grid = {}
        self.mode_orders: Grid = {}
        self.traffic: Grid = {}
        self.followers: Grid = {}
        for t in time.periods:
            self._orders(t)
        self._segments()
        self._traffic()
        self._goods()
        self._team()
        self._money()

    def solve(self, gap: float = 1e-6) -> Answer:
        """Value and bound in the sense of the goal; a least cost is told as it is."""
        objective = self.objective()
        found = self.p.solve(objective, gap)
        if self.instance.objective.goal == "cost":
            found.value, found.bound = -found.value, -found.bound
        return found

    def _orders(self, t: int) -> None:
        """(FI.16), (CA.4) to (CA.8)."""
        p, time, rooms = self.p, self.time, self.rooms
        modes = self.promotions.modes[t]
        y = [p.column(1) for _ in modes]
        p.equal(total(y), 1.0)
        for switch, (_, _, members) in zip(y, modes, strict=True):
            for member in members:
                p.atmost(switch, member)
        for a, account in rooms.accounts.items():
            for s, record in self.segments.items():
                cr = record.conversion
                well = record.conversion_well if record.conversion_well is not None else cr
                eager = record.conversion_interested
                eager = eager if eager is not None else cr
                f = {name: grid[a, s, t] for name, grid in rooms.flows.items()}
                by_boost = total(
                    (boost.conversion_factor - 1) * cr * rooms.bst[i, a, s, t]
                    for i, boost in rooms.boosts.items()
                )
                base = p.column()
                rate = time.zeta[s, t] * account.conversion_factor
                p.atmost(
                    base,
                    rate
                    * (
                        cr * rooms.v[a, s, t]
                        + (well - cr) * f["well"]
                        + (eager - cr) * f["har"]
                        + (record.follower_factor - 1) * cr * f["ret"]
                        + by_boost
                        + record.calibration_gain * f["cal"]
                    ),
                )
                factors = [b.conversion_factor for b in rooms.boosts.values()]
                best = max(well, eager, cr * record.follower_factor, *(cr * b for b in factors))
                best = max(best, cr) + (well - cr) + record.calibration_gain
                most = LOOSE * rate * best * rooms.vmax[a]
                parts = [p.column() for _ in modes]
                p.equal(total(parts), base)
                for n, (part, switch) in enumerate(zip(parts, y, strict=True)):
                    p.atmost(part, most * switch)
                    self.mode_orders[a, s, n, t] = part
                self.own[a, s, t] = total(
                    factor * part for (factor, _, _), part in zip(modes, parts, strict=True)
                )

    def sold(self, s: str, t: int) -> Expr:
        """(SN.20) orders before shelf and repeat."""
        return (
            total(self.own[a, s, t] for a in self.rooms.accounts)
            + total(e for (_, _, z, u), e in self.creators.orders.items() if (z, u) == (s, t))
            + self.deals.orders[s, t]
        )

    def _segments(self) -> None:
        """Followers, customers, interest, awareness, shelf and repeat orders: (SN.5) to
        (SN.18).
        """
        for s in self.segments:
            self._people(s)
            self._interest(s)

    def _people(self, s: str) -> None:
        p, time, rooms, record = self.p, self.time, self.rooms, self.segments[s]
        snowball = self.instance.snowball
        followers, customers = Expr(constant=record.followers), Expr(constant=record.customers)
        for t in time.periods:
            m, zeta = time.m[s, t], time.zeta[s, t]
            self.followers[s, t] = followers
            flows = {
                name: total(grid[a, s, t] for a in rooms.accounts)
                for name, grid in rooms.flows.items()
            }
            p.atmost(flows["ret"], record.return_rate * m * followers)
            p.atmost(flows["inf"], self.promotions.inflow[s, t] + self.deals.inflow[s, t])
            served = total(rooms.v[a, s, t] for a in rooms.accounts)
            nu = record.calibration_scale
            p.concave(nu * flows["cal"], saturation(), followers, nu * served, 40.0)
            for a in rooms.accounts:
                p.atmost(rooms.flows["cal"][a, s, t], rooms.v[a, s, t])
            w, gained = p.column(), p.column()
            own = total(self.own[a, s, t] for a in rooms.accounts)
            p.atmost(
                w,
                record.contact_per_visit * served
                + record.contact_per_order * own
                + self.creators.contacts[s, t]
                + self.deals.contacts[s, t],
            )
            free = record.pool - followers
            p.atmost(w, 2 * free)
            p.concave(gained, saturation(), w, free, 2.0)
            then = p.column()
            p.atmost(then, (1 - record.unfollow) * followers + gained)
            sold = self.sold(s, t)
            p.atmost(self.repeat[s, t], record.repeat_rate * zeta * customers)
            shelf = snowball.shelf
            if shelf:
                natural = (
                    shelf.per_follower * followers + shelf.per_awareness * self.awareness[s, t]
                )
                p.atmost(self.shelf[s, t], zeta * m * natural + shelf.per_content_order * sold)
            else:
                p.atmost(self.shelf[s, t], 0.0)
            bought = p.column()
            p.atmost(
                bought,
                (1 - record.customer_churn) * customers
                + record.new_customer_share * (sold + self.shelf[s, t]),
            )
            followers, customers = then, bought
            p.atmost(
                self.awareness[s, t + 1],
                snowball.awareness_retention * self.awareness[s, t]
                + self.promotions.gain[s, t]
                + self.deals.gain[s, t],
            )

    def _interest(self, s: str) -> None:
        p, rooms, record = self.p, self.rooms, self.instance.snowball.interest
        pool = Expr(constant=self.segments[s].interest)
        for t in self.time.periods:
            harvest = total(rooms.flows["har"][a, s, t] for a in rooms.accounts)
            if record is None:
                p.atmost(harvest, 0.0)
                continue
            p.atmost(harvest, record.harvest_max * pool)
            boosted = total(rooms.bst[i, a, s, t] for i in rooms.boosts for a in rooms.accounts)
            then = p.column()
            p.atmost(
                then,
                (1 - record.decay) * pool
                - harvest
                + record.per_boost_visit * boosted
                + record.per_creator_visit * self.creators.visits[s, t]
                + record.per_kol_visit * self.deals.visits[s, t]
                + record.per_awareness * self.awareness[s, t],
            )
            pool = then

    def _traffic(self) -> None:
        """(SN.1) to (SN.4)."""
        p, time, rooms = self.p, self.time, self.rooms
        for a, account in rooms.accounts.items():
            for s, record in self.segments.items():
                start = account.traffic.get(s, 0.0) if account.open else 0.0
                state = Expr(constant=start)
                for t in time.periods:
                    m, is_open = time.m[s, t], rooms.open[a, t]
                    rec, own = rooms.flows["rec"][a, s, t], self.own[a, s, t]
                    p.atmost(rec, m * state)
                    if t + 1 == len(time.periods):
                        continue
                    contacts = (
                        record.contact_per_visit * rooms.v[a, s, t]
                        + record.contact_per_order * own
                    )
                    alike = total(
                        rate / time.m[other, t] * self.own[a, other, t]
                        for other, rate in record.lookalike.items()
                    )
                    spilt = total(
                        e for (_, _, z, u), e in self.creators.orders.items() if (z, u) == (s, t)
                    )
                    beside = (
                        record.traffic_per_follower * self.followers[s, t]
                        + record.traffic_per_awareness * self.awareness[s, t]
                        + record.traffic_per_order
                        * self.instance.snowball.alliance_spill
                        / m
                        * spilt
                    )
                    drive = p.column()
                    p.atmost(
                        drive,
                        record.persistence * state
                        + (record.persistence_served / m) * rec
                        + (1 / m)
                        * (record.traffic_per_order * own + record.traffic_per_contact * contacts)
                        + alike
                        + account.share * beside
                        + account.cold_start.get(s, 0.0) * is_open,
                    )
                    top, then = account.saturation[s], p.column()
                    p.concave(
                        then * (1 / top),
                        saturation(),
                        drive * (1 / top),
                        rooms.open[a, t + 1],
                        40.0,
                    )
                    p.atmost(then, account.ceiling[s] * rooms.open[a, t + 1])
                    state = then

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
        stock = Expr(constant=record.opening) + (buy[0] if record.lead == 0 else 0.0)
        for t in periods:
            p.atmost(self.out[g, t], stock)
            for e, campaign in self.promotions.campaigns.items():
                for name, package in campaign.packages.items():
                    floor = package.stock_floor.get(g, 0.0)
                    if floor and self.promotions.window[e][:1] == [t]:
                        p.atmost(floor * self.promotions.z[e, name], stock)
            for k, deal in self.deals.deals.items():
                if deal.stock_floor.get(g):
                    p.atmost(deal.stock_floor[g] * self.deals.q[k, t], stock)
            arrives = t + 1 - record.lead
            stock = stock - self.out[g, t] + buy.get(arrives, 0.0)

    def _team(self) -> None:
        """(ST.1) to (ST.8)."""
        p, periods, staff = self.p, self.time.periods, self.instance.staff
        self.rate: dict[str, float] = {}
        self.team_cash = {t: Expr() for t in periods}
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
                t: p.column(role.hires_max if t % staff.hire_every == 0 else 0, whole=True)
                for t in periods
            }
            leave = {t: p.column(role.leaves_max, whole=True) for t in periods}
            if role.hires_total is not None:
                p.atmost(total(hire.values()), role.hires_total)
            stay, heads = 1 - role.attrition, Expr(constant=role.heads)
            for t in periods:
                arrived = hire.get(t - role.hire_lead, Expr())
                heads = heads + arrived if t == 0 else stay * heads + arrived - leave[t - 1]
                p.atmost(role.heads_min, heads)
                if role.heads_max is not None:
                    p.atmost(heads, role.heads_max)
                able = heads - total(
                    (1 - share) * stay**n * hire.get(t - role.hire_lead - n, Expr())
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
        everything = total(self.spend.values())
        if money.budget is not None:
            p.atmost(everything, money.budget)
        if money.budget_per_period is not None:
            for t in periods:
                p.atmost(self.spend[t], money.budget_per_period)
        whole = total(spent.values())
        for lever, limit in money.levers.items():
            of_lever = total(spent[lever, t] for t in periods)
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
            p.atmost(money.profit_floor, total(self.contribution.values()))
        gmv = total(self.flows["gmv"].values())
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
        balance, drawn = Expr(constant=money.cash.opening), Expr()
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
        return total(now**-t * e for t, e in by_goal[goal.goal].items())
