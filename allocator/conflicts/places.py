"""Where a conflict sits: periods in words, and the figures of the file behind the rows of a
proof."""

from collections.abc import Iterable, Iterator

from allocator.conflicts.program import Elastic
from allocator.conflicts.record import Clash, figure, spans
from allocator.conflicts.rules import period_of
from allocator.conflicts.sentences import FIGURES, NOTHING, TIMES, joined, told
from allocator.conflicts.subset import Subset, periods_in
from allocator.labels import Label
from allocator.panel import week_of
from allocator.tree import Path
from fact_models.spec.calendar import Calendar
from fact_models.spec.instance import Instance

Fact = tuple[Path, str, Label]
"""A figure that does not give way: its field, its value, what it is."""
SHOWN_SPANS = 3
SHORT_PROOF = 200
"""Rows of a proof up to which the facts behind them are worth telling."""


def when(calendar: Calendar, periods: Iterable[int]) -> Label:
    """``in period 9 (2026-W09)``, ``in periods 2 to 4 (2026-W02 to 2026-W04)`` of 0-based
    periods; empty without any."""
    runs = spans(periods)
    if not runs:
        return NOTHING
    shown = joined([_span(calendar, first, last) for first, last in runs[:SHOWN_SPANS]])
    more = len(runs) - SHOWN_SPANS
    rest = told(TIMES["more"], count=more) if more > 0 else NOTHING
    return joined([told(TIMES["in"], spans=shown), rest], NOTHING)


def _span(calendar: Calendar, first: int, last: int) -> Label:
    weeks = week_of(calendar, first), week_of(calendar, last)
    if first == last:
        return told(TIMES["one"], t=first + 1, week=weeks[0])
    return told(TIMES["many"], first=first + 1, last=last + 1, start=weeks[0], end=weeks[1])


def core(program: Elastic, subset: Subset) -> list[Clash]:
    """The figures of a subset with their periods, those that can give way first, then those that
    the rows of its proof hold besides."""
    calendar = program.instance.calendar
    found: list[Clash] = []
    for n in subset.figures:
        rule = program.rules[n]
        periods = periods_in(program, n, subset.rows)
        path, value = rule.path, figure(round(rule.value) if rule.whole else rule.value)
        if rule.edit is not None and rule.kind == "partner" and path[-1] != "spacing":
            value = ""
        if len(periods) == calendar.periods or rule.at_start:
            periods = []
        shown = tuple(t + 1 for t in periods)
        found.append(Clash(path, value, rule.words, shown, when(calendar, periods)))
    told = {clash.path for clash in found}
    return found + [clash for clash in _given(program, subset) if clash.path not in told]


def _given(program: Elastic, subset: Subset) -> list[Clash]:
    """Figures behind the rows of the proof that do not give way."""
    instance, calendar = program.instance, program.instance.calendar
    periods: dict[Fact, set[int]] = {}
    # A long proof holds facts of every kind; then only what is signed is told.
    for name in subset.rows if len(subset.rows) <= SHORT_PROOF else ():
        fact = _fact(instance, name)
        if fact is None:
            continue
        t = period_of(name, calendar.periods)
        periods.setdefault(fact, set()).update(() if t is None else (t,))
    for fact, at in _signed(program, subset):
        periods.setdefault(fact, set()).update(at)
    found = []
    for (path, value, words), at in periods.items():
        at = set() if len(at) == calendar.periods else at
        shown = tuple(sorted(t + 1 for t in at))
        found.append(Clash(path, value, words, shown, when(calendar, at)))
    return found


def _signed(program: Elastic, subset: Subset) -> Iterator[tuple[Fact, set[int]]]:
    """Packages and deals signed already whose column a row of the proof holds; a deal with the
    period of its session."""
    instance, matrix, rows = program.instance, program.matrix, set(subset.rows)
    at = [n for n, name in enumerate(matrix.row_names) if name in rows]
    touched = set(matrix.rows[at].indices.tolist()) if at else set()
    column = program.column()
    path: Path
    for e, campaign in instance.campaign.campaigns.items() if instance.campaign else ():
        if campaign.joined and column.get(f"campaign.package[{e},{campaign.joined}]") in touched:
            path = ("campaign", "campaigns", e, "joined")
            yield (path, campaign.joined, FIGURES["joined"]), set()
    for k, deal in instance.kol.deals.items() if instance.kol else ():
        if deal.agreed is not None and column.get(f"kol.signed[{k}]") in touched:
            path = ("kol", "deals", k, "agreed")
            words = told(FIGURES["agreed"], deal=k, fee=figure(deal.fee))
            yield (path, str(deal.agreed), words), {instance.calendar.period_of(deal.agreed)}


def _fact(instance: Instance, name: str) -> Fact | None:
    """Field, figure and words behind a row that is a law; None if no single figure is."""
    component, _, rest = name.partition("[")
    index = rest.rstrip("]").split(",")
    path: Path
    money = instance.money
    if component == "money.cash_floor" and money.cash:
        return ("money", "cash", "floor"), figure(money.cash.floor), FIGURES["cash_floor"]
    if component in ("staff.staff_limit", "staff.head_balance") and instance.staff:
        role = instance.staff.roles[index[0]]
        path = ("staff", "roles", index[0])
        if component == "staff.staff_limit":
            words = told(FIGURES["head_hours"], role=index[0])
            return (*path, "hours"), figure(role.hours), words
        return (*path, "heads"), figure(role.heads), told(FIGURES["heads"], role=index[0])
    if component == "field.shortest_hours" and instance.field:
        account = instance.field.accounts[index[0]]
        path = ("field", "accounts", index[0], "hours_min")
        words = told(FIGURES["hours_min"], account=index[0])
        return path, figure(account.hours_min), words
    if component == "kol.signed_once" and instance.kol:
        deal = instance.kol.deals[index[0]]
        # What holds a deal that is signed is that, whatever its fee.
        if deal.agreed is not None:
            return None
        words = told(FIGURES["fee"], deal=index[0])
        return ("kol", "deals", index[0], "fee"), figure(deal.fee), words
    return None
