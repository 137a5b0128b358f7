"""Pulses of a lever in the next month: what they cost and the regret that their lesson saves.

For every draw the weeks with the pulse are played and measured as the history was, with the same
errors and shocks. The lesson's value is what the choices of the next quarter gain from it, beyond
what the same weeks would teach without a pulse (an expected value of sample information by
regression, with the levels chosen out of sample).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from allocator.experiments.choice import COUNTED, Choice, choice, saved
from allocator.experiments.levers import Lever, Margins, levers_of, margins
from allocator.fit.figures import Today
from allocator.fit.history import Array
from allocator.fit.posterior import Posterior
from fact_models.ensemble import Controls, run

SIZES = (0.0, 0.5, 1.5, 2.0)
"""Levels of a pulse relative to today's."""
LENGTHS = (1, 2, 4)
"""Weeks of a pulse."""
WATCHED = 6
"""Weeks that are measured: the month and what echoes after it."""


STANDS_OUT = 3.0
"""Standard errors beyond which a saving is no chance: dozens of trials are looked at."""


@dataclass(frozen=True)
class Pulse:
    """A trial.

    Attributes:
        lever: the lever.
        factor: its level in the pulse relative to today's.
        weeks: length.
        cost: contribution of half a year that it costs; negative where the pulse pays.
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
    """All trials, those that teach first, the most valuable first; the choices they serve."""

    choices: list[Choice]
    pulses: list[Pulse]


class _Trials:
    """Plays pulses with one set of errors and shocks, so that two of them differ by the pulse."""

    def __init__(self, now: Today, post: Posterior, money: Margins, seed: int) -> None:
        self.now, self.post, self.money, self.seed = now, post, money, seed
        self.ahead = now.weeks_ahead(COUNTED)

    def played(self, controls: Controls, pulse: int) -> tuple[Array, Array]:
        """Margin of the weeks [n], and what is measured [n,feature]."""
        now, rng = self.now, np.random.default_rng(self.seed)
        shape = (COUNTED, now.rates.count, now.weeks.followers.size)
        shocks = self.post.shock * rng.standard_normal(shape)
        course = run(now.weeks.known, now.weeks.accounts, now.rates, controls, now.start, shocks)
        errors, found = self.post.errors, []
        for flow, kind in (("orders", "orders"), ("recommended", "visits"), ("paid", "visits")):
            values = getattr(course, flow)[:WATCHED]
            scatter = np.sqrt(errors[kind] ** 2 + 1 / (1 + values))
            read = values * np.exp(scatter * rng.standard_normal(values.shape))
            by_week = read.sum(axis=(2, 3))
            found += [by_week[:pulse].sum(axis=0), by_week[pulse:].sum(axis=0)]
        people = course.followers[WATCHED].sum(axis=1)
        found.append(people * np.exp(errors["followers"] * rng.standard_normal(people.shape)))
        return self.money.of(course).sum(axis=0), np.log1p(np.stack(found, axis=1))


def experiments(
    now: Today, post: Posterior, seed: int, progress: Callable[[str], None] | None = None
) -> Experiments:
    """Weigh every pulse of every lever.

    Args:
        now: draws with the states at the end of the history.
        post: the posterior, for the errors of what will be measured.
        seed: of the errors and shocks to come.
        progress: is told which lever is weighed.
    """
    say = progress or (lambda _: None)
    money, levers = margins(now), levers_of(now)
    say("choices of the next quarter")
    choices = [choice(now, lever, money) for lever in levers]
    trials = _Trials(now, post, money, seed)
    plain = {weeks: trials.played(trials.ahead, weeks) for weeks in LENGTHS}
    without = {
        weeks: np.sum([saved(made, lesson) for made in choices], axis=0)
        for weeks, (_, lesson) in plain.items()
    }
    pulses = []
    for lever in levers:
        say(lever.name)
        for factor in SIZES:
            if factor * lever.level > lever.limit * (1 + 1e-9):
                continue
            for weeks in LENGTHS:
                changes = np.where(np.arange(COUNTED) < weeks, factor, 1.0)
                changed, cost = lever.set(now, trials.ahead, changes)
                margin, lesson = trials.played(changed, weeks)
                gain = np.sum([saved(made, lesson) for made in choices], axis=0) - without[weeks]
                pulses.append(
                    Pulse(
                        lever=lever,
                        factor=factor,
                        weeks=weeks,
                        cost=cost - float((margin - plain[weeks][0]).mean()),
                        saves=float(gain.mean()),
                        error=float(gain.std() / np.sqrt(gain.size)),
                    )
                )
    return Experiments(choices, sorted(pulses, key=lambda p: (not p.teaches, -p.net)))
