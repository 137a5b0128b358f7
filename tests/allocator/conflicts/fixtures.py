"""Thirty instances without a plan, over all mechanisms: what stands in the way of each, where and
when.

Every one is the tiny world (100 visits a period that stay as they are, 10 orders of 100 CNY in
five periods) with what makes it impossible.
"""

from dataclasses import dataclass
from typing import Any

from fact_models.spec.instance import Instance
from tests.allocator.tiny import boost, built, deal, package
from tests.models.worlds import Tree

HOST: Tree = {"heads": 2, "wage": 400.0, "hours": 40.0}
STOCK: Tree = {"opening": 5.0, "lead": 1, "purchase_max": 0.0}
TIER: Tree = {
    "pool": 0.0,
    "visits": {"kind": "linear", "rate": 1.0},
    "mix": {"young": 1.0},
    "conversion": {"young": 0.0},
    "offers": {"base": {"commission": 0.0, "churn": 0.1, "supply": 10.0, "activation": 0.0}},
    "current_offer": "base",
    "current_samples": 0.0,
    "samples_max": 10.0,
    "sample_cost": 5.0,
    "lead": 1,
}
CLOSED: Tree = {
    "type": "persona",
    "open": False,
    "opening_cost": 500.0,
    "opening_lead": 1,
    "cold_start": {"young": 1.0},
    "saturation": {"young": 1e6},
    "ceiling": {"young": 1e6},
    "share": 0.0,
    "hours_max": 10.0,
    "reception": {"kind": "linear", "rate": 1e3},
}


@dataclass(frozen=True)
class Case:
    """An instance without a plan.

    Attributes:
        field: a field that must be named.
        period: a 1-based period that must be named; None where the horizon as a whole is meant.
        integer_only: plans exist in fractions.
        checks: sums alone show it.
    """

    instance: Instance
    field: str
    period: int | None = None
    integer_only: bool = False
    checks: bool = False


def joined(first: int = 2, **changes: Any) -> Tree:
    """A campaign that is signed already."""
    full = package(0.0, 1.0, **changes)
    return {"first": first, "last": first, "packages": {"full": full}, "joined": "full"}


def deals(**more: Tree) -> Tree:
    """Deals of no sales for 100 CNY each."""
    return {"deals": {"star": deal(0.0, 100.0), **more}}


def locked(lever: str, period: int, spend: float) -> list[Tree]:
    """One cell that is decided already."""
    return [{"lever": lever, "period": period, "spend": spend}]


def fixed(cost: float) -> Tree:
    """An open room with a fixed cost."""
    return {"accounts": {"main": {"fixed_cost": cost}}}


def staffed(**changes: Any) -> Tree:
    """Two hosts without whom nobody is on air, changed."""
    return {"roles": {"host": {**HOST, **changes}}}


