"""What a start took from the export, on a terminal."""

from datetime import timedelta
from typing import TYPE_CHECKING

from rich.console import Group, RenderableType
from rich.text import Text

from allocator.figures import plain, signed_percent, whole
from allocator.labels import Label, Lang
from allocator.rule_words import figure, placed_zh
from allocator.screen_levers import simple
from allocator.start.started import Started
from allocator.weekly.columns import BY_NAME
from fact_models.spec.calendar import iso_week

if TYPE_CHECKING:
    from fact_models.verify import Violation

SHOWN = 3
"""Broken rules that are listed."""
WORDS = {
    "title": Label("{name}: your week as the file has it", "{name}：文件中的一个普通周"),
    "figure": Label("Figure", "指标"),
    "yours": Label("Yours", "您的数据"),
    "file": Label("In the file", "文件中"),
    "from": Label("From", "来源"),
    "export": Label("export, {weeks} weeks", "导出表，{weeks} 周"),
    "last": Label("export, last week", "导出表，最近一周"),
    "dated": Label("export, {week}", "导出表，{week}"),
    "answers": Label("answers", "回答"),
    "missing": Label("not given: as in the archetype", "未提供：按原型比例"),
    "refund_share": Label("refunds, share of GMV", "退款率"),
    "growth": Label(
        "GMV moved by {plain} a week in the export, by {yours} with the season taken out that the"
        " archetype assumes; going on as today the file says {file} in ordinary weeks.",
        "导出表中成交额每周变化 {plain}，剔除原型所假设的季节因素后为 {yours}；"
        "照今天的做法，文件预计在普通周每周 {file}。",
    ),
    "no_growth": Label(
        "One week with GMV has no trend; going on as today the file says {file} a week.",
        "只有一周有成交，看不出趋势；照今天的做法，文件预计每周 {file}。",
    ),
    "closed": Label(
        "Left out of means and trend, since nothing was sold in them: {weeks}.",
        "以下各周没有成交，未计入均值与趋势：{weeks}。",
    ),
    "assumed": Label(
        "{known} lines of the file are yours, {assumed} assumed; each says so, with its range.",
        "文件中 {known} 行是您的数据，{assumed} 行是假设；每一行都注明，并给出范围。",
    ),
    "keeps": Label(
        "Going on as today keeps every rule of the file.",
        "照今天的做法，文件中的规则全部满足。",
    ),
    "breaks": Label(
        "Going on as today breaks rules of the file, which the plan will keep:",
        "照今天的做法会违反以下规则，计划会避免：",
    ),
}
LEVELS = ("gmv", "views", "orders", "hours", "ad_spend", "creator_gmv", "creators")
STOCKS = ("followers", "team", "cash")


def start_screen(found: Started, lang: Lang) -> RenderableType:
    """The merchant's figures beside those of the file, growth, rules that today's way breaks."""

    def word(key: str, **values: object) -> str:
        return WORDS[key].say(lang, **values)

    table = simple(word("figure"), f">{word('yours')}", f">{word('file')}", word("from"))
    week, week_of_file = found.week, _in_file(found)
    last = week.start - timedelta(days=7)
    for name in (*LEVELS, *STOCKS):
        value = getattr(week, name)
        source = week.origin.get(name)
        column = BY_NAME[name]
        day = week.dated.get(name, last)
        stock = "last" if day == last else "dated"
        key = {"answers": "answers", "export": "export" if name in LEVELS else stock}
        from_ = {"weeks": week.counted.get(name, 0), "week": iso_week(day)}
        table.add_row(
            column.zh if lang == "zh" else column.en.replace("_", " "),
            whole(value),
            whole(week_of_file[name]),
            word(key[source], **from_) if source else word("missing"),
        )
    line = next(iter(found.instance.goods.lines.values()))
    share = None if week.refund_share is None else 100 * week.refund_share
    table.add_row(
        word("refund_share"),
        "–" if share is None else f"{share:.1f} %",
        f"{100 * (line.refund_pre + line.refund_post):.1f} %",
        word(week.origin["refund_share"], weeks=week.counted.get("refund_share", 0))
        if share is not None
        else word("missing"),
    )
    title = word("title", name=plain(found.instance.name))
    ahead = signed_percent(found.growth)
    growth = word("no_growth", file=ahead)
    if week.trend is not None:
        moved = {"plain": week.trend_plain, "yours": week.trend}
        growth = word("growth", file=ahead, **{k: signed_percent(x) for k, x in moved.items()})
    count = word("assumed", known=found.known, assumed=found.assumed)
    parts: list[RenderableType] = [Text(title, style="bold cyan"), table]
    if week.closed:
        parts.append(Text(word("closed", weeks=", ".join(iso_week(day) for day in week.closed))))
    parts += [Text(growth), Text(count)]
    if not found.broken:
        return Group(*parts, Text(word("keeps")))
    parts.append(Text(word("breaks")))
    parts += [Text(f"  {plain(line)}") for line in _broken(found, lang)[:SHOWN]]
    return Group(*parts)


def _broken(found: Started, lang: Lang) -> list[str]:
    """Broken rules, each with the week from which on it is broken."""
    calendar = found.instance.calendar
    first: dict[tuple[str, str], Violation] = {}
    for rule in sorted(found.broken, key=lambda rule: rule.period or 0):
        first.setdefault((rule.rule, rule.entity), rule)
    lines = []
    for (name, entity), rule in first.items():
        when = iso_week(calendar.first_day(rule.period - 1)) if rule.period else ""
        place = Label(
            ", ".join(part for part in (name, entity, when) if part), placed_zh(rule, when)
        ).say(lang)
        colon = "：" if lang == "zh" else ": "
        left, right = (figure(x, rule.lhs - rule.rhs) for x in (rule.lhs, rule.rhs))
        lines.append(f"({rule.number}) {place}{colon}{left} > {right}")
    return lines


def _in_file(found: Started) -> dict[str, float | None]:
    """The figures of the started instance, from its replay and its records."""
    instance, week = found.instance, found.replayed
    field, cash = instance.field, instance.money.cash
    rooms = field.accounts.values() if field else ()
    boosts = field.boosts.values() if field else ()
    tiers = instance.alliance.tiers.values() if instance.alliance else ()
    roles = instance.staff.roles.values() if instance.staff else ()
    return {
        "gmv": week.gmv,
        "views": week.views,
        "orders": week.orders,
        "hours": sum(a.current_hours for a in rooms),
        "ad_spend": sum(i.current_spend for i in boosts),
        "creator_gmv": week.creator_gmv,
        "creators": sum(c.pool for c in tiers),
        "followers": sum(s.followers for s in instance.snowball.segments.values()),
        "team": float(sum(r.heads for r in roles)),
        "cash": cash.opening if cash else None,
    }
