"""An instance with every mechanism, and for each rule across fields the changes that break it."""

from copy import deepcopy
from typing import Any

Path = tuple[str | int, ...]
Changes = dict[Path, Any]

LEAVE_OUT = object()
"""Stands for a key that is taken out."""

BASE: dict[str, Any] = {
    "name": "checked",
    "calendar": {"start": "2026-W01", "periods": 12},
    "merchant": {"score": 90.0, "new_until": "2026-01-31"},
    "season": [
        {"first": "2026-W07", "last": "2026-W08", "segments": ["core"], "traffic": 0.5},
        {"first": 3, "last": "2026-03-01", "conversion": 1.1},
    ],
    "snowball": {
        "segments": {
            "core": {
                "pool": 1000.0,
                "followers": 100.0,
                "conversion": 0.1,
                "conversion_well": 0.2,
                "conversion_interested": 0.3,
                "calibration_gain": 0.05,
                "persistence": 0.9,
                "persistence_served": 0.1,
                "contact_per_visit": 0.1,
                "unfollow": 0.01,
            },
            "wider": {
                "pool": 5000.0,
                "followers": 0.0,
                "conversion": 0.05,
                "persistence": 0.8,
                "contact_per_visit": 0.1,
                "unfollow": 0.01,
                "lookalike": {"core": 0.5},
            },
        },
        "alliance_spill": 0.1,
        "interest": {"decay": 0.2, "harvest_max": 0.8},
        "shelf": {"per_follower": 0.01},
    },
    "goods": {
        "lines": {
            "tea": {
                "price": 80.0,
                "unit_cost": 20.0,
                "refund_pre": 0.1,
                "refund_post": 0.2,
                "share_min": {"field": 0.4},
                "share_max": {"field": 0.7},
                "stock": {"opening": 500.0, "lead": 2, "purchase_max": 1000.0},
            },
            "cups": {"price": 40.0, "unit_cost": 10.0, "share_min": {"field": 0.2}},
        }
    },
    "field": {
        "accounts": {
            "main": {
                "type": "flagship",
                "traffic": {"core": 500.0},
                "cold_start": {"core": 10.0},
                "saturation": {"core": 2000.0, "wider": 2000.0},
                "ceiling": {"core": 1500.0, "wider": 1500.0},
                "share": 0.6,
                "hours_min": 10.0,
                "hours_max": 60.0,
                "reception": {"kind": "hill", "scale": 3000.0, "half": 30.0, "slope": 2.0},
                "slots": {"day": {"hours_max": 40.0}, "prime": {"hours_max": 20.0}},
                "crew": {"host": 1.0},
                "quality": {
                    "curve": {"kind": "power", "scale": 10.0, "exponent": 0.5},
                    "hours_max": 50.0,
                    "crew": {"host": 0.5},
                },
                "current_hours": 40.0,
                "end_worth": {"core": 1.0},
            },
            "second": {
                "type": "persona",
                "open": False,
                "opening_first": "2026-W03",
                "cold_start": {"wider": 100.0},
                "saturation": {"core": 2000.0, "wider": 2000.0},
                "ceiling": {"core": 1500.0, "wider": 1500.0},
                "share": 0.4,
                "hours_max": 40.0,
                "reception": {"kind": "linear", "rate": 50.0},
            },
        },
        "accounts_max": 2,
        "boosts": {
            "ads": {
                "curve": {"kind": "hill", "scale": 500.0, "half": 900.0, "slope": 2.0},
                "spend_max": 2000.0,
                "mix": {"core": 0.5, "wider": 0.5},
                "crew": {"buyer": 0.001},
                "current_spend": 1000.0,
            },
            "video": {
                "curve": {"kind": "log", "scale": 50.0, "half": 100.0},
                "per_content": True,
                "spend_max": 2000.0,
                "mix": {"core": 1.0},
            },
        },
        "content": {
            "stock": 10.0,
            "decay": 0.2,
            "made_max": 5.0,
            "crew": {"host": 2.0},
            "current_made": 3.0,
        },
        "discounts": {
            "none": {"depth": 0.0, "uplift": 1.0},
            "ten": {"depth": 0.1, "uplift": 1.2},
        },
        "overlap": {
            "core": {"kind": "piecewise", "x": [0.0, 400.0, 900.0], "y": [0.0, 400.0, 600.0]}
        },
    },
    "alliance": {
        "tiers": {
            "tail": {
                "pool": 20.0,
                "visits": {"kind": "exponential", "scale": 900.0, "rate_scale": 40.0},
                "mix": {"core": 0.3, "wider": 0.7},
                "conversion": {"core": 0.1, "wider": 0.05},
                "offers": {
                    "plain": {"commission": 0.2, "churn": 0.1, "supply": 50.0, "activation": 0.1},
                    "raised": {
                        "commission": 0.3,
                        "service_fee": 0.1,
                        "churn": 0.05,
                        "supply": 80.0,
                        "activation": 0.2,
                    },
                },
                "current_offer": "plain",
                "current_samples": 10.0,
                "samples_max": 30.0,
                "sample_cost": 20.0,
                "crew_sample": {"buyer": 0.5},
                "crew_upkeep": {"buyer": 0.2},
            }
        }
    },
    "campaign": {
        "campaigns": {
            "spring": {
                "first": "2026-01-20",
                "last": "2026-02-02",
                "signup_by": "2026-01-10",
                "packages": {
                    "light": {
                        "fee": 100.0,
                        "uplift": 1.2,
                        "visits": {"core": 50.0},
                        "awareness": {"wider": 5.0},
                        "crew": {"host": 4.0},
                        "stock_floor": {"tea": 100.0},
                    }
                },
                "conflicts": ["early"],
                "pre_dip": {"factor": 0.9, "periods": 1},
            },
            "early": {
                "first": -2,
                "last": 1,
                "packages": {"full": {"uplift": 1.3}, "half": {"uplift": 1.1}},
                "joined": "full",
            },
        }
    },
    "kol": {
        "deals": {
            "star": {
                "fee": 1000.0,
                "lead": 2,
                "first": "2026-W04",
                "last": "2026-W08",
                "commission": 0.2,
                "refund_pre_add": 0.1,
                "refund_post_add": 0.1,
                "gmv": {"p10": 500.0, "p50": 1000.0, "p90": 3000.0},
                "mix": {"core": 0.4, "wider": 0.6},
                "lines": {"tea": 0.5, "cups": 0.5},
                "visits_per_order": 10.0,
                "own_visits": {"core": 10.0},
                "awareness": {"wider": 10.0},
                "crew": {"host": 5.0},
                "stock_floor": {"tea": 50.0},
                "exclusive_with": ["singer"],
            },
            "singer": {
                "fee": 0.0,
                "lead": 0,
                "first": 1,
                "last": 40,
                "commission": 0.3,
                "gmv": {"p10": 100.0, "p50": 200.0, "p90": 300.0},
                "mix": {"wider": 1.0},
                "lines": {"cups": 1.0},
                "visits_per_order": 20.0,
            },
        }
    },
    "staff": {
        "roles": {
            "host": {
                "heads": 3,
                "wage": 1000.0,
                "hours": 40.0,
                "heads_min": 1.0,
                "heads_max": 9.0,
                "ramp": [0.5, 0.75],
            },
            "buyer": {"heads": 1, "wage": 900.0, "hours": 40.0, "covers": {"host": 0.5}},
        },
        "order_hours": {"buyer": 0.01},
    },
    "money": {
        "budget": 90000.0,
        "levers": {
            "field": {"min": 100.0, "max": 80000.0, "share_min": 0.1, "share_max": 0.9},
            "kol": {"share_max": 0.5},
        },
        "locked": [{"lever": "kol", "period": 5, "spend": 0.0}],
        "platform_fee": 0.05,
        "tax_other": 0.05,
        "settlement": [0.0, 0.4, 0.6],
        "cash": {"opening": 50.0, "floor": 100.0, "credit": 20.0, "receivables": [40.0, 40.0]},
    },
}
"""Every mechanism, every kind of reference, values at or near the limits that the rules draw."""


