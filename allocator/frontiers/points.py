"""The frontier: what the best plan is worth under every value of one limit, with a band that holds
the truth, and where the next unit of the limit stops paying.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from allocator.compare import margin_of, sign_of, spend_of
from allocator.frontiers.sweeps import Over
from allocator.labels import Lang
from allocator.plan import Plan, of_outer_room
from fact_models.spec.instance import Instance

if TYPE_CHECKING:
    import plotly.graph_objects as go

LEVEL = 1e-3
"""Share of the best objective that counts as no gain."""


@dataclass(frozen=True)
class Point:
    """The best plan known under one value of the limit."""

    at: float
    plan: Plan
    """Its bound is the least that is proved; its status tells whether there is a plan."""
    solved: bool
    """False where the plans and bounds of other points were enough."""


@dataclass(frozen=True)
class Stop:
    """Where the next unit of the limit stops paying, within the sweep."""

    at: float
    """Value beyond which no plan found brings more than it costs."""
    first: float
    last: float
    """The gaps allow it to lie anywhere between these two values."""
    break_even: float
    """Objective that a unit must bring to pay; 0 where a unit costs nothing."""
    beyond: float
    """Most that the rest of the sweep can add to the objective; proved."""
    open_end: bool
    """Whether it still pays at the end of the sweep."""


@dataclass(frozen=True, eq=False)
class Frontier:
    """Plans under every value of a limit."""

    instance: Instance
    over: Over
    points: tuple[Point, ...]
    """By rising value of the limit."""
    own: float | None
    """The instance's own limit; None if it has none."""

    @property
    def sign(self) -> float:
        """1 where more of the objective is better, -1 for the goal ``cost``."""
        return sign_of(self.instance.objective.goal)

    @property
    def planned(self) -> tuple[Point, ...]:
        """The points with a plan."""
        return tuple(point for point in self.points if point.plan.objective is not None)

    @property
    def table(self) -> pd.DataFrame:
        """One row per point, by rising limit.

        ``rate`` is what one more unit of the limit changed the objective by since the point
        before, on average, ``rate_low`` and ``rate_high`` what the bounds allow it to be; nan
        without a plan at both. ``.attrs["units"]`` gives the units.
        """
        rows, before = [], None
        for point in self.points:
            plan = point.plan
            row: dict[str, Any] = {"at": point.at, "status": plan.status, "solved": point.solved}
            row |= {key: getattr(plan, key) for key in _FIGURES}
            row["spend"] = None if plan.replay is None else spend_of(plan)
            rows.append(row | self._rates(before, point))
            before = point
        table = pd.DataFrame(rows)
        numbers = [column for column in table.columns if _UNITS[str(column)] not in _TEXTS]
        table[numbers] = table[numbers].apply(pd.to_numeric)
        unit = "head" if self.over == "staff" else "money"
        units = {**_UNITS, "at": unit, **dict.fromkeys(_RATES, f"money/{unit}")}
        currency = self.instance.currency
        table.attrs["units"] = {
            str(c): units[str(c)].replace("money", currency) for c in table.columns
        }
        return table

    def _rates(self, before: Point | None, point: Point) -> dict[str, float | None]:
        """Change of the objective per unit since ``before``, and the least and most it can be."""
        if before is None or before.plan.objective is None or point.plan.objective is None:
            return dict.fromkeys(_RATES)
        step = point.at - before.at
        low, high = _ends_of(before), _ends_of(point)
        least, most = (high[0] - low[1]) / step, (high[1] - low[0]) / step
        # A looser limit never makes the best plan worse.
        if (self.sign > 0) != (self.over == "profit-floor"):
            least = max(least, 0.0)
        else:
            most = min(most, 0.0)
        rate = (point.plan.objective - before.plan.objective) / step
        return {"rate": rate, "rate_low": least, "rate_high": most}

    @property
    def stop(self) -> Stop | None:
        """Where the next unit stops paying; None with fewer than two plans.

        A yuan of budget must bring 1 / margin before spend per paid yuan (a net yuan with the
        goal ``net_gmv``) to pay for itself. Contribution is net of spend already, and cash,
        hires and a lower profit floor are not used up: there the next unit stops paying where the
        objective is level, to ``LEVEL`` of its value.
        """
        return _stop(self)

    def words(self, lang: Lang = "en") -> list[str]:
        """What the frontier says, in sentences."""
        found: list[str] = of_outer_room("frontiers.words", "sentences")(self, lang)
        return found

    def figure(self, lang: Lang = "en") -> "go.Figure":
        """The curve with its band; see ``allocator.frontiers.chart``."""
        found: go.Figure = of_outer_room("frontiers.chart", "curve")(self, lang)
        return found

    def to_html(self, lang: Lang = "en") -> str:
        """The page: curve, sentences and table in one file."""
        found: str = of_outer_room("frontiers.page", "page")(self, lang)
        return found

    def _repr_html_(self) -> str:
        found: str = of_outer_room("notebook", "frontier_html")(self)
        return found


def _ends_of(point: Point) -> tuple[float, float]:
    """Least and most that the best plan of a point can be worth."""
    objective = point.plan.objective or 0.0
    bound = objective if point.plan.bound is None else point.plan.bound
    return min(objective, bound), max(objective, bound)


_FIGURES = ("objective", "bound", "gap", "gmv", "net_gmv", "contribution")
_RATES = ("rate", "rate_low", "rate_high")
_TEXTS = ("text", "yes/no")
_UNITS = {
    **{"at": "money", "status": "text", "solved": "yes/no"},
    **dict.fromkeys(_FIGURES, "money"),
    **{"gap": "1", "spend": "money"},
    **dict.fromkeys(_RATES, "money"),
}


def _stop(found: Frontier) -> Stop | None:
    points = list(found.planned)
    # From the tightest to the loosest: a profit floor loosens as it falls.
    if found.over == "profit-floor":
        points.reverse()
    if len(points) < 2:
        return None
    low, high = np.sort(found.sign * np.array([_ends_of(point) for point in points])).T
    paid = np.array([abs(p.at - points[0].at) for p in points])
    price = _break_even(found, points)
    cost = np.multiply(price, paid, where=paid > 0, out=np.zeros_like(paid))
    net = low - cost
    level = LEVEL * np.abs(low).max()
    at = int(np.argmax(net >= net.max() - level))
    possible = np.flatnonzero(high - cost >= net.max() - level)
    return Stop(
        at=points[at].at,
        first=points[possible[0]].at,
        last=points[possible[-1]].at,
        break_even=price,
        beyond=float(max(high[-1] - low[at], 0.0)),
        open_end=at == len(points) - 1,
    )


def _break_even(found: Frontier, points: list[Point]) -> float:
    """Objective that one more yuan of budget must bring to pay for itself, at the median of the
    plans' margin before spend per yuan of the objective's kind.
    """
    goal = found.instance.objective.goal
    if found.over != "budget" or goal not in ("gmv", "net_gmv"):
        return 0.0
    shares = []
    for point in points:
        plan = point.plan
        sold = plan.gmv if goal == "gmv" else plan.net_gmv
        if sold:
            shares.append(margin_of(plan) / sold)
    share = float(np.median(shares)) if shares else 0.0
    return 1 / share if share > 0 else math.inf
