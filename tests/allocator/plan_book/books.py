"""A plan that uses every lever, and its workbook read back."""

from functools import cache
from typing import Any

from allocator.labels import Lang, label
from allocator.plan import Plan
from allocator.plan_book import plan_workbook
from fact_models.replay import replay
from fact_models.spec.instance import Instance
from tests.allocator.workbook.sheets import grids
from tests.models.worlds import full_world, rich_controls

BOUND = 1e9


def plan_of(instance: Instance) -> Plan:
    """A plan with an opening, a package, a deal, hires and purchases."""
    played = replay(instance, rich_controls(instance), accept="greedy")
    return Plan.of(instance, "feasible_limit", played.decisions, BOUND)


@cache
def full_plan() -> Plan:
    """The plan of the full world."""
    return plan_of(full_world())


@cache
def full_book(lang: Lang) -> bytes:
    """Its workbook."""
    return plan_workbook(full_plan(), lang)


def sheet(name: str, lang: Lang = "en") -> list[list[Any]]:
    """Rows of a sheet of the full plan's workbook by the name of its table."""
    return grids(full_book(lang))[label("table", name, lang)]


class Block:
    """A table on a sheet: its columns by heading, without units and totals."""

    def __init__(self, rows: list[list[Any]], first: str, nth: int = 0) -> None:
        """Find the ``nth`` table whose first heading is ``first``."""
        starts = [n for n, row in enumerate(rows) if row and row[0] == first]
        top = starts[nth]
        body = []
        self.total: dict[str, Any] = {}
        heads = [str(head) for head in rows[top]]
        for row in rows[top + 2 :]:
            if not any(cell != "" for cell in row):
                break
            if row[0] == "Total":
                self.total = dict(zip(heads, row, strict=False))
                break
            body.append(row)
        self.columns = {head: [row[n] for row in body] for n, head in enumerate(heads) if head}

    def __getitem__(self, heading: str) -> list[Any]:
        """Cells of a column; an empty cell is an empty text."""
        return self.columns[heading]
