"""What a fit says in words, in both languages."""

from collections.abc import Iterator

from allocator.figures import decimal, plain
from allocator.fit.learning import Fit, Interval
from allocator.fit.seen import UNTOLD, Range
from allocator.labels import Label, Lang
from allocator.panel import label_of
from allocator.scales import share, short
from fact_models.spec.instance import Instance

UNITS = {
    "boost": Label("GMV per yuan of boost {name}", "投流「{name}」每一元的GMV"),
    "hours": Label("GMV per live hour in {name}", "{name}每开播一小时的GMV"),
    "creators": Label("GMV per creator in {name}", "{name}每一位达人的GMV"),
    "package": Label("GMV of a week of package {name}", "活动方案「{name}」每一周的GMV"),
}
LEVERS = {
    "boost": Label("boost {name}", "投流「{name}」"),
    "hours": Label("hours {name}", "{name}开播时长"),
    "creators": Label("creators {name}", "{name}达人数"),
    "package": Label("package {name}", "活动方案「{name}」"),
    "samples": Label("samples to {name}", "{name}寄样"),
    "discount": Label("discount {name}", "折扣「{name}」"),
}
PARAMETERS = {
    "conversion": Label("conversion of {name} at today's match", "{name}在目前匹配下的转化率"),
    "matched": Label(
        "part of the conversion of {name} that precise matches bring",
        "{name}转化率中由精准匹配带来的部分",
    ),
    "saturation": Label("saturation of {name}", "{name}的饱和尺度"),
    "reception": Label("reception of {name}", "{name}的承接量"),
    "boosts.input": Label("spend scale of boost {name}", "投流「{name}」的花费尺度"),
    "boosts.output": Label("visits of boost {name}", "投流「{name}」带来的观看"),
    "tiers.output": Label("visits of creators {name}", "{name}达人带来的观看"),
    "uplift": Label("what packages add to orders", "活动方案增加的订单"),
}
"""Parameters that are no place of the instance file, but sums, parts or factors of its figures."""
WORDS = {
    "about": Label(
        "{weeks} weeks from {first}, {accounts} accounts, {segments} segments. Measurement "
        "error: visits {visits}, orders {orders}; traffic moves by {shock} a week beyond the "
        "laws.",
        "自 {first} 起 {weeks} 周，{accounts} 个账号，{segments} 个人群。测量误差：观看 "
        "{visits}，订单 {orders}；流量每周另有 {shock} 的波动。",
    ),
    "unmeasured": Label("not in the history", "历史数据未提供"),
    "segment": Label("Segment", "人群"),
    "growth": Label("Growth factor", "增长系数"),
    "interval": Label("90 %", "90% 区间"),
    "year": Label("Visits of a year", "一年流量"),
    "year_means": Label(
        "visits of a year: recommended visits that one more visit of today brings",
        "一年流量：今天多一次观看，一年内带来的推荐流量",
    ),
    "more": Label("One more of", "多投一份"),
    "quarter": Label("GMV in a quarter", "一季度GMV"),
    "seen": Label("Seen in a week", "每周见过"),
    "from": Label("from", "最低"),
    "to": Label("to", "最高"),
    "allowed": Label("the file allows", "文件上限"),
    "between": Label("{low} to {high}", "{low} 至 {high}"),
    "known": Label(
        "Of {count} parameters {narrow} are known at least twice as well as the file says (its "
        "ranges are assumed); {wide} are hardly known better than before{which}.",
        "共 {count} 个参数：{narrow} 个的区间已缩至文件所示的一半以内（文件的区间为假设）；"
        "{wide} 个几乎没有比之前更清楚{which}。",
    ),
    "which": Label(": {names}", "：{names}"),
    "forecast": Label(
        "The last {weeks} weeks, forecast from the ones before: off by {model} of their orders; "
        "last week's orders would be off by {naive}{year}.",
        "用此前的数据预测最后 {weeks} 周：订单偏差 {model}；照搬上周的偏差为 {naive}{year}。",
    ),
    "before": Label(", a year before {seasonal}", "，照搬去年同期为 {seasonal}"),
    "beware": Label("Beware: {line}.", "注意：{line}。"),
    "unseen": Label(
        "The plan uses {lever}, which the history has not seen.",
        "方案用到{lever}，历史中没有出现过。",
    ),
    "untold": Label(
        "The plan uses {lever}, of which no history tells: what it brings stays as the file says.",
        "方案用到{lever}，历史中没有这一项：其效果仍按文件数值。",
    ),
    "beyond": Label(
        "The plan takes {lever} to {planned}; the history has seen {low} to {high}: there the "
        "curve is a guess.",
        "方案把{lever}调到 {planned}；历史只见过 {low} 至 {high}：超出部分的曲线只是推测。",
    ),
}  # fmt: skip
"""Headings and sentences."""


