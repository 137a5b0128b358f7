"""Checks of the four levers: what is done today is possible, shares add up, limits agree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fact_models.faults import Fault
from fact_models.spec.checks_phrases import (
    ROUNDING,
    Path,
    at_least,
    at_most,
    figure,
    sum_at_most_one,
    sums_to_one,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fact_models.spec.instance import Instance


def mixes(instance: Instance) -> Iterator[Fault]:
    """Shares of visits or orders over the segments sum to 1."""
    for i, boost in instance.field.boosts.items() if instance.field else ():
        yield from sums_to_one(("field", "boosts", i, "mix"), boost.mix.values())
    for c, tier in instance.alliance.tiers.items() if instance.alliance else ():
        yield from sums_to_one(("alliance", "tiers", c, "mix"), tier.mix.values())
    for k, deal in instance.kol.deals.items() if instance.kol else ():
        yield from sums_to_one(("kol", "deals", k, "mix"), deal.mix.values())


def live_hours(instance: Instance) -> Iterator[Fault]:
    """Fewest, most and today's live hours of an account agree, also with its slots."""
    for a, account in instance.field.accounts.items() if instance.field else ():
        path: Path = ("field", "accounts", a)
        low, today = account.hours_min, account.current_hours
        yield from at_most((*path, "hours_min"), low, account.hours_max, "hours_max")
        yield from at_most((*path, "current_hours"), today, account.hours_max, "hours_max")
        if account.slots:
            room = sum(slot.hours_max for slot in account.slots.values())
            name = "the sum of its slots' hours"
            if low <= account.hours_max:
                yield from at_most((*path, "hours_min"), low, room, name)
            if today <= account.hours_max:
                yield from at_most((*path, "current_hours"), today, room, name)


def room_traffic(instance: Instance) -> Iterator[Fault]:
    """An account has the traffic that it starts from."""
    for a, account in instance.field.accounts.items() if instance.field else ():
        name = "traffic" if account.open else "cold_start"
        if not getattr(account, name):
            state = "is open" if account.open else "opens later"
            rule = f"must give at least one segment, since the account {state}"
            yield Fault(("field", "accounts", a, name), rule)


def account_shares(instance: Instance) -> Iterator[Fault]:
    """Followers' and awareness's traffic lands at most once."""
    accounts = instance.field.accounts if instance.field else {}
    total = sum(account.share for account in accounts.values())
    if total > 1 + ROUNDING:
        largest = max(accounts, key=lambda a: accounts[a].share)
        yield Fault(
            ("field", "accounts", largest, "share"),
            "shares of all accounts must sum to at most 1",
            accounts[largest].share,
            f"their sum is {figure(total)}",
        )


def open_accounts(instance: Instance) -> Iterator[Fault]:
    """The accounts open at the start are within the limit."""
    if instance.field and instance.field.accounts_max is not None:
        already = sum(account.open for account in instance.field.accounts.values())
        path = ("field", "accounts_max")
        name = "the number of accounts open at the start"
        yield from at_least(path, instance.field.accounts_max, already, name)


def current_efforts(instance: Instance) -> Iterator[Fault]:
    """What is spent, made and sent today is within the limits."""
    if instance.field:
        for i, boost in instance.field.boosts.items():
            path: Path = ("field", "boosts", i, "current_spend")
            yield from at_most(path, boost.current_spend, boost.spend_max, "spend_max")
        content = instance.field.content
        if content:
            path = ("field", "content", "current_made")
            yield from at_most(path, content.current_made, content.made_max, "made_max")
    for c, tier in instance.alliance.tiers.items() if instance.alliance else ():
        path = ("alliance", "tiers", c, "current_samples")
        yield from at_most(path, tier.current_samples, tier.samples_max, "samples_max")


def creator_pools(instance: Instance) -> Iterator[Fault]:
    """The creators of today work under the offer of today."""
    for c, tier in instance.alliance.tiers.items() if instance.alliance else ():
        offer = tier.offers.get(tier.current_offer)
        # Stated arrivals come from a plan under way, whose next offer may be wider.
        free = tier.arriving is not None
        if offer and not free and tier.pool > offer.supply:
            yield Fault(
                ("alliance", "tiers", c, "pool"),
                "must be at most the supply of the current offer",
                tier.pool,
                f"supply of {tier.current_offer} is {figure(offer.supply)}: "
                "the creators above it would be gone in the first period",
            )


def offer_rates(instance: Instance) -> Iterator[Fault]:
    """Creators and their agents get at most what is sold."""
    for c, tier in instance.alliance.tiers.items() if instance.alliance else ():
        for o, offer in tier.offers.items():
            path = ("alliance", "tiers", c, "offers", o, "service_fee")
            yield from sum_at_most_one(path, offer.service_fee, offer.commission, "commission")


def deal_outcomes(instance: Instance) -> Iterator[Fault]:
    """The three points of an outcome are in order."""
    for k, deal in instance.kol.deals.items() if instance.kol else ():
        path = ("kol", "deals", k, "gmv")
        yield from at_least((*path, "p50"), deal.gmv.p50, deal.gmv.p10, "p10")
        yield from at_least((*path, "p90"), deal.gmv.p90, deal.gmv.p50, "p50")


def deal_lines(instance: Instance) -> Iterator[Fault]:
    """A deal says what it sells."""
    for k, deal in instance.kol.deals.items() if instance.kol else ():
        path = ("kol", "deals", k, "lines")
        if deal.lines:
            yield from sums_to_one(path, deal.lines.values())
        elif len(instance.goods.lines) > 1:
            names = ", ".join(list(instance.goods.lines)[:8])
            rule = "must be given when there is more than one product line"
            yield Fault(path, rule, hint=f"shares over {names}")


def deal_refunds(instance: Instance) -> Iterator[Fault]:
    """No more orders of a session are refunded than it has."""
    lines = instance.goods.lines
    for k, deal in instance.kol.deals.items() if instance.kol else ():
        added = deal.refund_pre_add + deal.refund_post_add
        for g in deal.lines or lines:
            if g not in lines or deal.lines.get(g, 1.0) == 0:
                continue
            own = lines[g].refund_pre + lines[g].refund_post
            if own <= 1 + ROUNDING < own + added:
                name = "refund_post_add" if deal.refund_post_add > 0 else "refund_pre_add"
                rule = "refunds of a line and the deal's additions must sum to at most 1"
                hint = f"with goods.lines.{g} the sum is {figure(own + added)}"
                yield Fault(("kol", "deals", k, name), rule, getattr(deal, name), hint)
