"""Rules across the fields of an instance file.

Bounds of a single field stand on the field. What two or more fields must agree on is a rule here:
a function from the instance to its faults, one small function a rule, listed in ``RULES`` by what
it looks at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import TYPE_CHECKING

from fact_models.spec import checks_calendar as calendar
from fact_models.spec import checks_current as current
from fact_models.spec import checks_curves as curves
from fact_models.spec import checks_levers as levers
from fact_models.spec import checks_market as market
from fact_models.spec import checks_means as means
from fact_models.spec import checks_references as references
from fact_models.spec import checks_scenarios as scenarios
from fact_models.spec import checks_size as size
from fact_models.spec import checks_underway as underway

if TYPE_CHECKING:
    from fact_models.faults import Fault
    from fact_models.spec.instance import Instance

Rule = Callable[["Instance"], "Iterator[Fault]"]

SHOWN = 50
"""Faults that one rule reports at most; a file that repeats a mistake is told soon enough."""

RULES: dict[str, tuple[Rule, ...]] = {
    "references": (
        references.snowball_segments,
        references.own_lookalike,
        references.field_segments,
        references.partner_segments,
        references.saturation_given,
        references.creator_conversion_given,
        references.crew_roles,
        references.staff_roles,
        references.goods_lines,
        references.current_offers,
        references.joined_packages,
        references.exclusions,
    ),
    "calendar": (
        calendar.dates_parse,
        calendar.spans_in_order,
        calendar.signup_in_time,
        calendar.joined_in_horizon,
        calendar.joined_without_conflict,
        calendar.deals_in_time,
        calendar.locked_cells,
    ),
    "curves": (
        curves.curves_start_at_zero,
        curves.curves_have_their_shape,
        curves.overlap_below_the_sum,
        curves.content_carries,
    ),
    "snowball": (
        market.followers_in_pool,
        market.conversions,
        market.matched_conversion,
        market.persistences,
        market.interest_shares,
    ),
    "goods": (market.refunds, market.line_shares, market.channel_shares),
    "field": (
        levers.live_hours,
        levers.room_traffic,
        levers.account_shares,
        levers.open_accounts,
    ),
    "levers": (levers.mixes, levers.current_efforts),
    "alliance": (levers.creator_pools, levers.offer_rates),
    "kol": (levers.deal_outcomes, levers.deal_lines, levers.deal_refunds),
    "staff": (means.heads, means.ramps),
    "money": (
        means.settlement,
        means.fees,
        means.lever_limits,
        means.lever_shares,
        means.lever_floors,
        means.cash_floor,
    ),
    "under way": (
        underway.openings,
        underway.phases,
        underway.pipelines,
        underway.agreed_deals,
        underway.credit,
    ),
    "objective": (means.target,),
    "scenarios": (
        scenarios.probabilities,
        scenarios.changes_say_how,
        scenarios.scenarios_hold,
    ),
    "current": (
        current.current_levers,
        current.current_spans,
        current.current_packages,
        current.current_deals,
    ),
    "size": (size.program_fits,),
}
"""Rules by what they look at, in the order of report."""


def faults(instance: Instance) -> list[Fault]:
    """All broken rules of ``instance``; none for an instance that can be planned.

    Every rule stands for itself and reads what it needs even where another one is broken.
    """
    rules = (rule for group in RULES.values() for rule in group)
    return [fault for rule in rules for fault in islice(rule(instance), SHOWN)]
