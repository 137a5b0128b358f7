"""What a hedge says in words, in both languages."""

import math
from collections.abc import Sequence

from allocator.doubt.firm import Key
from allocator.doubt.measures import Kind
from allocator.doubt.naming import called, labelled
from allocator.doubt.outlooks import EXPECTED, HEDGE, Hedge
from allocator.doubt.words import KINDS, source_words
from allocator.doubt.worlds import Worlds
from allocator.labels import Label, Lang
from allocator.scales import share, short
from fact_models.spec.instance import Instance

HEADINGS = {
    "title": Label("a hedge over {count} worlds", "兼顾 {count} 种情形的方案"),
    "plan": Label("First decisions of", "先期决策取自"),
    "measure": Label("Measure", "评判值"),
    "decision": Label("Decided now", "先期决策"),
    "none": Label("no plan", "无可行方案"),
    "bars": Label("What first decisions bring in each world", "各情形下先期决策的结果"),
    "bars_cost": Label("What first decisions cost in each world", "各情形下先期决策的投入"),
}
MEASURES: dict[Kind, Label] = {
    "expected": Label("expected value", "期望值"),
    "cvar": Label("mean of the worst {tail} of the chance", "最差 {tail} 情形的均值"),
    "worst": Label("worst value", "最差值"),
    "regret": Label("largest regret", "最大后悔值"),
}
COSTS: dict[Kind, Label] = {
    "expected": Label("expected cost", "期望投入"),
    "cvar": Label("mean cost of the worst {tail} of the chance", "最差 {tail} 情形的平均投入"),
    "worst": Label("largest cost", "最高投入"),
    "regret": MEASURES["regret"],
}
"""Measures where spend is what counts."""
NAMES = {
    HEDGE: Label("the hedge", "兼顾方案"),
    EXPECTED: Label("the plan for the expected figures", "按期望数值的方案"),
}
SENTENCES = {
    "value": Label(
        "The hedge's {measure} is {value}, certified within {gap} of the best: no first decisions"
        " can bring more than {bound}.",
        "兼顾方案的{measure}为 {value}，已证明与最优相差不超过 {gap}："
        "任何先期决策都不会超过 {bound}。",
    ),
    "value_cost": Label(
        "The hedge's {measure} is {value}, certified within {gap} of the best: no first decisions"
        " can cost less than {bound}.",
        "兼顾方案的{measure}为 {value}，已证明与最优相差不超过 {gap}："
        "任何先期决策都不会低于 {bound}。",
    ),
    "regret": Label(
        "The hedge's largest regret is {value} at most; no first decisions can promise less than"
        " {bound}.",
        "兼顾方案的最大后悔值不超过 {value}；任何先期决策都不能保证低于 {bound}。",
    ),
    "vss": Label(
        "Against the plan for the expected figures it gains {high} (proved: {low}).",
        "与按期望数值的方案相比，多得 {high}（已证明：{low}）。",
    ),
    "vss_cost": Label(
        "Against the plan for the expected figures it saves {high} (proved: {low}).",
        "与按期望数值的方案相比，节省 {high}（已证明：{low}）。",
    ),
    "vss_none": Label(
        "The plan for the expected figures has no plan left in some world, as far as was found.",
        "按期望数值的方案在某些情形下找不到可行的后续方案。",
    ),
    "evpi": Label(
        "Knowing the world beforehand would bring {low} more as far as plans tell, {high} at"
        " most.",
        "若能预知情形，按已有方案可多得 {low}，至多 {high}。",
    ),
    "evpi_cost": Label(
        "Knowing the world beforehand would save {low} more as far as plans tell, {high} at most.",
        "若能预知情形，按已有方案可再节省 {low}，至多 {high}。",
    ),
    "none": Label("No hedge was found: {why}.", "未找到兼顾方案：{why}。"),
}


def measure_words(found: Hedge, lang: Lang) -> str:
    """What is best."""
    words = COSTS if _costs(found) else MEASURES
    return words[found.measure.kind].say(lang, tail=share(found.measure.tail, lang, 0))


def names_words(names: Sequence[str], worlds: Worlds, lang: Lang) -> str:
    """Whose first decisions they are, where several take the same; worlds by their labels."""
    comma, labels = "、" if lang == "zh" else ", ", called(worlds)
    plans = comma.join(labels.get(name, name) for name in names if name not in NAMES)
    told = [Label("the plan for {name}", "{name} 的方案").say(lang, name=plans)] if plans else []
    return comma.join([*told, *(NAMES[name].say(lang) for name in names if name in NAMES)])


def sign_of_goal(found: Hedge) -> float:
    """-1 where spend is what counts."""
    return -1.0 if _costs(found) else 1.0


def _costs(found: Hedge) -> bool:
    return found.worlds.written.objective.goal == "cost"


def _of_goal(key: str, found: Hedge) -> str:
    """The key of words for what first decisions bring, or for what they cost."""
    return f"{key}_cost" if _costs(found) else key


def bars_words(found: Hedge, lang: Lang) -> str:
    """Heading of the chart."""
    return HEADINGS[_of_goal("bars", found)].say(lang)


def sentences(found: Hedge, lang: Lang) -> list[str]:
    """What the hedge says: its value and bound, what hedging and knowing are worth, what the
    plan for one world loses in another."""
    source = source_words(found.worlds, lang)
    hedge = found.hedge
    if hedge is None:
        return [SENTENCES["none"].say(lang, why=found.message), source]
    sign, lines = sign_of_goal(found), []
    if found.measure.kind == "regret":
        ends = [short(measured(found, x), lang) for x in (found.value, found.bound)]
        lines.append(SENTENCES["regret"].say(lang, value=ends[0], bound=ends[1]))
    else:
        lines.append(
            SENTENCES[_of_goal("value", found)].say(
                lang,
                measure=measure_words(found, lang),
                value=short(sign * found.value, lang),
                gap=share(found.gap, lang, 2),
                bound=short(sign * found.bound, lang),
            )
        )
    gained = found.vss()
    if gained is not None and math.isfinite(gained[1]):
        ends = [short(x, lang) for x in gained]
        lines.append(SENTENCES[_of_goal("vss", found)].say(lang, low=ends[0], high=ends[1]))
    elif gained is not None:
        lines.append(SENTENCES["vss_none"].say(lang))
    low, high = (short(x, lang) for x in found.evpi)
    lines.append(SENTENCES[_of_goal("evpi", found)].say(lang, low=low, high=high))
    return [*lines, source]


def value_words(found: Hedge, value: float, lang: Lang) -> str:
    """A value of a world, or that there is none."""
    if not math.isfinite(value):
        return HEADINGS["none"].say(lang)
    return short(sign_of_goal(found) * value, lang)


def measured(found: Hedge, value: float) -> float | None:
    """A value of the measure as readers know it: of a regret, the regret itself, not the mean of
    the worlds' bounds less it, which is what is maximised. None where there is none.
    """
    if found.measure.kind == "regret":
        told = float(found.worlds.probability @ found.best) - value
        return max(told, 0.0) if math.isfinite(told) else None
    return sign_of_goal(found) * value if math.isfinite(value) else None


def measured_words(found: Hedge, value: float, lang: Lang) -> str:
    """The same in words."""
    told = measured(found, value)
    return HEADINGS["none"].say(lang) if told is None else short(told, lang)


def decided_words(key: Key, instance: Instance, lang: Lang) -> str:
    """A first decision in words, with the label of what it is about."""
    gap = "" if lang == "zh" else " "
    return f"{KINDS[key[0]].say(lang)}{gap}{labelled(key, instance)}"
