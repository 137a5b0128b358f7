"""What a score and a hedge say in words, in both languages."""

from allocator.doubt.firm import AGREED, LEVEL, Firmness
from allocator.doubt.score import ROUNDING, Fan, Score
from allocator.doubt.worlds import GROWTH, Worlds
from allocator.figures import percent
from allocator.labels import Label, Lang
from allocator.scales import share, short

HEADINGS = {
    "title": Label("scored in {count} worlds", "在 {count} 种情形下的表现"),
    "worst": Label("1 in 20 below", "5% 低于"),
    "low": Label("1 in 4 below", "25% 低于"),
    "middle": Label("Median", "中位数"),
    "high": Label("1 in 4 above", "25% 高于"),
    "best": Label("1 in 20 above", "5% 高于"),
    "written": Label("As written", "按文件数值"),
    "figure": Label("Figure", "指标"),
    "band": Label("9 in 10 worlds", "90% 区间"),
    "half": Label("half of the worlds", "50% 区间"),
    "decision": Label("First {periods} weeks", "前 {periods} 周决策"),
    "planned": Label("Plan", "方案"),
    "agree": Label("Agree", "一致"),
    "others": Label("Other plans", "其他方案"),
    "state": Label("State", "状态"),
    "settles": Label("Settled by", "取决于"),
    "firm": Label("firm", "确定"),
    "elsewhere": Label(
        "firm, but elsewhere: change to {amount}", "确定，但与方案不同：改为 {amount}"
    ),
    "open": Label("open", "待定"),
    "none": Label("none of {count} figures beyond chance", "{count} 个数值均未超出偶然"),
    "world": Label("which world it is", "实际情形"),
}
FIGURES: dict[str, Label] = {
    "gmv": Label("GMV", "支付GMV"),
    "net_gmv": Label("Net GMV", "退后GMV"),
    "contribution": Label("Contribution", "贡献毛利"),
    "cash": Label("Lowest cash", "现金最低点"),
    "objective": Label("Objective", "目标值"),
}
FAN_NAMES: dict[Fan, Label] = {
    "gmv": Label("GMV so far", "累计支付GMV"),
    "contribution": Label("Contribution so far", "累计贡献毛利"),
    "cash": Label("Cash, drawn credit included", "现金余额（含已用额度）"),
    "followers": Label("Followers", "粉丝数"),
    "traffic": Label("Recommended visits a week", "周推荐流量"),
}
MISSES = {
    "target": Label("GMV target", "GMV目标"),
    "floor": Label("cash floor", "现金底线"),
    "profit": Label("contribution floor", "贡献毛利下限"),
    "budget": Label("budget", "预算"),
    "hours": Label("staff hours for the orders that come", "承接订单"),
}
KINDS = {
    "hours": Label("live hours", "直播时长"),
    "boost": Label("boost spend", "投流"),
    "samples": Label("samples", "寄样"),
    "open": Label("open", "开设账号"),
    "package": Label("join", "报名"),
    "deal": Label("sign", "签约"),
    "offer": Label("offer", "达人条件"),
    "hires": Label("hires", "招聘"),
    "leaves": Label("leaves", "离职"),
    "discount": Label("discount", "折扣"),
}
SOURCES = {
    "file": Label("The worlds are the file's own scenarios.", "情形取自文件自带的场景。"),
    "growth": Label(
        "Assumed: the traffic feedback is {factors} times what the file says, with chances"
        " {odds}.",
        "假设：流量反馈为文件数值的 {factors} 倍，概率 {odds}。",
    ),
    "kol": Label(
        "The worlds are the deals' outcomes p10, p50, p90 together, with chances {odds}.",
        "情形为大V成交同时取 p10、p50、p90，概率 {odds}。",
    ),
    "spread": Label(
        "Assumed: {figures} each vary by a factor of their own, independent and log-normal; every"
        " deal has one of its outcomes.",
        "假设：{figures} 各乘以一个独立的对数正态系数；每个大V成交取其一种结果。",
    ),
    "draws": Label(
        "The worlds are {count} draws of {name}; every deal has one of its outcomes.",
        "情形为 {name} 的 {count} 组抽样；每个大V成交取其一种结果。",
    ),
}
GROUPS = {
    "feedback": Label("traffic feedback", "流量反馈"),
    "conversion": Label("conversion", "转化率"),
    "creators": Label("creators' conversion", "达人转化率"),
    "boosts": Label("boosts", "投流效果"),
}
"""Groups of figures that an assumed spread moves."""
CHANCE = Label("{chance} chance of missing the {what}", "{what}：未达概率 {chance}")
CHANCES = {
    "budget": Label("{chance} chance of overspending the {what}", "{what}：超支概率 {chance}"),
    "hours": Label("{chance} chance of too few {what}", "{what}：工时不足概率 {chance}"),
}
"""Chances of limits that nobody misses."""
COUNTED = Label("{limit} (with {before} before the plan)", "{limit}（含此前 {before}）")
BESIDES = Label("{limit} (besides {before} before the plan)", "{limit}（不含此前 {before}）")
"""A limit that counts the weeks before the plan, and one of the plan's own weeks."""
TOLD = 5e-4
"""Share of a figure of the plan that shows in the first decimal of a per cent."""
LESS = Label("{what} {amount} ({share}) less", "{what}低 {amount}（{share}）")
MORE = Label("{what} {amount} ({share}) more", "{what}高 {amount}（{share}）")
SENTENCES = {
    "kept": Label(
        "Hours, spend, team, packages and deals are kept as planned; visits and orders follow by a"
        " simple rule, as written too.",
        "时长、投放、团队、活动与签约按方案执行，流量与订单按简单规则随之变化，按文件数值时亦然。",
    ),
    "lost": Label(
        "As written is not the plan itself, whose visits and orders were chosen. Against the plan:"
        " {parts}.",
        "「按文件数值」并非方案本身：方案的流量与订单是优选的。与方案相比：{parts}。",
    ),
    "none_lost": Label(
        "As written that rule brings what the plan itself brings, within a tenth of a per cent.",
        "按文件数值时，该规则的结果与方案本身相差不到千分之一。",
    ),
    "lowered": Label(
        "The GMV target is what this rule reaches as written, so that what it loses counts as no"
        " miss.",
        "GMV目标取该规则按文件数值所达到的水平，规则本身的损失不计为未达。",
    ),
    "too_high": Label(
        "The plan itself reaches the target that was named, as written this rule does not: the"
        " chance of missing it is too high.",
        "方案本身达到指定的目标，而该规则按文件数值达不到：未达概率偏高。",
    ),
    "replans": Label(
        "Firm: at least {agreed} of {count} plans made anew for other worlds do the same. Firm,"
        " but elsewhere: as many agree with each other and not with this plan. An open one differs"
        " there, or differs within the gap of those plans. A figure is named if the closest of all"
        " would go with the amounts as closely by chance in at most {level} of cases.",
        "确定：在为其他情形重做的 {count} 个方案中，至少 {agreed} 与本方案一致。"
        "确定但不同：它们彼此一致，却与本方案不同。待定：彼此不同，或差异在最优差距之内。"
        "仅当所有数值中最接近者因偶然而同样接近的概率不超过 {level} 时，才列出该数值。",
    ),
    "no_replans": Label(
        "--replan N makes N plans for other worlds and says which of the first weeks' decisions"
        " are firm.",
        "--replan N 为其他情形重做 N 个方案，并指出前几周哪些决策是确定的。",
    ),
    "none_near": Label(
        "Which decisions are firm is not known: none of the plans made anew for {asked} other"
        " worlds came near enough to its best; give each more --time-limit.",
        "无法判断哪些决策是确定的：为其他 {asked} 种情形重做的方案都离最优太远；"
        "请为每个方案增加 --time-limit。",
    ),
}  # fmt: skip
"""Sentences."""


