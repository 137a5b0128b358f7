"""What a hedge is: first decisions, what they bring in every world, and the certificate."""

import math
from dataclasses import dataclass, field

from allocator.doubt.measures import Measure
from allocator.doubt.worlds import Worlds
from allocator.matrix import Vector
from allocator.plan import relative_gap
from fact_models.decisions import Decisions

EXPECTED = "expected figures"
"""Name of the plan for the means of all figures."""
HEDGE = "hedge"


@dataclass(frozen=True, eq=False)
class Outlook:
    """What first decisions bring.

    Attributes:
        name: whose first decisions they are: a world's, ``EXPECTED`` or ``HEDGE``.
        values: [n] best known value in every world, of the maximised objective; minus infinity
            where no plan keeps the rules any more.
        bounds: [n] proved most that they can bring there.
        decisions: of every world; None where there is none.
    """

    name: str
    values: Vector
    bounds: Vector
    decisions: tuple[Decisions | None, ...]


@dataclass(frozen=True, eq=False)
class Hedge:
    """First decisions for all worlds with their certificate.

    Attributes:
        worlds: what may come true.
        measure: what was maximised.
        outlooks: those that were tried, in the order of their names; ``HEDGE`` is the last.
        value: the measure of the hedge; ``bound`` of any hedge.
        best: [n] bounds of the worlds alone; ``alone`` [n] the best plans known there.
        regret_of: reference of a regret, mean of ``best``.
        interrupted: whether somebody ended the search.
        seconds: by stage.
        trace: seconds, phase, value and bound on the way of the extensive form.
        message: why there is no hedge; empty if there is one.
    """

    worlds: Worlds
    measure: Measure
    gap_asked: float
    outlooks: tuple[Outlook, ...]
    value: float
    bound: float
    best: Vector
    alone: Vector
    interrupted: bool = False
    seconds: dict[str, float] = field(default_factory=dict)
    trace: tuple[tuple[float, str, float, float], ...] = ()
    message: str = ""

    @property
    def hedge(self) -> Outlook | None:
        """The outlook of the hedge, if there is one."""
        found = [outlook for outlook in self.outlooks if outlook.name == HEDGE]
        return found[0] if found else None

    @property
    def gap(self) -> float:
        """Relative distance of value and bound."""
        if not (math.isfinite(self.value) and math.isfinite(self.bound)):
            return math.inf
        return relative_gap(self.value, self.bound)

    def measured(self, values: Vector) -> float:
        """The measure of values [n]."""
        return self.measure.value(values, self.worlds.probability, self.best)

    @property
    def evpi(self) -> tuple[float, float]:
        """Value of knowing the world beforehand: as far as plans tell, and at most."""
        known = self.measured(self.alone) - self.value
        return max(known, 0.0), max(self.measured(self.best) - self.value, 0.0)

    def vss(self, name: str = EXPECTED) -> tuple[float, float] | None:
        """Value of the hedge over the first decisions of another plan: what is proved, and as far
        as plans tell; infinite where those leave no plan in some world. None if not tried."""
        for outlook in self.outlooks:
            if outlook.name == name:
                sure = self.value - self.measured(outlook.bounds)
                return max(sure, 0.0), max(self.value - self.measured(outlook.values), 0.0)
        return None
