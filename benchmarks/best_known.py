"""Best known plans and bounds, kept beside the instances.

``instances/best-known.json`` holds, by the digest of the canonical instance, the best verified
objective and the best bound seen so far. Instances that are drawn and not stored bear family,
weeks and seed under ``drawn``.
"""

import json
from pathlib import Path
from typing import Any

from filelock import FileLock

from allocator.writing import write_atomic
from fact_models.spec.instance import Instance

STORE = Path(__file__).parents[1] / "instances" / "best-known.json"
TOLERANCE = 1e-5
"""Relative to max(1, |value|), as in the rules of the MIP Computational Competition 2023."""

Entry = dict[str, Any]
Store = dict[str, Entry]


def known(store: Path = STORE) -> Store:
    """The store; empty if there is no file."""
    if not store.is_file():
        return {}
    found: Store = json.loads(store.read_text("utf-8"))
    return found


def sign_of(instance: Instance) -> float:
    """-1 where less is better."""
    return -1.0 if instance.objective.goal == "cost" else 1.0


def contradictions(
    objective: float | None, bound: float | None, entry: Entry, *, sign: float = 1.0
) -> list[str]:
    """What a plan's interval and an entry cannot both be right about.

    Args:
        objective: value of a verified plan, or None.
        bound: what was proved, or None.
        entry: what is known of the instance.
        sign: -1 where less is better.
    """
    found = []
    slack = TOLERANCE * max(1.0, abs(entry["objective"]))
    if bound is not None and sign * (entry["objective"] - bound) > slack:
        found.append(f"bound {bound} excludes the known plan of {entry['objective']}")
    if objective is not None and sign * (objective - entry["bound"]) > slack:
        found.append(f"plan of {objective} is better than the known bound {entry['bound']}")
    return found


def keep(
    store: Path,
    digest: str,
    name: str,
    objective: float | None,
    bound: float | None,
    *,
    sign: float = 1.0,
    drawn: bool = False,
) -> bool:
    """Enter what is better than before; whether anything was.

    Args:
        store: file of the store.
        digest: of the canonical instance.
        name: of the instance.
        objective: value of a verified plan.
        bound: what was proved.
        sign: -1 where less is better.
        drawn: whether ``name`` is family, weeks and seed of an instance that is not stored.
    """
    if objective is None or bound is None:
        return False
    better, nearer = (max, min) if sign > 0 else (min, max)
    with FileLock(f"{store}.lock"):
        held = known(store)
        old = held.get(digest, {})
        entry = {
            **old,
            "name": name,
            **({"drawn": name} if drawn else {}),
            "objective": better(old.get("objective", objective), objective),
            "bound": nearer(old.get("bound", bound), bound),
        }
        if entry == old:
            return False
        held[digest] = entry
        text = json.dumps(dict(sorted(held.items(), key=lambda pair: pair[1]["name"])), indent=1)
        write_atomic(store, text + "\n")
    return True
