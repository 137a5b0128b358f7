"""Alternatives: verified, within the regret, and better in what they seek."""

import io
import json
import threading
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console

import allocator
from allocator import plan_file, polish
from allocator.alternatives.making import Maker, alternatives
from allocator.alternatives.record import Alternatives, Seek, record, spend_by_lever
from allocator.alternatives.screen import alternatives_screen, table_of
from allocator.alternatives.seeking import choices_apart, measure, seeks
from allocator.alternatives.words import REFERENCES, meaning_of, name_of
from allocator.differing import changes_in_words
from allocator.labels import LANGS, Lang, label
from allocator.plan import Plan
from allocator.scales import short
from allocator.screen import status_words
from fact_models.decisions import mixed
from fact_models.replay import replay, status_quo
from fact_models.verify import verify
from tests.allocator.test_cli import run, status_quo_plan
from tests.allocator.tiny import four_levers
from tests.models.worlds import full_world

WITHIN = 0.05


@cache
def planned() -> Plan:
    """A certified plan of a small merchant with all levers."""
    return allocator.solve(four_levers(), gap=1e-4, time_limit=60, threads=1)


@cache
def made() -> Alternatives:
    """Its alternatives."""
    return alternatives(planned(), within=WITHIN)


def shown(found: Alternatives, lang: Any = "en") -> str:
    """The screen as text."""
    console = Console(width=130, file=io.StringIO(), record=True)
    console.print(alternatives_screen(found, 130, lang))
    return console.export_text()


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("width", [80, 100, 120, 160])
def test_names_are_whole_at_every_width(width: int, lang: Lang) -> None:
    """The name of every alternative stands in one line; levers have columns where all fit, and
    then no number is cut."""
    console = Console(width=width, file=io.StringIO(), record=True)
    console.print(table_of(made(), width, lang))
    lines = console.export_text().splitlines()
    assert len(lines) == len(made().found) + 3
    names = [name_of(one.seek, lang) for one in made().found]
    for line, name in zip(lines[3:], names, strict=True):
        assert line.startswith(name)
    levers = [label("lever", k, lang) for k in spend_by_lever(planned())]
    assert all(name in lines[0] for name in levers) == (width >= 120)
    rows = [line.rstrip() for line in lines]
    last = short(spend_by_lever(planned())["kol"], lang) if width >= 120 else ""
    assert rows[2].endswith(last)
    assert not any("…" in line for line in rows)


def test_every_alternative_is_verified_and_within_the_regret() -> None:
    """Each keeps every rule and costs at most what was allowed, by the replay."""
    assert {one.seek.key for one in made().found} >= {"changes", "steady", "most field"}
    for one in made().found:
        assert one.plan.decisions is not None
        check = verify(one.plan.instance, one.plan.decisions, objective=one.plan.objective)
        assert check.ok, (one.seek.key, check.violations[:1])
        assert made().regret(one) <= WITHIN * (1 + 1e-9), one.seek.key
        assert one.plan.status == "feasible_near"
        assert "time limit" not in status_words(one.plan)


def test_every_alternative_has_more_of_what_it_seeks() -> None:
    """By the measure on the replay, and never beyond the proved limit."""
    today = status_quo(planned().instance)
    for one in made().found:
        states = one.plan.replay
        assert states is not None
        assert one.measure == pytest.approx(measure(one.seek, today, planned().instance, states))
        assert one.seek.sign * one.measure > one.seek.sign * one.before
        slack = 1e-6 * max(abs(one.limit), 1.0)
        if np.isfinite(one.limit):
            assert one.seek.sign * one.measure <= one.seek.sign * one.limit + slack, one.seek.key


@pytest.mark.parametrize("seek", [Seek("most", "field"), Seek("least", "field"), Seek("steady")])
def test_an_alternative_needs_no_last_tangent(seek: Seek, monkeypatch: pytest.MonkeyPatch) -> None:
    """After one round of tangents the linear program promises more than it keeps; drawn towards
    the plan at hand it is an alternative all the same, at the floor that was asked for."""
    monkeypatch.setattr(polish, "ROUNDS", 1)
    plan = planned()
    found = Maker(plan, WITHIN, None, 0, None).make(seek)
    assert found is not None
    assert plan.objective is not None
    assert found.plan.objective is not None
    assert found.plan.verified
    assert found.plan.objective >= (1 - WITHIN) * plan.objective * (1 - 1e-6)
    assert seek.sign * found.measure > seek.sign * found.before


def test_plans_are_mixed_where_whole_numbers_agree() -> None:
    """A quarter of the way is a quarter of the difference; a package less is another plan."""
    plan = planned().decisions
    assert plan is not None
    more = plan.copy()
    more.boost_spend += 8.0
    between = mixed(plan, more, 0.25)
    assert between is not None
    assert np.allclose(between.boost_spend, plan.boost_spend + 2.0)
    more.package[0] = 1.0 - more.package[0]
    assert mixed(plan, more, 0.25) is None


