"""The changed merchants are planned one after the other, and help each other as they come in: a
case that the plans and bounds of others certify is not solved.
"""

import math
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from allocator.compare import sign_of
from allocator.finding import Progress
from allocator.plan import Plan
from allocator.reasons.regret import banned, forced, held, used
from allocator.solve import solve
from allocator.strategy.cases import Answer, Case
from allocator.strategy.keeping import Shelf
from allocator.strategy.lending import Ledger
from allocator.strategy.matrices import (
    alone,
    candidates_of,
    last_rooms,
    most_rooms,
    rooms_of,
    unknown,
    with_candidate,
    with_rooms,
)
from allocator.strategy.pay import pay_at_which_hiring_pays
from allocator.strategy.record import Pay, Strategy
from allocator.strategy.sizes import SIZES, sized
from allocator.strategy.teams import as_it_is, freely, with_newcomers
from fact_models.spec.instance import Instance


def strategy(
    instance: Instance,
    *,
    gap: float = 0.02,
    time_limit: float | None = 120.0,
    threads: int = 1,
    seed: int = 0,
    keep: Path | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
) -> Strategy:
    """Answer the three closing questions for a merchant.

    Args:
        instance: the merchant.
        gap: relative gap of every plan.
        time_limit: seconds of every plan.
        threads: threads of the solver.
        seed: of the solver's random choices.
        keep: folder in which every plan is kept; a plan that is there is not solved again.
        progress: called as in ``solve``; the phase tells which merchant is planned.
        stop: an event that ends it with what is answered then.

    Returns:
        The answers that there are; without a plan of the merchant as it is, that one alone.
    """
    limits = {"gap": gap, "time_limit": time_limit, "threads": threads, "seed": seed}
    maker = _Maker(instance, progress, stop, Shelf(keep), limits)
    maker.run()
    return Strategy(instance, maker.answers, maker.pay, maker.copied, gap, maker.halted())


