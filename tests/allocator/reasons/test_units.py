"""An explanation says the same in whatever unit the file counts money."""

import math
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

import allocator
from allocator.labels import LANGS, Lang
from allocator.reasons.explanation import Explanation
from allocator.reasons.rows import (
    amount,
    answer_rows,
    decision_rows,
    marginal_rows,
    origin_rows,
    price_rows,
    rule_rows,
)
from allocator.reasons.words import marginal_words, step_words
from tests.models.rescaled import rescaled

SMALL = Path(__file__).parents[1] / "small_merchant.yaml"
UNIT = 1e4
"""Yuan in the large unit."""


@cache
def explained(unit: float = 1.0) -> Explanation:
    """Why the plan of the small merchant with a tight budget is so, money counted in ``unit``
    yuan."""
    small = allocator.load(SMALL)
    tight = small.model_copy(update={"money": small.money.model_copy(update={"budget": 6e4})})
    told = tight if unit == 1 else rescaled(tight, {"CNY": 1 / unit})
    plan = allocator.solve(told, gap=1e-3, time_limit=60, threads=1)
    return allocator.explain(plan, time_limit=None, threads=1)


def same(one: float | None, other: float | None, by: float = 1.0) -> bool:
    """Whether the other is ``by`` times the one; nothing is as nothing."""
    if one is None or other is None:
        return one is other
    return other == pytest.approx(by * one, rel=1e-3, abs=by * 1e-6)


def test_the_plan_is_the_same() -> None:
    """So that its explanations can be held against each other."""
    one, other = explained().plan, explained(UNIT).plan
    assert one.objective is not None
    assert other.objective == pytest.approx(one.objective / UNIT, rel=1e-9)


def test_ratios_and_averages_know_no_unit() -> None:
    """What a yuan brought, what the last one brings, its ratio and what stops it are the same; so
    is the share of the goal that a rule is worth, and amounts differ by the unit."""
    one, other = explained(), explained(UNIT)
    assert len(one.marginals) == len(other.marginals)
    for x, y in zip(one.marginals, other.marginals, strict=True):
        assert (x.kind, x.key, x.period, x.stop, x.role) == (
            y.kind,
            y.key,
            y.period,
            y.stop,
            y.role,
        )
        assert same(x.paid, y.paid, 1 / UNIT)
        pairs = ((x.average, y.average), (x.marginal, y.marginal), (x.ratio, y.ratio))
        assert all(same(*pair) for pair in pairs), (x, y)
    assert [x.rule for x in one.rules] == [x.rule for x in other.rules]
    assert all(
        same(x.measured, y.measured, 1 / UNIT) for x, y in zip(one.rules, other.rules, strict=True)
    )
    for a, b in zip(one.prices, other.prices, strict=True):
        by = 1.0 if a.resource in ("budget", "cash") else 1 / UNIT
        assert same(a.price, b.price, by), (a, b)
        assert (a.left is None, a.right is None) == (b.left is None, b.right is None)
    for s, t in zip(one.steps, other.steps, strict=True):
        assert same(s.per_yuan, t.per_yuan)
    assert one.optimum is not None
    assert other.optimum is not None
    assert same(one.optimum.gain, other.optimum.gain)


def blocks(found: Explanation, lang: Lang) -> dict[str, list[list[str]]]:
    """All tables of an explanation."""
    return {
        "decisions": decision_rows(found, lang),
        "rules": rule_rows(found, lang),
        "prices": [row[:6] for row in price_rows(found, lang)],
        "marginals": [row for _, rows in marginal_rows(found, lang) for row in rows],
        "origins": [row for row, _ in origin_rows(found.attribution, lang)],
        "answers": answer_rows(found, lang),
    }


def nothing(cell: str) -> bool:
    """Whether a cell says that there is nothing."""
    return cell in ("", "–") or not any(c in "123456789" for c in cell)


@pytest.mark.parametrize("lang", LANGS)
def test_what_is_there_in_yuan_is_there_in_ten_thousands(lang: Lang) -> None:
    """No cell that has a figure in yuan is 0 or empty; columns without a unit read alike."""
    one, other = blocks(explained(), lang), blocks(explained(UNIT), lang)
    for key, rows in one.items():
        assert len(rows) == len(other[key])
        for mine, its in zip(rows, other[key], strict=True):
            assert [nothing(x) for x in mine] == [nothing(x) for x in its], (mine, its)
    for mine, its in zip(one["marginals"], other["marginals"], strict=True):
        assert (mine[0], mine[2:]) == (its[0], its[2:])
    spent = [row[1] for row in other["marginals"] if not nothing(row[1])]
    assert len(spent) >= 4
    assert all(len(cell.replace(".", "").lstrip("0")) >= 3 for cell in spent), spent
    for mine, its in zip(one["origins"], other["origins"], strict=True):
        assert (mine[4], mine[6]) == (its[4], its[6])
    assert [row[3] for row in one["rules"]] == [row[3] for row in other["rules"]]
    assert marginal_words(explained(), lang) == marginal_words(explained(UNIT), lang)
    assert not any(" 0 " in f"{line} " for line in step_words(explained(UNIT), lang))


def test_a_price_keeps_two_digits() -> None:
    """However little a unit is worth; what was measured beside it and is rounding is 0."""
    assert [amount(x, "en") for x in (0.000263, -0.0731, 0.72, 4.006, 99.999, 0.0, math.inf)] == [
        "0.00026", "-0.073", "0.72", "4.01", "100", "0.00", "∞"
    ]  # fmt: skip
    found = explained()
    faint = [
        replace(one, right=1e-9) if one.resource == "follower" else one for one in found.prices
    ]
    row = price_rows(replace(found, prices=tuple(faint)), "en")[-1]
    assert row[5] == "0.00"