def source_words(worlds: Worlds, lang: Lang) -> str:
    """Where the worlds come from, and that they are assumed where they are."""
    odds = " / ".join(percent(w.probability, 0) for w in worlds.members[:5])
    factors = " / ".join(f"{by:g}" for by, _ in GROWTH.values())
    named = [figure_words(name, lang) for name in worlds.figures]
    key = worlds.source if worlds.source in SOURCES else "draws"
    return SOURCES[key].say(
        lang,
        odds=odds,
        factors=factors,
        figures=("、" if lang == "zh" else ", ").join(named),
        name=worlds.source,
        count=len(worlds.members),
    )


def figure_words(name: str, lang: Lang) -> str:
    """A figure that differs between worlds: a group in words, a place as in the file."""
    return GROUPS[name].say(lang) if name in GROUPS else name


def misses(found: Score) -> list[tuple[str, float, str, float]]:
    """What may be missed: key, limit, its text in English digits, chance."""
    money, rows = found.plan.instance.money, []
    chances = {
        "target": (found.target, found.misses_target),
        "floor": (money.cash.floor if money.cash else 0.0, found.misses_floor),
        "profit": (money.profit_floor or 0.0, found.misses_profit),
        "budget": (money.budget or 0.0, found.misses_budget),
        "hours": (0.0, found.misses_hours),
    }
    for key, (limit, chance) in chances.items():
        if chance is not None:
            rows.append((key, limit, "" if key == "hours" else short(limit, "en"), chance))
    return rows


