"""Pulses of a lever in the next month: what they cost and the regret that their lesson saves.

For every draw the weeks with the pulse are played and measured as the history was, with the same
errors and shocks. The lesson's value is what the choices of the next quarter gain from it, beyond
what the same weeks would teach without a pulse (an expected value of sample information by
regression, with the levels chosen out of sample).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from allocator.experiments.choice import Choice, choice, chosen, saved
from allocator.experiments.levers import Lever, levers_of
from allocator.experiments.worth import Judge, judge
from allocator.fit.figures import Today
from allocator.fit.history import Array
from allocator.fit.posterior import Posterior
from fact_models.ensemble import Controls, run
from fact_models.spec.instance import Instance

SIZES = (0.0, 0.5, 1.5, 2.0)
"""Levels of a pulse relative to today's."""
LENGTHS = (1, 2, 4)
"""Weeks of a pulse."""
WATCHED = 6
"""Weeks that are measured: the month and what echoes after it."""
PRICED = 100
"""Draws from which the cost of a pulse is taken: a mean of differences in the same draws."""

STANDS_OUT = 3.0
"""Standard errors beyond which a saving is no chance: dozens of trials are looked at."""


@dataclass(frozen=True)
class Pulse:
    """A trial.

    Attributes:
        lever: the lever.
        factor: its level in the pulse relative to today's.
        weeks: length.
        cost: objective that it costs, money at its price; negative where the pulse pays.
        saves: expected regret saved in the next quarter.
        error: standard error of ``saves``, from the number of draws.
    """

    lever: Lever
    factor: float
    weeks: int
    cost: float
    saves: float
    error: float

    @property
    def net(self) -> float:
        """What the lesson is worth beyond its cost; that a pulse pays by itself is no lesson."""
        return self.saves - max(self.cost, 0.0)

    @property
    def teaches(self) -> bool:
        """Whether what it saves stands out from chance."""
        return self.saves > STANDS_OUT * self.error


@dataclass(frozen=True)
class Experiments:
    """All trials and the choices they serve.

    Attributes:
        choices: a lever each.
        pulses: those that teach first, the most valuable first; then those that save most.
        after: levels that are chosen after the first of them: of each choice, the share of draws
            by level.
        asked: how levels were judged.
    """

    choices: list[Choice]
    pulses: list[Pulse]
    after: list[list[float]]
    asked: Judge


class _Trials:
    """Plays pulses with one set of errors and shocks, so that two of them differ by the pulse."""

    def __init__(self, now: Today, post: Posterior, seed: int) -> None:
        self.now, self.post, self.seed = now, post, seed
        self.ahead = now.weeks_ahead(WATCHED)

    def pulsed(self, lever: Lever, factor: float, weeks: int) -> Array:
        """What is measured [n,feature] with a lever at a factor of its level for some weeks."""
        factors = np.where(np.arange(WATCHED) < weeks, factor, 1.0)
        return self.played(lever.set(self.now, self.ahead, factors), weeks)

    def played(self, controls: Controls, pulse: int) -> Array:
        """What is measured [n,feature]: the weeks of the pulse, the weeks after it."""
        now, rng = self.now, np.random.default_rng(self.seed)
        shape = (WATCHED, now.rates.count, now.weeks.followers.size)
        shocks = self.post.shock * rng.standard_normal(shape)
        course = run(now.weeks.known, now.weeks.accounts, now.rates, controls, now.start, shocks)
        errors, found = self.post.errors, []
        for flow, kind in (("orders", "orders"), ("recommended", "visits"), ("paid", "visits")):
            values = getattr(course, flow)
            scatter = np.sqrt(errors[kind] ** 2 + 1 / (1 + values))
            read = values * np.exp(scatter * rng.standard_normal(values.shape))
            by_week = read.sum(axis=(2, 3))
            found += [by_week[:pulse].sum(axis=0), by_week[pulse:].sum(axis=0)]
        people = course.followers[WATCHED].sum(axis=1)
        found.append(people * np.exp(errors["followers"] * rng.standard_normal(people.shape)))
        if "creator_orders" in now.weeks.seen.there:
            sold = course.creator_orders
            scatter = np.sqrt(errors["creators"] ** 2 + 1 / (1 + sold))
            by_week = (sold * np.exp(scatter * rng.standard_normal(sold.shape))).sum(axis=2)
            found += [by_week[:pulse].sum(axis=0), by_week[pulse:].sum(axis=0)]
        return np.asarray(np.log1p(np.stack(found, axis=1)))


def experiments(
    now: Today,
    post: Posterior,
    draws: Sequence[Instance],
    seed: int,
    progress: Callable[[str], None] | None = None,
) -> Experiments:
    """Weigh every pulse of every lever.

    Args:
        now: draws with the states at the end of the history.
        post: the posterior, for the errors of what will be measured.
        draws: the instance of every draw of ``now``.
        seed: of the errors and shocks to come.
        progress: is told which lever is weighed.
    """
    say, levers = progress or (lambda _: None), levers_of(now)
    say("today")
    asked = judge(now, draws, levers)
    base = asked.today()
    choices = []
    for lever in levers:
        say(f"levels of {lever.name}")
        choices.append(choice(lever, asked, base))
    trials = _Trials(now, post, seed)
    plain = {weeks: trials.played(trials.ahead, weeks) for weeks in LENGTHS}
    without = {
        weeks: np.sum([heeded(saved(made, lesson)) for made in choices], axis=0)
        for weeks, lesson in plain.items()
    }
    pulses = []
    for lever in levers:
        say(f"pulses of {lever.name}")
        sizes = [x for x in SIZES if x * lever.level <= lever.limit * (1 + 1e-9)]
        for factor, weeks in product(sizes, LENGTHS):
            lesson = trials.pulsed(lever, factor, weeks)
            gain = np.sum([saved(made, lesson) for made in choices], axis=0) - without[weeks]
            worth = asked.of(lever, np.full(min(weeks, _periods(asked)), factor), PRICED)
            pulses.append(
                Pulse(
                    lever=lever,
                    factor=factor,
                    weeks=weeks,
                    cost=float((base[: worth.size] - worth).mean()),
                    saves=float(gain.mean()),
                    error=float(gain.std() / np.sqrt(gain.size)),
                )
            )
    pulses.sort(key=lambda p: (not p.teaches, -(p.net if p.teaches else p.saves)))
    return Experiments(choices, pulses, _after(trials, choices, pulses), asked)


def heeded(gain: Array) -> Array:
    """What a lesson brings [n] to who does not heed it where it misleads on average: else a trial
    would be credited with that harm, and could save more than there is to lose."""
    return gain if gain.mean() > 0 else np.zeros_like(gain)


def _periods(asked: Judge) -> int:
    return int(asked.base.boost_spend.shape[1])


def _after(trials: _Trials, choices: list[Choice], pulses: list[Pulse]) -> list[list[float]]:
    """Share of draws by level of each choice after the first pulse."""
    if not pulses:
        return []
    lesson = trials.pulsed(pulses[0].lever, pulses[0].factor, pulses[0].weeks)
    return [
        [float(np.mean(taken == n)) for n in range(len(made.factors))]
        for made, taken in ((made, chosen(made, lesson)) for made in choices)
    ]
