"""Sheets of an explanation: prices, the last yuan of every lever, rules that bind."""

import io
from functools import cache

import pytest
from python_calamine import CalamineWorkbook

import allocator
from allocator.labels import LANGS, Lang
from allocator.plan import Plan
from allocator.plan_book import plan_workbook
from allocator.reasons.explanation import Explanation
from allocator.reasons.labels import heading
from tests.allocator.tiny import four_levers


@cache
def planned() -> Plan:
    """A plan of a small merchant."""
    return allocator.solve(four_levers(), gap=0.02, time_limit=60, threads=1)


@cache
def explained() -> Explanation:
    """Why it is so."""
    return allocator.explain(planned(), time_limit=None)


def opened(content: bytes) -> CalamineWorkbook:
    """A workbook as it is read back."""
    return CalamineWorkbook.from_filelike(io.BytesIO(content))


@pytest.mark.parametrize("lang", LANGS)
def test_prices_and_rules_are_sheets(lang: Lang) -> None:
    """Every price, input and rule is a row, with its number as a number; without an explanation
    there is no such sheet.
    """
    book = opened(plan_workbook(planned(), lang, explained()))
    plain = opened(plan_workbook(planned(), lang))
    for key, rows in (
        ("prices", explained().prices),
        ("marginals", explained().marginals),
        ("rules_sheet", explained().rules),
    ):
        name = heading(key, lang)
        assert rows
        assert name in book.sheet_names
        assert name not in plain.sheet_names
        lines = book.get_sheet_by_name(name).to_python()
        assert sum(any(isinstance(cell, float) for cell in line) for line in lines) >= len(rows)
    prices = book.get_sheet_by_name(heading("prices", lang)).to_python()
    numbers = [line[2] for line in prices if isinstance(line[2], float)]
    assert numbers == pytest.approx([one.price for one in explained().prices])
