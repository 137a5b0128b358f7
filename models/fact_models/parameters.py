"""Parameters of the program that follow from the instance alone: seasons, modes, admissible dates,
outcomes.

Plain numbers, computed once per build (models/MODEL.md section 3). The replay derives its own.
"""

from dataclasses import dataclass
from datetime import timedelta
from itertools import product

import numpy as np
from numpy.typing import NDArray

from fact_models.decisions import Ids, ids_of
from fact_models.spec.calendar import Calendar
from fact_models.spec.campaign import Campaign, Package
from fact_models.spec.instance import Instance
from fact_models.spec.kol import Deal, Outcome, TopKol

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Entry:
    """A package that can be taken."""

    campaign: str
    package: str
    spec: Package
    joined: bool
    signup: int | None
    """Sign-up period; None when the fee is paid already."""
    first: int
    """First window period."""
    last: int
    """Last window period; both may lie outside the horizon."""
    coverage: Array
    """Share of the days of every period inside the window."""
    window_days: float
    """Window length in periods, also beyond the horizon."""
    order_factor: Array
    price_factor: Array


@dataclass(frozen=True)
class Mode:
    """What is in force in the own rooms in a period."""

    groups: tuple[tuple[tuple[str, str], ...], ...]
    """Packages in force; those of a campaign that do the same in this period stand together, one
    of them is taken."""
    level: str | None
    order_factor: float
    price_factor: float


@dataclass(frozen=True)
class Session:
    """A KOL deal in numbers, chance of acceptance included."""

    spec: Deal
    dates: tuple[int, ...]
    fee: float
    orders: dict[str, float]
    """Mean orders by segment."""
    lines: dict[str, float]
    cash_ratio: float
    """Outcome that the cash rows count on, relative to the mean."""
    fee_back: float
    """Fee that is expected to come back (KO.10)."""
    fee_back_in_cash: float
    """Fee that comes back at the outcome that the cash rows count on (KO.11)."""


@dataclass(frozen=True)
class Parameters:
    """Everything that the mechanisms read besides their own records."""

    ids: Ids
    traffic: dict[str, Array]
    conversion: dict[str, Array]
    boost_cost: Array
    entries: dict[tuple[str, str], Entry]
    modes: list[list[Mode]]
    sessions: dict[str, Session]
    opening_first: dict[str, int]
    """Earliest period in which an account can be decided on."""
    opens: dict[str, int]
    """Period from which an account is open whose opening was decided before the horizon."""
    locked: list[int]
    """Periods of the locked cells, in file order."""

    @property
    def periods(self) -> range:
        """Periods of the horizon, 0-based."""
        return range(self.ids.periods)


def parameters(instance: Instance) -> Parameters:
    """Derive all parameters of ``instance``."""
    ids = ids_of(instance)
    traffic, conversion, boost_cost = _season(instance, ids)
    entries = _entries(instance)
    return Parameters(
        ids=ids,
        traffic=traffic,
        conversion=conversion,
        boost_cost=boost_cost,
        entries=entries,
        modes=[_modes(instance, entries, t) for t in range(ids.periods)],
        sessions=_sessions(instance),
        opening_first={
            a: max(0, instance.calendar.period_of(spec.opening_first))
            for a, spec in (instance.field.accounts if instance.field else {}).items()
            if spec.opening_first is not None
        },
        opens={
            a: max(0, instance.calendar.period_of(spec.opens))
            for a, spec in (instance.field.accounts if instance.field else {}).items()
            if spec.opens is not None
        },
        locked=[instance.calendar.period_of(cell.period) for cell in instance.money.locked],
    )


