"""The tree over the strategic choices, kept when it ends and taken up again under other limits.

Its leaves together hold every plan, whatever the limits are. Under new ones each leaf has a bound
from what is known of it; only those whose bound is above what the best plan needs are solved
again, from their old bases, and split further where that does not settle them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from allocator.branching import Branching, Node
from allocator.choosing import Fixes
from allocator.highs import Basis, Indices, Outcome, Status
from allocator.matrix import Matrix
from allocator.relaxation import Relaxation
from allocator.reoptimizing.lines import Cap, Leaf, Line, Prices, Sides


@dataclass
class Regrowing(Branching):
    """A tree that starts from leaves, and leaves some.

    Args:
        rows, columns: of the program, whose sides and bounds can move.
        wide: the program without limits.
        before: leaves to start from; none to start from the root.
    """

    rows: Indices = field(kw_only=True)
    columns: Indices = field(kw_only=True)
    wide: Matrix = field(kw_only=True)
    before: Sequence[Leaf] = ()
    shut: list[Leaf] = field(default_factory=list)
    """Leaves that no better plan lies in."""
    exact: bool = False
    """Whether relaxations are solved to the end even if they cannot beat the best plan."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.today = Sides.of(self.matrix, self.rows, self.columns)
        self.place = {int(n): at for at, n in enumerate(self.columns)}

    def starting(self, root: Outcome | None) -> Sequence[Node]:
        """The leaves that are not settled, solved under the limits of today."""
        if root is not None:
            return super().starting(root)
        self.exact = True
        found = self._solved_anew()
        self.exact = False
        return found

    def _solved_anew(self) -> list[Node]:
        found: list[Node] = []
        for leaf in sorted(self.before, key=lambda one: -one.at(self.today, self.place)):
            bound = leaf.at(self.today, self.place)
            if bound <= self.cutoff():
                self.settled = max(self.settled, bound)
                self.shut.append(leaf)
                continue
            stale = replace(
                leaf.node,
                bound=bound,
                fixes=leaf.placed(self.matrix),
                prices=Prices(leaf.lines, leaf.caps),
            )
            solved = None if self.halted() else self.evaluate([stale.fixes], stale)
            if solved is None:
                found.append(stale)
            elif solved[0] is not None:
                found.append(solved[0])
        return found

    def priced(self, outcome: Outcome, fixes: Fixes, before: Prices | None) -> Prices:
        """The multipliers of a node's optimum in front of those known before."""
        sides = self.today.fixed(self.place, {})
        lower, upper = sides.lower.copy(), sides.upper.copy()
        for n, (low, high) in fixes.items():
            lower[self.place[n]], upper[self.place[n]] = low, high
        sides = replace(sides, lower=lower, upper=upper)
        return (before or Prices()).with_line(Line.of(outcome, sides, self.rows, self.columns))

    def settle(self, fixes: Fixes, parent: Node, outcome: Outcome, cutoff: float) -> None:
        """What is settled is kept as a leaf."""
        # Without a cutoff the solver says infeasible only where there is no point at all.
        empty = outcome.status is Status.INFEASIBLE and (self.exact or not math.isfinite(cutoff))
        proved = -math.inf if empty else min(cutoff, parent.bound, outcome.bound)
        self.settled = max(self.settled, proved)
        node = parent
        if outcome.status is Status.OPTIMAL:
            node = replace(parent, prices=self.priced(outcome, fixes, parent.prices))
        cap = Cap(proved, self.today)
        self.shut.append(Leaf.of(node, fixes, self.matrix, self.wide, cap))

    def solve_one(
        self, relaxation: Relaxation, fixes: Fixes, basis: Basis, cutoff: float
    ) -> tuple[Outcome, Basis | None]:
        """Without a cutoff while leaves are solved anew: their multipliers serve other limits."""
        return super().solve_one(relaxation, fixes, basis, -math.inf if self.exact else cutoff)

    def leaves(self) -> list[Leaf]:
        """All leaves of the tree that has ended."""
        rest = [Leaf.of(node, node.fixes, self.matrix, self.wide) for node in self.rest]
        return [*self.shut, *rest]
