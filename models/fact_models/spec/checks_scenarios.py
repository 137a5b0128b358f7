"""Checks of the scenarios."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fact_models.faults import Fault
from fact_models.spec.checks_phrases import ROUNDING, figure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fact_models.spec.instance import Instance


def probabilities(instance: Instance) -> Iterator[Fault]:
    """The chances of the scenarios sum to 1."""
    total = sum(s.probability for s in instance.scenarios.values())
    if instance.scenarios and abs(total - 1) > ROUNDING:
        hint = f"their sum is {figure(total)}"
        yield Fault(("scenarios",), "probabilities must sum to 1", None, hint)


def changes_say_how(instance: Instance) -> Iterator[Fault]:
    """A change has either a value or a factor: else nothing or two things are said."""
    for name, scenario in instance.scenarios.items():
        for n, change in enumerate(scenario.changes):
            if (change.value is None) == (change.times is None):
                path = ("scenarios", name, "changes", n)
                yield Fault(path, "needs either value or times, not both", change.at)


def scenarios_hold(instance: Instance) -> Iterator[Fault]:
    """Every change leads to a figure of the file, which keeps its rules under each scenario."""
    from fact_models.overriding import OverrideError, under

    for name, scenario in instance.scenarios.items():
        try:
            under(instance, scenario)
        except OverrideError as error:
            yield Fault(("scenarios", name, "changes"), f"cannot be made: {error}")
