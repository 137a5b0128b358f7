"""What a manager reads first: six figures of a plan, and its decisions in a sentence each."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from allocator.agenda import Entry, agenda
from allocator.compare import kpis
from allocator.figures import DASH, decimal
from allocator.labels import Lang, label, unit_words
from allocator.labels_page import say
from allocator.phrases import day_words, limit_words, per, week_words
from allocator.phrases import lever_words as lever_name
from allocator.plan import Plan
from allocator.plan_page import lever_words
from allocator.scales import share, short

MOST = 5
"""Decisions that are told."""
MAKERS = {
    "field": lever_words.field,
    "alliance": lever_words.alliance,
    "campaign": lever_words.campaign,
    "kol": lever_words.kol,
    "team": lever_words.team,
}
"""Who tells the decision of each lever."""


@dataclass(frozen=True)
class Tile:
    """A figure of the first screen."""

    key: str
    title: str
    value: float | None
    text: str
    note: str
    alarm: bool = False
    """Whether it is bad news: money is lost, or cash falls below its floor."""


@dataclass(frozen=True)
class Decision:
    """A decision of the first screen."""

    lever: str
    """A lever, ``team``, or ``money`` for what concerns all."""
    title: str
    headline: str
    detail: str = ""
    spend: float | None = None
    """Spend of the lever over the horizon."""
    due: date | None = None
    """First day on which something has to be done."""


def tiles(plan: Plan, lang: Lang) -> list[Tile]:
    """GMV, net GMV, contribution, spend, lowest cash, gap.

    Raises:
        ValueError: there is no plan.
    """
    found = {key: x if isinstance(x, float) else None for key, x in kpis(plan).items()}
    rule, low, kept = plan.instance.money.cash, found["cash_low"], found["contribution"]
    notes = {
        "gmv": _mean(plan, found["gmv"], lang),
        "net_gmv": _part("of_gmv", found["net_gmv"], found["gmv"], lang),
        "contribution": _part("of_net", kept, found["net_gmv"], lang),
        "spend": _budget_note(plan, found["spend"], lang),
        "cash_low": _cash_note(plan, lang),
        "gap": _gap_note(plan, lang),
    }
    alarms = {
        "contribution": kept is not None and kept < 0,
        "cash_low": rule is not None and low is not None and low < rule.floor,
    }
    return [
        Tile(
            key=key,
            title=label("kpi", key, lang),
            value=found[key],
            text=share(found[key], lang, 2) if key == "gap" else short(found[key], lang),
            note=note,
            alarm=alarms.get(key, False),
        )
        for key, note in notes.items()
    ]


def _mean(plan: Plan, total: float | None, lang: Lang) -> str:
    mean = None if total is None else total / plan.instance.calendar.periods
    return say("word", "each", lang, amount=short(mean, lang), per=per(plan, lang))


def _part(key: str, part: float | None, of: float | None, lang: Lang) -> str:
    return say(
        "word", key, lang, share=share(part / of if part is not None and of else None, lang)
    )


def _budget_note(plan: Plan, spend: float | None, lang: Lang) -> str:
    """The share of the budget that is gone, and what earlier weeks took of it."""
    budget, before = plan.instance.money.budget, plan.instance.money.past.spend()
    if not budget or spend is None:
        return say("word", "no_budget", lang)
    part, told = share((spend + before) / budget, lang), short(budget, lang)
    if not before:
        return say("word", "of_budget", lang, share=part, budget=told)
    earlier = short(before, lang)
    return say("word", "of_budget_before", lang, share=part, budget=told, before=earlier)


def _cash_note(plan: Plan, lang: Lang) -> str:
    rule, table = plan.instance.money.cash, plan.cash
    if rule is None:
        return say("word", "no_cash", lang)
    week = week_words(str(table["week"].iloc[int(table["balance"].argmin())]), lang)
    return say("word", "cash_at", lang, week=week, floor=short(rule.floor, lang))


def _gap_note(plan: Plan, lang: Lang) -> str:
    if plan.gap is None:
        return say("word", "gap_none", lang)
    objective, bound = short(plan.objective, lang), short(plan.bound, lang)
    return say("word", "gap_note", lang, objective=objective, bound=bound)


def decisions(plan: Plan, lang: Lang) -> list[Decision]:
    """One decision a lever that the instance has and one for the team, the most money first; then,
    where levers are missing, what the money does and what comes next. At most ``MOST``.

    Raises:
        ValueError: there is no plan.
    """
    entries = agenda(plan)
    spend = plan.budget.groupby("lever")["spend"].sum()
    parts = {lever: getattr(plan.instance, lever, None) for lever in MAKERS}
    parts["team"] = plan.instance.staff
    found = []
    for lever in (lever for lever, part in parts.items() if part is not None):
        headline, details = MAKERS[lever](plan, entries, lang)
        found.append(
            Decision(
                lever=lever,
                title=label("lever", lever, lang),
                headline=headline,
                detail=say("word", "clause", lang).join(filter(None, details)),
                spend=float(spend[lever]),
                due=_due(entries, lever),
            )
        )
    found.sort(key=lambda decision: -(decision.spend or 0.0))
    return [*found, *_money(plan, lang)][:MOST]


def _due(entries: Iterable[Entry], lever: str) -> date | None:
    """The first day on which a lever asks for something."""
    return min((day for e in entries if e.kind == lever for day, _ in e.acts), default=None)


def _money(plan: Plan, lang: Lang) -> Iterator[Decision]:
    """What the money does and what comes next, for instances of fewer levers."""
    spend = plan.budget.groupby("lever")["spend"].sum()
    if float(spend.sum()) > lever_words.LEAST:
        most = str(spend.idxmax())
        part, name = share(float(spend[most] / spend.sum()), lang), label("lever", most, lang)
        told = say("decision", "money", lang, share=part, lever=name)
        yield Decision("money", label("kpi", "budget", lang), told, spend=float(spend.sum()))
    yield from _credit(plan, lang)
    yield from _next_yuan(plan, lang)
    limits = plan.limits.sort_values("periods", ascending=False, kind="stable")
    for row in limits.head(1).to_dict("records"):
        name = limit_words(str(row["limit"]), str(row["what"]), lang)
        told = say("decision", "widen", lang, limit=name)
        weeks, a = plan.instance.calendar.periods, per(plan, lang)
        how = say("decision", "widen_detail", lang, count=row["periods"], all=weeks, per=a)
        yield Decision("money", label("table", "limits", lang), told, how)


def _credit(plan: Plan, lang: Lang) -> Iterator[Decision]:
    """The most credit that is drawn, and when it begins."""
    cash = plan.cash
    drawn = cash[cash["drawn"] > lever_words.LEAST]
    if len(drawn):
        at, most = drawn["start"].iloc[0].date(), short(float(drawn["drawn"].max()), lang)
        told = say("decision", "credit", lang, amount=most)
        how = say("decision", "credit_detail", lang, day=day_words(at, lang))
        yield Decision("money", label("column", "drawn", lang), told, how, due=at)


def _mean_return(plan: Plan) -> str:
    """GMV per unit of the plan's spend: what the next unit must not be taken for."""
    spent = sum(float(x.sum()) for x in plan.replay.spend.values()) if plan.replay else 0.0
    return decimal(float(plan.gmv or 0.0) / spent, 2) if spent > 0 else DASH


def _next_yuan(plan: Plan, lang: Lang) -> Iterator[Decision]:
    """The lever in which one more unit of money brings most."""
    lever, yields = plan.growth.get("yuan_lever"), plan.growth.get("yuan")
    told: list[tuple[str, Any]] = list(yields.items()) if isinstance(yields, dict) else []
    if isinstance(lever, str) and told and isinstance(told[-1][1], float) and told[-1][1] > 0.005:
        count, amount = told[-1]
        unit = unit_words("CNY", lang, plan.instance.currency)
        where = lever_name(plan, lever, lang)
        a = per(plan, lang)
        how = say("decision", "next_yuan_detail", lang, amount=f"{amount:.2f}", count=count,
                  unit=unit, per=a, mean=_mean_return(plan))  # fmt: skip
        yield Decision(
            "money",
            say("decision", "next", lang),
            say("decision", "next_yuan", lang, unit=unit, lever=where),
            how,
        )
