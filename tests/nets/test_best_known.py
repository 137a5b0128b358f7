"""No bound may lie below a plan that was ever verified, nor a plan above a bound that was proved.

``instances/best-known.json`` keeps, by the digest of the canonical instance, the best verified
objective and the best bound seen so far. A run with ``--keep-best`` writes better ones into it.
"""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from allocator.load import load
from allocator.plan import Plan, relative_gap
from allocator.reading import canonical_sha256
from allocator.solve import solve
from benchmarks.best_known import STORE, TOLERANCE, Entry, contradictions, keep, known, sign_of
from benchmarks.families.cases import case_of
from fact_models.spec.instance import Instance
from tests.nets.tiers import share

INSTANCES = Path(__file__).parents[2] / "instances"
SECONDS = 20.0
EVERY_RUN = ("a2b-log", "a8-s-curves-15", "s2-two-s-curves")
FILES = {
    file.stem: file
    for folder in ("reference", "bench", "archetypes")
    for file in sorted((INSTANCES / folder).iterdir())
    if file.suffix in (".yaml", ".json") and file.name != "table.json"
}
LABELS = sorted(entry["drawn"] for entry in known().values() if "drawn" in entry)
"""Family, weeks and seed of the instances of the store that can be drawn."""
SOLVED = [label for label in LABELS if label not in FILES and case_of(label).weeks <= 26]
"""Those of them that are solved here; the runner solves all."""


def instance_of(name: str) -> Instance:
    """The stored or the drawn instance of a name."""
    return load(FILES[name]) if name in FILES else case_of(name).instance()


@cache
def signs() -> dict[str, float]:
    """Digests of the stored instances, each with -1 where less is better."""
    return {canonical_sha256(x): sign_of(x) for x in map(load, FILES.values())}


def inside(plan: Plan) -> bool:
    """Whether a plan, if there is one, is not better than its own bound, if it has one."""
    if plan.objective is None or plan.bound is None:
        return True
    slack = TOLERANCE * max(1.0, abs(plan.objective))
    return sign_of(plan.instance) * (plan.objective - plan.bound) <= slack


def against(plan: Plan, entry: Entry) -> list[str]:
    """What a plan's interval and an entry cannot both be right about."""
    sign = sign_of(plan.instance)
    return contradictions(plan.objective, plan.bound, entry, sign=sign)


@pytest.mark.parametrize("name", share([*FILES, *SOLVED], EVERY_RUN))
def test_no_bound_excludes_a_known_plan(name: str, pytestconfig: pytest.Config) -> None:
    """A short solve of every stored or drawn instance agrees with everything known of it."""
    instance = instance_of(name)
    plan = solve(instance, gap=0.005, time_limit=SECONDS)
    assert inside(plan)
    digest = canonical_sha256(instance)
    entry = known().get(digest)
    assert entry is None or against(plan, entry) == []
    if pytestconfig.getoption("--keep-best"):
        keep(STORE, digest, plan.name, plan.objective, plan.bound, sign=sign_of(instance))
    assert digest in known(), f"{name} has no entry: run with --keep-best"


def test_the_store_is_about_the_stored_instances() -> None:
    """Every entry that is not drawn belongs to a file as it is now."""
    for digest, entry in known().items():
        if "drawn" not in entry:
            assert digest in signs(), f"{entry['name']} has changed: take its entry out"


def test_every_stored_instance_has_a_known_plan() -> None:
    """Without an entry the net could not fail on an instance."""
    missing = {name for name, file in FILES.items() if canonical_sha256(load(file)) not in known()}
    assert not missing


@pytest.mark.parametrize("label", share(LABELS, {d for d in LABELS if d.endswith("-0")}))
def test_drawn_instances_are_those_of_the_store(label: str) -> None:
    """Family, weeks and seed draw the instance that the entry is about."""
    digest = canonical_sha256(case_of(label).instance())
    assert known().get(digest, {}).get("drawn") == label, f"{label} has changed: take it out"


def test_every_interval_of_the_store_is_one() -> None:
    """No known plan is better than the known bound of its instance; all drawn ones maximise."""
    for digest, entry in known().items():
        sign = signs().get(digest, 1.0)
        slack = TOLERANCE * max(1.0, abs(entry["objective"]))
        assert sign * (entry["objective"] - entry["bound"]) <= slack, entry["name"]


def test_a_contradiction_is_found() -> None:
    """A bound below a known plan, a plan above a known bound or above its own are told."""
    instance = load(FILES["a2b-log"])
    plan = solve(instance, gap=0.01, time_limit=60)
    assert plan.objective is not None
    above, below = 1.02 * plan.objective, 0.98 * plan.objective
    assert against(plan, {"objective": above, "bound": 2 * above})[0].startswith("bound")
    assert against(plan, {"objective": below, "bound": below})[0].startswith("plan")
    assert against(plan, {"objective": below, "bound": above}) == []
    assert inside(plan)
    assert not inside(replace(plan, bound=below, gap=relative_gap(plan.objective, below)))
