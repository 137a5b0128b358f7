"""The program and the replay state the same laws: a plan is possible in one exactly if it is in
the other.

A plan is replayed, its states and decisions are put into the variables of the Pyomo model, and
every row, bound and
concave term is evaluated. So the dual bound of the program holds for every plan that the verifier
passes.
"""

from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pyomo.repn import generate_standard_repn

from fact_models.decisions import INTEGER, Decisions
from fact_models.replay import Replay, funnel, replay, status_quo
from fact_models.replay.forward import VOLUMES
from fact_models.spec.instance import Instance
from fact_models.verify import verify
from tests.models.controls import random_controls
from tests.models.point import Model, point
from tests.models.worlds import full_world, rich_controls, tiny_world

CASH: dict[str, Any] = {"cash": {"opening": 500000.0}}
BALANCES = (
    "field.content_balance",
    "alliance.pool_balance",
    "snowball.follower_balance",
    "snowball.customer_balance",
    "snowball.interest_balance",
    "snowball.awareness_balance",
)
"""Rows of states that the program writes with <=."""


ALIKE: dict[str, Any] = {
    "conversion_well": None,
    "conversion_interested": None,
    "calibration_gain": 0.0,
    "follower_factor": 1.0,
}


def _accounts(**changes: Any) -> dict[str, Any]:
    return {"field": {"accounts": changes}}


def _s_curve(scale: float, half: float) -> dict[str, Any]:
    return {"kind": "hill", "scale": scale, "half": half, "slope": 3.0}


WORLDS: dict[str, dict[str, Any]] = {
    "full": {},
    "no season": {"season": None},
    "opened at once": _accounts(second={"opening_lead": 0, "opening_first": 1}),
    "dead slot": _accounts(main={"slots": {"prime": {"factor": 0.0}}}),
    "more traffic than the ceiling": _accounts(main={"traffic": {"young": 60000.0}}),
    "S-shaped boost": {
        "field": {"boosts": {"feed": {"per_content": False, "curve": _s_curve(3000.0, 3000.0)}}}
    },
    "S-shaped room to be opened": _accounts(second={"reception": _s_curve(9000.0, 12.0)}),
    "no boost": {"field": {"boosts": {"feed": {"spend_max": 0.0, "current_spend": 0.0}}}},
    "no S-shaped boost": {
        "field": {
            "boosts": {
                "feed": {
                    "spend_max": 0.0,
                    "current_spend": 0.0,
                    "per_content": False,
                    "curve": _s_curve(3000.0, 3000.0),
                }
            }
        }
    },
    "all visits convert alike, at crooked rates": {
        "snowball": {
            "segments": {
                "young": {"conversion": 0.021, **ALIKE},
                "mature": {"conversion": 0.0301, **ALIKE},
            }
        },
        "field": {"boosts": {"feed": {"conversion_factor": 1.0}}},
    },
    "no skilled hours": _accounts(main={"quality": {"hours_max": 0.0}}),
    "no content": {
        "field": {
            "content": {"stock": 0.0, "made_max": 0.0, "bought_max": 0.0, "current_made": 0.0}
        }
    },
    "bare field": {"field": {"boosts": None, "content": None, "discounts": None, "overlap": None}},
    "supply runs out": {
        "alliance": {
            "tiers": {"small": {"offers": {"base": {"supply": 85.0}, "high": {"supply": 90.0}}}}
        }
    },
    "useless offer": {
        "alliance": {"tiers": {"small": {"offers": {"high": {"supply": 0.0, "effort": 0.0}}}}}
    },
    "market closed": {"season": [{"first": 2, "last": 3, "traffic": 0.0, "conversion": 0.0}]},
    "pool nearly empty": {
        "snowball": {
            "segments": {"young": {"pool": 4100.0, "contact_per_visit": 0.9, "unfollow": 0.13}}
        }
    },
    "no interest, no shelf": {"snowball": {"interest": None, "shelf": None}},
    "a package that lifts nothing": {
        "campaign": {
            "campaigns": {"spring": {"packages": {"lite": {"discount": 0.0, "uplift": 1.0}}}}
        }
    },
    "signed package": {
        "campaign": {"campaigns": {"spring": {"joined": "full", "signup_by": None}}}
    },
    "window opened before": {
        "campaign": {
            "campaigns": {
                "spring": {
                    "first": "2025-12-30",
                    "last": "2026-01-12",
                    "joined": "full",
                    "signup_by": None,
                    "packages": {"full": {"stock_floor": {"deluxe": 2000.0}}},
                }
            }
        }
    },
    "window ends after": {
        "campaign": {
            "campaigns": {
                "summer": {
                    "first": "2026-02-12",
                    "last": "2026-03-10",
                    "open_to_new": True,
                    "pre_dip": {"factor": 0.5, "periods": 2},
                }
            }
        }
    },
    "campaigns far apart": {
        "campaign": {"separation": 3, "campaigns": {"summer": {"open_to_new": True}}}
    },
    "the fee comes back in part": {
        "kol": {"deals": {"star": {"guarantee": {"roi": 2.7}}}},
        "objective": {"goal": "profit"},
    },
    "cash counts on luck": {"kol": {"cash_outcome": "p90"}},
    "overhead": {"money": {"overhead": 3e7, "cash": {"opening": 1e9}}},
    "goods sold below cost": {
        "goods": {"lines": {"basic": {"unit_cost": 5e5}}},
        "money": {"cash": {"opening": 1e10}},
    },
    "cheap outsourcing": {
        "staff": {
            "roles": {
                "bd": {"heads": 0, "wage": 1e6, "outsource_max": 1e6, "outsource_price": 1.0}
            }
        },
        "money": {"cash": {"opening": 1e10}},
    },
    "few heads": {"staff": {"roles": {"control": {"heads_min": 3.0, "attrition": 0.3}}}},
    "no cash rows": {"money": {"cash": None}},
    "no field": {"field": None, "money": {"levers": None, **CASH}},
    "no alliance": {"alliance": None},
    "no campaign": {"campaign": None},
    "no KOL": {"kol": None, "money": {"locked": None, **CASH}},
    "profit": {"objective": {"goal": "profit"}},
    "net GMV": {"objective": {"goal": "net_gmv"}},
    "cost": {"objective": {"goal": "cost", "target": 1e6}},
}


