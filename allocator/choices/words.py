"""What deals and packages are worth, in both languages."""

import math

from allocator.choices.record import CLOSED, Choice, Choices
from allocator.figures import DASH
from allocator.labels import Label, Lang
from allocator.scales import short

COLUMNS = {
    "package": Label("Package", "活动方案"),
    "deal": Label("Deal", "大V合作"),
    "taken": Label("Taken", "采用"),
    "worth": Label("Worth", "价值"),
    "band": Label("Proved between", "已证区间"),
    "kept": Label("Rest kept", "其余不动"),
    "verdict": Label("Proved", "已证"),
    "week": Label("Best week", "最佳周期"),
    "second": Label("Second best", "次佳"),
    "outcomes": Label("Contribution p10 / p50 / p90", "毛利增量 p10 / p50 / p90"),
    "loss": Label("Loss", "亏损概率"),
}
"""Headings."""
SENTENCES = {
    "title": Label("deals and packages, taken or not", "活动与大V：做与不做"),
    "best": Label(
        "The one worth most is {name}: {worth} of the objective against the best plan without it.",
        "价值最高的是“{name}”：与不采用它的最优方案相差目标值 {worth}。",
    ),
    "proved": Label(
        "Proved right as planned, to 0.001 % of the objective: {names}.",
        "已证明取舍正确（精确到目标值的 0.001 %）：{names}。",
    ),
    "open": Label(
        "Open within the proved bounds: {count} of {all}; the worth is that of the best plans"
        " found.",
        "在已证区间内尚不能定论的有 {count}/{all} 项；“价值”为已找到方案之差。",
    ),
    "wrong": Label(
        "A better plan was found the other way for: {names}. The plan's gap allows that; solve"
        " with a smaller gap.",
        "以下各项反着做找到了更好的方案：{names}。这在方案的差距之内；可缩小差距重新求解。",
    ),
    "loose": Label(
        "The best plan the other way was not closed in on in the time for: {names}; their worth is"
        " an interval that holds it. More time: --time-limit.",
        "时间不足，以下各项反着做的最优方案尚未确定：{names}；其“价值”为包含真值的区间。"
        "可用 --time-limit 加长。",
    ),
    "never": Label(
        "No plan keeps every rule with: {names}, whatever else is done.",
        "一旦采用以下各项，无论其余如何安排都有规则无法满足：{names}。",
    ),
    "always": Label(
        "No plan keeps every rule without: {names}, whatever else is done.",
        "若不采用以下各项，无论其余如何安排都有规则无法满足：{names}。",
    ),
    "risky": Label(
        "{name} loses money in {loss} of cases, by its p10, p50 and p90.",
        "按 p10、p50、p90，“{name}”有 {loss} 的可能亏损。",
    ),
    "note": Label(
        "Worth: objective of the best plan with it less that of the best without it, all else"
        " planned anew, exact to 0.02 % of the objective; an interval where the time was too short"
        " for that. Proved between: the same with what the plan's own gap leaves open. Rest kept:"
        " all other whole numbers (deals, packages, offers, openings, team) stay as in the plan"
        " and only spend and hours are planned anew; that difference is exact to a millionth of"
        " the objective, * where something had to be given up for it. Second best: the best plan"
        " with the deal in any other week, all else planned anew. Contribution: with the deal less"
        " without it over the horizon, end value left out; chances between the three outcomes are"
        " straight lines, which is assumed.",
        "“价值”为采用与不采用时最优方案的目标值之差，其余全部重新规划，精确到目标值的 0.02 %；"
        "时间不足时为区间。“已证区间”另含原方案自身差距留下的余地。"
        "“其余不动”：其他整数决策（活动、大V、达人条件、开号、团队）照原方案，只重新安排花费与工时，"
        "其差精确到目标值的百万分之一，* 为须放弃别的项目。"
        "“次佳”为该合作改在其他任一周、其余全部重新规划的最优方案。"
        "“毛利增量”为整个规划期有无该合作之差，不含期末价值；三个分位之间按直线取概率（假设）。",
    ),
    "gives_up": Label(
        "* With the rest kept, {name} goes only without {names}.",
        "* 其余不动时，采用“{name}”须放弃：{names}。",
    ),
    "stopped": Label("Stopped; the others were not tried.", "已中止；其余未计算。"),
    "none": Label("The plan has no deals or packages to decide on.", "没有需要取舍的活动或大V。"),
    "rather_not": Label("rather without", "不如不做"),
    "yes": Label("yes", "是"),
    "no": Label("no", "否"),
    "right": Label("right", "正确"),
    "only": Label("no other way", "别无选择"),
    "undecided": Label("open", "未定"),
    "better": Label("other way", "应相反"),
}
"""Sentences and marks."""


