"""What an explanation says in sentences."""

import math
from collections.abc import Iterator

from allocator.figures import decimal
from allocator.labels import Lang, label
from allocator.reasons.attribution import LEVERS, Attribution, Detail
from allocator.reasons.explanation import Explanation
from allocator.reasons.labels import GOALS, heading
from allocator.reasons.limits import SEEN
from allocator.reasons.prices import Price, price_of
from allocator.reasons.sentences import sentence
from allocator.reasons.steps import Step
from allocator.scales import share, short
from fact_models.spec.instance import Instance

CLOSE = 1e-4
"""Share of the objective below which a plan counts as being at its best."""

LEAST = 1e-6
"""Share of the GMV or the objective below which an amount is rounding."""
SHOWN = 0.02
"""Share of a tenth of the budget from which on it is told where it goes."""
TOLD = {"next": (("more", 1.0), ("less", -1.0)), "last": (("less", -1.0), ("more", 1.0))}
"""What of a tenth is told first: who gets more of the next, who less without the last."""


def lever_name(lever: str, lang: Lang) -> str:
    """A lever, or the audience of day one."""
    return heading("organic", lang) if lever == "organic" else label("lever", lever, lang)


def source_name(detail: Detail, lang: Lang) -> str:
    """A source within a lever, such as ``boost feed``."""
    return heading(detail.source.kind, lang, name=detail.label)


def goal_words(instance: Instance, lang: Lang) -> str:
    """What a price is counted in: the goal, with the end value if that counts."""
    goal = instance.objective
    name: str = getattr(GOALS[goal.goal], lang)
    if goal.goal == "cost" or not goal.terminal:
        return name
    return f"{name}（含期末价值）" if lang == "zh" else f"{name} with end value"


def decision_words(instance: Instance, lang: Lang) -> str:
    """How to read the worth of a decision."""
    key = "decisions_cost" if instance.objective.goal == "cost" else "decisions"
    return sentence(key, lang, goal=goal_words(instance, lang))


def origin_words(found: Attribution, lang: Lang) -> list[str]:
    """How much is organic, how much came through the snowball."""
    if found.gmv <= 0:
        return []
    rolled = sum(part.snowball for part in found.levers.values())
    organic = share(found.levers["organic"].total / found.gmv, lang)
    said = [sentence("organic", lang, share=organic, snowball=share(rolled / found.gmv, lang))]
    below = [one for one in found.details if one.part.first_touch < -LEAST * found.gmv]
    if below:
        names = label_list([source_name(one, lang) for one in below], lang)
        amount = short(-sum(one.part.first_touch for one in below), lang)
        said.append(sentence("below", lang, names=names, amount=amount))
    return said


def answer_words(found: Explanation, lang: Lang) -> list[str]:
    """What each measure of a lever's worth answers, and that they differ."""
    worth = found.attribution
    keys = ["traced", "shapley", "removed", *(["banned"] if found.regrets else [])]
    if not worth.shapley.is_whole:
        keys.insert(keys.index("shapley") + 1, "choice_of_visits")
    said = [sentence(key, lang) for key in keys]
    most = max(LEVERS, key=lambda x: worth.levers[x].total)
    best = max(LEVERS, key=lambda x: worth.shapley.values[x])
    key = "same" if most == best else "differ"
    names = {"most": lever_name(most, lang), "worth": lever_name(best, lang)}
    return [*said, sentence(key, lang, **names), *_regrets(found, lang)]


def _regrets(found: Explanation, lang: Lang) -> Iterator[str]:
    for one in found.regrets:
        name = lever_name(one.lever, lang)
        if one.regret is None:
            status = label("status", one.status, lang)
            yield sentence("regret_none", lang, lever=name, status=status)
            continue
        yield sentence(
            "regret",
            lang,
            lever=name,
            amount=short(one.regret, lang),
            goal=goal_words(found.plan.instance, lang),
            low=short(one.low, lang),
            high=short(one.high, lang),
        )


def basis_words(found: Explanation, lang: Lang) -> list[str]:
    """Where prices are read, or why there are none."""
    if found.optimum is None:
        return [sentence("unpriced", lang, note=found.note.say(lang))] if found.note else []
    if found.optimum.gain <= CLOSE:
        return [sentence("exact", lang)]
    return [sentence("gain", lang, gain=share(found.optimum.gain, lang, 2))]