def world_of(name: str) -> Instance:
    """A world of ``WORLDS``, a funnel, or the tiny world."""
    if name == "tiny":
        return tiny_world()
    if name.startswith("funnel"):
        _, _, of = name.partition(" of ")
        return funnel(world_of(of or "full"))
    if name == "raw funnel":
        return full_world(money=CASH, snowball={"model": "funnel"})
    changes = WORLDS[name]
    return full_world(**{"money": CASH, **changes})


@cache
def model_of(name: str) -> tuple[Instance, Model]:
    """A world and its program."""
    instance = world_of(name)
    return instance, Model.of(instance)


def broken_in_model(model: Model, x: Any) -> set[str]:
    """Equations that the point breaks; bounds of variables count as the rule that they state."""
    of = {
        "field.start": "FI.1",
        "field.opened": "FI.2",
        "campaign.joined": "CA.1",
        "kol.signed": "KO.1",
        "staff.heads": "ST.5",
        "staff.hired": "ST.6",
        "goods.stock": "GO.4",
    }
    return {
        number if number != "bound" else of.get(name.split("[")[0], f"bound {name}")
        for number, name, _ in model.broken(x)
    }


def agree(name: str, states: Replay) -> bool:
    """Assert that program and verifier find the same equations broken; return whether the plan is
    possible.
    """
    instance, model = model_of(name)
    x = point(model, states)
    found = verify(instance, states.decisions, objective=states.objective)
    assert broken_in_model(model, x) == {v.number for v in found.violations}, found.violations[:3]
    sign = -1.0 if instance.objective.goal == "cost" else 1.0
    assert model.objective(x) == pytest.approx(sign * states.objective, rel=1e-9)
    return found.ok


@pytest.mark.parametrize(
    "name", [*WORLDS, "tiny", "funnel", "raw funnel", "funnel of opened at once"]
)
def test_same_rules_in_every_world(name: str) -> None:
    """Random controls, played greedily: the same equations hold and break, the objective is the
    same.
    """
    instance, _ = model_of(name)
    for seed in range(2):
        agree(name, replay(instance, random_controls(instance, seed), accept="greedy"))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_same_rules(seed: int) -> None:
    """The same with many controls in the full world."""
    instance, _ = model_of("full")
    agree("full", replay(instance, random_controls(instance, seed), accept="greedy"))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.floats(0.5, 1.0))
