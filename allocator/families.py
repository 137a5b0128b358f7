"""Seeded families of made-up instances, each of which makes one part of the program hard.

``python -m allocator.families --family tight_cash --weeks 26 --seed 3 --out FILE`` writes one. The
same arguments give the same instance. Magnitudes are those of a middling merchant. Budget and cash
are set from the replay of what the merchant does today, so that today's plan stays feasible in
every family.
"""

import argparse
import json
import sys
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import numpy as np

from allocator.bench_merchant import Array, Tree, draw_market, field, goods, short, snowball
from allocator.bench_partners import alliance, campaign, kol, season, staff
from fact_models.replay import Replay, replay, status_quo
from fact_models.spec.instance import Instance


@dataclass(frozen=True)
class Family:
    """How tight a family is, relative to what today's plan uses."""

    budget: float
    """Budget relative to today's spend."""
    reserve: float
    """Cash above the floor at the lowest point of today's plan, in weeks of spend."""
    idle: float
    """Staff hours without work in the first week, relative to those with work."""
    outside: bool = True
    """Whether overtime and outsourced hours are to be had."""
    s_curves: bool = False
    """Whether live rooms and boosts answer with S-shaped curves."""
    many_deals: bool = False


FAMILIES = {
    "slack_budget": Family(budget=3.0, reserve=40.0, idle=0.8),
    "tight_budget": Family(budget=1.0, reserve=40.0, idle=0.3),
    "tight_cash": Family(budget=2.0, reserve=0.5, idle=0.4),
    "tight_staff": Family(budget=2.0, reserve=20.0, idle=0.15, outside=False),
    "many_deals": Family(budget=1.6, reserve=6.0, idle=0.4, many_deals=True),
    "s_curves": Family(budget=1.3, reserve=10.0, idle=0.4, s_curves=True),
    "xl": Family(budget=1.5, reserve=6.0, idle=0.4),
}
"""Families by name; ``xl`` also sets the sizes of ``XL``."""

XL: dict[str, int] = {
    "weeks": 52,
    "segments": 8,
    "accounts": 10,
    "tiers": 60,
    "offers": 2,
    "campaigns": 15,
    "deals": 200,
}
"""Sizes of ``xl``: 30 campaigns, since their number is per 26 weeks."""
MANY_DEALS = {13: 60, 26: 120, 52: 200}
"""Deals of ``many_deals`` by weeks."""


def generate(
    family: str,
    weeks: int,
    seed: int,
    *,
    segments: int = 4,
    accounts: int = 3,
    tiers: int = 8,
    offers: int = 4,
    campaigns: int = 8,
    deals: int = 20,
) -> Instance:
    """An instance of ``family``.

    Args:
        family: a name of ``FAMILIES``; ``xl`` takes its sizes from ``XL``.
        weeks: length of the horizon, 8 to 52; ``xl`` ignores it.
        seed: which instance of the family.
        segments: audience segments.
        accounts: own rooms; two thirds of them are open at the start.
        tiers: creator tiers.
        offers: offers of every tier.
        campaigns: promotions per 26 weeks.
        deals: KOL deals; ``many_deals`` has 60, 120 or 200 in 13, 26 or 52 weeks.

    Raises:
        ValueError: the family is unknown or ``weeks`` out of range.
    """
    if family not in FAMILIES:
        raise ValueError(f"unknown family {family!r}: one of {', '.join(FAMILIES)}")
    if family == "xl":
        weeks, segments, accounts = XL["weeks"], XL["segments"], XL["accounts"]
        tiers, offers = XL["tiers"], XL["offers"]
        campaigns, deals = XL["campaigns"], XL["deals"]
    if not 8 <= weeks <= 52:
        raise ValueError(f"weeks must lie between 8 and 52: {weeks}")
    kind = FAMILIES[family]
    if kind.many_deals:
        deals = MANY_DEALS.get(weeks, round(4.6 * weeks))
    rng = np.random.default_rng([list(FAMILIES).index(family), weeks, seed])
    market = draw_market(rng, weeks, segments, accounts)
    creators = alliance(rng, market, tiers, offers)
    loose: Tree = {
        "name": f"{family}-{weeks}-{seed}",
        "note": (
            f"Made up: family {family}, {weeks} weeks, seed {seed}. No merchant stands behind it."
        ),
        "assumed": ["every figure: drawn at random around the magnitudes of a middling merchant"],
        "calendar": {"start": "2026-W01", "periods": weeks},
        "merchant": {"score": 85.0},
        "season": season(rng, weeks),
        "snowball": snowball(rng, market),
        "goods": goods(rng, market),
        "field": field(rng, market, accounts, s_curves=kind.s_curves),
        "alliance": creators,
        "campaign": campaign(rng, market, max(1, round(campaigns * weeks / 26))),
        "kol": kol(rng, market, deals),
        "staff": staff(market, creators, idle=kind.idle, outside=kind.outside),
        "money": {"platform_fee": 0.05, "tax_other": 0.03, "settlement": [0.0, 0.0, 1.0]},
        "objective": {"goal": "gmv", "terminal": True},
    }
    return _tightened(loose, kind)


def _tightened(loose: Tree, kind: Family) -> Instance:
    """Heads, budget and cash from what today's plan needs, spends and has left at its lowest."""
    ample = 1e9
    tree = {**loose, "money": {**loose["money"], "cash": {"opening": ample, "floor": 0.0}}}
    tree["staff"] = _manned(loose["staff"], _today(tree).need)
    today = _today(tree)
    spend = np.sum(list(today.spend.values()), axis=0)
    assert today.cash is not None
    needed = kind.reserve * spend.mean() + ample - today.cash.min()
    tree["money"] = {
        **loose["money"],
        "budget": short(1.01 * kind.budget * spend.sum()),
        "cash": {"opening": short(1.001 * needed), "floor": 0.0, "credit": 0.0},
    }
    return Instance.model_validate(tree)


def _today(tree: Tree) -> Replay:
    instance = Instance.model_validate(tree)
    return replay(instance, status_quo(instance), accept="greedy")


def _manned(team: Tree, need: Array) -> Tree:
    """Enough heads for the busiest week of today's plan, since orders grow; ``need`` [j,t]."""
    roles = {
        name: {**role, "heads": max(role["heads"], ceil(1.02 * most / role["hours"]))}
        for (name, role), most in zip(team["roles"].items(), need.max(axis=1), strict=True)
    }
    return {**team, "roles": roles}


def main(arguments: list[str] | None = None) -> int:
    """Write one instance as JSON; the exit code."""
    parser = argparse.ArgumentParser(prog="allocator.families", description=__doc__.split("\n")[0])
    parser.add_argument("--family", required=True, choices=list(FAMILIES))
    parser.add_argument("--weeks", type=int, default=26)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", required=True, type=Path)
    chosen = parser.parse_args(arguments)
    instance = generate(chosen.family, chosen.weeks, chosen.seed)
    # What was not drawn keeps its default and need not be stored.
    told = instance.model_dump(mode="json", exclude_unset=True, by_alias=True)
    text = json.dumps(told, ensure_ascii=False, allow_nan=False, indent=1)
    chosen.out.write_text(text + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
