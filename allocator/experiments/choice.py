"""The choice that a lesson improves: each lever's level over the next quarter.

What a level is worth differs from draw to draw. Today one level must be chosen for all draws; who
knew the draw would choose the best one for it. The difference is the regret of not knowing.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from allocator.experiments.levers import Lever
from allocator.experiments.worth import Judge
from allocator.fit.figures import QUARTER
from allocator.fit.history import Array

FOLDS = 5
RIDGE = 1e-3
"""Weight that keeps the regression defined where features go together, relative to draws."""


@dataclass(frozen=True)
class Choice:
    """A lever's levels and what they are worth.

    Attributes:
        lever: the lever.
        factors: levels relative to today's.
        worth: objective beyond that of today's level, money at its price [n,level].
    """

    lever: Lever
    factors: list[float]
    worth: Array

    @property
    def best(self) -> int:
        """The level that is best on average."""
        return int(self.worth.mean(axis=0).argmax())

    @property
    def regret(self) -> float:
        """Expected loss against who knows the draw."""
        return float((self.worth.max(axis=1) - self.worth[:, self.best]).mean())


def choice(lever: Lever, asked: Judge, base: Array) -> Choice:
    """What each level of a lever over the next quarter is worth, the others as today.

    Args:
        lever: the lever.
        asked: judges the levels.
        base: worth of today's level [n].
    """
    weeks = min(QUARTER, asked.base.boost_spend.shape[1])
    found = [
        np.zeros_like(base) if factor == 1 else asked.of(lever, np.full(weeks, factor)) - base
        for factor in lever.factors()
    ]
    return Choice(lever, lever.factors(), np.stack(found, axis=1))


def saved(made: Choice, lesson: Array) -> Array:
    """What choosing after a lesson brings beyond choosing now, by draw [n]."""
    every = np.arange(lesson.shape[0])
    return np.asarray(made.worth[every, chosen(made, lesson)] - made.worth[:, made.best])


def chosen(made: Choice, lesson: Array) -> NDArray[np.int_]:
    """The level that is chosen after a lesson, by draw [n].

    For each fold of the draws the worth of every level is regressed on what was measured in the
    other folds; the level of highest predicted worth is chosen, and counts with its true worth. So
    chance does not pass for knowledge: a useless lesson saves nothing, or less.

    Args:
        made: the choice.
        lesson: what would be measured [n,feature], a row per draw.
    """
    count = lesson.shape[0]
    centred = (lesson - lesson.mean(axis=0)) / np.maximum(lesson.std(axis=0), 1e-12)
    terms = np.concatenate([np.ones((count, 1)), centred, centred**2 - 1], axis=1)
    fold = np.arange(count) % FOLDS
    taken = np.empty(count, dtype=int)
    for k in range(FOLDS):
        rest, mine = terms[fold != k], fold == k
        gram = rest.T @ rest + RIDGE * len(rest) * np.eye(terms.shape[1])
        guess = terms[mine] @ np.linalg.solve(gram, rest.T @ made.worth[fold != k])
        taken[mine] = guess.argmax(axis=1)
    return taken
