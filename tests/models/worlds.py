"""Small instances for tests: one that holds a single mechanism at a time, one that holds all."""

from copy import deepcopy
from typing import Any

from fact_models.decisions import Decisions
from fact_models.replay import status_quo
from fact_models.spec.instance import Instance

Tree = dict[str, Any]


def merged(base: Tree, changes: Tree) -> Tree:
    """``base`` with ``changes`` laid over it, record by record; None takes a key out."""
    tree = deepcopy(base)
    for key, value in changes.items():
        if value is None:
            tree.pop(key, None)
        elif isinstance(value, dict) and isinstance(tree.get(key), dict):
            tree[key] = merged(tree[key], value)
        else:
            tree[key] = deepcopy(value)
    return tree


TINY: Tree = {
    "name": "tiny",
    "calendar": {"start": "2026-01-05", "periods": 5},
    "snowball": {
        "segments": {
            "young": {
                "pool": 1e6,
                "followers": 0.0,
                "conversion": 0.1,
                "persistence": 1.0,
                "contact_per_visit": 0.0,
                "unfollow": 0.0,
            }
        }
    },
    "goods": {"lines": {"basic": {"price": 100.0, "unit_cost": 0.0}}},
    "field": {
        "accounts": {
            "main": {
                "type": "flagship",
                "traffic": {"young": 100.0},
                "saturation": {"young": 1e12},
                "ceiling": {"young": 1e12},
                "hours_max": 10.0,
                "reception": {"kind": "linear", "rate": 1e6},
                "current_hours": 10.0,
            }
        }
    },
    "objective": {"terminal": False},
}
"""One segment, one account: 100 visits a period that stay as they are, 10 orders of 100."""


def tiny_tree(**changes: Any) -> Tree:
    """The tree of ``tiny_world``."""
    return merged(TINY, changes)


def tiny_world(**changes: Any) -> Instance:
    """``TINY`` with changes by record, such as ``snowball={"segments": {"young": {...}}}``."""
    return Instance.model_validate(tiny_tree(**changes))


