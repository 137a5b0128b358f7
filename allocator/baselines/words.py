"""What a comparison with baselines says, in both languages."""

from collections.abc import Iterator

from allocator.baselines.record import Baseline, Baselines
from allocator.figures import signed_percent
from allocator.labels import Label, Lang
from allocator.scales import share, short

NAMES = {
    "today": Label("as today", "照旧经营"),
    "even": Label("even split", "平均分配"),
    "last_year": Label("last year's shares", "沿用去年占比"),
    "roi": Label("best ROI first", "按投产比从高到低"),
    "myopic": Label("week by week", "逐周规划"),
    "funnel": Label("the funnel's best plan", "漏斗模型最优"),
    "current": Label("the plan at hand", "现有方案"),
}
"""Baselines by key."""
MEANINGS = {
    "today": Label(
        "today's hours, boosts, samples and offers go on; no new deal, package, room or hire",
        "维持今日的直播时长、投流、寄样与合作条件；不新签、不报名、不开号、不招聘",
    ),
    "even": Label(
        "the same money for every lever and every week; packages and deals by return",
        "各阵地、各周期投入相同；活动与大V按回报选取",
    ),
    "last_year": Label(
        "the budget in last year's shares, even over the weeks",
        "预算按去年占比分配，各周期相同",
    ),
    "roi": Label(
        "money goes to whatever brings most GMV per yuan next, until it is spent",
        "预算逐步投向下一元GMV回报最高处，直至用完",
    ),
    "myopic": Label(
        "every week takes the most for itself out of its part of the money",
        "每周只求本周最大，用本周份额的预算",
    ),
    "funnel": Label(
        "the best plan if sales earned no traffic, put into the world in which they do",
        "按“成交不带来流量”做出的最优方案，放到成交带来流量的世界里",
    ),
    "current": Label(
        "spend, campaigns and deals of the file's record current",
        "文件 current 中的投入、活动与大V",
    ),
}
"""What each baseline does."""
COLUMNS = {
    "name": Label("Plan", "方案"),
    "gmv": Label("GMV", "支付GMV"),
    "objective": Label("Objective", "目标值"),
    "contribution": Label("Contribution", "贡献毛利"),
    "spend": Label("Spend", "投入"),
    "worth": Label("More GMV", "多带来GMV"),
    "percent": Label("in %", "增幅"),
    "objective_percent": Label("Objective in %", "目标值增幅"),
    "moved": Label("Moved", "调整"),
    "own": Label("this plan", "本方案"),
}
"""Headings of the table."""
SENTENCES = {
    "title": Label("what planning is worth", "规划值多少"),
    "today": Label(
        "Against going on as today, planning brings {gmv} more GMV ({percent}) over {periods}"
        " periods.",
        "与照旧经营相比，规划在 {periods} 个周期内多带来支付GMV {gmv}（{percent}）。",
    ),
    "strongest": Label(
        "The strongest simple way is {name}: planning brings {gmv} of GMV ({percent}) and"
        " {objective} of the objective ({objective_percent}) beyond it.",
        "最强的简单做法是“{name}”：规划比它多带来支付GMV {gmv}（{percent}）、目标值 {objective}"
        "（{objective_percent}）。",
    ),
    "only": Label(
        "The strongest simple way is {name} itself.",
        "最强的简单做法就是“{name}”。",
    ),
    "above": Label(
        "ERROR: {names} is better than this plan, so the plan is no result. Solve longer, or"
        " with a smaller gap.",
        "错误：“{names}”优于本方案，本方案不能作为结果。请延长求解时间或缩小差距要求。",
    ),
    "none": Label("{name}: no plan; {reason}", "{name}：无可行方案；{reason}"),
    "note": Label(
        "Every row keeps every rule and was replayed in the same world. Moved: how far its hours,"
        " spend and samples had to move for that.",
        "每一行都满足全部规则，并在同一世界中复算。“调整”为满足规则而改动的时长、投入与寄样比例。",
    ),
    "goal": Label(
        "The objective counts what is left at the end too.",
        "目标值计入期末资产。",
    ),
    "stopped": Label("Stopped; other baselines were not tried.", "已中止；其余基准未计算。"),
}
"""Sentences."""


def say(key: str, lang: Lang, **fields: str) -> str:
    """A sentence with its fields."""
    return SENTENCES[key].say(lang, **fields)


def name_of(key: str, lang: Lang) -> str:
    """Name of a baseline."""
    return getattr(NAMES[key], lang)  # type: ignore[no-any-return]


def sentences(found: Baselines, lang: Lang) -> Iterator[str]:
    """What a planner wants to know first."""
    if found.above:
        yield say("above", lang, names=" · ".join(name_of(x.key, lang) for x in found.above))
    best = found.strongest
    for one in found.found:
        if one.key == "today" and one.plan is not None:
            yield say("today", lang, **_gains(found, one, lang))
    if best is not None and best.key == "today" and len(found.found) > 1:
        yield say("only", lang, name=name_of("today", lang))
    elif best is not None and best.key != "today":
        yield say("strongest", lang, name=name_of(best.key, lang), **_gains(found, best, lang))
    for one in found.found:
        if one.reason is not None:
            yield say("none", lang, name=name_of(one.key, lang), reason=one.reason.say(lang))
    if found.stopped:
        yield say("stopped", lang)


def _gains(found: Baselines, one: Baseline, lang: Lang) -> dict[str, str]:
    worth = found.worth(one)
    assert worth is not None
    return {
        "gmv": short(worth.gmv, lang),
        "percent": signed_percent(worth.gmv_share),
        "objective": short(worth.objective, lang),
        "objective_percent": signed_percent(worth.objective_share),
        "periods": str(found.plan.instance.calendar.periods),
    }


def notes(found: Baselines, lang: Lang) -> str:
    """What the figures are."""
    text = say("note", lang)
    if found.plan.instance.objective.terminal:
        text += (" " if lang == "en" else "") + say("goal", lang)
    return text


def moved_words(one: Baseline, lang: Lang) -> str:
    """Share of the controls that had to move."""
    return share(one.moved, lang) if one.plan is not None else ""
