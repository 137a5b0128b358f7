"""Campaign in plain numpy: windows, eligibility, the factors of the mode in force (CA, section 3).

Axes: e campaigns, ep (campaign, package) pairs, s segments, j roles, t periods.
"""

from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from fact_models.decisions import Array, Ids
from fact_models.replay.arrays import table, vector
from fact_models.spec.calendar import Calendar
from fact_models.spec.campaign import Campaign, Package
from fact_models.spec.instance import Instance


@dataclass(frozen=True)
class Window:
    """Where a campaign lies; periods are 0-based and may lie outside the horizon."""

    first: int
    last: int
    cover: Array  # [t] share of days
    share: Array  # [t] share of the whole window's days
    signup: int


@dataclass(frozen=True)
class CampaignFacts:
    """The lever's figures as arrays by (campaign, package)."""

    windows: tuple[Window, ...]  # [e]
    of: tuple[int, ...]  # [ep] -> e
    eligible: Array  # [ep]
    joined: Array  # [ep]
    order_factor: Array  # [ep,t]
    price_factor: Array  # [ep,t]
    inflow: Array  # [ep,s,t] visits
    gain: Array  # [ep,s,t] awareness
    fee: Array  # [ep,t]
    hours: Array  # [ep,j,t]
    stock_floor: Array  # [ep,g]
    conflict: Array  # [e,e] 1 where both cannot be joined