def say(key: str, lang: Lang, **given: object) -> str:
    """A heading or a sentence."""
    return WORDS[key].say(lang, **given)


def unit_name(instance: Instance, lever: str, lang: Lang) -> str:
    """What one more unit of a lever is: ``GMV per live hour in room 2``."""
    kind, _, key = lever.partition(" ")
    return UNITS[kind].say(lang, name=_named(instance, kind, key))


def lever_name(instance: Instance, lever: str, lang: Lang) -> str:
    """A lever as planners call it."""
    kind, _, key = lever.partition(" ")
    return LEVERS[kind].say(lang, name=_named(instance, kind, key))


def _named(instance: Instance, kind: str, key: str) -> str:
    field, alliance, campaign = instance.field, instance.alliance, instance.campaign
    tables: dict[str, dict[str, object]] = {
        "boost": dict(field.boosts) if field else {},
        "hours": dict(field.accounts) if field else {},
        "creators": dict(alliance.tiers) if alliance else {},
        "package": dict(campaign.campaigns) if campaign else {},
        "samples": dict(alliance.tiers) if alliance else {},
        "discount": dict(field.discounts) if field else {},
    }
    first, dot, rest = key.partition(".")
    spec = tables[kind].get(first)
    return plain(label_of(spec, first) if spec else first) + dot + rest


def parameter_name(instance: Instance, name: str, lang: Lang) -> str:
    """A parameter that is learned: words, or its place in the instance file."""
    kind, _, key = name.partition(".")
    if kind in ("boosts", "tiers"):
        key, _, side = key.rpartition(".")
        kind = f"{kind}.{side}"
    if kind not in PARAMETERS:
        return name
    field, alliance = instance.field, instance.alliance
    tables: dict[str, dict[str, object]] = {
        "reception": dict(field.accounts) if field else {},
        "boosts.input": dict(field.boosts) if field else {},
        "boosts.output": dict(field.boosts) if field else {},
        "tiers.output": dict(alliance.tiers) if alliance else {},
    }
    spec = tables.get(kind, dict(instance.snowball.segments)).get(key)
    return PARAMETERS[kind].say(lang, name=plain(label_of(spec, key) if spec else key))


def money(value: float, lang: Lang) -> str:
    """An amount with the digits that it needs."""
    return decimal(value, 2) if abs(value) < 100 else short(value, lang)


def between(found: Interval, digits: int, lang: Lang) -> tuple[str, str]:
    """Median and interval of a plain number."""
    low, high = decimal(found.low, digits), decimal(found.high, digits)
    return decimal(found.middle, digits), say("between", lang, low=low, high=high)


def about(found: Fit, lang: Lang) -> str:
    """How much was seen, and how well."""
    history, errors = found.history, found.post.measured

    def size(kind: str) -> str:
        error = errors[kind]
        return say("unmeasured", lang) if error is None else share(error, lang, 1)

    return say(
        "about",
        lang,
        weeks=history.weeks,
        first=history.first,
        accounts=len(history.accounts),
        segments=len(found.growth),
        visits=size("visits"),
        orders=size("orders"),
        shock=share(found.post.shock, lang, 1),
    )


def learned(found: Fit, learned_at: float, barely: float, lang: Lang) -> Iterator[str]:
    """What was learned and what was not, and how forecasts did."""
    wide = [name for name, width in found.prior.items() if width > barely]
    told = [parameter_name(found.instance, name, lang) for name in wide[:6]]
    names = ("、" if lang == "zh" else ", ").join(told) + (" ..." if len(wide) > 6 else "")
    yield say(
        "known",
        lang,
        count=len(found.prior),
        narrow=sum(width < learned_at for width in found.prior.values()),
        wide=len(wide),
        which=say("which", lang, names=names) if wide else "",
    )
    done = found.check
    if done is not None:
        before = done.seasonal
        year = "" if before is None else say("before", lang, seasonal=share(before, lang, 1))
        yield say(
            "forecast",
            lang,
            weeks=done.weeks,
            model=share(done.model, lang, 1),
            naive=share(done.naive, lang, 1),
            year=year,
        )


def beyond(
    found: Fit, beyond: list[tuple[str, str, float | None, Range | None]], lang: Lang
) -> Iterator[str]:
    """Where a plan leaves what the history has seen."""
    for lever, _, planned, seen in beyond:
        name = lever_name(found.instance, lever, lang)
        if seen is None:
            untold = lever.partition(" ")[0] in UNTOLD
            yield say("untold" if untold else "unseen", lang, lever=name)
        else:
            ends = {"low": money(seen.low, lang), "high": money(seen.high, lang)}
            yield say("beyond", lang, lever=name, planned=money(planned or 0.0, lang), **ends)
