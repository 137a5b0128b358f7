"""The instance with some of its figures replaced, named by their place in the file.

A place is the steps to a number joined by dots, ``snowball.segments.young.conversion``; a step
``*`` stands for every name or list position. The result is read like a file: every bound and
every rule across fields holds for it too.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from pydantic import ValidationError

from fact_models.faults import Fault, FaultError
from fact_models.spec.instance import Instance
from fact_models.spec.scenario import Change, Scenario

ANY = "*"
FIXED = ("calendar", "objective", "scenarios")
"""Records whose figures are chosen, not uncertain."""
Steps = tuple[str | int, ...]


class OverrideError(ValueError):
    """A change leads nowhere or to a value that the file could not hold; says which.

    Attributes:
        fault: the broken rule, where it is one of the file.
    """

    def __init__(self, words: str, fault: Fault | None = None) -> None:
        self.fault = fault
        super().__init__(words)


def places(tree: Any, at: str) -> list[Steps]:
    """Places of the numbers, or of the numbers left out, that ``at`` names in the plain values of
    an instance.

    Whole numbers (leads, periods, counts) stay: they shape the program itself.

    Raises:
        OverrideError: there is none.
    """
    steps = tuple(at.split("."))
    if steps[0] in FIXED:
        raise OverrideError(f"{at}: what {steps[0]} holds is chosen and cannot turn out otherwise")
    found = list(_walk(tree, steps, ()))
    if not found:
        raise OverrideError(f"{at}: no figure stands there (whole numbers cannot be changed)")
    return found


def _walk(value: Any, steps: tuple[str, ...], done: Steps) -> Iterator[Steps]:
    if not steps:
        if value is None or isinstance(value, float):
            yield done
        return
    step, rest = steps[0], steps[1:]
    if isinstance(value, dict):
        for key in value if step == ANY else [step] if step in value else []:
            yield from _walk(value[key], rest, (*done, key))
    elif isinstance(value, list | tuple):
        for n in range(len(value)):
            if step in (ANY, str(n)):
                yield from _walk(value[n], rest, (*done, n))


def number_at(tree: Any, steps: Steps) -> float | None:
    """The number at a place of the plain values; None if it is left out."""
    for step in steps:
        tree = tree[step]
    return None if tree is None else float(tree)


def replaced(tree: dict[str, Any], steps: Steps, value: float) -> None:
    """Write ``value`` at a place of the plain values; a tuple on the way becomes a list."""
    at: Any = tree
    for step in steps[:-1]:
        if isinstance(at[step], tuple):
            at[step] = list(at[step])
        at = at[step]
    at[steps[-1]] = value


def changed(instance: Instance, changes: Iterable[Change]) -> Instance:
    """The instance with ``changes``, one after the other, and without scenarios.

    Raises:
        OverrideError: a change leads nowhere, or breaks a rule of the file.
    """
    tree = instance.model_dump()
    tree["scenarios"] = {}
    for change in changes:
        for steps in places(tree, change.at):
            before = number_at(tree, steps)
            if change.value is not None:
                replaced(tree, steps, change.value)
            elif change.times is not None and before is not None:
                replaced(tree, steps, before * change.times)
    return validated(tree)


def validated(tree: dict[str, Any]) -> Instance:
    """The instance of plain values.

    Raises:
        OverrideError: it breaks a rule of the file.
    """
    try:
        return Instance.model_validate(tree)
    except ValidationError as error:
        fault = _first(error)
        raise OverrideError(str(fault), fault) from None


def _first(error: ValidationError) -> Fault:
    first = error.errors()[0]
    cause = first.get("ctx", {}).get("error")
    if isinstance(cause, FaultError):
        return cause.faults[0]
    return Fault(first["loc"], first["msg"], first["input"])


def under(instance: Instance, scenario: Scenario) -> Instance:
    """The instance as it is in a scenario.

    Raises:
        OverrideError: see ``changed``.
    """
    return changed(instance, scenario.changes)
