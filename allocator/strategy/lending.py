"""Plans and bounds that cases owe each other.

A merchant who may do more can keep the plan of one who may do less, and the bound of the first
holds for the second. Every plan that moves is replayed and verified where it goes.
"""

import math
from dataclasses import replace
from typing import Any

from allocator.plan import Plan, bound_holds, relative_gap
from allocator.strategy.carrying import carried
from allocator.strategy.cases import Answer, Case, looser_than
from fact_models.verify import verify


class Ledger:
    """Cases with their answers, all of one goal.

    Attributes:
        sign: 1 where more of the objective is better, -1 for the goal ``cost``.
        gap: relative gap at which a case is certified.
        cases, answers: by key.
    """

    def __init__(self, sign: float, gap: float) -> None:
        self.sign, self.gap = sign, gap
        self.cases: dict[str, Case] = {}
        self.answers: dict[str, Answer] = {}

    def by_others(self, case: Case) -> Plan | None:
        """The best plan of others that is one here, with the least bound of others."""
        looser = looser_than(case.key, self.cases)
        tighter = {k for k in self.cases if case.key in looser_than(k, self.cases)}
        bounds = [self.answers[k].interval.bound for k in looser if k in self.answers]
        bound = min(bounds, default=math.inf)
        best: Plan | None = None
        for key in looser | tighter:
            other = self.answers.get(key)
            if other is None or not other.planned or not math.isfinite(bound):
                continue
            plan = self.moved(other, case, bound)
            if plan is not None and self.better(plan, best):
                best = plan
        return best

    def share(self) -> None:
        """Offer every plan and every bound where it holds, until nothing improves."""
        improved = True
        while improved:
            improved = False
            for key in list(self.answers):
                for other in looser_than(key, self.cases):
                    if other in self.answers:
                        improved |= self.lend(key, other) | self.lend(other, key)
                        improved |= self.limit(key, other)

    def lend(self, giver: str, taker: str) -> bool:
        """Put the plan of one case in the place of another's, where it is a better one."""
        one, other = self.answers[giver], self.answers[taker]
        if not one.planned or one.interval.value <= other.interval.value + _hair(one):
            return False
        plan = self.moved(one, other.case, other.interval.bound)
        if plan is None or not self.better(plan, other.plan):
            return False
        self.answers[taker] = replace(other, plan=plan)
        return True

    def limit(self, tight: str, loose: str) -> bool:
        """Take over the bound of a case that allows every plan of ``tight``."""
        one, bound = self.answers[tight], self.answers[loose].interval.bound
        if not one.planned or bound >= one.interval.bound - _hair(one):
            return False
        value = one.interval.value
        self.checked(value, bound)
        bound = max(bound, value)
        told = replace(
            one.plan, bound=self.sign * bound, gap=relative_gap(value, bound),
            status=self.status(value, bound, one.plan),
        )  # fmt: skip
        self.answers[tight] = replace(one, plan=told)
        return True

    def moved(self, answer: Answer, case: Case, bound: float) -> Plan | None:
        """The plan of another case as one of this, replayed and verified; None if it is none."""
        source = answer.plan
        assert source.decisions is not None
        decisions = carried(source.decisions, answer.case.instance, case.instance)
        check = verify(case.instance, decisions)
        if not check.ok:
            return None
        value = self.sign * check.objective
        self.checked(value, bound)
        bound = max(bound, value)
        return Plan.of(
            case.instance, self.status(value, bound, source), decisions, self.sign * bound,
            max_violation=check.max_violation,
        )  # fmt: skip

    def checked(self, value: float, bound: float) -> None:
        """Refuse a bound that a verified plan passes.

        Raises:
            RuntimeError: it does.
        """
        if not bound_holds("gmv", value, bound):
            raise RuntimeError(f"a verified plan is worth {value}, but {bound} was proved")

    def status(self, value: float, bound: float, source: Plan) -> Any:
        """``optimal`` within the gap, else that of where the plan comes from."""
        if relative_gap(value, bound) <= self.gap:
            return "optimal"
        return source.status if source.status != "optimal" else "feasible_limit"

    def better(self, one: Plan, other: Plan | None) -> bool:
        """Whether a plan is the better one."""
        assert one.objective is not None
        if other is None or other.objective is None:
            return True
        return self.sign * (one.objective - other.objective) > 0


def _hair(answer: Answer) -> float:
    return 1e-9 * max(abs(answer.interval.value), 1.0)
