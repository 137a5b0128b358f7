"""Rows of an explanation's tables as texts, for the terminal and the page."""

import math
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby

import numpy as np

from allocator.figures import DASH, decimal, short_week
from allocator.labels import Lang
from allocator.panel import label_of, week_of
from allocator.reasons.attribution import LEVERS, Attribution, Part
from allocator.reasons.decisions import Decision
from allocator.reasons.explanation import Explanation
from allocator.reasons.labels import heading, resource_name, rule_name, stop_name
from allocator.reasons.limits import MONEY, RESOURCES, SPECK
from allocator.reasons.marginals import Marginal
from allocator.reasons.prices import Price
from allocator.reasons.words import label_list, lever_name, source_name
from allocator.scales import share, short

Row = list[str]
NAMED = 3
"""Rules that a row names."""
UNSEEN = 1e-6
"""Share of the GMV below which an amount is rounding, told as 0."""
SPENT = 1e-5
"""Share of what all inputs take below which nothing is spent on one."""
FAINT = 1e-4
"""Share of the dearest price of a resource below which what a unit brought is rounding."""


def decision_rows(found: Explanation, lang: Lang) -> list[Row]:
    """The decisions that matter most, with what is paid for them."""
    paid: dict[tuple[str, str], float | None] = {
        (one.source.kind, one.source.key): one.spend for one in found.attribution.details
    }
    return [
        [
            str(n + 1),
            decision_name(one, lang),
            short_week(one.week) if one.week else DASH,
            *(
                _money(amount, found.attribution, lang)
                for amount in (paid.get((one.kind, one.key)), one.worth, one.gmv)
            ),
        ]
        for n, one in enumerate(found.decisions)
    ]


def _money(value: float | None, of: Attribution, lang: Lang) -> str:
    """An amount of a plan: what is next to nothing of its GMV is nothing, in whatever unit money
    is counted."""
    rounding = value is not None and abs(value) < UNSEEN * of.gmv
    return short(0.0 if rounding else value, lang)


def decision_name(one: Decision, lang: Lang) -> str:
    """What the plan does."""
    return heading(one.kind, lang, name=one.label)


def rule_rows(found: Explanation, lang: Lang) -> list[Row]:
    """Binding rules by worth."""
    whole = abs(found.plan.objective or 0.0)
    periods = found.plan.instance.calendar.periods
    rows = []
    for one in found.rules:
        worth = one.expected if one.measured is None else one.measured
        lasting = one.rule in ("budget", "profit_floor", "roi_floor", "target")
        name = lever_name(one.key, lang) if one.rule in ("lever", "locked") else one.label
        rows.append(
            [
                rule_name(one.rule, name, lang),
                heading("whole", lang) if lasting else f"{one.periods}/{periods}",
                ("" if one.measured is not None else "≈ ") + short(worth, lang),
                share(worth / whole if whole else None, lang, 2),
            ]
        )
    return rows


def price_rows(found: Explanation, lang: Lang) -> list[Row]:
    """Prices by resource: their span, in how many periods, and what was measured at the
    dearest."""
    staff = found.plan.instance.staff
    rows = []
    for resource in RESOURCES:
        mine = [one for one in found.prices if one.resource == resource]
        for role, group in groupby(mine, key=lambda one: one.role):
            series = _without_specks(list(group))
            name = label_of(staff.roles[role], role) if staff and role else ""
            rows.append(_price_row(found, series, resource_name(resource, name, lang), lang))
    return rows


def _without_specks(series: list[Price]) -> list[Price]:
    """Prices whose measured sides are 0 where they are the rounding of two objectives."""
    sides = [x for one in series for x in (one.price, one.left, one.right) if x is not None]
    least = FAINT * max(abs(x) for x in sides)

    def told(side: float | None) -> float | None:
        return 0.0 if side is not None and abs(side) < least else side

    return [replace(one, left=told(one.left), right=told(one.right)) for one in series]


def _price_row(found: Explanation, series: list[Price], name: str, lang: Lang) -> Row:
    worth = [one for one in series if one.price != 0]
    # The last unit of what is just enough is worth something, the next one nothing.
    least = SPECK if series[0].resource in MONEY else 0.0
    enough = [one for one in series if (one.left or 0.0) > least]
    if not worth and not enough:
        once = series[0].period is None
        return [name, "0", DASH if once else f"0/{len(series)}", DASH, DASH, DASH, DASH]
    top = max(worth or enough, key=lambda one: (one.price, one.left or 0.0))
    low, high = (amount(f(one.price for one in worth or enough), lang) for f in (min, max))
    week = DASH
    if top.period is not None:
        week = short_week(week_of(found.plan.instance.calendar, top.period))
    once = top.period is None
    return [
        name,
        high if low == high else f"{low} – {high}",
        heading("whole", lang) if once else f"{len(worth)}/{len(series)}",
        week,
        amount(top.left, lang),
        amount(top.right, lang),
        heading("range", lang, down=amount(top.down, lang), up=amount(top.up, lang))
        if top.checked
        else DASH,
    ]


