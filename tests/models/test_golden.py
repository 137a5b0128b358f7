"""The rows of every mechanism on two periods, compared with stored text.

A change of an equation shows up here as a change of a few lines that a reader can check against
models/MODEL.md.
Run this file as a module (``python -m tests.models.test_golden``) to store the text anew after a
change that was meant.
"""

import io
import math
import re
from functools import cache
from itertools import zip_longest
from pathlib import Path
from typing import Any

import pyomo.environ as pyo
import pytest
from pyomo.repn import generate_standard_repn
from pyomo.repn.plugins.lp_writer import LPWriter

from fact_models.program import Program, build
from fact_models.spec.instance import Instance
from fact_models.terms import Term
from tests.models.worlds import tiny_world

HERE = Path(__file__).parent / "golden"
BLOCKS = {
    "field": ("FI",),
    "alliance": ("AL",),
    "campaign": (),
    "modes": ("CA",),
    "split": (),
    "kol": (),
    "snowball": ("SN",),
    "goods": (),
    "staff": (),
    "money": (),
    "objective": (),
    "field.reception.s_shape": ("RC",),
}
"""Blocks, and the equations of the concave terms that belong to them."""
NUMBER = re.compile(r"(?<![\w.])[+-]?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?!\w)")
"""A number that is not part of a name."""


