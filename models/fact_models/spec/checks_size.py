"""Admission control: how large the program of an instance would be, from counts alone.

The estimate counts non-zeros of the linear rows and of the concave terms, mechanism by mechanism,
as the sets of a period multiply. It exists to refuse what would fill the memory before anything is
built, not to be exact: for merchants of usual size it is about a quarter above the count.
"""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from fact_models.faults import Fault
from fact_models.spec.checks_phrases import periods

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fact_models.spec.campaign import Campaign
    from fact_models.spec.instance import Instance

MOST_NONZEROS = 2_000_000
"""Largest program that is admitted; it needs more than half a gigabyte to build."""


def program_fits(instance: Instance) -> Iterator[Fault]:
    """The program is small enough to be built."""
    estimate = nonzeros(instance)
    if estimate > MOST_NONZEROS:
        parts = sorted(_parts(instance).items(), key=lambda part: -part[1])
        yield Fault(
            ("calendar", "periods"),
            f"the program must have at most {MOST_NONZEROS:,} non-zeros",
            instance.calendar.periods,
            f"about {estimate:.3g} are expected, most of them for {parts[0][0]}",
        )


def nonzeros(instance: Instance) -> float:
    """Estimate of the non-zeros of the program."""
    return float(sum(_parts(instance).values()))


def _parts(instance: Instance) -> dict[str, float]:
    """Estimate by mechanism."""
    horizon = instance.calendar.periods
    modes = sum(_modes(instance))
    return {
        "field": horizon * _field(instance) + horizon**2 * _openings(instance),
        "the modes of campaigns and discounts": modes * _per_mode(instance),
        "alliance": horizon * _alliance(instance),
        "campaign": _campaign(instance),
        "kol": _kol(instance),
        "goods": horizon * _goods(instance),
        "staff": horizon * _staff(instance),
        "snowball": horizon * 30 * len(instance.snowball.segments),
        "money": horizon * (40 + len(instance.money.settlement) * 2),
    }


def _campaigns(instance: Instance) -> dict[str, Campaign]:
    return instance.campaign.campaigns if instance.campaign else {}


def _touched(instance: Instance, campaign: Campaign) -> range:
    """Periods of the horizon in which the campaign's window or dips can lie."""
    window = periods(instance.calendar, campaign.first, campaign.last)
    if window is None:
        return range(0)
    before = campaign.pre_dip.periods if campaign.pre_dip else 0
    after = campaign.post_dip.periods if campaign.post_dip else 0
    last = min(window[1] + after, instance.calendar.periods - 1)
    return range(max(window[0] - before, 0), last + 1)


def _modes(instance: Instance) -> list[float]:
    """Number of modes of every period."""
    levels = len(instance.field.discounts) if instance.field else 0
    choices: list[list[int]] = [[max(levels, 1)] for _ in range(instance.calendar.periods)]
    for campaign in _campaigns(instance).values():
        count = 1 if campaign.joined else 1 + len(campaign.packages)
        for t in _touched(instance, campaign):
            choices[t].append(count)
    # A float, so that a thousand overlapping campaigns are infinity, not a number of 500 digits.
    return [prod(map(float, counts)) for counts in choices]


def _per_mode(instance: Instance) -> float:
    """Own rooms in one mode: orders split, switched, sold by line, counted by the snowball."""
    accounts = len(instance.field.accounts) if instance.field else 0
    segments = instance.snowball.segments
    likes = sum(len(spec.lookalike) for spec in segments.values())
    lines = instance.goods.lines
    bounded = any(line.share_min or line.share_max for line in lines.values())
    sold = len(lines) * (_money_uses(instance) + (2 * len(lines) if bounded else 0))
    return accounts * (9 * len(segments) + likes) + sold + len(_campaigns(instance)) + 1


def _money_uses(instance: Instance) -> int:
    """Rows in which the orders of a channel and a line stand."""
    return 9 + (len(instance.staff.order_hours) if instance.staff else 0)


def _field(instance: Instance) -> float:
    """Accounts, visits by origin, boosts and content of one period."""
    field, segments = instance.field, len(instance.snowball.segments)
    if not field:
        return 0.0
    rooms = len(field.accounts) * segments
    hours = sum(
        (len(account.slots) or 1) * (4 + 3 * len(account.crew))
        + (4 + 3 * len(account.quality.crew) if account.quality else 0)
        for account in field.accounts.values()
    )
    boosts = sum(6 + segments + 3 * len(boost.crew) for boost in field.boosts.values())
    return rooms * (26 + 5 * len(field.boosts)) + hours + boosts + 12


def _openings(instance: Instance) -> float:
    """Rows of a later account's state; each sums the decisions of all earlier periods."""
    accounts = instance.field.accounts.values() if instance.field else ()
    rows = 6 * len(instance.snowball.segments) + 5
    return (
        sum(rows + (len(account.slots) or 1) * 2 for account in accounts if not account.open) / 2
    )


def _alliance(instance: Instance) -> float:
    """Creators, samples and visits of one period, by offer."""
    if not instance.alliance:
        return 0.0
    segments, lines = len(instance.snowball.segments), len(instance.goods.lines)
    accounts = len(instance.field.accounts) if instance.field else 0
    spill = accounts if instance.snowball.alliance_spill > 0 else 0
    found = 0.0
    for tier in instance.alliance.tiers.values():
        crew = 3 * (len(tier.crew_sample) + len(tier.crew_upkeep))
        sold = lines * (_money_uses(instance) + len(instance.money.settlement) + 2)
        one = 12 + crew + sold + segments * (7 + spill)
        found += len(tier.offers) * one + segments
    return found


def _campaign(instance: Instance) -> float:
    """Packages over all periods that they touch."""
    segments = len(instance.snowball.segments)
    found = 0.0
    for campaign in _campaigns(instance).values():
        crew = sum(len(package.crew) for package in campaign.packages.values())
        uses = crew * 3 + len(campaign.packages) * (4 + 2 * segments)
        found += len(_touched(instance, campaign)) * uses
    return found + 2.0 * len(_campaigns(instance)) ** 2


def _kol(instance: Instance) -> float:
    """Sessions over all periods that they can lie in."""
    if not instance.kol:
        return 0.0
    horizon, segments = instance.calendar.periods, len(instance.snowball.segments)
    settled, packages = (
        len(instance.money.settlement),
        sum(len(campaign.packages) for campaign in _campaigns(instance).values()),
    )
    found = 0.0
    for deal in instance.kol.deals.values():
        window = periods(instance.calendar, deal.first, deal.last)
        if window is None:
            continue
        dates = max(min(window[1], horizon - 1) - max(window[0], deal.lead) + 1, 0)
        uses = 10 + 7 * segments + 2 * settled + 3 * len(deal.crew) + len(instance.goods.lines)
        rules = instance.kol.spacing + 2 * len(deal.exclusive_with) + packages
        found += dates * (uses + rules)
    return found


def _goods(instance: Instance) -> float:
    """Shelf, repeat orders and stock of one period, by line."""
    lines = instance.goods.lines
    stocked = sum(1 for line in lines.values() if line.stock)
    return len(lines) * 2 * _money_uses(instance) + stocked * 12


def _staff(instance: Instance) -> float:
    """Heads and hours of one period, by role."""
    if not instance.staff:
        return 0.0
    return sum(
        16 + 4 * len(role.covers) + 2 * len(role.ramp) for role in instance.staff.roles.values()
    )
