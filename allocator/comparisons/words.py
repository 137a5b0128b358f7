"""What a comparison says in words: names of its figures, what does not compare, what is proved."""

from collections.abc import Iterator
from datetime import timedelta

from allocator.compare import Comparison
from allocator.figures import plain
from allocator.labels import Label, Lang, label, unit_words
from fact_models.spec.calendar import Calendar

WORDS = {
    "title": Label("Plans side by side", "方案对比"),
    "figure": Label("Figure", "指标"),
    "reference": Label("reference", "基准"),
    "span": Label(
        "{count} plans; differences to {reference}", "{count} 个方案；差异以 {reference} 为基准"
    ),
    "one_axis": Label("All panels share one axis.", "各图共用同一坐标轴。"),
    "own_axis": Label(
        "Sizes or currencies differ: each panel has an axis of its own.",
        "规模或币种不同：各图坐标轴各自独立。",
    ),
    "break_even_mark": Label("The stroke is the break-even ROI.", "竖线为保本投产比。"),
    "amounts": Label("amounts in {currency}", "金额单位：{currency}"),
    "totals": Label("Whole horizon", "全周期合计"),
    "at_one_time": Label("At one time", "时点指标"),
    "per_week": Label("Per week", "周均"),
    "per_yuan": Label("Per yuan", "单位投入产出"),
    "certificate": Label("Certificate", "最优性证明"),
    "remarks": Label("Remarks", "说明"),
}
"""Headings that the common catalogue does not hold."""
MEASURES = {
    "gmv": (Label("GMV by source", "GMV来源"), Label("Paid GMV by period.", "各周期支付GMV。")),
    "spend": (
        Label("Spend by lever", "投入分布"),
        Label("What is spent by period.", "各周期投入。"),
    ),
    "earned": (
        Label("Contribution so far", "累计贡献毛利"),
        Label("Contribution earned since the start.", "期初以来累计的贡献毛利。"),
    ),
    "cash": (
        Label("Cash", "现金"),
        Label("Cash at the end of every period, and its floor.", "各周期末现金与现金底线。"),
    ),
    "audience": (
        Label("The snowball", "雪球"),
        Label(
            "Recommended traffic and followers, 100 at the start.",
            "推荐流量与粉丝，期初为100。",
        ),
    ),
}
"""Title and note of every measure of the small multiples."""
NOTES = {
    "length": Label(
        "{name} covers {weeks} weeks, {reference} {reference_weeks}: totals and objective carry no"
        " difference; compare the figures per week.",
        "{name} 覆盖 {weeks} 周，{reference} 覆盖 {reference_weeks} 周："
        "合计与目标值不作差，请比较周均指标。",
    ),
    "start": Label(
        "{name} begins on {start}, {reference} on {reference_start}; they share {shared} of"
        " {weeks} weeks, so seasons and campaigns differ, and not the plan alone.",
        "{name} 始于 {start}，{reference} 始于 {reference_start}；{weeks} 周中仅 {shared} 周重合，"
        "季节与大促不同，差异不全来自方案。",
    ),
    "converted": Label(
        "{name} counts in {currency}; its amounts are shown in {reference_currency}.",
        "{name} 以{currency}计；其金额已换算为{reference_currency}。",
    ),
    "currency": Label(
        "{name} counts in {currency}, {reference} in {reference_currency}, and no rate between the"
        " two is known: its amounts carry no difference; compare the figures per yuan.",
        "{name} 以{currency}计，{reference} 以{reference_currency}计，汇率未知：金额不作差，"
        "请比较单位投入产出。",
    ),
    "goal": Label(
        "{name} is planned for {goal}, {reference} for {reference_goal}, or with another end value"
        " or discount: objective and bound carry no difference.",
        "{name} 的目标为“{goal}”，{reference} 为“{reference_goal}”（或期末价值、折现不同）："
        "目标值与上界不作差。",
    ),
    "merchant": Label(
        "{name} starts from another audience than {reference}: totals tell its size; shares and"
        " figures per yuan compare.",
        "{name} 与 {reference} 的初始人群不同：合计反映规模，可比的是占比与单位投入产出。",
    ),
    "none": Label(
        "{name} has no plan: {status}.",
        "{name} 没有方案：{status}。",
    ),
    "better": Label(
        "{name} is proved better: its plan has a better objective than any plan that {reference}"
        " allows.",
        "已证明 {name} 更优：其方案的目标值优于 {reference} 条件下的任何方案。",
    ),
    "worse": Label(
        "{name} is proved worse: no plan that it allows reaches the objective of {reference}.",
        "已证明 {name} 更差：其条件下的任何方案都达不到 {reference} 的目标值。",
    ),
    "open": Label(
        "Which of {name} and {reference} allows the better objective is not proved: their gaps"
        " overlap; a smaller --gap may tell.",
        "{name} 与 {reference} 孰优尚未证明：两者的最优差距相互重叠；可减小 --gap 再比。",
    ),
}
"""Sentences on a plan and the reference."""


