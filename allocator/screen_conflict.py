"""Why an instance has no plan, on a terminal: the sums, the rules that clash, what would help."""

from collections.abc import Iterator
from typing import Any

from rich.text import Text

from allocator.conflicts.record import figure
from allocator.conflicts.sentences import SCREEN
from allocator.figures import plain
from allocator.labels import Lang
from allocator.scales import short

PROOFS = {"subset": "subset", "arithmetic": "together", "solver": "together"}


def conflict_screen(conflict: dict[str, Any], lang: Lang = "en") -> Text:
    """What ``Plan.conflict`` says, in lines; empty for an empty one."""
    text = Text()
    for line, style in _lines(conflict, lang) if conflict else ():
        text.append(f"{plain(line)}\n", style=style)
    text.rstrip()
    return text


def _lines(conflict: dict[str, Any], lang: Lang) -> Iterator[tuple[str, str]]:
    if conflict["checks"]:
        yield SCREEN["sums"].say(lang), "bold"
        for clash in conflict["checks"]:
            yield f"  {_where(clash)} = {clash['value']}: {_in(clash, 'words', lang)}", ""
    if conflict["core"]:
        yield SCREEN[PROOFS[conflict["proof"]]].say(lang), "bold"
        for clash in conflict["core"]:
            value = f" = {clash['value']}" if clash["value"] else ""
            when = _in(clash, "when", lang)
            words = _in(clash, "words", lang)
            yield f"  {_where(clash)}{value}: {words}{f' {when}' if when else ''}", ""
    if conflict["integer_only"]:
        yield SCREEN["whole"].say(lang), "bold"
    yield from _repairs(conflict["repairs"], lang)
    for remark in _in(conflict, "remarks", lang) if "remarks" in conflict else ():
        yield remark, ""
    for note in _in(conflict, "notes", lang):
        yield SCREEN["unfound"].say(lang, note=note), "dim"


def _repairs(repairs: list[dict[str, Any]], lang: Lang) -> Iterator[tuple[str, str]]:
    if repairs:
        yield SCREEN["repairs"].say(lang), "bold"
    for number, repair in enumerate(repairs, start=1):
        for n, change in enumerate(repair["changes"]):
            head = f"  {number}. " if n == 0 else "     "
            new = SCREEN["out"].say(lang) if change["new"] is None else figure(change["new"])
            when = _in(change, "when", lang)
            yield (
                f"{head}{_where(change)}: {figure(change['old'])} -> {new}"
                f"{f' ({when})' if when else ''}",
                "",
            )
        gmv, weights = short(repair["gmv"], lang), _in(repair, "weights", lang)
        yield f"     {SCREEN['plan'].say(lang, gmv=gmv, weights=weights)}", "dim"


def _in(entry: dict[str, Any], key: str, lang: Lang) -> Any:
    """Words of an entry; in English where it was written before it held others."""
    return entry.get(f"{key}_zh", entry[key]) if lang == "zh" else entry[key]


def _where(entry: dict[str, Any]) -> str:
    place = f"{entry['place']}: " if "place" in entry else ""
    return f"{place}{entry['field']}"
