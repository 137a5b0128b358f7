"""Instances around an optimum that was chosen first."""

import numpy as np
import pytest

from allocator.solve import solve
from fact_models.spec.instance import Instance
from tests.allocator.tiny import built, deal, interval
from tests.models.worlds import Tree
from tests.nets.tiers import seeds

TOLERANCE = 3e-6


def crooked(rng: np.random.Generator) -> Tree:
    """A conversion with arbitrary digits and a price that leaves a visit worth 10."""
    conversion = float(rng.uniform(0.02, 0.12))
    return {
        "snowball": {"segments": {"young": {"conversion": conversion}}},
        "goods": {"lines": {"basic": {"price": 10 / conversion}}},
    }


def planted_deals(rng: np.random.Generator) -> tuple[Instance, float]:
    """Deals that bring 100 yuan a yuan of fee, those planted 101, and a budget of just their
    fees: no choice can earn more than 101 on every yuan. Two periods sell 1000 each without.
    """
    fees = rng.uniform(10, 99, 8)
    chosen = rng.random(8) < 0.5
    chosen[0] = True
    deals = {
        f"deal{n}": deal(float(fee * (101.0 if mine else 100.0)), float(fee))
        for n, (fee, mine) in enumerate(zip(fees, chosen, strict=True))
    }
    budget = float(fees[chosen].sum())
    world = built(
        calendar={"periods": 2}, kol={"deals": deals}, money={"budget": budget}, **crooked(rng)
    )
    return world, 2000 + 101 * budget


def planted_spend(rng: np.random.Generator) -> tuple[Instance, float]:
    """Boosts a ln(1 + x / h) with the same slope at the planted spends: a = slope (h + x).

    A concave sum is largest under a budget where all slopes are equal and the budget is used up,
    so the planted spends, whose sum the budget is, are best; a visit is worth 10.
    """
    spends, halves = rng.uniform(20, 300, 4), rng.uniform(50, 400, 4)
    scales = 0.05 * (halves + spends)
    boosts = {
        f"boost{n}": {
            "curve": {"kind": "log", "scale": float(a), "half": float(h)},
            "spend_max": 1000.0,
            "mix": {"young": 1.0},
        }
        for n, (a, h) in enumerate(zip(scales, halves, strict=True))
    }
    world = built(
        calendar={"periods": 1},
        field={"boosts": boosts},
        money={"budget": float(spends.sum())},
        **crooked(rng),
    )
    return world, 1000 + 10 * float(np.sum(scales * np.log1p(spends / halves)))


def planted_hire(rng: np.random.Generator) -> tuple[Instance, float]:
    """One host of 4 hours and a room that takes 10 visits an hour, worth 10 each, of which 100
    come: a second host from period 2 earns 400 a period and costs a wage, so over T periods it is
    worth (T - 1)(400 - wage) - hire_cost, planted above or below 0. Goal profit.
    """
    periods, wage = int(rng.integers(3, 7)), float(rng.uniform(100, 390))
    gain = (periods - 1) * (400 - wage)
    cost = float(max(gain + rng.choice([-1.0, 1.0]) * rng.uniform(20, 400), 0.0))
    role = {"heads": 1, "wage": wage, "hours": 4.0, "hires_max": 1, "hires_total": 1}
    room = {"reception": {"rate": 10.0}, "crew": {"host": 1.0}, "current_hours": 4.0}
    world = built(
        calendar={"periods": periods},
        field={"accounts": {"main": room}},
        staff={"roles": {"host": {**role, "hire_lead": 1, "hire_cost": cost}}},
        objective={"goal": "profit"},
        **crooked(rng),
    )
    return world, periods * (400 - wage) + max(gain - cost, 0.0)


def planted_package(rng: np.random.Generator) -> tuple[Instance, float]:
    """A campaign in period 2 of three lifts the 10 orders of 100 by its uplift at its discount;
    of two packages the better of (uplift - 1 or not at all) is best, fees being free of a budget.
    """
    packages = {
        f"p{n}": {
            "fee": float(rng.uniform(0, 500)),
            "uplift": float(rng.uniform(0.9, 2.0)),
            "discount": float(rng.uniform(0, 0.3)),
        }
        for n in range(3)
    }
    campaign = {"first": 2, "last": 2, "packages": packages}
    world = built(
        calendar={"periods": 3},
        campaign={"campaigns": {"spring": campaign}},
        objective={"goal": "profit"},
        **crooked(rng),
    )
    gains = [1000 * p["uplift"] * (1 - p["discount"]) - 1000 - p["fee"] for p in packages.values()]
    return world, 3000 + max(0.0, *gains)


KINDS = (planted_deals, planted_spend, planted_hire, planted_package)


@pytest.mark.parametrize("seed", seeds(8, 200))
def test_the_planted_optimum_is_found(seed: int) -> None:
    """Objective and bound meet at the planted value."""
    world, optimum = KINDS[seed % len(KINDS)](np.random.default_rng([seed, 77]))
    plan = solve(world, gap=1e-7, time_limit=None)
    assert interval(plan) == pytest.approx((optimum, optimum), rel=TOLERANCE)
