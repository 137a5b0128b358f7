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
        " the file. Turns at: by a straight line between both worlds.",
        "变动范围为假设：上下 {by}；大V按 p10、p90；回款晚或早一个周期。"
        "“方案不变”保留时长、投入、团队、活动与签约，流量与订单随之变化。"
        "“重新规划”为新方案的目标值与原世界之比。“转折点”按两个世界之间的直线。",
    ),
    "stopped": Label("Stopped; other plans were not made anew.", "已中止；其余未重新规划。"),
    "part": Label("{part} of the way to {way}", "去往“{way}”路程的 {part}"),
    "same": Label("same", "相同"),
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
    first = found.first
    if first is not None and first.anew is not None:
        words = " · ".join(first.anew.changes)
        at = turning_words(found, first, lang)
        said.append(say("first", lang, figure=figure_name(first, lang), at=at, words=words))
    elif any(one.anew for one in found.effects):
        said.append(say("firm", lang))
    for one in found.effects:
        if one.broken:
            fields = {"figure": figure_name(one, lang), "change": change_words(found, one, lang)}
            said.append(say("breaks", lang, worst=one.worst, **fields))
    if found.stopped:
        said.append(say("stopped", lang))
    return said
