"""What a frontier says in words: where the next unit of the limit stops paying, and how sure that
is.
"""

import math
from collections.abc import Iterator, Sequence

from allocator.comparisons.words import currency_words
from allocator.figures import DASH, decimal, whole
from allocator.frontiers.points import Frontier, Stop
from allocator.labels import Label, Lang, label
from allocator.scales import share, short
from fact_models.spec.instance import Instance

LIMITS = {
    "budget": Label("Budget", "预算"),
    "cash": Label("Cash at the start", "期初现金"),
    "profit-floor": Label("Contribution, at least", "贡献毛利下限"),
    "staff": Label("Hires allowed", "可招聘人数"),
}
"""Limits that a frontier is drawn over."""
UNITS = {
    "budget": Label("{money} of budget", "{money}预算"),
    "cash": Label("{money} of cash", "{money}现金"),
    "profit-floor": Label("{money} of contribution", "{money}贡献毛利"),
    "staff": Label("hire", "个招聘名额"),
}
"""One more of a limit."""
HEADINGS = {
    "title": Label("{limit} against {goal}", "{limit}与{goal}"),
    "rate": Label("One more brings", "每增一单位带来"),
    "between": Label("Band", "区间"),
    "spend": Label("Spend", "投入"),
    "contribution": Label("Contribution", "贡献毛利"),
    "band_note": Label(
        "The best plan is proved to lie in the band, between the points too.",
        "最优方案已证明落在色带之内，点与点之间亦然。",
    ),
    "marks": Label("Note", "备注"),
    "plan": Label("Best verified plan", "已复核最优方案"),
    "band": Label("Between plan and bound", "方案与理论界限之间"),
    "bound": Label("Bound", "理论界限"),
    "stop": Label("stops paying", "边际止盈点"),
    "own": Label("the file's own", "当前设定"),
    "status": Label("Status", "状态"),
    "carried": Label("from other points", "由其他点推得"),
    "infeasible": Label("no plan", "无可行方案"),
}
"""Headings and marks."""
OBJECTIVES = {
    "gmv": Label("GMV with end value", "支付GMV（含期末价值）"),
    "net_gmv": Label("net GMV with end value", "退后GMV（含期末价值）"),
    "profit": Label("contribution with end value", "贡献毛利（含期末价值）"),
    "cost": Label("spend for the target", "达标投入"),
}
"""What the objective counts; without an end value see ``objective_words``."""
SENTENCES = {
    "pays": Label(
        "The next {unit} pays up to {at}: beyond, it brings less than the {price} of {objective}"
        " that pay for it.",
        "在 {at} 之前，每多 1 {unit}都能回本；超过之后带来的{objective}低于回本所需的 {price}。",
    ),
    "never": Label(
        "No {unit} pays: a paid yuan leaves no margin before spend.",
        "任何 1 {unit}都不能回本：扣除投入前，每元GMV没有毛利。",
    ),
    "level": Label(
        "From {at} on the next {unit} brings nothing more.",
        "自 {at} 起，再多 1 {unit}不再带来增量。",
    ),
    "price": Label(
        "Up to {at} the floor costs nothing; from there on the next {unit} costs {objective}.",
        "下限在 {at} 以内没有代价；再往上，每多 1 {unit}都要牺牲{objective}。",
    ),
    "dear": Label(
        "The next {unit} costs {objective} from {at}, the low end of the sweep, on.",
        "从区间下端 {at} 起，每多 1 {unit}都要牺牲{objective}。",
    ),
    "prices": Label(
        "Over the whole sweep a {unit} costs {mean} of {objective} on average, at its high end"
        " {last}.",
        "全区间平均每 1 {unit}的代价为{objective} {mean}，高端为 {last}。",
    ),
    "open": Label(
        "The next {unit} still pays at {at}, the end of the sweep.",
        "到区间末端 {at}，再多 1 {unit}仍有回报。",
    ),
    "range": Label(
        "The gaps allow that point to lie anywhere from {first} to {last}.",
        "受最优差距限制，该点可能在 {first} 至 {last} 之间。",
    ),
    "beyond": Label(
        "All that lies beyond can add at most {beyond} ({share}); that is proved.",
        "其后全部区间最多再增加 {beyond}（{share}），已证明。",
    ),
    "own": Label(
        "At the file's own {own} the next {unit} brings {rate} of {objective} on average"
        " (between {low} and {high}).",
        "在当前设定 {own} 处，再多 1 {unit}平均带来{objective} {rate}（介于 {low} 与 {high}）。",
    ),
    "own_cost": Label(
        "At the file's own {own} the next {unit} saves {rate} of {objective} on average"
        " (between {low} and {high}).",
        "在当前设定 {own} 处，再多 1 {unit}平均节省{objective} {rate}（介于 {low} 与 {high}）。",
    ),
    "infeasible": Label(
        "At {at} no plan keeps every rule.",
        "在 {at} 处没有满足全部规则的方案。",
    ),
    "unknown": Label(
        "At {at} no plan was found within the limits.",
        "在 {at} 处时限内未找到方案。",
    ),
    "few": Label(
        "Fewer than two points have a plan, so nothing can be said about the next {unit}.",
        "有方案的点少于两个，无法判断下 1 {unit}的价值。",
    ),
}
"""Sentences on a frontier."""