def _season(instance: Instance, ids: Ids) -> tuple[dict[str, Array], dict[str, Array], Array]:
    traffic = {s: np.ones(ids.periods) for s in ids.segments}
    conversion = {s: np.ones(ids.periods) for s in ids.segments}
    boost_cost = np.ones(ids.periods)
    for span in instance.season:
        covered = np.array(instance.calendar.coverage(span.first, span.last))
        boost_cost *= 1 + (span.boost_cost - 1) * covered
        for s in span.segments or ids.segments:
            traffic[s] *= 1 + (span.traffic - 1) * covered
            conversion[s] *= 1 + (span.conversion - 1) * covered
    return traffic, conversion, boost_cost


def _entries(instance: Instance) -> dict[tuple[str, str], Entry]:
    found: dict[tuple[str, str], Entry] = {}
    if not instance.campaign:
        return found
    for e, campaign in instance.campaign.campaigns.items():
        for p, package in campaign.packages.items():
            entry = _entry(instance, e, campaign, p, package)
            if entry:
                found[e, p] = entry
    return found


def _entry(
    instance: Instance, e: str, campaign: Campaign, p: str, package: Package
) -> Entry | None:
    calendar, merchant = instance.calendar, instance.merchant
    coverage = np.array(calendar.coverage(campaign.first, campaign.last))
    begin, end = calendar.days_of(campaign.first, campaign.last)
    first = calendar.period_of(begin.isoformat())
    last = calendar.period_of(end.isoformat())
    joined = campaign.joined == p
    signup = first - 1 if campaign.signup_by is None else calendar.period_of(campaign.signup_by)
    new = merchant.new_until is not None and first <= calendar.period_of(merchant.new_until)
    if campaign.joined is not None and not joined:
        return None
    admitted = merchant.score >= campaign.min_score and (campaign.open_to_new or not new)
    if not joined and not (admitted and 0 <= signup < calendar.periods):
        return None
    if not joined and _undercut(instance, campaign, package):
        return None
    if not coverage.any() and not joined:
        return None
    interest = instance.snowball.interest
    order = 1 + (package.uplift - 1) * coverage
    for dip, before in ((campaign.pre_dip, True), (campaign.post_dip, False)):
        if dip is None:
            continue
        depth = (1 - dip.factor) * (1 - (interest.dip_share if interest else 0.0))
        span = (
            range(first - dip.periods, first)
            if before
            else range(last + 1, last + 1 + dip.periods)
        )
        for t in span:
            if 0 <= t < calendar.periods:
                order[t] *= 1 - depth
    return Entry(
        campaign=e,
        package=p,
        spec=package,
        joined=joined,
        signup=None if joined else signup,
        first=first,
        last=last,
        coverage=coverage,
        window_days=((end - begin).days + 1) / calendar.days,
        order_factor=order,
        price_factor=1 - package.discount * coverage,
    )


def _modes(instance: Instance, entries: dict[tuple[str, str], Entry], t: int) -> list[Mode]:
    """All modes of period ``t``; a campaign joined before the horizon leaves no choice."""
    alike: dict[str, dict[tuple[float, float], list[tuple[str, str]]]] = {}
    joined = {entry.campaign for entry in entries.values() if entry.joined}
    for key, entry in entries.items():
        factors = float(entry.order_factor[t]), float(entry.price_factor[t])
        if factors != (1.0, 1.0):
            alike.setdefault(entry.campaign, {}).setdefault(factors, []).append(key)
    choices = [
        [*([] if e in joined else [((), (1.0, 1.0))]), *((tuple(k), f) for f, k in same.items())]
        for e, same in alike.items()
    ]
    levels = instance.field.discounts if instance.field else {}
    modes = []
    for level in levels or [None]:
        for members in product(*choices):
            order = float(np.prod([factors[0] for _, factors in members]))
            price = float(np.prod([factors[1] for _, factors in members]))
            if level is not None:
                order *= levels[level].uplift
                price *= 1 - levels[level].depth
            modes.append(Mode(tuple(group for group, _ in members if group), level, order, price))
    return modes