FULL: Tree = {
    "name": "full",
    "calendar": {"start": "2026-01-05", "periods": 6},
    "merchant": {"score": 90.0, "new_until": 1},
    "season": [
        {"first": 2, "last": 3, "traffic": 1.2, "conversion": 1.1, "boost_cost": 1.5},
        {"first": "2026-02-02", "last": "2026-02-04", "segments": ["mature"], "traffic": 0.8},
    ],
    "snowball": {
        "segments": {
            "young": {
                "pool": 50000.0,
                "followers": 4000.0,
                "customers": 500.0,
                "awareness": 10.0,
                "interest": 800.0,
                "conversion": 0.02,
                "conversion_well": 0.03,
                "conversion_interested": 0.05,
                "follower_factor": 1.3,
                "calibration_gain": 0.01,
                "calibration_scale": 1.0,
                "persistence": 0.4,
                "persistence_served": 0.3,
                "traffic_per_order": 4.0,
                "traffic_per_contact": 2.0,
                "traffic_per_follower": 0.05,
                "traffic_per_awareness": 1.0,
                "contact_per_visit": 0.02,
                "contact_per_order": 0.2,
                "unfollow": 0.02,
                "return_rate": 0.1,
                "new_customer_share": 0.5,
                "customer_churn": 0.1,
                "repeat_rate": 0.05,
                "lookalike": {"mature": 0.5},
            },
            "mature": {
                "pool": 30000.0,
                "followers": 2000.0,
                "customers": 300.0,
                "interest": 300.0,
                "conversion": 0.03,
                "conversion_interested": 0.06,
                "calibration_gain": 0.005,
                "persistence": 0.5,
                "persistence_served": 0.2,
                "traffic_per_order": 3.0,
                "traffic_per_contact": 1.0,
                "traffic_per_follower": 0.02,
                "contact_per_visit": 0.01,
                "contact_per_order": 0.1,
                "unfollow": 0.03,
                "return_rate": 0.2,
                "new_customer_share": 0.6,
                "customer_churn": 0.08,
                "repeat_rate": 0.06,
            },
        },
        "awareness_retention": 0.7,
        "alliance_spill": 0.2,
        "interest": {
            "decay": 0.2,
            "per_boost_visit": 0.05,
            "per_creator_visit": 0.02,
            "per_kol_visit": 0.01,
            "per_awareness": 0.5,
            "harvest_max": 0.5,
            "dip_share": 0.25,
        },
        "shelf": {"per_follower": 0.002, "per_awareness": 0.1, "per_content_order": 0.1},
    },
    "goods": {
        "lines": {
            "basic": {
                "price": 100.0,
                "unit_cost": 40.0,
                "refund_pre": 0.1,
                "refund_post": 0.15,
                "writeoff": 0.3,
                "shipping": 4.0,
                "insurance": 1.0,
                "handling": 3.0,
                "share_min": {"field": 0.3, "alliance": 0.2},
                "share_max": {"field": 0.8, "shelf": 0.7},
            },
            "deluxe": {
                "price": 250.0,
                "unit_cost": 90.0,
                "refund_pre": 0.05,
                "refund_post": 0.1,
                "shipping": 8.0,
                "conversion_factor": 0.6,
                "stock": {
                    "opening": 900.0,
                    "lead": 1,
                    "purchase_max": 1000.0,
                    "lot": 50.0,
                },
            },
        }
    },
    "field": {
        "accounts": {
            "main": {
                "type": "flagship",
                "fixed_cost": 500.0,
                "traffic": {"young": 6000.0, "mature": 3000.0},
                "cold_start": {"young": 100.0},
                "saturation": {"young": 20000.0, "mature": 9000.0},
                "ceiling": {"young": 15000.0, "mature": 8000.0},
                "share": 0.7,
                "hours_min": 4.0,
                "hours_max": 40.0,
                "reception": {"kind": "hill", "scale": 30000.0, "half": 20.0, "slope": 1.5},
                "slots": {
                    "day": {"hours_max": 25.0},
                    "prime": {"hours_max": 15.0, "factor": 1.4},
                },
                "crew": {"host": 1.0, "control": 1.0},
                "quality": {
                    "curve": {"kind": "exponential", "scale": 6000.0, "rate_scale": 15.0},
                    "hours_max": 30.0,
                    "crew": {"host": 0.5, "video": 0.2},
                },
                "current_hours": 24.0,
            },
            "second": {
                "type": "persona",
                "open": False,
                "opening_cost": 3000.0,
                "opening_lead": 1,
                "opening_first": 2,
                "fixed_cost": 300.0,
                "cold_start": {"young": 500.0, "mature": 200.0},
                "saturation": {"young": 8000.0, "mature": 4000.0},
                "ceiling": {"young": 6000.0, "mature": 3000.0},
                "share": 0.3,
                "conversion_factor": 0.9,
                "hours_max": 30.0,
                "reception": {"kind": "log", "scale": 5000.0, "half": 10.0},
                "crew": {"host": 1.0},
            },
        },
        "accounts_max": 2,
        "boosts": {
            "feed": {
                "curve": {"kind": "log", "scale": 30.0, "half": 20.0},
                "per_content": True,
                "spend_max": 8000.0,
                "mix": {"young": 0.6, "mature": 0.4},
                "conversion_factor": 0.9,
                "crew": {"video": 0.001},
                "current_spend": 2000.0,
            }
        },
        "content": {
            "stock": 60.0,
            "decay": 0.3,
            "made_max": 30.0,
            "crew": {"video": 2.0},
            "bought_max": 10.0,
            "price": 200.0,
            "current_made": 18.0,
        },
        "discounts": {
            "list": {"depth": 0.0, "uplift": 1.0},
            "ten": {"depth": 0.1, "uplift": 1.15},
        },
        "overlap": {"young": {"kind": "exponential", "scale": 20000.0, "rate_scale": 20000.0}},
    },
    "alliance": {
        "tiers": {
            "small": {
                "pool": 80.0,
                "visits": {"kind": "power", "scale": 200.0, "exponent": 0.8},
                "mix": {"young": 0.7, "mature": 0.3},
                "conversion": {"young": 0.015, "mature": 0.02},
                "discount": 0.05,
                "offers": {
                    "base": {
                        "commission": 0.15,
                        "service_fee": 0.02,
                        "churn": 0.1,
                        "supply": 200.0,
                        "activation": 0.2,
                    },
                    "high": {
                        "commission": 0.25,
                        "churn": 0.05,
                        "supply": 300.0,
                        "activation": 0.3,
                        "effort": 1.2,
                    },
                },
                "current_offer": "base",
                "current_samples": 30.0,
                "samples_max": 100.0,
                "sample_cost": 20.0,
                "lead": 1,
                "crew_sample": {"bd": 0.2},
                "crew_upkeep": {"bd": 0.1},
                "attraction": 0.02,
                "awareness_pull": 0.05,
                "contact_per_visit": 0.005,
                "contact_per_order": 0.05,
            },
            "middle": {
                "pool": 10.0,
                "visits": {"kind": "exponential", "scale": 20000.0, "rate_scale": 30.0},
                "mix": {"young": 0.5, "mature": 0.5},
                "conversion": {"young": 0.01, "mature": 0.015},
                "offers": {
                    "base": {
                        "commission": 0.2,
                        "churn": 0.08,
                        "supply": 40.0,
                        "activation": 0.05,
                    },
                    "high": {
                        "commission": 0.3,
                        "churn": 0.04,
                        "supply": 60.0,
                        "activation": 0.1,
                    },
                },
                "current_offer": "base",
                "current_samples": 10.0,
                "samples_max": 40.0,
                "sample_cost": 30.0,
                "lead": 2,
                "crew_upkeep": {"bd": 0.5},
            },
        },
        "contract_periods": 3,
    },
    "campaign": {
        "campaigns": {
            "spring": {
                "first": "2026-01-21",
                "last": "2026-01-29",
                "signup_by": 2,
                "packages": {
                    "lite": {"fee": 500.0, "discount": 0.05, "uplift": 1.2},
                    "full": {
                        "fee": 2000.0,
                        "discount": 0.15,
                        "uplift": 1.6,
                        "visits": {"young": 3000.0, "mature": 1000.0},
                        "crew": {"control": 10.0},
                        "awareness": {"young": 20.0},
                        "stock_floor": {"deluxe": 200.0},
                    },
                },
                "min_score": 80.0,
                "pre_dip": {"factor": 0.9, "periods": 1},
                "post_dip": {"factor": 0.8, "periods": 1},
            },
            "summer": {
                "first": 6,
                "last": 6,
                "packages": {"lite": {"fee": 800.0, "discount": 0.1, "uplift": 1.3}},
                "open_to_new": False,
            },
        },
        "separation": 1,
    },
    "kol": {
        "deals": {
            "star": {
                "fee": 20000.0,
                "deposit_share": 0.4,
                "lead": 1,
                "first": 2,
                "last": 5,
                "commission": 0.2,
                "discount": 0.2,
                "refund_pre_add": 0.05,
                "refund_post_add": 0.1,
                "gmv": {"p10": 20000.0, "p50": 60000.0, "p90": 150000.0},
                "guarantee": {"roi": 2.0, "returned": 0.9, "pro_rata": True, "after": 1},
                "acceptance": 0.8,
                "mix": {"young": 0.8, "mature": 0.2},
                "lines": {"basic": 0.6, "deluxe": 0.4},
                "visits_per_order": 40.0,
                "own_visits": {"young": 2000.0},
                "awareness": {"young": 50.0, "mature": 10.0},
                "contact_per_visit": 0.01,
                "contact_per_order": 0.1,
                "crew": {"bd": 20.0},
                "stock_floor": {"deluxe": 150.0},
            },
            "rising": {
                "fee": 5000.0,
                "lead": 0,
                "first": 1,
                "last": 6,
                "commission": 0.15,
                "gmv": {"p10": 8000.0, "p50": 15000.0, "p90": 25000.0},
                "mix": {"young": 0.5, "mature": 0.5},
                "lines": {"basic": 1.0},
                "visits_per_order": 30.0,
                "exclusive_with": ["star"],
            },
        },
        "spacing": 2,
    },
    "staff": {
        "roles": {
            "host": {
                "heads": 4,
                "wage": 2000.0,
                "hours": 40.0,
                "hires_max": 3,
                "hires_total": 4,
                "hire_lead": 1,
                "hire_cost": 1500.0,
                "ramp": [0.5, 0.8],
                "attrition": 0.05,
                "leaves_max": 2,
                "severance": 1000.0,
                "heads_min": 1.0,
                "heads_max": 8.0,
                "overtime_share": 0.2,
                "covers": {"control": 0.8},
            },
            "control": {"heads": 3, "wage": 1500.0, "hours": 40.0, "overtime_share": 0.2},
            "video": {"heads": 3, "wage": 1800.0, "hours": 40.0, "hires_max": 2},
            "bd": {
                "heads": 4,
                "wage": 1600.0,
                "hours": 40.0,
                "outsource_max": 60.0,
                "outsource_price": 70.0,
            },
        },
        "hire_every": 2,
        "order_hours": {"control": 0.02},
    },
    "money": {
        "budget": 900000.0,
        "budget_per_period": 250000.0,
        "levers": {
            "field": {"min": 1000.0, "max": 400000.0, "share_min": 0.05, "share_max": 0.9},
            "alliance": {"max": 400000.0},
        },
        "locked": [{"lever": "kol", "period": 1, "spend": 0.0}],
        "platform_fee": 0.05,
        "tax_other": 0.03,
        "overhead": 3000.0,
        "settlement": [0.3, 0.5, 0.2],
        "cash": {
            "opening": 100000.0,
            "floor": 10000.0,
            "credit": 80000.0,
            "interest": 0.004,
            "receivables": [20000.0, 10000.0],
        },
        "profit_floor": -800000.0,
        "roi_floor": 0.1,
    },
    "objective": {"discount_rate": 0.002, "terminal_periods": 8},
}
"""Every mechanism once, six periods."""


def full_tree(**changes: Any) -> Tree:
    """The tree of ``full_world``."""
    return merged(FULL, changes)


def full_world(**changes: Any) -> Instance:
    """``FULL`` with changes by record."""
    return Instance.model_validate(full_tree(**changes))


def rich_controls(instance: Instance) -> Decisions:
    """Controls of ``full_world`` that use every mechanism and, played greedily, keep every rule.

    An opening, a package, a KOL deal, a change of offer, a hire, cover, overtime, purchases.
    """
    d = status_quo(instance)
    d.start[1, 1] = 1
    d.hours[1, 0, 2:] = 10.0
    d.boost_spend[0, 2:] = 3000.0
    d.content_bought[1:3] = 5.0
    d.discount[:, 5] = [0, 1]
    d.offer[0:2, 3:] = [[0], [1]]
    d.samples[0:2, 3:] = [[0], [40]]
    d.package[1] = 1
    d.deal[0, 4] = 1
    d.purchase[1, :] = 150.0
    d.hires[0, 0] = 1
    d.overtime[1, :] = 10.0
    d.outsourced[3, 4] = 20.0
    d.cover[0, 1, :] = 20.0
    return d
