"""What to try next in words, in both languages."""

from allocator.experiments.choice import Choice
from allocator.experiments.levers import Lever
from allocator.experiments.pulses import STANDS_OUT, Experiments, Pulse
from allocator.figures import decimal, plain
from allocator.fit.figures import QUARTER
from allocator.labels import Label, Lang, unit_words
from allocator.scales import share, short

LEAST = 0.05
"""Share of draws below which a level after the trial is not named."""
KINDS = {
    "boost": Label("boost {name}", "投流「{name}」"),
    "hours": Label("hours of {name}", "{name}开播时长"),
    "samples": Label("samples to {name}", "{name}寄样"),
}
UNITS = {
    "boost": Label("{level} a week", "每周 {level}"),
    "hours": Label("{level} hours a week", "每周 {level} 小时"),
    "samples": Label("{level} samples a week", "每周寄样 {level} 件"),
}
WORDS = {
    "lever": Label("Lever", "手段"),
    "today": Label("Today", "现状"),
    "best": Label("Best on average", "平均最优"),
    "brings": Label("It brings", "带来"),
    "regret": Label("Regret of not knowing", "未知代价"),
    "trial": Label("Trial", "试验"),
    "saves": Label("Saves", "省下代价"),
    "chance": Label("± chance", "± 偶然"),
    "costs": Label("Costs", "成本"),
    "worth": Label("Worth", "净值"),
    "weeks": Label("{level} for {count} weeks", "{level}，共 {count} 周"),
    "week": Label("{level} for 1 week", "{level}，共 1 周"),
    "named": Label("{lever} at {level}", "{lever}：{level}"),
    "nothing": Label(
        "No boost, no room and no samples are in use: there is nothing to try.",
        "没有在用的投流、直播间或寄样，无可试验。",
    ),
    "settled": Label(
        "Not knowing costs about {regret} a quarter. No trial of a month saves more of that than "
        "chance explains: {trial} saves most, {saves}, and below {times} standard errors, "
        "{needed}, it may be chance.",
        "未知的代价约为每季度 {regret}。一个月的试验所省下的都未超出偶然：省下最多的是{trial}，"
        "为 {saves}，低于 {times} 倍标准误 {needed}，可能只是偶然。",
    ),
    "useless": Label(
        "Not knowing costs about {regret} a quarter. No trial of a month saves any of that.",
        "未知的代价约为每季度 {regret}。一个月的试验不能省下任何部分。",
    ),
    "most": Label(
        "Not knowing costs about {regret} a quarter. The trial that is worth most: {trial}; it "
        "saves {saves} of that and {paid}, so it is worth it.",
        "未知的代价约为每季度 {regret}。最值得的试验：{trial}；可省下其中 {saves}，{paid}，"
        "值得一试。",
    ),
    "nearest": Label(
        "Not knowing costs about {regret} a quarter. The trial that comes nearest to its cost: "
        "{trial}; it saves {saves} of that and {paid}, so it teaches less than it costs.",
        "未知的代价约为每季度 {regret}。最接近保本的试验：{trial}；可省下其中 {saves}，{paid}，"
        "所得不及成本。",
    ),
    "pays": Label("pays for itself", "本身即可回本"),
    "price": Label("costs {cost}", "成本 {cost}"),
    "after": Label(
        "After it, {lever} would be set to {levels}.",
        "试验之后，{lever}将取：{levels}。",
    ),
    "level": Label("{level} in {share} of cases", "{level} 占 {share}"),
    "same": Label(
        "Its lesson would leave every level where it is best today.",
        "试验不会改变任何水平。",
    ),
    "meaning": Label(
        "Regret: what is lost on average because one level must be chosen for all draws, though "
        "each has its own best one. A trial saves the part that its measurements let you avoid.",
        "未知代价：各组抽样各有其最优水平，却只能选同一个水平，由此平均损失的目标值。"
        "试验省下的，是凭其读数可以避免的部分。",
    ),
    "gmv": Label(
        "Judged by GMV with end value over the {weeks} weeks of the file, shelf and repeat "
        "orders included. A yuan counts as {price} of GMV: what the last yuan of today's boosts "
        "brings on average.",
        "按文件 {weeks} 周的支付GMV（含货架、复购与期末价值）评判。一元按 {price} 元 GMV 计："
        "即目前投流最后一元平均所带来的。",
    ),
    "contribution": Label(
        "Judged by contribution with end value over the {weeks} weeks of the file, shelf and "
        "repeat orders included.",
        "按文件 {weeks} 周的贡献毛利（含货架、复购与期末价值）评判。",
    ),
    "held": Label(
        "Levels hold for {count} weeks, all else goes on as today; staff hours that a level takes "
        "or saves are counted at their wages. Packages are not tried: their dates are the "
        "platform's.",
        "水平保持 {count} 周，其余照旧；增减的工时按工资计。活动方案不作试验：日期由平台决定。",
    ),
}  # fmt: skip
"""Headings and sentences."""