def changed(changes: Changes) -> dict[str, Any]:
    """``BASE`` with values replaced, added or left out."""
    tree = deepcopy(BASE)
    for path, value in changes.items():
        record = tree
        for step in path[:-1]:
            record = record[step]  # type: ignore[index]
        if value is LEAVE_OUT:
            del record[path[-1]]  # type: ignore[arg-type]
        else:
            record[path[-1]] = value  # type: ignore[index]
    return tree


CORE: Path = ("snowball", "segments", "core")
MAIN: Path = ("field", "accounts", "main")
SECOND: Path = ("field", "accounts", "second")
ADS: Path = ("field", "boosts", "ads")
VIDEO: Path = ("field", "boosts", "video")
TAIL: Path = ("alliance", "tiers", "tail")
SPRING: Path = ("campaign", "campaigns", "spring")
EARLY: Path = ("campaign", "campaigns", "early")
LIGHT: Path = (*SPRING, "packages", "light")
STAR: Path = ("kol", "deals", "star")
TEA: Path = ("goods", "lines", "tea")
CUPS: Path = ("goods", "lines", "cups")
HOST: Path = ("staff", "roles", "host")
BUYER: Path = ("staff", "roles", "buyer")
RISING = {"kind": "piecewise", "x": [0.0, 1.0, 2.0], "y": [0.0, 1.0, 3.0]}
WAVY = {"kind": "piecewise", "x": [0.0, 1.0, 2.0, 3.0], "y": [0.0, 2.0, 3.0, 5.0]}
STEP = {"kind": "adbudg", "low": 5.0, "high": 90.0, "half": 20.0, "slope": 1.0}
LATE_CELL = {"lever": "campaign", "period": "2026-W13", "spend": 1.0}