def sentences(found: Score, lang: Lang) -> list[str]:
    """What the score says, the chances first."""
    lines = [
        CHANCES.get(key, CHANCE).say(
            lang,
            chance=share(chance, lang, 1),
            what=f"{MISSES[key].say(lang)} {_limit(found, key, limit, lang)}".strip(),
        )
        for key, limit, _, chance in misses(found)
    ]
    joined = ("；" if lang == "zh" else ", ").join(lines) + ("。" if lang == "zh" else ".")
    lost = (" " if lang == "en" else "").join(_lost(found, lang))
    return [joined, source_words(found.worlds, lang), SENTENCES["kept"].say(lang), lost]


def _limit(found: Score, key: str, limit: float, lang: Lang) -> str:
    """A limit with what weeks before the plan took of it or brought towards it; no words where
    there is none."""
    past = found.plan.instance.money.past
    before = {"target": past.gmv, "profit": past.contribution, "budget": past.spend()}.get(key)
    if key == "hours" or not before:
        return "" if key == "hours" else short(limit, lang)
    words = BESIDES if key == "target" else COUNTED
    return words.say(lang, limit=short(limit, lang), before=short(before, lang))


def _lost(found: Score, lang: Lang) -> list[str]:
    """How far the replay as written lies from the plan itself, and what that does to a target."""
    parts = []
    for key in ("gmv", "contribution", "objective"):
        own, size = found.planned[key], abs(found.planned[key])
        lost = own - found.written[key]
        if abs(lost) > TOLD * size:
            what = FIGURES[key].say(lang)
            parts.append(
                (LESS if lost > 0 else MORE).say(
                    lang,
                    what=what if key == "gmv" else what.lower(),
                    amount=short(abs(lost), lang),
                    share=share(abs(lost) / size if size else None, lang, 1),
                )
            )
    if not parts:
        return [SENTENCES["none_lost"].say(lang)]
    lines = [SENTENCES["lost"].say(lang, parts=("，" if lang == "zh" else ", ").join(parts))]
    reached, own = found.written["gmv"], found.planned["gmv"]
    if not found.named and reached < own * (1 - ROUNDING) and found.target == reached:
        lines.append(SENTENCES["lowered"].say(lang))
    if found.named and reached < found.target * (1 - ROUNDING) and found.target <= own:
        lines.append(SENTENCES["too_high"].say(lang))
    return lines


def decision_words(told: Firmness, lang: Lang) -> str:
    """A decision in words."""
    gap = "" if lang == "zh" else " "
    return f"{KINDS[told.kind].say(lang)}{gap}{told.name}"


def state_words(told: Firmness, lang: Lang) -> str:
    """Whether a decision is firm, firm elsewhere or open."""
    return HEADINGS[told.state].say(lang, amount=span_words(*told.group, lang))


def span_words(low: float, high: float, lang: Lang) -> str:
    """From the least to the largest amount; one of them where they read the same."""
    ends = dict.fromkeys((short(low, lang), short(high, lang)))
    return " – ".join(ends)


def settled_words(told: Firmness, lang: Lang) -> str:
    """What settles an open decision."""
    if told.state != "open":
        return ""
    if not told.tried:
        return HEADINGS["world"].say(lang)
    named = figure_words(told.settles, lang)
    return named or HEADINGS["none"].say(lang, count=told.tried)


def replan_words(replans: int, asked: int, lang: Lang) -> str:
    """How many plans stand behind what is called firm, and what a named figure has passed; why
    nothing is called firm without any of the plans that were ``asked`` for."""
    if not replans:
        return SENTENCES["none_near" if asked else "no_replans"].say(lang, asked=asked)
    ends = {"agreed": share(AGREED, lang, 0), "level": share(LEVEL, lang, 0)}
    return SENTENCES["replans"].say(lang, count=replans, **ends)