def limit_name(found: Frontier, lang: Lang) -> str:
    """The limit as an axis is called."""
    return getattr(LIMITS[found.over], lang)  # type: ignore[no-any-return]


def heading(key: str, lang: Lang, **fields: str) -> str:
    """A heading or a mark."""
    return HEADINGS[key].say(lang, **fields)


def objective_words(found: Frontier, lang: Lang) -> str:
    """What the objective counts."""
    return goal_words(found.instance, lang)


def goal_words(instance: Instance, lang: Lang) -> str:
    """What the objective of an instance counts."""
    goal = instance.objective
    if goal.terminal:
        return getattr(OBJECTIVES[goal.goal], lang)  # type: ignore[no-any-return]
    plain = {"gmv": "gmv", "net_gmv": "net_gmv", "profit": "contribution", "cost": "spend"}
    return label("kpi", plain[goal.goal], lang)


def at_words(found: Frontier, values: Sequence[float], lang: Lang) -> list[str]:
    """Values of the limit as text, as precise as it takes to tell the points apart."""
    every = {point.at for point in found.points} | set(values)
    alike = len({short(value, lang) for value in every}) < len(every)
    full = found.over == "staff" or alike
    return [whole(value) if full else short(value, lang) for value in values]


def rate_words(found: Frontier, value: float | None, lang: Lang) -> str:
    """What a unit brings as text: a yuan in digits, a hire in round figures."""
    return short(value, lang) if found.over == "staff" else decimal(value, 2)


def band_words(found: Frontier, low: float, high: float, lang: Lang) -> str:
    """Least and most that a unit can bring; a dash where it is not known."""
    if not (math.isfinite(low) and math.isfinite(high)):
        return DASH
    return f"{rate_words(found, low, lang)} … {rate_words(found, high, lang)}"


def title(found: Frontier, lang: Lang) -> str:
    """Name of the curve: limit against objective, with the currency."""
    words = heading(
        "title", lang, limit=limit_name(found, lang), goal=objective_words(found, lang)
    )
    return f"{words} ({currency_words(found.instance.currency, lang)})"


def sentences(found: Frontier, lang: Lang) -> list[str]:
    """What the frontier says, the main thing first."""
    currency = currency_words(found.instance.currency, lang)
    money = "yuan" if currency == "CNY" else currency
    fields = {
        "unit": getattr(UNITS[found.over], lang).format(money=money),
        "objective": objective_words(found, lang),
    }
    said: list[tuple[str, dict[str, str]]] = []
    stop = found.stop
    if stop is None:
        said.append(("few", {}))
    else:
        said += _on_stop(found, stop, lang)
    said += _on_own(found, lang)
    for status, key in (("infeasible", "infeasible"), ("no_plan_yet", "unknown")):
        without = at_words(found, [p.at for p in found.points if p.plan.status == status], lang)
        if without:
            said.append((key, {"at": " · ".join(without)}))
    return [getattr(SENTENCES[key], lang).format(**fields, **more) for key, more in said]


def _on_stop(found: Frontier, stop: Stop, lang: Lang) -> Iterator[tuple[str, dict[str, str]]]:
    at = {"at": at_words(found, [stop.at], lang)[0]}
    if found.over == "profit-floor":
        yield "dear" if stop.open_end else "price", at
        yield "prices", _prices(found, lang)
    elif math.isinf(stop.break_even):
        yield "never", {}
        return
    elif stop.open_end:
        yield "open", at
    else:
        price = {"price": decimal(stop.break_even, 2)}
        yield "pays" if stop.break_even else "level", at | price
    if stop.first != stop.last and stop.break_even:
        first, last = at_words(found, sorted((stop.first, stop.last)), lang)
        yield "range", {"first": first, "last": last}
    if not stop.open_end:
        best = max(abs(point.plan.objective or 0.0) for point in found.planned)
        part = share(stop.beyond / best if best else 0.0, lang, 2)
        yield "beyond", {"beyond": short(stop.beyond, lang), "share": part}


def _prices(found: Frontier, lang: Lang) -> dict[str, str]:
    """What a unit of a floor costs: over the whole sweep, and in its last step."""
    first, before, last = found.planned[0], *found.planned[-2:]
    spans = {"mean": (first, last), "last": (before, last)}
    return {
        key: rate_words(
            found,
            abs((one.plan.objective or 0.0) - (other.plan.objective or 0.0)) / (other.at - one.at),
            lang,
        )
        for key, (one, other) in spans.items()
    }


def _on_own(found: Frontier, lang: Lang) -> Iterator[tuple[str, dict[str, str]]]:
    """What the next unit brings at the file's own limit: over the step that leads on from it."""
    if found.own is None:
        return
    table = found.table
    beyond = table[(table["at"] > found.own) & table["rate"].notna()]
    before = table[(table["at"] <= found.own) & table["objective"].notna()]
    if not len(beyond) or not len(before):
        return
    step = beyond.iloc[0]
    least = found.sign < 0
    rate, *ends = (float(step[key]) for key in ("rate", "rate_low", "rate_high"))
    if least:
        rate, ends = 0.0 - rate, [0.0 - x for x in reversed(ends)]
    yield (
        "own_cost" if least else "own",
        {
            "own": at_words(found, [found.own], lang)[0],
            "rate": rate_words(found, rate, lang),
            "low": rate_words(found, ends[0], lang),
            "high": rate_words(found, ends[1], lang),
        },
    )
