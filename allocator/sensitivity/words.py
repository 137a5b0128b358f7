"""What a sensitivity says, in both languages."""

import math

from allocator.figures import percent, signed_percent
from allocator.labels import Label, Lang
from allocator.scales import short
from allocator.sensitivity.record import Effect, Sensitivity

FIGURES = {
    "growth": Label("growth feedback", "增长反馈"),
    "conversion": Label("conversion", "转化率"),
    "refund": Label("refunds", "退款率"),
    "kol": Label("KOL outcome", "大V成交"),
    "settlement": Label("settlement", "回款"),
}
"""Figures that are moved."""
COLUMNS = {
    "figure": Label("Figure", "数字"),
    "change": Label("Change", "变动"),
    "bar": Label("Plan fixed", "方案不变"),
    "objective": Label("Objective", "目标值"),
    "gmv": Label("GMV", "支付GMV"),
    "contribution": Label("Contribution", "贡献毛利"),
    "broken": Label("Breaks", "违反规则"),
    "anew": Label("Made anew", "重新规划"),
    "differ": Label("Choices", "选择"),
    "switch": Label("Turns at", "转折点"),
}
"""Headings."""
SENTENCES = {
    "title": Label("what the plan hangs on", "方案取决于什么"),
    "most": Label(
        "Most hangs on {figure}: {change} moves the objective of the fixed plan by {objective}"
        " ({share}).",
        "影响最大的是{figure}：{change}时，方案不变的目标值变动 {objective}（{share}）。",
    ),
    "first": Label(
        "The first figure to change a decision is {figure}: at {at} other choices become better:"
        " {words}.",
        "最先改变决策的是{figure}：到 {at} 时，其他选择更好：{words}。",
    ),
    "lost": Label(
        "The first figure to change a decision is {figure}: by {at} other choices are better; at"
        " the end of the way no plan with this plan's choices keeps the rules. Made anew:"
        " {words}.",
        "最先改变决策的是{figure}：到 {at} 时，其他选择更好；到路程终点，"
        "保留本方案的选择已无法满足规则。重新规划：{words}。",
    ),
    "barren": Label(
        "The first figure to change a decision is {figure}: by {at} no plan with this plan's"
        " choices is found that keeps the rules.",
        "最先改变决策的是{figure}：到 {at} 时，保留本方案的选择已无法满足规则。",
    ),
    "impossible": Label(
        "With {figure} {change} no plan at all keeps the rules.",
        "{figure}{change}时，没有任何方案能满足规则。",
    ),
    "open": Label(
        "With {figure} {change} the plan made anew decides otherwise ({words}); whether this"
        " plan's choices do as well there was not found out in time.",
        "{figure}{change}时，重新规划的方案选择不同（{words}）；"
        "时间不足，未能查明保留本方案的选择是否同样好。",
    ),
    "firm": Label(
        "No figure changed a decision within these ranges, as far as plans were made anew.",
        "在这些范围内（就已重新规划者而言），没有数字改变决策。",
    ),
    "breaks": Label(
        "The fixed plan breaks rules with {figure} {change}: {worst}.",
        "{figure}{change}时，方案不变会违反规则：{worst}。",
    ),
    "note": Label(
        "The ranges are assumed: {by} down and up, deals at p10 and p90, receipts a period later"
        " and earlier. Fixed: hours, spend, team, packages and deals are kept, visits and orders"
        " follow. Made anew: objective of the new plan against that of the plan in the world of"
        " the file. Turns at: by a straight line between both worlds; where this plan's choices"
        " keep the rules no longer, or the others not yet, by halving the way, to a 32nd of it.",
        "变动范围为假设：上下 {by}；大V按 p10、p90；回款晚或早一个周期。"
        "“方案不变”保留时长、投入、团队、活动与签约，流量与订单随之变化。"
        "“重新规划”为新方案的目标值与原世界之比。“转折点”按两个世界之间的直线；"
        "本方案的选择无法再满足规则、或其他选择尚不能满足时，"
        "以逐次对半求得（精确到路程的 1/32）。",
    ),
    "stopped": Label("Stopped; other plans were not made anew.", "已中止；其余未重新规划。"),
    "part": Label("{part} of the way to {way}", "去往“{way}”路程的 {part}"),
    "same": Label("same", "相同"),
    "nothing": Label("no plan", "无方案"),
    "later": Label("a period later", "晚一周期"),
    "earlier": Label("a period earlier", "早一周期"),
}
"""Sentences."""


def say(key: str, lang: Lang, **fields: str) -> str:
    """A sentence with its fields."""
    return SENTENCES[key].say(lang, **fields)


def figure_name(one: Effect, lang: Lang) -> str:
    """Name of the figure."""
    return getattr(FIGURES[one.figure], lang)  # type: ignore[no-any-return]


def change_words(found: Sensitivity, one: Effect, lang: Lang) -> str:
    """How the figure is moved."""
    if one.figure == "kol":
        return "p10" if one.way == "low" else "p90"
    if one.figure == "settlement":
        return say("later" if one.way == "low" else "earlier", lang)
    return f"{'-' if one.way == 'low' else '+'}{percent(found.by)}"


def switch_words(found: Sensitivity, one: Effect, lang: Lang) -> str:
    """Where a decision changes."""
    if one.anew is None or not math.isfinite(one.anew.switch):
        return ""
    if one.figure in ("kol", "settlement"):
        return f"{percent(one.anew.switch)} → {change_words(found, one, lang)}"
    share = found.by * one.anew.switch
    return signed_percent(-share if one.way == "low" else share)


def turning_words(found: Sensitivity, one: Effect, lang: Lang) -> str:
    """The same in a sentence."""
    if one.anew is None or one.figure not in ("kol", "settlement"):
        return switch_words(found, one, lang)
    part, way = percent(one.anew.switch), change_words(found, one, lang)
    return say("part", lang, part=part, way=way)


def sentences(found: Sensitivity, lang: Lang) -> list[str]:
    """What matters first."""
    said = []
    most = max(found.effects, key=lambda x: abs(x.objective), default=None)
    if most is not None:
        said.append(
            say(
                "most",
                lang,
                figure=figure_name(most, lang),
                change=change_words(found, most, lang),
                objective=short(most.objective, lang),
                share=signed_percent(most.objective / abs(found.base) if found.base else None),
            )
        )
    said += _turns(found, lang)
    for one in found.effects:
        if one.worst:
            said.append(say("breaks", lang, worst=one.worst.say(lang), **_named(found, one, lang)))
    if found.stopped:
        said.append(say("stopped", lang))
    return said


def _turns(found: Sensitivity, lang: Lang) -> list[str]:
    """Which figure changes a decision first, and where nothing is known of that."""
    said, first = [], found.first
    if first is not None and first.anew is not None:
        key = "first" if not first.anew.lost else "lost" if first.anew.possible else "barren"
        words = " · ".join(first.anew.changes)
        at = turning_words(found, first, lang)
        said.append(say(key, lang, figure=figure_name(first, lang), at=at, words=words))
    made = [(one, one.anew) for one in found.effects if one.anew]
    for one, anew in made:
        if not anew.possible:
            said.append(say("impossible", lang, **_named(found, one, lang)))
        elif anew.changes and not math.isfinite(anew.switch):
            words = " · ".join(anew.changes)
            said.append(say("open", lang, words=words, **_named(found, one, lang)))
    return said or ([say("firm", lang)] if made else [])


def _named(found: Sensitivity, one: Effect, lang: Lang) -> dict[str, str]:
    return {"figure": figure_name(one, lang), "change": change_words(found, one, lang)}
