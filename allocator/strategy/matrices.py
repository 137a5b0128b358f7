"""The same merchant with a lever alone, or with more and fewer rooms."""

from collections.abc import Iterator
from typing import Any

from allocator.changing import changed
from allocator.reasons.attribution import LEVERS
from allocator.reasons.regret import banned
from allocator.strategy.sizes import AUDIENCE
from fact_models.spec.instance import Instance

COPY = "_copy"
"""Ends the name of a copy of a candidate."""

COPIES = 1
"""Rooms beyond those that the file names."""


def alone(instance: Instance, lever: str) -> Instance:
    """The instance with no other lever than ``lever``, and without the people who have no work
    then and can do none of what is left."""
    found = instance
    for other in LEVERS:
        if other != lever and getattr(found, other) is not None:
            found = banned(found, other)
    return without_idle(found)


def without_idle(instance: Instance) -> Instance:
    """The instance without roles that no lever, no order and no other role needs."""
    if instance.staff is None:
        return instance
    tree = changed(instance)
    staff = tree["staff"]
    busy = set(staff["order_hours"])
    for lever in LEVERS:
        busy |= set(_crews(tree[lever]))
    kept = {j: r for j, r in staff["roles"].items() if j in busy or busy & set(r["covers"])}
    if not kept:
        tree["staff"] = None
    else:
        for role in kept.values():
            role["covers"] = {j: x for j, x in role["covers"].items() if j in kept}
        staff["roles"] = kept
    return Instance.model_validate(tree)


def _crews(record: Any) -> Iterator[str]:
    """Roles that a record of a lever needs."""
    if not isinstance(record, dict):
        return
    for key, value in record.items():
        if key.startswith("crew") and isinstance(value, dict):
            yield from value
        else:
            yield from _crews(value)


def unknown(instance: Instance) -> Instance:
    """The instance of a brand that nobody knows on the first day: no followers, customers,
    interested people or awareness."""
    tree = changed(instance)
    for segment in tree["snowball"]["segments"].values():
        segment |= dict.fromkeys(AUDIENCE, 0.0)
    return Instance.model_validate(tree)


def rooms_of(instance: Instance) -> list[str]:
    """Accounts that are open or whose opening is decided, those with most traffic first."""
    accounts = instance.field.accounts if instance.field else {}
    there = [a for a, account in accounts.items() if account.open or account.opens is not None]
    return sorted(there, key=lambda a: -sum(accounts[a].traffic.values()))


def candidates_of(instance: Instance) -> list[str]:
    """Accounts that can be opened."""
    accounts = instance.field.accounts if instance.field else {}
    there = set(rooms_of(instance))
    return [a for a in accounts if a not in there]


def last_rooms(instance: Instance) -> int:
    """Rooms up to which every number is planned."""
    candidates = len(candidates_of(instance))
    return len(rooms_of(instance)) + candidates + (COPIES if candidates else 0)


def most_rooms(instance: Instance) -> int:
    """Rooms that the file allows at once."""
    assert instance.field is not None
    limit = instance.field.accounts_max
    count = len(instance.field.accounts)
    return count if limit is None else min(limit, count)


def with_rooms(instance: Instance, count: int, copied: str = "") -> Instance:
    """The instance with at most ``count`` rooms at once.

    Below what is open today, the rooms with the least traffic have never been there: their
    recommended traffic is gone, their share of the followers' traffic goes to the rooms that stay.
    Above what the file names, copies of ``copied`` can be opened at the same cost; no follower's
    traffic lands in them that lands elsewhere today.
    """
    tree = changed(instance)
    field = tree["field"]
    accounts, there = field["accounts"], rooms_of(instance)
    _without(accounts, there[count:], there[:count])
    for n in range(count - len(there) - len(candidates_of(instance))):
        name = _named(accounts, f"{copied[:30]}{COPY}{n + 1}")
        accounts[name] = {**accounts[copied], "share": 0.0}
    field["accounts_max"] = max(count, 0)
    if count < len(there):
        for candidate in candidates_of(instance):
            del accounts[candidate]
    return Instance.model_validate(tree)


def with_candidate(instance: Instance, name: str) -> Instance:
    """The instance in which ``name`` alone can be opened, and nothing else."""
    tree = changed(instance)
    field = tree["field"]
    for other in candidates_of(instance):
        if other != name:
            del field["accounts"][other]
    field["accounts_max"] = len(rooms_of(instance)) + 1
    return Instance.model_validate(tree)


def _without(accounts: dict[str, Any], gone: list[str], kept: list[str]) -> None:
    """Take rooms out and give their share of followers to those that stay."""
    lost = sum(accounts[a]["share"] for a in gone)
    left = sum(accounts[a]["share"] for a in kept)
    for a in gone:
        del accounts[a]
    for a in kept if gone else ():
        part = accounts[a]["share"] / left if left > 0 else 1 / len(kept)
        accounts[a]["share"] = min(accounts[a]["share"] + part * lost, 1.0)


def _named(accounts: dict[str, Any], name: str) -> str:
    while name in accounts:
        name += "x"
    return name