def world() -> Instance:
    """Two periods, one segment, one of each thing and two where a choice is made."""
    return tiny_world(
        calendar={"periods": 2},
        season=[{"first": 2, "last": 2, "traffic": 1.5, "conversion": 1.25, "boost_cost": 2.0}],
        snowball={
            "segments": {
                "young": {
                    "pool": 1000.0,
                    "followers": 100.0,
                    "customers": 50.0,
                    "awareness": 3.0,
                    "interest": 30.0,
                    "conversion_well": 0.15,
                    "conversion_interested": 0.3,
                    "follower_factor": 2.0,
                    "calibration_gain": 0.05,
                    "calibration_scale": 0.5,
                    "persistence": 0.4,
                    "persistence_served": 0.2,
                    "traffic_per_order": 3.0,
                    "traffic_per_contact": 7.0,
                    "traffic_per_follower": 0.11,
                    "traffic_per_awareness": 1.3,
                    "contact_per_visit": 0.02,
                    "contact_per_order": 0.3,
                    "unfollow": 0.01,
                    "return_rate": 0.25,
                    "new_customer_share": 0.6,
                    "customer_churn": 0.1,
                    "repeat_rate": 0.07,
                }
            },
            "awareness_retention": 0.7,
            "alliance_spill": 0.17,
            "interest": {
                "decay": 0.2,
                "per_boost_visit": 0.05,
                "per_creator_visit": 0.03,
                "per_kol_visit": 0.01,
                "per_awareness": 0.5,
                "harvest_max": 0.5,
                "dip_share": 0.5,
            },
            "shelf": {"per_follower": 0.013, "per_awareness": 0.19, "per_content_order": 0.23},
        },
        goods={
            "lines": {
                "basic": {
                    "unit_cost": 40.0,
                    "refund_pre": 0.1,
                    "refund_post": 0.2,
                    "writeoff": 0.5,
                    "shipping": 4.0,
                    "insurance": 1.0,
                    "handling": 3.0,
                    "share_min": {"field": 0.3},
                    "share_max": {"field": 0.8},
                },
                "deluxe": {
                    "price": 200.0,
                    "unit_cost": 70.0,
                    "conversion_factor": 0.5,
                    "stock": {"opening": 90.0, "lead": 1, "purchase_max": 100.0, "lot": 25.0},
                },
            }
        },
        field={
            "accounts": {
                "main": {
                    "saturation": {"young": 400.0},
                    "ceiling": {"young": 300.0},
                    "share": 0.9,
                    "fixed_cost": 11.0,
                    "hours_min": 2.0,
                    "reception": {
                        "kind": "hill",
                        "scale": 500.0,
                        "half": 5.0,
                        "slope": 3.0,
                        "rate": None,
                    },
                    "crew": {"host": 1.0},
                    "quality": {
                        "curve": {"kind": "exponential", "scale": 60.0, "rate_scale": 4.0},
                        "hours_max": 8.0,
                        "crew": {"host": 0.5},
                    },
                },
                "second": {
                    "type": "persona",
                    "open": False,
                    "opening_cost": 31.0,
                    "opening_lead": 1,
                    "cold_start": {"young": 17.0},
                    "saturation": {"young": 200.0},
                    "ceiling": {"young": 150.0},
                    "share": 0.1,
                    "conversion_factor": 0.9,
                    "hours_max": 6.0,
                    "reception": {"kind": "log", "scale": 80.0, "half": 2.0},
                },
            },
            "accounts_max": 2,
            "boosts": {
                "feed": {
                    "curve": {"kind": "log", "scale": 3.0, "half": 2.0},
                    "per_content": True,
                    "spend_max": 90.0,
                    "mix": {"young": 1.0},
                    "conversion_factor": 0.8,
                    "crew": {"host": 0.01},
                }
            },
            "content": {
                "stock": 6.0,
                "decay": 0.3,
                "made_max": 5.0,
                "crew": {"host": 2.0},
                "bought_max": 4.0,
                "price": 13.0,
            },
            "discounts": {
                "list": {"depth": 0.0, "uplift": 1.0},
                "ten": {"depth": 0.1, "uplift": 1.2},
            },
            "overlap": {"young": {"kind": "exponential", "scale": 900.0, "rate_scale": 900.0}},
        },
        alliance={
            "tiers": {
                "small": {
                    "pool": 8.0,
                    "visits": {"kind": "power", "scale": 20.0, "exponent": 0.8},
                    "mix": {"young": 1.0},
                    "conversion": {"young": 0.04},
                    "discount": 0.05,
                    "offers": {
                        "base": {
                            "commission": 0.15,
                            "service_fee": 0.02,
                            "churn": 0.1,
                            "supply": 20.0,
                            "activation": 0.2,
                        },
                        "high": {
                            "commission": 0.25,
                            "churn": 0.05,
                            "supply": 30.0,
                            "activation": 0.3,
                            "effort": 1.2,
                        },
                    },
                    "current_offer": "base",
                    "current_samples": 5.0,
                    "samples_max": 9.0,
                    "sample_cost": 21.0,
                    "lead": 1,
                    "crew_sample": {"bd": 0.3},
                    "crew_upkeep": {"bd": 0.2},
                    "attraction": 0.06,
                    "awareness_pull": 0.07,
                    "contact_per_visit": 0.008,
                    "contact_per_order": 0.09,
                }
            },
            "contract_periods": 1,
        },
        campaign={
            "campaigns": {
                "spring": {
                    "first": "2026-01-12",
                    "last": "2026-01-15",
                    "packages": {
                        "lite": {"fee": 50.0, "discount": 0.05},
                        "full": {
                            "fee": 200.0,
                            "discount": 0.15,
                            "uplift": 1.6,
                            "visits": {"young": 35.0},
                            "crew": {"host": 7.0},
                            "awareness": {"young": 4.0},
                            "stock_floor": {"deluxe": 20.0},
                        },
                    },
                    "pre_dip": {"factor": 0.9, "periods": 1},
                },
                "rival": {
                    "first": 2,
                    "last": 2,
                    "packages": {"lite": {"fee": 80.0}},
                    "conflicts": ["spring"],
                },
            }
        },
        kol={
            "deals": {
                "star": {
                    "fee": 300.0,
                    "deposit_share": 0.4,
                    "lead": 1,
                    "first": 1,
                    "last": 2,
                    "commission": 0.2,
                    "discount": 0.2,
                    "refund_pre_add": 0.05,
                    "refund_post_add": 0.1,
                    "gmv": {"p10": 1000.0, "p50": 2000.0, "p90": 4000.0},
                    "acceptance": 0.8,
                    "mix": {"young": 1.0},
                    "lines": {"basic": 0.6, "deluxe": 0.4},
                    "visits_per_order": 40.0,
                    "own_visits": {"young": 20.0},
                    "awareness": {"young": 5.0},
                    "contact_per_visit": 0.01,
                    "contact_per_order": 0.1,
                    "crew": {"bd": 3.0},
                    "stock_floor": {"deluxe": 15.0},
                },
                "rising": {
                    "fee": 70.0,
                    "lead": 0,
                    "first": 1,
                    "last": 2,
                    "commission": 0.15,
                    "gmv": {"p10": 100.0, "p50": 200.0, "p90": 300.0},
                    "mix": {"young": 1.0},
                    "lines": {"basic": 1.0},
                    "visits_per_order": 30.0,
                    "exclusive_with": ["star"],
                },
            },
            "spacing": 2,
        },
        staff={
            "roles": {
                "host": {
                    "heads": 2,
                    "wage": 400.0,
                    "hours": 40.0,
                    "hires_max": 1,
                    "hires_total": 1,
                    "hire_lead": 0,
                    "hire_cost": 90.0,
                    "ramp": [0.5],
                    "attrition": 0.1,
                    "leaves_max": 1,
                    "severance": 60.0,
                    "heads_max": 3.0,
                    "overtime_share": 0.2,
                    "covers": {"bd": 0.8},
                },
                "bd": {
                    "heads": 1,
                    "wage": 300.0,
                    "hours": 30.0,
                    "outsource_max": 10.0,
                    "outsource_price": 12.0,
                },
            },
            "order_hours": {"bd": 0.02},
        },
        money={
            "budget": 9000.0,
            "budget_per_period": 5000.0,
            "levers": {"field": {"min": 10.0, "max": 4000.0, "share_min": 0.05, "share_max": 0.9}},
            "locked": [{"lever": "kol", "period": 1, "spend": 0.0}],
            "platform_fee": 0.05,
            "tax_other": 0.03,
            "overhead": 30.0,
            "settlement": [0.25, 0.75],
            "cash": {
                "opening": 5000.0,
                "floor": 100.0,
                "credit": 800.0,
                "interest": 0.004,
                "receivables": [200.0],
            },
            "profit_floor": -8000.0,
            "roi_floor": 0.1,
        },
        objective={"discount_rate": 0.25, "terminal": True, "terminal_periods": 2},
    )


