"""The answers as JSON knows them."""

import math
from dataclasses import asdict
from typing import Any

from allocator.strategy.cases import Answer, Worth
from allocator.strategy.record import Strategy
from allocator.strategy.told import assumed, sections


def record(found: Strategy) -> dict[str, Any]:
    """Cases with figures and growth, differences with their intervals, the order of the levers,
    pay, rooms, and the words; numbers that are not finite become None."""
    told: dict[str, Any] = _plain(
        {
            "instance": found.instance.name,
            "currency": found.instance.currency,
            "gap": found.gap,
            "stopped": found.stopped,
            "cases": {key: _case(answer) for key, answer in found.answers.items()},
            "worth": {
                f"{one} beyond {other}": _worth(found.worth(one, other))
                for one, other in pairs(found)
            },
            "pay": None if found.pay is None else found.pay.plain(),
            "order": [
                {"lever": lever, "from_size": size, "share": part}
                for lever, size, part in found.order
            ]
            if found.sizes
            else [],
            "rooms": {
                "today": found.rooms_today,
                "proved": found.proved_rooms,
                "best_known": found.rooms[-1].rooms if found.rooms else None,
                "copied": found.copied,
            },
            "assumed": list(assumed(found, "en")),
            "words": {x.key: x.sentences for x in sections(found, "en")},
        }
    )
    return told


def pairs(found: Strategy) -> list[tuple[str, str]]:
    """Cases that are held against each other."""
    keys = [("team.free", "team.as_it_is")]
    keys += [(x.case.key, "team.as_it_is") for x in found.of("price")]
    keys += [(x.case.key, "base") for x in found.of("lever")]
    keys += [("alliance.unknown", "alliance.known")]
    rooms = [x.case.key for x in found.rooms]
    keys += list(zip(rooms[1:], rooms, strict=False))
    keys += [(x.case.key, f"rooms.{found.rooms_today}") for x in found.of("next")]
    return [pair for pair in keys if all(key in found.answers for key in pair)]


def _case(answer: Answer) -> dict[str, Any]:
    plan, ball = answer.plan, answer.snowball
    return {
        "group": answer.case.group,
        "at": answer.case.at,
        "name": answer.case.name,
        "status": plan.status,
        "message": plan.message,
        "solved": answer.solved,
        "cut": answer.cut,
        "objective": plan.objective,
        "bound": plan.bound,
        "gap": plan.gap,
        "gmv": plan.gmv,
        "net_gmv": plan.net_gmv,
        "contribution": plan.contribution,
        "spend": answer.total_spend,
        "lever_spend": answer.spend,
        "hires": answer.hires,
        "opened": answer.opened,
        "rooms": answer.rooms,
        "packages": answer.packages,
        "deals": answer.deals,
        "growth": None if ball is None else asdict(ball),
    }


def _worth(worth: Worth | None) -> dict[str, Any] | None:
    return None if worth is None else {**asdict(worth), "verdict": worth.verdict}


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(x) for key, x in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(x) for x in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return value