def amount(value: float | None, lang: Lang) -> str:
    """A price or an amount: two decimals where it is small, two significant digits where it is
    smaller still, as what a visit is worth where money counts in ten thousands."""
    if value is None or not np.isfinite(value):
        return DASH if value is None or np.isnan(value) else "∞"
    if abs(value) >= 99.995:
        return short(value, lang)
    faint = 0 < abs(value) < 0.0995
    return decimal(value, 1 - math.floor(math.log10(abs(value))) if faint else 2)


def marginal_rows(found: Explanation, lang: Lang) -> list[tuple[str, list[Row]]]:
    """Inputs by lever: all periods of an input in one row."""
    found_by, staff = [], found.plan.instance.staff
    least = SPENT * sum(one.paid for one in found.marginals)
    roles = {j: label_of(role, j) for j, role in staff.roles.items()} if staff else {}
    for lever, inputs in groupby(found.marginals, key=lambda one: one.lever):
        rows = []
        ordered = list(inputs)
        for kind, key in dict.fromkeys(map(_input, ordered)):
            mine = [one for one in ordered if _input(one) == (kind, key)]
            rows.append(_marginal_row(mine, least, roles, lang))
        found_by.append((lever_name(lever, lang), rows))
    return found_by


def _input(one: Marginal) -> tuple[str, str]:
    """What shares a row: samples of a tier under all its offers are one input."""
    return one.kind, one.key.partition(".")[0] if one.kind == "tier" else one.key


def _marginal_row(mine: list[Marginal], least: float, roles: dict[str, str], lang: Lang) -> Row:
    """An input over all periods; those with no more than ``least`` spent count as without."""
    taken = [one for one in mine if one.paid > least]
    shown = taken or mine
    paid = sum(one.paid for one in taken)
    known = [one for one in taken if one.average is not None]
    brought = sum((one.average or 0.0) * one.paid for one in known)
    weights = [one.paid for one in taken] or [1.0] * len(mine)
    worth = [one.marginal for one in shown if one.marginal is not None]
    marginal = float(np.average(worth, weights=weights)) if worth else None
    ratios = [one.ratio for one in shown if one.ratio is not None]
    span = DASH
    if ratios:
        low, high = decimal(min(ratios), 2), decimal(max(ratios), 2)
        span = low if low == high else f"{low} – {high}"
    return [
        heading(mine[0].kind, lang, name=mine[0].label),
        short(paid, lang) if taken else "0",
        decimal(brought / paid, 2) if known else DASH,
        decimal(marginal, 2),
        span,
        label_list(list(_stops(mine, roles, lang)), lang),
    ]


def _stops(mine: Iterable[Marginal], roles: dict[str, str], lang: Lang) -> Iterator[str]:
    """Rules that stop an input, those of most periods first."""
    counted = Counter((one.stop, one.role) for one in mine)
    for (stop, role), periods in counted.most_common(NAMED):
        yield f"{stop_name(stop, roles.get(role, role), lang)} × {periods}"


def answer_columns(found: Explanation) -> list[str]:
    """Keys of the questions."""
    return ["traced", "shapley", "removed", *(["banned"] if found.regrets else [])]


def answer_rows(found: Explanation, lang: Lang) -> list[list[str]]:
    """Amounts by lever, and what belongs to none."""
    worth, of = found.attribution.shapley, found.attribution
    regrets = {one.lever: None if one.gmv is None else of.gmv - one.gmv for one in found.regrets}
    rows = []
    for lever in LEVERS:
        amounts = [of.levers[lever].total, worth.values[lever], worth.removed[lever]]
        row = [lever_name(lever, lang), *(_money(x, of, lang) for x in amounts)]
        rows.append([*row, *([_money(regrets.get(lever), of, lang)] if regrets else [])])
    blank = [DASH] * (1 + bool(regrets))
    organic, total = of.levers["organic"].total, short(of.gmv, lang)
    rows.append([heading("organic", lang), short(organic, lang), DASH, *blank])
    rows.append([heading("base", lang), DASH, _money(worth.base, of, lang), *blank])
    if not worth.is_whole:
        rows.append([heading("rest", lang), DASH, _money(worth.rest, of, lang), *blank])
    return [*rows, [heading("sum", lang), total, total, *blank]]


def origin_rows(found: Attribution, lang: Lang) -> list[tuple[Row, bool]]:
    """GMV by lever and source, organic and all of it: name, first touch, snowball, together,
    share, paid, GMV per yuan paid; and whether it is a sum.
    """

    def row(name: str, part: Part, paid: float | None = None) -> Row:
        return [
            name,
            *(_money(x, found, lang) for x in (part.first_touch, part.snowball, part.total)),
            share(part.total / found.gmv if found.gmv else None, lang, 1),
            short(paid, lang) if paid else "",
            decimal(part.total / paid, 2) if paid else "",
        ]

    rows = []
    for lever in LEVERS:
        rows.append((row(lever_name(lever, lang), found.levers[lever]), True))
        rows += [
            (row(source_name(one, lang), one.part, one.spend), False)
            for one in found.details
            if one.source.lever == lever
        ]
    rows.append((row(lever_name("organic", lang), found.levers["organic"]), True))
    parts = found.levers.values()
    whole = Part(sum(p.first_touch for p in parts), sum(p.snowball for p in parts))
    return [*rows, (row(heading("sum", lang), whole), True)]
