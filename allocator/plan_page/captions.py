"""The sentence under each figure: what it shows of this plan."""

from collections.abc import Callable

from allocator.labels import Lang, label
from allocator.labels_page import say
from allocator.phrases import month_words, per, week_words
from allocator.plan import Plan
from allocator.plan_page.lever_words import LEAST, busiest
from allocator.scales import share, short

EVEN = 0.0005
"""Share of the GMV below which the snowball neither brings nor costs anything."""


def caption(plan: Plan, chart: str, lang: Lang) -> str:
    """The sentence of a figure that has something to show.

    Raises:
        KeyError: there is no such figure.
    """
    made = _MAKERS.get(chart)
    return say("said", chart, lang) if made is None else made(plan, lang)


def _gmv(plan: Plan, lang: Lang) -> str:
    table = plan.gmv_by_lever
    sums = table.groupby("source")["gmv"].sum()
    months = plan.months.set_index("month")["gmv"]
    most, best, total = str(sums.idxmax()), str(months.idxmax()), float(sums.sum())
    told = say(
        "said", "gmv", lang,
        source=label("source", most, lang), amount=short(float(sums[most]), lang),
        share=share(float(sums[most]) / total, lang), total=short(total, lang),
        month=month_words(best, lang), best=short(float(months[best]), lang),
    )  # fmt: skip
    if float(table["gmv"].min()) > -LEAST:
        return told
    return f"{told}{' ' if lang == 'en' else ''}{say('said', 'gmv_dips', lang)}"


def _traffic(plan: Plan, lang: Lang) -> str:
    sums = plan.audience.groupby("period")[["traffic", "followers"]].sum()
    first, last = (short(float(x), lang) for x in sums["traffic"].iloc[[0, -1]])
    before, after = (short(float(x), lang) for x in sums["followers"].iloc[[0, -1]])
    return say("said", "traffic", lang, first=first, last=last, before=before, after=after,
               per=per(plan, lang))  # fmt: skip


def _first_touch(plan: Plan, lang: Lang) -> str:
    sums = plan.first_touch[["returned", "gmv"]].sum()
    returned, gmv = float(sums["returned"]), float(sums["gmv"])
    key = "first_touch" if returned >= 0 else "first_touch_less"
    if abs(returned) < EVEN * gmv:
        key = "first_touch_even"
    part = share(abs(returned) / gmv, lang, 1)
    return say("said", key, lang, returned=short(abs(returned), lang), share=part,
               total=short(gmv, lang))  # fmt: skip


def _budget(plan: Plan, lang: Lang) -> str:
    sums, budget = plan.budget.groupby("lever")["spend"].sum(), plan.instance.money.budget
    before = plan.instance.money.past.spend()
    most, total = label("lever", str(sums.idxmax()), lang), float(sums.sum())
    if not budget:
        return say("said", "budget_free", lang, spend=short(total, lang), lever=most)
    given = {"spend": short(total, lang), "budget": short(budget, lang), "lever": most,
             "share": share((total + before) / budget, lang)}  # fmt: skip
    if not before:
        return say("said", "budget", lang, **given)
    return say("said", "budget_before", lang, before=short(before, lang), **given)


def _result(plan: Plan, lang: Lang) -> str:
    amounts = plan.result.set_index("item")["amount"]
    gmv = float(amounts["gmv"])
    kept, left = (100 * x / gmv for x in (gmv + amounts["refunds"], amounts["contribution"]))
    return say("said", "result", lang, kept=f"{kept:.1f}", left=f"{left:.1f}")


def _cash(plan: Plan, lang: Lang) -> str:
    table, rule = plan.cash, plan.instance.money.cash
    assert rule is not None
    at = int(table["balance"].argmin())
    return say(
        "said", "cash", lang,
        low=short(float(table["balance"].iloc[at]), lang),
        week=week_words(str(table["week"].iloc[at]), lang),
        floor=short(rule.floor, lang), credit=short(rule.credit, lang),
    )  # fmt: skip


def _staff(plan: Plan, lang: Lang) -> str:
    busy = busiest(plan)
    role, load = busy if busy else ("", None)
    return say("said", "staff", lang, role=role, share=share(load, lang))


def _gap(plan: Plan, lang: Lang) -> str:
    seconds = max((point[0] for point in plan.trace), default=0.0)
    if plan.gap is None:
        return say("said", "gap_unproved", lang)
    return say("said", "gap", lang, gap=share(plan.gap, lang, 2), seconds=f"{seconds:.3g}")


_MAKERS: dict[str, Callable[[Plan, Lang], str]] = {
    "gmv": _gmv,
    "traffic": _traffic,
    "first_touch": _first_touch,
    "budget": _budget,
    "result": _result,
    "cash": _cash,
    "staff": _staff,
    "gap": _gap,
}