CASES: list[tuple[str, Changes, Path, str]] = [
    (
        "snowball_segments",
        {("season", 0, "segments"): ["core", "wides"]},
        ("season", 0, "segments", 1),
        "= 'wides': must name a segment of this file (did you mean wider?)",
    ),
    (
        "snowball_segments",
        {(*CORE, "lookalike"): {"wyder": 0.1}},
        (*CORE, "lookalike", "wyder"),
        "must name a segment of this file (did you mean wider?)",
    ),
    (
        "own_lookalike",
        {(*CORE, "lookalike"): {"core": 0.1}},
        (*CORE, "lookalike", "core"),
        "must name another segment than its own",
    ),
    *(
        (
            "field_segments",
            {(*MAIN, name, "xyz"): 1.0},
            (*MAIN, name, "xyz"),
            "must name a segment of this file (the file has core, wider)",
        )
        for name in ("traffic", "cold_start", "saturation", "ceiling", "end_worth")
    ),
    (
        "field_segments",
        {(*ADS, "mix", "cores"): 0.0},
        (*ADS, "mix", "cores"),
        "did you mean core?",
    ),
    (
        "field_segments",
        {("field", "overlap", "cor"): {"kind": "linear", "rate": 1.0}},
        ("field", "overlap", "cor"),
        "did you mean core?",
    ),
    *(
        ("partner_segments", {(*path, "Core"): 0.0}, (*path, "Core"), "did you mean core?")
        for path in (
            (*TAIL, "mix"),
            (*TAIL, "conversion"),
            (*LIGHT, "visits"),
            (*LIGHT, "awareness"),
            (*STAR, "mix"),
            (*STAR, "own_visits"),
            (*STAR, "awareness"),
        )
    ),
    *(
        (
            "saturation_given",
            {(*MAIN, name, "wider"): LEAVE_OUT},
            (*MAIN, name),
            "must give every segment (missing: wider)",
        )
        for name in ("saturation", "ceiling")
    ),
    (
        "creator_conversion_given",
        {(*TAIL, "conversion", "wider"): LEAVE_OUT},
        (*TAIL, "conversion"),
        "must give every segment of the mix (missing: wider)",
    ),
    *(
        ("crew_roles", {(*path, "hosts"): 1.0}, (*path, "hosts"), "must name a role of this file")
        for path in (
            (*MAIN, "crew"),
            (*MAIN, "quality", "crew"),
            (*ADS, "crew"),
            ("field", "content", "crew"),
            (*TAIL, "crew_sample"),
            (*TAIL, "crew_upkeep"),
            (*LIGHT, "crew"),
            (*STAR, "crew"),
        )
    ),
    (
        "staff_roles",
        {("staff", "order_hours", "hoist"): 1.0},
        ("staff", "order_hours", "hoist"),
        "did you mean host?",
    ),
    (
        "staff_roles",
        {(*BUYER, "covers", "hos"): 1.0},
        (*BUYER, "covers", "hos"),
        "did you mean host?",
    ),
    (
        "staff_roles",
        {(*BUYER, "covers", "buyer"): 1.0},
        (*BUYER, "covers", "buyer"),
        "must name another role than its own",
    ),
    (
        "goods_lines",
        {(*STAR, "lines", "teas"): 0.0},
        (*STAR, "lines", "teas"),
        "must name a product line of this file (did you mean tea?)",
    ),
    (
        "goods_lines",
        {(*LIGHT, "stock_floor", "cup"): 1.0},
        (*LIGHT, "stock_floor", "cup"),
        "did you mean cups?",
    ),
    (
        "goods_lines",
        {(*STAR, "stock_floor", "cups"): 1.0},
        (*STAR, "stock_floor", "cups"),
        "must name a line that has a stock",
    ),
    (
        "current_offers",
        {(*TAIL, "current_offer"): "plane"},
        (*TAIL, "current_offer"),
        "= 'plane': must name an offer of this tier (did you mean plain?)",
    ),
    (
        "joined_packages",
        {(*EARLY, "joined"): "fulls"},
        (*EARLY, "joined"),
        "= 'fulls': must name a package of this campaign (did you mean full?)",
    ),
    (
        "exclusions",
        {(*SPRING, "conflicts"): ["early", "erly"]},
        (*SPRING, "conflicts", 1),
        "= 'erly': must name a campaign of this file (did you mean early?)",
    ),
    (
        "exclusions",
        {(*SPRING, "conflicts"): ["spring"]},
        (*SPRING, "conflicts", 0),
        "must name another campaign than its own",
    ),
    (
        "exclusions",
        {(*STAR, "exclusive_with"): ["zinger"]},
        (*STAR, "exclusive_with", 0),
        "must name a deal of this file (did you mean singer?)",
    ),
    (
        "exclusions",
        {(*STAR, "exclusive_with"): ["star"]},
        (*STAR, "exclusive_with", 0),
        "must name another deal than its own",
    ),
    *(
        ("dates_parse", {path: "2026-02-30"}, path, "= '2026-02-30': must be a period number, a")
        for path in (
            ("merchant", "new_until"),
            (*SECOND, "opening_first"),
            (*SPRING, "signup_by"),
            ("money", "locked", 0, "period"),
            ("season", 1, "first"),
            ("season", 1, "last"),
            (*SPRING, "first"),
            (*EARLY, "last"),
            (*STAR, "first"),
            (*STAR, "last"),
        )
    ),
    *(
        (
            "spans_in_order",
            {(*path, "first"): "2026-02-02", (*path, "last"): "2026-W05"},
            (*path, "last"),
            "= '2026-W05': must not lie before first (first is 2026-02-02)",
        )
        for path in (("season", 0), SPRING, STAR)
    ),
    (
        "signup_in_time",
        {(*SPRING, "signup_by"): "2026-W07"},
        (*SPRING, "signup_by"),
        "= '2026-W07': must not lie after last (last is 2026-02-02)",
    ),
    (
        "joined_in_horizon",
        {(*EARLY, "first"): 14, (*EARLY, "last"): 15},
        (*EARLY, "joined"),
        "= 'full': must not be given for a window after the horizon",
    ),
    (
        "joined_without_conflict",
        {(*SPRING, "joined"): "light"},
        (*SPRING, "joined"),
        "= 'light': must not be given together with a campaign in conflict (early is joined too)",
    ),
    (
        "deals_in_time",
        {(*STAR, "lead"): 8},
        (*STAR, "lead"),
        "= 8: must leave time between the start of the horizon and the last session "
        "(the last session is in period 8, so at most 7)",
    ),
    (
        "locked_cells",
        {("money", "locked"): [LATE_CELL]},
        ("money", "locked", 0, "period"),
        "= '2026-W13': must lie in the horizon (the horizon has the periods 1 to 12)",
    ),
    (
        "locked_cells",
        {("money", "locked", 0, "period"): 0},
        ("money", "locked", 0, "period"),
        "= 0: must lie in the horizon",
    ),
    (
        "locked_cells",
        {
            ("money", "locked"): [
                {"lever": "kol", "period": 5, "spend": 0.0},
                {"lever": "field", "period": 5, "spend": 9.0},
                {"lever": "kol", "period": "2026-01-28", "spend": 1.0},
            ]
        },
        ("money", "locked", 2, "period"),
        "must not lock a cell a second time (entry 1 of the list locks it too)",
    ),
    (
        "locked_cells",
        {
            ("kol",): LEAVE_OUT,
            ("money", "locked", 0, "spend"): 5.0,
        },
        ("money", "locked", 0, "lever"),
        "= 'kol': must be a lever of this file (the file has no record kol)",
    ),
    (
        "curves_start_at_zero",
        {(*MAIN, "reception"): STEP},
        (*MAIN, "reception", "low"),
        "= 5.0: must be 0 here",
    ),
    (
        "curves_start_at_zero",
        {("field", "overlap", "core"): {"kind": "piecewise", "x": [0.0, 9.0], "y": [1.0, 2.0]}},
        ("field", "overlap", "core", "y", 0),
        "= 1.0: must be 0 here",
    ),
    (
        "curves_have_their_shape",
        {(*MAIN, "reception"): WAVY},
        (*MAIN, "reception", "y"),
        "must give a curve that is concave or S-shaped (the slope rises at x = 2)",
    ),
    *(
        (
            "curves_have_their_shape",
            {path: RISING},
            (*path, "y"),
            "must give a curve that is concave (the slope rises at x = 1)",
        )
        for path in (
            (*MAIN, "quality", "curve"),
            (*VIDEO, "curve"),
            ("field", "overlap", "core"),
            (*TAIL, "visits"),
        )
    ),
    (
        "curves_have_their_shape",
        {(*TAIL, "visits"): {"kind": "hill", "scale": 9.0, "half": 9.0, "slope": 1.5}},
        (*TAIL, "visits", "slope"),
        "= 1.5: must be at most 1 here, where the curve has to be concave",
    ),
    (
        "overlap_below_the_sum",
        {("field", "overlap", "core"): {"kind": "linear", "rate": 1.01}},
        ("field", "overlap", "core"),
        "must give at most the sum of the visits (its slope at 0 is 1.01, more than 1)",
    ),
    (
        "overlap_below_the_sum",
        {("field", "overlap", "core"): {"kind": "power", "scale": 1.0, "exponent": 0.5}},
        ("field", "overlap", "core"),
        "must give at most the sum of the visits (its slope at 0 is inf, more than 1)",
    ),
    (
        "content_carries",
        {("field", "content"): LEAVE_OUT},
        (*VIDEO, "per_content"),
        "= True: must be false without the record field.content",
    ),
    (
        "followers_in_pool",
        {(*CORE, "followers"): 1000.0},
        (*CORE, "followers"),
        "= 1000.0: must be less than pool (pool is 1000)",
    ),
    *(
        (
            "conversions",
            {(*CORE, name): 0.0999},
            (*CORE, name),
            "= 0.0999: must be at least conversion (conversion is 0.1)",
        )
        for name in ("conversion_well", "conversion_interested")
    ),
    (
        "matched_conversion",
        {(*CORE, "calibration_gain"): 0.91},
        (*CORE, "calibration_gain"),
        "= 0.91: must sum to at most 1 with conversion (conversion is 0.1, the sum 1.01)",
    ),
    (
        "persistences",
        {(*CORE, "persistence_served"): 0.11},
        (*CORE, "persistence_served"),
        "= 0.11: must sum to at most 1 with persistence (persistence is 0.9, the sum 1.01)",
    ),
    (
        "interest_shares",
        {("snowball", "interest", "harvest_max"): 0.81},
        ("snowball", "interest", "harvest_max"),
        "= 0.81: must sum to at most 1 with decay (decay is 0.2, the sum 1.01)",
    ),
    (
        "refunds",
        {(*CUPS, "refund_pre"): 0.6, (*CUPS, "refund_post"): 0.5},
        (*CUPS, "refund_post"),
        "= 0.5: must sum to at most 1 with refund_pre (refund_pre is 0.6, the sum 1.1)",
    ),
    (
        "line_shares",
        {(*TEA, "share_min", "field"): 0.75},
        (*TEA, "share_min", "field"),
        "= 0.75: must be at most share_max (share_max is 0.7)",
    ),
    (
        "channel_shares",
        {(*CUPS, "share_min", "field"): 0.7},
        (*CUPS, "share_min", "field"),
        "= 0.7: shares of all lines in the channel field must sum to at most 1 (their sum is 1.1)",
    ),
    (
        "channel_shares",
        {(*TEA, "share_max", "shelf"): 0.5, (*CUPS, "share_max"): {"shelf": 0.4}},
        (*TEA, "share_max", "shelf"),
        "= 0.5: shares of all lines in the channel shelf must sum to at least 1 "
        "(their sum is 0.9)",
    ),
    (
        "live_hours",
        {(*SECOND, "hours_min"): 41.0},
        (*SECOND, "hours_min"),
        "= 41.0: must be at most hours_max (hours_max is 40)",
    ),
    (
        "live_hours",
        {(*MAIN, "current_hours"): 61.0},
        (*MAIN, "current_hours"),
        "= 61.0: must be at most hours_max (hours_max is 60)",
    ),
    (
        "live_hours",
        {(*MAIN, "current_hours"): 45.0, (*MAIN, "slots", "prime"): LEAVE_OUT},
        (*MAIN, "current_hours"),
        "= 45.0: must be at most the sum of its slots' hours (the sum of its slots' hours is 40)",
    ),
    (
        "live_hours",
        {(*MAIN, "hours_min"): 50.0, (*MAIN, "slots", "prime"): LEAVE_OUT},
        (*MAIN, "hours_min"),
        "= 50.0: must be at most the sum of its slots' hours",
    ),
    (
        "room_traffic",
        {(*MAIN, "traffic"): {}},
        (*MAIN, "traffic"),
        "must give at least one segment, since the account is open",
    ),
    (
        "room_traffic",
        {(*SECOND, "cold_start"): LEAVE_OUT},
        (*SECOND, "cold_start"),
        "must give at least one segment, since the account opens later",
    ),
    (
        "account_shares",
        {(*SECOND, "share"): 0.5},
        (*MAIN, "share"),
        "= 0.6: shares of all accounts must sum to at most 1 (their sum is 1.1)",
    ),
    (
        "open_accounts",
        {("field", "accounts_max"): 0},
        ("field", "accounts_max"),
        "= 0: must be at least the number of accounts open at the start",
    ),
    (
        "mixes",
        {(*ADS, "mix", "core"): 0.4999},
        (*ADS, "mix"),
        "shares must sum to 1 (their sum is 0.9999)",
    ),
    (
        "mixes",
        {(*TAIL, "mix", "core"): 0.3 + 1e-8},
        (*TAIL, "mix"),
        "shares must sum to 1 (their sum is 1.00000001",
    ),
    (
        "mixes",
        {(*STAR, "mix"): {}},
        (*STAR, "mix"),
        "shares must sum to 1 (their sum is 0)",
    ),
    (
        "current_efforts",
        {(*ADS, "current_spend"): 2001.0},
        (*ADS, "current_spend"),
        "= 2001.0: must be at most spend_max (spend_max is 2000)",
    ),
    (
        "current_efforts",
        {("field", "content", "current_made"): 6.0},
        ("field", "content", "current_made"),
        "= 6.0: must be at most made_max (made_max is 5)",
    ),
    (
        "current_efforts",
        {(*TAIL, "current_samples"): 31.0},
        (*TAIL, "current_samples"),
        "= 31.0: must be at most samples_max (samples_max is 30)",
    ),
    (
        "creator_pools",
        {(*TAIL, "pool"): 60.0},
        (*TAIL, "pool"),
        "= 60.0: must be at most the supply of the current offer (supply of plain is 50: "
        "the creators above it would be gone in the first period)",
    ),
    (
        "offer_rates",
        {(*TAIL, "offers", "raised", "service_fee"): 0.75},
        (*TAIL, "offers", "raised", "service_fee"),
        "= 0.75: must sum to at most 1 with commission",
    ),
    (
        "deal_outcomes",
        {(*STAR, "gmv", "p10"): 1001.0},
        (*STAR, "gmv", "p50"),
        "= 1000.0: must be at least p10 (p10 is 1001)",
    ),
    (
        "deal_outcomes",
        {(*STAR, "gmv", "p90"): 999.0},
        (*STAR, "gmv", "p90"),
        "= 999.0: must be at least p50 (p50 is 1000)",
    ),
    (
        "deal_lines",
        {(*STAR, "lines"): LEAVE_OUT},
        (*STAR, "lines"),
        "must be given when there is more than one product line (shares over tea, cups)",
    ),
    (
        "deal_lines",
        {(*STAR, "lines", "tea"): 0.6},
        (*STAR, "lines"),
        "shares must sum to 1 (their sum is 1.1)",
    ),
    (
        "deal_refunds",
        {(*STAR, "refund_post_add"): 0.65},
        (*STAR, "refund_post_add"),
        "= 0.65: refunds of a line and the deal's additions must sum to at most 1 "
        "(with goods.lines.tea the sum is 1.05)",
    ),
    (
        "heads",
        {(*HOST, "heads_min"): 4.0},
        (*HOST, "heads"),
        "must be at least heads_min (heads_min is 4)",
    ),
    (
        "heads",
        {(*HOST, "heads_max"): 2.0},
        (*HOST, "heads"),
        "must be at most heads_max (heads_max is 2)",
    ),
    (
        "openings",
        {(*MAIN, "opens"): 2},
        (*MAIN, "opens"),
        "= 2: must not be given for an open account",
    ),
    (
        "phases",
        {("alliance", "contract_elapsed"): 4},
        ("alliance", "contract_elapsed"),
        "= 4: must be at most the block - 1",
    ),
    (
        "phases",
        {("staff", "hire_elapsed"): 1},
        ("staff", "hire_elapsed"),
        "= 1: must be at most hire_every - 1",
    ),
    (
        "pipelines",
        {(*TAIL, "arriving"): [1.0, 1.0, 1.0]},
        (*TAIL, "arriving"),
        "= 3: must have at most 2 entries, as lead says",
    ),
    (
        "pipelines",
        {(*HOST, "joining"): [1, 1, 1]},
        (*HOST, "joining"),
        "= 3: must have at most 2 entries, as hire_lead says",
    ),
    (
        "agreed_deals",
        {(*STAR, "agreed"): 40},
        (*STAR, "agreed"),
        "= 40: must lie before the end of the horizon",
    ),
    (
        "credit",
        {("money", "cash", "drawn"): 21.0},
        ("money", "cash", "drawn"),
        "= 21.0: must be at most credit (credit is 20)",
    ),
    (
        "ramps",
        {(*HOST, "ramp"): [0.5, 0.75, 0.7]},
        (*HOST, "ramp", 2),
        "= 0.7: productivity must not fall (the period before has 0.75)",
    ),
    (
        "settlement",
        {("money", "settlement"): [0.0, 0.4, 0.5]},
        ("money", "settlement"),
        "shares must sum to 1 (their sum is 0.9)",
    ),
    (
        "fees",
        {("money", "tax_other"): 0.96},
        ("money", "tax_other"),
        "= 0.96: must sum to at most 1 with platform_fee",
    ),
    (
        "lever_limits",
        {("money", "levers", "field", "max"): 50.0},
        ("money", "levers", "field", "min"),
        "= 100.0: must be at most max (max is 50)",
    ),
    (
        "lever_limits",
        {("money", "levers", "field", "share_min"): 0.95},
        ("money", "levers", "field", "share_min"),
        "= 0.95: must be at most share_max (share_max is 0.9)",
    ),
    (
        "lever_limits",
        {("kol",): LEAVE_OUT, ("money", "levers", "kol", "min"): 5.0},
        ("money", "levers", "kol", "min"),
        "= 5.0: must be 0 for a lever that the file does not have (the file has no record kol)",
    ),
    (
        "lever_shares",
        {
            ("money", "levers", "field", "share_min"): 0.7,
            ("money", "levers", "kol", "share_min"): 0.4,
        },
        ("money", "levers", "field", "share_min"),
        "= 0.7: smallest shares of all levers must sum to at most 1 (their sum is 1.1)",
    ),
    (
        "lever_shares",
        {
            ("money", "levers", name): {"share_max": 0.2}
            for name in ("field", "alliance", "campaign", "kol")
        },
        ("money", "levers", "field", "share_max"),
        "= 0.2: largest shares of the levers of the file must sum to at least 1 "
        "(their sum is 0.8)",
    ),
    (
        "lever_floors",
        {("money", "budget"): 99.0},
        ("money", "budget"),
        "= 99.0: must be at least the sum of the levers' min",
    ),
    (
        "cash_floor",
        {("money", "cash", "floor"): 111.0},
        ("money", "cash", "floor"),
        "= 111.0: must be at most opening, credit and the first receivable together "
        "(together they are 110)",
    ),
    (
        "target",
        {("objective",): {"goal": "cost"}},
        ("objective", "target"),
        "must be given with the goal cost",
    ),
    (
        "target",
        {("objective",): {"goal": "profit", "target": 5.0}},
        ("objective", "target"),
        "= 5.0: must be left out with the goal profit",
    ),
    (
        "probabilities",
        {("scenarios",): {"slow": {"probability": 0.4}, "fast": {"probability": 0.4}}},
        ("scenarios",),
        "scenarios: probabilities must sum to 1 (their sum is 0.8)",
    ),
    (
        "changes_say_how",
        {("scenarios",): {"sure": {"probability": 1.0, "changes": [{"at": "money.budget"}]}}},
        ("scenarios", "sure", "changes", 0),
        "= 'money.budget': needs either value or times, not both",
    ),
    (
        "scenarios_hold",
        {
            ("scenarios",): {
                "sure": {"probability": 1.0, "changes": [{"at": "money.gold", "value": 1.0}]}
            }
        },
        ("scenarios", "sure", "changes"),
        "scenarios.sure.changes: cannot be made: money.gold: no figure stands there",
    ),
    (
        "current_levers",
        {
            ("kol",): LEAVE_OUT,
            ("money", "levers", "kol"): LEAVE_OUT,
            ("current",): {"spend": [{"lever": "kol", "spend": 5.0}]},
        },
        ("current", "spend", 0, "lever"),
        "= 'kol': must be a lever of this file (the file has no record kol)",
    ),
    (
        "current_levers",
        {("last_year",): {"field": 0.5, "kol": 0.4}},
        ("last_year",),
        "shares must sum to 1 (their sum is 0.9)",
    ),
    (
        "current_spans",
        {("current",): {"spend": [{"lever": "field", "spend": 5.0, "last": "2026-W13"}]}},
        ("current", "spend", 0, "last"),
        "= '2026-W13': must lie in the horizon (the horizon has the periods 1 to 12)",
    ),
    (
        "current_spans",
        {("current",): {"spend": [{"lever": "field", "spend": 5.0, "first": 4, "last": 3}]}},
        ("current", "spend", 0, "last"),
        "= 3: must not lie before first (first is 4)",
    ),
    (
        "dates_parse",
        {("current",): {"spend": [{"lever": "field", "spend": 5.0, "first": "soon"}]}},
        ("current", "spend", 0, "first"),
        "must be a period number",
    ),
    (
        "current_packages",
        {("current",): {"joins": [{"campaign": "sprung", "package": "light"}]}},
        ("current", "joins", 0, "campaign"),
        "= 'sprung': must name a campaign of this file (did you mean spring?)",
    ),
    (
        "current_packages",
        {("current",): {"joins": [{"campaign": "spring", "package": "lite"}]}},
        ("current", "joins", 0, "package"),
        "= 'lite': must name a package of this campaign",
    ),
    (
        "current_packages",
        {("current",): {"joins": [{"campaign": "spring", "package": "light"}] * 2}},
        ("current", "joins", 1, "campaign"),
        "= 'spring': must not join a campaign a second time",
    ),
    (
        "current_deals",
        {("current",): {"signs": [{"deal": "start", "period": 5}]}},
        ("current", "signs", 0, "deal"),
        "= 'start': must name a deal of this file (did you mean star?)",
    ),
    (
        "current_deals",
        {("current",): {"signs": [{"deal": "star", "period": 5}] * 2}},
        ("current", "signs", 1, "deal"),
        "= 'star': must not sign a deal a second time",
    ),
    (
        "current_deals",
        {("current",): {"signs": [{"deal": "star", "period": 13}]}},
        ("current", "signs", 0, "period"),
        "= 13: must lie in the horizon",
    ),
    (
        "program_fits",
        {
            ("calendar", "periods"): 260,
            ("field", "accounts"): {
                f"room_{n}": {**BASE["field"]["accounts"]["main"], "share": 0.001}
                for n in range(100)
            },
            ("field", "accounts_max"): 100,
        },
        ("calendar", "periods"),
        "= 260: the program must have at most 2,000,000 non-zeros",
    ),
]
"""Rule, what is changed, path of the fault, words of the fault."""