def window(calendar: Calendar, campaign: Campaign) -> Window:
    """The window of a campaign on the calendar."""
    begin, end = calendar.days_of(campaign.first, campaign.last)
    origin = calendar.first_day(0)
    first = (begin - origin).days // calendar.days
    cover = np.array(calendar.coverage(campaign.first, campaign.last))
    whole = ((end - begin).days + 1) / calendar.days
    signup = first - 1
    if campaign.signup_by is not None:
        signup = calendar.period_of(campaign.signup_by)
    return Window(first, (end - origin).days // calendar.days, cover, cover / whole, signup)


def _eligible(instance: Instance, campaign: Campaign, package: str, at: Window) -> bool:
    if campaign.joined is not None:
        return package == campaign.joined
    if not at.cover.any() or _undercut(instance, campaign, package, at):
        return False
    new_until = instance.merchant.new_until
    new = new_until is not None and at.first <= instance.calendar.period_of(new_until)
    timely = 0 <= at.signup < instance.calendar.periods
    scored = instance.merchant.score >= campaign.min_score
    return timely and scored and (campaign.open_to_new or not new)


def _undercut(instance: Instance, campaign: Campaign, package: str, at: Window) -> bool:
    """(CA.3) Whether a session before the horizon sold below the package's price too late."""
    calendar = instance.calendar
    begin, _ = calendar.days_of(campaign.first, campaign.last)
    for deal in instance.kol.deals.values() if instance.kol else ():
        held = None if deal.agreed is None else calendar.period_of(deal.agreed)
        if held is None or held >= 0:
            continue
        ended = calendar.first_day(held + 1) - timedelta(days=1)
        if deal.discount <= campaign.packages[package].discount or at.first <= held:
            continue
        if ended >= begin - timedelta(days=campaign.price_days):
            return True
    return False


def _order_factor(campaign: Campaign, package: Package, at: Window, explained: float) -> Array:
    factor = 1 + (package.uplift - 1) * at.cover
    t = np.arange(factor.size)
    if campaign.pre_dip is not None:
        deep = (1 - campaign.pre_dip.factor) * (1 - explained)
        factor[(t < at.first) & (t >= at.first - campaign.pre_dip.periods)] = 1 - deep
    if campaign.post_dip is not None:
        deep = (1 - campaign.post_dip.factor) * (1 - explained)
        factor[(t > at.last) & (t <= at.last + campaign.post_dip.periods)] = 1 - deep
    return np.asarray(factor)


def _conflicts(instance: Instance, windows: tuple[Window, ...], ids: Ids) -> Array:
    """(CA.2) Pairs that exclude each other, by name or by separation."""
    lever = instance.campaign
    matrix = np.zeros((len(windows), len(windows)))
    if lever is None:
        return matrix
    for n, name in enumerate(ids.campaigns):
        for other in lever.campaigns[name].conflicts:
            matrix[n, ids.campaigns.index(other)] = 1
        for k in range(n + 1, len(windows)):
            early, late = sorted((windows[n], windows[k]), key=lambda w: w.first)
            if lever.separation > 0 and late.first - early.last <= lever.separation:
                matrix[n, k] = 1
    return np.maximum(matrix, matrix.T)


def campaign_facts(instance: Instance, ids: Ids) -> CampaignFacts:
    """The arrays of ``instance.campaign``."""
    campaigns = instance.campaign.campaigns if instance.campaign else {}
    windows = tuple(window(instance.calendar, c) for c in campaigns.values())
    of = tuple(ids.campaigns.index(e) for e, _ in ids.packages)
    pairs = [(campaigns[e], p, campaigns[e].packages[p]) for e, p in ids.packages]
    at = [windows[n] for n in of]
    interest = instance.snowball.interest
    explained = interest.dip_share if interest else 0.0
    cover = np.array([w.cover for w in at]).reshape(len(at), ids.periods)
    share = np.array([w.share for w in at]).reshape(len(at), ids.periods)
    packages = [p for _, _, p in pairs]
    orders = [_order_factor(c, p, w, explained) for (c, _, p), w in zip(pairs, at, strict=True)]
    joined = vector(c.joined == name for c, name, _ in pairs)
    fee = np.zeros((len(pairs), ids.periods))
    for n, (w, package) in enumerate(zip(at, packages, strict=True)):
        if not joined[n] and 0 <= w.signup < ids.periods:
            fee[n, w.signup] = package.fee
    visits = table([p.visits for p in packages], ids.segments)
    awareness = table([p.awareness for p in packages], ids.segments)
    crew = table([p.crew for p in packages], ids.roles)
    discount = vector(p.discount for p in packages)
    eligible = [_eligible(instance, c, name, w) for (c, name, _), w in zip(pairs, at, strict=True)]
    return CampaignFacts(
        windows=windows,
        of=of,
        eligible=vector(eligible),
        joined=joined,
        order_factor=np.array(orders).reshape(cover.shape),
        price_factor=1 - discount[:, None] * cover,
        inflow=visits[:, :, None] * cover[:, None, :],
        gain=awareness[:, :, None] * share[:, None, :],
        fee=fee,
        hours=crew[:, :, None] * cover[:, None, :],
        stock_floor=table([p.stock_floor for p in packages], ids.lines),
        conflict=_conflicts(instance, windows, ids),
    )


def factors(facts: CampaignFacts, package: Array) -> tuple[Array, Array]:
    """Order and price factor [t] of the packages taken: the packages' part of a mode."""
    taken = package[:, None]
    orders = np.prod(1 + (facts.order_factor - 1) * taken, axis=0)
    prices = np.prod(1 + (facts.price_factor - 1) * taken, axis=0)
    return np.asarray(orders), np.asarray(prices)


def inflow(facts: CampaignFacts, package: Array) -> Array:
    """(CA.9) Visits that the packages bring [s,t]."""
    return np.tensordot(package, facts.inflow, 1)


def gain(facts: CampaignFacts, package: Array) -> Array:
    """(CA.10) Awareness gained [s,t]."""
    return np.tensordot(package, facts.gain, 1)


def cash_out(facts: CampaignFacts, package: Array) -> Array:
    """(CA.11) Fees [t]."""
    return np.asarray(package @ facts.fee)


def staff_hours(facts: CampaignFacts, package: Array) -> Array:
    """(CA.12) Staff hours [j,t]."""
    return np.tensordot(package, facts.hours, 1)


def price_rule(instance: Instance, ids: Ids) -> Array:
    """(CA.3) 1 at [ep,k,t] where the deal's price breaks the lowest-price rule of the package."""
    broken = np.zeros((len(ids.packages), len(ids.deals), ids.periods))
    if instance.campaign is None or instance.kol is None:
        return broken
    calendar = instance.calendar
    days = timedelta(days=calendar.days - 1)
    for n, (e, p) in enumerate(ids.packages):
        campaign = instance.campaign.campaigns[e]
        begin, _ = calendar.days_of(campaign.first, campaign.last)
        since = begin - timedelta(days=campaign.price_days)
        starts = [calendar.first_day(t) for t in range(ids.periods)]
        near = [since <= day + days and day < begin for day in starts]
        for k, deal in enumerate(instance.kol.deals.values()):
            broken[n, k] = np.array(near) & (deal.discount > campaign.packages[p].discount)
    return broken