def word(key: str, lang: Lang, **fields: str) -> str:
    """A heading."""
    text: str = getattr(WORDS[key], lang)
    return text.format(**fields)


def measure_words(measure: str, lang: Lang) -> tuple[str, str]:
    """Title and note of a measure."""
    title, note = MEASURES[measure]
    return getattr(title, lang), getattr(note, lang)


def currency_words(currency: str, lang: Lang) -> str:
    """A currency as a reader of ``lang`` calls it, without control characters."""
    return plain(unit_words("CNY", lang, currency))


def notes(found: Comparison, lang: Lang) -> list[str]:
    """One sentence per remark, plan by plan."""
    return [
        getattr(NOTES[key], lang).format(**_fields(found, n, lang))
        for n in range(len(found.plans))
        for key in _remarks(found, n)
    ]


def _remarks(found: Comparison, n: int) -> Iterator[str]:
    """Keys of the sentences that plan ``n`` calls for."""
    plan, other = found.plans[n], found.reference
    if plan.replay is None:
        yield "none"
    if n == found.against or other.replay is None:
        return
    if not found.same_length(n):
        yield "length"
    if plan.instance.calendar.first_day(0) != other.instance.calendar.first_day(0):
        yield "start"
    if found.factor(n) is None:
        yield "currency"
    elif found.factor(n) != 1:
        yield "converted"
    if not found.same_goal(n):
        yield "goal"
    if not found.same_merchant(n):
        yield "merchant"
    verdict = found.verdict(n)
    if verdict:
        yield verdict


def _fields(found: Comparison, n: int, lang: Lang) -> dict[str, str]:
    """What the sentences on plan ``n`` name."""
    plan, other = found.plans[n].instance, found.reference.instance
    weeks = [_weeks(x.calendar) for x in (plan, other)]
    return {
        "name": found.names[n],
        "reference": found.names[found.against],
        "weeks": f"{weeks[0]:g}",
        "reference_weeks": f"{weeks[1]:g}",
        "start": plan.calendar.first_day(0).isoformat(),
        "reference_start": other.calendar.first_day(0).isoformat(),
        "shared": f"{shared_days(plan.calendar, other.calendar) / 7:.4g}",
        "currency": currency_words(plan.currency, lang),
        "reference_currency": currency_words(other.currency, lang),
        "goal": label("goal", plan.objective.goal, lang),
        "reference_goal": label("goal", other.objective.goal, lang),
        "status": label("status", found.plans[n].status, lang),
    }


def _weeks(calendar: Calendar) -> float:
    return calendar.periods * calendar.days / 7


def shared_days(one: Calendar, other: Calendar) -> int:
    """Days that two horizons have in common."""
    first = max(one.first_day(0), other.first_day(0))
    last = min(x.first_day(x.periods) - timedelta(days=1) for x in (one, other))
    return max((last - first).days + 1, 0)
