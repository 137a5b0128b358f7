"""What a search over an allocation returns, in internal units."""

from dataclasses import dataclass

from fact_models.allocation.stack import Vector


@dataclass(frozen=True, eq=False)
class Found:
    """The best allocation that a search found.

    Attributes:
        x: (n,) spend of the cells, raised until a row is full; None where there is none.
        prices: (m,) worth of one more unit on the side of every row.
        bound: no allocation is worth more; -inf if there is none at all.
        nodes: nodes of the tree.
        stopped: whether time ran out.
    """

    x: Vector | None
    prices: Vector
    bound: float
    nodes: int = 0
    stopped: bool = False
