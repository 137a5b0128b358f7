"""Why an instance has no plan, on a terminal: the sums, the rules that clash, what would help."""

from collections.abc import Iterator
from typing import Any

from rich.text import Text

from allocator.conflicts.record import figure
from allocator.figures import amount, plain

PROOFS = {
    "subset": "Rules that cannot be kept together (solved again by themselves; without any one of "
    "the figures that can change there would be points of the relaxation)",
    "arithmetic": "Rules that cannot be kept together",
    "solver": "Rules that cannot be kept together",
}


def conflict_screen(conflict: dict[str, Any]) -> Text:
    """What ``Plan.conflict`` says, in lines; empty for an empty one."""
    text = Text()
    for line, style in _lines(conflict) if conflict else ():
        text.append(f"{plain(line)}\n", style=style)
    text.rstrip()
    return text


def _lines(conflict: dict[str, Any]) -> Iterator[tuple[str, str]]:
    if conflict["checks"]:
        yield "In figures", "bold"
        for clash in conflict["checks"]:
            yield f"  {_where(clash)} = {clash['value']}: {clash['words']}", ""
    if conflict["core"]:
        yield PROOFS[conflict["proof"]], "bold"
        for clash in conflict["core"]:
            value = f" = {clash['value']}" if clash["value"] else ""
            when = f" {clash['when']}" if clash["when"] else ""
            yield f"  {_where(clash)}{value}: {clash['words']}{when}", ""
    if conflict["integer_only"]:
        yield (
            "In fractions of people, packages, deals and lots there would be a plan; in whole "
            "ones there is none",
            "bold",
        )
    yield from _repairs(conflict["repairs"])
    for note in conflict["notes"]:
        yield f"Not found out: {note}", "dim"


def _repairs(repairs: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    if repairs:
        yield "What would help; each was put in, and a plan with it found and verified", "bold"
    for number, repair in enumerate(repairs, start=1):
        for n, change in enumerate(repair["changes"]):
            head = f"  {number}. " if n == 0 else "     "
            new = "left out" if change["new"] is None else figure(change["new"])
            when = f" ({change['when']})" if change["when"] else ""
            yield f"{head}{_where(change)}: {figure(change['old'])} -> {new}{when}", ""
        yield f"     a plan with GMV {amount(repair['gmv'])}; weighed: {repair['weights']}", "dim"


def _where(entry: dict[str, Any]) -> str:
    place = f"{entry['place']}: " if "place" in entry else ""
    return f"{place}{entry['field']}"
