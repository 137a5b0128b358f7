"""Checks that every name stands for something in the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fact_models.faults import Fault
from fact_models.spec.checks_phrases import (
    Path,
    complete,
    known_keys,
    known_list,
    nearest,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fact_models.spec.instance import Instance


def snowball_segments(instance: Instance) -> Iterator[Fault]:
    """Segments of seasons and of look-alike traffic exist."""
    segments = instance.snowball.segments
    for n, span in enumerate(instance.season):
        yield from known_list(("season", n, "segments"), span.segments, segments, "segment")
    for s, spec in segments.items():
        path = ("snowball", "segments", s, "lookalike")
        yield from known_keys(path, spec.lookalike, segments, "segment")


def field_segments(instance: Instance) -> Iterator[Fault]:
    """Segments of accounts, boosts and overlap exist."""
    if not instance.field:
        return
    segments = instance.snowball.segments
    for a, account in instance.field.accounts.items():
        for name in ("traffic", "cold_start", "saturation", "ceiling", "end_worth"):
            path = ("field", "accounts", a, name)
            yield from known_keys(path, getattr(account, name), segments, "segment")
    for i, boost in instance.field.boosts.items():
        yield from known_keys(("field", "boosts", i, "mix"), boost.mix, segments, "segment")
    yield from known_keys(("field", "overlap"), instance.field.overlap, segments, "segment")


def partner_segments(instance: Instance) -> Iterator[Fault]:
    """Segments of tiers, packages and deals exist."""
    segments = instance.snowball.segments
    for path, given in _partner_tables(instance):
        yield from known_keys(path, given, segments, "segment")


def _partner_tables(instance: Instance) -> Iterator[tuple[Path, Mapping[str, float]]]:
    for c, tier in instance.alliance.tiers.items() if instance.alliance else ():
        yield ("alliance", "tiers", c, "mix"), tier.mix
        yield ("alliance", "tiers", c, "conversion"), tier.conversion
    for e, campaign in instance.campaign.campaigns.items() if instance.campaign else ():
        for p, package in campaign.packages.items():
            path = ("campaign", "campaigns", e, "packages", p)
            yield (*path, "visits"), package.visits
            yield (*path, "awareness"), package.awareness
    for k, deal in instance.kol.deals.items() if instance.kol else ():
        yield ("kol", "deals", k, "mix"), deal.mix
        yield ("kol", "deals", k, "own_visits"), deal.own_visits
        yield ("kol", "deals", k, "awareness"), deal.awareness


def saturation_given(instance: Instance) -> Iterator[Fault]:
    """Every account has a saturation and a ceiling for every segment."""
    for a, account in instance.field.accounts.items() if instance.field else ():
        path = ("field", "accounts", a)
        segments = instance.snowball.segments
        yield from complete((*path, "saturation"), account.saturation, segments, "segment")
        yield from complete((*path, "ceiling"), account.ceiling, segments, "segment")


def creator_conversion_given(instance: Instance) -> Iterator[Fault]:
    """Every tier has a conversion for every segment that it reaches."""
    for c, tier in instance.alliance.tiers.items() if instance.alliance else ():
        reached = [s for s, share in tier.mix.items() if share > 0]
        path = ("alliance", "tiers", c, "conversion")
        yield from complete(path, tier.conversion, reached, "segment of the mix")


def crew_roles(instance: Instance) -> Iterator[Fault]:
    """Roles of every crew exist."""
    for path, crew in _crews(instance):
        if crew and instance.staff is None:
            hint = "give the roles in staff, or leave the crew out"
            yield Fault(path, "must not be given without the record staff", hint=hint)
        elif instance.staff is not None:
            yield from known_keys(path, crew, instance.staff.roles, "role")


def _crews(instance: Instance) -> Iterator[tuple[Path, Mapping[str, float]]]:
    if instance.field:
        for a, account in instance.field.accounts.items():
            yield ("field", "accounts", a, "crew"), account.crew
            if account.quality:
                yield ("field", "accounts", a, "quality", "crew"), account.quality.crew
        for i, boost in instance.field.boosts.items():
            yield ("field", "boosts", i, "crew"), boost.crew
        if instance.field.content:
            yield ("field", "content", "crew"), instance.field.content.crew
    for c, tier in instance.alliance.tiers.items() if instance.alliance else ():
        yield ("alliance", "tiers", c, "crew_sample"), tier.crew_sample
        yield ("alliance", "tiers", c, "crew_upkeep"), tier.crew_upkeep
    for e, campaign in instance.campaign.campaigns.items() if instance.campaign else ():
        for p, package in campaign.packages.items():
            yield ("campaign", "campaigns", e, "packages", p, "crew"), package.crew
    for k, deal in instance.kol.deals.items() if instance.kol else ():
        yield ("kol", "deals", k, "crew"), deal.crew


def staff_roles(instance: Instance) -> Iterator[Fault]:
    """Roles that cover others or work on orders exist; no role covers itself."""
    if not instance.staff:
        return
    roles = instance.staff.roles
    yield from known_keys(("staff", "order_hours"), instance.staff.order_hours, roles, "role")
    for j, role in roles.items():
        path = ("staff", "roles", j, "covers")
        yield from known_keys(path, role.covers, roles, "role")
        if j in role.covers:
            yield Fault((*path, j), "must name another role than its own", hint="leave it out")


def goods_lines(instance: Instance) -> Iterator[Fault]:
    """Lines of deals and stock floors exist, and lines with a stock floor have a stock."""
    lines = instance.goods.lines
    for k, deal in instance.kol.deals.items() if instance.kol else ():
        yield from known_keys(("kol", "deals", k, "lines"), deal.lines, lines, "product line")
    for path, floors in _stock_floors(instance):
        yield from known_keys(path, floors, lines, "product line")
        for g in floors:
            if g in lines and lines[g].stock is None:
                hint = f"give goods.lines.{g}.stock, or leave the floor out"
                yield Fault((*path, g), "must name a line that has a stock", hint=hint)


def _stock_floors(instance: Instance) -> Iterator[tuple[Path, Mapping[str, float]]]:
    for e, campaign in instance.campaign.campaigns.items() if instance.campaign else ():
        for p, package in campaign.packages.items():
            path = ("campaign", "campaigns", e, "packages", p, "stock_floor")
            yield path, package.stock_floor
    for k, deal in instance.kol.deals.items() if instance.kol else ():
        yield ("kol", "deals", k, "stock_floor"), deal.stock_floor


def current_offers(instance: Instance) -> Iterator[Fault]:
    """The offer in force today is one of the tier's."""
    for c, tier in instance.alliance.tiers.items() if instance.alliance else ():
        if tier.current_offer not in tier.offers:
            hint = nearest(tier.current_offer, tier.offers, "offer")
            path = ("alliance", "tiers", c, "current_offer")
            yield Fault(path, "must name an offer of this tier", tier.current_offer, hint)