def say(key: str, lang: Lang, **fields: str) -> str:
    """A sentence with its fields."""
    return SENTENCES[key].say(lang, **fields)


ALMOST = 1e-5
"""Share of the objective by which the other way may be better for a decision to count as right."""


def right(one: Choice, objective: float) -> bool:
    """Whether it is proved that the plan decides as it should, but for ``ALMOST``."""
    low, high = one.band
    slack = ALMOST * abs(objective)
    return low >= -slack if one.taken else high <= slack


def reversed_by(one: Choice) -> bool:
    """Whether the other way has a better verified plan."""
    return one.worth < 0 if one.taken else one.worth > 0


def verdict(one: Choice, objective: float, lang: Lang) -> str:
    """A word on what is proved."""
    if one.only:
        return say("only", lang)
    if right(one, objective):
        return say("right", lang)
    return say("better" if reversed_by(one) else "undecided", lang)


def money(value: float, lang: Lang) -> str:
    """An amount, a dash where it is not known."""
    return short(value, lang) if math.isfinite(value) else DASH


def band_words(one: Choice, lang: Lang) -> str:
    """Least and most that it can be worth."""
    return _between(*one.band, lang)


def _between(low: float, high: float, lang: Lang) -> str:
    """Two ends, of which one or both may be open."""
    if math.isfinite(low) and math.isfinite(high):
        return f"{money(low, lang)} … {money(high, lang)}"
    if math.isfinite(high):
        return f"≤ {money(high, lang)}"
    return f"≥ {money(low, lang)}" if math.isfinite(low) else DASH


def least_worth(one: Choice, objective: float) -> float:
    """Its worth, or the least that it may be where the other way was not closed in on."""
    return one.worth if one.closed(objective) else one.against[0]


def worth_words(one: Choice, objective: float, lang: Lang) -> str:
    """Its worth; an interval where the other way was not closed in on."""
    if one.closed(objective):
        return money(one.worth, lang)
    return _between(*one.against, lang)


def second_words(one: Choice, week: str, objective: float, lang: Lang) -> str:
    """The second-best week with what it costs; an interval as long as that is not closed."""
    if one.second_cost is None or one.second_least is None:
        return DASH
    if one.second_cost > one.worth:
        return say("rather_not", lang)
    if one.second_cost - one.second_least <= 2 * CLOSED * abs(objective):
        return f"{week} -{short(one.second_cost, lang)}"
    return f"{week} -{short(one.second_least, lang)} … -{short(one.second_cost, lang)}"


def kept_words(one: Choice, lang: Lang) -> str:
    """What it is worth with the rest kept; a mark where something is given up for it."""
    if one.kept is None:
        return DASH
    return money(one.kept.worth, lang) + ("*" if one.kept.gives_up else "")


def sentences(found: Choices, lang: Lang) -> list[str]:
    """What matters first."""
    if not found.found:
        return [say("stopped" if found.stopped else "none", lang)]
    said = []
    known = [x for x in found.found if math.isfinite(x.worth)]
    objective = found.plan.objective or 0.0
    best = max(known, key=lambda x: least_worth(x, objective), default=None)
    if best is not None and best.worth > 0 and least_worth(best, objective) >= 0:
        said.append(say("best", lang, name=best.name, worth=worth_words(best, objective, lang)))
    loose = [x.name for x in found.found if not x.closed(objective)]
    if loose:
        said.append(say("loose", lang, names=" · ".join(loose)))
    settled = [x.name for x in found.found if right(x, objective) and not x.only]
    if settled:
        said.append(say("proved", lang, names=" · ".join(settled)))
    for key, taken in (("never", False), ("always", True)):
        forced = [x.name for x in found.found if x.only and x.taken is taken]
        if forced:
            said.append(say(key, lang, names=" · ".join(forced)))
    count = sum(not (x.only or right(x, objective)) for x in found.found)
    if count:
        said.append(say("open", lang, count=str(count), all=str(len(found.found))))
    slack = 1e-6 * abs(found.plan.objective or 1.0)
    other = [x.name for x in known if reversed_by(x) and abs(x.worth) > slack]
    if other:
        said.append(say("wrong", lang, names=" · ".join(other)))
    for one in found.found:
        if one.kept is not None and one.kept.gives_up:
            names = " · ".join(one.kept.gives_up)
            said.append(say("gives_up", lang, name=one.name, names=names))
        if one.taken and one.outcomes is not None and one.outcomes.loss >= 0.1:
            loss = f"{100 * one.outcomes.loss:.0f} %"
            said.append(say("risky", lang, name=one.name, loss=loss))
    if found.stopped:
        said.append(say("stopped", lang))
    return said