def price_words(found: Explanation, lang: Lang) -> list[str]:
    """How prices are counted and checked."""
    said = [sentence("prices", lang, goal=goal_words(found.plan.instance, lang))]
    missing = sum(not one.checked for one in found.prices)
    if missing:
        said.append(sentence("partly", lang, n=str(missing), all=str(len(found.prices))))
    return [*said, *basis_words(found, lang)]


def marginal_words(found: Explanation, lang: Lang) -> list[str]:
    """How to read the last yuan of a lever."""
    said = [sentence("average", lang, goal=_traced_in(found.plan.instance, lang))]
    if found.plan.instance.campaign or found.plan.instance.kol:
        said.append(sentence("whole_choices", lang))
    worth = [one.yuan for one in found.marginals if one.ratio is not None and one.yuan is not None]
    if not worth:
        return [sentence("no_ratio", lang), *said]
    low, high = decimal(min(worth), 2), decimal(max(worth), 2)
    budget = price_of(found.prices, "budget")
    alone = budget is not None and max(worth) <= budget.price + SEEN
    return [
        sentence(
            "ratio",
            lang,
            price=low if low == high else f"{low} – {high}",
            besides="" if alone else sentence("besides", lang),
        ),
        *said,
    ]


def _traced_in(instance: Instance, lang: Lang) -> str:
    """What the trace of origins counts: GMV, with the end value where GMV is the goal."""
    goal = instance.objective.goal
    name: str = getattr(GOALS["gmv"], lang)
    return goal_words(instance, lang) if goal == "gmv" else name


def step_words(found: Explanation, lang: Lang) -> list[str]:
    """Whether the budget is used up, and what its last and its next tenth bring."""
    budget = price_of(found.prices, "budget")
    if found.optimum is None:
        return []
    if budget is None:
        return [sentence("no_budget", lang)]
    slack = math.isinf(budget.up)
    said = list(_budget_words(budget, lang))
    whole = abs(found.plan.objective or 0.0)
    told = [one for one in reversed(found.steps) if abs(one.objective) > LEAST * whole]
    said += [_step_words(found, one, lang) for one in told]
    known = {one.budget > 0 for one in found.steps}
    if False not in known:
        said.append(sentence("last_needed" if found.complete else "last_late", lang))
    if True not in known and not slack and not found.complete:
        said.append(sentence("next_late", lang))
    return [*said, sentence("whole", lang)] if told else said


def _budget_words(budget: Price, lang: Lang) -> Iterator[str]:
    """Why one more yuan of the budget is worth nothing, where it is."""
    if not budget.checked or budget.price >= SEEN:
        return
    if math.isinf(budget.up):
        yield sentence("slack_budget", lang, slack=short(budget.down, lang))
    elif (budget.left or 0.0) >= SEEN:
        yield sentence("just_enough", lang, left=decimal(budget.left, 2))
    else:
        yield sentence("next_to_nothing", lang)


def _step_words(found: Explanation, step: Step, lang: Lang) -> str:
    """What a tenth brings, and where it comes from or goes."""
    which = "next" if step.budget > 0 else "last"
    clauses = []
    for key, sign in TOLD[which]:
        names = _moved(step, sign, lang)
        if names:
            clauses.append(sentence(f"{which}_{key}", lang, names=names))
    if abs(step.unspent) > SHOWN * abs(step.budget):
        amount = short(abs(step.unspent), lang)
        clauses.append(sentence(f"{which}_unspent", lang, amount=amount))
    return sentence(
        which,
        lang,
        money=short(abs(step.budget), lang),
        amount=short(abs(step.objective), lang),
        rate=decimal(step.per_yuan, 2),
        goal=goal_words(found.plan.instance, lang),
        where="".join(clauses),
    )


def _moved(step: Step, sign: float, lang: Lang) -> str:
    """Levers and payroll that get more of a step, or less, by how much."""
    moved = sorted(step.spend.items(), key=lambda pair: -sign * pair[1])
    shown = [
        f"{label('lever', x, lang)} {short(abs(amount), lang)}"
        for x, amount in moved
        if sign * amount > SHOWN * abs(step.budget)
    ]
    return label_list(shown, lang)


def label_list(texts: list[str], lang: Lang) -> str:
    """Texts in a row."""
    return ("、" if lang == "zh" else ", ").join(texts)