MONEY: dict[str, Case] = {
    "budget": Case(
        built(staff=staffed(), money={"budget": 1000.0}), "money.budget", None, checks=True
    ),
    "budget of a period": Case(
        built(staff=staffed(), money={"budget_per_period": 700.0}),
        "money.budget_per_period", 1, checks=True,
    ),
    "largest spend": Case(
        built(field=fixed(100.0), money={"levers": {"field": {"max": 300.0}}}),
        "money.levers.field.max",
    ),
    "smallest share": Case(
        built(
            field=fixed(100.0),
            alliance={"tiers": {"tail": TIER}},
            money={"levers": {"alliance": {"share_min": 0.5}}},
        ),
        "money.levers.alliance.share_min",
    ),
    "largest share": Case(
        built(
            field=fixed(100.0),
            alliance={"tiers": {"tail": TIER}},
            money={"levers": {"field": {"share_max": 0.6}}},
        ),
        "money.levers.field.share_max",
    ),
    "locked above": Case(
        built(money={"locked": locked("field", 2, 5.0)}), "money.locked[0].spend", 2
    ),
    "locked below": Case(
        built(field=fixed(100.0), money={"locked": locked("field", 3, 40.0)}),
        "money.locked[0].spend", 3,
    ),
    "locked cells above the lever": Case(
        built(
            kol=deals(),
            money={"locked": locked("kol", 1, 100.0), "levers": {"kol": {"max": 80.0}}},
        ),
        "money.levers.kol.max", checks=True,
    ),
    "profit floor": Case(built(money={"profit_floor": 5001.0}), "money.profit_floor"),
    "ROI floor": Case(built(staff=staffed(), money={"roi_floor": 1.5}), "money.roi_floor"),
    "cash": Case(
        built(money={"overhead": 2000.0, "cash": {"opening": 3000.0}}), "money.cash.floor", 5
    ),
    "cash before sales are settled": Case(
        built(
            money={
                "overhead": 400.0,
                "settlement": [0.0, 0.0, 1.0],
                "cash": {"opening": 700.0},
            }
        ),
        "money.cash.opening", 2, checks=True,
    ),
}  # fmt: skip
TEAM: dict[str, Case] = {
    "hours of a signed campaign": Case(
        built(
            staff=staffed(heads=0),
            campaign={"campaigns": {"spring": joined(crew={"host": 7.0})}},
        ),
        "campaign.campaigns.spring.packages.full.crew.host", 2, checks=True,
    ),
    "heads leave": Case(
        built(staff=staffed(heads_min=2.0, attrition=0.1)),
        "staff.roles.host.heads_min", 2, checks=True,
    ),
    "hires come late": Case(
        built(
            staff=staffed(
                heads_min=2.0, attrition=0.1, hires_max=1, hire_lead=3
            )
        ),
        "staff.roles.host.heads_min", 2, checks=True,
    ),
    "half a hire": Case(
        built(
            staff=staffed(heads_min=2.0, heads_max=2.0, attrition=0.1, hires_max=1, hire_lead=0)
        ),
        "staff.roles.host.heads_max", 2, integer_only=True,
    ),
}  # fmt: skip
GOODS: dict[str, Case] = {
    "stock of a signed campaign": Case(
        built(
            goods={"lines": {"basic": {"stock": STOCK}}},
            campaign={"campaigns": {"spring": joined(stock_floor={"basic": 8.0})}},
        ),
        "campaign.campaigns.spring.packages.full.stock_floor.basic", 2, checks=True,
    ),
    "stock comes late": Case(
        built(
            goods={"lines": {"basic": {"stock": {**STOCK, "lead": 3, "purchase_max": 9.0}}}},
            campaign={"campaigns": {"spring": joined(3, stock_floor={"basic": 8.0})}},
        ),
        "campaign.campaigns.spring.packages.full.stock_floor.basic", 3, checks=True,
    ),
    "half a lot": Case(
        built(
            goods={
                "lines": {
                    "basic": {
                        "unit_cost": 10.0,
                        "stock": {"opening": 4.0, "lead": 0, "purchase_max": 30.0, "lot": 10.0},
                    }
                }
            },
            campaign={"campaigns": {"spring": joined(1, stock_floor={"basic": 8.0})}},
            money={"settlement": [0.0, 0.0, 0.0, 1.0], "cash": {"opening": 60.0}},
        ),
        "money.cash.opening", integer_only=True,
    ),
    "stock of a session": Case(
        built(
            goods={"lines": {"basic": {"stock": STOCK}}},
            kol={"deals": {"star": deal(0.0, 100.0, stock_floor={"basic": 8.0})}},
            money={"levers": {"kol": {"min": 100.0}}},
        ),
        "kol.deals.star.stock_floor.basic", integer_only=True,
    ),
}  # fmt: skip
SESSIONS: dict[str, Case] = {
    "all deals together": Case(
        built(kol=deals(), money={"levers": {"kol": {"min": 160.0}}}),
        "money.levers.kol.min", checks=True,
    ),
    "exclusive deals": Case(
        built(
            kol=deals(moon=deal(0.0, 100.0, exclusive_with=["star"])),
            money={"levers": {"kol": {"min": 150.0}}},
        ),
        "kol.deals.moon.exclusive_with",
    ),
    "spacing of sessions": Case(
        built(
            kol={**deals(moon=deal(0.0, 100.0)), "spacing": 3},
            money={"levers": {"kol": {"min": 150.0}}},
        ),
        "kol.spacing",
    ),
    "signed deals that exclude each other": Case(
        built(
            kol={
                "deals": {
                    "star": deal(0.0, 100.0, agreed=1),
                    "moon": deal(0.0, 130.0, agreed=3, last=3, exclusive_with=["star"]),
                }
            }
        ),
        "kol.deals.moon.agreed", 3,
    ),
    "signed deals too near": Case(
        built(
            kol={
                "deals": {
                    "star": deal(0.0, 100.0, agreed=1),
                    "moon": deal(0.0, 130.0, agreed=2),
                },
                "spacing": 3,
            }
        ),
        "kol.deals.star.agreed", 1,
    ),
    "the fee of a signed deal": Case(
        built(
            kol={"deals": {"star": deal(0.0, 5000.0, agreed=2, lead=1, deposit_share=0.3)}},
            money={
                "settlement": [0.0, 0.0, 0.0, 1.0],
                "cash": {"opening": 3000.0, "floor": 1000.0},
            },
        ),
        "kol.deals.star.agreed", 2,
    ),
    "half a deal": Case(
        built(kol=deals(), money={"locked": locked("kol", 2, 60.0)}),
        "money.locked[0].spend", 2, integer_only=True,
    ),
    "a fee above the cash": Case(
        built(
            kol=deals(),
            money={
                "levers": {"kol": {"min": 50.0}},
                "settlement": [0.0, 0.0, 0.0, 1.0],
                "cash": {"opening": 60.0},
            },
        ),
        "money.cash.opening", integer_only=True,
    ),
}  # fmt: skip
CAMPAIGNS: dict[str, Case] = {
    "signed campaigns too near": Case(
        built(
            campaign={"campaigns": {"spring": joined(2), "summer": joined(4)}, "separation": 3}
        ),
        "campaign.separation", 4, checks=True,
    ),
    "half a package": Case(
        built(
            campaign={
                "campaigns": {
                    "spring": {
                        "first": 3,
                        "last": 3,
                        "packages": {"lite": package(50.0, 1.0), "full": package(80.0, 1.0)},
                    }
                }
            },
            money={"levers": {"campaign": {"min": 60.0, "max": 70.0}}},
        ),
        "money.levers.campaign.min", integer_only=True,
    ),
}  # fmt: skip
ROOMS: dict[str, Case] = {
    "rooms at once": Case(
        built(
            field={"accounts": {"second": CLOSED}, "accounts_max": 1},
            money={"levers": {"field": {"min": 500.0}}},
        ),
        "field.accounts_max",
    ),
    "half a room": Case(
        built(
            field={"accounts": {"second": CLOSED}},
            money={"locked": locked("field", 2, 250.0)},
        ),
        "money.locked[0].spend", 2, integer_only=True,
    ),
    "boosts": Case(
        built(
            field={"boosts": {"feed": boost()}},
            money={"levers": {"field": {"min": 6000.0}}},
        ),
        "money.levers.field.min", checks=True,
    ),
    "half a shift": Case(
        built(
            field={"accounts": {"main": {"hours_min": 8.0, "crew": {"host": 1.0}}}},
            staff=staffed(),
            money={"locked": locked("field", 2, 40.0)},
        ),
        "money.locked[0].spend", 2, integer_only=True,
    ),
}  # fmt: skip
REST: dict[str, Case] = {
    "samples": Case(
        built(
            alliance={"tiers": {"tail": TIER}}, money={"locked": locked("alliance", 1, 80.0)}
        ),
        "alliance.tiers.tail.samples_max", 1,
    ),
    "target": Case(built(objective={"goal": "cost", "target": 6000.0}), "objective.target"),
    "target of a world that fades": Case(
        built(
            snowball={"segments": {"young": {"persistence": 0.5}}},
            field={"boosts": {"feed": boost()}},
            money={"budget": 100.0},
            objective={"goal": "cost", "target": 4000.0},
        ),
        "money.budget",
    ),
}  # fmt: skip
CASES: dict[str, Case] = {
    **MONEY, **TEAM, **GOODS, **SESSIONS, **CAMPAIGNS, **ROOMS, **REST,
}  # fmt: skip
