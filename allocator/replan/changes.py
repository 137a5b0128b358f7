"""What a new plan changes of the old one, what each change is worth, and why it is made.

Controls are compared, not volumes: what somebody has to do differently. Neighbouring weeks with
the same kind of change are one change. Its worth is found by undoing it alone in the new plan and
playing that: either it costs something, or a rule breaks, which is the reason.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from typing import Any

import numpy as np

from allocator.figures import short_week
from allocator.labels import Label
from allocator.panel import label_of, week_of
from allocator.rule_words import figure, placed_zh
from fact_models.decisions import Array, Decisions
from fact_models.replay import Facts, facts, replay
from fact_models.spec.instance import Instance
from fact_models.verify import Violation, verify

SEEN = 0.02
"""Share of a control's usual size below which nobody would call it a change."""
LITTLE = 1e-5
"""Share of a plan's worth that nobody would notice."""
TRIED = 60
"""Changes whose undoing is played; the largest first."""


@dataclass(frozen=True)
class Change:
    """One thing to do differently.

    Attributes:
        kind: name of the array of decisions; ``name`` of what it belongs to, for people.
        first: 0-based first and last period; for what happens in one week (``EVENTS``) the week
            that it leaves and the week that it goes to; None where there is none.
        before: what the old plan had, a period's mean; ``after`` what the new one has.
        worth: what undoing it alone would cost, in the unit of the goal; None where the plan would
            no longer be possible.
        rule: the rule that undoing it alone would break; None where none.
    """

    kind: str
    name: str
    first: int | None
    last: int | None
    before: float
    after: float
    worth: float | None
    rule: Label | None

    def weeks(self, instance: Instance) -> str:
        """``W19 – W22``; ``W19 → W21`` for what moves; one week where it comes or goes."""
        known = [t for t in (self.first, self.last) if t is not None]
        names = [short_week(week_of(instance.calendar, t)) for t in known]
        mark = " → " if self.kind in EVENTS else " – "
        return mark.join(dict.fromkeys(names))


@dataclass(frozen=True)
class _Part:
    """Entries that one change covers: arrays with the places in them."""

    kind: str
    name: str
    undo: tuple[tuple[str, tuple[Any, ...]], ...]
    first: int | None
    last: int | None
    before: float
    after: float


def changes(instance: Instance, old: Decisions, new: Decisions) -> tuple[Change, ...]:
    """The changes from ``old`` to ``new``: those worth most first, then those that keep a rule."""
    known = facts(instance)
    value = replay(instance, new, known=known).objective
    parts = sorted(_parts(instance, known, old, new), key=_size, reverse=True)
    found = []
    for n, part in enumerate(parts):
        worth, rule = (
            (None, None) if n >= TRIED else _undone(instance, known, old, new, part, value)
        )
        told = (part.kind, part.name, part.first, part.last, part.before, part.after)
        found.append(Change(*told, worth, rule))
    least = LITTLE * abs(value)
    return tuple(
        sorted(
            found, key=lambda c: ((c.worth or 0) <= least, c.worth is not None, -(c.worth or 0))
        )
    )


def _size(part: _Part) -> float:
    return abs(part.after - part.before) / max(abs(part.before), abs(part.after), 1e-9)


def _parts(instance: Instance, known: Facts, old: Decisions, new: Decisions) -> Iterator[_Part]:
    names = _names(instance, known)
    yield from _events(known, old, new, names)
    yield from _creators(instance, known, old, new)
    packed = {"hours": (old.hours.sum(axis=1), new.hours.sum(axis=1))}
    for kind in FLOWS:
        before, after = packed.get(kind, (getattr(old, kind), getattr(new, kind)))
        before, after = (x.reshape(-1, known.ids.periods) for x in (before, after))
        for n, label in enumerate(names[kind]):
            for first, last in _spans(before[n], after[n]):
                span = slice(first, last + 1)
                place: tuple[Any, ...] = (slice(None), span)
                if kind not in _WHOLE:
                    place = (span,) if getattr(new, kind).ndim == 1 else (n, ..., span)
                yield _Part(
                    kind,
                    label,
                    ((kind, place),),
                    first,
                    last,
                    float(before[n, span].mean()),
                    float(after[n, span].mean()),
                )


FLOWS = (
    "hours",
    "skilled",
    "boost_spend",
    "content_made",
    "content_bought",
    "discount",
    "purchase",
    "overtime",
    "outsourced",
)
"""Controls that hold a level every week."""
EVENTS = ("start", "deal", "hires", "leaves")
"""Whole decisions of one week; one that moves to another week is one change."""


def _events(
    known: Facts, old: Decisions, new: Decisions, names: dict[str, list[str]]
) -> Iterator[_Part]:
    yield from _packages(known, old, new, names["package"])
    for kind in EVENTS:
        for n, label in enumerate(names[kind]):
            one, two = getattr(old, kind)[n], getattr(new, kind)[n]
            gone, come = np.flatnonzero(one - two > 0.5), np.flatnonzero(two - one > 0.5)
            # The first that goes is what comes first at another time.
            for left, to in zip_longest(gone.tolist(), come.tolist()):
                places = [t for t in (left, to) if t is not None]
                before, after = float(one[places].sum()), float(two[places].sum())
                yield _Part(kind, label, ((kind, (n, places)),), left, to, before, after)