def test_every_possible_plan_is_a_point(seed: int, share: float) -> None:
    """Possible plans that leave volumes, hours and money unused break no row, bound or term."""
    instance, _ = model_of("full")
    rng, d = np.random.default_rng(seed), rich_controls(instance)
    for name in ("hours", "skilled", "boost_spend", "content_made"):
        array = getattr(d, name)
        array *= rng.uniform(share, 1, array.shape)
    d.package[1] = rng.random() < 0.5
    asked = replay(instance, d, accept="greedy").decisions
    for name in VOLUMES:
        array = getattr(asked, name)
        array *= rng.uniform(share, 1, array.shape)
    # With too few sales left, cash or the stock floor may not last.
    assume(agree("full", replay(instance, asked, accept="trim")))


@pytest.mark.parametrize("package", range(2))
@pytest.mark.parametrize("name", ["full", "a package that lifts nothing"])
def test_every_package_can_be_joined(name: str, package: int) -> None:
    """Whichever package of a campaign is taken, its plan is a point: no side loses anything."""
    instance, model = model_of(name)
    d = rich_controls(instance)
    d.package[:] = 0
    d.package[package] = 1
    states = replay(instance, d, accept="greedy")
    broken = broken_in_model(model, point(model, states))
    assert not {number for number in broken if number.startswith("CA")}


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6))
def test_one_change_to_a_good_plan(seed: int) -> None:
    """One number of a good plan changed by hand: program and verifier agree whether it is still
    possible.
    """
    instance, model = model_of("full")
    rng = np.random.default_rng(seed)
    plan = good_plan()
    # Without its mode a plan has no point, and the program has no offers within a block.
    names = [
        n
        for n, a in vars(plan).items()
        if (a > 0).any() and n not in ("offer", "discount", "package")
    ]
    name = str(rng.choice(names))
    array = getattr(plan, name)
    at = tuple(rng.choice(np.argwhere(array > 0)))
    if name in INTEGER:
        array[at] = rng.choice([0, 2])
    else:
        array[at] = rng.choice([0.0, 0.5 * array[at], 1.5 * array[at] + 1, -1.0])
    states = replay(instance, plan)
    found = verify(instance, plan)
    assert found.ok == (not model.broken(point(model, states))), (name, at, found.violations[:3])


def good_plan() -> Decisions:
    """The rich plan of the full world with all that comes of it."""
    instance, _ = model_of("full")
    return replay(instance, rich_controls(instance), accept="greedy").decisions


@pytest.mark.parametrize("controls", ["today", "rich"])
def test_balances_are_exact(controls: str) -> None:
    """The states of a replay are the largest possible: balances hold with equality."""
    name = "full"
    instance, model = model_of(name)
    d = status_quo(instance) if controls == "today" else rich_controls(instance)
    states = replay(instance, d, accept="greedy")
    x = point(model, states)
    m = model.arrays.matrix
    slack = np.minimum(m.row_upper - m.rows @ x, m.rows @ x - m.row_lower)
    size = np.maximum(abs(m.rows) @ np.abs(x), 1e-9)
    checked = set()
    for n, row in enumerate(m.row_names):
        balance = row.split("[")[0]
        equal = m.row_lower[n] == m.row_upper[n]
        if equal or balance in BALANCES:
            assert abs(slack[n]) <= 1e-9 * size[n], row
            checked.add(balance)
    assert set(BALANCES) <= checked
    surplus, size = model.surplus(x)
    tight = [n for n, key in enumerate(model.arrays.terms.keys) if key[0] in ("SN.3", "SN.11")]
    assert np.all(np.abs(surplus[tight]) <= 1e-9 * size[tight])


def test_people_who_learn_count_alike_in_both_hands() -> None:
    """With three weeks of learning and people who leave meanwhile, the program's productive heads
    are those of the replay in every period, to the last digit.
    """
    host = {"ramp": [0.2, 0.4, 0.7], "attrition": 0.2, "hires_total": 12, "heads_min": 0.0}
    instance = full_world(money=CASH, staff={"roles": {"host": host}, "hire_every": 1})
    controls = status_quo(instance)
    controls.hires[0] = [3, 1, 2, 3, 0, 0]
    states = replay(instance, controls, accept="greedy")
    model = Model.of(instance)
    x = point(model, states)
    for t in range(6):
        form = generate_standard_repn(model.program.model.staff.productive["host", t])
        heads = (model.arrays.value(x, v) for v in form.linear_vars)
        able = form.constant + float(np.dot(form.linear_coefs, list(heads)))
        assert able == pytest.approx(states.productive[0, t], rel=1e-12)
