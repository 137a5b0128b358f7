"""No command goes by a plan file that breaks a rule or says what its decisions do not give."""

import json
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from allocator import plan_file
from allocator.faults import InputError
from allocator.growth import growth_figures
from allocator.load import load
from allocator.plan import Plan
from allocator.sealing import digest_of
from allocator.strategy.cases import Case
from allocator.strategy.keeping import Shelf
from allocator.version import installed_version
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


def whole() -> Plan:
    """A plan with everything that a file may tell."""
    plan = today()
    assert plan.replay is not None
    growth = growth_figures(plan.instance, plan.replay)
    growth["worth_vs_funnel"] = {"gmv": 1000.0, "share": 0.01, "objective": 900.0}
    trace = [(0.5, "LP", None, 9e9), (1.5, "MILP", plan.objective, 1e7)]
    runtime = {"milp": 1.0, "total": 2.0}
    more: dict[str, Any] = {"trace": trace, "runtime": runtime, "max_violation": 1e-9}
    return replace(plan, growth=growth, asked_gap=0.01, **more)


Change = Callable[[dict[str, Any]], None]

UNSEEN: list[Change] = [
    lambda r: r["growth"]["worth_vs_funnel"].update(gmv=9e9),
    lambda r: r.update(growth={}),
    lambda r: r.update(message="the best plan ever"),
    lambda r: r.update(version="9.9"),
    lambda r: r.update(status="interrupted_feasible"),
    lambda r: r.update(bound=r["objective"], gap=0.0),
    lambda r: r["trace"][1].__setitem__(3, 1.0),
    lambda r: r["trace"].pop(),
]
"""Changes of what no replay gives."""


@pytest.mark.parametrize("change", UNSEEN)
def test_a_file_that_was_changed_is_refused(change: Change, tmp_path: Path) -> None:
    """The digest shows changes of what cannot be computed anew; the message says what to do."""
    record = json.loads(whole().to_json())
    change(record)
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(record), encoding="utf-8")
    shown, verified = run("show", path), run("verify", path)
    assert (shown.exit_code, verified.exit_code) == (2, 1)
    assert "the file was changed after it was written" in shown.stderr
    assert "make the plan again with `allocator solve`" in shown.stderr
    assert "the file was changed after it was written" in " ".join(verified.stdout.split())


def test_no_single_byte_may_change() -> None:
    """A byte changed anywhere but in the search's seconds is noticed, unless it says the same, as
    the last of too many digits.
    """
    text, dice = whole().to_json(), random.Random(3)
    lines = ('"runtime"', '"trace"')
    spans = [range(text.index(x), text.index("\n", text.index(x))) for x in lines]
    places = [n for n in range(len(text)) if not any(n in span for span in spans)]
    for at in dice.sample([n for n in places if text[n].isalnum()], 150):
        other = dice.choice([x for x in "0123456789ab" if x != text[at]])
        changed = text[:at] + other + text[at + 1 :]
        if not same(changed, text):
            with pytest.raises(InputError):
                Plan.from_json(changed)


def same(one: str, other: str) -> bool:
    """Whether two texts say the same to a reader of JSON."""
    try:
        return bool(json.loads(one) == json.loads(other))
    except ValueError:
        return False


def test_blanks_and_the_search_s_seconds_are_no_change() -> None:
    """A file that was laid out anew is still the file; two searches of one course have one
    digest.
    """
    plan = whole()
    text = plan.to_json()
    Plan.from_json(json.dumps(json.loads(text), indent=4))
    trace = [(2 * seconds, *rest) for seconds, *rest in plan.trace]
    slower = replace(plan, runtime={"total": 99.0}, trace=trace).to_json()  # type: ignore[arg-type]
    assert json.loads(slower)["sha256"] == json.loads(text)["sha256"]


def test_figures_that_can_be_made_anew_are(tmp_path: Path) -> None:
    """Whoever makes the digest anew is still held to the snowball's figures and the replay's."""
    record = json.loads(whole().to_json())
    record["growth"]["returned_share"] += 0.1
    record["replay"]["objective"] *= 2
    record["replay"]["max_violation"] = 5.0
    record["sha256"] = digest_of(json.dumps(record))
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(record), encoding="utf-8")
    result = run("verify", path)
    assert result.exit_code == 1
    for words in ("growth.returned_share is not", "replay.objective is", "max_violation is"):
        assert words in " ".join(result.stdout.split())


def test_optimal_is_what_was_asked_for(tmp_path: Path) -> None:
    """A plan that stopped above the gap asked for is not called optimal, with a digest made anew
    either; the file says what was asked for.
    """
    plan = whole()
    assert plan.gap is not None
    record = json.loads(replace(plan, status="feasible_limit").to_json())
    assert record["asked_gap"] == plan.asked_gap
    path = tmp_path / "plan.json"
    for status, asked, code in (
        ("feasible_limit", plan.gap / 2, 0),
        ("optimal", plan.gap, 0),
        ("optimal", 0.5 * plan.gap, 1),
    ):
        record.update(status=status, asked_gap=asked)
        record["sha256"] = digest_of(json.dumps(record))
        path.write_text(json.dumps(record), encoding="utf-8")
        result = run("verify", path)
        assert result.exit_code == code
        assert ("status is optimal" in " ".join(result.stdout.split())) is bool(code)


def test_figures_of_another_version_are_told_to_be_unchecked(tmp_path: Path) -> None:
    """They may have been defined otherwise there, and verify says so."""
    path = tmp_path / "plan.json"
    for version, told in (("0.0.9", True), (installed_version(), False)):
        path.write_text(replace(whole(), version=version).to_json(), encoding="utf-8")
        result = run("verify", path)
        assert result.exit_code == 0
        said = " ".join(result.stdout.split())
        assert ('written by version "0.0.9"' in said) is told
        assert ("the figures of growth are unchecked" in said) is told


def test_a_file_of_an_earlier_program_is_read(tmp_path: Path) -> None:
    """A plan file without a digest is a plan; verify says what it could not check."""
    record = json.loads(whole().to_json())
    del record["sha256"]
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(record), encoding="utf-8")
    assert run("show", path).exit_code == 0
    result = run("verify", path)
    assert result.exit_code == 0
    assert "it carries no digest" in result.stdout