def _packages(known: Facts, old: Decisions, new: Decisions, names: list[str]) -> Iterator[_Part]:
    """Packages of one campaign stand for each other: another one of them is one change."""
    of = [e for e, _ in known.ids.packages]
    for e in dict.fromkeys(of):
        rows = [n for n, campaign in enumerate(of) if campaign == e]
        one, two = old.package[rows], new.package[rows]
        if np.abs(one - two).max(initial=0.0) < 0.5:
            continue
        left, to = (rows[int(np.argmax(side))] for side in (one, two))
        name = names[to if two.max() > 0.5 else left]
        if min(one.max(), two.max()) > 0.5:
            name = f"{names[left]} → {known.ids.packages[to][1]}"
        window = known.campaign.windows[list(dict.fromkeys(of)).index(e)]
        before, after = float(one.sum()), float(two.sum())
        undo = (("package", (rows,)),)
        yield _Part("package", name, undo, window.first, window.last, before, after)


def _creators(instance: Instance, known: Facts, old: Decisions, new: Decisions) -> Iterator[_Part]:
    """Offers and samples of a tier: samples go with the offer under which they are sent."""
    tiers = instance.alliance.tiers if instance.alliance else {}
    for n, (c, tier) in enumerate(tiers.items()):
        rows = [m for m in range(len(known.ids.offers)) if known.alliance.tier[n, m] > 0]
        all_of = (("offer", (rows, slice(None))), ("samples", (rows, slice(None))))
        for m in rows:
            for first, last in _spans(old.offer[m], new.offer[m]):
                if new.offer[m, first] > 0.5:
                    name = f"{label_of(tier, c)}: {known.ids.offers[m][1]}"
                    yield _Part("offer", name, all_of, first, last, 0.0, 1.0)
        before, after = old.samples[rows].sum(axis=0), new.samples[rows].sum(axis=0)
        for first, last in _spans(before, after):
            span = slice(first, last + 1)
            same = np.array_equal(old.offer[rows, span], new.offer[rows, span])
            undo = (("samples", (rows, span)),) if same else all_of
            means = float(before[span].mean()), float(after[span].mean())
            yield _Part("samples", label_of(tier, c), undo, first, last, *means)


def _spans(before: Array, after: Array) -> list[tuple[int, int]]:
    """First and last week of every run in which a level rises, or falls, enough to be seen."""
    usual = max(float(before.max(initial=0.0)), float(after.max(initial=0.0)))
    differs = np.abs(after - before) > max(SEEN * usual, 1e-6)
    return _runs(np.sign(after - before) * differs)


_WHOLE = ("discount",)
"""Kinds of which one level holds at a time: undoing one level undoes the other."""


def _names(instance: Instance, known: Facts) -> dict[str, list[str]]:
    """Labels of every kind of control, in the order of its axis."""
    ids, field = known.ids, instance.field
    rooms = [label_of(s, a) for a, s in field.accounts.items()] if field else []
    boosts = [label_of(s, i) for i, s in field.boosts.items()] if field else []
    campaigns = instance.campaign.campaigns if instance.campaign else {}
    deals = instance.kol.deals if instance.kol else {}
    roles = instance.staff.roles if instance.staff else {}
    lines = instance.goods.lines
    staff = [label_of(s, j) for j, s in roles.items()]
    return {
        "start": rooms,
        "hours": rooms,
        "skilled": rooms,
        "boost_spend": boosts,
        "content_made": [""],
        "content_bought": [""],
        "discount": list(ids.discounts),
        "package": [f"{label_of(campaigns[e], e)}: {p}" for e, p in ids.packages],
        "deal": [label_of(s, k) for k, s in deals.items()],
        "purchase": [label_of(s, g) for g, s in lines.items()],
        "hires": staff,
        "leaves": staff,
        "overtime": staff,
        "outsourced": staff,
    }


def _runs(signs: Array) -> list[tuple[int, int]]:
    """First and last place of every run of equal signs that are not 0."""
    runs: list[tuple[int, int]] = []
    for t, sign in enumerate(signs):
        if sign == 0:
            continue
        if runs and runs[-1][1] == t - 1 and signs[t - 1] == sign:
            runs[-1] = (runs[-1][0], t)
        else:
            runs.append((t, t))
    return runs


def _undone(
    instance: Instance, known: Facts, old: Decisions, new: Decisions, part: _Part, value: float
) -> tuple[float | None, Label | None]:
    """What undoing one change costs, or the rule that it breaks."""
    tried = new.copy()
    for name, place in part.undo:
        getattr(tried, name)[place] = getattr(old, name)[place]
    best: float | None = None
    broken: Violation | None = None
    sign = -1.0 if instance.objective.goal == "cost" else 1.0
    for accept in ("trim", "greedy"):
        states = replay(instance, tried, accept=accept, known=known)
        check = verify(instance, states.decisions, known=known)
        if check.ok:
            worth = sign * (value - states.objective)
            best = worth if best is None else min(best, worth)
        elif broken is None:
            broken = check.violations[0]
    if best is not None:
        return float(best), None
    return None, None if broken is None else rule_words(instance, broken)


def rule_words(instance: Instance, rule: Violation) -> Label:
    """A broken rule as a planner says it."""
    place = f" of {rule.entity}" if rule.entity else ""
    when = week_of(instance.calendar, rule.period - 1) if rule.period else ""
    week = f" in {when}" if when else ""
    left, right = (figure(x, rule.lhs - rule.rhs) for x in (rule.lhs, rule.rhs))
    return Label(
        f"{rule.rule}{place}{week}: {left} against {right}",
        f"{placed_zh(rule, when)}：{left} 对 {right}",
    )
