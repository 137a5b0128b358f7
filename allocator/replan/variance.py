"""Why a week's GMV differs from the plan: parts in the order of causation that add up to it.

What a figure of the export tells is told apart; what none tells is one part, which says what it
may be. Visits and orders per visit explain the own rooms only: creators and KOL sessions are
split off before them.
"""

from dataclasses import dataclass

from allocator.replan.row import Row

CAUSES = (
    "earlier",
    "hours",
    "ad_spend",
    "deals",
    "creators",
    "views",
    "conversion",
    "price",
    "untold",
)
"""Parts of the GMV's difference, in the order of causation; ``untold`` cannot be told apart."""


@dataclass(frozen=True)
class Variance:
    """The difference of the GMV.

    Attributes:
        causes: parts by ``CAUSES``; empty where GMV was not seen.
        merged: what the part ``untold`` may be, by ``CAUSES``.
        missing: columns that would tell more of it.
    """

    causes: dict[str, float]
    merged: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


def variance(
    steps: dict[str, tuple[float, float]],
    expected: dict[str, float],
    row: Row,
    sessions: tuple[str, ...],
) -> Variance:
    """Split the GMV's difference.

    Args:
        steps: GMV before and after what a replay explains, by cause.
        expected: figures of the week with all that, and its ``sources``.
        row: what was seen.
        sessions: deals with a session in the week whose GMV was not seen.
    """
    actual = row.get("gmv")
    if actual is None:
        return Variance({})
    parts = dict.fromkeys(CAUSES, 0.0)
    parts.update({name: after - before for name, (before, after) in steps.items()})
    creators, views, orders = row.get("creator_gmv"), row.get("views"), row.get("orders")
    shared = expected["alliance"] > 0 and creators is None
    session = bool(sessions) and expected["untold"] > 0
    if creators is not None:
        parts["creators"] = creators - expected["alliance"]
    if views is not None:
        parts["views"] = expected["rooms"] * (row.ratio("views", expected["views"]) - 1)
    if orders is not None and not session:
        row.ratio("orders", expected["orders"])
        parts["price"] = _price(actual, creators, orders, shared, expected)
    rest = actual - expected["gmv"] - parts["creators"] - parts["views"] - parts["price"]
    merged = _merged(row, shared=shared, session=session)
    parts["untold" if merged else "conversion"] = rest
    missing = [n for n in ("views", "orders") if row.get(n) is None]
    missing += ["creator_gmv"] if shared else []
    missing += [f"deal:{k}" for k in sessions] if session else []
    return Variance({n: float(x) for n, x in parts.items()}, merged, tuple(missing))


def _price(
    actual: float,
    creators: float | None,
    orders: float,
    shared: bool,
    expected: dict[str, float],
) -> float:
    """What GMV per order explains, of the rooms; with the creators where those were not seen."""
    due, ordered = expected["rooms"], expected["rooms_orders"]
    sold, left = actual - expected["told"], orders - expected["told_orders"]
    if shared:
        due, ordered = due + expected["alliance"], ordered + expected["alliance_orders"]
    elif creators is not None:
        sold -= creators
        by = creators / expected["alliance"] if expected["alliance"] > 0 else 0.0
        left -= expected["alliance_orders"] * by
    return sold - due * (max(left, 0.0) / ordered if ordered > 0 else 1.0)


def _merged(row: Row, *, shared: bool, session: bool) -> tuple[str, ...]:
    """Causes that the figures of a week do not tell apart; none where orders per visit is left."""
    found = set()
    if row.get("views") is None:
        found |= {"views", *(n for n in ("hours", "ad_spend") if not _seen(row, n))}
    if row.get("orders") is None or session:
        found.add("price")
    if shared:
        found.add("creators")
    if session:
        found.add("deals")
    return tuple(n for n in CAUSES if n in found or n == "conversion") if found else ()


def _seen(row: Row, name: str) -> bool:
    return row.get(name) is not None or any(key == name for key, _ in row.items)
