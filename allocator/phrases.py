"""Weeks, days, lists of names and limits as a sentence of a report says them."""

from collections.abc import Sequence
from datetime import date

from allocator.agenda import monday
from allocator.labels import LEVERS, LIMITS, Group, Lang, label
from allocator.labels_page import say
from allocator.panel import label_of
from allocator.plan import Plan

NAMED = 3
"""Names that a list shows."""


def day_words(day: date, lang: Lang) -> str:
    """``9 Feb``, in Chinese ``2月9日``."""
    return f"{day.month}月{day.day}日" if lang == "zh" else f"{day.day} {day:%b}"


def week_words(week: str, lang: Lang) -> str:
    """``W07 (9 Feb)``, in Chinese ``W07（2月9日）``, of an ISO week such as ``2026-W07``."""
    return bracketed(week[5:], day_words(monday(week), lang), lang)


def per(plan: Plan, lang: Lang) -> str:
    """What a period is called: a week where it has seven days."""
    return say("word", "week" if plan.instance.calendar.days == 7 else "period", lang)


def month_words(month: str, lang: Lang) -> str:
    """``Feb 2026``, in Chinese ``2026年2月``, of a month such as ``2026-02``."""
    first = date.fromisoformat(f"{month}-01")
    return f"{first.year}年{first.month}月" if lang == "zh" else f"{first:%b %Y}"


def bracketed(text: str, aside: str, lang: Lang) -> str:
    """``text`` with an aside in the brackets of the language."""
    return f"{text}（{aside}）" if lang == "zh" else f"{text} ({aside})"


def names(of: Sequence[str], lang: Lang, most: int = NAMED) -> str:
    """Names in a row; where there are many, the first ones and how many there are.

    English counts those that are left out, Chinese all of them (``A、B等5项``).
    """
    listed = say("word", "comma", lang).join(of[:most])
    if len(of) <= most:
        return listed
    return say("word", "and_more", lang, names=listed, n=len(of) - (most if lang == "en" else 0))


def limit_words(limit: str, what: str, lang: Lang) -> str:
    """A limit with what it limits: ``hours of 客服``, in Chinese ``客服：岗位工时``."""
    name = label("limit", limit, lang)
    # A limit of a lever names it by its key; one of an account or a role by its label.
    group: Group = "limit" if what in LIMITS else "lever"
    known = what in LIMITS or (limit == "budget" and what in LEVERS)
    where = label(group, what, lang) if known else what
    if lang == "zh":
        return f"{where}：{name}" if where else name
    return f"{name} {where}".strip()


def lever_words(plan: Plan, lever: str, lang: Lang) -> str:
    """The lever of ``Plan.growth['yuan_lever']``, such as ``boost feed``, by its label."""
    kind, _, key = lever.partition(" ")
    if kind == "boost" and plan.instance.field and key in plan.instance.field.boosts:
        return say("decision", "boost", lang, name=label_of(plan.instance.field.boosts[key], key))
    if kind == "samples" and plan.instance.alliance and key in plan.instance.alliance.tiers:
        tier = plan.instance.alliance.tiers[key]
        return say("decision", "sample", lang, name=label_of(tier, key))
    return lever
