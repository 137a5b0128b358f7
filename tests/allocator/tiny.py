"""Small instances for solves: seconds together, optima that can be enumerated or worked out by
hand.
"""

from typing import Any

import numpy as np

from allocator.plan import Plan
from fact_models.spec.instance import Instance
from tests.models.worlds import Tree, merged, tiny_tree


def built(**changes: Any) -> Instance:
    """The tiny world with changes by record."""
    return Instance.model_validate(tiny_tree(**changes))


def boost(scale: float = 50.0, half: float = 200.0, **changes: Any) -> Tree:
    """A paid channel of up to 1000 a period: scale ln(1 + spend / half) visits."""
    record = {
        "curve": {"kind": "log", "scale": scale, "half": half},
        "spend_max": 1000.0,
        "mix": {"young": 1.0},
    }
    return merged(record, changes)


def deal(gmv: float, fee: float, **changes: Any) -> Tree:
    """A KOL deal of certain outcome, signed and held in the same period."""
    record = {
        "fee": fee,
        "lead": 0,
        "first": 1,
        "last": 2,
        "commission": 0.0,
        "gmv": {"p10": gmv, "p50": gmv, "p90": gmv},
        "mix": {"young": 1.0},
        "visits_per_order": 10.0,
    }
    return merged(record, changes)


def package(fee: float, uplift: float, **changes: Any) -> Tree:
    """A package of a campaign."""
    return merged({"fee": fee, "uplift": uplift}, changes)


def four_levers(**changes: Any) -> Instance:
    """Four periods with a boost, a creator tier, a campaign, two deals, a team, money and a
    snowball.
    """
    tree: Tree = {
        "calendar": {"periods": 4},
        "snowball": {
            "segments": {
                "young": {
                    "pool": 20000.0,
                    "followers": 500.0,
                    "customers": 40.0,
                    "conversion": 0.05,
                    "calibration_gain": 0.02,
                    "persistence": 0.5,
                    "persistence_served": 0.3,
                    "traffic_per_order": 2.0,
                    "traffic_per_follower": 0.1,
                    "contact_per_visit": 0.05,
                    "unfollow": 0.02,
                    "return_rate": 0.1,
                    "new_customer_share": 0.5,
                    "customer_churn": 0.1,
                    "repeat_rate": 0.1,
                }
            }
        },
        "goods": {"lines": {"basic": {"unit_cost": 40.0, "refund_post": 0.1}}},
        "field": {
            "accounts": {
                "main": {
                    "traffic": {"young": 1000.0},
                    "saturation": {"young": 3000.0},
                    "ceiling": {"young": 2500.0},
                    "hours_max": 40.0,
                    "current_hours": 20.0,
                    "reception": {"kind": "log", "scale": 900.0, "half": 10.0, "rate": None},
                    "crew": {"host": 1.0},
                }
            },
            "boosts": {"feed": boost(300.0, 500.0, current_spend=200.0)},
        },
        "alliance": {
            "tiers": {
                "small": {
                    "pool": 10.0,
                    "visits": {"kind": "power", "scale": 40.0, "exponent": 0.8},
                    "mix": {"young": 1.0},
                    "conversion": {"young": 0.03},
                    "offers": {
                        "base": {
                            "commission": 0.2,
                            "churn": 0.1,
                            "supply": 40.0,
                            "activation": 0.2,
                        },
                        "high": {
                            "commission": 0.3,
                            "churn": 0.05,
                            "supply": 60.0,
                            "activation": 0.3,
                        },
                    },
                    "current_offer": "base",
                    "current_samples": 5.0,
                    "samples_max": 20.0,
                    "sample_cost": 30.0,
                    "lead": 1,
                }
            },
            "contract_periods": 2,
        },
        "campaign": {
            "campaigns": {
                "spring": {
                    "first": 3,
                    "last": 3,
                    "packages": {
                        "full": package(900.0, 1.6, discount=0.1, visits={"young": 300.0}),
                        "lite": package(200.0, 1.2),
                    },
                    "post_dip": {"factor": 0.9, "periods": 1},
                }
            }
        },
        "kol": {
            "deals": {
                "star": deal(9000.0, 2500.0, lead=1, first=2, last=4, commission=0.2),
                "rising": deal(3000.0, 700.0, commission=0.1, first=1, last=4),
            },
            "spacing": 2,
        },
        "staff": {
            "roles": {
                "host": {
                    "heads": 1,
                    "wage": 800.0,
                    "hours": 20.0,
                    "hires_max": 1,
                    "hire_lead": 1,
                    "hires_total": 1,
                    "hire_cost": 200.0,
                    "overtime_share": 0.2,
                }
            }
        },
        "money": {
            "budget": 12000.0,
            "overhead": 100.0,
            "settlement": [0.5, 0.5],
            "cash": {"opening": 4000.0, "receivables": [1500.0]},
        },
        "objective": {"terminal": True, "terminal_periods": 3},
    }
    return built(**merged(tree, changes))


