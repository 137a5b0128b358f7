"""What an instance holds, by the paths of the workbook's tables."""

from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise
from typing import Any

from allocator.workbook.layout import ITEM, KEY, Leaf, Steps, Table, table_of
from fact_models.spec.instance import Instance

EMPTY_ITEMS = 3
"""Empty rows after those of a list of texts."""


def merged_order(lists: Iterable[list[str]], others: Iterable[str]) -> list[str]:
    """Keys in an order that agrees with all lists if one does, else by their first appearance;
    keys that only ``others`` has come last.
    """
    sorter: TopologicalSorter[str] = TopologicalSorter()
    seen: dict[str, None] = {}
    for keys in lists:
        seen |= dict.fromkeys(keys)
        for key, after in pairwise(keys):
            sorter.add(after, key)
    try:
        ordered = dict.fromkeys(sorter.static_order())
    except CycleError:
        ordered = {}
    return list(ordered | seen | dict.fromkeys(others))


class Contents:
    """The values of one instance."""

    def __init__(self, instance: Instance) -> None:
        """Take them over as plain values."""
        self._value = instance.model_dump(mode="json")

    def at(self, path: tuple[Any, ...]) -> Any:
        """Value of the instance at a path; None when a record on the way is left out."""
        found: Any = self._value
        for step in path:
            if found is None or (isinstance(found, dict) and step not in found):
                return None
            found = found[step]
        return found

    def entities(self, table: Table, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
        """Paths of all entities of a table, in the order of the instance."""
        if len(path) == len(table.path):
            yield path
            return
        step = table.path[len(path)]
        if step not in (KEY, ITEM):
            yield from self.entities(table, (*path, step))
            return
        inside = self.at(path) or ()
        for key in range(len(inside)) if step == ITEM else inside:
            yield from self.entities(table, (*path, key))

    def keys_of(self, table: Table, leaf: Leaf) -> list[str]:
        """Keys of a map that get a column: all that there can be, in the order of the maps."""
        steps = leaf.path[:-1]
        maps = [self.at((*entity, *steps)) or {} for entity in self.entities(table)]
        named = table_of(leaf.keys) if isinstance(leaf.keys, str) else None
        others = leaf.keys if isinstance(leaf.keys, tuple) else ()
        if named is not None:
            others = tuple(path[-1] for path in self.entities(named))
        return merged_order([list(keys) for keys in maps], others)

    def columns(self, table: Table) -> list[tuple[Leaf, Steps, str]]:
        """Field, steps and key of every column or setting."""
        found: list[tuple[Leaf, Steps, str]] = []
        for leaf in table.leaves:
            if leaf.is_map:
                for key in self.keys_of(table, leaf):
                    steps = tuple(key if step == KEY else step for step in leaf.path)
                    found.append((leaf, steps, key))
            elif leaf.path[-1] == ITEM:
                held = len(self.at(leaf.path[:-1]) or ())
                for n in range(1, held + EMPTY_ITEMS + 1):
                    found.append((leaf, (*leaf.path[:-1], str(n)), str(n)))
            else:
                found.append((leaf, leaf.path, ""))
        return found
