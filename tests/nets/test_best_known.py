"""No bound may lie below a plan that was ever verified, nor a plan above a bound that was proved.

``instances/best-known.json`` keeps, by the digest of the canonical instance, the best verified
objective and the best bound seen so far. A run with ``--keep-best`` writes better ones into it.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from allocator.load import load
from allocator.plan import Plan
from allocator.reading import canonical_sha256
from allocator.solve import solve
from allocator.writing import write_atomic
from fact_models.spec.instance import Instance
from tests.nets.tiers import share

INSTANCES = Path(__file__).parents[2] / "instances"
STORE = INSTANCES / "best-known.json"
TOLERANCE = 1e-5
"""Relative to max(1, |value|), as in the rules of the MIP Computational Competition 2023."""
SECONDS = 20.0
EVERY_RUN = ("a2b-log", "a8-s-curves-15", "s2-two-s-curves")
FILES = {
    file.stem: file
    for folder in ("reference", "bench", "archetypes")
    for file in sorted((INSTANCES / folder).iterdir())
    if file.suffix in (".yaml", ".json") and file.name != "table.json"
}


def known() -> dict[str, dict[str, Any]]:
    """The store."""
    found: dict[str, dict[str, Any]] = json.loads(STORE.read_text("utf-8"))
    return found


def sign_of(instance: Instance) -> float:
    """-1 where less is better."""
    return -1.0 if instance.objective.goal == "cost" else 1.0


def contradictions(plan: Plan, entry: dict[str, Any]) -> list[str]:
    """What a plan's interval and an entry cannot both be right about."""
    sign, found = sign_of(plan.instance), []
    slack = TOLERANCE * max(1.0, abs(entry["objective"]))
    if plan.bound is not None and sign * (entry["objective"] - plan.bound) > slack:
        found.append(f"bound {plan.bound} excludes the known plan of {entry['objective']}")
    if plan.objective is not None and sign * (plan.objective - entry["bound"]) > slack:
        found.append(f"plan of {plan.objective} is better than the known bound {entry['bound']}")
    return found


def keep(plan: Plan, store: dict[str, dict[str, Any]]) -> None:
    """Enter what is better than before."""
    if plan.objective is None or plan.bound is None:
        return
    better = max if sign_of(plan.instance) > 0 else min
    lower = min if sign_of(plan.instance) > 0 else max
    fresh = {"objective": plan.objective, "bound": plan.bound}
    entry = store.setdefault(canonical_sha256(plan.instance), {"name": plan.name, **fresh})
    entry["objective"] = better(entry["objective"], plan.objective)
    entry["bound"] = lower(entry["bound"], plan.bound)
    text = json.dumps(dict(sorted(store.items(), key=lambda pair: pair[1]["name"])), indent=1)
    write_atomic(STORE, text + "\n")


@pytest.mark.parametrize(
    "name",
    share(FILES, EVERY_RUN),
)
def test_no_bound_excludes_a_known_plan(name: str, pytestconfig: pytest.Config) -> None:
    """A short solve of every stored instance agrees with everything known of it."""
    instance, store = load(FILES[name]), known()
    plan = solve(instance, gap=0.005, time_limit=SECONDS)
    entry = store.get(canonical_sha256(instance))
    if entry is not None:
        assert contradictions(plan, entry) == []
    if pytestconfig.getoption("--keep-best"):
        keep(plan, store)


def test_the_store_is_about_the_stored_instances() -> None:
    """Every entry belongs to a file as it is now, and its interval is one."""
    digests = {canonical_sha256(load(file)): name for name, file in FILES.items()}
    for digest, entry in known().items():
        assert digest in digests, f"{entry['name']} has changed: take its entry out"
        instance = load(FILES[digests[digest]])
        slack = TOLERANCE * max(1.0, abs(entry["objective"]))
        assert sign_of(instance) * (entry["objective"] - entry["bound"]) <= slack, entry["name"]


def test_a_contradiction_is_found() -> None:
    """A bound below a known plan and a plan above a known bound are told."""
    instance = load(FILES["a2b-log"])
    plan = solve(instance, gap=0.01, time_limit=60)
    assert plan.objective is not None
    above, below = 1.02 * plan.objective, 0.98 * plan.objective
    assert contradictions(plan, {"objective": above, "bound": 2 * above})[0].startswith("bound")
    assert contradictions(plan, {"objective": below, "bound": below})[0].startswith("plan")
    assert contradictions(plan, {"objective": below, "bound": above}) == []
