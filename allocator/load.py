"""Instances from files, and the one that comes with the package."""

from collections.abc import Iterable
from importlib import resources
from pathlib import Path
from typing import Literal

from allocator.faults import InputError, Problem
from allocator.reading import Tree, read_tree, validate
from fact_models.spec.instance import Instance
from fact_models.spec.objective import Goal

World = Literal["snowball", "funnel"]
DEFAULT = "default.yaml"
"""Name of the embedded instance's file in ``allocator/data``."""


def load(path: str | Path, *, goal: Goal | None = None, model: World | None = None) -> Instance:
    """The instance in a YAML or JSON file.

    Args:
        path: the file.
        goal: replaces ``objective.goal`` of the file.
        model: replaces ``snowball.model`` of the file.

    Raises:
        InputError: the file cannot be read or breaks a rule; it names file, line, field, value and
        rule.
    """
    return _instance(read_tree(path), goal, model)


def load_default(*, goal: Goal | None = None, model: World | None = None) -> Instance:
    """The embedded instance: a growing merchant over 26 weeks with all four levers in play."""
    data = resources.files("allocator").joinpath("data", DEFAULT)
    with resources.as_file(data) as path:
        tree = read_tree(path)
    return _instance(tree, goal, model)


def load_all(
    paths: Iterable[str | Path], *, goal: Goal | None = None, model: World | None = None
) -> list[Instance]:
    """The instances in several files.

    Raises:
        InputError: with the problems of all files, among them two instances of one name.
    """
    found: list[tuple[Path, Instance]] = []
    problems: list[Problem] = []
    more = 0
    for path in map(Path, paths):
        try:
            found.append((path, load(path, goal=goal, model=model)))
        except InputError as error:
            problems += error.problems
            more += error.more
    problems += _namesakes(found)
    if problems:
        raise InputError(problems, more)
    return [instance for _, instance in found]


def _instance(tree: Tree, goal: Goal | None, model: World | None) -> Instance:
    """The record of ``tree``, with what the call replaces put into the tree, so that one check
    sees all of it.
    """
    if isinstance(tree.value, dict):
        for section, key, value in (("objective", "goal", goal), ("snowball", "model", model)):
            if value is not None:
                record = tree.value.setdefault(section, {})
                if isinstance(record, dict):
                    record[key] = value
    return validate(Instance, tree)


def _namesakes(found: list[tuple[Path, Instance]]) -> list[Problem]:
    """Instances whose output folders would be one: names that differ in case at most."""
    first: dict[str, Path] = {}
    problems = []
    for path, instance in found:
        other = first.setdefault(instance.name.casefold(), path)
        if other is not path:
            rule = f"is also the name of the instance in {other}"
            hint = "every instance of a call needs its own name"
            problems.append(Problem(str(path), 0, "name", instance.name, rule, hint))
    return problems
