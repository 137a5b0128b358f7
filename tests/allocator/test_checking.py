"""No command goes by a plan file that breaks a rule or says what its decisions do not give."""

from dataclasses import replace
from pathlib import Path

import pytest

from allocator import plan_file
from allocator.faults import InputError
from allocator.load import load
from allocator.plan import Plan
from allocator.strategy.cases import Case
from allocator.strategy.keeping import Shelf
from fact_models.replay import status_quo
from tests.allocator.test_cli import run

SMALL = Path(__file__).with_name("small_merchant.yaml")


def today(status: str = "feasible_limit") -> Plan:
    """What the small merchant does today, with a bound far above."""
    instance = load(SMALL)
    return Plan.of(instance, status, status_quo(instance), 1e7)  # type: ignore[arg-type]


def overspent() -> Plan:
    """A plan that breaks rules; every figure in it follows from its decisions."""
    plan = today()
    assert plan.decisions is not None
    decisions = plan.decisions.copy()
    decisions.boost_spend *= 5
    decisions.hours *= 4
    decisions.base_orders *= 3
    return Plan.of(plan.instance, "optimal", decisions, 1e7, max_violation=0.0)


@pytest.fixture
def forged(tmp_path: Path) -> Path:
    """The file of a plan that breaks rules."""
    path = tmp_path / "plan.json"
    path.write_text(overspent().to_json(), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "command",
    [
        ["show"],
        ["show", "--json"],
        ["page"],
        ["explain"],
        ["compare", "--xlsx", "FOLDER/new.xlsx"],
        ["score", "--count", "2"],
        ["replan", "--actuals", "FOLDER/weeks.csv"],
    ],
    ids=lambda command: command[0],
)
def test_a_plan_that_breaks_a_rule_is_refused(command: list[str], forged: Path) -> None:
    """Every command ends with 2 and the broken rule, and writes nothing."""
    folder = forged.parent
    (folder / "weeks.csv").write_text("week,gmv\n2026-W01,20000\n", encoding="utf-8")
    before = {path.name for path in folder.iterdir()}
    name, *rest = (part.replace("FOLDER", str(folder)) for part in command)
    result = run(name, forged, *rest)
    assert result.exit_code == 2, result.output
    assert "is not a plan to go by: (FI.16) own orders" in result.stderr
    assert {path.name for path in folder.iterdir()} == before


def test_verify_tells_all_that_is_wrong(forged: Path) -> None:
    """The one command that is there to judge plan files shows broken rules in its table."""
    result = run("verify", forged)
    assert result.exit_code == 1
    assert "(FI.16) own orders" in result.stdout
    assert "max_violation is reported as 0.0" in " ".join(
        plan_file.read_stated(forged).finding.faults
    )


def test_a_kept_plan_that_breaks_a_rule_is_made_again(tmp_path: Path) -> None:
    """A shelf hands out plans that keep their rules, and nothing else that lies there."""
    plan, shelf = today(), Shelf(tmp_path)
    case = Case("base", "base", plan.instance)
    shelf.keep(case, plan)
    assert shelf.plan(case) is not None
    (tmp_path / "base.json").write_text(overspent().to_json(), encoding="utf-8")
    assert shelf.plan(case) is None
    (tmp_path / "base.json").write_bytes(b"\xff\xfe{")
    assert shelf.plan(case) is None


def test_optimal_needs_a_bound() -> None:
    """A plan that calls itself optimal and proves nothing is refused."""
    plan = replace(today("optimal"), bound=None, gap=None)
    with pytest.raises(InputError, match="no bound to show it"):
        Plan.from_json(plan.to_json())
