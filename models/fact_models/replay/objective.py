"""Objective in plain numpy (OB)."""

import numpy as np

from fact_models.replay.course import Course
from fact_models.replay.money import Ledger


def terminal_value(w: Course) -> float:
    """(OB.2) Worth of what is left at the end of the horizon."""
    worth, goal = w.known.terminal, w.known.instance.objective
    if goal.goal == "cost" or not goal.terminal:
        return 0.0
    left = (
        np.sum(worth.traffic * w.traffic[..., -1])
        + worth.followers @ w.followers[:, -1]
        + worth.customers @ w.customers[:, -1]
        + worth.interest @ w.interest[:, -1]
        + worth.pool @ w.pool[:, -1]
    )
    return float(left * (1 + goal.discount_rate) ** -w.known.ids.periods)


def value(w: Course, book: Ledger) -> float:
    """(OB.1), (OB.4) Discounted goal of the horizon; discounted spend for the goal ``cost``."""
    goal = w.known.instance.objective
    flow = {
        "gmv": book.total_gmv(),
        "net_gmv": book.net_gmv,
        "profit": book.contribution,
        "cost": book.total_spend(),
    }[goal.goal]
    return float(flow @ (1 + goal.discount_rate) ** -np.arange(flow.size, dtype=np.float64))