def _sessions(instance: Instance) -> dict[str, Session]:
    found: dict[str, Session] = {}
    if not instance.kol:
        return found
    lines = instance.goods.lines
    for k, deal in instance.kol.deals.items():
        dates = _dates(instance.calendar, instance.kol, k)
        shares = deal.lines or dict.fromkeys(lines, 1.0)
        price = sum(share * lines[g].price for g, share in shares.items())
        mean = deal.gmv.mean()
        orders = deal.acceptance * mean / (price * (1 - deal.discount))
        risk = instance.kol.cash_outcome
        cash = mean if risk == "mean" else getattr(deal.gmv, risk)
        found[k] = Session(
            spec=deal,
            dates=dates,
            fee=deal.acceptance * deal.fee,
            orders={s: share * orders for s, share in deal.mix.items()},
            lines=dict(shares),
            cash_ratio=float(cash / mean) if mean > 0 else 1.0,
            fee_back=deal.acceptance * deal.fee * _share_back(deal, "mean"),
            fee_back_in_cash=deal.acceptance * deal.fee * _share_back(deal, risk),
        )
    return found


def _share_back(deal: Deal, outcome: str) -> float:
    """Share of the fee that a guarantee returns at an outcome; at the mean, what is expected
    over the three points.
    """
    if outcome == "mean":
        points = {x: _share_back(deal, x) for x in Outcome.model_fields}
        return Outcome(**points).mean()
    promise = deal.guarantee
    sold: float = getattr(deal.gmv, outcome)
    if promise is None or sold >= promise.roi * deal.fee:
        return 0.0
    missing = 1 - sold / (promise.roi * deal.fee) if promise.pro_rata else 1.0
    return promise.returned * missing


def _dates(calendar: Calendar, lever: TopKol, k: str) -> tuple[int, ...]:
    """Periods in which the session of deal ``k`` can be: the agreed one, or those of its window
    that leave time to sign and that sessions held before the horizon do not exclude.
    """
    deal, periods = lever.deals[k], range(calendar.periods)
    if deal.agreed is not None:
        return tuple(t for t in periods if t == calendar.period_of(deal.agreed))
    held = {
        other: calendar.period_of(rival.agreed)
        for other, rival in lever.deals.items()
        if rival.agreed is not None and calendar.period_of(rival.agreed) < 0
    }
    if any(
        other in deal.exclusive_with or k in lever.deals[other].exclusive_with for other in held
    ):
        return ()
    first, last = calendar.days_of(deal.first, deal.last)
    begin, end = (calendar.period_of(d.isoformat()) for d in (first, last))
    free = max([-1, *(t + lever.spacing - 1 for t in held.values())])
    return tuple(t for t in periods if max(begin, deal.lead, free + 1) <= t <= end)


def _undercut(instance: Instance, campaign: Campaign, package: Package) -> bool:
    """Whether a session held before the horizon breaks the lowest-price rule of a package."""
    deals = instance.kol.deals.values() if instance.kol else ()
    return any(
        instance.calendar.period_of(deal.agreed) < 0
        and _too_cheap(instance, campaign, package, deal, instance.calendar.period_of(deal.agreed))
        for deal in deals
        if deal.agreed is not None
    )


def excluded_by_price(instance: Instance, entry: Entry, session: Session, t: int) -> bool:
    """Whether a session in ``t`` breaks the lowest-price rule of the package (CA.3)."""
    assert instance.campaign is not None
    campaign = instance.campaign.campaigns[entry.campaign]
    return _too_cheap(instance, campaign, entry.spec, session.spec, t)


def _too_cheap(
    instance: Instance, campaign: Campaign, package: Package, deal: Deal, t: int
) -> bool:
    if deal.discount <= package.discount:
        return False
    begin, _ = instance.calendar.days_of(campaign.first, campaign.last)
    first = instance.calendar.first_day(t)
    last = first + timedelta(days=instance.calendar.days - 1)
    return last >= begin - timedelta(days=campaign.price_days) and first < begin
