"""The explanation of a plan: a record that screen, page and JSON show."""

import math
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from allocator.highs import SolverError
from allocator.labels import Label
from allocator.matrix import ModelError
from allocator.plan import Plan
from allocator.reasons.attribution import Attribution, attribution
from allocator.reasons.decisions import Decision, decisions
from allocator.reasons.fixed import Fixed, Unsolved, fixed
from allocator.reasons.labels import NOTES
from allocator.reasons.limits import limits
from allocator.reasons.marginals import Marginal, marginals
from allocator.reasons.prices import Price, prices
from allocator.reasons.regret import Regret
from allocator.reasons.rules import Rule, rules
from allocator.reasons.steps import Step, steps

Tell = Callable[[str], None]
"""Is told what is under way."""


@dataclass(frozen=True)
class Optimum:
    """The plan with its whole numbers kept and all else at its best: where prices are read."""

    objective: float
    """By replay, in the sense of the instance's goal."""
    gain: float
    """Share of the plan's objective by which it is better."""
    solves: int
    seconds: float


@dataclass(frozen=True, eq=False)
class Explanation:
    """Why a plan is as it is.

    Attributes:
        plan: what is explained.
        attribution: where its GMV came from.
        decisions: those worth most.
        optimum: None where the linear program has no answer; ``note`` says why.
        prices, marginals, rules, steps: empty without an optimum.
        regrets: levers banned, where that was asked for.
        complete: whether nothing was left out for lack of time.
    """

    plan: Plan
    attribution: Attribution
    decisions: tuple[Decision, ...]
    optimum: Optimum | None = None
    note: Label | None = None
    prices: tuple[Price, ...] = ()
    marginals: tuple[Marginal, ...] = ()
    rules: tuple[Rule, ...] = ()
    steps: tuple[Step, ...] = ()
    regrets: tuple[Regret, ...] = ()
    complete: bool = True


def explain(
    plan: Plan,
    *,
    time_limit: float | None = 120.0,
    threads: int = 2,
    progress: Tell | None = None,
    stop: threading.Event | None = None,
) -> Explanation:
    """Explain a plan: replays, then one linear program solved again with limits moved.

    Args:
        plan: a verified plan.
        time_limit: seconds after which prices are no longer checked; None for no limit.
        threads: 2 or more to solve two linear programs at a time, once the first is solved.
        progress: is told what is under way.
        stop: set by anyone who wants the end with what there is.

    Raises:
        ValueError: there is no plan.
    """
    tell: Tell = progress or (lambda _: None)
    began = time.monotonic()
    deadline = math.inf if time_limit is None else began + time_limit
    tell("origins")
    origins = attribution(plan)
    tell("linear program")
    assert plan.decisions is not None
    # One engine solves the program; the other core replays what is undone meanwhile.
    with ThreadPoolExecutor(1) as beside:
        beside.submit(lambda: origins.shapley)
        replayed = beside.submit(decisions, plan)
        if threads < 2:
            replayed.result()
        try:
            program: Fixed | Exception = fixed(
                plan.instance, plan.decisions, deadline=deadline, stop=stop, threads=threads
            )
        except (Unsolved, ModelError, SolverError) as error:
            program = error
        found = Explanation(plan, origins, replayed.result())
    if isinstance(program, Exception):
        note = _note(program, deadline, stop)
        return replace(found, note=note, complete=False)
    return _priced(found, program, tell, began)


def _note(error: Exception, deadline: float, stop: threading.Event | None) -> Label:
    """Why the linear program has no answer."""
    if stop is not None and stop.is_set():
        return NOTES["stopped"]
    if time.monotonic() >= deadline:
        return NOTES["time"]
    said = NOTES["solver"]
    return Label(*(text.format(message=error) for text in said))


def _priced(found: Explanation, program: Fixed, tell: Tell, began: float) -> Explanation:
    plan = found.plan
    best = program.replayed(program.base)
    if best is None or plan.objective is None or plan.replay is None:
        return replace(found, note=NOTES["replay"], complete=False)
    returns = marginals(program, plan.replay, found.attribution)
    program.lighten()
    # The budget first: its price is what all others are held against.
    tell("budget")
    budget = next(iter(limits(program, plan.replay)), None)
    tenths: tuple[Step, ...] = ()
    if budget is not None and budget.resource == "budget":
        tenths = steps(program, budget, best)
    tell("rules")
    binding = rules(program)
    tell("prices")
    priced = prices(program, plan.replay, tenths, tell)
    sign = -1.0 if plan.instance.objective.goal == "cost" else 1.0
    size = abs(plan.objective) or abs(best.objective) or 1.0
    gain = sign * (best.objective - plan.objective) / size
    seconds = time.monotonic() - began
    return replace(
        found,
        optimum=Optimum(best.objective, gain, program.all_solves, seconds),
        prices=priced,
        marginals=returns,
        rules=binding,
        steps=tenths,
        complete=all(one.checked for one in priced) and not program.halted(),
    )
