"""Whole-number choices in which two plans differ, in words."""

from collections.abc import Iterator

from allocator.panel import label_of, week_of
from allocator.plan import Plan
from fact_models.decisions import Decisions, ids_of


def changes_in_words(plan: Plan, other: Plan) -> Iterator[str]:
    """What ``other`` decides differently from ``plan``: campaigns, deals, openings, team.

    ``+ 618: full`` is taken, ``- 618: full`` is left out.
    """
    a, b = plan.decisions, other.decisions
    if a is None or b is None:
        return
    yield from _packages(plan, a, b)
    yield from _deals(plan, a, b)
    yield from _openings(plan, a, b)
    yield from _offers(plan, a, b)
    yield from _team(plan, a, b)


def _packages(plan: Plan, a: Decisions, b: Decisions) -> Iterator[str]:
    campaigns = plan.instance.campaign.campaigns if plan.instance.campaign else {}
    for n, (e, p) in enumerate(ids_of(plan.instance).packages):
        if abs(a.package[n] - b.package[n]) > 0.5:
            sign = "+" if b.package[n] > 0.5 else "-"
            yield f"{sign} {label_of(campaigns[e], e)}: {p}"


def _deals(plan: Plan, a: Decisions, b: Decisions) -> Iterator[str]:
    deals = plan.instance.kol.deals if plan.instance.kol else {}
    for n, k in enumerate(ids_of(plan.instance).deals):
        before, after = a.deal[n], b.deal[n]
        name = label_of(deals[k], k)
        if abs(before - after).max(initial=0.0) < 0.5:
            continue
        if before.sum() > 0.5 and after.sum() > 0.5:
            old, new = (week_of(plan.instance.calendar, int(x.argmax())) for x in (before, after))
            yield f"{name}: {old} → {new}"
        else:
            sign = "+" if after.sum() > 0.5 else "-"
            when = week_of(
                plan.instance.calendar, int(max(before, after, key=lambda x: x.sum()).argmax())
            )
            yield f"{sign} {name} ({when})"


def _openings(plan: Plan, a: Decisions, b: Decisions) -> Iterator[str]:
    for n, name in enumerate(ids_of(plan.instance).accounts):
        before, after = a.start[n].sum() > 0.5, b.start[n].sum() > 0.5
        if before != after:
            assert plan.instance.field is not None
            label = label_of(plan.instance.field.accounts[name], name)
            yield f"{'+' if after else '-'} {label}"


def _offers(plan: Plan, a: Decisions, b: Decisions) -> Iterator[str]:
    for n, (c, o) in enumerate(ids_of(plan.instance).offers):
        before, after = int(a.offer[n].sum()), int(b.offer[n].sum())
        if after > before:
            assert plan.instance.alliance is not None
            yield f"{label_of(plan.instance.alliance.tiers[c], c)}: {o} {before} → {after}"


def _team(plan: Plan, a: Decisions, b: Decisions) -> Iterator[str]:
    for n, j in enumerate(ids_of(plan.instance).roles):
        before, after = int(a.hires[n].sum()), int(b.hires[n].sum())
        if before != after:
            assert plan.instance.staff is not None
            yield f"{label_of(plan.instance.staff.roles[j], j)}: +{before} → +{after}"
