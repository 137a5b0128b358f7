"""The page and the workbook of a plan say where its GMV came from."""

import re

import pytest

from allocator.labels import LANGS, Lang
from allocator.plan_page import plan_page
from allocator.reasons.attribution import attribution
from allocator.reasons.labels import heading
from allocator.reasons.rows import origin_rows
from tests.allocator.plan_book.books import Block, full_plan, sheet


def test_the_sheet_adds_up_to_the_gmv() -> None:
    """Its rows are the sources, its total is the plan's GMV."""
    plan = full_plan()
    table = Block(sheet("origins"), "Lever")
    assert plan.gmv is not None
    assert sum(table["Together"]) == pytest.approx(plan.gmv, rel=1e-9)
    found = attribution(plan)
    first = [one.part.first_touch for one in found.details]
    assert table["First touch"][:-1] == pytest.approx(first, rel=1e-9)
    assert table["Lever"][-1] == heading("organic", "en")


@pytest.mark.parametrize("lang", LANGS)
def test_the_page_has_a_row_for_every_source(lang: Lang) -> None:
    """In the reader's language, under a title of its own that the contents link to."""
    plan = full_plan()
    html = plan_page(plan, lang)
    card = re.search(r'<section class="card wide" id="origin">(.*?)</section>', html, re.S)
    assert card
    rows = origin_rows(attribution(plan), lang)
    assert card[1].count("<tr>") == 1 + len(rows)
    for cells, _ in rows:
        assert cells[0] in card[1]
    assert f'<a href="#origin">{heading("origin", lang)}</a>' in html