def random_tiny(seed: int) -> Instance:
    """Three periods and at most ten binaries: a campaign, deals, an opening and a hire, drawn at
    random.
    """
    rng = np.random.default_rng(seed)

    def some(low: float, high: float) -> float:
        return float(rng.uniform(low, high))

    tree: Tree = {
        "calendar": {"periods": 3},
        "snowball": {
            "segments": {
                "young": {
                    "pool": 5000.0,
                    "followers": some(0, 900),
                    "conversion": some(0.02, 0.08),
                    "calibration_gain": some(0, 0.02),
                    "persistence": some(0.3, 0.7),
                    "persistence_served": some(0, 0.3),
                    "traffic_per_order": some(0, 4),
                    "contact_per_visit": some(0, 0.1),
                    "return_rate": some(0, 0.2),
                }
            }
        },
        "field": {
            "accounts": {
                "main": {
                    "traffic": {"young": some(200, 800)},
                    "saturation": {"young": 3000.0},
                    "ceiling": {"young": 2000.0},
                    "reception": {
                        "kind": "log",
                        "scale": some(300, 900),
                        "half": 5.0,
                        "rate": None,
                    },
                    "hours_max": 20.0,
                    "crew": {"host": 1.0},
                    "current_hours": 5.0,
                }
            },
            "boosts": {"feed": boost(some(100, 400), some(100, 400))},
        },
        "campaign": {
            "campaigns": {
                "spring": {
                    "first": 2,
                    "last": int(rng.integers(2, 4)),
                    "packages": {
                        "full": package(some(100, 900), some(1.1, 2.0), discount=some(0, 0.2)),
                        "lite": package(some(0, 200), some(1.0, 1.3)),
                    },
                    "post_dip": {"factor": 0.8, "periods": 1},
                }
            }
        },
        "kol": {
            "deals": {
                "star": deal(
                    some(2000, 9000), some(300, 3000), last=2, lead=int(rng.integers(0, 2))
                ),
                "rising": deal(some(500, 3000), some(100, 900), first=2, last=3),
            },
            "spacing": int(rng.integers(0, 3)),
        },
        "staff": {
            "roles": {
                "host": {
                    "heads": 1,
                    "wage": some(100, 500),
                    "hours": 10.0,
                    "hires_max": 1,
                    "hires_total": 1,
                    "hire_lead": 1,
                    "hire_every": None,
                    "hire_cost": some(0, 300),
                }
            },
            "hire_every": 2,
        },
        "money": {"budget": some(1500, 6000), "budget_per_period": some(1200, 3000)},
        "objective": {"terminal": bool(rng.integers(0, 2))},
    }
    del tree["staff"]["roles"]["host"]["hire_every"]
    if rng.random() < 0.5:
        tree["kol"]["deals"]["star"]["last"] = 1
        tree["kol"]["deals"]["star"]["lead"] = 0
        tree["field"]["accounts"]["second"] = {
            "type": "persona",
            "open": False,
            "opening_cost": some(50, 400),
            "opening_lead": 1,
            "cold_start": {"young": some(50, 400)},
            "saturation": {"young": 2000.0},
            "ceiling": {"young": 1500.0},
            "share": 0.0,
            "hours_max": 10.0,
            "reception": {"kind": "log", "scale": some(200, 500), "half": 5.0},
            "crew": {"host": 1.0},
        }
    if rng.random() < 0.5:
        tree["money"]["cash"] = {"opening": some(500, 3000)}
        tree["money"]["settlement"] = [0.5, 0.5]
    return built(**tree)


def interval(plan: Plan) -> tuple[float, float]:
    """Objective and bound of a verified plan of a maximisation."""
    assert plan.verified, plan.message
    assert plan.objective is not None
    assert plan.bound is not None
    return plan.objective, plan.bound


def could_be(higher: Plan, lower: Plan, tolerance: float = 1e-6) -> bool:
    """Whether the optimum of ``higher`` can be at least that of ``lower``: intervals, not numbers,
    are compared.
    """
    return interval(higher)[1] >= interval(lower)[0] * (1 - tolerance)
