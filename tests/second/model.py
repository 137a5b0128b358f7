"""The second formulation: the whole program of `models/MODEL.md` once more, by another hand.

It knows the records of an instance and the text of MODEL.md, nothing of the equations in
``fact_models``. What is left at the end must have its worth stated in the file: derived weights
are no part of the text.
"""

from fact_models.spec.instance import Instance
from tests.second.curves import saturation
from tests.second.events import Deals, Promotions
from tests.second.levers import Creators, Grid, Rooms, Time
from tests.second.linear import Answer, Expr, Programme, total
from tests.second.means import Means

LOOSE = 1 + 1e-6


class Second(Means):
    """The program of one instance, ready to solve.

    Args:
        instance: worths of what is left at the end are stated if they count.
        programme: what it is written into; one of its own if not given.
    """

    def __init__(self, instance: Instance, programme: Programme | None = None) -> None:
        self.instance, self.p, self.time = instance, programme or Programme(), Time(instance)
        self.funnel = instance.snowball.model == "funnel"
        p, time = self.p, self.time
        self.segments = dict(instance.snowball.segments)
        self.awareness = {}
        for s, segment in self.segments.items():
            for t in range(len(time.periods) + 1):
                start = segment.awareness
                self.awareness[s, t] = Expr(constant=start) if t == 0 else p.column()
        self.rooms = Rooms(p, instance, time)
        self.creators = Creators(p, instance, time, self.awareness)
        self.promotions = Promotions(p, instance, time, self.rooms)
        self.deals = Deals(p, instance, time, self.promotions)
        self.shelf = {(s, t): p.column() for s in self.segments for t in time.periods}
        self.repeat = {(s, t): p.column() for s in self.segments for t in time.periods}
        self.own: Grid = {}
        self.mode_orders = {}
        self.followers: Grid = {}
        self.left: dict[tuple[str, ...], Expr] = {}
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

    def first_decisions(self) -> dict[tuple[object, ...], Expr]:
        """Columns that are decided before a world is known, by kind and name (DO.1)."""
        grids = {
            "package": self.promotions.z,
            "deal": self.deals.q,
            "start": self.rooms.start,
            "hire": self.hire,
            "leave": self.leave,
        }
        return {(kind, *key): e for kind, grid in grids.items() for key, e in grid.items()}

    def end_value(self) -> Expr:
        """(OB.2) at stated worths, before it is discounted.

        Raises:
            ValueError: a worth is not stated.
        """
        worths: dict[tuple[str, ...], float | None] = {}
        for s, record in self.segments.items():
            worths["followers", s] = record.end_worth_follower
            worths["customers", s] = record.end_worth_customer
            worths["interest", s] = record.end_worth_interest
            for a, account in self.rooms.accounts.items():
                worths["traffic", a, s] = account.end_worth.get(s)
        for c, tier in self.creators.tiers.items():
            worths["creators", c] = tier.end_worth
            self.left["creators", c] = self.creators.left[c]
        stated = {key: worth for key, worth in worths.items() if worth is not None}
        if len(stated) < len(worths):
            raise ValueError("what is left at the end has no stated worth")
        return total(worth * self.left[key] for key, worth in stated.items())

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
                p.atmost(rooms.flows["cal"][a, s, t], 0.0 if self.funnel else rooms.v[a, s, t])
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
        self.left["followers", s], self.left["customers", s] = followers, customers

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
        self.left["interest", s] = pool

    def _traffic(self) -> None:
        """(SN.1) to (SN.4); in a funnel (SN.19)."""
        for a in self.rooms.accounts:
            for s in self.segments:
                (self._funnel if self.funnel else self._recommended)(a, s)

    def _funnel(self, a: str, s: str) -> None:
        """(SN.19) Traffic is what it was, or that of a cold start."""
        p, rooms = self.p, self.rooms
        account = rooms.accounts[a]
        start = (account.traffic if account.open else account.cold_start).get(s, 0.0)
        for t in self.time.periods:
            p.atmost(rooms.flows["rec"][a, s, t], self.time.m[s, t] * start * rooms.open[a, t])
        self.left["traffic", a, s] = start * rooms.open[a, self.time.periods[-1]]

    def _recommended(self, a: str, s: str) -> None:
        """(SN.1) to (SN.4)."""
        p, time, rooms = self.p, self.time, self.rooms
        account = rooms.accounts[a]
        state = Expr(constant=account.traffic.get(s, 0.0) if account.open else 0.0)
        top = account.saturation[s]
        for t in time.periods:
            p.atmost(rooms.flows["rec"][a, s, t], time.m[s, t] * state)
            drive = p.column()
            p.atmost(drive, self._earned(a, s, t, state))
            is_open = rooms.open[a, min(t + 1, time.periods[-1])]
            then = p.column()
            p.concave(then * (1 / top), saturation(), drive * (1 / top), is_open, 40.0)
            p.atmost(then, account.ceiling[s] * is_open)
            state = then
        self.left["traffic", a, s] = state

    def _earned(self, a: str, s: str, t: int, state: Expr) -> Expr:
        """Right-hand side of (SN.2)."""
        time, rooms = self.time, self.rooms
        account, record, m = rooms.accounts[a], self.segments[s], self.time.m[s, t]
        own = self.own[a, s, t]
        contacts = record.contact_per_visit * rooms.v[a, s, t] + record.contact_per_order * own
        alike = total(
            rate / time.m[other, t] * self.own[a, other, t]
            for other, rate in record.lookalike.items()
        )
        spilt = total(e for (_, _, z, u), e in self.creators.orders.items() if (z, u) == (s, t))
        beside = (
            record.traffic_per_follower * self.followers[s, t]
            + record.traffic_per_awareness * self.awareness[s, t]
            + record.traffic_per_order * self.instance.snowball.alliance_spill / m * spilt
        )
        found: Expr = (
            record.persistence * state
            + (record.persistence_served / m) * rooms.flows["rec"][a, s, t]
            + (1 / m) * (record.traffic_per_order * own + record.traffic_per_contact * contacts)
            + alike
            + account.share * beside
            + account.cold_start.get(s, 0.0) * rooms.open[a, t]
        )
        return found