def test_every_aim_is_told() -> None:
    """An aim has an alternative, or the plan is as good already."""
    told = {one.seek.key for one in made().found} | {seek.key for seek in made().same}
    assert told == {seek.key for seek in seeks(planned().instance)}


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_it_is_told_what_changes_are_counted_from(lang: Any) -> None:
    """Today, or the plan at hand where the file has one; never either."""
    at_hand = four_levers(current={"spend": [{"lever": "field", "spend": 10.0}]})
    today, other = (REFERENCES[key].say(lang) for key in ("today", "current"))
    for instance, expected, not_this in ((four_levers(), today, other), (at_hand, other, today)):
        found = replace(made(), plan=replace(planned(), instance=instance))
        words = meaning_of("changes", found, lang)
        assert expected in words
        assert not_this not in words
        assert words.split("，")[0][:20] in shown(found, lang).replace("\n", "")


def test_fewest_changes_counts_what_the_plan_at_hand_spends() -> None:
    """Two plans at hand that differ in the spend on Field alone: another distance to each."""
    measures = []
    for spend in (1500.0, 1900.0):
        current = {"spend": [{"lever": "field", "spend": spend}]}
        plan = allocator.solve(four_levers(current=current), gap=0.01, time_limit=60, threads=1)
        maker = Maker(plan, WITHIN, 30.0, 0, None)
        maker.make(Seek("changes"))
        assert maker.reference is not None
        states = replay(plan.instance, maker.reference)
        assert states.spend["field"].mean() == pytest.approx(spend, rel=0.05)
        assert plan.replay is not None
        measures.append(measure(Seek("changes"), maker.reference, plan.instance, plan.replay))
    assert measures[0] != pytest.approx(measures[1], rel=0.01)


def test_the_least_of_a_lever_is_found_by_hand() -> None:
    """Within half of the objective the Alliance can be left to its upkeep: no samples at all."""
    (one,) = [
        x for x in alternatives(planned(), within=0.5).found if x.seek.key == "least alliance"
    ]
    assert one.plan.decisions is not None
    assert one.plan.decisions.samples.sum() == pytest.approx(0.0, abs=1e-6)


def test_measures_by_hand() -> None:
    """Two hours of a host more in one week are two steps at the hourly wage."""
    instance = four_levers()
    plan = status_quo(instance)
    plan.hours[0] = 10.0
    flat = replay(instance, plan, accept="greedy")
    plan.hours[0, 0, 1] += 2.0
    uneven = replay(instance, plan, accept="greedy")
    today = status_quo(instance)
    gained = [measure(Seek("steady"), today, instance, x) for x in (flat, uneven)]
    assert instance.field is not None
    crew = instance.field.accounts["main"].crew["host"]
    assert gained == pytest.approx([0.0, 2 * 2.0 * crew * 800.0 / 20.0])


def test_screen_and_record_say_the_same() -> None:
    """A row per alternative in both languages; JSON holds the figures."""
    english, chinese = shown(made()), shown(made(), "zh")
    assert "steadiest work" in english
    assert "用工最平稳" in chinese
    told = json.loads(json.dumps(record(made()), allow_nan=False))
    assert [row["seek"] for row in told["alternatives"]] == [x.seek.key for x in made().found]
    assert told["within"] == WITHIN


def test_choices_that_differ_are_named() -> None:
    """A package taken and a deal moved are told."""
    plan = status_quo_plan(planned().instance)
    assert plan.decisions is not None
    other = plan.decisions.copy()
    other.package[0] = 1.0
    other.deal[1, 2] = 1.0
    words = list(changes_in_words(plan, Plan.of(plan.instance, "error", other, np.inf)))
    assert words == ["+ spring: full", "+ rising (2026-W04)"]


def test_stop_keeps_what_there_is() -> None:
    """A stop ends it after the aim at hand."""
    stop = threading.Event()

    def told(state: Any) -> None:
        if state.phase == "kol":
            stop.set()

    found = alternatives(planned(), within=WITHIN, progress=told, stop=stop)
    assert found.stopped
    assert len(found.found) + len(found.same) + len(found.missed) == 3
    assert "Stopped" in shown(found)


def test_refusals() -> None:
    """A share out of range is refused."""
    with pytest.raises(ValueError, match="within must lie"):
        alternatives(planned(), within=0.0)


def test_command_keeps_plan_files(tmp_path: Path) -> None:
    """--out writes a plan file for each, which verify accepts."""
    plan_file.write(tmp_path, planned())
    result = run(
        "alternatives",
        tmp_path / "tiny",
        "--within",
        "0.05",
        "--out",
        tmp_path / "other",
        "--json",
    )
    assert result.exit_code == 0, result.stderr
    told = json.loads(result.stdout)
    folders = {path.name for path in (tmp_path / "other").iterdir() if path.is_dir()}
    assert folders == {f"tiny-{row['seek'].replace(' ', '-')}" for row in told["alternatives"]}
    checked = run("verify", *(tmp_path / "other" / name for name in sorted(folders)))
    assert checked.exit_code == 0, checked.stderr


def test_a_contract_counts_once() -> None:
    """A tier under another offer is one choice, though two columns differ in every week of it; a
    deal signed and a head hired are one each.
    """
    today = status_quo(full_world())
    other = today.copy()
    other.offer[:2, :3] = 1 - other.offer[:2, :3]
    assert choices_apart(today, other) == 1.0
    other.deal[0, 3], other.hires[0, 2] = 1.0, 1.0
    assert choices_apart(today, other) == 3.0
