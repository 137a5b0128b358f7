"""Relations between the optima of related instances, claimed on intervals [objective, bound],
never on single numbers.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

from allocator.plan import Plan
from allocator.solve import solve
from fact_models.spec.instance import Instance
from tests.allocator.tiny import could_be, four_levers, interval, random_tiny
from tests.models.rescaled import rescaled
from tests.models.worlds import Tree, merged

GAP = 1e-4
BASES: dict[str, Callable[[], Instance]] = {
    "four levers": four_levers,
    "tight": lambda: four_levers(money={"budget": 7000.0, "cash": {"opening": 2500.0}}),
    "random": lambda: random_tiny(7),
}


@cache
def base(name: str) -> Instance:
    """An instance of ``BASES``."""
    return BASES[name]()


@cache
def solved(name: str) -> Plan:
    """Its plan."""
    return plan_of(base(name))


def plan_of(instance: Instance) -> Plan:
    """A certified plan."""
    plan = solve(instance, gap=GAP, time_limit=60)
    assert plan.status == "optimal", plan.message
    return plan


def changed(name: str, **changes: Any) -> Instance:
    """A base with changes by record."""
    tree = base(name).model_dump(mode="json", by_alias=True, exclude_none=True)
    return Instance.model_validate(merged(tree, changes))


def _wages(tree: Tree, by: float) -> Tree:
    return {"staff": {"roles": {"host": {"wage": tree["staff"]["roles"]["host"]["wage"] * by}}}}


def _fees(tree: Tree, by: float) -> Tree:
    deals = {k: {"fee": deal["fee"] * by} for k, deal in tree["kol"]["deals"].items()}
    return {"kol": {"deals": deals}}


def _prices(tree: Tree, by: float) -> Tree:
    return {
        "goods": {"lines": {"basic": {"price": tree["goods"]["lines"]["basic"]["price"] * by}}}
    }


BETTER: dict[str, Callable[[Tree], Tree]] = {
    "budget": lambda tree: {"money": {"budget": tree["money"]["budget"] * 1.2}},
    "budget of a period": lambda tree: {"money": {"budget_per_period": 1e6}},
    "cash": lambda tree: {"money": {"cash": {"opening": 9000.0}}},
    "credit": lambda tree: {"money": {"cash": {"opening": 4000.0, "credit": 5000.0}}},
    "more boost": lambda tree: {"field": {"boosts": {"feed": {"spend_max": 3000.0}}}},
    "more hires": lambda tree: {"staff": {"roles": {"host": {"hires_max": 2, "hires_total": 2}}}},
    "overtime": lambda tree: {"staff": {"roles": {"host": {"overtime_share": 0.5}}}},
    "more loyal followers": lambda tree: {"snowball": {"segments": {"young": {"unfollow": 0.0}}}},
    "more traffic": lambda tree: {"snowball": {"segments": {"young": {"traffic_per_order": 6.0}}}},
    "better conversion": lambda tree: {"snowball": {"segments": {"young": {"conversion": 0.09}}}},
    "dearer goods": lambda tree: _prices(tree, 1.1),
    "no dip": lambda tree: {"campaign": {"campaigns": {"spring": {"post_dip": None}}}},
    "no spacing": lambda tree: {"kol": {"spacing": 0}},
    "lower wages": lambda tree: _wages(tree, 0.9),
    "lower fees": lambda tree: _fees(tree, 0.8),
}
"""Changes that leave every plan possible and none worth less."""

WORSE: dict[str, Callable[[Tree], Tree]] = {
    "budget": lambda tree: {"money": {"budget": tree["money"]["budget"] * 0.8}},
    "no KOL": lambda tree: {"kol": None},
    "no campaign": lambda tree: {"campaign": None},
    "no alliance": lambda tree: {"alliance": None},
    "no boost": lambda tree: {"field": {"boosts": None}},
    "one deal less": lambda tree: {"kol": {"deals": {"star": None}}},
    "higher wages": lambda tree: _wages(tree, 1.2),
    "higher fees": lambda tree: _fees(tree, 1.5),
    "lower prices": lambda tree: _prices(tree, 0.9),
    "tired traffic": lambda tree: {"snowball": {"segments": {"young": {"persistence": 0.2}}}},
    "worse reception": lambda tree: {
        "field": {"accounts": {"main": {"hours_max": 6.0, "current_hours": 5.0}}}
    },
}
"""Changes that leave no plan more possible and none worth more."""


def tree_of(name: str) -> Tree:
    """The file of a base as plain values."""
    return base(name).model_dump(mode="json", by_alias=True, exclude_none=True)


def _variant(name: str, change: Callable[[Tree], Tree]) -> Instance:
    tree, update = tree_of(name), change(tree_of(name))
    if name == "random" and "cash" in update.get("money", {}) and "cash" not in tree["money"]:
        pytest.skip("the base has no cash rows")
    if "terminal" in tree["objective"]:
        update = merged(update, {"objective": {"terminal": False}})
    return changed(name, **update)


@cache
def plain(name: str) -> Plan:
    """The plan of a base without terminal value, whose weights would change with the rates."""
    return plan_of(changed(name, objective={"terminal": False}))


@pytest.mark.parametrize("name", BASES)
@pytest.mark.parametrize("change", BETTER)
def test_more_never_hurts(name: str, change: str) -> None:
    """More money, room, traffic or worth never lowers the optimum."""
    assert could_be(plan_of(_variant(name, BETTER[change])), plain(name))


@pytest.mark.parametrize("name", BASES)
@pytest.mark.parametrize("change", WORSE)
def test_less_never_helps(name: str, change: str) -> None:
    """A lever banned, a thing taken away or made dearer never raises the optimum."""
    assert could_be(plain(name), plan_of(_variant(name, WORSE[change])))


def renamed(instance: Instance, names: dict[str, str]) -> Instance:
    """``instance`` with other ids, wherever they stand."""

    def told(value: Any) -> Any:
        if isinstance(value, dict):
            return {names.get(k, k): told(v) for k, v in value.items()}
        if isinstance(value, list):
            return [told(v) for v in value]
        return names.get(value, value) if isinstance(value, str) else value

    tree = instance.model_dump(mode="json", by_alias=True, exclude_none=True)
    return Instance.model_validate(told(tree))


IDS = (
    "young",
    "main",
    "second",
    "feed",
    "small",
    "base",
    "high",
    "star",
    "rising",
    "full",
    "lite",
    "host",
)


@pytest.mark.parametrize("name", BASES)
def test_names_mean_nothing(name: str) -> None:
    """Ids whose alphabetical order is the reverse of the old one's lead to the same plan."""
    order = sorted(IDS)
    names = {old: f"z{len(order) - n:02d}" for n, old in enumerate(order)}
    one, other = solved(name), plan_of(renamed(base(name), names))
    assert could_be(one, other)
    assert could_be(other, one)
    assert one.decisions is not None
    assert other.decisions is not None
    assert other.objective == pytest.approx(one.objective, rel=2 * GAP)
    for array in ("deal", "package"):
        assert np.array_equal(getattr(one.decisions, array), getattr(other.decisions, array))