class _Maker(Ledger):
    """Cases, their answers, and the relations between them."""

    def __init__(
        self,
        instance: Instance,
        progress: Callable[[Progress], None] | None,
        stop: threading.Event | None,
        shelf: Shelf,
        limits: dict[str, Any],
    ) -> None:
        super().__init__(sign_of(instance.objective.goal), limits["gap"])
        self.instance = held(instance)
        self.progress, self.stop, self.shelf, self.limits = progress, stop, shelf, limits
        self.began = time.monotonic()
        self.pay: Pay | None = None
        self.copied = ""

    def halted(self) -> bool:
        """Whether a stop was asked for."""
        return self.stop is not None and self.stop.is_set()

    def run(self) -> None:
        """All questions, the merchant as it is first."""
        one = self.instance
        self.find(Case("base", "base", one))
        base = self.answers.get("base")
        if base is None or not base.planned:
            return
        for question in (self.levers, self.team, self.rooms, self.sizes):
            if self.halted():
                return
            for case in question():
                self.find(case)

    def team(self) -> Iterator[Case]:
        """The team as it is, hired freely, newcomers at other pays."""
        one = self.instance
        if one.staff is None:
            return
        yield Case("team.as_it_is", "team", as_it_is(one), within=("base",))
        yield Case("team.free", "team", freely(one), beyond=("base",))
        kept, free = (self.answers.get(f"team.{x}") for x in ("as_it_is", "free"))
        if not (kept and kept.planned and free and free.planned) or self.halted():
            return
        self.pay = self.bracket((kept.plan, free.plan))
        for share in (self.pay.pays, self.pay.fails) if self.pay else ():
            if share is not None:
                there = with_newcomers(one, share)
                key = f"team.pay.{share:.3g}"
                yield Case(key, "price", there, beyond=("team.as_it_is",), at=share)
                if self.pay and share == self.pay.pays and self.pay.plan:
                    self.offer(key, self.pay.plan)

    def bracket(self, plans: tuple[Plan, Plan]) -> Pay | None:
        """The pay at which hiring pays, from the choices of both plans."""
        mark = [x.objective for x in plans]
        pay = self.shelf.pay(mark)
        if pay is not None:
            return pay
        pay = pay_at_which_hiring_pays(
            self.instance,
            plans,
            each=self.limits["time_limit"] or math.inf,
            seed=self.limits["seed"],
            told=lambda share: self.tell(f"newcomers at {share:.2f} x pay"),
            stop=self.stop,
        )
        if pay is not None:
            self.shelf.keep_pay(mark, pay)
        return pay

    def levers(self) -> Iterator[Case]:
        """Each lever banned, and Alliance alone."""
        one, there = self.instance, used(self.instance)
        free = {lever: not forced(one, lever) for lever in there}
        if len(there) > 1:
            for lever in there:
                within: tuple[str, ...] = ("base",) if free[lever] else ()
                case = banned(one, lever)
                yield Case(f"without.{lever}", "lever", case, within=within, name=lever)
        if "alliance" in there:
            case = alone(one, "alliance")
            others = [lever for lever in there if lever != "alliance"]
            # People who leave make more possible: then it is no restriction of the others.
            same = case.staff == one.staff and all(free[y] for y in others)
            within = tuple(f"without.{x}" for x in others if same)
            yield Case("alliance.known", "lever", case, within=within, name="alliance")
            yield Case(
                "alliance.unknown", "lever", unknown(case), within=("alliance.known",),
                name="alliance",
            )  # fmt: skip

    def rooms(self) -> Iterator[Case]:
        """From one room to more than the file names; which candidate first."""
        one, there = self.instance, len(rooms_of(self.instance))
        candidates = candidates_of(one)
        if one.field is None or not one.field.accounts:
            return
        for count in range(1, there + 1):
            if count == most_rooms(one):
                self.same(Case(f"rooms.{count}", "room", one, at=count))
                continue
            above = (f"next.{a}" for a in candidates)
            within = tuple(above) if count == there else ()
            yield Case(f"rooms.{count}", "room", with_rooms(one, count), within, at=count)
        most = most_rooms(one)
        for a in candidates:
            file = ("base",) if most > there else ()
            only = ("base",) if [a] == candidates and most <= there + 1 else ()
            within = (f"rooms.{there + 1}", *file)
            case = with_candidate(one, a)
            yield Case(f"next.{a}", "next", case, within, beyond=only, name=a)
        self.assemble(there + 1)
        for count in range(there + 2, last_rooms(one) + 1):
            if self.halted() or not self.copied:
                return
            below = (f"rooms.{count - 1}", *(("base",) if count > most else ()))
            if count == most:
                self.same(Case(f"rooms.{count}", "room", one, beyond=below, at=count))
                continue
            case = with_rooms(one, count, self.copied)
            within = ("base",) if count < most else ()
            yield Case(f"rooms.{count}", "room", case, within, below, at=count)

    def sizes(self) -> Iterator[Case]:
        """The merchant at other sizes, from small to large."""
        for by in SIZES:
            yield Case(f"size.{by:g}", "size", sized(self.instance, by), at=by)

    def find(self, case: Case) -> None:
        """Answer a case: by what others prove, else by a solve."""
        if self.halted():
            return
        self.cases[case.key] = case
        known = self.by_others(case)
        if known is not None and (known.gap or 0.0) <= self.gap + 1e-12:
            self.answers[case.key] = Answer(case, known, solved=False)
            return

        def told(state: Progress) -> None:
            self.tell(f"{case.key}: {state.phase}", state)

        plan = self.shelf.plan(case)
        if plan is None:
            plan = solve(case.instance, progress=told, stop=self.stop, **self.limits)
            if self.halted() and plan.decisions is None:
                del self.cases[case.key]
                return
            if not self.halted():
                self.shelf.keep(case, plan)
        self.answers[case.key] = Answer(case, plan, cut=self.halted())
        self.share()

    def offer(self, key: str, plan: Plan) -> None:
        """Take a plan that was found otherwise for a case, if it is a better one."""
        answer = self.answers.get(key)
        if answer is None:
            return
        found = self.moved(Answer(answer.case, plan), answer.case, answer.interval.bound)
        if found is not None and self.better(found, answer.plan):
            self.answers[key] = replace(answer, plan=found)
            self.share()

    def same(self, case: Case) -> None:
        """A case that is the merchant as it is."""
        self.cases[case.key] = case
        self.answers[case.key] = Answer(case, self.answers["base"].plan, solved=False)

    def assemble(self, count: int) -> None:
        """One room more than today: the best candidate, and no plan beats the best of bounds."""
        found = [x for x in self.answers.values() if x.case.group == "next"]
        planned = [x for x in found if x.planned]
        if len(found) < len(candidates_of(self.instance)) or not planned:
            return
        best = max(planned, key=lambda x: x.interval.value)
        bound = max(x.interval.bound for x in found)
        self.copied = best.case.name
        there = with_rooms(self.instance, count)
        case = Case(f"rooms.{count}", "room", there, at=count, beyond=())
        plan = self.moved(best, case, bound)
        if plan is not None:
            self.cases[case.key] = case
            self.answers[case.key] = Answer(case, plan, solved=False)
            self.share()

    def tell(self, phase: str, state: Progress | None = None) -> None:
        """Report where it is."""
        if self.progress:
            known = state or Progress(0.0, "", math.nan, math.nan, math.inf)
            seconds = time.monotonic() - self.began
            self.progress(replace(known, seconds=seconds, phase=phase))
