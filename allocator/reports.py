"""Reports beside a plan file: what people read, made from the plan that was written.

The plan file is the record; reports can be left out and made again. When a plan takes the place of
an older one, the older one's reports go (``allocator.plan_file``), so that none stands beside a
plan that it does not tell of.
"""

from collections.abc import Callable
from pathlib import Path

from allocator import plan_book, plan_page
from allocator.labels import Lang
from allocator.plan import Plan
from allocator.plan_file import folder_of
from allocator.writing import write_atomic

REPORTS: dict[str, Callable[[Plan, Lang], str | bytes]] = {
    plan_book.FILE_NAME: plan_book.plan_workbook,
    plan_page.FILE_NAME: plan_page.plan_page,
}
"""Maker of every report by the name of its file."""


def write(out: Path, plan: Plan, lang: Lang) -> None:
    """Write all reports of a plan into its folder below ``out``.

    Raises:
        OutputError: a file cannot be written.
        ValueError: there is no plan.
    """
    for name, make in REPORTS.items():
        write_atomic(folder_of(out, plan) / name, make(plan, lang))
