"""Entries of the files that other tools write, taken one by one and refused by their place."""

from typing import Any

from allocator.faults import InputError, Problem, field_name, is_number, shown
from allocator.tree import Path, Tree


class Entries:
    """Values of a file, each refused by its place and path if it is not what was expected."""

    def __init__(self, tree: Tree, path: Path = ()) -> None:
        self.tree, self.path = tree, path
        self.value = tree.at(path)

    def refuse(self, rule: str, hint: str = "", *, below: str = "", value: str = "") -> InputError:
        """The refusal of this entry, or of one that is missing ``below`` it."""
        path = (*self.path, below) if below else self.path
        line = self.tree.line(path) if self.tree.values else 0
        return InputError([Problem(self.tree.file, line, field_name(path), value, rule, hint)])

    def wrong(self, rule: str, hint: str = "") -> InputError:
        """The refusal of this entry's value."""
        return self.refuse(rule, hint, value=shown(self.value))

    def at(self, *keys: str) -> "Entries":
        """The entry below; a list of one, as R writes single values, stands for its content."""
        found = self
        for key in keys:
            if not isinstance(found.value, dict) or key not in found.value:
                raise found.refuse("is missing", below=key)
            found = Entries(self.tree, (*found.path, key))
        return found

    def has(self, key: str) -> bool:
        """Whether there is such an entry."""
        return isinstance(self.value, dict) and key in self.value

    def number(self) -> float:
        """The entry as a number."""
        value = self.single()
        if not is_number(value):
            raise self.wrong("must be a number")
        return float(value)

    def positive(self) -> float:
        """The entry as a number above 0."""
        value = self.number()
        if value <= 0:
            raise self.wrong("must be above 0")
        return value

    def rate(self) -> float:
        """The entry as the share of an effect that is left a period later."""
        value = self.number()
        if not 0 <= value < 1:
            raise self.wrong("must be at least 0 and below 1")
        return value

    def whole(self, least: int, most: int) -> int:
        """The entry as a whole number between ``least`` and ``most``."""
        value = self.number()
        if not value.is_integer() or not least <= value <= most:
            raise self.wrong(f"must be a whole number from {least} to {most}")
        return int(value)

    def flag(self) -> bool:
        """The entry as true or false."""
        value = self.single()
        if not isinstance(value, bool):
            raise self.wrong("must be true or false")
        return value

    def single(self) -> Any:
        """The entry itself, out of its list of one."""
        alone = isinstance(self.value, list) and len(self.value) == 1
        return self.value[0] if alone else self.value

    def names(self) -> list[str]:
        """The entry as a list of texts, each of them once, or the keys of a mapping."""
        if isinstance(self.value, dict):
            return list(self.value)
        texts = isinstance(self.value, list) and all(isinstance(v, str) for v in self.value)
        if not texts or len(set(self.value)) < len(self.value):
            raise self.wrong("must be a list of different names")
        return list(self.value)

    def rows(self) -> list["Entries"]:
        """The entry as a list of entries."""
        if not isinstance(self.value, list) or not self.value:
            raise self.wrong("must be a list of rows")
        return [Entries(self.tree, (*self.path, n)) for n in range(len(self.value))]
