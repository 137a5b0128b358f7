"""The levers of the second formulation that are events: campaigns and KOL deals.

Written from `models/MODEL.md` and `docs/instance-format.md` alone, like ``levers``.
"""

from itertools import product
from typing import Any

from fact_models.spec.instance import Instance
from tests.second.levers import Grid, Rooms, Time
from tests.second.linear import Expr, Programme, total


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
        # First and last window period, also where they lie outside the horizon.
        self.span = {
            e: (time.calendar.period_of(c.first), time.calendar.period_of(c.last))
            for e, c in self.campaigns.items()
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
        first = self.span[e][0]
        signup = first - 1
        if campaign.signup_by is not None:
            signup = calendar.period_of(campaign.signup_by)
        new = merchant.new_until is not None and first <= calendar.period_of(merchant.new_until)
        possible = campaign.joined == name or (
            campaign.joined is None
            and bool(window)
            and first >= 0
            and merchant.score >= campaign.min_score
            and (not new or campaign.open_to_new)
            and 0 <= signup < len(self.time.periods)
            and not self._undercut(campaign, package)
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

    def _undercut(self, campaign: Any, package: Any) -> bool:
        """Whether a session held before the horizon was cheaper, and too near to the window."""
        calendar, kol = self.time.calendar, self.instance.kol
        for deal in kol.deals.values() if kol else ():
            if deal.agreed is not None and calendar.period_of(deal.agreed) < 0:
                near = _near_before(calendar, calendar.period_of(deal.agreed), campaign)
                if near and deal.discount > package.discount:
                    return True
        return False

    def _whole_window(self, campaign: Any) -> float:
        begin, end = self.time.calendar.days_of(campaign.first, campaign.last)
        return ((end - begin).days + 1) / self.time.calendar.days

    def _clash(self, e: str, other: str, separation: int) -> bool:
        if other in self.campaigns[e].conflicts or e in self.campaigns[other].conflicts:
            return True
        one, two = sorted((self.span[e], self.span[other]))
        return separation > 0 and two[0] - one[1] <= separation

    def _effect(self, e: str, package: Any, t: int) -> tuple[float, float] | None:
        """Order and price factor of a package in t; None where the campaign does not reach."""
        campaign, (first, last) = self.campaigns[e], self.span[e]
        if t in self.window[e]:
            share = self.cover[e][t]
            return 1 + (package.uplift - 1) * share, 1 - package.discount * share
        interest = self.instance.snowball.interest
        explained = interest.dip_share if interest else 0.0
        for dip, near in (
            (campaign.pre_dip, first - t),
            (campaign.post_dip, t - last),
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
        spacing = record.spacing if record else 0
        for k, deal in self.deals.items():
            dates = self._dates(k, spacing)
            agreed = deal.agreed is not None
            for t in time.periods:
                can = float(t in dates)
                self.q[k, t] = p.column(can, can if agreed else 0.0, whole=True)
                self._effects(k, t)
            signed[k] = total(self.q[k, t] for t in time.periods)
            p.atmost(signed[k], 1.0)
            for t in time.periods:
                if t + deal.lead in time.periods and not agreed:
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
        deal, record = self.deals[k], self.record
        promise = deal.guarantee
        assert promise is not None
        assert record is not None
        points = ((0.3, deal.gmv.p10), (0.4, deal.gmv.p50), (0.3, deal.gmv.p90))
        goal = promise.roi * deal.fee

        def back(sold: float) -> float:
            if sold >= goal:
                return 0.0
            part = (goal - sold) / goal if promise.pro_rata else 1.0
            return float(deal.acceptance * deal.fee * promise.returned * part)

        expected = sum(weight * back(sold) for weight, sold in points)
        at = record.cash_outcome
        counted = expected if at == "mean" else back(getattr(deal.gmv, at))
        for t in self.time.periods:
            self.back[t] += expected * self.q[k, t]
            if t + promise.after in self.time.periods:
                self.back_in_cash[t + promise.after] += counted * self.q[k, t]

    def _dates(self, k: str, spacing: int) -> list[int]:
        """Periods in which the session of a deal can be."""
        calendar, deal = self.time.calendar, self.deals[k]
        if deal.agreed is not None:
            return [t for t in self.time.periods if t == calendar.period_of(deal.agreed)]
        first = max(calendar.period_of(deal.first), deal.lead)
        for other, rival in self.deals.items():
            if rival.agreed is None or calendar.period_of(rival.agreed) >= 0:
                continue
            if other in deal.exclusive_with or k in rival.exclusive_with:
                return []
            first = max(first, calendar.period_of(rival.agreed) + spacing)
        return [t for t in self.time.periods if first <= t <= calendar.period_of(deal.last)]

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
        for (k, t), q in self.q.items():
            for e, campaign in promotions.campaigns.items():
                near = _near_before(self.time.calendar, t, campaign)
                for name, package in campaign.packages.items():
                    if near and self.deals[k].discount > package.discount:
                        p.atmost(promotions.z[e, name] + q, 1.0)


def _near_before(calendar: Any, t: int, campaign: Any) -> bool:
    """Whether a day of period t lies in the days before a window that ask for its price."""
    opens = calendar.days_of(campaign.first, campaign.last)[0]
    begins = (opens - calendar.first_day(t)).days
    return bool(begins >= 1 and begins - calendar.days < campaign.price_days)