def _reversed(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _reversed(v) for k, v in reversed(list(value.items()))}
    return value


@pytest.mark.parametrize("name", BASES)
def test_order_means_nothing(name: str) -> None:
    """The same file with every record written backwards has the same optimum and takes the same
    deals.
    """
    turned = Instance.model_validate(_reversed(tree_of(name)))
    one, other = solved(name), plan_of(turned)
    assert could_be(one, other)
    assert could_be(other, one)
    assert one.decisions is not None
    assert other.decisions is not None
    assert np.array_equal(one.decisions.deal, other.decisions.deal[::-1])


@pytest.mark.parametrize("name", BASES)
@pytest.mark.parametrize("factor", [1000.0, 0.001])
def test_money_scales(name: str, factor: float) -> None:
    """Told in another unit of money, the plan stays and its value is told in that unit."""
    one, other = solved(name), plan_of(rescaled(base(name), {"CNY": factor}))
    assert interval(other)[0] == pytest.approx(interval(one)[0] * factor, rel=1e-9)
    assert one.decisions is not None
    assert other.decisions is not None
    for array in ("deal", "package", "hires", "hours", "offer", "base_orders"):
        told, expected = getattr(other.decisions, array), getattr(one.decisions, array)
        assert told == pytest.approx(expected, rel=1e-6, abs=1e-6), array


