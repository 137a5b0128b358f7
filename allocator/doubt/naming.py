"""Decisions and worlds by their labels, as planners call them."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from allocator.doubt.firm import Firmness, Key
from allocator.doubt.worlds import Worlds
from allocator.panel import label_of
from fact_models.spec.instance import Instance


def called(worlds: Worlds) -> dict[str, str]:
    """Labels of worlds by name: the name itself without one, and beside one that others have."""
    known = [text for world in worlds.members for text in {world.name, world.label}]
    found = {}
    for world in worlds.members:
        name, label = world.name, world.label
        several = known.count(label) > 1
        found[name] = f"{label} ({name})" if label and several else label or name
    return found


def with_labels(firm: Sequence[Firmness], instance: Instance) -> list[Firmness]:
    """Decisions whose names are the labels of their records."""
    return [replace(told, name=labelled((told.kind, told.name), instance)) for told in firm]


def labelled(key: Key, instance: Instance) -> str:
    """What a decision is about, by the label of its record: ``Spring sale: light``."""
    kind, name = key
    first, _, second = name.partition(".")
    spec = _records(instance, kind).get(first)
    label = first if spec is None else label_of(spec, first)
    return f"{label}: {second}" if second else label


def _records(instance: Instance, kind: str) -> dict[str, Any]:
    """Records that decisions of a kind are about, by id; none for kinds without labels."""
    field, alliance = instance.field, instance.alliance
    if kind in ("hours", "open"):
        return dict(field.accounts) if field else {}
    if kind == "boost":
        return dict(field.boosts) if field else {}
    if kind in ("offer", "samples"):
        return dict(alliance.tiers) if alliance else {}
    if kind == "package":
        return dict(instance.campaign.campaigns) if instance.campaign else {}
    if kind == "deal":
        return dict(instance.kol.deals) if instance.kol else {}
    if kind in ("hires", "leaves"):
        return dict(instance.staff.roles) if instance.staff else {}
    return {}
