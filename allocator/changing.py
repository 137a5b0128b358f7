"""The start of every merchant that is not the file's: its instance as plain values to change."""

from typing import Any

from fact_models.spec.instance import Instance


def changed(instance: Instance) -> dict[str, Any]:
    """The instance as a tree, without what speaks of its names but decides nothing: a merchant
    who lacks one of them could not be read."""
    tree: dict[str, Any] = instance.model_dump(mode="python")
    return tree | {"current": None, "last_year": {}, "scenarios": {}}