def joined_packages(instance: Instance) -> Iterator[Fault]:
    """The package already signed is one of the campaign's."""
    for e, campaign in instance.campaign.campaigns.items() if instance.campaign else ():
        if campaign.joined is not None and campaign.joined not in campaign.packages:
            hint = nearest(campaign.joined, campaign.packages, "package")
            path = ("campaign", "campaigns", e, "joined")
            yield Fault(path, "must name a package of this campaign", campaign.joined, hint)


def exclusions(instance: Instance) -> Iterator[Fault]:
    """Campaigns in conflict and deals that exclude each other exist and are others."""
    if instance.campaign:
        conflicts = {e: spec.conflicts for e, spec in instance.campaign.campaigns.items()}
        yield from _others(("campaign", "campaigns"), conflicts, "conflicts", "campaign")
    if instance.kol:
        excluded = {k: spec.exclusive_with for k, spec in instance.kol.deals.items()}
        yield from _others(("kol", "deals"), excluded, "exclusive_with", "deal")


def _others(table: Path, named: Mapping[str, list[str]], field: str, what: str) -> Iterator[Fault]:
    for own, others in named.items():
        yield from known_list((*table, own, field), others, named, what)
        for n, other in enumerate(others):
            if other == own:
                rule = f"must name another {what} than its own"
                yield Fault((*table, own, field, n), rule, other, "leave it out")


def own_lookalike(instance: Instance) -> Iterator[Fault]:
    """No segment is its own look-alike."""
    for s, spec in instance.snowball.segments.items():
        if s in spec.lookalike:
            yield Fault(
                ("snowball", "segments", s, "lookalike", s),
                "must name another segment than its own",
                hint="traffic from a segment's own orders is traffic_per_order",
            )