def say(key: str, lang: Lang, **given: object) -> str:
    """A heading or a sentence."""
    return WORDS[key].say(lang, **given)


def lever_name(lever: Lever, lang: Lang) -> str:
    """``boost live ads``, ``hours of room 2``."""
    return KINDS[lever.kind].say(lang, name=plain(lever.label))


def level_name(value: float, lang: Lang) -> str:
    """A level without its unit."""
    return decimal(value, 0) if value < 1000 else short(value, lang)


def trial_name(pulse: Pulse, lang: Lang) -> str:
    """A trial in words."""
    level = UNITS[pulse.lever.kind].say(
        lang, level=level_name(pulse.factor * pulse.lever.level, lang)
    )
    key = "week" if pulse.weeks == 1 else "weeks"
    long = say(key, lang, level=level, count=pulse.weeks)
    return say("named", lang, lever=lever_name(pulse.lever, lang), level=long)


def advice(found: Experiments, currency: str, lang: Lang = "en") -> str:
    """What to try, in a sentence."""

    def money(value: float) -> str:
        unit = unit_words("CNY", lang, currency)
        return f"{short(value, lang)}{' ' if lang == 'en' else ''}{unit}"

    regret = money(sum(made.regret for made in found.choices))
    if not found.pulses:
        return say("nothing", lang)
    best = found.pulses[0]
    if not best.teaches:
        most = max(found.pulses, key=lambda pulse: pulse.saves)
        return say(
            "settled" if most.saves > 0 else "useless",
            lang,
            regret=regret,
            trial=trial_name(most, lang),
            saves=money(most.saves),
            times=decimal(STANDS_OUT, 0),
            needed=money(STANDS_OUT * most.error),
        )
    paid = say("pays", lang) if best.cost <= 0 else say("price", lang, cost=money(best.cost))
    key = "most" if best.net > 0 else "nearest"
    trial = trial_name(best, lang)
    return say(key, lang, regret=regret, trial=trial, saves=money(best.saves), paid=paid)


def lesson(found: Experiments, lang: Lang) -> list[str]:
    """What the advised trial would change, a sentence a lever."""
    if not found.pulses or not found.pulses[0].teaches:
        return []
    told = []
    for made, shares in zip(found.choices, found.after, strict=True):
        if shares[made.best] > 1 - LEAST:
            continue
        levels = [
            say("level", lang, level=_level(made, n, lang), share=share(shares[n], lang))
            for n in sorted(range(len(shares)), key=lambda n: -shares[n])
            if shares[n] >= LEAST
        ]
        comma = "、" if lang == "zh" else ", "
        name = lever_name(made.lever, lang)
        told.append(say("after", lang, lever=name, levels=comma.join(levels)))
    return told or [say("same", lang)]


def _level(made: Choice, n: int, lang: Lang) -> str:
    level = level_name(made.factors[n] * made.lever.level, lang)
    of_today = share(made.factors[n], lang)
    return f"{level}（{of_today}）" if lang == "zh" else f"{level} ({of_today})"


def best_name(made: Choice, lang: Lang) -> str:
    """The level that is best on average, and its share of today's."""
    return _level(made, made.best, lang)


def notes(found: Experiments, lang: Lang) -> list[str]:
    """What the figures mean."""
    asked = found.asked
    weeks = asked.base.boost_spend.shape[1]
    key = "contribution" if asked.contribution else "gmv"
    judged = say(key, lang, weeks=weeks, price=decimal(asked.price, 2))
    return [say("meaning", lang), judged, say("held", lang, count=min(QUARTER, weeks))]
