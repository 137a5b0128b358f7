"""Faults of an instance that only show across fields: what is wrong, where, what mends it."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One broken rule.

    Attributes:
        path: keys and 0-based list positions from the record that raises to the value, such as
            ``("kol", "deals", "star", "first")``.
        rule: the rule in plain words, such as ``must not lie after last``.
        value: the value that breaks it; None when the value in the file says enough.
        hint: what would mend it; may be empty.
    """

    path: tuple[str | int, ...]
    rule: str
    value: object = None
    hint: str = ""

    def __str__(self) -> str:
        """``kol.deals.star.first = 9: must not lie after last (last is 4)``."""
        field = ".".join(str(step) for step in self.path)
        value = "" if self.value is None else f"{' = ' if field else ''}{self.value!r}"
        hint = f" ({self.hint})" if self.hint else ""
        return f"{field}{value}{': ' if field or value else ''}{self.rule}{hint}"


class FaultError(ValueError):
    """An instance breaks rules across fields; ``faults`` holds all of them.

    It is a ``ValueError`` so that a validator of a record may raise it.
    """

    faults: tuple[Fault, ...]

    def __init__(self, faults: Iterable[Fault]) -> None:
        """Keep the faults.

        Args:
            faults: at least one fault, in the order of report.
        """
        self.faults = tuple(faults)
        super().__init__(self.faults)

    def __str__(self) -> str:
        """One fault a line."""
        return "\n".join(str(fault) for fault in self.faults)
