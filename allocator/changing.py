"""Starts of instances that are not the file's, without what would not survive the change."""

from typing import Any

from fact_models.spec.instance import Instance


def changed(instance: Instance) -> dict[str, Any]:
    """The instance as a tree, without what speaks of its names but decides nothing: a merchant
    who lacks one of them could not be read."""
    tree: dict[str, Any] = instance.model_dump(mode="python")
    return tree | {"current": None, "last_year": {}, "scenarios": {}}


def plain(instance: Instance) -> Instance:
    """The instance without its scenarios, which need not hold once a figure is another."""
    return instance.model_copy(update={"scenarios": {}})
