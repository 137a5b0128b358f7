"""Baselines are made: sketched, made to keep the rules, replayed, verified."""

import math
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import replace

from allocator.baselines.record import KEYS, Baseline, Baselines, Key
from allocator.compare import spend_of
from allocator.finding import Found, Progress
from allocator.labels import Label, label
from allocator.plan import Plan
from allocator.rule_words import broken_words
from allocator.solve import solve
from allocator.variants import sketches
from allocator.variants.desk import Desk, controls_of, fitted
from allocator.variants.myopic import myopic
from allocator.variants.sketches import NO_TIME, Ground, Sketch, ground, moved
from fact_models.decisions import Decisions
from fact_models.replay import funnel, replay
from fact_models.spec.instance import Instance
from fact_models.verify import verify

FUNNEL_GAP = 0.02
"""Relative gap of the funnel's plan, which is only something to be weighed against."""
UNBOUNDED = math.inf
UNFIT = Label("it cannot be made to keep every rule", "无法调整到满足全部规则")


def baselines(
    plan: Plan,
    *,
    only: Iterable[Key] | None = None,
    time_limit: float | None = 60.0,
    threads: int = 1,
    seed: int = 0,
    progress: Callable[[Progress], None] | None = None,
    stop: threading.Event | None = None,
) -> Baselines:
    """Plan the merchant of ``plan`` in simpler ways.

    Each baseline fixes what its rule says (a split of the money, hours and spend, campaigns and
    deals) and takes the best of what is left open, so it is never made worse than it must be.

    Args:
        plan: a plan with decisions.
        only: baselines to try; all that the instance has if not given.
        time_limit: seconds for every baseline.
        threads: threads of the solver.
        seed: of the solver's random choices.
        progress: called with the baseline that is being made as the phase.
        stop: an event that ends it with the baselines found by then.

    Raises:
        ValueError: there is no plan, or a baseline is unknown or not in the file.
    """
    if plan.decisions is None:
        raise ValueError(f"{plan.name} has no plan ({plan.status})")
    keys = tuple(KEYS if only is None else only)
    _refuse(plan.instance, keys if only is not None else ())
    maker = Maker(plan, time_limit, threads, seed, progress, stop)
    found: list[Baseline] = []
    for key in (k for k in KEYS if k in keys and not _missing(plan.instance, k)):
        if stop is not None and stop.is_set():
            return Baselines(plan, tuple(found), stopped=True)
        found.append(maker.make(key))
    return Baselines(plan, tuple(found))


def _refuse(instance: Instance, keys: Iterable[Key]) -> None:
    for key in keys:
        if key not in KEYS:
            raise ValueError(f"unknown baseline {key!r}; there are {', '.join(KEYS)}")
        if _missing(instance, key):
            raise ValueError(f"the file has no {key}, so there is no such baseline")


def _missing(instance: Instance, key: Key) -> bool:
    """Whether a baseline needs what the file does not hold."""
    if key == "current":
        return instance.current is None
    if key == "last_year":
        return not instance.last_year
    if key == "myopic":
        return instance.objective.goal == "cost"
    return key == "funnel" and instance.snowball.model == "funnel"


class Maker:
    """Makes the baselines of one plan at one desk."""

    def __init__(
        self,
        plan: Plan,
        time_limit: float | None,
        threads: int,
        seed: int,
        progress: Callable[[Progress], None] | None,
        stop: threading.Event | None,
    ) -> None:
        self.plan, self.instance = plan, plan.instance
        self.limit, self.threads, self.seed = time_limit, threads, seed
        self.progress, self.stop = progress, stop
        self.began = time.monotonic()
        self.desk = Desk(plan.instance, 0.0, math.inf, seed=seed, stop=stop)
        self.picked: Sketch | None = None
        self.ground: Ground | None = None

    def make(self, key: Key) -> Baseline:
        """One baseline."""
        clock = time.monotonic()
        self.tell(key)
        self.desk.deadline = math.inf if self.limit is None else clock + self.limit
        if self.ground is None:
            self.desk.load()
            self.ground = ground(self.desk, self.desk.facts, spend_of(self.plan))
        sketch = self.sketch(key, self.ground)
        made = None if sketch.fault else self.fitted(key, sketch)
        seconds = time.monotonic() - clock
        if made is None:
            return Baseline(key, None, seconds=seconds, reason=sketch.fault or self.why(sketch))
        plan = Plan.of(
            self.instance, "feasible_limit", made.decisions, UNBOUNDED,
            max_violation=made.check.max_violation, runtime={"total": seconds},
        )  # fmt: skip
        apart = moved(self.desk, sketch, made.decisions, made.replay.spend)
        return Baseline(key, plan, apart, seconds)

    def tell(self, key: str) -> None:
        """Say what is being made."""
        if self.progress:
            seconds = time.monotonic() - self.began
            self.progress(Progress(seconds, key, math.nan, math.nan, math.inf))

    def sketch(self, key: Key, g: Ground) -> Sketch:
        """What a baseline wants."""
        if key == "funnel":
            return self.of_funnel()
        if key in ("roi", "myopic") and self.picked is None:
            self.picked = sketches.roi(g)
        if key == "myopic":
            assert self.picked is not None
            return myopic(g, self.picked.decisions)
        if key == "roi":
            assert self.picked is not None
            return self.picked
        simple: dict[str, Callable[[Ground], Sketch]] = {
            "today": sketches.today,
            "even": sketches.even,
            "last_year": sketches.last_year,
            "current": sketches.current,
        }
        return simple[key](g)

    def of_funnel(self) -> Sketch:
        """The best plan of a world without feedback."""

        def told(state: Progress) -> None:
            if self.progress:
                self.progress(replace(state, phase=f"funnel: {state.phase}"))

        other = solve(
            funnel(self.instance),
            gap=FUNNEL_GAP,
            time_limit=self.limit,
            threads=self.threads,
            seed=self.seed,
            progress=told,
            stop=self.stop,
        )
        if other.decisions is None:
            words = other.message or other.status.replace("_", " ")
            ending = label("status", other.status, "zh")
            fault = Label(f"the funnel has no plan: {words}", f"漏斗没有可行方案：{ending}")
            return Sketch(self.desk_today(), fault=fault)
        if self.limit is not None:
            self.desk.deadline = time.monotonic() + self.limit
        return Sketch(other.decisions, controls_of(self.desk, other.decisions))

    def desk_today(self) -> Decisions:
        """Today's way of going on."""
        assert self.ground is not None
        return self.ground.today

    def fitted(self, key: Key, sketch: Sketch) -> Found | None:
        """The sketch made to keep the rules: the better of two, with its own team and with one
        that may hire. Today's way stays as it is where it keeps them.
        """
        if key == "today":
            as_it_is = self.desk.verified(sketch.decisions, {}, self.desk.arrays.matrix.cost)
            if as_it_is is not None:
                return as_it_is
        size = abs(self.plan.objective or 1.0)
        return fitted(self.desk, sketch.decisions, sketch.wanted, size)

    def why(self, sketch: Sketch) -> Label:
        """Why a sketch could not be made to keep the rules."""
        if self.desk.halted():
            return NO_TIME
        states = replay(self.instance, sketch.decisions, accept="greedy", known=self.desk.facts)
        check = verify(self.instance, states.decisions, known=self.desk.facts)
        if not check.violations:
            return UNFIT
        rule = broken_words(check.violations[0])
        return Label(
            f"{UNFIT.en}; as it stands it breaks {rule.en}", f"{UNFIT.zh}；照原样会违反 {rule.zh}"
        )
