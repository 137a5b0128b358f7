"""What alternatives say, in both languages."""

import math

from allocator.alternatives.record import Alternative, Alternatives, Seek
from allocator.figures import DASH, percent
from allocator.labels import Label, Lang, label
from allocator.scales import short

AIMS = {
    "changes": Label("fewest changes", "改动最少"),
    "steady": Label("steadiest work", "用工最平稳"),
    "kol": Label("least KOL dependence", "最少依赖大V"),
    "most": Label("most {lever}", "{lever}最多"),
    "least": Label("least {lever}", "{lever}最少"),
}
"""Names of the aims."""
SEEKS = {
    "changes": Label(
        "changes: controls moved away from {reference}, as a share, and 1 % for each campaign,"
        " deal, opening and hire that differs",
        "改动：时长、投放与寄样偏离{reference}的比例；每项不同的活动、签约、开号、招聘计 1%",
    ),
    "steady": Label(
        "steadiest work: wages of the hours by which each role's work changes from week to week",
        "用工平稳：各岗位工时逐周变动部分的工资",
    ),
    "kol": Label("KOL dependence: GMV of KOL sessions", "大V依赖：大V专场的GMV"),
    "spend": Label("most and least: spend of the lever", "最多与最少：该阵地的投入"),
}
"""What is measured."""
REFERENCES = {
    "today": Label("today", "今日"),
    "current": Label("the plan at hand (current)", "现有方案（current）"),
}
"""What changes are counted from."""
COLUMNS = {
    "name": Label("Alternative", "备选方案"),
    "gmv": Label("GMV", "支付GMV"),
    "regret": Label("Objective", "目标值"),
    "gmv_regret": Label("GMV", "GMV"),
    "measure": Label("Sought", "所求"),
    "limit": Label("Proved limit", "已证极限"),
    "spend": Label("Spend", "投入"),
    "own": Label("this plan", "本方案"),
}
"""Headings."""
SENTENCES = {
    "title": Label(
        "plans within {within} of the objective that differ",
        "目标值相差不超过 {within} 的不同方案",
    ),
    "found": Label(
        "{count} alternatives keep every rule and cost at most {within} of the objective; the best"
        " plan is not the only good one.",
        "{count} 个备选方案满足全部规则，目标值损失不超过 {within}；最优方案并非唯一的好方案。",
    ),
    "none": Label(
        "No alternative within {within} differs in what was sought.",
        "在 {within} 以内没有找到所求更优的方案。",
    ),
    "same": Label("Nothing better was found for: {names}.", "以下方向没有找到更好的：{names}。"),
    "missed": Label(
        "The time was too short for: {names}; give more with --each.",
        "以下方向时间不够：{names}；可用 --each 加长。",
    ),
    "note": Label(
        "Objective and GMV in % are differences to this plan. Sought: of this plan → of the"
        " alternative. Proved limit: no plan within the regret can have {more}.",
        "“目标值”“GMV”为与本方案之差。“所求”为本方案 → 备选方案。"
        "“已证极限”：损失范围内没有方案能{more}。",
    ),
    "more": Label("more, or less, of it", "超过它"),
    "stopped": Label("Stopped; other aims were not tried.", "已中止；其余方向未计算。"),
    "alike": Label("the same choices, other amounts", "选择相同，数量不同"),
}
"""Sentences."""


def say(key: str, lang: Lang, **fields: str) -> str:
    """A sentence with its fields."""
    return SENTENCES[key].say(lang, **fields)


def name_of(seek: Seek, lang: Lang) -> str:
    """Name of an aim with its lever."""
    text: str = getattr(AIMS[seek.aim], lang)
    return text.format(lever=label("lever", seek.lever, lang)) if seek.lever else text


def meaning_of(key: str, found: Alternatives, lang: Lang) -> str:
    """What is measured by an aim, and of changes what they are counted from."""
    current = found.plan.instance.current is not None
    reference = REFERENCES["current" if current else "today"].say(lang)
    return SEEKS[key].say(lang, reference=reference)


def amount_of(seek: Seek, value: float, lang: Lang) -> str:
    """An amount of what is sought."""
    if not math.isfinite(value):
        return DASH
    return percent(value) if seek.aim == "changes" else short(value, lang)


def sought_words(one: Alternative, lang: Lang) -> str:
    """Of this plan and of the alternative."""
    before, now = (amount_of(one.seek, x, lang) for x in (one.before, one.measure))
    return f"{before} → {now}"


def sentences(found: Alternatives, lang: Lang) -> list[str]:
    """What was found, in words."""
    within = percent(found.within, 1)
    said = []
    if found.found:
        said.append(say("found", lang, count=str(len(found.found)), within=within))
    else:
        said.append(say("none", lang, within=within))
    for key, aims in (("same", found.same), ("missed", found.missed)):
        if aims:
            names = " · ".join(name_of(seek, lang) for seek in aims)
            said.append(say(key, lang, names=names))
    if found.stopped:
        said.append(say("stopped", lang))
    return said