@cache
def program() -> Program:
    """The program of ``world``."""
    return build(world())


def text_of(name: str) -> str:
    """Rows of a block as an LP file, its concave terms below."""
    block: Any = program().model
    for part in name.split("."):
        block = getattr(block, part)
    out = io.StringIO()
    LPWriter().write(block, out, symbolic_solver_labels=True)
    lines = [line for line in out.getvalue().splitlines() if line]
    terms = [term for term in program().terms if term.number[:2] in BLOCKS[name]]
    return "\n".join([*lines, *(f"\\ {_told(term)}" for term in terms)]) + "\n"


def _told(term: Term) -> str:
    index = ",".join(map(str, term.index))
    parts = ", ".join(f"{name} = {_affine(getattr(term, name))}" for name in ("y", "x", "s"))
    return f"({term.number})[{index}]: y <= s phi(x / s), {parts}, phi = {term.phi!r}"


def _affine(expression: Any) -> str:
    found = generate_standard_repn(expression, quadratic=False)
    parts = [f"{float(found.constant):.10g}"] if found.constant or not found.linear_vars else []
    parts += [
        f"{float(c):+.10g} {v.name}"
        for c, v in zip(found.linear_coefs, found.linear_vars, strict=True)
    ]
    return " ".join(parts)


@pytest.mark.parametrize("name", BLOCKS)
def test_rows_are_the_stored_ones(name: str) -> None:
    """Every row, bound and concave term of the block reads as it was stored."""
    stored = (HERE / f"{name}.lp").read_text(encoding="utf-8")
    assert _differing(text_of(name), stored) == []


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("+1.500000000001 x(a_1)\n<= 3.0\n", True),
        ("+1.50000001 x(a_1)\n<= 3.0\n", False),
        ("+1.5 x(a_2)\n<= 3.0\n", False),
        ("-1.5 x(a_1)\n<= 3.0\n", False),
        ("+1.5 x(a_1)\n>= 3.0\n", False),
        ("+1.5 x(a_1)\n", False),
        ("+1.5 x(a_1)\n<= 3.0\n<= 3.0\n", False),
    ],
)
def test_rows_differ_by_more_than_rounding(text: str, same: bool) -> None:
    """Only the last digits of a number may be others: processors round powers differently."""
    assert (_differing(text, "+1.5 x(a_1)\n<= 3.0\n") == []) is same


def _differing(text: str, stored: str) -> list[tuple[str, str]]:
    """Lines that do not say the same, beside those stored."""
    pairs = zip_longest(text.splitlines(), stored.splitlines(), fillvalue="")
    return [(a, b) for a, b in pairs if a != b and not _alike(a, b)]


def _alike(a: str, b: str) -> bool:
    """Whether two lines differ by the rounding of their numbers alone."""
    ours, theirs = (NUMBER.findall(line) for line in (a, b))
    return NUMBER.sub("#", a) == NUMBER.sub("#", b) and all(
        math.isclose(float(x), float(y), rel_tol=1e-9) for x, y in zip(ours, theirs, strict=True)
    )


def test_nothing_is_left_out() -> None:
    """The stored blocks hold every row and every concave term of the program."""
    stored = {name: (HERE / f"{name}.lp").read_text(encoding="utf-8") for name in BLOCKS}
    # The block of the S-shaped curves lies within that of the field.
    outer = "".join(text for name, text in stored.items() if "." not in name)
    rows = set(re.findall(r"^[cr]_[a-z]_(.+)_:$", outer, re.MULTILINE))
    parts = list(program().model.component_data_objects(pyo.Constraint))
    assert len(rows) == len(parts)
    assert "".join(stored.values()).count("\\ (") == len(program().terms)


if __name__ == "__main__":
    for each in BLOCKS:
        (HERE / f"{each}.lp").write_text(text_of(each), encoding="utf-8")