def test_a_worthless_tier_changes_nothing() -> None:
    """Creators who sell nothing and take time and money are left alone."""
    tier = tree_of("four levers")["alliance"]["tiers"]["small"]
    idle = merged(tier, {"conversion": {"young": 0.0}, "pool": 0.0, "current_samples": 0.0})
    world = changed("four levers", alliance={"tiers": {"idle": idle}})
    plan = plan_of(world)
    assert could_be(plan, solved("four levers"))
    assert could_be(solved("four levers"), plan)


def test_no_money_no_spend() -> None:
    """Without a yuan of budget nothing is paid, and natural traffic sells as today."""
    world = changed("four levers", staff=None, field={"accounts": {"main": {"crew": None}}})
    world = Instance.model_validate(
        merged(
            world.model_dump(mode="json", by_alias=True, exclude_none=True),
            {"money": {"budget": 0.0}, "alliance": None, "objective": {"terminal": False}},
        )
    )
    plan = plan_of(world)
    assert plan.replay is not None
    assert plan.decisions is not None
    assert sum(flow.sum() for flow in plan.replay.spend.values()) == pytest.approx(0, abs=1e-6)
    assert plan.decisions.deal.sum() == 0
    assert plan.decisions.boost_spend.sum() == pytest.approx(0, abs=1e-6)
    assert plan.gmv is not None
    assert plan.gmv > 0


def test_a_constant_changes_no_plan() -> None:
    """A shelf that sells by itself 1e6 a period, whatever is done, leaves deals and packages as
    they are.
    """
    alone = {"pool": 1e9, "followers": 1e8, "conversion": 0.0, "unfollow": 0.0}
    segment = {**alone, "persistence": 0.0, "contact_per_visit": 0.0}
    room = {
        "traffic": {"apart": 0.0},
        "saturation": {"apart": 1.0},
        "ceiling": {"apart": 0.0},
    }
    without = {
        "snowball": {
            "segments": {"apart": {**segment, "followers": 0.0}},
            "shelf": {"per_follower": 1e-4},
        },
        "field": {"accounts": {"main": room}},
        "objective": {"terminal": False},
        "money": {"cash": None},
    }
    shelf = merged(without, {"snowball": {"segments": {"apart": segment}}})
    one, other = (
        plan_of(changed("four levers", **without)),
        plan_of(changed("four levers", **shelf)),
    )
    assert one.decisions is not None
    assert other.decisions is not None
    assert interval(other)[0] == pytest.approx(interval(one)[0] + 4e6, rel=GAP)
    assert np.array_equal(one.decisions.deal, other.decisions.deal)
    assert np.array_equal(one.decisions.package, other.decisions.package)


def test_tightening_to_the_optimum_changes_nothing() -> None:
    """A budget cut down to what the best plan spends leaves that plan possible and best."""
    one = solved("four levers")
    assert one.replay is not None
    used = float(sum(flow.sum() for flow in one.replay.spend.values()))
    other = plan_of(changed("four levers", money={"budget": used * (1 + 1e-6)}))
    assert could_be(other, one)
    assert could_be(one, other)


def test_a_longer_horizon_sells_more() -> None:
    """With optional activity, five periods sell at least what four do."""
    longer = plan_of(
        changed("four levers", calendar={"periods": 5}, objective={"terminal": False})
    )
    assert could_be(longer, plain("four levers"))
