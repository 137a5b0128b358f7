"""Reports beside a plan file: what people read, made from the plan that was written.

The plan file is the record; reports can be left out and made again. Before a plan is written over
an older one, the older one's reports go, so that none stands beside a plan that it does not tell
of.
"""

from collections.abc import Callable
from pathlib import Path

from allocator import plan_book, plan_page
from allocator.faults import OutputError, reason
from allocator.labels import Lang
from allocator.plan import Plan
from allocator.plan_file import folder_of
from allocator.writing import write_atomic

REPORTS: dict[str, Callable[[Plan, Lang], str | bytes]] = {
    plan_book.FILE_NAME: plan_book.plan_workbook,
    plan_page.FILE_NAME: plan_page.plan_page,
}
"""Maker of every report by the name of its file."""


def clear(out: Path, plan: Plan) -> None:
    """Take away the reports of an earlier plan of this name below ``out``.

    Raises:
        OutputError: one cannot be taken away.
    """
    for name in REPORTS:
        path = folder_of(out, plan) / name
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise OutputError(str(path), reason(error)) from None


def write(out: Path, plan: Plan, lang: Lang) -> None:
    """Write all reports of a plan into its folder below ``out``.

    Raises:
        OutputError: a file cannot be written.
        ValueError: there is no plan.
    """
    for name, make in REPORTS.items():
        write_atomic(folder_of(out, plan) / name, make(plan, lang))
